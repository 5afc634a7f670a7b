//! Bytes that the library handed over.

use super::ffi::{quietly, take_bytes};

/// § Bytes
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
