//! A conversation as bytes, to be continued in another process.
//!
//! What the wiki sent is kept as it came and read again on loading, by the same code and with the
//! same checks as the first time. A seal proves that nobody without the key changed the bytes;
//! without a seal, anybody may have.

use std::{
    ops::Not,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::{
    attempt::Attempt,
    clock::{Clock, VALID_TIMES},
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
    protocol::{
        AuthInfo, Bounds, MAX_RETRY_AFTER, Message, Notice, Raw, Status, Visit, count, has_user_info,
    },
    secret::{Scratch, exposed, exposed_option},
    text::cleaned,
};

/// The version of the saved format. Raise it by hand whenever what is saved changes: tests/fixtures/saved holds bytes
/// of each version.
const VERSION: &str = "2";
/// How the first line of unsealed bytes begins; a digest and the JSON follow that line.
const PLAIN: &str = "createaccount flow ";
/// How the first line of sealed bytes begins.
const SEALED: &str = "createaccount sealed flow ";
const DIGEST_LEN: usize = 32;

/// The largest saved flow, in bytes: room for a reply of the largest size, escaped again, and for
/// the rest of the flow.
const MAX_SAVED: usize = 8 * 1024 * 1024;

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
        cookies,
        token: session.token.clone(),
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
    let mut scratch = Scratch::default();
    serde_json::to_writer(&mut scratch, &saved)
        .map_err(|error| Error::state("The flow cannot be saved.").with_source(error.to_string()))?;
    let payload = scratch.into_bytes();
    let data = match &session.settings.keys.seal {
        Some(key) => {
            let sealed = key.seal(&context(&session.api_url), payload)?;
            [first_line(SEALED).as_bytes(), &sealed].concat()
        }
        None => [first_line(PLAIN).as_bytes(), &Sha256::digest(&payload), &payload].concat(),
    };
    if data.len() > MAX_SAVED {
        return Err(Error::state(format!(
            "The flow is larger than the {MAX_SAVED} bytes that can be loaded."
        )));
    }
    Ok(data)
}

fn first_line(kind: &str) -> String {
    format!("{kind}{VERSION}\n")
}

/// What a seal is bound to: the version, and the wiki.
fn context(api_url: &Url) -> Vec<u8> {
    [first_line(SEALED).as_bytes(), api_url.as_str().as_bytes()].concat()
}

/// A saved conversation, before it is given its settings.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    api_url: Url,
    endpoint: Url,
    #[serde(with = "exposed")]
    cookies: Secret,
    #[serde(with = "exposed_option")]
    token: Option<Secret>,
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
        raw: Raw,
        module: Module,
        preserve: bool,
        return_url: ReturnUrl,
    },
    Asking {
        raw: Raw,
        message: Option<Message>,
        code: Option<String>,
        account: Option<String>,
        course: Course,
    },
    Away {
        raw: Raw,
        message: Option<Message>,
        code: Option<String>,
        course: Course,
    },
    Unknown(Attempt),
    Pass {
        raw: Option<Raw>,
        username: String,
        #[serde(default, skip_serializing_if = "Not::not")]
        is_login: bool,
    },
    Fail {
        raw: Option<Raw>,
        reason: String,
        message: Option<Message>,
        code: Option<String>,
        retry_after: Option<u64>,
        can_preserve_state: bool,
    },
    /// RESTART, or a status that this version does not know.
    End {
        raw: Raw,
    },
}

impl Saved {
    /// Reads what [`save`] wrote of a flow with the wiki at `api_url`. Anybody who can write to the
    /// host's store may have made it up, so all of it must be something that a wiki could have
    /// sent.
    pub(crate) fn read(data: &[u8], api_url: &Url, settings: &Settings) -> Result<Self> {
        if data.len() > MAX_SAVED {
            return Err(wrong(&format!("has {} bytes, more than {MAX_SAVED}", data.len())));
        }
        let payload = payload(data, api_url, settings)?;
        count(&payload, Bounds::SAVED).map_err(|_| unreadable())?;
        let saved: Self =
            serde_json::from_slice(&payload).map_err(|error| unreadable().with_source(error.to_string()))?;
        saved.check(api_url, settings)?;
        Ok(saved)
    }

