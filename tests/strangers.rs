//! What a stranger writes is cleaned where it is shown, and left alone where it goes back.

#[path = "common/canned.rs"]
mod canned;

use std::sync::{Arc, Mutex};

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, MessageFormat, Step, transport::Response};
use serde_json::json;

/// What a terminal, a log or a browser acts on.
const NASTY: &str = "\u{1b}]0;title\u{7}\u{1b}[2J\r\0\u{8}\u{7f}\u{9b}31m";
/// What stays of it, in the right-to-left marks of a language that has them.
const CLEAN: &str = "]0;title[2J31m";

#[test]
fn what_is_shown_is_clean() {
    let wiki = Canned::default();
    wiki.reply(form());
    let lines = Arc::new(Mutex::new(Vec::<String>::new()));
    let kept = lines.clone();
    let mut client =
        wiki.client(Config::new().log(move |_, line| kept.lock().expect("no panic").push(line.to_owned())));
    let Ok(Step::Form(form)) = client.begin(Begin::new()) else { panic!("a form") };
    let field = form.field(&odd("name")).expect("the name as it is");
    assert_eq!((field.label(), field.help()), (clean("label").as_str(), clean("help").as_str()));
    assert_eq!(field.choices()[0].label, clean("choice"));
    assert_eq!(field.choices()[0].value, odd("key"));
    let request = &form.requests()[0];
    assert_eq!(
        (request.provider(), request.account()),
        (clean("provider").as_str(), clean("account").as_str())
    );
    assert_eq!(request.id(), nasty("id"));
    assert_eq!(form.field("note").expect("a notice").value(), Some(clean("notice").as_str()));
    assert_eq!(form.raw()["requests"][0]["provider"], nasty("provider"));

    wiki.reply(
        json!({"createaccount": {"status": "FAIL", "message": nasty("message"), "messagecode": nasty("code")}})
            .to_string(),
    );
    // What goes back is what came.
    let mut answer = Answer::from([("username", "Al")]).set(odd("name"), odd("key"));
    answer = answer.unchecked(true);
    let Ok(Step::Fail(fail)) = client.submit(&answer) else { panic!("a failure") };
    assert_eq!(fail.message().expect("words").text(), clean("message"));
    assert_eq!(fail.message_code(), Some(clean("code").as_str()));
    let sent = wiki.sent().pop().expect("a request");
    for (name, value) in [(odd("hidden"), odd("value")), (odd("name"), odd("key"))] {
        assert!(sent.contains(&(name.clone(), value)), "{name:?}");
    }

    let mut warning: serde_json::Value = serde_json::from_str(&self::form()).expect("JSON");
    warning["warnings"] = json!([{"code": "x", "text": nasty("warning")}]);
    wiki.reply(warning.to_string());
    client.begin(Begin::new()).expect("a form");
    let lines = lines.lock().expect("no panic");
    assert!(lines.iter().any(|line| line.contains("warning")), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains(char::is_control)), "{lines:?}");
}

#[test]
fn errors_and_verdicts_are_clean() {
    let error = |reply: serde_json::Value| {
        let wiki = Canned::default();
        wiki.reply(reply.to_string());
        wiki.client(Config::new()).begin(Begin::new()).expect_err("an error")
    };
    let told = error(json!({"errors": [{"code": nasty("code"), "text": nasty("text")}]}));
    assert_eq!((told.api_code(), told.message()), (Some(clean("code").as_str()), clean("text").as_str()));
    let read_only =
        error(json!({"error": {"code": "readonly", "info": "Not now.", "readonlyreason": nasty("why")}}));
    assert_eq!(read_only.message(), format!("Not now. {}", clean("why")));
    for (status, body, location) in [
        (503, format!("<html><title>{}</title>", nasty("page")), String::new()),
        (200, nasty("text"), String::new()),
        (302, String::new(), nasty("https://elsewhere.example/")),
    ] {
        let wiki = Canned::default();
        let headers = vec![("Location".to_owned(), location)];
        wiki.outcome(Ok(Response { status, headers, body: body.into_bytes() }));
        let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("a page");
        assert!(!error.message().contains(|c: char| c.is_control() && c != '\n'), "{error:?}");
    }
    let wiki = Canned::default();
    wiki.reply(
        json!({"query": {"users": [{"name": nasty("Al"), "missing": true, "cancreateerror":
            [{"code": nasty("code"), "text": nasty("text")}]}]}})
        .to_string(),
    );
    let verdict = wiki.client(Config::new()).check_username("Al").expect("a verdict");
    assert_eq!(verdict.canonical(), Some(clean("Al").as_str()));
    assert_eq!(
        (verdict.code(), verdict.message()),
        (Some(clean("code").as_str()), Some(clean("text").as_str()))
    );
}

