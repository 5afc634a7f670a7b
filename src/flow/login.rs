//! Logging in with a name and a password: in steps for a main account, in one step with a bot password.

use std::{sync::Arc, time::Instant};

use super::{
    answer::Answer,
    exchange::{Exchange, Module, Outcome},
    fetching, posting,
    retry::Retry,
    session::Session,
    state::{LoggingIn, LoginStage, Opening, State},
    step::{Fail, Pass, Step},
    transition::Transition,
};
use crate::{
    Error, Problem, Reason, Result, Secret,
    protocol::{Json, Message, Notice, Reply, Request, describe},
    text::clean,
};

/// Logs the session in. What looks like a bot password goes to `action=login` first. Any other
/// password, and one that is refused there (unless for throttling), goes to `action=clientlogin`,
/// which may ask further questions.
pub(super) fn login(
    state: State,
    session: &mut Session,
    username: &str,
    password: &Secret,
    now: Instant,
) -> Transition {
    if session.settings.bearer_token.is_some() {
        let message = "The client is logged in by its bearer token; no other login is possible.";
        return Transition::fail(state, Error::state(message));
    }
    if username.is_empty() {
        return Transition::fail(
            state,
            Error::argument("username", "A login needs a user name.").with_problem(Problem::Required),
        );
    }
    // The new login gets a session of its own.
    let was_logged_in = session.user.take().is_some();
    let fresh_session = state.abandon(session) || was_logged_in;
    let is_bot = is_bot_password(username, password.expose());
    let logging_in = LoggingIn {
        username: username.to_owned(),
        password: password.clone(),
        stage: if is_bot { LoginStage::BotToken } else { LoginStage::Form },
        retry: Retry::new(session.settings.retry_budget, now),
    };
    let exchange = Exchange { fresh_session, ..Exchange::now(logging_in.request(session)) };
    Transition::exchange(State::LoggingIn(logging_in), exchange)
}

impl LoggingIn {
    pub(super) fn receive(self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        match self.stage {
            LoginStage::Form => match fetching::read(session, Module::Login, outcome, now) {
                Ok(form) => {
                    let opening = Opening::new(form, Module::Login, false, session);
                    self.answer(opening, session, now)
                }
                Err(error) => self.retry(error, session, now),
            },
            LoginStage::BotToken => match session.read(outcome).and_then(read_token) {
                Ok(token) => self.send_bot_password(token, session),
                Err(error) => self.retry(error, session, now),
            },
            LoginStage::BotPassword => match session.read(outcome).and_then(read_bot_login) {
                Ok(Step::Fail(fail)) if fail.reason != Reason::Throttled => self.login_as_main(session),
                Ok(step) => {
                    if let Step::Pass(pass) = &step {
                        session.user = Some(pass.username().to_owned());
                    }
                    Transition::end(step)
                }
                Err(error) => Transition::fail(State::Idle, error),
            },
        }
    }

    fn answer(self, opening: Opening, session: &mut Session, now: Instant) -> Transition {
        let answer = Answer::from([("username", self.username.into()), ("password", self.password)]);
        match posting::submit(State::Form(opening), session, &answer, now) {
            // The wiki wants more than these two fields, for instance a captcha after some wrong
            // passwords.
            Transition { state, next: Err(error) }
                if error.field().is_some_and(|field| !matches!(field, "username" | "password")) =>
            {
                Transition::step(state)
            }
            transition => transition,
        }
    }

    fn send_bot_password(self, token: Secret, session: &Session) -> Transition {
        let mut params = session.params("login");
        params.push("lgname", self.username.as_str());
        params.push("lgpassword", self.password.expose());
        params.push("lgtoken", token.expose());
        let stage = LoginStage::BotPassword;
        let request = session.post(&params);
        Transition::send(State::LoggingIn(Self { stage, ..self }), request)
    }

    /// A main account's name and password may look like a bot's, and only `action=clientlogin` goes on to a second
    /// factor.
    fn login_as_main(self, session: &Session) -> Transition {
        let logging_in = Self { stage: LoginStage::Form, ..self };
        let request = logging_in.request(session);
        Transition::send(State::LoggingIn(logging_in), request)
    }

    fn retry(mut self, error: Error, session: &Session, now: Instant) -> Transition {
        match self.retry.wait(&error, now) {
            Some(delay) => {
                let request = self.request(session);
                Transition::send_after(delay, State::LoggingIn(self), request)
            }
            None => Transition::fail(State::Idle, error),
        }
    }

    fn request(&self, session: &Session) -> Request {
        if self.stage == LoginStage::Form {
            return fetching::request(session, Module::Login);
        }
        let mut params = session.params("query");
        params.push("meta", "tokens");
        params.push("type", "login");
        session.get(&params)
    }
}

fn read_token(reply: Reply) -> Result<Secret> {
    reply.token("login").ok_or_else(|| Error::protocol("The wiki gave no login token."))
}

fn read_bot_login(reply: Reply) -> Result<Step> {
    let Some(login) = reply.get("login").filter(|login| login.is_object()) else {
        return Err(Error::protocol("The wiki's answer has no member login."));
    };
    let place = login.place();
    let text = |member: &str| login.get(member).and_then(Json::as_str);
    if let (Some("Success"), Some(name)) = (text("result"), text("lgusername")) {
        let username = clean(name);
        return Ok(Step::Pass(Arc::new(Pass { username, is_login: true, raw: Some(reply.keep(place)) })));
    }
    let reason = login.get("reason");
    let code = reason.and_then(|reason| reason.get("code")).and_then(Json::as_str).or(text("result"));
    let code = code.map(clean);
    let message = reason.map(|reason| match reason.as_str() {
        Some(text) => Message::from_text(text),
        None => Message::from_text(&describe(reason)),
    });
    Ok(Step::Fail(Arc::new(Fail::new(Notice { message, code }, false, Some(reply.keep(place))))))
}

/// Whether this looks like a bot password (MediaWiki, BotPassword::canonicalizeLoginData): the name
/// `Name@app` and a password of 32 or more digits and letters up to `w`, or the name `Name` and the
/// password `app@` followed by as many.
fn is_bot_password(username: &str, password: &str) -> bool {
    let generated =
        |text: &str| text.len() >= 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'w'));
    match password.rsplit_once('@') {
        Some((_, secret)) => generated(secret),
        None => username.contains('@') && generated(password),
    }
}

#[cfg(test)]
mod tests {
    use super::is_bot_password;

    #[test]
    fn bot_passwords_are_known_by_their_shape() {
        let secret = "0123456789abcdefghijklmnopqrstuv";
        assert!(is_bot_password("Alice@tool", secret));
        assert!(is_bot_password("Alice", &format!("tool@{secret}")));
        assert!(!is_bot_password("Alice", secret));
        assert!(!is_bot_password("alice@example.org", "correct horse battery staple and more"));
    }
}
