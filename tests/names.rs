//! Each function of the C header is used by a test of tests/capi, and misused by one. `tests/capi.rs` runs them, and holds
//! `symbols.txt`, the list of the functions, to the header and to the library.

use std::{collections::BTreeSet, fs, path::Path};

/// What cannot be misused, and why.
const NO_MISUSE: [(&str, &str); 12] = [
    ("createaccount_captcha_kind_name", "takes a number, and has a name for any"),
    ("createaccount_captcha_service_name", "takes a number, and has a name for any"),
    ("createaccount_config_new", "takes nothing"),
    ("createaccount_failure_name", "takes a number, and has a name for any"),
    ("createaccount_field_type_name", "takes a number, and has a name for any"),
    ("createaccount_problem_name", "takes a number, and has a name for any"),
    ("createaccount_reason_name", "takes a number, and has a name for any"),
    ("createaccount_required_name", "takes a number, and has a name for any"),
    ("createaccount_status_name", "takes a number, and has a name for any"),
    ("createaccount_step_kind_name", "takes a number, and has a name for any"),
    ("createaccount_version", "takes nothing"),
    ("createaccount_version_number", "takes nothing"),
];

#[test]
fn each_function_is_used() {
    let calls = calls();
    let used: BTreeSet<&str> =
        calls.iter().filter(|call| !call.is_misuse()).map(|call| call.function.as_str()).collect();
    let unused: Vec<String> = functions().into_iter().filter(|name| !used.contains(name.as_str())).collect();
    assert!(unused.is_empty(), "no program of tests/capi uses {unused:#?}");
}

#[test]
fn each_function_is_misused() {
    let calls = calls();
    let misused: BTreeSet<&str> =
        calls.iter().filter(|call| call.is_misuse()).map(|call| call.function.as_str()).collect();
    let harmless: BTreeSet<&str> = NO_MISUSE.iter().map(|(name, _)| *name).collect();
    let (listed, missing): (Vec<String>, Vec<String>) = functions()
        .into_iter()
        .filter(|name| !misused.contains(name.as_str()))
        .partition(|name| harmless.contains(name.as_str()));
    assert!(missing.is_empty(), "no program of tests/capi misuses {missing:#?}");
    assert_eq!(listed.len(), NO_MISUSE.len(), "the list of what cannot be misused is too long");
}

fn functions() -> Vec<String> {
    let functions: Vec<String> = include_str!("capi/symbols.txt").lines().map(str::to_owned).collect();
    assert!(functions.len() > 100);
    functions
}

/// A call in a program of tests/capi.
struct Call {
    function: String,
    /// The text before the name, up to the beginning of the statement.
    before: String,
    /// The text from the first argument on.
    arguments: String,
}

impl Call {
    /// Whether it gives NULL for the object it is about, or is expected to be refused.
    fn is_misuse(&self) -> bool {
        let before = self.before.trim_end();
        self.arguments.starts_with("NULL")
            || ["REFUSED(", "TOO_EARLY("].iter().any(|check| before.ends_with(check))
    }
}

/// All calls in the C programs and in the header that they share.
fn calls() -> Vec<Call> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/capi");
    let mut calls = Vec::new();
    for entry in fs::read_dir(folder).expect("tests/capi can be read") {
        let path = entry.expect("tests/capi can be read").path();
        if path.extension().is_some_and(|extension| extension == "c" || extension == "h") {
            let source = without_comments(&fs::read_to_string(&path).expect("a program in UTF-8"));
            for (index, _) in source.match_indices("createaccount_") {
                let name: String =
                    source[index..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(arguments) = source[index + name.len()..].strip_prefix('(') else { continue };
                let start = source[..index].rfind([';', '{', '}']).map_or(0, |end| end + 1);
                calls.push(Call {
                    function: name,
                    before: source[start..index].to_owned(),
                    arguments: arguments.chars().take(80).collect(),
                });
            }
        }
    }
    calls
}

fn without_comments(source: &str) -> String {
    let mut parts = source.split("/*");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        code.push_str(part.split_once("*/").expect("a comment ends").1);
    }
    code
}
