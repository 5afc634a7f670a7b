//! Posting: an answer is on its way, and the wiki's status is awaited.

use std::{sync::Arc, time::Instant};

use super::{
    answer::Answer,
    attempt::{Attempt, Doubt},
    complete::Complete,
    course::{Course, Purpose},
    exchange::{Module, Outcome},
    explaining, fetching,
    form::{Form, Preserved},
    reading::{Reading, asks_client_to_wait, read},
    redirect::Redirect,
    retry::Retry,
    session::Session,
    state::{Asking, Away, Claim, PendingStep, Posting, State, Token},
    step::{Fail, Other, Pass, Restart, Step},
    transition::Transition,
    verifying,
};
use crate::{
    Error, ErrorKind, Reason, Secret,
    protocol::{Message, Notice, Raw, Request, Status, Visit, is_list},
};

/// How many further steps one flow may take. A broken provider could ask forever; no person answers
/// this often.
const MAX_ROUNDS: u32 = 100;

/// Answers the pending step.
pub(super) fn submit(state: State, session: &mut Session, answer: &Answer, now: Instant) -> Transition {
    let waiting = match state.waiting() {
        Ok(waiting) => waiting,
        Err(state) => {
            let error = nothing_to_answer(&state);
            return Transition::fail(*state, error);
        }
    };
    let preserved = match &waiting {
        PendingStep::Form(opening) if opening.preserve => opening.form.preserved.clone(),
        _ => Preserved::default(),
    };
    match answer.complete(waiting.form(), waiting.is_first(), &preserved) {
        Ok(complete) => start(waiting, complete, session, now),
        Err(error) => Transition::fail(waiting, error),
    }
}

/// Sends an answer that fits its step.
pub(super) fn start(
    answered: PendingStep,
    complete: Complete,
    session: &mut Session,
    now: Instant,
) -> Transition {
    let course = match &answered {
        PendingStep::Form(opening) => {
            let return_url = opening.return_url.clone();
            let purpose = match opening.module {
                Module::Create => {
                    Purpose::Creation(session.attempt_at(complete.username.as_deref(), return_url))
                }
                Module::Login => Purpose::Login(return_url),
            };
            Course { purpose, rounds: 0 }
        }
        PendingStep::Asking(Asking { course, .. }) | PendingStep::Away(Away { course, .. }) => course.clone(),
    };
    if course.rounds >= MAX_ROUNDS {
        let message = format!("The wiki did not finish within {MAX_ROUNDS} steps.");
        return Transition::fail(answered, Error::protocol(message));
    }
    let sent = session.wiki_time(now);
    let retry = Retry::new(session.settings.retry_budget, now);
    Posting { answered, complete, course, sent, token: Token::Known, retry }.send(session)
}

impl Posting {
    pub(super) fn receive(self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        if self.token == Token::Renewing {
            return self.receive_token(session, outcome, now);
        }
        match read(session, self.course.module(), outcome) {
            Reading::Status(status) => self.take(*status, session, now),
            Reading::Lost(error) => self.lose(error, session, now),
            Reading::NotExecuted(error) => self.not_executed(error, session, now),
            Reading::Page(error) => self.page(error, session, now),
        }
    }

    fn send(self, session: &Session) -> Transition {
        let request = self.request(session);
        Transition::send(State::Posting(Box::new(self)), request)
    }

    fn request(&self, session: &Session) -> Request {
        let module = self.course.module();
        let names = module.names();
        let mut params = session.module_params(module, names.action);
        session.push_message_format(&mut params, names.message_format);
        params.push_flag(names.merge_request_fields, session.settings.merge_fields);
        match &self.answered {
            PendingStep::Form(opening) => {
                params.push_flag(names.preserve_state, opening.preserve);
                params.push(names.return_url, opening.return_url.url.as_str());
            }
            PendingStep::Asking(_) | PendingStep::Away(_) => params.push(names.continue_flow, "1"),
        }
        if !self.complete.requests.is_empty() {
            params.push_list(names.requests, self.complete.requests.iter().map(String::as_str));
        }
        for (field, value) in &self.complete.params {
            params.push(field, value.expose());
        }
        // Last, so that a request that is cut short on its way is refused as a whole.
        params.push(names.token, session.token.as_ref().map_or("", Secret::expose));
        session.post(&params)
    }

