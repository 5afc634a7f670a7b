//! The session with one wiki: what outlives a flow, and what every request carries.

use std::{borrow::Cow, mem, sync::Arc, time::Instant};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    attempt::Attempt,
    clock::Clock,
    exchange::{Module, Outcome},
    form::Form,
    ledger::Ledger,
    redirect::ReturnUrl,
};
use crate::{
    Error, Result, Secret,
    config::Settings,
    protocol::{Method, Params, Reply, Request},
};

#[derive(Debug)]
pub(crate) struct Session {
    /// The address of the API as the host gave it.
    pub(super) api_url: Url,
    /// The address that `api_url` redirects to within its origin, or `api_url` itself.
    pub(super) endpoint: Url,
    pub(super) settings: Settings,
    pub(super) token: Option<Secret>,
    /// The name that the session is logged in with.
    pub(super) user: Option<String>,
    pub(super) clock: Option<Clock>,
    /// The form of the last begin, with which another begin needs no request.
    pub(super) known_form: Option<Arc<Form>>,
    pub(super) slot: Slot,
    /// How many creations were sent; each takes its number from this.
    pub(super) flows: u64,
    /// Whether a login was begun and has not ended.
    pub(super) has_open_login: bool,
    pub(super) ledger: Ledger,
    /// Whether to send `assert=anon`; cleared once the wiki refuses it.
    pub(super) asserts: bool,
    /// The wiki's warnings since they were last taken.
    warnings: Vec<String>,
    /// Names of cookies that the wiki sets, but that will never be sent back to its API.
    pub(super) lost_cookies: Vec<String>,
    /// Whether the last reply to a first answer was `badtoken`.
    pub(super) lost_session: bool,
}

const MAX_LOST_COOKIES: usize = 8;

/// Which creation the session's one slot holds (MediaWiki, AuthManager's session key accountCreationState).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Slot {
    #[default]
    Empty,
    /// The flow with this number.
    Creation(u64),
    /// One of several flows.
    Ambiguous,
}

impl Session {
    pub(super) fn new(api_url: Url, settings: Settings) -> Self {
        Self {
            endpoint: api_url.clone(),
            api_url,
            settings,
            token: None,
            user: None,
            clock: None,
            known_form: None,
            slot: Slot::default(),
            flows: 0,
            has_open_login: false,
            ledger: Ledger::default(),
            asserts: true,
            warnings: Vec::new(),
            lost_cookies: Vec::new(),
            lost_session: false,
        }
    }

    pub(super) fn is_logged_in(&self) -> bool {
        self.user.is_some() || self.settings.bearer_token.is_some()
    }

