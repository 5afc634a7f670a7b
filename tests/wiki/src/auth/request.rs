//! Authentication requests: a set of fields that are filled together or not at all.

use super::provider::Exception;
use crate::form::{self, Form, Input};
use crate::message::{Message, Param};
use serde_json::{Map, json};

#[derive(Clone, Debug)]
pub struct AuthRequest {
    /// The name of the PHP class.
    pub class: &'static str,
    /// Mostly the class.
    pub id: String,
    pub required: Need,
    pub metadata: Map<String, serde_json::Value>,
    pub provider: Message,
    pub account: Message,
    pub fields: Vec<Field>,
    pub username: Option<String>,
    pub return_to_url: Option<String>,
    /// It loads in any case, with the values that came.
    pub is_lenient: bool,
    values: Vec<(String, Value)>,
    /// What a `CreateFromLoginAuthenticationRequest` brings along.
    pub carried: Option<Box<Carried>>,
}

/// The results of a login by an outside identity without an account.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    pub create_request: Option<AuthRequest>,
    pub maybe_link: Vec<AuthRequest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Optional,
    Required,
    PrimaryRequired,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldType,
    pub value: Option<serde_json::Value>,
    pub options: Vec<(String, Message)>,
    pub label: Message,
    pub help: Message,
    pub is_optional: bool,
    pub is_sensitive: bool,
    /// When set, no other text loads.
    pub accepted: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Password,
    Select,
    Multiselect,
    Checkbox,
    Button,
    Hidden,
    Null,
}

/// What a field was filled with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Flag(bool),
    Choices(Vec<String>),
}

impl AuthRequest {
    pub fn new(class: &'static str, fields: Vec<Field>) -> Self {
        Self {
            class,
            id: class.to_owned(),
            required: Need::Required,
            metadata: Map::new(),
            provider: Message::only_param(Param::Text(class.to_owned())),
            account: Message::only_param(Param::Text(class.to_owned())),
            fields,
            username: None,
            return_to_url: None,
            is_lenient: false,
            values: Vec::new(),
            carried: None,
        }
    }

    pub fn with_id(mut self, id: String) -> Self {
        self.account = Message::only_param(Param::Text(id.clone()));
        self.id = id;
        self
    }

    pub fn optional(mut self) -> Self {
        self.required = Need::Optional;
        self
    }

    pub fn described(mut self, provider: Message, account: Message) -> Self {
        self.provider = provider;
        self.account = account;
        self
    }

    /// Tells whose account it is about, if nothing better is known.
    pub fn describe_user(&mut self, user_name: &str) {
        if self.username.is_none() {
            self.username = Some(user_name.to_owned());
            if self.account == Message::only_param(Param::Null) {
                self.account = Message::only_param(Param::Text(user_name.to_owned()));
            }
        }
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// For code that cannot do with an array.
    pub fn strict_text(&self, name: &str) -> Result<Option<&str>, Exception> {
        match self.value(name) {
            Some(Value::Choices(_)) => Err(Exception("TypeError")),
            _ => Ok(self.text(name)),
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        self.value(name) == Some(&Value::Flag(true))
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Fills a field that no client is asked for.
    pub fn set(&mut self, name: &str, value: Value) {
        self.values.push((name.to_owned(), value));
    }

    /// Takes its values from a submission. A request is filled as a whole: one field that does not load, and it is
    /// as if none had been sent.
    pub fn load(&mut self, form: &Form) -> Result<bool, Exception> {
        if self.carried.is_some() {
            return Ok(true);
        }
        let mut values = Vec::new();
        let mut has_fields = false;
        for field in self.fields.iter().filter(|field| field.kind != FieldType::Null) {
            has_fields = true;
            let input = form.get(field.name);
            match (field.load(input)?, input) {
                (_, None) if self.is_lenient => {}
                (Some(value), _) => values.push((field.name.to_owned(), value)),
                (None, Some(Input::Text(text))) if self.is_lenient => {
                    values.push((field.name.to_owned(), Value::Text(text.clone())));
                }
                (None, _) => return Ok(false),
            }
        }
        if has_fields {
            self.values = values;
            if let Some(username) = self.text("username") {
                self.username = Some(username.to_owned());
            }
        }
        Ok(has_fields)
    }

    /// As `_received` shows it.
    pub fn to_json(&self) -> serde_json::Value {
        let fields: Map<String, serde_json::Value> = self
            .values
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    // AuthManager overwrites it with the name of the flow.
                    Value::Text(text) if name == "username" => json!(self.username.as_ref().unwrap_or(text)),
                    Value::Text(text) => json!(text),
                    Value::Flag(flag) => json!(flag),
                    Value::Choices(choices) => json!(choices),
                };
                (name.clone(), value)
            })
            .collect();
        json!({ "id": self.id, "fields": fields })
    }
}

