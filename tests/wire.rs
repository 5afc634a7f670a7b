//! The library's own transport: connections that are kept and shared, what is sent again and what never, proxies, time
//! limits, and what it says of failures. The servers are made here, so that they can count and misbehave.

#![cfg(feature = "ureq")]

use std::{
    collections::HashMap,
    env,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use createaccount::{Answer, Begin, Client, Config, Error, ErrorKind, Phase, Result, Step, TransportFailure};

const FORM: &str = r#"{"curtimestamp":"2026-01-01T00:00:00Z","query":{"authmanagerinfo":{"cancreateaccounts":true,
    "requests":[{"id":"A","required":"required","metadata":{},"provider":"","account":"","fields":{
    "username":{"type":"string","label":"","help":""},"password":{"type":"password","label":"","help":""}}}]},
    "tokens":{"createaccounttoken":"0123+\\"}}}"#;

#[test]
fn clients_share_one_connection() {
    let server = Server::start(Reply::plain);
    for _ in 0..20 {
        sign_up(&mut server.client(Config::new()), "Someone").expect("an account");
    }
    assert_eq!((server.asked().len(), server.connections()), (40, 1));
}

/// Whoever is known to the server by its connection keeps it to itself.
#[test]
fn the_connection_of_a_known_client_is_not_shared() {
    let server = Server::start(Reply::plain);
    let mut known = server.client(Config::new().bearer_token("secret"));
    known.begin(Begin::new()).expect("a form");
    sign_up(&mut server.client(Config::new()), "Someone").expect("an account");
    assert_eq!(server.connections(), 2);
    known.submit(&account("Other")).expect("an answer");
    drop(known);
    sign_up(&mut server.client(Config::new().bearer_token("another")), "Someone").expect("an account");
    let used: Vec<usize> = server.asked().iter().map(|asked| asked.connection).collect();
    // The last one takes what nobody owns, and owns it from then on.
    assert_eq!(used, [0, 1, 1, 0, 1, 1]);
    sign_up(&mut server.client(Config::new()), "Someone").expect("an account");
    assert_eq!(server.connections(), 3);
}

/// A web server that wants a login and a key before it lets anybody to the wiki.
fn gate(asked: &Asked) -> Reply {
    let has = |line: &str| asked.head.lines().any(|there| there.eq_ignore_ascii_case(line));
    // Aladdin, open sesame: the example of RFC 7617
    if !has("authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") || !has("x-gateway: key-30000000") {
        return Reply::Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec());
    }
    Reply::plain(asked)
}

#[test]
fn a_gate_before_the_wiki_is_passed() {
    let server = Server::start(gate);
    let config = || Config::new().header("X-Gateway", "an earlier key").header("x-gateway", "key-30000000");
    let mut client = server.client(config().basic_auth("Aladdin", "open sesame"));
    sign_up(&mut client, "Someone").expect("an account");
    let owned = server.connections();
    sign_up(&mut server.client(config().basic_auth("Aladdin", "open sesame")), "Other").expect("an account");
    assert_eq!(server.connections(), owned + 1, "a connection with a login belongs to its client");
    let error = fails(&server.url(), config().basic_auth("Aladdin", "close sesame"));
    assert!(error.to_string().contains("basic_auth"), "{error}");
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Protocol, Some(401)));
}

#[test]
fn what_opens_the_gate_goes_to_no_other_origin() {
    let other = Server::start(Reply::plain);
    let to = other.url();
    let moves = move |_: &Asked| {
        Reply::Raw(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes())
    };
    let server = Server::start(moves);
    fails(&server.url(), Config::new().basic_auth("Aladdin", "open sesame").header("x-gateway", "key"));
    assert_eq!((server.asked().len(), other.connections()), (1, 0));
    let config = Config::new().basic_auth("Aladdin", "open sesame").header("x-gateway", "key");
    // A search for the API goes on elsewhere, without them.
    let _ = createaccount::find_api(&server.url(), config);
    let has = |asked: &Asked| asked.head.contains("authorization") || asked.head.contains("x-gateway");
    assert!(other.connections() > 0 && !other.asked().iter().any(has) && server.asked().iter().all(has));
}

