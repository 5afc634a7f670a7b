//! Whatever a wiki sends: a step or an error, never a panic, never an endless conversation.

#[path = "common/canned.rs"]
mod canned;
#[path = "common/host.rs"]
mod host;

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, ErrorKind, MessageFormat, transport::Response};
use proptest::prelude::*;
use serde_json::{Value, json};

const API: &str = "https://wiki.example/w/api.php";

const REPLIES: &[&str] = &[
    include_str!("fixtures/1.27/form.json"),
    include_str!("fixtures/1.27/fail-raw.json"),
    include_str!("fixtures/1.27/badtoken.json"),
    include_str!("fixtures/1.39/fail-raw-list.json"),
    include_str!("fixtures/formatversion-1/form.json"),
    include_str!("fixtures/formatversion-1/restart.json"),
    r#"{"createaccount":{"status":"PASS","username":"Al"}}"#,
    r#"{"createaccount":{"status":"UI","requests":[{"id":"A","required":"required","fields":{"code":{"type":"string"}}}]}}"#,
    r#"{"createaccount":{"status":"REDIRECT","redirecttarget":"https://third.example/?a b","requests":[]}}"#,
    r#"{"query":{"authmanagerinfo":{"requests":[]},"users":[{"name":"Al","missing":true}]}}"#,
];

/// More than a conversation has.
const MAX_EXCHANGES: usize = 50;

/// A reply that is nearly right: some value of a right one replaced by any other.
fn nearly_right() -> impl Strategy<Value = Vec<u8>> {
    (0..REPLIES.len(), any::<prop::sample::Index>(), any_value()).prop_map(|(reply, place, value)| {
        let mut reply: Value = serde_json::from_str(REPLIES[reply]).expect("a fixture");
        let place = place.index(count(&reply));
        replace(&mut reply, &mut { place }, value);
        reply.to_string().into_bytes()
    })
}

fn cut_short() -> impl Strategy<Value = Vec<u8>> {
    (0..REPLIES.len(), any::<prop::sample::Index>())
        .prop_map(|(reply, end)| REPLIES[reply].as_bytes()[..end.index(REPLIES[reply].len())].to_vec())
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("createaccounttoken")),
        Just(json!("javascript:alert(1)")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,12}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Puts `new` in place of the value that `left` counts down to.
fn replace(value: &mut Value, left: &mut usize, new: Value) -> Option<Value> {
    if *left == 0 {
        *value = new;
        return None;
    }
    *left -= 1;
    let mut new = Some(new);
    let inner: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(members) => Box::new(members.values_mut()),
        _ => return new,
    };
    for item in inner {
        new = replace(item, left, new?);
    }
    new
}

/// Goes as far as the replies lead, and saves and loads at each step.
fn converse(client: &mut Client) {
    host::converse(client, |client, _| {
        host::can_be_saved(client, Config::new().transport(Canned::default()));
    });
}

/// Else the tests below would try nothing behind the first form.
#[test]
fn the_host_goes_as_far_as_the_wiki_lets_it() {
    let wiki = Canned::default();
    wiki.reply(REPLIES[0].replace("captchaWord", "note"));
    wiki.reply(REPLIES[7]).reply(REPLIES[8]).reply(REPLIES[6]).reply("a lost answer");
    for _ in 0..MAX_EXCHANGES {
        wiki.reply("");
    }
    let mut met = Vec::new();
    let config = Config::new().reconcile_wait(std::time::Duration::ZERO);
    host::converse(&mut wiki.client(config), |_, step| {
        met.push(match step {
            Ok(step) => step.status().to_owned(),
            Err(error) => error.kind().to_string(),
        });
    });
    assert_eq!(met[..6], ["FORM", "UI", "REDIRECT", "PASS", "FORM", "outcome_unknown"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn no_reply_brings_the_client_down(
        replies in prop::collection::vec(prop_oneof![nearly_right(), cut_short(), any::<Vec<u8>>()], 12),
        right_form in any::<bool>(),
        raw in any::<bool>(),
    ) {
        let wiki = Canned::default();
        if right_form {
            wiki.reply(include_str!("fixtures/1.27/form.json").replace("captchaWord", "note"));
        }
        for reply in replies.into_iter().chain(vec![Vec::new(); MAX_EXCHANGES]) {
            wiki.reply(reply);
        }
        let format = if raw { MessageFormat::Raw } else { MessageFormat::Wikitext };
        let config = Config::new().message_format(format).reconcile_wait(std::time::Duration::ZERO);
        converse(&mut wiki.client(config));
    }

    #[test]
    fn no_saved_flow_brings_the_loader_down(data in any::<Vec<u8>>(), place in any::<prop::sample::Index>()) {
        let wiki = Canned::default();
        wiki.reply(include_str!("fixtures/1.27/form.json"));
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let mut saved = client.save().expect("bytes");
        let index = place.index(saved.len());
        prop_assert!(Client::load(API, &saved[..index], Config::new()).is_err(), "cut short");
        saved[index] ^= 1;
        prop_assert!(Client::load(API, &saved, Config::new()).is_err(), "changed");
        prop_assert!(Client::load(API, &data, Config::new()).is_err(), "foreign");
    }
}

#[test]
fn bounds_are_kept() {
    let fields: serde_json::Map<String, Value> =
        (0..2000).map(|n| (format!("f{n}"), json!({"type": "string"}))).collect();
    let too_many = json!({"query": {"authmanagerinfo": {"requests": [{"id": "A", "fields": fields}]},
        "tokens": {"createaccounttoken": "x"}}});
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for reply in [too_many.to_string(), deep] {
        let wiki = Canned::default();
        wiki.reply(reply);
        let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("out of bounds");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
    let wiki = Canned::default();
    wiki.reply(vec![b' '; 5 * 1024 * 1024]);
    let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("out of bounds");
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[test]
fn a_provider_cannot_ask_for_ever() {
    let wiki = Canned::default();
    wiki.reply(include_str!("fixtures/1.27/form.json").replace("captchaWord", "code"));
    for _ in 0..200 {
        wiki.reply(REPLIES[7]);
    }
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let first = Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("code", "1")]);
    let mut step = client.submit(&first);
    let mut rounds = 1;
    while step.is_ok() {
        step = client.submit(&Answer::from([("code", "1")]));
        rounds += 1;
    }
    assert_eq!(rounds, 101);
    assert_eq!(step.expect_err("an end").kind(), ErrorKind::Protocol);
}

#[test]
fn byte_order_marks_do_not_matter() {
    let wiki = Canned::default();
    let form = include_str!("fixtures/1.27/form.json").replace("captchaWord", "note");
    wiki.reply(format!("\u{feff}{form}"));
    wiki.reply("\u{feff}\u{feff}\r\n{\"createaccount\":{\"status\":\"PASS\",\"username\":\"Someone\"}}");
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("note", "x")]);
    assert_eq!(client.submit(&answer).expect("an answer").status(), "PASS");
}

