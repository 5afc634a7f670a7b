//! The host's Python code that runs during a call: signal handlers, log handlers, transports.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use createaccount::{
    Canceller,
    transport::{Limits, Request, Response, SendError, Transport},
};
use log::Level;
use pyo3::{
    PyTraverseError, PyVisit,
    exceptions::{PyException, PyOSError, PyTimeoutError, PyTypeError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyBytes, PyCFunction, PyDict, PyMapping},
};

use crate::{convert::Class, errors::NotSent, values};

/// What a client shares with its core.
#[derive(Clone, Default)]
pub struct Host {
    pub closed: Closed,
    pub raised: Raised,
    pub sender: Sender,
}

/// An exception that ends a call and is raised unchanged, such as `KeyboardInterrupt` or what a signal
/// handler raised.
#[derive(Clone, Default)]
pub struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    pub fn clear(&self) {
        self.take();
    }

    pub fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_set(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn set(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Whether the client was closed. This is never reset, so that a call that is just starting ends as well.
#[derive(Clone, Default)]
pub struct Closed(Arc<AtomicBool>);

impl Closed {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The host's callable that sends requests, if it gave one. The client and its core share one reference,
/// which the garbage collector visits through the client: the callable may refer back to it.
#[derive(Clone, Default)]
pub struct Sender(Arc<Mutex<Option<Py<PyAny>>>>);

impl Sender {
    pub fn set(&self, send: Py<PyAny>) {
        *self.lock() = Some(send);
    }

    pub fn clear(&self) {
        // Drop it without the lock: dropping it may run the code of other objects.
        let send = self.lock().take();
        drop(send);
    }

    pub fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock() {
            Ok(send) => visit.call(&*send),
            // Another thread is using it.
            Err(_) => Ok(()),
        }
    }

    fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.lock().as_ref().map(|send| send.bind(py).clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the calls of a closed client, and lets Python's signal handlers run while a call waits. Python runs
/// them on the main thread only.
pub fn interrupt(closed: Closed, raised: Raised) -> impl FnMut() -> bool + Send + 'static {
    move || {
        if closed.is_set() || raised.is_set() {
            return true;
        }
        // An interpreter that is shutting down cannot be attached to: end the call.
        match Python::try_attach(|py| py.check_signals()) {
            Some(Ok(())) => false,
            Some(Err(error)) => {
                raised.set(error);
                true
            }
            None => true,
        }
    }
}

/// Passes log lines on to the logger `createaccount`.
pub fn log(raised: Raised) -> impl FnMut(Level, &str) + Send + 'static {
    move |level, line| {
        let level = match level {
            Level::Error | Level::Warn | Level::Info => 20,
            Level::Debug => 10,
            Level::Trace => return,
        };
        let logged = Python::try_attach(|py| {
            let Some(logger) = logger(py)? else { return Ok(()) };
            let result = logger.call_method1("log", (level, "%s", line)).map(drop);
            // A log handler that fails must not make a sign-up fail.
            match result {
                Err(error) if error.is_instance_of::<PyException>(py) => {
                    error.write_unraisable(py, Some(&logger));
                    Ok(())
                }
                result => result,
            }
        });
        if let Some(Err(error)) = logged {
            raised.set(error);
        }
    }
}

/// The logger, if the program has imported `logging`: otherwise nobody can have asked for these lines, and
/// importing it takes longer than a sign-up.
fn logger(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(logger) = LOGGER.get(py) {
        return Ok(Some(logger.bind(py).clone()));
    }
    if !py.import("sys")?.getattr("modules")?.contains("logging")? {
        return Ok(None);
    }
    let logger = py.import("logging")?.call_method1("getLogger", ("createaccount",))?;
    Ok(Some(LOGGER.get_or_init(py, || logger.unbind()).bind(py).clone()))
}

/// A transport that calls the host's callable.
pub struct HostTransport {
    sender: Sender,
    raised: Raised,
}

impl HostTransport {
    pub fn new(host: &Host) -> Self {
        Self { sender: host.sender.clone(), raised: host.raised.clone() }
    }

    /// Converts an exception for the core. One that is not an `Exception` ends the call, and is raised
    /// unchanged.
    fn failure(&self, py: Python<'_>, error: PyErr) -> SendError {
        if !error.is_instance_of::<PyException>(py) {
            self.raised.set(error);
            return SendError::cancelled();
        }
        let text = describe(py, &error);
        let cause = || error.cause(py).filter(|_| error.is_instance_of::<NotSent>(py));
        let is_timeout = |error: &PyErr| error.is_instance_of::<PyTimeoutError>(py);
        let failed = if is_timeout(&error) || cause().as_ref().is_some_and(is_timeout) {
            SendError::timed_out(format!("The transport ran out of time: {text}"))
        } else if error.is_instance_of::<PyOSError>(py) || error.is_instance_of::<NotSent>(py) {
            SendError::failed(format!("The transport could not send the request: {text}"))
        } else {
            SendError::callback(format!("The transport failed: {text}"))
        };
        let failed = if error.is_instance_of::<NotSent>(py) { failed.not_sent() } else { failed };
        failed.with_source(error)
    }
}

impl Transport for HostTransport {
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        let sent = Python::try_attach(|py| {
            let Some(send) = self.sender.get(py) else { return Err(SendError::cancelled().not_sent()) };
            let sent = make_request(py, request, limits)
                .map_err(|error| self.failure(py, error).not_sent())
                .and_then(|request| send.call1((request,)).map_err(|e| self.failure(py, e)));
            sent.and_then(|response| read_response(&response).map_err(|error| self.failure(py, error)))
        });
        sent.unwrap_or_else(|| Err(SendError::cancelled().not_sent()))
    }
}

fn make_request<'py>(py: Python<'py>, request: &Request, limits: &Limits<'_>) -> PyResult<Bound<'py, PyAny>> {
    static REQUEST: Class = Class::named("Request");
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_ref(), value.expose())).collect();
    let canceller: Canceller = limits.canceller.clone();
    let poll = PyCFunction::new_closure(py, Some(c"poll"), None, move |_, _| canceller.poll())?;
    let members = PyDict::new(py);
    members.set_item("method", request.method.as_str())?;
    members.set_item("url", request.url.as_str())?;
    members.set_item("headers", headers)?;
    members.set_item("body", request.body.as_ref().map(|body| PyBytes::new(py, body.expose().as_bytes())))?;
    members.set_item("timeout", limits.timeout.as_secs_f64())?;
    members.set_item("connect_timeout", limits.connect_timeout.as_secs_f64())?;
    members.set_item("body_limit", limits.body)?;
    members.set_item("poll", poll)?;
    REQUEST.make(&members)
}

fn read_response(response: &Bound<'_, PyAny>) -> PyResult<Response> {
    static RESPONSE: Class = Class::named("Response");
    let py = response.py();
    if !response.is_instance(RESPONSE.get(py)?)? {
        let message =
            format!("a transport returns createaccount.Response, not {}", values::type_name(response));
        return Err(PyTypeError::new_err(message));
    }
    let mut headers = response.getattr("headers")?;
    if let Ok(mapping) = headers.cast::<PyMapping>() {
        headers = mapping.items()?.into_any();
    }
    let pairs = headers.try_iter()?.map(|pair| pair?.extract());
    Ok(Response {
        status: response.getattr("status")?.extract()?,
        headers: pairs.collect::<PyResult<Vec<(String, String)>>>()?,
        body: values::bytes("body", &response.getattr("body")?)?,
    })
}

/// An exception as the last line of a traceback shows it.
fn describe(py: Python<'_>, error: &PyErr) -> String {
    let name = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
    match error.value(py).str() {
        Ok(text) if !text.to_string_lossy().is_empty() => format!("{name}: {}", text.to_string_lossy()),
        _ => name,
    }
}
