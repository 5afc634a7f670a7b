//! Messages of the interface: a key with parameters, shown in a language and a format.
//!
//! The keys, the codes and what the parameters mean are MediaWiki's. The sentences in `messages/` are our own, in English
//! and in what the other languages translate; none is copied from MediaWiki.

use crate::wikitext;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    key: String,
    params: Vec<Param>,
    /// The key is the text itself (MediaWiki's `RawMessage`).
    is_raw: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Text(String),
    Int(i64),
    Null,
    /// Seconds, shown as a length of time.
    Duration(i64),
    /// Shown with commas.
    List(Vec<Param>),
    /// Shown with commas and an "and".
    TextList(Vec<Param>),
    /// Text in which no markup counts.
    Plain(String),
    /// A number, shown with separators.
    Number(i64),
    Message(Message),
}

/// A language of the interface; what is not translated is English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Polish,
}

impl Language {
    pub fn of(code: &str) -> Option<Self> {
        Some(match code {
            "en" => Self::English,
            "pl" => Self::Polish,
            _ => return None,
        })
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Polish => "pl",
        }
    }

    /// The form for `count` among `forms`, by the rules of CLDR.
    fn plural<'a>(self, count: u64, forms: &[&'a str]) -> &'a str {
        let index = match self {
            // MediaWiki counts in English where CLDR has a single form.
            Self::English => usize::from(count != 1),
            Self::Polish => match count {
                1 => 0,
                _ if matches!(count % 10, 2..=4) && !matches!(count % 100, 12..=14) => 1,
                _ => 2,
            },
        };
        forms.get(index).or(forms.last()).copied().unwrap_or_default()
    }

    fn number(self, number: i64) -> String {
        let (separator, shortest) = match self {
            Self::English => (',', 4),
            Self::Polish => ('\u{a0}', 5),
        };
        let digits = number.to_string();
        if digits.len() < shortest {
            return digits;
        }
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }
}

/// How far a message is worked out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Parameters put in.
    Plain,
    /// Templates worked out as well.
    Text,
}

impl Message {
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), params: Vec::new(), is_raw: false }
    }

    /// A text that is not a message of the wiki.
    pub fn raw(text: &str) -> Self {
        Self { is_raw: true, ..Self::new(text) }
    }

    /// What describes a request that has no better description.
    pub fn only_param(param: Param) -> Self {
        Self::raw("$1").param(param)
    }

    /// The message that stands for several errors.
    ///
    /// # Panics
    /// When there is none.
    pub fn combine(mut messages: Vec<Self>) -> Self {
        assert!(!messages.is_empty(), "an error has a message");
        if messages.len() == 1 {
            return messages.remove(0);
        }
        let lines: Vec<String> = (1..=messages.len()).map(|number| format!("* ${number}")).collect();
        let params = messages.into_iter().map(Param::Message).collect();
        Self { params, ..Self::raw(&lines.join("\n")) }
    }

    /// Every key that has a text.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        tables()[0].keys().map(String::as_str)
    }

    /// Whether its key has a text.
    pub fn exists(&self) -> bool {
        self.is_raw || lookup(&self.key, Language::English).is_some()
    }

    pub fn param(mut self, param: Param) -> Self {
        self.params.push(param);
        self
    }

    pub fn text_param(self, text: impl Into<String>) -> Self {
        self.param(Param::Text(text.into()))
    }

    pub fn int(self, number: i64) -> Self {
        self.param(Param::Int(number))
    }

    /// The code that the API gives for this message.
    pub fn code(&self) -> String {
        let known = match self.key.as_str() {
            "noname" | "nouserspecified" => "invaliduser",
            "readonlytext" => "readonly",
            "badaccess-groups" | "badaccess-group0" => "permissiondenied",
            "actionthrottledtext" => "ratelimited",
            "blockedtext"
            | "blockedtext-partial"
            | "blockedtext-composite"
            | "blockedtext-tempuser"
            | "systemblockedtext" => "blocked",
            "autoblockedtext" | "autoblockedtext-tempuser" => "autoblocked",
            "confirmedittext" => "confirmemail",
            "sessionfailure" => "badtoken",
            key => key.strip_prefix("apierror-").or_else(|| key.strip_prefix("apiwarn-")).unwrap_or(key),
        };
        known.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-', "_")
    }

    /// As `getKey()` and `getParams()` give it.
    pub fn key_and_params(&self) -> (String, Value) {
        if !self.is_raw {
            return (self.key.clone(), self.params.iter().map(Param::to_json).collect());
        }
        let params = if self.key == "$1" {
            self.params.iter().map(Param::to_json).collect()
        } else {
            json!([self.plain(Language::English)])
        };
        ("rawmessage".to_owned(), params)
    }

    pub fn to_json(&self) -> Value {
        let (key, params) = self.key_and_params();
        json!({ "key": key, "params": params })
    }

    pub fn plain(&self, language: Language) -> String {
        self.show(language, Stage::Plain)
    }

    pub fn text(&self, language: Language) -> String {
        self.show(language, Stage::Text)
    }

    /// With links to pages below `path`.
    pub fn html(&self, language: Language, path: &str) -> String {
        wikitext::to_html(&self.text(language), path)
    }

    fn show(&self, language: Language, stage: Stage) -> String {
        let template = if self.is_raw { Some(self.key.as_str()) } else { lookup(&self.key, language) };
        let Some(template) = template else {
            return format!("⧼{}⧽", self.key);
        };
        // Spaces at the ends of a message are written as entities.
        let template = template.replace("&#32;", " ").replace("&nbsp;", "\u{a0}").replace("&#160;", "\u{a0}");
        let filled = self.fill(&template, language, stage);
        if stage == Stage::Plain { filled } else { transform(&filled, language) }
    }

    fn fill(&self, template: &str, language: Language, stage: Stage) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            let digit = rest[at + 1..].chars().next().and_then(|c| c.to_digit(10)).filter(|&digit| digit > 0);
            match digit.and_then(|digit| self.params.get(digit as usize - 1)) {
                Some(param) => filled.push_str(&param.show(language, stage)),
                None => filled.push_str(&rest[at..rest.len().min(at + 1 + usize::from(digit.is_some()))]),
            }
            rest = &rest[at + 1 + usize::from(digit.is_some())..];
        }
        filled.push_str(rest);
        filled
    }
}

