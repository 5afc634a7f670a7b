//! Whose account it is that the wiki has, after answers that were lost, refused, or given up. Times are the wiki's.
//! And what the log says of them.

#[path = "common/canned.rs"]
mod canned;
#[path = "common/replies.rs"]
mod replies;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use canned::Canned;
use createaccount::{
    Answer, Begin, Client, Config, Error, ErrorKind, Reason, Result, Step,
    transport::{Response, SendError},
};
use replies::{BEGUN, answer, code, fail, form, nobody, number, page, string, traces, ui, user};
use serde_json::{Value, json};

const API: &str = "https://wiki.example/w/api.php";

#[test]
fn an_account_of_the_time_of_the_lost_request_is_the_attempts() {
    for (registered, made) in [
        ("2025-12-31T23:00:00Z", Some(false)),
        ("2026-01-01T09:59:57Z", Some(false)),
        ("2026-01-01T09:59:59Z", Some(true)),
        ("2026-01-01T10:00:20Z", Some(true)),
        ("2026-01-01T10:10:00Z", None),
    ] {
        let (wiki, mut client) = begun();
        wiki.outcome(lost());
        is_unknown(client.submit(&answer("Alice")));
        wiki.reply(traces(&json!([]), &user("Alice", registered)));
        match (client.reconcile(), made) {
            (Ok(Step::Pass(pass)), Some(true)) => assert_eq!(pass.username(), "Alice"),
            (Ok(Step::Fail(fail)), Some(false)) => assert_eq!(fail.reason(), Reason::NameTaken),
            (Err(error), None) => assert_eq!(error.kind(), ErrorKind::OutcomeUnknown),
            (outcome, _) => panic!("{registered}: {outcome:?}"),
        }
    }
}

#[test]
fn an_account_that_came_after_an_answered_step_is_somebody_elses() {
    let (wiki, mut client) = begun();
    wiki.reply(ui());
    client.submit(&answer("Alice")).expect("a step");
    let data = client.save().expect("bytes");
    // The next day the session is gone, and the name as well.
    let mut client = Client::load(API, &data, settings().transport(wiki.clone())).expect("the flow");
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T23:00:00Z")));
    assert_eq!(fails(client.reconcile()), Reason::NameTaken);
}

