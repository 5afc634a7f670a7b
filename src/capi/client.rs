//! A conversation with one wiki as C sees it.

use std::{
    ffi::c_char,
    mem::{self, MaybeUninit},
    ptr,
    sync::{Mutex, MutexGuard, TryLockError},
    time::{Duration, SystemTime},
};

use super::{
    config::createaccount_config,
    error::{createaccount_error, guard},
    ffi::{bytes, catch_panic, get, give, give_bytes, optional_text, required, text},
    status::createaccount_status_t,
    step::createaccount_step,
    verdict::createaccount_verdict,
};
use crate::{Answer, Begin, Canceller, Client, Error, Form, Result, Secret, Step, Verdict};

/// A conversation with one wiki: one session, one sign-up at a time.
///
/// Owned by the caller. One thread at a time: while a call is in progress, calls from other threads (and from
/// callbacks) fail with CREATEACCOUNT_STATUS_INVALID_STATE, except createaccount_client_cancel. It may be
/// handed from thread to thread between calls. Make clients after fork(), not before. Steps, verdicts and
/// errors may outlive it.
pub struct createaccount_client {
    /// Outside the lock, because other threads use it.
    canceller: Canceller,
    /// Never waited for (`try_lock`). A panic poisons it, so that the client can no longer be used.
    inner: Mutex<Inner>,
}

struct Inner {
    client: Client,
    /// What was set since the last answer.
    answer: Answer,
}

/// Flags for createaccount_client_begin. Numbers never change; 2 is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_begin_t {
    /// Keep what the wiki remembers of a login that ended in RESTART, so that it is linked to the
    /// new account.
    CREATEACCOUNT_BEGIN_PRESERVE_STATE = 1,
}

use createaccount_begin_t::*;

/// § Clients
///
/// Makes a client for the wiki whose api.php is at `api_url`. Nothing is sent yet. `config` may be NULL for the
/// defaults. Free the client with createaccount_client_free.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT names the address ("api_url") or the setting that cannot be used, by
/// its name without "createaccount_config_set_" (and without "_ms").
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_new(
    api_url: *const c_char,
    config: Option<&createaccount_config>,
    client: Option<&mut MaybeUninit<*mut createaccount_client>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        let client = required("client", client)?;
        // SAFETY: a string that ends in NUL, as the header requires.
        let api_url = unsafe { text("api_url", api_url) }?;
        let made = Client::new(api_url, createaccount_config::settings(config)?)?;
        client.write(give(createaccount_client::new(made)));
        Ok(())
    })
}

/// Begins a creation, or begins again: fetches the wiki's fields and gives a FORM. `flags` is 0 or
/// CREATEACCOUNT_BEGIN_PRESERVE_STATE; other bits are refused. Usually one exchange with the wiki;
/// after a PASS nothing is sent if the form from before can be used again.
///
/// A flow that was under way is abandoned, and values that were set are dropped. No account is made by this
/// call. The step is the caller's: free it with createaccount_step_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_begin(
    client: *mut createaccount_client,
    flags: u32,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| {
        let begin = begin(flags)?;
        inner.answer = Answer::new();
        inner.client.begin(begin)
    })
}

/// Begins a login with whatever the wiki asks for: fetches its fields and gives a FORM. PASS means
/// that the client is logged in; RESTART leads to a creation with
/// CREATEACCOUNT_BEGIN_PRESERVE_STATE. For just a name and a password createaccount_client_login is
/// simpler.
///
/// A flow that was under way is abandoned, and values that were set are dropped. The step is the caller's: free it
/// with createaccount_step_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_begin_login(
    client: *mut createaccount_client,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| {
        inner.answer = Answer::new();
        inner.client.begin_login()
    })
}

/// Logs in, to create accounts for others: with a bot password ("Name@app"), or with a main
/// account's password, which may lead to further steps (UI, REDIRECT) before PASS. The step is a
/// FORM if the wiki wants more than name and password at once, for instance a captcha: nothing was
/// sent yet, so fill in all its fields. A wrong password is not an error: the step is a FAIL. To
/// log in with whatever the wiki asks for, call createaccount_client_begin_login instead.
///
/// Both strings are copied; the library's copy of the password is wiped. Values that were set are dropped. The
/// step is the caller's: free it with createaccount_step_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_login(
    client: *mut createaccount_client,
    username: *const c_char,
    password: *const c_char,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| {
        // SAFETY: strings that end in NUL, as the header requires.
        let (username, password) = unsafe { (text("username", username)?, text("password", password)?) };
        inner.answer = Answer::new();
        inner.client.login(username, &Secret::from(password))
    })
}