#[test]
fn raw_messages_are_clean_and_short() {
    let wiki = Canned::default();
    wiki.reply(form());
    let mut client = wiki.client(Config::new().message_format(MessageFormat::Raw));
    client.begin(Begin::new()).expect("a form");
    let params: Vec<serde_json::Value> =
        (0..5_000).map(|n| json!({nasty("name"): nasty(&n.to_string())})).collect();
    wiki.reply(
        json!({"createaccount": {"status": "FAIL", "message": {"key": nasty("key"), "params": params}}})
            .to_string(),
    );
    let answer = Answer::from([("username", "Al")]).unchecked(true);
    let Ok(Step::Fail(fail)) = client.submit(&answer) else { panic!("a failure") };
    let message = fail.message().expect("words");
    assert_eq!((message.text(), message.key()), (clean("key").as_str(), Some(clean("key").as_str())));
    assert_eq!(message.params()[0], json!({clean("name"): clean("0")}));
    assert!(message.params().len() <= 1_000);
    assert_eq!(fail.raw().expect("the whole")["message"]["params"].as_array().map(Vec::len), Some(5_000));
}

#[test]
fn long_texts_are_cut() {
    let wiki = Canned::default();
    let long = "字".repeat(100_000);
    wiki.reply(form().replace("label", &long));
    let mut client = wiki.client(Config::new());
    let Ok(Step::Form(form)) = client.begin(Begin::new()) else { panic!("a form") };
    assert!(form.fields().iter().all(|field| field.label().len() <= 16 * 1024));
    wiki.reply(json!({"errors": [{"code": long, "text": long}, {"code": "x", "text": long}]}).to_string());
    let error = client.can_create().expect_err("an error");
    assert!(error.message().len() <= 16 * 1024 && error.api_code().map_or(0, str::len) <= 16 * 1024);
    let saved = client.save().expect("bytes");
    Client::load("https://wiki.example/w/api.php", &saved, Config::new().transport(Canned::default()))
        .expect("a flow");
}

fn nasty(word: &str) -> String {
    format!("{word}{NASTY}\u{202e}{word}")
}

/// What a wiki takes back as it is.
fn odd(word: &str) -> String {
    format!("{word}\u{7f}\u{9b}31m\u{202e}{word}")
}

fn clean(word: &str) -> String {
    format!("{word}{CLEAN}\u{202e}{word}")
}

fn form() -> String {
    json!({"curtimestamp": "2026-01-01T10:00:00Z", "query": {
        "authmanagerinfo": {"requests": [{
            "id": nasty("id"), "required": "required", "provider": nasty("provider"), "account": nasty("account"),
            "fields": {
                "username": {"type": "string"},
                odd("name"): {"type": "select", "label": nasty("label"), "help": nasty("help"),
                    "options": {odd("key"): nasty("choice")}},
                odd("hidden"): {"type": "hidden", "value": odd("value")},
                "note": {"type": "null", "value": nasty("notice")},
            },
        }]},
        "tokens": {"createaccounttoken": "0a+\\"},
    }})
    .to_string()
}
