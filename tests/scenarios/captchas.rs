//! Captchas, whatever module made them.

use crate::{
    On::{All, Embedded},
    Scenario,
    host::from_hex,
    play::{Answer, PASSWORD, Play, part},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "captcha_question", profiles: "questy", wikis: All, play: question },
    Scenario { name: "captcha_question_of_signs", profiles: "questy-signs", wikis: All, play: signs },
    Scenario { name: "captcha_sum", profiles: "arithmetic", wikis: All, play: sum },
    Scenario { name: "captcha_picture", profiles: "fancy", wikis: All, play: picture },
    Scenario { name: "captcha_appears_late", profiles: "late-questy", wikis: All, play: appears_late },
    Scenario { name: "captcha_and_lost_session", profiles: "questy", wikis: All, play: lost_session },
    Scenario { name: "captcha_hcaptcha", profiles: "hcaptcha", wikis: Embedded, play: widget },
    Scenario { name: "captcha_turnstile", profiles: "turnstile", wikis: Embedded, play: widget },
    Scenario { name: "captcha_recaptcha", profiles: "recaptcha", wikis: Embedded, play: widget },
];

const FIELDS: &str = "captchaId,captchaInfo,captchaWord";

fn values<'a>(name: &'a str, answer: &'a str) -> [(&'a str, &'a str); 3] {
    [("username", name), ("password", PASSWORD), ("captchaWord", answer)]
}

fn captcha(form: &Answer) -> Vec<String> {
    let line = form.line("captcha").unwrap_or_else(|| panic!("no captcha: {form:#?}"));
    (1..9).map(|index| part(line, index).to_owned()).collect()
}

fn question(play: &mut Play) {
    let form = play.begin();
    assert_eq!(
        captcha(&form),
        ["question", "Which planet do we live on?", "text/html", "", "", "captchaWord", "other", FIELDS]
    );
    assert_eq!(form.field("captchaWord").flags(), "required");
    let first = form.field("captchaId").value().expect("an id").to_owned();
    play.submit(&values("Human", "mars")).fails("captcha", "captcha-createaccount-fail");
    let form = play.begin();
    assert_ne!(form.field("captchaId").value(), Some(first.as_str()), "a new captcha after a failure");
    // Case does not count.
    play.submit(&values("Human", "Earth")).is("PASS").has("username", "Human");
}

/// Not everything in angle brackets is a tag.
fn signs(play: &mut Play) {
    assert_eq!(captcha(&play.begin())[1], "Is 2 < 3 & 5 > 4?");
    play.submit(&values("Reckoner", "yes")).is("PASS");
}

fn sum(play: &mut Play) {
    let form = play.begin();
    let shown = captcha(&form);
    assert_eq!((shown[0].as_str(), shown[2].as_str()), ("arithmetic", "text/plain"));
    play.call(&["captcha_image"]).refuses("INVALID_STATE", "");
    play.submit(&values("Reckoner", &solve(&shown[1]))).is("PASS");
}

/// The result of `76 − 2 =`.
fn solve(sum: &str) -> String {
    let sum = sum.trim_end_matches([' ', '=']).replace('\u{2212}', "-");
    let operator = sum.find(['+', '-']).unwrap_or_else(|| panic!("no sum: {sum}"));
    let number = |text: &str| text.trim().parse::<i64>().unwrap_or_else(|_| panic!("no sum: {sum}"));
    let (left, right) = (number(&sum[..operator]), number(&sum[operator + 1..]));
    let result = if &sum[operator..=operator] == "+" { left + right } else { left - right };
    result.to_string()
}

fn picture(play: &mut Play) {
    let form = play.begin();
    let shown = captcha(&form);
    assert_eq!((shown[0].as_str(), shown[2].as_str()), ("image", "image/png"));
    assert_eq!((shown[6].as_str(), shown[7].as_str()), ("other", FIELDS));
    let origin = play.api_url();
    assert!(
        shown[4].starts_with(&origin[..origin.find("/w/").expect("a path")]),
        "on the wiki: {}",
        shown[4]
    );
    let fetched = play.call(&["captcha_image"]);
    let fetched = fetched.line("image").expect("a picture");
    assert_eq!(fetched[2], "image/png");
    let image = from_hex(&fetched[1]);
    let mut reader = png::Decoder::new(std::io::Cursor::new(&image)).read_info().expect("a PNG");
    let (width, height) = (reader.info().width, reader.info().height);
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a whole PNG");
    assert!(width > 50 && height > 20, "{width}×{height}");

    let wrong = play.submit(&values("Reader", "wrong"));
    wrong.fails("captcha", "captcha-createaccount-fail");
    let form = play.begin();
    let id = form.field("captchaId").value().expect("an id").to_owned();
    let answer = play.window(&format!("_captcha?id={id}"));
    let answer = answer["answer"].as_str().expect("an answer").to_owned();
    play.submit(&values("Reader", &answer)).is("PASS").has("username", "Reader");
}

fn appears_late(play: &mut Play) {
    let form = play.begin();
    form.is("FORM").has_none("captcha");
    play.window("_captcha_on");
    play.submit(&[("username", "Latecomer"), ("password", PASSWORD)])
        .fails("captcha", "captcha-createaccount-fail");
    let form = play.begin();
    assert_eq!(captcha(&form)[0], "question");
    play.submit(&values("Latecomer", "earth")).is("PASS");
}

fn lost_session(play: &mut Play) {
    play.begin().is("FORM");
    play.window("_forget");
    // The captcha went with the session, so the same values cannot be sent again.
    play.submit(&values("Unlucky", "earth")).fails("session_lost", "badtoken");
    play.begin().is("FORM");
    play.submit(&values("Unlucky", "earth")).is("PASS");
}

fn widget(play: &mut Play) {
    let form = play.begin();
    let shown = captcha(&form);
    assert_eq!(
        (shown[0].as_str(), shown[3].as_str(), shown[5].as_str()),
        ("widget", "site-key-10000000", "captchaWord")
    );
    // The profile has the service's name.
    assert!(play.api_url().contains(&format!("/w/{}/", shown[6])), "{shown:?}");
    assert_eq!(shown[7], "captchaWord");
    // A token that is rejected, and a service that is down: one code, and a parameter that tells.
    for format in ["wikitext", "html", "raw"] {
        play.open(&[&format!("message_format={format}")]);
        play.begin().is("FORM");
        play.submit(&values("Browser", "no-token")).fails("captcha", "captcha-error");
        play.begin().is("FORM");
        play.submit(&values("Browser", "widget-down")).fails("captcha_service", "captcha-error");
    }
    // Without a message nothing tells.
    play.open(&["message_format=none"]);
    play.begin().is("FORM");
    play.submit(&values("Browser", "no-token")).fails("captcha_service", "captcha-error");
    play.begin().is("FORM");
    play.submit(&values("Browser", "widget-token")).is("PASS");
}
