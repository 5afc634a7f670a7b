//! Replies of the API: JSON to types that the flow can trust.

use serde_json::Value;
use url::Url;

use super::{
    api_error::{self, MAX_ERRORS},
    http::Response,
    json::{self, Bounds, Raw, Unreadable, text, truthy},
    page::{not_a_reply, retry_after, without_marks},
    request::{AuthRequest, parse_requests},
    status::Status,
};
use crate::{Error, Result, Secret, text::clean};

/// A reply of the API that is a JSON object and no error.
pub(crate) struct Reply(Value);

/// What is read of a reply. The rest is not kept.
const MEMBERS: [&str; 12] = [
    "createaccount",
    "clientlogin",
    "login",
    "query",
    "validatepassword",
    "curtimestamp",
    "warnings",
    "error",
    "errors",
    // What others say where the API answers.
    "message",
    "detail",
    "fault",
];

impl Reply {
    /// Decides on the parsed body, not on the HTTP status: MediaWiki sends errors with status 200, and proxies send
    /// pages of their own with any status. The response came from `url`.
    pub(crate) fn parse(response: &Response, url: &Url) -> Result<Self> {
        let reply = match json::read(without_marks(&response.body), Bounds::REPLY, Some(&MEMBERS)) {
            Ok(reply @ Value::Object(_)) => reply,
            Err(Unreadable::Bound(what)) => {
                let message = format!("The answer {what}.");
                return Err(Error::protocol(message).with_http_status(response.status));
            }
            _ => return Err(not_a_reply(response, url)),
        };
        match api_error::parse_error(&reply) {
            Some(error) => {
                Err(error.with_http_status(response.status).with_retry_after(retry_after(response)))
            }
            None if api_error::is_foreign(&reply, response.status) => Err(not_a_reply(response, url)),
            None => Ok(Self(reply)),
        }
    }

    /// What the wiki warns of, in its words: parameters that it did not take, above all (`unrecognizedparams`).
    pub(crate) fn warnings(&self) -> Vec<String> {
        match self.0.get("warnings") {
            Some(Value::Array(warnings)) => {
                warnings.iter().take(MAX_ERRORS).map(api_error::describe).collect()
            }
            Some(Value::Object(modules)) => modules
                .values()
                .filter_map(|module| module.get("warnings").or_else(|| module.get("*"))?.as_str())
                .take(MAX_ERRORS)
                .map(clean)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The member of that name, taken out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.as_object_mut()?.remove(name)
    }

    /// `query.authmanagerinfo` and `query.tokens`.
    pub(crate) fn auth_info(mut self, token_type: &str) -> Result<AuthInfo> {
        let time = self.0.get("curtimestamp").and_then(Value::as_str).map(str::to_owned);
        let mut query = self.take("query").unwrap_or_default();
        let token = take_token(&mut query, token_type);
        let Some(info @ Value::Object(_)) = query.get_mut("authmanagerinfo").map(Value::take) else {
            let message = "The wiki's answer has no authmanagerinfo; is it MediaWiki 1.27 or newer?";
            return Err(Error::protocol(message));
        };
        AuthInfo::parse(info, token, time)
    }

    /// The member `createaccount` or `clientlogin`.
    pub(crate) fn status(mut self, module: &str) -> Result<Status> {
        match self.take(module) {
            Some(status @ Value::Object(_)) => Status::parse(status),
            _ => Err(Error::protocol(format!("The wiki's answer has no member {module}."))),
        }
    }
}

/// What `meta=authmanagerinfo` says of a session.
#[derive(Debug)]
pub(crate) struct AuthInfo {
    /// Whether some provider of the wiki can create accounts at all; it says nothing about this visitor.
    pub can_create: bool,
    pub has_preserved_state: bool,
    pub has_primary_preserved_state: bool,
    pub preserved_username: String,
    pub requests: Vec<AuthRequest>,
    pub token: Option<Secret>,
    /// The wiki's clock, ISO 8601 in UTC.
    pub time: Option<String>,
    pub raw: Raw,
}

impl AuthInfo {
    /// The same with words without markup, if they came as HTML and are wanted so.
    pub(crate) fn plain_if(self, wanted: bool) -> Self {
        if !wanted {
            return self;
        }
        Self { requests: self.requests.into_iter().map(AuthRequest::plain).collect(), ..self }
    }

    pub(crate) fn parse(info: Value, token: Option<Secret>, time: Option<String>) -> Result<Self> {
        Ok(Self {
            can_create: truthy(info.get("cancreateaccounts")),
            has_preserved_state: truthy(info.get("haspreservedstate")),
            has_primary_preserved_state: truthy(info.get("hasprimarypreservedstate")),
            preserved_username: text(&info, "preservedusername").unwrap_or_default(),
            requests: parse_requests(&info)?,
            token,
            time,
            raw: info.into(),
        })
    }
}

/// A token of `query.tokens`, taken out so that no copy stays behind.
pub(crate) fn take_token(query: &mut Value, token_type: &str) -> Option<Secret> {
    match query.get_mut("tokens")?.get_mut(format!("{token_type}token"))?.take() {
        Value::String(token) => Some(Secret::from(token)),
        _ => None,
    }
}
