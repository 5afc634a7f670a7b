//! What the flow and its driver exchange.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::step::Step;
use crate::{
    Error,
    protocol::{Request, Response},
};

/// What the driver does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Waits, sends, and hands the outcome to the flow.
    Send(Exchange),
    /// The call of the host ends; the flow's step is its result.
    Step,
    /// The call ends with a step of an earlier attempt; the flow's own step stays.
    Report(Step),
}

#[derive(Debug)]
pub(crate) struct Exchange {
    pub request: Request,
    /// How long to wait first.
    pub delay: Duration,
    /// Forget all cookies first: the session holds an abandoned flow.
    pub fresh_session: bool,
}

impl Exchange {
    /// At once, in the session as it is.
    pub(super) fn now(request: Request) -> Self {
        Self { request, delay: Duration::ZERO, fresh_session: false }
    }

    pub(super) fn after(delay: Duration, request: Request) -> Self {
        Self { delay, ..Self::now(request) }
    }
}

/// A response, or why there is none.
pub(crate) type Outcome = std::result::Result<Arrived, Unsent>;

/// A response, and what was noticed on its way.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub response: Response,
    /// Where the address was redirected to, without its query.
    pub moved_to: Option<Url>,
    /// Names of cookies that were set but will not come back.
    pub lost_cookies: Vec<String>,
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub error: Error,
    /// Whether the request may have reached the wiki all the same.
    pub may_have_arrived: bool,
}

/// The two modules that work by steps. They differ in names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Module {
    Create,
    Login,
}

impl Module {
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Create => "createaccount",
            Self::Login => "clientlogin",
        }
    }

    /// What its parameters begin with, and what `amirequestsfor` calls it.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Login => "login",
        }
    }

    pub(super) fn token_type(self) -> &'static str {
        match self {
            Self::Create => "createaccount",
            Self::Login => "login",
        }
    }
}
