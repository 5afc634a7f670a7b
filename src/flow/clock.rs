//! The wiki's clock.

use std::time::Instant;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The wiki's clock, read once and carried on by ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Seconds since 1970.
    wiki: i64,
    at: Instant,
}

impl Clock {
    pub(super) fn read(time: &str, now: Instant) -> Option<Self> {
        Some(Self { wiki: parse_time(time)?, at: now })
    }

    pub(super) fn from_seconds(wiki: i64, now: Instant) -> Self {
        Self { wiki, at: now }
    }

    /// Seconds since 1970 on the wiki.
    pub(super) fn seconds(&self, now: Instant) -> i64 {
        self.wiki.saturating_add_unsigned(now.saturating_duration_since(self.at).as_secs())
    }
}

/// A time as the API writes it, in seconds since 1970.
pub(super) fn parse_time(time: &str) -> Option<i64> {
    OffsetDateTime::parse(time, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}
