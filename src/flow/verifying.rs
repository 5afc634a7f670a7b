//! Verifying: the wiki refused a creation, and is asked whether that holds.
//!
//! The attempt itself may have caused the refusal: proxies and transports exist that send a request a second time when
//! the connection breaks, and the first one may have made the account. The wiki's table of users tells.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    attempt::{Attempt, Doubt, Owner},
    exchange::Outcome,
    reconciling::{not_known, not_listed, open_step},
    retry::Retry,
    session::Session,
    state::{State, Transition, Verifying},
    step::{Fail, Pass, Step},
    traces::{self, Account, Traces},
};
use crate::{Error, ErrorKind, Reason};

/// Asks whether the refusal of this attempt holds.
pub(super) fn start(
    attempt: Attempt,
    claim: Fail,
    retry: Retry,
    session: &mut Session,
    now: Instant,
) -> Transition {
    session.slot.lost(Some(&attempt));
    let lists_users = attempt.name.is_some();
    Verifying { attempt: attempt.asked_from(now), claim, lists_users, retry }.ask(Duration::ZERO, session)
}

impl Verifying {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        match Traces::read(session, outcome) {
            Ok(traces) => self.judge(traces, session, now),
            Err(error) if error.api_code() == Some("readapidenied") && self.lists_users => {
                self.lists_users = false;
                self.ask(Duration::ZERO, session)
            }
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => self.ask(delay, session),
                None => self.leave_open(error.into_outcome_unknown()),
            },
        }
    }

    fn judge(self, traces: Traces, session: &mut Session, now: Instant) -> Transition {
        let owner = traces.owner(&self.attempt, session, now);
        let is_contested = self.attempt.doubt == Doubt::Contested;
        // A step of a contested attempt could be an older flow's.
        let holds_slot = !is_contested && session.slot.holds(&self.attempt);
        if traces.has_open_step() && (owner == Owner::Ours || holds_slot) {
            return open_step(self.attempt, State::Idle, traces.into_open(owner), session);
        }
        // The refusal stands unless an account speaks against it. Where users are not listed, a name that is said to be
        // taken counts as taken: so it usually is.
        match (traces.account, owner) {
            (_, Owner::Ours) if self.claim.reason == Reason::NameTaken => {
                let message =
                    "An earlier attempt of this client made the account, and with the values of that one.";
                let error = Error::new(ErrorKind::Api, message).with_api_code("userexists");
                self.leave_open(error.into_outcome_unknown())
            }
            (Account::Exists { name, .. }, Owner::Ours) => {
                self.settle(Step::Pass(Arc::new(Pass { username: name, raw: None })), session)
            }
            (_, Owner::Ambiguous) => self.leave_open(not_known(owner)),
            (Account::Unlisted, _) if !is_contested => self.leave_open(not_listed()),
            _ => {
                let step = Step::Fail(Arc::new(self.claim.clone()));
                self.settle(step, session)
            }
        }
    }

    fn settle(self, step: Step, session: &mut Session) -> Transition {
        session.ledger.forget(self.attempt.name.as_deref());
        session.slot.refused(Some(&self.attempt));
        Transition::end(step)
    }

    fn leave_open(self, error: Error) -> Transition {
        Transition::fail(State::Unknown(self.attempt), error)
    }

    fn ask(self, delay: Duration, session: &Session) -> Transition {
        let request = traces::request(session, &self.attempt, self.lists_users);
        Transition::send_after(delay, State::Verifying(self), request)
    }
}
