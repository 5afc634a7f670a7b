//! Sign-ups of several steps: UI, REDIRECT, RESTART, and what providers do besides.

use serde_json::json;

use crate::{
    On::All,
    Scenario,
    play::{Answer, PASSWORD, Play, RETURN_URL, part},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "step_request_is_shown", profiles: "steps", wikis: All, play: step_request_is_shown },
    Scenario { name: "password_beside_steps", profiles: "steps", wikis: All, play: password_beside_steps },
    Scenario { name: "no_step", profiles: "steps", wikis: All, play: no_step },
    Scenario { name: "every_field", profiles: "steps", wikis: All, play: every_field },
    Scenario { name: "wrong_code_asks_again", profiles: "steps", wikis: All, play: wrong_code_asks_again },
    Scenario { name: "skip_by_button", profiles: "steps", wikis: All, play: skip_by_button },
    Scenario { name: "redirect", profiles: "steps", wikis: All, play: redirect },
    Scenario { name: "redirect_back_by_post", profiles: "steps", wikis: All, play: redirect_back_by_post },
    Scenario {
        name: "redirect_optional_field",
        profiles: "steps",
        wikis: All,
        play: redirect_optional_field,
    },
    Scenario { name: "redirect_wrong_state", profiles: "steps", wikis: All, play: redirect_wrong_state },
    Scenario {
        name: "redirect_from_elsewhere",
        profiles: "steps",
        wikis: All,
        play: redirect_from_elsewhere,
    },
    Scenario { name: "redirect_denied", profiles: "steps", wikis: All, play: redirect_denied },
    Scenario { name: "redirect_uncaught", profiles: "steps", wikis: All, play: redirect_uncaught },
    Scenario { name: "odd_fields", profiles: "steps", wikis: All, play: odd_fields },
    Scenario { name: "odd_fields_unticked", profiles: "steps", wikis: All, play: odd_fields_unticked },
    Scenario { name: "odd_fields_unchecked", profiles: "steps", wikis: All, play: odd_fields_unchecked },
    Scenario { name: "redirect_to_script", profiles: "steps", wikis: All, play: redirect_to_script },
    Scenario { name: "chain", profiles: "steps", wikis: All, play: chain },
    Scenario { name: "step_fails", profiles: "steps", wikis: All, play: step_fails },
    Scenario { name: "step_fails_late", profiles: "steps", wikis: All, play: step_fails_late },
    Scenario { name: "reconcile_a_name", profiles: "stock", wikis: All, play: reconcile_a_name },
    Scenario { name: "step_crashes", profiles: "steps", wikis: All, play: step_crashes },
    Scenario { name: "reconcile_after_another_begin", profiles: "steps", wikis: All, play: reconcile_later },
    Scenario {
        name: "reconcile_what_is_known",
        profiles: "steps",
        wikis: All,
        play: reconcile_what_is_known,
    },
    Scenario { name: "reconcile_keeps_the_form", profiles: "steps", wikis: All, play: reconcile_keeps },
    Scenario { name: "step_given_up_after_the_account", profiles: "steps", wikis: All, play: step_given_up },
    Scenario { name: "step_after_the_account", profiles: "steps", wikis: All, play: step_after_the_account },
    Scenario { name: "abandoned_flow_is_gone", profiles: "steps", wikis: All, play: abandoned_flow_is_gone },
    Scenario { name: "session_lost_in_step", profiles: "steps", wikis: All, play: session_lost_in_step },
    Scenario { name: "restart", profiles: "steps", wikis: All, play: restart },
    Scenario { name: "unknown_status", profiles: "steps", wikis: All, play: unknown_status },
    Scenario { name: "wiki_merges_fields", profiles: "steps", wikis: All, play: wiki_merges_fields },
    Scenario {
        name: "primary_behind_a_button",
        profiles: "button",
        wikis: All,
        play: primary_behind_a_button,
    },
    Scenario { name: "save_and_load_in_ui", profiles: "steps", wikis: All, play: save_and_load_in_ui },
    Scenario {
        name: "save_and_load_in_redirect",
        profiles: "steps",
        wikis: All,
        play: save_and_load_in_redirect,
    },
    Scenario { name: "save_and_load_sealed", profiles: "steps", wikis: All, play: save_and_load_sealed },
    Scenario { name: "save_keeps_the_return_url", profiles: "steps", wikis: All, play: save_keeps_return },
];

