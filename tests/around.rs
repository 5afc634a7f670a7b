//! What stands around the wiki: firewalls, redirects, web servers that log everyone in, cookies for elsewhere.

#[path = "common/canned.rs"]
mod canned;
#[path = "common/replies.rs"]
mod replies;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use canned::Canned;
use createaccount::{
    Begin, Client, Config, Error, ErrorKind, Reason, Result, Secret, Step,
    transport::{Limits, Request, Response, SendError, Transport},
};
use replies::{BEGUN, answer, code, fail, form, nobody, number, page, traces, ui, user};
use serde_json::json;

const LOGGED_IN: &str = r#"{"error":{"code":"assertanonfailed","info":"You are logged in."}}"#;
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Alice"}}"#;

#[test]
fn a_page_after_a_creation_takes_one_look() {
    for page in [page(403), page(404), page(302), text(403, "Request blocked by rule 17.")] {
        // The account is there.
        let (wiki, mut client) = begun();
        wiki.outcome(Ok(page.clone())).reply(traces(&json!([]), &user("Alice", BEGUN)));
        assert_eq!(client.submit(&answer("Alice")).expect("a step").status(), "PASS");
        assert_eq!(wiki.sent().len(), 3);

        // A step waits.
        let (wiki, mut client) = begun();
        wiki.outcome(Ok(page.clone())).reply(traces(&code(), &nobody("Alice")));
        assert_eq!(client.submit(&answer("Alice")).expect("a step").status(), "UI");

        // Nothing is there: the page's error, and no verdict. The form waits, and the attempt is remembered.
        let (wiki, mut client) = begun();
        wiki.outcome(Ok(page.clone())).reply(traces(&json!([]), &nobody("Alice")));
        let error = client.submit(&answer("Alice")).expect_err("a page");
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Protocol, Some(page.status)));
        assert_eq!(client.step().map(|step| step.status().to_owned()).as_deref(), Some("FORM"));
        wiki.reply(fail("userexists"));
        assert_eq!(
            kind(client.submit(&answer("Alice"))),
            ErrorKind::OutcomeUnknown,
            "it may be the first one's"
        );
        wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
        assert_eq!(client.reconcile().expect("a step").status(), "PASS");

        // The look meets a page as well.
        let (wiki, mut client) = begun();
        wiki.outcome(Ok(page.clone())).outcome(Ok(page.clone()));
        assert_eq!(kind(client.submit(&answer("Alice"))), ErrorKind::Protocol);
    }
}

#[test]
fn a_page_after_a_later_answer_takes_one_look() {
    let (wiki, mut client) = begun();
    wiki.reply(ui()).outcome(Ok(page(403))).reply(traces(&code(), &nobody("Alice")));
    client.submit(&answer("Alice")).expect("a question");
    // The wiki still waits for the same answer, or works on it.
    assert_eq!(kind(client.submit(&number())), ErrorKind::Protocol);
    assert_eq!(client.step().map(|step| step.status().to_owned()).as_deref(), Some("UI"));
    wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(client.reconcile().expect("a step").status(), "PASS");
}

#[test]
fn no_look_while_a_page_asks_for_a_pause() {
    for mut busy in [page(429), page(503)] {
        busy.headers.push(("Retry-After".to_owned(), "30".to_owned()));
        let (wiki, mut client) = begun();
        wiki.outcome(Ok(busy.clone()));
        let error = client.submit(&answer("Alice")).expect_err("busy");
        assert_eq!(
            (error.http_status(), error.retry_after()),
            (Some(busy.status), Some(Duration::from_secs(30)))
        );
        assert_eq!(wiki.sent().len(), 2, "nothing more is sent");
        wiki.reply(traces(&json!([]), &user("Alice", BEGUN)));
        assert_eq!(client.reconcile().expect("a step").status(), "PASS");
        assert!(matches!(client.step(), Some(Step::Form(_))), "the form stays");
    }
    let (wiki, mut client) = begun();
    wiki.outcome(Ok(page(503)));
    assert_eq!(kind(client.submit(&answer("Alice"))), ErrorKind::OutcomeUnknown, "nothing is said of a wait");
}

