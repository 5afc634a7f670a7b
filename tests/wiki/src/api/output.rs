//! The formats of an answer.

use crate::form::Form;
use crate::http::Response;
use crate::wikitext::escape_html;
use serde_json::{Map, Value};

pub const FORMATS: [&str; 8] = ["json", "jsonfm", "none", "php", "phpfm", "rawfm", "xml", "xmlfm"];

/// Marks, inside of an object, which key holds its text: formatversion 1 calls it `*`.
const CONTENT: &str = "\u{0}content";

pub fn put_content(object: &mut Map<String, Value>, name: &str, text: String) {
    object.insert(name.to_owned(), Value::String(text));
    object.insert(CONTENT.to_owned(), Value::String(name.to_owned()));
}

pub fn respond(form: &Form, body: Map<String, Value>) -> Response {
    let is_second = matches!(form.raw("formatversion"), Some("2" | "latest"));
    let body = if is_second { second(Value::Object(body)) } else { first(Value::Object(body)) };
    let body = body.unwrap_or_default();
    let response = if form.raw("format") == Some("json") {
        Response::new(200, "application/json; charset=utf-8", body.to_string())
            .with("Content-Disposition", "inline; filename=api-result.json")
    } else {
        // The format for humans; the others are not for clients of account creation.
        let pretty = serde_json::to_string_pretty(&body).unwrap_or_default();
        page(
            "MediaWiki API result",
            &format!("<pre class=\"api-pretty-content\">{}</pre>", escape_html(&pretty)),
        )
        .with("Content-Disposition", "inline; filename=api-result.html")
    };
    finish(response)
}

pub fn help() -> Response {
    let text = "<p>This wiki has no help of its own; MediaWiki's describes the same modules.</p>";
    finish(page("MediaWiki API help", text).with("Content-Disposition", "inline; filename=api-help.html"))
}

fn finish(response: Response) -> Response {
    response
        .with("X-Content-Type-Options", "nosniff")
        .with("X-Frame-Options", "DENY")
        .with("Cache-Control", "private, must-revalidate, max-age=0")
}

fn page(title: &str, content: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html class=\"client-nojs\" lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"UTF-8\">\n\
         <title>{title} - Test Wiki</title>\n</head>\n<body>\n<h1>{title}</h1>\n{content}\n</body>\n</html>\n"
    );
    Response::new(200, "text/html; charset=utf-8", html)
}

fn second(value: Value) -> Option<Value> {
    Some(match value {
        Value::Object(object) => Value::Object(
            object.into_iter().filter(|(key, _)| key != CONTENT).filter_map(each(second)).collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().filter_map(second).collect()),
        other => other,
    })
}

/// Formatversion 1 has no booleans: true is an empty text, false is nothing.
fn first(value: Value) -> Option<Value> {
    Some(match value {
        Value::Bool(true) => Value::String(String::new()),
        Value::Bool(false) => return None,
        Value::Object(mut object) => {
            if let Some(Value::String(name)) = object.shift_remove(CONTENT)
                && let Some(text) = object.shift_remove(&name)
            {
                object.insert("*".to_owned(), text);
            }
            Value::Object(object.into_iter().filter_map(each(first)).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().filter_map(first).collect()),
        other => other,
    })
}

fn each(convert: fn(Value) -> Option<Value>) -> impl Fn((String, Value)) -> Option<(String, Value)> {
    move |(key, value)| Some((key, convert(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_format_has_no_booleans() {
        let mut error = Map::new();
        put_content(&mut error, "text", "Bad".to_owned());
        error.insert("module".to_owned(), json!("main"));
        let value = json!({ "a": true, "b": false, "c": { "d": [1, true] }, "e": error });
        let shown = first(value.clone()).unwrap();
        assert_eq!(shown.to_string(), r#"{"a":"","c":{"d":[1,""]},"e":{"module":"main","*":"Bad"}}"#);
        let shown = second(value).unwrap();
        assert_eq!(shown["e"].to_string(), r#"{"text":"Bad","module":"main"}"#);
    }
}
