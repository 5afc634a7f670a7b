//! What never leaves the machine: the wiki would drop it silently, or refuse it at the price of a captcha and an
//! attempt.

use crate::{
    On::{All, Embedded},
    Scenario,
    play::{PASSWORD, Play, RETURN_URL, part},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "nobody_listens", profiles: "stock", wikis: Embedded, play: nobody_listens },
    Scenario { name: "refused_values", profiles: "steps", wikis: All, play: refused_values },
    Scenario { name: "refused_first_form", profiles: "steps", wikis: All, play: refused_first_form },
    Scenario { name: "states", profiles: "steps", wikis: All, play: states },
    Scenario { name: "refused_calls", profiles: "steps", wikis: All, play: refused_calls },
];

/// Wrong answers to the step of every field: type of the field, the field, what is given (nothing takes it back), and the
/// field and the problem that the error names.
const WRONG: &[(&str, &str, Option<&str>, &str, &str)] = &[
    ("string", "code", None, "code", "required"),
    ("string", "code", Some(""), "code", "required"),
    ("string", "note", Some("bell \u{7}"), "note", "control_character"),
    ("string", "note", Some("\u{1b}[31m"), "note", "control_character"),
    ("password", "pin", None, "pin", "required"),
    ("password", "pin", Some("12\u{1}34"), "pin", "control_character"),
    ("select", "color", None, "color", "required"),
    ("select", "color", Some(""), "color", "required"),
    ("select", "color", Some("blue"), "color", "not_a_choice"),
    ("select", "color", Some("Red"), "color", "not_a_choice"),
    ("multiselect", "topics", Some("art|law"), "topics", "not_a_choice"),
    ("multiselect", "topics", Some("Art"), "topics", "not_a_choice"),
    ("checkbox", "agree", None, "agree", "not_ticked"),
    ("checkbox", "agree", Some("0"), "agree", "not_ticked"),
    ("checkbox", "agree", Some("yes"), "agree", "wrong_type"),
    ("checkbox", "news", Some("false"), "news", "wrong_type"),
    ("checkbox", "news", Some(""), "news", "wrong_type"),
    ("button", "skip", Some("Skip"), "skip", "wrong_type"),
    ("hidden", "ticket", Some("T-forged"), "ticket", "hidden"),
    ("null", "info", Some("anything"), "info", "shown_only"),
    ("unknown", "nosuch", Some("anything"), "nosuch", "unknown_field"),
    ("unknown", "createtoken", Some("anything"), "createtoken", "unknown_field"),
];

fn refused_values(play: &mut Play) {
    play.start_chain("Careless", "ui").is("UI");
    for (kind, name, value, field, problem) in WRONG {
        play.set(&[("code", "1234"), ("pin", "98 76"), ("color", "red"), ("agree", "1")]);
        let answer = play.sends_nothing(|play| play.try_submit(name, *value));
        answer.refuses("INVALID_ARGUMENT", field);
        let error = answer.line("error").expect("an error");
        assert_eq!(part(error, 8), *problem, "{kind} {value:?}");
        let message = &error[2];
        assert!(message.contains(field), "{kind} {value:?}: the error names the field: {message}");
        assert!(
            !message.contains("1234") && !message.contains("98 76"),
            "no value of another field: {message}"
        );
        // A name that the form does not have may have been refused at once; then there is nothing to take back.
        play.call(&["unset", name]);
    }
    play.submit(&[("code", "1234"), ("pin", "98 76"), ("color", "red"), ("agree", "1")]).is("PASS");
}

/// Of an error on the way every host tells what failed.
fn nobody_listens(play: &mut Play) {
    play.tell(&["new", "http://127.0.0.1:9/api.php"]);
    let told = play.begin();
    let error = told.line("error").expect("an error");
    assert_eq!((error[1].as_str(), part(error, 7)), ("TRANSPORT", "connect"), "{told:#?}");
}

