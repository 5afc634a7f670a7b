//! A transport of the host: a callback that sends one HTTP request.

use std::{
    ffi::{c_char, c_void},
    mem, ptr,
    sync::Arc,
    time::Duration,
};

use super::{
    ffi::{SecretText, Text, UserData, bytes, get, lossy_text, pointer},
    status::createaccount_status_t::{CREATEACCOUNT_STATUS_TIMEOUT, CREATEACCOUNT_STATUS_TRANSPORT},
};
use crate::{
    Canceller,
    secret::Scratch,
    transport::{Limits, Request, Response, SendError, Transport},
};

/// One HTTP request that a transport callback has to send.
///
/// Borrowed: it lives, with all that is borrowed from it, until the callback returns. During the callback any
/// number of threads may read it.
pub struct createaccount_http_request<'a> {
    method: Text,
    url: SecretText,
    headers: Vec<(Text, SecretText)>,
    body: &'a [u8],
    timeout: Duration,
    connect_timeout: Duration,
    body_limit: u64,
    canceller: &'a Canceller,
}

/// The response to an HTTP request, filled in by a transport callback.
///
/// Borrowed: it lives until the callback returns. One thread at a time.
pub struct createaccount_http_response {
    status: Option<i32>,
    headers: Vec<(String, String)>,
    body: Scratch,
    body_limit: u64,
    error: Option<String>,
    not_sent: bool,
}

/// Sends one HTTP request for the library, fills in the response, and returns 0. On failure it
/// returns CREATEACCOUNT_STATUS_TRANSPORT (the network) or CREATEACCOUNT_STATUS_TIMEOUT (a time
/// limit): the library may then retry within createaccount_config_set_retry_budget_ms. Any other
/// value counts as CREATEACCOUNT_STATUS_CALLBACK, a failure of the program itself.
///
/// A failed request fails the call: with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if it may have made
/// the account and createaccount_http_response_set_not_sent was not called; otherwise with
/// CREATEACCOUNT_STATUS_CANCELLED if the call was cancelled meanwhile; otherwise with the status
/// that was returned. A response is used even if the call was cancelled meanwhile.
///
/// It must send the request once and unchanged, must not follow redirects, must not keep or add
/// cookies, must not log headers or bodies, and must check certificates. Any HTTP status, 4xx and
/// 5xx included, is a success. Note that HTTP libraries may resend a POST on their own when a
/// reused connection turns out to be dead; libcurl does, unless CURLOPT_FRESH_CONNECT is set.
///
/// It runs on the thread that called the client, while that call is in progress. Until the callback
/// returns, calls on that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except
/// createaccount_client_cancel, and the client must not be freed. The callback must return
/// normally: it must not throw, call longjmp, or end the thread (pthread_exit, pthread_cancel).
pub type createaccount_send_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        request: *const createaccount_http_request,
        response: *mut createaccount_http_response,
    ) -> i32,
>;

/// § Transport callback: the request
///
/// "GET" or "POST". Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_method(
    request: Option<&createaccount_http_request>,
) -> *const c_char {
    get(request, ptr::null(), |request| request.method.as_ptr())
}

/// The absolute address, query included. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_url(
    request: Option<&createaccount_http_request>,
) -> *const c_char {
    get(request, ptr::null(), |request| request.url.as_ptr())
}

/// How many headers to send. What HTTP itself needs (Host, Content-Length and so on) is not among them.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_header_count(
    request: Option<&createaccount_http_request>,
) -> usize {
    get(request, 0, |request| request.headers.len())
}

/// The name of a header, in lower case. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_header_name_at(
    request: Option<&createaccount_http_request>,
    index: usize,
) -> *const c_char {
    get(request, ptr::null(), |request| pointer(request.headers.get(index).map(|(name, _)| name)))
}

/// The value of a header. Those of "cookie", "authorization" and the program's own headers are secret. Borrowed; NULL
/// past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_header_value_at(
    request: Option<&createaccount_http_request>,
    index: usize,
) -> *const c_char {
    get(request, ptr::null(), |request| {
        request.headers.get(index).map_or(ptr::null(), |(_, value)| value.as_ptr())
    })
}

/// The body, createaccount_http_request_body_length bytes without a NUL at the end. It may hold
/// passwords. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_body(request: Option<&createaccount_http_request>) -> *const u8 {
    get(
        request,
        ptr::null(),
        |request| {
            if request.body.is_empty() { ptr::null() } else { request.body.as_ptr() }
        },
    )
}

/// The length of the body in bytes; 0 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_body_length(
    request: Option<&createaccount_http_request>,
) -> usize {
    get(request, 0, |request| request.body.len())
}

/// The time limit for the whole exchange, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_timeout_ms(request: Option<&createaccount_http_request>) -> u64 {
    get(request, 0, |request| milliseconds(request.timeout))
}

/// The time limit for name resolution, connection and TLS, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_connect_timeout_ms(
    request: Option<&createaccount_http_request>,
) -> u64 {
    get(request, 0, |request| milliseconds(request.connect_timeout))
}

/// The largest body to receive, in bytes after decoding.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_body_limit(request: Option<&createaccount_http_request>) -> u64 {
    get(request, 0, |request| request.body_limit)
}

