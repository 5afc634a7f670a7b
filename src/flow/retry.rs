//! When a request that changed nothing may be sent again.

use std::time::{Duration, Instant};

use crate::{Error, ErrorKind};

/// The waits of one call of the host.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    deadline: Option<Instant>,
    attempts: u32,
}

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Retry {
    /// A call begins: all its waits together may last as long as `budget`.
    pub(crate) fn start(&mut self, budget: Duration, now: Instant) {
        *self = Self { deadline: Some(now + budget).filter(|_| !budget.is_zero()), attempts: 0 };
    }

    /// How long to wait before the same request is sent again, or nothing if it is not worth it or the budget is
    /// spent. The caller knows that the request changed nothing.
    pub(crate) fn wait(&mut self, error: &Error, now: Instant) -> Option<Duration> {
        if !is_temporary(error) {
            return None;
        }
        let backoff = FIRST_WAIT.saturating_mul(1 << self.attempts.min(6)).min(LONGEST_WAIT);
        let wait = error.retry_after().unwrap_or(backoff);
        if now.checked_add(wait)? > self.deadline? {
            return None;
        }
        self.attempts += 1;
        Some(wait)
    }
}

/// Whether the same request may succeed in a while.
fn is_temporary(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout => true,
        ErrorKind::Api => matches!(error.api_code(), Some("maxlag" | "readonly" | "ratelimited")),
        ErrorKind::Protocol => matches!(error.http_status(), Some(429 | 500 | 502..=504)),
        _ => false,
    }
}
