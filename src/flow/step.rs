//! Steps: what the wiki answered.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;
use url::Url;

use crate::protocol::{AuthRequest, Captcha, Field, Message, Raw, Reason};

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
    /// The login worked, but there is no account for it here yet: begin again, with the login kept.
    Restart(Arc<Restart>),
    /// The account is made (or, of a login, the session is logged in).
    Pass(Arc<Pass>),
    /// The account is not made. Begin again to try once more.
    Fail(Arc<Fail>),
    /// A status that this version does not know.
    Other(Arc<Other>),
}

impl Step {
    /// The wiki's word: `UI`, `REDIRECT`, `RESTART`, `PASS`, `FAIL` or one that this version does not know; `FORM`
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
            Self::Form(form) | Self::Ui(form) => &form.fields,
            Self::Redirect(redirect) => &redirect.form.fields,
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
            Self::Restart(restart) => restart.message_code.as_deref(),
            Self::Fail(fail) => fail.message_code.as_deref(),
            Self::Other(other) => other.message_code.as_deref(),
            Self::Redirect(_) | Self::Pass(_) => None,
        }
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        match self {
            Self::Form(form) | Self::Ui(form) => &form.raw,
            Self::Redirect(redirect) => &redirect.form.raw,
            Self::Restart(restart) => &restart.raw,
            Self::Pass(pass) => &pass.raw,
            Self::Fail(fail) => &fail.raw,
            Self::Other(other) => &other.raw,
        }
    }

    /// Whether the flow ends here: nothing can be submitted until the next begin.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Form(_) | Self::Ui(_) | Self::Redirect(_))
    }
}

/// Fields to fill in.
#[derive(Clone, Debug)]
pub struct Form {
    pub(crate) requests: Vec<AuthRequest>,
    pub(crate) fields: Vec<Field>,
    pub(crate) captcha: Option<Captcha>,
    pub(crate) message: Option<Message>,
    pub(crate) message_code: Option<String>,
    pub(crate) can_create: bool,
    pub(crate) preserved: Preserved,
    pub(crate) account: Option<String>,
    pub(crate) raw: Raw,
}

/// What the wiki kept of a login that found no account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preserved {
    /// There is something.
    pub any: bool,
    /// It replaces the primary-required requests.
    pub primary: bool,
    /// The name that the account must get; empty if it is free.
    pub username: String,
}

impl Form {
    /// The merged view: each field once. This is what to show.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }

    /// The same fields in the groups that the wiki takes or drops as a whole.
    #[must_use]
    pub fn requests(&self) -> &[AuthRequest] {
        &self.requests
    }

    /// The captcha among the fields.
    #[must_use]
    pub fn captcha(&self) -> Option<&Captcha> {
        self.captcha.as_ref()
    }

    /// What the wiki says above the fields, for instance what was wrong with the last answer.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The wiki's code for the message.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        self.message_code.as_deref()
    }

    /// False when no provider of the wiki can make accounts. True says nothing about this visitor:
    /// [`Client::can_create`](crate::Client::can_create) does.
    #[must_use]
    pub fn can_create(&self) -> bool {
        self.can_create
    }

    /// Whether a login that found no account here is waiting to be kept by the creation.
    #[must_use]
    pub fn has_preserved_state(&self) -> bool {
        self.preserved.any
    }

    /// The name that a kept login wants for the account.
    #[must_use]
    pub fn preserved_username(&self) -> Option<&str> {
        Some(self.preserved.username.as_str()).filter(|name| !name.is_empty())
    }

    /// The account, where a reconciled step is known to come after its making.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The JSON that the form was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// Whether it holds values that serve one attempt only.
    pub(crate) fn is_one_use(&self) -> bool {
        use crate::FieldType;
        self.captcha.is_some() || self.fields.iter().any(|field| field.kind() == FieldType::Hidden)
    }
}

/// A visit to a third party.
#[derive(Clone)]
pub struct Redirect {
    pub(crate) target: Url,
    pub(crate) data: Option<Value>,
    pub(crate) return_url: Url,
    pub(crate) catches_return: bool,
    /// The requests that the return will fill in.
    pub(crate) form: Form,
}

impl Redirect {
    /// Where to send the person: https, or http on loopback or by opt-in. It may hold secrets: do not log it, do not
    /// fetch it with the wiki's cookies.
    #[must_use]
    pub fn target(&self) -> &Url {
        &self.target
    }

    /// Further data for the visit, if the wiki gives any; its meaning is the provider's.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// Where the third party sends the person afterwards. Give the full address that was called to
    /// [`Client::resume`](crate::Client::resume).
    #[must_use]
    pub fn return_url(&self) -> &Url {
        &self.return_url
    }

    /// False when no return URL was configured: the person will end up on the wiki's own page, and nothing learns of
    /// the return.
    #[must_use]
    pub fn catches_return(&self) -> bool {
        self.catches_return
    }

    /// The fields that the return is expected to fill in.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.form.fields
    }

    /// The requests that these fields belong to.
    #[must_use]
    pub fn requests(&self) -> &[AuthRequest] {
        &self.form.requests
    }

    /// The JSON that the step was read from. It holds the target.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.form.raw
    }
}

impl fmt::Debug for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The target carries state and nonces.
        let host = self.target.host_str().unwrap_or_default();
        f.debug_struct("Redirect")
            .field("target", &format_args!("{}://{host}/***", self.target.scheme()))
            .field("catches_return", &self.catches_return)
            .field("fields", &self.form.fields)
            .finish_non_exhaustive()
    }
}

/// A login without an account.
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

    /// Whether the next creation can keep the login. A failing attempt uses it up.
    #[must_use]
    pub fn can_preserve_state(&self) -> bool {
        self.can_preserve_state
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

/// Success.
#[derive(Clone, Debug)]
pub struct Pass {
    pub(crate) username: String,
    pub(crate) raw: Raw,
}

impl Pass {
    /// The name of the account as the wiki writes it.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

/// Failure, with what to tell and what to do.
#[derive(Clone, Debug)]
pub struct Fail {
    pub(crate) reason: Reason,
    pub(crate) message: Option<Message>,
    pub(crate) message_code: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) can_preserve_state: bool,
    pub(crate) raw: Raw,
}

impl Fail {
    /// The class of the failure.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The wiki's message. It may name the visitor's address.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// The wiki's code for the message, for instance `userexists`.
    #[must_use]
    pub fn message_code(&self) -> Option<&str> {
        self.message_code.as_deref()
    }

    /// How long to wait, where the wiki tells. For a throttle this is the length of its window and so the longest
    /// possible wait; it is told only in the raw message format.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the next creation can keep a login made before.
    #[must_use]
    pub fn can_preserve_state(&self) -> bool {
        self.can_preserve_state
    }

    /// The JSON that the step was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
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
    /// The wiki's word.
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

    /// All that the wiki said.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}