#[test]
fn an_account_that_was_made_before_an_answered_step_is_the_attempts() {
    let (wiki, mut client) = begun();
    wiki.reply(ui());
    client.submit(&answer("Alice")).expect("a step");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");

    // The same, given up and tried again.
    let (wiki, mut client) = begun();
    wiki.reply(ui()).reply(form()).reply(fail("userexists"));
    client.submit(&answer("Alice")).expect("a step");
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    is_unknown(client.submit(&answer("Alice")));
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn a_computer_that_slept_knows_its_account() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost());
    is_unknown(client.submit(&answer("Alice")));
    let traces = traces(&json!([]), &user("Alice", "2026-01-01T13:00:03Z"));
    wiki.reply(traces.replacen('{', r#"{"curtimestamp":"2026-01-01T13:00:05Z","#, 1));
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn a_pass_for_another_name_is_none() {
    for (asked, made) in [
        ("Bob", "Jacob"),
        ("JohnSmith", "Johnsmith"),
        ("Bob", "Bobby"),
        ("Xünal", "Banal"),
        ("xünal", "Xunal"),
    ] {
        let (wiki, mut client) = begun();
        // Asked how it writes the name, the wiki says another one.
        let plain = asked[..1].to_uppercase() + &asked[1..];
        wiki.reply(pass(made)).reply(traces(&json!([]), &json!({"name": plain, "missing": true})));
        is_unknown(client.submit(&answer(asked)));
    }
}

#[test]
fn a_pass_in_the_wikis_spelling_is_one() {
    for (asked, made) in [("alice", "Alice"), ("ünal__x", "Ünal x")] {
        let (wiki, mut client) = begun();
        wiki.reply(pass(made));
        assert_eq!(passes(client.submit(&answer(asked))), made);
        assert_eq!(wiki.sent().len(), 2, "nothing is asked");
    }
    for (asked, made) in
        [("ibrahim x", "İbrahim x"), ("R&amp;D x", "R&D x"), ("User:bob", "Bob"), ("ßeta", "Sseta")]
    {
        let (wiki, mut client) = begun();
        wiki.reply(pass(made)).reply(traces(&json!([]), &user(made, BEGUN)));
        assert_eq!(passes(client.submit(&answer(asked))), made);
        assert_eq!(wiki.sent().len(), 3, "one question");

        // The same name in doubt.
        let (wiki, mut client) = begun();
        wiki.outcome(lost()).reply(traces(&json!([]), &user(made, BEGUN)));
        is_unknown(client.submit(&answer(asked)));
        assert_eq!(passes(client.reconcile()), made);
    }
}

#[test]
fn where_users_cannot_be_listed_the_pass_of_a_first_answer_stands() {
    let denied = r#"{"error":{"code":"readapidenied","info":"You need read permission."}}"#;
    let (wiki, mut client) = begun();
    wiki.reply(pass("İbrahim x")).reply(denied);
    assert_eq!(passes(client.submit(&answer("ibrahim x"))), "İbrahim x");

    // A later answer may have ended another flow of the session.
    let (wiki, mut client) = begun();
    wiki.reply(ui()).reply(pass("İbrahim x")).reply(denied);
    client.submit(&answer("ibrahim x")).expect("a question");
    is_unknown(client.submit(&number()));
}

#[test]
fn a_name_in_doubt_is_known_by_the_wikis_spelling() {
    let (wiki, mut client) = begun();
    let page = Response { status: 403, headers: Vec::new(), body: b"<html>Blocked".to_vec() };
    wiki.outcome(Ok(page)).reply(traces(&json!([]), &json!({"name": "İbrahim x", "missing": true})));
    client.submit(&answer("ibrahim x")).expect_err("a page");
    wiki.reply(fail("userexists"));
    is_unknown(client.submit(&answer("İbrahim x")));
    assert_eq!(wiki.sent().len(), 4, "it may be the first one's, and nothing is asked");
}

#[test]
fn each_name_keeps_its_own_doubt() {
    // Another account in between.
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(form()).reply(pass("Zed"));
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect("a form");
    passes(client.submit(&answer("Zed")));
    client.begin(Begin::new()).expect("the known form");
    wiki.reply(fail("userexists"));
    is_unknown(client.submit(&answer("Alice")));
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");

    // Two in doubt: the later one is asked about first, and then the earlier one.
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(form()).outcome(lost());
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&answer("Jacob")));
    let data = client.save().expect("bytes");
    let mut client = Client::load(API, &data, settings().transport(wiki.clone())).expect("the flow");
    wiki.reply(traces(&json!([]), &user("Jacob", "2025-01-01T00:00:00Z")));
    assert_eq!(fails(client.reconcile()), Reason::NameTaken);
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
    // Nothing is in doubt any more, so nothing is sent.
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn another_begin_does_not_end_the_question() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).outcome(lost());
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect_err("the network is down");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn a_name_that_is_being_registered_may_be_ours() {
    // A request that was delivered twice: one delivery met the other.
    let (wiki, mut client) = begun();
    wiki.reply(fail("usernameinprogress")).reply(form()).reply(fail("userexists"));
    assert_eq!(fails(client.submit(&answer("Alice"))), Reason::Busy);
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T10:00:01Z")));
    is_unknown(client.submit(&answer("Alice")));

    // Somebody else, who was there first.
    let (wiki, mut client) = begun();
    wiki.reply(fail("usernameinprogress")).reply(form()).reply(fail("userexists"));
    assert_eq!(fails(client.submit(&answer("Alice"))), Reason::Busy);
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T09:59:59Z")));
    assert_eq!(fails(client.submit(&answer("Alice"))), Reason::NameTaken);
}

#[test]
fn a_return_can_be_given_again_while_the_name_is_busy() {
    let (wiki, mut client) = begun();
    wiki.reply(redirect("https")).reply(fail("usernameinprogress"));
    wiki.reply(pass("Alice"));
    client.submit(&answer("Alice")).expect("a visit");
    let busy = client.resume("https://host.example/back?code=1", b"").expect("the same visit");
    assert_eq!((busy.status(), busy.message_code()), ("REDIRECT", Some("usernameinprogress")));
    assert_eq!(passes(client.resume("https://host.example/back?code=1", b"")), "Alice");
}

