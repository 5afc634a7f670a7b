//! Forms that no test wiki shows: legacy domains, linked accounts, types and captchas of other versions.

#[path = "common/canned.rs"]
mod canned;

use canned::Canned;
use createaccount::{Answer, Begin, CaptchaKind, CaptchaService, Client, Config, ErrorKind, FieldType, Step};
use serde_json::{Value, json};

fn form(requests: Value) -> String {
    json!({"query": {
        "authmanagerinfo": {"cancreateaccounts": true, "requests": requests},
        "tokens": {"createaccounttoken": "0a+\\"},
    }})
    .to_string()
}

const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;

fn string() -> Value {
    json!({"type": "string", "label": "Text", "optional": false, "sensitive": false})
}

fn password_requests() -> Value {
    json!([
        {"id": "Password", "required": "primary-required", "metadata": {},
            "fields": {"username": string(), "password": {"type": "password"}, "retype": {"type": "password"}}},
        {"id": "PasswordDomain", "required": "primary-required", "metadata": {},
            "fields": {"username": string(), "password": {"type": "password"}, "retype": {"type": "password"},
                "domain": {"type": "select", "options": {"staff": "Staff", "guests": "Guests"}}}},
        {"id": "Username", "required": "required", "metadata": {}, "fields": {"username": string()}},
    ])
}

/// The values of a field in the last request.
fn sent(wiki: &Canned, name: &str) -> Vec<String> {
    let last = wiki.sent().pop().expect("a request");
    last.into_iter().filter(|(n, _)| n == name).map(|(_, value)| value).collect()
}

#[test]
fn of_two_ways_that_share_fields_the_one_that_fits_is_taken() {
    for (domain, requests) in [(None, 0), (Some("staff"), 1)] {
        let wiki = Canned::default();
        wiki.reply(form(password_requests())).reply(PASS);
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let mut answer = Answer::from([("username", "Someone"), ("password", "correct horse 7")]);
        if let Some(domain) = domain {
            answer = answer.set("domain", domain);
        }
        client.submit(&answer).expect("one way is complete");
        assert_eq!(sent(&wiki, "retype"), ["correct horse 7"]);
        assert_eq!(sent(&wiki, "domain").len(), requests);
    }
}

#[test]
fn an_unknown_type_is_a_line_of_text() {
    let wiki = Canned::default();
    let requests = json!([{"id": "A", "required": "required", "fields": {"thought": {"type": "telepathy"}}}]);
    wiki.reply(form(requests)).reply(PASS);
    let mut client = wiki.client(Config::new());
    let Step::Form(shown) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
    assert_eq!(shown.field("thought").expect("there").kind(), FieldType::Other);
    let error = client.submit(&Answer::new()).expect_err("required");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("thought")));
    client.submit(&Answer::from([("thought", "of a horse")])).expect("an answer");
    assert_eq!(sent(&wiki, "thought"), ["of a horse"]);
}

#[test]
fn accounts_to_link_are_chosen_by_ids_with_bars() {
    let id = "MediaWiki\\Auth\\ConfirmLinkAuthenticationRequest:A|B";
    let wiki = Canned::default();
    wiki.reply(form(json!([{"id": "Username", "required": "required", "fields": {"username": string()}}])));
    wiki.reply(
        json!({"createaccount": {"status": "UI", "message": "Link?", "messagecode": "link", "requests": [
            {"id": id, "required": "required", "metadata": {}, "fields": {"confirmedLinkIDs":
                {"type": "multiselect", "optional": true, "options": {"A:|x": "A", "B:|y": "B"}}}},
            {"id": "Button:linkOk", "required": "required", "fields": {"linkOk": {"type": "button", "optional": true}}},
        ]}})
        .to_string(),
    );
    wiki.reply(PASS);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    client.submit(&Answer::from([("username", "Someone")])).expect("a question");
    let answer =
        Answer::new().use_request(id).choose("confirmedLinkIDs", "B:|y").choose("confirmedLinkIDs", "A:|x");
    client.submit(&answer).expect("an answer");
    assert_eq!(sent(&wiki, "confirmedLinkIDs[]"), ["B:|y", "A:|x"]);
    assert_eq!(sent(&wiki, "createrequests"), [format!("\u{1f}{id}")]);
    assert_eq!(sent(&wiki, "createcontinue"), ["1"]);
}

