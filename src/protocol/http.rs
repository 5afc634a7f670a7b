//! The HTTP exchange as the engine and a transport see it.

use std::{borrow::Cow, fmt, mem};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::{Host, Url};
use zeroize::{Zeroize, Zeroizing};

use crate::{Secret, secret::wipe};

/// The HTTP methods that the engine uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Reads; may be repeated.
    Get,
    /// Changes something, or carries secrets; never repeated by a transport.
    Post,
}

impl Method {
    /// `"GET"` or `"POST"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One HTTP request, ready to be sent. Headers include the cookies.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The absolute address, query included.
    pub url: Url,
    /// Header names (lower case) and values. `Cookie`, `Authorization` and the host's own headers
    /// are secret.
    pub headers: Vec<(Cow<'static, str>, Secret)>,
    /// The body of a POST, `application/x-www-form-urlencoded`.
    pub body: Option<Secret>,
}

impl Request {
    /// The value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.expose())
    }

    /// Whether it may authenticate its sender, which a server can tie to the connection. Any header
    /// of the host's own counts, whatever it is for.
    #[cfg(feature = "ureq")]
    pub(crate) fn is_authorized(&self) -> bool {
        let is_ours = |name: &str| matches!(name, "accept" | "content-type" | "cookie" | "user-agent");
        !self.headers.iter().all(|(name, _)| is_ours(name))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_ref()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("headers", &headers)
            .field("body", &self.body)
            .finish()
    }
}

/// Whether nobody on the way can read it: https, or http that stays on this machine. With
/// `allow_http`, any http is accepted.
pub(crate) fn is_encrypted_or_local(url: &Url, allow_http: bool) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => allow_http || is_loopback(url),
        _ => false,
    }
}

/// Whether the URL's host is this machine, however names are resolved: a loopback address, or
/// `localhost`, which the library's transport does not look up.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The address without its query and fragment.
pub(crate) fn without_query(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Whether an address contains a user name or a password. The HTTP layer would send them, and a
/// person may misread the address.
pub(crate) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The value of an `Authorization` or `Proxy-Authorization` header (`Basic`, RFC 7617, in UTF-8).
pub(crate) fn basic_auth(user: &str, password: &str) -> Secret {
    let login = Zeroizing::new([user, ":", password].concat());
    // Never reallocated, so that no copy is left behind.
    let mut value = String::with_capacity("Basic ".len() + login.len().div_ceil(3) * 4);
    value.push_str("Basic ");
    STANDARD.encode_string(login.as_bytes(), &mut value);
    value.into()
}

/// One complete HTTP response. Its body and the cookies that it sets are wiped when it is dropped.
#[derive(Clone, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header names (any case) and values; a repeated header as often as it came.
    pub headers: Vec<(String, String)>,
    /// The body, decoded if it was compressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The headers that the engine reads. The library's own transport returns no others.
    #[cfg(feature = "ureq")]
    pub(crate) const READ: [&str; 5] =
        ["date", "location", "mediawiki-api-error", "retry-after", "set-cookie"];

    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub fn header_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The target of a redirect, as the header gives it.
    pub(crate) fn redirect_target(&self) -> Option<&str> {
        if self.is_redirect() { self.header("location") } else { None }
    }

    /// Whether it is one of the redirects that a client follows (RFC 9110, 15.4).
    pub(crate) fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        // It holds tokens and one-time values.
        wipe(mem::take(&mut self.body));
        for (name, value) in &mut self.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                value.zeroize();
            }
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}
