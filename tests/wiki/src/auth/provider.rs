//! What takes part in a flow.

use super::request::AuthRequest;
use super::{Creator, NewUser};
use crate::instance::{Instance, User};
use crate::message::{Language, Message};
use crate::session::Session;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Login,
    LoginContinue,
    Create,
    CreateContinue,
    Change,
}

/// A PHP exception, by its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception(pub &'static str);

/// The errors, if any, that a check found.
pub type Status = Result<(), Vec<Message>>;

/// What a provider answers.
#[derive(Debug)]
pub enum Response {
    Pass(Passed),
    Fail(Message),
    Ui(Vec<AuthRequest>, Message),
    Redirect {
        target: String,
        data: Option<Value>,
        requests: Vec<AuthRequest>,
    },
    /// Of a login: an outside identity without an account.
    Restart {
        message: Message,
        requests: Vec<AuthRequest>,
        preserved: Option<AuthRequest>,
    },
    Abstain,
}

#[derive(Clone, Debug, Default)]
pub struct Passed {
    pub username: Option<String>,
    pub create_request: Option<AuthRequest>,
}

impl Response {
    pub fn pass(username: &str) -> Self {
        Self::Pass(Passed { username: Some(username.to_owned()), ..Passed::default() })
    }

    pub fn fail(key: &str) -> Self {
        Self::Fail(Message::new(key))
    }
}

/// What the providers work on.
pub struct Context<'a> {
    pub wiki: &'a Instance,
    pub session: &'a mut Session,
    pub language: Language,
    /// `http://HOST/w/PROFILES/INSTANCE`, as the client spells it.
    pub base: &'a str,
}

impl Context<'_> {
    pub fn user(&self) -> Option<User> {
        self.session.data().user.and_then(|id| self.wiki.users().by_id(id).cloned())
    }
}

#[derive(Default)]
pub struct Providers {
    pub pre: Vec<Box<dyn PreAuth>>,
    pub primary: Vec<Box<dyn Primary>>,
    pub secondary: Vec<Box<dyn Secondary>>,
}

impl Providers {
    pub fn all(&self) -> impl Iterator<Item = &dyn Provider> {
        let pre = self.pre.iter().map(|provider| provider.as_ref() as &dyn Provider);
        let primary = self.primary.iter().map(|provider| provider.as_ref() as &dyn Provider);
        let secondary = self.secondary.iter().map(|provider| provider.as_ref() as &dyn Provider);
        pre.chain(primary).chain(secondary)
    }
}

/// What all providers have in common.
pub trait Provider: Send + Sync {
    fn requests(&self, _context: &mut Context<'_>, _action: Action) -> Vec<AuthRequest> {
        Vec::new()
    }

    /// Whether a name may be registered.
    fn test_name(&self, _context: &mut Context<'_>, _name: &str) -> Status {
        Ok(())
    }

    /// The test before a creation, run once in a flow.
    fn test_creation(
        &self,
        _context: &mut Context<'_>,
        _user: &NewUser,
        _creator: &Creator,
        _requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        Ok(Ok(()))
    }
}

/// Providers that only test.
pub trait PreAuth: Provider {
    fn test_login(&self, _context: &mut Context<'_>, _requests: &[AuthRequest]) -> Status {
        Ok(())
    }

    fn after_login(&self, _context: &mut Context<'_>, _user_name: &str) {}
}

/// Providers that know who somebody is.
pub trait Primary: Provider {
    fn id(&self) -> &'static str;

    fn begin_login(&self, _context: &mut Context<'_>, _requests: &[AuthRequest]) -> Response {
        Response::Abstain
    }

    fn can_create(&self) -> bool {
        true
    }

    fn begin_creation(
        &self,
        _context: &mut Context<'_>,
        _user: &NewUser,
        _requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        Ok(Response::Abstain)
    }

    /// # Errors
    /// Providers that answer at once are never continued.
    fn continue_creation(
        &self,
        _context: &mut Context<'_>,
        _user: &NewUser,
        _requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        Err(Exception("BadMethodCallException"))
    }

    /// Called when the account is there.
    fn finish_creation(&self, _context: &mut Context<'_>, _user_id: u64, _passed: &Passed) {}
}

/// Providers that come after the account is known. They cannot fail a creation.
pub trait Secondary: Provider {
    fn id(&self) -> &'static str;

    fn begin_login(&self, _context: &mut Context<'_>, _user: &User, _requests: &[AuthRequest]) -> Response {
        Response::Abstain
    }

    fn continue_login(
        &self,
        _context: &mut Context<'_>,
        _user: &User,
        _requests: &[AuthRequest],
    ) -> Response {
        Response::Abstain
    }

    fn begin_creation(
        &self,
        _context: &mut Context<'_>,
        _user: &User,
        _requests: &[AuthRequest],
    ) -> Response {
        Response::Abstain
    }

    fn continue_creation(
        &self,
        _context: &mut Context<'_>,
        _user: &User,
        _requests: &[AuthRequest],
    ) -> Response {
        Response::Abstain
    }
}
