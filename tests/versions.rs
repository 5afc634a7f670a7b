//! Replies of older wikis and of formatversion 1 (`tests/fixtures`).

#[path = "common/canned.rs"]
mod canned;

use canned::Canned;
use createaccount::{
    Answer, Begin, CaptchaKind, Config, ErrorKind, Fail, FieldType, Message, MessageFormat, Reason, Step,
};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name))
    };
}

/// The texts of the parts of its message.
fn parts(fail: &Fail) -> Vec<&str> {
    fail.message().expect("a message").parts().iter().map(Message::text).collect()
}

fn answer() -> Answer {
    Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("captchaWord", "token")])
}

#[test]
fn mediawiki_1_27_knows_no_sensitive_fields_and_no_codes() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/form.json")).reply(fixture!("1.27/fail-raw.json"));
    let mut client = wiki.client(Config::new().message_format(MessageFormat::Raw));
    let Step::Form(form) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
    assert!(form.field("password").expect("there").is_sensitive(), "by its type");
    assert!(form.field("retype").expect("there").is_required());
    let captcha = form.captcha().expect("found by its field");
    assert_eq!((captcha.kind(), captcha.site_key()), (CaptchaKind::Widget, Some("site-key")));

    let Step::Fail(fail) = client.submit(&answer()).expect("an answer") else { panic!("a failure") };
    assert_eq!((fail.reason(), fail.message_code()), (Reason::Throttled, Some("acct_creation_throttle_hit")));
    assert_eq!(fail.retry_after(), None, "this version does not tell");
}

#[test]
fn mediawiki_1_27_errors_are_read() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/badtoken.json"));
    let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("an error");
    assert_eq!((error.kind(), error.api_code()), (ErrorKind::Api, Some("badtoken")));
    assert_eq!(error.message(), "The token is not right.");
}

#[test]
fn mediawiki_1_27_does_not_know_the_separator() {
    for (name, sent) in [("Someone", "Someone"), ("Some|one", "\u{1f}Some|one")] {
        let wiki = Canned::default();
        // What this version makes of U+001F.
        wiki.reply(r#"{"query":{"users":[{"name":"\ufffdSome","invalid":""},{"name":"one","missing":""}]}}"#);
        let verdict = wiki.client(Config::new()).check_username(name).expect("a verdict");
        assert!(wiki.sent()[0].contains(&("ususers".to_owned(), sent.to_owned())), "{:?}", wiki.sent());
        assert_eq!((verdict.answer(), verdict.canonical()), (None, None), "it speaks of another name");
    }
}

/// How the wiki words what may stand in a list.
const WORDINGS: &str = r#"{"query":{"allmessages":[{"name":"blockedtext","content":"Blocked by $1."},
    {"name":"passwordtooshort","content":"Too short."},{"name":"passwordincommonlist","content":"Too common."}]}}"#;

#[test]
fn mediawiki_1_31_lists_password_errors_under_an_odd_code() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/form.json")).reply(fixture!("1.31/fail-list.json")).reply(WORDINGS);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let Step::Fail(fail) = client.submit(&answer()).expect("an answer") else { panic!("a failure") };
    assert_eq!(fail.reason(), Reason::Password);
    assert_eq!(parts(&fail), ["Too short.", "Too common."]);
}

#[test]
fn mediawiki_1_31_does_not_know_assert_anon() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.31/unknown-assert.json")).reply(fixture!("1.27/form.json"));
    let mut client = wiki.client(Config::new());
    assert_eq!(client.begin(Begin::new()).expect("a form").status(), "FORM");
    let asserts: Vec<bool> =
        wiki.sent().iter().map(|request| request.iter().any(|(name, _)| name == "assert")).collect();
    assert_eq!(asserts, [true, false], "asked again without it");
}

#[test]
fn mediawiki_1_39_raw_lists_are_objects() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/form.json")).reply(fixture!("1.39/fail-raw-list.json"));
    let mut client = wiki.client(Config::new().message_format(MessageFormat::Raw));
    client.begin(Begin::new()).expect("a form");
    let Step::Fail(fail) = client.submit(&answer()).expect("an answer") else { panic!("a failure") };
    let message = fail.message().expect("a message");
    assert_eq!((message.key(), message.params().len()), (Some("permissiondenied-list"), 3));
    assert_eq!(message.params()[0]["list"]["9"], "helpers");
    assert_eq!(fail.reason(), Reason::Permission);
}

#[test]
fn mediawiki_1_39_has_the_parts_of_a_list_as_parameters() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/form.json")).reply(fixture!("1.39/fail-raw-errors.json")).reply(WORDINGS);
    let mut client = wiki.client(Config::new().message_format(MessageFormat::Raw));
    client.begin(Begin::new()).expect("a form");
    let Step::Fail(fail) = client.submit(&answer()).expect("an answer") else { panic!("a failure") };
    assert_eq!(fail.message().expect("a message").text(), "Too short.\nToo common.");
    assert_eq!(parts(&fail), ["Too short.", "Too common."]);
}

#[test]
fn mediawiki_1_43_joins_errors_in_one_raw_message() {
    let wiki = Canned::default();
    wiki.reply(fixture!("1.27/form.json")).reply(fixture!("1.43/fail-rawmessage.json")).reply(WORDINGS);
    let mut client = wiki.client(Config::new().message_format(MessageFormat::Raw));
    client.begin(Begin::new()).expect("a form");
    let Step::Fail(fail) = client.submit(&answer()).expect("an answer") else { panic!("a failure") };
    assert_eq!(fail.reason(), Reason::Password);
    let message = fail.message().expect("a message");
    assert_eq!((message.key(), message.text()), (Some("rawmessage"), "Too short.\nToo common."));
    assert_eq!(message.params()[0], "* Too short.\n* Too common.");
    assert_eq!(parts(&fail), ["Too short.", "Too common."]);
}

#[test]
fn formatversion_1_writes_booleans_as_presence() {
    let wiki = Canned::default();
    wiki.reply(fixture!("formatversion-1/form.json")).reply(fixture!("formatversion-1/restart.json"));
    let mut client = wiki.client(Config::new());
    let begin = Begin::new().preserve_state(true);
    let Step::Form(form) = client.begin(begin).expect("a form") else { panic!("a form") };
    assert!(form.can_create() && form.has_preserved_state());
    assert_eq!(form.preserved_username(), Some("Kept name"));
    let secret = form.field("secret").expect("there");
    assert!(secret.is_sensitive() && !secret.is_required());
    let username = form.field("username").expect("there");
    assert!(username.is_required() && !username.is_sensitive());
    let number = form.field("number").expect("there");
    assert_eq!(number.kind(), FieldType::Select);
    assert_eq!((number.choices()[1].value.as_str(), number.choices()[1].label.as_str()), ("1", "One"));

    let Step::Restart(restart) = client.submit(&Answer::new()).expect("an answer") else { panic!("RESTART") };
    assert!(restart.can_preserve_state());
    let sent = wiki.sent();
    assert!(sent[1].contains(&("username".to_owned(), "Kept name".to_owned())), "filled in by itself");
}

#[test]
fn formatversion_1_errors_are_read() {
    let wiki = Canned::default();
    wiki.reply(fixture!("formatversion-1/error.json"));
    let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("an error");
    assert_eq!(error.message(), "The wiki rests. Maintenance.");
}
