//! Converts the core's errors to exceptions. Their classes are written in Python, in `_errors.py`: a native
//! class can neither extend an exception under the stable ABI nor have two base classes.

use std::{error::Error as _, io};

use createaccount::{Error, ErrorKind, Problem, TransportFailure};
use pyo3::{
    exceptions::PyOSError,
    import_exception,
    prelude::*,
    types::{PyDict, PyType},
};

use crate::convert;

import_exception!(createaccount, ApiError);
import_exception!(createaccount, Cancelled);
import_exception!(createaccount, InvalidArgument);
import_exception!(createaccount, InvalidState);
import_exception!(createaccount, NotSent);
import_exception!(createaccount, OutcomeUnknown);
import_exception!(createaccount, ProtocolError);
import_exception!(createaccount, TransportError);
import_exception!(createaccount, TransportTimeout);

pub fn raise(py: Python<'_>, error: Error) -> PyErr {
    make(py, &error).unwrap_or_else(|failure| failure)
}

pub fn invalid_argument(py: Python<'_>, field: &str, message: &str) -> PyErr {
    let members = PyDict::new(py);
    let made = members
        .set_item("field", field)
        .and_then(|()| members.set_item("problem", convert::problem(py, Problem::Invalid)?))
        .and_then(|()| py.get_type::<InvalidArgument>().call((message,), Some(&members)));
    made.map_or_else(|failure| failure, PyErr::from_value)
}

fn make(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let members = PyDict::new(py);
    members.set_item("field", error.field())?;
    members.set_item("problem", error.problem().map(|problem| convert::problem(py, problem)).transpose()?)?;
    members.set_item("api_code", error.api_code())?;
    members.set_item("reason", error.reason().map(|reason| convert::reason(py, reason)).transpose()?)?;
    members.set_item("http_status", error.http_status())?;
    members.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    members.set_item("failure", error.failure().map(|failure| convert::failure(py, failure)).transpose()?)?;
    let raised = PyErr::from_value(class(py, error)?.call((error.message(),), Some(&members))?);
    if let Some(source) = error.source() {
        raised.set_cause(py, Some(cause(py, source)));
    }
    Ok(raised)
}

fn class<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyType>> {
    let class = match error.kind() {
        ErrorKind::InvalidArgument => py.get_type::<InvalidArgument>(),
        ErrorKind::InvalidState => py.get_type::<InvalidState>(),
        ErrorKind::Timeout => py.get_type::<TransportTimeout>(),
        ErrorKind::Cancelled => py.get_type::<Cancelled>(),
        ErrorKind::Api => py.get_type::<ApiError>(),
        ErrorKind::Protocol => py.get_type::<ProtocolError>(),
        ErrorKind::OutcomeUnknown => py.get_type::<OutcomeUnknown>(),
        // Transport; and Callback, which only a transport of the host can cause here.
        _ => py.get_type::<TransportError>(),
    };
    match error.failure().and_then(class_of) {
        Some(name) if class.is_subclass_of::<TransportError>()? => {
            Ok(py.import("createaccount")?.getattr(name)?.cast_into()?)
        }
        _ => Ok(class),
    }
}

/// The subclass of `TransportError` for a failure, if it has one.
fn class_of(failure: TransportFailure) -> Option<&'static str> {
    match failure {
        TransportFailure::Name => Some("NameNotFound"),
        TransportFailure::Connect => Some("ConnectFailed"),
        TransportFailure::Proxy => Some("ProxyFailed"),
        TransportFailure::Certificate => Some("CertificateRejected"),
        TransportFailure::Tls => Some("TlsFailed"),
        TransportFailure::Deadline => Some("DeadlinePassed"),
        TransportFailure::Lost => Some("ConnectionLost"),
        TransportFailure::Protocol => Some("BadHttp"),
        TransportFailure::Bound => Some("TooLarge"),
        _ => None,
    }
}

/// What a host's transport raised, or else an `OSError`, with the operating system's error number if there
/// is one.
fn cause(py: Python<'_>, source: &(dyn std::error::Error + 'static)) -> PyErr {
    if let Some(raised) = source.downcast_ref::<PyErr>() {
        return raised.clone_ref(py);
    }
    let mut next = Some(source);
    while let Some(error) = next {
        let io = error.downcast_ref::<io::Error>();
        if let Some(number) = io.and_then(io::Error::raw_os_error) {
            return PyOSError::new_err((number, source.to_string()));
        }
        // The source of an io::Error is not its inner error, but that one's source.
        next = io.and_then(io::Error::get_ref).map(|inner| inner as _).or_else(|| error.source());
    }
    PyOSError::new_err(source.to_string())
}
