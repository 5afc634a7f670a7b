//! Describes what came in place of the API's JSON.

use std::time::Duration;

use serde::de::IgnoredAny;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use super::{
    bounds::Bounds,
    html::{link_of, plain_text, text_of},
    http::Response,
    json::{Document, Json},
    message::MAX_RETRY_AFTER,
};
use crate::{Error, ErrorKind};

/// The body without leading byte order marks. PHP files that were saved with one print it before
/// their output.
pub(crate) fn without_marks(mut body: &[u8]) -> &[u8] {
    while let Some(rest) = body.trim_ascii_start().strip_prefix(b"\xef\xbb\xbf") {
        body = rest;
    }
    body
}

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3), which is compared with the sender's own
/// clock in `Date`.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let wait = response.header("retry-after")?.trim();
    if let Ok(seconds) = wait.parse() {
        return Some(Duration::from_secs(MAX_RETRY_AFTER.min(seconds)));
    }
    let date = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    let left = date(wait)? - date(response.header("date")?.trim())?;
    // A date in the past means no wait.
    Some(Duration::try_from(left).unwrap_or_default().min(Duration::from_secs(MAX_RETRY_AFTER)))
}

/// The URL of the API, if the response is a MediaWiki page that names it. The page came from `url`.
pub(crate) fn edit_uri(response: &Response, url: &Url) -> Option<Url> {
    let page = String::from_utf8_lossy(&response.body);
    let mut api_url = url.join(&link_of(&page, "EditURI")?).ok()?;
    api_url.set_query(None);
    api_url.set_fragment(None);
    Some(api_url)
}

/// An error that says what came from `url`, quotes the words of it that a person may need, and says
/// what to do.
pub(crate) fn not_a_reply(response: &Response, url: &Url) -> Error {
    let status = response.status;
    let wait = retry_after(response);
    let page = Page::of(response);
    let words = match &page.words {
        Some(words) if page.kind == Kind::Titled => format!(" It is titled “{words}”."),
        Some(words) => format!(" It says: “{words}”."),
        None => String::new(),
    };
    let message = match status {
        _ if response.is_redirect() => {
            let to = response.header("location").unwrap_or("another address");
            format!("The wiki redirects to {to}, which is not followed. Use the API's exact address.")
        }
        429 => {
            let wait = match wait {
                Some(wait) => format!("asks to wait {} seconds", wait.as_secs()),
                None => "takes no more for now".to_owned(),
            };
            format!("Too many requests (HTTP 429): the wiki, or what stands in front of it, {wait}.{words}")
        }
        401 => {
            format!(
                "The web server in front of the wiki wants a login of its own, or refused the one given (HTTP 401). \
                 Give its user and password with basic_auth.{words}"
            )
        }
        407 => format!("A proxy in front of the wiki wants a login (HTTP 407).{words}"),
        403 => format!("Access was refused before the wiki was reached (HTTP 403).{words}"),
        404 | 410 => {
            format!("There is no API at this address (HTTP {status}). {}{words}", where_it_is(response, url))
        }
        500..=599 => format!("The web server failed (HTTP {status}).{words}"),
        _ => match page.kind {
            Kind::Printed => {
                format!(
                    "Something was printed with the answer's JSON (HTTP {status}), as PHP does with its notices.{words}"
                )
            }
            Kind::Login => format!(
                "A login page came instead of the API's answer: the network or the site wants a login first.{words}"
            ),
            Kind::Help => {
                format!(
                    "The API's help page came instead of an answer: the parameters did not reach the wiki.{words}"
                )
            }
            Kind::Titled | Kind::Html => {
                format!(
                    "A web page came instead of the API's answer (HTTP {status}).{words} {}",
                    where_it_is(response, url)
                )
            }
            Kind::Text => format!("The answer is not the JSON of a MediaWiki API (HTTP {status}).{words}"),
            Kind::Empty => format!("The answer was empty (HTTP {status})."),
            Kind::Other => {
                format!("The answer is not the JSON of a MediaWiki API, or was cut short (HTTP {status}).")
            }
        },
    };
    Error::new(ErrorKind::Protocol, message).with_http_status(status).with_retry_after(wait)
}

/// Which address to use instead.
fn where_it_is(response: &Response, url: &Url) -> String {
    if let Some(api_url) = edit_uri(response, url).filter(|api_url| api_url != url) {
        return format!("The API of this wiki is at {api_url}.");
    }
    match url.join("/w/api.php") {
        Ok(usual) if usual != *url => format!("The API is usually at {usual}; find_api finds it."),
        _ => "Check the address; find_api finds it.".to_owned(),
    }
}

/// What came, and the words in it that say why.
struct Page {
    kind: Kind,
    words: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An HTML page that is described by its title.
    Titled,
    Html,
    Login,
    Help,
    /// Plain text, or JSON that is not MediaWiki's.
    Text,
    /// JSON with something before or after it.
    Printed,
    Empty,
    Other,
}

