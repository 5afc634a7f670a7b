//! No log line holds a secret. One test, because a process has one logger.

#![cfg(feature = "ureq")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Mutex,
    thread,
};

use createaccount::{Answer, Begin, Client, Config, Step};
use log::{Level, LevelFilter, Log, Metadata, Record};

const FORM: &str = r#"{"query":{
    "authmanagerinfo":{"cancreateaccounts":true,"requests":[{"id":"A","required":"required","fields":{
        "username":{"type":"string"},"password":{"type":"password"},"state":{"type":"hidden","value":"SECRET-nonce"}}}]},
    "tokens":{"createaccounttoken":"SECRET-token+\\"}}}"#;
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;

/// Every line, with its level and target.
struct Kept(Mutex<Vec<(Level, String, String)>>);

static KEPT: Kept = Kept(Mutex::new(Vec::new()));

impl Log for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = (record.level(), record.target().to_owned(), record.args().to_string());
        self.0.lock().expect("no panic").push(line);
    }

    fn flush(&self) {}
}

#[test]
fn no_log_line_holds_a_secret() {
    log::set_logger(&KEPT).expect("the only logger");
    log::set_max_level(LevelFilter::Trace);

    let mut client = Client::new(&wiki(), Config::new()).expect("right settings");
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Someone"), ("password", "SECRET-password")]);
    assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))));

    let lines = KEPT.0.lock().expect("no panic");
    assert!(lines.iter().any(|(_, target, _)| target == "createaccount"), "lines are kept: {lines:#?}");
    for line @ (level, target, text) in &*lines {
        // The HTTP library prints what it reads and writes on this level: SECURITY.md says so.
        let wire = *level == Level::Trace && target.starts_with("ureq");
        assert!(wire || !text.contains("SECRET"), "{line:?}");
    }
}

/// Answers a GET with a form and a POST with PASS; both set cookies, with and without `Secure`.
fn wiki() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            // The token comes last.
            let body = loop {
                let text = String::from_utf8_lossy(&request);
                match &*text {
                    text if text.starts_with("GET") && text.contains("\r\n\r\n") => break FORM,
                    text if text.contains("createtoken=SECRET-token%2B%5C") => break PASS,
                    _ => {}
                }
                let count = stream.read(&mut part).expect("a request");
                assert!(count > 0, "a whole request");
                request.extend_from_slice(&part[..count]);
            };
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\
                        Set-Cookie: session=SECRET-cookie; path=/; HttpOnly\r\n\
                        Set-Cookie: safe=SECRET-secure; path=/; Secure; HttpOnly\r\n\
                        Set-Cookie: foreign=SECRET-foreign; Domain=elsewhere.example";
            write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).expect("a reader");
        }
    });
    format!("http://{address}/api.php")
}
