//! When a request that changed nothing may be sent again.

use std::time::{Duration, Instant};

use crate::{Error, ErrorKind, TransportFailure};

/// The waits of one call of the host.
#[derive(Debug)]
pub(crate) struct Retry {
    deadline: Option<Instant>,
    attempts: u32,
}

const FIRST_WAIT: Duration = Duration::from_millis(500);
const MAX_WAIT: Duration = Duration::from_secs(30);

impl Retry {
    /// A call begins: all its waits together may last as long as `budget`.
    pub(super) fn new(budget: Duration, now: Instant) -> Self {
        Self { deadline: Some(now + budget).filter(|_| !budget.is_zero()), attempts: 0 }
    }

    /// How long to wait before the same request is sent again, or nothing if that would not help or
    /// the budget is spent. The caller makes sure that the request changed nothing.
    pub(super) fn wait(&mut self, error: &Error, now: Instant) -> Option<Duration> {
        if !is_temporary(error) {
            return None;
        }
        let backoff = FIRST_WAIT.saturating_mul(1 << self.attempts.min(6)).min(MAX_WAIT);
        // A wait of zero, or a date in the past, would make us ask without a pause until the budget
        // is spent.
        let wait = error.retry_after().map_or(backoff, |wait| wait.max(FIRST_WAIT));
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
        _ if error.failure() == Some(TransportFailure::Deadline) => false,
        ErrorKind::Transport | ErrorKind::Timeout => true,
        ErrorKind::Api => matches!(error.api_code(), Some("maxlag" | "readonly" | "ratelimited")),
        ErrorKind::Protocol => matches!(error.http_status(), Some(429 | 500 | 502..=504)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{FIRST_WAIT, Retry};
    use crate::{Error, ErrorKind};

    #[test]
    fn a_wait_of_zero_becomes_a_pause() {
        let now = Instant::now();
        let mut retry = Retry::new(Duration::from_secs(10), now);
        let mut wait = |seconds: Option<u64>| {
            let error = Error::new(ErrorKind::Transport, "Lost.");
            retry.wait(&error.with_retry_after(seconds.map(Duration::from_secs)), now)
        };
        assert_eq!(wait(Some(0)), Some(FIRST_WAIT));
        assert_eq!(wait(Some(3)), Some(Duration::from_secs(3)));
        assert_eq!(wait(Some(11)), None, "beyond the budget");
        assert_eq!(wait(None), Some(4 * FIRST_WAIT), "the third wait");
    }
}
