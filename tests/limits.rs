//! The limits that docs/network.md names are those of the source, each is held by the test beside it, and the ones that no other
//! test holds are held here.

#![cfg(feature = "ureq")]

#[path = "common/canned.rs"]
mod canned;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use canned::Canned;
use createaccount::{Begin, Client, Config, ErrorKind, TransportFailure, transport::Response};

const FORM: &str = r#"{"query":{"authmanagerinfo":{"cancreateaccounts":true,"requests":[{"id":"A","required":"required",
    "metadata":{"type":"image","mime":"image/png"},"fields":{"username":{"type":"string"},"captchaId":{"type":"hidden","value":"1"},
    "captchaWord":{"type":"string"},"captchaInfo":{"type":"null","value":"/w/image.png"}}}]},
    "tokens":{"createaccounttoken":"0123+\\"}}}"#;

#[test]
fn the_documented_limits_are_those_of_the_source() {
    let mut rows = 0;
    for row in read("docs/network.md").lines().filter(|line| line.contains("| `src/")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, limit, _, place, test] = cells[..] else { panic!("{row}") };
        let [file, name] = quoted(place)[..] else { panic!("{row}") };
        assert_eq!(number(limit), constant(&read(file), name), "{row}");
        let test = quoted(test);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(test[0]);
        assert!(path.exists(), "{row}");
        assert!(
            test.get(1).is_none_or(|function| read(test[0]).contains(&format!("fn {function}("))),
            "{row}"
        );
        rows += 1;
    }
    assert!(rows > 20, "the table has been read");
}

#[test]
fn redirects_have_an_end() {
    let wiki = Canned::default();
    for number in 0..9 {
        let headers = vec![("Location".to_owned(), format!("/w/api.php?again={number}"))];
        wiki.outcome(Ok(response(302, headers, Vec::new())));
    }
    wiki.client(Config::new()).begin(Begin::new()).expect_err("no end");
    assert_eq!(wiki.sent().len(), 6);
}

#[test]
fn pictures_have_a_size() {
    for (size, fits) in [(1024 * 1024, true), (1024 * 1024 + 1, false)] {
        let wiki = Canned::default();
        let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
        picture.resize(size, 0);
        wiki.reply(FORM).outcome(Ok(response(200, Vec::new(), picture)));
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let image = client.captcha_image();
        let failure = image.as_ref().err().map(|error| (error.kind(), error.failure()));
        assert_eq!(failure.is_none(), fits, "{failure:?}");
        assert!(fits || failure == Some((ErrorKind::Transport, Some(TransportFailure::Bound))));
    }
}

#[test]
fn idle_connections_are_few_and_end() {
    const CLIENTS: usize = 70;
    let (url, connections) = serve_when_all_have_asked(CLIENTS);
    let all_ask = || {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let url = url.clone();
                thread::spawn(move || Client::new(&url, Config::new())?.begin(Begin::new()).map(drop))
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().expect("no panic").expect("a form"));
        connections.load(Ordering::SeqCst)
    };
    assert_eq!(all_ask(), CLIENTS);
    assert_eq!(all_ask(), CLIENTS + CLIENTS - 64);
    thread::sleep(Duration::from_millis(15_500));
    assert_eq!(all_ask(), CLIENTS + CLIENTS - 64 + CLIENTS);
}

/// A wiki that answers nobody until so many have asked, and how many connections it had.
fn serve_when_all_have_asked(count: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/api.php", listener.local_addr().expect("an address"));
    let (connections, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(count)));
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let all = Arc::clone(&all);
            thread::spawn(move || serve(stream, &all));
        }
    });
    (url, connections)
}

fn serve(mut stream: TcpStream, all: &Barrier) {
    let mut head = Vec::new();
    let mut byte = [0];
    while let Ok(1) = stream.read(&mut byte) {
        head.push(byte[0]);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            all.wait();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FORM}", FORM.len());
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

fn response(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Response {
    let mut response = Response::default();
    (response.status, response.headers, response.body) = (status, headers, body);
    response
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// `4 MiB`, `15 seconds`, `100,000`
fn number(limit: &str) -> u64 {
    let (number, unit) = limit.split_once(' ').unwrap_or((limit, ""));
    let number: u64 = number.replace(',', "").parse().unwrap_or_else(|_| panic!("{limit}"));
    match unit {
        "KiB" => number * 1024,
        "MiB" => number * 1024 * 1024,
        "" | "seconds" => number,
        _ => panic!("{limit}"),
    }
}

/// The first number that follows the name as a constant (`MAX: usize = 4 * 1024;`) or a default (`depth: 64`).
fn constant(source: &str, name: &str) -> u64 {
    let start = format!("{name}: ");
    let mut values = source.match_indices(&start).filter_map(|(at, found)| {
        let value = source[at + found.len()..].split([';', ',', '}', '\n']).next()?;
        let value = value.rsplit_once("= ").map_or(value, |(_, value)| value);
        let value = value.trim_start_matches("Duration::from_secs(").trim().trim_end_matches(')');
        value.split(" * ").map(|factor| factor.replace('_', "").parse::<u64>().ok()).product::<Option<u64>>()
    });
    values.next().unwrap_or_else(|| panic!("{name} is not there"))
}
