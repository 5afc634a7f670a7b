//! One value and one field: what is sent, and whether the field loads from it.

use unicode_normalization::is_nfc;

use super::answer::Value;
use crate::{
    Error, Problem, Result,
    protocol::{Field, FieldType, replaced_char},
};

/// The host's value for a field.
#[derive(Clone, Copy)]
pub(super) enum ValueRef<'a> {
    Text(&'a str),
    Flag(bool),
    Keys(&'a [String]),
}

/// A parameter as the wiki receives it. PHP cannot be sent an empty list: that is `Absent`.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Param<'a> {
    Absent,
    Text(&'a str),
    Keys(Vec<&'a str>),
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.expose()),
            Value::Flag(set) => Self::Flag(*set),
            Value::Choices(keys) => Self::Keys(keys),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// Whether it is an empty text, a no, or no choices.
    pub fn is_empty(self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Flag(set) => !set,
            Self::Keys(keys) => keys.is_empty(),
        }
    }

    /// The value as it was given, without a check that fields of these types take it.
    pub fn to_param_unchecked(self, types: impl Iterator<Item = FieldType> + Clone) -> Param<'a> {
        let all = |is: fn(FieldType) -> bool| types.clone().next().is_some() && types.clone().all(is);
        match self {
            Self::Flag(true) => Param::YES,
            Self::Flag(false) => Param::Absent,
            Self::Keys(keys) => Param::keys(keys.iter().map(String::as_str)),
            Self::Text("0") if all(is_flag) => Param::Absent,
            Self::Text(text) if all(|kind| kind == FieldType::Multiselect) => {
                Param::keys(Some(text).filter(|text| !text.is_empty()))
            }
            Self::Text(text) => Param::Text(text),
        }
    }
}

impl<'a> Param<'a> {
    /// For a checkbox or button. Any value means yes, even `0`.
    pub const YES: Self = Self::Text("1");

    fn keys(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut chosen: Vec<&str> = Vec::new();
        for key in keys {
            if !chosen.contains(&key) {
                chosen.push(key);
            }
        }
        if chosen.is_empty() { Self::Absent } else { Self::Keys(chosen) }
    }

    /// Whether the wiki reads both alike: it takes a single text for a list of one.
    pub fn reads_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(text), Self::Keys(keys)) | (Self::Keys(keys), Self::Text(text)) => {
                keys[..] == [*text]
            }
            _ => self == other,
        }
    }
}

/// Whether a field of this type is yes or no: yes if its parameter is present.
pub(super) fn is_flag(kind: FieldType) -> bool {
    matches!(kind, FieldType::Checkbox | FieldType::Button)
}

/// Whether a parameter reaches the wiki under this name. PHP replaces `.` and blanks by `_`, takes
/// `[` for the start of an index, drops leading blanks, and cuts a name off at U+0000
/// (php_register_variable_ex).
pub(super) fn survives_php(name: &str) -> bool {
    !name.is_empty() && !name.bytes().any(|byte| matches!(byte, b'.' | b' ' | b'[' | b'\0'))
}

/// What is sent for the host's value; an error if the field does not take it.
pub(super) fn fit<'a>(field: &Field, value: ValueRef<'a>) -> Result<Param<'a>> {
    let wrong = |problem, message: &str| {
        let message = format!("{} {message}", describe_field(field));
        Err(Error::argument(field.name(), message).with_problem(problem))
    };
    if !survives_php(field.name()) {
        return match value {
            _ if field.kind() == FieldType::Null => {
                wrong(Problem::ShownOnly, "is only for display and takes no value.")
            }
            ValueRef::Text("0") if is_flag(field.kind()) => Ok(Param::Absent),
            value if value.is_empty() => Ok(Param::Absent),
            _ => wrong(
                Problem::NotSendable,
                "cannot be filled in: PHP changes its name on the way to the wiki.",
            ),
        };
    }
    match (field.kind(), value) {
        (FieldType::Null, _) => wrong(Problem::ShownOnly, "is only for display and takes no value."),

        (FieldType::Hidden, ValueRef::Text(text)) => match field.value().unwrap_or_default() {
            preset if preset.is_empty() || preset == text => Ok(Param::Text(text)),
            _ => wrong(Problem::Hidden, "is hidden and goes back unchanged; leave it out."),
        },
        (FieldType::Hidden, _) => wrong(Problem::WrongType, "is hidden and takes text."),

        (FieldType::Checkbox | FieldType::Button, value) => match value {
            ValueRef::Flag(true) | ValueRef::Text("1") => Ok(Param::YES),
            ValueRef::Flag(false) | ValueRef::Text("0") => Ok(Param::Absent),
            ValueRef::Text(_) => wrong(Problem::WrongType, "takes 1 for yes or 0 for no."),
            ValueRef::Keys(_) => wrong(Problem::WrongType, "takes yes or no, not choices."),
        },

        (FieldType::Multiselect, ValueRef::Keys(keys)) => {
            keys.iter().try_for_each(|key| check_choice(field, key))?;
            Ok(Param::keys(keys.iter().map(String::as_str)))
        }
        (FieldType::Multiselect, ValueRef::Text("")) => Ok(Param::Absent),
        (FieldType::Multiselect, ValueRef::Text(key)) => {
            check_choice(field, key)?;
            Ok(Param::Keys(vec![key]))
        }
        (FieldType::Multiselect, ValueRef::Flag(_)) => {
            wrong(Problem::WrongType, "takes choices, not yes or no.")
        }

        (FieldType::Select, ValueRef::Text(key)) => {
            if !key.is_empty() {
                check_choice(field, key)?;
            }
            Ok(Param::Text(key))
        }
        (FieldType::Select, _) => wrong(Problem::WrongType, "takes one of its choices."),

        (_, ValueRef::Text(text)) => Ok(Param::Text(text)),
        (_, _) => wrong(Problem::WrongType, "takes text."),
    }
}

