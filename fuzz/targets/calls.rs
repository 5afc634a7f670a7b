//! Any calls of the C API, over several clients, with any replies: `tests/capi/calls.c` says how bytes become calls.

#![no_main]

// Linked, for the C functions in it.
use createaccount as _;
use libfuzzer_sys::fuzz_target;

unsafe extern "C" {
    fn calls(data: *const u8, length: usize);
}

fuzz_target!(|data: &[u8]| {
    // SAFETY: as many bytes as it says, which are read until it returns.
    unsafe { calls(data.as_ptr(), data.len()) }
});