#[test]
fn captchas_are_known_by_their_field_whatever_their_name() {
    let captcha = |metadata: Value, shown: Option<&str>| {
        let mut fields = json!({"captchaId": {"type": "hidden", "value": "1234567890123456789"}});
        if let Some(shown) = shown {
            fields["captchaInfo"] = json!({"type": "null", "value": shown});
        }
        fields["captchaWord"] = json!({"type": "string"});
        json!([{"id": "Some\\Class\\Of\\The\\Month", "required": "required", "metadata": metadata, "fields": fields}])
    };
    let picture = "/w/index.php?title=Special:Captcha/image&wpCaptchaId=1";
    for (requests, kind, text, image) in [
        (
            captcha(json!({"type": "math", "mime": "text/html"}), Some("<math>2 &#8722; 1</math> =")),
            CaptchaKind::Arithmetic,
            "2 − 1 =",
            None,
        ),
        (
            captcha(json!({"type": "image", "mime": "image/png"}), Some(picture)),
            CaptchaKind::Image,
            "",
            Some("https://wiki.example/w/index.php?title=Special:Captcha/image&wpCaptchaId=1"),
        ),
        // The session's cookies must not go to a stranger.
        (
            captcha(json!({"type": "image", "mime": "image/png"}), Some("https://elsewhere.example/image")),
            CaptchaKind::Image,
            "",
            None,
        ),
        (captcha(json!({"type": "hcaptcha", "key": "k"}), None), CaptchaKind::Widget, "", None),
        (captcha(json!({}), Some("<p>Hum a tune.</p>")), CaptchaKind::Other, "Hum a tune.", None),
        // The administrator's HTML. A browser takes a `<` for a tag only where a letter follows.
        (
            captcha(json!({"type": "question", "mime": "text/html"}), Some("Is 2 < 3 and 5 > 4?")),
            CaptchaKind::Question,
            "Is 2 < 3 and 5 > 4?",
            None,
        ),
        (
            captcha(
                json!({"type": "question", "mime": "text/html"}),
                Some("What <b>do</b> R&amp;D&nbsp;mean?<br>&ldquo;A&lt;b&gt;c&rdquo; & more"),
            ),
            CaptchaKind::Question,
            "What do R&D mean?\n“A<b>c” & more",
            None,
        ),
    ] {
        let wiki = Canned::default();
        wiki.reply(form(requests)).reply(PASS);
        let mut client = wiki.client(Config::new());
        let Step::Form(shown) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
        let captcha = shown.captcha().expect("a captcha");
        assert_eq!((captcha.kind(), captcha.text()), (kind, text));
        assert_eq!(captcha.image_url().map(|url| url.as_str()), image);
        client.submit(&Answer::from([(captcha.answer_field(), "word")])).expect("an answer");
        assert_eq!(sent(&wiki, "captchaId"), ["1234567890123456789"], "digits stay a string");
    }
}

/// The password requests and two others, A and B, that ask the same field.
fn twice(first: Value, second: Value) -> Value {
    let mut requests = password_requests();
    let request =
        |id: &str, field: Value| json!({"id": id, "required": "required", "fields": {"twice": field}});
    requests.as_array_mut().expect("a list").extend([request("A", first), request("B", second)]);
    requests
}

fn signed_up() -> Answer {
    Answer::from([("username", "Someone"), ("password", "correct horse 7")])
}

