//! The fault proxy: it stands in front of a wiki on loopback, passes exchanges through, and breaks the chosen ones.
//!
//! It leaves the `Host` header alone, so the wiki builds its addresses with the proxy's port.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use socket2::SockRef;

use crate::fault::{Fault, Point, Twin};

/// How the proxy hands an answer on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// With its length, and the connection is kept alive.
    Length,
    /// In chunks, and the connection is kept alive.
    Chunks,
    /// Without a length: the answer ends with the connection.
    UntilClose,
}

/// What happens to which exchange. They are counted from 1 in the order they reach the proxy.
pub type Faults = HashMap<usize, (Point, Fault)>;

/// How long [`Fault::Late`] holds a request up.
pub const LATE: Duration = Duration::from_millis(600);
/// How long [`Fault::Delay`] holds an answer up.
pub const DELAY: Duration = Duration::from_millis(250);
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One proxy with one client. It ends when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    wiki: SocketAddr,
    framing: Framing,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    faults: Faults,
    /// The first lines of the requests so far.
    exchanges: Vec<String>,
    /// Nobody shall listen.
    refusing: bool,
    /// Nobody listens.
    deaf: bool,
    stopping: bool,
    /// Requests that the wiki works on.
    at_work: usize,
    /// The connections with the client, to end them with the proxy.
    clients: Vec<TcpStream>,
}

