//! Finding a wiki's API as C sees it.

use std::{ffi::c_char, mem::MaybeUninit};

use super::{
    config::createaccount_config,
    error::{attempt, createaccount_error},
    ffi::{give_string, required, text},
    status::createaccount_status_t,
};
use crate::find_api;

/// § Finding a wiki
///
/// Finds the api.php of a wiki. `url` is the address of a page, a wrong path, or a host name without "https://".
/// `config` may be NULL for the defaults. Free the address with createaccount_string_free.
///
/// The page at the address is searched for the link to the API that every page of MediaWiki has, then the wiki's front
/// page; last, the usual places are tried. Only what answers as MediaWiki's API counts. Redirects are followed, to
/// other hosts too: look at the result's host before you send a password there. Neither cookies nor a bearer token are
/// sent; createaccount_config_set_basic_auth and createaccount_config_add_header go to the given origin alone. The
/// other settings hold as for a client; createaccount_config_set_interrupt cancels.
///
/// CREATEACCOUNT_STATUS_INVALID_ARGUMENT names the address ("url") or the setting that cannot be used;
/// CREATEACCOUNT_STATUS_PROTOCOL when no API was found; otherwise what kept the wiki from being asked.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_find_api(
    url: *const c_char,
    config: Option<&createaccount_config>,
    api_url: Option<&mut MaybeUninit<*mut c_char>>,
    error: Option<&mut MaybeUninit<*mut createaccount_error>>,
) -> createaccount_status_t {
    attempt(error, || {
        let api_url = required("api_url", api_url)?;
        // SAFETY: a string that ends in NUL, as the header demands.
        let url = unsafe { text("url", url) }?;
        let found = find_api(url, createaccount_config::settings(config)?)?;
        api_url.write(give_string(found.as_str()));
        Ok(())
    })
}
