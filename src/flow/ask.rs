//! Questions before a creation. They cost no attempt and change nothing.

use std::time::Instant;

use serde_json::Value;

use super::{Exchange, Flow, Unsent, is_unknown_assert, reply_of};
use crate::{
    Error, ErrorKind, Result, Secret,
    protocol::{Reply, Request, Response, describe, is_garbled, replaced_char, truthy},
};

/// The wiki's opinion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub(crate) answer: Option<bool>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) canonical: Option<String>,
}

impl Verdict {
    /// Yes, no, or nothing where the wiki does not tell (a private wiki, for instance).
    #[must_use]
    pub fn answer(&self) -> Option<bool> {
        self.answer
    }

    /// The wiki's code for a no, for instance `userexists`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The wiki's reason for a no, in the language asked for where it has one.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// A user name as the wiki writes it.
    #[must_use]
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_deref()
    }

    fn yes() -> Self {
        Self { answer: Some(true), ..Self::default() }
    }

    fn no(code: &str, message: Option<&str>) -> Self {
        let message = message.map(str::to_owned);
        Self { answer: Some(false), code: Some(code.to_owned()), message, canonical: None }
    }

    fn unknown(error: &Error) -> Self {
        Self {
            code: error.api_code().map(str::to_owned),
            message: Some(error.message().to_owned()),
            ..Self::default()
        }
    }

    fn named(self, name: &str) -> Self {
        Self { canonical: Some(name.to_owned()), ..self }
    }
}

/// What to ask.
#[derive(Debug)]
pub(crate) enum Question {
    CanCreate,
    Username(String),
    Password { password: Secret, username: Option<String> },
}

/// What to do about a question.
#[derive(Debug)]
pub(crate) enum Asked {
    Answered(Verdict),
    Again(Exchange),
}

impl Flow {
    pub(crate) fn ask(&mut self, question: &Question, now: Instant) -> Result<Exchange> {
        match question {
            Question::Username(name) if name.is_empty() => {
                return Err(Error::argument("username", "There is no name to ask about."));
            }
            Question::Username(name) if name.contains(|c: char| c < ' ') || replaced_char(name).is_some() => {
                return Err(Error::argument("username", "The name holds a character that wikis replace."));
            }
            Question::Password { password, .. } if replaced_char(password.expose()).is_some() => {
                return Err(Error::argument(
                    "password",
                    "The password holds a character that wikis replace.",
                ));
            }
            _ => {}
        }
        self.retry.start(self.settings.retry_budget, now);
        Ok(Exchange::now(self.question_request(question)))
    }

