//! Attempts at a name, and whose account it is that the wiki has under it.
//!
//! An account counts as registered when the wiki began to work on the request that made it. So each request of an
//! attempt leaves a window of time, by the wiki's own clock, and an account of that time is the attempt's.

use std::time::Instant;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::protocol::{AuthRequest, Field, same_name};

/// The wiki's clock, read once and carried on by ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Seconds since 1970.
    wiki: i64,
    at: Instant,
}

/// An attempt at a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempt {
    pub(super) name: Option<String>,
    /// When its requests were on their way.
    pub(super) windows: Vec<Window>,
    /// Whether a request was sent at a time that is not known by the wiki's clock.
    pub(super) undated: bool,
    pub(super) lost_at: Option<Instant>,
    pub(super) doubt: Doubt,
    /// The step whose answer was lost, by its fields. The wiki shows it as pending for as long as it works on it.
    pub(super) answered: Option<String>,
    /// Whether the session may hold an older flow besides, whose step could be taken for this one's.
    pub(super) beside_older: bool,
}

/// From when until when a request was on its way, in seconds since 1970 by the wiki's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub from: i64,
    pub until: i64,
    pub end: End,
}

/// How a request ended that may have made the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a further step.
    Step,
    /// Without an answer.
    Lost,
    /// With a refusal because of the account, or of somebody who is making it. It may be the attempt's own account, if
    /// the request was delivered twice, or somebody else's.
    Refused,
}

/// What makes the outcome of an attempt doubtful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Doubt {
    #[default]
    None,
    /// An answer was lost.
    Lost,
    /// The wiki refused, or the flow was given up, but the account may be there all the same: the network or the
    /// transport may have delivered a request twice, or a step may have come after the account.
    Contested,
}

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Attempts,
    SomebodyElses,
    /// The attempt's or somebody else's.
    Either,
    /// The wiki does not say when it was made.
    Untold,
}

/// Clocks of one wiki's servers differ a little.
const CLOCK_SLACK: i64 = 2;

/// How long a request may wait before the wiki begins to work on it, its client gone: for a free process, and for the
/// lock on the name.
const LATEST_START: i64 = 30;

/// How many attempts in doubt are remembered.
const MOST_IN_DOUBT: usize = 16;

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

impl Attempt {
    pub(super) fn new(name: Option<&str>) -> Self {
        Self { name: name.map(str::to_owned), ..Self::default() }
    }

    /// Whether an account of this name may be the attempt's.
    pub(super) fn is_for(&self, name: Option<&str>) -> bool {
        match (&self.name, name) {
            (Some(asked), Some(name)) => same_name(asked, name),
            _ => true,
        }
    }

    /// A request that was sent at `sent` was answered with a further step, at `end`.
    pub(super) fn stepped(mut self, sent: Option<i64>, end: Option<i64>) -> Self {
        self.add(End::Step, sent, CLOCK_SLACK, end, CLOCK_SLACK);
        // The step in this session is the attempt's.
        if self.doubt == Doubt::Contested {
            self.doubt = Doubt::None;
        }
        self
    }

    /// The answer to a request that was sent at `sent` was lost at `end`.
    pub(super) fn lost(mut self, sent: Option<i64>, end: Option<i64>, now: Instant) -> Self {
        self.add(End::Lost, sent, CLOCK_SLACK, end, LATEST_START);
        self.lost_at = Some(now);
        self.doubt = Doubt::Lost;
        self
    }

    /// A request that was sent at `sent` was refused because of the account, or of somebody who is making it.
    pub(super) fn refused(mut self, sent: Option<i64>, end: Option<i64>) -> Self {
        // Whoever made the account just before is somebody else, so here the clocks get no slack.
        self.add(End::Refused, sent, 0, end, LATEST_START);
        self.contested()
    }

    /// The wiki told that no answered step has made the account.
    pub(super) fn not_by_a_step(mut self) -> Self {
        self.windows.retain(|window| window.end != End::Step);
        self
    }

