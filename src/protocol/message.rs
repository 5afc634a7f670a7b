//! Messages of the wiki in the formats that it offers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    html::plain_text,
    json::{Document, Json},
};
use crate::text::{clean, cleaned};

/// The format of messages, labels and help texts (`createmessageformat`, `amimessageformat`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageFormat {
    /// Text with the wiki's markup left in; most messages have none. The wiki's own default.
    #[default]
    Wikitext,
    /// HTML as the wiki's administrators wrote it. Not sanitised, and links may be relative to the wiki.
    Html,
    /// Message key and parameters, for hosts that have their own texts.
    Raw,
    /// No messages, labels or help texts at all.
    None,
    /// Text without any markup, for hosts that show it as it is. The wiki is asked for HTML, and the library leaves the
    /// tags out; the HTML stays in the raw JSON of a step.
    Plaintext,
}

impl MessageFormat {
    /// Its name: the API's own, or `plaintext`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wikitext => "wikitext",
            Self::Html => "html",
            Self::Raw => "raw",
            Self::None => "none",
            Self::Plaintext => "plaintext",
        }
    }

    /// The name that the API takes.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::Plaintext => Self::Html.as_str(),
            own => own.as_str(),
        }
    }

    /// The format of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Wikitext, Self::Html, Self::Raw, Self::None, Self::Plaintext]
            .into_iter()
            .find(|format| format.as_str() == name)
    }
}

/// A message of the wiki: a text or, with [`MessageFormat::Raw`], a key with parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    text: String,
    key: Option<String>,
    params: Vec<Value>,
    is_own: bool,
    parts: Vec<Message>,
}

/// The most parts of a list; no wiki has as many reasons to refuse one account.
const MAX_PARTS: usize = 100;

/// The longest wait that is reported: a leap year, in seconds. No wiki means a longer one, and not
/// every host can store a larger number.
pub(crate) const MAX_RETRY_AFTER: u64 = 366 * 24 * 60 * 60;

/// The most values in all parameters of a message together; MediaWiki's messages have about ten.
const MAX_PARAMS: usize = 1_000;

impl Message {
    /// The text, in the language and format asked for. For a raw message this is its key, or the texts of its parts, one
    /// per line; a raw message that MediaWiki has no key for (`rawmessage`) is its own text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The key of a raw message, for instance `userexists`.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The parameters of a raw message: strings, numbers, null or objects such as `{"duration": 86400}`.
    #[must_use]
    pub fn params(&self) -> &[Value] {
        &self.params
    }

    /// The parts of a message that reports several errors at once, each as the wiki words it; empty
    /// for all other messages, and for a list whose parts cannot be told apart in its text. With
    /// [`MessageFormat::Raw`] the parts are wikitext from MediaWiki 1.43 on, and HTML before.
    #[must_use]
    pub fn parts(&self) -> &[Message] {
        &self.parts
    }

    /// Whether the text is the library's own, in English, because the wiki sent none.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// The message with its HTML turned into plain text.
    pub(crate) fn plain(self) -> Self {
        if self.is_own || self.key.is_some() {
            return self;
        }
        let parts = self.parts.into_iter().map(Self::plain).collect();
        Self { text: cleaned(plain_text(&self.text)), parts, ..self }
    }

    /// A message of the library's own.
    pub(crate) fn own(text: &str) -> Self {
        Self { is_own: true, ..Self::from_text(text) }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        Self { text: clean(text), key: None, params: Vec::new(), parts: Vec::new(), is_own: false }
    }

    /// Cleans a message that was not parsed from a reply but loaded from a saved flow.
    pub(crate) fn cleaned(self) -> Self {
        let params = Document::from(Value::Array(self.params)).unwrap_or_default();
        Self {
            text: clean(&self.text),
            key: self.key.as_deref().map(clean),
            params: clean_params(params.root()),
            is_own: self.is_own,
            parts: self.parts.into_iter().take(MAX_PARTS).map(Self::cleaned).collect(),
        }
    }

    /// The parameter `{"duration": seconds}` of a raw message.
    pub(crate) fn duration(&self) -> Option<Duration> {
        let seconds = self.params.iter().find_map(|param| param.get("duration"))?;
        let seconds = seconds.as_u64().or_else(|| seconds.as_str()?.parse().ok())?;
        Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
    }

    /// Parses a string, or the object of the raw format. With the format `none` there is no
    /// message.
    pub(crate) fn parse(value: Option<Json<'_>>) -> Option<Self> {
        Self::parse_at(value?, 0)
    }

