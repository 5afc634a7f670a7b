//! JSON as wikis write it, read within bounds.

use std::fmt;

use serde::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::{Map, Number, Value};

use super::bounds::{Bounds, Budget};
use crate::secret::wipe;

/// Parsed JSON: all its values in one vector, and all their text in one string. It is built and
/// dropped several times as fast as a tree, which for a form has hundreds of allocations.
pub(crate) struct Document {
    nodes: Vec<Node>,
    text: String,
}

/// A value of a document. Its content follows it: the items of a list, or the names and values of
/// members in turn.
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    /// A string, or the name of a member: where it begins and ends in the document's text.
    Text(usize, usize),
    /// With the index after its last item.
    List(usize),
    /// With the index after its last member.
    Object(usize),
}

/// Why JSON could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It holds too much; the text says of what.
    Bound(String),
    /// It is not JSON.
    Syntax(String),
}

/// Checks that the JSON can be read within the bounds, and keeps nothing of it.
pub(crate) fn count(json: &[u8], bounds: Bounds) -> Result<(), Unreadable> {
    Reader::new(bounds, 0).read(json, false, None).map(|_| ())
}

impl Document {
    /// Parses the bytes. If `members` are given, only those of the outermost object are kept; the
    /// others only count towards the bounds.
    pub(crate) fn read(json: &[u8], bounds: Bounds, members: Option<&[&str]>) -> Result<Self, Unreadable> {
        Reader::new(bounds, json.len()).read(json, true, members)
    }

    /// Reads from any deserializer, within [`Bounds::SAVED`].
    pub(super) fn from<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut reader = Reader::new(Bounds::SAVED, 0);
        Next { reader: &mut reader, depth: 0, is_kept: true, members: None }.deserialize(from)?;
        Ok(reader.document)
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Json<'_> {
        self.at(Place(0))
    }

    /// The value at this place.
    pub(super) fn at(&self, Place(at): Place) -> Json<'_> {
        Json { document: self, at }
    }
}

impl Default for Document {
    fn default() -> Self {
        Self { nodes: vec![Node::Null], text: String::new() }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        // It holds tokens and one-time values.
        wipe(std::mem::take(&mut self.text).into_bytes());
    }
}

/// Where a value is in its document.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place(usize);

/// A value in a document.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    document: &'a Document,
    at: usize,
}

impl<'a> Json<'a> {
    /// The string, if it is one.
    #[inline]
    pub(crate) fn as_str(self) -> Option<&'a str> {
        match *self.node() {
            Node::Text(start, end) => Some(&self.document.text[start..end]),
            _ => None,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        matches!(self.node(), Node::Null)
    }

    pub(crate) fn is_list(self) -> bool {
        matches!(self.node(), Node::List(_))
    }

    pub(crate) fn is_object(self) -> bool {
        matches!(self.node(), Node::Object(_))
    }

