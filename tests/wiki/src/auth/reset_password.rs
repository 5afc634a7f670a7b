//! `ResetPasswordSecondaryAuthenticationProvider`: the step after a login with a password that cannot stay.

use super::core_requests::{button, password_request};
use super::provider::{Action, Context, Provider, Response, Secondary};
use super::request::AuthRequest;
use crate::instance::User;
use crate::message::Message;

pub struct ResetPassword;

impl Provider for ResetPassword {}

impl Secondary for ResetPassword {
    fn id(&self) -> &'static str {
        "MediaWiki\\Auth\\ResetPasswordSecondaryAuthenticationProvider"
    }

    fn begin_login(&self, context: &mut Context<'_>, user: &User, requests: &[AuthRequest]) -> Response {
        try_reset(context, user, requests)
    }

    fn continue_login(&self, context: &mut Context<'_>, user: &User, requests: &[AuthRequest]) -> Response {
        try_reset(context, user, requests)
    }
}

fn try_reset(context: &mut Context<'_>, user: &User, requests: &[AuthRequest]) -> Response {
    let Some(wish) = context.session.data().auth_data.get("reset-pass").cloned() else {
        return Response::Abstain;
    };
    let weakness = wish["soft"].as_str();
    if weakness.is_some() && requests.iter().any(|request| request.flag("skipReset")) {
        context.session.change().auth_data.remove("reset-pass");
        return Response::pass(&user.name);
    }
    let mut needed = vec![password_request(Action::Change)];
    if weakness.is_some() {
        needed[0].required = super::Need::Optional;
        needed.push(button(
            "skipReset",
            Message::new("authprovider-resetpass-skip-label"),
            Message::new("authprovider-resetpass-skip-help"),
        ));
    }
    let filled =
        requests.iter().find_map(|request| Some((request.text("password")?, request.text("retype")?)));
    let problem = match filled {
        None => Some(match weakness {
            Some(problems) => Message::new("resetpass-validity-soft").text_param(problems),
            None => Message::new("resetpass-temp-emailed"),
        }),
        Some((password, retype)) if password != retype => Some(Message::new("badretype")),
        Some((password, _)) => {
            let problems = user.password_policy(&context.wiki.profile).check(&user.name, password).problems;
            (!problems.is_empty()).then(|| Message::combine(problems))
        }
    };
    if let Some(message) = problem {
        return Response::Ui(needed, message);
    }
    if let Some(stored) = context.wiki.users().by_id_mut(user.id) {
        stored.password = filled.map(|(password, _)| password.to_owned());
        stored.temporary_password = None;
    }
    context.session.change().auth_data.remove("reset-pass");
    context.session.send_write_cookie();
    Response::pass(&user.name)
}