#[test]
fn a_later_step_that_is_busy_is_that_step_again() {
    let (wiki, mut client) = begun();
    wiki.reply(ui()).reply(fail("usernameinprogress"));
    client.submit(&answer("Alice")).expect("a question");
    let busy = client.submit(&number()).expect("the same question");
    let says = |step: &Step| {
        let message = step.message().map(|message| message.text().to_owned());
        (step.status().to_owned(), message, step.message_code().map(str::to_owned), step.fields().to_vec())
    };
    assert_eq!((busy.status(), busy.message_code()), ("UI", Some("usernameinprogress")));
    assert_eq!(busy.message().map(|message| message.text()), Some("No."), "the wiki's words");
    assert_eq!(busy.fields().len(), 1);
    assert_eq!(client.step().as_ref().map(says), Some(says(&busy)));

    let data = client.save().expect("bytes");
    let mut client = Client::load(API, &data, settings().transport(wiki.clone())).expect("the flow");
    assert_eq!(client.step().as_ref().map(says), Some(says(&busy)), "after load as well");
    wiki.reply(traces(&code(), &json!({"name": "Alice", "missing": true})));
    assert_eq!(client.reconcile().as_ref().ok().map(says), Some(says(&busy)), "read again");
    wiki.reply(pass("Alice"));
    assert_eq!(passes(client.submit(&number())), "Alice");
}

#[test]
fn the_twin_of_a_later_answer_may_make_the_account() {
    // The answer was delivered twice at once: one delivery made the account, the other one met it.
    let (wiki, mut client) = begun();
    wiki.reply(ui()).reply(fail("usernameinprogress"));
    client.submit(&answer("Alice")).expect("a question");
    client.submit(&number()).expect("the same question");
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T10:00:20Z")));
    is_unknown(client.reconcile());
    // It is not said either when the twin's answer is that no flow is open.
    wiki.reply(fail("authmanager-create-not-in-progress"));
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T10:00:20Z")));
    assert_eq!(passes(client.submit(&number())), "Alice");
}

#[test]
fn a_visit_without_a_target_keeps_the_attempt() {
    let (wiki, mut client) = begun();
    wiki.reply(json!({"createaccount": {"status": "REDIRECT", "requests": code()}}).to_string());
    let error = client.submit(&answer("Alice")).expect_err("no target");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(client.step().is_none());
    wiki.reply(traces(&code(), &json!({"name": "Alice", "missing": true})));
    assert!(matches!(client.reconcile(), Ok(Step::Ui(_))), "the step is open");
}

#[test]
fn a_form_stays_while_an_earlier_attempt_is_reconciled() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(form());
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect("a form for Bob");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
    assert!(matches!(client.step(), Some(Step::Form(_))), "{client:?}");
    wiki.reply(pass("Bob"));
    assert_eq!(passes(client.submit(&answer("Bob"))), "Bob");
}

#[test]
fn a_login_is_no_creation_in_doubt() {
    let (wiki, mut client) = logging_in();
    wiki.reply(json!({"clientlogin": {"status": "UI", "message": "Code?", "requests": code()}}).to_string());
    client.submit(&answer("Alice")).expect("a question");
    // Given up, and the name is somebody else's.
    wiki.reply(form()).reply(fail("userexists"));
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", "2020-01-01T00:00:00Z")));
    assert_eq!(fails(client.submit(&answer("Alice"))), Reason::NameTaken);
}

#[test]
fn a_login_stays_while_an_earlier_creation_is_reconciled() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(login_form());
    is_unknown(client.submit(&answer("Alice")));
    client.begin_login().expect("a form");
    wiki.reply(json!({"clientlogin": {"status": "UI", "message": "Code?", "requests": code()}}).to_string());
    client.submit(&answer("Admin")).expect("a question");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
    assert!(matches!(client.step(), Some(Step::Ui(_))), "{client:?}");
    wiki.reply(json!({"clientlogin": {"status": "PASS", "username": "Admin"}}).to_string());
    assert_eq!(passes(client.submit(&number())), "Admin");
}

#[test]
fn a_lost_answer_to_a_login_leaves_the_form() {
    let (wiki, mut client) = logging_in();
    wiki.outcome(lost());
    let error = client.submit(&answer("Admin")).expect_err("lost");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(matches!(client.step(), Some(Step::Form(_))));
    wiki.reply(json!({"clientlogin": {"status": "PASS", "username": "Admin"}}).to_string());
    assert_eq!(passes(client.submit(&answer("Admin"))), "Admin");
}

