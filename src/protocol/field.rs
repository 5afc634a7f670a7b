//! Fields of a form.

use std::{collections::HashSet, fmt};

use super::{
    html::plain_text,
    json::{Json, members, truthy},
    message::Message,
};
use crate::text::cleaned;

/// How a field is shown and sent (MediaWiki, AuthenticationRequest::getFieldInfo).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// A line of text.
    String,
    /// A line of text that is not shown while it is typed.
    Password,
    /// One of the choices, by its value.
    Select,
    /// Any number of the choices, by their values.
    Multiselect,
    /// Yes or no.
    Checkbox,
    /// A way to continue: pressing it chooses its request.
    Button,
    /// A value that the library sends back to the wiki unchanged. An empty one may be filled in.
    Hidden,
    /// Only to be shown; never sent.
    Null,
    /// A type that this version does not know; it is treated as a line of text.
    Other,
}

impl FieldType {
    /// MediaWiki's name for the type, `"other"` for an unknown one.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Password => "password",
            Self::Select => "select",
            Self::Multiselect => "multiselect",
            Self::Checkbox => "checkbox",
            Self::Button => "button",
            Self::Hidden => "hidden",
            Self::Null => "null",
            Self::Other => "other",
        }
    }

    fn from_name(name: &str) -> Self {
        use FieldType::*;
        [String, Password, Select, Multiselect, Checkbox, Button, Hidden, Null]
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .unwrap_or(Other)
    }
}

/// One choice of a select or multiselect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// For a multiselect: whether it is chosen unless the host says otherwise. A select has its preset as its value.
    pub preset: bool,
}

/// One field of a form.
#[derive(Clone, PartialEq)]
pub struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) label: Option<Message>,
    pub(crate) help: Option<Message>,
    pub(crate) value: Option<String>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) optional: bool,
    pub(crate) sensitive: bool,
}

impl Field {
    /// The name of the field, under which the host answers it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is shown and sent.
    #[must_use]
    pub fn kind(&self) -> FieldType {
        self.kind
    }

    /// The caption, in the wiki's words; empty with [`MessageFormat::None`](crate::MessageFormat::None).
    #[must_use]
    pub fn label(&self) -> &str {
        self.label.as_ref().map_or("", Message::text)
    }

    /// The explanation, in the wiki's words; often empty.
    #[must_use]
    pub fn help(&self) -> &str {
        self.help.as_ref().map_or("", Message::text)
    }

    /// The caption with its key and parameters, for hosts that asked for raw messages.
    #[must_use]
    pub fn label_message(&self) -> Option<&Message> {
        self.label.as_ref()
    }

    /// The explanation with its key and parameters, for hosts that asked for raw messages.
    #[must_use]
    pub fn help_message(&self) -> Option<&Message> {
        self.help.as_ref()
    }

    /// The preset: what is sent when the host says nothing, and what a null field shows. `1` for a
    /// checkbox that is ticked by default; the presets of a multiselect are marked among its
    /// [`choices`](Self::choices).
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The choices of a select or multiselect, in the wiki's order.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Whether the wiki refuses a form without it. In the merged view of a form that offers several ways, a field
    /// that only one way needs is not required.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.optional && !matches!(self.kind, FieldType::Hidden | FieldType::Null | FieldType::Button)
    }

    /// Whether its value must not be shown, logged or put into an address.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive || self.kind == FieldType::Password
    }

    /// Whether it asks the person something: false for hidden and null fields.
    #[must_use]
    pub fn asks(&self) -> bool {
        !matches!(self.kind, FieldType::Hidden | FieldType::Null)
    }

    /// Whether it is a checkbox that is ticked by default.
    pub(crate) fn is_ticked(&self) -> bool {
        self.kind == FieldType::Checkbox && self.value.as_deref().is_some_and(is_true)
    }

    /// Whether `value` is one of the choices.
    pub(crate) fn offers(&self, value: &str) -> bool {
        self.choices.iter().any(|choice| choice.value == value)
    }

    /// The field with the HTML of its texts turned into plain text.
    pub(crate) fn plain(self) -> Self {
        let mut choices = self.choices;
        for choice in &mut choices {
            choice.label = cleaned(plain_text(&choice.label));
        }
        Self { label: self.label.map(Message::plain), help: self.help.map(Message::plain), choices, ..self }
    }

    fn parse(name: &str, value: Json<'_>) -> Self {
        let names = ["type", "label", "help", "value", "options", "optional", "sensitive"];
        let [kind, label, help, preset, options, optional, sensitive] = members(value, names);
        let kind = FieldType::from_name(kind.and_then(Json::as_str).unwrap_or_default());
        let value = preset.and_then(Json::to_text).map(|value| match kind {
            FieldType::Checkbox if is_true(&value) => "1".to_owned(),
            // A null field is only shown; all other values go back to the wiki unchanged.
            FieldType::Null => cleaned(value),
            _ => value,
        });
        let mut choices = parse_choices(options);
        if kind == FieldType::Multiselect {
            let presets = parse_presets(preset);
            for choice in &mut choices {
                choice.preset = presets.contains(&choice.value);
            }
        }
        Self {
            name: name.to_owned(),
            kind,
            label: Message::parse(label),
            help: Message::parse(help),
            value,
            choices,
            optional: truthy(optional),
            sensitive: truthy(sensitive),
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Hidden values are mostly one-time tokens.
        let masked = self.is_sensitive() || self.kind == FieldType::Hidden;
        let value = self.value.as_deref().map(|value| if masked { "***" } else { value });
        f.debug_struct("Field")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("label", &self.label())
            .field("value", &value)
            .field("choices", &self.choices)
            .field("required", &self.is_required())
            .field("sensitive", &self.is_sensitive())
            .finish()
    }
}

/// The member `fields`: an object that maps names to fields. PHP writes an empty one as `[]`.
pub(crate) fn parse_fields(value: Option<Json<'_>>) -> Vec<Field> {
    let Some(fields) = value else { return Vec::new() };
    fields.members().map(|(name, field)| Field::parse(name, field)).collect()
}

fn parse_choices(value: Option<Json<'_>>) -> Vec<Choice> {
    let Some(options) = value else { return Vec::new() };
    let choice = |value: String, label: Json<'_>| {
        let label = match Message::parse(Some(label)) {
            Some(message) => message.text().to_owned(),
            None => label.to_text().map(cleaned).unwrap_or_default(),
        };
        Choice { value, label, preset: false }
    };
    let named = options.members().map(|(key, label)| choice(key.to_owned(), label));
    // A PHP array with the keys 0, 1, 2 …
    let numbered = options.items().enumerate().map(|(key, label)| choice(key.to_string(), label));
    named.chain(numbered).collect()
}

/// Whether PHP takes the string for true.
fn is_true(value: &str) -> bool {
    !matches!(value, "" | "0")
}

/// The keys that are preselected: one, or a PHP array of them.
fn parse_presets(value: Option<Json<'_>>) -> HashSet<String> {
    let Some(keys) = value else { return HashSet::new() };
    keys.values().chain([keys]).filter_map(Json::to_text).collect()
}
