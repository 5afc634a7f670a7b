//! API errors in every `errorformat` and `formatversion` (MediaWiki, ApiErrorFormatter and ApiErrorFormatter_BackCompat).

use super::{json::Json, message::Message};
use crate::{Error, ErrorKind, text::clean};

/// The API error in a reply, if there is one. Several errors become one, with the code of the first
/// and the messages of all.
///
/// Every API error has a code, and means that nothing was executed. An error without a code comes
/// from something in front of the wiki, which may have passed the request on.
pub(crate) fn parse_error(reply: Json<'_>) -> Option<Error> {
    let (first, message) = match reply.get("errors").filter(|errors| errors.is_list()) {
        Some(errors) => (errors.items().next()?, describe_all(errors)),
        None => {
            let error = reply.get("error")?;
            (error, describe(error))
        }
    };
    let code = first.get("code")?.as_str()?;
    Some(Error::new(ErrorKind::Api, message).with_api_code(code))
}

/// The most errors or warnings of one reply that are reported.
pub(crate) const MAX_ERRORS: usize = 100;

/// Whether a reply that is not an API error comes from something other than MediaWiki: it reports
/// an error in another way, or it has none of the API's answers, but a message or an HTTP error
/// status.
pub(crate) fn is_foreign(reply: Json<'_>, http_status: u16) -> bool {
    const ANSWERS: [&str; 6] =
        ["query", "createaccount", "clientlogin", "login", "validatepassword", "warnings"];
    let listed = reply.get("errors").is_some_and(|errors| errors.items().next().is_some());
    let has = |member: &&str| reply.get(member).is_some_and(|value| !value.is_null());
    let says = || ["message", "detail", "fault"].iter().any(has);
    listed || has(&"error") || (!ANSWERS.iter().any(has) && (http_status >= 400 || says()))
}

/// The messages of a list of errors, one per line.
pub(crate) fn describe_all(errors: Json<'_>) -> String {
    errors.items().take(MAX_ERRORS).map(describe).collect::<Vec<_>>().join("\n")
}

/// The text of an error. It is `info` in the oldest error format, `text` or `html` in the newer
/// ones, and `*` in formatversion 1 for both of these. The format `raw` has a `key` instead, and
/// the format `none` only the code.
pub(crate) fn describe(error: Json<'_>) -> String {
    // For a raw error this is its key, or its own text if MediaWiki has no key for it.
    let raw = Message::parse(Some(error));
    let raw = raw.as_ref().map(Message::text);
    for member in ["text", "html", "info", "*", "key", "code"] {
        let text = error.get(member).and_then(Json::as_str);
        let text = if member == "key" { raw } else { text };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let mut text = Message::from_text(text).text().to_owned();
            if let Some(reason) = read_only_reason(error)
                && !text.contains(reason)
            {
                text.push(' ');
                text.push_str(&clean(reason));
            }
            return text;
        }
    }
    "The wiki reported an error without a text.".to_owned()
}

/// MediaWiki sends the reason for being read-only beside the message, not in it.
fn read_only_reason(error: Json<'_>) -> Option<&str> {
    error.get("readonlyreason").or_else(|| error.get("data")?.get("readonlyreason"))?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{Error, protocol::json::Document};

    fn parse_error(reply: &Value) -> Option<Error> {
        super::parse_error(Document::from(reply).expect("JSON").root())
    }

    fn is_foreign(reply: &Value, http_status: u16) -> bool {
        super::is_foreign(Document::from(reply).expect("JSON").root(), http_status)
    }

    #[test]
    fn all_formats_give_code_and_text() {
        let replies = [
            json!({"error": {"code": "badtoken", "info": "Invalid CSRF token.", "docref": "See …"}}),
            json!({"error": {"code": "badtoken", "info": "Invalid CSRF token.", "*": "See …"}}),
            json!({"errors": [{"code": "badtoken", "text": "Invalid CSRF token.", "module": "createaccount"}]}),
            json!({"errors": [{"code": "badtoken", "*": "Invalid CSRF token.", "module": "createaccount"}]}),
            json!({"errors": [{"code": "badtoken", "html": "Invalid CSRF token."}], "docref": "…"}),
        ];
        for reply in replies {
            let error = parse_error(&reply).expect("an error");
            assert_eq!(error.api_code(), Some("badtoken"), "{reply}");
            assert_eq!(error.message(), "Invalid CSRF token.", "{reply}");
        }
        let raw = json!({"errors": [{"code": "mustpostparams", "key": "apierror-mustpostparams", "params": ["x", 1]}]});
        assert_eq!(parse_error(&raw).expect("an error").message(), "apierror-mustpostparams");
        let raw = json!({"errors": [{"code": "hookaborted", "key": "rawmessage", "params": ["The door is closed."]}]});
        assert_eq!(parse_error(&raw).expect("an error").message(), "The door is closed.");
        let none = json!({"errors": [{"code": "badtoken", "module": "createaccount"}]});
        assert_eq!(parse_error(&none).expect("an error").message(), "badtoken");
    }

    #[test]
    fn several_errors_and_extra_data_are_kept() {
        let reply = json!({"errors": [{"code": "a", "text": "One."}, {"code": "b", "text": "Two."}]});
        let error = parse_error(&reply).expect("an error");
        assert_eq!((error.api_code(), error.message()), (Some("a"), "One.\nTwo."));
        let reply =
            json!({"error": {"code": "readonly", "info": "Read-only.", "readonlyreason": "Upgrade."}});
        assert_eq!(parse_error(&reply).expect("an error").message(), "Read-only. Upgrade.");
    }

    #[test]
    fn an_error_without_a_code_is_not_the_wikis() {
        for reply in [
            json!({"error": "upstream request timeout"}),
            json!({"error": {"message": "timeout"}}),
            json!({"error": {"code": 504, "message": "timeout"}}),
            json!({"errors": ["x"]}),
            json!({"message": "timeout"}),
            json!({"detail": "Not found."}),
            json!({"fault": {"faultstring": "Rate limit"}}),
        ] {
            assert!(parse_error(&reply).is_none() && is_foreign(&reply, 200), "{reply}");
        }
        assert!(is_foreign(&json!({"status": "down"}), 503));
    }

    #[test]
    fn an_answer_is_no_error() {
        for reply in [
            json!({"createaccount": {"status": "PASS"}}),
            json!({"createaccount": {"status": "PASS"}, "errors": [], "error": null}),
            json!({"createaccount": {"status": "PASS"}, "message": "hello"}),
            json!({"batchcomplete": true, "query": {}}),
        ] {
            assert!(parse_error(&reply).is_none() && !is_foreign(&reply, 200), "{reply}");
            assert!(!is_foreign(&reply, 500), "what it says counts, not the status");
        }
        assert!(!is_foreign(&json!({"batchcomplete": true}), 200));
    }
}
