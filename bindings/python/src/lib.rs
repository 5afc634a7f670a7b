//! The native half of the Python package `createaccount`.
//!
//! Python binds to the Rust core, not to the C library. What has behaviour is here: [`client::Client`]. What is only
//! data — steps, fields, errors — are Python classes in `python/createaccount/`, and [`convert`] makes them.

#![forbid(unsafe_code)]

mod client;
mod convert;
mod errors;
mod host;
mod settings;
mod values;

use pyo3::prelude::*;

/// The native half of the package. Use `createaccount`.
#[pymodule]
mod _createaccount {
    #[pymodule_export]
    use crate::client::Client;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python has for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    // Passwords travel through unoptimised code as well, but nobody should ship it.
    #[pymodule_export]
    const DEBUG: bool = cfg!(debug_assertions);
}
