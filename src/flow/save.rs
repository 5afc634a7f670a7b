//! A flow as bytes, to go on in another process.
//!
//! The forms are kept as the wiki sent them and are read again on loading, by the same code and with the same checks
//! as the first time.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Flow, Module, Settings, State, Step,
    attempt::{Attempt, Clock, Doubt, End, Window},
    step::{Fail, Form, Pass, Redirect},
    submit::end_of,
};
use crate::{
    Error, Reason, Result, Secret,
    protocol::{AuthInfo, Message, Status, truthy},
};

/// The first line: what this is, and in which version.
const MAGIC: &[u8] = b"createaccount flow 1\n";
const DIGEST: usize = 32;

/// Wraps the flow and its cookies.
pub(crate) fn seal(flow: &Flow, cookies: &Secret, now: Instant, time: SystemTime) -> Vec<u8> {
    let text = Secret::from(json!({"flow": flow.save(now, time), "cookies": cookies.expose()}).to_string());
    let payload = text.expose().as_bytes();
    [MAGIC, &Sha256::digest(payload), payload].concat()
}

/// Unwraps what [`seal`] made: the saved flow, and the cookies.
pub(crate) fn open(data: &[u8]) -> Result<(Saved, Secret)> {
    let wrong = |why: &str| Error::argument("data", format!("The saved flow {why}."));
    let Some(rest) = data.strip_prefix(MAGIC) else {
        return Err(wrong(if data.starts_with(b"createaccount flow ") {
            "was written by another version of the library"
        } else {
            "is not one: these bytes were not written by save"
        }));
    };
    let Some((digest, payload)) = rest.split_at_checked(DIGEST) else {
        return Err(wrong("was cut short"));
    };
    if Sha256::digest(payload)[..] != *digest {
        return Err(wrong("was cut short or changed"));
    }
    let mut payload: Value = serde_json::from_slice(payload).map_err(|_| wrong("cannot be read"))?;
    let cookies = payload.get("cookies").and_then(Value::as_str).map(Secret::from);
    match (payload.get_mut("flow").map(Value::take), cookies) {
        (Some(Value::Object(flow)), Some(cookies)) => Ok((Saved(flow), cookies)),
        _ => Err(wrong("cannot be read")),
    }
}

/// A saved flow that is still to be given its settings.
pub(crate) struct Saved(Map<String, Value>);

impl Saved {
    /// The wiki that the flow belongs to.
    pub(crate) fn api_url(&self) -> Result<String> {
        self.text("api_url").ok_or_else(unreadable)
    }

    /// The flow as it was, and its pending step.
    pub(crate) fn restore(
        self,
        settings: Settings,
        now: Instant,
        time: SystemTime,
    ) -> Result<(Flow, Option<Step>)> {
        let mut flow = Flow::new(settings);
        flow.module =
            if self.text("module").as_deref() == Some("login") { Module::Login } else { Module::Create };
        flow.token = self.text("token").map(Secret::from);
        flow.user = self.text("user");
        flow.asserts = self.0.get("asserts") != Some(&Value::Bool(false));
        flow.session_in_use = self.0.get("session_in_use") == Some(&Value::Bool(true));
        flow.beside_older = self.0.get("beside_older") == Some(&Value::Bool(true));
        flow.rounds =
            self.0.get("rounds").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap_or(0);
        // Our clock runs on meanwhile, here or on the machine that saved.
        let number = |member: &str| self.0.get(member).and_then(Value::as_i64);
        let since = number("saved_at").map_or(0, |saved_at| unix(time).saturating_sub(saved_at).max(0));
        flow.clock = number("clock").map(|clock| Clock::from_seconds(clock.saturating_add(since), now));
        flow.flow_attempt = self.0.get("attempt").and_then(read_attempt);
        let in_doubt = self.0.get("in_doubt").and_then(Value::as_array);
        flow.in_doubt = in_doubt.into_iter().flatten().filter_map(read_attempt).collect();
        let mut state = self.0.get("state").cloned().unwrap_or_default();
        flow.state = flow.restore_state(&mut state)?;
        let step = flow.state.step();
        Ok((flow, step))
    }

    fn text(&self, member: &str) -> Option<String> {
        self.0.get(member).and_then(Value::as_str).map(str::to_owned)
    }
}

impl Flow {
    fn save(&self, now: Instant, time: SystemTime) -> Value {
        json!({
            "api_url": self.settings.api_url.as_str(),
            "module": self.module.prefix(),
            "token": self.token.as_ref().map(Secret::expose),
            "user": self.user,
            "asserts": self.asserts,
            "session_in_use": self.session_in_use,
            "beside_older": self.beside_older,
            "rounds": self.rounds,
            "clock": self.clock.as_ref().map(|clock| clock.seconds(now)),
            "saved_at": unix(time),
            "attempt": self.flow_attempt.as_ref().map(write_attempt),
            "in_doubt": self.in_doubt.iter().map(write_attempt).collect::<Value>(),
            "state": match &self.state {
                State::Idle => json!({"is": "idle"}),
                State::Form { form, preserve } => json!({"is": "form", "raw": *form.raw, "preserve": preserve}),
                State::Asking(form) => json!({"is": "asking", "raw": *form.raw, "account": form.account}),
                State::Away(redirect) => json!({
                    "is": "away",
                    "raw": *redirect.form.raw,
                    "return_url": redirect.return_url.as_str(),
                    "catches_return": redirect.catches_return,
                }),
                State::Ended(step) => save_end(step),
                State::Unknown(attempt) => json!({"is": "unknown", "attempt": write_attempt(attempt)}),
            },
        })
    }

