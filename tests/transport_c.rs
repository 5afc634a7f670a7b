//! A transport of the host through C: the example `bindings/c/curl_transport.c`, which sends by libcurl.
//!
//! It talks to the wikis directly and through a relay, which looks at what it sends and does to the answers what
//! networks do. Run it with `tests/wiki/with-wikis cargo test --test transport_c`.
#![cfg(feature = "capi")]

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

#[path = "common/compile.rs"]
mod compile;
#[path = "common/needed.rs"]
mod needed;

const WIKIS: [&str; 2] = ["CREATEACCOUNT_WIKI_EMBEDDED", "CREATEACCOUNT_WIKI_1_43"];
/// As `createaccount_status_t` has them.
const CANCELLED: &str = "(status 5)";
const CALLBACK: &str = "(status 8)";

#[test]
fn clang_takes_it_too() {
    build("clang", "transport-clang");
}

#[test]
fn an_account_is_made() {
    for wiki in WIKIS.map(Wiki::new) {
        let (printed, made) = sign_up(&wiki.api_url(), "Alice");
        assert!(made && printed == "The account Alice is made.\n", "{printed}");
        assert_eq!(wiki.made(), ["Alice"]);
        let (printed, made) = sign_up(&wiki.api_url(), "Taken");
        assert!(!made && printed.starts_with("FAIL: "), "{printed}");
        assert!(printed.to_lowercase().contains("username"), "in the wiki's words: {printed}");
        assert_eq!(wiki.made(), ["Alice"]);
    }
}

#[test]
fn answers_come_compressed() {
    for wiki in WIKIS.map(Wiki::new) {
        let relay = Relay::start(&wiki, Trouble::Gzip);
        let (printed, made) = sign_up(&relay.api_url, "Alice");
        assert!(made, "{printed}");
        let requests = relay.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests.iter().all(|request| request.header("accept-encoding").contains("gzip")));
    }
}

/// What the library asks for is what goes out, and nothing is added.
#[test]
fn requests_are_sent_as_they_are() {
    for wiki in WIKIS.map(Wiki::new) {
        let relay = Relay::start(&wiki, Trouble::None);
        let (printed, made) = sign_up(&relay.api_url, "Alice");
        assert!(made, "{printed}");
        let requests = relay.requests();
        let [form, creation] = &requests[..] else { panic!("two requests") };
        assert!(form.line.starts_with("GET /w/stock/") && form.body.is_empty());
        assert!(creation.line.starts_with("POST /w/stock/"));
        assert!(creation.body.contains("username=Alice"));
        assert_eq!(creation.header("content-type"), "application/x-www-form-urlencoded");
        assert!(creation.header("user-agent").starts_with("createaccount-example/1.0"));
        // The form's cookie comes back, once, although curl was not told to keep any.
        assert_eq!(form.header("cookie"), "");
        assert!(creation.header("cookie").contains('='));
        assert_eq!(
            creation.head.matches("\r\nCookie:").count() + creation.head.matches("\r\ncookie:").count(),
            1
        );
    }
}

/// A redirect within the wiki is followed by the library, with the cookie that came with it.
#[test]
fn redirects_are_the_librarys() {
    for wiki in WIKIS.map(Wiki::new) {
        let relay = Relay::start(&wiki, Trouble::Redirect);
        let (printed, made) = sign_up(&relay.api_url, "Alice");
        assert!(made, "{printed}");
        let requests = relay.requests();
        let [_, form, creation] = &requests[..] else { panic!("three requests") };
        assert!(form.line.contains("&hop=1 "));
        assert!(form.header("cookie").contains("hop=taken"));
        assert!(creation.header("cookie").contains("hop=taken"));

        // To somebody else it goes nowhere.
        let relay = Relay::start(&wiki, Trouble::RedirectElsewhere);
        let (printed, made) = sign_up(&relay.api_url, "Bob");
        assert!(!made, "{printed}");
        assert_eq!(relay.requests().len(), 1);

        // And a creation is not sent on at all.
        let relay = Relay::start(&wiki, Trouble::RedirectCreation);
        let (printed, made) = sign_up(&relay.api_url, "Carol");
        assert!(!made && printed.contains("which is not followed"), "{printed}");
        assert!(relay.requests().iter().all(|request| !request.line.contains("hop")));

        assert_eq!(wiki.made(), ["Alice"]);
        let direct = wiki.window("_requests");
        let to_us = |request: &&serde_json::Value| request["query"].as_str().unwrap().contains("hop");
        assert_eq!(direct.as_array().unwrap().iter().filter(to_us).count(), 1, "through the relay");
    }
}

