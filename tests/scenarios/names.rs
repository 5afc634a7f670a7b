//! Names as the wiki writes them, which only the wiki knows.

use crate::{
    On::{All, Real},
    Scenario,
    play::{PASSWORD, Play},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "name_of_many_spellings", profiles: "stock", wikis: All, play: of_many_spellings },
    Scenario { name: "name_in_turkish", profiles: "turkish", wikis: Real, play: in_turkish },
    Scenario { name: "name_in_arabic", profiles: "arabic", wikis: Real, play: in_arabic },
    Scenario { name: "name_in_malayalam", profiles: "malayalam", wikis: Real, play: in_malayalam },
    Scenario { name: "name_in_turkish_unseen", profiles: "turkish+private", wikis: Real, play: in_turkish },
    Scenario { name: "name_in_turkish_in_doubt", profiles: "turkish+steps", wikis: Real, play: in_doubt },
];

fn spelled(play: &mut Play, given: &str, written: &str) {
    play.sign_up(&[("username", given), ("password", PASSWORD)]).is("PASS").has("username", written);
    assert!(play.user(written).is_some(), "{written}");
}

fn of_many_spellings(play: &mut Play) {
    spelled(play, "R&amp;D person", "R&D person");
    spelled(play, ":User:prefixed", "Prefixed");
    spelled(play, "narrow\u{180e}space", "Narrow space");
    spelled(play, "\u{2028}e\u{301}lan\u{3000}vital", "Élan vital");
}

fn in_turkish(play: &mut Play) {
    spelled(play, "ibrahim x", "İbrahim x");
    spelled(play, "ırmak x", "Irmak x");
}

fn in_arabic(play: &mut Play) {
    spelled(play, "\u{fee3}\u{fea4}\u{fee4}\u{feaa}", "\u{645}\u{62d}\u{645}\u{62f}");
}

fn in_malayalam(play: &mut Play) {
    spelled(play, "\u{d05}\u{d35}\u{d28}\u{d4d}\u{200d}", "\u{d05}\u{d35}\u{d7b}");
}

fn in_doubt(play: &mut Play) {
    play.start_chain("ibrahim x", "secondary").is("UI");
    let again = play.sign_up(&[("username", "ibrahim x"), ("password", PASSWORD)]);
    again.errs("OUTCOME_UNKNOWN", "userexists");
    play.call(&["reconcile"]).is("PASS").has("username", "İbrahim x");

    play.start_chain("ihsan x", "crash").errs("OUTCOME_UNKNOWN", "internal_api_error_RuntimeException");
    play.call(&["reconcile"]).is("FAIL").has("reason", "other");
}
