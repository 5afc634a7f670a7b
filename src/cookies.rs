//! The session's cookies (RFC 6265).

use std::fmt;

use cookie_store::{CookieError, CookieStore, StoreAction};
use url::Url;

use crate::{
    Error, Result, Secret,
    protocol::{Request, Response},
};

/// The cookie jar of one session. MediaWiki's cookies are host-only, and its session cookie has no lifetime.
#[derive(Default)]
pub(crate) struct Jar(CookieStore);

impl Jar {
    /// Adds the cookies that belong to the request.
    pub(crate) fn attach(&self, request: &mut Request) {
        let cookies: Vec<(&str, &str)> = self.0.get_request_values(&request.url).collect();
        // Never moved, so that no copy of a cookie stays behind.
        let mut header =
            String::with_capacity(cookies.iter().map(|(name, value)| name.len() + value.len() + 3).sum());
        for (name, value) in cookies {
            if !header.is_empty() {
                header.push_str("; ");
            }
            header.push_str(name);
            header.push('=');
            header.push_str(value);
        }
        if !header.is_empty() {
            request.headers.push(("cookie", Secret::from(header)));
        }
    }

    /// Keeps what the response sets, and returns the names of cookies that will not come back to `url`: they are for
    /// another domain, for another path, or for https only. What cannot be kept is ignored (RFC 6265, 5.2).
    pub(crate) fn store(&mut self, response: &Response, url: &Url) -> Vec<String> {
        let mut lost = Vec::new();
        for cookie in response.header_all("set-cookie") {
            let name = cookie.split_once('=').map_or(cookie, |(name, _)| name).trim();
            // One by one: `store_response_cookies` logs what it is given.
            let comes_back = match self.0.parse(cookie, url) {
                Ok(StoreAction::ExpiredExisting) | Err(CookieError::Expired | CookieError::Parse) => true,
                Ok(_) => self.0.get_request_values(url).any(|(known, _)| known == name),
                Err(_) => false,
            };
            if !comes_back {
                lost.push(name.to_owned());
            }
        }
        lost
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// All cookies, those of the session included, as JSON.
    pub(crate) fn save(&self) -> Result<Secret> {
        let mut json = Vec::new();
        cookie_store::serde::json::save_incl_expired_and_nonpersistent(&self.0, &mut json)
            .map_err(|error| Error::state("The cookies cannot be saved.").with_source(error.to_string()))?;
        String::from_utf8(json).map(Secret::from).map_err(|_| Error::state("The cookies cannot be saved."))
    }

    pub(crate) fn load(json: &str) -> Result<Self> {
        cookie_store::serde::json::load_all(json.as_bytes()).map(Self).map_err(|error| {
            Error::argument("data", "The saved cookies cannot be read.").with_source(error.to_string())
        })
    }
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter_any().map(|cookie| cookie.name()).collect();
        f.debug_tuple("Jar").field(&names).finish()
    }
}