impl Proxy {
    pub fn start(wiki: SocketAddr, framing: Framing, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = State { refusing: refuses(&faults, 1), faults, ..State::default() };
        let shared = Arc::new(Shared { wiki, framing, state: Mutex::new(state), changed: Condvar::new() });
        let accepting = Arc::clone(&shared);
        let deaf = accepting.lock().refusing;
        thread::Builder::new().name("proxy".into()).spawn(move || accepting.accept(listener, address))?;
        if deaf {
            shared.wait_while(|state| !state.deaf);
        }
        Ok(Self { address, shared })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens again after [`Fault::Refuse`].
    pub fn heal(&self) {
        let mut state = self.shared.lock();
        if std::mem::take(&mut state.refusing) {
            let next = state.exchanges.len() + 1;
            state.faults.remove(&next);
            self.shared.changed.notify_all();
            drop(state);
            self.shared.wait_while(|state| state.deaf);
        }
    }

    /// Waits until the wiki is done with all that was forwarded to it.
    pub fn settle(&self) {
        self.shared.wait_while(|state| state.at_work > 0);
    }

    /// The first lines of the requests that came.
    pub fn exchanges(&self) -> Vec<String> {
        self.shared.lock().exchanges.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopping = true;
        for client in &state.clients {
            let _ = client.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.changed.notify_all();
        // `accept` only looks up when somebody connects.
        let _ = TcpStream::connect(self.address);
    }
}

fn refuses(faults: &Faults, number: usize) -> bool {
    matches!(faults.get(&number), Some((_, Fault::Refuse)))
}

impl Shared {
    fn accept(self: Arc<Self>, listener: TcpListener, address: SocketAddr) {
        let mut listener = Some(listener);
        loop {
            let mut state = self.lock();
            if state.refusing && !state.stopping {
                listener = None;
                state.deaf = true;
                self.changed.notify_all();
                drop(state);
                self.wait_while(|state| state.refusing && !state.stopping);
                continue;
            }
            if state.stopping {
                return;
            }
            let open = match listener.take() {
                Some(open) => open,
                None => {
                    let Ok(open) = TcpListener::bind(address) else {
                        drop(state);
                        thread::sleep(Duration::from_millis(20));
                        continue;
                    };
                    state.deaf = false;
                    self.changed.notify_all();
                    open
                }
            };
            drop(state);
            if let Ok((client, _)) = open.accept() {
                let shared = Arc::clone(&self);
                let _ = thread::Builder::new().name("proxied".into()).spawn(move || {
                    let _ = shared.serve(client);
                });
            }
            listener = Some(open);
        }
    }

    /// One connection of the client, with exchange after exchange.
    fn serve(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        client.set_read_timeout(Some(PATIENCE))?;
        // Closing the copy would not close the connection, so a reset takes it from the list first.
        let copy = client.try_clone()?;
        let key = copy.peer_addr()?;
        self.lock().clients.push(copy);
        let outcome = self.exchanges(&client);
        let reset = matches!(outcome, Ok(End::Reset));
        if reset {
            SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
        }
        let copies = {
            let mut state = self.lock();
            let clients = std::mem::take(&mut state.clients);
            let (copies, others) = clients
                .into_iter()
                .partition::<Vec<_>, _>(|copy| copy.peer_addr().map_or(true, |peer| peer == key));
            state.clients = others;
            copies
        };
        drop(copies);
        if !reset {
            let _ = client.shutdown(Shutdown::Write);
            if matches!(outcome, Ok(End::Close)) {
                drain(&client, Duration::from_secs(2));
            }
        }
        outcome.map(drop)
    }

    fn exchanges(self: &Arc<Self>, client: &TcpStream) -> io::Result<End> {
        let mut reader = BufReader::new(client);
        loop {
            if reader.buffer().is_empty() && client.peek(&mut [0])? == 0 {
                return Ok(End::Gone);
            }
            let (number, fault) = {
                let mut state = self.lock();
                if state.stopping {
                    return Ok(End::Gone);
                }
                state.exchanges.push(String::new());
                let number = state.exchanges.len();
                // A connection that was closed before this exchange did its harm already.
                let fault = state.faults.get(&number).copied().filter(|(_, fault)| *fault != Fault::Idle);
                (number, fault)
            };
            if let Some(end) = self.exchange(client, &mut reader, number, fault)? {
                return Ok(end);
            }
            if matches!(self.lock().faults.get(&(number + 1)), Some((_, Fault::Idle))) {
                return Ok(End::Close);
            }
        }
    }

    /// One exchange; it tells how the connection ends, if it does.
    fn exchange(
        self: &Arc<Self>,
        client: &TcpStream,
        reader: &mut impl BufRead,
        number: usize,
        fault: Option<(Point, Fault)>,
    ) -> io::Result<Option<End>> {
        if let Some((Point::Before, fault)) = fault {
            return self.fail(client, fault).map(Some);
        }
        let Some(head) = read_head(reader)? else { return Ok(Some(End::Gone)) };
        self.lock().exchanges[number - 1] = first_line(&head);
        if let Some((Point::Head(spot), fault)) = fault {
            self.forward_part(&head[..spot.of(&head)]);
            return self.fail(client, fault).map(Some);
        }
        let mut body = vec![0; content_length(&head).unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let mut request = [&head[..], &body].concat();
        match fault {
            Some((Point::Body(spot), Fault::Shorten)) => {
                let body = &body[..spot.of(&body)];
                request = [&with_length(&head, body.len())[..], body].concat();
            }
            Some((Point::Body(spot), fault)) => {
                self.forward_part(&request[..head.len() + spot.of(&body)]);
                return self.fail(client, fault).map(Some);
            }
            Some((Point::Received, Fault::Late)) => {
                let work = self.begin_work();
                let shared = Arc::clone(self);
                thread::spawn(move || {
                    thread::sleep(LATE);
                    let _ = shared.ask(&request);
                    drop(work);
                });
                return Ok(Some(End::Reset));
            }
            Some((Point::Received, fault)) => return self.fail(client, fault).map(Some),
            Some((Point::Forwarded, Fault::HangUp)) => {
                let mut wiki = TcpStream::connect(self.wiki)?;
                wiki.write_all(&request)?;
                // The wiki has read it all by then, and works; nobody will tell when it is done.
                let work = self.begin_work();
                thread::sleep(Duration::from_millis(20));
                SockRef::from(&wiki).set_linger(Some(Duration::ZERO))?;
                drop(wiki);
                let shared = Arc::clone(self);
                thread::spawn(move || {
                    let _ = shared.ask_when_done(&request);
                    drop(work);
                });
                return Ok(Some(End::Reset));
            }
            Some((Point::Forwarded, Fault::Twice)) => {
                self.forward(&request)?;
            }
            Some((
                Point::Forwarded,
                fault @ (Fault::Reset | Fault::Close | Fault::Stall | Fault::Answer(_)),
            )) => {
                let work = self.begin_work();
                let shared = Arc::clone(self);
                let asked = thread::spawn(move || {
                    let _ = shared.ask(&request);
                    drop(work);
                });
                if matches!(fault, Fault::Answer(_)) {
                    // A gateway that gives up has waited a little.
                    thread::sleep(Duration::from_millis(50));
                }
                drop(asked);
                return self.fail(client, fault).map(Some);
            }
            _ => {}
        }
        let answer = match fault {
            Some((Point::Forwarded, Fault::AtOnce(twin))) => self.forward_at_once(request, twin)?,
            _ => self.forward(&request)?,
        };
        if let Some((Point::Withheld, fault)) = fault {
            return self.fail(client, fault).map(Some);
        }
        self.answer(client, number, answer, fault)
    }

    /// Hands the wiki's answer on, more or less.
    fn answer(
        &self,
        mut client: &TcpStream,
        number: usize,
        mut answer: Answer,
        fault: Option<(Point, Fault)>,
    ) -> io::Result<Option<End>> {
        if let Some((Point::AnswerBody(spot), Fault::Truncate)) = fault {
            answer.body.truncate(spot.of(&answer.body));
        }
        let (head, body) = answer.framed(self.framing);
        match fault {
            Some((Point::AnswerHead(spot), fault)) => {
                client.write_all(&head[..spot.of(&head)])?;
                return self.fail(client, fault).map(Some);
            }
            Some((Point::AnswerBody(spot), fault)) if fault != Fault::Truncate => {
                client.write_all(&[&head[..], &body[..spot.of(&body)]].concat())?;
                return self.fail(client, fault).map(Some);
            }
            Some((Point::Forwarded, Fault::Delay)) => thread::sleep(DELAY),
            _ => {}
        }
        let refuse = refuses(&self.lock().faults, number + 1);
        if refuse {
            self.lock().refusing = true;
            // The accepting thread looks up when somebody connects.
            if let Some(address) = client.local_addr().ok().and_then(|own| TcpStream::connect(own).ok()) {
                drop(address);
            }
            self.wait_while(|state| !state.deaf);
        }
        let mut bytes = [head, body].concat();
        if let Some((_, Fault::Repeat)) = fault {
            bytes.extend_from_within(..);
        }
        client.write_all(&bytes)?;
        Ok(match fault {
            Some((Point::Answered, Fault::Reset)) => Some(End::Reset),
            Some((Point::Answered, Fault::Close)) => Some(End::Close),
            _ if refuse || self.framing == Framing::UntilClose => Some(End::Close),
            _ => None,
        })
    }

    /// Ends the exchange by a fault.
    fn fail(&self, mut client: &TcpStream, fault: Fault) -> io::Result<End> {
        match fault {
            Fault::Close => Ok(End::Close),
            Fault::Stall => {
                drain(client, PATIENCE);
                Ok(End::Gone)
            }
            Fault::Answer(canned) => {
                client.write_all(&canned.bytes())?;
                Ok(End::Close)
            }
            _ => Ok(End::Reset),
        }
    }

    /// The wiki gets the beginning of a request, and no more.
    fn forward_part(&self, bytes: &[u8]) {
        if let Ok(mut wiki) = TcpStream::connect(self.wiki) {
            let _ = wiki.write_all(bytes);
        }
    }

    fn forward(self: &Arc<Self>, request: &[u8]) -> io::Result<Answer> {
        let _work = self.begin_work();
        self.ask(request)
    }

    fn forward_at_once(self: &Arc<Self>, request: Vec<u8>, twin: Twin) -> io::Result<Answer> {
        let (answered, answers) = mpsc::channel();
        let request = Arc::new(request);
        for _ in 0..2 {
            let (shared, request, answered) = (Arc::clone(self), Arc::clone(&request), answered.clone());
            let work = self.begin_work();
            thread::spawn(move || {
                // Nobody may wait for it any more.
                let _ = answered.send(shared.ask(&request));
                drop(work);
            });
        }
        let next = || answers.recv().map_err(io::Error::other)?;
        let first = next();
        if twin == Twin::First { first } else { next() }
    }

    fn ask(&self, request: &[u8]) -> io::Result<Answer> {
        let mut wiki = TcpStream::connect(self.wiki)?;
        wiki.set_nodelay(true)?;
        wiki.set_read_timeout(Some(PATIENCE))?;
        wiki.write_all(request)?;
        Answer::read(&mut BufReader::new(wiki))
    }

    /// The same address can be asked for its users again and again; when they do not change any more, it is done.
    fn ask_when_done(&self, request: &[u8]) -> io::Result<()> {
        let head = String::from_utf8_lossy(request);
        let base = head
            .split(' ')
            .nth(1)
            .and_then(|target| target.split_once("/api.php"))
            .map_or("", |(base, _)| base);
        let window =
            format!("GET {base}/_users HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.wiki);
        // A slow answer takes three seconds.
        let least = if head.contains("stepChain=slow") {
            Duration::from_millis(3500)
        } else {
            Duration::from_millis(600)
        };
        thread::sleep(least);
        let mut before = self.ask(window.as_bytes())?.body;
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(200));
            let now = self.ask(window.as_bytes())?.body;
            if now == before {
                break;
            }
            before = now;
        }
        Ok(())
    }

    fn begin_work(self: &Arc<Self>) -> Work {
        self.lock().at_work += 1;
        Work(Arc::clone(self))
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut state = self.lock();
        while condition(&state) && Instant::now() < end {
            let pause = Duration::from_millis(100);
            state = self.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that the wiki works on.
struct Work(Arc<Shared>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.lock().at_work -= 1;
        self.0.changed.notify_all();
    }
}

/// How a connection with the client ends.
enum End {
    Reset,
    Close,
    /// The client closed it.
    Gone,
}

/// Reads and forgets, until the client closes the connection.
fn drain(mut client: &TcpStream, patience: Duration) {
    let _ = client.set_read_timeout(Some(patience));
    let end = Instant::now() + patience;
    let mut buffer = [0; 4096];
    while Instant::now() < end && matches!(client.read(&mut buffer), Ok(count) if count > 0) {}
}

/// An answer of the wiki.
struct Answer {
    /// The first line and the headers that do not belong to the connection.
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Answer {
    fn read(reader: &mut impl BufRead) -> io::Result<Self> {
        let head = read_head(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut body = Vec::new();
        match content_length(&head) {
            Some(length) => {
                body.resize(length, 0);
                reader.read_exact(&mut body)?;
            }
            None => {
                reader.read_to_end(&mut body)?;
            }
        }
        let own = ["connection", "content-length", "keep-alive"];
        let lines = head.split_inclusive(|byte| *byte == b'\n').filter(|line| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().to_ascii_lowercase();
            !own.iter().any(|own| own.as_bytes() == name) && *line != b"\r\n"
        });
        Ok(Self { head: lines.flatten().copied().collect(), body })
    }

    fn framed(&self, framing: Framing) -> (Vec<u8>, Vec<u8>) {
        let length = self.body.len();
        let (header, body) = match framing {
            Framing::Length => (format!("Content-Length: {length}\r\n"), self.body.clone()),
            Framing::UntilClose => ("Connection: close\r\n".to_owned(), self.body.clone()),
            Framing::Chunks => {
                let chunk =
                    |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
                let (one, two) = self.body.split_at(length / 2);
                let chunks =
                    [one, two].into_iter().filter(|part| !part.is_empty()).map(chunk).collect::<Vec<_>>();
                ("Transfer-Encoding: chunked\r\n".to_owned(), [&chunks.concat()[..], b"0\r\n\r\n"].concat())
            }
        };
        ([&self.head[..], header.as_bytes(), b"\r\n"].concat(), body)
    }
}

/// Everything up to the empty line, or nothing if the connection ends before.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let start = head.len();
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
        if &head[start..] == b"\r\n" {
            return Ok(Some(head));
        }
    }
}

fn first_line(head: &[u8]) -> String {
    String::from_utf8_lossy(head).lines().next().unwrap_or_default().to_owned()
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
}

fn with_length(head: &[u8], length: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(head);
    let lines = text.lines().map(|line| {
        let is_length = line.to_ascii_lowercase().starts_with("content-length:");
        if is_length { format!("content-length: {length}\r\n") } else { format!("{line}\r\n") }
    });
    lines.collect::<String>().into_bytes()
}