#[test]
fn what_opens_the_gate_goes_with_pictures_and_not_where_they_redirect() {
    const CAPTCHA: &str = r#"{"query":{"authmanagerinfo":{"cancreateaccounts":true,"requests":[{"id":"A",
        "required":"required","metadata":{"type":"image","mime":"image/png"},"fields":{
        "captchaId":{"type":"hidden","value":"1"},"captchaWord":{"type":"string"},
        "captchaInfo":{"type":"null","value":"/image.png"}}}]},"tokens":{"createaccounttoken":"0123+\\"}}}"#;
    let other = Server::start(Reply::plain);
    let to = other.url();
    let server = Server::start(move |asked| match asked.head.split(' ').nth(1) {
        Some("/image.png") => Reply::Raw(
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes(),
        ),
        _ => Reply::Answer(CAPTCHA.to_owned()),
    });
    let config = Config::new().basic_auth("Aladdin", "open sesame").header("x-gateway", "key");
    let mut client = server.client(config);
    client.begin(Begin::new()).expect("a form");
    client.captcha_image().expect_err("no picture");
    let has =
        |asked: &Asked| asked.head.contains("authorization: Basic ") && asked.head.contains("x-gateway: key");
    assert!(server.asked().len() == 2 && server.asked().iter().all(has), "{:?}", server.asked());
    assert_eq!(other.connections(), 0);
}

#[test]
fn headers_that_cannot_be_sent_are_refused() {
    let refuse = |config: Config, field: &str| {
        let error = Client::new("https://wiki.example/api.php", config).expect_err("a refusal");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    };
    for name in ["", "two words", "colon:", "Cookie", "CONTENT-LENGTH", "host", "Authorization", "naïve"] {
        refuse(Config::new().header(name, "secret"), "headers");
    }
    for value in ["secret\r\nx: y", "secret\0", "sécret-secret", " secret", "secret "] {
        refuse(Config::new().header("x-gateway", value), "headers");
    }
    refuse(Config::new().basic_auth("a:b", "secret"), "basic_auth");
    refuse(Config::new().basic_auth("a", "secret\n"), "basic_auth");
    refuse(Config::new().basic_auth("a", "secret").bearer_token("secret"), "basic_auth");
}

#[test]
fn a_post_takes_only_a_connection_that_was_used_just_now() {
    let server = Server::start(Reply::plain);
    let mut client = server.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    thread::sleep(Duration::from_millis(3200));
    client.submit(&account("Slow typist")).expect("an answer");
    assert_eq!(server.connections(), 2);
    thread::sleep(Duration::from_millis(3200));
    server.client(Config::new()).begin(Begin::new()).expect("a form");
    assert_eq!(server.connections(), 2, "a GET can be sent again, so it takes the chance");
}

#[test]
fn a_get_on_a_connection_that_dies_is_sent_once_more() {
    let server = Server::start(|asked| match asked.number {
        1 => Reply::Close,
        _ => Reply::plain(asked),
    });
    server.client(Config::new()).begin(Begin::new()).expect("a form");
    server.client(Config::new()).begin(Begin::new()).expect("a form");
    assert_eq!((server.asked().len(), server.connections()), (3, 2));
}

#[test]
fn a_get_is_sent_no_more_than_twice_and_never_twice_on_new_connections() {
    let server = Server::start(|asked| match asked.number {
        0 => Reply::plain(asked),
        _ => Reply::Close,
    });
    let mut client = server.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let error = server.client(Config::new()).begin(Begin::new()).expect_err("lost");
    assert_eq!((error.kind(), error.failure()), (ErrorKind::Transport, Some(TransportFailure::Lost)));
    assert_eq!(server.asked().len(), 3);
    server.client(Config::new()).begin(Begin::new()).expect_err("lost");
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn a_get_is_not_sent_again_once_something_came_back() {
    let server = Server::start(|asked| match asked.number {
        1 => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        _ => Reply::plain(asked),
    });
    server.client(Config::new()).begin(Begin::new()).expect("a form");
    let error = server.client(Config::new()).begin(Begin::new()).expect_err("cut");
    assert_eq!(error.failure(), Some(TransportFailure::Lost));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_post_on_a_connection_that_dies_is_never_sent_again() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "POST" => Reply::Close,
        _ => Reply::plain(asked),
    });
    let error = sign_up(&mut server.client(Config::new()), "Once").expect_err("lost");
    assert_eq!((error.kind(), error.failure()), (ErrorKind::OutcomeUnknown, Some(TransportFailure::Lost)));
    assert_eq!(server.posts()["Once"], 1);
}

