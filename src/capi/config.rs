//! Settings as C sees them.

use std::{
    ffi::{c_char, c_void},
    mem::{self, MaybeUninit},
    ptr,
    sync::Arc,
    time::Duration,
};

use super::{
    error::{createaccount_error, guard},
    ffi::{UserData, bytes, catch_panic, give, optional_text, required},
    interrupt::{InterruptCallback, createaccount_interrupt_fn},
    log::{LogCallback, createaccount_log_fn},
    status::createaccount_status_t,
    transport::{TransportCallback, createaccount_send_fn},
};
use crate::{
    Config, Error, MessageFormat, Problem, Result, Secret,
    seal::{Key, Keys},
};

/// Settings for clients. Making a client copies them: one object serves any number of clients, and
/// can be changed or freed right after.
///
/// Owned by the caller. One thread at a time.
#[derive(Default)]
pub struct createaccount_config {
    user_agent: Option<String>,
    language: Option<String>,
    message_format: Option<MessageFormat>,
    error_format: Option<String>,
    error_language: Option<String>,
    return_url: Option<String>,
    proxy: Option<Secret>,
    ignores_environment_proxies: bool,
    ca_file: Option<String>,
    bearer_token: Option<Secret>,
    basic_auth: Option<(String, Secret)>,
    headers: Vec<(String, Secret)>,
    keys: Keys,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    deadline: Option<Duration>,
    retry_budget: Option<Duration>,
    reconcile_wait: Option<Duration>,
    allow_http: bool,
    merge_fields: bool,
    log: Option<LogCallback>,
    transport: Option<TransportCallback>,
    interrupt: Option<InterruptCallback>,
    /// The settings that were refused, and why.
    refused: Vec<Refused>,
}

struct Refused {
    setting: &'static str,
    message: String,
    problem: Problem,
}

/// § Settings
///
/// Makes settings with the defaults. Free them with createaccount_config_free. NULL only if a bug
/// in the library stopped the call.
///
/// All setters copy what they are given. NULL as a value restores the default. They fail with
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT for a NULL config and for strings that are not UTF-8;
/// whether a value can be used is checked when a client is made, unless a setter says otherwise. A
/// program need not check what they return: a setting that was refused is remembered until it is
/// set again, and no client can be made until then.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_new() -> *mut createaccount_config {
    super::ffi::get(Some(()), ptr::null_mut(), |()| give(createaccount_config::default()))
}

/// Names the program and a way to contact its authors, as wikis ask of clients, for instance
/// "signup/1.0 (https://example.org; me@example.org)". Printable ASCII. The library adds its own
/// name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_user_agent(
    config: Option<&mut createaccount_config>,
    user_agent: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "user_agent", user_agent, error, |c, v| c.user_agent = v.map(Into::into)) }
}

/// The language of labels and messages, as a MediaWiki code, for instance "pl" or "zh-hant".
/// Without it, the wiki's own language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_language(
    config: Option<&mut createaccount_config>,
    code: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "language", code, error, |c, v| c.language = v.map(Into::into)) }
}

/// The format of labels and messages: "wikitext" (the default; for most messages simply the text),
/// "html" (as the wiki's administrators wrote it: not sanitised, links may be relative),
/// "plaintext" (text without markup, to be shown as it is: the wiki is asked for HTML, and the
/// library removes the tags), "raw" (message keys, for programs with texts of their own; parameters
/// are in createaccount_step_raw_json) or "none". Any other is refused at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_message_format(
    config: Option<&mut createaccount_config>,
    format: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set("message_format", |config| {
            // SAFETY: a string that ends in NUL, as the header requires.
            let name = unsafe { optional_text("message_format", format) }?;
            config.message_format = name.map(message_format).transpose()?;
            Ok(())
        })
    })
}

/// The format of API errors and of reasons in verdicts: "plaintext" (the default), "html", "wikitext", "raw",
/// "none" or "bc".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_error_format(
    config: Option<&mut createaccount_config>,
    format: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "error_format", format, error, |c, v| c.error_format = v.map(Into::into)) }
}

/// The language of API errors and of reasons in verdicts, as a MediaWiki code. Without it, that of
/// the messages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_error_language(
    config: Option<&mut createaccount_config>,
    code: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "error_language", code, error, |c, v| c.error_language = v.map(Into::into)) }
}

/// Where third parties send the person back to: an absolute https address that the program listens
/// on, or an http one on loopback (elsewhere only where http is allowed), without user name,
/// password or fragment. It should contain an unguessable value that belongs to one person's flow;
/// otherwise an attacker could make another person's browser return into the wrong flow. Without a
/// return URL the wiki's own address is given, and the program does not notice the return.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_return_url(
    config: Option<&mut createaccount_config>,
    url: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "return_url", url, error, |c, v| c.return_url = v.map(Into::into)) }
}

