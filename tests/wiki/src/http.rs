//! The server side of HTTP/1.1: a thread per connection, connections kept alive.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

const MAX_REQUEST_HEAD: u64 = 64 * 1024;
/// PHP's usual `post_max_size`, past which MediaWiki answers 413.
pub const MAX_REQUEST_BODY: usize = 8 * 1024 * 1024;
const IDLE: Duration = Duration::from_secs(120);

/// Gives no response where the connection is to be closed without one.
pub type Handler = dyn Fn(&Request) -> Option<Response> + Send + Sync;

#[derive(Debug)]
pub struct Request {
    pub method: String,
    /// As sent, without the query.
    pub path: String,
    /// As sent, without the question mark.
    pub query: String,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type", content_type.to_owned())], body: body.into() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    handler: Arc<Handler>,
    stopping: AtomicBool,
    next_id: AtomicU64,
    /// The open connections, so that stopping can end those that wait for a request.
    open: Mutex<HashMap<u64, TcpStream>>,
}

impl Server {
    pub fn start(port: u16, handler: Arc<Handler>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            handler,
            stopping: AtomicBool::new(false),
            next_id: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        thread::Builder::new().name("wiki-accept".into()).spawn(move || accepting.accept(&listener))?;
        Ok(Self { address, shared })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // `accept` only looks up when somebody connects.
        let _ = TcpStream::connect(self.address);
        for stream in self.shared.open().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else {
                // Out of file descriptors, most likely: give the others time to close.
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            let id = self.next_id.fetch_add(1, Ordering::Relaxed);
            if let Ok(copy) = stream.try_clone() {
                self.open().insert(id, copy);
            }
            let shared = Arc::clone(self);
            let spawned = thread::Builder::new().name("wiki-connection".into()).spawn(move || {
                let _ = shared.serve(&stream);
                shared.open().remove(&id);
                let _ = stream.shutdown(Shutdown::Both);
            });
            if spawned.is_err() {
                self.open().remove(&id);
            }
        }
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        // Without it each small answer would wait for the acknowledgement of the one before.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(IDLE))?;
        let mut reader = BufReader::new(stream);
        while !self.stopping.load(Ordering::SeqCst) {
            let head = match Head::read(&mut reader) {
                Ok(Some(head)) => head,
                Ok(None) => return Ok(()),
                Err(Refusal::Io(error)) => return Err(error),
                Err(Refusal::Status(status, text)) => {
                    return write(stream, &Response::new(status, "text/plain", text), false, true);
                }
            };
            let keep_alive = head.keep_alive();
            let bodiless = head.method == "HEAD";
            if head.wants_continue() {
                (&mut &*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            let request = match head.read_body(&mut reader) {
                Ok(request) => request,
                Err(Refusal::Io(error)) => return Err(error),
                Err(Refusal::Status(status, text)) => {
                    return write(stream, &Response::new(status, "text/plain", text), false, true);
                }
            };
            let response = catch_unwind(AssertUnwindSafe(|| (self.handler)(&request))).unwrap_or_else(|_| {
                Some(Response::new(500, "text/html; charset=utf-8", "<h1>Internal error</h1>"))
            });
            let Some(response) = response else { return Ok(()) };
            write(stream, &response, keep_alive, !bodiless)?;
            if !keep_alive {
                return Ok(());
            }
        }
        Ok(())
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Refusal {
    Io(io::Error),
    Status(u16, &'static str),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Head {
    method: String,
    path: String,
    query: String,
    version: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// `None` when the client closed the connection between two requests.
    fn read(reader: &mut impl BufRead) -> Result<Option<Self>, Refusal> {
        let mut reader = reader.take(MAX_REQUEST_HEAD);
        let mut line = String::new();
        while line.is_empty() {
            let mut bytes = Vec::new();
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            if !bytes.ends_with(b"\n") {
                return Err(Refusal::Status(431, "The first line is cut off or too long.\n"));
            }
            line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        }
        let mut words = line.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Refusal::Status(400, "That is no request line.\n"));
        };
        // A client behind a proxy setting sends the whole address.
        let target = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => target,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut head = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.split('#').next().unwrap_or_default().to_owned(),
            version: version.to_owned(),
            headers: Vec::new(),
        };
        loop {
            let mut bytes = Vec::new();
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                return Err(Refusal::Status(431, "The head of the request is cut off or too long.\n"));
            }
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                return Ok(Some(head));
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(Refusal::Status(400, "That is no header line.\n"));
            };
            head.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn keep_alive(&self) -> bool {
        let wish = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        let has = |token: &str| wish.split(',').any(|word| word.trim() == token);
        if self.version == "HTTP/1.0" { has("keep-alive") } else { !has("close") }
    }

    fn wants_continue(&self) -> bool {
        self.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
    }

    fn read_body(self, reader: &mut impl BufRead) -> Result<Request, Refusal> {
        let chunked = self
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
        let body = if chunked {
            read_chunks(reader)?
        } else {
            let length = match self.header("content-length").map(str::parse::<usize>) {
                None => 0,
                Some(Ok(length)) if length <= MAX_REQUEST_BODY => length,
                Some(Ok(_)) => return Err(Refusal::Status(413, "The body is too long.\n")),
                Some(Err(_)) => return Err(Refusal::Status(400, "That is no length.\n")),
            };
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            body
        };
        let Self { method, path, query, headers, .. } = self;
        Ok(Request { method, path, query, headers, body })
    }
}

fn read_chunks(reader: &mut impl BufRead) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    loop {
        let line = read_line(reader)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length =
            usize::from_str_radix(digits, 16).map_err(|_| Refusal::Status(400, "That is no chunk.\n"))?;
        if length > MAX_REQUEST_BODY || body.len() + length > MAX_REQUEST_BODY {
            return Err(Refusal::Status(413, "The body is too long.\n"));
        }
        if length == 0 {
            // The trailers, up to an empty line.
            while !read_line(reader)?.is_empty() {}
            return Ok(body);
        }
        let start = body.len();
        body.resize(start + length, 0);
        reader.read_exact(&mut body[start..])?;
        read_line(reader)?;
    }
}

fn read_line(reader: &mut impl BufRead) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    if reader.take(4096).read_until(b'\n', &mut bytes)? == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

fn write(mut stream: &TcpStream, response: &Response, keep_alive: bool, with_body: bool) -> io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status)).into_bytes();
    for (name, value) in &response.headers {
        // A line break in a value would end the header.
        let value = value.replace(['\r', '\n'], " ");
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    let connection = if keep_alive { "keep-alive" } else { "close" };
    bytes.extend_from_slice(
        format!("Content-Length: {}\r\nConnection: {connection}\r\n\r\n", response.body.len()).as_bytes(),
    );
    if with_body {
        bytes.extend_from_slice(&response.body);
    }
    stream.write_all(&bytes)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> Server {
        let handler = |request: &Request| {
            let text =
                format!("{} {} {}", request.method, request.query, String::from_utf8_lossy(&request.body));
            Some(Response::new(200, "text/plain", text))
        };
        Server::start(0, Arc::new(handler)).unwrap()
    }

    /// Everything that comes until the server closes the connection.
    fn talk(server: &Server, words: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_connection_serves_several_requests() {
        let server = echo();
        let answer = talk(
            &server,
            "GET /?a HTTP/1.1\r\n\r\nPOST /?b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3;x\r\ntwo\r\n0\r\n\r\n\
             POST /?c HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nend",
        );
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3);
        for part in ["GET a ", "POST b onetwo", "POST c end"] {
            assert!(answer.contains(part), "{part} in {answer}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let server = echo();
        assert!(talk(&server, "HELLO\r\n\r\n").starts_with("HTTP/1.1 400"));
        assert!(
            talk(&server, "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n").starts_with("HTTP/1.1 413")
        );
        let long = format!("GET /{}", "x".repeat(MAX_REQUEST_HEAD as usize));
        assert!(talk(&server, &long).starts_with("HTTP/1.1 431"));
    }

    #[test]
    fn dropping_ends_it() {
        let server = echo();
        let address = server.address();
        let mut waiting = TcpStream::connect(address).unwrap();
        waiting.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        drop(server);
        let _ = waiting.read_to_end(&mut Vec::new());
        thread::sleep(Duration::from_millis(50));
        assert!(TcpStream::connect(address).is_err());
    }
}