/// Uses only the request with this id, and those named by further calls, for the next answer;
/// without this call all requests are used. Sends nothing.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT with the field "requests" if the pending step has no such request.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_use_request(
    client: *mut createaccount_client,
    request_id: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    call(client, error, |inner| {
        // SAFETY: a string that ends in NUL, as the header requires.
        let id = unsafe { text("request_id", request_id) }?;
        let wanted = Answer::new().unchecked(inner.answer.unchecked).use_request(id);
        wanted.check_names(inner.pending()?)?;
        inner.answer = mem::take(&mut inner.answer).use_request(id);
        Ok(())
    })
}

/// Sets the value of a field of the pending step, replacing an earlier one; NULL unsets it. Sends
/// nothing. A select takes the value of a choice; a checkbox or button "1" or "0"; a multiselect
/// one choice, or "" for none. Hidden fields are sent back automatically, and "retype" is filled in
/// from "password" when it is left out. Any other field without a value is sent with its preset, a
/// ticked checkbox too: set it to "0" when the person unticks it.
///
/// Name and value are copied; the library's copy of the value is wiped. Values are collected until
/// createaccount_client_submit or createaccount_client_resume has sent them. If these refuse a
/// value, or nothing reached the wiki, or the wiki executed nothing, all values are kept: correct
/// one, or just submit again.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT, with the name as the field, if the pending step has no such field;
/// the value itself is checked by createaccount_client_submit.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_set_field(
    client: *mut createaccount_client,
    name: *const c_char,
    value: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    call(client, error, |inner| {
        // SAFETY: a string that ends in NUL, as the header requires.
        let name = unsafe { text("name", name) }?;
        inner.answer.check_name(inner.pending()?, name)?;
        // SAFETY: the same.
        let value = unsafe { optional_text(name, value) }?;
        let answer = mem::take(&mut inner.answer);
        inner.answer = match value {
            Some(value) => answer.set(name, Secret::from(value)),
            None => answer.unset(name),
        };
        Ok(())
    })
}

/// Discards everything that was set for the next answer: values, choices, requests, and
/// createaccount_client_set_unchecked; for instance after a refusal, before the person fills in the
/// form again. Sends nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_clear_answer(
    client: *mut createaccount_client,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    call(client, error, |inner| {
        inner.answer = Answer::new();
        Ok(())
    })
}

/// Adds a choice, by its value, to a multiselect field of the pending step. Adding it again changes
/// nothing. Sends nothing.
///
/// Otherwise as createaccount_client_set_field.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_add_choice(
    client: *mut createaccount_client,
    name: *const c_char,
    value: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    call(client, error, |inner| {
        // SAFETY: a string that ends in NUL, as the header requires.
        let name = unsafe { text("name", name) }?;
        inner.answer.check_name(inner.pending()?, name)?;
        // SAFETY: the same.
        inner.answer = mem::take(&mut inner.answer).choose(name, unsafe { text("value", value) }?);
        Ok(())
    })
}

/// Whether the next answer is sent without checking it against the pending form; false by default.
/// If true, no field is required, a value need not be one of the choices, a hidden field may get
/// another value, and a name need not be that of a field. Without this, the library refuses what
/// MediaWiki itself would refuse or drop; an extension may read its fields differently, and accept
/// what is refused. Call this function before you set a name that is not a field of the form. The
/// setting goes back to false when the values that were set have been sent or are dropped. Sends
/// nothing.
///
/// It changes what is refused, not what is sent: the values that were set, and for every other
/// field of the requests in use its preset, or an empty text if it has none. What no parameter can
/// carry is still refused: control characters, field names that PHP changes, and names that are
/// parameters of the API.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_set_unchecked(
    client: *mut createaccount_client,
    unchecked: bool,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    call(client, error, |inner| {
        inner.pending()?;
        inner.answer = mem::take(&mut inner.answer).unchecked(unchecked);
        Ok(())
    })
}

/// Answers the pending step with the values that were set, and gives the wiki's next step, which is the
/// caller's: free it with createaccount_step_free.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT names a field that the wiki would refuse or silently drop:
/// a required one without a value, a value that is not a choice, a control character. Nothing was
/// sent, no attempt was used up, and the values are kept: correct that one and submit again, or
/// send it anyway with createaccount_client_set_unchecked. CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN
/// when the wiki's answer was lost or is not conclusive: call createaccount_client_reconcile.
/// CREATEACCOUNT_STATUS_PROTOCOL when something came that is not an answer of MediaWiki: the attempt
/// is remembered, and createaccount_client_reconcile can ask about it. After any other error nothing
/// was executed. The step is still pending, with its values, unless createaccount_client_step gives
/// NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_submit(
    client: *mut createaccount_client,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| inner.answer(|client, answer| client.submit(answer)))
}

