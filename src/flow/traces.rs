//! What an attempt left behind on the wiki: an account, an open step, both or neither. Asking needs
//! no password.

use std::time::Instant;

use super::{
    attempt::{Attempt, Owner},
    clock::parse_time,
    exchange::Outcome,
    session::Session,
};
use crate::{
    Error, Result,
    protocol::{AuthInfo, Json, Request, truthy},
};

pub(super) struct Traces {
    /// The step that the wiki waits for; without requests if there is none.
    pub open: AuthInfo,
    pub account: Account,
    /// The wiki's time, in seconds since 1970.
    pub time: Option<i64>,
}

pub(super) enum Account {
    Exists {
        /// As the wiki writes it.
        name: String,
        registered: Option<i64>,
    },
    Missing {
        /// As the wiki would write it.
        name: String,
    },
    Invalid,
    /// The wiki was not asked, or did not say.
    NotReported,
}

/// Asks for the traces of an attempt; for its account only if `asks_for_account`.
pub(super) fn request(session: &Session, attempt: &Attempt, asks_for_account: bool) -> Request {
    let mut params = session.params("query");
    params.push("meta", "authmanagerinfo");
    params.push("amirequestsfor", "create-continue");
    params.push("curtimestamp", "1");
    session.push_message_format(&mut params, "amimessageformat");
    if let Some(name) = attempt.name.as_deref().filter(|_| asks_for_account) {
        params.push("list", "users");
        params.push_one("ususers", name);
        params.push("usprop", "registration");
    }
    session.get(&params)
}

impl Traces {
    /// Reads what [`request`] asked for.
    pub(super) fn read(session: &mut Session, outcome: Outcome) -> Result<Self> {
        let reply = session.read(outcome)?;
        let time = reply.get("curtimestamp").and_then(|time| parse_time(time.as_str()?));
        let account = read_account(reply.query("users").and_then(|users| users.items().next()));
        let Some(info) = reply.query("authmanagerinfo").filter(|info| info.is_object()) else {
            return Err(Error::protocol("The wiki's answer has no authmanagerinfo."));
        };
        let place = info.place();
        let open = AuthInfo::parse(reply.keep(place), None, None)?;
        let open = open.plain_if(session.settings.wants_plaintext());
        Ok(Self { open, account, time })
    }

    /// Who owns the account on the wiki.
    pub(super) fn owner(&self, attempt: &Attempt, session: &Session, now: Instant) -> Owner {
        let Account::Exists { registered, .. } = &self.account else { return Owner::Unknown };
        let drift = self.time.zip(session.wiki_time(now)).map_or(0, |(time, ours)| time.saturating_sub(ours));
        attempt.owner(*registered, drift)
    }

    /// The open step, and the name of the account if it exists already and is ours.
    pub(super) fn into_open(self, owner: Owner) -> (AuthInfo, Option<String>) {
        match self.account {
            Account::Exists { name, .. } if owner == Owner::Ours => (self.open, Some(name)),
            _ => (self.open, None),
        }
    }

    /// How the wiki writes the name that it was asked for.
    pub(super) fn spelling(&self) -> Option<&str> {
        match &self.account {
            Account::Exists { name, .. } | Account::Missing { name } => Some(name),
            Account::Invalid | Account::NotReported => None,
        }
    }

    pub(super) fn has_open_step(&self) -> bool {
        !self.open.requests.is_empty()
    }
}

fn read_account(user: Option<Json<'_>>) -> Account {
    let Some(user) = user else { return Account::NotReported };
    let text = |member: &str| user.get(member).and_then(Json::as_str);
    let name = text("name").unwrap_or_default().to_owned();
    if truthy(user.get("missing")) {
        return Account::Missing { name };
    }
    if truthy(user.get("invalid")) {
        return Account::Invalid;
    }
    let registered = match user.get("registration") {
        // Accounts from before 2005 have no registration time.
        Some(time) if time.is_null() => Some(0),
        _ => text("registration").and_then(parse_time),
    };
    Account::Exists { name, registered }
}
