//! HTTPS with a certificate of its own: trusted by `ca_file` only, and a refusal that is certain. Connections and
//! sessions of TLS are shared by those who trust the same.

#![cfg(feature = "ureq")]

#[path = "common/needed.rs"]
mod needed;

use std::{
    env, fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
};

use createaccount::{Answer, Begin, Client, Config, Error, ErrorKind, Step, TransportFailure};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::{
    HandshakeKind, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
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
    assert_eq!((error.kind(), error.failure()), (ErrorKind::Transport, Some(TransportFailure::Certificate)));
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
}

/// As `openssl req -x509` makes them.
#[test]
fn trusts_a_named_certificate_that_is_its_own_issuer() {
    for (name, version) in [("own-issuer-12", &TLS12), ("own-issuer-13", &TLS13)] {
        let wiki = TlsFront::start_with(name, own_issuer(), version, Habit::Waits);
        let config = Config::new().ca_file(&wiki.ca_file);
        let mut client = Client::new(&wiki.api_url(name), config).expect("a client");
        client.begin(Begin::new()).expect(name);
        let error = refused(&wiki, Config::new());
        assert!(error.to_string().contains("ca_file"), "{error}");
    }
}

#[test]
fn a_named_certificate_is_for_its_names_and_its_time() {
    let long_ago = (date_time_ymd(2001, 1, 1), date_time_ymd(2049, 1, 1));
    for (name, host, (from, to), reason) in [
        ("other-name", "other.example", long_ago, "another name"),
        ("expired", "localhost", (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1)), "expired"),
        ("early", "localhost", (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1)), "not valid yet"),
    ] {
        let mut params = own_issuer();
        params.subject_alt_names =
            CertificateParams::new([host.to_owned()]).expect("a name").subject_alt_names;
        (params.not_before, params.not_after) = (from, to);
        let wiki = TlsFront::start_with(name, params, &TLS13, Habit::Waits);
        let error = refused(&wiki, Config::new().ca_file(&wiki.ca_file));
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn a_certificate_that_only_looks_like_a_named_one_is_refused() {
    let [wiki, other] =
        ["named", "look-alike"].map(|name| TlsFront::start_with(name, own_issuer(), &TLS13, Habit::Waits));
    refused(&wiki, Config::new().ca_file(&other.ca_file));
}

#[test]
fn those_who_trust_the_same_share_connections_and_others_do_not() {
    let wiki = TlsFront::start("shared");
    let copy = wiki.ca_file.with_extension("copy.pem");
    fs::copy(&wiki.ca_file, &copy).expect("a copy");
    for ca_file in [&wiki.ca_file, &copy] {
        let config = Config::new().ca_file(ca_file);
        let mut client = Client::new(&wiki.api_url("tls-shared"), config).expect("a client");
        client.begin(Begin::new()).expect("a form");
    }
    assert_eq!(wiki.handshakes(), [HandshakeKind::Full], "the content of the file counts, not its name");
    refused(&wiki, Config::new());
    let other = TlsFront::start("not-shared");
    refused(&wiki, Config::new().ca_file(&other.ca_file));
}

#[test]
fn a_new_connection_goes_on_with_the_session_of_an_older_one() {
    for (name, version) in [("resumed-12", &TLS12), ("resumed-13", &TLS13)] {
        let wiki = TlsFront::start_with(name, own_issuer(), version, Habit::Closes);
        for _ in 0..2 {
            let config = Config::new().ca_file(&wiki.ca_file);
            let mut client = Client::new(&wiki.api_url(name), config).expect("a client");
            client.begin(Begin::new()).expect("a form");
        }
        assert_eq!(wiki.handshakes(), [HandshakeKind::Full, HandshakeKind::Resumed], "{name}");
    }
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

/// What a server sends too much does not answer the next request.
#[test]
fn a_connection_with_something_left_in_it_is_not_used_again() {
    let wiki = TlsFront::start_with("rambling", own_issuer(), &TLS13, Habit::Rambles);
    for _ in 0..2 {
        let config = Config::new().ca_file(&wiki.ca_file);
        let mut client = Client::new(&wiki.api_url("tls-rambling"), config).expect("a client");
        client.begin(Begin::new()).expect("a form");
    }
    assert_eq!(wiki.handshakes().len(), 2);
}

/// TLS to the proxy, and to the wiki within it.
#[test]
fn signs_up_through_a_proxy_by_tls() {
    let mut params = own_issuer();
    params
        .subject_alt_names
        .extend(CertificateParams::new(["wiki.invalid".to_owned()]).expect("a name").subject_alt_names);
    let proxy = TlsFront::start_with("proxy", params, &TLS13, Habit::Waits);
    for scheme in ["http", "https"] {
        let config = Config::new().allow_http(true).ca_file(&proxy.ca_file).proxy(proxy.address.as_str());
        let api_url = format!("{scheme}://wiki.invalid/w/stock/tls-proxy-{}/api.php", std::process::id());
        let mut client = Client::new(&api_url, config).expect("a client");
        client.begin(Begin::new()).expect(scheme);
        let answer = Answer::from([("username", scheme), ("password", "correct horse 7")]);
        assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))));
    }
    let config = Config::new().proxy(proxy.address.as_str());
    let mut client = Client::new("https://wiki.invalid/w/api.php", config).expect("a client");
    let error = client.begin(Begin::new()).expect_err("no trust");
    assert_eq!(error.failure(), Some(TransportFailure::Proxy), "the proxy's certificate: {error}");
}

