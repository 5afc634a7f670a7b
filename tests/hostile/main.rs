//! Hostile servers: what each costs a client at most, in Rust, C and Python.
//!
//! Each attack is played in a process of its own, which tells by how much its memory grew and how long it took. It prints
//! a line for each; `cargo test --test hostile -- --nocapture` shows them.

#[path = "../common/compile.rs"]
mod compile;
#[path = "../common/needed.rs"]
mod needed;

mod attacks;
mod server;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use attacks::{ATTACKS, Attack};
use createaccount::{Answer, Begin, Client, Config, Step};
use libtest_mimic::{Arguments, Failed, Trial};

/// No attack may take more, in KiB and milliseconds.
const MAX_MEMORY: i64 = 64 * 1024;
const MAX_MILLISECONDS: i64 = if cfg!(debug_assertions) { 5_000 } else { 500 };

/// Names the server to a child process.
const SERVER: &str = "CREATEACCOUNT_HOSTILE_SERVER";

fn main() -> ExitCode {
    if let Ok(api_url) = env::var(SERVER) {
        return child(&api_url);
    }
    let mut arguments = Arguments::from_args();
    // One by one, for the sake of the times.
    arguments.test_threads = Some(1);
    let c = compile::compile("gcc", &["-std=c99"], &file("attack.c"), "hostile-attack").expect("a program");
    let python = needed::python();
    let mut trials = Vec::new();
    for attack in ATTACKS {
        let c = c.clone();
        let python = python.clone();
        trials.push(Trial::test(format!("{}::rust", attack.name), move || {
            play(attack, "rust", &mut Command::new(env::current_exe().expect("a path")))
        }));
        trials.push(Trial::test(format!("{}::c", attack.name), move || {
            play(attack, "c", &mut Command::new(c))
        }));
        trials.push(Trial::test(format!("{}::python", attack.name), move || {
            play(attack, "python", Command::new(python).arg(file("attack.py")))
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn play(attack: &'static Attack, face: &str, program: &mut Command) -> Result<(), Failed> {
    let server = server::start(attack);
    let output = program.arg(&server).env(SERVER, &server).output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<i64> =
        printed.split(' ').take(2).filter_map(|figure| figure.trim().parse().ok()).collect();
    let [memory, time] = figures[..] else {
        return Err(format!(
            "{} printed {printed:?} {}",
            attack.name,
            String::from_utf8_lossy(&output.stderr)
        )
        .into());
    };
    println!("{:32} {face:7} {memory:7} KiB {time:5} ms  {}", attack.name, printed.trim_end());
    if memory > MAX_MEMORY || time > MAX_MILLISECONDS {
        return Err(format!("{memory} KiB and {time} ms").into());
    }
    Ok(())
}

/// Plays an attack in this process.
fn child(api_url: &str) -> ExitCode {
    let mut client = Client::new(api_url, Config::new()).expect("right settings");
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let (before, started) = (figure("VmRSS:"), Instant::now());
    let outcome = match client.begin(Begin::new()) {
        Ok(Step::Form(form)) => {
            let answered = client.submit(&Answer::from([("username", "Al")]));
            let saved = client.save().map(|data| data.len());
            drop(form);
            format!(
                "{:?} {saved:?}",
                answered.map(|step| step.status().to_owned()).map_err(|error| error.kind())
            )
        }
        other => format!("{:?}", other.map_err(|error| error.kind())),
    };
    let taken = started.elapsed().as_millis();
    println!("{} {taken} {}", figure("VmHWM:") - before, &outcome[..outcome.len().min(60)]);
    ExitCode::SUCCESS
}

/// A figure of this process in KiB.
fn figure(key: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("a figure");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(name)
}