impl Param {
    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Int(number) => json!(number),
            Self::Null => Value::Null,
            Self::Duration(seconds) => json!({ "duration": seconds }),
            Self::List(items) => json!({ "list": Self::all_to_json(items), "type": "comma" }),
            Self::TextList(items) => json!({ "list": Self::all_to_json(items), "type": "text" }),
            Self::Plain(text) => json!({ "plaintext": text }),
            Self::Number(number) => json!({ "num": number }),
            Self::Message(message) => json!({ "message": message.to_json() }),
        }
    }

    fn all_to_json(params: &[Self]) -> Value {
        params.iter().map(Self::to_json).collect()
    }

    fn show(&self, language: Language, stage: Stage) -> String {
        match self {
            Self::Text(text) | Self::Plain(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Null => String::new(),
            Self::Duration(seconds) => duration(*seconds, language),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.show(language, stage)).collect();
                items.join(&text_of("comma-separator", language))
            }
            Self::TextList(items) => {
                enumerate(items.iter().map(|item| item.show(language, stage)).collect(), language)
            }
            Self::Number(number) => language.number(*number),
            Self::Message(message) => message.show(language, stage),
        }
    }
}

/// The text without its markup, as `errorformat=plaintext` shows it.
pub fn strip_markup(text: &str) -> String {
    let mut quoted = text.to_owned();
    for tag in ["var", "kbd", "samp", "code"] {
        quoted = quoted.replace(&format!("<{tag}>"), "\"").replace(&format!("</{tag}>"), "\"");
    }
    wikitext::strip_all_tags(&quoted)
}

fn duration(seconds: i64, language: Language) -> String {
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, length) in [
        ("duration-years", 31_556_952),
        ("duration-weeks", 604_800),
        ("duration-days", 86_400),
        ("duration-hours", 3600),
        ("duration-minutes", 60),
        ("duration-seconds", 1),
    ] {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            parts.push(Message::new(unit).param(Param::Number(count)).text(language));
        }
    }
    if parts.is_empty() {
        parts.push(Message::new("duration-seconds").int(0).text(language));
    }
    enumerate(parts, language)
}

/// `a, b and c`
fn enumerate(mut items: Vec<String>, language: Language) -> String {
    let last = items.pop().unwrap_or_default();
    if items.is_empty() {
        return last;
    }
    let separator = text_of("word-separator", language);
    format!(
        "{}{}{separator}{last}",
        items.join(&text_of("comma-separator", language)),
        text_of("and", language)
    )
}

