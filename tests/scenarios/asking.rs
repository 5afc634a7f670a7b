//! Questions before a creation.

use crate::{
    On::{All, Real},
    Scenario,
    play::{PASSWORD, Play, part},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "find_the_api", profiles: "stock", wikis: All, play: find_the_api },
    Scenario {
        name: "find_the_api_of_a_private_wiki",
        profiles: "private",
        wikis: All,
        play: find_a_private_api,
    },
    Scenario { name: "ask_on_an_open_wiki", profiles: "stock", wikis: All, play: open_wiki },
    Scenario { name: "ask_on_a_closed_wiki", profiles: "closed", wikis: All, play: closed_wiki },
    Scenario { name: "ask_from_a_blocked_address", profiles: "blocked", wikis: All, play: blocked_address },
    Scenario { name: "ask_on_a_read_only_wiki", profiles: "readonly", wikis: All, play: read_only_wiki },
    Scenario { name: "ask_on_a_private_wiki", profiles: "private", wikis: All, play: private_wiki },
    Scenario { name: "ask_about_names", profiles: "titleblacklist", wikis: Real, play: names },
    Scenario { name: "ask_about_passwords", profiles: "strict", wikis: Real, play: passwords },
    Scenario { name: "ask_in_polish", profiles: "stock", wikis: All, play: in_polish },
    Scenario { name: "ask_in_capitals", profiles: "stock", wikis: All, play: in_capitals },
    Scenario { name: "ask_with_errors_in_polish", profiles: "stock", wikis: All, play: errors_in_polish },
];

#[track_caller]
fn verdict(play: &mut Play, question: &[&str], answer: &str, code: &str) -> (String, String) {
    let answered = play.call(question);
    let line = answered.line("verdict").unwrap_or_else(|| panic!("no verdict: {answered:#?}"));
    assert_eq!((part(line, 1), part(line, 2)), (answer, code), "{answered:#?}");
    (part(line, 3).to_owned(), part(line, 4).to_owned())
}

fn find_the_api(play: &mut Play) {
    let api_url = play.api_url();
    let base = api_url.strip_suffix("/api.php").expect("its name").to_owned();
    let (scheme, place) = base.split_once("://").expect("an address");
    assert_eq!(scheme, "http");
    for address in [
        api_url.clone(),
        format!("{base}/index.php"),
        format!("{base}/index.php/Main_Page"),
        format!("{base}/index.php?title=Special:RecentChanges&days=7#top"),
        format!("{place}/index.php/Main_Page"),
        // No page of the wiki.
        base.clone(),
        format!("{base}/nowhere/Main_Page"),
        format!("{base}/w/api.php"),
    ] {
        play.call(&["find_api", &address, "user_agent=scenarios/1.0"]).has("api_url", &api_url);
    }
    let server = base.split("/w/").next().expect("an address").to_owned();
    let lost = play.call(&["find_api", &server]);
    lost.refuses("PROTOCOL", "");
    let message = &lost.line("error").expect("an error")[2];
    assert!(message.contains(&server) && message.contains("/w/api.php"), "{message}");
    play.call(&["find_api", "http://wiki.example"]).refuses("INVALID_ARGUMENT", "url");
    play.call(&["find_api", &server, "timeout_ms=0"]).refuses("INVALID_ARGUMENT", "timeout");
    let agents = play.requests();
    assert!(!agents.is_empty() && agents.iter().all(|sent| sent.method == "GET"), "{agents:?}");

    // A client that was given a page says what to give it.
    let page = format!("{base}/index.php/Main_Page");
    assert!(play.call(&["new", &page]).line("error").is_none());
    let answer = play.begin();
    answer.refuses("PROTOCOL", "");
    let message = &answer.line("error").expect("an error")[2];
    assert!(message.contains(&format!("The API of this wiki is at {api_url}")), "{message}");
}

