//! Requests of the shapes that extensions give theirs (`forms.json` of the test extension).

use serde_json::json;

use crate::{
    On::All,
    Scenario,
    play::{PASSWORD, Play, RETURN_URL},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "optional_button", profiles: "optbutton", wikis: All, play: optional_button },
    Scenario { name: "button_or_name", profiles: "steps", wikis: All, play: button_or_name },
    Scenario { name: "hidden_empty", profiles: "campaign", wikis: All, play: hidden_empty },
    Scenario { name: "hidden_key", profiles: "steps", wikis: All, play: hidden_key },
    Scenario { name: "renamed_fields", profiles: "renamed", wikis: All, play: renamed_fields },
    Scenario { name: "box_not_ticked", profiles: "teacher", wikis: All, play: box_not_ticked },
    Scenario { name: "preset_fields", profiles: "preset", wikis: All, play: preset_fields },
    Scenario { name: "shared_choices", profiles: "steps", wikis: All, play: shared_choices },
    Scenario { name: "return_denied", profiles: "steps", wikis: All, play: return_denied },
    Scenario { name: "return_bare", profiles: "steps", wikis: All, play: return_bare },
    Scenario { name: "merged_and_restricted", profiles: "steps", wikis: All, play: merged_and_restricted },
];

fn optional_button(play: &mut Play) {
    play.sign_up(&[("username", "Pressed"), ("signupElsewhere", "1")]).is("PASS");
    assert_eq!(play.user("Pressed").expect("made")["password"], false);
    play.sign_up(&[("username", "Typed"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(play.user("Typed").expect("made")["password"], true);
    play.begin().is("FORM");
    let neither = play.sends_nothing(|play| play.submit(&[("username", "Neither")]));
    neither.refuses("INVALID_ARGUMENT", "password");
}

fn button_or_name(play: &mut Play) {
    play.start_chain("Named", "button-or-name").is("UI");
    play.submit(&[("local_username", "Here")]).is("PASS");
    assert_eq!(play.received("continue", "StepTestNameRequest"), Some(json!({ "local_username": "Here" })));
    assert_eq!(play.received("continue", "StepTestPickRequest"), None);
}

fn hidden_empty(play: &mut Play) {
    let campaign = |play: &Play| play.received("begin", "StepTestCampaignRequest");
    let values = [("username", "Recruited"), ("password", PASSWORD), ("campaign", "spring")];
    play.sign_up(&values).is("PASS");
    assert_eq!(campaign(play), Some(json!({ "campaign": "spring" })));
    play.sign_up(&[("username", "Unasked"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(campaign(play), Some(json!({ "campaign": "" })));
}

fn hidden_key(play: &mut Play) {
    let ui = play.start_chain("Keyholder", "key");
    ui.is("UI");
    let challenge = ui.field("auth_info").value().expect("a challenge").to_owned();
    play.sends_nothing(|play| play.submit(&[])).refuses("INVALID_ARGUMENT", "credential");
    play.submit(&[("credential", "signed")]).is("PASS");
    assert_eq!(
        play.received("continue", "StepTestKeyRequest"),
        Some(json!({ "auth_info": challenge, "credential": "signed" }))
    );
}

fn renamed_fields(play: &mut Play) {
    // PHP takes `news.letter` for `news_letter`, so that the request never loads: its values would be lost.
    for field in ["news.letter", "nick name", "motto"] {
        play.begin().is("FORM");
        play.set(&[("username", "Subscriber"), ("password", PASSWORD)]);
        let refused = play.sends_nothing(|play| play.try_submit(field, Some("weekly")));
        refused.refuses("INVALID_ARGUMENT", field);
    }
    play.sign_up(&[("username", "Subscriber"), ("password", PASSWORD), ("hobby", "birds")]).is("PASS");
    assert_eq!(
        play.received("begin", "StepTestBoxRequest"),
        Some(json!({ "fine.print": false, "hobby": "birds" }))
    );
}

fn box_not_ticked(play: &mut Play) {
    play.begin().is("FORM");
    let unticked = play.sends_nothing(|play| play.submit(&[("username", "Pupil"), ("password", PASSWORD)]));
    unticked.refuses("INVALID_ARGUMENT", "teacher");
    // The extension loads its request in any case, and a host that knows can insist; for this answer only.
    play.tell(&["unchecked", "1"]);
    play.submit(&[("username", "Pupil"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(play.received("begin", "StepTestTeacherRequest"), Some(json!({})), "it loaded");
    play.begin().is("FORM");
    play.sends_nothing(|play| play.submit(&[("username", "Another pupil"), ("password", PASSWORD)]))
        .refuses("INVALID_ARGUMENT", "teacher");
    play.sign_up(&[("username", "Teacher"), ("password", PASSWORD), ("teacher", "1")]).is("PASS");
    assert_eq!(play.received("begin", "StepTestTeacherRequest"), Some(json!({ "teacher": true })));
}

fn preset_fields(play: &mut Play) {
    let preset = |play: &Play| play.received("begin", "StepTestPresetRequest");
    let form = play.begin();
    assert_eq!(form.field("letter").value(), Some("1"));
    play.submit(&[("username", "Content"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(preset(play), Some(json!({ "letter": true, "areas": ["art"] })));

    play.begin().is("FORM");
    play.tell(&["choose", "areas", "law"]);
    play.submit(&[("username", "Choosy"), ("password", PASSWORD), ("letter", "0")]).is("PASS");
    assert_eq!(preset(play), Some(json!({ "letter": false, "areas": ["law"] })));
}

fn shared_choices(play: &mut Play) {
    play.start_chain("Sharer", "shared").is("UI");
    play.tell(&["choose", "groups", "a"]);
    play.sends_nothing(|play| play.submit(&[("domain", "z")])).refuses("INVALID_ARGUMENT", "domain");
    play.tell(&["choose", "groups", "c"]);
    play.sends_nothing(|play| play.submit(&[("domain", "x")])).refuses("INVALID_ARGUMENT", "groups");
    play.tell(&["unset", "groups"]);
    play.tell(&["choose", "groups", "a"]);
    play.submit(&[("domain", "x")]).is("PASS");
    for request in ["StepTestFirstRequest", "StepTestSecondRequest"] {
        let received = play.received("continue", request);
        assert_eq!(received, Some(json!({ "domain": "x", "groups": ["a"] })), "{request}");
    }
}

fn return_denied(play: &mut Play) {
    let received = |play: &Play| play.received("continue", "StepTestGrantRequest").expect("it loads");
    play.start_chain("Denied", "denied").is("REDIRECT");
    play.call(&["resume", &format!("{RETURN_URL}&error=access_denied"), ""]).is("PASS");
    // What did not come back is not there: its provider would take an empty code for one.
    assert_eq!(received(play), json!({ "error": "access_denied" }));

    play.start_chain("Silent", "denied").is("REDIRECT");
    play.call(&["resume", RETURN_URL, ""]).is("PASS");
    assert_eq!(received(play), json!({}));

    // Without a return it is a form like any other.
    play.start_chain("Typed", "denied").is("REDIRECT");
    play.submit(&[("code", "typed")]).is("PASS");
    assert_eq!(received(play), json!({ "code": "typed", "error": "" }));
}

fn return_bare(play: &mut Play) {
    play.start_chain("Bare", "bare").is("REDIRECT");
    play.call(&["resume", RETURN_URL, ""]).is("PASS").has("username", "Bare");
}

fn merged_and_restricted(play: &mut Play) {
    play.open(&["merge_fields=1"]);
    play.begin().is("FORM");
    for id in ["MediaWiki\\Auth\\UsernameAuthenticationRequest", "StepTestRequest"] {
        play.tell(&["use", id]);
    }
    let values = [("username", "Restricted"), ("stepStart", "1"), ("stepChain", "ui")];
    play.submit(&values).is("UI");
    play.tell(&["use", "StepTestEverythingRequest"]);
    let answers = [("code", "1234"), ("pin", "1"), ("color", "red"), ("agree", "1")];
    play.submit(&answers).is("PASS").has("username", "Restricted");
}
