//! The members of enumerations are explained by the same sentences in Rust, in the C header and in Python. Neither can be
//! made from the other: the header is written in names of C, and Python has one docstring for all members.

use std::{collections::BTreeMap, fs};

const HEADER: &str = include_str!("../include/createaccount.h");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/python/python/createaccount/_enums.py");

/// An enumeration: its name in Rust and Python, the file, and what its members in C begin with.
const ENUMERATIONS: [(&str, &str, &str); 7] = [
    ("CaptchaKind", include_str!("../src/protocol/captcha.rs"), "CAPTCHA"),
    ("CaptchaService", include_str!("../src/protocol/captcha.rs"), "CAPTCHA_SERVICE"),
    ("FieldType", include_str!("../src/protocol/field.rs"), "FIELD_TYPE"),
    ("Problem", include_str!("../src/problem.rs"), "PROBLEM"),
    ("Reason", include_str!("../src/protocol/reason.rs"), "REASON"),
    ("Required", include_str!("../src/protocol/request.rs"), "REQUIRED"),
    ("TransportFailure", include_str!("../src/error.rs"), "FAILURE"),
];

/// Members of which a language has something else to say.
const C_DIFFERS: [&str; 8] = [
    "CaptchaKind::IMAGE",
    "FieldType::BUTTON",
    "FieldType::CHECKBOX",
    "FieldType::MULTISELECT",
    "Problem::REQUIRED",
    "Problem::WRONGTYPE",
    "Required::PRIMARYREQUIRED",
    "TransportFailure::TIMEOUT",
];
const PYTHON_DIFFERS: [&str; 3] = ["CaptchaKind::IMAGE", "FieldType::BUTTON", "TransportFailure::TIMEOUT"];

#[test]
fn members_are_explained_by_the_same_sentences() {
    let (mut c_differs, mut python_differs) = (Vec::new(), Vec::new());
    for (name, source, prefix) in ENUMERATIONS {
        let (rust, c, python) = (in_rust(name, source), in_c(prefix), in_python(name));
        assert!(rust.len() > 2, "{name}: {rust:?}");
        for (member, sentence) in &rust {
            let differs = |other: &BTreeMap<String, String>| other.get(member) != Some(sentence);
            let place = format!("{name}::{member}");
            c_differs.extend(differs(&c).then(|| place.clone()));
            python_differs.extend(differs(&python).then_some(place));
        }
    }
    assert_eq!(c_differs, C_DIFFERS, "in C");
    assert_eq!(python_differs, PYTHON_DIFFERS, "in Python");
}

/// The members of an enumeration in a source of Rust, with their comments.
fn in_rust(name: &str, source: &str) -> BTreeMap<String, String> {
    let body = source.split_once(&format!("pub enum {name} {{\n")).expect("it is there").1;
    commented(body.split_once("\n}").expect("it ends").0.lines().map(|line| line.trim()), "///")
}

/// The members in the C header whose names begin like this.
fn in_c(prefix: &str) -> BTreeMap<String, String> {
    let start = format!("CREATEACCOUNT_{prefix}_");
    let enumerations =
        HEADER.split("typedef enum {").skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    let is_meant = |body: &&str| {
        let mut members = body.lines().filter(|line| line.contains(" = "));
        members.all(|line| line.trim().starts_with(&start))
    };
    let body = { enumerations }.find(is_meant).expect("it is there");
    let lines = body.lines().map(str::trim).filter(|line| !matches!(*line, "/**" | "*/"));
    commented(lines.map(|line| line.strip_prefix(&start).unwrap_or(line)), "*")
}

/// The lines with this mark before each member.
fn commented<'a>(lines: impl Iterator<Item = &'a str>, mark: &str) -> BTreeMap<String, String> {
    let mut members = BTreeMap::new();
    let mut comment = Vec::new();
    for line in lines {
        match line.strip_prefix(mark) {
            Some(words) => comment.push(words.trim()),
            None if comment.is_empty() => {}
            None => {
                let name: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                members.insert(member(&name), sentence(&comment.join(" ")));
                comment.clear();
            }
        }
    }
    members
}

/// The list of members in the docstring of a class.
fn in_python(name: &str) -> BTreeMap<String, String> {
    let python = fs::read_to_string(PYTHON).expect("the module");
    let class = python.split_once(&format!("class {name}(")).expect("it is there").1;
    let docstring = class.split("\"\"\"").nth(1).expect("a docstring");
    let items = docstring.split("\n    * ").skip(1);
    items
        .map(|item| {
            let (name, words) = item.split_once(": ").expect("a name and words");
            (member(name), sentence(words))
        })
        .collect()
}

/// `NotUtf8` and `NOT_UTF8` are the same.
fn member(name: &str) -> String {
    name.replace('_', "").to_uppercase()
}

fn sentence(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace(['<', '>'], "")
}