#[test]
fn what_stands_before_a_wiki_is_named() {
    // Status and page, what is certain of a creation, and a word of the message.
    for (status, page, kind, word) in [
        (301, "", ErrorKind::Protocol, "redirects"),
        (403, "<html><title>Denied</title>", ErrorKind::Protocol, "Denied"),
        (404, "<html><title>Not Found</title>", ErrorKind::Protocol, "find_api finds it"),
        (429, "<html><title>Slow down</title>", ErrorKind::Protocol, "429"),
        (502, "<html><title>Bad gateway</title>", ErrorKind::OutcomeUnknown, "Bad gateway"),
        (503, "", ErrorKind::OutcomeUnknown, "503"),
        (200, "<!DOCTYPE html><input type=\"password\">", ErrorKind::OutcomeUnknown, "login page"),
        (200, "<html class=\"apihelp\">", ErrorKind::OutcomeUnknown, "help page"),
        (200, "", ErrorKind::OutcomeUnknown, "empty"),
        (200, "{\"createaccount\":{\"status\":\"PA", ErrorKind::OutcomeUnknown, "cut short"),
        (200, "{}", ErrorKind::OutcomeUnknown, "createaccount"),
        (200, "{\"error\":\"upstream request timeout\"}", ErrorKind::OutcomeUnknown, "MediaWiki"),
        (200, "{\"error\":{\"message\":\"timeout\"}}", ErrorKind::OutcomeUnknown, "MediaWiki"),
        (200, "{\"errors\":[\"x\"]}", ErrorKind::OutcomeUnknown, "MediaWiki"),
        (504, "{\"error\":\"timeout\"}", ErrorKind::OutcomeUnknown, "504"),
        (403, "{\"error\":\"denied\"}", ErrorKind::Protocol, "403"),
        (200, "{\"error\":{\"code\":\"readonly\",\"info\":\"Not now.\"}}", ErrorKind::Api, "Not now"),
        // Their words, whatever they are in.
        (
            400,
            "Request Header Or Cookie Too Large",
            ErrorKind::Protocol,
            "“Request Header Or Cookie Too Large”",
        ),
        (403, "Please set a user-agent\n", ErrorKind::Protocol, "“Please set a user-agent”"),
        (429, "Too fast.", ErrorKind::Protocol, "“Too fast.”"),
        (503, "no healthy upstream", ErrorKind::OutcomeUnknown, "“no healthy upstream”"),
        (504, "{\"message\":\"Timed out\"}", ErrorKind::OutcomeUnknown, "“Timed out”"),
        (200, "{\"detail\":\"Not here\"}", ErrorKind::OutcomeUnknown, "“Not here”"),
        (403, "<html><title>403 Forbidden</title><h1>No robots</h1>", ErrorKind::Protocol, "“No robots”"),
        (
            200,
            "<br />\n<b>Warning</b>:  Undefined $x in <b>/x.php</b><br />\n{\"createaccount\":{\"status\":\"PASS\"}}",
            ErrorKind::OutcomeUnknown,
            "“Warning: Undefined $x in /x.php”",
        ),
    ] {
        let wiki = Canned::default();
        wiki.reply(include_str!("fixtures/1.27/form.json").replace("captchaWord", "note"));
        let headers = vec![("Location".to_owned(), "https://elsewhere.example/".to_owned())];
        wiki.outcome(Ok(Response { status, headers, body: page.as_bytes().to_vec() }));
        if matches!(status, 300..429) {
            // Asked once, the wiki knows of nothing.
            wiki.reply(r#"{"query":{"authmanagerinfo":{},"users":[{"name":"Someone","missing":true}]}}"#);
        }
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let answer = Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("note", "x")]);
        let error = client.submit(&answer).expect_err("no answer");
        assert_eq!(error.kind(), kind, "{status} {page}: {error}");
        assert!(error.to_string().contains(word), "{status} {page}: {error}");
        if kind == ErrorKind::Protocol {
            assert_eq!(
                client.submit(&Answer::new()).expect_err("no name").kind(),
                ErrorKind::InvalidArgument
            );
        }
    }
}
