//! How an answer is held against the requests of a form: what is sent, and what is refused before.

#[path = "common/canned.rs"]
mod canned;

use std::time::{Duration, Instant};

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, ErrorKind, Field, Step};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse 7";

fn string() -> Value {
    json!({"type": "string"})
}

fn optional(kind: &str) -> Value {
    json!({"type": kind, "optional": true})
}

fn request(id: &str, required: &str, fields: Value) -> Value {
    json!({"id": id, "required": required, "metadata": {}, "fields": fields})
}

/// The requests of a plain wiki, with others behind them.
fn and(others: impl IntoIterator<Item = Value>) -> Value {
    let password =
        json!({"username": string(), "password": {"type": "password"}, "retype": {"type": "password"}});
    let mut requests = vec![
        request("Password", "primary-required", password),
        request("Username", "required", json!({"username": string()})),
    ];
    requests.extend(others);
    requests.into()
}

/// An answer to the plain ones.
fn plain() -> Answer {
    Answer::from([("username", "Someone"), ("password", PASSWORD)])
}

fn with(name: &str, value: impl Into<createaccount::Value>) -> Answer {
    plain().set(name, value)
}

/// A client that shows these requests first.
fn begun(wiki: &Canned, config: Config, info: Value) -> Client {
    let mut info = info;
    info["cancreateaccounts"] = true.into();
    let body = json!({"query": {"authmanagerinfo": info, "tokens": {"createaccounttoken": "0a+\\"}}});
    wiki.reply(body.to_string());
    let mut client = wiki.client(config);
    client.begin(Begin::new()).expect("a form");
    client
}

/// A client that waits at this status.
fn waiting(wiki: &Canned, status: &str, requests: &Value) -> Client {
    let config = Config::new().return_url("https://app.example/back");
    let mut client = begun(wiki, config, json!({"requests": and([])}));
    let mut step = json!({"status": status, "message": "Go on.", "messagecode": "on", "requests": requests});
    if status == "REDIRECT" {
        step["redirecttarget"] = "https://third.example/".into();
    }
    wiki.reply(json!({"createaccount": step}).to_string());
    assert_eq!(client.submit(&plain()).expect("a step").status(), status);
    client
}

/// The fields of the last request as `name=value&…`, or the name of the field that was refused.
type Outcome = Result<String, String>;

