//! The settings of a client.

use std::{fmt, mem, path::PathBuf, time::Duration};

use log::Level;
use url::Url;

use crate::{
    Error, MessageFormat, Result, Secret,
    cancel::Interrupt,
    protocol::{basic_auth, has_user_info, is_encrypted_or_local},
    seal::{Key, Keys},
    transport::Transport,
};

/// Receives the log lines of a client, which begin with the wiki's host and the client's number in
/// this process (`wiki.example #3: step FORM`). No line is more detailed than [`Level::Debug`], and
/// none holds a secret.
pub type LogFn = Box<dyn FnMut(Level, &str) + Send>;

/// Settings of a [`Client`](crate::Client). A setting that cannot be used is refused when a client
/// is made with it.
///
/// ```
/// use std::time::Duration;
/// let config = createaccount::Config::new()
///     .user_agent("signup/1.0 (https://example.org; me@example.org)")
///     .language("pl")
///     .timeout(Duration::from_secs(30));
/// ```
#[derive(Default)]
pub struct Config {
    pub(crate) settings: Settings,
    pub(crate) link: LinkSettings,
    refused: Option<Error>,
}

/// What the flow needs to know. Each value was checked when it was set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub user_agent: String,
    pub language: Option<String>,
    pub message_format: Option<MessageFormat>,
    pub error_format: String,
    pub error_language: Option<String>,
    pub return_url: Option<Url>,
    pub merge_fields: bool,
    pub allow_http: bool,
    pub bearer_token: Option<Secret>,
    /// The host's own headers, and `Authorization` of [`Config::basic_auth`]. Names are in lower
    /// case and unique.
    pub headers: Vec<(String, Secret)>,
    pub retry_budget: Duration,
    pub reconcile_wait: Duration,
    pub keys: Keys,
}

/// What the link to the wiki needs to know.
pub(crate) struct LinkSettings {
    pub transport: Option<Box<dyn Transport>>,
    pub proxy: Option<Secret>,
    pub environment_proxies: bool,
    pub ca_file: Option<PathBuf>,
    pub timeout: Duration,
    pub connect_timeout: Duration,
    pub deadline: Duration,
    pub log: Option<LogFn>,
    pub interrupt: Option<Interrupt>,
}

/// The library's own name, as wikis see it.
const USER_AGENT: &str = concat!("libcreateaccount/", env!("CARGO_PKG_VERSION"));

/// The longest time that a setting can have. A longer one is reduced to this: it could overflow an
/// `Instant`.
const MAX_TIME: Duration = Duration::from_secs(366 * 24 * 60 * 60);

const ERROR_FORMATS: [&str; 6] = ["plaintext", "html", "wikitext", "raw", "none", "bc"];