    /// Seconds since 1970 by the wiki's clock, once a form was read.
    pub(super) fn wiki_time(&self, now: Instant) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock.seconds(now))
    }

    /// Starts over, and returns whether that needs a new session on the wiki: in the same session
    /// the abandoned flow could be continued by accident. A session that is logged in, to create
    /// accounts for others, is kept; its next creation takes over the slot.
    pub(super) fn abandon(&mut self) -> bool {
        self.forget_form();
        if self.is_logged_in() {
            return false;
        }
        let is_used = mem::take(&mut self.slot) != Slot::Empty;
        let needs_another = mem::take(&mut self.has_open_login) || is_used;
        if needs_another {
            self.lost_cookies.clear();
        }
        needs_another
    }

    /// A new attempt at a name, with the next flow number.
    pub(super) fn attempt_at(&mut self, name: Option<&str>, return_url: ReturnUrl) -> Attempt {
        self.flows = self.flows.wrapping_add(1);
        let mut attempt = self.ledger.attempt_at(name, return_url);
        attempt.flow = self.flows;
        attempt
    }

    /// A flow reached a further step. A login has no attempt.
    pub(super) fn stepped(&mut self, attempt: Option<&Attempt>) {
        match attempt {
            Some(attempt) => self.slot.stepped(attempt),
            None => self.has_open_login = true,
        }
    }

    /// The answer to a flow's request was lost.
    pub(super) fn lost(&mut self, attempt: Option<&Attempt>) {
        match attempt {
            Some(attempt) => self.slot.lost(attempt),
            None => self.has_open_login = true,
        }
    }

    /// A flow has ended.
    pub(super) fn ended(&mut self, attempt: Option<&Attempt>) {
        match attempt {
            Some(attempt) => self.slot.ended(attempt),
            None => self.has_open_login = false,
        }
    }

    /// Forgets the token and the form, which are of no use after a login or in a new session.
    pub(super) fn forget_form(&mut self) {
        self.token = None;
        self.known_form = None;
    }

    /// Reads a reply of the API, or gives the error that says why there is none.
    pub(super) fn read(&mut self, outcome: Outcome) -> Result<Reply> {
        let received = outcome.map_err(|failed| failed.error)?;
        for name in received.lost_cookies {
            if self.lost_cookies.len() < MAX_LOST_COOKIES && !self.lost_cookies.contains(&name) {
                self.lost_cookies.push(name);
            }
        }
        let url = received.redirected_to.as_ref().unwrap_or(&self.endpoint);
        let reply = Reply::parse(&received.response, url)?;
        self.warnings.extend(reply.warnings());
        if let Some(endpoint) = received.redirected_to {
            self.endpoint = endpoint;
        }
        Ok(reply)
    }

    pub(super) fn take_warnings(&mut self) -> Vec<String> {
        mem::take(&mut self.warnings)
    }

    /// If the error is about the assertion, stops sending it, and returns true: the same request
    /// may then succeed. Wikis before MediaWiki 1.35 do not know `assert=anon`, and behind some web
    /// servers and proxies every visitor is logged in.
    pub(super) fn stop_asserting(&mut self, error: &Error) -> bool {
        self.asserts && matches!(error.api_code(), Some("unknown_assert" | "assertanonfailed")) && {
            self.asserts = false;
            true
        }
    }

    /// The parameters that every API call carries.
    pub(super) fn params<'a>(&'a self, action: &'a str) -> Params<'a> {
        let settings = &self.settings;
        self.params_in(action, &settings.error_format, settings.error_language.as_deref())
    }

    /// The same with errors in another format or language.
    pub(super) fn params_in<'a>(
        &'a self,
        action: &'a str,
        error_format: &'a str,
        error_language: Option<&'a str>,
    ) -> Params<'a> {
        let mut params = Params::action(action);
        if let Some(language) = &self.settings.language {
            params.push("uselang", language.as_str());
        }
        params.push("errorformat", error_format);
        if let Some(language) = error_language {
            params.push("errorlang", language);
        }
        if error_format != "bc" {
            params.push("errorsuselocal", "1");
        }
        params
    }

    /// The same for an API call that must fail if lost or mixed-up cookies have changed who is
    /// logged in.
    pub(super) fn asserted_params<'a>(&'a self, action: &'a str) -> Params<'a> {
        let mut params = self.params(action);
        if self.is_logged_in() {
            params.push("assert", "user");
        } else if self.asserts {
            params.push("assert", "anon");
        }
        params
    }

    pub(super) fn module_params<'a>(&'a self, module: Module, action: &'a str) -> Params<'a> {
        match module {
            Module::Create => self.asserted_params(action),
            Module::Login => self.params(action),
        }
    }

    /// Asks for messages in the host's format, by the parameter `name`.
    pub(super) fn push_message_format<'a>(&self, params: &mut Params<'a>, name: impl Into<Cow<'a, str>>) {
        if let Some(format) = self.settings.message_format {
            params.push(name, format.api_name());
        }
    }

    pub(super) fn get(&self, params: &Params<'_>) -> Request {
        let mut url = self.endpoint.clone();
        params.set_query_of(&mut url);
        self.request(Method::Get, url, None)
    }

    pub(super) fn post(&self, params: &Params<'_>) -> Request {
        self.request(Method::Post, self.endpoint.clone(), Some(params.encode()))
    }

    pub(super) fn image(&self, url: Url) -> Request {
        let mut request = self.request(Method::Get, url, None);
        request.headers.retain(|(name, _)| name != "accept");
        request
    }

    fn request(&self, method: Method, url: Url, body: Option<Secret>) -> Request {
        let mut headers = vec![
            ("user-agent".into(), self.settings.user_agent.as_str().into()),
            ("accept".into(), "application/json".into()),
        ];
        if body.is_some() {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        }
        if let Some(token) = &self.settings.bearer_token {
            headers.push(("authorization".into(), format!("Bearer {}", token.expose()).into()));
        }
        let own = &self.settings.headers;
        headers.extend(own.iter().map(|(name, value)| (name.clone().into(), value.clone())));
        Request { method, url, headers, body }
    }
}

impl Slot {
    /// Whether it certainly holds the flow of this attempt, and no other.
    pub(super) fn holds(&self, attempt: &Attempt) -> bool {
        *self == Self::Creation(attempt.flow)
    }

    /// The flow reached a further step, so the slot holds it.
    pub(super) fn stepped(&mut self, attempt: &Attempt) {
        *self = Self::Creation(attempt.flow);
    }

    /// The answer to a request of the flow was lost.
    pub(super) fn lost(&mut self, attempt: &Attempt) {
        let is_own = *self == Self::Empty || self.holds(attempt);
        *self = if is_own { Self::Creation(attempt.flow) } else { Self::Ambiguous };
    }

    /// The flow has ended. If it failed early, the slot may still hold an older flow.
    pub(super) fn ended(&mut self, attempt: &Attempt) {
        if self.holds(attempt) {
            *self = Self::Empty;
        }
    }
}
