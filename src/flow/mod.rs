//! The state machine, sans-I/O: a call of the host goes in, an HTTP request comes out; its response
//! goes in, and the next request or a step comes out. It opens no connection, keeps no cookies and
//! reads no clock: the driver ([`Client`](crate::Client)) does all that, and passes the time in.
//!
//! ```text
//!   Idle ──begin──▶ Fetching ──▶ Form ──submit──▶ Posting ──UI─────────▶ Asking ──submit──────────▶ Posting ─▶ …
//!    │                                               ├──REDIRECT───────▶ Away ────submit, resume──▶ Posting ─▶ …
//!    │                                               ├──PASS, FAIL, …──▶ Ended
//!    │                                               ├──doubtful───────▶ Verifying ──▶ Ended, Asking, Unknown, the step again
//!    │                                               ├──several errors─▶ Explaining ─▶ Ended
//!    │                                               ├──lost───────────▶ Unknown ──reconcile──▶ Reconciling ──▶ Ended, Asking
//!    │                                               └──not executed───▶ the step again
//!    └──login──▶ LoggingIn ──▶ Form, Posting, Ended
//! ```
//!
//! `begin` and `login` start over from any state. In Unknown, `reconcile` asks what became of the
//! lost creation. While a later step of a creation is pending, it asks the wiki for that step again.
//! In any other state it asks about an earlier attempt, if one is in doubt, and a pending step stays
//! pending. `reconcile_name` asks from any state, and leaves it as it is.
//!
//! Each state is a variant of [`State`]. Each that has a request on its way has its own file, which
//! takes the outcome and returns a [`Transition`]: the next state, and what to do. The [`Session`]
//! holds what outlives a flow. The other files hold values and rules that belong to no single
//! state: a step and its parts (`step`, `form`, `redirect`), an answer (`answer`, `given`, `fit`,
//! `complete`, `returned`) and the wiki's response to it (`reading`), what is in doubt (`attempt`,
//! `ledger`, `traces`), and the questions before a creation (`ask`).

mod answer;
mod ask;
mod attempt;
mod away;
mod clock;
mod complete;
mod course;
mod exchange;
mod explaining;
mod fetching;
mod fit;
mod form;
mod given;
mod ledger;
mod login;
mod posting;
mod reading;
mod reconciling;
mod redirect;
mod retry;
mod returned;
mod save;
mod session;
mod state;
mod step;
mod traces;
mod transition;
mod verifying;

use std::{
    mem,
    time::{Duration, Instant, SystemTime},
};

use url::Url;

pub use self::{
    answer::{Answer, Value},
    ask::Verdict,
    fetching::Begin,
    form::Form,
    redirect::Redirect,
    step::{Fail, Other, Pass, Restart, Step},
};
pub(crate) use self::{
    ask::{PendingQuestion, Question, QuestionOutcome},
    exchange::{Exchange, Next, NoResponse, Received},
    save::Saved,
};
use self::{exchange::Outcome, session::Session, state::State, transition::Transition};
use crate::{Error, Result, Secret, config::Settings, protocol::Request};

/// The conversation with one wiki in one session.
#[derive(Debug)]
pub(crate) struct Flow {
    session: Session,
    state: State,
}

impl Flow {
    pub(crate) fn new(api_url: Url, settings: Settings) -> Self {
        Self { session: Session::new(api_url, settings), state: State::Idle }
    }

    /// Begins a creation, or begins again.
    pub(crate) fn begin(&mut self, begin: Begin, now: Instant) -> Result<Next> {
        self.go(|state, session| fetching::begin(state, session, begin, now))
    }

    /// Begins a login through the wiki's form.
    pub(crate) fn begin_login(&mut self, now: Instant) -> Result<Next> {
        self.go(|state, session| fetching::begin_login(state, session, now))
    }

    /// Answers the pending step.
    pub(crate) fn submit(&mut self, answer: &Answer, now: Instant) -> Result<Next> {
        self.go(|state, session| posting::submit(state, session, answer, now))
    }

    /// Continues with what the third party appended to the return URL, or posted to it.
    pub(crate) fn resume(&mut self, url: &str, body: &[u8], extra: &Answer, now: Instant) -> Result<Next> {
        self.go(|state, session| away::resume(state, session, url, body, extra, now))
    }

