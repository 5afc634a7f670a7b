//! How many instructions a sign-up takes, counted by callgrind: a ceiling that repeats within a few parts of a thousand,
//! which time does not. It is counted in this build, without optimisation; `cargo bench` is for the other one.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

#[path = "common/canned.rs"]
mod canned;

use std::{env, process::Command};

use canned::Canned;
use createaccount::{Answer, Begin, Config, Step};

/// How many instructions one sign-up may take: 3 % more than it took, in the dev profile of Cargo.toml. Lower it when it
/// takes less.
const MAX_INSTRUCTIONS: u64 = 700_000;

const FORM: &str = include_str!("fixtures/1.27/form.json");
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;
const COUNT: &str = "CREATEACCOUNT_TEST_SIGN_UPS";

#[test]
fn a_sign_up_takes_no_more_instructions_than_it_did() {
    // In valgrind this is what is counted.
    if let Ok(count) = env::var(COUNT) {
        (0..count.parse().expect("a number")).for_each(|_: u32| sign_up());
        return;
    }
    // What starting and ending take is in both.
    let each = (instructions(30) - instructions(10)) / 20;
    assert!(each <= MAX_INSTRUCTIONS, "{each} instructions");
}

fn instructions(sign_ups: u32) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().expect("a path"));
    let output = valgrind.env(COUNT, sign_ups.to_string()).output().expect("valgrind runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")).expect("a count").1;
    collected.trim().parse().expect("a number")
}

fn sign_up() {
    let wiki = Canned::default();
    wiki.reply(FORM).reply(PASS);
    let mut client = wiki.client(Config::new());
    let Step::Form(_) = client.begin(Begin::new()).expect("a form") else { panic!("no form") };
    let answer =
        Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("captchaWord", "token")]);
    let step = client.submit(&answer).expect("a step");
    assert!(matches!(step, Step::Pass(_)), "{step:?}");
}
