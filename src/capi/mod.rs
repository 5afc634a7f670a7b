//! The C API: a thin skin over [`Client`](crate::Client).
//!
//! One file per C type, in the order of the header. Each function checks its arguments, calls the library, and
//! turns the result into what C understands; it decides nothing. The header `include/createaccount.h` is made
//! of these files by cbindgen, so their doc comments are its manual and are written for readers of C. Members of
//! enumerations that have none here have in the header what the same members have in Rust (`build.rs`).
//!
//! Pointers to handles are `Option<&T>`, `Option<&mut T>` and `Option<Box<T>>` in the signatures: NULL is
//! `None`, and what is borrowed from the first argument says so in its lifetime. Outputs are `MaybeUninit`,
//! since C hands over variables without a value. What remains unsafe is in `ffi`: strings, bytes, and the
//! host's callbacks.

mod ffi;

mod version;

mod status;

mod failure;

mod problem;

mod error;

mod config;

mod find;

mod client;

mod step;

mod field;

mod request;

mod captcha;

mod verdict;

mod transport;

mod log;

mod interrupt;

mod bytes;
