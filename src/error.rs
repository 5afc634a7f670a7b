//! The one error type of the crate.

use std::{error, fmt, time::Duration};

use crate::{
    Problem,
    text::{clean, cleaned},
};

/// What went wrong, in classes that a host can react to.
///
/// FAIL is not among them: it is an answer of the wiki, [`Step::Fail`](crate::Step::Fail).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value given by the host cannot be used; [`Error::field`] names it. Nothing was sent.
    InvalidArgument,
    /// The call does not fit the state of the client. Nothing was sent.
    InvalidState,
    /// Name resolution, connection, TLS or HTTP failed. No account was made by this call.
    Transport,
    /// A time limit passed. No account was made by this call.
    Timeout,
    /// Another thread cancelled the call. No account was made by it.
    Cancelled,
    /// The wiki answered with an API error; [`Error::api_code`] has its code. Nothing was executed.
    Api,
    /// The answer is not what MediaWiki sends. If it answers a creation, it does not say for
    /// certain whether the account was made: the attempt is remembered, and
    /// [`Client::reconcile`](crate::Client::reconcile) can check it again.
    Protocol,
    /// A transport or another callback of the host failed before anything was sent.
    Callback,
    /// A request that may make the account was sent, and its answer was lost or is not conclusive.
    /// [`Client::reconcile`](crate::Client::reconcile) finds out what became of it.
    OutcomeUnknown,
}

impl ErrorKind {
    /// The name in lower case, for instance `invalid_argument`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid_argument",
            Self::InvalidState => "invalid_state",
            Self::Transport => "transport",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Api => "api",
            Self::Protocol => "protocol",
            Self::Callback => "callback",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What failed on the way to the wiki and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportFailure {
    /// The host name was not found.
    Name,
    /// No connection could be made: refused, unreachable.
    Connect,
    /// The proxy cannot be reached, or does not let the request through.
    Proxy,
    /// The certificate is not trusted, is for another name, or is not valid at this time.
    Certificate,
    /// TLS failed for another reason.
    Tls,
    /// A time limit passed in this phase.
    Timeout(Phase),
    /// The time for the whole call was up before this exchange began.
    Deadline,
    /// The connection broke before the answer was complete.
    Lost,
    /// The answer is not HTTP, or its compression is broken.
    Protocol,
    /// The answer is larger than the library accepts.
    Bound,
}

/// A phase of one exchange, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The host name is looked up.
    Name,
    /// The connection is made.
    Connect,
    /// The proxy is asked to connect.
    Proxy,
    /// The TLS handshake is made.
    Tls,
    /// The request is sent.
    Send,
    /// The first line and the headers of the answer are awaited.
    Answer,
    /// The body of the answer is read.
    Body,
}

impl TransportFailure {
    /// All failures, in the order of their numbers in the C API, which begin with 1.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Connect,
        Self::Proxy,
        Self::Certificate,
        Self::Tls,
        Self::Lost,
        Self::Protocol,
        Self::Bound,
        Self::Timeout(Phase::Name),
        Self::Timeout(Phase::Connect),
        Self::Timeout(Phase::Proxy),
        Self::Timeout(Phase::Tls),
        Self::Timeout(Phase::Send),
        Self::Timeout(Phase::Answer),
        Self::Timeout(Phase::Body),
        Self::Deadline,
    ];

    /// The name in lower case, for instance `certificate` or `timeout_answer`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Certificate => "certificate",
            Self::Tls => "tls",
            Self::Lost => "lost",
            Self::Protocol => "protocol",
            Self::Bound => "bound",
            Self::Timeout(Phase::Name) => "timeout_name",
            Self::Timeout(Phase::Connect) => "timeout_connect",
            Self::Timeout(Phase::Proxy) => "timeout_proxy",
            Self::Timeout(Phase::Tls) => "timeout_tls",
            Self::Timeout(Phase::Send) => "timeout_send",
            Self::Timeout(Phase::Answer) => "timeout_answer",
            Self::Timeout(Phase::Body) => "timeout_body",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error, with what the wiki said, if anything.
///
/// `Display` gives one or more sentences for a person. They hold no secret, but texts that came
/// from the wiki may hold personal data (a block message contains the visitor's IP address).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    problem: Option<Problem>,
    api_code: Option<String>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    failure: Option<TransportFailure>,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            // Many messages contain text from the wiki.
            message: cleaned(message.into()),
            field: None,
            problem: None,
            api_code: None,
            http_status: None,
            retry_after: None,
            failure: None,
            source: None,
        }))
    }

    pub(crate) fn argument(field: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message).with_field(field).with_problem(Problem::Invalid)
    }

    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidState, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.0.field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_problem(mut self, problem: Problem) -> Self {
        self.0.problem = Some(problem);
        self
    }

    pub(crate) fn with_api_code(mut self, code: &str) -> Self {
        self.0.api_code = Some(clean(code));
        self
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_failure(mut self, failure: TransportFailure) -> Self {
        self.0.failure = Some(failure);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same failure, for a request that may have made the account.
    pub(crate) fn into_outcome_unknown(mut self) -> Self {
        self.0.kind = ErrorKind::OutcomeUnknown;
        self.0.message = format!(
            "It is not known whether the account was made: {} Ask the wiki with reconcile before anything else.",
            sentence(&self.0.message)
        );
        self
    }

    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The sentences that `Display` prints.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field, setting or parameter that the error is about.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What is wrong with the value that the error is about, if the library refused one.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.0.problem
    }

    /// The wiki's error code, for instance `badtoken` or `readonly`.
    #[must_use]
    pub fn api_code(&self) -> Option<&str> {
        self.0.api_code.as_deref()
    }

    /// The HTTP status of the answer, where there was one. MediaWiki sends API errors with status 200.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// How long the wiki (or a server in front of it) asks the client to wait before
    /// the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What failed on the way to the wiki and back, if the transport reports it; also with
    /// [`ErrorKind::OutcomeUnknown`].
    #[must_use]
    pub fn failure(&self) -> Option<TransportFailure> {
        self.0.failure
    }
}

/// `text` with a full stop, so that another sentence may follow.
fn sentence(text: &str) -> String {
    match text.trim_end() {
        text if text.ends_with(['.', '!', '?', '。']) => text.to_owned(),
        text => format!("{text}."),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("field", &self.0.field)
            .field("problem", &self.0.problem)
            .field("api_code", &self.0.api_code)
            .field("http_status", &self.0.http_status)
            .field("retry_after", &self.0.retry_after)
            .field("failure", &self.0.failure)
            .field("source", &self.0.source)
            .finish()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
