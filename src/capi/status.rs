//! How a call ended.

use std::ffi::c_char;

use super::ffi::Names;
use crate::ErrorKind;

/// How a call ended: the kinds of errors that a program can react to.
///
/// A refusal by the wiki (FAIL) is not among them: it is an answer, and comes as a step. Numbers
/// never change, and new ones may be added; treat an unknown one as an error of an unknown kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_status_t {
    /// The call succeeded, and its outputs are written.
    CREATEACCOUNT_STATUS_OK = 0,
    /// An argument, setting or field value cannot be used: it is NULL, not UTF-8, or not what the
    /// form takes. createaccount_error_field names it. Nothing was sent.
    CREATEACCOUNT_STATUS_INVALID_ARGUMENT = 1,
    /// The call does not fit the state of the client: nothing to submit yet, another thread is using the
    /// client, or the client was stopped by CREATEACCOUNT_STATUS_PANIC. Nothing was sent.
    CREATEACCOUNT_STATUS_INVALID_STATE = 2,
    /// Name resolution, connection, TLS or HTTP failed. No account was made by this call.
    CREATEACCOUNT_STATUS_TRANSPORT = 3,
    /// A time limit passed. No account was made by this call.
    CREATEACCOUNT_STATUS_TIMEOUT = 4,
    /// createaccount_client_cancel was called, or the interrupt callback returned true. No account was made by
    /// this call.
    CREATEACCOUNT_STATUS_CANCELLED = 5,
    /// The wiki answered with an API error; createaccount_error_api_code has its code. Nothing was executed.
    CREATEACCOUNT_STATUS_API = 6,
    /// The answer is not what MediaWiki sends. If it answers a creation, it does not say for
    /// certain whether the account was made: the attempt is remembered, and
    /// createaccount_client_reconcile can check it again.
    CREATEACCOUNT_STATUS_PROTOCOL = 7,
    /// A callback of the program failed. The library returns this status for no other reason.
    CREATEACCOUNT_STATUS_CALLBACK = 8,
    /// A bug in this library stopped the call. If it was a call on a client, that client can no
    /// longer be used: every further call on it fails with CREATEACCOUNT_STATUS_INVALID_STATE. Free
    /// it.
    CREATEACCOUNT_STATUS_PANIC = 9,
    /// A request that may make the account was sent, and its answer was lost or is not conclusive.
    /// Do not ask the person to try again: createaccount_client_reconcile finds out what became of
    /// it.
    CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN = 10,
}

use createaccount_status_t::*;

/// § Statuses
///
/// The name of a status in lower case, for instance "timeout" for CREATEACCOUNT_STATUS_TIMEOUT; "unknown" for any other
/// number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_status_name(status: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    // Any other number gets the first name.
    let names = [
        "unknown",
        "ok",
        "invalid_argument",
        "invalid_state",
        "transport",
        "timeout",
        "cancelled",
        "api",
        "protocol",
        "callback",
        "panic",
        "outcome_unknown",
    ];
    NAMES.of(status.saturating_add(1), names.into_iter())
}

impl From<ErrorKind> for createaccount_status_t {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidArgument => CREATEACCOUNT_STATUS_INVALID_ARGUMENT,
            ErrorKind::InvalidState => CREATEACCOUNT_STATUS_INVALID_STATE,
            ErrorKind::Transport => CREATEACCOUNT_STATUS_TRANSPORT,
            ErrorKind::Timeout => CREATEACCOUNT_STATUS_TIMEOUT,
            ErrorKind::Cancelled => CREATEACCOUNT_STATUS_CANCELLED,
            ErrorKind::Api => CREATEACCOUNT_STATUS_API,
            ErrorKind::Protocol => CREATEACCOUNT_STATUS_PROTOCOL,
            ErrorKind::Callback => CREATEACCOUNT_STATUS_CALLBACK,
            ErrorKind::OutcomeUnknown => CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN,
        }
    }
}
