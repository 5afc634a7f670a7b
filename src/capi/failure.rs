//! What failed on the way to the wiki, as C sees it.

use std::{ffi::c_char, iter};

use super::ffi::Names;
use crate::{Phase, TransportFailure};

/// What failed on the way to the wiki and back. Numbers never change, and new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_failure_t {
    /// Nothing that the library can name: the error is of another kind, or the transport is the
    /// program's own.
    CREATEACCOUNT_FAILURE_NONE = 0,
    CREATEACCOUNT_FAILURE_NAME = 1,
    CREATEACCOUNT_FAILURE_CONNECT = 2,
    CREATEACCOUNT_FAILURE_PROXY = 3,
    CREATEACCOUNT_FAILURE_CERTIFICATE = 4,
    CREATEACCOUNT_FAILURE_TLS = 5,
    CREATEACCOUNT_FAILURE_LOST = 6,
    CREATEACCOUNT_FAILURE_PROTOCOL = 7,
    CREATEACCOUNT_FAILURE_BOUND = 8,
    /// A time limit passed while the host name was looked up.
    CREATEACCOUNT_FAILURE_TIMEOUT_NAME = 9,
    /// A time limit passed while the connection was made.
    CREATEACCOUNT_FAILURE_TIMEOUT_CONNECT = 10,
    /// A time limit passed while the proxy was asked to connect.
    CREATEACCOUNT_FAILURE_TIMEOUT_PROXY = 11,
    /// A time limit passed during the TLS handshake.
    CREATEACCOUNT_FAILURE_TIMEOUT_TLS = 12,
    /// A time limit passed while the request was sent.
    CREATEACCOUNT_FAILURE_TIMEOUT_SEND = 13,
    /// A time limit passed before the answer began.
    CREATEACCOUNT_FAILURE_TIMEOUT_ANSWER = 14,
    /// A time limit passed while the body of the answer was read.
    CREATEACCOUNT_FAILURE_TIMEOUT_BODY = 15,
    CREATEACCOUNT_FAILURE_DEADLINE = 16,
}

use createaccount_failure_t::*;

/// The name of a failure in lower case, for instance "certificate" for CREATEACCOUNT_FAILURE_CERTIFICATE; "none" for
/// any other number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_failure_name(failure: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(failure, iter::once("none").chain(TransportFailure::ALL.iter().map(|failure| failure.as_str())))
}

impl From<Option<TransportFailure>> for createaccount_failure_t {
    fn from(failure: Option<TransportFailure>) -> Self {
        let Some(failure) = failure else { return CREATEACCOUNT_FAILURE_NONE };
        match failure {
            TransportFailure::Name => CREATEACCOUNT_FAILURE_NAME,
            TransportFailure::Connect => CREATEACCOUNT_FAILURE_CONNECT,
            TransportFailure::Proxy => CREATEACCOUNT_FAILURE_PROXY,
            TransportFailure::Certificate => CREATEACCOUNT_FAILURE_CERTIFICATE,
            TransportFailure::Tls => CREATEACCOUNT_FAILURE_TLS,
            TransportFailure::Lost => CREATEACCOUNT_FAILURE_LOST,
            TransportFailure::Protocol => CREATEACCOUNT_FAILURE_PROTOCOL,
            TransportFailure::Bound => CREATEACCOUNT_FAILURE_BOUND,
            TransportFailure::Timeout(Phase::Name) => CREATEACCOUNT_FAILURE_TIMEOUT_NAME,
            TransportFailure::Timeout(Phase::Connect) => CREATEACCOUNT_FAILURE_TIMEOUT_CONNECT,
            TransportFailure::Timeout(Phase::Proxy) => CREATEACCOUNT_FAILURE_TIMEOUT_PROXY,
            TransportFailure::Timeout(Phase::Tls) => CREATEACCOUNT_FAILURE_TIMEOUT_TLS,
            TransportFailure::Timeout(Phase::Send) => CREATEACCOUNT_FAILURE_TIMEOUT_SEND,
            TransportFailure::Timeout(Phase::Answer) => CREATEACCOUNT_FAILURE_TIMEOUT_ANSWER,
            TransportFailure::Timeout(Phase::Body) => CREATEACCOUNT_FAILURE_TIMEOUT_BODY,
            TransportFailure::Deadline => CREATEACCOUNT_FAILURE_DEADLINE,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{createaccount_failure_name, createaccount_failure_t};
    use crate::TransportFailure;

    #[test]
    fn failures_have_the_numbers_of_their_order() {
        for (number, failure) in (1..).zip(TransportFailure::ALL.iter().copied()) {
            assert_eq!(createaccount_failure_t::from(Some(failure)) as u32, number);
            // SAFETY: the function gives strings that end in NUL and live for ever.
            let name = unsafe { CStr::from_ptr(createaccount_failure_name(number)) };
            assert_eq!(name.to_str(), Ok(failure.as_str()));
        }
    }
}