#[test]
fn a_field_of_two_types_is_sent_where_both_take_it() {
    let select = json!({"type": "select", "options": {"x": "X"}});
    let null = json!({"type": "null", "value": "Read this."});
    let password = json!({"type": "password"});
    for (first, second, kind) in [
        (string(), password.clone(), FieldType::String),
        (password, string(), FieldType::Password),
        (string(), select.clone(), FieldType::String),
        (select.clone(), string(), FieldType::Select),
        // What is only shown asks nothing.
        (null.clone(), string(), FieldType::String),
        (null.clone(), select.clone(), FieldType::Select),
        (string(), null, FieldType::String),
    ] {
        let wiki = Canned::default();
        wiki.reply(form(twice(first.clone(), second.clone()))).reply(PASS);
        let mut client = wiki.client(Config::new());
        let Step::Form(shown) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
        let field = shown.field("twice").expect("there");
        assert_eq!((field.kind(), field.is_required()), (kind, true), "{first} {second}");
        assert_eq!(field.is_sensitive(), [&first, &second].iter().any(|field| field["type"] == "password"));
        let answer = signed_up().set("twice", "x");
        client.submit(&answer).expect("an answer");
        assert_eq!(sent(&wiki, "twice"), ["x"], "{first} {second}");
    }
}

#[test]
fn a_choice_may_have_an_empty_key() {
    let options = json!({"": "None", "a": "A"});
    let begun = |field: Value| {
        let wiki = Canned::default();
        let mut requests = password_requests();
        let request = json!({"id": "A", "required": "required", "fields": {"colour": field, "note": {"type": "string", "optional": true}}});
        requests.as_array_mut().expect("a list").push(request);
        wiki.reply(form(requests)).reply(PASS);
        let mut client = wiki.client(Config::new());
        let Step::Form(form) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
        assert_eq!(form.field("colour").expect("there").choices()[0].value, "");
        (wiki, client)
    };
    let chosen = |key: &str| signed_up().set("colour", key);
    // An empty value does not load unless it is optional (AuthenticationRequest::loadFromSubmission).
    let (wiki, mut client) = begun(json!({"type": "select", "options": options}));
    let error = client.submit(&chosen("")).expect_err("the wiki would drop it");
    assert_eq!(error.field(), Some("colour"));
    client.submit(&chosen("a")).expect("an answer");
    assert_eq!(sent(&wiki, "colour"), ["a"]);

    let (wiki, mut client) =
        begun(json!({"type": "select", "options": options, "optional": true, "value": "a"}));
    client.submit(&chosen("")).expect("an answer");
    assert_eq!(sent(&wiki, "colour"), [""], "chosen, though something else is preset");

    let (wiki, mut client) = begun(json!({"type": "multiselect", "options": options}));
    let answer = signed_up().choose("colour", "");
    client.submit(&answer).expect("an answer");
    assert_eq!(sent(&wiki, "colour[]"), [""]);
}

#[test]
fn what_later_versions_add_to_a_form_does_not_matter() {
    let wiki = Canned::default();
    let mut requests = password_requests();
    let new = json!({
        "id": "New", "required": "sometimes", "metadata": [], "provider": null, "since": 1.47, "fields": {
            "agree": {"type": "html", "label": null, "optional": true, "skippable": true, "image": "x.png"},
            "colour": {"type": "select", "options": ["Zero", {"key": "one", "params": []}], "optional": true},
        },
    });
    requests.as_array_mut().expect("a list").extend([
        new,
        json!({"id": "Bare"}),
        json!({"id": "Empty", "fields": []}),
    ]);
    wiki.reply(form(requests)).reply(PASS);
    let mut client = wiki.client(Config::new());
    let Step::Form(form) = client.begin(Begin::new()).expect("a form") else { panic!("a form") };
    assert_eq!(form.field("agree").expect("there").kind(), FieldType::Other);
    let labels: Vec<&str> =
        form.field("colour").expect("there").choices().iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels, ["Zero", "one"]);
    client.submit(&signed_up()).expect("an answer");
    assert_eq!(sent(&wiki, "agree"), [""], "as a line of text");
}

