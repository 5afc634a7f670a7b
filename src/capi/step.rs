//! Steps as C sees them.

use std::{ffi::c_char, ptr, sync::OnceLock};

use super::{
    captcha::createaccount_captcha,
    error::seconds,
    ffi::{Names, Text, catch_panic, get, optional_text, pointer},
    field::createaccount_field,
    request::createaccount_request,
};
use crate::{Form, Message, Reason, Step};

/// An answer of the wiki.
///
/// Owned by the caller, immutable, and may outlive the client. Any number of threads may read it at once. What
/// is borrowed from it (strings, fields, requests, captcha) lives until it is freed.
pub struct createaccount_step {
    kind: createaccount_step_kind_t,
    status: Text,
    message: Option<Text>,
    message_is_own: bool,
    message_parts: Vec<Text>,
    message_code: Option<Text>,
    username: Option<Text>,
    preserved_username: Option<Text>,
    has_preserved_state: bool,
    can_preserve_state: bool,
    can_create: bool,
    reason: createaccount_reason_t,
    retry_after: i64,
    target: Option<Text>,
    data: Option<Text>,
    return_url: Option<Text>,
    catches_return: bool,
    step: Step,
    // Made on demand: not every host reads these.
    fields: OnceLock<Vec<createaccount_field>>,
    requests: OnceLock<Vec<createaccount_request>>,
    captcha: OnceLock<Option<createaccount_captcha>>,
    raw_json: OnceLock<Option<Text>>,
}

/// What the wiki answered, which says what to do next. Numbers never change, and new ones may be
/// added: treat an unknown one as CREATEACCOUNT_STEP_OTHER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_step_kind_t {
    /// A status that this version does not know. createaccount_step_status names it, and
    /// createaccount_step_raw_json has the whole answer. The flow has ended.
    CREATEACCOUNT_STEP_OTHER = 0,
    /// The fields of the wiki, before anything was sent: set them and submit.
    CREATEACCOUNT_STEP_FORM = 1,
    /// The wiki has a further question: show its message, set its fields and submit.
    CREATEACCOUNT_STEP_UI = 2,
    /// The person has to visit createaccount_step_redirect_target and come back to the return URL:
    /// then resume.
    CREATEACCOUNT_STEP_REDIRECT = 3,
    /// The login worked, but there is no account for it here yet: begin again with
    /// CREATEACCOUNT_BEGIN_PRESERVE_STATE.
    CREATEACCOUNT_STEP_RESTART = 4,
    /// The account was made (or, after a login, the client is logged in). The flow has ended.
    CREATEACCOUNT_STEP_PASS = 5,
    /// The account was not made: tell the person why, and begin again to try once more.
    CREATEACCOUNT_STEP_FAIL = 6,
}

/// Why the wiki said FAIL, in classes that a program can react to; the step also has the wiki's own
/// code and message. Numbers never change, and new ones may be added: treat an unknown one as
/// CREATEACCOUNT_REASON_OTHER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum createaccount_reason_t {
    CREATEACCOUNT_REASON_OTHER = 0,
    CREATEACCOUNT_REASON_NAME_TAKEN = 1,
    CREATEACCOUNT_REASON_NAME_INVALID = 2,
    CREATEACCOUNT_REASON_NAME_FORBIDDEN = 3,
    CREATEACCOUNT_REASON_PASSWORD = 4,
    CREATEACCOUNT_REASON_PASSWORD_MISMATCH = 5,
    CREATEACCOUNT_REASON_EMAIL = 6,
    CREATEACCOUNT_REASON_CAPTCHA = 7,
    CREATEACCOUNT_REASON_CAPTCHA_SERVICE = 8,
    CREATEACCOUNT_REASON_PERMISSION = 9,
    CREATEACCOUNT_REASON_BLOCKED = 10,
    CREATEACCOUNT_REASON_THROTTLED = 11,
    CREATEACCOUNT_REASON_RATE_LIMITED = 12,
    CREATEACCOUNT_REASON_READ_ONLY = 13,
    CREATEACCOUNT_REASON_BUSY = 14,
    CREATEACCOUNT_REASON_SESSION_LOST = 15,
    CREATEACCOUNT_REASON_NO_PRIMARY = 16,
    CREATEACCOUNT_REASON_FILTER = 17,
}

