//! How requests reach the wiki.
//!
//! A transport only sends one HTTP request and returns its response. Cookies, redirects, retries
//! and limits are handled by the client, so that they apply to a host's own transport as well.

#[cfg(feature = "ureq")]
mod buffers;
#[cfg(feature = "ureq")]
mod connection;
#[cfg(feature = "ureq")]
mod error;
#[cfg(feature = "ureq")]
mod layer;
#[cfg(feature = "ureq")]
mod proxy;
#[cfg(feature = "ureq")]
mod route;
#[cfg(feature = "ureq")]
mod sessions;
#[cfg(feature = "ureq")]
mod shared;
#[cfg(feature = "ureq")]
mod socket;
#[cfg(feature = "ureq")]
mod tls;
#[cfg(feature = "ureq")]
mod transfer;
#[cfg(feature = "ureq")]
mod trust;
#[cfg(feature = "ureq")]
mod tunnel;
#[cfg(feature = "ureq")]
mod ureq;
#[cfg(feature = "ureq")]
mod wire;

use std::time::Duration;

#[cfg(feature = "ureq")]
pub(crate) use self::ureq::{Options, Ureq};
pub use crate::protocol::{Method, Request, Response};
use crate::{Canceller, Error, ErrorKind, TransportFailure};

/// Sends requests for a [`Client`](crate::Client).
///
/// An implementation must not follow redirects, must not send a request twice, must not keep or add cookies, must
/// not log headers or bodies, and must check certificates.
pub trait Transport: Send {
    /// Sends one request and returns its response, whatever its status. It is called on the thread that called the
    /// client.
    ///
    /// # Errors
    ///
    /// Whatever prevented a response; see [`SendError`].
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError>;
}

/// Limits of one exchange.
#[derive(Debug)]
#[non_exhaustive]
pub struct Limits<'a> {
    /// The time for the whole exchange.
    pub timeout: Duration,
    /// The time for name resolution, connection and TLS.
    pub connect_timeout: Duration,
    /// The largest body, in bytes, after decoding.
    pub body: u64,
    /// To be [polled](Canceller::poll) while waiting.
    pub canceller: &'a Canceller,
}

/// Why there is no response.
#[derive(Debug)]
pub struct SendError {
    pub(crate) error: Error,
    pub(crate) may_have_arrived: bool,
}

impl SendError {
    /// A failure of the network, of TLS or of HTTP.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::of(ErrorKind::Transport, message)
    }

    /// A time limit passed.
    #[must_use]
    pub fn timed_out(message: impl Into<String>) -> Self {
        Self::of(ErrorKind::Timeout, message)
    }

    /// The call was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::of(ErrorKind::Cancelled, "The call was cancelled.")
    }

    /// The host's own code failed.
    #[must_use]
    pub fn callback(message: impl Into<String>) -> Self {
        Self::of(ErrorKind::Callback, message)
    }

    fn of(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { error: Error::new(kind, message), may_have_arrived: true }
    }

    /// Says that the request certainly did not reach the wiki in full: the name was not found, the
    /// connection was refused, TLS failed. Without this, the library assumes that a creation may
    /// have happened.
    #[must_use]
    pub fn not_sent(mut self) -> Self {
        self.may_have_arrived = false;
        self
    }

    /// Says what failed, for [`Error::failure`].
    #[must_use]
    pub fn with_failure(mut self, failure: TransportFailure) -> Self {
        self.error = self.error.with_failure(failure);
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.error = self.error.with_source(source);
        self
    }
}