    /// Splits the message into as many parts as `code`, the code sent with it, says that it has.
    pub(crate) fn of_code(mut self, code: &str) -> Self {
        if let Some(count) = count_parts(code)
            && self.parts.len() != count
        {
            self.parts = match &self.key {
                None => split_list(&self.text).or_else(|| split_html_list(&self.text)).unwrap_or_default(),
                Some(_) => Vec::new(),
            };
            if self.parts.len() != count {
                // A part that is itself a list looks the same as several parts.
                self.parts = Vec::new();
            }
        }
        self
    }

    fn parse_at(value: Json<'_>, depth: usize) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return Some(Self::from_text(text));
        }
        let key = value.get("key")?.as_str()?;
        let sent = value.get("params");
        let params = sent.map(clean_params).unwrap_or_default();
        let words = (key == RAW_MESSAGE).then(|| params.first()).flatten().and_then(Value::as_str);
        let parts = match words {
            Some(words) => split_list(words).unwrap_or_default(),
            None if count_parts(key) == Some(params.len()) && depth < 2 => {
                let sent = sent.into_iter().flat_map(Json::values).take(params.len());
                sent.map(|param| Self::part(param, depth + 1)).collect()
            }
            None => Vec::new(),
        };
        let text = match words {
            _ if !parts.is_empty() => parts.iter().map(Self::text).collect::<Vec<_>>().join("\n"),
            Some(words) => words.to_owned(),
            None => key.to_owned(),
        };
        Some(Self { text: clean(&text), key: Some(clean(key)), params, parts, is_own: false })
    }

    /// A parameter of a list: a text, or a message in any of the forms that versions of MediaWiki
    /// write.
    fn part(param: Json<'_>, depth: usize) -> Self {
        let inner = param.get("message").unwrap_or(param);
        let worded = || {
            let text = ["text", "raw", "plaintext", "num"].iter().find_map(|member| inner.get(member));
            Self::from_text(&text.unwrap_or(inner).to_text().unwrap_or_else(|| inner.to_string()))
        };
        Self::parse_at(inner, depth).unwrap_or_else(worded)
    }
}

/// Whether this is the code or key of several errors at once (MediaWiki, Status::getMessage), which
/// loses the codes of the parts: `* $1\n* $2`, or `___1____2` from 1.33 on. `rawmessage` counts
/// too, although it need not be a list.
pub(crate) fn is_list(code: &str) -> bool {
    code == RAW_MESSAGE || count_parts(code).is_some()
}

/// The key that MediaWiki gives to a message without one.
const RAW_MESSAGE: &str = "rawmessage";

/// How many parts a list has, by its code or key.
fn count_parts(code: &str) -> Option<usize> {
    let count = code.split('\n').count().max(code.split("____").count());
    let written = |start: &str, between: &str| {
        let parts: Vec<String> = (1..=count).map(|part| format!("{start}{part}")).collect();
        parts.join(between)
    };
    let is_list = code == written("* $", "\n") || code == format!("_{}", written("__", "__"));
    (is_list && (2..=MAX_PARTS).contains(&count)).then_some(count)
}

/// The items of a wikitext that is one list and nothing else.
fn split_list(text: &str) -> Option<Vec<Message>> {
    let items: Vec<&str> = text.strip_prefix("* ")?.split("\n* ").collect();
    to_parts(&items)
}

/// The items of the HTML that MediaWiki makes of a wikitext list.
fn split_html_list(html: &str) -> Option<Vec<Message>> {
    let list = html.strip_prefix("<ul><li>")?.trim_end().strip_suffix("</li></ul>")?;
    let items: Vec<&str> = list.split("</li>\n<li>").collect();
    let is_plain = |item: &&str| !item.contains("<li") && !item.contains("</li");
    if items.iter().all(is_plain) { to_parts(&items) } else { None }
}

fn to_parts(items: &[&str]) -> Option<Vec<Message>> {
    let parts = || items.iter().map(|item| Message::from_text(item)).collect();
    (2..=MAX_PARTS).contains(&items.len()).then(parts)
}

/// The parameters with their texts cleaned. Only the first [`MAX_PARAMS`] values are kept.
fn clean_params(params: Json<'_>) -> Vec<Value> {
    let mut left = MAX_PARAMS;
    params.values().map_while(|param| clean_param(param, &mut left)).collect()
}

