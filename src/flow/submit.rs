//! Posting an answer, and reading the status that comes back.

use std::{sync::Arc, time::Instant};

use serde_json::json;

use super::{
    Answer, Flow, Module, Next, Pending, State, Step, Unsent,
    attempt::{Attempt, Doubt},
    complete::Complete,
    is_unknown_assert, redirect,
    step::{Fail, Form, Other, Pass, Preserved, Restart},
};
use crate::{
    Error, ErrorKind, Reason, Result,
    protocol::{Message, Reply, Request, Response, Status},
};

/// An answer on its way.
#[derive(Debug)]
pub(crate) struct Post {
    module: Module,
    complete: Complete,
    /// The first POST of a flow; a later one continues it.
    is_first: bool,
    preserve: bool,
    attempt: Attempt,
    /// When it was sent, in seconds since 1970 by the wiki's clock.
    sent: Option<i64>,
    /// Whether the token was refreshed already.
    refreshed: bool,
    /// A token is being fetched, and the POST comes after it.
    fetching_token: bool,
    before: State,
}

/// A provider may ask for ever; a person does not answer that often.
const MOST_ROUNDS: u32 = 100;

impl Flow {
    /// Answers the pending form.
    pub(crate) fn submit(&mut self, answer: &Answer, now: Instant) -> Result<Next> {
        let (form, is_first, preserve) = match &self.state {
            State::Form { form, preserve } => (form.clone(), true, *preserve),
            State::Asking(form) => (form.clone(), false, false),
            State::Away(redirect) => (Arc::new(redirect.form.clone()), false, false),
            state => return Err(nothing_to_answer(state)),
        };
        let nothing = Preserved::default();
        let preserved = if preserve { &form.preserved } else { &nothing };
        let complete = answer.complete(&form, is_first, preserved)?;
        self.start_post(complete, is_first, preserve, now)
    }

    pub(super) fn start_post(
        &mut self,
        complete: Complete,
        is_first: bool,
        preserve: bool,
        now: Instant,
    ) -> Result<Next> {
        if self.rounds >= MOST_ROUNDS {
            return Err(Error::protocol(format!("The wiki did not come to an end in {MOST_ROUNDS} steps.")));
        }
        self.rounds += 1;
        self.retry.start(self.settings.retry_budget, now);
        let attempt = match &self.flow_attempt {
            Some(begun) if !is_first => begun.clone(),
            _ => self.attempt_at(complete.username.as_deref()),
        };
        let sent = self.wiki_time(now);
        let before = std::mem::replace(&mut self.state, State::Idle);
        let module = self.module;
        let post = Post {
            module,
            complete,
            is_first,
            preserve,
            attempt,
            sent,
            refreshed: false,
            fetching_token: false,
            before,
        };
        Ok(self.send_post(post))
    }

    /// A new attempt at a name, which carries on what an earlier one left in doubt.
    fn attempt_at(&self, name: Option<&str>) -> Attempt {
        let new = Attempt { beside_older: self.beside_older, ..Attempt::new(name) };
        match self.in_doubt.find(name) {
            Some(earlier) => Attempt {
                windows: earlier.windows.clone(),
                undated: earlier.undated,
                doubt: earlier.doubt,
                ..new
            },
            None => new,
        }
    }