use createaccount_reason_t::*;
use createaccount_step_kind_t::*;

/// § Steps
///
/// What the wiki answered; CREATEACCOUNT_STEP_OTHER for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_kind(step: Option<&createaccount_step>) -> createaccount_step_kind_t {
    get(step, CREATEACCOUNT_STEP_OTHER, |step| step.kind)
}

/// The name of a kind in lower case, for instance "pass" for CREATEACCOUNT_STEP_PASS; "other" for any other number. It
/// lives as long as the library is loaded. createaccount_step_status has the wiki's own word.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_kind_name(kind: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(kind, ["other", "form", "ui", "redirect", "restart", "pass", "fail"].into_iter())
}

/// The wiki's name for the step: "UI", "REDIRECT", "RESTART", "PASS", "FAIL" or one that this
/// version does not know; "FORM" for the form that a flow begins with. Borrowed; NULL only if the
/// argument is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_status(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| step.status.as_ptr())
}

/// The wiki's message to the person, in the language and format of the settings; with the format
/// "raw" it is the message's key or, if the message reports several errors at once, its parts, one
/// per line. It may name the visitor's address. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_message(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.message.as_ref()))
}

/// Whether the message is the library's own, in English, because the wiki said nothing.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_message_is_own(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| step.message_is_own)
}

/// How many parts the message has, if it reports several errors at once; 0 for other messages, and
/// for a list whose text cannot be split into its parts.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_message_part_count(step: Option<&createaccount_step>) -> usize {
    get(step, 0, |step| step.message_parts.len())
}

/// A part of the message, as the wiki words it. With the message format "raw" it is wikitext from MediaWiki 1.43
/// on, and HTML before. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_message_part_at(
    step: Option<&createaccount_step>,
    index: usize,
) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.message_parts.get(index)))
}

/// The wiki's code for the message, for instance "userexists". Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_message_code(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.message_code.as_ref()))
}

/// The name of the account: after PASS as the wiki writes it; in a UI step after createaccount_client_reconcile
/// the account that is known to exist already. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_username(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.username.as_ref()))
}

/// Whether a PASS means that a login succeeded, so that the client is logged in; otherwise it means
/// that the account was made. False for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_is_login(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| matches!(&step.step, Step::Pass(pass) if pass.is_login()))
}

/// Why the wiki said FAIL; CREATEACCOUNT_REASON_OTHER for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_reason(step: Option<&createaccount_step>) -> createaccount_reason_t {
    get(step, CREATEACCOUNT_REASON_OTHER, |step| step.reason)
}

/// The name of a reason in lower case, for instance "name_taken" for CREATEACCOUNT_REASON_NAME_TAKEN; "other"
/// for any other number. It lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_reason_name(reason: u32) -> *const c_char {
    static NAMES: Names = Names::new();
    NAMES.of(reason, Reason::ALL.iter().map(|reason| reason.as_str()))
}

/// After FAIL, how many seconds to wait before the next attempt; -1 if the wiki does not say. For a
/// throttle this is the length of its window, so the longest possible wait, and it is known only
/// with the message format "raw".
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_retry_after(step: Option<&createaccount_step>) -> i64 {
    get(step, -1, |step| step.retry_after)
}

/// For a REDIRECT, where to send the person. The address is https; it is http only on loopback, or
/// if createaccount_config_set_allow_http allows it. It may hold secrets: do not log it, and do not
/// fetch it. Borrowed; NULL for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_redirect_target(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.target.as_ref()))
}

/// For a REDIRECT, further data for the visit, as JSON; its meaning is up to the provider. Borrowed; NULL if there
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_redirect_data(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.data.as_ref()))
}

/// For a REDIRECT, the address that the person comes back to: the return URL of the settings, or the wiki's own
/// address. Borrowed; NULL for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_return_url(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.return_url.as_ref()))
}

/// For a REDIRECT, whether the return URL of the settings will be called. Without one the person ends up on the
/// wiki's own page, and the program does not learn of the return. False for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_catches_return(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| step.catches_return)
}

/// For a FORM, false when no part of the wiki can make accounts at all. True does not mean that this visitor
/// may: ask with createaccount_client_can_create. False for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_can_create(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| step.can_create)
}

