//! Logging in, and creating accounts for others.

use crate::{
    On::{All, Embedded, Real},
    Scenario,
    play::{PASSWORD, Play},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "login_wrong", profiles: "stock", wikis: All, play: login_wrong },
    Scenario { name: "create_for_others", profiles: "stock", wikis: All, play: create_for_others },
    Scenario { name: "create_by_mail", profiles: "stock", wikis: Real, play: create_by_mail },
    Scenario { name: "bot_password", profiles: "stock", wikis: All, play: bot_password },
    Scenario { name: "bearer_token", profiles: "stock", wikis: Embedded, play: bearer_token },
    Scenario { name: "second_factor", profiles: "oath", wikis: Real, play: second_factor },
    Scenario {
        name: "login_becomes_creation",
        profiles: "login-link",
        wikis: All,
        play: login_becomes_creation,
    },
    Scenario { name: "kept_name_is_used", profiles: "login-link", wikis: All, play: kept_name_is_used },
    Scenario { name: "kept_login_and_password", profiles: "login-link", wikis: All, play: two_ways },
    Scenario { name: "everyone_logged_in", profiles: "everyone", wikis: All, play: everyone_logged_in },
    Scenario { name: "login_lost", profiles: "stock", wikis: All, play: login_lost },
];

const ADMIN: [&str; 3] = ["login", "Admin", "admin-secret-42"];

fn login_wrong(play: &mut Play) {
    play.call(&["login", "Admin", "not the password"]).fails("password", "wrongpassword");
    play.call(&["login", "", "x"]).refuses("INVALID_ARGUMENT", "username");
    // The session is still nobody's.
    play.sign_up(&[("username", "Myself"), ("password", PASSWORD)]).is("PASS");
}

fn create_for_others(play: &mut Play) {
    play.call(&ADMIN).is("PASS").has("username", "Admin").has("is_login", "");
    let form = play.begin();
    assert_eq!(form.field("reason").kind(), "string");
    assert_eq!(form.field("mailpassword").kind(), "checkbox");
    assert_eq!(form.field("reason").flags(), "");
    let values = [("username", "Colleague"), ("password", PASSWORD), ("reason", "New in the team")];
    play.submit(&values).is("PASS").has("username", "Colleague").has_none("is_login");
    let last = play.requests().pop().expect("a request");
    assert_eq!((last.posted("assert"), last.posted("reason")), (Some("user"), Some("New in the team")));
    assert_eq!(last.posted("mailpassword"), None);
    // Still logged in: another one.
    play.sign_up(&[("username", "Second"), ("password", PASSWORD)]).is("PASS");
}

fn create_by_mail(play: &mut Play) {
    play.call(&ADMIN).is("PASS");
    play.begin().is("FORM");
    let both = [("username", "Mailed"), ("password", PASSWORD), ("mailpassword", "1")];
    play.sends_nothing(|play| play.submit(&both)).refuses("INVALID_ARGUMENT", "password");
    play.begin().is("FORM");
    let without_address = [("username", "Mailed"), ("mailpassword", "1")];
    play.submit(&without_address).fails("email", "noemailcreate");
    play.begin().is("FORM");
    let values = [("username", "Mailed"), ("mailpassword", "1"), ("email", "mailed@example.org")];
    play.submit(&values).is("PASS").has("username", "Mailed");

    let mails = play.window("_mails");
    let mail = mails.as_array().expect("mails").iter().rev().find(|mail| {
        mail["to"].as_str().is_some_and(|to| to.contains("mailed@example.org"))
            && mail["body"].as_str().is_some_and(|body| body.contains("Mailed"))
    });
    let body =
        mail.unwrap_or_else(|| panic!("no mail: {mails}"))["body"].as_str().expect("a text").to_owned();
    // The temporary password is a word of the mail; it leads to a step that asks for a lasting one.
    let logged_in = candidates(&body).into_iter().find_map(|word| {
        play.open(&[]);
        let step = play.call(&["login", "Mailed", &word]);
        step.get("step").filter(|step| *step != "FAIL").map(str::to_owned)
    });
    assert_eq!(logged_in.as_deref(), Some("UI"), "no word of the mail logs in: {body}");
    let own = play.submit(&[("password", PASSWORD), ("retype", PASSWORD)]);
    own.is("PASS").has("username", "Mailed");
}

/// Words of a mail that may be a password: in quotes, or of letters and digits.
fn candidates(body: &str) -> Vec<String> {
    let words = body.split(|c: char| c.is_whitespace() || "\"“”„()<>,.".contains(c));
    let mixed =
        |word: &&str| word.len() >= 8 && word.len() <= 32 && word.chars().all(|c| c.is_ascii_alphanumeric());
    let mut words: Vec<String> = words.filter(mixed).map(str::to_owned).collect();
    // What looks least like a word comes first: each wrong try counts.
    words.sort_by_key(|word| !word.chars().any(|c| c.is_ascii_digit()));
    words.truncate(4);
    words
}

