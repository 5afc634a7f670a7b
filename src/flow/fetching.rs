//! Fetching: the form is on its way. One round trip brings the fields, a token and the wiki's time.

use std::{sync::Arc, time::Instant};

use super::{
    clock::Clock,
    exchange::{Exchange, Module, Outcome},
    form::Form,
    redirect::ReturnUrl,
    retry::Retry,
    session::Session,
    state::{Fetching, Opening, State},
    step::Step,
    transition::Transition,
};
use crate::{Error, Result, protocol::Request};

/// How to begin a creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    preserve_state: bool,
}

impl Begin {
    /// A creation that keeps no login.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps what the wiki remembers of a login that ended in RESTART (`createpreservestate`).
    #[must_use]
    pub fn preserve_state(mut self, preserve: bool) -> Self {
        self.preserve_state = preserve;
        self
    }
}

/// Begins a creation, or begins again.
pub(super) fn begin(state: State, session: &mut Session, begin: Begin, now: Instant) -> Transition {
    if let Some(form) = reusable_form(&state, session, begin) {
        return Transition::step(State::Form(Opening::new(form, Module::Create, false, session)));
    }
    fetch(state, session, Module::Create, begin.preserve_state, now)
}

/// Begins a login by the wiki's form.
pub(super) fn begin_login(state: State, session: &mut Session, now: Instant) -> Transition {
    fetch(state, session, Module::Login, false, now)
}

fn fetch(state: State, session: &mut Session, module: Module, preserve: bool, now: Instant) -> Transition {
    let fresh_session = state.abandon(session);
    let fetching = Fetching { module, preserve, retry: Retry::new(session.settings.retry_budget, now) };
    let exchange = Exchange { fresh_session, ..Exchange::now(request(session, fetching.module)) };
    Transition::exchange(State::Fetching(fetching), exchange)
}

/// After a success in the same session the form need not be fetched again, unless it contains
/// values that can be used only once. Tokens stay valid as long as their session (MediaWiki,
/// Session::getToken).
fn reusable_form(state: &State, session: &Session, begin: Begin) -> Option<Arc<Form>> {
    let is_reusable =
        begin == Begin::default() && matches!(state, State::Ended(Step::Pass(_))) && session.token.is_some();
    if is_reusable { session.known_form.clone() } else { None }
}

impl Fetching {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        match read(session, self.module, outcome, now) {
            Ok(form) => {
                if self.module == Module::Create && !self.preserve {
                    session.known_form = Some(form.clone()).filter(|form| !form.is_one_use());
                }
                Transition::step(State::Form(Opening::new(form, self.module, self.preserve, session)))
            }
            Err(error) if session.stop_asserting(&error) => {
                let request = request(session, self.module);
                Transition::send(State::Fetching(self), request)
            }
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    let request = request(session, self.module);
                    Transition::send_after(delay, State::Fetching(self), request)
                }
                None => Transition::fail(State::Idle, error),
            },
        }
    }
}

impl Opening {
    pub(super) fn new(form: Arc<Form>, module: Module, preserve: bool, session: &Session) -> Self {
        Self { form, module, preserve, return_url: ReturnUrl::of(&session.settings, &session.api_url) }
    }
}

/// Asks for the form of a module and its token.
pub(super) fn request(session: &Session, module: Module) -> Request {
    let mut params = session.module_params(module, "query");
    params.push("meta", "authmanagerinfo|tokens");
    params.push("amirequestsfor", module.names().requests_for);
    params.push("type", module.names().token_type);
    params.push("curtimestamp", "1");
    session.push_message_format(&mut params, "amimessageformat");
    session.get(&params)
}

/// Reads what [`request`] asked for; the session keeps the token and the time.
pub(super) fn read(
    session: &mut Session,
    module: Module,
    outcome: Outcome,
    now: Instant,
) -> Result<Arc<Form>> {
    let mut info = session.read(outcome)?.auth_info(module.names().token_type)?;
    let Some(token) = info.token.take() else {
        return Err(Error::protocol(format!("The wiki gave no {} token.", module.names().token_type)));
    };
    session.token = Some(token);
    session.clock = info.time.as_deref().and_then(|time| Clock::read(time, now));
    let info = info.plain_if(session.settings.wants_plaintext());
    Ok(Arc::new(Form::first(info, &session.api_url)))
}