/// After RESTART or FAIL, whether the next creation can keep the login that came before:
/// CREATEACCOUNT_BEGIN_PRESERVE_STATE. An attempt that fails uses it up. False for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_can_preserve_state(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| step.can_preserve_state)
}

/// For a FORM, whether the wiki remembers a login that had no account here, for the creation to
/// keep. False for other steps.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_has_preserved_state(step: Option<&createaccount_step>) -> bool {
    get(step, false, |step| step.has_preserved_state)
}

/// For a FORM, the name that a kept login requires for the account. Borrowed; NULL if any name may
/// be chosen.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_preserved_username(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| pointer(step.preserved_username.as_ref()))
}

/// How many fields the step has, each name once. These are the fields to show.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_field_count(step: Option<&createaccount_step>) -> usize {
    get(step, 0, |step| step.step.fields().len())
}

/// One of its fields, in the wiki's order. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_field_at(
    step: Option<&createaccount_step>,
    index: usize,
) -> Option<&createaccount_field> {
    get(step, None, |step| step.fields().get(index))
}

/// The field of that name. Borrowed; NULL if the step has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn createaccount_step_field(
    step: Option<&createaccount_step>,
    name: *const c_char,
) -> Option<&createaccount_field> {
    get(step, None, |step| {
        // SAFETY: a string that ends in NUL, as the header requires.
        let name = unsafe { optional_text("name", name) }.ok()??;
        let index = step.step.fields().iter().position(|field| field.name() == name)?;
        step.fields().get(index)
    })
}

/// How many requests the step has: the same fields, in the groups that the wiki takes or drops as a
/// whole.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_request_count(step: Option<&createaccount_step>) -> usize {
    get(step, 0, |step| step.step.requests().len())
}

/// One of its requests, in the wiki's order. Borrowed; NULL past the end.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_request_at(
    step: Option<&createaccount_step>,
    index: usize,
) -> Option<&createaccount_request> {
    get(step, None, |step| step.requests().get(index))
}

/// The captcha among its fields. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_captcha(
    step: Option<&createaccount_step>,
) -> Option<&createaccount_captcha> {
    get(step, None, createaccount_step::captcha)
}

/// The JSON that the step was read from: everything that the wiki said. That of a REDIRECT includes
/// its target. Borrowed; NULL where the library worked the step out from other queries.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_raw_json(step: Option<&createaccount_step>) -> *const c_char {
    get(step, ptr::null(), |step| {
        let json = step
            .raw_json
            .get_or_init(|| step.step.stored_json().map(|raw| Text::new(&raw.json().to_string())));
        pointer(json.as_ref())
    })
}

/// Frees a step and all that was borrowed from it. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn createaccount_step_free(step: Option<Box<createaccount_step>>) {
    catch_panic(|| drop(step));
}

impl createaccount_step {
    pub(super) fn new(step: Step) -> Self {
        let form = form(&step);
        let mut this = Self {
            kind: kind(&step),
            status: Text::new(step.status()),
            message: Text::optional(step.message().map(|message| message.text())),
            message_is_own: step.message().is_some_and(Message::is_own),
            message_parts: step
                .message()
                .map_or(&[][..], Message::parts)
                .iter()
                .map(|part| Text::new(part.text()))
                .collect(),
            message_code: Text::optional(step.message_code()),
            username: Text::optional(form.and_then(Form::account)),
            preserved_username: Text::optional(form.and_then(Form::preserved_username)),
            has_preserved_state: form.is_some_and(Form::has_preserved_state),
            can_preserve_state: false,
            can_create: matches!(&step, Step::Form(form) if form.can_create()),
            reason: CREATEACCOUNT_REASON_OTHER,
            retry_after: -1,
            target: None,
            data: None,
            return_url: None,
            catches_return: false,
            step: step.clone(),
            fields: OnceLock::new(),
            requests: OnceLock::new(),
            captcha: OnceLock::new(),
            raw_json: OnceLock::new(),
        };
        match &step {
            Step::Pass(pass) => this.username = Some(Text::new(pass.username())),
            Step::Fail(fail) => {
                this.reason = fail.reason().into();
                this.retry_after = seconds(fail.retry_after());
                this.can_preserve_state = fail.can_preserve_state();
            }
            Step::Restart(restart) => this.can_preserve_state = restart.can_preserve_state(),
            Step::Redirect(redirect) => {
                this.target = Some(Text::new(redirect.target().as_str()));
                this.data = redirect.data().map(|data| Text::new(&data.to_string()));
                this.return_url = Some(Text::new(redirect.return_url().as_str()));
                this.catches_return = redirect.catches_return();
            }
            Step::Form(_) | Step::Ui(_) | Step::Other(_) => {}
        }
        this
    }

