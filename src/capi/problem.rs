//! What is wrong with a value, as C sees it.

use std::{ffi::c_char, iter};

use super::ffi::Names;
use crate::Problem;

/// What is wrong with a value that was refused before anything was sent, for programs that report
/// it in their own words. createaccount_error_field says which value it was. Numbers never change,
/// and new ones may be added: treat an unknown one as CREATEACCOUNT_PROBLEM_INVALID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_problem_t {
    /// No value was refused: the error is of another kind.
    CREATEACCOUNT_PROBLEM_NONE = 0,
    CREATEACCOUNT_PROBLEM_INVALID = 1,
    /// It is missing, or NULL.
    CREATEACCOUNT_PROBLEM_REQUIRED = 2,
    CREATEACCOUNT_PROBLEM_NOT_TICKED = 3,
    CREATEACCOUNT_PROBLEM_NOT_PRESSED = 4,
    CREATEACCOUNT_PROBLEM_NOT_A_CHOICE = 5,
    /// It is not of the field's type: for instance choices for a text field, or neither "1" nor "0"
    /// for a checkbox.
    CREATEACCOUNT_PROBLEM_WRONG_TYPE = 6,
    CREATEACCOUNT_PROBLEM_CONTROL_CHARACTER = 7,
    CREATEACCOUNT_PROBLEM_NOT_UTF8 = 8,
    CREATEACCOUNT_PROBLEM_UNKNOWN_FIELD = 9,
    CREATEACCOUNT_PROBLEM_UNKNOWN_REQUEST = 10,
    CREATEACCOUNT_PROBLEM_TOO_MANY = 11,
    CREATEACCOUNT_PROBLEM_HIDDEN = 12,
    CREATEACCOUNT_PROBLEM_SHOWN_ONLY = 13,
    CREATEACCOUNT_PROBLEM_NOT_SENDABLE = 14,
    CREATEACCOUNT_PROBLEM_NOT_IN_USE = 15,
    CREATEACCOUNT_PROBLEM_SEVERAL_WAYS = 16,
    CREATEACCOUNT_PROBLEM_NO_WAY = 17,
    CREATEACCOUNT_PROBLEM_CONFLICTING = 18,
    CREATEACCOUNT_PROBLEM_KEPT_NAME = 19,
}

use createaccount_problem_t::*;

/// The name of a problem in lower case, for instance "not_a_choice" for CREATEACCOUNT_PROBLEM_NOT_A_CHOICE; "none" for
/// any other number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_problem_name(problem: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(problem, iter::once("none").chain(Problem::ALL.iter().map(|problem| problem.as_str())))
}

impl From<Option<Problem>> for createaccount_problem_t {
    fn from(problem: Option<Problem>) -> Self {
        let Some(problem) = problem else { return CREATEACCOUNT_PROBLEM_NONE };
        match problem {
            Problem::Invalid => CREATEACCOUNT_PROBLEM_INVALID,
            Problem::Required => CREATEACCOUNT_PROBLEM_REQUIRED,
            Problem::NotTicked => CREATEACCOUNT_PROBLEM_NOT_TICKED,
            Problem::NotPressed => CREATEACCOUNT_PROBLEM_NOT_PRESSED,
            Problem::NotAChoice => CREATEACCOUNT_PROBLEM_NOT_A_CHOICE,
            Problem::WrongType => CREATEACCOUNT_PROBLEM_WRONG_TYPE,
            Problem::ControlCharacter => CREATEACCOUNT_PROBLEM_CONTROL_CHARACTER,
            Problem::NotUtf8 => CREATEACCOUNT_PROBLEM_NOT_UTF8,
            Problem::UnknownField => CREATEACCOUNT_PROBLEM_UNKNOWN_FIELD,
            Problem::UnknownRequest => CREATEACCOUNT_PROBLEM_UNKNOWN_REQUEST,
            Problem::TooMany => CREATEACCOUNT_PROBLEM_TOO_MANY,
            Problem::Hidden => CREATEACCOUNT_PROBLEM_HIDDEN,
            Problem::ShownOnly => CREATEACCOUNT_PROBLEM_SHOWN_ONLY,
            Problem::NotSendable => CREATEACCOUNT_PROBLEM_NOT_SENDABLE,
            Problem::NotInUse => CREATEACCOUNT_PROBLEM_NOT_IN_USE,
            Problem::SeveralWays => CREATEACCOUNT_PROBLEM_SEVERAL_WAYS,
            Problem::NoWay => CREATEACCOUNT_PROBLEM_NO_WAY,
            Problem::Conflicting => CREATEACCOUNT_PROBLEM_CONFLICTING,
            Problem::KeptName => CREATEACCOUNT_PROBLEM_KEPT_NAME,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{createaccount_problem_name, createaccount_problem_t};
    use crate::Problem;

    #[test]
    fn problems_have_the_numbers_of_their_order() {
        for (number, problem) in (1..).zip(Problem::ALL.iter().copied()) {
            assert_eq!(createaccount_problem_t::from(Some(problem)) as u32, number);
            // SAFETY: the function gives strings that end in NUL and live for ever.
            let name = unsafe { CStr::from_ptr(createaccount_problem_name(number)) };
            assert_eq!(name.to_str(), Ok(problem.as_str()));
        }
    }
}