    fn take(self, status: Status, session: &mut Session, now: Instant) -> Transition {
        match status {
            Status::Pass { username, raw } => self.pass(username, raw, session, now),
            Status::Fail { notice, can_preserve_state, raw } => {
                self.fail(Fail::new(notice, can_preserve_state, Some(raw)), session, now)
            }
            Status::Ui { notice, requests, raw } => {
                let form = Form::new(requests, raw, &session.api_url).with_notice(notice);
                let course = self.stepped(session, now);
                Transition::step(State::Asking(Asking { form: Arc::new(form), course }))
            }
            Status::Redirect(visit) => self.redirect(visit, session, now),
            Status::Restart { notice, can_preserve_state, requests, raw } => {
                session.ended(self.course.attempt());
                let restart = Restart::new(notice, can_preserve_state, requests, raw);
                Transition::end(Step::Restart(Arc::new(restart)))
            }
            Status::Other { status, notice, raw } => {
                if let Purpose::Creation(attempt) = self.stepped(session, now).purpose {
                    session.ledger.add(attempt.contested());
                }
                Transition::end(Step::Other(Arc::new(Other::new(status, notice, raw))))
            }
        }
    }

    /// The course of the flow after this further step.
    fn stepped(self, session: &mut Session, now: Instant) -> Course {
        let end = session.wiki_time(now);
        let course = self.course.map(|attempt| attempt.stepped(self.sent, end));
        session.stepped(course.attempt());
        session.lost_session = false;
        Course { rounds: course.rounds + 1, ..course }
    }

    fn redirect(self, visit: Visit, session: &mut Session, now: Instant) -> Transition {
        let has_target = visit.target.is_some();
        let return_url = self.course.return_url().clone();
        match Redirect::new(visit, return_url, &session.settings, &session.api_url) {
            Ok(redirect) => {
                let course = self.stepped(session, now);
                Transition::step(State::Away(Away { redirect: Arc::new(redirect), course }))
            }
            // The account may exist already, and the flow is still open on the wiki.
            Err(error) if has_target => self.lose(error, session, now),
            Err(error) => Transition::fail(self.unanswered(session, now), error),
        }
    }

    fn pass(self, username: String, raw: Raw, session: &mut Session, now: Instant) -> Transition {
        match &self.course.purpose {
            Purpose::Login(_) => {
                session.user = Some(username.clone());
                // A login changes the session's secrets, from which tokens are derived.
                session.forget_form();
            }
            Purpose::Creation(attempt) if attempt.may_be_for(Some(&username)) => {
                session.ledger.forget(Some(&username));
                session.ledger.forget(attempt.name.as_deref());
            }
            // Only the wiki can tell whether this is its own spelling of the name, or the PASS of
            // another flow in the session.
            Purpose::Creation(attempt) => {
                let attempt = attempt.clone().lost(self.sent, session.wiki_time(now), None, now);
                let pass = Pass { username, is_login: false, raw: Some(raw) };
                let claim = Claim::Pass { pass, is_first: self.answered.is_first() };
                return verifying::start(attempt, claim, self.retry, session, now);
            }
        }
        session.ended(self.course.attempt());
        session.lost_session = false;
        let is_login = matches!(self.course.purpose, Purpose::Login(_));
        Transition::end(Step::Pass(Arc::new(Pass { username, is_login, raw: Some(raw) })))
    }

