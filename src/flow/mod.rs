//! The state machine, sans-I/O: a call of the host goes in, an HTTP request comes out; its response goes in, the next
//! request or a step comes out. It opens no connection, keeps no cookies and reads no clock: the driver
//! ([`Client`](crate::Client)) does, and passes the time in.
//!
//! ```text
//!            begin             answer          POST             REDIRECT         resume
//!   Idle ──────────▶ fetching ────────▶ Form ────────▶ posting ──────────▶ Away ─────────▶ posting ─▶ …
//!    ▲                                    ▲               │  └─────────────▶ Asking (UI) ──┘ submit
//!    │                                    │ not sent      │ PASS, FAIL, RESTART, OTHER
//!    └────────────── begin ───────────────┴─── Ended ◀────┤
//!                                                         │ answer lost
//!                            reconcile ◀─── Unknown ◀─────┘
//! ```
//!
//! One file per state: `form` (fetching), `submit` (posting), `redirect` (Away), `login`, `reconcile` (Unknown); `complete`
//! holds an answer against its form, `attempt` an account against what was tried.

mod answer;
mod ask;
mod attempt;
mod complete;
mod form;
mod login;
mod reconcile;
mod redirect;
mod retry;
mod save;
mod step;
mod submit;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use url::Url;

pub use self::{
    answer::{Answer, Value},
    ask::Verdict,
    step::{Fail, Form, Other, Pass, Redirect, Restart, Step},
};
pub(crate) use self::{
    ask::{Asked, Question},
    save::{open, seal},
};
use self::{
    attempt::{Attempt, Clock, InDoubt},
    retry::Retry,
};
use crate::{
    Error, MessageFormat, Result, Secret,
    protocol::{Method, Params, Reply, Request, Response},
};

/// What the flow needs to know of the host's wishes.
#[derive(Debug)]
pub(crate) struct Settings {
    pub api_url: Url,
    pub user_agent: String,
    pub language: Option<String>,
    pub message_format: Option<MessageFormat>,
    pub error_format: String,
    pub error_language: Option<String>,
    pub return_url: Option<Url>,
    pub merge_fields: bool,
    pub allow_http: bool,
    pub bearer_token: Option<Secret>,
    pub retry_budget: Duration,
    pub reconcile_wait: Duration,
}

/// How to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    pub(crate) preserve_state: bool,
    pub(crate) login: bool,
}

impl Begin {
    /// A creation from the start.
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

    /// Begins a login (`action=clientlogin`) with a form of its own instead of a creation.
    #[must_use]
    pub fn login(mut self, login: bool) -> Self {
        self.login = login;
        self
    }
}

/// The two modules that work by steps. They differ in names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    Create,
    Login,
}

impl Module {
    fn action(self) -> &'static str {
        match self {
            Self::Create => "createaccount",
            Self::Login => "clientlogin",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Login => "login",
        }
    }

    fn token_type(self) -> &'static str {
        match self {
            Self::Create => "createaccount",
            Self::Login => "login",
        }
    }
}

/// What the driver does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Wait, send, and hand the outcome to [`Flow::receive`].
    Send(Exchange),
    /// The call of the host ends with this step.
    Step(Step),
}

#[derive(Debug)]
pub(crate) struct Exchange {
    pub request: Request,
    /// How long to wait first.
    pub delay: Duration,
    /// Forget all cookies first: the session holds an abandoned flow.
    pub fresh_session: bool,
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub error: Error,
    /// Whether the request may have reached the wiki all the same.
    pub may_have_arrived: bool,
}

/// The conversation with one wiki in one session.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) settings: Settings,
    state: State,
    module: Module,
    token: Option<Secret>,
    /// The name that the session is logged in with.
    user: Option<String>,
    /// Cleared when the wiki turns out to be too old for `assert=anon`.
    asserts: bool,
    clock: Option<Clock>,
    /// The form of the last begin, for another begin without a request.
    known_form: Option<Arc<Form>>,
    /// The attempts of earlier flows that may have made their accounts.
    in_doubt: InDoubt,
    /// The attempt of the flow under way, from its first answer on: later steps do not tell its name.
    flow_attempt: Option<Attempt>,
    /// Whether the session may hold a flow that was begun and not ended.
    session_in_use: bool,
    /// Whether such a flow was left behind in the session, because the login is kept: its step may still be open.
    beside_older: bool,
    /// Submissions since begin.
    rounds: u32,
    pending: Option<Pending>,
    retry: Retry,
}

/// Where the conversation stands between two calls of the host.
#[derive(Debug)]
enum State {
    Idle,
    Form { form: Arc<Form>, preserve: bool },
    Asking(Arc<Form>),
    Away(Arc<Redirect>),
    Ended(Step),
    Unknown(Attempt),
}

