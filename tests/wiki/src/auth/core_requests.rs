//! The requests of MediaWiki's core.

use super::provider::Action;
use super::request::{AuthRequest, Field, FieldType};
use crate::message::{Message, Param};

pub fn password_request(action: Action) -> AuthRequest {
    let changes = action == Action::Change;
    let mut fields = Vec::new();
    if !changes {
        fields.push(username_field());
    }
    let label = if changes { "newpassword" } else { "userlogin-yourpassword" };
    fields.push(field("password", FieldType::Password, label, "authmanager-password-help").sensitive());
    if action != Action::Login {
        let label = if changes { "retypenew" } else { "yourpasswordagain" };
        fields.push(field("retype", FieldType::Password, label, "authmanager-retype-help").sensitive());
    }
    AuthRequest::new("MediaWiki\\Auth\\PasswordAuthenticationRequest", fields)
        .described(Message::new("authmanager-provider-password"), Message::only_param(Param::Null))
}

pub fn temporary_password() -> AuthRequest {
    let fields =
        vec![field("mailpassword", FieldType::Checkbox, "createaccountmail", "createaccountmail-help")];
    AuthRequest::new("MediaWiki\\Auth\\TemporaryPasswordAuthenticationRequest", fields)
        .described(Message::new("authmanager-provider-temporarypassword"), Message::only_param(Param::Null))
}

pub fn username_request() -> AuthRequest {
    AuthRequest::new("MediaWiki\\Auth\\UsernameAuthenticationRequest", vec![username_field()])
}

pub fn user_data(has_email: bool) -> AuthRequest {
    let mut fields = Vec::new();
    if has_email {
        fields.push(
            field("email", FieldType::Text, "authmanager-email-label", "authmanager-email-help").optional(),
        );
    }
    fields.push(
        field("realname", FieldType::Text, "authmanager-realname-label", "authmanager-realname-help")
            .optional(),
    );
    AuthRequest::new("MediaWiki\\Auth\\UserDataAuthenticationRequest", fields)
}

pub fn reason() -> AuthRequest {
    let fields = vec![field("reason", FieldType::Text, "createacct-reason", "createacct-reason-help")];
    AuthRequest::new("MediaWiki\\Auth\\CreationReasonAuthenticationRequest", fields).optional()
}

pub fn remember_me() -> AuthRequest {
    const DAYS: i64 = 180;
    let label = Message::new("userlogin-remembermypassword").param(Param::Number(DAYS));
    let help = Message::new("authmanager-userlogin-remembermypassword-help");
    let fields = vec![Field::new("rememberMe", FieldType::Checkbox, label, help).optional()];
    AuthRequest::new("MediaWiki\\Auth\\RememberMeAuthenticationRequest", fields).optional()
}

/// The state of a login for the next creation.
pub fn create_from_login() -> AuthRequest {
    AuthRequest::new("MediaWiki\\Auth\\CreateFromLoginAuthenticationRequest", Vec::new()).optional()
}

pub fn button(name: &'static str, label: Message, help: Message) -> AuthRequest {
    AuthRequest::new(
        "MediaWiki\\Auth\\ButtonAuthenticationRequest",
        vec![Field::new(name, FieldType::Button, label, help)],
    )
    .with_id(format!("MediaWiki\\Auth\\ButtonAuthenticationRequest:{name}"))
}

fn username_field() -> Field {
    field("username", FieldType::Text, "userlogin-yourname", "authmanager-username-help")
}

fn field(name: &'static str, kind: FieldType, label: &str, help: &str) -> Field {
    Field::new(name, kind, Message::new(label), Message::new(help))
}