#[test]
fn ids_may_change_from_step_to_step() {
    let wiki = Canned::default();
    wiki.reply(form(password_requests()));
    let step = |id: &str| {
        let request = json!({"id": id, "required": "required", "fields": {"code": string()}});
        json!({"createaccount": {"status": "UI", "message": "m", "messagecode": "m", "requests": [request]}})
            .to_string()
    };
    wiki.reply(step("Code:1")).reply(step("Code:2")).reply(PASS);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    client.submit(&signed_up()).expect("a step");
    let with = |id: &str| Answer::from([("code", "1234")]).use_request(id);
    client.submit(&with("Code:1")).expect("a step");
    // The old id would leave the wiki without any request.
    let error = client.submit(&with("Code:1")).expect_err("no longer offered");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("requests")));
    client.submit(&with("Code:2")).expect("an answer");
    assert_eq!(sent(&wiki, "createrequests"), ["\u{1f}Code:2"]);
}

#[test]
fn captchas_name_their_service_and_their_fields() {
    for (kind, service) in [
        ("hcaptcha", CaptchaService::HCaptcha),
        ("turnstile", CaptchaService::Turnstile),
        ("recaptchanocaptcha", CaptchaService::ReCaptcha),
        ("recaptcha", CaptchaService::ReCaptcha),
        ("tomorrow", CaptchaService::Other),
    ] {
        let wiki = Canned::default();
        let notice = json!({"id": "Notice", "required": "required", "fields": {"captchaNotice": {"type": "null", "value": "Read this."}}});
        let fields = json!({"captchaInfo": {"type": "null", "value": "x"}, "captchaWord": string(), "username": string()});
        let captcha = json!({"id": "C", "required": "required", "metadata": {"type": kind, "key": "k"}, "fields": fields});
        wiki.reply(form(json!([notice, captcha])));
        let step = wiki.client(Config::new()).begin(Begin::new()).expect("a form");
        let Step::Form(form) = step else { panic!("a form") };
        let captcha = form.captcha().expect("a captcha");
        assert_eq!((captcha.kind(), captcha.service()), (CaptchaKind::Widget, service), "{kind}");
        // Neither another extension's notice nor another field of the request.
        assert_eq!(captcha.fields(), ["captchaInfo", "captchaWord"], "{kind}");
    }
}

#[test]
fn a_pass_for_another_name_is_no_success() {
    // Two flows shared one session, as with one OAuth token in two processes.
    let wiki = Canned::default();
    wiki.reply(form(password_requests()));
    wiki.reply(r#"{"createaccount":{"status":"PASS","username":"Somebody else"}}"#);
    wiki.reply(
        r#"{"query":{"authmanagerinfo":{"requests":[]},"users":[{"name":"Someone","missing":true}]}}"#,
    );
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Someone"), ("password", "correct horse 7")]);
    let error = client.submit(&answer).expect_err("not ours");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.to_string().contains("Somebody else"), "{error}");
}

/// A client that is away at a third party, waiting for a hidden value.
fn away(wiki: &Canned, requests: Value) -> Client {
    wiki.reply(form(password_requests()));
    let redirect =
        json!({"status": "REDIRECT", "redirecttarget": "https://third.example/", "requests": requests});
    wiki.reply(json!({"createaccount": redirect}).to_string()).reply(PASS);
    let mut client = wiki.client(Config::new().return_url("https://app.example/back"));
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Someone"), ("password", "correct horse 7")]);
    assert_eq!(client.submit(&answer).expect("an answer").status(), "REDIRECT");
    client
}

fn hidden_code() -> Value {
    json!([{"id": "Code", "required": "required", "fields": {"code": {"type": "hidden"}}}])
}

#[test]
fn a_hidden_field_that_nothing_filled_in_is_not_made_up() {
    // What a refusal by the third party means is the provider's to say.
    for (query, code) in [("error=denied", &[][..]), ("code=7", &["7"])] {
        let wiki = Canned::default();
        let mut client = away(&wiki, hidden_code());
        client.resume(&format!("https://app.example/back?{query}"), b"").expect("an answer");
        assert_eq!(sent(&wiki, "code"), code);
    }
}