    pub(crate) fn login(&mut self, username: &str, password: &Secret, now: Instant) -> Result<Next> {
        self.go(|state, session| login::login(state, session, username, password, now))
    }

    /// Finds out what became of an attempt, or returns what is already known.
    pub(crate) fn reconcile(&mut self, now: Instant) -> Result<Next> {
        self.go(|state, session| reconciling::reconcile(state, session, now))
    }

    /// Finds out what became of a creation of that name, sent at or after `sent`, in seconds since
    /// 1970 by the wiki's clock.
    pub(crate) fn reconcile_name(&mut self, name: &str, sent: i64, now: Instant) -> Result<Next> {
        ask::check_username(name)?;
        self.go(|state, session| reconciling::reconcile_name(state, session, name, sent, now))
    }

    /// Takes the outcome of the request that the last [`Next::Send`] asked for.
    pub(crate) fn receive(&mut self, outcome: Outcome, now: Instant) -> Result<Next> {
        let session = &mut self.session;
        let transition = match mem::take(&mut self.state) {
            State::Fetching(fetching) => fetching.receive(session, outcome, now),
            State::Posting(posting) => posting.receive(session, outcome, now),
            State::Verifying(verifying) => verifying.receive(session, outcome, now),
            State::Explaining(explaining) => explaining.receive(session, outcome, now),
            State::LoggingIn(logging_in) => logging_in.receive(session, outcome, now),
            State::Reconciling(reconciling) => reconciling.receive(session, outcome, now),
            resting => Transition::fail(resting, Error::state("No request is on its way.")),
        };
        self.apply(transition)
    }

    /// Asks a question that leaves the state of the flow as it is.
    pub(crate) fn ask(&self, question: Question, now: Instant) -> Result<(PendingQuestion, Exchange)> {
        question.ask(&self.session, now)
    }

    /// Takes the outcome of a question's request.
    pub(crate) fn receive_answer(
        &mut self,
        asked: PendingQuestion,
        outcome: Outcome,
        now: Instant,
    ) -> Result<QuestionOutcome> {
        asked.receive(&mut self.session, outcome, now)
    }

    /// The step that is pending, or that ended the flow.
    pub(crate) fn step(&self) -> Option<Step> {
        self.state.step()
    }

    /// The fields that the host may answer now.
    pub(crate) fn form(&self) -> Option<&Form> {
        self.state.form()
    }

    /// The time limit of a call that reconciles: the time that it may wait, and 10 seconds for the
    /// last question.
    pub(crate) fn reconcile_limit(&self) -> Option<Duration> {
        Some(self.session.settings.reconcile_wait + Duration::from_secs(10))
    }

    pub(crate) fn api_url(&self) -> &Url {
        &self.session.api_url
    }

    /// Seconds since 1970 by the wiki's clock, once a form has been read.
    pub(crate) fn wiki_time(&self, now: Instant) -> Option<i64> {
        self.session.wiki_time(now)
    }

    /// Takes the wiki's warnings since they were last taken.
    pub(crate) fn take_warnings(&mut self) -> Vec<String> {
        self.session.take_warnings()
    }

    pub(crate) fn image_request(&self, url: Url) -> Request {
        self.session.image(url)
    }

    /// The conversation as bytes, with its cookies.
    pub(crate) fn save(&self, cookies: Secret, now: Instant, time: SystemTime) -> Result<Vec<u8>> {
        save::save(&self.session, &self.state, cookies, now, time)
    }

    /// The conversation that was saved, with these settings from now on.
    pub(crate) fn restore(saved: Saved, settings: Settings, now: Instant, time: SystemTime) -> Result<Self> {
        let (session, state) = saved.restore(settings, now, time)?;
        Ok(Self { session, state })
    }

    fn go(&mut self, call: impl FnOnce(State, &mut Session) -> Transition) -> Result<Next> {
        let state = mem::take(&mut self.state).at_rest(&mut self.session);
        let transition = call(state, &mut self.session);
        self.apply(transition)
    }

    fn apply(&mut self, transition: Transition) -> Result<Next> {
        self.state = transition.state;
        transition.next
    }
}
