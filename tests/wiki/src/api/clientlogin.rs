//! `action=clientlogin`

use super::auth_helper::{self, Parameters, Style};
use super::call::Call;
use super::createaccount::check_return_url;
use super::failure::Failure;
use crate::auth::{self, Action, Response};

const MODULE: &str = "clientlogin";
const PREFIX: &str = "login";

pub fn check(call: &mut Call<'_>) -> Result<(), Failure> {
    Parameters::read(call, MODULE, PREFIX).map(|_| ())
}

pub fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let parameters = Parameters::read(call, MODULE, PREFIX)?;
    check_return_url(MODULE, PREFIX, &parameters)?;
    let mut response = if !call.session.can_set_user() {
        Response::fail("userlogin-cannot-login")
    } else if parameters.continues {
        let requests =
            auth_helper::load(call, MODULE, Action::LoginContinue, parameters.requests.as_deref())?;
        auth::continue_login(&mut call.context(), requests)?
    } else {
        let mut requests = auth_helper::load(call, MODULE, Action::Login, parameters.requests.as_deref())?;
        if parameters.preserves_state {
            requests.extend(call.session.data().preserved.clone());
        }
        auth::begin_login(&mut call.context(), requests, parameters.return_url.clone())?
    };
    // It is among them for a RESTART that is treated as UI; a client would only wonder.
    if let Response::Restart { requests, .. } = &mut response {
        requests.retain(|request| request.carried.is_none());
    }
    let style = Style::new(call, parameters.format, parameters.merges_fields);
    let shown = auth_helper::show_response(call, response, style)?;
    call.result.insert(MODULE.to_owned(), shown);
    Ok(())
}