#[test]
fn answers_that_never_left_are_no_steps() {
    let (wiki, mut client) = begun();
    wiki.reply(ui());
    client.submit(&answer("Alice")).expect("a question");
    for _ in 0..150 {
        wiki.outcome(Err(SendError::failed("No route.").not_sent()));
        assert_eq!(client.submit(&number()).expect_err("not sent").kind(), ErrorKind::Transport);
    }
    wiki.reply(pass("Alice"));
    assert_eq!(passes(client.submit(&number())), "Alice");
}

#[test]
fn the_retry_budget_holds_for_reading_a_step_again() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings().retry_budget(Duration::from_secs(5)));
    wiki.reply(form()).reply(ui());
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    wiki.outcome(lost()).reply(traces(&code(), &json!({"name": "Alice", "missing": true})));
    assert!(matches!(client.reconcile(), Ok(Step::Ui(_))));
}

#[test]
fn a_remembered_name_is_reconciled_without_a_flow() {
    let since = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_261_600); // BEGUN
    let (wiki, client) = begun();
    assert_eq!(client.wiki_time(), Some(since));
    drop(client);
    let mut client = wiki.client(settings());
    assert_eq!(client.wiki_time(), None);
    let at = |time: &str, account: &Value| {
        traces(&json!([]), account).replacen('{', &format!(r#"{{"curtimestamp":"{time}","#), 1)
    };
    for (registered, made) in
        [(BEGUN, Some(true)), ("2026-01-01T09:00:00Z", Some(false)), ("2026-01-01T12:00:00Z", None)]
    {
        wiki.reply(at("2026-01-02T00:00:00Z", &user("Alice", registered)));
        match (client.reconcile_name("alice", since), made) {
            (Ok(Step::Pass(pass)), Some(true)) => assert_eq!(pass.username(), "Alice"),
            (Ok(Step::Fail(fail)), Some(false)) => assert_eq!(fail.reason(), Reason::NameTaken),
            (Err(error), None) => assert_eq!(error.kind(), ErrorKind::OutcomeUnknown),
            (outcome, _) => panic!("{registered}: {outcome:?}"),
        }
        assert!(client.step().is_none(), "the client stays where it is");
    }
    // The request is long over by the wiki's clock: one question is enough.
    let missing = json!({"name": "Alice", "missing": true});
    wiki.reply(at("2026-01-02T00:00:00Z", &missing));
    assert_eq!(fails(client.reconcile_name("Alice", since)), Reason::Other);
    // A form that is open for somebody else stays, and so does a question of the wiki.
    wiki.reply(form()).reply(ui()).reply(at("2026-01-02T00:00:00Z", &user("Alice", BEGUN)));
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Bob")).expect("a question");
    assert_eq!(passes(client.reconcile_name("Alice", since)), "Alice");
    assert!(matches!(client.step(), Some(Step::Ui(_))));
    assert_eq!(client.reconcile_name("", since).expect_err("no name").field(), Some("username"));
}

#[test]
fn what_the_library_says_is_not_in_the_wikis_name() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(traces(&json!([]), &user("Alice", "2020-01-01T00:00:00Z")));
    is_unknown(client.submit(&answer("Alice")));
    let Ok(step @ Step::Fail(_)) = client.reconcile() else { panic!("not made") };
    assert!(step.message().is_some_and(|message| message.is_own()));
    assert!(step.raw().is_none(), "the wiki sent no such step");

    let (wiki, mut client) = begun();
    wiki.reply(fail("captcha-createaccount-fail"));
    let step = client.submit(&answer("Alice")).expect("a step");
    assert!(step.message().is_some_and(|message| !message.is_own()) && step.raw().is_some());

    // Without a return URL of the host's own, the library says that nothing notices the return.
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new());
    wiki.reply(form()).reply(redirect("https"));
    client.begin(Begin::new()).expect("a form");
    let step = client.submit(&answer("Alice")).expect("a visit");
    assert!(step.message().is_some_and(|message| message.is_own()));
}