    fn fail(self, fail: Fail, session: &mut Session, now: Instant) -> Transition {
        let (sent, end, is_first) = (self.sent, session.wiki_time(now), self.answered.is_first());
        let Purpose::Creation(attempt) = self.course.purpose.clone() else {
            session.ended(None);
            return Transition::end(Step::Fail(Arc::new(fail)));
        };
        session.lost_session = false;
        let code = fail.message_code.as_deref().unwrap_or_default();
        let is_busy = fail.reason == Reason::Busy;
        let is_taken = fail.reason == Reason::NameTaken;
        let is_gone = code == "authmanager-create-not-in-progress" && !is_first;
        // The wiki refuses a later step with this code only if its flow has not made the account
        // (AuthManager::continueAccountCreation).
        let attempt = if code == "userexists" && !is_first { attempt.rule_out_steps() } else { attempt };
        if attempt.doubt == Doubt::Lost && (is_busy || is_taken || is_gone) {
            return already_in_doubt(attempt.refused(sent, end), code, session, now);
        }
        // Perhaps the answer was delivered twice, and the other copy made the account or ended the
        // flow: the flow still existed when its last step arrived.
        let doubtful = match attempt.clone() {
            attempt if is_taken => Some(attempt.refused(sent, end)),
            attempt if is_gone => Some(attempt.lost(sent, end, None, now)),
            _ => None,
        };
        if let Some(attempt) = doubtful {
            return verifying::start(attempt, Claim::Fail(fail), self.retry, session, now);
        }
        match code {
            _ if is_list(code) && fail.message.is_some() => {
                session.slot.ended(&attempt);
                explaining::start(fail, self.retry, session)
            }
            // Perhaps the request was delivered twice, and the wiki is busy with the other copy.
            // The step stays open meanwhile.
            _ if is_busy && !is_first => {
                let notice = Notice { message: fail.message, code: fail.message_code };
                let course = self.course.map(|attempt| attempt.refused(sent, end));
                session.stepped(course.attempt());
                let course = Course { rounds: course.rounds + 1, ..course };
                Transition::step(self.answered.with_notice(notice, course))
            }
            _ => {
                session.slot.ended(&attempt);
                // If the request was delivered twice, the other copy may have made the account: the
                // wiki checks the rate limit before the name.
                if is_busy || fail.reason == Reason::RateLimited {
                    session.ledger.add(attempt.refused(sent, end));
                }
                Transition::end(Step::Fail(Arc::new(fail)))
            }
        }
    }

    /// The wiki's answer was lost or cannot be used, but the wiki may have acted on the request.
    fn lose(self, error: Error, session: &mut Session, now: Instant) -> Transition {
        match self.unanswered(session, now) {
            state @ State::Unknown(_) => Transition::fail(state, error.into_outcome_unknown()),
            state => Transition::fail(state, error),
        }
    }

    fn unanswered(self, session: &mut Session, now: Instant) -> State {
        session.lost(self.course.attempt());
        match self.course.purpose {
            Purpose::Creation(attempt) => {
                let end = session.wiki_time(now);
                let later = Some(&self.answered).filter(|answered| !answered.is_first());
                let requests = later.map(|answered| &answered.form().requests[..]);
                State::Unknown(attempt.lost(self.sent, end, requests, now))
            }
            // A login can simply be tried again.
            Purpose::Login(_) => self.answered.into(),
        }
    }

    /// Something in front of the wiki sent a page. It may have blocked the wiki's answer, so the
    /// account may exist. If the page asks the client to wait, nothing more is sent now, and the attempt stays
    /// in doubt for a later reconcile.
    fn page(self, error: Error, session: &mut Session, now: Instant) -> Transition {
        let Purpose::Creation(attempt) = self.course.purpose.clone() else {
            return self.not_executed(error, session, now);
        };
        let later = Some(&self.answered).filter(|answered| !answered.is_first());
        let requests = later.map(|answered| &answered.form().requests[..]);
        let attempt = attempt.lost(self.sent, session.wiki_time(now), requests, now);
        if asks_client_to_wait(&error) {
            session.slot.lost(&attempt);
            return Transition::fail(verifying::pending_again(self.answered, attempt, session), error);
        }
        let claim = Claim::Page { error, answered: self.answered };
        verifying::start(attempt, claim, self.retry, session, now)
    }

