//! The native half of the Python package `createaccount`.
//!
//! Python binds to the Rust core, not to the C library. [`client::Client`] has behaviour, and is native.
//! Plain data (steps, fields, errors) has Python classes in `python/createaccount/`; [`convert`] makes
//! their instances.

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
// Free-threaded CPython enables the GIL for this module, which is not tested without it.
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

    // The package warns of a debug build, which nobody should ship.
    #[pymodule_export]
    const DEBUG: bool = cfg!(debug_assertions);

    #[pymodule_init]
    fn init(py: Python<'_>) -> PyResult<()> {
        super::claim(py)
    }
}

/// Refuses all interpreters of the process but the first: classes and the logger are looked up once, and
/// objects of one interpreter must not get into another. An interpreter is recognised by its module `sys`;
/// a reference to the first one's keeps its address from being used again.
fn claim(py: Python<'_>) -> PyResult<()> {
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        Ok(())
    } else {
        Err(PyImportError::new_err("createaccount can be used by one interpreter of a process only"))
    }
}
