//! Outside identities, which log in, and which can be carried over into the creation of an account.

use super::steps::field;
use crate::auth::{
    Action, AuthRequest, Context, Exception, FieldType, NewUser, Passed, Primary, Provider, Response, Value,
};
use crate::message::Message;

pub struct LoginLink;

const CLASS: &str = "StepTestLinkRequest";

impl Provider for LoginLink {
    fn requests(&self, _context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action == Action::Login { vec![link_request()] } else { Vec::new() }
    }
}

impl Primary for LoginLink {
    fn id(&self) -> &'static str {
        "StepTest\\LinkProvider"
    }

    fn begin_login(&self, context: &mut Context<'_>, requests: &[AuthRequest]) -> Response {
        let Some(request) = find(requests) else { return Response::Abstain };
        if request.text("outsideKey") != Some("outside-key") {
            return Response::fail("steptest-outside-refused");
        }
        let outside_name = request.text("outsideName").unwrap_or_default();
        if let Some(user_name) = context.wiki.linked_user(outside_name) {
            return Response::pass(&user_name);
        }
        let mut identity = link_request();
        identity.set("outsideName", Value::Text(outside_name.to_owned()));
        identity.username = outside_name.starts_with("Known ").then(|| outside_name.to_owned());
        Response::Pass(Passed { username: None, create_request: Some(identity) })
    }

    fn begin_creation(
        &self,
        _context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        Ok(match find(requests) {
            Some(identity) => Response::Pass(Passed {
                username: Some(user.name.clone()),
                create_request: Some(identity.clone()),
            }),
            None => Response::Abstain,
        })
    }

    fn finish_creation(&self, context: &mut Context<'_>, user_id: u64, passed: &Passed) {
        let outside_name = passed.create_request.as_ref().and_then(|identity| identity.text("outsideName"));
        let user = context.wiki.users().by_id(user_id).cloned();
        if let (Some(outside_name), Some(user)) = (outside_name, user) {
            context.wiki.link(outside_name, &user.name);
        }
    }
}

fn link_request() -> AuthRequest {
    let fields =
        vec![field("outsideName", FieldType::Text), field("outsideKey", FieldType::Password).sensitive()];
    AuthRequest::new(CLASS, fields)
        .described(Message::new("steptest-provider"), Message::new("steptest-account"))
}

fn find(requests: &[AuthRequest]) -> Option<&AuthRequest> {
    requests.iter().find(|request| request.class == CLASS)
}