impl Field {
    pub fn new(name: &'static str, kind: FieldType, label: Message, help: Message) -> Self {
        Self {
            name,
            kind,
            value: None,
            options: Vec::new(),
            label,
            help,
            is_optional: false,
            is_sensitive: false,
            accepted: None,
        }
    }

    pub fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    pub fn sensitive(mut self) -> Self {
        self.is_sensitive = true;
        self
    }

    pub fn with_value(mut self, value: impl Into<serde_json::Value>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// `None` when the field does not load.
    fn load(&self, input: Option<&Input>) -> Result<Option<Value>, Exception> {
        let has_option = |key: &String| self.options.iter().any(|(option, _)| option == key);
        Ok(match (self.kind, input) {
            (FieldType::Checkbox | FieldType::Button, input) => {
                // Sent is true, whatever the value.
                let is_set = input.is_some();
                (is_set || self.is_optional).then_some(Value::Flag(is_set))
            }
            (FieldType::Multiselect, input) => {
                let choices = match input {
                    None => Vec::new(),
                    Some(Input::Text(text)) if text.is_empty() => Vec::new(),
                    Some(Input::Text(text)) => vec![form::clean(text)],
                    Some(Input::List(list)) => list.iter().map(|text| form::clean(text)).collect(),
                };
                let loads =
                    if choices.is_empty() { self.is_optional } else { choices.iter().all(has_option) };
                loads.then_some(Value::Choices(choices))
            }
            (_, None) => None,
            (FieldType::Select, Some(Input::List(_))) => return Err(Exception("TypeError")),
            // PHP lets an array pass, up to the code that wants a string.
            (_, Some(Input::List(list))) => {
                Some(Value::Choices(list.iter().map(|text| form::clean(text)).collect()))
            }
            (_, Some(Input::Text(text))) => {
                let text = form::clean(text);
                let loads = if text.is_empty() {
                    self.is_optional
                } else {
                    (self.kind != FieldType::Select || has_option(&text))
                        && self.accepted.as_ref().is_none_or(|accepted| accepted.contains(&text))
                };
                loads.then_some(Value::Text(text))
            }
        })
    }
}

impl Need {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::PrimaryRequired => "primary-required",
        }
    }
}

impl FieldType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Password => "password",
            Self::Select => "select",
            Self::Multiselect => "multiselect",
            Self::Checkbox => "checkbox",
            Self::Button => "button",
            Self::Hidden => "hidden",
            Self::Null => "null",
        }
    }
}

/// The requests that load, filled.
pub fn load_all(requests: Vec<AuthRequest>, form: &Form) -> Result<Vec<AuthRequest>, Exception> {
    let mut loaded = Vec::new();
    for mut request in requests {
        if request.load(form)? {
            loaded.push(request);
        }
    }
    Ok(loaded)
}