    /// Nothing was executed, so the answer can be sent again: at once, after a wait, or by the host.
    fn not_executed(mut self, error: Error, session: &mut Session, now: Instant) -> Transition {
        if error.api_code() == Some("badtoken") {
            return self.renew_token(&error, session, now);
        }
        if session.stop_asserting(&error) {
            return self.send(session);
        }
        match self.retry.wait(&error, now) {
            Some(delay) => {
                self.sent = session.wiki_time(now + delay);
                let request = self.request(session);
                Transition::send_after(delay, State::Posting(Box::new(self)), request)
            }
            None => Transition::fail(self.answered, error),
        }
    }

    /// `badtoken` means that the wiki's session is gone, and that nothing was executed: the wiki
    /// checks the token first. A first answer is sent once more with a token of the new session,
    /// unless a login or one-use values in the form tie it to the old session. A flow under way is
    /// lost with its session.
    fn renew_token(mut self, error: &Error, session: &mut Session, now: Instant) -> Transition {
        let survives = match &self.answered {
            PendingStep::Form(opening) => !opening.preserve && !opening.form.is_one_use(),
            PendingStep::Asking(_) | PendingStep::Away(_) => false,
        };
        if survives && self.token == Token::Known && !session.is_logged_in() {
            self.token = Token::Renewing;
            let request = fetching::request(session, self.course.module());
            return Transition::send(State::Posting(Box::new(self)), request);
        }
        let is_first = self.answered.is_first();
        // The wiki refuses even a token that was just fetched.
        if is_first
            && !session.lost_cookies.is_empty()
            && (self.token == Token::Renewed || session.lost_session)
        {
            let error = cookies_do_not_come_back(&session.lost_cookies);
            return Transition::fail(self.answered, error);
        }
        session.lost_session = is_first;
        let message = Some(Message::from_text(error.message()));
        let fail = Fail::new(Notice { message, code: Some("badtoken".to_owned()) }, false, None);
        match self.course.purpose {
            // The account may have been made before this step, and the step may still be open.
            Purpose::Creation(attempt) if attempt.doubt == Doubt::Lost && !is_first => {
                already_in_doubt(attempt, "badtoken", session, now)
            }
            Purpose::Creation(attempt) if !is_first => {
                verifying::start(attempt.contested(), Claim::Fail(fail), self.retry, session, now)
            }
            _ => {
                session.token = None;
                Transition::end(Step::Fail(Arc::new(fail)))
            }
        }
    }

    fn receive_token(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        let module = self.course.module();
        match fetching::read(session, module, outcome, now) {
            Ok(_) => {
                self.token = Token::Renewed;
                self.sent = session.wiki_time(now);
                self.send(session)
            }
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    let request = fetching::request(session, module);
                    Transition::send_after(delay, State::Posting(Box::new(self)), request)
                }
                None => Transition::fail(self.answered, error),
            },
        }
    }
}

/// The answer to an earlier request was lost, and now the wiki refuses: that request may have made
/// the account.
fn already_in_doubt(attempt: Attempt, code: &str, session: &mut Session, now: Instant) -> Transition {
    let message = match code {
        "badtoken" | "authmanager-create-not-in-progress" => {
            "The wiki no longer knows the flow, perhaps because the earlier request whose answer was lost has ended it."
        }
        _ => "The name is in use, perhaps by the earlier attempt whose answer was lost.",
    };
    let error = Error::new(ErrorKind::Api, message).with_api_code(code).into_outcome_unknown();
    session.slot.lost(&attempt);
    Transition::fail(State::Unknown(attempt.with_wait_start(now)), error)
}

fn cookies_do_not_come_back(names: &[String]) -> Error {
    let message = format!(
        "The wiki sets its cookies ({}) for another domain or path than that of its API, so that it never gets them \
         back and every session is lost. Use the API address that they are set for.",
        names.join(", ")
    );
    Error::protocol(message).with_api_code("badtoken")
}

fn nothing_to_answer(state: &State) -> Error {
    Error::state(match state {
        State::Unknown(_) => "The outcome of the last answer is not known: reconcile, or begin again.",
        State::Ended(_) => "The flow has ended: begin again.",
        _ => "There is nothing to answer yet: begin first.",
    })
}