fn outcome(wiki: &Canned, answered: impl FnOnce() -> createaccount::Result<Step>) -> Outcome {
    let before = wiki.sent().len();
    wiki.reply(r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#);
    match answered() {
        Ok(_) => {
            const OURS: [&str; 12] = [
                "action",
                "format",
                "formatversion",
                "errorformat",
                "errorsuselocal",
                "assert",
                "createreturnurl",
                "createcontinue",
                "createtoken",
                "createpreservestate",
                "createrequests",
                "createmergerequestfields",
            ];
            let last = wiki.sent().pop().expect("a request");
            let fields = last.into_iter().filter(|(name, _)| !OURS.contains(&name.as_str()));
            Ok(fields.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
            assert_eq!(wiki.sent().len(), before, "nothing was sent");
            Err(error.field().expect("a field").to_owned())
        }
    }
}

/// Answers a first form.
fn first(requests: &Value, answer: &Answer) -> Outcome {
    let wiki = Canned::default();
    let mut client = begun(&wiki, Config::new(), json!({"requests": requests}));
    outcome(&wiki, || client.submit(answer))
}

/// Answers a later step.
fn later(requests: &Value, answer: &Answer) -> Outcome {
    let wiki = Canned::default();
    let mut client = waiting(&wiki, "UI", requests);
    outcome(&wiki, || client.submit(answer))
}

/// Comes back from a third party.
fn back(requests: &Value, query: &str, extra: &Answer) -> Outcome {
    let wiki = Canned::default();
    let mut client = waiting(&wiki, "REDIRECT", requests);
    let url = format!("https://app.example/back?{query}");
    outcome(&wiki, || client.resume_with(&url, b"", extra))
}

fn sent(fields: &str) -> Outcome {
    Ok(fields.to_owned())
}

fn refused(field: &str) -> Outcome {
    Err(field.to_owned())
}

const PLAIN: &str = "username=Someone&password=correct horse 7&retype=correct horse 7";

// ---- Ways of making the account

#[test]
fn an_optional_button_is_a_way_of_its_own() {
    let requests = and([request("Google", "optional", json!({"googlelogin": {"type": "button"}}))]);
    let mut pressed = Answer::from([("username", "Someone")]);
    assert_eq!(first(&requests, &pressed), refused("password"), "nothing is pressed");
    pressed = pressed.set("googlelogin", true);
    assert_eq!(first(&requests, &pressed), sent("username=Someone&googlelogin=1"));
    // Whether it is one or not is the wiki's to say.
    assert_eq!(first(&requests, &with("googlelogin", true)), sent(&format!("{PLAIN}&googlelogin=1")));

    // Two primary-required ways and one more.
    let mail = request("Mail", "primary-required", json!({"mailpassword": {"type": "checkbox"}}));
    let google = request("Google", "optional", json!({"googlelogin": {"type": "button"}}));
    let requests = and([mail, google]);
    assert_eq!(first(&requests, &pressed), sent("username=Someone&googlelogin=1"));
    pressed = pressed.set("googlelogin", false);
    assert_eq!(first(&requests, &pressed), refused("password"));
}

#[test]
fn a_required_button_need_not_be_pressed_when_something_else_answers() {
    let button = |id: &str| request(id, "required", json!({id: {"type": "button"}}));
    let name = request("Name", "required", json!({"local_username": string()}));
    let given = Answer::from([("local_username", "Someone")]);
    for requests in [json!([button("user-5"), name]), json!([name, button("user-5")])] {
        assert_eq!(later(&requests, &given), sent("local_username=Someone"));
        assert_eq!(later(&requests, &Answer::new()), refused("local_username"));
    }
    assert_eq!(later(&json!([button("one"), button("two")]), &Answer::new()), refused("one"));
    assert_eq!(later(&json!([button("one"), button("two")]), &with_nothing_but("two")), sent("two=1"));
    assert_eq!(first(&and([button("more")]), &plain()), sent(PLAIN));
    // What hides behind the button is lost without it.
    let more = request("More", "required", json!({"more": {"type": "button"}, "note": optional("string")}));
    assert_eq!(first(&and([more.clone()]), &plain()), sent(&format!("{PLAIN}&note=")));
    assert_eq!(first(&and([more]), &with("note", "word")), refused("more"));
}

fn with_nothing_but(button: &str) -> Answer {
    Answer::from([(button, true)])
}

#[test]
fn a_kept_login_and_a_password_are_two_ways() {
    let kept = |name: &str| {
        json!({"requests": and([]), "haspreservedstate": true, "hasprimarypreservedstate": true,
            "preservedusername": name})
    };
    let begun = |name: &str, merged: bool| {
        let wiki = Canned::default();
        let mut info = kept(name);
        if merged {
            info["requests"] = json!([request("Password", "primary-required", json!({}))]);
            info["fields"] = json!({"username": string(), "password": {"type": "password"}});
        }
        let body = json!({"query": {"authmanagerinfo": info, "tokens": {"createaccounttoken": "0a+\\"}}});
        wiki.reply(body.to_string());
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new().preserve_state(true)).expect("a form");
        (wiki, client)
    };
    let name = Answer::from([("username", "Someone")]);
    for (preserved, answer, right) in [
        ("", plain(), refused("password")),
        ("", name.clone(), sent("username=Someone")),
        ("Someone", Answer::new(), sent("username=Someone")),
        ("Other", name.clone(), refused("username")),
    ] {
        let (wiki, mut client) = begun(preserved, false);
        assert_eq!(outcome(&wiki, || client.submit(&answer)), right);
    }
    // Merged fields do not tell whose they are.
    let (wiki, mut client) = begun("", true);
    assert_eq!(outcome(&wiki, || client.submit(&name)), sent("username=Someone&password="));

    let (wiki, mut client) = begun("Other", false);
    let unchecked = plain().unchecked(true);
    assert_eq!(outcome(&wiki, || client.submit(&unchecked)), sent(PLAIN));
}

// ---- Each request has its own opinion of a value

#[test]
fn a_choice_is_held_against_each_request() {
    for kind in ["select", "multiselect"] {
        let domain = |other: &str| {
            let options = json!({"x": "X", other: "Other"});
            json!({"domain": {"type": kind, "optional": kind == "multiselect", "options": options}})
        };
        let key = if kind == "select" { "domain" } else { "domain[]" };
        let both = json!([request("A", "required", domain("y")), request("B", "required", domain("z"))]);
        assert_eq!(later(&both, &Answer::from([("domain", "x")])), sent(&format!("{key}=x")));
        for lost in ["y", "z", "w"] {
            assert_eq!(later(&both, &Answer::from([("domain", lost)])), refused("domain"), "{kind} {lost}");
        }
        // An optional request that does not take it is left out, unless something of its own would be lost.
        let mut fields = domain("z");
        fields["note"] = optional("string");
        let both = json!([request("A", "required", domain("y")), request("B", "optional", fields)]);
        let mut answer = Answer::from([("domain", "y")]);
        assert_eq!(later(&both, &answer), sent(&format!("{key}=y&note=")));
        answer = answer.set("note", "word");
        assert_eq!(later(&both, &answer), refused("domain"));
        // Of two ways the one that has the choice is taken.
        let ways = json!([
            request("A", "primary-required", domain("y")),
            request("B", "primary-required", domain("z"))
        ]);
        assert_eq!(first(&ways, &Answer::from([("domain", "z")])), sent(&format!("{key}=z")));
    }
}

#[test]
fn a_preset_is_held_against_each_request() {
    let domain = |other: &str, preset: &str| json!({"domain": {"type": "select", "value": preset, "options": {"x": "X", other: "Other"}}});
    for (a, b, right) in [
        ("x", "z", sent("domain=x")),
        ("y", "x", sent("domain=x")),
        ("x", "x", sent("domain=x")),
        ("y", "z", refused("domain")),
    ] {
        let both =
            json!([request("A", "required", domain("y", a)), request("B", "required", domain("z", b))]);
        assert_eq!(later(&both, &Answer::new()), right, "{a} {b}");
        let optional =
            json!([request("A", "required", domain("y", a)), request("B", "optional", domain("z", b))]);
        let first = if a == "y" && b == "z" { "y" } else { "x" };
        assert_eq!(later(&optional, &Answer::new()), sent(&format!("domain={first}")), "{a} {b}");
    }
    // Any text suits a hidden field; the wiki's own page sends the first.
    let hidden = |value: &str| json!({"ticket": {"type": "hidden", "value": value}});
    for (a, b, ticket) in [("1", "2", "1"), ("", "2", "2"), ("1", "", "1")] {
        let both = json!([request("A", "required", hidden(a)), request("B", "required", hidden(b))]);
        assert_eq!(later(&both, &Answer::new()), sent(&format!("ticket={ticket}")));
    }
}

#[test]
fn a_name_of_two_types_is_sent_only_if_both_load() {
    let two = |a: Value, b: Value| {
        json!([request("A", "required", json!({"note": a})), request("B", "required", json!({"note": b}))])
    };
    let topics = json!({"type": "multiselect", "options": {"art": "Art", "law": "Law"}, "optional": true});
    let either = json!({"type": "select", "options": {"art": "Art"}});
    let chosen = |keys: &[&str]| Answer::new().set("note", keys.to_vec());
    let text = |text: &str| Answer::from([("note", text)]);
    for (requests, answer, right) in [
        // A single choice can be sent as a text, and several cannot.
        (two(string(), topics.clone()), text("art"), sent("note=art")),
        (two(topics.clone(), either.clone()), text("art"), sent("note=art")),
        (two(topics.clone(), either.clone()), text("law"), refused("note")),
        (two(topics, string()), chosen(&["art", "law"]), refused("note")),
        (two(either, string()), text("art"), sent("note=art")),
        // A text, even an empty one, ticks a box.
        (two(optional("string"), optional("checkbox")), Answer::new(), refused("note")),
        (two(optional("string"), optional("checkbox")), text("1"), sent("note=1")),
        (two(optional("string"), optional("checkbox")), text("0"), refused("note")),
        (two(optional("checkbox"), json!({"type": "null", "value": "Read."})), text("1"), sent("note=1")),
        (two(json!({"type": "null", "value": "Read."}), string()), text("word"), sent("note=word")),
        (two(json!({"type": "hidden", "value": "7"}), string()), Answer::new(), sent("note=7")),
        (two(json!({"type": "hidden", "value": "7"}), string()), text("8"), refused("note")),
    ] {
        assert_eq!(later(&requests, &answer), right, "{requests} {answer:?}");
    }
}

#[test]
fn requests_of_one_id_are_two() {
    let way = |field: &str| request("Way", "primary-required", json!({field: string()}));
    let requests = json!([way("one"), way("two")]);
    assert_eq!(first(&requests, &Answer::from([("two", "word")])), sent("two=word"));
}

#[test]
fn a_choice_that_the_wiki_cannot_recognise_is_refused() {
    // What it is sent becomes one letter, which is none of its keys.
    let options = json!({"e\u{301}": "Decomposed", "\u{e9}": "Composed"});
    let requests =
        json!([request("A", "required", json!({"letter": {"type": "select", "options": options}}))]);
    assert_eq!(later(&requests, &Answer::from([("letter", "e\u{301}")])), refused("letter"));
    assert_eq!(later(&requests, &Answer::from([("letter", "\u{e9}")])), sent("letter=\u{e9}"));
    let options = json!({"a\u{1}": "A"});
    let requests =
        json!([request("A", "required", json!({"letter": {"type": "select", "options": options}}))]);
    assert_eq!(later(&requests, &Answer::from([("letter", "a\u{1}")])), refused("letter"));
}

// ---- Presets

#[test]
fn what_is_ticked_beforehand_is_sent_unless_the_host_says_no() {
    let news = |value: Value| {
        json!([request(
            "News",
            "required",
            json!({"news": {"type": "checkbox", "optional": true, "value": value}})
        )])
    };
    for ticked in [json!("1"), json!(1), json!(true), json!("yes")] {
        let requests = news(ticked);
        assert_eq!(later(&requests, &Answer::new()), sent("news=1"));
        for no in [createaccount::Value::from(false), "0".into()] {
            let answer = Answer::new().set("news", no);
            assert_eq!(later(&requests, &answer), sent(""));
        }
    }
    for open in [json!("0"), json!(""), json!(0), json!(false), Value::Null] {
        assert_eq!(later(&news(open), &Answer::new()), sent(""));
    }
    // It satisfies a request that needs it; a button's value is its caption.
    let agree = json!({"agree": {"type": "checkbox", "value": "1"}, "go": {"type": "button", "value": "Go", "optional": true}});
    let requests = json!([request("Agree", "required", agree)]);
    assert_eq!(later(&requests, &Answer::new()), sent("agree=1"));
    assert_eq!(later(&requests, &Answer::from([("agree", false)])), refused("agree"));
}

#[test]
fn choices_made_beforehand_are_sent_unless_the_host_says_otherwise() {
    let options = json!({"art": "Art", "law": "Law", "3": "Three"});
    for (preset, right) in [
        (json!(["art", "3", "gone"]), "topics[]=art&topics[]=3"),
        (json!({"0": "law", "2": 3}), "topics[]=law&topics[]=3"),
        (json!("law"), "topics[]=law"),
        (json!(""), ""),
        (json!([]), ""),
    ] {
        let field = json!({"type": "multiselect", "optional": true, "options": options, "value": preset});
        let requests = json!([request("Topics", "required", json!({"topics": field}))]);
        let shown = |field: &Field| {
            let chosen = field.choices().iter().filter(|choice| choice.preset);
            chosen.map(|choice| format!("topics[]={}", choice.value)).collect::<Vec<_>>().join("&")
        };
        let wiki = Canned::default();
        let mut client = waiting(&wiki, "UI", &requests);
        let Some(Step::Ui(form)) = client.step() else { panic!("a form") };
        assert_eq!(shown(form.field("topics").expect("there")), right);
        assert_eq!(outcome(&wiki, || client.submit(&Answer::new())), sent(right));

        let none = Answer::new().set("topics", Vec::<String>::new());
        assert_eq!(later(&requests, &none), sent(""));
        assert_eq!(later(&requests, &Answer::from([("topics", "art")])), sent("topics[]=art"));
    }
}

// ---- Hidden fields

#[test]
fn an_empty_hidden_field_may_be_filled_in() {
    let campaign = request(
        "Campaign",
        "optional",
        json!({"campaign": {"type": "hidden", "value": "", "optional": true}}),
    );
    assert_eq!(first(&and([campaign.clone()]), &plain()), sent(&format!("{PLAIN}&campaign=")));
    let answer = with("campaign", "spring");
    assert_eq!(first(&and([campaign]), &answer), sent(&format!("{PLAIN}&campaign=spring")));

    let authn = json!([request(
        "WebAuthn",
        "required",
        json!({
        "auth_info": {"type": "hidden", "value": "{\"challenge\":1}"}, "credential": {"type": "hidden", "value": ""}})
    )]);
    let credential = Answer::from([("credential", "{}")]);
    let right = sent("auth_info={\"challenge\":1}&credential={}");
    assert_eq!(later(&authn, &credential), right);
    assert_eq!(back(&authn, "", &credential), right);
    assert_eq!(later(&authn, &Answer::new()), refused("credential"));
    let mut forged = credential.set("auth_info", "{}");
    assert_eq!(later(&authn, &forged), refused("auth_info"));
    forged = forged.unchecked(true);
    assert_eq!(later(&authn, &forged), sent("auth_info={}&credential={}"));
    forged = forged.set("auth_info", "{\"challenge\":1}").unchecked(false);
    assert_eq!(later(&authn, &forged), right, "unchanged it may be given");

    // An optional request waits for nobody; what only it takes is not lost.
    let code = request("Code", "optional", json!({"note": optional("string"), "code": {"type": "hidden"}}));
    assert_eq!(first(&and([code.clone()]), &plain()), sent(&format!("{PLAIN}&note=&code=")));
    assert_eq!(first(&and([code]), &with("note", "word")), refused("code"));
    // What the person can fill in is named first.
    let code = request("Code", "required", json!({"code": {"type": "hidden"}, "pin": string()}));
    assert_eq!(later(&json!([code]), &Answer::new()), refused("pin"));
}

// ---- Returns

#[test]
fn a_return_is_passed_on_as_it_came() {
    let google = json!([request(
        "Google",
        "required",
        json!({"error": optional("string"), "code": optional("string"),
        "nonce": {"type": "hidden", "value": "n1"}})
    )]);
    let none = Answer::new();
    assert_eq!(back(&google, "error=access_denied", &none), sent("error=access_denied&nonce=n1"));
    assert_eq!(back(&google, "code=7&nonce=forged&action=evil", &none), sent("code=7&nonce=n1"));
    assert_eq!(back(&google, "code=", &none), sent("code=&nonce=n1"));
    // Nobody filled it in.
    assert_eq!(back(&google, "state=7", &none), sent("nonce=n1"));
    assert_eq!(back(&google, "nonce=forged", &none), sent("nonce=n1"));
    // Only the host did, so that it must load by itself.
    assert_eq!(back(&google, "", &Answer::from([("code", "7")])), sent("error=&code=7&nonce=n1"));
    // What the return leaves out can be added.
    let mut extra = Answer::from([("error", "none"), ("code", "of the host")]);
    assert_eq!(back(&google, "code=7", &extra), sent("error=none&code=7&nonce=n1"));
    extra = extra.set("unheard", "of");
    assert_eq!(back(&google, "code=7", &extra), refused("unheard"));
    assert_eq!(back(&google, "code=a%01", &none), refused("code"));
}

#[test]
fn a_request_that_a_return_fills_in_lacks_nothing() {
    let fields = json!({"code": string(), "agree": {"type": "checkbox"}, "hidden": {"type": "hidden"},
        "empty": {"type": "hidden", "value": ""}, "plan": {"type": "select", "options": {"a": "A"}, "value": "a"}});
    let requests =
        json!([request("Pay", "required", fields), request("Name", "required", json!({"name": string()}))]);
    let none = Answer::new();
    assert_eq!(back(&requests, "code=7", &none), sent("code=7&empty="));
    assert_eq!(back(&requests, "plan=gone", &none), sent("empty=&plan=gone"));
    assert_eq!(back(&requests, "agree=0&code=1", &none), sent("code=1&empty="));
    assert_eq!(back(&requests, "agree=yes", &none), sent("agree=1&empty="));
    assert_eq!(back(&requests, "hidden=x&hidden=y", &none), sent("hidden=y&empty="));
    // The other one is the host's, and complete.
    let mut name = Answer::from([("name", "Someone")]);
    assert_eq!(back(&requests, "code=7", &name), sent("code=7&empty=&name=Someone"));
    name = name.set("plan", "gone");
    assert_eq!(back(&requests, "code=7", &name), refused("plan"));
    name = name.unchecked(true);
    assert_eq!(back(&requests, "code=7", &name), sent("code=7&empty=&plan=gone&name=Someone"));
    // Nobody filled in anything: the provider says what it thinks of that.
    assert_eq!(back(&requests, "error=denied", &none), sent("empty="));

    let mail =
        request("Mail", "required", json!({"mail": string(), "again": string(), "note": optional("string")}));
    let requests = json!([request("Pay", "required", json!({"code": string()})), mail]);
    let mut answer = Answer::from([("mail", "a@example.org")]);
    assert_eq!(back(&requests, "code=7", &answer), refused("again"));
    answer = answer.set("again", "a@example.org");
    assert_eq!(
        back(&requests, "code=7", &answer),
        sent("code=7&mail=a@example.org&again=a@example.org&note=")
    );
}

#[test]
fn a_redirect_without_fields_goes_on() {
    assert_eq!(back(&json!([]), "code=7&createtoken=evil", &Answer::new()), sent(""));
    let preset = json!([request("State", "required", json!({"state": {"type": "hidden", "value": "s"}}))]);
    assert_eq!(back(&preset, "", &Answer::new()), sent("state=s"));
}

#[test]
fn a_return_is_read_as_php_reads_it() {
    let options = json!({"art": "Art", "law": "Law"});
    let fields = json!({"topics": {"type": "multiselect", "options": options, "optional": true},
        "error_text": optional("string"), "go": {"type": "button", "optional": true}});
    let requests = json!([request("All", "required", fields)]);
    for (query, right) in [
        ("topics%5B%5D=art&topics[]=law", "topics[]=art&topics[]=law"),
        ("topics=art", "topics[]=art"),
        ("topics[]=art&topics=law", "topics[]=law"),
        ("error.text=no&go=", "error_text=no&go=1"),
        ("error%20text=a&error[text=b", "error_text=b"),
        // No text field takes a list.
        ("error_text[]=a", ""),
        ("[topics]=art", ""),
    ] {
        let outcome = back(&requests, query, &Answer::new());
        assert_eq!(outcome, sent(right), "{query}");
    }
    // What is posted takes the place of what the address has.
    let wiki = Canned::default();
    let mut client = waiting(&wiki, "REDIRECT", &requests);
    let url = "https://app.example/back?topics[]=art&error_text=a";
    let outcome = outcome(&wiki, || client.resume(url, b"topics[]=law&error.text=b"));
    assert_eq!(outcome, sent("topics[]=law&error_text=b"));
}

// ---- Names that PHP changes

#[test]
fn a_request_with_a_name_that_php_changes_is_left_out() {
    for name in ["news.letter", "news letter", "news[letter", "news[letter]", " news", "[news]", ""] {
        let news =
            request("News", "optional", json!({name: optional("string"), "email": optional("string")}));
        let requests = and([news]);
        assert_eq!(first(&requests, &plain()), sent(PLAIN), "{name}");
        assert_eq!(first(&requests, &with(name, "")), sent(PLAIN), "{name}");
        assert_eq!(first(&requests, &with(name, "word")), refused(name));
        assert_eq!(first(&requests, &with("email", "a@example.org")), refused("email"), "{name}");
        assert_eq!(first(&requests, &with("email", "")), sent(PLAIN), "{name}");
        // A required request is left out as well, and what others take is sent.
        let mail = request("Mail", "required", json!({"email": optional("string")}));
        let news = request("News", "required", json!({name: string(), "email": optional("string")}));
        let requests = and([news, mail]);
        let right = format!("{PLAIN}&email=a@example.org");
        assert_eq!(first(&requests, &with("email", "a@example.org")), sent(&right), "{name}");
        // Unchecked, the rest of it goes, but under another name nothing arrives.
        let mut answer = with("email", "a@example.org").unchecked(true);
        assert_eq!(first(&requests, &answer), sent(&right), "{name}");
        answer = answer.set(name, "word");
        assert_eq!(first(&requests, &answer), refused(name));
    }
    // It is not a way of making the account.
    let way = request("Odd", "primary-required", json!({"odd.name": string()}));
    assert_eq!(first(&and([way]), &Answer::from([("username", "Someone")])), refused("password"));
}

#[test]
fn what_need_not_arrive_may_have_any_name() {
    for kind in ["checkbox", "multiselect", "button"] {
        let field = json!({"type": kind, "optional": true, "options": {"1": "One"}, "value": "1"});
        let news = request("News", "optional", json!({"news.letter": field, "email": optional("string")}));
        let requests = and([news]);
        let right = format!("{PLAIN}&email=a@example.org");
        assert_eq!(first(&requests, &with("email", "a@example.org")), sent(&right), "{kind}");
        assert_eq!(first(&requests, &with("news.letter", "1")), refused("news.letter"), "{kind}");
    }
    let agree = request("Agree", "required", json!({"I.agree": {"type": "checkbox"}}));
    assert_eq!(first(&and([agree]), &plain()), sent(PLAIN), "it never loads");
}

// ---- The wiki's own merging

#[test]
fn requests_can_be_named_where_the_wiki_merges() {
    let google = "Button:google";
    let info = json!({
        "requests": [request("Password", "primary-required", json!({})), request("Username", "required", json!({})),
            request(google, "optional", json!({}))],
        "fields": {"username": string(), "password": {"type": "password"}, "google": {"type": "button", "optional": true},
            "Other": {"type": "button"}},
    });
    let answered = |answer: &Answer| {
        let wiki = Canned::default();
        let mut client = begun(&wiki, Config::new().merge_fields(true), info.clone());
        let outcome = outcome(&wiki, || client.submit(answer));
        let named =
            wiki.sent().pop().expect("a request").into_iter().find(|(name, _)| name == "createrequests");
        outcome.map(|sent| (sent, named.map(|(_, ids)| ids)))
    };
    let mut answer = Answer::from([("username", "Someone"), ("google", "1")]);
    let right = "username=Someone&password=&google=1".to_owned();
    let ids = format!("\u{1f}Username\u{1f}{google}");
    // A pressed button may be a way of its own.
    assert_eq!(answered(&answer), Ok((right.clone(), None)));
    answer = answer.use_request("Username").use_request(google);
    assert_eq!(answered(&answer), Ok((right, Some(ids))));
    answer = answer.use_request("");
    assert_eq!(answered(&answer).unwrap_err(), "requests");

    let name = Answer::from([("username", "Someone")]);
    assert_eq!(answered(&name).unwrap_err(), "password");
    assert_eq!(answered(&plain()), Ok(("username=Someone&password=correct horse 7".to_owned(), None)));
}

// ---- Unchecked

#[test]
fn an_unchecked_answer_is_sent_as_it_is() {
    let options = json!({"red": "Red"});
    let everything = request(
        "Everything",
        "required",
        json!({
        "code": string(), "note": optional("string"), "agree": {"type": "checkbox"},
        "color": {"type": "select", "options": options}, "topics": {"type": "multiselect", "options": options},
        "ticket": {"type": "hidden", "value": "T-1"}, "ticked": {"type": "checkbox", "value": "1"}}),
    );
    let other = request("Other", "primary-required", json!({"other": string()}));
    let requests = and([everything, other]);
    let unset = "code=&note=&color=&ticket=T-1&ticked=1";

    let mut answer = plain();
    assert!(first(&requests, &answer).is_err());
    answer = answer.unchecked(true);
    assert_eq!(first(&requests, &answer), sent(&format!("{PLAIN}&{unset}")));
    answer = answer.set("color", "blue").set("agree", "perhaps").set("ticked", false);
    answer = answer.choose("topics", "law").choose("topics", "art").set("unheard", "of").set("other", "too");
    let right = format!(
        "{PLAIN}&code=&note=&agree=perhaps&color=blue&topics[]=law&topics[]=art&ticket=T-1&other=too&unheard=of"
    );
    assert_eq!(first(&requests, &answer), sent(&right));
    answer = answer.use_request("Unheard of");
    assert!(first(&requests, &answer).is_ok());

    for (name, value) in [
        ("code", "a\0b"),
        ("topics", "\u{ffff}"),
        ("createtoken", "evil"),
        ("action", "evil"),
        ("logincontinue", "1"),
        ("un.heard", "of"),
        ("un[heard]", "of"),
    ] {
        let answer = with(name, value).unchecked(true);
        assert_eq!(first(&requests, &answer), refused(name));
    }
}

#[test]
fn a_request_that_its_extension_loads_in_any_case_can_be_answered() {
    let teacher = request("Teacher", "required", json!({"teacher": {"type": "checkbox"}}));
    let requests = and([teacher]);
    assert_eq!(first(&requests, &plain()), refused("teacher"));
    let mut answer = plain().unchecked(true);
    assert_eq!(first(&requests, &answer), sent(PLAIN));
    answer = answer.unchecked(false);
    assert_eq!(first(&requests, &answer), refused("teacher"));
    // Of several ways with values all are used, and without any none.
    let way = |id: &str| request(id, "primary-required", json!({id: string()}));
    let requests = json!([way("one"), way("two"), way("three")]);
    let mut answer = Answer::from([("one", "a"), ("two", "b")]);
    assert_eq!(first(&requests, &answer), refused("two"));
    answer = answer.unchecked(true);
    assert_eq!(first(&requests, &answer), sent("one=a&two=b"));
    let answer = Answer::new().unchecked(true);
    assert_eq!(first(&requests, &answer), sent(""));
}

// ---- Any form and any answer

/// Numbers that look random, and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }
}

