//! HTTPS with a certificate of its own: trusted by `ca_file` only, and a refusal that is certain.

#![cfg(feature = "ureq")]

use std::{
    env, fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
};

use createaccount::{Answer, Begin, Client, Config, ErrorKind, Step};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

#[test]
fn signs_up_over_https_with_a_trusted_certificate() {
    let wiki = TlsFront::start("trusted");
    let mut client =
        Client::new(&wiki.api_url("tls-trusted"), Config::new().ca_file(&wiki.ca_file)).expect("a client");
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Encrypted"), ("password", "correct horse 7")]);
    let step = client.submit(&answer).expect("an answer");
    assert!(matches!(&step, Step::Pass(pass) if pass.username() == "Encrypted"), "{step:?}");
}

#[test]
fn refuses_a_certificate_that_nobody_vouches_for() {
    let wiki = TlsFront::start("untrusted");
    let mut client = Client::new(&wiki.api_url("tls-untrusted"), Config::new()).expect("a client");
    let error = client.begin(Begin::new()).expect_err("no trust");
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
}

#[test]
fn a_certificate_that_changes_before_the_post_means_that_nothing_was_sent() {
    let trusted = TlsFront::start("first");
    let api_url = trusted.api_url("tls-changes");
    let mut client = Client::new(&api_url, Config::new().ca_file(&trusted.ca_file)).expect("a client");
    client.begin(Begin::new()).expect("a form");
    let saved = client.save().expect("bytes");
    // The same flow, in a process that does not trust the wiki.
    let mut elsewhere = Client::load(&api_url, &saved, Config::new()).expect("a client");
    let answer = Answer::from([("username", "Doubter"), ("password", "correct horse 7")]);
    let error = elsewhere.submit(&answer).expect_err("no trust");
    assert_eq!(error.kind(), ErrorKind::Transport, "certain, because TLS came first: {error}");
    assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))), "the flow itself is untouched");
}

/// A TLS server in front of the embedded wiki.
struct TlsFront {
    address: String,
    ca_file: PathBuf,
}

impl TlsFront {
    fn start(name: &str) -> Self {
        let wiki = env::var("CREATEACCOUNT_WIKI_EMBEDDED")
            .expect("CREATEACCOUNT_WIKI_EMBEDDED: run `tests/wiki/with-wikis cargo test`");
        let wiki = wiki.strip_prefix("http://").expect("http").to_owned();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let ca_file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
        fs::write(&ca_file, made.cert.pem()).expect("the target folder can be written to");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a key that fits");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let config = Arc::new(config);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (config, wiki) = (config.clone(), wiki.clone());
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection");
                    // A client that does not trust us leaves in the middle, which is as it should be.
                    let _ = serve(StreamOwned::new(connection, client), &wiki);
                });
            }
        });
        Self { address, ca_file }
    }

    fn api_url(&self, instance: &str) -> String {
        format!("{}/w/stock/{instance}-{}/api.php", self.address, std::process::id())
    }
}

/// Passes requests on, one after the other, to a wiki that answers each with a Content-Length.
fn serve(mut client: impl Read + Write, wiki: &str) -> io::Result<()> {
    let mut wiki = TcpStream::connect(wiki)?;
    loop {
        let request = read_message(&mut client)?;
        wiki.write_all(&request)?;
        let response = read_message(&mut wiki)?;
        client.write_all(&response)?;
        client.flush()?;
    }
}

/// A head and a body of the length that the head tells.
fn read_message(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let mut byte = [0];
    while !message.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut byte)?;
        message.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&message).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body)?;
    message.extend(body);
    Ok(message)
}
