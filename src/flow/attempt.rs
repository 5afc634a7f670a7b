//! An attempt at a name, and who owns the account that the wiki has under it.
//!
//! An account counts as registered when the wiki began to work on the request that made it. So each request of an
//! attempt leaves a window of time, by the wiki's own clock, and an account of that time is the attempt's.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{clock::within_times, redirect::ReturnUrl};
use crate::protocol::{AuthRequest, Field, same_name};

/// An attempt to create an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// The number of its flow in the session; 0 for one of another session.
    pub(super) flow: u64,
    pub(super) name: Option<String>,
    /// How the wiki writes the name, once it was asked.
    spelling: Option<String>,
    pub(super) return_url: ReturnUrl,
    /// When its requests were on their way.
    windows: Vec<Window>,
    /// Whether a request was sent at a time that is not known by the wiki's clock.
    undated: bool,
    pub(super) doubt: Doubt,
    /// The step whose answer was lost, by its fields. The wiki shows it as pending for as long as it works on it.
    pub(super) answered: Option<String>,
    /// Whether the host was told that the outcome is unknown.
    is_question: bool,
    #[serde(skip)]
    pub(super) lost_at: Option<Instant>,
}

/// From when until when a request was on its way, in seconds since 1970 by the wiki's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    from: i64,
    until: i64,
    end: End,
}

/// How a request ended that may have made the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum End {
    /// With a further step.
    Step,
    /// Without an answer.
    Lost,
    /// Refused because the account exists, or somebody is making it. It may be the attempt's own account, if
    /// the request was delivered twice, or somebody else's.
    Refused,
}

/// What makes the outcome of an attempt doubtful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Doubt {
    #[default]
    None,
    /// An answer was lost.
    Lost,
    /// The wiki refused, or the flow was given up, but the account may be there all the same: the network or the
    /// transport may have delivered a request twice, or a step may have come after the account.
    Contested,
}

/// Who owns an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Ours,
    Other,
    /// Ours or somebody else's.
    Ambiguous,
    /// The wiki does not say when it was made.
    Unknown,
}

/// Clocks of one wiki's servers differ a little.
const CLOCK_SLACK: i64 = 2;

/// How long a request may wait before the wiki begins to work on it, its client gone: for a free process, and for the
/// lock on the name.
const LATEST_START: i64 = 30;

/// How long a request of which only the start is known may have been on its way.
const MAX_REQUEST_TIME: i64 = 60;

impl Attempt {
    pub(super) fn new(name: Option<&str>, return_url: ReturnUrl) -> Self {
        Self {
            flow: 0,
            name: name.map(str::to_owned),
            spelling: None,
            return_url,
            windows: Vec::new(),
            undated: false,
            doubt: Doubt::None,
            answered: None,
            is_question: false,
            lost_at: None,
        }
    }

    /// A creation that a host remembers, whose answer it never saw: sent at or after `sent`, by the wiki's clock.
    pub(super) fn remembered(name: &str, return_url: ReturnUrl, sent: i64) -> Self {
        let until = sent.saturating_add(MAX_REQUEST_TIME);
        let mut attempt = Self { doubt: Doubt::Lost, ..Self::new(Some(name), return_url) };
        attempt.add(End::Lost, Some(sent), CLOCK_SLACK, Some(until), LATEST_START);
        attempt
    }

    /// A new attempt at the same name, which takes over what this one left in doubt.
    pub(super) fn again(&self, name: Option<&str>, return_url: ReturnUrl) -> Self {
        let (windows, undated, doubt) = (self.windows.clone(), self.undated, self.doubt);
        let spelling = self.spelling.clone();
        Self { windows, undated, doubt, spelling, ..Self::new(name, return_url) }
    }

    /// Whether the attempt is for an account of this name, or may be because it has no name.
    pub(super) fn is_for(&self, name: Option<&str>) -> bool {
        match (&self.name, name) {
            (Some(asked), Some(name)) => same_name(asked, name) || self.is_spelled(name),
            _ => true,
        }
    }

    /// Whether it is an attempt at this very name; without a name, whether it has none either.
    pub(super) fn is_at(&self, name: Option<&str>) -> bool {
        self.name.is_some() == name.is_some() && self.is_for(name)
    }

    /// The same attempt, now that it is known how the wiki writes the name.
    pub(super) fn spelled(self, spelling: Option<&str>) -> Self {
        match spelling {
            Some(spelling) => Self { spelling: Some(spelling.to_owned()), ..self },
            None => self,
        }
    }

