//! Errors as C sees them.

use std::{
    any::Any,
    ffi::c_char,
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    time::Duration,
};

use super::{
    failure::createaccount_failure_t::{self, CREATEACCOUNT_FAILURE_NONE},
    ffi::{Text, catch_panic, get, give, pointer},
    problem::createaccount_problem_t::{self, CREATEACCOUNT_PROBLEM_NONE},
    status::createaccount_status_t::{self, CREATEACCOUNT_STATUS_OK, CREATEACCOUNT_STATUS_PANIC},
    step::createaccount_reason_t,
};
use crate::{Error, Reason, Result};

/// Why a call failed, with what the wiki said, if anything.
///
/// Owned by the caller, immutable, and independent of the object whose call failed. Any number of threads may
/// read it at once. Texts hold no secret, but what comes from the wiki may hold personal data (a block message
/// names the visitor's address).
pub struct createaccount_error {
    status: createaccount_status_t,
    message: Text,
    api_code: Option<Text>,
    field: Option<Text>,
    http_status: i32,
    retry_after: i64,
    reason: createaccount_reason_t,
    failure: createaccount_failure_t,
    problem: createaccount_problem_t,
}

/// § Errors
///
/// The status that the call returned; CREATEACCOUNT_STATUS_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_status(error: Option<&createaccount_error>) -> createaccount_status_t {
    get(error, CREATEACCOUNT_STATUS_OK, |error| error.status)
}

/// One or more sentences for a person, in English except for what the wiki said. Borrowed; NULL
/// only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_message(error: Option<&createaccount_error>) -> *const c_char {
    get(error, ptr::null(), |error| error.message.as_ptr())
}

/// The wiki's error code, for instance "badtoken" or "readonly". Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_api_code(error: Option<&createaccount_error>) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.api_code.as_ref()))
}

/// The field, setting or argument that the error is about, so that a program can highlight it.
/// Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_field(error: Option<&createaccount_error>) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.field.as_ref()))
}

/// What is wrong with the value that createaccount_error_field names; CREATEACCOUNT_PROBLEM_NONE if
/// no value was refused.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_problem(
    error: Option<&createaccount_error>,
) -> createaccount_problem_t {
    get(error, CREATEACCOUNT_PROBLEM_NONE, |error| error.problem)
}

/// Why the wiki refused, in the classes of createaccount_step_reason: some reasons, such as a
/// read-only wiki, can come as an error as well as a FAIL. CREATEACCOUNT_REASON_OTHER if it is none
/// of the known classes.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_reason(error: Option<&createaccount_error>) -> createaccount_reason_t {
    get(error, createaccount_reason_t::CREATEACCOUNT_REASON_OTHER, |error| error.reason)
}

/// The HTTP status of the answer, 100 to 999; 0 if there was none. MediaWiki sends API errors with status 200.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_http_status(error: Option<&createaccount_error>) -> i32 {
    get(error, 0, |error| error.http_status)
}

/// How many seconds the wiki (or a server in front of it) asks the client to wait before the next
/// attempt; -1 if it does not say.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_retry_after(error: Option<&createaccount_error>) -> i64 {
    get(error, -1, |error| error.retry_after)
}

/// What failed on the way to the wiki and back, also with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN;
/// CREATEACCOUNT_FAILURE_NONE if it was something else. Only the library's own transport reports
/// it.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_failure(
    error: Option<&createaccount_error>,
) -> createaccount_failure_t {
    get(error, CREATEACCOUNT_FAILURE_NONE, |error| error.failure)
}

/// Frees an error and the strings borrowed from it. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_error_free(error: Option<Box<createaccount_error>>) {
    catch_panic(|| drop(error));
}

impl createaccount_error {
    fn of_panic(message: &str) -> Self {
        Self {
            status: CREATEACCOUNT_STATUS_PANIC,
            message: Text::new(&format!("This is a bug in libcreateaccount: {message}")),
            api_code: None,
            field: None,
            http_status: 0,
            retry_after: -1,
            reason: createaccount_reason_t::CREATEACCOUNT_REASON_OTHER,
            failure: CREATEACCOUNT_FAILURE_NONE,
            problem: CREATEACCOUNT_PROBLEM_NONE,
        }
    }
}

impl From<&Error> for createaccount_error {
    fn from(error: &Error) -> Self {
        Self {
            status: error.kind().into(),
            message: Text::new(error.message()),
            api_code: Text::optional(error.api_code()),
            field: Text::optional(error.field()),
            http_status: error.http_status().map_or(0, i32::from),
            retry_after: seconds(error.retry_after()),
            reason: error.reason().unwrap_or(Reason::Other).into(),
            failure: error.failure().into(),
            problem: error.problem().into(),
        }
    }
}

/// The body of a function that can fail. Gives the error to the caller if `error` is not NULL; a
/// panic becomes an error.
pub(super) fn guard(
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    body: impl FnOnce() -> Result<()>,
) -> createaccount_status_t {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return CREATEACCOUNT_STATUS_OK,
        Ok(Err(error)) => createaccount_error::from(&error),
        Err(panic) => createaccount_error::of_panic(panic_message(&*panic)),
    };
    let status = failure.status;
    if let Some(error) = error {
        error.write(give(failure));
    }
    status
}

/// Whole seconds; -1 for `None`.
pub(super) fn seconds(time: Option<Duration>) -> i64 {
    time.map_or(-1, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}