/// A server that closes idle connections whenever it likes.
#[test]
fn no_post_arrives_twice_when_connections_die_at_random() {
    let server = Server::start(|asked| {
        // Spread over everything between at once and never.
        let dice = asked.number.wrapping_mul(2_654_435_761) >> 7;
        match dice % 5 {
            0 => Reply::AnswerAndClose(asked.answer(), Duration::ZERO),
            1 => Reply::AnswerAndClose(asked.answer(), Duration::from_micros((dice % 400) as u64)),
            2 => Reply::AnswerAndReset(asked.answer(), Duration::from_micros((dice % 300) as u64)),
            _ => Reply::plain(asked),
        }
    });
    let mut unknown = 0;
    for number in 0..1000 {
        let name = format!("Flow {number}");
        let mut client = server.client(Config::new());
        client.begin(Begin::new()).expect("a form: a GET is sent again");
        match client.submit(&account(&name)) {
            Ok(step) => {
                assert!(matches!(step, Step::Pass(_)), "{step:?}");
                assert_eq!(server.posts()[&name], 1);
            }
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => unknown += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
                assert!(!server.posts().contains_key(&name), "it was said that it was not sent");
            }
        }
    }
    assert!(server.posts().values().all(|count| *count == 1), "a POST was delivered twice");
    // Three connections of five die, and the busier the machine, the more of them under a POST.
    assert!(unknown < 700, "{unknown} outcomes are unknown");
    assert!(server.connections() > 100, "the server did close");
}

/// No lock is held across a wait: nobody is answered before all have asked.
#[test]
fn thirty_two_clients_wait_at_once_and_one_is_cancelled() {
    const CLIENTS: usize = 32;
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let waiting = Arc::new(AtomicUsize::new(0));
    let (opened, came) = (Arc::clone(&gate), Arc::clone(&waiting));
    let server = Server::start(move |asked| {
        came.fetch_add(1, Ordering::SeqCst);
        let open = opened.0.lock().expect("no panic");
        drop(opened.1.wait_while(open, |open| !*open).expect("no panic"));
        Reply::plain(asked)
    });
    thread::scope(|scope| {
        let mut calls = Vec::new();
        let mut cancellers = Vec::new();
        for number in 0..CLIENTS {
            let mut client = server.client(Config::new());
            cancellers.push(client.canceller());
            calls.push(scope.spawn(move || sign_up(&mut client, &format!("Client {number}"))));
        }
        wait_until(|| waiting.load(Ordering::SeqCst) == CLIENTS);
        let cancelled = Instant::now();
        cancellers[5].cancel();
        let error = calls.remove(5).join().expect("no panic").expect_err("cancelled");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(cancelled.elapsed() < Duration::from_secs(1));
        *gate.0.lock().expect("no panic") = true;
        gate.1.notify_all();
        for call in calls {
            call.join().expect("no panic").expect("the others pass");
        }
    });
    assert_eq!(server.posts().len(), CLIENTS - 1);
}

/// The server reads the head and no more, so the last bytes stay here.
#[test]
fn a_large_request_that_is_not_taken_is_cancelled_and_was_not_sent() {
    let server = Server::start(Reply::plain);
    let mut client = server.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let canceller = client.canceller();
    let answer = Answer::from([("username", "x".repeat(16 * 1024 * 1024).as_str()), ("password", "p")]);
    let (error, took) = thread::scope(|scope| {
        let other = scope.spawn(|| {
            wait_until(|| server.log.large.load(Ordering::SeqCst) == 1);
            thread::sleep(Duration::from_millis(500));
            canceller.cancel();
            Instant::now()
        });
        let error = client.submit(&answer).expect_err("cancelled");
        let ended = Instant::now();
        (error, ended.saturating_duration_since(other.join().expect("no panic")))
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled, "it cannot have been made: {error}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// The time is for all of it, however steadily it trickles; and so it is for cancelling.
#[test]
fn an_answer_that_trickles_ends_by_the_limit() {
    let server = Server::start(|asked| Reply::Trickle(asked.answer()));
    let mut client = server.client(Config::new().timeout(Duration::from_millis(700)));
    let started = Instant::now();
    let error = client.begin(Begin::new()).expect_err("too slow");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.failure(), Some(TransportFailure::Timeout(Phase::Body)), "{error}");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(700) && took < Duration::from_millis(3500), "{took:?}");

    let mut client = server.client(Config::new());
    let canceller = client.canceller();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        canceller.cancel();
    });
    let started = Instant::now();
    let error = client.begin(Begin::new()).expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(started.elapsed() < Duration::from_secs(2));
    other.join().expect("no panic");
}

