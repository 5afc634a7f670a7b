//! Saved flows: what each version wrote, and what is refused.

#[path = "common/canned.rs"]
mod canned;
#[path = "common/flows.rs"]
mod flows;

use std::{
    fs,
    time::{Duration, SystemTime},
};

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, ErrorKind, Result, Step, transport::SendError};
use flows::{change, fixture};
use serde_json::{Value, json};

const API: &str = "https://wiki.example/w/api.php";
/// The version that is written now.
const VERSION: &str = "2";

/// The flows that the folder `tests/fixtures/saved` has for each version, by the step that they are at.
const NAMES: [&str; 6] = ["form", "question", "visit", "unknown", "pass", "fail"];

#[test]
fn the_flows_of_this_version_can_be_read() {
    for name in NAMES {
        let file = fixture(VERSION, name);
        if std::env::var_os("UPDATE_SAVED").is_some() {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(&file, at(name).save().expect("bytes")).expect("a file");
        }
        let data = fs::read(&file).expect("a fixture; UPDATE_SAVED=1 writes those of a new version");
        let client = load(&data).expect(name);
        let expected = match name {
            "form" => Some("FORM"),
            "question" => Some("UI"),
            "visit" => Some("REDIRECT"),
            "pass" => Some("PASS"),
            "fail" => Some("FAIL"),
            _ => None,
        };
        assert_eq!(client.step().as_ref().map(Step::status), expected);
        assert_eq!(client.step().map(|step| format!("{step:?}")), at(name).step().map(|s| format!("{s:?}")));
    }
}

#[test]
fn the_flows_of_other_versions_are_refused_as_such() {
    let data = at("unknown").save().expect("bytes");
    let written = format!("createaccount flow {VERSION}\n");
    let rest = data.strip_prefix(written.as_bytes()).expect("this version");
    for version in ["1", "3", "22", ""] {
        let other = [format!("createaccount flow {version}\n").as_bytes(), rest].concat();
        let error = load(&other).expect_err(version);
        assert!(error.message().contains("another version"), "{version}: {error}");
    }
}

