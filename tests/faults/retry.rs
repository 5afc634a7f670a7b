//! What is sent again, and what never: counted at the proxy.

use std::time::{Duration, Instant};

use createaccount::{Answer, Begin, Config, ErrorKind, Reason, Result, Step};
use libtest_mimic::Trial;

use crate::{
    fault::{Canned, Fault, Point, Spot, Twin},
    host::PASSWORD,
    proxied::Proxied,
};

pub fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 21] = [
        ("bad_token_once", bad_token_once),
        ("bad_token_no_more_than_once", bad_token_no_more_than_once),
        ("nothing_without_a_budget", nothing_without_a_budget),
        ("retry_after_within_the_budget", retry_after_within_the_budget),
        ("retry_after_beyond_the_budget", retry_after_beyond_the_budget),
        ("no_look_while_the_wiki_asks_for_a_pause", no_look_while_the_wiki_asks_for_a_pause),
        ("one_look_after_a_page", one_look_after_a_page),
        ("a_page_and_no_account", a_page_and_no_account),
        ("a_page_in_a_step", a_page_in_a_step),
        ("max_lag", max_lag),
        ("read_only", read_only),
        ("unavailable_for_a_form", unavailable_for_a_form),
        ("a_creation_that_may_have_arrived_never", a_creation_that_may_have_arrived_never),
        ("broken_connections_for_a_form", broken_connections_for_a_form),
        ("the_budget_is_for_the_whole_call", the_budget_is_for_the_whole_call),
        ("a_connection_closed_while_the_person_typed", a_connection_closed_while_the_person_typed),
        ("questions", questions),
        ("a_later_step_keeps_the_first_time", a_later_step_keeps_the_first_time),
        ("a_name_said_to_be_taken_is_looked_up_again", a_name_said_to_be_taken_is_looked_up_again),
        ("a_name_that_a_twin_is_registering", a_name_that_a_twin_is_registering),
        ("a_name_that_a_twin_is_registering_in_a_step", a_name_that_a_twin_is_registering_in_a_step),
    ];
    let trial = |(name, test): (&str, fn())| {
        Trial::test(format!("retry::{name}"), move || {
            test();
            Ok(())
        })
    };
    trials.into_iter().map(trial).collect()
}

const BUDGET: Duration = Duration::from_secs(3);

fn busy(wait: Option<u32>) -> Fault {
    Fault::Answer(Canned::TooMany(wait))
}

/// The API says so before it executes anything.
fn lagged(wait: u32) -> Fault {
    Fault::Answer(Canned::MaxLag(Some(wait)))
}

fn bad_token_once() {
    let wiki = Proxied::new("stock", &[]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    wiki.instance.window("_forget");
    passes(client.submit(&account("Forgotten")));
    assert_eq!(wiki.methods(), ["GET", "POST", "GET", "POST"]);
}

fn bad_token_no_more_than_once() {
    // Cut within the token, which comes last: the wiki refuses it as a whole.
    let cut = Fault::Shorten;
    let at = Point::Body(Spot::Missing(1));
    let wiki = Proxied::new("stock", &[(2, at, cut), (4, at, cut)]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    client.begin(Begin::new()).expect("a form");
    let step = client.submit(&account("Cut")).expect("an answer");
    let Step::Fail(fail) = &step else { panic!("{step:?}") };
    assert_eq!((fail.reason(), fail.message_code()), (Reason::SessionLost, Some("badtoken")));
    assert_eq!(wiki.methods(), ["GET", "POST", "GET", "POST"]);
}

fn nothing_without_a_budget() {
    let wiki =
        Proxied::new("stock", &[(1, Point::Received, busy(Some(1))), (3, Point::Received, busy(None))]);
    let mut client = wiki.client(Config::new());
    let error = client.begin(Begin::new()).expect_err("429");
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Protocol, Some(429)));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(wiki.exchanges(), 1);
    client.begin(Begin::new()).expect("a form");
    let error = client.submit(&account("Early")).expect_err("429");
    assert_eq!(
        (error.kind(), error.http_status(), error.retry_after()),
        (ErrorKind::Protocol, Some(429), None)
    );
    assert_eq!(wiki.exchanges(), 3);
    // Nothing was executed, so the same form can be answered again.
    passes(client.submit(&account("Early")));
}

