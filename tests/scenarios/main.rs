//! One list of scenarios, played by every host on every wiki with the same expectations.
//!
//! Run it with `tests/wiki/with-wikis cargo test --test scenarios`; a filter on the name picks some, for instance
//! `redirect` or `::python::` or `::mediawiki-1.39`. A host or wiki that is not there is a failure.

mod asking;
mod captchas;
#[path = "../common/compile.rs"]
mod compile;
mod creating;
mod host;
mod languages;
mod login;
mod names;
#[path = "../common/needed.rs"]
mod needed;
mod play;
mod reasons;
mod refused;
mod shapes;
mod steps;
#[path = "../common/wikis.rs"]
mod wikis;
mod wire;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use self::{host::HostKind, play::Play, wikis::Wiki};

/// A sign-up, or part of one, and what must come of it.
struct Scenario {
    name: &'static str,
    /// The profiles of the wiki, joined by `+`.
    profiles: &'static str,
    wikis: On,
    play: fn(&mut Play),
}

/// Which wikis have what a scenario needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    All,
    /// Not MediaWiki 1.39, which is too old for it.
    Since143,
    /// Third parties' services, which the real wikis cannot reach here.
    Embedded,
    /// What the embedded wiki leaves to MediaWiki.
    Real,
}

impl On {
    fn has(self, wiki: Wiki) -> bool {
        match self {
            Self::All => true,
            Self::Since143 => wiki != Wiki::MediaWiki139,
            Self::Embedded => wiki == Wiki::Embedded,
            Self::Real => wiki != Wiki::Embedded,
        }
    }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They mostly wait. More would be too many for the eight workers of a real wiki, of which some trials hold two.
    arguments.test_threads.get_or_insert(4);
    let scenarios = [
        creating::LIST,
        names::LIST,
        steps::LIST,
        shapes::LIST,
        refused::LIST,
        wire::LIST,
        captchas::LIST,
        languages::LIST,
        asking::LIST,
        login::LIST,
        reasons::LIST,
    ]
    .concat();
    let mut trials = Vec::new();
    for scenario in &scenarios {
        for wiki in Wiki::ALL.into_iter().filter(|wiki| scenario.wikis.has(*wiki)) {
            for host in HostKind::ALL {
                let (play, profiles, name) = (scenario.play, scenario.profiles, scenario.name);
                let trial = format!("{name}::{host}::{wiki}");
                trials.push(Trial::test(trial, move || {
                    let mut stage = Play::new(wiki, host, profiles, name).map_err(Failed::from)?;
                    play(&mut stage);
                    Ok(())
                }));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

impl Clone for Scenario {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}