/// How many bytes of a body are looked at.
const LOOKED_AT: usize = 64 * 1024;

/// How many characters are quoted.
const MAX_EXCERPT: usize = 300;

impl Page {
    fn of(response: &Response) -> Self {
        let body = without_marks(&response.body);
        if let Ok(json) = Document::read(body, Bounds::REPLY, None) {
            return Self { kind: Kind::Text, words: words_of_json(json.root(), 0).and_then(brief) };
        }
        let body = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]);
        let lower = body.to_ascii_lowercase();
        let is_html = lower.contains("<html") || lower.contains("<!doctype html");
        if body.trim().is_empty() {
            Self { kind: Kind::Empty, words: None }
        } else if body.contains('\0') {
            Self { kind: Kind::Other, words: None }
        } else if is_html {
            let kind = if lower.contains("type=\"password\"") {
                Kind::Login
            } else if lower.contains("apihelp") {
                Kind::Help
            } else {
                Kind::Html
            };
            Self::of_html(kind, &body)
        } else {
            let (printed, has_json) = printed(&body);
            let is_markup = ["<br", "<b>", "<p>", "</"].iter().any(|tag| printed.contains(tag));
            let words = brief(&if is_markup { plain_text(printed) } else { printed.to_owned() });
            let kind = match words {
                None => Kind::Other,
                Some(_) if has_json => Kind::Printed,
                Some(_) => Kind::Text,
            };
            Self { kind, words }
        }
    }

    /// Describes the page by its title, or by its first heading if the title says nothing.
    fn of_html(kind: Kind, html: &str) -> Self {
        let words = |names: &[&str]| text_of(html, names).and_then(|text| brief(&text));
        let title = words(&["title"]);
        let heading = match &title {
            Some(title) if !is_bare(title) => None,
            _ => words(&["h1", "h2", "h3"]).filter(|heading| !is_bare(heading)),
        };
        let titled = |kind| if kind == Kind::Html { Kind::Titled } else { kind };
        match (heading, title) {
            (Some(heading), _) => Self { kind, words: Some(heading) },
            (None, Some(title)) => Self { kind: titled(kind), words: Some(title) },
            (None, None) => Self { kind, words: None },
        }
    }
}

/// The text before or after JSON in the body, and whether there is any JSON. The JSON itself is
/// never quoted: it may hold tokens and one-time values.
fn printed(body: &str) -> (&str, bool) {
    let Some(start) = body.find('{') else { return (body, false) };
    let before = body[..start].trim_end().trim_end_matches('[');
    if !before.trim().is_empty() {
        return (before, true);
    }
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => {
            let after = &body[values.byte_offset()..];
            (after.find('{').map_or(after, |end| &after[..end]), true)
        }
        _ => ("", true),
    }
}

/// The message in a gateway's JSON, found by the names that gateways use (RFC 9457 and others).
fn words_of_json(json: Json<'_>, depth: usize) -> Option<&str> {
    const NAMES: [&str; 12] = [
        "message",
        "detail",
        "error_description",
        "description",
        "error",
        "errors",
        "fault",
        "faultstring",
        "httpMessage",
        "reason",
        "title",
        "msg",
    ];
    if let Some(words) = json.as_str() {
        return Some(words).filter(|words| !words.trim().is_empty());
    }
    if depth == 4 {
        return None;
    }
    let mut inner = json.items().chain(NAMES.iter().filter_map(|name| json.get(name)));
    inner.find_map(|json| words_of_json(json, depth + 1))
}

/// Whether a title says no more than the HTTP status.
fn is_bare(title: &str) -> bool {
    const BARE: [&str; 23] = [
        "",
        "error",
        "http",
        "status",
        "bad gateway",
        "bad request",
        "forbidden",
        "gateway time out",
        "gateway timeout",
        "internal server error",
        "method not allowed",
        "not acceptable",
        "not found",
        "ok",
        "page not found",
        "request timeout",
        "server error",
        "service temporarily unavailable",
        "service unavailable",
        "temporarily unavailable",
        "too many requests",
        "unauthorized",
        "untitled",
    ];
    let words = title.to_lowercase();
    let words = words.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.skip_while(|word| matches!(*word, "http" | "error" | "status")).collect();
    BARE.contains(&words.join(" ").as_str())
}

