//! The version at run time; the macros of the header give it at compile time.

use std::ffi::c_char;

/// § Version
///
/// The version of the library that is loaded, for instance "1.2.3". It lives as long as the library
/// is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the library that is loaded, in the form of CREATEACCOUNT_VERSION_NUMBER:
/// major * 10000 + minor * 100 + patch.
///
/// A program can check at start-up that the library fits its header:
/// assert(CREATEACCOUNT_VERSION_FITS(createaccount_version_number()));
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_version_number() -> u32 {
    NUMBER
}

const NUMBER: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) * 10_000
    + number(env!("CARGO_PKG_VERSION_MINOR")) * 100
    + number(env!("CARGO_PKG_VERSION_PATCH"));

const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(number) => number,
        Err(_) => panic!("cargo writes versions in digits"),
    }
}
