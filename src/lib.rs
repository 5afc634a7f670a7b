//! A client engine for making accounts on MediaWiki wikis.
//!
//! MediaWiki creates accounts by steps (`action=createaccount`): it lists fields, takes their values, and answers
//! with success, failure, further fields, or a visit to a third party. A [`Client`] goes these steps with one wiki:
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
//! Answers of the wiki, its FAIL included, are steps. [`Error`]s are misuse, the network, an API error, and an
//! outcome that is not known because the answer was lost.

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
mod flow;
mod link;
mod protocol;
mod seal;
mod secret;
mod text;
pub mod transport;

pub use self::{
    cancel::Canceller,
    client::Client,
    config::{Config, LogFn},
    error::{Error, ErrorKind, Phase, Result, TransportFailure},
    flow::{Answer, Begin, Fail, Form, Other, Pass, Redirect, Restart, Step, Value, Verdict},
    protocol::{
        AuthRequest, Captcha, CaptchaKind, CaptchaService, Choice, Field, FieldType, Message, MessageFormat,
        Reason, Required, image_type,
    },
    secret::Secret,
};