impl State {
    /// The step that is pending, or that ended the flow.
    fn step(&self) -> Option<Step> {
        match self {
            Self::Form { form, .. } => Some(Step::Form(form.clone())),
            Self::Asking(form) => Some(Step::Ui(form.clone())),
            Self::Away(redirect) => Some(Step::Redirect(redirect.clone())),
            Self::Ended(step) => Some(step.clone()),
            Self::Idle | Self::Unknown(_) => None,
        }
    }
}

/// What the request on its way is for.
#[derive(Debug)]
enum Pending {
    Fetch(form::Fetch),
    Post(submit::Post),
    Login(login::Login),
    Reconcile(reconcile::Reconcile),
}

impl Flow {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Idle,
            module: Module::Create,
            token: None,
            user: None,
            asserts: true,
            clock: None,
            known_form: None,
            in_doubt: InDoubt::default(),
            flow_attempt: None,
            session_in_use: false,
            beside_older: false,
            rounds: 0,
            pending: None,
            retry: Retry::default(),
        }
    }

    /// Takes the outcome of the request that the last [`Next::Send`] asked for.
    pub(crate) fn receive(&mut self, outcome: Result<Response, Unsent>, now: Instant) -> Result<Next> {
        match self.pending.take() {
            Some(Pending::Fetch(fetch)) => self.receive_form(fetch, outcome, now),
            Some(Pending::Post(post)) => self.receive_status(post, outcome, now),
            Some(Pending::Login(login)) => self.receive_login(login, outcome, now),
            Some(Pending::Reconcile(reconcile)) => self.receive_reconcile(reconcile, outcome, now),
            None => Err(Error::state("No request is on its way.")),
        }
    }

    /// The fields that the host may answer now.
    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.state {
            State::Form { form, .. } | State::Asking(form) => Some(form),
            State::Away(redirect) => Some(&redirect.form),
            _ => None,
        }
    }

    /// A request for the picture of a captcha.
    pub(crate) fn image_request(&self, url: Url) -> Request {
        let mut request = self.request(Method::Get, url, None);
        request.headers.retain(|(name, _)| *name != "accept");
        request
    }

    fn is_logged_in(&self) -> bool {
        self.user.is_some() || self.settings.bearer_token.is_some()
    }

    /// The parameters that every call carries.
    fn params(&self, action: &str) -> Params {
        let mut params = Params::action(action);
        if let Some(language) = &self.settings.language {
            params.push("uselang", language.as_str());
        }
        params.push("errorformat", self.settings.error_format.as_str());
        if let Some(language) = &self.settings.error_language {
            params.push("errorlang", language.as_str());
        }
        if self.settings.error_format != "bc" {
            params.push("errorsuselocal", "1");
        }
        params
    }

    /// Guards a call of a creation: it must not run as somebody else, or as nobody, by an accident of cookies.
    fn assert(&self, params: &mut Params) {
        if self.is_logged_in() {
            params.push("assert", "user");
        } else if self.asserts {
            params.push("assert", "anon");
        }
    }

    fn get(&self, params: &Params) -> Request {
        let mut url = self.settings.api_url.clone();
        url.set_query(Some(params.encode().expose()));
        self.request(Method::Get, url, None)
    }

    fn post(&self, params: &Params) -> Request {
        self.request(Method::Post, self.settings.api_url.clone(), Some(params.encode()))
    }

    fn request(&self, method: Method, url: Url, body: Option<Secret>) -> Request {
        let mut headers = vec![
            ("user-agent", self.settings.user_agent.as_str().into()),
            ("accept", "application/json".into()),
        ];
        if body.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded".into()));
        }
        if let Some(token) = &self.settings.bearer_token {
            headers.push(("authorization", format!("Bearer {}", token.expose()).into()));
        }
        Request { method, url, headers, body }
    }

    fn end(&mut self, step: Step) -> Next {
        self.state = State::Ended(step.clone());
        Next::Step(step)
    }

    fn send(&mut self, pending: Pending, request: Request) -> Next {
        self.exchange(pending, Exchange::now(request))
    }

    fn send_after(&mut self, delay: Duration, pending: Pending, request: Request) -> Next {
        self.exchange(pending, Exchange { delay, ..Exchange::now(request) })
    }

    fn exchange(&mut self, pending: Pending, exchange: Exchange) -> Next {
        self.pending = Some(pending);
        Next::Send(exchange)
    }
}

impl Exchange {
    /// At once, in the session as it is.
    fn now(request: Request) -> Self {
        Self { request, delay: Duration::ZERO, fresh_session: false }
    }
}

/// A response as a reply of the API, or the error of its absence.
fn reply_of(outcome: Result<Response, Unsent>) -> Result<Reply> {
    Reply::parse(&outcome.map_err(|unsent| unsent.error)?)
}

/// The code of an older wiki that does not know `assert=anon` (before MediaWiki 1.35).
fn is_unknown_assert(error: &Error) -> bool {
    matches!(error.api_code(), Some("unknown_assert"))
}