/// The fields of several requests as one set.
pub fn merge_fields(requests: &[AuthRequest]) -> Result<Vec<Field>, Exception> {
    let needs =
        |request: &AuthRequest, name: &str| request.field(name).is_some_and(|field| !field.is_optional);
    let needed_by_every_primary = |name: &str| {
        requests
            .iter()
            .filter(|request| request.required == Need::PrimaryRequired)
            .all(|request| needs(request, name))
    };
    let mut merged: Vec<Field> = Vec::new();
    for request in requests {
        for field in &request.fields {
            let mut field = field.clone();
            field.is_optional |= match request.required {
                Need::Optional => true,
                // One can do without what another primary does not ask for.
                Need::PrimaryRequired => !needed_by_every_primary(field.name),
                Need::Required => false,
            };
            match merged.iter_mut().find(|known| known.name == field.name) {
                None => merged.push(field),
                Some(known) if known.kind != field.kind => return Err(Exception("UnexpectedValueException")),
                Some(known) => {
                    for (key, label) in field.options {
                        if !known.options.iter().any(|(option, _)| *option == key) {
                            known.options.push((key, label));
                        }
                    }
                    known.is_optional &= field.is_optional;
                    known.is_sensitive |= field.is_sensitive;
                }
            }
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Request;

    fn form(body: &str) -> Form {
        Form::of(&Request {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
            body: body.into(),
        })
    }

    fn field(name: &'static str, kind: FieldType) -> Field {
        Field::new(name, kind, Message::raw(name), Message::raw(name))
    }

    fn loads(fields: Vec<Field>, body: &str) -> bool {
        AuthRequest::new("Test", fields).load(&form(body)).unwrap()
    }

    #[test]
    fn one_absent_field_discards_the_whole_request() {
        let fields = || {
            vec![field("email", FieldType::Text).optional(), field("realname", FieldType::Text).optional()]
        };
        assert!(loads(fields(), "email=a&realname="));
        assert!(!loads(fields(), "email=a"));
        assert!(!loads(vec![], ""));
        assert!(!loads(vec![field("shown", FieldType::Null)], ""));
    }

    #[test]
    fn empty_loads_only_if_optional() {
        assert!(!loads(vec![field("a", FieldType::Text)], "a="));
        assert!(loads(vec![field("a", FieldType::Hidden).optional()], "a="));
        let mut select = field("s", FieldType::Select);
        select.options = vec![("1".into(), Message::raw("One"))];
        assert!(loads(vec![select.clone()], "s=1"));
        assert!(!loads(vec![select.clone()], "s=One"));
        assert!(!loads(vec![select.clone()], "s="));
        assert!(loads(vec![select.optional()], "s="));
    }

    #[test]
    fn checkboxes_and_buttons_are_true_when_sent() {
        assert!(loads(vec![field("b", FieldType::Button)], "b="));
        assert!(!loads(vec![field("b", FieldType::Button)], "b_x=1"));
        assert!(loads(vec![field("c", FieldType::Checkbox).optional()], ""));
        assert!(!loads(vec![field("c", FieldType::Checkbox)], ""));
        let mut request = AuthRequest::new("Test", vec![field("c", FieldType::Checkbox)]);
        assert!(request.load(&form("c=0")).unwrap() && request.flag("c"));
    }

    #[test]
    fn multiselects_are_arrays() {
        let topics = || {
            let mut topics = field("t", FieldType::Multiselect).optional();
            topics.options = ["art", "a|b"].map(|key| (key.to_owned(), Message::raw(key))).into();
            vec![topics]
        };
        assert!(loads(topics(), ""));
        assert!(loads(topics(), "t[]=art&t[]=a|b"));
        assert!(loads(topics(), "t=a|b"));
        assert!(!loads(topics(), "t=art|a|b"));
        assert!(!loads(topics(), "t[]=art&t[]=other"));
    }

    #[test]
    fn an_array_for_a_text_is_an_error_where_it_is_used() {
        let mut request = AuthRequest::new("Test", vec![field("a", FieldType::Text)]);
        assert!(request.load(&form("a[]=x")).unwrap());
        assert_eq!(request.strict_text("a"), Err(Exception("TypeError")));
        assert_eq!(request.strict_text("b"), Ok(None));
    }

    #[test]
    fn merging_requires_what_every_primary_requires() {
        let mut password = AuthRequest::new(
            "Password",
            vec![field("username", FieldType::Text), field("password", FieldType::Password).sensitive()],
        );
        password.required = Need::PrimaryRequired;
        let mut mail = AuthRequest::new("Mail", vec![field("mailpassword", FieldType::Checkbox)]);
        mail.required = Need::PrimaryRequired;
        let username = AuthRequest::new("Username", vec![field("username", FieldType::Text)]);
        let hint = AuthRequest::new("Hint", vec![field("hint", FieldType::Hidden)]).optional();

        let optional = |requests: &[AuthRequest]| -> Vec<(&str, bool)> {
            merge_fields(requests).unwrap().iter().map(|field| (field.name, field.is_optional)).collect()
        };
        assert_eq!(
            optional(&[password.clone(), username.clone()]),
            [("username", false), ("password", false)]
        );
        assert_eq!(
            optional(&[mail, password, username, hint]),
            [("mailpassword", true), ("username", false), ("password", true), ("hint", true)]
        );
    }

    #[test]
    fn fields_of_two_types_do_not_merge() {
        let one = AuthRequest::new("One", vec![field("a", FieldType::Text)]);
        let other = AuthRequest::new("Other", vec![field("a", FieldType::Checkbox)]);
        assert!(merge_fields(&[one, other]).is_err());
    }
}