#[test]
fn a_silent_server_is_a_timeout_of_its_phase() {
    let server = Server::start(|_| Reply::Stall);
    let error = fails(&server.url(), Config::new().timeout(Duration::from_millis(300)));
    assert_eq!(error.failure(), Some(TransportFailure::Timeout(Phase::Answer)));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains(&server.address.to_string()), "{error}");

    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/api.php", silent.local_addr().expect("an address"));
    let error = fails(&url, Config::new().connect_timeout(Duration::from_millis(300)));
    assert_eq!(error.failure(), Some(TransportFailure::Timeout(Phase::Tls)));
}

#[test]
fn failures_have_a_kind_and_name_the_place() {
    let name = fails("https://wiki.invalid/api.php", Config::new());
    assert_eq!((name.kind(), name.failure()), (ErrorKind::Transport, Some(TransportFailure::Name)));
    assert!(name.to_string().contains("wiki.invalid"), "{name}");

    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let refused = fails(&format!("http://{closed}/api.php"), Config::new());
    assert_eq!(refused.failure(), Some(TransportFailure::Connect));
    assert!(refused.to_string().contains(&closed.to_string()), "{refused}");
    let source =
        std::error::Error::source(&refused).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::ConnectionRefused));

    let plain = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/api.php", plain.local_addr().expect("an address"));
    let server = thread::spawn(move || {
        let (mut stream, _) = plain.accept().expect("a connection");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("the client listens");
        let _ = stream.read(&mut [0; 1024]);
    });
    let tls = fails(&url, Config::new());
    server.join().expect("no panic");
    assert_eq!(tls.failure(), Some(TransportFailure::Tls), "{tls}");

    for (raw, failure) in [
        ("220 mail.example ESMTP\r\n\r\n", TransportFailure::Protocol),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", TransportFailure::Lost),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            TransportFailure::Protocol,
        ),
        ("", TransportFailure::Lost),
    ] {
        let server = Server::start(move |_| Reply::Raw(raw.as_bytes().to_vec()));
        let error = fails(&server.url(), Config::new());
        assert_eq!(
            (error.kind(), error.failure()),
            (ErrorKind::Transport, Some(failure)),
            "{raw:?}: {error}"
        );
        assert!(error.to_string().contains(&server.address.to_string()), "{error}");
    }
}

#[test]
fn answers_have_bounds() {
    let large = Server::start(|_| Reply::Answer("x".repeat(4 * 1024 * 1024 + 1)));
    let error = fails(&large.url(), Config::new());
    assert_eq!(error.failure(), Some(TransportFailure::Bound), "{error}");
    assert!(error.to_string().contains("larger than 4194304 bytes"), "{error}");

    let headers = |size: usize| {
        Server::start(move |asked| {
            let (body, cookie) = (asked.answer(), "x".repeat(size));
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nX-Long: {cookie}\r\nContent-Length: {length}\r\n\r\n");
            Reply::Raw(format!("{head}{body}").into_bytes())
        })
    };
    let server = headers(60_000);
    server.client(Config::new()).begin(Begin::new()).expect("a form, although its headers are long");
    let error = fails(&headers(70_000).url(), Config::new());
    assert_eq!(error.failure(), Some(TransportFailure::Bound), "{error}");
    // A length of a chunk that never ends.
    let endless = Server::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;";
        Reply::Raw(format!("{head}{}", "x".repeat(8 * 1024 * 1024)).into_bytes())
    });
    let error = fails(&endless.url(), Config::new());
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}