fn bot_password(play: &mut Play) {
    let wrong = play.call(&["login", "Admin@tests", "00000000000000000000000000000000"]);
    wrong.is("FAIL");
    play.call(&["login", "Admin@tests", "botsecret0botsecret0botsecret000"])
        .is("PASS")
        .has("username", "Admin");
    play.begin().is("FORM");
    play.submit(&[("username", "By a bot"), ("password", PASSWORD)]).is("PASS").has_none("is_login");
}

fn bearer_token(play: &mut Play) {
    play.open(&["bearer_token=bearer-token-42"]);
    let form = play.begin();
    assert!(form.fields().contains(&"reason"));
    play.submit(&[("username", "By a token"), ("password", PASSWORD)]).is("PASS");
    let requests = play.requests();
    assert!(requests.iter().all(|request| request.headers["authorization"] == "Bearer bearer-token-42"));
    assert_eq!(requests[1].posted("assert"), Some("user"));
    play.call(&ADMIN).refuses("INVALID_STATE", "");

    play.open(&["bearer_token=somebody-else's"]);
    play.begin().errs("API", "mwoauth-invalid-authorization");
}

fn second_factor(play: &mut Play) {
    let ui = play.call(&ADMIN);
    ui.is("UI");
    assert!(ui.fields().contains(&"OATHToken"), "{ui:#?}");
    play.submit(&[("OATHToken", "000000")]).is("UI");
    let code = totp("JBSWY3DPEHPK3PXP");
    play.submit(&[("OATHToken", &code)]).is("PASS").has("username", "Admin");
    play.sign_up(&[("username", "Well guarded"), ("password", PASSWORD), ("reason", "by two factors")])
        .is("PASS");
}

/// The code of this half minute (RFC 6238).
fn totp(secret: &str) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    totp_lite::totp_custom::<totp_lite::Sha1>(30, 6, &secret, now)
}

fn start_outside(play: &mut Play, name: &str) {
    play.call(&["begin_login"]).is("FORM");
    play.submit(&[("outsideName", name), ("outsideKey", "wrong")]).fails("other", "steptest-outside-refused");
    play.call(&["begin_login"]).is("FORM");
    let restart = play.submit(&[("outsideName", name), ("outsideKey", "outside-key")]);
    restart.is("RESTART");
    assert!(restart.line("can_preserve_state").is_some());
}

fn login_becomes_creation(play: &mut Play) {
    start_outside(play, "Free spirit");
    let form = play.call(&["begin", "preserve_state"]);
    form.is("FORM");
    // No password: the kept login replaces it.
    play.submit(&[("username", "Chosen name")]).is("PASS").has("username", "Chosen name");
    let create = play.requests().pop().expect("a request");
    assert_eq!(create.posted("createpreservestate"), Some("1"));
    assert_eq!(create.posted("password"), None);
    assert_eq!(play.window("_links")["Free spirit"], "Chosen name");
    assert_eq!(play.user("Chosen name").expect("made")["password"], false);
}

fn kept_name_is_used(play: &mut Play) {
    start_outside(play, "Known person");
    play.call(&["begin", "preserve_state"]).is("FORM");
    play.sends_nothing(|play| play.submit(&[("username", "Another")]))
        .refuses("INVALID_ARGUMENT", "username");
    play.tell(&["unset", "username"]);
    play.submit(&[]).is("PASS").has("username", "Known person");
    assert_eq!(play.window("_links")["Known person"], "Known person");
}

fn two_ways(play: &mut Play) {
    start_outside(play, "Free spirit");
    play.call(&["begin", "preserve_state"]).is("FORM");
    // The wiki would go on with the kept login, and the password would be lost.
    let both = [("username", "Two ways"), ("password", PASSWORD)];
    play.sends_nothing(|play| play.submit(&both)).refuses("INVALID_ARGUMENT", "password");
    play.tell(&["unset", "password"]);
    play.submit(&[]).is("PASS").has("username", "Two ways");
}

/// By the web server, so that the wiki knows no anonymous visitor.
fn everyone_logged_in(play: &mut Play) {
    let form = play.begin();
    form.is("FORM");
    assert!(form.fields().contains(&"reason"), "{form:#?}");
    play.submit(&[("username", "First guest"), ("password", PASSWORD)]).is("PASS");
    play.sign_up(&[("username", "Second guest"), ("password", PASSWORD)]).is("PASS");
    assert_eq!(play.call(&["can_create"]).get("verdict"), Some("yes"));
    assert_eq!(play.call(&["check_username", "Taken"]).get("verdict"), Some("no"));
    assert!(play.user("Second guest").is_some());
}

fn login_lost(play: &mut Play) {
    play.call(&ADMIN).is("PASS");
    play.begin().is("FORM");
    play.window("_forget");
    // Nothing may be made as somebody else by accident.
    let lost = play.submit(&[("username", "Nobody's"), ("password", PASSWORD)]);
    assert!(lost.line("error").is_some() || lost.get("step") == Some("FAIL"), "{lost:#?}");
    assert!(play.user("Nobody's").is_none());
}