/// The beginning of a text, on one line, without characters that could disturb a log or a terminal.
fn brief(text: &str) -> Option<String> {
    let is_shown = |c: &char| {
        c.is_whitespace()
            || !(c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    let shown: String = text.chars().filter(is_shown).collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let brief = match line.char_indices().nth(MAX_EXCERPT) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    };
    Some(brief).filter(|brief| !brief.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::{Response, not_a_reply, retry_after, without_marks};

    fn api() -> Url {
        "https://wiki.example/api.php".parse().expect("an address")
    }

    fn says(status: u16, body: &str) -> String {
        let response = Response { status, headers: Vec::new(), body: body.into() };
        let error = not_a_reply(&response, &api());
        assert_eq!(error.http_status(), Some(status));
        error.message().to_owned()
    }

    #[test]
    fn the_words_of_a_refusal_are_told() {
        for (status, body, words) in [
            // Refusals in plain text, by Wikimedia and by other web servers.
            (
                403,
                "Please set a user-agent and respect our robot policy https://w.wiki/4wJS.\n",
                "“Please set a user-agent and respect our robot policy https://w.wiki/4wJS.”",
            ),
            (400, "Bad\r\n\u{1b}[31mHost\theader\u{202e}", "“Bad [31mHost header”"),
            (
                429,
                "slow down",
                "(HTTP 429): the wiki, or what stands in front of it, takes no more for now. It says: “slow down”",
            ),
            (503, "no healthy upstream", "“no healthy upstream”"),
            (404, "File not found.", "“File not found.”"),
            (200, "This is not the page you are looking for.", "“This is not the page"),
            // Gateways.
            (504, r#"{"error":"upstream request timeout"}"#, "“upstream request timeout”"),
            (
                502,
                r#"{"message":"An invalid response was received from the upstream server"}"#,
                "“An invalid response",
            ),
            (404, r#"{"detail":"Not here."}"#, "“Not here.”"),
            (503, r#"{"error":{"code":503,"message":"Rest."}}"#, "“Rest.”"),
            (200, r#"{"errors":["No."]}"#, "“No.”"),
            (200, r#""No.""#, "“No.”"),
            // PHP.
            (
                200,
                "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/x.php</b> on line <b>3</b><br />\n{\"query\":{}}",
                "“Warning: Undefined variable $x in /srv/x.php on line 3”",
            ),
            (200, "Notice: a < b\n{\"query\":{\"tokens\"", "“Notice: a < b”"),
            (200, "{\"query\":{}}\nDeprecated: f() {\"x\"", "“Deprecated: f()”"),
            (
                500,
                "<br />\n<b>Fatal error</b>:  Uncaught Error: no in /srv/x.php",
                "“Fatal error: Uncaught Error: no in /srv/x.php”",
            ),
        ] {
            let said = says(status, body);
            assert!(said.contains(words), "{body}: {said}");
        }
        let long = says(403, &"word ".repeat(100));
        assert!(long.ends_with(&format!("“{}word…”.", "word ".repeat(59))), "{long}");
    }

    #[test]
    fn a_page_is_told_by_its_title_or_else_by_its_heading() {
        for (body, words) in [
            ("<html><title>Denied</title><h1>Go away</h1>", "It is titled “Denied”."),
            (
                "<html><title>403 Forbidden</title><h1>Your address is on a list</h1>",
                "It says: “Your address is on a list”.",
            ),
            ("<html><title>403 Forbidden</title><h1>Forbidden</h1>", "It is titled “403 Forbidden”."),
            ("<html><h1> </h1><h2>Just a <b>moment</b></h2>", "It says: “Just a moment”."),
            (
                "<!doctype html><title>HTTP Error 403: Your IP is blocked</title>",
                "It is titled “HTTP Error 403: Your IP is blocked”.",
            ),
            ("<html><p>No.", "(HTTP 403)."),
        ] {
            let said = says(403, body);
            assert!(said.ends_with(words), "{body}: {said}");
        }
    }

    #[test]
    fn nothing_of_json_or_of_a_file_is_told() {
        for body in [
            "{\"query\":{\"tokens\":{\"createaccounttoken\":\"secret",
            " \u{feff}{\"a\":\"secret\"",
            "[{\"a\":\"secret\"",
            "Notice: x {\"a\":\"secret\"}",
            "{}{\"a\":\"secret\"}",
            "\u{0}secret",
            "",
        ] {
            let said = says(200, body);
            assert!(!said.contains("secret"), "{body}: {said}");
        }
    }

    #[test]
    fn byte_order_marks_are_no_part_of_the_json() {
        for (body, rest) in [
            ("{}", "{}"),
            ("\u{feff}{}", "{}"),
            ("\u{feff}\u{feff}\n\u{feff}{}", "{}"),
            ("x\u{feff}{}", "x\u{feff}{}"),
        ] {
            assert_eq!(without_marks(body.as_bytes()), rest.as_bytes(), "{body:?}");
        }
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let date = "Fri, 31 Dec 2027 23:59:30 GMT";
        for (wait, date, seconds) in [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("Sat, 01 Jan 2028 00:01:00 GMT", Some(date), Some(90)),
            ("Fri, 31 Dec 2027 23:59:29 GMT", Some(date), Some(0)),
            // This machine's clock says nothing about the sender's.
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