fn own_issuer() -> CertificateParams {
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

#[track_caller]
fn refused(wiki: &TlsFront, config: Config) -> Error {
    let mut client = Client::new(&wiki.api_url("tls-refused"), config).expect("a client");
    let error = client.begin(Begin::new()).expect_err("no trust");
    assert_eq!(error.failure(), Some(TransportFailure::Certificate), "{error}");
    error
}

/// A TLS server in front of the embedded wiki.
struct TlsFront {
    address: String,
    ca_file: PathBuf,
    front: Arc<Front>,
}

struct Front {
    config: Arc<ServerConfig>,
    handshakes: Mutex<Vec<HandshakeKind>>,
    habit: Habit,
}

/// What a front does after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    Waits,
    Closes,
    /// Says more than it was asked for, behind an answer that fills a record of TLS (and a buffer of the client).
    Rambles,
}

impl Habit {
    fn apply(self, response: &mut Vec<u8>) {
        const RECORD: usize = 16 * 1024;
        if self == Self::Rambles {
            let line = response.iter().position(|byte| *byte == b'\n').expect("a first line") + 1;
            let padding = "x".repeat(RECORD - response.len() - "X-Pad: \r\n".len());
            response.splice(line..line, format!("X-Pad: {padding}\r\n").into_bytes());
            response.extend_from_slice(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        }
    }
}

impl TlsFront {
    fn start(name: &str) -> Self {
        let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        Self::start_with(name, params, &TLS13, Habit::Waits)
    }

    /// With a certificate like this, and one version of TLS.
    fn start_with(
        name: &str,
        params: CertificateParams,
        version: &'static SupportedProtocolVersion,
        habit: Habit,
    ) -> Self {
        let wiki = needed::embedded_wiki();
        let wiki = wiki.strip_prefix("http://").expect("http").to_owned();
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let ca_file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
        fs::write(&ca_file, certificate.pem()).expect("the target folder can be written to");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a key that fits");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let front = Arc::new(Front { config: Arc::new(config), handshakes: Mutex::new(Vec::new()), habit });
        let shared = Arc::clone(&front);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (front, wiki) = (Arc::clone(&shared), wiki.clone());
                thread::spawn(move || {
                    let connection = ServerConnection::new(front.config.clone()).expect("a connection");
                    let client: Box<dyn Stream> = Box::new(client);
                    // A client that does not trust us leaves in the middle, which is as it should be.
                    let _ = serve(StreamOwned::new(connection, client), &wiki, &front);
                });
            }
        });
        Self { address, ca_file, front }
    }

    /// How the connections came about that carried a request.
    fn handshakes(&self) -> Vec<HandshakeKind> {
        self.front.handshakes.lock().expect("no panic").clone()
    }

    fn api_url(&self, instance: &str) -> String {
        format!("{}/w/stock/{instance}-{}/api.php", self.address, std::process::id())
    }
}

/// Passes requests on, one after the other, to a wiki that answers each with a Content-Length. After CONNECT it plays
/// the wiki that is asked for, by TLS if that is what comes.
fn serve(
    mut client: StreamOwned<ServerConnection, Box<dyn Stream>>,
    wiki: &str,
    front: &Front,
) -> io::Result<()> {
    let mut wiki_stream = TcpStream::connect(wiki)?;
    let mut is_new = true;
    loop {
        let request = read_message(&mut client)?;
        if request.starts_with(b"CONNECT ") {
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            client.flush()?;
            if request.starts_with(b"CONNECT wiki.invalid:443 ") {
                let connection = ServerConnection::new(front.config.clone()).expect("a connection");
                let client: Box<dyn Stream> = Box::new(client);
                return serve(StreamOwned::new(connection, client), wiki, front);
            }
            continue;
        }
        if is_new {
            front.handshakes.lock().expect("no panic").extend(client.conn.handshake_kind());
            is_new = false;
        }
        wiki_stream.write_all(&request)?;
        let mut response = read_message(&mut wiki_stream)?;
        front.habit.apply(&mut response);
        client.write_all(&response)?;
        client.flush()?;
        if front.habit == Habit::Closes {
            return Ok(());
        }
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

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
