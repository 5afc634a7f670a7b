//! Verdicts as C sees them.

use std::{ffi::c_char, ptr};

use super::ffi::{Text, catch_panic, get, pointer};
use crate::Verdict;

/// The wiki's answer to a question that was asked before a creation.
///
/// Owned by the caller, immutable, and may outlive the client. Any number of threads may read it at once.
pub struct createaccount_verdict {
    answer: createaccount_answer_t,
    code: Option<Text>,
    message: Option<Text>,
    canonical: Option<Text>,
}

/// What a verdict says. Numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_answer_t {
    /// The wiki does not say, as on private wikis.
    CREATEACCOUNT_ANSWER_UNKNOWN = 0,
    /// Yes.
    CREATEACCOUNT_ANSWER_YES = 1,
    /// No; code and message say why.
    CREATEACCOUNT_ANSWER_NO = 2,
}

use createaccount_answer_t::*;

/// § Verdicts
///
/// Yes, no or unknown; unknown for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_verdict_answer(
    verdict: Option<&createaccount_verdict>,
) -> createaccount_answer_t {
    get(verdict, CREATEACCOUNT_ANSWER_UNKNOWN, |verdict| verdict.answer)
}

/// The wiki's code for a no, for instance "userexists". Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_verdict_code(verdict: Option<&createaccount_verdict>) -> *const c_char {
    get(verdict, ptr::null(), |verdict| pointer(verdict.code.as_ref()))
}

/// The wiki's reason, in the requested language where available. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_verdict_message(verdict: Option<&createaccount_verdict>) -> *const c_char {
    get(verdict, ptr::null(), |verdict| pointer(verdict.message.as_ref()))
}

/// The user name as the wiki writes it. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_verdict_canonical(verdict: Option<&createaccount_verdict>) -> *const c_char {
    get(verdict, ptr::null(), |verdict| pointer(verdict.canonical.as_ref()))
}

/// Frees a verdict and the strings borrowed from it. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_verdict_free(verdict: Option<Box<createaccount_verdict>>) {
    catch_panic(|| drop(verdict));
}

impl From<&Verdict> for createaccount_verdict {
    fn from(verdict: &Verdict) -> Self {
        Self {
            answer: match verdict.answer() {
                None => CREATEACCOUNT_ANSWER_UNKNOWN,
                Some(true) => CREATEACCOUNT_ANSWER_YES,
                Some(false) => CREATEACCOUNT_ANSWER_NO,
            },
            code: Text::optional(verdict.code()),
            message: Text::optional(verdict.message()),
            canonical: Text::optional(verdict.canonical()),
        }
    }
}