impl Settings {
    /// Whether the wiki's HTML is to become plain text.
    pub(crate) fn wants_plaintext(&self) -> bool {
        self.message_format == Some(MessageFormat::Plaintext)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: USER_AGENT.to_owned(),
            language: None,
            message_format: None,
            error_format: ERROR_FORMATS[0].to_owned(),
            error_language: None,
            return_url: None,
            merge_fields: false,
            allow_http: false,
            bearer_token: None,
            headers: Vec::new(),
            retry_budget: Duration::ZERO,
            reconcile_wait: Duration::from_secs(15),
            keys: Keys::default(),
        }
    }
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            transport: None,
            proxy: None,
            environment_proxies: true,
            ca_file: None,
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(15),
            deadline: Duration::from_secs(120),
            log: None,
            interrupt: None,
        }
    }
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the program and a way to reach its makers, as wikis ask of their clients; the library adds its own name.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        let user_agent = format!("{} {USER_AGENT}", user_agent.into());
        self.note(check_header("user_agent", &user_agent));
        self.settings.user_agent = user_agent;
        self
    }

    /// The language of labels and messages, by MediaWiki's code, for instance `pl` or `zh-hant`, in
    /// upper or lower case (`uselang`). Without it, the wiki's own language.
    #[must_use]
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.settings.language = self.ok_or_note(language("language", &code.into()));
        self
    }

    /// The format of labels and messages. Without it, the wiki's default: wikitext.
    /// [`MessageFormat::Plaintext`] is for hosts that show plain text.
    #[must_use]
    pub fn message_format(mut self, format: MessageFormat) -> Self {
        self.settings.message_format = Some(format);
        self
    }

    /// The format of API errors and of reasons in verdicts (`errorformat`): `plaintext` (the default), `html`,
    /// `wikitext`, `raw`, `none` or `bc`.
    #[must_use]
    pub fn error_format(mut self, format: impl Into<String>) -> Self {
        let format = format.into();
        self.note(check_error_format(&format));
        self.settings.error_format = format;
        self
    }

    /// The language of API errors and of reasons in verdicts (`errorlang`). Without it, that of the messages.
    #[must_use]
    pub fn error_language(mut self, code: impl Into<String>) -> Self {
        self.settings.error_language = self.ok_or_note(language("error_language", &code.into()));
        self
    }

    /// Where third parties send the person back to: an absolute https address of the host, or an
    /// http one on loopback (elsewhere only with [`allow_http`](Self::allow_http)), without user
    /// name, password or fragment. It should contain a value that cannot be guessed and belongs to
    /// one person's flow; otherwise an attacker could make somebody else's browser return into a
    /// flow that is not theirs. Without this setting the wiki is given its own address, and the
    /// host does not notice the return.
    #[must_use]
    pub fn return_url(mut self, url: impl Into<String>) -> Self {
        self.settings.return_url = self.ok_or_note(return_url(&url.into()));
        self
    }

    /// A proxy: `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or `socks5h://`, with
    /// user and password if the proxy needs them. Without it the usual environment variables
    /// decide. A wiki on this machine is never reached through a proxy, and giving one for it is an
    /// error.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.link.proxy = Some(url.into());
        self
    }

    /// Whether the proxies of the environment are used if no [`proxy`](Self::proxy) is given; true
    /// by default.
    #[must_use]
    pub fn environment_proxies(mut self, enabled: bool) -> Self {
        self.link.environment_proxies = enabled;
        self
    }

    /// A PEM file with the only certificates to trust, instead of the platform's: the server's
    /// certificate must be one of them, or issued by one of them.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.link.ca_file = Some(path.into());
        self
    }

    /// An OAuth 2 access token, sent as `Authorization: Bearer` with every request. The client then
    /// acts as the token's owner.
    #[must_use]
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        let token = token.into();
        self.note(check_header("bearer_token", token.expose()));
        self.settings.bearer_token = Some(token);
        self
    }

    /// User name and password for a web server that asks for HTTP authentication before the wiki is
    /// reached (`Basic`, RFC 7617). They go with every request to the wiki's origin, and to no
    /// other; they do not log in to the wiki itself. They cannot be combined with a bearer token,
    /// which uses the same header.
    #[must_use]
    pub fn basic_auth(mut self, user: &str, password: impl Into<Secret>) -> Self {
        match basic(user, &password.into()) {
            Ok(value) => self.put_header(AUTHORIZATION, value),
            Err(error) => self.note(Err(error)),
        }
        self
    }

    /// An additional header for every request to the wiki's origin, and to no other, for instance
    /// one that a gateway in front of the wiki asks for. Its value is treated as a secret. It
    /// replaces an earlier header of the same name; upper and lower case are the same. Names that
    /// the library or the HTTP layer sets itself are refused, as is a value that is not printable
    /// ASCII.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Secret>) -> Self {
        let value = value.into();
        match check_own_header(name, &value) {
            Ok(()) => self.put_header(name, value),
            Err(error) => self.note(Err(error)),
        }
        self
    }

    /// The time limit for one exchange with the wiki, from name resolution to the last byte. 60
    /// seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.note(check_time("timeout", timeout));
        self.link.timeout = timeout.min(MAX_TIME);
        self
    }

    /// The time limit for name resolution, connection and TLS. 15 seconds by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.note(check_time("connect_timeout", timeout));
        self.link.connect_timeout = timeout.min(MAX_TIME);
        self
    }

    /// The time limit for one call with all its redirects, retries, waits and further requests; 120
    /// seconds by default. Once it has passed, the wiki is no longer asked about a doubtful
    /// outcome: the outcome is unknown at once. [`Client::reconcile`](crate::Client::reconcile) has
    /// a limit of its own, [`Config::reconcile_wait`] plus 10 seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.note(check_time("deadline", deadline));
        self.link.deadline = deadline.min(MAX_TIME);
        self
    }

    /// How long one call may wait in total to repeat requests that changed nothing. Zero by
    /// default: errors are reported at once. A request that may have made an account is never
    /// repeated.
    #[must_use]
    pub fn retry_budget(mut self, budget: Duration) -> Self {
        self.settings.retry_budget = budget.min(MAX_TIME);
        self
    }

    /// How long after a lost answer [`Client::reconcile`](crate::Client::reconcile) goes on asking
    /// before it concludes that no account was made. 15 seconds by default; below 10, a slow wiki
    /// may still make the account afterwards.
    #[must_use]
    pub fn reconcile_wait(mut self, wait: Duration) -> Self {
        self.settings.reconcile_wait = wait.min(MAX_TIME);
        self
    }

    /// Allows unencrypted http for the API, for redirect targets and for the return URL, and
    /// redirect targets on loopback. Without it http is allowed only on loopback, and only a wiki
    /// on loopback may redirect there.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.settings.allow_http = allow;
        self
    }

    /// Lets the wiki merge the fields of later steps (`createmergerequestfields`) instead of the library.
    #[must_use]
    pub fn merge_fields(mut self, merge: bool) -> Self {
        self.settings.merge_fields = merge;
        self
    }

    /// Seals what [`Client::save`](crate::Client::save) writes with this secret key of 32 random
    /// bytes, and binds it to the flow's wiki; [`Client::load`](crate::Client::load) then refuses
    /// anything that is not sealed. Without a key what it writes is neither secret nor protected
    /// against changes. A key does not protect against an old state of the same flow: that still
    /// loads.
    #[must_use]
    pub fn seal_key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.settings.keys.seal = self.ok_or_note(Key::new("seal_key", key.as_ref()));
        self
    }

    /// An additional key for loading only, for instance the previous one; there can be several. It
    /// is refused without a [`seal_key`](Self::seal_key).
    #[must_use]
    pub fn open_key(mut self, key: impl AsRef<[u8]>) -> Self {
        let key = self.ok_or_note(Key::new("open_key", key.as_ref()));
        self.settings.keys.open.extend(key);
        self
    }

    /// Sends requests through the host's own transport. Proxy and certificates are then up to the
    /// host, so [`proxy`](Self::proxy) and [`ca_file`](Self::ca_file) are refused; time limits are
    /// passed to the transport.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.link.transport = Some(Box::new(transport));
        self
    }

    /// Receives the log lines of this client, in addition to the `log` crate's logger.
    #[must_use]
    pub fn log(mut self, log: impl FnMut(Level, &str) + Send + 'static) -> Self {
        self.link.log = Some(Box::new(log));
        self
    }

    /// A function that is called about twenty times a second while a call waits, on the calling
    /// thread; if it returns true, the call is cancelled. It is for hosts that must handle signals.
    #[must_use]
    pub fn interrupt(mut self, interrupt: impl FnMut() -> bool + Send + 'static) -> Self {
        self.link.interrupt = Some(Box::new(interrupt));
        self
    }

    /// All keys at once.
    #[cfg(feature = "capi")]
    pub(crate) fn keys(mut self, keys: Keys) -> Self {
        self.settings.keys = keys;
        self
    }

    /// Checks the API's address and the settings, and returns the address; the error is about the
    /// first that cannot be used.
    pub(crate) fn check(&mut self, api_url: &str) -> Result<Url> {
        let url = parse_api_url(api_url, self.settings.allow_http)?;
        self.check_settings()?;
        Ok(url)
    }

    /// Checks what depends on other settings; the error is about the first setting that cannot be
    /// used.
    pub(crate) fn check_settings(&mut self) -> Result<()> {
        if let Some(url) = &self.settings.return_url {
            let checked = check_encryption(url, self.settings.allow_http);
            self.note(checked);
        }
        if self.link.transport.is_some() {
            let unused = [("proxy", self.link.proxy.is_some()), ("ca_file", self.link.ca_file.is_some())];
            for (setting, _) in unused.into_iter().filter(|(_, is_set)| *is_set) {
                let message =
                    "A transport of the host does not use this setting: it makes its own connections.";
                self.note(Err(Error::argument(setting, message)));
            }
        }
        let keys = &self.settings.keys;
        if keys.seal.is_none() && !keys.open.is_empty() {
            let message =
                "A key that only opens needs a seal_key beside it, or what is saved would not be sealed.";
            self.note(Err(Error::argument("open_key", message)));
        }
        if self.settings.bearer_token.is_some()
            && self.settings.headers.iter().any(|(name, _)| name == AUTHORIZATION)
        {
            let message =
                "A bearer token and basic authentication travel in the same header; give one of them.";
            self.note(Err(Error::argument("basic_auth", message)));
        }
        mem::take(&mut self.refused).map_or(Ok(()), Err)
    }

    fn put_header(&mut self, name: &str, value: Secret) {
        let name = name.to_ascii_lowercase();
        self.settings.headers.retain(|(there, _)| *there != name);
        self.settings.headers.push((name, value));
    }

    fn ok_or_note<T>(&mut self, value: Result<T>) -> Option<T> {
        value.map_err(|error| self.refused.get_or_insert(error)).ok()
    }

    fn note(&mut self, checked: Result<()>) {
        self.ok_or_note(checked);
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("settings", &self.settings)
            .field("timeout", &self.link.timeout)
            .finish_non_exhaustive()
    }
}