/// Nothing was sent, so nothing is unknown.
#[test]
fn a_refused_connection_is_certain() {
    for wiki in WIKIS.map(Wiki::new) {
        let relay = Relay::start(&wiki, Trouble::RefuseCreation);
        let (printed, made) = sign_up(&relay.api_url, "Alice");
        assert!(!made && printed.ends_with(&format!("{CALLBACK}\n")), "{printed}");
        assert!(printed.starts_with("Failed to connect to 127.0.0.1"), "{printed}");
        assert!(!printed.contains("Asking"), "{printed}");
        assert_eq!(relay.requests().len(), 1);
        assert!(wiki.made().is_empty());
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (printed, _) = sign_up(&format!("http://{nobody}/api.php"), "Alice");
    assert!(printed.ends_with(&format!("{CALLBACK}\n")), "{printed}");
}

/// The wiki has made the account, and half of its answer comes: the library asks, and the creation is not sent again.
#[test]
fn a_cut_answer_is_an_unknown_outcome() {
    for wiki in WIKIS.map(Wiki::new) {
        for trouble in [Trouble::CutCreation, Trouble::DropCreation] {
            let name = if trouble == Trouble::CutCreation { "Alice" } else { "Bob" };
            let relay = Relay::start(&wiki, trouble);
            let (printed, made) = sign_up(&relay.api_url, name);
            assert!(made, "{printed}");
            assert!(printed.contains("\nAsking the wiki ...\nThe account "), "{printed}");
            let requests = relay.requests();
            assert_eq!(requests.iter().filter(|request| request.line.starts_with("POST")).count(), 1);
            assert!(requests.iter().skip(2).all(|request| !request.head.contains("correct")));
        }
        assert_eq!(wiki.made(), ["Alice", "Bob"]);
    }
}

/// The wiki closes a connection that was kept open just when the creation goes out.
#[test]
fn a_connection_that_ends_does_not_send_twice() {
    let wiki = Wiki::new(WIKIS[0]);
    let relay = Relay::start(&wiki, Trouble::KeepAliveAndDrop);
    let (printed, made) = sign_up(&relay.api_url, "Alice");
    assert!(made, "{printed}");
    let requests = relay.requests();
    assert_eq!(requests.iter().filter(|request| request.line.starts_with("POST")).count(), 1);
    assert_eq!(wiki.made(), ["Alice"]);
}

#[test]
fn a_body_without_end_is_not_received() {
    let wiki = Wiki::new(WIKIS[0]);
    let relay = Relay::start(&wiki, Trouble::Endless);
    let (printed, made) = sign_up(&relay.api_url, "Alice");
    assert!(!made && printed.contains("larger than 4194304 bytes"), "{printed}");
    assert!(relay.shared.flooded.load(Ordering::SeqCst) < 32 * 1024 * 1024);
}

#[test]
fn time_limits() {
    let wiki = Wiki::new(WIKIS[0]);
    let relay = Relay::start(&wiki, Trouble::Stall);
    let started = Instant::now();
    let (printed, made) = sign_up_with(&relay.api_url, "Alice", &["1"]);
    assert!(
        !made && printed.contains("timed out") && printed.ends_with(&format!("{CALLBACK}\n")),
        "{printed}"
    );
    assert!((1..10).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[test]
fn cancelled_within_a_second() {
    let wiki = Wiki::new(WIKIS[0]);
    for trouble in [Trouble::Stall, Trouble::StallCreation] {
        let relay = Relay::start(&wiki, trouble);
        let mut child = start(&relay.api_url, "Alice", &[]);
        let stalled = || relay.shared.stalled.load(Ordering::SeqCst);
        assert!(within(Duration::from_secs(20), stalled), "nothing came");
        // In the middle of a wait.
        thread::sleep(Duration::from_millis(350));
        let interrupted = Instant::now();
        interrupt(&child);
        let creating = trouble == Trouble::StallCreation;
        // After a creation the example goes on to ask, and is interrupted in that as well.
        while !within(Duration::from_millis(500), || child.try_wait().unwrap().is_some()) {
            assert!(interrupted.elapsed() < Duration::from_secs(10), "it goes on");
            if creating {
                interrupt(&child);
            }
        }
        let took = interrupted.elapsed();
        let (printed, made) = end(child);
        assert!(!made && printed.ends_with(&format!("{CANCELLED}\n")), "{printed}");
        assert_eq!(printed.contains("\nAsking the wiki ...\n"), creating, "{printed}");
        assert!(took < Duration::from_secs(if creating { 2 } else { 1 }), "{took:?}");
    }
}

/// A fresh wiki with the stock form.
struct Wiki {
    address: SocketAddr,
    path: String,
}

impl Wiki {
    fn new(variable: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let base = needed::variable(variable);
        let address = base.strip_prefix("http://").and_then(|address| address.parse().ok());
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        Self {
            address: address.unwrap_or_else(|| panic!("{variable} is {base}")),
            path: format!("/w/stock/transport-c-{}-{number}", std::process::id()),
        }
    }

    fn api_url(&self) -> String {
        format!("http://{}{}/api.php", self.address, self.path)
    }

    /// The accounts that were not there from the start.
    fn made(&self) -> Vec<String> {
        let users = self.window("_users");
        let names = users.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned());
        names.skip(2).collect()
    }

    fn window(&self, name: &str) -> serde_json::Value {
        let mut answer = ureq::get(format!("http://{}{}/{name}", self.address, self.path)).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

/// Builds the example, and returns the program.
fn build(compiler: &str, name: &str) -> PathBuf {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "libcurl"]).output();
    let flags = flags.ok().filter(|output| output.status.success());
    let flags =
        flags.expect("pkg-config and libcurl4-openssl-dev are needed: run `tests/prepare.sh test`").stdout;
    let flags = String::from_utf8(flags).unwrap();
    // The source comes after the libraries.
    let ours = ["-std=c99", "-pthread", "-Wl,--no-as-needed"];
    let flags: Vec<&str> = ours.into_iter().chain(flags.split_whitespace()).collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/c/curl_transport.c");
    compile::compile(compiler, &flags, &source, name).unwrap()
}

fn sign_up(api_url: &str, name: &str) -> (String, bool) {
    sign_up_with(api_url, name, &[])
}

/// What the example printed, and whether it says that the account was made.
fn sign_up_with(api_url: &str, name: &str, more: &[&str]) -> (String, bool) {
    end(start(api_url, name, more))
}

fn start(api_url: &str, name: &str, more: &[&str]) -> Child {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PROGRAM.get_or_init(|| build("gcc", "transport-gcc")))
        .args([api_url, name, "correct horse battery 7"])
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example starts")
}

fn end(child: Child) -> (String, bool) {
    let output = child.wait_with_output().expect("the example ends");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code().is_some(), "{}: {printed}", output.status);
    (printed, output.status.success())
}

