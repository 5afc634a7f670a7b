//! `TemporaryPasswordPrimaryAuthenticationProvider`: passwords by e-mail.

use super::core_requests::temporary_password;
use super::provider::{Action, Context, Exception, Passed, Primary, Provider, Response, Status};
use super::request::AuthRequest;
use super::{Creator, NewUser};
use crate::instance::Mail;
use crate::message::Message;
use crate::random;
use serde_json::json;

pub struct TemporaryPassword;

impl Provider for TemporaryPassword {
    fn requests(&self, context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        match action {
            // Who creates an account for himself needs no mail to get in.
            Action::Create if context.user().is_some() && context.wiki.profile.has_email => {
                vec![temporary_password()]
            }
            _ => Vec::new(),
        }
    }

    fn test_creation(
        &self,
        _context: &mut Context<'_>,
        user: &NewUser,
        _creator: &Creator,
        requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        let lacks_address = find(requests).is_some() && user.email.is_empty();
        Ok(if lacks_address { Err(vec![Message::new("noemailcreate")]) } else { Ok(()) })
    }
}

impl Primary for TemporaryPassword {
    fn id(&self) -> &'static str {
        "MediaWiki\\Auth\\TemporaryPasswordPrimaryAuthenticationProvider"
    }

    fn begin_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        let Some(request) = find(requests) else { return Ok(Response::Abstain) };
        // The mail with the password proves the address well enough.
        context.session.change().auth_data.insert("no-email".into(), json!(true));
        Ok(Response::Pass(Passed {
            username: Some(user.name.clone()),
            create_request: Some(request.clone()),
        }))
    }

    fn finish_creation(&self, context: &mut Context<'_>, user_id: u64, _passed: &Passed) {
        let password = random::text("0123456789abcdefghijklmnopqrstuv", 10);
        let users = context.wiki.users();
        let Some(user) = users.by_id(user_id) else { return };
        let (to, name) = (user.email.clone(), user.name.clone());
        drop(users);
        let text = Message::new("createaccount-text")
            .text_param("127.0.0.1")
            .text_param(name)
            .text_param(password)
            .text_param(format!("<{}/index.php/Main_Page>", context.base))
            .int(7);
        let subject = Message::new("createaccount-title");
        context.wiki.send(Mail {
            to,
            subject: subject.text(crate::message::Language::English),
            body: text.text(crate::message::Language::English),
        });
    }
}

fn find(requests: &[AuthRequest]) -> Option<&AuthRequest> {
    requests.iter().find(|request| request.flag("mailpassword"))
}