    fn check(&self, api_url: &Url, settings: &Settings) -> Result<()> {
        if self.api_url != *api_url {
            return Err(wrong("belongs to another wiki"));
        }
        let endpoint = &self.endpoint;
        if endpoint.origin() != api_url.origin()
            || has_user_info(endpoint)
            || endpoint.query().is_some()
            || endpoint.fragment().is_some()
        {
            return Err(wrong("continues at an address that is not its wiki's"));
        }
        if !self.ledger.is_within_limit() {
            return Err(wrong("has more attempts than the library remembers"));
        }
        let times = self.clock.into_iter().chain([self.saved_at]);
        let attempts = self.ledger.attempts().chain(self.state.attempt());
        if !times.chain(attempts.clone().flat_map(Attempt::times)).all(|time| VALID_TIMES.contains(&time)) {
            return Err(wrong("has a time outside the years 1970 to 9999"));
        }
        let return_urls = attempts.map(|attempt| &attempt.return_url).chain(self.state.return_url());
        for return_url in return_urls {
            return_url.check(settings, api_url).map_err(|error| {
                wrong("has a return URL that cannot be used").with_source(error.to_string())
            })?;
        }
        Ok(())
    }

    pub(crate) fn cookies(&self) -> &str {
        self.cookies.expose()
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
        session.token = self.token;
        session.user = self.user;
        session.asserts = self.asserts;
        // The time since the save, by this machine's clock and that of the machine that saved. The
        // wiki's clock has run on for as long.
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

/// The JSON in the saved bytes, once their seal or digest is checked.
fn payload(data: &[u8], api_url: &Url, settings: &Settings) -> Result<Zeroizing<Vec<u8>>> {
    let has_key = settings.keys.seal.is_some();
    let starts_with = |kind: &str| data.starts_with(kind.as_bytes());
    if let Some(sealed) = data.strip_prefix(first_line(SEALED).as_bytes()) {
        if !has_key {
            return Err(wrong("is sealed, but the client has no key"));
        }
        let opened = settings.keys.open(&context(api_url), sealed);
        opened
            .ok_or_else(|| wrong("was cut short or changed, or sealed with another key or for another wiki"))
    } else if has_key && starts_with(PLAIN) {
        Err(wrong("is not sealed, and a client with a key takes only sealed flows"))
    } else if let Some(rest) = data.strip_prefix(first_line(PLAIN).as_bytes()) {
        let Some((digest, payload)) = rest.split_at_checked(DIGEST_LEN) else {
            return Err(wrong("was cut short"));
        };
        if Sha256::digest(payload)[..] != *digest {
            return Err(wrong("was cut short or changed"));
        }
        Ok(Zeroizing::new(payload.to_vec()))
    } else if starts_with(PLAIN) || starts_with(SEALED) {
        Err(wrong("was written by another version of the library"))
    } else {
        Err(wrong("cannot be read: these bytes were not written by save"))
    }
}

impl SavedState {
    fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Asking { course, .. } | Self::Away { course, .. } => course.attempt(),
            Self::Unknown(attempt) => Some(attempt),
            _ => None,
        }
    }

    fn return_url(&self) -> Option<&ReturnUrl> {
        match self {
            Self::Form { return_url, .. } => Some(return_url),
            Self::Asking { course, .. } | Self::Away { course, .. } => Some(course.return_url()),
            _ => None,
        }
    }