    fn restore_state(&self, state: &mut Value) -> Result<State> {
        let raw = state.get_mut("raw").map(Value::take).unwrap_or_default();
        Ok(match state.get("is").and_then(Value::as_str) {
            Some("idle") => State::Idle,
            Some("form") => {
                let form = Arc::new(self.form_of(AuthInfo::parse(raw, None, None)?));
                let preserve = state.get("preserve") == Some(&Value::Bool(true));
                State::Form { form, preserve }
            }
            Some("asking") => {
                let account = state.get("account").and_then(Value::as_str).map(str::to_owned);
                State::Asking(Arc::new(Form { account, ..self.pending_form(raw)? }))
            }
            Some("away") => State::Away(Arc::new(Redirect {
                return_url: state
                    .get("return_url")
                    .and_then(|url| Url::parse(url.as_str()?).ok())
                    .ok_or_else(unreadable)?,
                catches_return: state.get("catches_return") == Some(&Value::Bool(true)),
                ..self.redirect(Status::parse(raw)?)?
            })),
            Some("ended") => State::Ended(restore_end(state, raw)?),
            Some("unknown") => {
                State::Unknown(state.get("attempt").and_then(read_attempt).ok_or_else(unreadable)?)
            }
            _ => return Err(unreadable()),
        })
    }

    /// A form of a later step, as it came with a status or, after a reconciliation, with authmanagerinfo.
    fn pending_form(&self, raw: Value) -> Result<Form> {
        let message = Message::parse(raw.get("message"));
        let message_code = raw.get("messagecode").and_then(Value::as_str).map(str::to_owned);
        let info = AuthInfo::parse(raw, None, None)?;
        Ok(Form { message, message_code, ..self.fields_of(info.requests, info.raw) })
    }
}

/// What ended a flow: besides what the wiki sent, what cannot be read from it again.
fn save_end(step: &Step) -> Value {
    let (username, reason, retry_after) = match step {
        Step::Pass(pass) => (Some(pass.username()), None, None),
        Step::Fail(fail) => (None, Some(fail.reason().as_str()), fail.retry_after()),
        _ => (None, None, None),
    };
    json!({
        "is": "ended",
        "raw": step.raw(),
        "username": username,
        "reason": reason,
        "retry_after": retry_after.map(|wait| wait.as_secs()),
        "message": step.message().map(Message::text),
        "code": step.message_code(),
    })
}

fn restore_end(state: &Value, raw: Value) -> Result<Step> {
    let text = |member: &str| state.get(member).and_then(Value::as_str).map(str::to_owned);
    if let Some(username) = text("username") {
        return Ok(Step::Pass(Arc::new(Pass { username, raw: raw.into() })));
    }
    let Some(reason) = text("reason") else { return Ok(end_of(Status::parse(raw)?)) };
    let message = Message::parse(raw.get("message")).or(text("message").as_deref().map(Message::from_text));
    Ok(Step::Fail(Arc::new(Fail {
        reason: Reason::ALL.into_iter().find(|known| known.as_str() == reason).unwrap_or(Reason::Other),
        retry_after: state.get("retry_after").and_then(Value::as_u64).map(Duration::from_secs),
        message,
        message_code: text("code"),
        can_preserve_state: truthy(raw.get("canpreservestate")),
        raw: raw.into(),
    })))
}

fn write_attempt(attempt: &Attempt) -> Value {
    let doubt = match attempt.doubt {
        Doubt::None => None,
        Doubt::Lost => Some("lost"),
        Doubt::Contested => Some("contested"),
    };
    let windows: Value = attempt.windows.iter().map(|w| json!([w.from, w.until, end_word(w.end)])).collect();
    json!({
        "name": attempt.name,
        "windows": windows,
        "undated": attempt.undated,
        "doubt": doubt,
        "answered": attempt.answered,
        "beside_older": attempt.beside_older,
    })
}

fn read_attempt(value: &Value) -> Option<Attempt> {
    let name = value.get("name")?.as_str().map(str::to_owned);
    let windows = value.get("windows").and_then(Value::as_array);
    Some(Attempt {
        name,
        windows: windows.into_iter().flatten().filter_map(read_window).collect(),
        undated: value.get("undated") == Some(&Value::Bool(true)),
        lost_at: None,
        doubt: match value.get("doubt").and_then(Value::as_str) {
            Some("lost") => Doubt::Lost,
            Some("contested") => Doubt::Contested,
            _ => Doubt::None,
        },
        answered: value.get("answered").and_then(Value::as_str).map(str::to_owned),
        beside_older: value.get("beside_older") == Some(&Value::Bool(true)),
    })
}

fn read_window(value: &Value) -> Option<Window> {
    Some(Window {
        from: value.get(0)?.as_i64()?,
        until: value.get(1)?.as_i64()?,
        end: [End::Step, End::Lost, End::Refused]
            .into_iter()
            .find(|end| value.get(2).is_some_and(|word| word == end_word(*end)))?,
    })
}

fn end_word(end: End) -> &'static str {
    match end {
        End::Step => "step",
        End::Lost => "lost",
        End::Refused => "refused",
    }
}

fn unix(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn unreadable() -> Error {
    Error::argument("data", "The saved flow cannot be read.")
}
