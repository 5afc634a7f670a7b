//! Running programs, and the sign-ups that every example goes through.

// Each test uses a part of it.
#![allow(dead_code)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::needed;

/// What `bindings/demo.sh` does, and what happens when it does not go well: for examples that take answers as arguments.
pub fn signs_up(program: &Path, language: &str) {
    let stock = wiki("stock", &format!("example-{language}"));
    let steps = wiki("steps", &format!("example-{language}"));
    let password = "password=correct horse 7";
    let on = |wiki: &str, arguments: &[&str], input: &str| {
        let printed = succeeds_with(Command::new(program).arg(wiki).args(arguments), input);
        for secret in ["correct horse", "98 76", "1234"] {
            assert!(!printed.contains(secret), "a secret is printed: {printed}");
        }
        printed
    };
    let made = |printed: &str, name: &str| {
        assert!(printed.contains(&format!("The account {name} is made.")), "{printed}");
    };

    let printed = on(&stock, &["username=plain", password, "email=plain@example.org"], "");
    made(&printed, "Plain");
    assert!(printed.contains("Password: ***"), "{printed}");

    let printed = on(&stock, &["username=Taken", password, "--then", "username=Free", password], "");
    made(&printed, "Free");
    assert!(printed.contains("Failed (name_taken)"), "{printed}");

    let everything = ["code=1234", "pin=98 76", "color=green", "topics=art,a|b", "agree=1"];
    let printed =
        on(&steps, &[&["username=asked", "stepStart=1", "stepChain=ui"], &everything[..]].concat(), "");
    made(&printed, "Asked");
    assert!(printed.contains("Information: Read this."), "{printed}");

    // What is missing is asked for, and nothing else; a wrong answer is asked for again.
    let some = ["username=Asked again", "stepStart=1", "stepChain=ui", "code=1234", "pin=98 76", "agree=1"];
    made(&on(&steps, &some, "blue\ngreen\n"), "Asked again");

    // What is ticked beforehand is unticked.
    let odd = ["username=Unticked", "stepStart=1", "stepChain=odd"];
    made(&on(&steps, &odd, "0\n,\nx\n1\n\n"), "Unticked");
    let odd = received(&steps, "StepTestOddRequest");
    assert_eq!((&odd["news"], &odd["topics"]), (&json!(false), &json!([])));
    // With an empty line it stays.
    let odd = ["username=Ticked", "stepStart=1", "stepChain=odd"];
    let printed = on(&steps, &odd, "\n\nx\n1\n\n");
    made(&printed, "Ticked");
    assert!(printed.contains("Without an answer: 1"), "{printed}");
    let odd = received(&steps, "StepTestOddRequest");
    assert_eq!((&odd["news"], &odd["topics"]), (&json!(true), &json!(["art", "law"])));

    // Without arguments everything is asked for.
    made(&on(&stock, &[], "all by hand\ncorrect horse 7\ncorrect horse 7\n\n\n"), "All by hand");

    for refused in [vec!["username=Taken", password], vec!["username=Nobody"]] {
        let output = run(Command::new(program).arg(&stock).args(refused), "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
    assert_eq!(run(&mut Command::new(program), "").status.code(), Some(2), "no address");

    // All kinds of steps at once, in valgrind.
    let chain = ["--listen", "0", "--visit", "username=Away", "stepStart=1", "stepChain=chain"];
    let mut command = in_valgrind(program);
    let printed = succeeds_with(command.arg(&steps).args(chain).args(["code=1234", "topics=law"]), "");
    made(&printed, "Away");
}

/// Sign-ups by an example that asks for everything.
pub fn asks(program: &Path, language: &str) {
    let stock = wiki("stock", &format!("example-{language}"));
    let steps = wiki("steps", &format!("example-{language}"));
    let password = "correct horse 7\ncorrect horse 7\n";

    let input = format!("Taken\n{password}\n\nby hand\n{password}\n\n");
    let printed = succeeds_with(Command::new(program).arg(&stock), &input);
    assert!(printed.contains("Failed (name_taken)"), "{printed}");
    assert!(printed.ends_with("\nThe account By hand is made.\n"), "{printed}");

    // A wrong answer is asked for again, and nothing else.
    let input = "asked\n\n\n1\nui\n\n\n1234\n98 76\n\nblue\nart,a|b\n1\n\n\ngreen\n";
    let printed = succeeds_with(Command::new(program).arg(&steps), input);
    assert!(printed.contains("Information: Read this.") && printed.contains("Asked is made."), "{printed}");

    // What is ticked beforehand is unticked, and stays with an empty line.
    for (choices, news, topics) in [("0\n,", false, json!([])), ("\n", true, json!(["art", "law"]))] {
        let input = format!("odd {news}\n\n\n1\nodd\n\n\n{choices}\nx\n1\n\n");
        let printed = succeeds_with(Command::new(program).arg(&steps), &input);
        assert!(printed.contains("Without an answer: 1"), "{printed}");
        let odd = received(&steps, "StepTestOddRequest");
        assert_eq!((&odd["news"], &odd["topics"]), (&json!(news), &topics));
    }

    for arguments in [&[][..], &[&stock[..]]] {
        let status = if arguments.is_empty() { 2 } else { 1 };
        let output = run(Command::new(program).args(arguments), "Nobody\n");
        assert_eq!(output.status.code(), Some(status), "{output:?}");
    }

    // A visit to a third party, in valgrind.
    let mut child = in_valgrind(program)
        .arg(&steps)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("valgrind is needed");
    let (mut input, mut output) =
        (child.stdin.take().expect("piped"), BufReader::new(child.stdout.take().expect("piped")));
    write!(input, "away\n\n\n1\nchain\n\n\n1234\n").expect("it reads");
    let target = loop {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).expect("text"), 0, "no visit");
        if let Some(target) = line.strip_prefix("Visit ") {
            break target.trim().to_owned();
        }
    };
    writeln!(input, "{}\nlaw\n", returned_from(&target)).expect("it reads");
    drop(input);
    let mut printed = String::new();
    output.read_to_string(&mut printed).expect("text");
    assert!(printed.ends_with("\nThe account Away is made.\n"), "{printed}");
    assert!(child.wait().expect("it ends").success());
}

