//! The host's log callback.

use std::{
    ffi::{c_char, c_void},
    sync::Arc,
};

use log::Level;

use super::ffi::{Text, UserData};

/// Receives the log lines of a client, which begin with the wiki's host and the client's number in this process
/// ("wiki.example #3: step FORM"): one line of UTF-8 without a line feed, which lives until the callback returns.
/// `level` is one of createaccount_log_level_t. Lines hold no secrets: no values of fields, no cookies, no tokens.
///
/// It runs on the thread that called the client, while that call is in progress. Until the callback
/// returns, calls on that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except
/// createaccount_client_cancel, and the client must not be freed. The callback must return
/// normally: it must not throw, call longjmp, or end the thread (pthread_exit, pthread_cancel).
pub type createaccount_log_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, message: *const c_char)>;

/// How important a log line is; smaller numbers are more important. Numbers never change. Nothing
/// less important than debug reaches the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_log_level_t {
    /// Something went wrong.
    CREATEACCOUNT_LOG_ERROR = 1,
    /// Something looks wrong.
    CREATEACCOUNT_LOG_WARNING = 2,
    /// What the library does, step by step.
    CREATEACCOUNT_LOG_INFO = 3,
    /// Each exchange with the wiki: method, status, size and time.
    CREATEACCOUNT_LOG_DEBUG = 4,
}

use createaccount_log_level_t::*;

/// A log callback with its user data, shared by the settings and the clients made with them.
#[derive(Clone)]
pub(super) struct LogCallback {
    function: unsafe extern "C" fn(user_data: *mut c_void, level: i32, message: *const c_char),
    user_data: Arc<UserData>,
}

impl LogCallback {
    pub(super) fn new(
        function: unsafe extern "C" fn(user_data: *mut c_void, level: i32, message: *const c_char),
        user_data: Arc<UserData>,
    ) -> Self {
        Self { function, user_data }
    }

    pub(super) fn call(&self, level: Level, line: &str) {
        let level = match level {
            Level::Error => CREATEACCOUNT_LOG_ERROR,
            Level::Warn => CREATEACCOUNT_LOG_WARNING,
            Level::Info => CREATEACCOUNT_LOG_INFO,
            Level::Debug => CREATEACCOUNT_LOG_DEBUG,
            Level::Trace => return,
        };
        let line = Text::new(line);
        // SAFETY: the host's function with the host's pointer, and a string that lives during the call.
        unsafe { (self.function)(self.user_data.pointer(), level as i32, line.as_ptr()) };
    }
}