#[test]
fn a_long_head_is_sent_whole() {
    let server = Server::start(Reply::plain);
    let token = "t".repeat(40_000);
    let mut client = server.client(Config::new().bearer_token(token.as_str()));
    sign_up(&mut client, "Someone").expect("an account");
    let asked = server.asked();
    assert!(asked.iter().all(|asked| asked.head.contains(&token)));
    assert_eq!(asked[1].fields["username"], "Someone");
}

/// What a proxy is asked for, by each of the protocols.
#[test]
fn proxies_are_asked_for_the_wiki() {
    for (scheme, host, expected) in [
        ("http", "wiki.invalid", "wiki.invalid:80"),
        ("socks4a", "wiki.invalid", "wiki.invalid:80"),
        ("socks5h", "wiki.invalid", "wiki.invalid:80"),
        ("socks4", "192.0.2.7", "192.0.2.7:80"),
        ("socks5", "192.0.2.7", "192.0.2.7:80"),
        ("socks5", "[2001:db8::7]", "[2001:db8::7]:80"),
    ] {
        for login in ["", "me:p%40ss@"] {
            let proxy = ProxyServer::start(ProxyAnswer::Connects);
            let config = Config::new().allow_http(true).proxy(format!("{scheme}://{login}{}", proxy.address));
            let mut client = Client::new(&format!("http://{host}/api.php"), config).expect("a client");
            sign_up(&mut client, "Someone").expect(scheme);
            let logged_in = match (scheme, login) {
                (_, "") => "",
                ("http", _) => "Basic bWU6cEBzcw==",
                ("socks4" | "socks4a", _) => "me",
                _ => "me:p@ss",
            };
            let targets = proxy.targets.lock().expect("no panic").clone();
            assert_eq!(
                targets,
                [(expected.to_owned(), logged_in.to_owned())],
                "{scheme}, and kept for the POST"
            );
        }
    }
}

/// In processes of their own, since the environment belongs to all threads.
#[test]
fn the_environment_names_proxies_and_never_for_this_machine() {
    const PROXY: &str = "WIRE_TEST_PROXY";
    if env::var_os(PROXY).is_some() {
        let server = Server::start(Reply::plain);
        sign_up(&mut server.client(Config::new()), "Someone").expect("directly");
        assert_eq!(server.connections(), 1);
        let config = Config::new().allow_http(true);
        let mut client = Client::new("http://wiki.invalid/api.php", config).expect("a client");
        sign_up(&mut client, "Someone").expect("through the proxy");
        let error =
            fails("http://wiki.invalid/api.php", Config::new().allow_http(true).environment_proxies(false));
        assert_eq!(error.failure(), Some(TransportFailure::Name), "{error}");
        Client::new("https://wiki.invalid/api.php", Config::new().environment_proxies(false))
            .expect("a client");
        let error = Client::new("https://wiki.invalid/api.php", Config::new()).expect_err("no proxy");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("proxy")));
        assert!(error.to_string().contains("HTTPS_PROXY"), "{error}");
        return;
    }
    let proxy = ProxyServer::start(ProxyAnswer::Connects);
    let program = env::current_exe().expect("a test has a path");
    let child = Command::new(program)
        .args(["--exact", "the_environment_names_proxies_and_never_for_this_machine"])
        .env(PROXY, "1")
        .env_remove("https_proxy")
        .env_remove("no_proxy")
        .env("http_proxy", proxy.address.to_string())
        .env("HTTPS_PROXY", "gopher://proxy.example")
        .env("NO_PROXY", "other.invalid")
        .output()
        .expect("the child starts");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let targets = proxy.targets.lock().expect("no panic").clone();
    assert_eq!(targets, [("wiki.invalid:80".to_owned(), String::new())]);
}

/// `socks4` and `socks5` look names up here, and an unknown one never gets to the proxy.
#[test]
fn names_are_looked_up_where_the_scheme_says() {
    for scheme in ["socks4", "socks5"] {
        let proxy = ProxyServer::start(ProxyAnswer::Connects);
        let config = Config::new().allow_http(true).proxy(format!("{scheme}://{}", proxy.address));
        let error = fails("http://wiki.invalid/api.php", config);
        assert_eq!(error.failure(), Some(TransportFailure::Name), "{error}");
        assert!(proxy.targets.lock().expect("no panic").is_empty());
    }
}