fn parse_api_url(api_url: &str, allow_http: bool) -> Result<Url> {
    let wrong = |why: &str| Error::argument("api_url", format!("The API's address {why}."));
    let incomplete = || {
        let host = api_url.trim_start_matches('/').split('/').next().unwrap_or_default();
        wrong(&format!(
            "has no https:// before it; it usually is https://{host}/w/api.php, and find_api finds it"
        ))
    };
    let url = Url::parse(api_url).map_err(|_| incomplete())?;
    match url.scheme() {
        "https" | "http" => {}
        // `wiki.example:8443/w/api.php`
        _ if !api_url.contains("://") => return Err(incomplete()),
        scheme => return Err(wrong(&format!("has the scheme {scheme}; it must be https"))),
    }
    if !is_encrypted_or_local(&url, allow_http) {
        return Err(wrong("is http, so passwords would travel unencrypted; use https, or allow http"));
    }
    if has_user_info(&url) {
        return Err(wrong("carries a name or password; use login or a bearer token"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a query or fragment; it usually ends in /api.php, and find_api finds it"));
    }
    Ok(url)
}

/// MediaWiki's codes are in lower case, and parts of its API accept no other; people write `pt-BR`,
/// `zh_Hant`, `PL`.
fn language(name: &str, code: &str) -> Result<String> {
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return Ok(code.to_ascii_lowercase().replace('_', "-"));
    }
    let message = format!("“{code}” is not a language code; MediaWiki's look like pl or zh-hant.");
    Err(Error::argument(name, message))
}

/// MediaWiki accepts any scheme in its list of link protocols, but a browser comes back only by
/// https or http.
fn return_url(url: &str) -> Result<Url> {
    let wrong = |why: &str| Error::argument("return_url", format!("The return URL {why}."));
    let url = Url::parse(url).map_err(|_| wrong("is not absolute"))?;
    if !matches!(url.scheme(), "https" | "http") {
        let scheme = url.scheme();
        return Err(wrong(&format!("has the scheme {scheme}; it must be https or http")));
    }
    if has_user_info(&url) {
        return Err(wrong("carries a name or password, which the wiki and the third party would see"));
    }
    if url.fragment().is_some() {
        return Err(wrong("has a fragment, which no server gets to see"));
    }
    Ok(url)
}

/// What comes back carries secrets. [`return_url`] has checked the rest.
fn check_encryption(url: &Url, allow_http: bool) -> Result<()> {
    if is_encrypted_or_local(url, allow_http) {
        return Ok(());
    }
    let message =
        "The return URL is http, so what comes back would travel unencrypted; use https, or allow http.";
    Err(Error::argument("return_url", message))
}

/// Checks a return URL that does not come from the settings.
pub(crate) fn check_return_url(url: &Url, allow_http: bool) -> Result<()> {
    return_url(url.as_str())?;
    check_encryption(url, allow_http)
}

fn check_error_format(format: &str) -> Result<()> {
    if ERROR_FORMATS.contains(&format) {
        return Ok(());
    }
    let message = format!("“{format}” is not an error format; there are {}.", ERROR_FORMATS.join(", "));
    Err(Error::argument("error_format", message))
}

fn check_header(name: &str, value: &str) -> Result<()> {
    if value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Ok(());
    }
    Err(Error::argument(name, "Only printable ASCII can be sent in a header."))
}