/// Continues after a REDIRECT, with the full address that the third party sent the person back to
/// and, if that request was a POST, its body (application/x-www-form-urlencoded; otherwise NULL and
/// 0). What came back is passed on unchanged, even if it is not everything that the wiki waits for.
/// Fields that the return does not fill in can be set with createaccount_client_set_field
/// beforehand. The step is the caller's: free it with createaccount_step_free.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT for an address that is not the return URL
/// ("returned_url"); nothing was sent, and the real return can still come. Otherwise as
/// createaccount_client_submit.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_resume(
    client: *mut createaccount_client,
    returned_url: *const c_char,
    body: *const u8,
    body_length: usize,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| {
        // SAFETY: a string that ends in NUL, and as many bytes as the caller says.
        let (url, body) = unsafe { (text("returned_url", returned_url)?, bytes("body", body, body_length)?) };
        inner.answer(|client, answer| client.resume_with(url, body, answer))
    })
}

/// Finds out the state of the sign-up, above all after CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN, a
/// cancelled call, or createaccount_client_load: gives PASS if the account was made, UI if a later
/// step is pending, FAIL if the account was not made. It returns
/// CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN again if the wiki cannot tell: call it once more later;
/// that works even if another flow was begun meanwhile. No password is sent. It may keep asking the
/// wiki for as long as createaccount_config_set_reconcile_wait_ms says, and the last query may take
/// 10 seconds more.
///
/// A pending UI or REDIRECT of a creation is read again from the wiki. Otherwise, if nothing is in
/// doubt, it sends nothing and gives the current step: the FORM that was not submitted yet, or the
/// final step. The step is the caller's: free it with createaccount_step_free.
///
/// CREATEACCOUNT_STATUS_INVALID_STATE when nothing was begun.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_reconcile(
    client: *mut createaccount_client,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| inner.client.reconcile())
}

/// Finds out what became of a creation without a saved flow, from what the program remembers: the
/// name, and the wiki's time before the request was sent (createaccount_client_wiki_time), in
/// seconds since 1970. Gives PASS if an account of that name was made at that time, FAIL if it was
/// made before (by somebody else) or not at all. No password is sent, and the pending step of this
/// client is kept. The step is the caller's: free it with createaccount_step_free.
///
/// CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if the wiki cannot tell;
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT for a name ("username") that is empty or that the wiki would
/// read as another one, and for a time before 1970 ("since").
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_reconcile_name(
    client: *mut createaccount_client,
    username: *const c_char,
    since: i64,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    next(client, step, error, |inner| {
        // SAFETY: a string that ends in NUL, as the header requires.
        let username = unsafe { text("username", username) }?;
        let since = u64::try_from(since).map_err(|_| Error::argument("since", "A time before 1970."))?;
        inner.client.reconcile_name(username, SystemTime::UNIX_EPOCH + Duration::from_secs(since))
    })
}

/// The wiki's time, in seconds since 1970; -1 before the first form was read, or while a call is in
/// progress. A program that stores it with the name before it submits can call
/// createaccount_client_reconcile_name later, in any process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_wiki_time(client: *mut createaccount_client) -> i64 {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    get(client, -1, |client| {
        let time = client.lock().ok().and_then(|inner| inner.client.wiki_time());
        let since = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(-1)
    })
}

/// The step that is pending, or that ended the flow; right after createaccount_client_load, the one
/// that was saved. It is the caller's: free it with createaccount_step_free. NULL if there is none:
/// nothing was begun, the outcome is unknown (see createaccount_client_reconcile), or a call is in
/// progress.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_step(
    client: *mut createaccount_client,
) -> *mut createaccount_step {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    get(client, ptr::null_mut(), |client| {
        let step = client.lock().ok().and_then(|inner| inner.client.step());
        step.map_or(ptr::null_mut(), |step| give(createaccount_step::new(step)))
    })
}

/// Fetches the picture of the pending captcha, in the session that it belongs to. Free the bytes with
/// createaccount_bytes_free.
///
/// CREATEACCOUNT_STATUS_INVALID_STATE when there is no picture; CREATEACCOUNT_STATUS_PROTOCOL when
/// the wiki sends something else.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_captcha_image(
    client: *mut createaccount_client,
    data: Option<&mut MaybeUninit<*mut u8>>,
    length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    blob(client, data, length, error, |inner| inner.client.captcha_image())
}

