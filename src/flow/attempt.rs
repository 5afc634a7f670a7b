//! An attempt to create an account, and who owns the account that the wiki has under its name.
//!
//! MediaWiki takes as an account's registration time the moment when it began to process the
//! request that made the account (User::loadDefaults). So each request of an attempt has a window,
//! by the wiki's own clock, in which the account was registered if that request made it.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{clock::clamp_time, redirect::ReturnUrl};
use crate::protocol::{AuthRequest, Field, same_name};

/// An attempt to create an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// The number of its flow in the session; 0 for an attempt of another session.
    pub(super) flow: u64,
    pub(super) name: Option<String>,
    /// How the wiki writes the name, once that is known.
    spelling: Option<String>,
    pub(super) return_url: ReturnUrl,
    /// One for each of its requests that may have made the account.
    windows: Vec<Window>,
    /// Whether it is not known when, by the wiki's clock, some request was sent or ended.
    undated: bool,
    pub(super) doubt: Doubt,
    /// The [`outline`] of the later step that was being answered when a response was lost. The wiki
    /// reports that step as pending until it has processed the answer.
    pub(super) answered: Option<String>,
    /// Whether the host was told that the outcome is unknown.
    #[serde(rename = "is_question")]
    was_reported_unknown: bool,
    #[serde(skip)]
    pub(super) wait_start: Option<Instant>,
}

/// When the wiki may have begun to process a request, in seconds since 1970 by its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    from: i64,
    until: i64,
    end: RequestEnd,
}

/// How a request that may have made the account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestEnd {
    /// With a further step.
    Step,
    /// Without a response.
    Lost,
    /// With a refusal. An account that was registered in the window may be the attempt's own, if
    /// the request was delivered twice, or somebody else's.
    Refused,
}

/// Why the outcome of an attempt is in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Doubt {
    #[default]
    None,
    /// A response was lost.
    Lost,
    /// The wiki refused, or the flow was abandoned, but the account may exist: the network or the
    /// transport may have delivered a request twice, or the wiki may have made the account before a
    /// later step.
    Contested,
}

/// Who owns an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Ours,
    Other,
    /// It may be ours or somebody else's.
    Ambiguous,
    /// It is not known when the account was made, or when the requests were sent.
    Unknown,
}

/// By how many seconds the clocks of one wiki's servers may differ.
const CLOCK_SLACK: i64 = 2;

/// How many seconds after an exchange has ended the wiki may still begin to process its request (or
/// a second copy of it), which may have to wait for a free process and for the lock on the name.
const MAX_START_DELAY: i64 = 30;

