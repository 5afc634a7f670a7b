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

    /// What `amirequestsfor` calls it.
    pub(super) fn requests_for(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Login => "login",
        }
    }

    pub(super) fn params(self) -> &'static ModuleParams {
        match self {
            Self::Create => &ModuleParams::CREATE,
            Self::Login => &ModuleParams::LOGIN,
        }
    }

    pub(super) fn token_type(self) -> &'static str {
        match self {
            Self::Create => "createaccount",
            Self::Login => "login",
        }
    }
}

/// The names of a module's parameters.
pub(super) struct ModuleParams {
    pub requests: &'static str,
    pub message_format: &'static str,
    pub merge_request_fields: &'static str,
    pub preserve_state: &'static str,
    pub return_url: &'static str,
    pub go_on: &'static str,
    pub token: &'static str,
}

impl ModuleParams {
    const CREATE: Self = Self {
        requests: "createrequests",
        message_format: "createmessageformat",
        merge_request_fields: "createmergerequestfields",
        preserve_state: "createpreservestate",
        return_url: "createreturnurl",
        go_on: "createcontinue",
        token: "createtoken",
    };

    const LOGIN: Self = Self {
        requests: "loginrequests",
        message_format: "loginmessageformat",
        merge_request_fields: "loginmergerequestfields",
        preserve_state: "loginpreservestate",
        return_url: "loginreturnurl",
        go_on: "logincontinue",
        token: "logintoken",
    };
}