fn retry_after_within_the_budget() {
    let wiki = Proxied::new("stock", &[(1, Point::Received, busy(Some(1)))]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    let started = Instant::now();
    client.begin(Begin::new()).expect("a form");
    assert!(started.elapsed() >= Duration::from_secs(1), "as long as asked for");
    assert_eq!(wiki.exchanges(), 2);
}

fn retry_after_beyond_the_budget() {
    let wiki = Proxied::new("stock", &[(1, Point::Received, busy(Some(30)))]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    let started = Instant::now();
    let error = client.begin(Begin::new()).expect_err("429");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert!(started.elapsed() < BUDGET, "at once");
    assert_eq!(wiki.exchanges(), 1);
}

/// Whatever the budget, a creation is not sent again, and a wiki that is too busy is not asked. The next call finds out.
fn no_look_while_the_wiki_asks_for_a_pause() {
    let pages = [(Canned::TooMany(Some(1)), 429), (Canned::Unavailable(Some(1)), 503)];
    for (point, (page, status)) in
        [Point::Received, Point::Withheld].into_iter().flat_map(|point| pages.map(|page| (point, page)))
    {
        let wiki = Proxied::new("stock", &[(2, point, Fault::Answer(page))]);
        let config = Config::new().retry_budget(BUDGET).reconcile_wait(Duration::from_millis(500));
        let mut client = wiki.client(config);
        client.begin(Begin::new()).expect("a form");
        let error = client.submit(&account("Patient")).expect_err("a page");
        assert_eq!((error.http_status(), error.retry_after()), (Some(status), Some(Duration::from_secs(1))));
        assert_eq!(wiki.methods(), ["GET", "POST"], "{page:?}");
        if point == Point::Withheld {
            passes(client.reconcile());
        } else {
            client.begin(Begin::new()).expect("a form");
            passes(client.submit(&account("Patient")));
        }
    }
}

/// Firewalls block answers as well as requests.
const FORBIDDEN: [Canned; 4] =
    [Canned::Page("403 Forbidden"), Canned::Page("404 Not Found"), Canned::Words, Canned::Json];

fn one_look_after_a_page() {
    for page in FORBIDDEN {
        let wiki = Proxied::new("stock", &[(2, Point::Withheld, Fault::Answer(page))]);
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        passes(client.submit(&account("Made")));
        assert_eq!(wiki.methods(), ["GET", "POST", "GET"], "{page:?}");
    }
}

fn a_page_and_no_account() {
    for page in FORBIDDEN {
        let wiki = Proxied::new("stock", &[(2, Point::Received, Fault::Answer(page))]);
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let error = client.submit(&account("Unmade")).expect_err("a page");
        assert!(matches!(error.http_status(), Some(403 | 404)), "{error}");
        assert_eq!(wiki.methods(), ["GET", "POST", "GET"], "{page:?}");
        client.begin(Begin::new()).expect("a form");
        passes(client.submit(&account("Unmade")));
    }
}

fn a_page_in_a_step() {
    let page = Fault::Answer(Canned::Page("403 Forbidden"));
    let wiki = Proxied::new("steps", &[(2, Point::Withheld, page)]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::new().set("username", "Stepwise").set("stepStart", true).set("stepChain", "ui");
    assert!(matches!(client.submit(&answer), Ok(Step::Ui(_))));
    assert_eq!(wiki.methods(), ["GET", "POST", "GET"]);
}

fn max_lag() {
    let wiki = Proxied::new("stock", &[(2, Point::Received, lagged(1))]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let error = client.submit(&account("Lagged")).expect_err("maxlag");
    assert_eq!((error.kind(), error.api_code()), (ErrorKind::Api, Some("maxlag")));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));

    let wiki = Proxied::new("stock", &[(2, Point::Received, lagged(1))]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    client.begin(Begin::new()).expect("a form");
    passes(client.submit(&account("Lagged")));
    assert_eq!(wiki.methods(), ["GET", "POST", "POST"]);
}

fn read_only() {
    // Half a second, a second, and the next wait of two would be too long.
    let wiki = Proxied::new("readonly", &[]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    client.begin(Begin::new()).expect("a form");
    let error = client.submit(&account("Too late")).expect_err("read-only");
    assert_eq!((error.kind(), error.api_code()), (ErrorKind::Api, Some("readonly")));
    assert_eq!(wiki.methods(), ["GET", "POST", "POST", "POST"]);
}

fn unavailable_for_a_form() {
    let unavailable = |wait| Fault::Answer(Canned::Unavailable(wait));
    let wiki = Proxied::new(
        "stock",
        &[
            (1, Point::Received, unavailable(Some(1))),
            (2, Point::Forwarded, unavailable(None)),
            (3, Point::Received, Fault::Answer(Canned::BadGateway)),
        ],
    );
    let mut client = wiki.client(Config::new().retry_budget(Duration::from_secs(8)));
    client.begin(Begin::new()).expect("a form");
    assert_eq!(wiki.methods(), ["GET", "GET", "GET", "GET"]);
}

/// A budget is not a reason to send a creation twice.
fn a_creation_that_may_have_arrived_never() {
    let faults = [
        Fault::Reset,
        Fault::Close,
        Fault::Stall,
        Fault::Answer(Canned::Unavailable(None)),
        Fault::Answer(Canned::BadGateway),
        Fault::Answer(Canned::GatewayJson),
        Fault::Answer(Canned::LoginPage),
        Fault::Answer(Canned::Garbage),
    ];
    for fault in faults {
        let wiki = Proxied::new("stock", &[(2, Point::Received, fault)]);
        let config = Config::new().retry_budget(Duration::from_secs(60)).timeout(Duration::from_millis(700));
        let mut client = wiki.client(config);
        client.begin(Begin::new()).expect("a form");
        let error = client.submit(&account("Once")).expect_err("lost");
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{fault:?}: {error}");
        assert_eq!(wiki.methods(), ["GET", "POST"], "{fault:?}");
    }
}

fn broken_connections_for_a_form() {
    let wiki = Proxied::new(
        "stock",
        &[
            (1, Point::Before, Fault::Reset),
            (2, Point::AnswerBody(Spot::PerMille(500)), Fault::Close),
            (3, Point::Received, Fault::Stall),
        ],
    );
    let config = Config::new().retry_budget(Duration::from_secs(10)).timeout(Duration::from_millis(700));
    wiki.client(config).begin(Begin::new()).expect("a form");
    assert_eq!(wiki.exchanges(), 4);
}

fn the_budget_is_for_the_whole_call() {
    let faults: Vec<_> =
        (1..=20).map(|number| (number, Point::Received, Fault::Answer(Canned::BadGateway))).collect();
    let wiki = Proxied::new("stock", &faults);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    let started = Instant::now();
    let error = client.begin(Begin::new()).expect_err("502");
    assert_eq!(error.http_status(), Some(502));
    assert_eq!(wiki.exchanges(), 3, "after half a second, after a second, and not after two more");
    assert!(started.elapsed() < BUDGET + Duration::from_secs(2));
    // Every call has a budget of its own.
    client.begin(Begin::new()).expect_err("502");
    assert_eq!(wiki.exchanges(), 6);
}

/// Servers close a connection that is kept alive after some seconds, and a form takes longer to fill in.
fn a_connection_closed_while_the_person_typed() {
    let wiki = Proxied::new("stock", &[(2, Point::Before, Fault::Idle)]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    std::thread::sleep(Duration::from_millis(200));
    passes(client.submit(&account("Slow typist")));
    assert_eq!(wiki.methods(), ["GET", "POST"]);
}

fn questions() {
    let wiki =
        Proxied::new("stock", &[(1, Point::Received, busy(Some(1))), (3, Point::Received, busy(None))]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    assert_eq!(client.check_username("Free").expect("a verdict").answer(), Some(true));
    assert_eq!(client.can_create().expect("a verdict").answer(), Some(true));
    assert_eq!(wiki.exchanges(), 4);
}

/// The account is made by the first POST. That a later one is sent again after a while does not make it older than
/// the attempt.
fn a_later_step_keeps_the_first_time() {
    let wiki = Proxied::new("steps", &[(3, Point::Received, lagged(4)), (4, Point::Forwarded, Fault::Reset)]);
    let config = Config::new().retry_budget(Duration::from_secs(8)).reconcile_wait(Duration::from_secs(2));
    let mut client = wiki.client(config);
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::new().set("username", "Early").set("stepStart", true).set("stepChain", "secondary");
    assert!(matches!(client.submit(&answer), Ok(Step::Ui(_))));
    let error = client.submit(&Answer::new()).expect_err("lost");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    passes(client.reconcile());
}

/// The check after `userexists` is a GET like any other.
fn a_name_said_to_be_taken_is_looked_up_again() {
    let wiki = Proxied::new("stock", &[(3, Point::Received, Fault::Answer(Canned::BadGateway))]);
    let mut client = wiki.client(Config::new().retry_budget(BUDGET));
    client.begin(Begin::new()).expect("a form");
    taken(client.submit(&account("Taken")));
    assert_eq!(wiki.methods(), ["GET", "POST", "GET", "GET"]);

    // Without a budget the question stays open until it is asked again.
    let wiki = Proxied::new("stock", &[(3, Point::Received, Fault::Answer(Canned::BadGateway))]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let error = client.submit(&account("Taken")).expect_err("the check failed");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    taken(client.reconcile());
}

/// Delivered twice at once, the one waits for the name until the wiki gives up, while the other makes the account.
fn a_name_that_a_twin_is_registering() {
    let wiki = Proxied::new("steps", &[(2, Point::Forwarded, Fault::AtOnce(Twin::First))]);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::new().set("username", "Twin").set("stepStart", true).set("stepChain", "held");
    let busy = client.submit(&answer);
    assert!(!matches!(busy, Ok(Step::Pass(_))), "{busy:?}");
    wiki.instance.window("_release");
    while wiki.instance.accounts().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    client.begin(Begin::new()).expect("a form");
    passes_or_is_unknown(client.submit(&account("Twin")));
    passes_or_is_unknown(client.reconcile());
}

fn a_name_that_a_twin_is_registering_in_a_step() {
    let wiki = Proxied::new("steps", &[(3, Point::Forwarded, Fault::AtOnce(Twin::First))]);
    let mut client = wiki.client(Config::new().reconcile_wait(Duration::from_secs(1)));
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::new().set("username", "Twin").set("stepStart", true).set("stepChain", "held-step");
    assert!(matches!(client.submit(&answer), Ok(Step::Ui(_))));
    let word = Answer::from([("word", "any")]);
    let busy = client.submit(&word);
    assert!(!matches!(busy, Ok(Step::Pass(_))), "{busy:?}");
    wiki.instance.window("_release");
    while wiki.instance.accounts().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    passes_or_is_unknown(client.submit(&word));
    passes_or_is_unknown(client.reconcile());
}

fn account(name: &str) -> Answer {
    Answer::from([("username", name), ("password", PASSWORD)])
}

#[track_caller]
fn passes(step: Result<Step>) {
    assert!(matches!(step, Ok(Step::Pass(_))), "{step:?}");
}

/// The account may be this client's own.
#[track_caller]
fn passes_or_is_unknown(step: Result<Step>) {
    let is_unknown = matches!(&step, Err(error) if error.kind() == ErrorKind::OutcomeUnknown);
    assert!(is_unknown || matches!(step, Ok(Step::Pass(_))), "{step:?}");
}

#[track_caller]
fn taken(step: Result<Step>) {
    assert!(matches!(&step, Ok(Step::Fail(fail)) if fail.reason() == Reason::NameTaken), "{step:?}");
}
