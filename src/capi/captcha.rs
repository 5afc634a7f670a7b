//! The captcha of a form as C sees it.

use std::{
    ffi::{CStr, c_char},
    ptr,
};

use super::ffi::{Names, Text, bytes, get, pointer};
use crate::{Captcha, CaptchaKind, CaptchaService, image_type};

/// The captcha among the fields of a form, whichever module of the wiki made it. It is used up by
/// the first attempt that gets as far as checking it.
///
/// Borrowed from its step and freed with it. Any number of threads may read it at once.
pub struct createaccount_captcha {
    kind: createaccount_captcha_kind_t,
    text: Text,
    mime: Text,
    site_key: Option<Text>,
    image_url: Option<Text>,
    answer_field: Text,
    service: createaccount_captcha_service_t,
    fields: Vec<Text>,
}

/// What a person has to do for a captcha. Numbers never change, and new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_captcha_kind_t {
    CREATEACCOUNT_CAPTCHA_OTHER = 0,
    /// Read the letters of a picture, which createaccount_client_captcha_image fetches.
    CREATEACCOUNT_CAPTCHA_IMAGE = 1,
    CREATEACCOUNT_CAPTCHA_QUESTION = 2,
    CREATEACCOUNT_CAPTCHA_ARITHMETIC = 3,
    CREATEACCOUNT_CAPTCHA_WIDGET = 4,
}

/// The third party that provides a captcha's widget. Numbers never change, and new ones may be
/// added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_captcha_service_t {
    CREATEACCOUNT_CAPTCHA_SERVICE_OTHER = 0,
    CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA = 1,
    CREATEACCOUNT_CAPTCHA_SERVICE_TURNSTILE = 2,
    CREATEACCOUNT_CAPTCHA_SERVICE_RECAPTCHA = 3,
}

use createaccount_captcha_kind_t::*;
use createaccount_captcha_service_t::*;

/// § Captcha
///
/// What the person has to do.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_kind(
    captcha: Option<&createaccount_captcha>,
) -> createaccount_captcha_kind_t {
    get(captcha, CREATEACCOUNT_CAPTCHA_OTHER, |captcha| captcha.kind)
}

/// The third party that provides the widget; CREATEACCOUNT_CAPTCHA_SERVICE_OTHER for captchas that
/// are not widgets.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_service(
    captcha: Option<&createaccount_captcha>,
) -> createaccount_captcha_service_t {
    get(captcha, CREATEACCOUNT_CAPTCHA_SERVICE_OTHER, |captcha| captcha.service)
}

/// The name of a service in lower case, for instance "hcaptcha" for CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA; "other"
/// for any other number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_service_name(service: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(service, CaptchaService::ALL.iter().map(|service| service.as_str()))
}

/// The name of a kind of captcha in lower case, for instance "image" for CREATEACCOUNT_CAPTCHA_IMAGE; "other" for any
/// other number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_kind_name(kind: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(kind, ["other", "image", "question", "arithmetic", "widget"].into_iter())
}

/// The question or the sum as plain text; empty for pictures and widgets. Borrowed; NULL only if
/// the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_text(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.text.as_ptr())
}

/// The MIME type that the wiki names, for instance "image/png"; empty if it names none. Borrowed;
/// NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_mime(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.mime.as_ptr())
}

/// The site key that the widget needs. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_site_key(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| pointer(captcha.site_key.as_ref()))
}

/// The absolute address of a picture, on the wiki's own origin. It works only with the client's cookies, so
/// fetch it with createaccount_client_captcha_image. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_image_url(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| pointer(captcha.image_url.as_ref()))
}

/// The MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or
/// "image/webp". NULL for anything else: formats in which a browser would run code or load links
/// (SVG, HTML) do not count as pictures, whatever the server calls them.
/// createaccount_client_captcha_image gives only pictures that have a type. The string lives as
/// long as the library is loaded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_image_type(data: *const u8, length: usize) -> *const c_char {
    get(Some(()), ptr::null(), |()| {
        // SAFETY: as many bytes as the caller says.
        let data = unsafe { bytes("data", data, length) }.unwrap_or_default();
        let known = [c"image/png", c"image/jpeg", c"image/gif", c"image/webp"];
        let kind = image_type(data).unwrap_or_default();
        known.into_iter().find(|known| known.to_bytes() == kind.as_bytes()).map_or(ptr::null(), CStr::as_ptr)
    })
}

/// The name of the field that takes the answer. Borrowed; NULL only if the argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_answer_field(
    captcha: Option<&createaccount_captcha>,
) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.answer_field.as_ptr())
}

/// How many fields belong to the captcha. The functions of this section give its text, picture or
/// widget; a program that shows these need not show those fields of the captcha that ask nothing
/// (createaccount_field_asks). A null field that does not belong to the captcha is a separate
/// notice: show it.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_field_count(captcha: Option<&createaccount_captcha>) -> usize {
    get(captcha, 0, |captcha| captcha.fields.len())
}

/// The name of a field that belongs to the captcha, in the wiki's order. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_field_at(
    captcha: Option<&createaccount_captcha>,
    index: usize,
) -> *const c_char {
    get(captcha, ptr::null(), |captcha| pointer(captcha.fields.get(index)))
}

impl From<&Captcha> for createaccount_captcha {
    fn from(captcha: &Captcha) -> Self {
        Self {
            kind: match captcha.kind() {
                CaptchaKind::Other => CREATEACCOUNT_CAPTCHA_OTHER,
                CaptchaKind::Image => CREATEACCOUNT_CAPTCHA_IMAGE,
                CaptchaKind::Question => CREATEACCOUNT_CAPTCHA_QUESTION,
                CaptchaKind::Arithmetic => CREATEACCOUNT_CAPTCHA_ARITHMETIC,
                CaptchaKind::Widget => CREATEACCOUNT_CAPTCHA_WIDGET,
            },
            text: Text::new(captcha.text()),
            mime: Text::new(captcha.mime()),
            site_key: Text::optional(captcha.site_key()),
            image_url: Text::optional(captcha.image_url().map(|url| url.as_str())),
            answer_field: Text::new(captcha.answer_field()),
            service: captcha.service().into(),
            fields: captcha.fields().iter().map(|name| Text::new(name)).collect(),
        }
    }
}

impl From<CaptchaService> for createaccount_captcha_service_t {
    fn from(service: CaptchaService) -> Self {
        match service {
            CaptchaService::Other => CREATEACCOUNT_CAPTCHA_SERVICE_OTHER,
            CaptchaService::HCaptcha => CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA,
            CaptchaService::Turnstile => CREATEACCOUNT_CAPTCHA_SERVICE_TURNSTILE,
            CaptchaService::ReCaptcha => CREATEACCOUNT_CAPTCHA_SERVICE_RECAPTCHA,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{createaccount_captcha_service_name, createaccount_captcha_service_t};
    use crate::CaptchaService;

    #[test]
    fn services_have_the_numbers_of_their_order() {
        for (number, service) in (0..).zip(CaptchaService::ALL.iter().copied()) {
            assert_eq!(createaccount_captcha_service_t::from(service) as u32, number);
            // SAFETY: the function gives strings that end in NUL and live for ever.
            let name = unsafe { CStr::from_ptr(createaccount_captcha_service_name(number)) };
            assert_eq!(name.to_str(), Ok(service.as_str()));
        }
    }
}