const EVERYTHING: &str = "StepTestEverythingRequest";

/// Right answers to the step of every field.
const ANSWERS: &[(&str, &str)] =
    &[("code", "1234"), ("pin", "98 76"), ("color", "1"), ("agree", "1"), ("news", "0")];

fn step_request_is_shown(play: &mut Play) {
    let form = play.begin();
    form.is("FORM");
    let request = form.all("request").into_iter().find(|line| line[1] == "StepTestRequest");
    let request = request.unwrap_or_else(|| panic!("no StepTestRequest: {form:#?}"));
    assert_eq!(
        request[2..],
        ["primary-required", "Step test", "Steps", r#"{"purpose":"tests"}"#, "stepStart,stepChain"]
    );
    assert_eq!(form.field("stepStart").kind(), "button");
    assert_eq!(form.field("stepStart").label(), "Sign up in steps");
    assert_eq!(form.field("stepStart").help(), "Starts a sign-up of several steps.");
    assert_eq!(form.field("stepChain").kind(), "select");
    let choices = form.all("choice");
    assert!(choices.iter().any(|line| line[1..] == ["stepChain", "chain", "Several steps"]), "{choices:?}");
    // Two ways to make the account: what only one of them needs is not required.
    assert_eq!(form.field("username").flags(), "required");
    assert_eq!(form.field("password").flags(), "sensitive");
    assert_eq!(form.field("stepChain").flags(), "");
}

fn password_beside_steps(play: &mut Play) {
    play.sign_up(&[("username", "By password"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(play.user("By password").expect("made")["password"], true);
}

fn no_step(play: &mut Play) {
    play.start_chain("Stepless", "none").is("PASS").has("username", "Stepless");
    assert_eq!(play.user("Stepless").expect("made")["password"], false);
}

fn every_field(play: &mut Play) {
    let ui = play.start_chain("Thorough", "ui");
    ui.is("UI").has("message", "Please answer every question.").has("message_code", "steptest-everything");
    let expected = [
        ("code", "string", "Code", "required sensitive"),
        ("pin", "password", "Pin", "required sensitive"),
        ("note", "string", "Note", ""),
        ("color", "select", "Colour", "required"),
        ("topics", "multiselect", "Topics", ""),
        ("agree", "checkbox", "I agree", "required"),
        ("news", "checkbox", "Send me news", ""),
        ("ticket", "hidden", "Ticket", ""),
        ("info", "null", "Information", ""),
        ("skip", "button", "Skip", ""),
    ];
    let shown: Vec<_> = ui
        .fields()
        .into_iter()
        .map(|name| (name, ui.field(name).kind(), ui.field(name).label(), ui.field(name).flags()))
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(ui.field("info").value(), Some("Read this."));
    assert_eq!(ui.field("code").help(), "The code is 1234.");
    let colors: Vec<&[String]> = ui.all("choice").into_iter().filter(|line| line[1] == "color").collect();
    let mut colors: Vec<(&str, &str)> = colors.iter().map(|line| (part(line, 2), part(line, 3))).collect();
    colors.sort_unstable();
    assert_eq!(colors, [("1", "The number one"), ("green", "Green"), ("red", "Red")]);
    let ticket = ui.field("ticket").value().expect("a ticket").to_owned();

    play.set(ANSWERS);
    play.tell(&["choose", "topics", "a|b"]);
    play.tell(&["choose", "topics", "law"]);
    play.call(&["submit"]).is("PASS").has("username", "Thorough");
    assert_eq!(
        play.received("continue", EVERYTHING),
        Some(json!({
            "code": "1234", "pin": "98 76", "note": "", "color": "1", "topics": ["a|b", "law"],
            "agree": true, "news": false, "ticket": ticket,
        }))
    );
}

fn wrong_code_asks_again(play: &mut Play) {
    play.start_chain("Hasty", "ui").is("UI");
    play.set(ANSWERS);
    let again = play.submit(&[("code", "4321")]);
    again.is("UI").has("message_code", "steptest-wrong-code").has("message", "That code is wrong.");
    assert!(play.user("Hasty").is_none());
    play.submit(ANSWERS).is("PASS");
}

fn skip_by_button(play: &mut Play) {
    play.start_chain("Idle", "ui").is("UI");
    // A pressed button answers in place of the other requests.
    play.submit(&[("skip", "1")]).is("PASS").has("username", "Idle");
    assert!(play.received("continue", "StepTestSkipRequest").is_some());
    assert_eq!(play.received("continue", EVERYTHING), None);
}

fn start_redirect(play: &mut Play, username: &str, chain: &str) -> String {
    let away = play.start_chain(username, chain);
    away.is("REDIRECT").has_none("message");
    let data: serde_json::Value = serde_json::from_str(away.get("data").expect("data")).expect("JSON");
    assert_eq!(data, json!({"purpose": "tests", "n": 1}));
    away.get("target").expect("a target").to_owned()
}

fn redirect(play: &mut Play) {
    let target = start_redirect(play, "Traveller", "redirect");
    let returned = play.visit(&target);
    assert!(returned.starts_with(RETURN_URL), "{returned}");
    play.call(&["resume", &returned, ""]).is("PASS").has("username", "Traveller");
    let last = play.requests().pop().expect("a request");
    assert_eq!(last.posted("code"), Some("third-party-code"));
    assert_eq!(last.posted("action"), Some("createaccount"), "not the third party's");
    assert_ne!(last.posted("createtoken"), Some("evil"), "not the third party's");
    assert_eq!(last.body.iter().filter(|(name, _)| name == "action" || name == "createtoken").count(), 2);
    assert_eq!(last.posted("path"), None, "the host's own parameter is not passed on");
}

const ODD: &str = "StepTestOddRequest";
const LENIENT: &str = "StepTestLenientRequest";

fn odd_fields(play: &mut Play) {
    let ui = play.start_chain("Odd", "odd");
    ui.is("UI").has("message_code", "steptest-form");
    assert_eq!(ui.field("news").value(), Some("1"));
    let presets: Vec<&[String]> =
        ui.all("choice").into_iter().filter(|line| part(line, 4) == "preset").collect();
    let presets: Vec<(&str, &str)> = presets.iter().map(|line| (part(line, 1), part(line, 2))).collect();
    assert_eq!(presets, [("topics", "art"), ("topics", "law")]);

    // Each of the two requests has another choice.
    play.set(&[("teacher", "1")]);
    for domain in ["", "y", "z"] {
        play.sends_nothing(|play| play.submit(&[("domain", domain)])).refuses("INVALID_ARGUMENT", "domain");
    }
    // The wiki would take it, and lose it.
    play.set(&[("domain", "x"), ("news.letter", "weekly")]);
    play.sends_nothing(|play| play.call(&["submit"])).refuses("INVALID_ARGUMENT", "news.letter");
    play.tell(&["unset", "news.letter"]);
    play.call(&["submit"]).is("PASS");
    let odd = json!({"news": true, "topics": ["art", "law"], "domain": "x", "campaign": ""});
    assert_eq!(play.received("continue", ODD), Some(odd));
    assert_eq!(play.received("continue", LENIENT), Some(json!({"domain": "x", "teacher": true})));
}

fn odd_fields_unticked(play: &mut Play) {
    play.start_chain("Unticked", "odd").is("UI");
    play.submit(&[("domain", "x"), ("teacher", "1"), ("news", "0"), ("topics", ""), ("campaign", "spring")])
        .is("PASS");
    let odd = json!({"news": false, "topics": [], "domain": "x", "campaign": "spring"});
    assert_eq!(play.received("continue", ODD), Some(odd));
}

fn odd_fields_unchecked(play: &mut Play) {
    play.start_chain("Unchecked", "odd").is("UI");
    play.set(&[("domain", "y")]);
    play.sends_nothing(|play| play.call(&["submit"])).refuses("INVALID_ARGUMENT", "domain");
    // What no parameter can carry is refused all the same.
    play.tell(&["unchecked", "1"]);
    for (name, value) in [("campaign", "a\u{1}"), ("news.letter", "weekly"), ("createtoken", "evil")] {
        let refused = play.sends_nothing(|play| play.try_submit(name, Some(value)));
        refused.refuses("INVALID_ARGUMENT", name);
        play.call(&["unset", name]);
    }
    play.tell(&["unchecked", "0"]);
    play.sends_nothing(|play| play.call(&["submit"])).refuses("INVALID_ARGUMENT", "domain");
    // A request that loads in any case, and a name that only an extension knows.
    play.tell(&["unchecked", "1"]);
    play.submit(&[("survey", "yes")]).is("PASS");
    let sent = play.requests().pop().expect("a request");
    assert_eq!((sent.posted("survey"), sent.posted("campaign")), (Some("yes"), Some("")));
    assert_eq!(play.received("continue", LENIENT), Some(json!({"domain": "y"})));
    assert_eq!(play.received("continue", ODD).expect("it loaded")["news"], true);

    // It holds for one answer.
    play.start_chain("Checked", "odd").is("UI");
    play.sends_nothing(|play| play.submit(&[("domain", "y")])).refuses("INVALID_ARGUMENT", "domain");
}

fn redirect_back_by_post(play: &mut Play) {
    let target = start_redirect(play, "Poster", "redirect");
    let page = play.page(&format!("{target}&method=post"));
    let body = form_of(&page);
    assert!(body.contains("createtoken=evil"), "{body}");
    play.call(&["resume", RETURN_URL, &body]).is("PASS").has("username", "Poster");
}

/// The body that a browser would post for the hidden inputs of a page.
fn form_of(page: &str) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    for input in page.split("<input").skip(1) {
        let attribute = |name: &str| {
            let rest = input.split_once(&format!("{name}=\"")).expect("an attribute").1;
            rest.split_once('"').expect("a quote").0.replace("&amp;", "&")
        };
        body.append_pair(&attribute("name"), &attribute("value"));
    }
    body.finish()
}

fn redirect_optional_field(play: &mut Play) {
    let target = start_redirect(play, "Hintless", "redirect-optional");
    // The third party sends no hint. The wiki's own page makes none up either, and the request does not load.
    let returned = play.visit(&target);
    play.call(&["resume", &returned, ""]).fails("other", "steptest-bad-state");
    assert_eq!(play.requests().pop().expect("a request").posted("hint"), None);

    // A host that knows better gives it.
    let target = start_redirect(play, "Hintless", "redirect-optional");
    let returned = play.visit(&target);
    play.set(&[("hint", "")]);
    play.call(&["resume", &returned, ""]).is("PASS");
    assert_eq!(play.requests().pop().expect("a request").posted("hint"), Some(""));
}

fn redirect_wrong_state(play: &mut Play) {
    let target = start_redirect(play, "Forged", "redirect");
    let returned = play.visit(&target).replace("state=", "state=not");
    play.call(&["resume", &returned, ""]).fails("other", "steptest-bad-state");
}

fn redirect_from_elsewhere(play: &mut Play) {
    let target = start_redirect(play, "Careful", "redirect");
    let returned = play.visit(&target);
    for wrong in [
        returned.replace("127.0.0.1:9", "127.0.0.1:10"),
        returned.replace("path=secret", "path=guess"),
        returned.replace("/return", "/other"),
        "return?code=x&state=y".to_owned(),
        returned.replace("http:", "https:"),
    ] {
        let refused = play.sends_nothing(|play| play.call(&["resume", &wrong, ""]));
        refused.refuses("INVALID_ARGUMENT", "returned_url");
    }
    play.call(&["resume", &returned, ""]).is("PASS");
}

fn redirect_denied(play: &mut Play) {
    start_redirect(play, "Denied", "redirect");
    // The step has no field for it: the provider sees that nothing came.
    let returned = format!("{RETURN_URL}&error=access_denied");
    play.call(&["resume", &returned, ""]).fails("other", "steptest-bad-state");

    // What the host alone fills in must load by itself.
    start_redirect(play, "Denied", "redirect");
    play.set(&[("state", "guessed")]);
    let refused = play.sends_nothing(|play| play.call(&["resume", &returned, ""]));
    refused.refuses("INVALID_ARGUMENT", "code");
    let message = &refused.line("error").expect("an error")[2];
    assert!(message.contains("access_denied"), "{message}");
}

fn redirect_uncaught(play: &mut Play) {
    let api_url = play.api_url();
    play.tell(&["new", &api_url]);
    let away = play.start_chain("Lost one", "redirect");
    away.is("REDIRECT");
    let message = away.get("message").expect("a warning");
    assert!(message.contains("return URL"), "{message}");
}

fn redirect_to_script(play: &mut Play) {
    let refused = play.start_chain("Victim", "script");
    // A provider after the account could ask for the visit, too.
    refused.errs("OUTCOME_UNKNOWN", "");
    play.call(&["reconcile"]).is("UI");
    play.start_chain("Victim", "none").is("PASS");
}

fn chain(play: &mut Play) {
    play.start_chain("Chained", "chain").is("UI").has("message_code", "steptest-code");
    play.submit(&[("code", "0")]).is("UI").has("message_code", "steptest-wrong-code");
    let away = play.submit(&[("code", "1234")]);
    away.is("REDIRECT");
    let returned = play.visit(away.get("target").expect("a target"));
    let topics = play.call(&["resume", &returned, ""]);
    topics.is("UI").has("message_code", "steptest-topics");
    assert!(play.user("Chained").is_none());
    // A choice counts once, however often it is made.
    play.tell(&["choose", "topics", "art"]);
    play.tell(&["choose", "topics", "art"]);
    play.submit(&[("confirmTopics", "1")]).is("PASS").has("username", "Chained");
    assert_eq!(
        play.received("continue", "StepTestTopicsRequest"),
        Some(json!({"topics": ["art"], "confirmTopics": true}))
    );
    assert!(play.user("Chained").is_some());
}

fn step_fails(play: &mut Play) {
    let fail = play.start_chain("Unlucky", "fail");
    fail.fails("other", "steptest-refused").has("message", "The step test refuses this account.");
}

fn step_fails_late(play: &mut Play) {
    play.start_chain("Unlucky", "late-fail").is("UI");
    play.submit(&[("code", "1234")]).fails("other", "steptest-refused");
    play.start_chain("Unlucky", "none").is("PASS");
}

fn step_crashes(play: &mut Play) {
    let error = play.start_chain("Crashed", "crash");
    error.errs("OUTCOME_UNKNOWN", "internal_api_error_RuntimeException");
    play.submit(&[]).refuses("INVALID_STATE", "");
    play.call(&["reconcile"]).is("FAIL").has("reason", "other").has_none("message_code");
    assert!(play.user("Crashed").is_none());
}

fn reconcile_later(play: &mut Play) {
    play.start_chain("Crashed", "crash").errs("OUTCOME_UNKNOWN", "internal_api_error_RuntimeException");
    play.begin().is("FORM");
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    play.call(&["load", &play.api_url(), &data, "user_agent=another/1.0", "reconcile_wait_ms=500"])
        .is("FORM");
    play.call(&["reconcile"]).is("FAIL").has("reason", "other");
}

fn reconcile_what_is_known(play: &mut Play) {
    play.begin().is("FORM");
    play.sends_nothing(|play| play.call(&["reconcile"])).is("FORM");
    play.submit(&[("username", "Known"), ("password", PASSWORD)]).is("PASS");
    play.sends_nothing(|play| play.call(&["reconcile"])).is("PASS").has("username", "Known");
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    play.call(&["load", &play.api_url(), &data, "user_agent=another/1.0"])
        .is("PASS")
        .has("username", "Known");
    play.sends_nothing(|play| play.call(&["reconcile"])).is("PASS");
}

fn reconcile_a_name(play: &mut Play) {
    play.begin().is("FORM");
    let before = play.call(&["wiki_time"]).get("time").expect("the wiki's time").to_owned();
    play.submit(&[("username", "known name"), ("password", PASSWORD)]).is("PASS");
    // A client that has nothing but the name and the time.
    play.open(&["reconcile_wait_ms=500"]);
    play.call(&["reconcile_name", "known name", &before]).is("PASS").has("username", "Known name");
    play.call(&["reconcile_name", "Unknown name", &before]).is("FAIL").has("reason", "other");
    let later = (before.parse::<i64>().expect("seconds") + 3600).to_string();
    play.call(&["reconcile_name", "Taken", &later]).fails("name_taken", "userexists");
    // The form of somebody else stays.
    play.begin().is("FORM");
    play.call(&["reconcile_name", "known name", &before]).is("PASS");
    play.submit(&[("username", "Another"), ("password", PASSWORD)]).is("PASS");
}

fn reconcile_keeps(play: &mut Play) {
    play.start_chain("Alice", "crash").errs("OUTCOME_UNKNOWN", "internal_api_error_RuntimeException");
    play.begin().is("FORM");
    // It is about Alice; the form of somebody else waits.
    play.call(&["reconcile"]);
    play.submit(&[("username", "Bob"), ("stepStart", "1"), ("stepChain", "ui")]).is("UI");
    play.submit(ANSWERS).is("PASS").has("username", "Bob");
    assert!(play.user("Alice").is_none());
}

fn step_given_up(play: &mut Play) {
    play.start_chain("Early", "secondary").is("UI");
    // The account is there, so trying again must not end in "taken"; but it has no password.
    let again = play.sign_up(&[("username", "Early"), ("password", PASSWORD)]);
    again.errs("OUTCOME_UNKNOWN", "userexists");
    play.call(&["reconcile"]).is("PASS").has("username", "Early");
}

fn step_after_the_account(play: &mut Play) {
    let ui = play.start_chain("Early", "secondary");
    ui.is("UI").has("message_code", "steptest-topics");
    assert!(play.user("Early").is_some(), "the account exists while the question is open");
    play.submit(&[]).is("PASS").has("username", "Early");
}

fn abandoned_flow_is_gone(play: &mut Play) {
    play.start_chain("Abandoned", "loop").is("UI");
    play.submit(&[("code", "1")]).is("UI");
    // A second flow in the same session could end the first one.
    play.start_chain("Continued", "ui").is("UI");
    play.submit(ANSWERS).is("PASS").has("username", "Continued");
    assert!(play.user("Abandoned").is_none());
    let gets: Vec<_> = play.requests().into_iter().filter(|request| request.method == "GET").collect();
    assert_eq!(gets.len(), 2);
    assert!(gets[1].headers.get("cookie").is_none(), "a session of its own");
}

fn session_lost_in_step(play: &mut Play) {
    play.start_chain("Forgotten", "ui").is("UI");
    play.window("_forget");
    play.submit(ANSWERS).fails("session_lost", "badtoken");
    play.start_chain("Forgotten", "none").is("PASS");
}

fn restart(play: &mut Play) {
    let restart = play.start_chain("Again", "restart");
    restart.is("RESTART").has("message_code", "steptest-restart").has("message", "Please start again.");
    assert!(restart.line("can_preserve_state").is_some());
    assert!(restart.fields().contains(&"username"));
    play.start_chain("Again", "none").is("PASS");
}

fn unknown_status(play: &mut Play) {
    let other = play.start_chain("Later", "other");
    other.is("TOMORROW").has("message_code", "steptest-other").has("message", "A status of tomorrow.");
    play.submit(&[]).refuses("INVALID_STATE", "");
}

fn wiki_merges_fields(play: &mut Play) {
    play.open(&["merge_fields=1"]);
    let ui = play.start_chain("Merged", "ui");
    ui.is("UI");
    assert_eq!(ui.field("color").kind(), "select");
    assert_eq!(ui.fields().len(), 10);
    play.tell(&["use", EVERYTHING]);
    play.submit(ANSWERS).is("PASS");
    assert_eq!(play.received("continue", EVERYTHING).expect("it loaded")["note"], "");
    let posts: Vec<_> = play.requests().into_iter().filter(|request| request.method == "POST").collect();
    assert!(posts.iter().all(|post| post.posted("createmergerequestfields") == Some("1")));
}

fn primary_behind_a_button(play: &mut Play) {
    let form = play.begin();
    assert_eq!(form.field("signupElsewhere").label(), "Sign up elsewhere");
    play.submit(&[("username", "Pressed"), ("signupElsewhere", "1")]).is("PASS").has("username", "Pressed");
    assert_eq!(play.user("Pressed").expect("made")["password"], false);
}

fn reload(play: &mut Play) -> Answer {
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    let return_url = format!("return_url={RETURN_URL}");
    play.call(&[
        "load",
        &play.api_url(),
        &data,
        &return_url,
        "user_agent=another/1.0",
        "reconcile_wait_ms=1500",
    ])
}

fn save_and_load_in_ui(play: &mut Play) {
    play.start_chain("Moved", "ui").is("UI");
    let ui = reload(play);
    ui.is("UI").has("message_code", "steptest-everything");
    assert_eq!(ui.fields().len(), 10);
    // The wiki still knows the step.
    let again = play.call(&["reconcile"]);
    again.is("UI").has("message_code", "steptest-everything");
    play.submit(ANSWERS).is("PASS").has("username", "Moved");
}

fn save_and_load_in_redirect(play: &mut Play) {
    let target = start_redirect(play, "Moved", "redirect");
    let away = reload(play);
    away.is("REDIRECT").has("target", &target);
    let returned = play.visit(&target);
    play.call(&["resume", &returned, ""]).is("PASS").has("username", "Moved");
}

fn save_and_load_sealed(play: &mut Play) {
    let (key, other) = ("6b".repeat(32), "6f".repeat(32));
    let seal = |key: &str| format!("seal_key={key}");
    play.open(&[&seal(&key)]);
    play.start_chain("Sealed", "ui").is("UI");
    let sealed = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    let load = |play: &mut Play, data: &str, settings: &[&str]| {
        play.call(&[&["load", &play.api_url(), data][..], settings].concat())
    };
    load(play, &sealed, &[]).refuses("INVALID_ARGUMENT", "data");
    load(play, &sealed, &[&seal(&other)]).refuses("INVALID_ARGUMENT", "data");
    load(play, &sealed, &[&seal(&other[2..])]).refuses("INVALID_ARGUMENT", "seal_key");
    load(play, &sealed, &[&format!("open_key={key}")]).refuses("INVALID_ARGUMENT", "open_key");
    load(play, &sealed, &[&seal(&other), &format!("open_key={other}"), &format!("open_key={key}")]).is("UI");
    play.submit(ANSWERS).is("PASS").has("username", "Sealed");
    play.open(&[]);
    play.start_chain("Unsealed", "ui").is("UI");
    let unsealed = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    load(play, &unsealed, &[&seal(&key)]).refuses("INVALID_ARGUMENT", "data");
}

fn save_keeps_return(play: &mut Play) {
    play.start_chain("Moved", "chain").is("UI");
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    // Without a setting of its own it goes on with the flow's.
    play.call(&["load", &play.api_url(), &data, "user_agent=another/1.0"]).is("UI");
    let away = play.submit(&[("code", "1234")]);
    away.is("REDIRECT").has_none("message");
    let returned = play.visit(away.get("target").expect("a target"));
    play.call(&["resume", &returned, ""]).is("UI").has("message_code", "steptest-topics");
}
