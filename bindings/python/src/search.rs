//! Finding a wiki's API.

use std::sync::{Mutex, PoisonError};

use createaccount::{Config, find_api};
use pyo3::{
    prelude::*,
    types::{PyDict, PyString},
};

use crate::{
    errors::{self, InvalidState},
    host::Host,
    settings::Settings,
    values,
};

/// One search, which another thread may cancel. Use `find_api`.
#[pyclass(frozen, module = "createaccount")]
pub struct Search {
    url: String,
    /// None once the search has begun.
    config: Mutex<Option<Config>>,
    host: Host,
}

#[pymethods]
impl Search {
    #[new]
    #[pyo3(signature = (url, **settings: "Unpack[Settings]") -> "Self")]
    fn new(
        py: Python<'_>,
        url: &Bound<'_, PyString>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let host = Host::default();
        let url = values::text("url", url)?;
        let config = Settings::extract(settings, "find_api")?.into_config(py, &host)?;
        Ok(Self { url, config: Mutex::new(Some(config)), host })
    }

    /// Run the search. It can be run once.
    fn run(&self, py: Python<'_>) -> PyResult<String> {
        let config = self.config.lock().unwrap_or_else(PoisonError::into_inner).take();
        let config = config.ok_or_else(|| InvalidState::new_err("The search has begun already."))?;
        let found = py.detach(|| find_api(&self.url, config)).map_err(|error| errors::raise(py, error));
        self.host.sender.clear();
        match self.host.raised.take() {
            Some(raised) => Err(raised),
            None => found.map(Into::into),
        }
    }

    /// Cancel the search, from any thread.
    fn cancel(&self) {
        self.host.closed.set();
    }
}
