//! Reconciling: the wiki is asked what became of an attempt.
//!
//! The wiki finishes a request even when its client is gone, and the account looks missing while it
//! works. So an account from the time of the attempt proves success, a pending step proves
//! progress, and a missing account proves failure only after a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    attempt::{Attempt, Doubt, Owner, outline},
    course::{Course, Purpose},
    exchange::Outcome,
    form::Form,
    redirect::ReturnUrl,
    retry::Retry,
    session::Session,
    state::{Asking, Away, Reconciling, State, Subject},
    step::{Fail, Pass, Step},
    traces::{self, Account, Traces},
    transition::Transition,
};
use crate::{
    Error, ErrorKind, Reason, TransportFailure,
    protocol::{AuthInfo, Notice},
};

/// Asks what became of the attempt, again and again until the outcome is certain or the time is up.
/// While a later step is pending and no answer was lost, it asks once whether the wiki still waits
/// for that step. If nothing is in doubt, it returns the known step.
pub(super) fn reconcile(state: State, session: &mut Session, now: Instant) -> Transition {
    let (attempt, subject) = match (&state, state.open_attempt(), session.ledger.latest_open()) {
        (State::Unknown(attempt), ..) => (attempt, Subject::Outcome),
        (_, Some(attempt), _) => (attempt, Subject::Step),
        (_, None, Some(attempt)) => (attempt, Subject::Earlier),
        (_, None, None) if state.step().is_some() => return Transition::step(state),
        (_, None, None) => {
            let message = "Nothing was begun: there is nothing to reconcile.";
            return Transition::fail(state, Error::state(message));
        }
    };
    start(attempt.clone(), subject, state, session, now)
}

/// Asks what became of a creation whose name and time the host remembers: it was sent at or after
/// `sent`, in seconds since 1970 by the wiki's clock. The state stays as it is.
pub(super) fn reconcile_name(
    state: State,
    session: &mut Session,
    name: &str,
    sent: i64,
    now: Instant,
) -> Transition {
    let attempt = Attempt::remembered(name, ReturnUrl::of(&session.settings, &session.api_url), sent);
    start(attempt, Subject::Remembered, state, session, now)
}

fn start(
    attempt: Attempt,
    subject: Subject,
    before: State,
    session: &mut Session,
    now: Instant,
) -> Transition {
    let reconciling = Reconciling {
        since: attempt.wait_start.unwrap_or(now),
        asks_for_account: attempt.name.is_some(),
        attempt,
        subject,
        before: Box::new(before),
        polls: 0,
        retry: Retry::new(session.settings.retry_budget, now),
    };
    reconciling.ask(Duration::ZERO, session)
}

