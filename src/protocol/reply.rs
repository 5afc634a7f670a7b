//! Replies of the API, parsed from JSON into types that the flow can trust.

use url::Url;

use super::{
    api_error::{self, MAX_ERRORS},
    bounds::Bounds,
    http::Response,
    json::{Document, Json, Place, Unreadable, text, truthy},
    page::{not_a_reply, retry_after, without_marks},
    raw::Raw,
    request::{AuthRequest, parse_requests},
    status::Status,
};
use crate::{Error, Result, Secret, text::clean};

/// A reply of the API that is a JSON object and not an error.
pub(crate) struct Reply(Document);

/// The members of a reply that are kept.
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
    // In these, servers other than MediaWiki report errors.
    "message",
    "detail",
    "fault",
];

impl Reply {
    /// Decides by the parsed body rather than the HTTP status: MediaWiki sends errors with status
    /// 200, and proxies send pages of their own with any status. The response came from `url`.
    pub(crate) fn parse(response: &Response, url: &Url) -> Result<Self> {
        let reply = match Document::read(without_marks(&response.body), Bounds::REPLY, Some(&MEMBERS)) {
            Ok(reply) if reply.root().is_object() => reply,
            Err(Unreadable::Bound(what)) => {
                let message = format!("The answer {what}.");
                return Err(Error::protocol(message).with_http_status(response.status));
            }
            _ => return Err(not_a_reply(response, url)),
        };
        match api_error::parse_error(reply.root()) {
            Some(error) => {
                Err(error.with_http_status(response.status).with_retry_after(retry_after(response)))
            }
            None if api_error::is_foreign(reply.root(), response.status) => Err(not_a_reply(response, url)),
            None => Ok(Self(reply)),
        }
    }

    /// The wiki's warnings, in its words: mostly about parameters that it did not accept
    /// (`unrecognizedparams`).
    pub(crate) fn warnings(&self) -> Vec<String> {
        let Some(warnings) = self.get("warnings") else { return Vec::new() };
        let of_module = |(_, module): (&str, Json<'_>)| {
            Some(clean(module.get("warnings").or_else(|| module.get("*"))?.as_str()?))
        };
        let listed = warnings.items().map(api_error::describe);
        listed.chain(warnings.members().filter_map(of_module)).take(MAX_ERRORS).collect()
    }

    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Json<'_>> {
        self.0.root().get(name)
    }

    /// `query.authmanagerinfo` and `query.tokens`.
    pub(crate) fn auth_info(self, token_type: &str) -> Result<AuthInfo> {
        let Some(info) = self.query("authmanagerinfo").filter(|info| info.is_object()) else {
            let message = "The wiki's answer has no authmanagerinfo; is it MediaWiki 1.27 or newer?";
            return Err(Error::protocol(message));
        };
        let time = self.get("curtimestamp").and_then(Json::as_str).map(str::to_owned);
        let (place, token) = (info.place(), self.token(token_type));
        AuthInfo::parse(self.keep(place), token, time)
    }

    /// A token of `query.tokens`.
    pub(crate) fn token(&self, token_type: &str) -> Option<Secret> {
        self.query("tokens")?.get(&[token_type, "token"].concat())?.as_str().map(Secret::from)
    }

    /// A member of `query`.
    pub(crate) fn query(&self, name: &str) -> Option<Json<'_>> {
        self.get("query")?.get(name)
    }

    /// Keeps the value at `place`, for hosts that want more than the library reads.
    pub(crate) fn keep(self, place: Place) -> Raw {
        Raw::new(self.0, place)
    }

    /// The member `createaccount` or `clientlogin`.
    pub(crate) fn status(self, module: &str) -> Result<Status> {
        match self.get(module) {
            Some(status) if status.is_object() => {
                let place = status.place();
                Status::parse(self.keep(place))
            }
            _ => Err(Error::protocol(format!("The wiki's answer has no member {module}."))),
        }
    }
}

/// What `meta=authmanagerinfo` says about a session.
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
    /// The same with HTML turned into plain text, if `wanted`.
    pub(crate) fn plain_if(self, wanted: bool) -> Self {
        if !wanted {
            return self;
        }
        Self { requests: self.requests.into_iter().map(AuthRequest::plain).collect(), ..self }
    }

    pub(crate) fn parse(raw: Raw, token: Option<Secret>, time: Option<String>) -> Result<Self> {
        let info = raw.json();
        Ok(Self {
            can_create: truthy(info.get("cancreateaccounts")),
            has_preserved_state: truthy(info.get("haspreservedstate")),
            has_primary_preserved_state: truthy(info.get("hasprimarypreservedstate")),
            preserved_username: text(info, "preservedusername").unwrap_or_default(),
            requests: parse_requests(info)?,
            token,
            time,
            raw,
        })
    }
}
