//! `LocalPasswordPrimaryAuthenticationProvider`

use super::core_requests::password_request;
use super::provider::{Action, Context, Exception, Passed, Primary, Provider, Response, Status};
use super::request::AuthRequest;
use super::{Creator, NewUser};
use crate::instance::Instance;
use crate::message::Message;
use crate::username::Rigor;

pub struct LocalPassword;

impl Provider for LocalPassword {
    fn requests(&self, _context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        vec![password_request(action)]
    }

    fn test_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        _creator: &Creator,
        requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        let Some((password, retype)) = password_of(requests)? else { return Ok(Ok(())) };
        if password != retype {
            return Ok(Err(vec![Message::new("badretype")]));
        }
        let problems = context.wiki.profile.password_problems(&user.name, password);
        Ok(if problems.is_empty() { Ok(()) } else { Err(problems) })
    }
}

impl Primary for LocalPassword {
    fn id(&self) -> &'static str {
        "MediaWiki\\Auth\\LocalPasswordPrimaryAuthenticationProvider"
    }

    fn begin_login(&self, context: &mut Context<'_>, requests: &[AuthRequest]) -> Response {
        let Some((name, password)) = login_of(context.wiki, requests) else { return Response::Abstain };
        let user = context.wiki.users().by_name(&name).cloned();
        let Some(user) = user.filter(|user| user.password.as_deref() == Some(password)) else {
            return Response::fail(if password.is_empty() { "wrongpasswordempty" } else { "wrongpassword" });
        };
        Response::pass(&user.name)
    }

    fn begin_creation(
        &self,
        _context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        let request = find(requests);
        Ok(match request {
            Some(request) if request.text("password").is_some() => Response::Pass(Passed {
                username: Some(user.name.clone()),
                create_request: Some(request.clone()),
            }),
            _ => Response::Abstain,
        })
    }

    fn finish_creation(&self, context: &mut Context<'_>, user_id: u64, passed: &Passed) {
        let password = passed.create_request.as_ref().and_then(|request| request.text("password"));
        if let Some(user) = context.wiki.users().by_id_mut(user_id) {
            user.password = password.map(str::to_owned);
        }
    }
}

/// The name and the password of a login.
pub fn login_of<'a>(wiki: &Instance, requests: &'a [AuthRequest]) -> Option<(String, &'a str)> {
    let request = find(requests)?;
    let name = wiki.canonical(request.username.as_deref()?, Rigor::Usable)?;
    Some((name, request.text("password")?))
}

fn password_of(requests: &[AuthRequest]) -> Result<Option<(&str, &str)>, Exception> {
    let Some(request) = find(requests) else { return Ok(None) };
    let password = request.strict_text("password")?;
    Ok(password.zip(request.strict_text("retype")?))
}

fn find(requests: &[AuthRequest]) -> Option<&AuthRequest> {
    requests.iter().find(|request| request.class == "MediaWiki\\Auth\\PasswordAuthenticationRequest")
}
