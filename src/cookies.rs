//! The session's cookies (RFC 6265).

use std::{fmt, mem};

use cookie_store::{Cookie, CookieError, CookieStore, StoreAction};
use url::Url;

use crate::{
    Error, Result, Secret,
    protocol::{Request, Response},
    secret::Scratch,
};

/// The cookie jar of one session. MediaWiki's cookies are host-only, and its session cookie has no
/// expiry.
#[derive(Default)]
pub(crate) struct Jar(CookieStore);

/// How many cookies the jar holds, and how many are read from one response. A wiki sets about ten;
/// RFC 6265 asks for at least fifty (6.1).
const MAX_COOKIES: usize = 100;
/// The longest `Set-Cookie` header, in bytes. RFC 6265 asks for at least 4096 per cookie.
const MAX_LINE: usize = 8 * 1024;
/// Bytes of all names and values together. Web servers accept no more in a header.
const MAX_COOKIE_BYTES: usize = 64 * 1024;
/// The largest saved jar, in bytes: all cookies as JSON, escaped twice.
const MAX_JSON: usize = 1024 * 1024;

impl Jar {
    /// Gives the request the cookies that belong to it, and no others.
    pub(crate) fn attach(&self, request: &mut Request) {
        request.headers.retain(|(name, _)| *name != "cookie");
        let cookies: Vec<(&str, &str)> = self.0.get_request_values(&request.url).collect();
        // Never reallocated, so that no copy of a cookie is left behind.
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
            request.headers.push(("cookie".into(), Secret::from(header)));
        }
    }

    /// Stores the cookies that the response sets, within the bounds. Returns the names of those
    /// that will not be sent back to `url`: they are for another domain, for another path, or for
    /// https only. Cookies that cannot be kept are ignored (RFC 6265, 5.2).
    pub(crate) fn store(&mut self, response: &Response, url: &Url) -> Vec<String> {
        let mut lost = Vec::new();
        for cookie in response.header_all("set-cookie").take(MAX_COOKIES).filter(|line| is_fit(line)) {
            self.make_room();
            let name = cookie.split_once('=').map_or(cookie, |(name, _)| name).trim();
            // One by one: `store_response_cookies` logs what it is given.
            let comes_back = match self.insert(cookie, url) {
                Ok(comes_back) => comes_back,
                Err(error) => matches!(error, CookieError::Expired | CookieError::Parse),
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
        // Serialized here, because the store's own method leaves copies of all values behind.
        let mut scratch = Scratch::default();
        serde_json::to_writer(&mut scratch, &self.0.iter_any().collect::<Vec<_>>())
            .map_err(|error| Error::state("The cookies cannot be saved.").with_source(error.to_string()))?;
        let json = mem::take(&mut *scratch.into_bytes());
        String::from_utf8(json).map(Secret::from).map_err(|_| Error::state("The cookies cannot be saved."))
    }

    /// Loads the cookies that [`save`](Self::save) wrote. It is an error if the wiki at `url` could
    /// not have set one of them.
    pub(crate) fn load(json: &str, url: &Url) -> Result<Self> {
        let wrong = || Error::argument("data", "The saved cookies cannot be read.");
        if json.len() > MAX_JSON {
            return Err(wrong());
        }
        let store = cookie_store::serde::json::load_all(json.as_bytes())
            .map_err(|error| wrong().with_source(error.to_string()))?;
        let jar = Self(store);
        let are_fit = jar.0.iter_any().all(|cookie| {
            let domain = cookie.domain.as_cow().unwrap_or_default();
            is_fit(cookie.name()) && is_fit(cookie.value()) && is_fit(&domain) && cookie.domain.matches(url)
        });
        if are_fit && jar.count() <= MAX_COOKIES && jar.bytes() <= MAX_COOKIE_BYTES {
            Ok(jar)
        } else {
            Err(wrong())
        }
    }

    /// Stores a cookie if the jar has room for it. Returns whether it will be sent back to `url`,
    /// or has expired a known one.
    fn insert(&mut self, cookie: &str, url: &Url) -> Result<bool, CookieError> {
        let parsed = Cookie::parse(cookie, url)?.into_owned();
        let domain = parsed.domain.as_cow().unwrap_or_default();
        let known = self.0.get_any(&domain, &parsed.path, parsed.name());
        let comes_back = parsed.matches(url);
        if known == Some(&parsed) {
            return Ok(comes_back);
        }
        let is_new = known.is_none();
        let bytes = self.bytes() + parsed.name().len() + parsed.value().len();
        if (is_new && self.count() >= MAX_COOKIES) || bytes > MAX_COOKIE_BYTES {
            return Err(CookieError::Parse);
        }
        let action = self.0.insert(parsed, url)?;
        Ok(comes_back || matches!(action, StoreAction::ExpiredExisting))
    }

    /// Removes expired cookies if the jar is full.
    fn make_room(&mut self) {
        if self.count() < MAX_COOKIES {
            return;
        }
        let kept: Vec<_> = self.0.iter_unexpired().cloned().map(Ok::<_, CookieError>).collect();
        if let Ok(store) = CookieStore::from_cookies(kept, false) {
            self.0 = store;
        }
    }

    fn count(&self) -> usize {
        self.0.iter_any().count()
    }

    fn bytes(&self) -> usize {
        self.0.iter_any().map(|cookie| cookie.name().len() + cookie.value().len()).sum()
    }
}

/// Whether a `Set-Cookie` header, or a part of one, is short enough and free of control characters
/// other than tabs. Some would start a header of their own; RFC 6265bis (5.6) ignores headers that
/// have any.
fn is_fit(text: &str) -> bool {
    text.len() <= MAX_LINE && !text.contains(|c: char| c.is_control() && c != '\t')
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter_any().map(|cookie| cookie.name()).collect();
        f.debug_tuple("Jar").field(&names).finish()
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Jar, MAX_COOKIES};
    use crate::protocol::{Method, Request, Response};

    fn wiki() -> Url {
        Url::parse("https://wiki.example/w/api.php").expect("an address")
    }

    fn store(jar: &mut Jar, lines: impl IntoIterator<Item = String>) -> Vec<String> {
        let headers = lines.into_iter().map(|line| ("Set-Cookie".to_owned(), line)).collect();
        jar.store(&Response { status: 200, headers, body: Vec::new() }, &wiki())
    }

    fn sent(jar: &Jar) -> String {
        let mut request = Request { method: Method::Get, url: wiki(), headers: Vec::new(), body: None };
        jar.attach(&mut request);
        request.header("cookie").unwrap_or_default().to_owned()
    }

    #[test]
    fn control_characters_are_refused() {
        let mut jar = Jar::default();
        for line in
            ["a=1\r\nX: y", "a=1\n", "a\0=1", "a=\u{1b}[31m", "a=\u{7f}", "a=\u{85}", "a=1; Path=/\r\n"]
        {
            store(&mut jar, [line.to_owned()]);
            assert_eq!(sent(&jar), "", "{line:?}");
        }
        store(&mut jar, ["a=1;\tPath=/".to_owned()]);
        assert_eq!(sent(&jar), "a=1");
    }

    #[test]
    fn neither_their_number_nor_their_bytes_grow_without_end() {
        let mut jar = Jar::default();
        store(&mut jar, ["session=1; Path=/".to_owned()]);
        for _ in 0..2 {
            store(&mut jar, (0..10_000).map(|number| format!("same=1; Path=/w/{number}")));
            store(&mut jar, (0..10_000).map(|number| format!("c{number}=1")));
        }
        assert_eq!(jar.count(), MAX_COOKIES);
        store(&mut jar, (0..100).map(|number| format!("c{number}={}", "x".repeat(8_000))));
        store(&mut jar, [format!("huge={}", "x".repeat(9_000))]);
        assert!(sent(&jar).len() < 70_000);
        // Known cookies are still updated.
        store(&mut jar, ["session=2; Path=/".to_owned()]);
        assert!(sent(&jar).contains("session=2"));
        let saved = jar.save().expect("JSON");
        assert_eq!(sent(&Jar::load(saved.expose(), &wiki()).expect("the same")), sent(&jar));
    }

    #[test]
    fn cookies_that_have_expired_make_room() {
        let mut jar = Jar::default();
        store(&mut jar, (0..100).map(|number| format!("c{number}=1; Max-Age=1")));
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        store(&mut jar, ["session=1".to_owned()]);
        assert_eq!(sent(&jar), "session=1");
    }
}
