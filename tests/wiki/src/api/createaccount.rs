//! `action=createaccount`

use super::auth_helper::{self, Parameters, Style, is_return_url};
use super::call::Call;
use super::failure::{Failure, Usage};
use crate::auth::{self, Action, Response, requests_for};
use crate::extensions::steps;
use crate::message::{Message, Param};
use crate::wikitext;
use serde_json::{Value, json};

const MODULE: &str = "createaccount";
const PREFIX: &str = "create";

pub fn check(call: &mut Call<'_>) -> Result<(), Failure> {
    Parameters::read(call, MODULE, PREFIX).map(|_| ())
}

pub fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let parameters = Parameters::read(call, MODULE, PREFIX)?;
    check_return_url(MODULE, PREFIX, &parameters)?;
    let response = if !auth::can_create_now(&call.context()) {
        Response::fail("userlogin-cannot-create")
    } else if parameters.continues {
        let requests =
            auth_helper::load(call, MODULE, Action::CreateContinue, parameters.requests.as_deref())?;
        auth::continue_creation(&mut call.context(), requests)?
    } else {
        let mut requests = auth_helper::load(call, MODULE, Action::Create, parameters.requests.as_deref())?;
        if parameters.preserves_state {
            requests.extend(call.session.data().preserved.clone());
        }
        auth::begin_creation(&mut call.context(), requests, parameters.return_url.clone())?
    };
    let style = Style::new(call, parameters.format, parameters.merges_fields);
    let shown = auth_helper::show_response(call, response, style)?;
    let shown = rewrite(call, shown, style)?;
    call.result.insert(MODULE.to_owned(), shown);
    Ok(())
}

pub fn check_return_url(
    module: &'static str,
    prefix: &'static str,
    parameters: &Parameters,
) -> Result<(), Failure> {
    let name = format!("{prefix}returnurl");
    match &parameters.return_url {
        None if !parameters.continues => {
            let names = [format!("<var>{prefix}continue</var>"), format!("<var>{name}</var>")];
            let message = Message::new("apierror-missingparam-at-least-one-of")
                .param(Param::TextList(names.map(Param::Text).into()))
                .int(2);
            Err(Usage::new(module, message).code("missingparam").into())
        }
        Some(url) if !is_return_url(url) => {
            let message = Message::new("apierror-badurl").text_param(&name).text_param(wikitext::escape(url));
            Err(Usage::new(module, message).code(format!("badurl_{name}")).into())
        }
        _ => Ok(()),
    }
}

/// The statuses that only the test extension can give to a creation.
fn rewrite(call: &mut Call<'_>, mut shown: Value, style: Style<'_>) -> Result<Value, Failure> {
    let Some(status) = shown["messagecode"].as_str().and_then(steps::rewrite) else {
        return Ok(shown);
    };
    if let Some(shown) = shown.as_object_mut() {
        shown["status"] = json!(status);
        if status == "RESTART" {
            shown["canpreservestate"] = json!(true);
            let requests = requests_for(&mut call.context(), Action::Create);
            auth_helper::show_requests(shown, &requests, style)?;
        } else {
            shown.shift_remove("canpreservestate");
            shown.insert("surprise".to_owned(), json!({ "a": [1, 2] }));
        }
    }
    Ok(shown)
}
