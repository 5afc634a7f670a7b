//! Fetching the form: one round trip for fields, token and clock.

use std::{sync::Arc, time::Instant};

use super::{
    Begin, Exchange, Flow, Module, Next, Pending, State, Step, Unsent,
    attempt::Clock,
    is_unknown_assert, reply_of,
    step::{Form, Preserved},
};
use crate::{
    Error, Result,
    protocol::{AuthInfo, AuthRequest, Captcha, Raw, Request, Response, merge},
};

/// A form on its way.
#[derive(Debug)]
pub(crate) struct Fetch {
    module: Module,
    preserve: bool,
    fresh_session: bool,
}

impl Flow {
    /// Begins a flow, or begins again.
    pub(crate) fn begin(&mut self, begin: Begin, now: Instant) -> Result<Next> {
        if begin.login && begin.preserve_state {
            return Err(Error::argument("preserve_state", "A login has no earlier login to keep."));
        }
        self.retry.start(self.settings.retry_budget, now);
        self.rounds = 0;
        if let Some(form) = self.warm_form(begin) {
            self.state = State::Form { form: form.clone(), preserve: false };
            return Ok(Next::Step(Step::Form(form)));
        }
        let fresh_session = self.abandon();
        let module = if begin.login { Module::Login } else { Module::Create };
        Ok(self.fetch(Fetch { module, preserve: begin.preserve_state, fresh_session }))
    }

    /// After a success on the same session nothing has to be asked again, as long as no value of the form serves
    /// one attempt only. Tokens stay valid with their session (MediaWiki, Session::getToken).
    fn warm_form(&mut self, begin: Begin) -> Option<Arc<Form>> {
        let warm = begin == Begin::default()
            && matches!(self.state, State::Ended(Step::Pass(_)))
            && self.token.is_some()
            && self.module == Module::Create;
        if warm { self.known_form.clone() } else { None }
    }

    /// A session has one slot for a flow. An abandoned one could be continued by accident, so the session goes with
    /// it, unless it is the login of an account that creates others (its next begin takes the slot).
    pub(super) fn abandon(&mut self) -> bool {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Unknown(attempt) => self.in_doubt.add(attempt),
            // The account may have been made before the step, or by an earlier answer that was lost.
            State::Asking(_) | State::Away(_) => {
                if let Some(attempt) = self.flow_attempt.take() {
                    self.in_doubt.add(attempt.contested());
                }
            }
            _ => {}
        }
        self.token = None;
        self.known_form = None;
        let in_use = std::mem::take(&mut self.session_in_use);
        let keeps_session = self.is_logged_in();
        self.beside_older = keeps_session && (in_use || self.beside_older);
        in_use && !keeps_session
    }

    fn fetch(&mut self, fetch: Fetch) -> Next {
        let request = self.form_request(fetch.module);
        let exchange = Exchange { fresh_session: fetch.fresh_session, ..Exchange::now(request) };
        self.exchange(Pending::Fetch(fetch), exchange)
    }

    pub(super) fn form_request(&self, module: Module) -> Request {
        let mut params = self.params("query");
        params.push("meta", "authmanagerinfo|tokens");
        params.push("amirequestsfor", module.prefix());
        params.push("type", module.token_type());
        params.push("curtimestamp", "1");
        if let Some(format) = self.settings.message_format {
            params.push("amimessageformat", format.as_str());
        }
        if module == Module::Create {
            self.assert(&mut params);
        }
        self.get(&params)
    }

    pub(super) fn receive_form(
        &mut self,
        fetch: Fetch,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Next> {
        match self.read_form(fetch.module, outcome, now) {
            Ok(form) => {
                let form = Arc::new(form);
                self.module = fetch.module;
                self.known_form = Some(form.clone()).filter(|form| !form.is_one_use());
                self.state = State::Form { form: form.clone(), preserve: fetch.preserve };
                Ok(Next::Step(Step::Form(form)))
            }
            Err(error) if self.asserts && is_unknown_assert(&error) => {
                self.asserts = false;
                Ok(self.fetch(fetch))
            }
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    let request = self.form_request(fetch.module);
                    Ok(self.send_after(delay, Pending::Fetch(fetch), request))
                }
                None => Err(error),
            },
        }
    }

    /// Reads fields, token and clock; the flow keeps the latter two.
    pub(super) fn read_form(
        &mut self,
        module: Module,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Form> {
        let mut info = reply_of(outcome)?.auth_info(module.token_type())?;
        let Some(token) = info.token.take() else {
            let message = format!("The wiki gave no {} token.", module.token_type());
            return Err(Error::protocol(message));
        };
        self.token = Some(token);
        self.clock = info.time.as_deref().and_then(|time| Clock::read(time, now));
        Ok(self.form_of(info))
    }

    pub(super) fn form_of(&self, info: AuthInfo) -> Form {
        let preserved = Preserved {
            any: info.has_preserved_state,
            primary: info.has_primary_preserved_state,
            username: info.preserved_username,
        };
        Form { can_create: info.can_create, preserved, ..self.fields_of(info.requests, info.raw) }
    }

    /// A form of these requests, with all that follows from them.
    pub(super) fn fields_of(&self, requests: Vec<AuthRequest>, raw: Raw) -> Form {
        Form {
            fields: merge(&requests),
            captcha: Captcha::find(&requests, &self.settings.api_url),
            requests,
            message: None,
            message_code: None,
            can_create: true,
            preserved: Preserved::default(),
            account: None,
            raw,
        }
    }
}
