//! AuthManager: requests, providers, and the two flows made of them.

mod core_requests;
mod creation;
mod email;
mod login;
mod password;
mod provider;
mod request;
mod temporary_password;
mod throttle;

pub use core_requests::button;
pub use creation::{
    CreationState, Creator, NewUser, begin_creation, can_create_account, can_create_now, continue_creation,
    may_create,
};
pub use login::{LoginState, begin_login, continue_login};
pub use provider::{
    Action, Context, Exception, Passed, PreAuth, Primary, Provider, Providers, Response, Secondary, Status,
};
pub use request::{AuthRequest, Carried, Field, FieldType, Need, Value, load_all, merge_fields};
pub use throttle::{Limits, Throttle};

use crate::instance::Instance;

/// The providers of core, in MediaWiki's order.
pub fn core_providers() -> Providers {
    Providers {
        pre: vec![Box::new(throttle::ThrottlePreAuth)],
        primary: vec![Box::new(temporary_password::TemporaryPassword), Box::new(password::LocalPassword)],
        secondary: vec![Box::new(email::EmailNotification)],
    }
}

/// The requests that a client may fill for an action.
pub fn requests_for(context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
    match action {
        Action::CreateContinue => {
            let state = context.session.data().creation.as_ref();
            state.map_or_else(Vec::new, |state| state.continue_requests.clone())
        }
        Action::LoginContinue => {
            let state = context.session.data().login.as_ref();
            state.map_or_else(Vec::new, |state| state.continue_requests.clone())
        }
        Action::Create | Action::Login => first_requests(context, action, true),
        Action::Change => Vec::new(),
    }
}

fn first_requests(context: &mut Context<'_>, action: Action, with_pre: bool) -> Vec<AuthRequest> {
    let wiki: &Instance = context.wiki;
    let has_creator = context.user().is_some();
    let mut requests: Vec<AuthRequest> = Vec::new();
    let mut offer = |request: AuthRequest| match requests.iter_mut().find(|known| known.id == request.id) {
        None => requests.push(request),
        Some(known) if request.required == Need::Required => *known = request,
        Some(_) => {}
    };
    if with_pre {
        for provider in &wiki.providers.pre {
            provider.requests(context, action).into_iter().for_each(&mut offer);
        }
    }
    for provider in &wiki.providers.primary {
        for mut request in provider.requests(context, action) {
            if request.required == Need::Required {
                request.required = Need::PrimaryRequired;
            }
            offer(request);
        }
    }
    for provider in &wiki.providers.secondary {
        provider.requests(context, action).into_iter().for_each(&mut offer);
    }
    match action {
        Action::Login => requests.push(core_requests::remember_me()),
        _ => {
            requests.push(core_requests::username_request());
            requests.push(core_requests::user_data(wiki.profile.has_email));
            if has_creator {
                requests.push(core_requests::reason());
            }
        }
    }
    requests
}
