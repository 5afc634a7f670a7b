//! Verifying: the answer to a creation is doubtful, and the wiki is asked whether it is true.
//!
//! * PASS for a name spelled differently from the one asked for: a wiki spells names by the rules
//!   of its language, and reports the result. But the PASS may also be that of another flow in the
//!   session.
//! * FAIL because the account exists, or because the wiki does not know the flow: the attempt
//!   itself may have made the account. Some proxies and transports send a request a second time
//!   when the connection breaks.
//! * A page in place of an answer: firewalls block answers as well as requests, so the page proves
//!   nothing.

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
    state::{Claim, PendingStep, State, Verifying},
    step::{Fail, Pass, Step},
    traces::{self, Account, Traces},
    transition::Transition,
};
use crate::{Error, ErrorKind, Reason, TransportFailure};

/// Asks whether the answer's claim is true of this attempt.
pub(super) fn start(
    attempt: Attempt,
    claim: Claim,
    retry: Retry,
    session: &mut Session,
    now: Instant,
) -> Transition {
    session.slot.lost(&attempt);
    let asks_for_account = attempt.name.is_some();
    let attempt = attempt.with_wait_start(now);
    Verifying { attempt, claim: Box::new(claim), asks_for_account, retry }.ask(Duration::ZERO, session)
}

/// Makes the step pending again after an answer that had no effect as far as can be told. Its
/// attempt stays in doubt.
pub(super) fn pending_again(answered: PendingStep, attempt: Attempt, session: &mut Session) -> State {
    match answered.course() {
        Some(course) => {
            let course = course.map(|_| attempt);
            answered.with_course(course).into()
        }
        None => {
            session.ledger.add(attempt);
            answered.into()
        }
    }
}

impl Verifying {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        let error = match Traces::read(session, outcome) {
            Ok(traces) => return self.decide(traces, session, now),
            Err(error) => error,
        };
        if error.api_code() == Some("readapidenied") && self.asks_for_account {
            self.asks_for_account = false;
            return match *self.claim {
                Claim::Pass { pass, is_first } => decide_pass(self.attempt, pass, None, is_first, session),
                claim => Self { claim: Box::new(claim), ..self }.ask(Duration::ZERO, session),
            };
        }
        if let Some(delay) = self.retry.wait(&error, now) {
            return self.ask(delay, session);
        }
        match *self.claim {
            Claim::Page { error: page, answered } => match (error.kind(), error.failure()) {
                (ErrorKind::Cancelled, _) => {
                    Transition::fail(pending_again(answered, self.attempt, session), error)
                }
                (_, Some(TransportFailure::Deadline)) => {
                    leave_unknown(self.attempt, page.into_outcome_unknown())
                }
                // The page that answered the creation tells the host more than this error does.
                _ => Transition::fail(pending_again(answered, self.attempt, session), page),
            },
            _ => leave_unknown(self.attempt, error.into_outcome_unknown()),
        }
    }

    fn decide(self, traces: Traces, session: &mut Session, now: Instant) -> Transition {
        let owner = traces.owner(&self.attempt, session, now);
        let attempt = self.attempt.with_spelling(traces.spelling());
        // The open step of a contested attempt could belong to an older flow.
        let holds_slot = attempt.doubt != Doubt::Contested && session.slot.holds(&attempt);
        let is_open = traces.has_open_step() && (owner == Owner::Ours || holds_slot);
        match *self.claim {
            Claim::Pass { pass, is_first } => {
                decide_pass(attempt, pass, Some(&traces.account), is_first, session)
            }
            // The step that was answered is still open: the wiki did nothing, or is still working
            // on the answer.
            Claim::Page { error, answered }
                if is_open && attempt.answered == Some(outline(&traces.open.requests)) =>
            {
                Transition::fail(pending_again(answered, attempt, session), error)
            }
            _ if is_open => open_step(attempt, State::Idle, traces.into_open(owner), session),
            Claim::Fail(fail) => decide_fail(attempt, fail, traces.account, owner, session),
            Claim::Page { error, answered } => match (traces.account, owner) {
                (Account::Exists { name, .. }, Owner::Ours) => pass(&attempt, Pass::found(name), session),
                (Account::Exists { .. }, Owner::Ambiguous) => leave_unknown(attempt, not_known(owner)),
                _ => Transition::fail(pending_again(answered, attempt, session), error),
            },
        }
    }

    fn ask(self, delay: Duration, session: &Session) -> Transition {
        let request = traces::request(session, &self.attempt, self.asks_for_account);
        Transition::send_after(delay, State::Verifying(self), request)
    }
}

/// If the wiki does not say how it spells the name, the PASS for a first answer is believed: it
/// refers to the name in that same request (AuthManager::beginAccountCreation).
fn decide_pass(
    attempt: Attempt,
    claimed: Pass,
    account: Option<&Account>,
    is_first: bool,
    session: &mut Session,
) -> Transition {
    let is_right = match account {
        Some(Account::Exists { name, .. } | Account::Missing { name }) => *name == claimed.username,
        Some(Account::Invalid) => false,
        Some(Account::NotReported) | None => is_first,
    };
    if is_right {
        return pass(&attempt, claimed, session);
    }
    let message =
        format!("The wiki says that it made “{}”, which is not the name asked for.", claimed.username);
    leave_unknown(attempt, Error::protocol(message).into_outcome_unknown())
}

/// The refusal is believed unless an account disproves it. If users are not listed, a name that the
/// wiki calls taken counts as taken, because it usually is; if the wiki does not know the flow, the
/// outcome stays unknown.
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
                "An earlier attempt of this client made the account, with the values of that attempt.";
            let error = Error::new(ErrorKind::Api, message).with_api_code("userexists");
            leave_unknown(attempt, error.into_outcome_unknown())
        }
        (Account::Exists { name, .. }, Owner::Ours) => pass(&attempt, Pass::found(name), session),
        (_, Owner::Ambiguous) => leave_unknown(attempt, not_known(owner)),
        (Account::NotReported, _)
            if attempt.doubt != Doubt::Contested || fail.reason != Reason::NameTaken =>
        {
            let error = not_listed(&attempt);
            leave_unknown(attempt, error)
        }
        _ => settle(&attempt, Step::Fail(Arc::new(fail)), session),
    }
}

fn pass(attempt: &Attempt, pass: Pass, session: &mut Session) -> Transition {
    session.ledger.forget(Some(&pass.username));
    settle(attempt, Step::Pass(Arc::new(pass)), session)
}

fn settle(attempt: &Attempt, step: Step, session: &mut Session) -> Transition {
    session.ledger.forget(attempt.name.as_deref());
    session.slot.ended(attempt);
    Transition::end(step)
}

fn leave_unknown(attempt: Attempt, error: Error) -> Transition {
    Transition::fail(State::Unknown(attempt), error)
}
