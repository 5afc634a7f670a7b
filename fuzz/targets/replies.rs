//! Any reply to each request of a flow.

#![no_main]

mod wiki;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|reply: &[u8]| {
    wiki::converse(&mut wiki::client([reply.to_vec()]));
    wiki::converse(&mut wiki::client([wiki::FORM.into(), reply.to_vec(), reply.to_vec()]));
    wiki::converse(&mut wiki::client([wiki::FORM.into(), wiki::REDIRECT.into(), reply.to_vec()]));
    let mut client = wiki::client([reply.to_vec(), reply.to_vec()]);
    let _ = client.can_create();
    let _ = client.check_username("Al");
});