    pub(crate) fn answered(
        &mut self,
        question: &Question,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Asked> {
        let error = match reply_of(outcome) {
            Ok(reply) => return read_verdict(question, reply).map(Asked::Answered),
            Err(error) => error,
        };
        if self.asserts && is_unknown_assert(&error) {
            self.asserts = false;
            return Ok(Asked::Again(Exchange::now(self.question_request(question))));
        }
        if let Some(delay) = self.retry.wait(&error, now) {
            return Ok(Asked::Again(Exchange { delay, ..Exchange::now(self.question_request(question)) }));
        }
        let about_the_name =
            |code: &str| code == "userexists" || code == "invaliduser" || code.starts_with("baduser");
        match error.api_code() {
            // Private wikis, and wikis that only let some modules through, do not tell.
            Some("readapidenied" | "moduledisabled") => Ok(Asked::Answered(Verdict::unknown(&error))),
            Some(code) if matches!(question, Question::Password { .. }) && about_the_name(code) => {
                Ok(Asked::Answered(Verdict::unknown(&error)))
            }
            _ => Err(error),
        }
    }

    fn question_request(&self, question: &Question) -> Request {
        match question {
            Question::CanCreate => {
                let mut params = self.params("query");
                self.assert(&mut params);
                params.push("meta", "authmanagerinfo|siteinfo|userinfo");
                params.push("siprop", "general");
                params.push("uiprop", "blockinfo|cancreateaccount|rights");
                self.get(&params)
            }
            Question::Username(name) => {
                let mut params = self.params("query");
                self.assert(&mut params);
                params.push("list", "users");
                params.push_one("ususers", name);
                params.push("usprop", "cancreate");
                // The answer has no words for these two cases, so their messages are asked for besides.
                params.push("meta", "allmessages");
                params.push("ammessages", "noname|userexists");
                params.push("amenableparser", "1");
                if let Some(language) = &self.settings.language {
                    params.push("amlang", language.as_str());
                }
                self.get(&params)
            }
            Question::Password { password, username } => {
                let mut params = self.params("validatepassword");
                self.assert(&mut params);
                if let Some(username) = username {
                    params.push("user", username.as_str());
                }
                params.push("password", password.clone());
                self.post(&params)
            }
        }
    }
}

fn read_verdict(question: &Question, mut reply: Reply) -> Result<Verdict> {
    match question {
        Question::CanCreate => Ok(read_can_create(&reply.take("query").unwrap_or_default())),
        Question::Username(name) => read_username(name, &reply.take("query").unwrap_or_default()),
        Question::Password { .. } => read_password(&reply.take("validatepassword").unwrap_or_default()),
    }
}

fn read_can_create(query: &Value) -> Verdict {
    let member = |path: [&str; 2]| query.get(path[0]).and_then(|object| object.get(path[1]));
    if !truthy(member(["authmanagerinfo", "cancreateaccounts"])) {
        let message = "The wiki has no way of making accounts.";
        return Verdict::no("userlogin-cannot-create", Some(message));
    }
    if truthy(member(["general", "readonly"])) {
        return Verdict::no("readonly", member(["general", "readonlyreason"]).and_then(Value::as_str));
    }
    let user = query.get("userinfo").unwrap_or(&Value::Null);
    match user.get("cancreateaccount") {
        // formatversion 1 leaves a false out; then the errors say it.
        Some(can) if truthy(Some(can)) => return Verdict::yes(),
        Some(_) => return refusal(user.get("cancreateaccounterror")),
        None if user.get("cancreateaccounterror").is_some() => {
            return refusal(user.get("cancreateaccounterror"));
        }
        None => {}
    }
    // Before MediaWiki 1.40 the wiki tells only rights and blocks.
    if truthy(user.get("blocknocreate")) {
        return Verdict::no("blocked", user.get("blockreason").and_then(Value::as_str));
    }
    match user.get("rights").and_then(Value::as_array) {
        Some(rights) if rights.iter().any(|right| right == "createaccount") => Verdict::yes(),
        Some(_) => Verdict::no("permissiondenied", None),
        None => Verdict::default(),
    }
}

fn read_username(asked: &str, query: &Value) -> Result<Verdict> {
    let Some(user) = query.get("users").and_then(|users| users.get(0)) else {
        return Err(Error::new(ErrorKind::Protocol, "The wiki's answer has no user."));
    };
    let message = |key: &str| {
        let messages = query.get("allmessages")?.as_array()?;
        let message = messages.iter().find(|message| message.get("name").is_some_and(|name| name == key))?;
        message.get("content").or_else(|| message.get("*"))?.as_str()
    };
    let name = user.get("name").and_then(Value::as_str).unwrap_or_default();
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

fn read_password(validity: &Value) -> Result<Verdict> {
    match validity.get("validity").and_then(Value::as_str) {
        Some("Good") => Ok(Verdict::yes()),
        // A password that may be used but should be changed is refused at creation as well.
        Some(_) => Ok(refusal(validity.get("validitymessages"))),
        None => Err(Error::new(ErrorKind::Protocol, "The wiki's answer has no validity.")),
    }
}

/// A no with the first code and all messages of a list of errors.
fn refusal(errors: Option<&Value>) -> Verdict {
    let errors = errors.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let code = errors.first().and_then(|error| error.get("code")).and_then(Value::as_str);
    let messages: Vec<String> = errors.iter().map(describe).collect();
    let message = Some(messages.join("\n")).filter(|message| !message.is_empty());
    Verdict::no(code.unwrap_or("unknown"), message.as_deref())
}
