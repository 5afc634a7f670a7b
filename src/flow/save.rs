//! A conversation as bytes, to go on in another process.
//!
//! What the wiki sent is kept as it came and read again on loading, by the same code and with the same checks as the
//! first time.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    attempt::Attempt,
    clock::Clock,
    course::Course,
    exchange::Module,
    form::Form,
    ledger::Ledger,
    redirect::{Redirect, ReturnUrl},
    session::{Session, Slot},
    state::{Asking, Away, Opening, State},
    step::{Fail, Other, Pass, Restart, Step},
};
use crate::{
    Error, Reason, Result, Secret,
    config::Settings,
    protocol::{AuthInfo, Message, Notice, Raw, Status, Visit},
};

/// The first line: what this is, and in which version. The version changes with whatever is saved, and on purpose:
/// tests/fixtures/saved holds bytes of each.
const MAGIC: &[u8] = b"createaccount flow 2\n";
const MAGIC_OF_ANY_VERSION: &[u8] = b"createaccount flow ";
const DIGEST: usize = 32;

/// Saves a conversation and its cookies.
pub(super) fn save(
    session: &Session,
    state: &State,
    cookies: Secret,
    now: Instant,
    time: SystemTime,
) -> Result<Vec<u8>> {
    let saved = Saved {
        api_url: session.api_url.clone(),
        endpoint: session.endpoint.clone(),
        cookies: cookies.expose().to_owned(),
        token: session.token.as_ref().map(|token| token.expose().to_owned()),
        user: session.user.clone(),
        asserts: session.asserts,
        clock: session.wiki_time(now),
        saved_at: unix(time),
        slot: session.slot.clone(),
        flows: session.flows,
        has_open_login: session.has_open_login,
        ledger: session.ledger.clone(),
        state: SavedState::of(state)?,
    };
    let payload = Secret::from(serde_json::to_string(&saved).map_err(|_| unreadable())?);
    let payload = payload.expose().as_bytes();
    Ok([MAGIC, &Sha256::digest(payload), payload].concat())
}

/// A saved conversation that is still to be given its settings.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    api_url: Url,
    endpoint: Url,
    cookies: String,
    token: Option<String>,
    user: Option<String>,
    asserts: bool,
    /// The wiki's time when it was saved, in seconds since 1970.
    clock: Option<i64>,
    /// Our time when it was saved, in seconds since 1970.
    saved_at: i64,
    slot: Slot,
    flows: u64,
    has_open_login: bool,
    ledger: Ledger,
    state: SavedState,
}

/// A state between two calls.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum SavedState {
    Idle,
    Form {
        raw: Value,
        module: Module,
        preserve: bool,
        return_url: ReturnUrl,
    },
    Asking {
        raw: Value,
        message: Option<Message>,
        code: Option<String>,
        account: Option<String>,
        course: Course,
    },
    Away {
        raw: Value,
        message: Option<Message>,
        code: Option<String>,
        course: Course,
    },
    Unknown(Attempt),
    Pass {
        raw: Option<Value>,
        username: String,
    },
    Fail {
        raw: Option<Value>,
        reason: String,
        message: Option<Message>,
        code: Option<String>,
        retry_after: Option<u64>,
        can_preserve_state: bool,
    },
    /// RESTART, or a status that this version does not know.
    End {
        raw: Value,
    },
}

