//! Questions to the wiki before a creation. They do not count as attempts, and change nothing.

use std::time::Instant;

use super::{
    exchange::{Exchange, Outcome},
    retry::Retry,
    session::Session,
};
use crate::{
    Error, ErrorKind, Problem, Result, Secret,
    protocol::{Json, Reply, Request, describe_all, is_garbled, replaced_char, truthy},
    text::clean,
};

/// What the wiki says about a name, a password or a visitor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub(crate) answer: Option<bool>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) canonical: Option<String>,
}

impl Verdict {
    /// Yes or no; `None` where the wiki does not say, as on a private wiki.
    #[must_use]
    pub fn answer(&self) -> Option<bool> {
        self.answer
    }

    /// The code for a no, or for why the wiki does not say; for instance `userexists`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The message for the code, if any; the wiki's own messages are in the language asked for.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The user name as the wiki writes it.
    #[must_use]
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_deref()
    }

    fn yes() -> Self {
        Self { answer: Some(true), ..Self::default() }
    }

    fn no(code: &str, message: Option<&str>) -> Self {
        Self { answer: Some(false), code: Some(clean(code)), message: message.map(clean), canonical: None }
    }

    fn unknown(error: &Error) -> Self {
        Self {
            code: error.api_code().map(str::to_owned),
            message: Some(error.message().to_owned()),
            ..Self::default()
        }
    }

    fn named(self, name: &str) -> Self {
        Self { canonical: Some(clean(name)), ..self }
    }
}

/// A question before a creation.
#[derive(Debug)]
pub(crate) enum Question {
    CanCreate,
    Username(String),
    Password { password: Secret, username: Option<String> },
}

/// A question that is on its way. The state of the flow stays as it is.
#[derive(Debug)]
pub(crate) struct PendingQuestion {
    question: Question,
    retry: Retry,
}

/// What came of a question: a verdict, or the question to be sent again.
#[derive(Debug)]
pub(crate) enum QuestionOutcome {
    Verdict(Verdict),
    Retry(PendingQuestion, Exchange),
}

impl Question {
    pub(super) fn ask(self, session: &Session, now: Instant) -> Result<(PendingQuestion, Exchange)> {
        match &self {
            Self::Username(name) => check_username(name)?,
            Self::Password { password, .. } => check_question_text("password", password.expose())?,
            _ => {}
        }
        let exchange = Exchange::now(self.request(session));
        Ok((
            PendingQuestion { question: self, retry: Retry::new(session.settings.retry_budget, now) },
            exchange,
        ))
    }

    fn request(&self, session: &Session) -> Request {
        match self {
            Self::CanCreate => {
                let mut params = session.asserted_params("query");
                params.push("meta", "authmanagerinfo|siteinfo|userinfo");
                params.push("siprop", "general");
                params.push("uiprop", "blockinfo|cancreateaccount|rights");
                session.get(&params)
            }
            Self::Username(name) => {
                let mut params = session.asserted_params("query");
                params.push("list", "users");
                params.push_one("ususers", name);
                params.push("usprop", "cancreate");
                // The reply has no message for an invalid or a taken name, so these two messages
                // are requested as well.
                params.push("meta", "allmessages");
                params.push("ammessages", "noname|userexists");
                params.push("amenableparser", "1");
                // The language that errors are in.
                let settings = &session.settings;
                if let Some(language) = settings.error_language.as_ref().or(settings.language.as_ref()) {
                    params.push("amlang", language.as_str());
                }
                session.get(&params)
            }
            Self::Password { password, username } => {
                let mut params = session.asserted_params("validatepassword");
                if let Some(username) = username {
                    params.push("user", username.as_str());
                }
                params.push("password", password.expose());
                session.post(&params)
            }
        }
    }
}

impl PendingQuestion {
    pub(super) fn receive(
        mut self,
        session: &mut Session,
        outcome: Outcome,
        now: Instant,
    ) -> Result<QuestionOutcome> {
        let error = match session.read(outcome) {
            Ok(reply) => return read_verdict(&self.question, reply).map(QuestionOutcome::Verdict),
            Err(error) => error,
        };
        if session.stop_asserting(&error) {
            let request = self.question.request(session);
            return Ok(QuestionOutcome::Retry(self, Exchange::now(request)));
        }
        if let Some(delay) = self.retry.wait(&error, now) {
            let request = self.question.request(session);
            return Ok(QuestionOutcome::Retry(self, Exchange::after(delay, request)));
        }
        let about_the_name =
            |code: &str| code == "userexists" || code == "invaliduser" || code.starts_with("baduser");
        match error.api_code() {
            // Private wikis do not say, nor do wikis where the module is disabled.
            Some("readapidenied" | "moduledisabled") => {
                Ok(QuestionOutcome::Verdict(Verdict::unknown(&error)))
            }
            Some(code) if matches!(self.question, Question::Password { .. }) && about_the_name(code) => {
                Ok(QuestionOutcome::Verdict(Verdict::unknown(&error)))
            }
            _ => Err(error),
        }
    }
}