#[test]
fn words_that_are_not_known_are_refused() {
    let data = at("unknown").save().expect("bytes");
    for (known, unknown) in [
        (r#""doubt":"lost""#, r#""doubt":"perhaps""#),
        (r#""end":"lost""#, r#""end":"soon""#),
        (r#""state":{"unknown""#, r#""state":{"idle2""#),
        (r#""ledger":[]"#, r#""ledger":[],"more":1"#),
        (r#""slot":{"creation""#, r#""slot":{"kettle""#),
        (r#""undated":false,"#, ""),
    ] {
        let changed = change(&data, known, unknown);
        let error = load(&changed).expect_err(unknown);
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some("data")),
            "{unknown}: {error}"
        );
    }
    let failed = change(&at("fail").save().expect("bytes"), r#""reason":"captcha""#, r#""reason":"mood""#);
    load(&failed).expect_err("no reason of this version");
}

#[test]
fn a_flow_is_loaded_for_its_own_wiki_only() {
    let data = at("question").save().expect("bytes");
    for other in [
        "https://wiki.example/api.php",
        "https://evil.example/w/api.php",
        "https://wiki.example:444/w/api.php",
    ] {
        let error = Client::load(other, &data, Config::new().transport(Canned::default())).expect_err(other);
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("data")));
    }
    let same = "https://WIKI.example:443/w/api.php";
    Client::load(same, &data, Config::new().transport(Canned::default())).expect("the same address");
    let error = Client::load("nonsense", &data, Config::new()).expect_err("no address");
    assert_eq!(error.field(), Some("api_url"));
}

#[test]
fn a_loaded_flow_has_its_own_return_url() {
    let data = at("question").save().expect("bytes");
    let wiki = Canned::default();
    // Told nothing, or told of another address: that one is for the next begin.
    for config in [Config::new(), Config::new().return_url("https://host.example/another")] {
        let mut client = Client::load(API, &data, config.transport(wiki.clone())).expect("the flow");
        wiki.reply(redirect());
        let Ok(Step::Redirect(visit)) = client.submit(&Answer::from([("code", "1")])) else {
            panic!("a visit")
        };
        assert_eq!(visit.return_url().as_str(), "https://host.example/back");
        assert!(visit.catches_return());
        wiki.reply(json!({"createaccount": {"status": "PASS", "username": "Alice"}}).to_string());
        let step = client.resume("https://host.example/back?code=2", b"").expect("a step");
        assert_eq!(step.status(), "PASS");
    }
}

#[test]
fn what_was_made_up_is_held_to_what_a_wiki_can_send() {
    let shape = |name: &str| at(name).save().expect("bytes");
    let cookie = |line: &str, domain: &str| {
        let cookie =
            json!([{"raw_cookie": line, "path": ["/", true], "domain": domain, "expires": "SessionEnd"}]);
        format!(
            r#""cookies":{}"#,
            json!(cookie.to_string().replace("\"wiki.example\"", r#"{"HostOnly":"wiki.example"}"#))
        )
    };
    let good = cookie("session=1; Path=/", "wiki.example");
    load(&change(&shape("form"), &cookies_of(&shape("form")), &good)).expect("a cookie of the wiki");
    let endpoint =
        |to: &str| (r#""endpoint":"https://wiki.example/w/api.php""#, format!(r#""endpoint":"{to}""#));
    let back = |to: &str| (r#""url":"https://host.example/back""#, format!(r#""url":"{to}""#));
    let target = |to: &str| ("https://third.example/?state=1", to.to_owned());
    for (name, (known, new)) in [
        ("form", endpoint("https://evil.example/w/api.php")),
        ("form", endpoint("http://wiki.example/w/api.php")),
        ("form", endpoint("https://wiki.example:444/w/api.php")),
        ("form", endpoint("https://a:b@wiki.example/w/api.php")),
        ("form", endpoint("https://wiki.example/w/api.php?x=1")),
        (
            "form",
            (
                r#""api_url":"https://wiki.example/w/api.php""#,
                r#""api_url":"https://evil.example/w/api.php""#.to_owned(),
            ),
        ),
        ("form", back("javascript:alert(1)")),
        ("form", back("http://host.example/back")),
        ("question", back("https://a:b@host.example/back")),
        ("question", back("https://host.example/back#x")),
        ("unknown", back("ftp://host.example/back")),
        ("visit", back("data:text/html,x")),
        ("visit", (r#""is_hosts":true"#, r#""is_hosts":false"#.to_owned())),
        ("visit", target("javascript:alert(1)")),
        ("visit", target("http://third.example/")),
        ("visit", target("https://wiki@third.example/")),
        ("visit", target("https://localhost/")),
        ("form", (r#""clock":1767261600"#, r#""clock":-1"#.to_owned())),
        ("form", (r#""clock":1767261600"#, format!(r#""clock":{}"#, i64::MAX))),
        ("unknown", (r#""from":1767261598"#, format!(r#""from":{}"#, i64::MIN))),
    ] {
        let error = load(&change(&shape(name), known, &new)).expect_err(&new);
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument | ErrorKind::Protocol), "{new}: {error:?}");
    }
    for made_up in [
        cookie("session=1\r\nHost: evil.example", "wiki.example"),
        cookie("session=1\u{7f}", "wiki.example"),
        cookie("session=1", "evil.example").replace("HostOnly", "Suffix"),
        cookie(&format!("session={}", "x".repeat(70_000)), "wiki.example"),
        r#""cookies":"[[[[""#.to_owned(),
    ] {
        load(&change(&shape("form"), &cookies_of(&shape("form")), &made_up))
            .expect_err(&made_up[..80.min(made_up.len())]);
    }
}

#[test]
fn a_flow_is_loaded_whatever_clock_its_wiki_has() {
    for time in [
        "1013-11-28T07:33:34Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "tomorrow",
    ] {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new());
        wiki.reply(form().replace("2026-01-01T10:00:00Z", time));
        client.begin(Begin::new()).expect("a form");
        load(&client.save().expect("bytes")).expect(time);
        wiki.outcome(Err(SendError::timed_out("The answer was lost.")));
        client.submit(&Answer::from([("username", "Alice")])).expect_err("nothing is known");
        load(&client.save().expect("bytes")).expect(time);
    }
    for since in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(u64::MAX >> 1)] {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new().reconcile_wait(Duration::ZERO));
        wiki.reply("{}").reply("{}");
        client.reconcile_name("Alice", since).expect_err("nothing is known");
        load(&client.save().expect("bytes")).expect("a clock");
    }
}

#[test]
fn a_saved_flow_has_a_size() {
    let mut data = at("form").save().expect("bytes");
    data.resize(8 * 1024 * 1024 + 1, b' ');
    let error = load(&data).expect_err("too large");
    assert!(error.message().contains("more than"), "{error}");
}

#[test]
fn sealed_flows_open_with_a_key_of_theirs_only() {
    let (key, other) = ([7_u8; 32], [8_u8; 32]);
    let client = |config: Config| {
        let wiki = Canned::default();
        wiki.reply(form());
        let mut client = wiki.client(config);
        client.begin(Begin::new()).expect("a form");
        client
    };
    let sealed = client(Config::new().seal_key(key)).save().expect("bytes");
    let plain = client(Config::new()).save().expect("bytes");
    let text = String::from_utf8_lossy(&sealed).into_owned();
    for secret in ["0a+", "wiki.example", "requests", "username"] {
        assert!(String::from_utf8_lossy(&plain).contains(secret) && !text.contains(secret), "{secret}");
    }
    let open = |data: &[u8], api_url: &str, config: Config| {
        Client::load(api_url, data, config.transport(Canned::default()))
    };
    open(&sealed, API, Config::new().seal_key(key)).expect("its key");
    open(&sealed, API, Config::new().seal_key(other).open_key([9; 32]).open_key(key))
        .expect("an earlier key");
    for (data, api_url, config, why) in [
        (&sealed, API, Config::new(), "no key"),
        (&sealed, API, Config::new().seal_key(other), "another key"),
        (&sealed, "https://other.example/w/api.php", Config::new().seal_key(key), "another wiki"),
        (&plain, API, Config::new().seal_key(key), "is not sealed"),
    ] {
        let error = open(data, api_url, config).expect_err(why);
        assert!(error.message().contains(why), "{error}");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("data")));
    }
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        open(&changed, API, Config::new().seal_key(key)).expect_err("a changed byte");
    }
    for end in 0..sealed.len() {
        open(&sealed[..end], API, Config::new().seal_key(key)).expect_err("cut short");
    }
}

#[test]
fn keys_that_cannot_be_used_are_named() {
    for (config, setting) in [
        (Config::new().seal_key([1; 31]), "seal_key"),
        (Config::new().seal_key(b""), "seal_key"),
        (Config::new().seal_key([1; 32]).open_key([1; 33]), "open_key"),
        (Config::new().open_key([1; 32]), "open_key"),
    ] {
        assert!(!format!("{config:?}").contains("1, 1"));
        let error = Client::new(API, config.transport(Canned::default())).expect_err(setting);
        assert_eq!(error.field(), Some(setting), "{error}");
    }
}

/// The member `cookies` of a saved flow as it stands there.
fn cookies_of(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(data);
    let start = text.find(r#""cookies":"#).expect("cookies");
    let end = text.find(r#","token":"#).expect("a token");
    text[start..end].to_owned()
}

fn load(data: &[u8]) -> Result<Client> {
    Client::load(API, data, Config::new().transport(Canned::default()))
}

/// A client at the step of that name.
fn at(name: &str) -> Client {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new().return_url("https://host.example/back"));
    let status = |rest: Value| json!({"createaccount": rest}).to_string();
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    match name {
        "form" => return client,
        "question" => {
            wiki.reply(status(json!({"status": "UI", "message": "Code?", "messagecode": "code",
                "requests": [{"id": "Code", "required": "required", "fields": {"code": {"type": "string"}}}]})));
        }
        "visit" => {
            wiki.reply(redirect());
        }
        "unknown" => {
            wiki.outcome(Err(SendError::timed_out("The answer was lost.")));
        }
        "pass" => {
            wiki.reply(status(json!({"status": "PASS", "username": "Alice"})));
        }
        _ => {
            wiki.reply(status(
                json!({"status": "FAIL", "message": "No.", "messagecode": "captcha-createaccount-fail"}),
            ));
        }
    }
    let outcome = client.submit(&Answer::from([("username", "Alice")]));
    assert_eq!(outcome.is_err(), name == "unknown");
    client
}

fn form() -> String {
    json!({"curtimestamp": "2026-01-01T10:00:00Z", "query": {
        "authmanagerinfo": {"requests": [{"id": "Name", "required": "required",
            "fields": {"username": {"type": "string", "label": "Name"}}}]},
        "tokens": {"createaccounttoken": "0a+\\"},
    }})
    .to_string()
}

fn redirect() -> String {
    json!({"createaccount": {"status": "REDIRECT", "redirecttarget": "https://third.example/?state=1",
        "requests": [{"id": "Code", "required": "required", "fields": {"code": {"type": "string"}}}]}})
    .to_string()
}