#[test]
fn a_budget_never_sends_a_creation_again_after_a_page() {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new().retry_budget(Duration::from_secs(60)));
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    let mut busy = page(429);
    busy.headers.push(("Retry-After".to_owned(), "0".to_owned()));
    wiki.outcome(Ok(busy));
    assert_eq!(kind(client.submit(&answer("Alice"))), ErrorKind::Protocol);
    assert_eq!(wiki.sent().len(), 2);
}

/// A transport that takes its time over every exchange.
struct Slow(Canned, Duration);

impl Transport for Slow {
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        if self.1 >= limits.timeout {
            std::thread::sleep(limits.timeout);
            return Err(SendError::timed_out("Too slow."));
        }
        std::thread::sleep(self.1);
        self.0.send(request, limits)
    }
}

#[test]
fn one_call_has_one_deadline() {
    let slow = |wiki: &Canned, exchange: u64, deadline: u64| {
        let transport = Slow(wiki.clone(), Duration::from_millis(exchange));
        let config =
            Config::new().deadline(Duration::from_millis(deadline)).retry_budget(Duration::from_secs(600));
        Client::new("https://wiki.example/w/api.php", config.transport(transport)).expect("a client")
    };
    // Redirects: each hop is fast enough, all of them are not.
    let wiki = Canned::default();
    let hop = |path: &str| {
        let headers = vec![("Location".to_owned(), path.to_owned())];
        Ok(Response { status: 302, headers, body: Vec::new() })
    };
    wiki.outcome(hop("/1")).outcome(hop("/2")).outcome(hop("/3")).outcome(hop("/4")).reply(form());
    let started = Instant::now();
    let error = slow(&wiki, 100, 250).begin(Begin::new()).expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(started.elapsed() < Duration::from_millis(1250), "{:?}", started.elapsed());

    // Waits of retries, whatever their budget.
    let wiki = Canned::default();
    let lagged = r#"{"error":{"code":"maxlag","info":"Lagged."}}"#;
    wiki.reply(lagged).reply(lagged).reply(lagged).reply(lagged).reply(lagged);
    let started = Instant::now();
    slow(&wiki, 1, 1000).begin(Begin::new()).expect_err("too late");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());

    // A look that would begin after it is not begun: the outcome is unknown at once.
    let wiki = Canned::default();
    wiki.reply(form()).reply(fail("userexists"));
    let mut client = slow(&wiki, 200, 390);
    client.begin(Begin::new()).expect("a form");
    let started = Instant::now();
    assert_eq!(kind(client.submit(&answer("Alice"))), ErrorKind::OutcomeUnknown);
    assert!(started.elapsed() < Duration::from_millis(1950), "{:?}", started.elapsed());
}

/// A transport that notes how long each exchange may take.
#[derive(Clone, Default)]
struct Noting(Canned, Arc<Mutex<Vec<Duration>>>);

impl Transport for Noting {
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        self.1.lock().expect("no panic").push(limits.timeout);
        self.0.send(request, limits)
    }
}

impl Noting {
    /// A client whose time limits all differ.
    fn client(&self) -> Client {
        let config = Config::new()
            .deadline(Duration::from_secs(40))
            .reconcile_wait(Duration::from_secs(20))
            .return_url("https://host.example/back");
        Client::new("https://wiki.example/w/api.php", config.transport(self.clone())).expect("a client")
    }

    /// Asserts that the exchange of this number, from 0, may take so many seconds, but for those that have gone by.
    #[track_caller]
    fn had(&self, exchange: usize, seconds: u64) {
        let time = self.1.lock().expect("no panic")[exchange];
        let limit = Duration::from_secs(seconds);
        assert!(time <= limit && limit - time < Duration::from_secs(5), "{time:?} is not {limit:?}");
    }
}