    fn fields(&self) -> &[createaccount_field] {
        self.fields.get_or_init(|| self.step.fields().iter().map(Into::into).collect())
    }

    fn requests(&self) -> &[createaccount_request] {
        self.requests.get_or_init(|| self.step.requests().iter().map(Into::into).collect())
    }

    fn captcha(&self) -> Option<&createaccount_captcha> {
        self.captcha.get_or_init(|| form(&self.step).and_then(Form::captcha).map(Into::into)).as_ref()
    }
}

fn form(step: &Step) -> Option<&Form> {
    match step {
        Step::Form(form) | Step::Ui(form) => Some(form),
        _ => None,
    }
}

fn kind(step: &Step) -> createaccount_step_kind_t {
    match step {
        Step::Form(_) => CREATEACCOUNT_STEP_FORM,
        Step::Ui(_) => CREATEACCOUNT_STEP_UI,
        Step::Redirect(_) => CREATEACCOUNT_STEP_REDIRECT,
        Step::Restart(_) => CREATEACCOUNT_STEP_RESTART,
        Step::Pass(_) => CREATEACCOUNT_STEP_PASS,
        Step::Fail(_) => CREATEACCOUNT_STEP_FAIL,
        Step::Other(_) => CREATEACCOUNT_STEP_OTHER,
    }
}

impl From<Reason> for createaccount_reason_t {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Other => CREATEACCOUNT_REASON_OTHER,
            Reason::NameTaken => CREATEACCOUNT_REASON_NAME_TAKEN,
            Reason::NameInvalid => CREATEACCOUNT_REASON_NAME_INVALID,
            Reason::NameForbidden => CREATEACCOUNT_REASON_NAME_FORBIDDEN,
            Reason::Password => CREATEACCOUNT_REASON_PASSWORD,
            Reason::PasswordMismatch => CREATEACCOUNT_REASON_PASSWORD_MISMATCH,
            Reason::Email => CREATEACCOUNT_REASON_EMAIL,
            Reason::Captcha => CREATEACCOUNT_REASON_CAPTCHA,
            Reason::CaptchaService => CREATEACCOUNT_REASON_CAPTCHA_SERVICE,
            Reason::Permission => CREATEACCOUNT_REASON_PERMISSION,
            Reason::Blocked => CREATEACCOUNT_REASON_BLOCKED,
            Reason::Throttled => CREATEACCOUNT_REASON_THROTTLED,
            Reason::RateLimited => CREATEACCOUNT_REASON_RATE_LIMITED,
            Reason::ReadOnly => CREATEACCOUNT_REASON_READ_ONLY,
            Reason::Busy => CREATEACCOUNT_REASON_BUSY,
            Reason::SessionLost => CREATEACCOUNT_REASON_SESSION_LOST,
            Reason::NoPrimary => CREATEACCOUNT_REASON_NO_PRIMARY,
            Reason::Filter => CREATEACCOUNT_REASON_FILTER,
        }
    }
}

// The header promises that threads may share steps.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<createaccount_step>();
};

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{createaccount_reason_name, createaccount_reason_t};
    use crate::Reason;

    #[test]
    fn reasons_have_the_numbers_of_their_order() {
        for (number, reason) in (0..).zip(Reason::ALL.iter().copied()) {
            assert_eq!(createaccount_reason_t::from(reason) as u32, number);
            // SAFETY: the function gives strings that end in NUL and live for ever.
            let name = unsafe { CStr::from_ptr(createaccount_reason_name(number)) };
            assert_eq!(name.to_str(), Ok(reason.as_str()));
        }
    }
}