fn text_of(key: &str, language: Language) -> String {
    Message::new(key).text(language)
}

/// Works out the templates, the innermost first.
fn transform(text: &str, language: Language) -> String {
    let mut text = text.to_owned();
    while let Some(end) = text.find("}}") {
        let Some(start) = text[..end].rfind("{{") else { break };
        let value = template(&text[start + 2..end], language);
        text.replace_range(start..end + 2, &value);
    }
    text
}

fn template(call: &str, language: Language) -> String {
    let (name, rest) = call.split_once(':').unwrap_or((call, ""));
    let arguments = split_arguments(rest);
    let (first, others) = (arguments[0], &arguments[1..]);
    match name.trim().to_ascii_uppercase().as_str() {
        "SITENAME" => "Test Wiki".to_owned(),
        "PLURAL" => plural(first, others, language),
        "INT" => others
            .iter()
            .fold(Message::new(first), |message, param| message.text_param(*param))
            .text(language),
        _ => first.to_owned(),
    }
}

/// At each `|` that is not part of a link.
fn split_arguments(text: &str) -> Vec<&str> {
    let mut arguments = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                arguments.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(&text[start..]);
    arguments
}

fn plural(count: &str, forms: &[&str], language: Language) -> String {
    let count = count.replace(|c: char| !c.is_ascii_digit(), "").parse().unwrap_or(0);
    let mut others = Vec::new();
    for form in forms {
        match form.split_once('=').map(|(number, text)| (number.trim().parse::<u64>(), text)) {
            Some((Ok(number), text)) if number == count => return text.to_owned(),
            Some((Ok(_), _)) => {}
            _ => others.push(*form),
        }
    }
    language.plural(count, &others).to_owned()
}

/// The text of a key, or that in English.
fn lookup(key: &str, language: Language) -> Option<&'static str> {
    let tables = tables();
    tables[language as usize].get(key).or_else(|| tables[0].get(key))?.as_str()
}

fn tables() -> &'static [Map<String, Value>; 2] {
    static TABLES: OnceLock<[Map<String, Value>; 2]> = OnceLock::new();
    TABLES.get_or_init(|| {
        [include_str!("messages/en.json"), include_str!("messages/pl.json")]
            .map(|json| serde_json::from_str(json).expect("the table of messages is JSON"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_language() {
        let message = Message::raw("$1 {{PLURAL:$1|one|few|many}}");
        let shown = |number, language| message.clone().int(number).text(language);
        assert_eq!(shown(1, Language::Polish), "1 one");
        assert_eq!(shown(3, Language::Polish), "3 few");
        assert_eq!(shown(12, Language::Polish), "12 many");
        assert_eq!(shown(2, Language::English), "2 few");
    }

    #[test]
    fn several_errors_become_one_raw_message() {
        let both = Message::combine(vec![Message::new("passwordtooshort").int(8), Message::new("badretype")]);
        assert_eq!(both.code(), "___1____2");
        assert_eq!(
            both.text(Language::English),
            "* A password has 8 characters or more.\n* The two passwords differ."
        );
        assert_eq!(both.key_and_params().0, "rawmessage");
        assert!(both.key_and_params().1[0].as_str().unwrap().contains("{{PLURAL:8|"));
    }

    #[test]
    fn unknown_keys_show_themselves() {
        assert_eq!(
            Message::new("userlogin-cannot-create").text(Language::English),
            "⧼userlogin-cannot-create⧽"
        );
    }

    #[test]
    fn translations_have_the_parameters_of_the_english_text() {
        let parameters = |text: &str| (1..=9).map(|n| text.contains(&format!("${n}"))).collect::<Vec<_>>();
        let [english, others @ ..] = tables();
        for (key, text) in others.iter().flatten() {
            let original = english.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key}"));
            assert_eq!(parameters(text.as_str().unwrap()), parameters(original), "{key}");
        }
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(duration(86_400, Language::English), "1 day");
        assert_eq!(duration(3660, Language::English), "1 hour and 1 minute");
    }

    #[test]
    fn parameters_that_are_missing_stay() {
        assert_eq!(Message::raw("$1 $2 $x ż$").text_param("a").text(Language::English), "a $2 $x ż$");
    }
}
