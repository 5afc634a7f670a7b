//! Away: the person visits a third party and comes back.

use std::time::Instant;

use super::{
    answer::Answer,
    posting,
    returned::complete_return,
    session::Session,
    state::{PendingStep, State},
    transition::Transition,
};
use crate::Error;

/// Continues with what the third party returned.
pub(super) fn resume(
    state: State,
    session: &mut Session,
    returned_url: &str,
    body: &[u8],
    extra: &Answer,
    now: Instant,
) -> Transition {
    let State::Away(away) = state else {
        let message = "No visit to a third party is under way: there is nothing to resume.";
        return Transition::fail(state, Error::state(message));
    };
    match complete_return(&away.redirect, returned_url, body, extra) {
        Ok(complete) => posting::start(PendingStep::Away(away), complete, session, now),
        Err(error) => Transition::fail(PendingStep::Away(away), error),
    }
}