#[test]
fn the_deadline_is_for_every_call() {
    type Call = fn(&mut Client) -> Result<()>;
    let redirect = json!({"createaccount": {
        "status": "REDIRECT", "redirecttarget": "https://id.example/", "requests": code(),
    }});
    let picture = json!({"query": {
        "authmanagerinfo": {"cancreateaccounts": true, "requests": [{"id": "Captcha", "required": "required",
            "metadata": {"type": "image", "mime": "image/png"}, "fields": {
                "captchaId": {"type": "hidden", "value": "1"}, "captchaWord": {"type": "string"},
                "captchaInfo": {"type": "null", "value": "/w/image.png"}}}]},
        "tokens": {"createaccounttoken": "0a+\\"},
    }});
    let calls: [(&str, Vec<String>, Call); 10] = [
        ("begin", vec![], |client| client.begin(Begin::new()).map(drop)),
        ("begin_login", vec![], |client| client.begin_login().map(drop)),
        ("login", vec![], |client| client.login("Alice", &Secret::from("word")).map(drop)),
        ("submit", vec![form()], |client| client.submit(&answer("Alice")).map(drop)),
        ("a later submit", vec![form(), ui()], |client| client.submit(&number()).map(drop)),
        ("resume", vec![form(), redirect.to_string()], |client| {
            client.resume("https://host.example/back?code=1", b"").map(drop)
        }),
        ("captcha_image", vec![picture.to_string()], |client| client.captcha_image().map(drop)),
        ("can_create", vec![], |client| client.can_create().map(drop)),
        ("check_username", vec![], |client| client.check_username("Alice").map(drop)),
        ("check_password", vec![], |client| client.check_password(&Secret::from("word"), None).map(drop)),
    ];
    for (name, before, call) in calls {
        let transport = Noting::default();
        let mut client = transport.client();
        for reply in &before {
            transport.0.reply(reply.as_str());
        }
        if !before.is_empty() {
            client.begin(Begin::new()).expect("a form");
        }
        if before.len() > 1 {
            client.submit(&answer("Alice")).expect("a step");
        }
        transport.0.outcome(Err(SendError::failed("The network is down.").not_sent()));
        call(&mut client).expect_err(name);
        transport.had(before.len(), 40);
    }
}

/// Whatever the deadline: `reconcile_wait`, and 10 seconds.
#[test]
fn reconcile_has_a_time_of_its_own() {
    let transport = Noting::default();
    let mut client = transport.client();
    transport.0.reply(form()).outcome(Err(SendError::failed("The connection broke.")));
    client.begin(Begin::new()).expect("a form");
    assert_eq!(kind(client.submit(&answer("Alice"))), ErrorKind::OutcomeUnknown);
    transport.0.reply(traces(&json!([]), &user("Alice", BEGUN)));
    assert_eq!(client.reconcile().expect("a step").status(), "PASS");
    transport.had(2, 30);
    transport.0.reply(traces(&json!([]), &user("Alice", BEGUN)));
    let since = client.wiki_time().expect("a form was read");
    client.reconcile_name("Alice", since).expect("a step");
    transport.had(3, 30);
}

#[test]
fn a_redirect_within_the_origin_is_adopted() {
    let moved = Response {
        status: 301,
        headers: vec![("Location".to_owned(), "/api.php?action=query".to_owned())],
        body: Vec::new(),
    };
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new());
    wiki.outcome(Ok(moved)).reply(form()).reply(PASS);
    client.begin(Begin::new()).expect("a form");
    let data = client.save().expect("bytes");
    assert_eq!(client.submit(&answer("Alice")).expect("a step").status(), "PASS");
    let paths = || wiki.urls().iter().map(|url| url.path().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(), ["/w/api.php", "/api.php", "/api.php"]);
    assert_eq!(wiki.urls()[2].query(), None, "a POST has no query");

    // It is saved, under the address that the host knows.
    let config = Config::new().transport(wiki.clone());
    let mut client = Client::load("https://wiki.example/w/api.php", &data, config).expect("the flow");
    wiki.reply(PASS);
    client.submit(&answer("Alice")).expect("a step");
    assert_eq!(paths()[3], "/api.php");
}