    /// The items of a list; none of any other value.
    pub(crate) fn items(self) -> impl Iterator<Item = Json<'a>> + Clone {
        self.inside(self.is_list())
    }

    /// The names and values of an object; none of any other value.
    #[inline]
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Json<'a>)> {
        let mut row = self.inside(self.is_object());
        std::iter::from_fn(move || Some((row.next()?.as_str()?, row.next()?)))
    }

    /// The items of a list, or the values of an object.
    pub(crate) fn values(self) -> impl Iterator<Item = Json<'a>> {
        self.items().chain(self.members().map(|(_, value)| value))
    }

    /// The member of this name. If there are several, the last one counts, as in serde_json.
    pub(crate) fn get(self, name: &str) -> Option<Json<'a>> {
        let mut row = self.inside(self.is_object());
        let mut found = None;
        while let Some((known, value)) = row.next().zip(row.next()) {
            if known.is_text(name) {
                found = Some(value);
            }
        }
        found
    }

    /// A boolean of formatversion 2, or of formatversion 1, which writes `""` for true and leaves
    /// false out.
    pub(crate) fn is_true(self) -> bool {
        match self.node() {
            Node::Null => false,
            Node::Bool(set) => *set,
            Node::Number(number) => number.as_f64() != Some(0.0),
            _ => true,
        }
    }

    /// A string, or a number or boolean as PHP converts it to a string.
    pub(super) fn to_text(self) -> Option<String> {
        match self.node() {
            Node::Text(..) => self.as_str().map(str::to_owned),
            Node::Number(number) => Some(number.to_string()),
            Node::Bool(true) => Some("1".to_owned()),
            Node::Bool(false) => Some(String::new()),
            _ => None,
        }
    }

    /// The value as a tree.
    pub(crate) fn to_value(self) -> Value {
        match self.node() {
            Node::Null => Value::Null,
            Node::Bool(set) => Value::Bool(*set),
            Node::Number(number) => Value::Number(number.clone()),
            Node::Text(..) => self.as_str().into(),
            Node::List(_) => self.items().map(Self::to_value).collect(),
            Node::Object(_) => self.to_map().into(),
        }
    }

    /// The members of an object as a map of trees.
    pub(crate) fn to_map(self) -> Map<String, Value> {
        self.members().map(|(name, value)| (name.to_owned(), value.to_value())).collect()
    }

    /// Where it is, for [`Reply::keep`](super::Reply::keep).
    pub(crate) fn place(self) -> Place {
        Place(self.at)
    }

    /// The values inside it; none unless `holds`.
    #[inline]
    fn inside(self, holds: bool) -> Row<'a> {
        let end = if holds { self.end() } else { self.at };
        Row { document: self.document, at: self.at + 1, end }
    }

    fn is_text(self, text: &str) -> bool {
        // Compares bytes, because slicing a `str` would check for character boundaries.
        let bytes = self.document.text.as_bytes();
        matches!(*self.node(), Node::Text(start, end) if &bytes[start..end] == text.as_bytes())
    }

    #[inline]
    fn node(self) -> &'a Node {
        &self.document.nodes[self.at]
    }

    /// The index after it and everything inside it.
    #[inline]
    fn end(self) -> usize {
        match *self.node() {
            Node::List(end) | Node::Object(end) => end,
            _ => self.at + 1,
        }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.node() {
            Node::Null => to.serialize_unit(),
            Node::Bool(set) => to.serialize_bool(*set),
            Node::Number(number) => number.serialize(to),
            Node::Text(..) => to.serialize_str(self.as_str().unwrap_or_default()),
            Node::List(_) => {
                let mut list = to.serialize_seq(None)?;
                self.items().try_for_each(|item| list.serialize_element(&item))?;
                list.end()
            }
            Node::Object(_) => {
                let mut object = to.serialize_map(None)?;
                self.members().try_for_each(|(name, value)| object.serialize_entry(name, &value))?;
                object.end()
            }
        }
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// Iterates over neighbouring values, skipping what is inside them.
#[derive(Clone)]
struct Row<'a> {
    document: &'a Document,
    at: usize,
    end: usize,
}

impl<'a> Iterator for Row<'a> {
    type Item = Json<'a>;

    #[inline]
    fn next(&mut self) -> Option<Json<'a>> {
        if self.at >= self.end {
            return None;
        }
        let value = Json { document: self.document, at: self.at };
        self.at = value.end();
        Some(value)
    }
}

/// Whether the member exists and is true.
pub(crate) fn truthy(value: Option<Json<'_>>) -> bool {
    value.is_some_and(Json::is_true)
}

/// The members with these names, found in one pass.
pub(super) fn members<'a, const COUNT: usize>(
    value: Json<'a>,
    names: [&str; COUNT],
) -> [Option<Json<'a>>; COUNT] {
    let mut found = [None; COUNT];
    for (name, member) in value.members() {
        if let Some(index) = names.iter().position(|wanted| *wanted == name) {
            found[index] = Some(member);
        }
    }
    found
}

/// A member that is a string.
pub(super) fn text(value: Json<'_>, member: &str) -> Option<String> {
    value.get(member).and_then(Json::as_str).map(str::to_owned)
}

/// For an estimate: in a form, a name or a value takes about ten bytes.
const BYTES_PER_NODE: usize = 8;

/// Builds a document within bounds.
struct Reader {
    document: Document,
    budget: Budget,
}

impl Reader {
    /// Reserves room for what `length` bytes of JSON usually hold. Text is never longer than the
    /// JSON that it comes from, so with the full length it is not reallocated and leaves no copy
    /// behind.
    fn new(bounds: Bounds, length: usize) -> Self {
        let nodes = Vec::with_capacity((length / BYTES_PER_NODE).min(bounds.nodes));
        let text = String::with_capacity(length.min(bounds.text));
        Self { document: Document { nodes, text }, budget: Budget::new(bounds) }
    }

