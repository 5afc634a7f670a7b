//! JSON as wikis write it, read within bounds.

use std::{cell::Cell, fmt, ops::Deref, sync::Arc};

use serde::{
    Deserialize, Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// How much JSON may hold. A few kilobytes of it, compressed even fewer, can stand for gigabytes of values, so it is
/// counted while it is read, before a value is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Values, and names of members.
    pub nodes: usize,
    /// Arrays and objects inside each other.
    pub depth: usize,
    /// Bytes of all strings and names together.
    pub text: usize,
}

impl Bounds {
    /// Of a reply. A form with all languages of MediaWiki as raw messages has some ten thousand nodes.
    pub(crate) const REPLY: Self = Self { nodes: 100_000, depth: 64, text: 2 * 1024 * 1024 };
    /// Of a saved flow: a reply, its message once more (of which few values are kept), and what the library keeps.
    pub(crate) const SAVED: Self = Self { nodes: 120_000, depth: 80, text: 4 * 1024 * 1024 };
}

/// Why JSON could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It holds too much; the words say of what.
    Bound(String),
    /// It is none.
    Syntax(String),
}

/// The value that the bytes stand for. Of an object only these members are kept, if they are named; the rest is counted.
pub(crate) fn read(json: &[u8], bounds: Bounds, members: Option<&[&str]>) -> Result<Value, Unreadable> {
    Budget::new(bounds).read(json, |budget| Node { budget, depth: 0, is_kept: true, members })
}

/// Counts what the bytes hold, and keeps nothing.
pub(crate) fn count(json: &[u8], bounds: Bounds) -> Result<(), Unreadable> {
    let seed = |budget| Node { budget, depth: 0, is_kept: false, members: None };
    Budget::new(bounds).read(json, seed).map(|_| ())
}

/// What is left of the bounds.
struct Budget {
    bounds: Bounds,
    nodes: Cell<usize>,
    text: Cell<usize>,
    exceeded: Cell<Option<(&'static str, usize)>>,
}

impl Budget {
    fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            nodes: Cell::new(bounds.nodes),
            text: Cell::new(bounds.text),
            exceeded: Cell::new(None),
        }
    }

    fn read<'a>(&'a self, json: &[u8], seed: impl FnOnce(&'a Self) -> Node<'a>) -> Result<Value, Unreadable> {
        let mut from = serde_json::Deserializer::from_slice(json);
        let value = seed(self).deserialize(&mut from).and_then(|value| from.end().map(|()| value));
        value.map_err(|error| match self.exceeded.take() {
            Some((what, most)) => Unreadable::Bound(format!("holds {what} than {most}")),
            None => Unreadable::Syntax(error.to_string()),
        })
    }

    fn take<E: serde::de::Error>(&self, text: usize) -> Result<(), E> {
        let spend = |left: &Cell<usize>, count: usize, what: &'static str, most: usize| match left
            .get()
            .checked_sub(count)
        {
            Some(rest) => {
                left.set(rest);
                Ok(())
            }
            None => Err(self.exceed(what, most)),
        };
        spend(&self.nodes, 1, "more values", self.bounds.nodes)?;
        spend(&self.text, text, "more bytes of text", self.bounds.text)
    }

    fn exceed<E: serde::de::Error>(&self, what: &'static str, most: usize) -> E {
        self.exceeded.set(Some((what, most)));
        E::custom("out of bounds")
    }
}

/// A value to come.
#[derive(Clone, Copy)]
struct Node<'a> {
    budget: &'a Budget,
    /// How many arrays and objects it is in.
    depth: usize,
    is_kept: bool,
    /// The members to keep, or all.
    members: Option<&'a [&'a str]>,
}

impl Node<'_> {
    /// The values in it.
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > self.budget.bounds.depth {
            return Err(self.budget.exceed("more values inside each other", self.budget.bounds.depth));
        }
        Ok(Self { depth, members: None, ..self })
    }

    fn scalar<E: serde::de::Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.budget.take(0)?;
        Ok(if self.is_kept { value.into() } else { Value::Null })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.budget.take(text.len())?;
        Ok(if self.is_kept { Value::from(text) } else { Value::Null })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.budget.take(0)?;
        let inner = self.inner()?;
        let mut kept = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            if self.is_kept {
                kept.push(item);
            }
        }
        Ok(kept.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.budget.take(0)?;
        let inner = self.inner()?;
        let mut kept = Map::new();
        while let Some(name) = members.next_key_seed(Name { node: self })? {
            let is_kept = name.is_some();
            let value = members.next_value_seed(Node { is_kept, ..inner })?;
            if let Some(name) = name {
                kept.insert(name, value);
            }
        }
        Ok(kept.into())
    }
}

