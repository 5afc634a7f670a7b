//! The answer of `action=createaccount` and of `action=clientlogin` (MediaWiki, AuthenticationResponse, as
//! ApiAuthManagerHelper::formatAuthenticationResponse writes it).

use serde_json::Value;

use super::{
    json::{Json, text, truthy},
    message::Message,
    raw::Raw,
    request::{AuthRequest, parse_requests},
};
use crate::{Error, Result, text::cleaned};

/// A status with all that belongs to it.
#[derive(Debug)]
pub(crate) enum Status {
    Pass {
        username: String,
        raw: Raw,
    },
    Fail {
        notice: Notice,
        can_preserve_state: bool,
        raw: Raw,
    },
    Ui {
        notice: Notice,
        requests: Vec<AuthRequest>,
        raw: Raw,
    },
    Redirect(Visit),
    Restart {
        notice: Notice,
        can_preserve_state: bool,
        requests: Vec<AuthRequest>,
        raw: Raw,
    },
    /// A status of a later version.
    Other {
        status: String,
        notice: Notice,
        raw: Raw,
    },
}

/// What the wiki says to the person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notice {
    pub message: Option<Message>,
    pub code: Option<String>,
}

/// A REDIRECT. The API passes its target on as the provider gave it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub target: Option<String>,
    pub data: Option<Value>,
    pub notice: Notice,
    pub requests: Vec<AuthRequest>,
    pub raw: Raw,
}

impl Status {
    pub(crate) fn parse(raw: Raw) -> Result<Self> {
        let status = raw.json();
        let Some(name) = text(status, "status").map(cleaned) else {
            return Err(Error::protocol("The wiki's answer has no status."));
        };
        let notice = Notice::parse(status);
        let can_preserve_state = truthy(status.get("canpreservestate"));
        Ok(match name.as_str() {
            "PASS" => match text(status, "username") {
                Some(username) => Self::Pass { username: cleaned(username), raw },
                None => return Err(Error::protocol("The wiki says PASS without a user name.")),
            },
            "FAIL" => Self::Fail { notice, can_preserve_state, raw },
            "UI" => Self::Ui { notice, requests: parse_requests(status)?, raw },
            "REDIRECT" => Self::Redirect(Visit::parse(raw)?),
            "RESTART" => Self::Restart { notice, can_preserve_state, requests: parse_requests(status)?, raw },
            _ => Self::Other { status: name, notice, raw },
        })
    }
}

impl Status {
    /// The same with HTML turned into plain text, if `wanted`.
    pub(crate) fn plain_if(self, wanted: bool) -> Self {
        if !wanted {
            return self;
        }
        match self {
            Self::Pass { .. } => self,
            Self::Fail { notice, can_preserve_state, raw } => {
                Self::Fail { notice: notice.plain(), can_preserve_state, raw }
            }
            Self::Ui { notice, requests, raw } => {
                Self::Ui { notice: notice.plain(), requests: plain(requests), raw }
            }
            Self::Redirect(visit) => Self::Redirect(visit.plain_if(true)),
            Self::Restart { notice, can_preserve_state, requests, raw } => {
                Self::Restart { notice: notice.plain(), can_preserve_state, requests: plain(requests), raw }
            }
            Self::Other { status, notice, raw } => Self::Other { status, notice: notice.plain(), raw },
        }
    }
}

fn plain(requests: Vec<AuthRequest>) -> Vec<AuthRequest> {
    requests.into_iter().map(AuthRequest::plain).collect()
}

impl Notice {
    fn plain(self) -> Self {
        Self { message: self.message.map(Message::plain), ..self }
    }

    pub(crate) fn parse(status: Json<'_>) -> Self {
        let message = Message::parse(status.get("message"));
        let code = text(status, "messagecode")
            .map(cleaned)
            // MediaWiki before 1.29 sends no code, but its raw messages have the key.
            .or_else(|| message.as_ref().and_then(Message::key).map(str::to_owned));
        // The code of several errors at once says how many parts the message has.
        let message = match (message, &code) {
            (Some(message), Some(code)) => Some(message.of_code(code)),
            (message, _) => message,
        };
        Self { message, code }
    }
}

impl Visit {
    /// The same with HTML turned into plain text, if `wanted`.
    pub(crate) fn plain_if(self, wanted: bool) -> Self {
        if !wanted {
            return self;
        }
        Self { notice: self.notice.plain(), requests: plain(self.requests), ..self }
    }

    pub(crate) fn parse(raw: Raw) -> Result<Self> {
        let status = raw.json();
        Ok(Self {
            target: text(status, "redirecttarget"),
            data: status.get("redirectdata").map(Json::to_value),
            notice: Notice::parse(status),
            requests: parse_requests(status)?,
            raw,
        })
    }
}
