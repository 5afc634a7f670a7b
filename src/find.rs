//! Finding the API of a wiki from an address that a person has: a page, a wrong path, a bare host name.
//!
//! MediaWiki names its API on every page (`rel="EditURI"`). Nothing counts as an API before it has answered as one.

use log::Level;
use url::{Origin, Url};

#[cfg(doc)]
use crate::ErrorKind;
use crate::{
    Config, Error, Result, Secret,
    link::{Link, MAX_BODY},
    protocol::{
        Method, Params, Reply, Request, Response, edit_uri, has_user_info, is_encrypted_or_local,
        is_loopback, not_a_reply, without_query,
    },
};

/// Finds the `api.php` of a wiki. `url` is the address of a page, a wrong path, or a host name without `https://`.
///
/// The page at the address is searched for the link to the API that every page of MediaWiki has,
/// then the wiki's front page; last, the usual places are tried. Only what answers as MediaWiki's
/// API counts. Redirects are followed, to other hosts too: check the host of the result before you
/// send a password there. Neither cookies nor a [`Config::bearer_token`] are sent;
/// [`Config::basic_auth`] and [`Config::header`] go only to the origin of `url`. The other settings
/// apply as for a [`Client`](crate::Client); [`Config::interrupt`] cancels the search.
///
/// ```no_run
/// # use createaccount::{Client, Config, find_api};
/// # fn main() -> createaccount::Result<()> {
/// let api_url = find_api("wiki.example", Config::new())?;
/// let client = Client::new(api_url.as_str(), Config::new())?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::InvalidArgument`] names the address (`url`) or the setting that cannot be used;
/// [`ErrorKind::Protocol`] when no API was found; otherwise the error that kept the wiki from being
/// asked.
pub fn find_api(url: &str, mut config: Config) -> Result<Url> {
    let given = read_address(url, config.settings.allow_http)?;
    config.check_settings()?;
    let mut search = Search {
        allow_http: config.settings.allow_http,
        user_agent: config.settings.user_agent,
        own_headers: config.settings.headers,
        origin: given.origin(),
        link: Link::new(&given, config.link)?,
    };
    let _call = search.link.enter(None);
    search.run(&given)
}

/// One search, over a link of its own.
struct Search {
    link: Link,
    user_agent: String,
    /// The host's own headers, sent only to `origin`, that of the given address.
    own_headers: Vec<(String, Secret)>,
    origin: Origin,
    allow_http: bool,
}

/// What came from an address, after all redirects.
struct Page {
    /// Without query and fragment.
    url: Url,
    response: Response,
}

/// How many redirects to other hosts are followed.
const MAX_HOPS: usize = 5;

/// Where MediaWiki is usually installed.
const USUAL_FOLDERS: [&str; 4] = ["/w/", "/", "/wiki/", "/mediawiki/"];

/// How many folders in the path of the given address are tried, innermost first.
const MAX_FOLDERS: usize = 3;

impl Search {
    fn run(&mut self, given: &Url) -> Result<Url> {
        let asked = if is_script(given) { siteinfo_url(given) } else { given.clone() };
        let first = self.get(asked)?;
        if is_api(&first) {
            return Ok(first.url);
        }
        if let Some(api_url) = self.follow(&first)? {
            return Ok(api_url);
        }
        // A server that answers like this would do so at every address.
        if matches!(first.response.status, 401 | 407 | 429 | 500..) {
            return Err(not_a_reply(&first.response, &first.url));
        }
        let root = with_path(&first.url, "/");
        if first.url.path() != "/" {
            let page = self.get(root.clone())?;
            if let Some(api_url) = self.follow(&page)? {
                return Ok(api_url);
            }
        }
        let places = places(&first.url);
        for place in &places {
            if let Some(api_url) = self.ask(place)? {
                return Ok(api_url);
            }
        }
        let message = format!(
            "There is no MediaWiki API at {}, nor in the usual places ({}). The wiki's page Special:Version lists the \
             API's address, under “api.php”.",
            first.url,
            places.iter().map(Url::path).collect::<Vec<_>>().join(", "),
        );
        Err(Error::protocol(message).with_http_status(first.response.status))
    }