/// Refuses an empty name, and one that the wiki would read as another.
pub(super) fn check_username(name: &str) -> Result<()> {
    check_question_text("username", name)?;
    match name.contains(|c: char| c < ' ') {
        true => Err(garbled("username")),
        false => Ok(()),
    }
}

fn check_question_text(what: &str, text: &str) -> Result<()> {
    if text.is_empty() {
        let message = format!("There is no {what} to ask about.");
        return Err(Error::argument(what, message).with_problem(Problem::Required));
    }
    if replaced_char(text).is_some() { Err(garbled(what)) } else { Ok(()) }
}

fn garbled(what: &str) -> Error {
    let message = format!("The {what} holds a character that wikis replace.");
    Error::argument(what, message).with_problem(Problem::ControlCharacter)
}

fn read_verdict(question: &Question, reply: Reply) -> Result<Verdict> {
    match question {
        Question::CanCreate => Ok(read_can_create(&reply)),
        Question::Username(name) => read_username(name, &reply),
        Question::Password { .. } => read_password(&reply),
    }
}

fn read_can_create(reply: &Reply) -> Verdict {
    let member = |path: [&str; 2]| reply.query(path[0]).and_then(|object| object.get(path[1]));
    if !truthy(member(["authmanagerinfo", "cancreateaccounts"])) {
        let message = "The wiki has no way of making accounts.";
        return Verdict::no("userlogin-cannot-create", Some(message));
    }
    if truthy(member(["general", "readonly"])) {
        return Verdict::no("readonly", member(["general", "readonlyreason"]).and_then(Json::as_str));
    }
    let user = |name: &str| member(["userinfo", name]);
    match user("cancreateaccount") {
        Some(can) if can.is_true() => return Verdict::yes(),
        Some(_) => return refusal(user("cancreateaccounterror")),
        // formatversion 1 omits `false`, so a refusal shows only in the errors.
        None if user("cancreateaccounterror").is_some() => {
            return refusal(user("cancreateaccounterror"));
        }
        None => {}
    }
    // Before MediaWiki 1.40 the wiki gives only rights and blocks.
    if truthy(user("blocknocreate")) {
        return Verdict::no("blocked", user("blockreason").and_then(Json::as_str));
    }
    match user("rights").filter(|rights| rights.is_list()) {
        Some(rights) if rights.items().any(|right| right.as_str() == Some("createaccount")) => Verdict::yes(),
        Some(_) => Verdict::no("permissiondenied", None),
        None => Verdict::default(),
    }
}

fn read_username(asked: &str, reply: &Reply) -> Result<Verdict> {
    let Some(user) = reply.query("users").and_then(|users| users.items().next()) else {
        return Err(Error::new(ErrorKind::Protocol, "The wiki's answer has no user."));
    };
    let message = |key: &str| {
        let mut messages = reply.query("allmessages")?.items();
        let message = messages.find(|message| message.get("name").and_then(Json::as_str) == Some(key))?;
        message.get("content").or_else(|| message.get("*"))?.as_str()
    };
    let name = user.get("name").and_then(Json::as_str).unwrap_or_default();
    Ok(if truthy(user.get("invalid")) && is_garbled(asked, name) {
        Verdict::default()
    } else if truthy(user.get("invalid")) {
        Verdict::no("invaliduser", message("noname"))
    } else if !truthy(user.get("missing")) {
        Verdict::no("userexists", message("userexists")).named(name)
    } else if truthy(user.get("cancreate")) {
        Verdict::yes().named(name)
    } else {
        refusal(user.get("cancreateerror")).named(name)
    })
}

fn read_password(reply: &Reply) -> Result<Verdict> {
    let member = |name: &str| reply.get("validatepassword")?.get(name);
    match member("validity").and_then(Json::as_str) {
        Some("Good") => Ok(Verdict::yes()),
        // A password that may be used but should be changed is refused at creation as well.
        Some(_) => Ok(refusal(member("validitymessages"))),
        None => Err(Error::new(ErrorKind::Protocol, "The wiki's answer has no member validity.")),
    }
}

/// A no with the first code and all messages of a list of errors.
fn refusal(errors: Option<Json<'_>>) -> Verdict {
    let code = errors.and_then(|errors| errors.items().next()?.get("code")?.as_str());
    let message = errors.map(describe_all).filter(|message| !message.is_empty());
    Verdict::no(code.unwrap_or("unknown"), message.as_deref())
}
