//! JSON as wikis write it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde_json::Value;

/// What the wiki sent. `Debug` does not show it: it holds one-use values, presets of sensitive fields and the targets of
/// visits.
#[derive(Clone, Default)]
pub(crate) struct Raw(Value);

impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl From<Raw> for Value {
    fn from(raw: Raw) -> Self {
        raw.0
    }
}

impl Deref for Raw {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl DerefMut for Raw {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
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