    /// Asks the API that a page names.
    fn follow(&mut self, page: &Page) -> Result<Option<Url>> {
        let named = edit_uri(&page.response, &page.url).filter(|named| self.may_request(&page.url, named));
        named.map_or(Ok(None), |named| self.ask(&named))
    }

    /// The address of the API that answers there, if one does.
    fn ask(&mut self, place: &Url) -> Result<Option<Url>> {
        let page = self.get(siteinfo_url(place))?;
        Ok(is_api(&page).then_some(page.url))
    }

    fn get(&mut self, mut url: Url) -> Result<Page> {
        for _ in 0..=MAX_HOPS {
            let mut headers = vec![
                ("user-agent".into(), self.user_agent.as_str().into()),
                ("accept".into(), "text/html, application/json".into()),
            ];
            if url.origin() == self.origin {
                headers.extend(
                    self.own_headers.iter().map(|(name, value)| (name.clone().into(), value.clone())),
                );
            }
            let request = Request { method: Method::Get, url: url.clone(), headers, body: None };
            let received = self.link.exchange(request, MAX_BODY).map_err(|failed| failed.error)?;
            // A search needs no session.
            self.link.jar.clear();
            let from = received.redirected_to.unwrap_or(url);
            let target = received.response.redirect_target().and_then(|target| from.join(target).ok());
            match target.filter(|to| self.may_request(&from, to)) {
                Some(next) => {
                    self.link.log(Level::Debug, format_args!("goes on at {}", without_query(next.clone())));
                    url = next;
                }
                None => return Ok(Page { url: without_query(from), response: received.response }),
            }
        }
        Err(Error::protocol("The wiki redirects without end."))
    }

    /// Whether an address that a server named may be asked: unless http is allowed, it must be
    /// https or on loopback, and only loopback may lead to loopback.
    fn may_request(&self, from: &Url, to: &Url) -> bool {
        is_encrypted_or_local(to, self.allow_http)
            && !has_user_info(to)
            && (!is_loopback(to) || is_loopback(from) || self.allow_http)
    }
}

/// The address that a person means. People leave `https://` out.
fn read_address(text: &str, allow_http: bool) -> Result<Url> {
    let wrong = |why: &str| Error::argument("url", format!("The wiki's address {why}."));
    let text = text.trim();
    let is_complete = text.split(['/', '?', '#']).next().is_some_and(|start| start.ends_with(':'));
    let mut url = if is_complete {
        Url::parse(text)
    } else {
        Url::parse(&format!("https://{}", text.trim_start_matches('/')))
    }
    .map_err(|_| wrong("cannot be read; it looks like https://wiki.example"))?;
    if !is_complete && is_loopback(&url) {
        // Hardly anybody has a certificate for loopback, and its traffic cannot be overheard.
        let _ = url.set_scheme("http");
    }
    match url.scheme() {
        "https" | "http" => {}
        scheme => return Err(wrong(&format!("has the scheme {scheme}; it must be https"))),
    }
    if !is_encrypted_or_local(&url, allow_http) {
        return Err(wrong("is http, so passwords would travel unencrypted; use https, or allow http"));
    }
    if has_user_info(&url) {
        return Err(wrong("carries a name or password"));
    }
    url.set_fragment(None);
    Ok(url)
}

fn is_script(url: &Url) -> bool {
    url.path().ends_with("/api.php")
}

/// A request that every MediaWiki answers, whoever asks.
fn siteinfo_url(api_url: &Url) -> Url {
    let mut params = Params::action("query");
    params.push("meta", "siteinfo");
    params.push("siprop", "general");
    let mut url = without_query(api_url.clone());
    params.set_query_of(&mut url);
    url
}

/// A private wiki refuses to answer, but with an API error.
fn is_api(page: &Page) -> bool {
    match Reply::parse(&page.response, &page.url) {
        Ok(reply) => {
            let generator = reply.query("general").and_then(|general| general.get("generator")?.as_str());
            generator.is_some_and(|generator| generator.starts_with("MediaWiki"))
        }
        Err(error) => {
            let refuses = page.response.header("mediawiki-api-error").is_some();
            error.api_code().is_some_and(|code| refuses || code == "readapidenied")
        }
    }
}

