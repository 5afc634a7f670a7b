//! The members of enumerations are explained by the same sentences in Rust and in Python, where a class has one docstring for
//! all its members. `build.rs` puts those of Rust into the C header.

use std::{collections::BTreeMap, fs};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/python/python/createaccount/_enums.py");

/// An enumeration, and the source of its members in Rust.
const ENUMERATIONS: [(&str, &str); 7] = [
    ("CaptchaKind", include_str!("../src/protocol/captcha.rs")),
    ("CaptchaService", include_str!("../src/protocol/captcha.rs")),
    ("FieldType", include_str!("../src/protocol/field.rs")),
    ("Problem", include_str!("../src/problem.rs")),
    ("Reason", include_str!("../src/protocol/reason.rs")),
    ("Required", include_str!("../src/protocol/request.rs")),
    ("TransportFailure", include_str!("../src/error.rs")),
];

/// Members of which Python has something else to say: names and values of its own, and a member for each phase.
const DIFFERENT: [&str; 3] = ["CaptchaKind::IMAGE", "FieldType::BUTTON", "TransportFailure::TIMEOUT"];

#[test]
fn members_are_explained_by_the_same_sentences() {
    let python = fs::read_to_string(PYTHON).expect("the module");
    let mut different = Vec::new();
    for (name, source) in ENUMERATIONS {
        let (rust, python) = (in_rust(name, source), in_python(name, &python));
        assert!(rust.len() > 2, "{name}: {rust:?}");
        let changed = rust.iter().filter(|(member, sentence)| python.get(*member) != Some(sentence));
        different.extend(changed.map(|(member, _)| format!("{name}::{member}")));
    }
    assert_eq!(different, DIFFERENT);
}

/// The members of an enumeration, with the comment before each.
fn in_rust(name: &str, source: &str) -> BTreeMap<String, String> {
    let body = source.split_once(&format!("pub enum {name} {{")).expect("it is there").1;
    let mut members = BTreeMap::new();
    let mut comment = String::new();
    for line in body.lines().map(str::trim).take_while(|line| *line != "}") {
        match line.strip_prefix("///") {
            Some(words) => comment.push_str(words),
            None if comment.is_empty() => {}
            None => {
                let name = line.split([',', '(']).next().unwrap_or_default();
                members.insert(member(name), sentence(&std::mem::take(&mut comment)));
            }
        }
    }
    members
}

/// The list of members in the docstring of a class.
fn in_python(name: &str, python: &str) -> BTreeMap<String, String> {
    let class = python.split_once(&format!("class {name}(")).expect("it is there").1;
    let docstring = class.split("\"\"\"").nth(1).expect("a docstring");
    let items =
        docstring.split("\n    * ").skip(1).map(|item| item.split_once(": ").expect("a name and words"));
    items.map(|(name, words)| (member(name), sentence(words))).collect()
}

/// `NotUtf8` and `NOT_UTF8` are the same.
fn member(name: &str) -> String {
    name.replace('_', "").to_uppercase()
}

fn sentence(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace(['<', '>'], "")
}
