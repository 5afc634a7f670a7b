//! Fields to fill in.

use std::sync::OnceLock;

use serde_json::Value;
use url::Url;

use crate::{
    FieldType,
    protocol::{AuthInfo, AuthRequest, Captcha, Field, Message, Notice, Raw, merge},
};

/// Fields to fill in.
#[derive(Clone, Debug)]
pub struct Form {
    pub(crate) requests: Vec<AuthRequest>,
    /// The merged view, made on first use: it is only for display.
    pub(super) fields: OnceLock<Vec<Field>>,
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
    /// Whether it kept anything.
    pub exists: bool,
    /// Whether it replaces the primary-required requests.
    pub primary: bool,
    /// The name that the account must get; empty if any will do.
    pub username: String,
}

impl Form {
    /// A form of these requests, with their captcha.
    pub(crate) fn new(requests: Vec<AuthRequest>, raw: Raw, api_url: &Url) -> Self {
        Self {
            fields: OnceLock::new(),
            captcha: Captcha::find(&requests, api_url),
            requests,
            message: None,
            message_code: None,
            can_create: true,
            preserved: Preserved::default(),
            account: None,
            raw,
        }
    }

    /// The form that a flow begins with.
    pub(crate) fn first(info: AuthInfo, api_url: &Url) -> Self {
        let preserved = Preserved {
            exists: info.has_preserved_state,
            primary: info.has_primary_preserved_state,
            username: info.preserved_username,
        };
        Self { can_create: info.can_create, preserved, ..Self::new(info.requests, info.raw, api_url) }
    }

    /// The same form with this message.
    pub(crate) fn with_notice(self, notice: Notice) -> Self {
        Self { message: notice.message, message_code: notice.code, ..self }
    }

    /// The merged view: each field once. This is what to show.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.fields.get_or_init(|| merge(&self.requests))
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name() == name)
    }

    /// Whether it has a field of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.requests.iter().any(|request| request.field(name).is_some())
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

    /// False when no provider of the wiki can make accounts. True does not mean that this visitor
    /// may: ask [`Client::can_create`](crate::Client::can_create).
    #[must_use]
    pub fn can_create(&self) -> bool {
        self.can_create
    }

    /// Whether the wiki remembers a login that found no account here, which the creation can keep.
    #[must_use]
    pub fn has_preserved_state(&self) -> bool {
        self.preserved.exists
    }

    /// The name that a kept login requires for the account.
    #[must_use]
    pub fn preserved_username(&self) -> Option<&str> {
        Some(self.preserved.username.as_str()).filter(|name| !name.is_empty())
    }

    /// The name of the account, if the library found out that it was made before this step.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The JSON that the form was read from.
    #[must_use]
    pub fn raw(&self) -> &Value {
        self.raw.tree()
    }

    /// Whether it contains values that can be used only once.
    pub(crate) fn is_one_use(&self) -> bool {
        let mut fields = self.requests.iter().flat_map(AuthRequest::fields);
        self.captcha.is_some() || fields.any(|field| field.kind() == FieldType::Hidden)
    }
}
