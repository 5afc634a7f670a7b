//! Steps: what the wiki answered.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{form::Form, redirect::Redirect};
use crate::protocol::{AuthRequest, Field, Message, Notice, Raw, Reason, merge};

/// An answer of the wiki. Steps are values: they may outlive the client and be shared between threads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// The fields of the wiki, before anything was sent. Fill them in and submit.
    Form(Arc<Form>),
    /// The wiki has a further question. Fill in its fields and submit.
    Ui(Arc<Form>),
    /// The person has to visit a third party, and to come back to the return URL.
    Redirect(Arc<Redirect>),
    /// The login worked, but there is no account for it here yet: begin again, keeping the login.
    Restart(Arc<Restart>),
    /// The account is made (or, after a login, the session is logged in).
    Pass(Arc<Pass>),
    /// The account is not made. Begin again to try once more.
    Fail(Arc<Fail>),
    /// A status that this version does not know.
    Other(Arc<Other>),
}

impl Step {
    /// The wiki's name for it: `UI`, `REDIRECT`, `RESTART`, `PASS`, `FAIL` or one that this version does not know; `FORM`
    /// for the form that a flow begins with.
    #[must_use]
    pub fn status(&self) -> &str {
        match self {
            Self::Form(_) => "FORM",
            Self::Ui(_) => "UI",
            Self::Redirect(_) => "REDIRECT",
            Self::Restart(_) => "RESTART",
            Self::Pass(_) => "PASS",
            Self::Fail(_) => "FAIL",
            Self::Other(other) => &other.status,
        }
    }

    /// The fields to fill in, merged; empty where nothing is asked.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Form(form) | Self::Ui(form) => form.fields(),
            Self::Redirect(redirect) => redirect.form.fields(),
            Self::Restart(restart) => &restart.fields,
            _ => &[],
        }
    }

    /// The requests that the fields belong to.
    #[must_use]
    pub fn requests(&self) -> &[AuthRequest] {
        match self {
            Self::Form(form) | Self::Ui(form) => &form.requests,
            Self::Redirect(redirect) => &redirect.form.requests,
            Self::Restart(restart) => &restart.requests,
            _ => &[],
        }
    }

    /// The wiki's message to the person.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Form(form) | Self::Ui(form) => form.message.as_ref(),
            Self::Redirect(redirect) => redirect.form.message.as_ref(),
            Self::Restart(restart) => restart.message.as_ref(),
            Self::Fail(fail) => fail.message.as_ref(),
            Self::Other(other) => other.message.as_ref(),
            Self::Pass(_) => None,
        }
    }

    /// The wiki's code for the message, for instance `userexists`.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        match self {
            Self::Form(form) | Self::Ui(form) => form.message_code.as_deref(),
            Self::Redirect(redirect) => redirect.form.message_code.as_deref(),
            Self::Restart(restart) => restart.message_code.as_deref(),
            Self::Fail(fail) => fail.message_code.as_deref(),
            Self::Other(other) => other.message_code.as_deref(),
            Self::Pass(_) => None,
        }
    }

    /// The JSON that the step was read from; nothing if the library worked the step out from other
    /// replies.
    #[must_use]
    pub fn raw(&self) -> Option<&Value> {
        self.stored_json().map(Raw::tree)
    }

    /// The same JSON as it is stored, not yet made into a tree.
    pub(crate) fn stored_json(&self) -> Option<&Raw> {
        match self {
            Self::Form(form) | Self::Ui(form) => Some(&form.raw),
            Self::Redirect(redirect) => Some(&redirect.form.raw),
            Self::Restart(restart) => Some(&restart.raw),
            Self::Pass(pass) => pass.raw.as_ref(),
            Self::Fail(fail) => fail.raw.as_ref(),
            Self::Other(other) => Some(&other.raw),
        }
    }

    /// Whether both are the same step in memory, not merely equal ones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Form(one), Self::Form(other)) | (Self::Ui(one), Self::Ui(other)) => {
                Arc::ptr_eq(one, other)
            }
            (Self::Redirect(one), Self::Redirect(other)) => Arc::ptr_eq(one, other),
            (Self::Restart(one), Self::Restart(other)) => Arc::ptr_eq(one, other),
            (Self::Pass(one), Self::Pass(other)) => Arc::ptr_eq(one, other),
            (Self::Fail(one), Self::Fail(other)) => Arc::ptr_eq(one, other),
            (Self::Other(one), Self::Other(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// Whether the flow ends here: nothing can be submitted until the next begin.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Form(_) | Self::Ui(_) | Self::Redirect(_))
    }
}

