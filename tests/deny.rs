//! Licences and sources of all that is depended on, as `deny.toml` has them, and no crate of the library in two versions.
//! `make deny` runs cargo-deny itself, which knows advisories as well.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// What one expression of SPDX is made of.
fn words(expression: &str) -> Vec<String> {
    let spaced =
        expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "\u{a0}");
    spaced.split([' ']).filter(|word| !word.is_empty()).map(|word| word.replace('\u{a0}', " WITH ")).collect()
}

/// Whether licences that are allowed satisfy the expression. AND binds closer than OR.
fn is_allowed(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<&str>) -> bool {
    let mut any = false;
    loop {
        let mut all = true;
        loop {
            all &= match words.next().expect("a licence").as_str() {
                "(" => is_allowed(words, allowed),
                licence => allowed.contains(licence),
            };
            match words.peek().map(String::as_str) {
                Some("AND") => drop(words.next()),
                _ => break,
            }
        }
        any |= all;
        match words.next().as_deref() {
            Some("OR") => {}
            // The end, or that of a parenthesis.
            _ => return any,
        }
    }
}

fn satisfies(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    is_allowed(&mut words(expression).into_iter().peekable(), allowed)
}

fn allowed() -> BTreeSet<&'static str> {
    let list = include_str!("../deny.toml").split("allow = [").nth(1).and_then(|rest| rest.split(']').next());
    let allowed: BTreeSet<&str> = list.expect("a list").split('"').skip(1).step_by(2).collect();
    assert!(allowed.contains("MIT"));
    allowed
}

#[test]
fn expressions_are_read_as_spdx_says() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for good in
        ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-3.0", "MIT AND (GPL-3.0 OR ISC)", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(satisfies(good, &allowed), "{good}");
    }
    for bad in
        ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "Apache-2.0", "GPL-3.0 OR ISC AND GPL-2.0"]
    {
        assert!(!satisfies(bad, &allowed), "{bad}");
    }
}

#[test]
fn licences() {
    let host = cargo(&["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata =
        cargo(&["metadata", "--format-version=1", "--locked", "--all-features", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let used: BTreeSet<&str> =
        list(&metadata["resolve"]["nodes"]).iter().filter_map(|node| node["id"].as_str()).collect();
    let allowed = allowed();
    assert!(used.len() > 100);
    for package in list(&metadata["packages"]) {
        if used.contains(package["id"].as_str().expect("an id")) {
            let licence = package["license"].as_str().unwrap_or("none");
            assert!(satisfies(licence, &allowed), "{}: {licence} is not in deny.toml", package["name"]);
        }
    }
}

/// For all platforms.
#[test]
fn sources() {
    let lock = include_str!("../Cargo.lock");
    let sources: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    // One registry, and neither a repository nor a folder.
    assert!(
        sources.len() == 1 && sources.iter().all(|source| source.starts_with("\"registry+")),
        "{sources:?}"
    );
}

#[test]
fn the_library_has_nothing_twice() {
    let tree =
        cargo(&["tree", "--locked", "--package", "createaccount", "--edges", "normal", "--duplicates"]);
    let excused =
        include_str!("../deny.toml").split("crate = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let excused: Vec<String> = excused.map(|name| name.replace('@', " v")).collect();
    assert!(!excused.is_empty());
    let mut names = BTreeSet::new();
    // Those that are there in several versions stand at the begin of a line, with what wants them below.
    for line in tree.lines().filter(|line| line.starts_with(char::is_alphanumeric)) {
        let is_excused = excused.iter().any(|name| line.starts_with(&format!("{name}.")));
        let name = line.split(' ').next().expect("a name");
        assert!(is_excused || names.insert(name), "{name} is there more than once:\n{tree}");
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let output = output.expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
