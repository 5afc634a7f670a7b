//! A transition of the state machine.

use std::time::Duration;

use super::{
    exchange::{Exchange, Next},
    state::State,
    step::Step,
};
use crate::{Error, Result, protocol::Request};

/// What follows a call or an outcome: the next state, and what to do.
#[derive(Debug)]
pub(crate) struct Transition {
    pub(super) state: State,
    pub(super) next: Result<Next>,
}

impl Transition {
    /// Sends a request at once.
    pub(super) fn send(state: State, request: Request) -> Self {
        Self::exchange(state, Exchange::now(request))
    }

    pub(super) fn send_after(delay: Duration, state: State, request: Request) -> Self {
        Self::exchange(state, Exchange::after(delay, request))
    }

    pub(super) fn exchange(state: State, exchange: Exchange) -> Self {
        Self { state, next: Ok(Next::Send(exchange)) }
    }

    /// The call of the host ends with the step of this state.
    pub(super) fn step(state: impl Into<State>) -> Self {
        Self { state: state.into(), next: Ok(Next::Step) }
    }

    pub(super) fn end(step: Step) -> Self {
        Self::step(State::Ended(step))
    }

    /// The call ends with a step of an earlier attempt.
    pub(super) fn report(state: State, step: Step) -> Self {
        Self { state, next: Ok(Next::Report(step)) }
    }

    pub(super) fn fail(state: impl Into<State>, error: Error) -> Self {
        Self { state: state.into(), next: Err(error) }
    }
}
