//! What the modules of AuthManager share (`ApiAuthManagerHelper`).

use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use crate::auth::{Action, AuthRequest, Field, Response, load_all, merge_fields, requests_for};
use crate::message::{Language, Message};
use serde_json::{Map, Value, json};

/// The standard parameters of a module.
pub struct Parameters {
    pub requests: Option<Vec<String>>,
    pub format: MessageFormat,
    pub merges_fields: bool,
    pub preserves_state: bool,
    pub return_url: Option<String>,
    pub continues: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    WikiText,
    Html,
    Raw,
    None,
}

impl Parameters {
    pub fn read(call: &mut Call<'_>, module: &'static str, prefix: &'static str) -> Result<Self, Failure> {
        let mut reader = Reader::new(call, module, prefix);
        Ok(Self {
            requests: reader.list("requests")?,
            format: MessageFormat::read(&mut reader)?,
            merges_fields: reader.flag("mergerequestfields"),
            preserves_state: reader.flag("preservestate"),
            return_url: reader.text("returnurl"),
            continues: reader.flag("continue"),
        })
    }
}

impl MessageFormat {
    pub fn read(reader: &mut Reader<'_, '_>) -> Result<Self, Failure> {
        Ok(match reader.choice("messageformat", &["html", "wikitext", "raw", "none"])? {
            None | Some("wikitext") => Self::WikiText,
            Some("html") => Self::Html,
            Some("raw") => Self::Raw,
            Some(_) => Self::None,
        })
    }
}

/// How requests and messages are shown.
#[derive(Clone, Copy)]
pub struct Style<'a> {
    format: MessageFormat,
    merges_fields: bool,
    language: Language,
    /// Where the links of HTML go.
    path: &'a str,
}

/// Takes the requests of `action` from the parameters. Those that do not load are left out without a word.
pub fn load(
    call: &mut Call<'_>,
    module: &'static str,
    action: Action,
    wanted: Option<&[String]>,
) -> Result<Vec<AuthRequest>, Failure> {
    let mut requests = requests_for(&mut call.context(), action);
    if let Some(wanted) = wanted {
        requests.retain(|request| wanted.contains(&request.id));
    }
    let fields = || requests.iter().flat_map(|request| &request.fields);
    call.mark_used(fields().map(|field| field.name));
    let mut sensitive: Vec<String> = Vec::new();
    for field in fields().filter(|field| field.is_sensitive) {
        if !sensitive.iter().any(|name| name == field.name) {
            sensitive.push(field.name.to_owned());
        }
    }
    call.require_posted(module, &sensitive)?;
    Ok(load_all(requests, &call.form)?)
}

pub fn show_response(call: &mut Call<'_>, response: Response, style: Style<'_>) -> Result<Value, Failure> {
    let mut shown = Map::new();
    // A failure ends it; after every other answer it is still there.
    let mut preserved = None;
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    match response {
        Response::Pass(passed) => {
            put("status", json!("PASS"));
            if let Some(username) = passed.username {
                put("username", json!(username));
            }
        }
        Response::Redirect { target, data, requests } => {
            put("status", json!("REDIRECT"));
            put("redirecttarget", json!(target));
            if let Some(data) = data {
                put("redirectdata", data);
            }
            show_requests(&mut shown, &requests, style)?;
        }
        Response::Ui(requests, message) => {
            put("status", json!("UI"));
            show_requests(&mut shown, &requests, style)?;
            show_message(&mut shown, &message, style);
        }
        Response::Fail(message) => {
            put("status", json!("FAIL"));
            show_message(&mut shown, &message, style);
            shown.insert("canpreservestate".to_owned(), json!(false));
            preserved = Some(None);
        }
        Response::Restart { message, requests, preserved: request } => {
            put("status", json!("RESTART"));
            show_requests(&mut shown, &requests, style)?;
            show_message(&mut shown, &message, style);
            shown.insert("canpreservestate".to_owned(), json!(request.is_some()));
            preserved = Some(request);
        }
        Response::Abstain => {}
    }
    if let Some(preserved) = preserved {
        call.session.change().preserved = preserved;
    }
    Ok(Value::Object(shown))
}

