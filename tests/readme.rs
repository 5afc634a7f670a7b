//! The examples of the README, as they stand there: each signs a user up on the embedded wiki.

#[path = "common/compile.rs"]
mod compile;
#[path = "common/needed.rs"]
mod needed;

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use compile::{compile, library_folder};

#[test]
fn python_example_runs() {
    let script = write("readme.py", &example("python"));
    signs_up(Command::new(needed::python()).arg(script), "python");
}

/// A person answers the question of a captcha; a captcha that the terminal cannot show ends the program with a sentence.
#[test]
fn python_example_meets_captchas() {
    let script = write("readme-captcha.py", &example("python"));
    let sign_up = |profile: &str, typed: &str| {
        let wiki = needed::embedded_wiki();
        let api_url = format!("{wiki}/w/{profile}/readme-captcha-{}/api.php", std::process::id());
        let mut program = Command::new(needed::python())
            .args(["-W", "ignore:createaccount is a debug build"])
            .arg(&script)
            .args([&api_url, "reader", "correct horse 7"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        // Who is not asked does not read it.
        let _ = program.stdin.take().expect("a pipe").write_all(typed.as_bytes());
        program.wait_with_output().expect("the example ends")
    };
    let refused = sign_up("questy", "mars\n");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.starts_with("captcha: "), "{said}");
    let made = sign_up("questy", "earth\n");
    assert_eq!(String::from_utf8_lossy(&made.stdout), "Which planet do we live on? made Reader\n");
    let picture = sign_up("fancy", "");
    let said = String::from_utf8_lossy(&picture.stderr);
    assert!(!picture.status.success() && said.trim() == "show the person this captcha: image", "{said}");
}

#[test]
fn c_example_runs() {
    let source = write("readme.c", &example("c"));
    let program = compile("cc", &["-std=c99"], &source, "readme-c").expect("the example compiles");
    signs_up(&mut Command::new(program), "c");
}

#[test]
fn cpp_example_runs() {
    let source = write("readme.cpp", &example("cpp"));
    let program = compile("c++", &["-std=c++17"], &source, "readme-cpp").expect("the example compiles");
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
        .arg(format!("dependency={}", library.display()))
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
    let opening = format!("```{language}\n");
    let mut blocks = readme.split(&opening).skip(1);
    let block = blocks.next().unwrap_or_else(|| panic!("the README has an example in {language}"));
    assert!(blocks.next().is_none(), "one example in {language}");
    block.split_once("```").expect("the block ends").0.to_owned()
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, text).expect("the target folder can be written to");
    path
}

fn signs_up(command: &mut Command, language: &str) {
    let wiki = needed::embedded_wiki();
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