impl Reconciling {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        let error = match Traces::read(session, outcome) {
            Ok(traces) => return self.decide(traces, session, now),
            Err(error) => error,
        };
        if error.kind() == ErrorKind::Cancelled {
            return self.give_up(error);
        }
        if error.api_code() == Some("readapidenied") && self.asks_for_account {
            self.asks_for_account = false;
            return self.ask(Duration::ZERO, session);
        }
        if !self.must_wait() {
            return match self.retry.wait(&error, now) {
                Some(delay) => self.ask(delay, session),
                None => self.give_up(error),
            };
        }
        match self.pause(None, session, now) {
            Some(pause) if error.failure() != Some(TransportFailure::Deadline) => {
                self.ask_again(pause, session)
            }
            _ => self.give_up(error.into_outcome_unknown()),
        }
    }

    fn decide(mut self, traces: Traces, session: &mut Session, now: Instant) -> Transition {
        let owner = traces.owner(&self.attempt, session, now);
        let is_open = traces.has_open_step();
        self.set_spelling(traces.spelling(), session);
        if is_open && (owner == Owner::Ours || self.holds_slot(session)) {
            if self.attempt.answered == Some(outline(&traces.open.requests))
                && let Some(pause) = self.pause(None, session, now)
            {
                return self.ask_again(pause, session);
            }
            if self.may_replace_state() {
                return open_step(self.attempt, *self.before, traces.into_open(owner), session);
            }
        }
        match (traces.account, owner) {
            (Account::Exists { name, .. }, Owner::Ours) => {
                self.settle(Step::Pass(Arc::new(Pass::found(name))), session)
            }
            (Account::Exists { name, .. }, Owner::Other) => {
                let message = format!("The account “{name}” exists, but this attempt did not make it.");
                self.settle_not_made(Reason::NameTaken, Some("userexists"), &message, session)
            }
            (Account::Exists { .. }, owner) => self.give_up(not_known(owner)),
            (Account::Invalid, _) => {
                let message = "The wiki made no account: the name cannot be a user name.";
                self.settle_not_made(Reason::NameInvalid, Some("invaliduser"), message, session)
            }
            (Account::Missing { .. }, _) if !self.must_wait() => {
                let message = "The wiki no longer knows of the step. Begin again.";
                self.settle_not_made(Reason::SessionLost, None, message, session)
            }
            (account, _) => match (self.pause(traces.time, session, now), account) {
                (Some(pause), _) => self.ask_again(pause, session),
                (None, Account::NotReported) => {
                    let error = not_listed(&self.attempt);
                    self.give_up(error)
                }
                (None, _) if is_open && self.has_pending_step_for_name() => self.give_up(not_yet()),
                (None, _) => {
                    // The client never continues a step that may belong to another flow, so that
                    // step cannot make the account.
                    let message = if is_open {
                        "The wiki made no account, and waits for an answer to a step that may be another attempt's. \
                         Begin again."
                    } else {
                        "The wiki made no account and knows of no open step. Begin again."
                    };
                    self.settle_not_made(Reason::Other, None, message, session)
                }
            },
        }
    }

    /// Records the wiki's spelling of the name in every copy of the attempt: here, in the ledger
    /// and in the state.
    fn set_spelling(&mut self, spelling: Option<&str>, session: &mut Session) {
        let Some(spelling) = spelling else { return };
        session.ledger.set_spelling(self.attempt.name.as_deref(), spelling);
        if let State::Unknown(attempt) = &mut *self.before
            && attempt.has_name(self.attempt.name.as_deref())
        {
            *attempt = attempt.clone().with_spelling(Some(spelling));
        }
        self.attempt = self.attempt.clone().with_spelling(Some(spelling));
    }

    /// Whether the session's slot holds this attempt's flow. The open step of a contested attempt
    /// could belong to an older flow.
    fn holds_slot(&self, session: &Session) -> bool {
        let is_certain = self.subject == Subject::Step || self.attempt.doubt == Doubt::Lost;
        is_certain && session.slot.holds(&self.attempt)
    }

    /// Whether an open step or an outcome may replace the previous state.
    fn may_replace_state(&self) -> bool {
        match self.subject {
            Subject::Outcome | Subject::Step => true,
            Subject::Earlier => matches!(*self.before, State::Idle | State::Ended(_)),
            Subject::Remembered => false,
        }
    }

    /// Whether the client has a pending step of a creation of the remembered name, and can still
    /// continue it.
    fn has_pending_step_for_name(&self) -> bool {
        let own = self.before.open_attempt().filter(|_| self.subject == Subject::Remembered);
        own.is_some_and(|own| own.has_name(self.attempt.name.as_deref()))
    }

    /// Whether a missing account proves nothing at first, because an answer was lost and the wiki
    /// may still be working on the request.
    fn must_wait(&self) -> bool {
        self.subject != Subject::Step || self.attempt.doubt == Doubt::Lost
    }

    /// The outcome is certain.
    fn settle(self, step: Step, session: &mut Session) -> Transition {
        if self.subject != Subject::Remembered {
            session.ledger.forget(self.attempt.name.as_deref());
            session.slot.ended(&self.attempt);
        }
        if self.may_replace_state() { Transition::end(step) } else { Transition::report(*self.before, step) }
    }

    fn settle_not_made(
        self,
        reason: Reason,
        code: Option<&str>,
        message: &str,
        session: &mut Session,
    ) -> Transition {
        self.settle(Step::Fail(Arc::new(Fail::found(reason, code, message))), session)
    }

    fn give_up(self, error: Error) -> Transition {
        Transition::fail(*self.before, error)
    }

    /// How long to wait before asking again; nothing if the time is up. `time` is the wiki's, in
    /// seconds since 1970.
    fn pause(&self, time: Option<i64>, session: &Session, now: Instant) -> Option<Duration> {
        if !self.must_wait() || time.is_some_and(|time| self.attempt.windows_passed(time)) {
            return None;
        }
        let waited = now.saturating_duration_since(self.since);
        let left = session.settings.reconcile_wait.checked_sub(waited)?;
        if left.is_zero() {
            return None;
        }
        Some(Duration::from_millis(500).saturating_mul(1 << self.polls.min(4)).min(left))
    }

    fn ask_again(mut self, pause: Duration, session: &Session) -> Transition {
        self.polls += 1;
        self.ask(pause, session)
    }

    fn ask(self, delay: Duration, session: &Session) -> Transition {
        let request = traces::request(session, &self.attempt, self.asks_for_account);
        Transition::send_after(delay, State::Reconciling(self), request)
    }
}

/// Replaces `before` by the step that the wiki waits for, which names the account if that exists
/// already.
pub(super) fn open_step(
    attempt: Attempt,
    before: State,
    (open, account): (AuthInfo, Option<String>),
    session: &mut Session,
) -> Transition {
    session.ledger.forget(attempt.name.as_deref());
    let course = Course { purpose: Purpose::Creation(attempt.reopened()), rounds: 0 };
    // The wiki gives its open step without the redirect's target and without the message above the
    // fields.
    let notice = match before {
        State::Away(away) if away.redirect.form.requests == open.requests => {
            return Transition::step(State::Away(Away { course, ..away }));
        }
        State::Asking(asking) => {
            let form = Arc::unwrap_or_clone(asking.form);
            Notice { message: form.message, code: form.message_code }
        }
        _ => Notice::default(),
    };
    let form = Form { account, ..Form::new(open.requests, open.raw, &session.api_url).with_notice(notice) };
    Transition::step(State::Asking(Asking { form: Arc::new(form), course }))
}

/// The account exists, but it is not known who made it.
pub(super) fn not_known(owner: Owner) -> Error {
    let message = if owner == Owner::Ambiguous {
        "An account of this name was made since the attempt began, by it or by somebody else; only a login can tell by \
         whom. Log in with the name and the person's password: if that works, the account is theirs."
    } else {
        "An account of this name exists, but the wiki does not say since when. Log in with the name and the person's \
         password: if that works, the account is theirs."
    };
    Error::new(ErrorKind::OutcomeUnknown, message)
}

/// The wiki does not say whether the account exists.
pub(super) fn not_listed(attempt: &Attempt) -> Error {
    let message = match attempt.name {
        Some(_) => {
            "This wiki does not list its users to visitors, so only a login can tell whether the account was made: \
             log in with the name and the person's password."
        }
        None => {
            "The form had no user name to ask about, so only a login can tell whether an account was made."
        }
    };
    Error::new(ErrorKind::OutcomeUnknown, message)
}

fn not_yet() -> Error {
    let message = "The wiki has made no account of this name so far. This client has a pending step for the name, and \
                   can continue.";
    Error::new(ErrorKind::OutcomeUnknown, message)
}