/// Where a third party sends the person back to.
fn returned_from(target: &str) -> String {
    let browser =
        ureq::Agent::config_builder().max_redirects(0).max_redirects_will_error(false).build().new_agent();
    let response = browser.get(target).call().expect("the third party answers");
    response.headers()["location"].to_str().expect("an address").to_owned()
}

/// Valgrind, which makes a program that leaks or errs end with status 99.
pub fn in_valgrind(program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--child-silent-after-fork=yes"])
        .arg(program);
    command
}

/// Runs a program to its good end.
pub fn succeeds(command: &mut Command) {
    succeeds_with(command, "");
}

/// Runs a program to its good end, and returns what it printed.
pub fn succeeds_with(command: &mut Command, input: &str) -> String {
    let output = run(command, input);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{printed}\n{complaints}", output.status);
    printed
}

/// Runs a program with this input, however it ends.
pub fn run(command: &mut Command, input: &str) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        command.spawn().unwrap_or_else(|error| panic!("{name} is needed, and does not start: {error}"));
    // A program that ended already does not read it.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends")
}

/// The values that one request of the last answer to a step was given.
fn received(api_url: &str, id: &str) -> Value {
    let window = api_url.replace("api.php", "_received");
    let mut reply = ureq::get(window).call().expect("the wiki answers");
    let entries: Value =
        serde_json::from_str(&reply.body_mut().read_to_string().expect("text")).expect("JSON");
    let requests =
        entries.as_array().and_then(|entries| entries.last()).expect("an entry")["requests"].clone();
    let request = requests.as_array().expect("a list").iter().find(|request| request["id"] == id).cloned();
    request.expect("it loaded")["fields"].clone()
}

/// A wiki of its own for each test and run.
pub fn wiki(profile: &str, name: &str) -> String {
    format!("{}/w/{profile}/{name}-{}/api.php", needed::embedded_wiki(), std::process::id())
}