#[test]
fn a_proxy_that_refuses_is_named_and_not_the_wiki() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let mut refusals =
        vec![(format!("http://{closed}"), None), ("http://proxy.invalid:3128".to_owned(), None)];
    for scheme in ["http", "socks4a", "socks5h"] {
        let proxy = ProxyServer::start(ProxyAnswer::Refuses);
        refusals.push((format!("{scheme}://{}", proxy.address), Some(proxy)));
    }
    for (address, _proxy) in refusals {
        let error = fails("https://wiki.invalid/api.php", Config::new().proxy(address.as_str()));
        assert_eq!((error.kind(), error.failure()), (ErrorKind::Transport, Some(TransportFailure::Proxy)));
        let place = address.split("://").nth(1).expect("an address");
        assert!(error.to_string().starts_with(&format!("The proxy {place}")), "{error}");
    }
    let proxy = ProxyServer::start(ProxyAnswer::Silent);
    let config = Config::new().connect_timeout(Duration::from_millis(300));
    let error = fails("https://wiki.invalid/api.php", config.proxy(format!("http://{}", proxy.address)));
    assert_eq!(error.failure(), Some(TransportFailure::Timeout(Phase::Proxy)), "{error}");
    assert!(error.to_string().contains(&proxy.address.to_string()), "{error}");
}

#[test]
fn a_call_that_waits_for_a_proxy_is_cancelled() {
    for scheme in ["http", "https", "socks4a", "socks5h"] {
        let proxy = ProxyServer::start(ProxyAnswer::Silent);
        let config = Config::new().proxy(format!("{scheme}://{}", proxy.address));
        let mut client = Client::new("https://wiki.invalid/api.php", config).expect("a client");
        let canceller = client.canceller();
        let other = thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            canceller.cancel();
        });
        let started = Instant::now();
        let error = client.begin(Begin::new()).expect_err("cancelled");
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{scheme}: {error}");
        assert!(started.elapsed() < Duration::from_secs(2));
        other.join().expect("no panic");
    }
}

#[test]
fn a_proxy_before_this_machine_is_refused() {
    for wiki in ["http://127.0.0.1/api.php", "https://localhost/api.php", "http://[::1]:8080/api.php"] {
        let error = Client::new(wiki, Config::new().proxy("http://proxy.example:3128")).expect_err("refused");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("proxy")));
    }
    let error = Client::new("https://wiki.example/api.php", Config::new().proxy("ftp://proxy.example"));
    let error = error.expect_err("refused");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("proxy")));
}

/// Only what cannot be anything but this machine may be spoken to without encryption.
#[test]
fn only_loopback_itself_is_this_machine() {
    for wiki in ["http://127.0.0.1/api.php", "http://[::1]/api.php", "http://localhost/api.php"] {
        Client::new(wiki, Config::new()).expect(wiki);
    }
    for wiki in
        ["http://wiki.localhost/api.php", "http://localhost.example/api.php", "http://0.0.0.0/api.php"]
    {
        let error = Client::new(wiki, Config::new()).expect_err(wiki);
        assert_eq!(error.field(), Some("api_url"));
    }
}

#[test]
fn localhost_is_reached_by_both_of_its_addresses() {
    for loopback in ["127.0.0.1:0", "[::1]:0"] {
        let server = Server::start_at(loopback, Reply::plain);
        let url = format!("http://localhost:{}/api.php", server.address.port());
        Client::new(&url, Config::new()).expect("a client").begin(Begin::new()).expect(loopback);
    }
}

fn account(name: &str) -> Answer {
    Answer::from([("username", name), ("password", "correct horse 7")])
}

fn sign_up(client: &mut Client, name: &str) -> Result<Step> {
    client.begin(Begin::new())?;
    client.submit(&account(name))
}

#[track_caller]
fn fails(url: &str, config: Config) -> Error {
    Client::new(url, config).expect("a client").begin(Begin::new()).expect_err("a failure")
}

