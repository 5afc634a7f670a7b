//! Freeing the bytes and strings that the library gave to the caller.

use std::ffi::c_char;

use super::ffi::{catch_panic, take_bytes, take_string};

/// § Bytes and strings
///
/// Overwrites and frees bytes from createaccount_client_save or createaccount_client_captcha_image;
/// `length` is the length that came with them. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_bytes_free(data: *mut u8, length: usize) {
    catch_panic(|| {
        // SAFETY: both come from one of these calls, as the header requires.
        unsafe { take_bytes(data, length) };
    });
}

/// Frees a string that was written to an output. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_string_free(text: *mut c_char) {
    catch_panic(|| {
        // SAFETY: the library wrote it to an output, as the header requires.
        unsafe { take_string(text) };
    });
}