/// A login that has no account here yet.
#[derive(Clone, Debug)]
pub struct Restart {
    pub(crate) message: Option<Message>,
    pub(crate) message_code: Option<String>,
    pub(crate) can_preserve_state: bool,
    pub(crate) requests: Vec<AuthRequest>,
    pub(crate) fields: Vec<Field>,
    pub(crate) raw: Raw,
}

impl Restart {
    pub(crate) fn new(
        notice: Notice,
        can_preserve_state: bool,
        requests: Vec<AuthRequest>,
        raw: Raw,
    ) -> Self {
        Self {
            fields: merge(&requests),
            message: notice.message,
            message_code: notice.code,
            can_preserve_state,
            requests,
            raw,
        }
    }

    /// The wiki's message.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The wiki's code for the message.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        self.message_code.as_deref()
    }

    /// Whether the next creation can keep the login. A failed attempt uses it up.
    #[must_use]
    pub fn can_preserve_state(&self) -> bool {
        self.can_preserve_state
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        self.raw.tree()
    }
}

/// Success.
#[derive(Clone, Debug)]
pub struct Pass {
    pub(crate) username: String,
    pub(crate) is_login: bool,
    pub(crate) raw: Option<Raw>,
}

impl Pass {
    /// What the library found out itself.
    pub(crate) fn found(username: String) -> Self {
        Self { username, is_login: false, raw: None }
    }

    /// The name of the account as the wiki writes it.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Whether a login has succeeded, so that the client is logged in; otherwise the account was made.
    #[must_use]
    pub fn is_login(&self) -> bool {
        self.is_login
    }

    /// The JSON that the step was read from; nothing if the library worked the step out from other
    /// replies.
    #[must_use]
    pub fn raw(&self) -> Option<&Value> {
        self.raw.as_ref().map(Raw::tree)
    }
}

/// Failure, with a reason for the program to act on and a message to show to the person.
#[derive(Clone, Debug)]
pub struct Fail {
    pub(crate) reason: Reason,
    pub(crate) message: Option<Message>,
    pub(crate) message_code: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) can_preserve_state: bool,
    pub(crate) raw: Option<Raw>,
}

impl Fail {
    /// What the wiki reports.
    pub(crate) fn new(notice: Notice, can_preserve_state: bool, raw: Option<Raw>) -> Self {
        let reason =
            notice.code.as_deref().map_or(Reason::Other, |code| Reason::of(code, notice.message.as_ref()));
        let window = notice.message.as_ref().and_then(Message::duration);
        Self {
            reason,
            retry_after: window.filter(|_| reason == Reason::Throttled),
            message: notice.message,
            message_code: notice.code,
            can_preserve_state,
            raw,
        }
    }

    /// What the library found out itself.
    pub(crate) fn found(reason: Reason, code: Option<&str>, sentence: &str) -> Self {
        let notice = Notice { message: Some(Message::own(sentence)), code: code.map(str::to_owned) };
        Self { reason, ..Self::new(notice, false, None) }
    }

    /// The class of the failure.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The wiki's message. It may contain the visitor's IP address.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The wiki's code for the message, for instance `userexists`.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        self.message_code.as_deref()
    }

    /// How long to wait, if the wiki says. For a throttle this is the length of its window, and so
    /// the longest possible wait; it is known only in the raw message format.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the next creation can keep an earlier login.
    #[must_use]
    pub fn can_preserve_state(&self) -> bool {
        self.can_preserve_state
    }

    /// The JSON that the step was read from; nothing if the library worked the step out from other
    /// replies.
    #[must_use]
    pub fn raw(&self) -> Option<&Value> {
        self.raw.as_ref().map(Raw::tree)
    }
}

/// A status that this version does not know.
#[derive(Clone, Debug)]
pub struct Other {
    pub(crate) status: String,
    pub(crate) message: Option<Message>,
    pub(crate) message_code: Option<String>,
    pub(crate) raw: Raw,
}

impl Other {
    pub(crate) fn new(status: String, notice: Notice, raw: Raw) -> Self {
        Self { status, message: notice.message, message_code: notice.code, raw }
    }

    /// The wiki's name for it.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The wiki's message.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The wiki's code for the message.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        self.message_code.as_deref()
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        self.raw.tree()
    }
}
