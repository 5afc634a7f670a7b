//! `action=login`, for bot passwords, and `action=logout`.

use super::call::{Call, ErrorFormat};
use super::failure::Failure;
use super::reader::Reader;
use crate::auth::{self, Action, Response, load_all, requests_for};
use crate::form::Form;
use crate::http::Request;
use crate::instance::ADMIN_ID;
use crate::message::Message;
use serde_json::{Map, json};

const MODULE: &str = "login";
/// The bot password of Admin, and the name of the application that has it.
const BOT_PASSWORD: &str = "botsecret0botsecret0botsecret000";
const APPLICATION: &str = "tests";

pub fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, MODULE, "lg");
    reader.require_posted(&["password", "token"])?;
    let name = reader.text("name").unwrap_or_default();
    let password = reader.text("password").unwrap_or_default();
    let token = reader.text("token").filter(|token| !token.is_empty());
    reader.text("domain");
    call.session.persist();

    let mut shown = Map::new();
    let mut put = |key: &str, value: serde_json::Value| shown.insert(key.to_owned(), value);
    if !call.session.can_set_user() {
        put("result", json!("Aborted"));
        let reason = Message::new("api-login-fail-badsessionprovider").text_param(call.session.description());
        put("reason", call.show_message(&reason));
        call.result.insert(MODULE.into(), shown.into());
        return Ok(());
    }
    let is_new = !call.session.has_token(MODULE);
    match token {
        None => {
            put("result", json!("NeedToken"));
            put("token", json!(call.session.token(MODULE)));
            call.warn_of_deprecation("login", Message::new("apiwarn-deprecation-login-token"));
        }
        Some(_) if is_new => {
            call.session.token(MODULE);
            put("result", json!("Failed"));
            put("reason", session_lost(call));
        }
        Some(token) if !call.session.accepts_token(MODULE, &token) => {
            put("result", json!("WrongToken"));
        }
        Some(_) => match log_in(call, &name, &password)? {
            Outcome::Success(id, name) => {
                put("result", json!("Success"));
                put("lguserid", json!(id));
                put("lgusername", json!(name));
            }
            Outcome::Failed(message) => {
                put("result", json!("Failed"));
                put("reason", call.show_message(&message));
            }
            Outcome::Aborted => {
                put("result", json!("Aborted"));
                put("reason", call.show_message(&Message::new("api-login-fail-aborted")));
            }
        },
    }
    call.result.insert(MODULE.into(), shown.into());
    Ok(())
}

pub fn log_out(call: &mut Call<'_>) -> Result<(), Failure> {
    if call.session.data().user.is_some() {
        call.session.log_out(call.wiki);
    }
    Ok(())
}

enum Outcome {
    Success(u64, String),
    Failed(Message),
    Aborted,
}

/// As a bot, or as the simple logins of old went.
fn log_in(call: &mut Call<'_>, name: &str, password: &str) -> Result<Outcome, Failure> {
    let (user, application, secret) = match (name.split_once('@'), password.split_once('@')) {
        (Some((user, application)), _) => (user, application, password),
        (None, Some((application, secret))) => (name, application, secret),
        _ => (name, "", ""),
    };
    if user == "Admin" && application == APPLICATION && secret == BOT_PASSWORD {
        call.session.log_bot_in(ADMIN_ID);
        return Ok(Outcome::Success(ADMIN_ID, "Admin".to_owned()));
    }
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", name)
        .append_pair("password", password)
        .append_pair("rememberMe", "1")
        .finish();
    let form = Form::of(&Request {
        method: "POST".into(),
        path: String::new(),
        query: String::new(),
        headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
        body: body.into_bytes(),
    });
    let mut context = call.context();
    let requests = load_all(requests_for(&mut context, Action::Login), &form)?;
    Ok(match auth::begin_login(&mut context, requests, None)? {
        Response::Pass(_) => {
            let user = context.user();
            call.warn_of_deprecation("login", Message::new("apiwarn-deprecation-login-botpw"));
            user.map_or(Outcome::Aborted, |user| Outcome::Success(user.id, user.name))
        }
        Response::Fail(message) => Outcome::Failed(message),
        _ => Outcome::Aborted,
    })
}

fn session_lost(call: &Call<'_>) -> serde_json::Value {
    let mut shown = call.show_message(&Message::new("authpage-cannot-login-continue"));
    if call.error_format != ErrorFormat::BackwardCompatible {
        shown["code"] = json!("sessionlost");
    }
    shown
}
