//! Replies of the API: JSON to types that the flow can trust.

use std::time::Duration;

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::{
    api_error,
    html::plain_text,
    http::Response,
    json::{Raw, text, truthy},
    request::{AuthRequest, parse_requests},
    status::Status,
};
use crate::{Error, ErrorKind, Result, Secret};

/// A reply of the API that is a JSON object and no error.
#[derive(Debug)]
pub(crate) struct Reply(Raw);

impl Reply {
    /// Decides on the parsed body, not on the HTTP status: MediaWiki sends errors with status 200, and proxies send
    /// pages of their own with any status.
    pub(crate) fn parse(response: &Response) -> Result<Self> {
        // Beyond 128 levels serde_json gives an error instead of a deep stack.
        let Ok(reply @ Value::Object(_)) = serde_json::from_slice(&response.body) else {
            return Err(not_a_reply(response));
        };
        match api_error::parse_error(&reply) {
            Some(error) => {
                Err(error.with_http_status(response.status).with_retry_after(retry_after(response)))
            }
            None if api_error::is_foreign_error(&reply) => Err(not_a_reply(response)),
            None => Ok(Self(reply.into())),
        }
    }

    /// The names of parameters that the wiki did not take (warning `unrecognizedparams`), as it puts it.
    pub(crate) fn warnings(&self) -> Vec<String> {
        match self.0.get("warnings") {
            Some(Value::Array(warnings)) => warnings.iter().map(api_error::describe).collect(),
            Some(Value::Object(modules)) => modules
                .values()
                .filter_map(|module| module.get("warnings").or_else(|| module.get("*"))?.as_str())
                .map(str::to_owned)
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

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3), which is held against the sender's own clock in `Date`.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let wait = response.header("retry-after")?.trim();
    if let Ok(seconds) = wait.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    let left = date(wait)? - date(response.header("date")?.trim())?;
    // A date that has passed asks for no wait.
    Some(Duration::try_from(left).unwrap_or_default())
}

/// Names what came where JSON was expected, and what to do about it.
fn not_a_reply(response: &Response) -> Error {
    let status = response.status;
    let body = String::from_utf8_lossy(&response.body[..response.body.len().min(64 * 1024)]);
    let lower = body.to_ascii_lowercase();
    let html = lower.contains("<html") || lower.contains("<!doctype html");
    let title = lower.find("<title").and_then(|start| {
        let rest = &body[start..];
        let title = &rest[rest.find('>')? + 1..];
        Some(plain_text(&title[..title.find('<')?])).filter(|title| !title.is_empty())
    });
    let title = title.map(|title| format!(" It is titled “{title}”.")).unwrap_or_default();
    let wait = retry_after(response);
    let message = match status {
        301 | 302 | 303 | 307 | 308 => {
            let to = response.header("location").unwrap_or("another address");
            format!("The wiki redirects to {to}, which is not followed. Use the API's exact address.")
        }
        429 => {
            let wait = match wait {
                Some(wait) => format!("asks to wait {} seconds", wait.as_secs()),
                None => "takes no more for now".to_owned(),
            };
            format!("Too many requests (HTTP 429): the wiki, or what stands before it, {wait}.{title}")
        }
        401 | 407 => {
            format!("A login of the web server or proxy stands before the wiki (HTTP {status}).{title}")
        }
        403 => format!("Access was refused before the wiki was reached (HTTP 403).{title}"),
        404 | 410 => {
            format!("There is no API at this address (HTTP {status}). It usually ends in /api.php.{title}")
        }
        500..=599 => format!("The web server failed (HTTP {status}).{title}"),
        _ if html && lower.contains("type=\"password\"") => {
            format!(
                "A login page came instead of the API's answer: the network or the site wants a login first.{title}"
            )
        }
        _ if html && lower.contains("apihelp") => {
            format!(
                "The API's help page came instead of an answer: the parameters did not reach the wiki.{title}"
            )
        }
        _ if html => {
            format!("A web page came instead of the API's answer (HTTP {status}); check the address.{title}")
        }
        _ if response.body.is_empty() => format!("The answer was empty (HTTP {status})."),
        _ => format!("The answer is not the JSON of a MediaWiki API, or was cut short (HTTP {status})."),
    };
    Error::new(ErrorKind::Protocol, message).with_http_status(status).with_retry_after(wait)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Response, retry_after};

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let date = "Fri, 31 Dec 2027 23:59:30 GMT";
        for (wait, date, seconds) in [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("Sat, 01 Jan 2028 00:01:00 GMT", Some(date), Some(90)),
            ("Fri, 31 Dec 2027 23:59:29 GMT", Some(date), Some(0)),
            // The clock of this machine says nothing about the sender's.
            ("Sat, 01 Jan 2028 00:01:00 GMT", None, None),
            ("Sat, 01 Jan 2028 00:01:00 GMT", Some("now"), None),
            ("soon", Some(date), None),
            ("-1", Some(date), None),
            ("99999999999999999999", Some(date), None),
        ] {
            let mut headers = vec![("Retry-After".to_owned(), wait.to_owned())];
            headers.extend(date.map(|date| ("Date".to_owned(), date.to_owned())));
            let response = Response { status: 429, headers, body: Vec::new() };
            assert_eq!(retry_after(&response), seconds.map(Duration::from_secs), "{wait} {date:?}");
        }
    }
}
