//! The examples of the README, as they stand there: each signs a user up on the embedded wiki.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn python_example_runs() {
    let python = env::var_os("CREATEACCOUNT_PYTHON").expect("CREATEACCOUNT_PYTHON: run `make test`");
    let script = write("readme.py", &example("python"));
    signs_up(Command::new(python).arg(script), "python");
}

#[test]
fn c_example_runs() {
    let source = write("readme.c", &example("c"));
    let program = folder().join("readme-c");
    compile("cc", &["-std=c99"], &source, &program);
    signs_up(&mut Command::new(program), "c");
}

#[test]
fn cpp_example_runs() {
    let source = write("readme.cpp", &example("cpp"));
    let program = folder().join("readme-cpp");
    compile("c++", &["-std=c++17"], &source, &program);
    signs_up(&mut Command::new(program), "cpp");
}

#[test]
fn rust_example_runs() {
    let source = write("readme.rs", &example("rust"));
    let program = folder().join("readme-rs");
    let library = library_folder();
    let status = Command::new("rustc")
        .args(["--edition", "2024", "-Dwarnings", "--extern"])
        .arg(format!("createaccount={}", library.join("libcreateaccount.rlib").display()))
        .arg("-L")
        .arg(format!("dependency={}", library.join("deps").display()))
        .arg(source)
        .arg("-o")
        .arg(&program)
        .status()
        .expect("rustc runs");
    assert!(status.success(), "the example compiles");
    signs_up(&mut Command::new(program), "rust");
}

/// The one block of that language.
fn example(language: &str) -> String {
    let readme = include_str!("../README.md");
    let mut blocks = readme.split(&format!("```{language}\n")).skip(1);
    let block = blocks.next().unwrap_or_else(|| panic!("the README has an example in {language}"));
    assert!(blocks.next().is_none(), "one example in {language}");
    block.split_once("```").expect("the block ends").0.to_owned()
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, text).expect("the target folder can be written to");
    path
}

fn compile(compiler: &str, flags: &[&str], source: &Path, program: &Path) {
    let library = library_folder();
    let status = Command::new(compiler)
        .args(flags)
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg(format!("-I{}/include", env!("CARGO_MANIFEST_DIR")))
        .arg(source)
        .arg(format!("-L{}", library.display()))
        .arg("-lcreateaccount")
        .arg(format!("-Wl,-rpath,{}", library.display()))
        .arg("-o")
        .arg(program)
        .status()
        .unwrap_or_else(|error| panic!("{compiler} is needed: {error}"));
    assert!(status.success(), "the example compiles");
}

fn signs_up(command: &mut Command, language: &str) {
    let wiki = env::var("CREATEACCOUNT_WIKI_EMBEDDED")
        .expect("CREATEACCOUNT_WIKI_EMBEDDED: run `tests/wiki/with-wikis cargo test`");
    let api_url = format!("{wiki}/w/stock/readme-{language}-{}/api.php", std::process::id());
    let output = command.args([&api_url, "reader", "correct horse 7"]).output().expect("the example starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed.trim(), "made Reader");
    // The same name again is refused, and the example says so.
    let output = command.output().expect("the example starts");
    assert!(!output.status.success(), "a name that is taken");
}

/// Where this test's own files go.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Where cargo put the library: beside the folder of this test's executable.
fn library_folder() -> PathBuf {
    let executable = env::current_exe().expect("a test has a path");
    executable.parent().and_then(Path::parent).expect("cargo puts tests into deps/").to_owned()
}