#[test]
fn a_redirect_to_another_origin_is_named() {
    let away = Response {
        status: 301,
        headers: vec![("Location".to_owned(), "https://new.example/api.php".to_owned())],
        body: Vec::new(),
    };
    let wiki = Canned::default();
    wiki.outcome(Ok(away));
    let error = wiki.client(Config::new()).begin(Begin::new()).expect_err("elsewhere");
    assert!(error.message().contains("https://new.example/api.php"), "{error}");
}

#[test]
fn cookies_for_elsewhere_are_named() {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new());
    let form = |cookie: &str| Response {
        status: 200,
        headers: vec![("Set-Cookie".to_owned(), cookie.to_owned())],
        body: form().into_bytes(),
    };
    let bad_token = r#"{"error":{"code":"badtoken","info":"Invalid CSRF token."}}"#;
    for cookie in
        ["wiki_session=SECRET; domain=other.example; path=/", "wiki_session=SECRET; path=/mediawiki/"]
    {
        wiki.outcome(Ok(form(cookie))).reply(bad_token).outcome(Ok(form(cookie))).reply(bad_token);
        client.begin(Begin::new()).expect("a form");
        let error = client.submit(&answer("Alice")).expect_err("no session");
        assert!(error.message().contains("wiki_session") && !error.message().contains("SECRET"), "{error}");
        assert_eq!(error.api_code(), Some("badtoken"));
    }
}

#[test]
fn everyone_may_be_logged_in() {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new());
    wiki.reply(LOGGED_IN).reply(form()).reply(PASS);
    client.begin(Begin::new()).expect("a form");
    assert_eq!(client.submit(&answer("Alice")).expect("a step").status(), "PASS");
    let asserts: Vec<bool> =
        wiki.sent().iter().map(|request| request.iter().any(|(name, _)| name == "assert")).collect();
    assert_eq!(asserts, [true, false, false]);

    // The server may begin to do so in the middle, and nothing is made by a request that fails its assertion.
    let (wiki, mut client) = begun();
    wiki.reply(LOGGED_IN).reply(PASS);
    assert_eq!(client.submit(&answer("Alice")).expect("a step").status(), "PASS");

    let (wiki, mut client) = begun();
    wiki.reply(LOGGED_IN).reply(r#"{"query":{"users":[{"name":"Alice","missing":true,"cancreate":true}]}}"#);
    assert_eq!(client.check_username("Alice").expect("a verdict").answer(), Some(true));
}

