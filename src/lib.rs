//! A client engine for making accounts on MediaWiki wikis.
//!
//! MediaWiki creates accounts in steps (`action=createaccount`): it lists fields, takes their values, and answers
//! with success, failure, further fields, or a visit to a third party. A [`Client`] takes these steps with one wiki:
//! each call sends what is needed and returns the wiki's answer, a [`Step`], until the step is final.
//!
//! ```text
//!             begin                submit                 submit / resume
//!   Client ─────────▶ FORM ───────────────▶ UI | REDIRECT ───────────────▶ …  ──▶ PASS
//!                                                                              ──▶ FAIL      begin again
//!                                                                              ──▶ RESTART   begin again, keeping the login
//!                      (answer lost on the way)  ──▶ error OutcomeUnknown  ──▶ reconcile ──▶ PASS | UI | FAIL
//! ```
//!
//! The loop of a host:
//!
//! ```no_run
//! use createaccount::{Answer, Begin, Client, Config, Step};
//!
//! # fn ask(field: &createaccount::Field) -> String { field.name().to_owned() }
//! # fn visit(target: &str) -> String { target.to_owned() }
//! # fn main() -> createaccount::Result<()> {
//! let config = Config::new().user_agent("signup/1.0 (me@example.org)");
//! let mut client = Client::new("https://wiki.example/w/api.php", config)?;
//! let mut step = client.begin(Begin::new())?;
//! loop {
//!     step = match &step {
//!         Step::Form(form) | Step::Ui(form) => {
//!             let asked = form.fields().iter().filter(|field| field.asks());
//!             client.submit(&asked.map(|field| (field.name(), ask(field))).collect::<Answer>())?
//!         }
//!         Step::Redirect(redirect) => client.resume(&visit(redirect.target().as_str()), b"")?,
//!         Step::Restart(_) => client.begin(Begin::new().preserve_state(true))?,
//!         Step::Pass(pass) => break println!("made {}", pass.username()),
//!         Step::Fail(fail) => break println!("{}: {}", fail.reason(), fail.message().map_or("", |m| m.text())),
//!         other => break println!("the wiki answered {}", other.status()),
//!     };
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # States
//!
//! What the wiki answers is a [`Step`], FAIL included. [`Step::Form`], [`Step::Ui`] and
//! [`Step::Redirect`] wait for [`submit`](Client::submit) or [`resume`](Client::resume); all others
//! end the flow, and [`begin`](Client::begin) starts over. An [`Error`] is misuse, a failure of the
//! network, an API error, or an outcome that is unknown because the answer was lost: then
//! [`reconcile`](Client::reconcile) finds out what happened, without a password. After any other
//! error [`step`](Client::step) tells which step is still pending, if any.
//!
//! # Retries
//!
//! A request that may have made an account is never sent twice. [`Config::retry_budget`] lets a
//! call wait and repeat requests that changed nothing; without it, [`Error::retry_after`] says how
//! long to wait.
//!
//! # Save and load
//!
//! [`Client::save`] returns the conversation as bytes, and [`Client::load`] continues it in another
//! process, for instance when the person comes back from a [`Redirect`]. [`Config::seal_key`]
//! encrypts the bytes.
//!
//! # Captchas
//!
//! [`Form::captcha`] says what to show and which field takes the answer; [`Client::captcha_image`] fetches a picture.
//!
//! # Threads
//!
//! A [`Client`] blocks. It may move between threads, but only one may use it at a time.
//! [`Client::canceller`] cancels its calls from other threads. Steps, errors and the canceller may
//! be shared.
//!
//! # Features
//!
//! Both are on by default, and neither changes what the other one does.
//!
//! * `ureq`: the transport that comes with the crate. Without it a host has to provide a
//!   [`Transport`](transport::Transport).
//! * `capi`: the functions of the C API. Programs in Rust have no use for them: with `default-features = false` and the
//!   feature `ureq` the crate has no `unsafe` code.
//!
//! The crates whose types appear in signatures are re-exported: [`log`], [`serde_json`] and [`url`].

#![cfg_attr(not(feature = "capi"), forbid(unsafe_code))]
#![deny(unsafe_code)]

mod cancel;
#[cfg(feature = "capi")]
#[allow(unsafe_code, non_camel_case_types, clippy::enum_variant_names)]
mod capi;
mod client;
mod config;
mod cookies;
mod error;
mod find;
mod flow;
mod link;
mod problem;
mod protocol;
mod seal;
mod secret;
mod text;
pub mod transport;

pub use {log, serde_json, url};

pub use self::{
    cancel::Canceller,
    client::Client,
    config::{Config, LogFn},
    error::{Error, ErrorKind, Phase, Result, TransportFailure},
    find::find_api,
    flow::{Answer, Begin, Fail, Form, Other, Pass, Redirect, Restart, Step, Value, Verdict},
    problem::Problem,
    protocol::{
        AuthRequest, Captcha, CaptchaKind, CaptchaService, Choice, Field, FieldType, Message, MessageFormat,
        Reason, Required, image_type,
    },
    secret::Secret,
};
