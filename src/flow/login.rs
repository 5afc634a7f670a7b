//! Logging in with a name and a password: the main account's by steps, a bot password in one.

use std::{sync::Arc, time::Instant};

use serde_json::Value;

use super::{
    Answer, Exchange, Flow, Module, Next, Pending, State, Step, Unsent, reply_of,
    step::{Fail, Pass},
};
use crate::{
    Error, Reason, Result, Secret,
    protocol::{Message, Reply, Request, Response, take_token},
};

/// A login on its way.
#[derive(Debug)]
pub(crate) struct Login {
    username: String,
    password: Secret,
    stage: Stage,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Form,
    BotToken,
    BotPassword,
}

impl Flow {
    /// Logs the session in. A bot password is known by its shape and takes `action=login`; anything else takes
    /// `action=clientlogin`, which may ask further questions.
    pub(crate) fn login(&mut self, username: &str, password: &Secret, now: Instant) -> Result<Next> {
        if self.settings.bearer_token.is_some() {
            return Err(Error::state("The client acts by a bearer token; there is nothing to log in."));
        }
        if username.is_empty() {
            return Err(Error::argument("username", "A login needs a user name."));
        }
        self.retry.start(self.settings.retry_budget, now);
        self.rounds = 0;
        // Somebody else's login does not belong into the new one's session.
        let was_logged_in = self.user.take().is_some();
        let fresh_session = self.abandon() || was_logged_in;
        let stage = if is_bot_password(username, password.expose()) { Stage::BotToken } else { Stage::Form };
        let request = self.login_request(stage);
        let login = Login { username: username.to_owned(), password: password.clone(), stage };
        Ok(self.exchange(Pending::Login(login), Exchange { fresh_session, ..Exchange::now(request) }))
    }

    fn login_request(&self, stage: Stage) -> Request {
        match stage {
            Stage::BotToken | Stage::BotPassword => {
                let mut params = self.params("query");
                params.push("meta", "tokens");
                params.push("type", "login");
                self.get(&params)
            }
            Stage::Form => self.form_request(Module::Login),
        }
    }

    pub(super) fn receive_login(
        &mut self,
        login: Login,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Next> {
        let result = match login.stage {
            Stage::Form => self.read_form(Module::Login, outcome, now).map(|form| {
                let form = Arc::new(form);
                self.module = Module::Login;
                self.state = State::Form { form: form.clone(), preserve: false };
                Some(form)
            }),
            Stage::BotToken => reply_of(outcome).and_then(|reply| {
                self.token = Some(read_token(reply)?);
                Ok(None)
            }),
            Stage::BotPassword => return self.take_bot_login(reply_of(outcome)?),
        };
        match (result, login.stage) {
            (Ok(Some(form)), _) => {
                let answer =
                    Answer::from([("username", login.username.into()), ("password", login.password)]);
                self.submit(&answer, now).or_else(|error| match error.field() {
                    // The wiki wants more than these two, a captcha after some wrong passwords for instance.
                    Some(field) if !matches!(field, "username" | "password") => {
                        Ok(Next::Step(Step::Form(form)))
                    }
                    _ => Err(error),
                })
            }
            (Ok(None), _) => {
                let mut params = self.params("login");
                params.push("lgname", login.username.as_str());
                params.push("lgpassword", login.password.clone());
                params.push("lgtoken", self.token.take().unwrap_or_default());
                let request = self.post(&params);
                Ok(self.send(Pending::Login(Login { stage: Stage::BotPassword, ..login }), request))
            }
            (Err(error), stage) => match self.retry.wait(&error, now) {
                Some(delay) => {
                    let request = self.login_request(stage);
                    Ok(self.send_after(delay, Pending::Login(login), request))
                }
                None => Err(error),
            },
        }
    }

    fn take_bot_login(&mut self, mut reply: Reply) -> Result<Next> {
        let Some(login @ Value::Object(_)) = reply.take("login") else {
            return Err(Error::protocol("The wiki's answer has no member login."));
        };
        let text = |member: &str| login.get(member).and_then(Value::as_str);
        if let (Some("Success"), Some(name)) = (text("result"), text("lgusername")) {
            self.user = Some(name.to_owned());
            let username = name.to_owned();
            return Ok(self.end(Step::Pass(Arc::new(Pass { username, raw: login.into() }))));
        }
        let code = login.get("reason").and_then(|reason| reason.get("code")).and_then(Value::as_str);
        let code = code.or_else(|| text("result")).map(str::to_owned);
        let reason = login.get("reason").map(|reason| match reason.as_str() {
            Some(text) => text.to_owned(),
            None => crate::protocol::describe(reason),
        });
        Ok(self.end(Step::Fail(Arc::new(Fail {
            reason: code.as_deref().map_or(Reason::Other, Reason::of),
            message: reason.as_deref().map(Message::from_text),
            message_code: code,
            retry_after: None,
            can_preserve_state: false,
            raw: login.into(),
        }))))
    }
}

/// The shape of a bot password (MediaWiki, BotPassword::canonicalizeLoginData): `Name@app` with 32 or more letters
/// and digits, or `Name` with `app@` and as many.
fn is_bot_password(username: &str, password: &str) -> bool {
    let generated =
        |text: &str| text.len() >= 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'w'));
    match password.rsplit_once('@') {
        Some((_, secret)) => generated(secret),
        None => username.contains('@') && generated(password),
    }
}

fn read_token(mut reply: Reply) -> Result<Secret> {
    let mut query = reply.take("query").unwrap_or_default();
    take_token(&mut query, "login").ok_or_else(|| Error::protocol("The wiki gave no login token."))
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