#[test]
fn a_returned_value_reaches_the_request_that_was_chosen() {
    let wiki = Canned::default();
    let mut client = away(&wiki, hidden_code());
    let chosen = Answer::new().use_request("Code");
    client.resume_with("https://app.example/back?code=7", b"", &chosen).expect("an answer");
    assert_eq!(sent(&wiki, "code"), ["7"]);
}

#[test]
fn an_optional_request_is_not_asked_for_by_a_name_that_others_take() {
    let invite = |name: &str| json!({"id": name, "required": "optional", "fields": {"username": string(), name: string(), "note": string()}});
    let mut requests = password_requests();
    requests.as_array_mut().expect("a list").extend([invite("invitation"), invite("voucher")]);
    let base = Answer::from([("username", "Someone"), ("password", "correct horse 7")]);
    for (given, missing) in [
        (vec![], None),
        (vec!["invitation"], Some("note")),
        // Two requests take it, but neither is complete.
        (vec!["note"], Some("invitation")),
        (vec!["note", "voucher"], None),
    ] {
        let wiki = Canned::default();
        wiki.reply(form(requests.clone())).reply(PASS);
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let mut answer = base.clone();
        for name in &given {
            answer = answer.set(*name, "word");
        }
        match (client.submit(&answer), missing) {
            (Ok(_), None) => {}
            (Err(error), Some(missing)) => assert_eq!(error.field(), Some(missing), "{given:?}"),
            (outcome, _) => panic!("{given:?}: {outcome:?}"),
        }
    }
}

#[test]
fn characters_that_wikis_replace_are_refused() {
    for replaced in ['\0', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        let wiki = Canned::default();
        wiki.reply(form(password_requests())).reply(PASS);
        let mut client = wiki.client(Config::new());
        client.begin(Begin::new()).expect("a form");
        let password = format!("correct{replaced}horse 7");
        let answer = |password: &str| Answer::from([("username", "Someone"), ("password", password)]);
        let errors = [
            client.submit(&answer(&password)).expect_err("replaced"),
            client.check_password(&password.as_str().into(), None).expect_err("replaced"),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("password")));
        }
        let error = client.check_username(&password).expect_err("replaced");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("username")));
        // Their neighbours are not.
        client.submit(&answer("correct\u{fffd}\u{7f}\thorse 7")).expect("an answer");
    }
}

#[test]
fn what_comes_back_is_read_as_the_wiki_would() {
    let fields = json!({"code": {"type": "hidden"}, "note": {"type": "string", "optional": true},
        "nonce": {"type": "hidden", "value": "n1"}});
    let requests = json!([{"id": "Code", "required": "required", "fields": fields}]);
    let back = "https://app.example/back";

    for (url, body, field) in [
        ("?code=a%E9b", "", "returned_url"),
        ("?code=7&note=%FF", "", "returned_url"),
        ("?code=7", "note=a\u{e9}%E9", "body"),
        ("?code=a%00b", "", "code"),
        ("?code=7&note=a%EF%BF%BFb", "", "note"),
    ] {
        let wiki = Canned::default();
        let mut client = away(&wiki, requests.clone());
        let error = client.resume(&format!("{back}{url}"), body.as_bytes()).expect_err("would be replaced");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)), "{url} {body}");
        assert_eq!(wiki.sent().len(), 2, "nothing was sent");
    }

    let wiki = Canned::default();
    let mut client = away(&wiki, requests);
    // What is not a field need not be text; the body wins over the address, and the last of several over the others.
    let url = format!("{back}?error_text=%E9&%E9=1&code=1&code=2&note=a+b%2Bc%C3%A9%26&nonce=forged");
    client.resume(&url, b"code=3&code=%C5%82=4").expect("an answer");
    assert_eq!(sent(&wiki, "code"), ["ł=4"]);
    assert_eq!(sent(&wiki, "note"), ["a b+cé&"]);
    assert_eq!(sent(&wiki, "nonce"), ["n1"]);
}

