//! API errors in every `errorformat` and `formatversion` (MediaWiki, ApiErrorFormatter and ApiErrorFormatter_BackCompat).

use serde_json::Value;

use super::message::Message;
use crate::{Error, ErrorKind};

/// The error of a reply, if it is one. Several errors become one, with the first one's code and all messages.
pub(crate) fn parse_error(reply: &Value) -> Option<Error> {
    if let Some(Value::Array(errors)) = reply.get("errors") {
        let first = errors.first()?;
        let mut message = String::new();
        for error in errors {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(&describe(error));
        }
        return Some(api_error(code_of(first), message));
    }
    let error = reply.get("error")?;
    Some(api_error(code_of(error), describe(error)))
}

fn api_error(code: &str, message: String) -> Error {
    Error::new(ErrorKind::Api, message).with_api_code(code)
}

fn code_of(error: &Value) -> &str {
    error.get("code").and_then(Value::as_str).unwrap_or("unknown")
}

/// `info` is the text of the oldest format, `text` and `html` those of the newer ones, `*` the text of both in
/// formatversion 1, `key` the raw format's; the format `none` has only the code.
pub(crate) fn describe(error: &Value) -> String {
    for member in ["text", "html", "info", "*", "key", "code"] {
        if let Some(text) = error.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()) {
            let mut text = Message::from_text(text).text().to_owned();
            if let Some(reason) = read_only_reason(error)
                && !text.contains(reason)
            {
                text.push(' ');
                text.push_str(reason);
            }
            return text;
        }
    }
    "The wiki reported an error without a text.".to_owned()
}

/// Why a wiki is read-only stands beside the message, not in it.
fn read_only_reason(error: &Value) -> Option<&str> {
    error.get("readonlyreason").or_else(|| error.get("data")?.get("readonlyreason"))?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse_error;

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
    fn an_answer_is_no_error() {
        assert!(parse_error(&json!({"createaccount": {"status": "PASS"}})).is_none());
    }
}