fn interrupt(child: &Child) {
    // The program kill is not everywhere, the shell's own is.
    let sent = Command::new("sh").args(["-c", "kill -INT $0", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Whether something comes true in time.
fn within(time: Duration, mut comes_true: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + time;
    while !comes_true() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// What the relay does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// Every answer is compressed.
    Gzip,
    /// The first request is sent on to another address of the wiki, with a cookie.
    Redirect,
    /// The first request is sent on to another origin.
    RedirectElsewhere,
    /// The creation is sent on.
    RedirectCreation,
    /// Nobody listens any more when the creation comes.
    RefuseCreation,
    /// Half of the answer to the creation comes.
    CutCreation,
    /// No answer to the creation comes.
    DropCreation,
    /// The connection is kept open, but its second request gets no answer.
    KeepAliveAndDrop,
    /// The first answer has no end.
    Endless,
    /// Nothing is answered.
    Stall,
    /// The creation is not answered.
    StallCreation,
}

/// Stands in front of a wiki, and passes requests on.
struct Relay {
    api_url: String,
    shared: Arc<Shared>,
}

struct Shared {
    trouble: Trouble,
    wiki: SocketAddr,
    requests: Mutex<Vec<Request>>,
    stalled: AtomicBool,
    /// How many bytes of a body without end were sent.
    flooded: AtomicUsize,
}

#[derive(Clone)]
struct Request {
    line: String,
    head: String,
    body: String,
}

impl Request {
    fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let mut request = Self { line: head.lines().next()?.to_owned(), head, body: String::new() };
        let length = request.header("content-length").parse().unwrap_or(0);
        stream.take(length).read_to_string(&mut request.body).ok()?;
        Some(request)
    }

    /// The value of a header, or nothing.
    fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

impl Relay {
    fn start(wiki: &Wiki, trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            trouble,
            wiki: wiki.address,
            requests: Mutex::default(),
            stalled: AtomicBool::default(),
            flooded: AtomicUsize::default(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            let mut listener = Some(listener);
            while let Some(open) = &listener {
                let (stream, _) = open.accept().unwrap();
                if trouble == Trouble::RefuseCreation {
                    listener = None;
                }
                let shared = Arc::clone(&accepting);
                // What it cannot read or write any more the other side did not want.
                thread::spawn(move || drop(shared.serve(&stream)));
            }
        });
        Self { api_url: format!("http://{address}{}/api.php", wiki.path), shared }
    }

    fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Shared {
    /// One connection, with one request, or as many as the other side likes.
    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut number = 0;
        while let Some(request) = Request::read(&mut reader) {
            number += 1;
            let first = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(request.clone());
                requests.len() == 1
            };
            let creation = request.line.starts_with("POST");
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let answer = match self.trouble {
                Trouble::Redirect if first => redirect(&format!("{path}&hop=1")),
                Trouble::RedirectElsewhere if first => redirect(&format!("http://{}{path}&hop=2", self.wiki)),
                Trouble::RedirectCreation if creation => redirect(&format!("{path}?hop=3")),
                Trouble::Endless if first => return self.flood(stream),
                Trouble::Stall => return self.stall(&mut reader),
                Trouble::StallCreation if creation => return self.stall(&mut reader),
                Trouble::Gzip => Answer { compressed: true, ..self.forward(&request)? },
                _ => self.forward(&request)?,
            };
            let keeps = self.trouble == Trouble::KeepAliveAndDrop;
            let bytes = answer.bytes(keeps);
            match self.trouble {
                Trouble::CutCreation if creation => return stream.write_all(&bytes[..bytes.len() - 20]),
                Trouble::DropCreation if creation => return Ok(()),
                Trouble::KeepAliveAndDrop if number == 2 => return Ok(()),
                _ => stream.write_all(&bytes)?,
            }
            if !keeps {
                break;
            }
        }
        Ok(())
    }

    fn forward(&self, request: &Request) -> io::Result<Answer> {
        let mut wiki = TcpStream::connect(self.wiki)?;
        let (line, headers) = request.head.split_once("\r\n").expect("a line");
        write!(wiki, "{line}\r\nConnection: close\r\n{headers}{}", request.body)?;
        let mut bytes = Vec::new();
        wiki.read_to_end(&mut bytes)?;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 2;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        Ok(Answer { head, body: bytes.split_off(end + 2), compressed: false })
    }

    fn flood(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")?;
        let spaces = [b' '; 65536];
        loop {
            stream.write_all(&spaces)?;
            self.flooded.fetch_add(spaces.len(), Ordering::SeqCst);
        }
    }

    /// Waits until the other side gives up.
    fn stall(&self, stream: &mut impl Read) -> io::Result<()> {
        self.stalled.store(true, Ordering::SeqCst);
        stream.read(&mut [0]).map(drop)
    }
}

struct Answer {
    /// Its first line and headers, each with its end of line.
    head: String,
    body: Vec<u8>,
    compressed: bool,
}

impl Answer {
    fn bytes(self, keeps_connection: bool) -> Vec<u8> {
        let body = if self.compressed { gzip(&self.body) } else { self.body };
        let told = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default();
            !["content-length", "connection"].iter().any(|ours| name.eq_ignore_ascii_case(ours))
        };
        let mut head: String = self.head.split_inclusive("\r\n").filter(told).collect();
        head += if keeps_connection { "" } else { "Connection: close\r\n" };
        head += if self.compressed { "Content-Encoding: gzip\r\n" } else { "" };
        [format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes(), body].concat()
    }
}

fn redirect(target: &str) -> Answer {
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nSet-Cookie: hop=taken; Path=/\r\n");
    Answer { head, body: Vec::new(), compressed: false }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("gzip");
    // Bodies here fit into the pipe.
    child.stdin.take().expect("piped").write_all(body).expect("gzip reads");
    child.wait_with_output().expect("gzip ends").stdout
}
