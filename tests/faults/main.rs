//! Whatever happens on the way, the host learns what became of the account.
//!
//! A proxy breaks the exchanges between the library and a wiki in every way and at every place (`fault`, `proxy`), a
//! careful host signs up through it (`host`), and what the library told it is compared with the wiki's own table of
//! users (`campaign`). `retry` and `cancel` hold single rules: what is sent again, and how a call is cancelled.
//!
//! Run it with `tests/wiki/with-wikis cargo test --test faults`; `make faults` runs the whole campaign.

mod campaign;
mod cancel;
mod fault;
mod host;
#[path = "../common/needed.rs"]
mod needed;
mod proxied;
mod proxy;
mod retry;
mod wiki;
#[path = "../common/wikis.rs"]
mod wikis;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Trials do little but wait.
    arguments.test_threads.get_or_insert(64);
    let trials = [cancel::trials(), retry::trials(), campaign::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