/// The address of a proxy, with the scheme http, https, socks4, socks4a, socks5 or socks5h, and
/// with user and password if it requires them. Without it the usual environment variables apply. A
/// wiki on this machine is never reached through a proxy, and giving one for it is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_proxy(
    config: Option<&mut createaccount_config>,
    url: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "proxy", url, error, |c, v| c.proxy = v.map(Into::into)) }
}

/// Whether proxies from the environment variables are used if none is set here; true by default.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_environment_proxies(
    config: Option<&mut createaccount_config>,
    enabled: bool,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.ignores_environment_proxies = !enabled)
}

/// The path of a PEM file with the only certificates to trust, instead of the platform's;
/// certificates that they issued are trusted too. It is read when a client is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_ca_file(
    config: Option<&mut createaccount_config>,
    path: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "ca_file", path, error, |c, v| c.ca_file = v.map(Into::into)) }
}

/// An OAuth 2 access token, sent with every request: the client then acts as its owner. The library's copies
/// are wiped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_bearer_token(
    config: Option<&mut createaccount_config>,
    token: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    // SAFETY: a string that ends in NUL, as the header requires.
    unsafe { set(config, "bearer_token", token, error, |c, v| c.bearer_token = v.map(Into::into)) }
}

/// User name and password for a web server that asks for HTTP authentication before the wiki is
/// reached ("Basic", RFC 7617); NULL as the user unsets both. They go with every request to the
/// wiki's origin, and to no other; they do not log in to the wiki. They cannot be combined with a
/// bearer token, which is sent in the same header. The user name must not contain a colon, and
/// neither may contain control characters. The library's copies of the password are wiped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_basic_auth(
    config: Option<&mut createaccount_config>,
    user: *const c_char,
    password: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set("basic_auth", |config| {
            // SAFETY: strings that end in NUL, as the header requires.
            let (user, password) =
                unsafe { (optional_text("basic_auth", user)?, optional_text("basic_auth", password)?) };
            config.basic_auth = match user {
                None => None,
                Some(user) => Some((user.to_owned(), required("password", password)?.into())),
            };
            Ok(())
        })
    })
}

/// Adds a header for every request to the wiki's origin, and to no other, for instance one that a
/// gateway in front of the wiki asks for. NULL as the value removes it. An earlier header of the
/// same name is replaced; upper and lower case are the same. Names that the library or the HTTP
/// layer sets itself are refused, as is a value that is not printable ASCII. The library's copies
/// of the value are wiped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_add_header(
    config: Option<&mut createaccount_config>,
    name: *const c_char,
    value: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set("headers", |config| {
            // SAFETY: strings that end in NUL, as the header requires.
            let (name, value) = unsafe { (optional_text("name", name)?, optional_text("headers", value)?) };
            let name = required("name", name)?;
            config.headers.retain(|(there, _)| !there.eq_ignore_ascii_case(name));
            config.headers.extend(value.map(|value| (name.to_owned(), value.into())));
            Ok(())
        })
    })
}

/// Seals what createaccount_client_save writes with this secret key of 32 random bytes, bound to
/// the wiki of the flow; createaccount_client_load then refuses anything that is not sealed. NULL
/// with length 0 unsets it: what createaccount_client_save writes is then neither secret nor
/// protected against changes. Sealing does not prevent an earlier copy of the flow from being
/// loaded. Other lengths are refused at once. The library's copies of the key are wiped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_seal_key(
    config: Option<&mut createaccount_config>,
    key: *const u8,
    key_length: usize,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set("seal_key", |config| {
            config.keys.seal = match (key.is_null(), key_length) {
                (true, 0) => None,
                // SAFETY: as many bytes as the caller says.
                _ => Some(Key::new("seal_key", unsafe { bytes("seal_key", key, key_length) }?)?),
            };
            Ok(())
        })
    })
}

/// Adds a further key for createaccount_client_load only, for instance the one used before.
/// createaccount_config_set_seal_key must be set as well. 32 bytes; other lengths are refused at
/// once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_add_open_key(
    config: Option<&mut createaccount_config>,
    key: *const u8,
    key_length: usize,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set("open_key", |config| {
            // SAFETY: as many bytes as the caller says.
            config.keys.open.push(Key::new("open_key", unsafe { bytes("open_key", key, key_length) }?)?);
            Ok(())
        })
    })
}

/// The time limit for one exchange with the wiki, from name resolution to the last byte, in
/// milliseconds: 60000 by default; not 0. A call may need several exchanges.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_timeout_ms(
    config: Option<&mut createaccount_config>,
    milliseconds: u64,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.timeout = Some(Duration::from_millis(milliseconds)))
}

