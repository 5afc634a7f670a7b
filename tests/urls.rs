//! Addresses from the host, from wikis and from browsers: which are taken, and which are refused.

#[path = "common/canned.rs"]
mod canned;

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, ErrorKind, Step};
use serde_json::{Value, json};

const API: &str = "https://wiki.example/w/api.php";
const LOOPBACK: &str = "http://127.0.0.1:8080/w/api.php";

/// What becomes of an address: taken always, taken when http is allowed, or refused in any case.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Taken,
    OptIn,
    Refused,
}

use Verdict::{OptIn, Refused, Taken};

/// Hosts, each with what becomes of `http://HOST/` where the host gives the address.
const HOSTS: [(&str, Verdict); 32] = [
    ("localhost", Taken),
    ("LOCALHOST", Taken),
    ("localhost:8080", Taken),
    ("127.0.0.1", Taken),
    ("127.0.0.1:1", Taken),
    ("127.1.2.3", Taken),
    ("127.255.255.255", Taken),
    // The URL standard reads these as 127.0.0.1, and so does what connects.
    ("127.1", Taken),
    ("0x7f000001", Taken),
    ("2130706433", Taken),
    ("0177.0.0.1", Taken),
    ("[::1]", Taken),
    ("[0:0:0:0:0:0:0:1]", Taken),
    ("[::1]:8080", Taken),
    // These go wherever a name server says.
    ("foo.localhost", OptIn),
    ("localhost.", OptIn),
    ("localhost.localdomain", OptIn),
    ("localhost.example", OptIn),
    ("mylocalhost", OptIn),
    ("127.0.0.1.example", OptIn),
    ("ip6-localhost", OptIn),
    // Other machines, or addresses that are another machine's elsewhere.
    ("0.0.0.0", OptIn),
    ("126.0.0.1", OptIn),
    ("128.0.0.1", OptIn),
    ("192.168.0.1", OptIn),
    ("10.0.0.1", OptIn),
    ("169.254.169.254", OptIn),
    ("[::]", OptIn),
    ("[::2]", OptIn),
    ("[::ffff:127.0.0.1]", OptIn),
    ("[fe80::1]", OptIn),
    ("wiki.example", OptIn),
];

/// Addresses that are refused wherever they come from.
const NEVER: [&str; 22] = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://wiki.example/w/api.php",
    "ws://wiki.example/",
    "wss://wiki.example/",
    "about:blank",
    "blob:https://wiki.example/1",
    "view-source:https://wiki.example/",
    "mailto:a@wiki.example",
    "intent://wiki.example/#Intent;end",
    "https://user@wiki.example/",
    "https://user:password@wiki.example/",
    "https://:password@wiki.example/",
    "https://wiki.example@evil.example/",
    "https://wiki.example%40evil.example@127.0.0.1/",
    "http://user@127.0.0.1/",
    "https://",
    "https://wiki.example:99999/",
];

#[test]
fn the_api() {
    let mut rows: Vec<(String, Verdict)> =
        HOSTS.map(|(host, verdict)| (format!("http://{host}/w/api.php"), verdict)).to_vec();
    rows.extend(NEVER.map(|url| (url.to_owned(), Refused)));
    rows.extend(
        [
            (API, Taken),
            ("HTTPS://WIKI.example/w/api.php", Taken),
            ("https://wiki.example:8443/api.php", Taken),
            ("https://[2001:db8::1]/api.php", Taken),
            ("https://xn--bcher-kva.example/api.php", Taken),
            ("https://bücher.example/api.php", Taken),
            ("https://wiki.example/w/api.php?action=query", Refused),
            ("https://wiki.example/w/api.php#top", Refused),
            ("//wiki.example/w/api.php", Refused),
            ("/w/api.php", Refused),
            ("wiki.example/w/api.php", Refused),
            ("", Refused),
        ]
        .map(|(url, verdict)| (url.to_owned(), verdict)),
    );
    check("api_url", &rows, |url, allow| {
        refusal(Client::new(url, Config::new().allow_http(allow).transport(Canned::default())), "api_url")
    });
}

#[test]
fn the_return_url() {
    let mut rows: Vec<(String, Verdict)> =
        HOSTS.map(|(host, verdict)| (format!("http://{host}/back"), verdict)).to_vec();
    rows.extend(NEVER.map(|url| (url.to_owned(), Refused)));
    rows.extend(
        [
            ("https://host.example/back", Taken),
            ("https://host.example/back?flow=1", Taken),
            ("https://host.example:8443/back", Taken),
            ("https://127.0.0.1/back", Taken),
            ("https://foo.localhost/back", Taken),
            ("https://host.example/back#here", Refused),
            ("https://host.example/back#", Refused),
            ("http://127.0.0.1:8080/back#here", Refused),
            ("app.example:/back", Refused),
            ("//host.example/back", Refused),
            ("/back", Refused),
            ("", Refused),
        ]
        .map(|(url, verdict)| (url.to_owned(), verdict)),
    );
    check("return_url", &rows, |url, allow| {
        // Whichever is set first.
        let before = Config::new().allow_http(allow).return_url(url);
        let after = Config::new().return_url(url).allow_http(allow);
        let [one, other] = [before, after]
            .map(|config| refusal(Client::new(API, config.transport(Canned::default())), "return_url"));
        assert_eq!(one, other, "{url}");
        one
    });
}