    fn wiki_time(&self, now: Instant) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock.seconds(now))
    }

    fn send_post(&mut self, post: Post) -> Next {
        let request = self.post_request(&post);
        self.send(Pending::Post(post), request)
    }

    fn post_request(&self, post: &Post) -> Request {
        let prefix = post.module.prefix();
        let name = |parameter: &str| format!("{prefix}{parameter}");
        let mut params = self.params(post.module.action());
        if post.module == Module::Create {
            self.assert(&mut params);
        }
        if let Some(format) = self.settings.message_format {
            params.push(&name("messageformat"), format.as_str());
        }
        params.push_flag(&name("mergerequestfields"), self.settings.merge_fields);
        if post.is_first {
            params.push_flag(&name("preservestate"), post.preserve);
            params.push(&name("returnurl"), redirect::return_url(&self.settings).as_str());
        } else {
            params.push(&name("continue"), "1");
        }
        if !post.complete.requests.is_empty() {
            params.push_list(&name("requests"), post.complete.requests.iter().map(String::as_str));
        }
        for (field, value) in &post.complete.params {
            params.push(field, value.clone());
        }
        // Last, so that a request cut short on its way is refused as a whole.
        params.push(&name("token"), self.token.clone().unwrap_or_default());
        self.post(&params)
    }

    pub(super) fn receive_status(
        &mut self,
        mut post: Post,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Next> {
        if post.fetching_token {
            return self.receive_token(post, outcome, now);
        }
        match read_status(post.module, outcome) {
            Ok(status) => self.take_status(post, status, now),
            Err(Lost { error, certain: false }) => self.lose(post, error, now),
            Err(Lost { error, .. }) if error.api_code() == Some("badtoken") => {
                self.renew_token(post, error, now)
            }
            Err(Lost { error, .. }) if self.asserts && is_unknown_assert(&error) => {
                self.asserts = false;
                Ok(self.send_post(post))
            }
            Err(Lost { error, .. }) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    post.sent = self.wiki_time(now + delay);
                    let request = self.post_request(&post);
                    Ok(self.send_after(delay, Pending::Post(post), request))
                }
                None => {
                    // Nothing was executed, so the same form can be answered again.
                    self.state = post.before;
                    Err(error)
                }
            },
        }
    }

    /// The answer is lost, and the wiki may have acted on the request.
    fn lose(&mut self, post: Post, error: Error, now: Instant) -> Result<Next> {
        self.session_in_use = true;
        match post.module {
            Module::Create => {
                let answered = match &post.before {
                    State::Asking(form) => Some(&form.requests[..]),
                    State::Away(redirect) => Some(&redirect.form.requests[..]),
                    _ => None,
                };
                let end = self.wiki_time(now);
                self.state = State::Unknown(post.attempt.lost(post.sent, end, now).answered(answered));
                Err(error.into_outcome_unknown())
            }
            // A login is simply begun again.
            Module::Login => Err(error),
        }
    }

    /// `badtoken` says that nothing was executed, and that the session is gone: the token is checked first. A first
    /// POST is sent once more with a token of the new session, unless the form held values of the old one. A flow
    /// that was under way is lost with its session.
    fn renew_token(&mut self, mut post: Post, error: Error, now: Instant) -> Result<Next> {
        let one_use = matches!(&post.before, State::Form { form, .. } if form.is_one_use());
        if post.is_first && !post.refreshed && !one_use && !post.preserve && !self.is_logged_in() {
            post.refreshed = true;
            post.fetching_token = true;
            let request = self.form_request(post.module);
            return Ok(self.send(Pending::Post(post), request));
        }
        let fail = Fail {
            reason: Reason::SessionLost,
            message: Some(Message::from_text(error.message())),
            message_code: Some("badtoken".to_owned()),
            retry_after: None,
            can_preserve_state: false,
            raw: json!({"status": "FAIL", "message": error.message(), "messagecode": "badtoken"}).into(),
        };
        if post.module == Module::Create && !post.is_first {
            // An earlier step may have made the account, and a step after it may still be open.
            return Ok(self.look_into(post.attempt.contested(), fail, now));
        }
        self.token = None;
        Ok(self.end(Step::Fail(Arc::new(fail))))
    }

    fn receive_token(
        &mut self,
        mut post: Post,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Next> {
        match self.read_form(post.module, outcome, now) {
            Ok(_) => {
                post.fetching_token = false;
                post.sent = self.wiki_time(now);
                Ok(self.send_post(post))
            }
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    let request = self.form_request(post.module);
                    Ok(self.send_after(delay, Pending::Post(post), request))
                }
                None => {
                    self.state = post.before;
                    Err(error)
                }
            },
        }
    }

    fn take_status(&mut self, mut post: Post, status: Status, now: Instant) -> Result<Next> {
        let has_ended = matches!(status.status.as_str(), "PASS" | "FAIL" | "RESTART");
        self.session_in_use = !has_ended;
        if !has_ended || status.status == "PASS" {
            // The session's one slot is this flow's from now on.
            self.beside_older = false;
            post.attempt.beside_older = false;
        }
        let step = match status.status.as_str() {
            "PASS" => return self.pass(post, status, now),
            "FAIL" => return self.fail(post, status, now),
            "UI" => Step::Ui(Arc::new(self.ui_form(status))),
            "REDIRECT" => match self.redirect(status) {
                Ok(redirect) => Step::Redirect(Arc::new(redirect)),
                // The account may be made already, and the flow is open.
                Err(error) => return self.lose(post, error, now),
            },
            _ => end_of(status),
        };
        self.state = match &step {
            Step::Ui(form) => State::Asking(form.clone()),
            Step::Redirect(redirect) => State::Away(redirect.clone()),
            end => State::Ended(end.clone()),
        };
        self.flow_attempt = Some(post.attempt.stepped(post.sent, self.wiki_time(now)));
        Ok(Next::Step(step))
    }

    fn ui_form(&self, status: Status) -> Form {
        Form {
            message: status.message,
            message_code: status.message_code,
            ..self.fields_of(status.requests, status.raw)
        }
    }

    fn pass(&mut self, post: Post, status: Status, now: Instant) -> Result<Next> {
        let Some(username) = status.username else {
            return self.lose(post, Error::protocol("The wiki says PASS without a user name."), now);
        };
        if post.module == Module::Login {
            self.user = Some(username.clone());
            // A login changes the secrets that tokens are made of.
            self.token = None;
            self.known_form = None;
        } else if !post.attempt.is_for(Some(&username)) {
            // Two flows shared one session, and this answer ended the other one.
            let message =
                format!("The wiki says that it made “{username}”, which is not the name asked for.");
            return self.lose(post, Error::protocol(message), now);
        } else {
            self.in_doubt.forget(Some(&username));
            self.in_doubt.forget(post.attempt.name.as_deref());
        }
        Ok(self.end(Step::Pass(Arc::new(Pass { username, raw: status.raw }))))
    }

    fn fail(&mut self, post: Post, status: Status, now: Instant) -> Result<Next> {
        let fail = fail_of(status);
        let code = fail.message_code.as_deref().unwrap_or_default();
        let end = self.wiki_time(now);
        let is_taken = matches!(fail.reason, Reason::NameTaken | Reason::Busy);
        if post.module == Module::Create && is_taken && post.attempt.doubt == Doubt::Lost {
            let message = "The name is in use, perhaps by the earlier attempt whose answer was lost.";
            let error = Error::new(ErrorKind::Api, message).with_api_code(code);
            let attempt = post.attempt.refused(post.sent, end);
            self.session_in_use = true;
            self.state = State::Unknown(Attempt { lost_at: Some(now), ..attempt });
            return Err(error.into_outcome_unknown());
        }
        match (post.module, code) {
            (Module::Create, "userexists") => {
                let attempt = match post.is_first {
                    true => post.attempt,
                    // Only flows that have not made their account are refused so (AuthManager::continueAccountCreation).
                    false => post.attempt.not_by_a_step(),
                };
                return Ok(self.look_into(attempt.refused(post.sent, end), fail, now));
            }
            // The flow was there when its last step came, so this answer may have ended it.
            (Module::Create, "authmanager-create-not-in-progress") if !post.is_first => {
                return Ok(self.look_into(post.attempt.lost(post.sent, end, now), fail, now));
            }
            (Module::Create, _) if fail.reason == Reason::Busy => {
                if !post.is_first {
                    // A name that is being registered keeps a later step open: it may be answered again.
                    self.session_in_use = true;
                    self.state = post.before;
                    return Ok(Next::Step(Step::Fail(Arc::new(fail))));
                }
                // Perhaps by this very request, delivered twice.
                self.in_doubt.add(post.attempt.refused(post.sent, end));
            }
            _ => {}
        }
        Ok(self.end(Step::Fail(Arc::new(fail))))
    }
}

