//! What somebody who can write to the host's store puts in the place of a saved flow.

use std::fs;

use crate::flows::{change, fixture};

/// A changed flow, and what comes of it.
pub struct Stored {
    pub name: &'static str,
    pub data: fn() -> Vec<u8>,
    /// Whether the host has a key, so that nothing unsealed is taken.
    pub has_key: bool,
    pub is_loaded: bool,
}

/// The wiki that they are flows of.
pub const API: &str = "https://wiki.example/w/api.php";

const fn refused(name: &'static str, data: fn() -> Vec<u8>) -> Stored {
    Stored { name, data, has_key: false, is_loaded: false }
}

const fn loaded(name: &'static str, data: fn() -> Vec<u8>) -> Stored {
    Stored { name, data, has_key: false, is_loaded: true }
}

pub static STORED: &[Stored] = &[
    refused("stored: 27 MB", || form(r#""user":null"#, &format!(r#""user":"{}""#, "x".repeat(27_000_000)))),
    refused("stored: two million objects", || metadata(&list("{}", 2_000_000))),
    refused("stored: deep", || metadata(&format!("{}1{}", "[".repeat(600_000), "]".repeat(600_000)))),
    refused("stored: text beyond", || metadata(&format!(r#""{}""#, "x".repeat(7_000_000)))),
    refused("stored: four thousand attempts", || {
        form(r#""ledger":[]"#, &format!(r#""ledger":{}"#, list(ATTEMPT, 4_000)))
    }),
    loaded("stored: objects within", || metadata(&list(r#"{"a":1}"#, 39_500))),
    loaded("stored: text within", || metadata(&format!(r#""{}😀""#, "x".repeat(4_100_000)))),
    refused("stored: cookies beyond", || {
        form(r#""cookies":"[]\n""#, &format!(r#""cookies":"{}""#, "[".repeat(2_000_000)))
    }),
    refused("stored: a cookie with a line feed", || {
        let cookie = r#"[{\"raw_cookie\":\"a=1\\r\\nHost: evil.example\",\"path\":[\"/\",true],\"domain\":{\"HostOnly\":\"wiki.example\"},\"expires\":\"SessionEnd\"}]"#;
        form(r#""cookies":"[]\n""#, &format!(r#""cookies":"{cookie}""#))
    }),
    refused("stored: javascript to return to", || {
        form(r#""url":"https://host.example/back""#, r#""url":"javascript:alert(1)""#)
    }),
    refused("stored: javascript to visit", || {
        saved("visit", "https://third.example/?state=1", "javascript:alert(1)")
    }),
    refused("stored: another wiki's address", || {
        form(r#""endpoint":"https://wiki."#, r#""endpoint":"https://evil."#)
    }),
    refused("stored: a clock that is wrong", || {
        form(r#""clock":1767261600"#, r#""clock":9223372036854775807"#)
    }),
    // Without a key nobody can tell; SECURITY.md says so.
    loaded("stored: a PASS made up", pass),
    Stored { has_key: true, ..refused("stored: a PASS made up against a key", pass) },
];

const ATTEMPT: &str = r#"{"flow":1,"name":"Al","spelling":null,"return_url":{"url":"https://host.example/back","is_hosts":true},"windows":[{"from":1767261598,"until":1767261630,"end":"lost"}],"undated":false,"doubt":"lost","answered":null,"is_question":false}"#;

fn pass() -> Vec<u8> {
    saved("pass", r#""username":"Alice"}}}"#, r#""username":"Mallory"}}}"#)
}

fn metadata(value: &str) -> Vec<u8> {
    form(r#""required":"required""#, &format!(r#""required":"required","metadata":{{"a":{value}}}"#))
}

fn form(known: &str, new: &str) -> Vec<u8> {
    saved("form", known, new)
}

fn saved(name: &str, known: &str, new: &str) -> Vec<u8> {
    change(&fs::read(fixture("2", name)).expect("a fixture"), known, new)
}

fn list(item: &str, count: usize) -> String {
    format!("[{}]", vec![item; count].join(","))
}
