//! Bytes and strings that the library handed over.

use std::ffi::c_char;

use super::ffi::{quietly, take_bytes, take_string};

/// § Bytes and strings
///
/// Overwrites and frees bytes that createaccount_client_save or createaccount_client_captcha_image gave, with
/// the length that it gave. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_bytes_free(data: *mut u8, length: usize) {
    quietly(|| {
        // SAFETY: pointer and length come from such a call, as the header demands.
        unsafe { take_bytes(data, length) };
    });
}

/// Frees a string that was written to an output. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_string_free(text: *mut c_char) {
    quietly(|| {
        // SAFETY: it comes from such a call, as the header demands.
        unsafe { take_string(text) };
    });
}