fn refused_first_form(play: &mut Play) {
    // Values of the first form and the field that the error names.
    let wrong: &[(&[(&str, &str)], &str)] = &[
        (&[("password", PASSWORD)], "username"),
        (&[("username", "Someone")], "password"),
        (&[("username", "Someone"), ("password", "")], "password"),
        (&[("username", "Some\u{0}one"), ("password", PASSWORD)], "username"),
        (&[("username", "Someone"), ("password", PASSWORD), ("retype", "")], "retype"),
        (
            &[("username", "Someone"), ("password", PASSWORD), ("stepStart", "1"), ("stepChain", "ui")],
            "stepChain",
        ),
        (&[("username", "Someone"), ("stepChain", "ui")], "stepStart"),
        (&[("username", "Someone"), ("stepStart", "1")], "stepChain"),
    ];
    for (values, field) in wrong {
        play.begin().is("FORM");
        // C strings cannot hold NUL: there the value ends before it, which is no different from not typing it.
        if values.iter().any(|(_, value)| value.contains('\0')) && play.kind != crate::HostKind::Rust {
            continue;
        }
        let refused = play.sends_nothing(|play| play.submit(values));
        refused.refuses("INVALID_ARGUMENT", field);
    }
    play.begin().is("FORM");
    let ids: Vec<String> = (0..51).map(|n| format!("Request{n}")).collect();
    for id in &ids {
        let told = play.call(&["use", id]);
        if told.line("error").is_some() {
            // Refused at once, because the form has no such request.
            told.refuses("INVALID_ARGUMENT", "requests");
            return;
        }
    }
    play.sends_nothing(|play| play.call(&["submit"])).refuses("INVALID_ARGUMENT", "requests");
}

/// Every call in every state is allowed or refused as `docs/states.md` says.
fn states(play: &mut Play) {
    let table: Vec<Vec<&str>> = include_str!("../../docs/states.md")
        .lines()
        .skip_while(|line| !line.starts_with("| call |"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let [titles, _, rows @ ..] = &table[..] else { panic!("no table: {table:?}") };
    assert_eq!(rows.len(), 15);
    for row in rows {
        for (state, allowed) in titles.iter().zip(row).skip(1) {
            let (username, field) = match *state {
                "UI" => ("Asked", "note"),
                "REDIRECT" => ("Sent away", "code"),
                _ => ("Somebody", "username"),
            };
            let call: &[&str] = match row[0].trim_matches('`') {
                // The other two collect values by themselves, and a call takes all of them.
                "set_field" | "add_choice" | "use_request" | "set_unchecked" if !play.kind.is_c() => continue,
                "set_field" => &["set", field, "x"],
                "add_choice" => &["choose", field, "x"],
                "use_request" => &["use", "NoSuchRequest"],
                "set_unchecked" => &["unchecked", "1"],
                "login" => &["login", "Taken", "taken-secret-42"],
                "resume" => &["resume", RETURN_URL, ""],
                "reconcile_name" => &["reconcile_name", "Taken", "0"],
                "check_username" => &["check_username", "Somebody"],
                "check_password" => &["check_password", PASSWORD, ""],
                other => &[other],
            };
            play.open(&[]);
            match *state {
                "nothing begun" => {}
                "FORM" => drop(play.begin()),
                "UI" => drop(play.start_chain(username, "ui")),
                "REDIRECT" => drop(play.start_chain(username, "redirect")),
                "the end" => drop(play.start_chain(username, "fail")),
                "unknown" => drop(play.start_chain(username, "crash")),
                other => panic!("the state {other}"),
            }
            let answer = play.call(call);
            let refused = answer.line("error").is_some_and(|error| error[1] == "INVALID_STATE");
            assert_eq!(refused, *allowed == "no", "{call:?} in {state}: {answer:?}");
        }
    }
}

fn refused_calls(play: &mut Play) {
    let api_url = play.api_url();
    for call in
        [&["submit"][..], &["reconcile"], &["resume", "http://127.0.0.1:9/return", ""], &["captcha_image"]]
    {
        play.sends_nothing(|play| play.call(call)).refuses("INVALID_STATE", "");
    }
    for (setting, field) in [
        ("return_url=/return", "return_url"),
        ("return_url=//127.0.0.1/return", "return_url"),
        ("return_url=myapp://return", "return_url"),
        ("return_url=javascript:alert(1)", "return_url"),
        ("return_url=", "return_url"),
        ("language=p l", "language"),
        ("user_agent=two\nlines", "user_agent"),
        ("error_format=yaml", "error_format"),
        ("timeout_ms=0", "timeout"),
        ("ca_file=/nonexistent/ca.pem", "ca_file"),
    ] {
        let told = play.call(&["new", &api_url, setting]);
        told.refuses("INVALID_ARGUMENT", field);
    }
    for wrong in [
        "",
        "api.php",
        "ftp://wiki.example/api.php",
        "http://wiki.example/api.php",
        "https://a:b@wiki.example/",
    ] {
        play.call(&["new", wrong]).refuses("INVALID_ARGUMENT", "api_url");
    }
}
