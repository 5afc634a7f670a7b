//! The main job: an account by name and password, and its failures.

use crate::{
    On::All,
    Scenario,
    play::{Answer, PASSWORD, Play, part},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "plain", profiles: "stock", wikis: All, play: plain },
    Scenario { name: "email_is_kept", profiles: "stock", wikis: All, play: email_is_kept },
    Scenario { name: "name_is_canonical", profiles: "stock", wikis: All, play: name_is_canonical },
    Scenario {
        name: "name_taken_then_corrected",
        profiles: "stock",
        wikis: All,
        play: name_taken_then_corrected,
    },
    Scenario {
        name: "taken_in_the_same_second",
        profiles: "stock",
        wikis: All,
        play: taken_in_the_same_second,
    },
    Scenario { name: "passwords_differ", profiles: "stock", wikis: All, play: passwords_differ },
    Scenario { name: "bad_email", profiles: "stock", wikis: All, play: bad_email },
    Scenario { name: "invalid_name", profiles: "stock", wikis: All, play: invalid_name },
    Scenario {
        name: "several_password_errors",
        profiles: "strict",
        wikis: All,
        play: several_password_errors,
    },
    Scenario { name: "without_email_fields", profiles: "noemail", wikis: All, play: without_email_fields },
    Scenario { name: "closed_wiki", profiles: "closed", wikis: All, play: closed_wiki },
    Scenario { name: "blocked_address", profiles: "blocked", wikis: All, play: blocked_address },
    Scenario { name: "read_only_wiki", profiles: "readonly", wikis: All, play: read_only_wiki },
    Scenario { name: "throttle", profiles: "throttle", wikis: All, play: throttle },
    Scenario { name: "warm_begin", profiles: "stock", wikis: All, play: warm_begin },
    Scenario {
        name: "session_lost_before_submit",
        profiles: "stock",
        wikis: All,
        play: session_lost_before_submit,
    },
    Scenario { name: "private_wiki", profiles: "private", wikis: All, play: private_wiki },
];

fn plain(play: &mut Play) {
    let form = play.begin();
    form.is("FORM").has_none("message").has_none("captcha");
    assert_eq!(form.fields(), ["username", "password", "retype", "email", "realname"]);
    let flags: Vec<&str> = form.fields().iter().map(|name| form.field(name).flags()).collect();
    assert_eq!(flags, ["required", "required sensitive", "required sensitive", "", ""]);
    assert_eq!(form.field("username").label(), "Username");
    assert_eq!(form.field("email").kind(), "string");
    let requests: Vec<&str> = form.all("request").iter().map(|line| line[1].as_str()).collect();
    assert_eq!(
        requests,
        [
            "MediaWiki\\Auth\\PasswordAuthenticationRequest",
            "MediaWiki\\Auth\\UsernameAuthenticationRequest",
            "MediaWiki\\Auth\\UserDataAuthenticationRequest",
        ]
    );

    let pass = play.submit(&[("username", "plain user"), ("password", PASSWORD)]);
    pass.is("PASS").has("username", "Plain user");
    let user = play.user("Plain user").expect("the account is there");
    assert_eq!(user["password"], true);

    // One round trip to begin, one to create.
    let sent: Vec<String> = play.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(sent, ["GET", "POST"]);
}

fn email_is_kept(play: &mut Play) {
    let values = [("username", "With mail"), ("password", PASSWORD), ("email", "mail@example.org")];
    play.sign_up(&values).is("PASS");
    assert_eq!(play.user("With mail").expect("made")["email"], "mail@example.org");
}

fn name_is_canonical(play: &mut Play) {
    let pass = play.sign_up(&[("username", "  élan__of   spaces "), ("password", PASSWORD)]);
    pass.is("PASS").has("username", "Élan of spaces");
    assert!(play.user("Élan of spaces").is_some());
}

fn name_taken_then_corrected(play: &mut Play) {
    let fail = play.sign_up(&[("username", "Taken"), ("password", PASSWORD)]);
    fail.fails("name_taken", "userexists");
    fail.has("message", &play.message("userexists", "en"));
    play.call(&["submit"]).refuses("INVALID_STATE", "");
    play.sign_up(&[("username", "Not taken"), ("password", PASSWORD)])
        .is("PASS")
        .has("username", "Not taken");
}

fn passwords_differ(play: &mut Play) {
    let values = [("username", "Mistyped"), ("password", PASSWORD), ("retype", "something else 7")];
    play.sign_up(&values).fails("password_mismatch", "badretype");
    assert!(play.user("Mistyped").is_none());
}

fn bad_email(play: &mut Play) {
    let values = [("username", "Bad mail"), ("password", PASSWORD), ("email", "not an address")];
    play.sign_up(&values).fails("email", "invalidemailaddress");
}

fn invalid_name(play: &mut Play) {
    play.sign_up(&[("username", "Bad#name"), ("password", PASSWORD)]).fails("name_invalid", "invaliduser");
}

/// Whose account it is only a login can tell, and does.
fn taken_in_the_same_second(play: &mut Play) {
    // Now and then a second ends between the two.
    let contested = (0..20).map(|n| format!("Contested {n}")).find(|name| {
        play.open(&[]);
        play.begin().is("FORM");
        let saved = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
        play.open(&[]);
        play.sign_up(&[("username", name), ("password", "somebody else 7")]).is("PASS");
        let api_url = play.api_url();
        play.call(&["load", &api_url, &saved, "user_agent=scenarios/1.0", "reconcile_wait_ms=1500"])
            .is("FORM");
        let answer = play.submit(&[("username", name), ("password", PASSWORD)]);
        match answer.line("error") {
            None => answer.fails("name_taken", "userexists"),
            Some(error) => return is_contested(error),
        };
        false
    });
    let contested = contested.expect("twice in one second");
    let again = play.call(&["reconcile"]);
    assert!(is_contested(again.line("error").expect("an error")));
    play.call(&["login", &contested, PASSWORD]).is("FAIL").has("reason", "password");
    play.call(&["login", &contested, "somebody else 7"]).is("PASS").has("is_login", "");
}