fn clean_param(param: Json<'_>, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    Some(if let Some(text) = param.as_str() {
        clean(text).into()
    } else if param.is_list() {
        param.items().map_while(|item| clean_param(item, left)).collect()
    } else if param.is_object() {
        param.members().map_while(|(name, member)| Some((clean(name), clean_param(member, left)?))).collect()
    } else {
        param.to_value()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Document, Message, is_list};

    fn parse(raw: &Value) -> Message {
        Message::parse(Some(Document::from(raw).expect("JSON").root())).expect("a message")
    }

    fn texts(message: &Message) -> Vec<&str> {
        message.parts().iter().map(Message::text).collect()
    }

    #[test]
    fn the_parts_of_a_raw_list_are_reachable() {
        let cases: [(Value, &[&str]); 5] = [
            // MediaWiki 1.43 and 1.27 to 1.42.
            (
                json!({"key": "rawmessage", "params": ["* Too short.\n* Too common."]}),
                &["Too short.", "Too common."],
            ),
            (
                json!({"key": "* $1\n* $2", "params": ["Too short.", "Too common."]}),
                &["Too short.", "Too common."],
            ),
            (
                json!({"key": "* $1\n* $2\n* $3", "params": [
                    {"key": "passwordtooshort", "params": [8]},
                    {"message": {"key": "passwordincommonlist", "params": []}},
                    {"raw": "And more."},
                ]}),
                &["passwordtooshort", "passwordincommonlist", "And more."],
            ),
            (
                json!({"key": "* $1\n* $2", "params": [1, {"message": {"key": "* $1\n* $2", "params": ["a", "b"]}}]}),
                &["1", "a\nb"],
            ),
            (
                json!({"key": "* $1\n* $2", "params": [null, {"list": ["a"]}]}),
                &["null", "{\"list\":[\"a\"]}"],
            ),
        ];
        for (raw, parts) in cases {
            let message = parse(&raw);
            assert_eq!(texts(&message), parts, "{raw}");
            assert_eq!(message.text(), parts.join("\n"), "{raw}");
        }
        let raw = json!({"key": "* $1\n* $2", "params": [{"message": {"key": "a", "params": [8]}}, "b"]});
        let message = parse(&raw);
        assert_eq!((message.parts()[0].key(), message.parts()[0].params()), (Some("a"), &[json!(8)][..]));
    }

    #[test]
    fn a_raw_message_that_is_no_list_has_no_parts() {
        for (raw, text) in [
            (json!({"key": "userexists", "params": ["* a\n* b"]}), "userexists"),
            (json!({"key": "rawmessage", "params": ["The door is closed."]}), "The door is closed."),
            (json!({"key": "rawmessage", "params": ["* Only one."]}), "* Only one."),
            (json!({"key": "rawmessage", "params": []}), "rawmessage"),
            (json!({"key": "* $1\n* $2", "params": ["a"]}), "* $1\n* $2"),
            (json!({"key": "$1$2$3", "params": ["a", "b", "c"]}), "$1$2$3"),
        ] {
            let message = parse(&raw);
            assert_eq!((message.text(), texts(&message)), (text, vec![]), "{raw}");
        }
    }

    #[test]
    fn a_text_has_the_parts_that_its_code_counts() {
        let cases: [(&str, &str, &[&str]); 9] = [
            ("___1____2", "* a\n* b", &["a", "b"]),
            ("* $1\n* $2", "* a\n* b", &["a", "b"]),
            ("___1____2____3", "* a\n* b\nand on\n* c", &["a", "b\nand on", "c"]),
            ("___1____2", "<ul><li>a</li>\n<li><b>b</b></li></ul>", &["a", "<b>b</b>"]),
            // One of the parts is a list itself.
            ("___1____2", "* a\n* b\n* c", &[]),
            ("___1____2", "<ul><li>a</li>\n<li>b\n<ul><li>c</li></ul></li></ul>", &[]),
            ("___1____2", "a\n* b", &[]),
            // The text alone does not say whether it is a list.
            ("userexists", "* a\n* b", &[]),
            ("rawmessage", "* a\n* b", &[]),
        ];
        for (code, text, parts) in cases {
            let message = Message::from_text(text).of_code(code);
            assert_eq!((message.text(), texts(&message)), (text, parts.to_vec()), "{code} {text}");
        }
        let raw = json!({"key": "rawmessage", "params": ["* a\n* b\n* c"]});
        let message = parse(&raw);
        assert_eq!(texts(&message.clone().of_code("___1____2____3")), ["a", "b", "c"]);
        assert_eq!(texts(&message.of_code("___1____2")), [""; 0], "one of them is a list itself");
    }

    #[test]
    fn lists_are_known_by_their_codes() {
        for code in ["___1____2", "___1____2____3", "* $1\n* $2", "* $1\n* $2\n* $3", "rawmessage"] {
            assert!(is_list(code), "{code}");
        }
        let twelve: Vec<String> = (1..=12).map(|part| format!("___{part}")).collect();
        assert!(is_list(&twelve.join("_")));
        for code in
            ["", "_1_2_3", "$1$2$3", "___1", "* $1", "___1____3", "___2____1", "___1____2x", "userexists"]
        {
            assert!(!is_list(code), "{code}");
        }
    }
}