#[test]
fn warnings_of_the_wiki_are_logged() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let wiki = Canned::default();
    let mut client =
        wiki.client(settings().log(move |_, line| log.lock().expect("no panic").push(line.to_owned())));
    let warning = r#"{"warnings":{"main":{"warnings":"Unrecognized parameter: nonsense."}},"#;
    wiki.reply(form().replacen('{', warning, 1)).reply(pass("Alice").replacen('{', warning, 1));
    client.begin(Begin::new()).expect("a form");
    passes(client.submit(&answer("Alice")));
    let lines = lines.lock().expect("no panic");
    assert_eq!(lines.iter().filter(|line| line.contains("nonsense")).count(), 2, "{lines:?}");
    let marks: HashSet<_> =
        lines.iter().filter_map(|line| line.split_once(": ")).map(|(mark, _)| mark).collect();
    assert!(marks.iter().all(|mark| mark.starts_with("wiki.example #")), "each names its wiki: {lines:?}");
    assert_eq!(marks.len(), 1, "and its client: {lines:?}");
}

#[test]
fn a_failure_is_logged_with_its_reason() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let wiki = Canned::default();
    let mut client =
        wiki.client(settings().log(move |_, line| log.lock().expect("no panic").push(line.to_owned())));
    wiki.reply(form()).reply(fail("captcha-createaccount-fail"));
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a step");
    let last = lines.lock().expect("no panic").last().cloned().expect("lines");
    assert!(last.ends_with(": step FAIL (captcha, captcha-createaccount-fail)"), "{last}");
}

#[test]
fn a_target_that_is_refused_leaves_the_account_in_doubt() {
    let (wiki, mut client) = begun();
    wiki.reply(redirect("http"));
    is_unknown(client.submit(&answer("Alice")));
    wiki.reply(traces(&code(), &user("Alice", BEGUN)));
    let Ok(Step::Ui(open)) = client.reconcile() else { panic!("the step is open") };
    assert_eq!(open.account(), Some("Alice"));
}

#[test]
fn what_is_known_is_not_asked() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    assert_eq!(client.reconcile().expect_err("nothing was begun").kind(), ErrorKind::InvalidState);

    let (wiki, mut client) = begun();
    assert!(matches!(client.reconcile(), Ok(Step::Form(_))));
    wiki.reply(fail("captcha-createaccount-fail"));
    assert_eq!(fails(client.submit(&answer("Alice"))), Reason::Captcha);
    assert_eq!(fails(client.reconcile()), Reason::Captcha);
    let data = client.save().expect("bytes");
    let mut client = Client::load(API, &data, settings().transport(wiki.clone())).expect("the flow");
    assert!(client.step().is_some_and(|step| step.is_final()));
    assert_eq!(fails(client.reconcile()), Reason::Captcha);
    assert_eq!(wiki.sent().len(), 2);
}

#[test]
fn no_word_of_the_wiki_starts_a_line_of_the_log() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let wiki = Canned::default();
    let settings = settings().log(move |_, line| log.lock().expect("no panic").push(line.to_owned()));
    let mut client = wiki.client(settings);
    wiki.reply(form()).reply(json!({"createaccount": {"status": "FOO\nforged \u{1b}[31m"}}).to_string());
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a step");
    wiki.outcome(Err(SendError::failed("two\nlines")));
    client.begin(Begin::new()).expect_err("the network is down");
    let lines = lines.lock().expect("no panic");
    assert!(
        lines.iter().any(|line| line.contains("forged")) && lines.iter().any(|line| line.contains("two"))
    );
    assert!(!lines.iter().any(|line| line.contains(char::is_control)), "{lines:?}");
}

#[test]
fn a_page_in_a_step_after_the_account_leaves_the_step() {
    let (wiki, mut client) = begun();
    wiki.reply(ui()).outcome(Ok(page(403))).reply(traces(&code(), &user("Alice", BEGUN)));
    client.submit(&answer("Alice")).expect("a question");
    let outcome = client.submit(&number());
    assert!(!matches!(outcome, Ok(Step::Pass(_))), "the wiki waits for the step: {outcome:?}");
}

#[test]
fn a_step_whose_answer_met_a_page_is_reconciled_with_patience() {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new().reconcile_wait(Duration::from_secs(3)));
    wiki.reply(form()).reply(ui()).outcome(Ok(page(429)));
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    client.submit(&number()).expect_err("a page");
    wiki.reply(traces(&json!([]), &nobody("Alice"))).reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn a_lost_session_on_a_private_wiki_says_nothing_of_the_account() {
    let (wiki, mut client) = begun();
    let none = json!({"query": {"authmanagerinfo": {"requests": []}}}).to_string();
    wiki.reply(ui()).reply(BAD_TOKEN).reply(DENIED).reply(none);
    client.submit(&answer("Alice")).expect("a question");
    is_unknown(client.submit(&number()));
}

