//! Why a transfer failed, and the words for it.

use std::{error::Error as StdError, fmt, io};

use rustls::CertificateError;

use super::{SendError, route::Route};
use crate::{Phase, TransportFailure};

/// Why a transfer failed. Where a trait demands an `io::Error` or a `ureq::Error`, that wraps it.
#[derive(Debug)]
pub(super) struct TransferError {
    /// What failed; `None` if the call was cancelled.
    what: Option<TransportFailure>,
    /// What the message says: a sentence without its subject.
    detail: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransferError {
    pub(super) fn new(what: TransportFailure, detail: impl Into<String>) -> Self {
        Self { what: Some(what), detail: detail.into(), source: None }
    }

    pub(super) fn cancelled() -> Self {
        Self { what: None, detail: String::new(), source: None }
    }

    pub(super) fn timed_out(phase: Phase) -> Self {
        Self::new(TransportFailure::Timeout(phase), "took too long")
    }

    /// A host name that could not be resolved.
    pub(super) fn of_looking_up(error: io::Error) -> Self {
        let detail = format!("was not found ({error}): is it spelled right?");
        Self::new(TransportFailure::Name, detail).with_source(error)
    }

    /// A connection that could not be made.
    pub(super) fn of_connecting(error: io::Error) -> Self {
        let detail = match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                "refuses connections: is the server running, and the port right?".to_owned()
            }
            _ => format!("cannot be reached: {error}"),
        };
        Self::new(TransportFailure::Connect, detail).with_source(error)
    }

    /// A connection that broke, unless the error wraps a `TransferError`.
    pub(super) fn of_io(error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failed) => return failed,
            Err(error) => error,
        };
        match error.downcast::<rustls::Error>() {
            Ok(error) => Self::of_tls(error),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::new(TransportFailure::Lost, "closed the connection before its answer was complete")
                    .with_source(error)
            }
            Err(error) => {
                Self::new(TransportFailure::Lost, format!("broke the connection: {error}")).with_source(error)
            }
        }
    }

    pub(super) fn of_tls(error: rustls::Error) -> Self {
        let (what, detail) = match &error {
            rustls::Error::InvalidCertificate(error) => (TransportFailure::Certificate, certificate(error)),
            rustls::Error::InvalidMessage(_) => (
                TransportFailure::Tls,
                "does not speak TLS: is its address http, or the port wrong?".to_owned(),
            ),
            error => (TransportFailure::Tls, format!("does not agree on TLS: {error}")),
        };
        Self::new(what, detail).with_source(error)
    }

    pub(super) fn of_ureq(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Other(error) => match error.downcast::<Self>() {
                Ok(failed) => *failed,
                Err(error) => {
                    let failed = Self::new(TransportFailure::Protocol, error.to_string());
                    Self { source: Some(error), ..failed }
                }
            },
            ureq::Error::Io(error) => Self::of_io(error),
            ureq::Error::BodyExceedsLimit(most) => {
                Self::new(TransportFailure::Bound, format!("is larger than {most} bytes"))
            }
            ureq::Error::LargeResponseHeader(_, most) => {
                Self::new(TransportFailure::Bound, format!("has headers of more than {most} bytes"))
            }
            error => Self::new(TransportFailure::Protocol, error.to_string()).with_source(error),
        }
    }

    /// The same as a failure of the proxy, because it happened on the way there; timeouts stay
    /// timeouts.
    pub(super) fn at_the_proxy(mut self) -> Self {
        if self.what == Some(TransportFailure::Certificate) {
            self.detail = format!("shows a certificate that {}", self.detail);
        }
        if let Some(what) = &mut self.what
            && !matches!(what, TransportFailure::Timeout(_))
        {
            *what = TransportFailure::Proxy;
        }
        self
    }

    /// Whether the connection was lost.
    pub(super) fn is_lost(&self) -> bool {
        self.what == Some(TransportFailure::Lost)
    }

    pub(super) fn into_send_error(self, route: &Route) -> SendError {
        let Some(what) = self.what else { return SendError::cancelled() };
        let error = match what {
            TransportFailure::Timeout(_) => SendError::timed_out(self.words(what, route)),
            what => SendError::failed(self.words(what, route)),
        };
        let error = error.with_failure(what);
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        Self { source: Some(Box::new(source)), ..self }
    }

    fn words(&self, what: TransportFailure, route: &Route) -> String {
        let (detail, wiki) = (&self.detail, &route.host_port);
        match what {
            TransportFailure::Name => sentence(&format!("The host {}", wiki.host), detail),
            TransportFailure::Proxy => match &route.proxy {
                Some(proxy) => sentence(&format!("The proxy {}", proxy.host_port), detail),
                None => sentence("The proxy", detail),
            },
            TransportFailure::Certificate => sentence(&format!("The certificate of {wiki}"), detail),
            TransportFailure::Bound => sentence(&format!("The answer of {wiki}"), detail),
            TransportFailure::Protocol => {
                sentence(&format!("{wiki} does not answer as HTTP demands:"), detail)
            }
            TransportFailure::Timeout(phase) => match (phase, &route.proxy) {
                (Phase::Name, _) => format!("The host {} was not looked up in time.", wiki.host),
                (Phase::Proxy, Some(proxy)) => {
                    format!("The proxy {} did not connect in time.", proxy.host_port)
                }
                (Phase::Connect | Phase::Proxy, _) => format!("{wiki} could not be reached in time."),
                (Phase::Tls, _) => format!("{wiki} did not agree on TLS in time."),
                (Phase::Send, _) => format!("{wiki} did not take the request in time."),
                (Phase::Answer, _) => format!("{wiki} did not answer in time."),
                (Phase::Body, _) => format!("{wiki} did not finish its answer in time."),
            },
            TransportFailure::Connect
            | TransportFailure::Tls
            | TransportFailure::Lost
            | TransportFailure::Deadline => sentence(&wiki.to_string(), detail),
        }
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl StdError for TransferError {}

impl From<TransferError> for io::Error {
    fn from(failed: TransferError) -> Self {
        Self::other(failed)
    }
}

impl From<TransferError> for ureq::Error {
    fn from(failed: TransferError) -> Self {
        Self::Other(Box::new(failed))
    }
}

fn sentence(subject: &str, rest: &str) -> String {
    let end = if rest.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{subject} {rest}{end}")
}

/// What is wrong with a certificate.
fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet: is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is made out to another name".to_owned()
        }
        CertificateError::Revoked => "is revoked".to_owned(),
        CertificateError::UnknownIssuer => {
            "is issued by nobody whom this machine trusts; if it is the right one, give it or its issuer in ca_file"
                .to_owned()
        }
        // Errors of webpki that rustls has no variant for, for instance that a certificate is its
        // own issuer.
        CertificateError::Other(_) => {
            "is not one that an authority issues to a server; if it is the right one, give it in ca_file".to_owned()
        }
        error => format!("cannot be trusted: {error}"),
    }
}
