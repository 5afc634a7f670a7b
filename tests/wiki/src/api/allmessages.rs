//! `meta=allmessages`

use super::call::Call;
use super::failure::Failure;
use super::output;
use super::reader::Reader;
use crate::message::{Language, Message};
use serde_json::{Map, Value, json};

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, "query+allmessages", "am");
    let mut names = reader.list("messages")?.unwrap_or_else(|| vec!["*".to_owned()]);
    let language = reader.text("lang");
    let is_parsed = reader.flag("enableparser");
    let language = language.map_or(call.language, |code| Language::of(&code).unwrap_or(Language::English));
    if names == ["*"] {
        names = Message::keys().map(str::to_owned).collect();
    }
    let shown = names.iter().map(|name| show(name, language, is_parsed)).collect();
    query.insert("allmessages".into(), Value::Array(shown));
    Ok(())
}

fn show(name: &str, language: Language, is_parsed: bool) -> Value {
    let key = normalize(name);
    let message = Message::new(&key);
    let mut entry = Map::from_iter([("name".into(), json!(name)), ("normalizedname".into(), json!(key))]);
    if message.exists() {
        let content = if is_parsed { message.text(language) } else { message.plain(language) };
        output::put_content(&mut entry, "content", content);
    } else {
        entry.insert("missing".into(), json!(true));
    }
    Value::Object(entry)
}

/// Keys are written like titles, but begin small.
fn normalize(name: &str) -> String {
    let mut rest = name.chars();
    let first = rest.next().into_iter().flat_map(char::to_lowercase);
    first.chain(rest.as_str().chars()).collect::<String>().replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_messages() {
        let known = show("Passwordtooshort", Language::English, false);
        assert_eq!(known["normalizedname"], "passwordtooshort");
        assert!(known["content"].as_str().unwrap().contains("{{PLURAL:$1|"));
        let unknown = json!({ "name": "No such", "normalizedname": "no_such", "missing": true });
        assert_eq!(show("No such", Language::Polish, true), unknown);
    }

    #[test]
    fn what_is_not_translated_is_english() {
        let text = |language| show("captcha-error", language, true)["content"].clone();
        assert_eq!(text(Language::Polish), text(Language::English));
    }
}
