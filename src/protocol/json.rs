//! Values as PHP writes them.

use std::fmt;

use serde_json::Value;

/// Stands for JSON of the wiki in what `Debug` prints: one-use values and addresses with secrets are in it.
pub(crate) struct Undisclosed;

impl fmt::Debug for Undisclosed {
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