#[test]
fn a_step_that_is_gone_on_a_private_wiki_says_nothing_of_the_account() {
    let (wiki, mut client) = begun();
    let none = json!({"query": {"authmanagerinfo": {"requests": []}}}).to_string();
    wiki.reply(ui()).reply(DENIED).reply(none.clone()).reply(none);
    client.submit(&answer("Alice")).expect("a question");
    is_unknown(client.reconcile());
}

#[test]
fn an_unknown_outcome_stays_a_question_after_begin() {
    let (wiki, mut client) = begun();
    wiki.reply(fail("userexists")).reply(traces(&json!([]), &user("Alice", "2026-01-01T10:00:01Z")));
    is_unknown(client.submit(&answer("Alice")));
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T10:00:01Z")));
    is_unknown(client.reconcile());
}

#[test]
fn somebody_elses_account_of_the_time_of_a_step() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(form_at("2026-01-01T10:05:00Z")).reply(ui()).reply(fail("userexists"));
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    is_unknown(client.submit(&number()));
    wiki.reply(traces(&json!([]), &user("Alice", "2026-01-01T10:05:01Z")));
    is_unknown(client.reconcile());
}

#[test]
fn an_attempt_without_a_name_does_not_hide_one_with_it() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost()).reply(nameless_form("2026-01-01T11:00:00Z")).outcome(lost());
    is_unknown(client.submit(&answer("Alice")));
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&Answer::from([("ticket", "1")])));
    wiki.reply(form_at("2026-01-01T12:00:00Z")).reply(fail("userexists"));
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&answer("Alice")));
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
}

#[test]
fn an_attempt_without_a_name_does_not_make_every_name_doubtful() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    wiki.reply(nameless_form(BEGUN)).outcome(lost());
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&Answer::from([("ticket", "1")])));
    for name in ["Bob", "Carol"] {
        wiki.reply(form())
            .reply(fail("userexists"))
            .reply(traces(&json!([]), &user(name, "2010-01-01T00:00:00Z")));
        client.begin(Begin::new()).expect("a form");
        assert_eq!(fails(client.submit(&answer(name))), Reason::NameTaken);
    }
}

#[test]
fn a_remembered_name_leaves_the_slot() {
    let since = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_261_600);
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    let first = Response {
        status: 200,
        headers: vec![("Set-Cookie".into(), "s=1; path=/".into())],
        body: form().into_bytes(),
    };
    wiki.outcome(Ok(first)).reply(ui());
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    wiki.reply(traces(&code(), &nobody("Alice")).replacen(
        '{',
        r#"{"curtimestamp":"2026-01-02T00:00:00Z","#,
        1,
    ));
    let outcome = client.reconcile_name("Alice", since);
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    assert_eq!(wiki.cookies().last(), Some(&None), "the abandoned flow goes with its session");
    assert!(!matches!(outcome, Ok(Step::Fail(_))), "the step is open: {outcome:?}");
}

#[test]
fn an_older_flows_step_is_not_the_lost_ones() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings().bearer_token("t"));
    wiki.reply(form()).reply(ui()).reply(form()).outcome(lost());
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&Answer::from([("username", "Alice"), ("password", "another password 8")])));
    for _ in 0..5 {
        wiki.reply(traces(&code(), &nobody("Alice")));
    }
    let outcome = client.reconcile();
    assert!(
        !matches!(outcome, Ok(Step::Ui(_))),
        "it may be the first flow's, with its password: {outcome:?}"
    );
}

#[test]
fn a_page_in_a_step_stays_in_doubt_when_the_session_is_lost() {
    let (wiki, mut client) = begun();
    wiki.reply(ui()).outcome(Ok(page(403))).reply(traces(&code(), &nobody("Alice")));
    client.submit(&answer("Alice")).expect("a question");
    client.submit(&number()).expect_err("a page; the wiki works on it");
    wiki.reply(BAD_TOKEN).reply(traces(&json!([]), &nobody("Alice")));
    is_unknown(client.submit(&number()));
}

