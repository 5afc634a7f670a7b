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
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::client::Client;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // Passwords travel through unoptimised code as well, but nobody should ship it.
        module.add("DEBUG", cfg!(debug_assertions))
    }
}