/// The step for a status that ends the flow, other than PASS and FAIL.
pub(super) fn end_of(status: Status) -> Step {
    match status.status.as_str() {
        "RESTART" => Step::Restart(Arc::new(Restart {
            fields: status.fields(),
            message: status.message,
            message_code: status.message_code,
            can_preserve_state: status.can_preserve_state,
            requests: status.requests,
            raw: status.raw,
        })),
        _ => Step::Other(Arc::new(Other {
            status: status.status,
            message: status.message,
            message_code: status.message_code,
            raw: status.raw,
        })),
    }
}

fn fail_of(status: Status) -> Fail {
    let code = status.message_code.as_deref().unwrap_or_default();
    let reason = Reason::of(code);
    Fail {
        reason,
        retry_after: status.message.as_ref().and_then(duration).filter(|_| reason == Reason::Throttled),
        message: status.message,
        message_code: status.message_code,
        can_preserve_state: status.can_preserve_state,
        raw: status.raw,
    }
}

/// The parameter `{"duration": seconds}` of a raw message.
fn duration(message: &Message) -> Option<std::time::Duration> {
    let seconds = message.params().iter().find_map(|param| param.get("duration"))?;
    seconds.as_u64().or_else(|| seconds.as_str()?.parse().ok()).map(std::time::Duration::from_secs)
}

/// No status came. `certain` says that the wiki executed nothing.
struct Lost {
    error: Error,
    certain: bool,
}

fn read_status(module: Module, outcome: Result<Response, Unsent>) -> Result<Status, Lost> {
    let response = match outcome {
        Ok(response) => response,
        Err(unsent) => return Err(Lost { certain: !unsent.may_have_arrived, error: unsent.error }),
    };
    let error = match Reply::parse(&response) {
        Ok(reply) => {
            for warning in reply.warnings() {
                log::debug!(target: "createaccount", "the wiki warns: {warning:?}");
            }
            match reply.status(module.action()) {
                Ok(status) => return Ok(status),
                Err(error) => return Err(Lost { error, certain: false }),
            }
        }
        Err(error) => error,
    };
    let certain = match error.api_code() {
        // An exception rolls the database back, but not what extensions did elsewhere. A gateway that gives up may put
        // it into words that look like the API's, but MediaWiki does not use its status for them.
        Some(code) => !code.starts_with("internal_api_error") && response.status < 500,
        // What stands before a wiki refuses with 4xx and redirects with 3xx what it did not pass on.
        None => matches!(response.status, 300..=499),
    };
    Err(Lost { error, certain })
}

fn nothing_to_answer(state: &State) -> Error {
    Error::state(match state {
        State::Unknown(_) => "The outcome of the last answer is not known: reconcile, or begin again.",
        State::Ended { .. } => "The flow has ended: begin again.",
        _ => "There is nothing to answer yet: begin first.",
    })
}