pub fn show_requests(
    shown: &mut Map<String, Value>,
    requests: &[AuthRequest],
    style: Style<'_>,
) -> Result<(), Failure> {
    let list = requests
        .iter()
        .map(|request| {
            let mut entry = Map::new();
            entry.insert("id".into(), json!(request.id));
            entry.insert("metadata".into(), json!(request.metadata));
            entry.insert("required".into(), json!(request.required.as_str()));
            style.show(&mut entry, "provider", &request.provider);
            style.show(&mut entry, "account", &request.account);
            if !style.merges_fields {
                entry.insert("fields".into(), show_fields(&request.fields, style));
            }
            Value::Object(entry)
        })
        .collect();
    shown.insert("requests".into(), Value::Array(list));
    if style.merges_fields {
        shown.insert("fields".into(), show_fields(&merge_fields(requests)?, style));
    }
    Ok(())
}

fn show_fields(fields: &[Field], style: Style<'_>) -> Value {
    let show = |field: &Field| {
        let mut entry = Map::new();
        entry.insert("type".into(), json!(field.kind.as_str()));
        if let Some(value) = &field.value {
            entry.insert("value".into(), json!(value));
        }
        if !field.options.is_empty() {
            let options: Map<String, Value> = field
                .options
                .iter()
                .map(|(key, label)| (key.clone(), json!(label.plain(style.language))))
                .collect();
            entry.insert("options".into(), Value::Object(options));
        }
        style.show(&mut entry, "label", &field.label);
        style.show(&mut entry, "help", &field.help);
        entry.insert("optional".into(), json!(field.is_optional));
        entry.insert("sensitive".into(), json!(field.is_sensitive));
        (field.name.to_owned(), Value::Object(entry))
    };
    Value::Object(fields.iter().map(show).collect())
}

fn show_message(shown: &mut Map<String, Value>, message: &Message, style: Style<'_>) {
    style.show(shown, "message", message);
    shown.insert("messagecode".into(), json!(message.code()));
}

impl<'a> Style<'a> {
    pub fn new(call: &Call<'a>, format: MessageFormat, merges_fields: bool) -> Self {
        Self { format, merges_fields, language: call.language, path: call.path() }
    }

    fn show(self, entry: &mut Map<String, Value>, name: &str, message: &Message) {
        let value = match self.format {
            MessageFormat::None => return,
            MessageFormat::WikiText => json!(message.text(self.language)),
            MessageFormat::Html => json!(message.html(self.language, self.path)),
            MessageFormat::Raw => message.to_json(),
        };
        entry.insert(name.to_owned(), value);
    }
}

/// Whether a URL names one of the protocols of the wiki.
pub fn is_return_url(url: &str) -> bool {
    const WITH_HOST: [&str; 16] = [
        "ftp",
        "ftps",
        "git",
        "gopher",
        "http",
        "https",
        "irc",
        "ircs",
        "mms",
        "nntp",
        "redis",
        "sftp",
        "ssh",
        "svn",
        "telnet",
        "worldwind",
    ];
    const WITHOUT: [&str; 12] =
        ["bitcoin", "geo", "magnet", "mailto", "matrix", "news", "sip", "sips", "sms", "tel", "urn", "xmpp"];
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let scheme = scheme.to_ascii_lowercase();
    let lacks_host = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#', ':']);
    if rest.strip_prefix("//").is_some_and(|rest| lacks_host(rest) || !has_good_port(rest)) {
        return false;
    }
    WITH_HOST.contains(&scheme.as_str()) || WITHOUT.contains(&scheme.as_str())
}

fn has_good_port(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains('[') || name.ends_with(']') => {
            port.is_empty() || port.parse::<u16>().is_ok()
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_urls_have_a_protocol_of_the_wiki() {
        for good in [
            "https://a.example/x?y#z",
            "HTTP://127.0.0.1:8/",
            "mailto:a@b",
            "ssh://h",
            "http://[::1]:8/",
            "http://a:",
        ] {
            assert!(is_return_url(good), "{good}");
        }
        for bad in
            ["", "/x", "//a.example/", "myapp://x", "javascript:alert(1)", "https://", "http:///x", "x"]
        {
            assert!(!is_return_url(bad), "{bad}");
        }
    }
}