    fn is_spelled(&self, name: &str) -> bool {
        self.spelling.as_deref().is_some_and(|spelling| same_name(spelling, name))
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

    /// The answer to a request that was sent at `sent` was lost at `end`. `answered` is the step that it answered, if
    /// it was a later one.
    pub(super) fn lost(
        mut self,
        sent: Option<i64>,
        end: Option<i64>,
        answered: Option<&[AuthRequest]>,
        now: Instant,
    ) -> Self {
        self.add(End::Lost, sent, CLOCK_SLACK, end, LATEST_START);
        self.lost_at = Some(now);
        self.doubt = Doubt::Lost;
        self.answered = answered.map(outline);
        self
    }

    /// A call broke off while a request was on its way, at a time that nobody knows.
    pub(super) fn broken_off(self) -> Self {
        Self { undated: true, doubt: Doubt::Lost, ..self }
    }

    /// A request that was sent at `sent` was refused because the account exists, or somebody is making it.
    pub(super) fn refused(mut self, sent: Option<i64>, end: Option<i64>) -> Self {
        // Whoever made the account just before is somebody else, so here the clocks get no slack.
        self.add(End::Refused, sent, 0, end, LATEST_START);
        self.contested()
    }

    /// From now on the wiki is asked for its outcome.
    pub(super) fn asked_from(self, now: Instant) -> Self {
        Self { lost_at: Some(now), ..self }
    }

    /// The wiki waits for an answer to its step again.
    pub(super) fn reopened(self) -> Self {
        Self { answered: None, ..self }
    }

    /// The wiki said that no answered step has made the account.
    pub(super) fn not_by_a_step(mut self) -> Self {
        self.windows.retain(|window| window.end != End::Step);
        self
    }

    /// Whether its outcome is still to be found out.
    pub(super) fn is_open(&self) -> bool {
        self.is_question || self.doubt == Doubt::Lost
    }

    /// The host was told that the outcome is unknown.
    pub(super) fn questioned(self) -> Self {
        Self { is_question: true, ..self }
    }

    pub(super) fn contested(mut self) -> Self {
        if self.doubt == Doubt::None {
            self.doubt = Doubt::Contested;
        }
        self
    }

    /// Who owns an account that was registered at that time. `drift` is how far the wiki's clock is ahead of our reckoning
    /// of it: a computer that sleeps does not count the time, so the windows may be that much too early.
    pub(super) fn owner(&self, registered: Option<i64>, drift: i64) -> Owner {
        let Some(registered) = registered else { return Owner::Unknown };
        let drift = if drift.unsigned_abs() > LATEST_START.unsigned_abs() { drift } else { 0 };
        let within = |window: &&Window| {
            let (from, until) = (window.from, window.until);
            let shifted = from.saturating_add(drift)..=until.saturating_add(drift);
            (from..=until).contains(&registered) || shifted.contains(&registered)
        };
        match self.windows.iter().filter(within).map(|window| window.end != End::Refused).max() {
            Some(true) => return Owner::Ours,
            Some(false) => return Owner::Ambiguous,
            None => {}
        }
        let Some(first) = self.windows.iter().map(|window| window.from).min() else { return Owner::Unknown };
        if self.undated {
            return Owner::Unknown;
        }
        let is_before = registered < first.saturating_add(drift.min(0));
        // A request that was lost may have waited longer than expected.
        if !is_before && (self.doubt == Doubt::Lost || drift != 0) { Owner::Ambiguous } else { Owner::Other }
    }

    /// Whether no request can still be at work on the wiki whose clock says `time`.
    pub(super) fn is_over(&self, time: i64) -> bool {
        !self.undated
            && self.windows.iter().all(|window| window.until < time)
            && self.windows.iter().any(|window| window.end == End::Lost)
    }

    /// All times that it holds, in seconds since 1970 by the wiki's clock.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> + use<'_> {
        self.windows.iter().flat_map(|window| [window.from, window.until])
    }

    fn add(&mut self, end: End, sent: Option<i64>, early: i64, ended: Option<i64>, late: i64) {
        match (sent, ended) {
            (Some(sent), Some(ended)) => {
                let from = within_times(sent.saturating_sub(early));
                let until = within_times(ended.saturating_add(late));
                self.windows.push(Window { from, until, end });
            }
            _ => self.undated = true,
        }
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