#[track_caller]
fn wait_until(mut reached: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !reached() {
        assert!(Instant::now() < end, "it takes too long");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A request as the server sees it.
#[derive(Clone, Debug)]
struct Asked {
    /// How many came before it, and on which connection it came.
    number: usize,
    connection: usize,
    method: String,
    head: String,
    fields: HashMap<String, String>,
}

impl Asked {
    /// What a wiki answers.
    fn answer(&self) -> String {
        match self.fields.get("username") {
            Some(name) => format!(r#"{{"createaccount":{{"status":"PASS","username":"{name}"}}}}"#),
            None => FORM.to_owned(),
        }
    }
}

/// What a server does with a request.
enum Reply {
    Answer(String),
    AnswerAndClose(String, Duration),
    /// Resets the connection after a while.
    AnswerAndReset(String, Duration),
    Trickle(String),
    /// Sends this, and ends the connection.
    Raw(Vec<u8>),
    Close,
    Stall,
}

impl Reply {
    fn plain(asked: &Asked) -> Self {
        Self::Answer(asked.answer())
    }
}

struct Server {
    address: SocketAddr,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    connections: AtomicUsize,
    /// How many requests were too large to be read.
    large: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
}

impl Server {
    fn start(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", reply)
    }

    fn start_at(address: &str, reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let log = Arc::new(Log::default());
        let (shared, reply) = (Arc::clone(&log), Arc::new(reply));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, reply) = (Arc::clone(&shared), Arc::clone(&reply));
                let connection = log.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream, connection, &log, &*reply));
            }
        });
        Self { address, log }
    }

    fn url(&self) -> String {
        format!("http://{}/api.php", self.address)
    }

    fn client(&self, config: Config) -> Client {
        Client::new(&self.url(), config).expect("a client")
    }

    fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }

    fn asked(&self) -> Vec<Asked> {
        self.log.asked.lock().expect("no panic").clone()
    }

    /// How often each name was posted.
    fn posts(&self) -> HashMap<String, usize> {
        let mut posts = HashMap::new();
        for asked in &*self.log.asked.lock().expect("no panic") {
            if let Some(name) = asked.fields.get("username").filter(|_| asked.method == "POST") {
                *posts.entry(name.clone()).or_default() += 1;
            }
        }
        posts
    }
}

fn serve(mut stream: TcpStream, connection: usize, log: &Log, reply: &dyn Fn(&Asked) -> Reply) {
    stream.set_nodelay(true).expect("a switch");
    while let Some((method, head)) = read_head(&mut stream) {
        let length = head.to_ascii_lowercase();
        let length =
            length.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let length: usize = length.unwrap_or(0);
        if length > 1024 * 1024 {
            // It stays where it is.
            log.large.fetch_add(1, Ordering::SeqCst);
            return thread::sleep(Duration::from_secs(5));
        }
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).is_err() {
            return;
        }
        let fields = url::form_urlencoded::parse(&body).into_owned().collect();
        let asked = {
            let mut all = log.asked.lock().expect("no panic");
            let asked = Asked { number: all.len(), connection, method, head, fields };
            all.push(asked.clone());
            asked
        };
        let answer = |body: &str| {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
        };
        match reply(&asked) {
            Reply::Answer(body) => {
                if stream.write_all(&answer(&body)).is_err() {
                    return;
                }
            }
            Reply::AnswerAndClose(body, after) => {
                let _ = stream.write_all(&answer(&body));
                thread::sleep(after);
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            Reply::AnswerAndReset(body, after) => {
                let _ = stream.write_all(&answer(&body));
                thread::sleep(after);
                let socket = socket2::Socket::from(stream);
                socket.set_linger(Some(Duration::ZERO)).expect("a switch");
                return;
            }
            Reply::Trickle(body) => {
                for some in answer(&body).chunks(8) {
                    if stream.write_all(some).is_err() {
                        return;
                    }
                    thread::sleep(Duration::from_millis(30));
                }
                thread::sleep(Duration::from_secs(5));
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Reply::Close => return,
            Reply::Stall => thread::sleep(Duration::from_secs(5)),
        }
    }
}

/// The method and the whole head of a request.
fn read_head(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    Some((head.split(' ').next()?.to_owned(), head))
}

/// A proxy that plays the wiki itself once it is asked to connect to it.
struct ProxyServer {
    address: SocketAddr,
    /// What it was asked to connect to, and as whom.
    targets: Arc<Mutex<Vec<(String, String)>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ProxyAnswer {
    Connects,
    Refuses,
    Silent,
}

impl ProxyServer {
    fn start(answer: ProxyAnswer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let targets = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&targets);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let targets = Arc::clone(&shared);
                thread::spawn(move || {
                    if answer == ProxyAnswer::Silent {
                        return thread::sleep(Duration::from_secs(5));
                    }
                    let mut first = [0];
                    let _ = stream.peek(&mut first);
                    let target = match first[0] {
                        4 => socks4(&mut stream, answer),
                        5 => socks5(&mut stream, answer),
                        _ => connect(&mut stream, answer),
                    };
                    if let Some(target) = target {
                        targets.lock().expect("no panic").push(target);
                        serve(stream, 0, &Log::default(), &Reply::plain);
                    }
                });
            }
        });
        Self { address, targets }
    }
}

