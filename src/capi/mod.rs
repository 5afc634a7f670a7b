//! The C API: a thin layer over [`Client`](crate::Client).
//!
//! One file per C type, in the order of the header. Each function checks its arguments, calls the
//! library, and turns the result into what C understands; it decides nothing. The header
//! `include/createaccount.h` is generated from these files by cbindgen, so their doc comments are
//! its manual and are written for C programmers. Enumerators without a comment here get the one of
//! the same variant in Rust (`build.rs`).
//!
//! Pointers to handles are `Option<&T>`, `Option<&mut T>` and `Option<Box<T>>` in the signatures:
//! NULL is `None`, and a lifetime shows what is borrowed from the first argument. Outputs are
//! `MaybeUninit`, since C may pass uninitialised variables. What remains unsafe is in `ffi`:
//! strings, bytes, and the host's callbacks.

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
