//! `meta=authmanagerinfo`

use super::auth_helper::{self, MessageFormat, Style};
use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use crate::auth::{self, Action, requests_for};
use serde_json::{Map, Value, json};

const ACTIONS: [&str; 9] = [
    "login",
    "login-continue",
    "create",
    "create-continue",
    "link",
    "link-continue",
    "change",
    "remove",
    "unlink",
];

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, "query+authmanagerinfo", "ami");
    let operation = reader.text("securitysensitiveoperation");
    let action = reader.choice("requestsfor", &ACTIONS)?;
    let merges_fields = reader.flag("mergerequestfields");
    let format = MessageFormat::read(&mut reader)?;
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("canauthenticatenow", json!(call.session.can_set_user()));
    put("cancreateaccounts", json!(auth::can_create_now(&call.context())));
    put("canlinkaccounts", json!(false));
    if operation.is_some() {
        put("securitysensitiveoperationstatus", json!("ok"));
    }
    if let Some(name) = action {
        let action = match name {
            "login" => Action::Login,
            "login-continue" => Action::LoginContinue,
            "create" => Action::Create,
            "create-continue" => Action::CreateContinue,
            _ => Action::Change,
        };
        let preserved = call.session.data().preserved.as_ref();
        let carried = preserved.and_then(|request| request.carried.as_deref());
        let has_primary =
            action == Action::Create && carried.is_some_and(|carried| carried.create_request.is_some());
        let has_links = matches!(action, Action::Create | Action::Login)
            && carried.is_some_and(|carried| !carried.maybe_link.is_empty());
        put("haspreservedstate", json!(has_primary || has_links));
        put("hasprimarypreservedstate", json!(has_primary));
        put(
            "preservedusername",
            json!(preserved.and_then(|request| request.username.clone()).unwrap_or_default()),
        );
        let requests = requests_for(&mut call.context(), action);
        let style = Style::new(call, format, merges_fields);
        auth_helper::show_requests(&mut shown, &requests, style)?;
    }
    query.insert("authmanagerinfo".into(), Value::Object(shown));
    Ok(())
}