/// Asks whether this session may create accounts. The verdict is the caller's: free it with
/// createaccount_verdict_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_can_create(
    client: *mut createaccount_client,
    verdict: Option<&mut MaybeUninit<*mut createaccount_verdict>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    ask(client, verdict, error, Client::can_create)
}

/// Asks whether an account of this name can be made, and how the wiki would write it. The verdict is the
/// caller's: free it with createaccount_verdict_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_check_username(
    client: *mut createaccount_client,
    username: *const c_char,
    verdict: Option<&mut MaybeUninit<*mut createaccount_verdict>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    ask(client, verdict, error, |client| {
        // SAFETY: a string that ends in NUL, as the header requires.
        client.check_username(unsafe { text("username", username) }?)
    })
}

/// Asks whether the wiki accepts this password, for an account with the name `username` unless that
/// is NULL. The password is sent; the library's copy is wiped. The verdict is the caller's: free it
/// with createaccount_verdict_free.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_check_password(
    client: *mut createaccount_client,
    password: *const c_char,
    username: *const c_char,
    verdict: Option<&mut MaybeUninit<*mut createaccount_verdict>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    ask(client, verdict, error, |client| {
        // SAFETY: strings that end in NUL, as the header requires.
        let (password, username) =
            unsafe { (text("password", password)?, optional_text("username", username)?) };
        client.check_password(&Secret::from(password), username)
    })
}

/// Cancels the call that another thread is making on this client: it returns within a second with
/// CREATEACCOUNT_STATUS_CANCELLED, or with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if a creation was
/// already on its way. The client can be used again afterwards. Without a call in progress nothing
/// happens. NULL is fine.
///
/// Any thread may call it at any time until the client is freed. It must not be called from signal
/// handlers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_cancel(client: *mut createaccount_client) {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    get(client, (), |client| client.canceller.cancel());
}

/// The conversation as bytes, to be continued in another process or on another machine: cookies,
/// token and pending step. Values that were set are not included, nor are the settings, except for
/// the return URL of a flow that was begun. Free the bytes with createaccount_bytes_free.
///
/// Treat them as a password: whoever has them can finish the sign-up. They are worthless once the
/// wiki forgets the session, usually an hour after its last use.
///
/// With createaccount_config_set_seal_key they are sealed: nobody without the key can read or
/// change them. Without a key, keep them where only the program can write, and load only bytes that
/// nobody else could change: whoever changes them can forge a PASS, or capture what the person
/// types next. Even a sealed flow does not show how old it is: an earlier state of the same flow
/// loads as well.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_save(
    client: *mut createaccount_client,
    data: Option<&mut MaybeUninit<*mut u8>>,
    length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: NULL, or a client that is not freed meanwhile, as the header requires.
    let client = unsafe { client.as_ref() };
    blob(client, data, length, error, |inner| inner.client.save())
}

/// Makes a client that continues with what createaccount_client_save gave for the wiki at
/// `api_url`. Nothing is sent. createaccount_client_step gives the step;
/// createaccount_client_reconcile finds out the state of the sign-up, even if the outcome was
/// unknown when it was saved. The bytes are copied; `config` may be NULL. Free the client with
/// createaccount_client_free.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT with the field "data" when the bytes are truncated, of
/// another version, or of a flow on another wiki; with a key also when they were changed, or sealed
/// with a key that `config` does not have. Without a key only accidental changes are noticed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_client_load(
    api_url: *const c_char,
    data: *const u8,
    length: usize,
    config: Option<&createaccount_config>,
    client: Option<&mut MaybeUninit<*mut createaccount_client>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        let client = required("client", client)?;
        // SAFETY: a string that ends in NUL, and as many bytes as the caller says.
        let (api_url, data) = unsafe { (text("api_url", api_url)?, bytes("data", data, length)?) };
        let loaded = Client::load(api_url, data, createaccount_config::settings(config)?)?;
        client.write(give(createaccount_client::new(loaded)));
        Ok(())
    })
}

/// Frees a client. No call on it may be in progress. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_client_free(client: Option<Box<createaccount_client>>) {
    catch_panic(|| drop(client));
}

impl createaccount_client {
    fn new(client: Client) -> Self {
        let canceller = client.canceller();
        Self { canceller, inner: Mutex::new(Inner { client, answer: Answer::new() }) }
    }

    fn lock(&self) -> Result<MutexGuard<'_, Inner>> {
        self.inner.try_lock().map_err(|error| {
            Error::state(match error {
                TryLockError::WouldBlock => "A call on this client is in progress already.",
                TryLockError::Poisoned(_) => "A bug in the library stopped this client: free it.",
            })
        })
    }
}