/// Where the API may be: beside the script of the given address, in the folders above it, and where it usually is.
fn places(url: &Url) -> Vec<Url> {
    let path = url.path();
    let path = path.find(".php/").map_or(path, |end| &path[..end + ".php".len()]);
    let mut folders: Vec<String> = Vec::new();
    let mut add = |folder: &str| {
        if !folders.iter().any(|known| known == folder) {
            folders.push(folder.to_owned());
        }
    };
    let is_file = path.rsplit('/').next().is_some_and(|name| name.is_empty() || name.contains('.'));
    let above = path.match_indices('/').map(|(end, _)| path[..=end].to_owned());
    let mut above: Vec<String> = above.chain((!is_file).then(|| format!("{path}/"))).collect();
    above.reverse();
    above.iter().take(MAX_FOLDERS).for_each(|folder| add(folder));
    USUAL_FOLDERS.into_iter().for_each(add);
    let places = folders.iter().map(|folder| with_path(url, &format!("{folder}api.php")));
    places.filter(|place| place != url).collect()
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut other = without_query(url.clone());
    other.set_path(path);
    other
}

#[cfg(test)]
mod tests {
    use super::{places, read_address};

    #[test]
    fn an_address_is_read_as_a_person_means_it() {
        for (text, url) in [
            ("wiki.example", "https://wiki.example/"),
            (" wiki.example/wiki/Main_Page#Top ", "https://wiki.example/wiki/Main_Page"),
            ("//wiki.example/w/", "https://wiki.example/w/"),
            ("wiki.example:8443/w", "https://wiki.example:8443/w"),
            ("wiki.example?title=A:B/C", "https://wiki.example/?title=A:B/C"),
            ("https://wiki.example/index.php?title=A", "https://wiki.example/index.php?title=A"),
            ("HTTPS://Wiki.Example", "https://wiki.example/"),
            ("localhost:8080", "http://localhost:8080/"),
            ("127.0.0.1/w/", "http://127.0.0.1/w/"),
            ("https://127.0.0.1/w/", "https://127.0.0.1/w/"),
            ("bücher.example", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(read_address(text, false).expect(text).as_str(), url, "{text}");
        }
        for text in [
            "",
            " ",
            "http://wiki.example",
            "ftp://wiki.example",
            "https://",
            "me:pw@wiki.example",
            "mailto:x",
        ] {
            let error = read_address(text, false).expect_err(text);
            assert_eq!(error.field(), Some("url"), "{text}");
        }
        assert_eq!(read_address("http://wiki.example", true).expect("allowed").scheme(), "http");
    }

    #[test]
    fn places_are_near_the_address_first() {
        for (url, first) in [
            ("https://w.example/", &["/api.php", "/w/api.php", "/wiki/api.php", "/mediawiki/api.php"][..]),
            (
                "https://w.example/wiki/Main_Page",
                &["/wiki/Main_Page/api.php", "/wiki/api.php", "/api.php", "/w/api.php"],
            ),
            ("https://w.example/a/index.php/Main_Page/x", &["/a/api.php", "/api.php", "/w/api.php"]),
            ("https://w.example/a/index.php?title=Main_Page", &["/a/api.php", "/api.php"]),
            ("https://w.example/a", &["/a/api.php", "/api.php"]),
            (
                "https://w.example/a/b/c/d/",
                &["/a/b/c/d/api.php", "/a/b/c/api.php", "/a/b/api.php", "/w/api.php"],
            ),
            ("https://w.example/x/api.php", &["/api.php", "/w/api.php"]),
        ] {
            let url = url.parse().expect("an address");
            let places = places(&url);
            let paths: Vec<&str> = places.iter().map(|place| place.path()).collect();
            assert!(paths.starts_with(first), "{url}: {paths:?}");
            assert!(paths.len() <= 7);
        }
    }
}
