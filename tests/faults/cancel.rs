//! A call that is cancelled returns within a second, wherever it waits, and the client can be used afterwards.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use createaccount::{Answer, Begin, Client, Config, ErrorKind, Result, Step};
use libtest_mimic::Trial;
use socket2::{Domain, Socket, Type};

use crate::{
    fault::{Canned, Fault, Point, Spot},
    proxied::Proxied,
};

pub fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 11] = [
        ("while_connecting", while_connecting),
        ("while_connecting_to_post", while_connecting_to_post),
        ("in_tls", in_tls),
        ("while_the_form_is_awaited", while_the_form_is_awaited),
        ("in_the_body_of_the_form", in_the_body_of_the_form),
        ("while_the_creation_is_awaited", while_the_creation_is_awaited),
        ("in_the_body_of_the_creation", in_the_body_of_the_creation),
        ("between_two_attempts", between_two_attempts),
        ("while_reconciling", while_reconciling),
        ("without_a_call", without_a_call),
        ("by_the_interrupt_function", by_the_interrupt_function),
    ];
    let trial = |(name, test): (&str, fn())| {
        Trial::test(format!("cancel::{name}"), move || {
            test();
            Ok(())
        })
    };
    trials.into_iter().map(trial).collect()
}

fn while_connecting() {
    let server = FullServer::start();
    let mut client = Client::new(&server.api_url(), Config::new()).expect("a client");
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    // It connects again, and waits again.
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

/// The connection comes about after the call was cancelled: nothing may be sent over it any more.
fn while_connecting_to_post() {
    let mut server = FullServer::open();
    let mut client = Client::new(&server.api_url(), Config::new()).expect("a client");
    let form = thread::scope(|scope| {
        scope.spawn(|| server.answer_one(FORM));
        client.begin(Begin::new())
    });
    assert!(matches!(form, Ok(Step::Form(_))), "{form:?}");
    server.fill();
    let error = cancelled(&mut client, |client| client.submit(&account("Cancelled"))).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled, "nothing was sent, so nothing is unknown: {error}");
    let received = server.receive_all(Duration::from_millis(3500));
    assert!(!received.contains("POST"), "{received}");
}

/// The fields of a plain wiki.
const FORM: &str = r#"{"curtimestamp":"2026-01-01T00:00:00Z","query":{"authmanagerinfo":{"cancreateaccounts":true,
    "requests":[{"id":"A","required":"required","metadata":{},"provider":"","account":"","fields":{
    "username":{"type":"string","label":"","help":""},"password":{"type":"password","label":"","help":""}}}]},
    "tokens":{"createaccounttoken":"0123+\\"}}}"#;

fn in_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // Connections wait in the backlog, and nobody says a word.
    let mut client = Client::new(&format!("https://{address}/w/api.php"), Config::new()).expect("a client");
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

fn while_the_form_is_awaited() {
    let wiki = Proxied::new("stock", &[(1, Point::Received, Fault::Stall)]);
    let mut client = wiki.client(Config::new());
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    sign_up(&mut client, "Awaited");
}

fn in_the_body_of_the_form() {
    let wiki = Proxied::new("stock", &[(1, Point::AnswerBody(Spot::PerMille(500)), Fault::Stall)]);
    let mut client = wiki.client(Config::new());
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    sign_up(&mut client, "Half read");
}

fn while_the_creation_is_awaited() {
    cancel_creation(Point::Forwarded);
}

fn in_the_body_of_the_creation() {
    cancel_creation(Point::AnswerBody(Spot::PerMille(500)));
}

fn cancel_creation(point: Point) {
    let wiki = Proxied::new("stock", &[(2, point, Fault::Stall)]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let error =
        cancelled(&mut client, |client| client.submit(&account("On its way"))).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "it was sent: {error}");
    let step = client.reconcile().expect("an answer");
    assert!(matches!(&step, Step::Pass(pass) if pass.username() == "On its way"), "{step:?}");
    sign_up(&mut client, "Another one");
}

fn between_two_attempts() {
    let wiki = Proxied::new("stock", &[(1, Point::Received, Fault::Answer(Canned::TooMany(Some(20))))]);
    let mut client = wiki.client(Config::new().retry_budget(Duration::from_secs(60)));
    let error = cancelled(&mut client, |client| client.begin(Begin::new())).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(wiki.exchanges(), 1, "the second attempt was never made");
    sign_up(&mut client, "Patient");
}

