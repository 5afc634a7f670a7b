//! Any saved flow, with its digest mended, and as it is.

#![no_main]

mod wiki;

use createaccount::Client;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    let _ = Client::load(wiki::API, data, wiki::config([]));
    let payload =
        data.iter().position(|&byte| byte == b'\n').and_then(|end| data.get(end + 33..)).unwrap_or(data);
    let mended = [&b"createaccount flow 2\n"[..], &Sha256::digest(payload), payload].concat();
    let replies = [wiki::REDIRECT, wiki::PASS, wiki::FORM, wiki::REDIRECT].map(Into::into);
    if let Ok(mut client) = Client::load(wiki::API, &mended, wiki::config(replies)) {
        wiki::go_on(&mut client);
    }
});
