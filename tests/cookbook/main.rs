//! The recipes of the cookbook in C, C++ and Rust, as they stand there, on the embedded wiki. Those in Python run in
//! `bindings/python/tests/test_documents.py`.

#[path = "../common/compile.rs"]
mod compile;
#[path = "../common/needed.rs"]
mod needed;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use compile::{compile, library_folder};

/// Each recipe with the profile of its wiki, and what it prints.
const ALL: &[(&str, &str, &str)] = &[
    ("check_a_name", "stock", "free: Alice smith\n"),
    ("keep_what_was_right", "stock", "PASS\n"),
    ("show_the_picture", "fancy", "image/png answers captchaWord\n"),
    ("save_and_go_on", "stock", "PASS\n"),
    ("cancel", "steps", "it was on its way: PASS\n"),
    ("wait_after_a_rate_limit", "ratelimit", "Two waits for 60 seconds\nThree waits for 60 seconds\n"),
    ("outcome_unknown", "lost-answer", "PASS\n"),
    ("behind_a_proxy", "stock", ""),
];
const CPP: &[(&str, &str, &str)] = &[("log", "stock", "1\n")];
const RUST: &[(&str, &str, &str)] = &[
    ("visit_a_third_party", "steps", "PASS\n"),
    ("log", "stock", "true\n"),
    ("a_transport_of_your_own", "stock", "PASS\n"),
];
const C: &[(&str, &str, &str)] = &[("log", "stock", "")];

#[test]
fn recipes_in_c() {
    let program = built("c", "cc", "-std=c99", include_str!("play.c"));
    for recipe in ALL.iter().chain(C) {
        runs(&program, "c", recipe);
    }
}

#[test]
fn recipes_in_cpp() {
    let program = built("cpp", "c++", "-std=c++17", include_str!("play.cpp"));
    for recipe in ALL.iter().chain(CPP) {
        runs(&program, "cpp", recipe);
    }
}

#[test]
fn recipes_in_rust() {
    let source = written("rust", include_str!("play.rs"));
    let (library, program) = (library_folder(), source.with_file_name("cookbook-rust"));
    let output = Command::new("rustc")
        .args(["--edition", "2024", "-Dwarnings", "--extern"])
        .arg(format!("createaccount={}", library.join("libcreateaccount.rlib").display()))
        .arg("--extern")
        .arg(format!("ureq={}", newest(&library, "libureq-").display()))
        .arg("-L")
        .arg(format!("dependency={}", library.display()))
        .arg(source)
        .arg("-o")
        .arg(&program)
        .output()
        .expect("rustc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for recipe in ALL.iter().chain(RUST) {
        runs(&program, "rust", recipe);
    }
}

/// Cargo keeps older builds of a library beside the one that it made last.
fn newest(folder: &Path, library: &str) -> PathBuf {
    let files = fs::read_dir(folder).expect("cargo made it").map(|file| file.expect("it can be read"));
    let named = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with(library) && name.ends_with(".rlib")
    });
    let age = |file: &fs::DirEntry| file.metadata().and_then(|data| data.modified()).expect("it has a time");
    named.max_by_key(age).expect("the tests are built with it").path()
}

fn built(language: &str, compiler: &str, standard: &str, main: &str) -> PathBuf {
    let source = written(language, main);
    // Recipes are static, so that one which nothing plays is a warning.
    compile(compiler, &[standard, "-pthread"], &source, &format!("cookbook-{language}"))
        .expect("the recipes compile")
}

/// Writes all blocks of a language, and below them what plays each.
fn written(language: &str, main: &str) -> PathBuf {
    let page = include_str!("../../docs/cookbook.md");
    let opening = format!("```{language}\n");
    let blocks: Vec<_> = page
        .split(&opening)
        .skip(1)
        .map(|rest| rest.split_once("\n```").expect("the block ends").0)
        .collect();
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cookbook.{language}"));
    fs::write(&source, format!("{}\n\n{main}", blocks.join("\n\n")))
        .expect("the target folder can be written to");
    source
}

fn runs(program: &Path, language: &str, &(recipe, profile, printed): &(&str, &str, &str)) {
    let wiki = needed::embedded_wiki();
    let instance = format!("cookbook-{language}-{}-{}", recipe.replace('_', "-"), std::process::id());
    let api_url = format!("{wiki}/w/{profile}/{instance}/api.php");
    let output = Command::new(program).args([recipe, &api_url]).output().expect("the recipe starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{recipe}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{recipe}");
    assert_eq!(!said.is_empty(), recipe == "log", "{recipe}: {said}");
}
