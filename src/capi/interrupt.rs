//! The host's interrupt callback.

use std::{ffi::c_void, sync::Arc};

use super::ffi::UserData;

/// Says whether to cancel the call that is in progress: true cancels it. It is called before each
/// exchange with the wiki and about twenty times a second while the call waits, so it should return
/// at once. If the program has its own transport, it is called during an exchange only by
/// createaccount_http_request_poll, on the thread that calls that function.
///
/// Otherwise it runs on the thread that called the client. Until the callback returns, calls on
/// that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except createaccount_client_cancel,
/// and the client must not be freed. The callback must return normally: it must not throw, call
/// longjmp, or end the thread (pthread_exit, pthread_cancel).
pub type createaccount_interrupt_fn = Option<unsafe extern "C" fn(user_data: *mut c_void) -> bool>;

/// An interrupt callback with its user data, shared by the settings and the clients made with them.
#[derive(Clone)]
pub(super) struct InterruptCallback {
    function: unsafe extern "C" fn(user_data: *mut c_void) -> bool,
    user_data: Arc<UserData>,
}

impl InterruptCallback {
    pub(super) fn new(function: createaccount_interrupt_fn, user_data: Arc<UserData>) -> Option<Self> {
        function.map(|function| Self { function, user_data })
    }

    pub(super) fn call(&self) -> bool {
        // SAFETY: the host's function with the host's pointer.
        unsafe { (self.function)(self.user_data.pointer()) }
    }
}