impl Inner {
    fn answer(&mut self, send: impl FnOnce(&mut Client, &Answer) -> Result<Step>) -> Result<Step> {
        // Taken out first, so that it is wiped whatever happens.
        let answer = mem::take(&mut self.answer);
        let outcome = send(&mut self.client, &answer);
        if outcome.is_err() && self.client.pending().is_some() {
            self.answer = answer;
        }
        outcome
    }

    fn pending(&self) -> Result<&Form> {
        self.client.pending().ok_or_else(|| Error::state("No step is waiting for values: begin first."))
    }
}

/// A call that gives nothing.
fn call(
    client: Option<&createaccount_client>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    call: impl FnOnce(&mut Inner) -> Result<()>,
) -> createaccount_status_t {
    guard(error, || call(&mut *required("client", client)?.lock()?))
}

/// A call that gives a step.
fn next(
    client: Option<&createaccount_client>,
    step: Option<&mut MaybeUninit<*mut createaccount_step>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    call: impl FnOnce(&mut Inner) -> Result<Step>,
) -> createaccount_status_t {
    guard(error, || {
        let mut inner = required("client", client)?.lock()?;
        let step = required("step", step)?;
        step.write(give(createaccount_step::new(call(&mut inner)?)));
        Ok(())
    })
}

/// A call that gives a verdict.
fn ask(
    client: Option<&createaccount_client>,
    verdict: Option<&mut MaybeUninit<*mut createaccount_verdict>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    call: impl FnOnce(&mut Client) -> Result<Verdict>,
) -> createaccount_status_t {
    guard(error, || {
        let mut inner = required("client", client)?.lock()?;
        let verdict = required("verdict", verdict)?;
        verdict.write(give((&call(&mut inner.client)?).into()));
        Ok(())
    })
}

/// A call that gives bytes.
fn blob(
    client: Option<&createaccount_client>,
    data: Option<&mut MaybeUninit<*mut u8>>,
    length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    call: impl FnOnce(&mut Inner) -> Result<Vec<u8>>,
) -> createaccount_status_t {
    guard(error, || {
        let mut inner = required("client", client)?.lock()?;
        let (data, length) = (required("data", data)?, required("length", length)?);
        let (made, size) = give_bytes(call(&mut inner)?);
        data.write(made);
        length.write(size);
        Ok(())
    })
}

fn begin(flags: u32) -> Result<Begin> {
    let preserve = CREATEACCOUNT_BEGIN_PRESERVE_STATE as u32;
    if flags & !preserve != 0 {
        return Err(Error::argument("flags", format!("There are no such flags: {flags:#x}.")));
    }
    Ok(Begin::new().preserve_state(flags & preserve != 0))
}

#[cfg(test)]
mod tests {
    use std::{mem::MaybeUninit, ptr};

    use super::*;
    use crate::{
        Config,
        capi::{
            error::{createaccount_error_free, createaccount_error_status},
            status::createaccount_status_t::*,
        },
        transport::{Limits, Request, Response, SendError, Transport},
    };

    #[test]
    fn a_panic_becomes_a_status_and_parks_the_client() {
        let config = Config::new().transport(Panicking);
        let made = Client::new("https://wiki.example/api.php", config).expect("valid");
        let mut client = createaccount_client::new(made);
        let mut step = MaybeUninit::new(ptr::null_mut());
        let mut error = MaybeUninit::uninit();

        // SAFETY: a client that lives on.
        let status = unsafe { createaccount_client_begin(&mut client, 0, Some(&mut step), Some(&mut error)) };

        assert_eq!(status, CREATEACCOUNT_STATUS_PANIC);
        // SAFETY: written, because the call failed.
        let error = unsafe { Box::from_raw(error.assume_init()) };
        assert_eq!(createaccount_error_status(Some(&error)), CREATEACCOUNT_STATUS_PANIC);
        createaccount_error_free(Some(error));
        // SAFETY: a client that lives on.
        let status = unsafe { createaccount_client_begin(&mut client, 0, Some(&mut step), None) };
        assert_eq!(status, CREATEACCOUNT_STATUS_INVALID_STATE);
        // SAFETY: a client that lives on.
        assert!(unsafe { createaccount_client_step(&mut client) }.is_null());
        // SAFETY: a client that lives on.
        unsafe { createaccount_client_cancel(&mut client) };
        // SAFETY: initialised above.
        assert!(unsafe { step.assume_init() }.is_null(), "nothing is written on failure");
    }

    struct Panicking;

    impl Transport for Panicking {
        fn send(&mut self, _: &Request, _: &Limits<'_>) -> Result<Response, SendError> {
            panic!("a bug")
        }
    }
}
