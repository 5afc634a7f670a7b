//! The native half of the Python package `createaccount`.
//!
//! Python binds to the Rust core, not to the C library. What has behaviour is here: [`client::Client`]. What is only
//! data — steps, fields, errors — are Python classes in `python/createaccount/`, and [`convert`] makes them.

#![forbid(unsafe_code)]

mod client;
mod convert;
mod errors;
mod host;
mod picture;
mod search;
mod settings;
mod values;

use pyo3::{exceptions::PyImportError, prelude::*, sync::PyOnceLock};

/// The native half of the package. Use `createaccount`.
// Free-threaded CPython turns its lock on for it: nobody has run the tests without one.
#[pymodule(gil_used = true)]
mod _createaccount {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::client::Client;

    #[pymodule_export]
    use crate::picture::image_type;

    #[pymodule_export]
    use crate::search::Search;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python has for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    // Passwords travel through unoptimised code as well, but nobody should ship it.
    #[pymodule_export]
    const DEBUG: bool = cfg!(debug_assertions);

    #[pymodule_init]
    fn init(py: Python<'_>) -> PyResult<()> {
        super::claim(py)
    }
}

/// Refuses all interpreters of the process but one: classes and the logger are looked up once, and objects of one
/// interpreter must not get into another. The module `sys` of the first is kept, so that no later one has its address.
fn claim(py: Python<'_>) -> PyResult<()> {
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        Ok(())
    } else {
        Err(PyImportError::new_err("createaccount can be used by one interpreter of a process only"))
    }
}