/// Whether an error says what to do about an account that may be anybody's.
fn is_contested(error: &[String]) -> bool {
    assert_eq!(error[1], "OUTCOME_UNKNOWN");
    assert!(error[2].contains("Log in with the name and the person's password"), "{error:?}");
    true
}

fn several_password_errors(play: &mut Play) {
    // Too short and part of the name: the wiki answers with a list that has lost its codes.
    let values = [("username", "Longer name"), ("password", "er nam")];
    let fail = play.sign_up(&values);
    let parts = parts_of(&fail);
    assert_eq!(parts.len(), 2, "{fail:?}");
    assert!(parts[0].contains("10 characters"), "{parts:?}");
    assert_eq!(parts[1], play.message("password-substring-username-match", "en"));
    fail.fails("password", "___1____2").has("message", &format!("* {}\n* {}", parts[0], parts[1]));
    play.open(&["message_format=html"]);
    let fail = play.sign_up(&values);
    assert_eq!(parts_of(&fail), parts);
    fail.has("reason", "password");
    play.open(&["message_format=plaintext"]);
    let fail = play.sign_up(&values);
    assert_eq!(parts_of(&fail), parts);
    fail.has("reason", "password").has("message", &parts.join("\n"));
    play.open(&["message_format=raw"]);
    let fail = play.sign_up(&values);
    fail.has("reason", "password");
    let raw = parts_of(&fail);
    fail.has("message", &raw.join("\n"));
    // From 1.43 on a raw text keeps its functions.
    let plain = raw[0].replace("{{PLURAL:10|1 character|10 characters}}", "10 characters");
    assert_eq!([&plain, &raw[1]], [&parts[0], &parts[1]]);
    // Without words there is nothing to ask about.
    play.open(&["message_format=none"]);
    let fail = play.sign_up(&values);
    fail.fails("other", "___1____2").has_none("message").has_none("message_part");
}

fn parts_of(fail: &Answer) -> Vec<String> {
    fail.all("message_part").iter().map(|line| part(line, 1).to_owned()).collect()
}

fn without_email_fields(play: &mut Play) {
    let form = play.begin();
    assert_eq!(form.fields(), ["username", "password", "retype", "realname"]);
    play.try_submit("email", Some("mail@example.org")).refuses("INVALID_ARGUMENT", "email");
    play.begin().is("FORM");
    play.submit(&[("username", "No mail"), ("password", PASSWORD), ("realname", "N. M.")]).is("PASS");
    assert_eq!(play.user("No mail").expect("made")["realname"], "N. M.");
}

fn closed_wiki(play: &mut Play) {
    play.sign_up(&[("username", "Outsider"), ("password", PASSWORD)]).fails("permission", "permissiondenied");
}

fn blocked_address(play: &mut Play) {
    let fail = play.sign_up(&[("username", "Blocked one"), ("password", PASSWORD)]);
    fail.fails("blocked", "blocked");
}

fn read_only_wiki(play: &mut Play) {
    // The API refuses before the module runs, so this is an error and no FAIL.
    let error = play.sign_up(&[("username", "Too late"), ("password", PASSWORD)]);
    // The reason is that of a FAIL.
    error.errs("API", "readonly").has("reason", "read_only");
    let message = &error.line("error").expect("an error")[2];
    assert!(message.contains("Maintenance until noon."), "{message}");
    // Nothing was executed, and the form can still be answered.
    play.submit(&[("username", "Too late"), ("password", PASSWORD)]).errs("API", "readonly");
}

fn throttle(play: &mut Play) {
    play.open(&["message_format=raw"]);
    for name in ["First", "Second", "Third"] {
        play.sign_up(&[("username", name), ("password", PASSWORD)]).is("PASS");
    }
    let fail = play.sign_up(&[("username", "Fourth"), ("password", PASSWORD)]);
    fail.fails("throttled", "acct_creation_throttle_hit").has("retry_after", "86400");
    assert!(play.user("Fourth").is_none());
}

fn warm_begin(play: &mut Play) {
    play.sign_up(&[("username", "One"), ("password", PASSWORD)]).is("PASS");
    play.sign_up(&[("username", "Two"), ("password", PASSWORD)]).is("PASS").has("username", "Two");
    play.sign_up(&[("username", "Three"), ("password", PASSWORD)]).is("PASS");
    let sent: Vec<String> = play.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(sent, ["GET", "POST", "POST", "POST"], "one request for each further account");
    assert!(play.user("Three").is_some());
}

fn session_lost_before_submit(play: &mut Play) {
    play.begin().is("FORM");
    play.window("_forget");
    play.submit(&[("username", "Patient"), ("password", PASSWORD)]).is("PASS").has("username", "Patient");
    let sent: Vec<String> = play.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(sent, ["GET", "POST", "GET", "POST"], "one new token, one more attempt");
}

fn private_wiki(play: &mut Play) {
    play.sign_up(&[("username", "Insider"), ("password", PASSWORD)]).is("PASS");
    assert!(play.user("Insider").is_some());
}
