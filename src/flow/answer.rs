//! What the host answers.

use std::fmt;

use crate::Secret;

/// Values for the fields of a step, by name.
///
/// Hidden fields are sent back automatically, and `retype` repeats `password` when it is left out.
/// Any other field that is left out is sent with the wiki's preset, a ticked checkbox too: a host
/// that shows one sets `false` when the person unticks it.
#[derive(Clone, Default)]
pub struct Answer {
    pub(super) values: Vec<(String, Value)>,
    pub(super) requests: Vec<String>,
    pub(crate) unchecked: bool,
}

/// A value for one field.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A line of text or the key of a choice. For a checkbox or button, `1` or `0`.
    Text(Secret),
    /// A checkbox or button.
    Flag(bool),
    /// The keys of the selected choices of a multiselect.
    Choices(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Secret> for Value {
    fn from(text: Secret) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(set: bool) -> Self {
        Self::Flag(set)
    }
}

impl<S: Into<String>> From<Vec<S>> for Value {
    fn from(keys: Vec<S>) -> Self {
        Self::Choices(keys.into_iter().map(Into::into).collect())
    }
}

impl Answer {
    /// An answer without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a field, replacing an earlier one.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, value.into()));
        self
    }

    /// Adds one choice to a multiselect. Adding it again changes nothing.
    #[must_use]
    pub fn choose(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        let (name, key) = (name.into(), key.into());
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, Value::Choices(keys))) if keys.contains(&key) => {}
            Some((_, Value::Choices(keys))) => keys.push(key),
            Some((_, value)) => *value = Value::Choices(vec![key]),
            None => self.values.push((name, Value::Choices(vec![key]))),
        }
        self
    }

    /// Removes the value of a field.
    #[must_use]
    pub fn unset(mut self, name: &str) -> Self {
        self.values.retain(|(known, _)| known != name);
        self
    }

    /// Uses only this request, and those named by further calls (`createrequests`). By default all are used.
    #[must_use]
    pub fn use_request(mut self, id: impl Into<String>) -> Self {
        self.requests.push(id.into());
        self
    }

    /// Whether to send this answer without checking it against the form: then nothing is required,
    /// a value need not be one of the choices, a hidden field may get another value, and a field
    /// need not be in the form. Otherwise what MediaWiki itself would refuse or drop is refused
    /// here, and the error names the field. An extension may load its fields differently, and
    /// accept what is refused here.
    ///
    /// This changes what is refused, not what is sent: the values that were given and, for every
    /// other field of the requests in use, its preset, or an empty text where there is none. What
    /// no parameter can carry is still refused: control characters, a field name that PHP changes,
    /// a name that is a parameter of the API itself.
    #[must_use]
    pub fn unchecked(mut self, unchecked: bool) -> Self {
        self.unchecked = unchecked;
        self
    }

    /// Whether it has no values and names no requests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.requests.is_empty()
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Answer {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        values.into_iter().fold(Self::new(), |answer, (name, value)| answer.set(name, value))
    }
}

impl<N: Into<String>, V: Into<Value>, const COUNT: usize> From<[(N, V); COUNT]> for Answer {
    fn from(values: [(N, V); COUNT]) -> Self {
        values.into_iter().collect()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Answer")
            .field("fields", &names)
            .field("requests", &self.requests)
            .field("unchecked", &self.unchecked)
            .finish()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
