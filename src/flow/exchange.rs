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
    /// Waits, sends the request, and gives the outcome to the flow.
    Send(Exchange),
    /// Ends the host's call, with the flow's step as the result.
    Step,
    /// Ends the call with this outcome of another attempt; the flow's own step stays.
    Report(Step),
}

#[derive(Debug)]
pub(crate) struct Exchange {
    pub request: Request,
    /// How long to wait first.
    pub delay: Duration,
    /// Whether to delete all cookies first, for a new session on the wiki.
    pub fresh_session: bool,
}

impl Exchange {
    /// At once, and in the current session of the wiki.
    pub(super) fn now(request: Request) -> Self {
        Self { request, delay: Duration::ZERO, fresh_session: false }
    }

    pub(super) fn after(delay: Duration, request: Request) -> Self {
        Self { delay, ..Self::now(request) }
    }
}

/// A response, or why there is none.
pub(crate) type Outcome = std::result::Result<Received, NoResponse>;

/// A response, and what the driver noticed while getting it.
#[derive(Debug)]
pub(crate) struct Received {
    pub response: Response,
    /// Where the request was redirected to, without the query.
    pub redirected_to: Option<Url>,
    /// Names of cookies that will not be sent back to the address that set them.
    pub lost_cookies: Vec<String>,
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) struct NoResponse {
    pub error: Error,
    /// Whether the request may have reached the wiki anyway.
    pub may_have_arrived: bool,
}

/// The two API modules that work in steps. They differ only in their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Module {
    Create,
    Login,
}

impl Module {
    pub(super) fn names(self) -> &'static ModuleNames {
        match self {
            Self::Create => &ModuleNames::CREATE,
            Self::Login => &ModuleNames::LOGIN,
        }
    }
}

/// The names of a module, of what it needs, and of its parameters.
pub(super) struct ModuleNames {
    pub action: &'static str,
    /// In `amirequestsfor`.
    pub requests_for: &'static str,
    pub token_type: &'static str,
    pub requests: &'static str,
    pub message_format: &'static str,
    pub merge_request_fields: &'static str,
    pub preserve_state: &'static str,
    pub return_url: &'static str,
    pub continue_flow: &'static str,
    pub token: &'static str,
}

impl ModuleNames {
    const CREATE: Self = Self {
        action: "createaccount",
        requests_for: "create",
        token_type: "createaccount",
        requests: "createrequests",
        message_format: "createmessageformat",
        merge_request_fields: "createmergerequestfields",
        preserve_state: "createpreservestate",
        return_url: "createreturnurl",
        continue_flow: "createcontinue",
        token: "createtoken",
    };

    const LOGIN: Self = Self {
        action: "clientlogin",
        requests_for: "login",
        token_type: "login",
        requests: "loginrequests",
        message_format: "loginmessageformat",
        merge_request_fields: "loginmergerequestfields",
        preserve_state: "loginpreservestate",
        return_url: "loginreturnurl",
        continue_flow: "logincontinue",
        token: "logintoken",
    };
}
