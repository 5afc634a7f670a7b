//! Fields as C sees them.

use std::{ffi::c_char, ptr};

use super::ffi::{Names, Text, get, pointer};
use crate::{Choice, Field, FieldType};

/// One field of a form.
///
/// Borrowed from its step and freed with it. Any number of threads may read it at once.
pub struct createaccount_field {
    name: Text,
    kind: createaccount_field_type_t,
    label: Text,
    help: Text,
    value: Option<Text>,
    is_required: bool,
    is_sensitive: bool,
    asks: bool,
    choices: Vec<FieldChoice>,
}

struct FieldChoice {
    value: Text,
    label: Text,
    is_preset: bool,
}

/// How a field is shown and sent. Numbers never change, and new ones may be added: treat an unknown one as
/// CREATEACCOUNT_FIELD_TYPE_OTHER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_field_type_t {
    CREATEACCOUNT_FIELD_TYPE_OTHER = 0,
    CREATEACCOUNT_FIELD_TYPE_STRING = 1,
    CREATEACCOUNT_FIELD_TYPE_PASSWORD = 2,
    CREATEACCOUNT_FIELD_TYPE_SELECT = 3,
    /// Any number of the choices, by their values: createaccount_client_add_choice.
    CREATEACCOUNT_FIELD_TYPE_MULTISELECT = 4,
    /// Yes or no: "1" or "0".
    CREATEACCOUNT_FIELD_TYPE_CHECKBOX = 5,
    /// A way to continue: pressing it ("1") chooses the request that it belongs to.
    CREATEACCOUNT_FIELD_TYPE_BUTTON = 6,
    CREATEACCOUNT_FIELD_TYPE_HIDDEN = 7,
    CREATEACCOUNT_FIELD_TYPE_NULL = 8,
}

use createaccount_field_type_t::*;

/// § Fields
///
/// The name that createaccount_client_set_field takes. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_name(field: Option<&createaccount_field>) -> *const c_char {
    get(field, ptr::null(), |field| field.name.as_ptr())
}

/// How it is shown and sent.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_type(
    field: Option<&createaccount_field>,
) -> createaccount_field_type_t {
    get(field, CREATEACCOUNT_FIELD_TYPE_OTHER, |field| field.kind)
}

/// MediaWiki's name of a type, for instance "password" for CREATEACCOUNT_FIELD_TYPE_PASSWORD; "other" for any other
/// number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_type_name(field_type: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    let names =
        ["other", "string", "password", "select", "multiselect", "checkbox", "button", "hidden", "null"];
    NAMES.of(field_type, names.into_iter())
}

/// The caption, in the wiki's words; empty with the message format "none". Borrowed; NULL only if
/// the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_label(field: Option<&createaccount_field>) -> *const c_char {
    get(field, ptr::null(), |field| field.label.as_ptr())
}

/// The explanation, in the wiki's words; often empty. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_help(field: Option<&createaccount_field>) -> *const c_char {
    get(field, ptr::null(), |field| field.help.as_ptr())
}

/// The preset: what is sent when no value is set, and what a null field shows; "1" for a checkbox that is ticked
/// beforehand. For a multiselect see createaccount_field_choice_is_preset_at. Borrowed; NULL if there
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_value(field: Option<&createaccount_field>) -> *const c_char {
    get(field, ptr::null(), |field| pointer(field.value.as_ref()))
}

/// Whether the wiki refuses a form without it. In the merged view of a form that offers several ways to make
/// the account, a field that only one way needs is not required.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_is_required(field: Option<&createaccount_field>) -> bool {
    get(field, false, |field| field.is_required)
}

/// Whether its value must not be shown, logged or put into an address.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_is_sensitive(field: Option<&createaccount_field>) -> bool {
    get(field, false, |field| field.is_sensitive)
}

/// Whether it asks the person something: false for hidden and null fields.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_asks(field: Option<&createaccount_field>) -> bool {
    get(field, false, |field| field.asks)
}

/// How many choices a select or multiselect offers; 0 for other fields.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_choice_count(field: Option<&createaccount_field>) -> usize {
    get(field, 0, |field| field.choices.len())
}

/// The value of a choice: what is sent. Choices keep the wiki's order. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_choice_value_at(
    field: Option<&createaccount_field>,
    index: usize,
) -> *const c_char {
    get(field, ptr::null(), |field| pointer(field.choices.get(index).map(|choice| &choice.value)))
}

/// The label of a choice: what is shown. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_choice_label_at(
    field: Option<&createaccount_field>,
    index: usize,
) -> *const c_char {
    get(field, ptr::null(), |field| pointer(field.choices.get(index).map(|choice| &choice.label)))
}

/// Whether a choice of a multiselect is chosen unless something else is set for the field; false
/// past the end. The preset of a select is its createaccount_field_value.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_field_choice_is_preset_at(
    field: Option<&createaccount_field>,
    index: usize,
) -> bool {
    get(field, false, |field| field.choices.get(index).is_some_and(|choice| choice.is_preset))
}

impl From<&Field> for createaccount_field {
    fn from(field: &Field) -> Self {
        let choice = |choice: &Choice| FieldChoice {
            value: Text::new(&choice.value),
            label: Text::new(&choice.label),
            is_preset: choice.preset,
        };
        Self {
            name: Text::new(field.name()),
            kind: field.kind().into(),
            label: Text::new(field.label()),
            help: Text::new(field.help()),
            value: Text::optional(field.value()),
            is_required: field.is_required(),
            is_sensitive: field.is_sensitive(),
            asks: field.asks(),
            choices: field.choices().iter().map(choice).collect(),
        }
    }
}

impl From<FieldType> for createaccount_field_type_t {
    fn from(kind: FieldType) -> Self {
        match kind {
            FieldType::String => CREATEACCOUNT_FIELD_TYPE_STRING,
            FieldType::Password => CREATEACCOUNT_FIELD_TYPE_PASSWORD,
            FieldType::Select => CREATEACCOUNT_FIELD_TYPE_SELECT,
            FieldType::Multiselect => CREATEACCOUNT_FIELD_TYPE_MULTISELECT,
            FieldType::Checkbox => CREATEACCOUNT_FIELD_TYPE_CHECKBOX,
            FieldType::Button => CREATEACCOUNT_FIELD_TYPE_BUTTON,
            FieldType::Hidden => CREATEACCOUNT_FIELD_TYPE_HIDDEN,
            FieldType::Null => CREATEACCOUNT_FIELD_TYPE_NULL,
            FieldType::Other => CREATEACCOUNT_FIELD_TYPE_OTHER,
        }
    }
}