impl Saved {
    /// Reads what [`save`] wrote.
    pub(crate) fn read(data: &[u8]) -> Result<Self> {
        let wrong = |why: &str| Error::argument("data", format!("The saved flow {why}."));
        let Some(rest) = data.strip_prefix(MAGIC) else {
            return Err(wrong(if data.starts_with(MAGIC_OF_ANY_VERSION) {
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
        serde_json::from_slice(payload).map_err(|error| unreadable().with_source(error.to_string()))
    }

    /// The wiki that the conversation is with.
    pub(crate) fn api_url(&self) -> &Url {
        &self.api_url
    }

    pub(crate) fn cookies(&self) -> &str {
        &self.cookies
    }

    /// The conversation as it was.
    pub(super) fn restore(
        self,
        settings: Settings,
        now: Instant,
        time: SystemTime,
    ) -> Result<(Session, State)> {
        let mut session = Session::new(self.api_url, settings);
        session.endpoint = self.endpoint;
        session.token = self.token.map(Secret::from);
        session.user = self.user;
        session.asserts = self.asserts;
        // Our clock runs on meanwhile, here or on the machine that saved.
        let since = unix(time).saturating_sub(self.saved_at).max(0);
        session.clock = self.clock.map(|clock| Clock::from_seconds(clock.saturating_add(since), now));
        session.slot = self.slot;
        session.flows = self.flows;
        session.has_open_login = self.has_open_login;
        session.ledger = self.ledger;
        let state = self.state.restore(&session)?;
        Ok((session, state))
    }
}

impl SavedState {
    fn of(state: &State) -> Result<Self> {
        Ok(match state {
            State::Idle => Self::Idle,
            State::Form(opening) => Self::Form {
                raw: opening.form.raw.clone().into(),
                module: opening.module,
                preserve: opening.preserve,
                return_url: opening.return_url.clone(),
            },
            State::Asking(Asking { form, course }) => Self::Asking {
                raw: form.raw.clone().into(),
                message: form.message.clone(),
                code: form.message_code.clone(),
                account: form.account.clone(),
                course: course.clone(),
            },
            State::Away(Away { redirect, course }) => Self::Away {
                raw: redirect.form.raw.clone().into(),
                message: redirect.form.message.clone(),
                code: redirect.form.message_code.clone(),
                course: course.clone(),
            },
            State::Unknown(attempt) => Self::Unknown(attempt.clone()),
            State::Ended(Step::Pass(pass)) => {
                Self::Pass { raw: optional(&pass.raw), username: pass.username.clone() }
            }
            State::Ended(Step::Fail(fail)) => Self::Fail {
                raw: optional(&fail.raw),
                reason: fail.reason.as_str().to_owned(),
                message: fail.message.clone(),
                code: fail.message_code.clone(),
                retry_after: fail.retry_after.map(|wait| wait.as_secs()),
                can_preserve_state: fail.can_preserve_state,
            },
            State::Ended(step) => Self::End { raw: step.raw().cloned().unwrap_or_default() },
            _ => return Err(Error::state("A call that is in progress cannot be saved.")),
        })
    }

    fn restore(self, session: &Session) -> Result<State> {
        let api_url = &session.api_url;
        Ok(match self {
            Self::Idle => State::Idle,
            Self::Form { raw, module, preserve, return_url } => {
                let form = Arc::new(Form::first(AuthInfo::parse(raw, None, None)?, api_url));
                State::Form(Opening { form, module, preserve, return_url })
            }
            Self::Asking { raw, message, code, account, course } => {
                // It came with a status or, after a reconciliation, with authmanagerinfo.
                let info = AuthInfo::parse(raw, None, None)?;
                let form = Form::new(info.requests, info.raw, api_url).under(Notice { message, code });
                State::Asking(Asking { form: Arc::new(Form { account, ..form }), course })
            }
            Self::Away { raw, message, code, course } => {
                let visit = Visit { notice: Notice { message, code }, ..Visit::parse(raw)? };
                let return_url = course.return_url().clone();
                let redirect = Redirect::new(visit, return_url, &session.settings, api_url)?;
                State::Away(Away { redirect: Arc::new(redirect), course })
            }
            Self::Unknown(attempt) => State::Unknown(attempt),
            Self::Pass { raw, username } => {
                State::Ended(Step::Pass(Arc::new(Pass { username, raw: raw.map(Raw::from) })))
            }
            Self::Fail { raw, reason, message, code, retry_after, can_preserve_state } => {
                let known = Reason::ALL.into_iter().find(|known| known.as_str() == reason);
                State::Ended(Step::Fail(Arc::new(Fail {
                    reason: known.ok_or_else(unreadable)?,
                    retry_after: retry_after.map(Duration::from_secs),
                    message,
                    message_code: code,
                    can_preserve_state,
                    raw: raw.map(Raw::from),
                })))
            }
            Self::End { raw } => State::Ended(match Status::parse(raw)? {
                Status::Restart { notice, can_preserve_state, requests, raw } => {
                    Step::Restart(Arc::new(Restart::new(notice, can_preserve_state, requests, raw)))
                }
                Status::Other { word, notice, raw } => Step::Other(Arc::new(Other::new(word, notice, raw))),
                _ => return Err(unreadable()),
            }),
        })
    }
}

fn optional(raw: &Option<Raw>) -> Option<Value> {
    raw.clone().map(Value::from)
}

fn unix(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn unreadable() -> Error {
    Error::argument("data", "The saved flow cannot be read.")
}