/// The header that [`Config::basic_auth`] sets, and that [`Config::header`] may not set.
const AUTHORIZATION: &str = "authorization";

/// Headers that the library or the HTTP layer sets, or that concern the connection.
const RESERVED_HEADERS: [&str; 20] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

fn check_own_header(name: &str, value: &Secret) -> Result<()> {
    let wrong = |why: &str| Err(Error::argument("headers", format!("The header “{name}” {why}.")));
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return wrong("has a name that HTTP does not allow (RFC 9110, 5.6.2)");
    }
    if name.eq_ignore_ascii_case(AUTHORIZATION) {
        return wrong("has a setting of its own: basic_auth, or a bearer token");
    }
    if RESERVED_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return wrong("is set by the library itself");
    }
    if value.expose().trim() != value.expose() {
        return wrong("begins or ends with a space, which would be lost on the way");
    }
    check_header("headers", value.expose())
}

/// The value of `Authorization` (RFC 7617, in UTF-8).
fn basic(user: &str, password: &Secret) -> Result<Secret> {
    let wrong = |why| Err(Error::argument("basic_auth", why));
    if user.contains(':') {
        return wrong("The user name must not contain a colon: it would end the name.");
    }
    if user.chars().chain(password.expose().chars()).any(char::is_control) {
        return wrong("User name and password must not contain control characters.");
    }
    Ok(basic_auth(user, password.expose()))
}

fn check_time(name: &str, time: Duration) -> Result<()> {
    if time.is_zero() {
        return Err(Error::argument(name, "A time limit of zero leaves no time for anything."));
    }
    Ok(())
}
