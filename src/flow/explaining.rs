//! Explaining: the wiki refused for several reasons at once, and is asked what they are.
//!
//! When MediaWiki joins several errors into a list, their message keys are lost
//! (Status::getMessage). Permissions, blocks, rate limits, filters and password rules all produce
//! such lists. So one query fetches the wiki's errors for this visitor and the texts of known
//! messages, in the same language; the messages whose texts occur in the list are its reasons. The
//! password is not sent again: the messages of the password rules are among those that are fetched.

use std::{sync::Arc, time::Instant};

use super::{
    exchange::Outcome,
    retry::Retry,
    session::Session,
    state::{Explaining, State},
    step::{Fail, Step},
    transition::Transition,
};
use crate::{
    Error, MessageFormat, Reason, Result,
    protocol::{Json, MAX_ERRORS, Reply, Request, Template, describe},
    text::clean,
};

/// The message keys that core and common extensions put into such lists; the API takes at most
/// fifty.
const MESSAGE_KEYS: &[&str] = &[
    "actionthrottledtext",
    "acct_creation_throttle_hit",
    "badaccess-group0",
    "badaccess-groups",
    "blockedtext",
    "blockedtext-partial",
    "blockedtext-composite",
    "blockedtext-tempuser",
    "autoblockedtext",
    "autoblockedtext-tempuser",
    "systemblockedtext",
    "sorbs_create_account_reason",
    "cantcreateaccount-text",
    "cantcreateaccount-range-text",
    "globalblocking-blockedtext-ip",
    "globalblocking-blockedtext-range",
    "globalblocking-blockedtext-xff",
    "globalblocking-blockedtext-user",
    "globalblocking-blockedtext-autoblock",
    "globalblocking-blockedtext-autoblock-xff",
    "globalblocking-ipblocked",
    "globalblocking-ipblocked-range",
    "globalblocking-ipblocked-xff",
    "torblock-blocked",
    "stopforumspam-blocked",
    "ipreputation-blocked-ip-reputation",
    "abusefilter-disallowed",
    "abusefilter-warning",
    "abusefilter-blocked-display",
    "titleblacklist-forbidden-new-account",
    "antispoof-conflict",
    "antispoof-name-illegal",
    "spam-blacklisted-email-signup",
    "invalidemailaddress",
    "passwordtooshort",
    "passwordtoolong",
    "passwordtoopopular",
    "passwordincommonlist",
    "passwordinlargeblacklist",
    "password-name-match",
    "password-login-forbidden",
    "password-substring-username-match",
];

/// Of several reasons, the one that the person can do least about comes first.
const REASON_PRIORITY: [Reason; 9] = [
    Reason::RateLimited,
    Reason::Throttled,
    Reason::Blocked,
    Reason::Permission,
    Reason::Filter,
    Reason::NameForbidden,
    Reason::NameInvalid,
    Reason::Email,
    Reason::Password,
];

/// Asks for the reasons that this failure lists.
pub(super) fn start(fail: Fail, retry: Retry, session: &Session) -> Transition {
    let request = request(session);
    Transition::send(State::Explaining(Explaining { fail, retry }), request)
}

impl Explaining {
    pub(super) fn receive(mut self, session: &mut Session, outcome: Outcome, now: Instant) -> Transition {
        match session.read(outcome).and_then(|reply| self.find_reason(reply)) {
            Ok(reason) => self.end(reason),
            Err(error) => match self.retry.wait(&error, now) {
                Some(delay) => Transition::send_after(delay, State::Explaining(self), request(session)),
                // The failure stands, even if its reasons stay unknown.
                None => self.end(Reason::Other),
            },
        }
    }

    fn find_reason(&self, reply: Reply) -> Result<Reason> {
        let query = reply.get("query").ok_or_else(|| Error::protocol("The wiki's answer has no query."))?;
        let text = self.fail.message.as_ref().map_or("", |message| message.text());
        let reasons: Vec<Reason> = visitor_errors(query)
            .chain(message_texts(query))
            .filter(|(known_text, _)| Template::new(known_text).is_some_and(|template| template.is_in(text)))
            .map(|(_, code)| Reason::of(code, None))
            .collect();
        Ok(REASON_PRIORITY.into_iter().find(|reason| reasons.contains(reason)).unwrap_or(Reason::Other))
    }

    fn end(self, reason: Reason) -> Transition {
        Transition::end(Step::Fail(Arc::new(Fail { reason, ..self.fail })))
    }
}

fn request(session: &Session) -> Request {
    // In the raw format, too, the parts of a list are wikitext.
    let format = match session.settings.message_format {
        Some(MessageFormat::Html | MessageFormat::Plaintext) => "html",
        _ => "wikitext",
    };
    let mut params = session.params_in("query", format, session.settings.language.as_deref());
    params.push("meta", "allmessages|userinfo");
    params.push("uiprop", "cancreateaccount");
    params.push("ammessages", MESSAGE_KEYS.join("|"));
    if let Some(language) = &session.settings.language {
        params.push("amlang", language.as_str());
    }
    session.get(&params)
}

/// The errors of `uiprop=cancreateaccount` (MediaWiki 1.40 and later): texts and codes.
fn visitor_errors(query: Json<'_>) -> impl Iterator<Item = (String, &str)> {
    let errors = query.get("userinfo").and_then(|user| user.get("cancreateaccounterror"));
    list(errors).filter_map(|error| Some((describe(error), error.get("code")?.as_str()?)))
}

/// The wiki's messages: texts and keys.
fn message_texts(query: Json<'_>) -> impl Iterator<Item = (String, &str)> {
    list(query.get("allmessages")).filter_map(|message| {
        let text = message.get("content").or_else(|| message.get("*"))?.as_str()?;
        Some((clean(text), message.get("name")?.as_str()?))
    })
}

fn list(value: Option<Json<'_>>) -> impl Iterator<Item = Json<'_>> {
    value.into_iter().flat_map(Json::items).take(MAX_ERRORS)
}
