//! Finding a wiki's API as C sees it.

use std::{ffi::c_char, mem::MaybeUninit};

use super::{
    config::createaccount_config,
    error::{createaccount_error, guard},
    ffi::{give_string, required, text},
    status::createaccount_status_t,
};
use crate::find_api;

/// § Finding a wiki
///
/// Finds the api.php of a wiki. `url` is the address of a page, an address with a wrong path, or a
/// host name without "https://". `config` may be NULL for the defaults. Free the result with
/// createaccount_string_free.
///
/// The page at the address is searched for the link to the API that every page of MediaWiki has,
/// then the wiki's front page; finally the usual paths are tried. An address is given only if
/// MediaWiki's API answered there. Redirects are followed, to other hosts too: check the host of
/// the result before you send a password there. Neither cookies nor a bearer token are sent;
/// createaccount_config_set_basic_auth and createaccount_config_add_header apply to the origin of
/// `url` only. The other settings apply as for a client; createaccount_config_set_interrupt can
/// cancel the search.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT names the address ("url") or the setting that cannot be
/// used; CREATEACCOUNT_STATUS_PROTOCOL when no API was found; any other status says why the wiki
/// could not be reached.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_find_api(
    url: *const c_char,
    config: Option<&createaccount_config>,
    api_url: Option<&mut MaybeUninit<*mut c_char>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    guard(error, || {
        let api_url = required("api_url", api_url)?;
        // SAFETY: a string that ends in NUL, as the header requires.
        let url = unsafe { text("url", url) }?;
        let found = find_api(url, createaccount_config::settings(config)?)?;
        api_url.write(give_string(found.as_str()));
        Ok(())
    })
}
