//! The example in Rust goes through the same scenes as the one in C++ (`tests/capi.rs`).

#[path = "common/needed.rs"]
mod needed;
#[path = "common/scenes.rs"]
mod scenes;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use scenes::{asks, succeeds};

#[test]
fn example_in_rust() {
    asks(&built("signup"), "rust");
}

/// Builds an example, since `cargo test --test examples` does not, and returns the program.
fn built(example: &str) -> PathBuf {
    let executable = env::current_exe().expect("a test has a path");
    let profile = executable.ancestors().nth(2).expect("cargo puts tests into PROFILE/deps/");
    let target = profile.parent().expect("a profile lies in the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", example, "--target-dir"]).arg(target);
    succeeds(cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))));
    profile.join("examples").join(example)
}
