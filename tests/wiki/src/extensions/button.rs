//! A sign-up at the press of a button.

use super::steps::field;
use crate::auth::{
    Action, AuthRequest, Context, Exception, FieldType, Need, NewUser, Primary, Provider, Response, button,
};

pub struct Button {
    pub required: Need,
}

const NAME: &str = "signupElsewhere";

impl Provider for Button {
    fn requests(&self, _context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action != Action::Create {
            return Vec::new();
        }
        let field = field(NAME, FieldType::Button);
        let mut request = button(NAME, field.label, field.help);
        request.required = self.required;
        vec![request]
    }
}

impl Primary for Button {
    fn id(&self) -> &'static str {
        "StepTest\\ButtonProvider"
    }

    fn begin_creation(
        &self,
        _context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        let is_pressed = requests.iter().any(|request| request.flag(NAME));
        Ok(if is_pressed { Response::pass(&user.name) } else { Response::Abstain })
    }
}
