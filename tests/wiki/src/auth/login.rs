//! Logging in, from AuthManager's `beginAuthentication` on.

use super::creation::preserve;
use super::provider::{Action, Context, Exception, Passed, Response};
use super::request::AuthRequest;
use super::{Carried, first_requests};
use crate::message::Message;
use std::collections::BTreeMap;

/// A login that waits for the client.
#[derive(Clone, Debug, Default)]
pub struct LoginState {
    requests: Vec<AuthRequest>,
    return_to_url: Option<String>,
    primary: Option<&'static str>,
    primary_result: Option<Passed>,
    secondary: BTreeMap<&'static str, bool>,
    maybe_link: Vec<AuthRequest>,
    pub continue_requests: Vec<AuthRequest>,
}

pub fn begin_login(
    context: &mut Context<'_>,
    mut requests: Vec<AuthRequest>,
    return_to_url: Option<String>,
) -> Result<Response, Exception> {
    let wiki = context.wiki;
    for request in &mut requests {
        request.return_to_url.clone_from(&return_to_url);
    }
    context.session.change().auth_data.clear();
    for provider in &wiki.providers.pre {
        if let Err(errors) = provider.test_login(context, &requests) {
            return Ok(Response::Fail(Message::combine(errors)));
        }
    }
    let maybe_link = carried(&requests).map_or_else(Vec::new, |carried| carried.maybe_link);
    context.session.change().login =
        Some(LoginState { requests: requests.clone(), return_to_url, maybe_link, ..LoginState::default() });
    context.session.persist();
    continue_login(context, requests)
}

pub fn continue_login(
    context: &mut Context<'_>,
    mut requests: Vec<AuthRequest>,
) -> Result<Response, Exception> {
    let Some(mut state) = context.session.data().login.clone() else {
        return Ok(Response::fail("authmanager-authn-not-in-progress"));
    };
    for request in &mut requests {
        request.return_to_url.clone_from(&state.return_to_url);
    }
    let response = advance(context, &mut state, requests)?;
    let is_remembered = state.requests.iter().any(|request| request.flag("rememberMe"));
    let data = context.session.change();
    data.login = match &response {
        Response::Ui(requests, _)
        | Response::Redirect { requests, .. }
        | Response::Restart { requests, .. } => {
            state.continue_requests.clone_from(requests);
            Some(state)
        }
        _ => None,
    };
    if let Response::Pass(Passed { username: Some(name), .. }) = &response {
        for provider in &context.wiki.providers.pre {
            provider.after_login(context, name);
        }
        let user = context.wiki.users().by_name(name).cloned();
        if let Some(user) = user {
            context.session.change().auth_data.clear();
            context.session.log_in(context.wiki, &user, is_remembered);
        }
    }
    Ok(response)
}

fn advance(
    context: &mut Context<'_>,
    state: &mut LoginState,
    requests: Vec<AuthRequest>,
) -> Result<Response, Exception> {
    let wiki = context.wiki;
    let passed = match state.primary_result.clone() {
        Some(passed) => passed,
        None => {
            state.requests.clone_from(&requests);
            let mut answer = Response::fail("authmanager-authn-no-primary");
            for provider in &wiki.providers.primary {
                match provider.begin_login(context, &requests) {
                    Response::Abstain => {}
                    response => {
                        state.primary = Some(provider.id());
                        answer = response;
                        break;
                    }
                }
            }
            match answer {
                Response::Pass(passed) => passed,
                other => return Ok(other),
            }
        }
    };
    let Some(name) = passed.username.clone() else {
        return Ok(restart(context, state, passed));
    };
    state.primary_result = Some(passed);
    let Some(user) = wiki.users().by_name(&name).cloned() else {
        return Err(Exception("DomainException"));
    };
    for provider in &wiki.providers.secondary {
        let response = match state.secondary.get(provider.id()) {
            None => provider.begin_login(context, &user, &state.requests),
            Some(false) => provider.continue_login(context, &user, &requests),
            Some(true) => continue,
        };
        match response {
            Response::Ui(mut requests, message) => {
                requests.iter_mut().for_each(|request| request.describe_user(&user.name));
                state.secondary.insert(provider.id(), false);
                return Ok(Response::Ui(requests, message));
            }
            Response::Fail(_) => return Ok(response),
            _ => {
                state.secondary.insert(provider.id(), true);
            }
        }
    }
    Ok(Response::pass(&name))
}

/// The outside identity is right, but nobody's here.
fn restart(context: &mut Context<'_>, state: &mut LoginState, passed: Passed) -> Response {
    let mut requests = first_requests(context, Action::Login, false);
    let has_state = passed.create_request.is_some() || !state.maybe_link.is_empty();
    let preserved = has_state.then(|| preserve(passed.create_request, state.maybe_link.clone()));
    requests.extend(preserved.clone());
    state.primary = None;
    state.primary_result = None;
    state.secondary.clear();
    state.requests.clear();
    Response::Restart { message: Message::new("authmanager-authn-no-local-user"), requests, preserved }
}

fn carried(requests: &[AuthRequest]) -> Option<Carried> {
    requests.iter().find_map(|request| request.carried.as_deref().cloned())
}
