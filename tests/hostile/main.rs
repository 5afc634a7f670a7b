//! Hostile servers and hostile stores: what each costs a client at most, in Rust, C and Python.
//!
//! Each attack is played in a process of its own, which tells by how much its memory grew and how long the processor worked,
//! so that a busy machine does not count. It prints a line for each; `cargo test --test hostile -- --nocapture` shows them.
//! `make hostile` plays them as they are shipped.

#[path = "../common/compile.rs"]
mod compile;
#[path = "../common/flows.rs"]
mod flows;
#[path = "../common/needed.rs"]
mod needed;

mod attacks;
mod server;
mod stored;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use attacks::{ATTACKS, Attack};
use createaccount::{Answer, Begin, Client, Config, Step};
use libtest_mimic::{Arguments, Failed, Trial};
use stored::{STORED, Stored};

/// No attack may take more, in KiB and milliseconds.
const MAX_MEMORY: i64 = 64 * 1024;
const MAX_MILLISECONDS: i64 = if cfg!(debug_assertions) { 5_000 } else { 500 };

/// Names the server to a child process.
const SERVER: &str = "CREATEACCOUNT_HOSTILE_SERVER";

/// The secret key of hosts that have one.
const KEY: &str = "hostile-key-of-thirty-two-bytes!";

type Face = (&'static str, fn(&Programs) -> Command);

/// What plays them: this program, and others.
const FACES: [Face; 3] = [
    ("rust", |_| Command::new(env::current_exe().expect("a path"))),
    ("c", |programs| Command::new(&programs.c)),
    ("python", |programs| {
        let mut command = Command::new(&programs.python);
        command.arg(file("attack.py"));
        command
    }),
];

struct Programs {
    c: PathBuf,
    python: String,
}

fn main() -> ExitCode {
    if let Ok(api_url) = env::var(SERVER) {
        let stored: Vec<String> = env::args().skip(2).collect();
        return child(&api_url, &stored);
    }
    let mut arguments = Arguments::from_args();
    // One by one, for the sake of the times.
    arguments.test_threads = Some(1);
    let c = compile::compile("gcc", &["-std=c99"], &file("attack.c"), "hostile-attack").expect("a program");
    let python = needed::python();
    let programs: &Programs = Box::leak(Box::new(Programs { c, python }));
    let mut trials = Vec::new();
    for (face, program) in FACES {
        trials.extend(ATTACKS.iter().map(|attack| {
            Trial::test(format!("{}::{face}", attack.name), move || {
                attacked(attack, face, &mut program(programs))
            })
        }));
        trials.extend(STORED.iter().map(|stored| {
            Trial::test(format!("{}::{face}", stored.name), move || {
                loaded(stored, face, &mut program(programs))
            })
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn attacked(attack: &'static Attack, face: &str, program: &mut Command) -> Result<(), Failed> {
    let server = server::start(attack);
    play(attack.name, face, program.arg(&server).env(SERVER, &server)).map(drop)
}

fn loaded(stored: &Stored, face: &str, program: &mut Command) -> Result<(), Failed> {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-stored-{face}"));
    fs::write(&data, (stored.data)())?;
    program.args([stored::API, data.to_str().ok_or("a path in UTF-8")?]).env(SERVER, stored::API);
    if stored.has_key {
        program.arg(KEY);
    }
    let outcome = play(stored.name, face, program)?;
    if outcome.contains("loaded") == stored.is_loaded && outcome.contains("refused") != stored.is_loaded {
        Ok(())
    } else {
        Err(outcome.into())
    }
}

/// Lets a program play an attack, and returns what came of it.
fn play(name: &str, face: &str, program: &mut Command) -> Result<String, Failed> {
    let output = program.output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<i64> =
        printed.split(' ').take(2).filter_map(|figure| figure.trim().parse().ok()).collect();
    let [memory, time] = figures[..] else {
        let complaints = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} printed {printed:?} {complaints}").into());
    };
    println!("{name:36} {face:7} {memory:7} KiB {time:5} ms  {}", printed.trim_end());
    if memory > MAX_MEMORY || time > MAX_MILLISECONDS {
        return Err(format!("{memory} KiB and {time} ms").into());
    }
    Ok(printed)
}

/// Plays an attack in this process: that of a server, or that of a file, for a host that may have a key.
fn child(api_url: &str, stored: &[String]) -> ExitCode {
    let data = stored.first().map(|path| fs::read(path).expect("a file"));
    let config = match stored.get(1) {
        Some(key) => Config::new().seal_key(key),
        None => Config::new(),
    };
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let (before, started) = (figure("VmRSS:"), processor_time());
    let outcome = match data {
        Some(data) => match Client::load(api_url, &data, config) {
            Ok(client) => format!("loaded {:?}", client.save().map(|data| data.len())),
            Err(error) => format!("refused {error}"),
        },
        None => converse(Client::new(api_url, config).expect("right settings")),
    };
    let taken = (processor_time() - started).as_millis();
    let outcome: String = outcome.chars().take(60).collect();
    println!("{} {taken} {outcome}", figure("VmHWM:") - before);
    ExitCode::SUCCESS
}

/// Goes as far as a server lets one.
fn converse(mut client: Client) -> String {
    match client.begin(Begin::new()) {
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
    }
}

/// How long the processor has worked for this thread, which is the one that the client works on.
fn processor_time() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(times.split(' ').next().and_then(|time| time.parse().ok()).expect("a number"))
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