    pub(super) fn contested(mut self) -> Self {
        if self.doubt == Doubt::None {
            self.doubt = Doubt::Contested;
        }
        self
    }

    /// What was answered when the answer was lost, if it was a later step.
    pub(super) fn answered(self, requests: Option<&[AuthRequest]>) -> Self {
        Self { answered: requests.map(outline), ..self }
    }

    /// Whose account is registered since then. `drift` is how much the wiki's clock is ahead of what ours made of it
    /// meanwhile: a computer that slept does not count the time, so the windows may be as much too early.
    pub(super) fn whose(&self, registered: Option<i64>, drift: i64) -> Whose {
        let Some(registered) = registered else { return Whose::Untold };
        let drift = if drift.unsigned_abs() > LATEST_START.unsigned_abs() { drift } else { 0 };
        let within = |window: &&Window| {
            let (from, until) = (window.from, window.until);
            let shifted = from.saturating_add(drift)..=until.saturating_add(drift);
            (from..=until).contains(&registered) || shifted.contains(&registered)
        };
        match self.windows.iter().filter(within).map(|window| window.end != End::Refused).max() {
            Some(true) => return Whose::Attempts,
            Some(false) => return Whose::Either,
            None => {}
        }
        let Some(first) = self.windows.iter().map(|window| window.from).min() else { return Whose::Untold };
        if self.undated {
            return Whose::Untold;
        }
        let is_before = registered < first.saturating_add(drift.min(0));
        // Perhaps a request that was lost was worked on later than one should think.
        if !is_before && (self.doubt == Doubt::Lost || drift != 0) {
            Whose::Either
        } else {
            Whose::SomebodyElses
        }
    }

    fn add(&mut self, end: End, sent: Option<i64>, early: i64, ended: Option<i64>, late: i64) {
        match (sent, ended) {
            (Some(sent), Some(ended)) => {
                let (from, until) = (sent.saturating_sub(early), ended.saturating_add(late));
                self.windows.push(Window { from, until, end });
            }
            _ => self.undated = true,
        }
    }
}

/// The attempts of a conversation whose outcome is in doubt, the latest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct InDoubt(Vec<Attempt>);

impl InDoubt {
    pub(super) fn add(&mut self, attempt: Attempt) {
        // One name needs one entry: a new attempt at it carries the earlier one on.
        self.forget(attempt.name.as_deref());
        if self.0.len() == MOST_IN_DOUBT {
            self.0.remove(0);
        }
        self.0.push(attempt);
    }

    /// An attempt that may have made an account of this name.
    pub(super) fn find(&self, name: Option<&str>) -> Option<&Attempt> {
        self.0.iter().rev().find(|attempt| attempt.is_for(name))
    }

    /// The latest attempt whose answer was lost.
    pub(super) fn lost(&self) -> Option<&Attempt> {
        self.0.iter().rev().find(|attempt| attempt.doubt == Doubt::Lost)
    }

    pub(super) fn forget(&mut self, name: Option<&str>) {
        self.0.retain(|attempt| match (attempt.name.as_deref(), name) {
            (Some(asked), Some(name)) => !same_name(asked, name),
            (asked, name) => asked != name,
        });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Attempt> {
        self.0.iter()
    }
}

impl FromIterator<Attempt> for InDoubt {
    fn from_iter<T: IntoIterator<Item = Attempt>>(attempts: T) -> Self {
        Self(attempts.into_iter().collect())
    }
}

/// The ids of requests and the names of their fields.
pub(super) fn outline(requests: &[AuthRequest]) -> String {
    let lines = requests.iter().map(|request| {
        let fields: Vec<&str> = request.fields().iter().map(Field::name).collect();
        format!("{}: {}\n", request.id(), fields.join(", "))
    });
    lines.collect()
}

/// Seconds since 1970.
pub(super) fn parse_time(time: &str) -> Option<i64> {
    OffsetDateTime::parse(time, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}
