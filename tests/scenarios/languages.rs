//! Labels and messages in the person's language and in every format, byte for byte as the wiki has them.

use crate::{
    On::{All, Real},
    Scenario,
    play::{PASSWORD, Play},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "in_polish", profiles: "stock", wikis: All, play: in_polish },
    Scenario { name: "in_korean", profiles: "stock", wikis: Real, play: in_korean },
    Scenario { name: "in_portuguese", profiles: "stock", wikis: Real, play: in_portuguese },
    Scenario { name: "format_plaintext", profiles: "titleblacklist", wikis: Real, play: format_plaintext },
    Scenario { name: "format_html", profiles: "steps", wikis: All, play: format_html },
    Scenario { name: "format_wikitext", profiles: "steps", wikis: All, play: format_wikitext },
    Scenario { name: "format_raw", profiles: "steps", wikis: All, play: format_raw },
    Scenario { name: "format_none", profiles: "steps", wikis: All, play: format_none },
    Scenario { name: "error_formats", profiles: "readonly", wikis: All, play: error_formats },
];

fn in_polish(play: &mut Play) {
    in_language(play, "pl");
}

fn in_korean(play: &mut Play) {
    in_language(play, "ko");
}

fn in_portuguese(play: &mut Play) {
    in_language(play, "pt");
}

fn in_language(play: &mut Play, code: &str) {
    play.open(&[&format!("language={code}")]);
    let form = play.begin();
    for (field, key) in [
        ("username", "userlogin-yourname"),
        ("password", "userlogin-yourpassword"),
        ("retype", "yourpasswordagain"),
        ("email", "authmanager-email-label"),
        ("realname", "authmanager-realname-label"),
    ] {
        let label = form.field(field).label().to_owned();
        assert_eq!(label, play.message(key, code), "{field}");
        assert_ne!(label, play.message(key, "en"), "{field} is translated");
    }
    let fail = play.submit(&[("username", "Taken"), ("password", PASSWORD)]);
    fail.fails("name_taken", "userexists").has("message", &play.message("userexists", code));
}

fn format_html(play: &mut Play) {
    play.open(&["message_format=html"]);
    play.start_chain("Formatted", "late-fail").is("UI").has("message", "Please enter the code.");
    let fail = play.submit(&[("code", "1")]);
    fail.fails("other", "steptest-refused").has("message", "The step test refuses this account.");
}

fn format_plaintext(play: &mut Play) {
    let values = [("username", "My badname"), ("password", PASSWORD)];
    play.open(&["message_format=html"]);
    let html = play.sign_up(&values);
    play.open(&["message_format=plaintext"]);
    let form = play.begin();
    let asked = play.requests().pop().expect("a request");
    assert_eq!(asked.queried("amimessageformat"), Some("html"));
    for name in form.fields() {
        let words = [form.field(name).label(), form.field(name).help()].concat();
        assert!(!words.contains('<') && !words.contains("&#") && !words.contains("&amp;"), "{words}");
    }
    let plain = play.submit(&values);
    plain.fails("name_forbidden", "titleblacklist-forbidden");
    let sent = play.requests().pop().expect("a request");
    assert_eq!(sent.posted("createmessageformat"), Some("html"));
    let (html, plain) = (html.get("message").expect("a message"), plain.get("message").expect("a message"));
    // What looks like a tag in the list of names is text.
    assert!(html.contains("<code>") && !plain.contains("<code>"), "{html} {plain}");
    assert!(plain.ends_with(".*badname.* <newaccountonly>"), "{plain}");
    assert_eq!(plain.split_whitespace().next(), html.split_whitespace().next());
}

fn format_wikitext(play: &mut Play) {
    play.open(&["message_format=wikitext"]);
    play.start_chain("Formatted", "ui").is("UI").has("message", "Please answer every question.");
    let last = play.requests().pop().expect("a request");
    assert_eq!(last.posted("createmessageformat"), Some("wikitext"));
}

fn format_raw(play: &mut Play) {
    play.open(&["message_format=raw"]);
    let form = play.begin();
    // Of a raw message the text is its key.
    assert_eq!(form.field("username").label(), "userlogin-yourname");
    let fail = play.submit(&[("username", "Taken"), ("password", PASSWORD)]);
    fail.fails("name_taken", "userexists").has("message", "userexists");
}

fn format_none(play: &mut Play) {
    play.open(&["message_format=none"]);
    let form = play.begin();
    assert_eq!((form.field("username").label(), form.field("username").help()), ("", ""));
    play.submit(&[("username", "Taken"), ("password", PASSWORD)])
        .fails("name_taken", "userexists")
        .has_none("message");
}

fn error_formats(play: &mut Play) {
    for format in ["bc", "plaintext", "wikitext", "html", "raw", "none"] {
        play.open(&[&format!("error_format={format}")]);
        let error = play.sign_up(&[("username", "Anyone"), ("password", PASSWORD)]);
        error.errs("API", "readonly");
        let message = &error.line("error").expect("an error")[2];
        assert!(message.contains("Maintenance until noon."), "{format}: {message}");
    }
}
