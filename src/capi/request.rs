//! Authentication requests as C sees them.

use std::{ffi::c_char, ptr};

use super::{
    ffi::{Names, Text, get},
    field::createaccount_field,
};
use crate::{AuthRequest, Required};

/// An authentication request: a group of fields that a part of the wiki asks for, and takes or drops as a
/// whole.
///
/// Most programs show the merged fields of the step and need no requests. Borrowed from its step
/// and freed with it. Any number of threads may read it at once.
pub struct createaccount_request {
    id: Text,
    provider: Text,
    account: Text,
    required: createaccount_required_t,
    metadata_json: Text,
    fields: Vec<createaccount_field>,
}

/// Whether a request must be filled in. Numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_required_t {
    CREATEACCOUNT_REQUIRED_OPTIONAL = 0,
    CREATEACCOUNT_REQUIRED_REQUIRED = 1,
    /// It is one of several ways to make the account; exactly one of them must be filled in.
    CREATEACCOUNT_REQUIRED_PRIMARY = 2,
}

use createaccount_required_t::*;

/// § Requests
///
/// The id that createaccount_client_use_request takes. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_id(request: Option<&createaccount_request>) -> *const c_char {
    get(request, ptr::null(), |request| request.id.as_ptr())
}

/// Who asks, in the wiki's words; may be empty. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_provider(request: Option<&createaccount_request>) -> *const c_char {
    get(request, ptr::null(), |request| request.provider.as_ptr())
}

/// Which account it is about, in the wiki's words; may be empty. Borrowed; NULL only if the
/// argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_account(request: Option<&createaccount_request>) -> *const c_char {
    get(request, ptr::null(), |request| request.account.as_ptr())
}

/// Whether it must be filled in.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_required(
    request: Option<&createaccount_request>,
) -> createaccount_required_t {
    get(request, CREATEACCOUNT_REQUIRED_OPTIONAL, |request| request.required)
}

/// MediaWiki's name of a createaccount_required_t, for instance "primary-required" for
/// CREATEACCOUNT_REQUIRED_PRIMARY; "optional" for any other number. It lives as long as the library
/// is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_required_name(required: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    let all = [Required::Optional, Required::Required, Required::PrimaryRequired];
    NAMES.of(required, all.into_iter().map(Required::as_str))
}

/// Further data of the provider, as a JSON object; its meaning is up to the provider. Borrowed; NULL
/// only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_metadata_json(
    request: Option<&createaccount_request>,
) -> *const c_char {
    get(request, ptr::null(), |request| request.metadata_json.as_ptr())
}

/// How many fields it has.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_field_count(request: Option<&createaccount_request>) -> usize {
    get(request, 0, |request| request.fields.len())
}

/// One of its fields, in the wiki's order. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_request_field_at(
    request: Option<&createaccount_request>,
    index: usize,
) -> Option<&createaccount_field> {
    get(request, None, |request| request.fields.get(index))
}

impl From<&AuthRequest> for createaccount_request {
    fn from(request: &AuthRequest) -> Self {
        let metadata = serde_json::to_string(request.metadata()).unwrap_or_default();
        Self {
            id: Text::new(request.id()),
            provider: Text::new(request.provider()),
            account: Text::new(request.account()),
            required: match request.required() {
                Required::Optional => CREATEACCOUNT_REQUIRED_OPTIONAL,
                Required::Required => CREATEACCOUNT_REQUIRED_REQUIRED,
                Required::PrimaryRequired => CREATEACCOUNT_REQUIRED_PRIMARY,
            },
            metadata_json: Text::new(&metadata),
            fields: request.fields().iter().map(Into::into).collect(),
        }
    }
}
