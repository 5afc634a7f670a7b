//! Messages of the wiki in the formats that it offers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format of messages, labels and helps (`createmessageformat`, `amimessageformat`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageFormat {
    /// Text with the wiki's markup left in; for most messages simply the text. The wiki's own default.
    #[default]
    Wikitext,
    /// HTML as the wiki's administrators wrote it. Not sanitised, and links may be relative to the wiki.
    Html,
    /// Message key and parameters, for hosts that have their own texts.
    Raw,
    /// No messages, labels and helps at all.
    None,
}

impl MessageFormat {
    /// The word that the API takes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wikitext => "wikitext",
            Self::Html => "html",
            Self::Raw => "raw",
            Self::None => "none",
        }
    }

    /// The format of that name, if the API has one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Wikitext, Self::Html, Self::Raw, Self::None].into_iter().find(|f| f.as_str() == name)
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
}

/// Longer messages are cut: nobody reads them, and a host may have to lay them out.
const LONGEST: usize = 64 * 1024;

impl Message {
    /// The text, in the language and format asked for. Of a raw message, its key.
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

    /// Whether the library says this, in English, because the wiki said nothing.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// A sentence of the library.
    pub(crate) fn own(text: &str) -> Self {
        Self { is_own: true, ..Self::from_text(text) }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        Self { text: cut(text), key: None, params: Vec::new(), is_own: false }
    }

    /// The parameter `{"duration": seconds}` of a raw message.
    pub(crate) fn duration(&self) -> Option<Duration> {
        let seconds = self.params.iter().find_map(|param| param.get("duration"))?;
        seconds.as_u64().or_else(|| seconds.as_str()?.parse().ok()).map(Duration::from_secs)
    }

    /// A string, or the object of the raw format. Absent with the format `none`.
    pub(crate) fn parse(value: Option<&Value>) -> Option<Self> {
        match value? {
            Value::String(text) => Some(Self::from_text(text)),
            Value::Object(raw) => {
                let key = raw.get("key")?.as_str()?;
                let params = match raw.get("params") {
                    Some(Value::Array(params)) => params.clone(),
                    Some(Value::Object(params)) => params.values().cloned().collect(),
                    _ => Vec::new(),
                };
                Some(Self { text: cut(key), key: Some(cut(key)), params, is_own: false })
            }
            _ => None,
        }
    }
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
