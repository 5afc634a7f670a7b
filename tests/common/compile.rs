//! Compiling C and C++ programs against the library of this build.

// Each test uses a part of it.
#![allow(dead_code)]

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Compiles one source with all warnings as errors, and returns the program. `name` must be unlike those of other tests.
pub fn compile(compiler: &str, flags: &[&str], source: &Path, name: &str) -> Result<PathBuf, String> {
    let library = library_folder();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let output = Command::new(compiler)
        .args(flags)
        .args(["-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg(format!("-I{}/include", env!("CARGO_MANIFEST_DIR")))
        .arg(source)
        .arg(format!("-L{}", library.display()))
        .arg("-lcreateaccount")
        // Before LD_LIBRARY_PATH, in which cargo names a folder that may hold an older build.
        .arg(format!("-Wl,--disable-new-dtags,-rpath,{}", library.display()))
        .arg("-o")
        .arg(&program)
        .output()
        .map_err(|error| format!("{compiler} is needed: {error}"))?;
    match output.status.success() {
        true => Ok(program),
        false => Err(format!("{}: {}", source.display(), String::from_utf8_lossy(&output.stderr))),
    }
}

/// Where cargo puts `libcreateaccount.so` and `.rlib` when it builds for tests: beside their executables.
pub fn library_folder() -> PathBuf {
    let executable = env::current_exe().expect("a test has a path");
    executable.parent().expect("cargo puts tests into deps/").to_owned()
}
