//! What `make test` sees to. Without it the whole test program ends, and says in one line what to run instead.

// Each test uses a part of it.
#![allow(dead_code)]

use std::{
    env,
    io::{self, Write},
    process,
    sync::{Mutex, PoisonError},
};

/// The address of the embedded wiki, `http://HOST:PORT`.
pub fn embedded_wiki() -> String {
    variable("CREATEACCOUNT_WIKI_EMBEDDED")
}

/// A Python that has the module installed.
pub fn python() -> String {
    variable("CREATEACCOUNT_PYTHON")
}

pub fn variable(name: &str) -> String {
    // Of several threads only one says it.
    static ENDING: Mutex<()> = Mutex::new(());
    env::var(name).unwrap_or_else(|_| {
        let _ending = ENDING.lock().unwrap_or_else(PoisonError::into_inner);
        // Not by a macro, whose output the test harness keeps to itself.
        let _ = writeln!(
            io::stderr(),
            "\n{name} is not set: run `make test`, or `make check` for all tests that need no wiki"
        );
        process::exit(1)
    })
}
