//! The creation of an account, from AuthManager's `beginAccountCreation` on.

use super::core_requests::create_from_login;
use super::provider::{Context, Exception, Passed, Response, Status};
use super::request::AuthRequest;
use crate::clock;
use crate::instance::{NameTaken, User};
use crate::message::Message;
use crate::profile::RATE_WINDOW;
use crate::username::Rigor;
use std::collections::BTreeMap;

const LIMIT_KEY: &str = "createaccount";

/// The account that a flow is to make.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub realname: String,
    /// When the wiki began to work on the last step, however long that took.
    pub registered: u64,
}

/// Who makes it.
#[derive(Clone, Debug)]
pub struct Creator {
    pub id: Option<u64>,
}

/// A creation that waits for the client.
#[derive(Clone, Debug)]
pub struct CreationState {
    username: String,
    user_id: Option<u64>,
    creator: Creator,
    requests: Vec<AuthRequest>,
    return_to_url: Option<String>,
    primary: Option<&'static str>,
    primary_result: Option<Passed>,
    /// Whether each secondary provider that began has ended.
    secondary: BTreeMap<&'static str, bool>,
    pub continue_requests: Vec<AuthRequest>,
    has_run_tests: bool,
}

impl Creator {
    pub fn of(context: &Context<'_>) -> Self {
        Self { id: context.session.data().user }
    }

    /// Whether limits do not count for them.
    pub fn is_privileged(&self, context: &Context<'_>) -> bool {
        context.session.has_privileges() && self.is_sysop(context)
    }

    pub fn is_sysop(&self, context: &Context<'_>) -> bool {
        let users = context.wiki.users();
        self.id.and_then(|id| users.by_id(id)).is_some_and(|user| user.is_sysop())
    }
}

pub fn can_create_now(context: &Context<'_>) -> bool {
    context.wiki.providers.primary.iter().any(|provider| provider.can_create())
}

/// Whether `name` is free and allowed, whoever asks.
pub fn can_create_account(context: &mut Context<'_>, name: &str) -> Status {
    if !can_create_now(context) {
        return Err(vec![Message::new("authmanager-create-disabled")]);
    }
    let exists =
        context.wiki.canonical(name, Rigor::Usable).is_some_and(|name| context.wiki.users().has(&name));
    if exists {
        return Err(vec![Message::new("userexists")]);
    }
    let Some(name) = context.wiki.canonical(name, Rigor::Creatable) else {
        return Err(vec![Message::new("noname")]);
    };
    let wiki = context.wiki;
    for provider in wiki.providers.all() {
        provider.test_name(context, &name)?;
    }
    Ok(())
}

/// Whether somebody may create an account now, which counts for the rate limit.
fn permission_to_create(context: &Context<'_>, creator: &Creator) -> Status {
    let profile = &context.wiki.profile;
    if let Some(reason) = profile.read_only {
        return Err(vec![Message::new("readonlytext").text_param(reason)]);
    }
    may_create(context, creator)?;
    if let Some(hits) = profile.rate_limit.filter(|_| creator.id.is_none()) {
        context.wiki.limits.hit(LIMIT_KEY, hits, RATE_WINDOW);
    }
    Ok(())
}

