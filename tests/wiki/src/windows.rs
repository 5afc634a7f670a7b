//! The windows through which tests look into a wiki.

use crate::http::{Request, Response};
use crate::instance::Instance;
use crate::wikitext::escape_html;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use url::form_urlencoded;

/// The answer of the window `name`, if there is one.
pub fn answer(wiki: &Instance, name: &str, request: &Request) -> Option<Response> {
    Some(match name {
        "_users" => show(&wiki.users().to_json()),
        "_received" => show(&wiki.received()),
        "_requests" => show(&wiki.requests()),
        "_mails" => show(&wiki.mails()),
        "_links" => show(&wiki.links()),
        "_forget" => {
            wiki.sessions().clear();
            show(&json!({}))
        }
        "_release" => {
            wiki.release();
            show(&json!({}))
        }
        "_captcha_on" => {
            wiki.is_captcha_on.store(true, Ordering::SeqCst);
            show(&json!({}))
        }
        "_captcha" => show(&json!({ "answer": wiki.captcha_answer(&parameter(request, "id")) })),
        "_third" => third_party(request),
        _ => return None,
    })
}

/// Sends the user back with what was asked for, and with what no client may pass on.
fn third_party(request: &Request) -> Response {
    let target = parameter(request, "return");
    let state = parameter(request, "state");
    let gifts =
        [("code", "third-party-code"), ("state", &state), ("createtoken", "evil"), ("action", "evil")];
    if parameter(request, "method") == "post" {
        let inputs: String = gifts
            .iter()
            .map(|(name, value)| {
                format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape_html(value))
            })
            .collect();
        let form = format!(
            "<!DOCTYPE html><form method=\"post\" action=\"{}\">{inputs}<button>Go back</button></form>",
            escape_html(&target)
        );
        return Response::new(200, "text/html; charset=utf-8", form);
    }
    let separator = if target.contains('?') { '&' } else { '?' };
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(gifts).finish();
    Response::new(302, "text/html; charset=utf-8", "").with("Location", format!("{target}{separator}{query}"))
}

fn parameter(request: &Request, name: &str) -> String {
    form_urlencoded::parse(request.query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn show(value: &Value) -> Response {
    Response::new(200, "application/json", value.to_string())
}
