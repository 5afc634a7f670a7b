//! The forms of `forms.json`, which the test extension of the real wikis reads as well.

use super::steps;
use crate::auth::{Action, AuthRequest, Context, Field, FieldType, PreAuth, Provider};
use crate::message::Message;
use serde_json::Value;
use std::sync::OnceLock;

/// Asks forms at begin.
pub struct FirstForms(pub Vec<&'static str>);

impl Provider for FirstForms {
    fn requests(&self, _context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action != Action::Create {
            return Vec::new();
        }
        self.0.iter().flat_map(|name| requests(name)).collect()
    }
}

impl PreAuth for FirstForms {}

/// Name and title of each.
pub fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    let forms = all().as_object().into_iter().flatten();
    forms.map(|(name, form)| (name.as_str(), form["title"].as_str().unwrap_or_default()))
}

/// Whether the person is sent away to fill it in.
pub fn is_redirect(name: &str) -> bool {
    all()[name]["redirect"] == true
}

/// Whether the answer to it waits for the window `_release`.
pub fn is_held(name: &str) -> bool {
    all()[name]["held"] == true
}

pub fn requests(name: &str) -> Vec<AuthRequest> {
    all()[name]["requests"].as_array().into_iter().flatten().map(request).collect()
}

fn request(description: &'static Value) -> AuthRequest {
    let fields = description["fields"].as_object().into_iter().flatten();
    let fields = fields.map(|(name, description)| field(name, description)).collect();
    let mut request = steps::request(description["id"].as_str().unwrap_or_default(), fields);
    request.is_lenient = description["lenient"] == true;
    if description["optional"] == true { request.optional() } else { request }
}

fn field(name: &'static str, description: &'static Value) -> Field {
    let kind = match description["type"].as_str() {
        Some("button") => FieldType::Button,
        Some("checkbox") => FieldType::Checkbox,
        Some("hidden") => FieldType::Hidden,
        Some("multiselect") => FieldType::Multiselect,
        Some("select") => FieldType::Select,
        _ => FieldType::Text,
    };
    let mut field = steps::field(name, kind);
    field.label = Message::raw(name);
    field.value = description.get("value").cloned();
    field.is_optional = description["optional"] == true;
    let options = description["options"].as_object().into_iter().flatten();
    field.options =
        options.map(|(key, label)| (key.clone(), Message::raw(label.as_str().unwrap_or_default()))).collect();
    field
}

fn all() -> &'static Value {
    static ALL: OnceLock<Value> = OnceLock::new();
    ALL.get_or_init(|| {
        let json = include_str!("../../mediawiki/StepTest/forms.json");
        serde_json::from_str(json).expect("the forms are JSON")
    })
}
