//! What a wiki sends and a person answers in the tests with canned replies.

use createaccount::{Answer, transport::Response};
use serde_json::{Value, json};

/// The wiki's time at the form.
pub const BEGUN: &str = "2026-01-01T10:00:00Z";

pub fn answer(name: &str) -> Answer {
    Answer::from([("username", name), ("password", "correct horse 7")])
}

pub fn number() -> Answer {
    Answer::from([("code", "1234")])
}

pub fn form() -> String {
    json!({"curtimestamp": BEGUN, "query": {
        "authmanagerinfo": {"cancreateaccounts": true, "requests": [
            {"id": "Password", "required": "primary-required", "metadata": {},
                "fields": {"username": string(), "password": {"type": "password"}, "retype": {"type": "password"}}},
        ]},
        "tokens": {"createaccounttoken": "0a+\\"},
    }}).to_string()
}

pub fn ui() -> String {
    json!({"createaccount": {"status": "UI", "message": "Code?", "messagecode": "code", "requests": code()}})
        .to_string()
}

pub fn code() -> Value {
    json!([{"id": "Code", "required": "required", "metadata": {}, "fields": {"code": string()}}])
}

pub fn fail(code: &str) -> String {
    json!({"createaccount": {"status": "FAIL", "message": "No.", "messagecode": code}}).to_string()
}

pub fn traces(pending: &Value, user: &Value) -> String {
    json!({"query": {"authmanagerinfo": {"cancreateaccounts": true, "requests": pending}, "users": [user]}})
        .to_string()
}

pub fn user(name: &str, registered: &str) -> Value {
    json!({"name": name, "userid": 9, "registration": registered})
}

pub fn nobody(name: &str) -> Value {
    json!({"name": name, "missing": true})
}

pub fn page(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: b"<html><title>Blocked</title>".to_vec() }
}

pub fn string() -> Value {
    json!({"type": "string", "label": "Text", "optional": false, "sensitive": false})
}