fn find_a_private_api(play: &mut Play) {
    let api_url = play.api_url();
    let page = api_url.replace("/api.php", "/index.php/Main_Page");
    play.call(&["find_api", &page]).has("api_url", &api_url);
    play.call(&["find_api", &api_url]).has("api_url", &api_url);
}

fn open_wiki(play: &mut Play) {
    verdict(play, &["can_create"], "yes", "");
    // Asking changes nothing.
    play.sign_up(&[("username", "Asker"), ("password", PASSWORD)]).is("PASS");
    verdict(play, &["can_create"], "yes", "");
}

fn closed_wiki(play: &mut Play) {
    verdict(play, &["can_create"], "no", "permissiondenied");
}

fn blocked_address(play: &mut Play) {
    let (message, _) = verdict(play, &["can_create"], "no", "blocked");
    assert!(message.contains("Test block"), "{message}");
}

fn read_only_wiki(play: &mut Play) {
    let (message, _) = verdict(play, &["can_create"], "no", "readonly");
    assert!(message.contains("Maintenance until noon."), "{message}");
}

fn private_wiki(play: &mut Play) {
    for question in [&["can_create"][..], &["check_username", "Someone"], &["check_password", PASSWORD, ""]] {
        let (message, _) = verdict(play, question, "unknown", "readapidenied");
        assert!(!message.is_empty());
    }
}

fn names(play: &mut Play) {
    let (_, canonical) = verdict(play, &["check_username", "new__name"], "yes", "");
    assert_eq!(canonical, "New name");
    let (message, canonical) = verdict(play, &["check_username", "taken"], "no", "userexists");
    assert_eq!(canonical, "Taken");
    assert_eq!(message, play.message("userexists", "en"));
    let (message, _) = verdict(play, &["check_username", "Bad#name"], "no", "invaliduser");
    assert_eq!(message, play.message("noname", "en"));
    let (message, _) =
        verdict(play, &["check_username", "Some badname here"], "no", "titleblacklist-forbidden");
    assert!(!message.is_empty());
    verdict(play, &["check_username", "a|b"], "no", "invaliduser");
    play.call(&["check_username", ""]).refuses("INVALID_ARGUMENT", "username");
}

fn passwords(play: &mut Play) {
    for question in [&["check_password", "", ""][..], &["check_username", ""]] {
        let refused = play.sends_nothing(|play| play.call(question));
        refused.refuses("INVALID_ARGUMENT", question[0].trim_start_matches("check_"));
        assert_eq!(part(refused.line("error").expect("an error"), 8), "required");
    }
    verdict(play, &["check_password", PASSWORD, "Newcomer"], "yes", "");
    let (message, _) = verdict(play, &["check_password", "qwerty", "Newcomer"], "no", "passwordtooshort");
    assert_eq!(message.lines().count(), 2, "short and common: {message}");
    // About a name that is taken the wiki does not answer.
    verdict(play, &["check_password", PASSWORD, "Taken"], "unknown", "userexists");
    let last = play.requests().pop().expect("a request");
    assert_eq!((last.method.as_str(), last.posted("password")), ("POST", Some(PASSWORD)));
}

fn in_polish(play: &mut Play) {
    play.open(&["language=pl"]);
    let (message, _) = verdict(play, &["check_username", "Taken"], "no", "userexists");
    assert_eq!(message, play.message("userexists", "pl"));
    assert_ne!(message, play.message("userexists", "en"));
}

/// Codes as people write them.
fn in_capitals(play: &mut Play) {
    play.open(&["language=PL"]);
    assert_eq!(play.begin().field("username").label(), play.message("userlogin-yourname", "pl"));
    let (message, _) = verdict(play, &["check_username", "Taken"], "no", "userexists");
    assert_eq!(message, play.message("userexists", "pl"));
}

fn errors_in_polish(play: &mut Play) {
    play.open(&["language=ko", "error_language=pl"]);
    let (message, _) = verdict(play, &["check_username", "Taken"], "no", "userexists");
    assert_eq!(message, play.message("userexists", "pl"));
}
