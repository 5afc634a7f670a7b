//! The boundary to C: what C passes in is checked here, and what it gets back is made here.

use std::{
    ffi::{CStr, CString, c_char, c_void},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

use once_cell::race::OnceBox;
use zeroize::Zeroize;

use crate::{Error, Problem, Result};

/// The body of a getter. `absent` is returned for NULL, and after a panic.
pub(super) fn get<O, R>(object: Option<O>, absent: R, body: impl FnOnce(O) -> R) -> R {
    match object {
        Some(object) => catch_unwind(AssertUnwindSafe(|| body(object))).unwrap_or(absent),
        None => absent,
    }
}

/// The body of a function that returns nothing.
pub(super) fn catch_panic(body: impl FnOnce()) {
    // A panic must not cross into C, and there is no way to report it.
    let _ = catch_unwind(AssertUnwindSafe(body));
}

/// An argument that must not be NULL.
pub(super) fn required<T>(name: &str, argument: Option<T>) -> Result<T> {
    argument.ok_or_else(|| {
        let message = format!("The argument {name} must not be NULL.");
        Error::argument(name, message).with_problem(Problem::Required)
    })
}

/// A string of the caller.
///
/// # Safety
///
/// `text` is NULL, or points to a string that ends in NUL and stays as it is while the result is used.
pub(super) unsafe fn text<'a>(name: &str, text: *const c_char) -> Result<&'a str> {
    // SAFETY: the same contract.
    required(name, unsafe { optional_text(name, text) }?)
}

/// A string of the caller, or nothing for NULL.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn optional_text<'a>(name: &str, text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, so it ends in NUL and stays, as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => {
            let message = format!("The argument {name} is not valid UTF-8.");
            Err(Error::argument(name, message).with_problem(Problem::NotUtf8))
        }
    }
}

/// A string of the caller in any encoding, for texts that are only shown.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn lossy_text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, so it ends in NUL and stays, as the caller promises.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// Bytes of the caller. NULL is fine when there are none.
///
/// # Safety
///
/// `data` is NULL, or points to `length` bytes that stay as they are while the result is used.
pub(super) unsafe fn bytes<'a>(name: &str, data: *const u8, length: usize) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() || length > isize::MAX as usize {
        return required(name, None);
    }
    // SAFETY: not NULL, and as long as the caller promises.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// Hands an object over to the caller, who frees it with the function of its type.
pub(super) fn give<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

/// Hands bytes over to the caller, who frees them with `createaccount_bytes_free`.
pub(super) fn give_bytes(bytes: Vec<u8>) -> (*mut u8, usize) {
    let bytes = Box::leak(bytes.into_boxed_slice());
    (bytes.as_mut_ptr(), bytes.len())
}

/// Wipes and frees what [`give_bytes`] gave.
///
/// # Safety
///
/// `data` is NULL, or `data` and `length` come from one call of [`give_bytes`] and were not freed yet.
pub(super) unsafe fn take_bytes(data: *mut u8, length: usize) {
    if !data.is_null() {
        // SAFETY: the pointer and length of a leaked box, as the caller promises.
        let mut bytes = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, length)) };
        bytes.zeroize();
    }
}

/// Hands a string over to the caller, who frees it with `createaccount_string_free`.
pub(super) fn give_string(text: &str) -> *mut c_char {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default().into_raw()
}

/// Frees what [`give_string`] gave.
///
/// # Safety
///
/// `text` is NULL, or comes from [`give_string`] and was not freed yet.
pub(super) unsafe fn take_string(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the pointer of a string that was given, as the caller promises.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// A string for C, kept by the object that it belongs to.
pub(super) struct Text(CString);

impl Text {
    pub(super) fn new(text: &str) -> Self {
        // With room for the NUL, so that no copy stays behind.
        let mut bytes = Vec::with_capacity(text.len() + 1);
        for (index, part) in text.split('\0').enumerate() {
            if index > 0 {
                // U+0000 would end the string early.
                bytes.extend_from_slice("\u{fffd}".as_bytes());
            }
            bytes.extend_from_slice(part.as_bytes());
        }
        Self(CString::new(bytes).unwrap_or_default())
    }

    pub(super) fn optional(text: Option<&str>) -> Option<Self> {
        text.map(Self::new)
    }

    pub(super) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr()
    }
}

/// The string, or NULL.
pub(super) fn pointer(text: Option<&Text>) -> *const c_char {
    text.map_or(ptr::null(), Text::as_ptr)
}

/// The names of an enumeration, by their numbers. Made without a lock: a child process made by fork
/// could find it locked for ever.
pub(super) struct Names(OnceBox<Vec<Text>>);

impl Names {
    pub(super) const fn new() -> Self {
        Self(OnceBox::new())
    }

    /// The name of a number; the first name for any other number.
    pub(super) fn of(&self, number: u32, names: impl Iterator<Item = &'static str>) -> *const c_char {
        get(usize::try_from(number).ok(), ptr::null(), |number| {
            let names = self.0.get_or_init(|| Box::new(names.map(Text::new).collect()));
            names.get(number).or(names.first()).map_or(ptr::null(), Text::as_ptr)
        })
    }
}

/// A [`Text`] that is wiped.
pub(super) struct SecretText(Text);

impl SecretText {
    pub(super) fn new(text: &str) -> Self {
        Self(Text::new(text))
    }

    pub(super) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr()
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        mem::take(&mut self.0.0).into_bytes().zeroize();
    }
}

/// The pointer that the host gets back in its callbacks, freed when the last owner is dropped.
pub(super) struct UserData {
    pointer: *mut c_void,
    free: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
}

// SAFETY: the library only passes the pointer on. The header says which threads run the callbacks.
unsafe impl Send for UserData {}
// SAFETY: the same.
unsafe impl Sync for UserData {}

impl UserData {
    pub(super) fn new(
        pointer: *mut c_void,
        free: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    ) -> Self {
        Self { pointer, free }
    }

    pub(super) fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the host's own function for its own pointer, and this is its last use.
            unsafe { free(self.pointer) };
        }
    }
}