fn connect(stream: &mut TcpStream, answer: ProxyAnswer) -> Option<(String, String)> {
    let (method, head) = read_head(stream)?;
    assert_eq!(method, "CONNECT");
    let granted = answer == ProxyAnswer::Connects;
    let status = if granted { "200 Connected" } else { "403 Forbidden" };
    stream.write_all(format!("HTTP/1.1 {status}\r\nVia: test\r\n\r\n").as_bytes()).ok()?;
    let login = head.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
    granted.then(|| {
        (head.split(' ').nth(1).unwrap_or_default().to_owned(), login.unwrap_or_default().to_owned())
    })
}

fn socks4(stream: &mut TcpStream, answer: ProxyAnswer) -> Option<(String, String)> {
    let [_, 1, port_high, port_low, a, b, c, d] = bytes(stream) else { return None };
    let mut text = || {
        let mut text = String::new();
        while let [byte @ 1..=255] = bytes(stream) {
            text.push(char::from(byte));
        }
        text
    };
    let user = text();
    let host = if (a, b, c) == (0, 0, 0) { text() } else { format!("{a}.{b}.{c}.{d}") };
    let granted = answer == ProxyAnswer::Connects;
    stream.write_all(&[0, if granted { 90 } else { 91 }, 0, 0, 0, 0, 0, 0]).ok()?;
    granted.then(|| (format!("{host}:{}", u16::from_be_bytes([port_high, port_low])), user))
}

fn socks5(stream: &mut TcpStream, answer: ProxyAnswer) -> Option<(String, String)> {
    let text = |stream: &mut TcpStream| {
        let [length] = bytes(stream);
        let mut text = vec![0; usize::from(length)];
        stream.read_exact(&mut text).expect("a text");
        String::from_utf8(text).expect("a text")
    };
    let [_, count] = bytes(stream);
    let mut methods = vec![0; usize::from(count)];
    stream.read_exact(&mut methods).ok()?;
    let mut login = String::new();
    if methods.contains(&2) {
        stream.write_all(&[5, 2]).ok()?;
        let [1] = bytes(stream) else { return None };
        login = format!("{}:{}", text(stream), text(stream));
        stream.write_all(&[1, 0]).ok()?;
    } else {
        stream.write_all(&[5, 0]).ok()?;
    }
    let [5, 1, 0, kind] = bytes(stream) else { return None };
    let host = match kind {
        1 => std::net::Ipv4Addr::from(bytes::<4>(stream)).to_string(),
        3 => text(stream),
        _ => format!("[{}]", std::net::Ipv6Addr::from(bytes::<16>(stream))),
    };
    let port = u16::from_be_bytes(bytes(stream));
    let granted = answer == ProxyAnswer::Connects;
    // From a host by name, as some answer.
    stream.write_all(&[5, if granted { 0 } else { 2 }, 0, 3, 3, b'a', b'.', b'b', 0, 80]).ok()?;
    granted.then(|| (format!("{host}:{port}"), login))
}

fn bytes<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    let _ = stream.read_exact(&mut bytes);
    bytes
}