#[test]
fn targets_of_a_redirect() {
    // What a wiki elsewhere makes the person's browser call on the person's own machine.
    let away = |verdict| if verdict == Taken { OptIn } else { verdict };
    let mut rows: Vec<(String, Verdict)> =
        HOSTS.map(|(host, verdict)| (format!("http://{host}/login"), away(verdict))).to_vec();
    rows.extend(NEVER.map(|url| (url.to_owned(), Refused)));
    // No address of its own: it belongs to the wiki's.
    rows.retain(|(url, _)| url != "https://");
    rows.extend(
        [
            ("https://third.example/login?state=1#here", Taken),
            ("https://third.example:8443/", Taken),
            ("https://[2001:db8::1]/", Taken),
            ("//third.example/login", Taken),
            ("/wiki/Special:Login", Taken),
            ("login", Taken),
            ("https://localhost/", OptIn),
            ("https://127.0.0.1:8443/", OptIn),
            ("https://[::1]/", OptIn),
            ("https://foo.localhost/", Taken),
            ("//user@third.example/", Refused),
            ("https://user@localhost/", Refused),
        ]
        .map(|(url, verdict)| (url.to_owned(), verdict)),
    );
    check("target", &rows, |url, allow| redirected(API, url, allow));
    let near: Vec<(String, Verdict)> =
        HOSTS.map(|(host, verdict)| (format!("http://{host}/login"), verdict)).to_vec();
    check("target of a wiki on loopback", &near, |url, allow| redirected(LOOPBACK, url, allow));
}

#[test]
fn addresses_that_the_person_came_back_to() {
    let rows = [
        ("https://host.example/back?flow=1", Taken),
        ("https://host.example/back?flow=1&code=2", Taken),
        ("https://host.example/back?code=2&flow=1", Taken),
        ("https://host.example:443/back?flow=1&code=2", Taken),
        ("https://HOST.example/back?flow=1&code=2", Taken),
        ("https://host.example/./back?flow=1&code=2", Taken),
        ("https://host.example/x/../back?flow=1&code=2", Taken),
        ("https://host.example/back?flow=1&code=2#_=_", Taken),
        ("https://host.example/back?flow=1&flow=2", Taken),
        ("https://host.example/back", Refused),
        ("https://host.example/back?flow=2&code=2", Refused),
        ("https://host.example/back?FLOW=1&code=2", Refused),
        ("https://host.example/back/?flow=1&code=2", Refused),
        ("https://host.example/Back?flow=1&code=2", Refused),
        ("https://host.example/?flow=1&code=2", Refused),
        ("https://host.example:444/back?flow=1&code=2", Refused),
        ("http://host.example/back?flow=1&code=2", Refused),
        ("https://host.example.evil.example/back?flow=1&code=2", Refused),
        ("https://evil.example/back?flow=1&code=2", Refused),
        ("https://host.example@evil.example/back?flow=1&code=2", Refused),
        ("https://user@host.example/back?flow=1&code=2", Refused),
        ("https://user:word@host.example/back?flow=1&code=2", Refused),
        ("https://host.example\\@evil.example/back?flow=1&code=2", Refused),
        ("//host.example/back?flow=1&code=2", Refused),
        ("/back?flow=1&code=2", Refused),
        ("?flow=1&code=2", Refused),
        ("javascript:alert(1)", Refused),
        ("data:text/html,x", Refused),
        ("app.example:/back?flow=1&code=2", Refused),
        ("", Refused),
    ];
    check("returned_url", &rows.map(|(url, verdict)| (url.to_owned(), verdict)), |url, allow| {
        let wiki = Canned::default();
        let config = Config::new().return_url("https://host.example/back?flow=1").allow_http(allow);
        let mut client = wiki.client(config);
        wiki.reply(form(json!({"username": {"type": "string"}})));
        client.begin(Begin::new()).expect("a form");
        wiki.reply(redirect("https://third.example/"));
        client.submit(&Answer::from([("username", "Al")])).expect("a visit");
        wiki.reply(r#"{"createaccount":{"status":"PASS","username":"Al"}}"#);
        refusal(client.resume(url, b"code=3"), "returned_url")
    });
}

#[test]
fn pictures_of_a_captcha() {
    let rows = [
        (
            "/w/index.php?title=Special:Captcha/image&wpCaptchaId=1",
            Some("https://wiki.example/w/index.php?title=Special:Captcha/image&wpCaptchaId=1"),
        ),
        ("image.png", Some("https://wiki.example/w/image.png")),
        ("//wiki.example/image.png", Some("https://wiki.example/image.png")),
        ("https://wiki.example/image.png", Some("https://wiki.example/image.png")),
        ("https://WIKI.example:443/image.png", Some("https://wiki.example/image.png")),
        ("https://user@wiki.example/image.png", None),
        ("https://user:word@wiki.example/image.png", None),
        ("//user@wiki.example/image.png", None),
        ("http://wiki.example/image.png", None),
        ("https://wiki.example:444/image.png", None),
        ("https://evil.example/image.png", None),
        ("//evil.example/image.png", None),
        ("\\\\evil.example/image.png", None),
        ("https://wiki.example.evil.example/image.png", None),
        ("https://wiki.example@evil.example/image.png", None),
        ("http://127.0.0.1/image.png", None),
        ("http://169.254.169.254/latest/meta-data", None),
        ("data:image/png;base64,iVBORw0KGgo=", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
    ];
    for (shown, expected) in rows {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new());
        wiki.reply(form(json!({
            "captchaWord": {"type": "string"}, "captchaInfo": {"type": "null", "value": shown},
        })));
        let Ok(Step::Form(form)) = client.begin(Begin::new()) else { panic!("a form") };
        let url = form.captcha().expect("a captcha").image_url().map(url::Url::as_str);
        assert_eq!(url, expected, "{shown}");
        if expected.is_none() {
            assert_eq!(client.captcha_image().expect_err("no picture").kind(), ErrorKind::InvalidState);
            assert_eq!(wiki.sent().len(), 1, "{shown} is not fetched");
        }
    }
}

#[test]
fn redirects_of_the_api() {
    for (location, followed) in [
        ("https://wiki.example/api.php", true),
        ("/api.php", true),
        ("//wiki.example/api.php", true),
        ("https://user:word@wiki.example/api.php", false),
        ("https://user@wiki.example/api.php", false),
        ("//user@wiki.example/api.php", false),
        ("http://wiki.example/api.php", false),
        ("https://wiki.example:444/api.php", false),
        ("https://evil.example/api.php", false),
        ("https://wiki.example.evil.example/", false),
        ("file:///etc/passwd", false),
        ("javascript:alert(1)", false),
    ] {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new());
        wiki.outcome(Ok(createaccount::transport::Response {
            status: 302,
            headers: vec![("Location".to_owned(), location.to_owned())],
            body: Vec::new(),
        }));
        wiki.reply(form(json!({"username": {"type": "string"}})));
        assert_eq!(client.begin(Begin::new()).is_ok(), followed, "{location}");
        assert_eq!(wiki.sent().len(), if followed { 2 } else { 1 }, "{location}");
    }
}

