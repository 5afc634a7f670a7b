//! The captcha of a form as C sees it.

use std::{ffi::c_char, ptr};

use super::ffi::{Text, get, pointer};
use crate::{Captcha, CaptchaKind};

/// The captcha among the fields of a form, whatever module of the wiki made it. The first attempt that gets as
/// far as checking it uses it up.
///
/// Borrowed from its step and gone with it. Any number of threads may read it at once.
pub struct createaccount_captcha {
    kind: createaccount_captcha_kind_t,
    text: Text,
    mime: Text,
    site_key: Option<Text>,
    image_url: Option<Text>,
    answer_field: Text,
}

/// What a person has to do for a captcha. Numbers never change, and new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_captcha_kind_t {
    /// Something else; show the fields as they are.
    CREATEACCOUNT_CAPTCHA_OTHER = 0,
    /// Read the letters of a picture, which createaccount_client_captcha_image fetches.
    CREATEACCOUNT_CAPTCHA_IMAGE = 1,
    /// Answer a question in words.
    CREATEACCOUNT_CAPTCHA_QUESTION = 2,
    /// Work out a sum.
    CREATEACCOUNT_CAPTCHA_ARITHMETIC = 3,
    /// Solve a third party's widget in a browser; its token is the answer.
    CREATEACCOUNT_CAPTCHA_WIDGET = 4,
}

use createaccount_captcha_kind_t::*;

/// § Captcha
///
/// What has to be done.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_kind(
    captcha: Option<&createaccount_captcha>,
) -> createaccount_captcha_kind_t {
    get(captcha, CREATEACCOUNT_CAPTCHA_OTHER, |captcha| captcha.kind)
}

/// The question or the sum as plain text; empty for pictures and widgets. Borrowed; NULL only for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_text(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.text.as_ptr())
}

/// The MIME type that the wiki names, for instance "image/png"; empty if it names none. Borrowed; NULL only for
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_mime(captcha: Option<&createaccount_captcha>) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.mime.as_ptr())
}

/// The key that a widget is shown with. Borrowed; NULL if there is none.
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

/// The name of the field that takes the answer. Borrowed; NULL only for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_captcha_answer_field(
    captcha: Option<&createaccount_captcha>,
) -> *const c_char {
    get(captcha, ptr::null(), |captcha| captcha.answer_field.as_ptr())
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
        }
    }
}
