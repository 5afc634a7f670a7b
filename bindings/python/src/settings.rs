//! The settings of a client, given by name.

use std::{path::PathBuf, time::Duration};

use createaccount::{Config, MessageFormat};
use pyo3::{
    exceptions::{PyTypeError, PyUnicodeEncodeError},
    prelude::*,
    types::{PyDict, PyMapping, PyString},
};
use zeroize::Zeroizing;

use crate::{
    errors,
    host::{self, Host, HostTransport},
    values::{self, type_name},
};

#[derive(Default)]
pub struct Settings {
    config: Config,
    transport: Option<Py<PyAny>>,
}

impl Settings {
    /// Reads the keyword arguments of the function `called`.
    pub fn extract(given: Option<&Bound<'_, PyDict>>, called: &str) -> PyResult<Self> {
        let mut settings = Self::default();
        for (name, value) in given.into_iter().flatten() {
            settings = settings.with(&name.cast::<PyString>()?.to_string_lossy(), &value, called)?;
        }
        Ok(settings)
    }

    pub fn into_config(self, py: Python<'_>, host: &Host) -> PyResult<Config> {
        let interrupt = host::interrupt(host.closed.clone(), host.raised.clone());
        let config = self.config.interrupt(interrupt).log(host::log(host.raised.clone()));
        match self.transport {
            None => Ok(config),
            Some(send) if send.bind(py).is_callable() => {
                host.sender.set(send);
                Ok(config.transport(HostTransport::new(host)))
            }
            Some(other) => {
                let message = format!("transport must be callable, not {}", type_name(other.bind(py)));
                Err(PyTypeError::new_err(message))
            }
        }
    }

    fn with(self, name: &str, value: &Bound<'_, PyAny>, called: &str) -> PyResult<Self> {
        let Self { config, transport } = self;
        let config = match name {
            "timeout" => config.timeout(seconds(name, value)?),
            "connect_timeout" => config.connect_timeout(seconds(name, value)?),
            "deadline" => config.deadline(seconds(name, value)?),
            "retry_budget" => config.retry_budget(seconds(name, value)?),
            "reconcile_wait" => config.reconcile_wait(seconds(name, value)?),
            "allow_http" => config.allow_http(typed(name, value, "bool")?),
            "environment_proxies" => config.environment_proxies(typed(name, value, "bool")?),
            "merge_fields" => config.merge_fields(typed(name, value, "bool")?),
            // For these None means the default.
            "user_agent" | "language" | "message_format" | "error_format" | "error_language"
            | "return_url" | "proxy" | "ca_file" | "bearer_token" | "basic_auth" | "headers" | "seal_key"
            | "transport"
                if value.is_none() =>
            {
                config
            }
            "transport" => return Ok(Self { config, transport: Some(value.clone().unbind()) }),
            "ca_file" => config.ca_file(path(name, value)?),
            "message_format" => config.message_format(message_format(&text(name, value)?, value)?),
            "user_agent" => config.user_agent(text(name, value)?),
            "language" => config.language(text(name, value)?),
            "error_format" => config.error_format(text(name, value)?),
            "error_language" => config.error_language(text(name, value)?),
            "return_url" => config.return_url(text(name, value)?),
            "proxy" => config.proxy(text(name, value)?),
            "bearer_token" => config.bearer_token(text(name, value)?),
            "basic_auth" => {
                let (user, password) = login(name, value)?;
                config.basic_auth(&user, password)
            }
            "headers" => {
                let mut config = config;
                for (header, content) in headers(name, value)? {
                    config = config.header(&header, content);
                }
                config
            }
            "seal_key" => config.seal_key(key(name, value)?),
            "open_keys" => {
                let keys = value.try_iter().map_err(|_| wrong_type(name, value, "an iterable of bytes"))?;
                let mut config = config;
                for open_key in keys {
                    config = config.open_key(key(name, &open_key?)?);
                }
                config
            }
            _ => {
                let message = format!("{called}() got an unexpected keyword argument '{name}'");
                return Err(PyTypeError::new_err(message));
            }
        };
        Ok(Self { config, transport })
    }
}

fn typed<'py, T: for<'a> FromPyObject<'a, 'py>>(
    name: &str,
    value: &Bound<'py, PyAny>,
    expected: &str,
) -> PyResult<T> {
    value.extract().map_err(|_| wrong_type(name, value, expected))
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(name, value, "str"))?;
    values::text(name, text)
}

fn login(name: &str, value: &Bound<'_, PyAny>) -> PyResult<(String, String)> {
    let (user, password): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
        typed(name, value, "a pair of user name and password")?;
    Ok((text(name, &user)?, text(name, &password)?))
}

fn headers(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let pairs = value.cast::<PyMapping>().map_err(|_| wrong_type(name, value, "a mapping of str to str"))?;
    let pair = |pair: Bound<'_, PyAny>| {
        let (header, content): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        Ok((text(name, &header)?, text(name, &content)?))
    };
    pairs.items()?.iter().map(pair).collect()
}

fn key(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    values::bytes(name, value).map(Zeroizing::new)
}

fn path(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    value.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyUnicodeEncodeError>(value.py()) {
            errors::invalid_argument(value.py(), name, "The path holds a lone surrogate, which no name has.")
        } else {
            wrong_type(name, value, "a path")
        }
    })
}

fn wrong_type(name: &str, value: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    PyTypeError::new_err(format!("{name} must be {expected}, not {}", type_name(value)))
}

fn message_format(name: &str, value: &Bound<'_, PyAny>) -> PyResult<MessageFormat> {
    MessageFormat::from_name(name).ok_or_else(|| {
        let message = format!("“{name}” is not a message format: wikitext, html, plaintext, raw or none.");
        errors::invalid_argument(value.py(), "message_format", &message)
    })
}

/// A hundred years: nobody waits longer, and adding it to the clock does not overflow.
const MAX_SECONDS: f64 = 100.0 * 365.25 * 86_400.0;

fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let seconds: f64 = typed(name, value, "a number of seconds")?;
    if !(0.0..=MAX_SECONDS).contains(&seconds) {
        let message = format!("{seconds} is no number of seconds that can be waited for.");
        return Err(errors::invalid_argument(value.py(), name, &message));
    }
    Ok(Duration::from_secs_f64(seconds))
}