/// Holds each row without and with the opt-in against its verdict.
fn check(what: &str, rows: &[(String, Verdict)], is_taken: impl Fn(&str, bool) -> bool) {
    for (url, verdict) in rows {
        let taken = [is_taken(url, false), is_taken(url, true)];
        let expected = match verdict {
            Taken => [true, true],
            OptIn => [false, true],
            Refused => [false, false],
        };
        assert_eq!(taken, expected, "{what} {url:?}: {verdict:?}");
    }
    println!("{what}: {} rows", rows.len());
}

/// Whether it went well; if not, the error has to name the field.
fn refusal<T>(outcome: createaccount::Result<T>, field: &str) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)), "{error}");
            false
        }
    }
}

/// Whether a wiki at `api_url` may send the person to `target`.
fn redirected(api_url: &str, target: &str, allow_http: bool) -> bool {
    let wiki = Canned::default();
    let config = Config::new().allow_http(allow_http).return_url("https://host.example/back");
    let mut client = Client::new(api_url, config.transport(wiki.clone())).expect("right settings");
    wiki.reply(form(json!({"username": {"type": "string"}})));
    client.begin(Begin::new()).expect("a form");
    wiki.reply(redirect(target));
    match client.submit(&Answer::from([("username", "Al")])) {
        Ok(Step::Redirect(_)) => true,
        Ok(step) => panic!("{step:?}"),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
            false
        }
    }
}

fn form(fields: Value) -> String {
    json!({"curtimestamp": "2026-01-01T10:00:00Z", "query": {
        "authmanagerinfo": {"requests": [{
            "id": "A", "required": "required", "metadata": {"type": "image", "mime": "image/png"}, "fields": fields,
        }]},
        "tokens": {"createaccounttoken": "0a+\\"},
    }})
    .to_string()
}

fn redirect(target: &str) -> String {
    json!({"createaccount": {"status": "REDIRECT", "redirecttarget": target,
        "requests": [{"id": "Code", "required": "required", "fields": {"code": {"type": "string"}}}]}})
    .to_string()
}