/// The time limit for name resolution, connection and TLS, in milliseconds: 15000 by default;
/// not 0.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_connect_timeout_ms(
    config: Option<&mut createaccount_config>,
    milliseconds: u64,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.connect_timeout = Some(Duration::from_millis(milliseconds)))
}

/// The time limit for one call, including all its redirects, retries, waits and queries, in
/// milliseconds: 120000 by default; not 0. If a query about the outcome could begin only after this
/// limit, the outcome is reported as unknown at once. createaccount_client_reconcile has its own
/// limit: createaccount_config_set_reconcile_wait_ms plus 10 seconds.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_deadline_ms(
    config: Option<&mut createaccount_config>,
    milliseconds: u64,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.deadline = Some(Duration::from_millis(milliseconds)))
}

/// How long one call may wait in total to retry requests that changed nothing, in milliseconds: 0
/// by default, so that errors are reported at once. A request that may have made an account is
/// never repeated.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_retry_budget_ms(
    config: Option<&mut createaccount_config>,
    milliseconds: u64,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.retry_budget = Some(Duration::from_millis(milliseconds)))
}

/// How long after a lost answer createaccount_client_reconcile keeps asking before it concludes
/// that no account was made, in milliseconds: 15000 by default; below 10000 a slow wiki may still
/// make the account afterwards.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_reconcile_wait_ms(
    config: Option<&mut createaccount_config>,
    milliseconds: u64,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.reconcile_wait = Some(Duration::from_millis(milliseconds)))
}

/// Allows unencrypted http for the wiki, for redirect targets and for the return URL, and redirect
/// targets on loopback; false by default. Always allowed are http for a wiki or return URL on
/// loopback, and redirect targets on loopback if the wiki is on loopback.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_allow_http(
    config: Option<&mut createaccount_config>,
    allow: bool,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.allow_http = allow)
}

/// Lets the wiki merge the fields of later steps instead of the library; false by default.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_set_merge_fields(
    config: Option<&mut createaccount_config>,
    merge: bool,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    change(config, error, |config| config.merge_fields = merge)
}

/// Sets the callback for log lines; NULL unsets it.
///
/// `free_fn` (may be NULL) is called exactly once with `user_data`, when neither these settings nor
/// any client made with them uses it any more: in this call or a later one that sets or unsets the
/// callback, in createaccount_config_free, or in createaccount_client_free, on the thread that
/// makes that call. If this call fails, it is never called. `free_fn` may change these settings,
/// unless they are being freed.
///
/// Clients on several threads may call `log_fn` at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_log(
    config: *mut createaccount_config,
    log_fn: createaccount_log_fn,
    user_data: *mut c_void,
    free_fn: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    let callback = |user_data| log_fn.map(|log_fn| LogCallback::new(log_fn, user_data));
    // SAFETY: NULL, or settings that nobody else uses meanwhile, as the header requires.
    unsafe { register(config, |config| &mut config.log, callback, user_data, free_fn, error) }
}

/// Sets a callback that sends the HTTP requests in place of the library; NULL unsets it. Proxies
/// and certificates are then up to the program: no client can be made if
/// createaccount_config_set_proxy or createaccount_config_set_ca_file is set as well. Time limits
/// are passed to the callback; the library still handles cookies, redirects, retries and limits.
/// `free_fn` is as in createaccount_config_set_log.
///
/// Clients on several threads may call `send_fn` at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_transport(
    config: *mut createaccount_config,
    send_fn: createaccount_send_fn,
    user_data: *mut c_void,
    free_fn: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    let callback = |user_data| TransportCallback::new(send_fn, user_data);
    // SAFETY: NULL, or settings that nobody else uses meanwhile, as the header requires.
    unsafe { register(config, |config| &mut config.transport, callback, user_data, free_fn, error) }
}

/// Sets the callback that says whether to cancel; NULL unsets it. `free_fn` is as in
/// createaccount_config_set_log.
///
/// createaccount_client_cancel reaches only a call that is in progress. A program that decides to
/// stop just before it makes a call, or that has no other thread to cancel from (a signal handler
/// can set a flag), does it with this callback. The call ends as after createaccount_client_cancel.
/// The next call asks the callback again, createaccount_client_reconcile included.
///
/// Clients on several threads may call `interrupt_fn` at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_config_set_interrupt(
    config: *mut createaccount_config,
    interrupt_fn: createaccount_interrupt_fn,
    user_data: *mut c_void,
    free_fn: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    let callback = |user_data| InterruptCallback::new(interrupt_fn, user_data);
    // SAFETY: NULL, or settings that nobody else uses meanwhile, as the header requires.
    unsafe { register(config, |config| &mut config.interrupt, callback, user_data, free_fn, error) }
}