/// The name of a member of `node`; nothing if the member is not kept.
struct Name<'a> {
    node: Node<'a>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<String>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Option<String>, E> {
        self.node.budget.take(name.len())?;
        let is_wanted = self.node.members.is_none_or(|members| members.contains(&name));
        Ok((self.node.is_kept && is_wanted).then(|| name.to_owned()))
    }
}

/// What the wiki sent, shared and not copied. `Debug` does not show it: it holds one-use values, presets of sensitive
/// fields and the targets of visits.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "Value")]
pub(crate) struct Raw(#[serde(serialize_with = "shared")] Arc<Value>);

fn shared<S: Serializer>(raw: &Arc<Value>, to: S) -> Result<S::Ok, S::Error> {
    raw.serialize(to)
}

impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        Self(Arc::new(value))
    }
}

impl From<Raw> for Value {
    fn from(raw: Raw) -> Self {
        Arc::unwrap_or_clone(raw.0)
    }
}

impl Deref for Raw {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{…}")
    }
}

/// A boolean of formatversion 2 or 1, which writes `""` for true and leaves false out.
pub(crate) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(set)) => *set,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(_) => true,
    }
}

/// The members of these names, found in one pass: where they are few, hashing a name takes longer than comparing it.
pub(super) fn members<'a, const COUNT: usize>(
    value: &'a Value,
    names: [&str; COUNT],
) -> [Option<&'a Value>; COUNT] {
    let mut found = [None; COUNT];
    for (name, member) in value.as_object().into_iter().flatten() {
        if let Some(index) = names.iter().position(|wanted| wanted == name) {
            found[index] = Some(member);
        }
    }
    found
}

/// A member that is a string.
pub(super) fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}

/// A string, or what PHP would make of a number or boolean where it wants one.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("1".to_owned()),
        Value::Bool(false) => Some(String::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Bounds, Unreadable, count, read};

    const SMALL: Bounds = Bounds { nodes: 10, depth: 3, text: 20 };

    fn is_within(json: &str) -> bool {
        let value = read(json.as_bytes(), SMALL, None);
        assert_eq!(
            count(json.as_bytes(), SMALL),
            value.as_ref().map(|_| ()).map_err(|_| match &value {
                Err(Unreadable::Bound(words)) => Unreadable::Bound(words.clone()),
                other => panic!("{json}: {other:?}"),
            })
        );
        match value {
            Ok(value) => {
                assert_eq!(value, serde_json::from_str::<Value>(json).expect("JSON"));
                true
            }
            Err(_) => false,
        }
    }

    #[test]
    fn what_is_too_much_is_not_read() {
        for (json, expected) in [
            ("[1,2,3,4,5,6,7,8,9]".to_owned(), true),
            ("[1,2,3,4,5,6,7,8,9,10]".to_owned(), false),
            (r#"{"a":1,"b":2,"c":3,"d":4}"#.to_owned(), true),
            (r#"{"a":1,"b":2,"c":3,"d":4,"e":5}"#.to_owned(), false),
            ("[[[]]]".to_owned(), true),
            ("[[[[]]]]".to_owned(), false),
            (r#"{"a":{"a":{"a":1}}}"#.to_owned(), true),
            (r#"{"a":{"a":{"a":{}}}}"#.to_owned(), false),
            (json!("x".repeat(20)).to_string(), true),
            (json!("x".repeat(21)).to_string(), false),
            (json!({"x".repeat(10): "x".repeat(10)}).to_string(), true),
            (json!({"x".repeat(10): "x".repeat(11)}).to_string(), false),
        ] {
            assert_eq!(is_within(&json), expected, "{json}");
        }
    }

    #[test]
    fn members_that_nobody_reads_are_counted() {
        let kept = read(br#"{"a":{"b":1},"c":{"a":[2]}}"#, SMALL, Some(&["a"]));
        assert_eq!(kept, Ok(json!({"a": {"b": 1}})));
        let full = read(br#"{"a":1,"c":[1,2,3,4,5,6,7,8,9]}"#, SMALL, Some(&["a"]));
        assert!(matches!(full, Err(Unreadable::Bound(_))), "{full:?}");
    }

    #[test]
    fn what_is_no_json_is_none() {
        for json in ["", "[", "{\"a\"}", "{1:2}", "[1]x", "nul", "\"\u{1}\"", "[1e999]"] {
            assert!(matches!(read(json.as_bytes(), SMALL, None), Err(Unreadable::Syntax(_))), "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_is_within_the_bounds_is_read_as_ever(json in "[\\[\\]{},:\"a1.e-]{0,12}|(\\[|\\{\"a\":){0,5}(1|\"\\\\n\")(\\]|\\}){0,5}") {
            let theirs = serde_json::from_str::<Value>(&json).ok();
            prop_assert_eq!(read(json.as_bytes(), Bounds::REPLY, None).ok(), theirs);
        }
    }
}