/// Calls the interrupt callback, and returns whether the call was cancelled, by that callback or by
/// createaccount_client_cancel. Call it several times a second while waiting, and give up when it
/// is true.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_request_poll(request: Option<&createaccount_http_request>) -> bool {
    get(request, false, |request| request.canceller.poll())
}

/// § Transport callback: the response
///
/// The HTTP status, 100 to 999. A response without one counts as a failure of the callback.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_response_set_status(
    response: Option<&mut createaccount_http_response>,
    status: i32,
) {
    get(response, (), |response| response.status = Some(status));
}

/// Adds a header. Repeat it for headers that came more than once, as "set-cookie" does. Both strings are
/// copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_http_response_add_header(
    response: Option<&mut createaccount_http_response>,
    name: *const c_char,
    value: *const c_char,
) {
    get(response, (), |response| {
        // SAFETY: strings that end in NUL, as the header requires.
        if let (Some(name), Some(value)) = unsafe { (lossy_text(name), lossy_text(value)) } {
            response.headers.push((name, value));
        }
    });
}

/// Appends `length` bytes to the body, decoded if it came compressed. They are copied. Returns
/// false when the body has become larger than createaccount_http_request_body_limit: there is no
/// point in receiving the rest, because the call will fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_http_response_append_body(
    response: Option<&mut createaccount_http_response>,
    data: *const u8,
    length: usize,
) -> bool {
    get(response, false, |response| {
        // SAFETY: as long as the caller says, as the header requires.
        let Ok(data) = (unsafe { bytes("data", data, length) }) else { return false };
        response.append(data)
    })
}

/// Sets the error's message: a sentence for a person that says why there is no response. It is
/// copied, and must not hold secrets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_http_response_set_error(
    response: Option<&mut createaccount_http_response>,
    message: *const c_char,
) {
    get(response, (), |response| {
        // SAFETY: a string that ends in NUL, as the header requires.
        response.error = unsafe { lossy_text(message) };
    });
}

/// Says that the request certainly did not reach the wiki completely: the name was not found, the
/// connection was refused, TLS failed. Without this, a request that makes an account counts as
/// possibly received.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_http_response_set_not_sent(
    response: Option<&mut createaccount_http_response>,
) {
    get(response, (), |response| response.not_sent = true);
}

/// A transport callback with its user data, shared by the settings and the clients made with them.
#[derive(Clone)]
pub(super) struct TransportCallback {
    function: unsafe extern "C" fn(
        user_data: *mut c_void,
        request: *const createaccount_http_request,
        response: *mut createaccount_http_response,
    ) -> i32,
    user_data: Arc<UserData>,
}

impl TransportCallback {
    pub(super) fn new(function: createaccount_send_fn, user_data: Arc<UserData>) -> Option<Self> {
        function.map(|function| Self { function, user_data })
    }
}

impl Transport for TransportCallback {
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        let request = createaccount_http_request::new(request, limits);
        let mut response = createaccount_http_response::new(limits.body);
        // SAFETY: the host's function with the host's pointer, and objects that live during the call.
        let outcome = unsafe { (self.function)(self.user_data.pointer(), &request, &mut response) };
        if outcome == 0 { response.succeed() } else { Err(response.fail(outcome, limits.canceller)) }
    }
}

impl<'a> createaccount_http_request<'a> {
    fn new(request: &'a Request, limits: &Limits<'a>) -> Self {
        Self {
            method: Text::new(request.method.as_str()),
            url: SecretText::new(request.url.as_str()),
            headers: (request.headers.iter())
                .map(|(name, value)| (Text::new(name), SecretText::new(value.expose())))
                .collect(),
            body: request.body.as_ref().map_or(&[], |body| body.expose().as_bytes()),
            timeout: limits.timeout,
            connect_timeout: limits.connect_timeout,
            body_limit: limits.body,
            canceller: limits.canceller,
        }
    }
}

impl createaccount_http_response {
    fn new(body_limit: u64) -> Self {
        Self {
            status: None,
            headers: Vec::new(),
            body: Scratch::default(),
            body_limit,
            error: None,
            not_sent: false,
        }
    }

    /// Keeps one byte beyond the limit, by which the engine notices that the body is too large.
    fn append(&mut self, data: &[u8]) -> bool {
        let room = (self.body_limit + 1).saturating_sub(self.body.len() as u64);
        let taken = data.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        self.body.extend(&data[..taken]);
        self.body.len() as u64 <= self.body_limit
    }

    fn succeed(self) -> Result<Response, SendError> {
        match self.status {
            Some(status @ 100..=999) => {
                let body = mem::take(&mut *self.body.into_bytes());
                Ok(Response { status: status as u16, headers: self.headers, body })
            }
            Some(status) => Err(SendError::callback(format!("The transport set the HTTP status {status}."))),
            None => Err(SendError::callback("The transport set no HTTP status.")),
        }
    }

    fn fail(self, outcome: i32, canceller: &Canceller) -> SendError {
        let message = self.error.unwrap_or_else(|| format!("The transport failed ({outcome})."));
        let error = if canceller.is_cancelled() {
            SendError::cancelled()
        } else if outcome == CREATEACCOUNT_STATUS_TRANSPORT as i32 {
            SendError::failed(message)
        } else if outcome == CREATEACCOUNT_STATUS_TIMEOUT as i32 {
            SendError::timed_out(message)
        } else {
            SendError::callback(message)
        };
        if self.not_sent { error.not_sent() } else { error }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