/// Frees settings. Clients made with them are not affected. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_config_free(config: Option<Box<createaccount_config>>) {
    catch_panic(|| drop(config));
}

impl createaccount_config {
    /// These settings for the engine, or the defaults for NULL; the error of the first setting that
    /// was refused.
    pub(super) fn settings(config: Option<&Self>) -> Result<Config> {
        let Some(config) = config else { return Ok(Config::new()) };
        match config.refused.first() {
            None => Ok(config.to_config()),
            Some(refused) => {
                Err(Error::argument(refused.setting, &refused.message[..]).with_problem(refused.problem))
            }
        }
    }

    /// Sets one setting, and remembers the error if that fails.
    fn set(&mut self, setting: &'static str, set: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.refused.retain(|refused| refused.setting != setting);
        set(self).inspect_err(|error| {
            let problem = error.problem().unwrap_or(Problem::Invalid);
            self.refused.push(Refused { setting, message: error.message().to_owned(), problem });
        })
    }

    fn to_config(&self) -> Config {
        let mut config = Config::new().allow_http(self.allow_http).merge_fields(self.merge_fields);
        if let Some(user_agent) = &self.user_agent {
            config = config.user_agent(user_agent);
        }
        if let Some(code) = &self.language {
            config = config.language(code);
        }
        if let Some(format) = self.message_format {
            config = config.message_format(format);
        }
        if let Some(format) = &self.error_format {
            config = config.error_format(format);
        }
        if let Some(code) = &self.error_language {
            config = config.error_language(code);
        }
        if let Some(url) = &self.return_url {
            config = config.return_url(url);
        }
        if let Some(url) = &self.proxy {
            config = config.proxy(url.clone());
        }
        if let Some(path) = &self.ca_file {
            config = config.ca_file(path);
        }
        if let Some(token) = &self.bearer_token {
            config = config.bearer_token(token.clone());
        }
        if let Some((user, password)) = &self.basic_auth {
            config = config.basic_auth(user, password.clone());
        }
        for (name, value) in &self.headers {
            config = config.header(name, value.clone());
        }
        config = config.keys(self.keys.clone()).environment_proxies(!self.ignores_environment_proxies);
        if let Some(timeout) = self.timeout {
            config = config.timeout(timeout);
        }
        if let Some(timeout) = self.connect_timeout {
            config = config.connect_timeout(timeout);
        }
        if let Some(deadline) = self.deadline {
            config = config.deadline(deadline);
        }
        if let Some(budget) = self.retry_budget {
            config = config.retry_budget(budget);
        }
        if let Some(wait) = self.reconcile_wait {
            config = config.reconcile_wait(wait);
        }
        if let Some(log) = self.log.clone() {
            config = config.log(move |level, line| log.call(level, line));
        }
        if let Some(transport) = self.transport.clone() {
            config = config.transport(transport);
        }
        if let Some(interrupt) = self.interrupt.clone() {
            config = config.interrupt(move || interrupt.call());
        }
        config
    }
}

/// # Safety
///
/// As for [`optional_text`].
unsafe fn set(
    config: Option<&mut createaccount_config>,
    name: &'static str,
    value: *const c_char,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    set: impl FnOnce(&mut createaccount_config, Option<&str>),
) -> createaccount_status_t {
    guard(error, || {
        required("config", config)?.set(name, |config| {
            // SAFETY: the same contract.
            set(config, unsafe { optional_text(name, value) }?);
            Ok(())
        })
    })
}

fn change(
    config: Option<&mut createaccount_config>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
    change: impl FnOnce(&mut createaccount_config),
) -> createaccount_status_t {
    guard(error, || {
        change(required("config", config)?);
        Ok(())
    })
}

/// Replaces a callback. The old one is dropped only when the settings are no longer borrowed,
/// because the host's `free_fn` may change them.
///
/// # Safety
///
/// `config` is NULL, or points to settings that nobody else uses meanwhile.
unsafe fn register<C>(
    config: *mut createaccount_config,
    place: fn(&mut createaccount_config) -> &mut Option<C>,
    callback: impl FnOnce(Arc<UserData>) -> Option<C>,
    user_data: *mut c_void,
    free_fn: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    let mut gone = None;
    // SAFETY: the same contract; the borrow ends with this call.
    let status = change(unsafe { config.as_mut() }, error, |config| {
        let user_data = Arc::new(UserData::new(user_data, free_fn));
        let callback = callback(user_data.clone());
        gone = Some((mem::replace(place(config), callback), user_data));
    });
    drop(gone);
    status
}

fn message_format(name: &str) -> Result<MessageFormat> {
    MessageFormat::from_name(name).ok_or_else(|| {
        let message = format!("“{name}” is not a message format: html, none, plaintext, raw or wikitext.");
        Error::argument("message_format", message)
    })
}