    fn read(mut self, json: &[u8], is_kept: bool, members: Option<&[&str]>) -> Result<Document, Unreadable> {
        // Checked once, and not for every string.
        let json = str::from_utf8(json).map_err(|error| Unreadable::Syntax(error.to_string()))?;
        let mut from = serde_json::Deserializer::from_str(json);
        let next = Next { reader: &mut self, depth: 0, is_kept, members };
        match next.deserialize(&mut from).and_then(|()| from.end()) {
            Ok(()) => Ok(self.document),
            Err(error) => Err(match self.budget.into_exceeded() {
                Some(what) => Unreadable::Bound(what),
                None => Unreadable::Syntax(error.to_string()),
            }),
        }
    }

    #[inline]
    fn keep(&mut self, text: &str) {
        let start = self.document.text.len();
        self.document.text.push_str(text);
        self.document.nodes.push(Node::Text(start, start + text.len()));
    }
}

/// The seed of the next value.
struct Next<'a> {
    reader: &'a mut Reader,
    /// How many arrays and objects it is inside.
    depth: usize,
    is_kept: bool,
    /// The members to keep; all if `None`.
    members: Option<&'a [&'a str]>,
}

impl Next<'_> {
    #[inline]
    fn scalar<E: serde::de::Error>(self, node: impl FnOnce() -> Node) -> Result<(), E> {
        self.reader.budget.take(0)?;
        if self.is_kept {
            self.reader.document.nodes.push(node());
        }
        Ok(())
    }

    /// Reads a list or an object. `read` reads its content, and is given the depth of that.
    #[inline]
    fn container<E: serde::de::Error>(
        &mut self,
        node: fn(usize) -> Node,
        read: impl FnOnce(&mut Self, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        self.reader.budget.take(0)?;
        let depth = self.reader.budget.deeper(self.depth)?;
        let at = self.reader.document.nodes.len();
        if self.is_kept {
            self.reader.document.nodes.push(Node::Null);
        }
        read(self, depth)?;
        let nodes = &mut self.reader.document.nodes;
        if self.is_kept {
            nodes[at] = node(nodes.len());
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Next<'_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Next<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.scalar(|| Node::Null)
    }

    #[inline]
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(|| Node::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(|| Node::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.scalar(|| Node::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.scalar(|| Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.reader.budget.take(text.len())?;
        if self.is_kept {
            self.reader.keep(text);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.container(Node::List, |list, depth| {
            let is_kept = list.is_kept;
            while items
                .next_element_seed(Next { reader: list.reader, depth, is_kept, members: None })?
                .is_some()
            {}
            Ok(())
        })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.container(Node::Object, |object, depth| {
            while let Some(is_kept) = members.next_key_seed(Name { object })? {
                members.next_value_seed(Next { reader: object.reader, depth, is_kept, members: None })?;
            }
            Ok(())
        })
    }
}

/// The seed of a member's name; it returns whether the member is kept.
struct Name<'a, 'r> {
    object: &'a mut Next<'r>,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = bool;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<bool, E> {
        let Next { reader, is_kept, members, .. } = self.object;
        reader.budget.take(name.len())?;
        let is_wanted = *is_kept && members.is_none_or(|members| members.contains(&name));
        if is_wanted {
            reader.keep(name);
        }
        Ok(is_wanted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Bounds, Document, Unreadable, count};

    fn read(json: &[u8], bounds: Bounds, members: Option<&[&str]>) -> Result<Value, Unreadable> {
        Document::read(json, bounds, members).map(|document| document.root().to_value())
    }

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
    fn a_part_is_found_at_its_place() {
        let whole =
            json!({"a": "x", "b": {"c": ["y", {"d": [null, true, -1, 2.5, 9]}, []], "": {}}, "e": "z"});
        let document = Document::from(&whole).expect("JSON");
        for (name, part) in document.root().members() {
            let found = document.at(part.place());
            assert_eq!(found.to_value(), whole[name]);
            assert_eq!(found.to_string(), whole[name].to_string());
        }
        assert_eq!(document.root().to_string(), whole.to_string());
    }

    #[test]
    fn of_members_of_one_name_the_last_one_counts() {
        let json = r#"{"a":1,"b":2,"a":{"c":3}}"#;
        let document = Document::read(json.as_bytes(), SMALL, None).expect("JSON");
        assert_eq!(document.root().get("a").map(|value| value.to_value()), Some(json!({"c": 3})));
        assert_eq!(
            super::members(document.root(), ["a"])[0].map(|value| value.to_value()),
            Some(json!({"c": 3}))
        );
        assert_eq!(document.root().to_value(), serde_json::from_str::<Value>(json).expect("JSON"));
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
