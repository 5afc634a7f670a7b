//! The host's wishes for a client.

use std::{fmt, path::PathBuf, time::Duration};

use log::Level;

use crate::{MessageFormat, Secret, cancel::Interrupt, transport::Transport};

/// Receives what the library has to say of its work: never above [`Level::Debug`], never a secret.
pub type LogFn = Box<dyn FnMut(Level, &str) + Send>;

/// Settings of a [`Client`](crate::Client). They are checked when a client is made of them.
///
/// ```
/// use std::time::Duration;
/// let config = createaccount::Config::new()
///     .user_agent("signup/1.0 (https://example.org; me@example.org)")
///     .language("pl")
///     .timeout(Duration::from_secs(30));
/// ```
pub struct Config {
    pub(crate) user_agent: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) message_format: Option<MessageFormat>,
    pub(crate) error_format: Option<String>,
    pub(crate) error_language: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) proxy: Option<Secret>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) bearer_token: Option<Secret>,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) retry_budget: Duration,
    pub(crate) reconcile_wait: Duration,
    pub(crate) allow_http: bool,
    pub(crate) merge_fields: bool,
    pub(crate) transport: Option<Box<dyn Transport>>,
    pub(crate) log: Option<LogFn>,
    pub(crate) interrupt: Option<Interrupt>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            user_agent: None,
            language: None,
            message_format: None,
            error_format: None,
            error_language: None,
            return_url: None,
            proxy: None,
            ca_file: None,
            bearer_token: None,
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(15),
            retry_budget: Duration::ZERO,
            reconcile_wait: Duration::from_secs(15),
            allow_http: false,
            merge_fields: false,
            transport: None,
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
        self.user_agent = Some(user_agent.into());
        self
    }

    /// The language of labels and messages, by MediaWiki's code, for instance `pl` or `zh-hant` (`uselang`). Without
    /// it, the wiki's own language.
    #[must_use]
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language = Some(code.into());
        self
    }

    /// The format of labels and messages. Without it, the wiki's default: wikitext.
    #[must_use]
    pub fn message_format(mut self, format: MessageFormat) -> Self {
        self.message_format = Some(format);
        self
    }

    /// The format of API errors and of reasons in verdicts (`errorformat`): `plaintext` (the default), `html`,
    /// `wikitext`, `raw`, `none` or `bc`.
    #[must_use]
    pub fn error_format(mut self, format: impl Into<String>) -> Self {
        self.error_format = Some(format.into());
        self
    }

    /// The language of API errors (`errorlang`). Without it, that of the messages.
    #[must_use]
    pub fn error_language(mut self, code: impl Into<String>) -> Self {
        self.error_language = Some(code.into());
        self
    }

    /// Where third parties send the person back to: an absolute http or https address of the host. Without it the
    /// wiki's own address is given, and nothing notices a return.
    #[must_use]
    pub fn return_url(mut self, url: impl Into<String>) -> Self {
        self.return_url = Some(url.into());
        self
    }

    /// A proxy, `http://`, `https://`, `socks4://` or `socks5://`, with user and password if it wants them. Without it
    /// the usual environment variables decide.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// A PEM file of the only certificates to trust, instead of the platform's.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// An OAuth 2 access token, sent as `Authorization: Bearer` with every request. The client then acts as its owner.
    #[must_use]
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        self.bearer_token = Some(token.into());
        self
    }

    /// The time for one exchange with the wiki, from name resolution to the last byte. 60 seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for name resolution, connection and TLS. 15 seconds by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one call may wait, all in all, to repeat requests that changed nothing. None by default: errors are
    /// reported at once. A request that may have made an account is never repeated.
    #[must_use]
    pub fn retry_budget(mut self, budget: Duration) -> Self {
        self.retry_budget = budget;
        self
    }

    /// How long after a lost answer [`Client::reconcile`](crate::Client::reconcile) goes on asking before it believes
    /// that no account was made. 15 seconds by default; under 10 a slow wiki can still surprise.
    #[must_use]
    pub fn reconcile_wait(mut self, wait: Duration) -> Self {
        self.reconcile_wait = wait;
        self
    }

    /// Allows unencrypted http for the API and for redirect targets. On loopback it is allowed anyway.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Lets the wiki merge the fields of later steps (`createmergerequestfields`) instead of the library.
    #[must_use]
    pub fn merge_fields(mut self, merge: bool) -> Self {
        self.merge_fields = merge;
        self
    }

    /// Sends requests by the host's own means. Proxy, certificates and time limits are then the host's to apply.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Receives log lines of this client, besides the `log` crate's logger.
    #[must_use]
    pub fn log(mut self, log: impl FnMut(Level, &str) + Send + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// A function that is asked some twenty times a second while a call waits, on the calling thread; true cancels
    /// the call. Made for hosts that must look after signals.
    #[must_use]
    pub fn interrupt(mut self, interrupt: impl FnMut() -> bool + Send + 'static) -> Self {
        self.interrupt = Some(Box::new(interrupt));
        self
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("user_agent", &self.user_agent)
            .field("language", &self.language)
            .field("return_url", &self.return_url)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