#[test]
fn a_login_that_wants_a_captcha_gives_its_form() {
    let login_form = json!({"query": {"tokens": {"logintoken": "0a+\\"}, "authmanagerinfo": {"requests": [
        {"id": "Password", "required": "primary-required",
            "fields": {"username": string(), "password": {"type": "password"}}},
        {"id": "Captcha", "required": "required", "metadata": {"type": "question", "mime": "text/plain"}, "fields": {
            "captchaId": {"type": "hidden", "value": "1"}, "captchaInfo": {"type": "null", "value": "Two and two?"},
            "captchaWord": string()}},
    ]}}});
    let wiki = Canned::default();
    wiki.reply(login_form.to_string()).reply(r#"{"clientlogin":{"status":"PASS","username":"Alice"}}"#);
    let mut client = wiki.client(Config::new());
    let Step::Form(shown) = client.login("Alice", &"correct horse 7".into()).expect("a form") else {
        panic!("a form")
    };
    assert_eq!(shown.captcha().expect("a captcha").text(), "Two and two?");
    assert_eq!(wiki.sent().len(), 1, "no attempt was spent");

    // What is wrong with name and password stays an error.
    let answer = |password: &str| {
        Answer::from([("username", "Alice"), ("password", password), ("captchaWord", "four")])
    };
    assert_eq!(client.submit(&answer("")).expect_err("none").field(), Some("password"));
    assert_eq!(client.submit(&answer("correct horse 7")).expect("an answer").status(), "PASS");
    assert_eq!(sent(&wiki, "action"), ["clientlogin"]);
    assert_eq!(sent(&wiki, "captchaWord"), ["four"]);

    wiki.reply(login_form.to_string());
    let error = client.login("Alice", &"with a \u{1}".into()).expect_err("replaced");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("password")));
}

#[test]
fn debug_shows_no_values_that_are_nobodys_business() {
    let fields = json!({"state": {"type": "hidden", "value": "SECRET-nonce"}, "code": {"type": "string",
        "sensitive": true, "value": "SECRET-preset", "optional": true}});
    let requests = json!([{"id": "A", "required": "required", "fields": fields}]);
    let target = "https://third.example/?state=SECRET-target";
    let answers = [
        json!({"status": "UI", "requests": requests}),
        json!({"status": "REDIRECT", "requests": requests, "redirecttarget": target,
            "redirectdata": {"nonce": "SECRET-data"}}),
        json!({"status": "RESTART", "requests": requests}),
        json!({"status": "FAIL", "requests": requests, "message": "No.", "messagecode": "no"}),
        json!({"status": "PASS", "requests": requests, "username": "Someone"}),
        json!({"status": "LATER", "redirecttarget": target, "requests": requests}),
    ];
    for answer in answers {
        let wiki = Canned::default();
        wiki.reply(form(requests.clone())).reply(json!({"createaccount": answer}).to_string());
        let mut client = wiki.client(Config::new());
        let steps = [client.begin(Begin::new()), client.submit(&Answer::new())];
        for step in steps {
            let step = step.expect("a step");
            let (short, long) = (format!("{step:?}"), format!("{step:#?}"));
            assert!(step.raw().is_some_and(|raw| raw.to_string().contains("SECRET")), "{:?}", step.raw());
            assert!(!short.contains("SECRET") && !long.contains("SECRET"), "{long}");
        }
        assert!(!format!("{client:?}").contains("SECRET"));
    }
}

#[test]
fn an_error_names_some_choices_of_many() {
    let wiki = Canned::default();
    let options: Value = (0..5000).map(|n| (format!("k{n}"), json!(format!("Choice {n}")))).collect();
    let requests = json!([{"id": "Domain", "required": "required", "metadata": {},
        "fields": {"username": string(), "domain": {"type": "select", "options": options}}}]);
    wiki.reply(form(requests));
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let error =
        client.submit(&Answer::from([("username", "Someone"), ("domain", "no")])).expect_err("no choice");
    assert_eq!(error.field(), Some("domain"));
    let text = error.message();
    assert!(text.contains("k0, k1") && text.contains("4980 more") && text.len() < 400, "{text}");
}