#[test]
fn a_main_account_may_look_like_a_bot() {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new());
    let login_form = json!({"curtimestamp": BEGUN, "query": {"authmanagerinfo": {"requests": [
            {"id": "Password", "required": "primary-required", "fields": {
                "username": {"type": "string"}, "password": {"type": "password", "sensitive": true}}}]},
        "tokens": {"logintoken": "0b+\\"}}});
    wiki.reply(r#"{"query":{"tokens":{"logintoken":"0a+\\"}}}"#);
    wiki.reply(r#"{"login":{"result":"Aborted","reason":{"code":"authmanager-authn-autocreate","text":"Use clientlogin."}}}"#);
    wiki.reply(login_form.to_string());
    wiki.reply(json!({"clientlogin": {"status": "UI", "message": "Code?", "requests": code()}}).to_string());
    let step = client
        .login("bob@example.org", &Secret::from("0123456789abcdef0123456789abcdef"))
        .expect("the second factor");
    assert_eq!(step.status(), "UI");

    // Whoever tried too often is told so at once.
    wiki.reply(r#"{"query":{"tokens":{"logintoken":"0a+\\"}}}"#);
    wiki.reply(r#"{"login":{"result":"Failed","reason":{"code":"login-throttled","text":"Wait."}}}"#);
    let step = client.login("Bob@tool", &Secret::from("0123456789abcdef0123456789abcdef")).expect("a step");
    assert!(matches!(step, Step::Fail(fail) if fail.reason() == Reason::Throttled));
}

#[test]
fn a_list_of_errors_is_what_the_wiki_says_of_it() {
    let blocked =
        "<strong>Your IP address has been blocked.</strong>\n\nThe block was made by [[User:Admin]].";
    let limited = "The action you have requested is limited to users in the group: Administrators.";
    let short = "Passwords must be at least 8 characters.";
    let filter = "This action has been automatically identified as harmful: test rule.";
    let wordings = json!([
        {"name": "badaccess-groups", "content": "The action you have requested is limited to users in {{PLURAL:$2|the group|one of the groups}}: $1."},
        {"name": "abusefilter-disallowed", "content": "This action has been automatically identified as harmful: $1."},
        {"name": "passwordtooshort", "content": "Passwords must be at least {{PLURAL:$1|1 character|$1 characters}}."},
        {"name": "actionthrottledtext", "missing": true},
    ]);
    let said =
        json!({"cancreateaccount": false, "cancreateaccounterror": [{"code": "blocked", "text": blocked}]});
    for (parts, user, reason) in [
        ([limited, blocked], said.clone(), Reason::Blocked),
        ([limited, blocked], json!({}), Reason::Permission),
        ([filter, filter], json!({}), Reason::Filter),
        ([short, "Your password must be different from your user name."], json!({}), Reason::Password),
        (["Something of a farm.", "Something else of a farm."], said, Reason::Other),
    ] {
        let (wiki, mut client) = begun();
        let list = format!("* {}\n* {}", parts[0], parts[1]);
        wiki.reply(
            json!({"createaccount": {"status": "FAIL", "message": list, "messagecode": "___1____2"}})
                .to_string(),
        );
        wiki.reply(json!({"query": {"allmessages": wordings, "userinfo": user}}).to_string());
        let Step::Fail(fail) = client.submit(&answer("Alice")).expect("a step") else { panic!("a failure") };
        assert_eq!((fail.reason(), fail.message_code()), (reason, Some("___1____2")), "{list}");
        assert_eq!(wiki.sent().len(), 3, "one question");
        assert!(wiki.sent()[2].iter().all(|(_, value)| !value.contains("correct horse")));
    }
    // The wiki refused, whatever becomes of the question.
    let (wiki, mut client) = begun();
    wiki.reply(
        json!({"createaccount": {"status": "FAIL", "message": "* a\n* b", "messagecode": "___1____2"}})
            .to_string(),
    );
    wiki.outcome(Ok(page(403)));
    assert!(
        matches!(client.submit(&answer("Alice")), Ok(Step::Fail(fail)) if fail.reason() == Reason::Other)
    );
}

#[test]
fn languages_are_written_as_people_do() {
    for (written, code) in [("pt-BR", "pt-br"), ("PL", "pl"), ("zh-Hant", "zh-hant"), ("zh_Hant", "zh-hant")]
    {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new().language(written));
        wiki.reply(form()).reply(r#"{"query":{"users":[{"name":"Alice","missing":true,"cancreate":true}]}}"#);
        client.begin(Begin::new()).expect("a form");
        client.check_username("Alice").expect("a verdict");
        let sent = |request: usize, name: &str| {
            wiki.sent()[request].iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        assert_eq!(sent(0, "uselang").as_deref(), Some(code));
        assert_eq!(sent(1, "uselang").as_deref(), Some(code));
        assert_eq!(sent(1, "amlang").as_deref(), Some(code), "the question's own words as well");
    }
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new().language("pl").error_language("KO"));
    wiki.reply(r#"{"query":{"users":[{"name":"Alice","missing":true,"cancreate":true}]}}"#);
    client.check_username("Alice").expect("a verdict");
    assert!(wiki.sent()[0].contains(&("amlang".to_owned(), "ko".to_owned())));
}

fn begun() -> (Canned, Client) {
    let wiki = Canned::default();
    let mut client = wiki.client(Config::new().reconcile_wait(Duration::from_millis(10)));
    wiki.reply(form());
    client.begin(Begin::new()).expect("a form");
    (wiki, client)
}

fn text(status: u16, words: &str) -> Response {
    let headers = vec![("Content-Type".to_owned(), "text/plain".to_owned())];
    Response { status, headers, body: words.as_bytes().to_vec() }
}

fn kind(outcome: Result<Step>) -> ErrorKind {
    outcome.map_err(|error: Error| error.kind()).expect_err("no step")
}
