//! A wiki that answers with given bytes, and a host that goes as far as it lets one.

#![allow(dead_code)]

use std::collections::VecDeque;

use createaccount::{
    Answer, Begin, Client, Config, ErrorKind, FieldType, Form, Step,
    transport::{Limits, Request, Response, SendError, Transport},
};

pub const API: &str = "https://wiki.example/w/api.php";
pub const RETURN: &str = "https://host.example/back?flow=1";

/// A form with a field of most types.
pub const FORM: &str = r#"{"curtimestamp":"2026-01-01T10:00:00Z","query":{"authmanagerinfo":{"requests":[{"id":"A","required":"required","fields":{"username":{"type":"string"},"code":{"type":"string","optional":true}}}]},"tokens":{"createaccounttoken":"x"}}}"#;
pub const REDIRECT: &str = r#"{"createaccount":{"status":"REDIRECT","redirecttarget":"https://third.example/","requests":[{"id":"B","required":"required","fields":{"code":{"type":"string"},"topics":{"type":"multiselect","options":{"a":"A"}},"agree":{"type":"checkbox"}}}]}}"#;

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

/// Answers whatever is asked, whatever comes, and saves and loads at each step.
pub fn converse(client: &mut Client) {
    let mut step = client.begin(Begin::new());
    for _ in 0..8 {
        let saved = client.save().expect("any state can be saved");
        let loaded = Client::load(API, &saved, config([])).expect("what was saved is loaded");
        let status = |client: &Client| client.step().map(|step| step.status().to_owned());
        assert_eq!(status(&loaded), status(client), "the same step");
        step = match step {
            Ok(Step::Form(form) | Step::Ui(form)) => submit(client, &form),
            Ok(Step::Redirect(visit)) => client.resume(&format!("{}&code=1", visit.return_url()), b"code=2"),
            Ok(Step::Restart(_)) => client.begin(Begin::new().preserve_state(true)),
            Ok(Step::Pass(pass)) => {
                assert!(!pass.username().contains('\u{1b}'));
                client.begin(Begin::new())
            }
            Ok(_) => client.begin(Begin::new()),
            Err(error) => {
                assert!(!error.message().contains('\u{1b}') && error.message().len() < 20_000);
                match error.kind() {
                    ErrorKind::OutcomeUnknown | ErrorKind::Protocol => client.reconcile(),
                    _ => return,
                }
            }
        };
    }
}

/// Fills in the form, and sends it anyway if the library refuses that.
fn submit(client: &mut Client, form: &Form) -> createaccount::Result<Step> {
    let answer = answer(form);
    match client.submit(&answer) {
        Err(error) if error.kind() == ErrorKind::InvalidArgument => client.submit(&answer.unchecked(true)),
        outcome => outcome,
    }
}

fn answer(form: &Form) -> Answer {
    form.fields().iter().filter(|field| field.asks()).fold(Answer::new(), |answer, field| {
        let first = || field.choices().first().map_or("", |choice| choice.value.as_str());
        let name = field.name();
        match field.kind() {
            _ if name == "username" => answer.set(name, "Al"),
            FieldType::Password => answer.set(name, "correct horse 7"),
            FieldType::Checkbox => answer.set(name, true),
            FieldType::Select => answer.set(name, first()),
            FieldType::Multiselect => answer.choose(name, first()),
            FieldType::Button => answer,
            _ => answer.set(name, "1"),
        }
    })
}
