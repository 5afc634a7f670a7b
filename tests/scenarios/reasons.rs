//! One real case for each reason of a failure that a stock MediaWiki with its bundled extensions can give, besides those
//! in the other files.

use std::{thread, time::Duration};

use crate::{
    On::{All, Real, Since143},
    Scenario,
    play::{Answer, PASSWORD, Play},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "reason_name_forbidden", profiles: "titleblacklist", wikis: Real, play: name_forbidden },
    Scenario { name: "reason_filter", profiles: "abusefilter", wikis: Real, play: filter },
    Scenario { name: "reason_two_filters", profiles: "abusefilter", wikis: Real, play: two_filters },
    Scenario { name: "reason_blocked_too", profiles: "closed+blocked", wikis: All, play: blocked_too },
    Scenario { name: "reason_rate_limited", profiles: "ratelimit", wikis: Since143, play: rate_limited },
    Scenario { name: "reason_session_lost", profiles: "steps", wikis: All, play: session_lost },
    Scenario { name: "reason_busy", profiles: "steps", wikis: All, play: busy },
    Scenario { name: "reason_busy_in_a_step", profiles: "steps", wikis: All, play: busy_in_a_step },
    Scenario { name: "reason_no_primary", profiles: "login-link", wikis: All, play: no_primary },
];

fn name_forbidden(play: &mut Play) {
    let fail = play.sign_up(&[("username", "My badname"), ("password", PASSWORD)]);
    fail.fails("name_forbidden", "titleblacklist-forbidden");
}

fn filter(play: &mut Play) {
    let refused = play.sign_up(&[("username", "Refused person"), ("password", PASSWORD)]);
    refused.is("FAIL").has("reason", "filter");
    let warned = play.sign_up(&[("username", "Warned person"), ("password", PASSWORD)]);
    warned.is("FAIL").has("reason", "filter");
    // The same attempt again, in the same session, passes.
    play.sign_up(&[("username", "Warned person"), ("password", PASSWORD)]).is("PASS");
}

/// A list of errors, whose codes are lost.
const LIST_OF_TWO: &str = "___1____2";

fn two_filters(play: &mut Play) {
    play.sign_up(&[("username", "Refused twice"), ("password", PASSWORD)]).fails("filter", LIST_OF_TWO);
    play.sign_up(&[("username", "Warned twice"), ("password", PASSWORD)]).fails("filter", LIST_OF_TWO);
    play.sign_up(&[("username", "Warned twice"), ("password", PASSWORD)]).is("PASS");
}

fn blocked_too(play: &mut Play) {
    let fail = play.sign_up(&[("username", "Outsider"), ("password", PASSWORD)]);
    fail.is("FAIL").has("message_code", LIST_OF_TWO);
    let reason = fail.get("reason");
    assert!(matches!(reason, Some("permission" | "blocked")), "{reason:?}");
}

fn rate_limited(play: &mut Play) {
    // Each attempt counts twice.
    play.sign_up(&[("username", "Quick"), ("password", PASSWORD)]).is("PASS");
    play.sign_up(&[("username", "Too quick"), ("password", PASSWORD)]).fails("rate_limited", "ratelimited");
}

fn session_lost(play: &mut Play) {
    // Two clients share the session: the second one ends the flow of the first.
    play.start_chain("Shared", "late-fail").is("UI");
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    play.submit(&[("code", "1234")]).is("FAIL");
    play.call(&["load", &play.api_url(), &data, "reconcile_wait_ms=500"]).is("UI");
    let late = play.submit(&[("code", "1234")]);
    late.fails("session_lost", "authmanager-create-not-in-progress");
}

fn no_primary(play: &mut Play) {
    play.begin().is("FORM");
    play.tell(&["use", "MediaWiki\\Auth\\UsernameAuthenticationRequest"]);
    let fail = play.submit(&[("username", "Nothing else")]);
    fail.fails("no_primary", "authmanager-create-no-primary");
}

fn busy(play: &mut Play) {
    let other = play.somebody_else("Wanted", "held");
    let fail = play.sign_up(&[("username", "Wanted"), ("password", PASSWORD)]);
    fail.fails("busy", "usernameinprogress").has("message", &play.message("usernameinprogress", "en"));
    play.window("_release");
    assert!(other.join().expect("an answer").contains("PASS"), "the other visitor has the name");
    play.sign_up(&[("username", "Not wanted"), ("password", PASSWORD)]).is("PASS");
    assert!(play.user("Not wanted").is_some());
}

fn busy_in_a_step(play: &mut Play) {
    play.start_chain("Wanted", "ui").is("UI");
    let other = play.somebody_else("Wanted", "held");
    // The wiki tells times in whole seconds: within two of them nobody could tell whose account it is.
    thread::sleep(Duration::from_millis(2500));
    let answers = [("code", "1234"), ("pin", "1"), ("color", "red"), ("agree", "1")];
    // The same step again, with the wiki's words above it, also for another process.
    let message = play.message("usernameinprogress", "en");
    let is_again = |step: &Answer| {
        step.is("UI").has("message", &message).has("message_code", "usernameinprogress");
    };
    is_again(&play.submit(&answers));
    let data = play.call(&["save"]).get("data_hex").expect("bytes").to_owned();
    is_again(&play.call(&["load", &play.api_url(), &data, "reconcile_wait_ms=500"]));
    is_again(&play.call(&["reconcile"]));
    play.window("_release");
    assert!(other.join().expect("an answer").contains("PASS"), "the other visitor has the name");
    // The wiki looks at the name again.
    play.submit(&answers).fails("name_taken", "userexists");
}