/// What the wiki's own page would send for a field that the person leaves alone.
pub(super) fn preset_param(field: &Field) -> Param<'_> {
    let preset = field.value().unwrap_or_default();
    match field.kind() {
        _ if !survives_php(field.name()) => Param::Absent,
        // The value of a button is its caption.
        FieldType::Null | FieldType::Button => Param::Absent,
        FieldType::Checkbox => match field.is_ticked() {
            true => Param::YES,
            false => Param::Absent,
        },
        FieldType::Multiselect => {
            Param::keys(field.choices().iter().filter(|choice| choice.preset).map(|choice| &choice.value[..]))
        }
        FieldType::Select if !field.offers(preset) => Param::Text(""),
        _ => Param::Text(preset),
    }
}

/// Whether the field loads (AuthenticationRequest::loadFromSubmission). If one does not, the wiki drops its whole request.
pub(super) fn loads(field: &Field, sent: &Param<'_>) -> bool {
    match (field.kind(), sent) {
        (FieldType::Null, _) => true,
        (FieldType::Checkbox | FieldType::Button, sent) => field.optional || *sent != Param::Absent,
        (FieldType::Multiselect, Param::Absent) => field.optional,
        (FieldType::Multiselect, Param::Keys(keys)) => keys.iter().all(|key| field.offers(key)),
        // Other types would load a list as a PHP array, which breaks the wiki or makes an account
        // called “Array”. Here it counts as not loading.
        (_, Param::Absent | Param::Keys(_)) => false,
        (_, Param::Text("")) => field.optional,
        (FieldType::Select | FieldType::Multiselect, Param::Text(key)) => field.offers(key),
        (_, Param::Text(_)) => true,
    }
}

/// Refuses characters that the wiki would silently replace.
pub(super) fn check_text(name: &str, text: &str) -> Result<()> {
    match replaced_char(text) {
        None => Ok(()),
        Some(c) => {
            let message = format!("The field “{name}” holds U+{:04X}, which wikis replace.", c as u32);
            Err(Error::argument(name, message).with_problem(Problem::ControlCharacter))
        }
    }
}

pub(super) fn missing(field: &Field) -> Error {
    let (problem, what) = match field.kind() {
        FieldType::Checkbox => (Problem::NotTicked, "must be ticked"),
        FieldType::Button => (Problem::NotPressed, "must be pressed"),
        FieldType::Select | FieldType::Multiselect => (Problem::Required, "needs a choice"),
        FieldType::Hidden => (Problem::Hidden, "is hidden and required, but nothing has filled it in"),
        _ => (Problem::Required, "is required"),
    };
    Error::argument(field.name(), format!("{} {what}.", describe_field(field))).with_problem(problem)
}

pub(super) fn describe_field(field: &Field) -> String {
    format!("The field “{}”", field.name())
}

/// How many names an error lists: a wiki may have thousands of choices.
const MAX_LISTED: usize = 20;

pub(super) fn list(names: &[&str]) -> String {
    match names.get(..MAX_LISTED) {
        Some(first) if names.len() > MAX_LISTED => {
            format!("{} and {} more", first.join(", "), names.len() - MAX_LISTED)
        }
        _ if names.is_empty() => "nothing".to_owned(),
        _ => names.join(", "),
    }
}

fn check_choice(field: &Field, key: &str) -> Result<()> {
    if field.offers(key) {
        // The wiki normalises to NFC what it receives, but not its own keys
        // (WebRequest::normalizeUnicode).
        return if is_nfc(key) { Ok(()) } else { Err(never_matches(field)) };
    }
    let keys: Vec<&str> = field.choices().iter().map(|choice| choice.value.as_str()).collect();
    let message = format!("{} has no choice with this value; it has {}.", describe_field(field), list(&keys));
    Err(Error::argument(field.name(), message).with_problem(Problem::NotAChoice))
}

fn never_matches(field: &Field) -> Error {
    let message = format!(
        "{} has a choice that the wiki itself does not recognise: leave it out.",
        describe_field(field)
    );
    Error::argument(field.name(), message).with_problem(Problem::NotSendable)
}
