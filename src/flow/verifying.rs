//! Verifying: what came back for a creation is doubtful, and the wiki is asked once whether it holds.
//!
//! * PASS for a name that is written otherwise than it was asked for: the wiki writes names by its language, and tells
//!   how. Another flow of the session may have ended as well.
//! * FAIL because of an account: the attempt itself may have made it. Proxies and transports exist that send a request a
//!   second time when the connection breaks.
//! * A page in place of an answer: firewalls decide answers as well as requests, so it says nothing certain.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    attempt::{Attempt, Doubt, Owner, outline},
    exchange::Outcome,
    reconciling::{not_known, not_listed, open_step},
    retry::Retry,
    session::Session,
    state::{Claim, State, Verifying, Waiting},
    step::{Fail, Pass, Step},
    traces::{self, Account, Traces},
    transition::Transition,
};
use crate::{Error, ErrorKind, Reason};

/// Asks whether what the answer claims holds for this attempt.
pub(super) fn start(
    attempt: Attempt,
    claim: Claim,
    retry: Retry,
    session: &mut Session,
    now: Instant,
) -> Transition {
    session.slot.lost(Some(&attempt));
    let lists_users = attempt.name.is_some();
    let attempt = attempt.asked_from(now);
    Verifying { attempt, claim: Box::new(claim), lists_users, retry }.ask(Duration::ZERO, session)
}

/// The step waits again after an answer that came to nothing, as far as can be told: its attempt stays in doubt.
pub(super) fn wait_again(answered: Waiting, attempt: Attempt, session: &mut Session) -> State {
    match answered.course() {
        Some(course) => {
            let course = course.map(|_| attempt);
            answered.in_course(course).into()
        }
        None => {
            session.ledger.add(attempt);
            answered.into()
        }
    }
}

impl Verifying {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        match Traces::read(session, outcome) {
            Ok(traces) => self.decide(traces, session, now),
            Err(error) if error.api_code() == Some("readapidenied") && self.lists_users => {
                match *self.claim {
                    Claim::Pass { .. } => self.decide_pass(None, session),
                    _ => {
                        self.lists_users = false;
                        self.ask(Duration::ZERO, session)
                    }
                }
            }
            Err(error) => match (self.retry.wait(&error, now), *self.claim) {
                (Some(delay), claim) => Self { claim: Box::new(claim), ..self }.ask(delay, session),
                // The first page says more than one in place of the look.
                (None, Claim::Page { error, answered }) => {
                    Transition::fail(wait_again(answered, self.attempt, session), error)
                }
                (None, _) => leave_open(self.attempt, error.into_outcome_unknown()),
            },
        }
    }

    fn decide(self, traces: Traces, session: &mut Session, now: Instant) -> Transition {
        let owner = traces.owner(&self.attempt, session, now);
        let spelling = traces.spelling().map(str::to_owned);
        if let Claim::Pass { .. } = *self.claim {
            return self.decide_pass(spelling.as_deref(), session);
        }
        // A step of a contested attempt could be an older flow's.
        let holds_slot = self.attempt.doubt != Doubt::Contested && session.slot.holds(&self.attempt);
        let attempt = self.attempt.spelled(spelling.as_deref());
        let is_new = attempt.answered != Some(outline(&traces.open.requests));
        let is_page = matches!(*self.claim, Claim::Page { .. });
        if traces.has_open_step() && (owner == Owner::Ours || holds_slot) && (is_new || !is_page) {
            return open_step(attempt, State::Idle, traces.into_open(owner), session);
        }
        match *self.claim {
            Claim::Fail(fail) => decide_fail(attempt, fail, traces.account, owner, session),
            Claim::Page { error, answered } => match (traces.account, owner) {
                (Account::Exists { name, .. }, Owner::Ours) => pass(&attempt, Pass::found(name), session),
                (Account::Exists { .. }, Owner::Ambiguous) => leave_open(attempt, not_known(owner)),
                _ => Transition::fail(wait_again(answered, attempt, session), error),
            },
            Claim::Pass { .. } => leave_open(attempt, not_known(owner)),
        }
    }

    /// Where the wiki does not tell how it writes a name, the PASS of a first answer stands: it speaks of the name in that
    /// very request (AuthManager::beginAccountCreation).
    fn decide_pass(self, spelling: Option<&str>, session: &mut Session) -> Transition {
        let Claim::Pass { pass: claimed, is_first } = *self.claim else {
            return leave_open(self.attempt, not_listed());
        };
        let attempt = self.attempt.spelled(spelling);
        let is_right = spelling.map_or(is_first, |spelling| spelling == claimed.username);
        if is_right {
            return pass(&attempt, claimed, session);
        }
        let message =
            format!("The wiki says that it made “{}”, which is not the name asked for.", claimed.username);
        leave_open(attempt, Error::protocol(message).into_outcome_unknown())
    }

    fn ask(self, delay: Duration, session: &Session) -> Transition {
        let request = traces::request(session, &self.attempt, self.lists_users);
        Transition::send_after(delay, State::Verifying(self), request)
    }
}

/// The refusal stands unless an account speaks against it. Where users are not listed, a name that is said to be taken
/// counts as taken: so it usually is.
fn decide_fail(
    attempt: Attempt,
    fail: Fail,
    account: Account,
    owner: Owner,
    session: &mut Session,
) -> Transition {
    match (account, owner) {
        (_, Owner::Ours) if fail.reason == Reason::NameTaken => {
            let message =
                "An earlier attempt of this client made the account, and with the values of that one.";
            let error = Error::new(ErrorKind::Api, message).with_api_code("userexists");
            leave_open(attempt, error.into_outcome_unknown())
        }
        (Account::Exists { name, .. }, Owner::Ours) => pass(&attempt, Pass::found(name), session),
        (_, Owner::Ambiguous) => leave_open(attempt, not_known(owner)),
        (Account::Unlisted, _) if attempt.doubt != Doubt::Contested => leave_open(attempt, not_listed()),
        _ => settle(&attempt, Step::Fail(Arc::new(fail)), session),
    }
}

fn pass(attempt: &Attempt, pass: Pass, session: &mut Session) -> Transition {
    session.ledger.forget(Some(&pass.username));
    settle(attempt, Step::Pass(Arc::new(pass)), session)
}

fn settle(attempt: &Attempt, step: Step, session: &mut Session) -> Transition {
    session.ledger.forget(attempt.name.as_deref());
    session.slot.refused(Some(attempt));
    Transition::end(step)
}

fn leave_open(attempt: Attempt, error: Error) -> Transition {
    Transition::fail(State::Unknown(attempt), error)
}