/// How many seconds a request is taken to have lasted if only its start is known.
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
            was_reported_unknown: false,
            wait_start: None,
        }
    }

    /// A creation that the host remembers, but never saw a response to: sent at or after `sent`, by
    /// the wiki's clock.
    pub(super) fn remembered(name: &str, return_url: ReturnUrl, sent: i64) -> Self {
        let until = sent.saturating_add(MAX_REQUEST_TIME);
        let mut attempt = Self { doubt: Doubt::Lost, ..Self::new(Some(name), return_url) };
        attempt.add(RequestEnd::Lost, Some(sent), CLOCK_SLACK, Some(until), MAX_START_DELAY);
        attempt
    }

    /// A new attempt at the same name, which inherits the windows and the doubt of this one.
    pub(super) fn renewed(&self, name: Option<&str>, return_url: ReturnUrl) -> Self {
        let (windows, undated, doubt) = (self.windows.clone(), self.undated, self.doubt);
        let spelling = self.spelling.clone();
        Self { windows, undated, doubt, spelling, ..Self::new(name, return_url) }
    }

    /// Whether the attempt is, or may be, for an account of this name. It may be if either name is
    /// not known.
    pub(super) fn may_be_for(&self, name: Option<&str>) -> bool {
        match (&self.name, name) {
            (Some(asked), Some(name)) => same_name(asked, name) || self.is_spelled(name),
            _ => true,
        }
    }

    /// Whether the attempt is for exactly this name; for `None`, whether it has no name either.
    pub(super) fn has_name(&self, name: Option<&str>) -> bool {
        self.name.is_some() == name.is_some() && self.may_be_for(name)
    }

    /// The same attempt, with the wiki's spelling of the name if that is known.
    pub(super) fn with_spelling(self, spelling: Option<&str>) -> Self {
        match spelling {
            Some(spelling) => Self { spelling: Some(spelling.to_owned()), ..self },
            None => self,
        }
    }

    fn is_spelled(&self, name: &str) -> bool {
        self.spelling.as_deref().is_some_and(|spelling| same_name(spelling, name))
    }

    /// A request that was sent at `sent` led to a further step at `end`.
    pub(super) fn stepped(mut self, sent: Option<i64>, end: Option<i64>) -> Self {
        self.add(RequestEnd::Step, sent, CLOCK_SLACK, end, CLOCK_SLACK);
        // The session's open step is now certainly this attempt's.
        if self.doubt == Doubt::Contested {
            self.doubt = Doubt::None;
        }
        self
    }

    /// The response to a request that was sent at `sent` was lost at `end`. `answered` holds the
    /// requests of the step that was being answered, unless that was the first form.
    pub(super) fn lost(
        mut self,
        sent: Option<i64>,
        end: Option<i64>,
        answered: Option<&[AuthRequest]>,
        now: Instant,
    ) -> Self {
        self.add(RequestEnd::Lost, sent, CLOCK_SLACK, end, MAX_START_DELAY);
        self.wait_start = Some(now);
        self.doubt = Doubt::Lost;
        self.answered = answered.map(outline);
        self
    }

    /// A panic ended a call while a request was on its way, at an unknown time.
    pub(super) fn interrupted(self) -> Self {
        Self { undated: true, doubt: Doubt::Lost, ..self }
    }

    /// A request that was sent at `sent` was refused, but a second copy of it may have made the
    /// account.
    pub(super) fn refused(mut self, sent: Option<i64>, end: Option<i64>) -> Self {
        // An account made just before the request is somebody else's, so no clock slack is allowed
        // at the start.
        self.add(RequestEnd::Refused, sent, 0, end, MAX_START_DELAY);
        self.contested()
    }

    /// The wait for the outcome (`reconcile_wait`) counts from `now`.
    pub(super) fn with_wait_start(self, now: Instant) -> Self {
        Self { wait_start: Some(now), ..self }
    }

    /// The wiki's step is open again, for another answer.
    pub(super) fn reopened(self) -> Self {
        Self { answered: None, ..self }
    }

    /// The wiki has shown that no request that led to a further step has made the account.
    pub(super) fn rule_out_steps(mut self) -> Self {
        self.windows.retain(|window| window.end != RequestEnd::Step);
        self
    }

    /// Whether its outcome is still to be found out.
    pub(super) fn is_open(&self) -> bool {
        self.was_reported_unknown || self.doubt == Doubt::Lost
    }

    /// The host was told that the outcome is unknown.
    pub(super) fn reported_unknown(self) -> Self {
        Self { was_reported_unknown: true, ..self }
    }

    pub(super) fn contested(mut self) -> Self {
        if self.doubt == Doubt::None {
            self.doubt = Doubt::Contested;
        }
        self
    }

    /// Who owns an account that was registered at `registered`. `drift` is how many seconds the
    /// wiki's clock is ahead of our estimate of it: our clock may stop while the computer sleeps,
    /// so the windows may be that much too early.
    pub(super) fn owner(&self, registered: Option<i64>, drift: i64) -> Owner {
        let Some(registered) = registered else { return Owner::Unknown };
        let drift = if drift.unsigned_abs() > MAX_START_DELAY.unsigned_abs() { drift } else { 0 };
        let within = |window: &&Window| {
            let (from, until) = (window.from, window.until);
            let shifted = from.saturating_add(drift)..=until.saturating_add(drift);
            (from..=until).contains(&registered) || shifted.contains(&registered)
        };
        match self.windows.iter().filter(within).map(|window| window.end != RequestEnd::Refused).max() {
            Some(true) => return Owner::Ours,
            Some(false) => return Owner::Ambiguous,
            None => {}
        }
        let Some(first) = self.windows.iter().map(|window| window.from).min() else { return Owner::Unknown };
        if self.undated {
            return Owner::Unknown;
        }
        let is_before = registered < first.saturating_add(drift.min(0));
        // A request whose response was lost may have waited longer than `MAX_START_DELAY`.
        if !is_before && (self.doubt == Doubt::Lost || drift != 0) { Owner::Ambiguous } else { Owner::Other }
    }

    /// Whether a response was lost and, at `time` by the wiki's clock, the windows of all requests
    /// are over.
    pub(super) fn windows_passed(&self, time: i64) -> bool {
        !self.undated
            && self.windows.iter().all(|window| window.until < time)
            && self.windows.iter().any(|window| window.end == RequestEnd::Lost)
    }

    /// All times in its windows, in seconds since 1970 by the wiki's clock.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> + use<'_> {
        self.windows.iter().flat_map(|window| [window.from, window.until])
    }

    fn add(
        &mut self,
        end: RequestEnd,
        sent: Option<i64>,
        slack_before: i64,
        ended: Option<i64>,
        slack_after: i64,
    ) {
        match (sent, ended) {
            (Some(sent), Some(ended)) => {
                let from = clamp_time(sent.saturating_sub(slack_before));
                let until = clamp_time(ended.saturating_add(slack_after));
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