/// Whether somebody has the right, no block, and is within the rate limit.
pub fn may_create(context: &Context<'_>, creator: &Creator) -> Status {
    let wiki = context.wiki;
    let is_sysop = creator.is_sysop(context);
    let mut errors = Vec::new();
    if wiki.profile.is_closed && !is_sysop {
        errors.push(wiki.profile.closed_message(context.language));
    }
    if wiki.profile.is_blocked && !is_sysop {
        errors.push(wiki.block_message(context.language));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    // It is for visitors and newcomers, but here no user is a newcomer.
    match wiki.profile.rate_limit.filter(|_| creator.id.is_none()) {
        Some(hits) if wiki.limits.is_full(LIMIT_KEY, hits) => Err(vec![Message::new("actionthrottledtext")]),
        _ => Ok(()),
    }
}

pub fn begin_creation(
    context: &mut Context<'_>,
    mut requests: Vec<AuthRequest>,
    return_to_url: Option<String>,
) -> Result<Response, Exception> {
    let creator = Creator::of(context);
    for request in &requests {
        request.strict_text("username")?;
    }
    let Some(username) = agreed_username(&requests) else {
        return Ok(Response::fail("noname"));
    };
    if let Err(errors) = permission_to_create(context, &creator) {
        return Ok(Response::Fail(Message::combine(errors)));
    }
    if let Err(errors) = can_create_account(context, &username) {
        return Ok(Response::Fail(Message::combine(errors)));
    }
    for request in &mut requests {
        request.username = Some(username.clone());
        request.return_to_url.clone_from(&return_to_url);
    }
    if let Err(message) = user_data(&requests)? {
        context.session.change().creation = None;
        return Ok(Response::Fail(message));
    }

    let preserved = requests.iter().find(|request| request.carried.is_some()).cloned();
    if let Some(carried) = preserved.and_then(|request| request.carried) {
        requests.extend(carried.create_request);
    }
    let data = context.session.change();
    data.auth_data.clear();
    data.creation = Some(CreationState {
        username,
        user_id: None,
        creator,
        requests: requests.clone(),
        return_to_url,
        primary: None,
        primary_result: None,
        secondary: BTreeMap::new(),
        continue_requests: Vec::new(),
        has_run_tests: false,
    });
    context.session.persist();
    continue_creation(context, requests)
}

pub fn continue_creation(
    context: &mut Context<'_>,
    requests: Vec<AuthRequest>,
) -> Result<Response, Exception> {
    let Some(mut state) = context.session.data().creation.clone() else {
        return Ok(Response::fail("authmanager-create-not-in-progress"));
    };
    let outcome = advance(context, &mut state, requests);
    let data = context.session.change();
    match outcome {
        Ok(Next::Wait(response, continue_requests)) => {
            state.continue_requests = continue_requests;
            data.creation = Some(state);
            Ok(response)
        }
        // The winner of the race owns the state.
        Ok(Next::Busy) => Ok(Response::fail("usernameinprogress")),
        Ok(Next::End(response)) => {
            data.creation = None;
            if matches!(response, Response::Pass(_)) {
                data.auth_data.clear();
            }
            Ok(response)
        }
        Err(exception) => {
            data.creation = None;
            Err(exception)
        }
    }
}

enum Next {
    Wait(Response, Vec<AuthRequest>),
    Busy,
    End(Response),
}

fn advance(
    context: &mut Context<'_>,
    state: &mut CreationState,
    mut requests: Vec<AuthRequest>,
) -> Result<Next, Exception> {
    let wiki = context.wiki;
    let end = |message: Message| Ok(Next::End(Response::Fail(message)));
    let Some(name) = context.wiki.canonical(&state.username, Rigor::Creatable) else {
        return end(Message::new("noname"));
    };
    let Some(_lock) = wiki.lock_name(&name) else {
        return Ok(Next::Busy);
    };
    if let Err(errors) = permission_to_create(context, &state.creator) {
        return end(Message::combine(errors));
    }
    if state.user_id.is_none() && wiki.users().has(&name) {
        return end(Message::new("userexists"));
    }
    let (email, realname) = match user_data(&state.requests)? {
        Ok(data) => data,
        Err(message) => return end(message),
    };
    let new_user = NewUser { name: name.clone(), email, realname, registered: clock::unix() };
    for request in &mut requests {
        request.username = Some(state.username.clone());
        request.return_to_url.clone_from(&state.return_to_url);
    }

    if !state.has_run_tests {
        wiki.record_received("begin", &requests);
        for provider in wiki.providers.all() {
            if let Err(errors) = provider.test_creation(context, &new_user, &state.creator, &requests)? {
                return end(Message::combine(errors));
            }
        }
        state.has_run_tests = true;
    }

    if let Some(next) = run_primary(context, state, &new_user, &requests)? {
        return Ok(next);
    }
    let user = match add_user(context, state, new_user) {
        Ok(user) => user,
        Err(NameTaken) => return end(Message::new("userexists")),
    };
    if let Some(next) = run_secondaries(context, state, &user, &requests) {
        return Ok(next);
    }
    Ok(Next::End(Response::pass(&name)))
}

/// Finds the primary provider that takes the account, or goes on with it. `None` when it has passed.
fn run_primary(
    context: &mut Context<'_>,
    state: &mut CreationState,
    user: &NewUser,
    requests: &[AuthRequest],
) -> Result<Option<Next>, Exception> {
    if state.primary_result.is_some() {
        return Ok(None);
    }
    let wiki = context.wiki;
    for provider in wiki.providers.primary.iter().filter(|provider| provider.can_create()) {
        let response = match state.primary {
            None => provider.begin_creation(context, user, requests)?,
            Some(id) if id == provider.id() => {
                wiki.record_received("continue", requests);
                provider.continue_creation(context, user, requests)?
            }
            Some(_) => continue,
        };
        match response {
            Response::Abstain if state.primary.is_none() => {}
            Response::Pass(passed) => {
                state.primary = Some(provider.id());
                state.primary_result = Some(passed);
                return Ok(None);
            }
            Response::Fail(_) => return Ok(Some(Next::End(response))),
            Response::Ui(..) | Response::Redirect { .. } => {
                state.primary = Some(provider.id());
                return Ok(Some(wait(response)));
            }
            Response::Restart { .. } | Response::Abstain => return Err(Exception("DomainException")),
        }
    }
    Ok(Some(Next::End(Response::fail("authmanager-create-no-primary"))))
}

fn add_user(
    context: &mut Context<'_>,
    state: &mut CreationState,
    new_user: NewUser,
) -> Result<User, NameTaken> {
    let wiki = context.wiki;
    let id = match state.user_id {
        Some(id) => id,
        None => {
            let id = wiki.users().add(new_user)?;
            state.user_id = Some(id);
            let passed = state.primary_result.clone().unwrap_or_default();
            for provider in
                wiki.providers.primary.iter().filter(|provider| Some(provider.id()) == state.primary)
            {
                provider.finish_creation(context, id, &passed);
            }
            context.session.send_write_cookie();
            id
        }
    };
    wiki.users().by_id(id).cloned().ok_or(NameTaken)
}

fn run_secondaries(
    context: &mut Context<'_>,
    state: &mut CreationState,
    user: &User,
    requests: &[AuthRequest],
) -> Option<Next> {
    let wiki = context.wiki;
    for provider in &wiki.providers.secondary {
        let response = match state.secondary.get(provider.id()) {
            // It gets what the flow began with, not what another provider asked for.
            None => provider.begin_creation(context, user, &state.requests),
            Some(false) => {
                wiki.record_received("continue", requests);
                provider.continue_creation(context, user, requests)
            }
            Some(true) => continue,
        };
        let has_ended = !matches!(response, Response::Ui(..) | Response::Redirect { .. });
        state.secondary.insert(provider.id(), has_ended);
        if !has_ended {
            return Some(wait(response));
        }
    }
    None
}

fn wait(response: Response) -> Next {
    let requests = match &response {
        Response::Ui(requests, _) | Response::Redirect { requests, .. } => requests.clone(),
        _ => Vec::new(),
    };
    Next::Wait(response, requests)
}

/// The name that all requests with a name agree on.
fn agreed_username(requests: &[AuthRequest]) -> Option<String> {
    let mut names = requests
        .iter()
        .filter(|request| request.field("username").is_some())
        .filter_map(|request| request.username.as_ref());
    let first = names.next()?;
    names.all(|name| name == first).then(|| first.clone())
}

/// E-mail address and real name.
fn user_data(requests: &[AuthRequest]) -> Result<Result<(String, String), Message>, Exception> {
    let text = |name| {
        let request = requests.iter().find(|request| request.value(name).is_some());
        let text = request.map_or(Ok(None), |request| request.strict_text(name))?;
        Ok(text.unwrap_or_default().to_owned())
    };
    let (email, realname) = (text("email")?, text("realname")?);
    let is_good = email.is_empty() || is_email(&email);
    Ok(if is_good { Ok((email, realname)) } else { Err(Message::new("invalidemailaddress")) })
}

fn is_email(address: &str) -> bool {
    let Some((user, domain)) = address.split_once('@') else { return false };
    let of_user = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    let of_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !user.is_empty()
        && user.bytes().all(of_user)
        && domain.split('.').all(|label| !label.is_empty() && label.bytes().all(of_label))
}

/// The request that carries a login without account into the next creation.
pub fn preserve(create_request: Option<AuthRequest>, maybe_link: Vec<AuthRequest>) -> AuthRequest {
    let mut request = create_from_login();
    request.username = create_request.as_ref().and_then(|request| request.username.clone());
    request.carried = Some(Box::new(super::Carried { create_request, maybe_link }));
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses() {
        for good in ["a@b", "a.b+c@example.org", "A_1@x-y.z"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b..c", "ä@b", "a@b."] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
