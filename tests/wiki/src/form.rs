//! What PHP makes of a query string and of a form body.

use crate::http::Request;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// The parameters of a request: those of the body first, then those of the query that the body does not name.
#[derive(Debug, Default)]
pub struct Form {
    entries: Vec<(String, Input)>,
    in_query: HashSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The last of the values that the name was given, raw.
    Text(String),
    /// `name[]=…`, raw.
    List(Vec<String>),
}

impl Form {
    pub fn of(request: &Request) -> Self {
        let query = parse(request.query.as_bytes());
        let body = if request.method == "POST" { parse_body(request) } else { Vec::new() };
        let in_query = query.iter().map(|(name, _)| name.clone()).collect();
        let mut entries = body;
        for (name, value) in query {
            if !entries.iter().any(|(known, _)| *known == name) {
                entries.push((name, value));
            }
        }
        Self { entries, in_query }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    pub fn get(&self, name: &str) -> Option<&Input> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value without what Unicode normalisation takes away; `None` for a list too.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(clean)
    }

    pub fn raw(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Input::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn is_in_query(&self, name: &str) -> bool {
        self.in_query.contains(name)
    }
}

/// MediaWiki's clean-up of text from outside: NFC, and no control characters.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
            _ => c,
        })
        .nfc()
        .collect()
}

fn parse_body(request: &Request) -> Vec<(String, Input)> {
    let content_type = request.header("content-type").unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("multipart/form-data") {
        content_type.split_once("boundary=").map_or_else(Vec::new, |(_, boundary)| {
            parse_multipart(&request.body, boundary.split(';').next().unwrap_or_default().trim_matches('"'))
        })
    } else if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        parse(&request.body)
    } else {
        // JSON and everything else: PHP leaves the parameters empty.
        Vec::new()
    }
}

fn parse(encoded: &[u8]) -> Vec<(String, Input)> {
    let mut entries = Vec::new();
    for (name, value) in url::form_urlencoded::parse(encoded) {
        register(&mut entries, &name, value.into_owned());
    }
    entries
}

fn parse_multipart(body: &[u8], boundary: &str) -> Vec<(String, Input)> {
    let mut entries = Vec::new();
    let delimiter = format!("--{boundary}");
    for part in split(body, delimiter.as_bytes()) {
        let Some(at) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..at]);
        let value = part[at + 4..].strip_suffix(b"\r\n").unwrap_or(&part[at + 4..]);
        // An upload is not a parameter.
        if let Some((_, rest)) = head.split_once(" name=\"").filter(|_| !head.contains(" filename=\"")) {
            let name = rest.split('"').next().unwrap_or_default();
            register(&mut entries, name, String::from_utf8_lossy(value).into_owned());
        }
    }
    entries
}

fn split<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, delimiter) {
        parts.push(&rest[..at]);
        rest = &rest[at + delimiter.len()..];
    }
    parts.push(rest);
    parts
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Enters a parameter under the name PHP gives it.
fn register(entries: &mut Vec<(String, Input)>, name: &str, value: String) {
    let name = name.trim_start_matches(' ');
    let bracket = name.find('[').filter(|&at| at > 0 && name[at..].contains(']'));
    let (base, is_list) = match bracket {
        Some(at) => (&name[..at], true),
        None => (name, false),
    };
    let base = base.replace([' ', '.', '['], "_");
    if base.is_empty() {
        return;
    }
    match entries.iter_mut().find(|(known, _)| *known == base) {
        Some((_, Input::List(list))) if is_list => list.push(value),
        Some((_, old)) => *old = if is_list { Input::List(vec![value]) } else { Input::Text(value) },
        None => entries.push((base, if is_list { Input::List(vec![value]) } else { Input::Text(value) })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str, content_type: &str, body: &str) -> Form {
        Form::of(&Request {
            method: "POST".into(),
            path: "/".into(),
            query: query.into(),
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
        })
    }

    const URLENCODED: &str = "application/x-www-form-urlencoded; charset=utf-8";

    #[test]
    fn names_are_rewritten_as_by_php() {
        let form = form("", URLENCODED, "a.b=1&c+d=2&+e=3&f%5B=4&topics%5B%5D=x&topics%5B%5D=y");
        assert_eq!(form.names().collect::<Vec<_>>(), ["a_b", "c_d", "e", "f_", "topics"]);
        assert_eq!(form.get("topics"), Some(&Input::List(vec!["x".into(), "y".into()])));
    }

    #[test]
    fn the_last_value_wins_and_the_body_before_the_query() {
        let form = form("a=query&b=query", URLENCODED, "a=first&a=last");
        assert_eq!(form.text("a").as_deref(), Some("last"));
        assert_eq!(form.text("b").as_deref(), Some("query"));
        assert!(form.is_in_query("a"));
        assert_eq!(form.names().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn control_characters_and_broken_text_are_replaced() {
        let form = form("", URLENCODED, "a=x%00%01%09y&b=%ff&c=e%CC%81");
        assert_eq!(form.text("a").as_deref(), Some("x\u{fffd}\u{fffd}\ty"));
        assert_eq!(form.text("b").as_deref(), Some("\u{fffd}"));
        assert_eq!(form.text("c").as_deref(), Some("\u{e9}"));
    }

    #[test]
    fn multipart_is_the_same_and_json_is_nothing() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\ny\r\n--B--\r\n";
        assert_eq!(form("", "multipart/form-data; boundary=B", body).text("a").as_deref(), Some("x\r\ny"));
        assert_eq!(form("", "application/json", "{\"a\":1}").names().count(), 0);
    }
}
