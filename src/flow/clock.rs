//! The wiki's clock.

use std::{ops::RangeInclusive, time::Instant};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The times that the API can express, in seconds since 1970: up to the end of the year 9999. Any
/// other time from a wiki is ignored.
pub(super) const VALID_TIMES: RangeInclusive<i64> = 0..=253_402_300_799;

/// The wiki's clock, read once and then advanced by ours.
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

    /// Seconds since 1970 by the wiki's clock.
    pub(super) fn seconds(&self, now: Instant) -> i64 {
        clamp_time(self.wiki.saturating_add_unsigned(now.saturating_duration_since(self.at).as_secs()))
    }
}

/// Reads a time in the API's format; gives seconds since 1970.
pub(super) fn parse_time(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?.unix_timestamp();
    VALID_TIMES.contains(&time).then_some(time)
}

/// The nearest time in [`VALID_TIMES`].
pub(super) fn clamp_time(time: i64) -> i64 {
    time.clamp(*VALID_TIMES.start(), *VALID_TIMES.end())
}