#[test]
fn an_open_step_that_may_be_anybodys_is_told() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings().bearer_token("t"));
    wiki.reply(form()).reply(ui()).reply(form()).outcome(lost());
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    client.begin(Begin::new()).expect("a form");
    is_unknown(client.submit(&answer("Bob")));
    for _ in 0..5 {
        wiki.reply(traces(&code(), &nobody("Bob")));
    }
    let Ok(Step::Fail(fail)) = client.reconcile() else { panic!("there is no account, and nobody goes on") };
    let said = fail.message().map(|message| message.text().to_owned()).unwrap_or_default();
    assert!(said.contains("waits for an answer to a step"), "{said}");
}

#[test]
fn another_cookie_is_not_blamed_for_a_session_that_ran_out() {
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    let first = Response {
        status: 200,
        headers: vec![
            ("Set-Cookie".into(), "s=1; path=/".into()),
            ("Set-Cookie".into(), "banner=1; path=/wiki/".into()),
        ],
        body: form().into_bytes(),
    };
    wiki.outcome(Ok(first)).reply(ui()).reply(BAD_TOKEN).reply(traces(&json!([]), &user("Alice", BEGUN)));
    client.begin(Begin::new()).expect("a form");
    client.submit(&answer("Alice")).expect("a question");
    assert_eq!(passes(client.submit(&number())), "Alice");
}

#[test]
fn sixteen_flows_given_up_do_not_push_a_lost_one_out() {
    let (wiki, mut client) = begun();
    wiki.outcome(lost());
    is_unknown(client.submit(&answer("Alice")));
    for index in 0..16 {
        wiki.reply(form()).reply(ui());
        client.begin(Begin::new()).expect("a form");
        client.submit(&answer(&format!("Person {index}"))).expect("a question");
    }
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(passes(client.reconcile()), "Alice");
}
#[test]
fn a_cancelled_look_is_cancelled() {
    let (wiki, mut client) = begun();
    wiki.outcome(Ok(page(403))).outcome(Err(SendError::cancelled()));
    assert_eq!(client.submit(&answer("Alice")).expect_err("cancelled").kind(), ErrorKind::Cancelled);
}

fn form_at(time: &str) -> String {
    form().replace(BEGUN, time)
}
fn nameless_form(time: &str) -> String {
    json!({"curtimestamp": time, "query": {"authmanagerinfo": {"cancreateaccounts": true, "requests": [
        {"id": "Elsewhere", "required": "required", "fields": {"ticket": string()}}]},
        "tokens": {"createaccounttoken": "0a+\\"}}})
    .to_string()
}
const DENIED: &str = r#"{"error":{"code":"readapidenied","info":"You need read permission."}}"#;
const BAD_TOKEN: &str = r#"{"error":{"code":"badtoken","info":"Invalid CSRF token."}}"#;

fn begun() -> (Canned, Client) {
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    (wiki, client)
}

fn settings() -> Config {
    Config::new().reconcile_wait(Duration::from_millis(10)).return_url("https://host.example/back")
}

/// A client at the form of a login.
fn logging_in() -> (Canned, Client) {
    let wiki = Canned::default();
    let mut client = wiki.client(settings());
    wiki.reply(login_form());
    client.begin_login().expect("a form");
    (wiki, client)
}

fn login_form() -> String {
    form().replace("createaccounttoken", "logintoken").replace(r#","retype":{"type":"password"}"#, "")
}

fn redirect(scheme: &str) -> String {
    let target = format!("{scheme}://third.example/");
    json!({"createaccount": {"status": "REDIRECT", "redirecttarget": target, "requests": code()}}).to_string()
}

fn pass(name: &str) -> String {
    json!({"createaccount": {"status": "PASS", "username": name}}).to_string()
}

fn lost() -> std::result::Result<Response, SendError> {
    Err(SendError::timed_out("The answer was lost."))
}

#[track_caller]
fn is_unknown(outcome: Result<Step>) {
    assert_eq!(
        outcome.map_err(|error: Error| error.kind()).expect_err("in doubt"),
        ErrorKind::OutcomeUnknown
    );
}

#[track_caller]
fn passes(outcome: Result<Step>) -> String {
    match outcome {
        Ok(Step::Pass(pass)) => pass.username().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn fails(outcome: Result<Step>) -> Reason {
    match outcome {
        Ok(Step::Fail(fail)) => fail.reason(),
        other => panic!("{other:?}"),
    }
}
