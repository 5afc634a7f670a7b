//! What is wrong with a value that the library refuses.

use std::fmt;

/// What is wrong with a value that was refused before anything was sent, for hosts that report it
/// in their own words. [`Error::field`](crate::Error::field) says which value it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// It is unusable for another reason, which the message gives; usually it is a setting.
    Invalid,
    /// It is missing.
    Required,
    /// A checkbox must be ticked.
    NotTicked,
    /// A button must be pressed.
    NotPressed,
    /// It is not one of the choices.
    NotAChoice,
    /// It is not of the field's type: for instance choices for a text field, or neither yes nor no
    /// for a checkbox.
    WrongType,
    /// It holds a character that wikis silently replace.
    ControlCharacter,
    /// It is not valid UTF-8.
    NotUtf8,
    /// The wiki does not have this field.
    UnknownField,
    /// The wiki does not have this request.
    UnknownRequest,
    /// More requests are named than the wiki accepts.
    TooMany,
    /// The field is hidden and goes back unchanged.
    Hidden,
    /// The field is only for display.
    ShownOnly,
    /// No parameter can carry it to the wiki unchanged.
    NotSendable,
    /// It belongs to none of the requests in use.
    NotInUse,
    /// It belongs to a different way of making the account than other values do.
    SeveralWays,
    /// No way of making the account was chosen.
    NoWay,
    /// Several requests of the wiki have the field, and no value suits them all.
    Conflicting,
    /// The login that is kept requires another name.
    KeptName,
}

impl Problem {
    /// All problems, in the order of their numbers in the C API, which begin with 1.
    pub const ALL: &'static [Self] = &[
        Self::Invalid,
        Self::Required,
        Self::NotTicked,
        Self::NotPressed,
        Self::NotAChoice,
        Self::WrongType,
        Self::ControlCharacter,
        Self::NotUtf8,
        Self::UnknownField,
        Self::UnknownRequest,
        Self::TooMany,
        Self::Hidden,
        Self::ShownOnly,
        Self::NotSendable,
        Self::NotInUse,
        Self::SeveralWays,
        Self::NoWay,
        Self::Conflicting,
        Self::KeptName,
    ];

    /// The name in lower case, for instance `not_a_choice`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Required => "required",
            Self::NotTicked => "not_ticked",
            Self::NotPressed => "not_pressed",
            Self::NotAChoice => "not_a_choice",
            Self::WrongType => "wrong_type",
            Self::ControlCharacter => "control_character",
            Self::NotUtf8 => "not_utf8",
            Self::UnknownField => "unknown_field",
            Self::UnknownRequest => "unknown_request",
            Self::TooMany => "too_many",
            Self::Hidden => "hidden",
            Self::ShownOnly => "shown_only",
            Self::NotSendable => "not_sendable",
            Self::NotInUse => "not_in_use",
            Self::SeveralWays => "several_ways",
            Self::NoWay => "no_way",
            Self::Conflicting => "conflicting",
            Self::KeptName => "kept_name",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
