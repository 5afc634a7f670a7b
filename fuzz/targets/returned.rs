//! Any address that a person came back to, and any body.

#![no_main]

mod wiki;

use createaccount::{Answer, Begin};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut client = wiki::client([wiki::FORM.into(), wiki::REDIRECT.into()]);
    client.begin(Begin::new()).expect("a form");
    client.submit(&Answer::from([("username", "Al")])).expect("a visit");
    let (url, body) = data.split_at(data.iter().position(|&byte| byte == 0).unwrap_or(data.len()));
    let url = String::from_utf8_lossy(url);
    let _ = client.resume(&url, body);
    let _ = client.resume(&format!("{}&{url}", wiki::RETURN), body);
});
