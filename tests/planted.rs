//! Secrets are planted in all that the library is given and sent, and stand in no log line, error, `Debug` or sealed flow.
//! One test, because a process has one logger.

#![cfg(feature = "ureq")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use createaccount::{Answer, Begin, Client, Config, Step};
use log::{Level, LevelFilter, Log, Metadata, Record};

const FORM: &str = r#"{"query":{
    "authmanagerinfo":{"cancreateaccounts":true,"requests":[{"id":"A","required":"required","fields":{
        "username":{"type":"string"},"password":{"type":"password"},"email":{"type":"string"},"captchaWord":{"type":"string"},
        "colour":{"type":"select","optional":true,"options":{"red":"Red"}},"state":{"type":"hidden","value":"SECRET-nonce"}}}]},
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
fn planted_secrets() {
    log::set_logger(&KEPT).expect("the only logger");
    log::set_max_level(LevelFilter::Trace);

    let told = Arc::new(Mutex::new(Vec::<String>::new()));
    let tell = |what: &dyn std::fmt::Debug| {
        told.lock().expect("no panic").extend([format!("{what:?}"), format!("{what:#?}")]);
    };
    let config = || {
        let lines = told.clone();
        Config::new()
            .bearer_token("SECRET-bearer")
            .seal_key("SECRET-key-of-thirty-two-bytes!!")
            .open_key("SECRET-key-that-was-used-before!")
            .log(move |_, line| lines.lock().expect("no panic").push(line.to_owned()))
    };
    tell(&config());
    let api_url = wiki();
    let mut client = Client::new(&api_url, config()).expect("right settings");
    tell(&client.begin(Begin::new()).expect("a form"));
    let answer = Answer::from([
        ("username", "Someone"),
        ("password", "SECRET-password"),
        ("email", "SECRET@example.org"),
        ("captchaWord", "SECRET-answer"),
        ("colour", "SECRET-choice"),
    ]);
    tell(&answer);
    let error = client.submit(&answer).expect_err("no such colour");
    assert_eq!(error.field(), Some("colour"));
    tell(&error);
    tell(&error.to_string());
    tell(&client);
    let saved = client.save().expect("bytes");
    tell(&String::from_utf8_lossy(&saved));
    let mut client = Client::load(&api_url, &saved, config()).expect("a flow");
    let error = Client::load(&api_url, &saved[1..], config()).expect_err("no flow");
    tell(&error);
    let step = client.submit(&answer.unset("colour"));
    assert!(matches!(step, Ok(Step::Pass(_))), "{step:?}");
    tell(&step);

    for proxy in
        ["ftp://me:SECRET-proxy@127.0.0.1:1", "http://me:SECRET-proxy@127.0.0.1:1", "SECRET-proxy@:x"]
    {
        let made = Client::new("https://wiki.example/api.php", config().proxy(proxy));
        let error = made.and_then(|mut client| client.begin(Begin::new())).expect_err("no such proxy");
        tell(&error);
        tell(&error.to_string());
    }
    let told = told.lock().expect("no panic");
    assert!(told.iter().any(|text| text.contains("step PASS")), "{told:#?}");
    for text in &*told {
        assert!(!text.contains("SECRET"), "{text}");
    }

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