    fn of(state: &State) -> Result<Self> {
        Ok(match state {
            State::Idle => Self::Idle,
            State::Form(opening) => Self::Form {
                raw: opening.form.raw.clone(),
                module: opening.module,
                preserve: opening.preserve,
                return_url: opening.return_url.clone(),
            },
            State::Asking(Asking { form, course }) => Self::Asking {
                raw: form.raw.clone(),
                message: form.message.clone(),
                code: form.message_code.clone(),
                account: form.account.clone(),
                course: course.clone(),
            },
            State::Away(Away { redirect, course }) => Self::Away {
                raw: redirect.form.raw.clone(),
                message: redirect.form.message.clone(),
                code: redirect.form.message_code.clone(),
                course: course.clone(),
            },
            State::Unknown(attempt) => Self::Unknown(attempt.clone()),
            State::Ended(Step::Pass(pass)) => {
                Self::Pass { raw: pass.raw.clone(), username: pass.username.clone(), is_login: pass.is_login }
            }
            State::Ended(Step::Fail(fail)) => Self::Fail {
                raw: fail.raw.clone(),
                reason: fail.reason.as_str().to_owned(),
                message: fail.message.clone(),
                code: fail.message_code.clone(),
                retry_after: fail.retry_after.map(|wait| wait.as_secs()),
                can_preserve_state: fail.can_preserve_state,
            },
            State::Ended(step) => Self::End { raw: step.stored_json().cloned().unwrap_or_default() },
            _ => return Err(Error::state("A call that is in progress cannot be saved.")),
        })
    }

    fn restore(self, session: &Session) -> Result<State> {
        let api_url = &session.api_url;
        let plain = session.settings.wants_plaintext();
        Ok(match self {
            Self::Idle => State::Idle,
            Self::Form { raw, module, preserve, return_url } => {
                let info = AuthInfo::parse(raw, None, None)?.plain_if(plain);
                let form = Arc::new(Form::first(info, api_url));
                State::Form(Opening { form, module, preserve, return_url })
            }
            Self::Asking { raw, message, code, account, course } => {
                // The step came with a status or, after a reconciliation, with authmanagerinfo.
                let info = AuthInfo::parse(raw, None, None)?.plain_if(plain);
                let form = Form::new(info.requests, info.raw, api_url).with_notice(notice(message, code));
                State::Asking(Asking {
                    form: Arc::new(Form { account: account.map(cleaned), ..form }),
                    course,
                })
            }
            Self::Away { raw, message, code, course } => {
                let visit = Visit { notice: notice(message, code), ..Visit::parse(raw)?.plain_if(plain) };
                let return_url = course.return_url().clone();
                let redirect = Redirect::new(visit, return_url, &session.settings, api_url)?;
                State::Away(Away { redirect: Arc::new(redirect), course })
            }
            Self::Unknown(attempt) => State::Unknown(attempt),
            Self::Pass { raw, username, is_login } => {
                State::Ended(Step::Pass(Arc::new(Pass { username: cleaned(username), is_login, raw })))
            }
            Self::Fail { raw, reason, message, code, retry_after, can_preserve_state } => {
                let notice = notice(message, code);
                let known = Reason::ALL.iter().copied().find(|known| known.as_str() == reason);
                State::Ended(Step::Fail(Arc::new(Fail {
                    reason: known.ok_or_else(unreadable)?,
                    retry_after: retry_after.map(|wait| Duration::from_secs(wait.min(MAX_RETRY_AFTER))),
                    message: notice.message,
                    message_code: notice.code,
                    can_preserve_state,
                    raw,
                })))
            }
            Self::End { raw } => State::Ended(match Status::parse(raw)?.plain_if(plain) {
                Status::Restart { notice, can_preserve_state, requests, raw } => {
                    Step::Restart(Arc::new(Restart::new(notice, can_preserve_state, requests, raw)))
                }
                Status::Other { status, notice, raw } => {
                    Step::Other(Arc::new(Other::new(status, notice, raw)))
                }
                _ => return Err(unreadable()),
            }),
        })
    }
}

/// The message above a form. It was cleaned when the wiki sent it, but may have been changed since.
fn notice(message: Option<Message>, code: Option<String>) -> Notice {
    Notice { message: message.map(Message::cleaned), code: code.map(cleaned) }
}

fn unix(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn unreadable() -> Error {
    wrong("cannot be read")
}

fn wrong(why: &str) -> Error {
    Error::argument("data", format!("The saved flow {why}."))
}
