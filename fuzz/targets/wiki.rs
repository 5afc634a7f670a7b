//! A wiki that answers with given bytes, and a host that talks to it.

#![allow(dead_code)]

#[path = "../../tests/common/host.rs"]
mod host;

use std::collections::VecDeque;

use createaccount::{
    Client, Config, Result, Step,
    transport::{Limits, Request, Response, SendError, Transport},
};

pub const API: &str = "https://wiki.example/w/api.php";
pub const RETURN: &str = "https://host.example/back?flow=1";

/// A form with a field of most types.
pub const FORM: &str = r#"{"curtimestamp":"2026-01-01T10:00:00Z","query":{"authmanagerinfo":{"requests":[{"id":"A","required":"required","fields":{"username":{"type":"string"},"code":{"type":"string","optional":true}}}]},"tokens":{"createaccounttoken":"x"}}}"#;
pub const REDIRECT: &str = r#"{"createaccount":{"status":"REDIRECT","redirecttarget":"https://third.example/","requests":[{"id":"B","required":"required","fields":{"code":{"type":"string"},"topics":{"type":"multiselect","options":{"a":"A"}},"agree":{"type":"checkbox"}}}]}}"#;
pub const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Al"}}"#;

/// Replies in order; after the last there is nothing but silence.
pub struct Wiki(pub VecDeque<Vec<u8>>);

impl Transport for Wiki {
    fn send(&mut self, _: &Request, _: &Limits<'_>) -> Result<Response, SendError> {
        match self.0.pop_front() {
            Some(body) => {
                let status = match body.first() {
                    Some(b'!') => 503,
                    _ => 200,
                };
                Ok(Response { status, headers: vec![("Set-Cookie".to_owned(), "a=1".to_owned())], body })
            }
            None => Err(SendError::timed_out("silence")),
        }
    }
}

pub fn client(replies: impl IntoIterator<Item = Vec<u8>>) -> Client {
    Client::new(API, config(replies)).expect("right settings")
}

pub fn config(replies: impl IntoIterator<Item = Vec<u8>>) -> Config {
    // A flow whose outcome is unknown would be asked about for a quarter of a minute.
    Config::new()
        .reconcile_wait(std::time::Duration::ZERO)
        .return_url(RETURN)
        .transport(Wiki(replies.into_iter().collect()))
}

/// Begins, and goes as far as the replies lead.
pub fn converse(client: &mut Client) {
    host::converse(client, check);
}

/// Goes on with what was loaded.
pub fn go_on(client: &mut Client) {
    let step = client.step().map_or_else(|| client.reconcile(), Ok);
    host::go_on(client, step, check);
}

fn check(client: &Client, step: &Result<Step>) {
    host::can_be_saved(client, config([]));
    match step {
        Ok(Step::Pass(pass)) => assert!(!pass.username().contains('\u{1b}')),
        Ok(_) => {}
        Err(error) => assert!(!error.message().contains('\u{1b}') && error.message().len() < 20_000),
    }
}
