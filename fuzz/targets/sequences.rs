//! Any replies one after the other, between zero bytes.

#![no_main]

mod wiki;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|replies: &[u8]| {
    let replies = replies.split(|&byte| byte == 0).take(12).map(<[u8]>::to_vec);
    wiki::converse(&mut wiki::client(std::iter::once(wiki::FORM.into()).chain(replies)));
});