fn while_reconciling() {
    let wiki = Proxied::new("stock", &[(2, Point::Received, Fault::Reset)]);
    let mut client = wiki.client(Config::new().reconcile_wait(Duration::from_secs(4)));
    client.begin(Begin::new()).expect("a form");
    let error = client.submit(&account("Never made")).expect_err("lost");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    let error = cancelled(&mut client, Client::reconcile).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    // The question is still open, and can be asked again.
    assert!(matches!(client.reconcile(), Ok(Step::Fail(_))));
    sign_up(&mut client, "Never made");
}

fn without_a_call() {
    let wiki = Proxied::new("stock", &[]);
    let mut client = wiki.client(Config::new());
    client.canceller().cancel();
    client.begin(Begin::new()).expect("a form");
    client.canceller().cancel();
    let step = client.submit(&account("Unbothered")).expect("an answer");
    assert!(matches!(step, Step::Pass(_)), "{step:?}");
}

fn by_the_interrupt_function() {
    let wiki = Proxied::new("stock", &[(1, Point::Received, Fault::Stall)]);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // A tenth of a second passes before the third question at the earliest.
    let interrupt = move || count.fetch_add(1, Ordering::SeqCst) == 5;
    let mut client = wiki.client(Config::new().interrupt(interrupt));
    let started = Instant::now();
    let error = client.begin(Begin::new()).expect_err("interrupted");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(asked.load(Ordering::SeqCst), 6, "and never again after it said yes");
    assert!(started.elapsed() < Duration::from_secs(2), "some twenty times a second");
    sign_up(&mut client, "Interrupted");
}

fn account(name: &str) -> Answer {
    Answer::from([("username", name), ("password", crate::host::PASSWORD)])
}

fn sign_up(client: &mut Client, name: &str) {
    client.begin(Begin::new()).expect("a form");
    let step = client.submit(&account(name)).expect("an answer");
    assert!(matches!(&step, Step::Pass(pass) if pass.username() == name), "{step:?}");
}

/// Makes a call, cancels it from another thread once it waits, and asserts that it ends soon.
fn cancelled(client: &mut Client, call: impl FnOnce(&mut Client) -> Result<Step>) -> Result<Step> {
    let canceller = client.canceller();
    let at = Arc::new(Mutex::new(None));
    let when = Arc::clone(&at);
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(400));
        *when.lock().expect("no panic") = Some(Instant::now());
        canceller.cancel();
    });
    let outcome = call(client);
    let ended = Instant::now();
    other.join().expect("no panic");
    let cancelled = at.lock().expect("no panic").expect("it was cancelled");
    assert!(ended >= cancelled, "the call ended by itself: {outcome:?}");
    let took = ended - cancelled;
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    outcome
}

/// A server whose queue of connections is full, so that further ones do not come about.
struct FullServer {
    listener: TcpListener,
    address: SocketAddr,
    queue: Vec<Socket>,
}

impl FullServer {
    fn start() -> Self {
        let mut server = Self::open();
        server.fill();
        server
    }

    /// With room for one connection at a time.
    fn open() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any.into()).and_then(|()| socket.listen(1)).expect("a port");
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().expect("an address");
        Self { listener, address, queue: Vec::new() }
    }

    fn api_url(&self) -> String {
        format!("http://{}/w/api.php", self.address)
    }

    fn fill(&mut self) {
        loop {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            if socket.connect_timeout(&self.address.into(), Duration::from_millis(200)).is_err() {
                return;
            }
            self.queue.push(socket);
            assert!(self.queue.len() < 20, "the queue does not become full");
        }
    }

    fn answer_one(&self, body: &str) {
        let (mut stream, _) = self.listener.accept().expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a request");
            head.push(byte[0]);
        }
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).expect("the client listens");
    }

    /// Lets everybody in, and returns what they say within this time.
    fn receive_all(mut self, time: Duration) -> String {
        self.queue.clear();
        self.listener.set_nonblocking(true).expect("a switch");
        let end = Instant::now() + time;
        let mut received = Vec::new();
        let mut open: Vec<TcpStream> = Vec::new();
        while Instant::now() < end {
            if let Ok((stream, _)) = self.listener.accept() {
                stream.set_nonblocking(true).expect("a switch");
                open.push(stream);
            }
            for stream in &mut open {
                let mut buffer = [0; 4096];
                if let Ok(count) = stream.read(&mut buffer) {
                    received.extend_from_slice(&buffer[..count]);
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
        String::from_utf8_lossy(&received).into_owned()
    }
}
