//! Memory that is given back holds no secret.

#[path = "common/canned.rs"]
mod canned;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, Secret, Step, transport::Response};
use zeroize::Zeroize;

const NEEDLE: &[u8] = b"SECRET-needle-of-32-bytes-length";

/// Counts the blocks that this thread gives back with the needle in them.
struct Watching;

thread_local! {
    static UNWIPED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work. Blocks begin as zeros, so that all of one can be read at its end.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is the caller's up to here, and was set to zeros when it was given out.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        if bytes.windows(NEEDLE.len()).any(|window| window == NEEDLE) {
            UNWIPED.set(UNWIPED.get() + 1);
        }
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn unwiped() -> usize {
    UNWIPED.replace(0)
}

fn needle() -> String {
    String::from_utf8(NEEDLE.to_vec()).expect("text")
}

/// A form that asks for secrets. The token has no escapes here: what the parser of JSON puts together from pieces is its
/// own.
const FORM: &str = r#"{"query":{"authmanagerinfo":{"requests":[{"id":"A","required":"required","fields":
    {"username":{"type":"string"},"password":{"type":"password"},"retype":{"type":"password"},"email":{"type":"string"},
    "captchaWord":{"type":"string"}}}]},"tokens":{"createaccounttoken":"SECRET-needle-of-32-bytes-length"}}}"#;
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;

fn answer() -> Answer {
    let secret = |answer: Answer, name| answer.set(name, needle());
    ["password", "email", "captchaWord"].into_iter().fold(Answer::from([("username", "Someone")]), secret)
}

#[test]
fn secrets_and_responses() {
    drop(needle());
    assert_eq!(unwiped(), 1, "it is noticed");
    drop(Secret::from(needle()));
    let headers = vec![("Set-Cookie".to_owned(), needle()), ("set-cookie".to_owned(), needle())];
    drop(Response { status: 200, headers, body: NEEDLE.to_vec() });
    assert_eq!(unwiped(), 0);
}

#[test]
fn a_sign_up() {
    let wiki = Canned::default();
    wiki.reply(FORM).reply(PASS);
    let mut client = wiki.client(Config::new().bearer_token(needle()));
    client.begin(Begin::new()).expect("a form");
    let answer = answer();
    assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))));
    drop((client, answer, wiki));
    assert_eq!(unwiped(), 0);
}

#[test]
fn what_is_saved_and_loaded() {
    for is_sealed in [false, true] {
        let config = |wiki: &Canned| {
            let config = Config::new().transport(wiki.clone());
            if is_sealed { config.seal_key(NEEDLE) } else { config }
        };
        let wiki = Canned::default();
        wiki.reply(FORM).reply(PASS);
        let mut client = wiki.client(config(&wiki));
        client.begin(Begin::new()).expect("a form");
        // From here on it is the host's.
        let mut saved = client.save().expect("bytes");
        let loaded = Client::load("https://wiki.example/w/api.php", &saved, config(&wiki));
        saved.zeroize();
        let mut loaded = loaded.expect("a flow");
        let answer = answer();
        assert!(matches!(loaded.submit(&answer), Ok(Step::Pass(_))));
        drop((client, loaded, answer, wiki));
        assert_eq!(unwiped(), 0, "sealed: {is_sealed}");
    }
}

/// Over HTTP, with answers whose length is not known beforehand.
#[cfg(feature = "ureq")]
#[test]
fn what_goes_over_the_network() {
    let mut client = Client::new(&wiki(), Config::new().bearer_token(needle())).expect("right settings");
    client.begin(Begin::new()).expect("a form");
    let answer = answer();
    assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))));
    drop((client, answer));
    assert_eq!(unwiped(), 0);
}

/// Answers a GET with a long form and a POST with PASS, in pieces.
#[cfg(feature = "ureq")]
fn wiki() -> String {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            let body = loop {
                let text = String::from_utf8_lossy(&request);
                match &*text {
                    text if text.starts_with("GET") && text.contains("\r\n\r\n") => {
                        break format!("{FORM}{}", " ".repeat(60_000));
                    }
                    // The token comes last.
                    text if text.ends_with(&format!("createtoken={}", needle())) => break PASS.to_owned(),
                    _ => {}
                }
                let count = stream.read(&mut part).expect("a request");
                assert!(count > 0, "a whole request");
                request.extend_from_slice(&part[..count]);
            };
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).expect("a reader");
            for piece in body.as_bytes().chunks(1_000) {
                write!(stream, "{:x}\r\n", piece.len()).expect("a reader");
                stream.write_all(piece).expect("a reader");
                stream.write_all(b"\r\n").expect("a reader");
            }
            stream.write_all(b"0\r\n\r\n").expect("a reader");
        }
    });
    format!("http://{address}/api.php")
}