fn any_field(dice: &mut Dice) -> Value {
    let kind = dice.pick(&[
        "string",
        "string",
        "password",
        "select",
        "multiselect",
        "checkbox",
        "button",
        "hidden",
        "null",
    ]);
    let mut field = json!({"type": kind, "optional": dice.roll(2) == 0});
    if matches!(kind, "select" | "multiselect") {
        field["options"] = dice.pick(&[json!({"1": "One", "x": "X"}), json!({"x": "X", "y": "Y"})]);
    }
    let value = dice.pick(&[json!("x"), json!("1"), json!(""), Value::Null, Value::Null]);
    if !value.is_null() {
        field["value"] = if kind == "multiselect" { json!([value]) } else { value };
    }
    field
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e.f"];

/// What PHP makes of the parameters, each with whether it is a list.
fn received(wiki: &Canned) -> Vec<(String, bool, Vec<String>)> {
    let mut received: Vec<(String, bool, Vec<String>)> = Vec::new();
    for (name, value) in wiki.sent().pop().expect("a request") {
        let (name, is_list) = name.strip_suffix("[]").map_or((name.as_str(), false), |name| (name, true));
        assert!(!name.contains('.'), "{name} would not arrive");
        match received.iter_mut().find(|(known, ..)| known == name) {
            Some((_, true, values)) if is_list => values.push(value),
            Some(_) => panic!("{name} is sent twice"),
            None => received.push((name.to_owned(), is_list, vec![value])),
        }
    }
    received
}

/// AuthenticationRequest::loadFromSubmission, for one field.
fn loads(name: &str, field: &Value, received: &[(String, bool, Vec<String>)]) -> bool {
    let optional = field["optional"] == true;
    let given = received.iter().find(|(known, ..)| known == name);
    let offers = |key: &String| field["options"].get(key).is_some();
    match (field["type"].as_str().expect("a type"), given) {
        ("null", _) => true,
        ("checkbox" | "button", given) => optional || given.is_some(),
        ("multiselect", None) => optional,
        ("multiselect", Some((_, false, values))) if values[0].is_empty() => optional,
        ("multiselect", Some((_, _, keys))) => keys.iter().all(offers),
        (_, None) => false,
        (_, Some((_, true, _))) => panic!("{name} is a list"),
        (_, Some((_, _, values))) if values[0].is_empty() => optional,
        ("select", Some((_, _, values))) => offers(&values[0]),
        _ => true,
    }
}

/// What is sent loads as it was meant, whatever the form and the answer.
#[test]
fn nothing_that_is_accepted_is_lost() {
    let mut dice = Dice(7);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..4000 {
        let requests: Vec<Value> = (0..=dice.roll(3))
            .map(|n| {
                let names: Vec<&str> = NAMES.into_iter().filter(|_| dice.roll(3) == 0).collect();
                let fields: serde_json::Map<String, Value> =
                    names.into_iter().map(|name| (name.to_owned(), any_field(&mut dice))).collect();
                let required = dice.pick(&["required", "required", "optional"]);
                request(&format!("R{n}"), required, fields.into())
            })
            .collect();
        let fields: Vec<(&Value, &str, &Value)> = requests
            .iter()
            .flat_map(|r| {
                r["fields"].as_object().expect("fields").iter().map(move |(n, f)| (r, n.as_str(), f))
            })
            .collect();
        let mut answer = Answer::new();
        let mut said: Vec<&str> = Vec::new();
        for name in NAMES.into_iter().filter(|name| fields.iter().any(|(_, known, _)| known == name)) {
            answer = match dice.roll(6) {
                0 => answer.set(name, true),
                1 => answer.set(name, vec!["x", "y"]),
                2 => answer.set(name, ""),
                3 => answer.set(name, "x"),
                _ => continue,
            };
            said.push(name);
        }
        let what = format!("round {round}: {requests:#?} {said:?}");
        let wiki = Canned::default();
        let mut client = waiting(&wiki, "UI", &json!(requests));
        if outcome(&wiki, || client.submit(&answer)).is_err() {
            refused += 1;
            continue;
        }
        accepted += 1;
        let received = received(&wiki);
        let is_loaded = |request: &Value| {
            let fields = request["fields"].as_object().expect("fields");
            !fields.is_empty() && fields.iter().all(|(name, field)| loads(name, field, &received))
        };
        // Each value reaches a request that loads.
        for (name, is_list, values) in &received {
            // What goes back unchanged by itself is not lost.
            let is_back = |(_, known, field): &(&Value, &str, &Value)| {
                known == name && field["type"] == "hidden" && field["value"] == values[0]
            };
            let is_said = said.contains(&name.as_str()) && !fields.iter().any(is_back);
            let is_taken = |(request, known, field): &(&Value, &str, &Value)| {
                known == name && field["type"] != "null" && is_loaded(request)
            };
            if is_said && (*is_list || !values[0].is_empty()) {
                assert!(fields.iter().any(is_taken), "{name} is lost in {what}");
            }
        }
        let pressed = fields.iter().any(|(_, name, field)| {
            field["type"] == "button" && received.iter().any(|(known, ..)| known == name)
        });
        for request in requests.iter().filter(|request| request["required"] == "required") {
            let fields = request["fields"].as_object().expect("fields");
            let is_stray = |(name, field): (&String, &Value)| name.contains('.') && !loads(name, field, &[]);
            let lacks = fields
                .iter()
                .find(|(name, field)| field["type"] != "button" && !loads(name, field, &received));
            let may_lack = pressed || fields.iter().any(is_stray);
            assert!(lacks.is_none() || may_lack, "{lacks:?} is missing in {what}");
        }
        // Nothing is ticked that nobody has ticked.
        for (request, name, field) in &fields {
            let is_sent = received.iter().any(|(known, ..)| known == name);
            let is_preset = |(_, known, field): &(&Value, &str, &Value)| {
                known == name
                    && field["type"] == "checkbox"
                    && !matches!(field["value"].as_str(), None | Some(""))
            };
            let is_said = said.contains(name) || fields.iter().any(is_preset);
            if matches!(field["type"].as_str(), Some("checkbox" | "button")) && is_loaded(request) && is_sent
            {
                assert!(is_said, "{name} is ticked in {what}");
            }
        }
    }
    assert!(accepted > 500 && refused > 500, "{accepted} accepted, {refused} refused");
}

/// The largest forms that are accepted are answered in no time.
#[test]
fn a_large_form_is_answered_at_once() {
    let options: Value = (0..195).map(|n| (format!("k{n}"), json!("Choice"))).collect();
    let requests: Vec<Value> = (0..200)
        .map(|n| {
            let domain = json!({"type": "select", "options": options, "value": format!("k{n}")});
            let fields =
                json!({"domain": domain, format!("a{n}"): optional("string"), format!("b{n}"): string()});
            request(&format!("R{n}"), if n % 2 == 0 { "required" } else { "optional" }, fields)
        })
        .collect();
    let mut answer = Answer::new();
    for n in 0..200 {
        answer = answer.set(format!("b{n}"), "word");
    }
    let requests = json!(requests);
    let wiki = Canned::default();
    let mut client = waiting(&wiki, "UI", &requests);
    let started = Instant::now();
    assert!(outcome(&wiki, || client.submit(&answer)).is_ok());
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
