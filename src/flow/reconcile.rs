//! Finding out what became of an attempt whose answer was lost.
//!
//! The wiki finishes a request after its client is gone, and while it works the account looks missing. So existence
//! proves success, a pending step proves progress, and absence proves failure only after a while. No password is sent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Flow, Module, Next, Pending, State, Step, Unsent,
    attempt::{Attempt, Doubt, Whose, outline, parse_time},
    reply_of,
    step::{Fail, Form, Pass},
};
use crate::{
    Error, ErrorKind, Reason, Result,
    protocol::{AuthInfo, Message, Reply, Request, Response, truthy},
};
use serde_json::{Value, json};

/// A question about an attempt on its way.
#[derive(Debug)]
pub(crate) struct Reconcile {
    attempt: Attempt,
    since: Instant,
    polls: u32,
    /// Whether users can be listed; on private wikis they cannot.
    lists_users: bool,
    /// The step that is only read again.
    pending: Option<State>,
    /// What the wiki answered, when only this answer is looked into.
    word: Option<Fail>,
}

impl Flow {
    /// Asks what became of the attempt, again and again until it is certain or the time is up. While a later step is
    /// pending it asks once whether the wiki still waits for it. Where nothing is in doubt it gives what is known.
    pub(crate) fn reconcile(&mut self, now: Instant) -> Result<Next> {
        let begun = || self.flow_attempt.clone().unwrap_or_default();
        let (attempt, pending) = match (&self.state, self.in_doubt.lost()) {
            (State::Unknown(attempt), _) => (attempt.clone(), None),
            (State::Asking(form), _) if self.module == Module::Create => {
                (begun(), Some(State::Asking(form.clone())))
            }
            (State::Away(redirect), _) if self.module == Module::Create => {
                (begun(), Some(State::Away(redirect.clone())))
            }
            // It was left behind by another begin or login.
            (_, Some(attempt)) => (attempt.clone(), None),
            (state, None) => return state.step().map(Next::Step).ok_or_else(nothing_begun),
        };
        let since = attempt.lost_at.unwrap_or(now);
        let lists_users = attempt.name.is_some();
        let reconcile = Reconcile { attempt, since, polls: 0, lists_users, pending, word: None };
        Ok(self.poll(reconcile, Duration::ZERO))
    }

    /// A refusal that the attempt itself may have caused: proxies and transports exist that send a request a second
    /// time when the connection breaks, and the first one may have made the account. The wiki's table of users tells.
    pub(super) fn look_into(&mut self, attempt: Attempt, word: Fail, now: Instant) -> Next {
        let attempt = Attempt { lost_at: Some(now), ..attempt };
        self.state = State::Unknown(attempt.clone());
        self.session_in_use = true;
        let lists_users = attempt.name.is_some();
        let word = Some(word);
        let reconcile = Reconcile { attempt, since: now, polls: 0, lists_users, pending: None, word };
        self.poll(reconcile, Duration::ZERO)
    }

    fn poll(&mut self, reconcile: Reconcile, delay: Duration) -> Next {
        let request = self.reconcile_request(&reconcile);
        self.send_after(delay, Pending::Reconcile(reconcile), request)
    }

    fn reconcile_request(&self, reconcile: &Reconcile) -> Request {
        let mut params = self.params("query");
        params.push("meta", "authmanagerinfo");
        params.push("amirequestsfor", "create-continue");
        params.push("curtimestamp", "1");
        if let Some(format) = self.settings.message_format {
            params.push("amimessageformat", format.as_str());
        }
        if let Some(name) = reconcile.attempt.name.as_deref().filter(|_| reconcile.lists_users) {
            params.push("list", "users");
            params.push_one("ususers", name);
            params.push("usprop", "registration");
        }
        self.get(&params)
    }

    pub(super) fn receive_reconcile(
        &mut self,
        mut reconcile: Reconcile,
        outcome: Result<Response, Unsent>,
        now: Instant,
    ) -> Result<Next> {
        match reply_of(outcome).and_then(read_traces) {
            Ok(traces) => self.judge(reconcile, traces, now),
            Err(error) if error.kind() == ErrorKind::Cancelled => match reconcile.word {
                Some(_) => Err(error.into_outcome_unknown()),
                None => Err(error),
            },
            Err(error) if error.api_code() == Some("readapidenied") && reconcile.lists_users => {
                reconcile.lists_users = false;
                Ok(self.poll(reconcile, Duration::ZERO))
            }
            Err(error) if reconcile.pending.is_some() => Err(error),
            Err(error) if reconcile.word.is_some() => match self.retry.wait(&error, now) {
                Some(delay) => Ok(self.poll(reconcile, delay)),
                None => Err(error.into_outcome_unknown()),
            },
            Err(error) => match self.pause(&reconcile, now) {
                Some(pause) => Ok(self.ask_again(reconcile, pause)),
                None => Err(error.into_outcome_unknown()),
            },
        }
    }

    fn judge(&mut self, mut reconcile: Reconcile, traces: Traces, now: Instant) -> Result<Next> {
        let drift = traces
            .time
            .zip(self.clock.as_ref())
            .map_or(0, |(time, clock)| time.saturating_sub(clock.seconds(now)));
        let attempt = &reconcile.attempt;
        let whose = match &traces.account {
            Account::Exists { name, registered } if attempt.is_for(Some(name)) => {
                attempt.whose(*registered, drift)
            }
            _ => Whose::Untold,
        };
        let foreign = attempt.beside_older || attempt.doubt == Doubt::Contested;
        if !traces.pending.requests.is_empty() && (whose == Whose::Attempts || !foreign) {
            if attempt.answered == Some(outline(&traces.pending.requests))
                && let Some(pause) = self.pause(&reconcile, now)
            {
                return Ok(self.ask_again(reconcile, pause));
            }
            let account = match traces.account {
                Account::Exists { name, .. } if whose == Whose::Attempts => Some(name),
                _ => None,
            };
            return Ok(Next::Step(self.open_step(reconcile, traces.pending, account)));
        }
        let contested = reconcile.attempt.doubt == Doubt::Contested;
        // What the wiki answered stands, unless an account speaks against it. A wiki that does not list its users is
        // believed that a name is taken: so it usually is.
        let against = matches!(whose, Whose::Attempts | Whose::Either)
            || matches!(traces.account, Account::Unlisted) && !contested;
        if let Some(word) = reconcile.word.take_if(|_| !against) {
            return Ok(self.settle(&reconcile.attempt, Step::Fail(Arc::new(word))));
        }
        if whose == Whose::Attempts
            && reconcile.word.as_ref().is_some_and(|word| word.reason == Reason::NameTaken)
        {
            let message =
                "An earlier attempt of this client made the account, and with the values of that one.";
            return Err(Error::new(ErrorKind::Api, message)
                .with_api_code("userexists")
                .into_outcome_unknown());
        }
        let attempt = &reconcile.attempt;
        match (traces.account, whose) {
            (Account::Exists { name, .. }, Whose::Attempts) => {
                let raw = json!({"status": "PASS", "username": name}).into();
                Ok(self.settle(attempt, Step::Pass(Arc::new(Pass { username: name, raw }))))
            }
            (Account::Exists { name, .. }, Whose::SomebodyElses) => {
                let message = format!("The account “{name}” exists, but this attempt did not make it.");
                Ok(self.settle(attempt, not_made(Reason::NameTaken, Some("userexists"), &message)))
            }
            (Account::Exists { .. }, Whose::Either) => {
                let message = "An account of this name was made since the attempt began, by it or by somebody else; \
                               only a login can tell by whom.";
                Err(Error::new(ErrorKind::OutcomeUnknown, message))
            }
            (Account::Exists { .. }, Whose::Untold) => {
                let message = "An account of this name exists, but the wiki does not say since when.";
                Err(Error::new(ErrorKind::OutcomeUnknown, message))
            }
            (Account::Invalid, _) => {
                let message = "The wiki made no account: the name cannot be a user name.";
                Ok(self.settle(attempt, not_made(Reason::NameInvalid, Some("invaliduser"), message)))
            }
            (Account::Missing | Account::Unlisted, _) if reconcile.pending.is_some() => {
                let message = "The wiki no longer knows of the step. Begin again.";
                Ok(self.settle(attempt, not_made(Reason::SessionLost, None, message)))
            }
            (account, _) => match (self.pause(&reconcile, now), account) {
                (Some(pause), _) => Ok(self.ask_again(reconcile, pause)),
                (None, Account::Unlisted) => {
                    let message = "This wiki does not list its users to visitors, so only a login can tell whether \
                                   the account was made.";
                    Err(Error::new(ErrorKind::OutcomeUnknown, message))
                }
                (None, _) => {
                    let message = "The wiki made no account and knows of no open step. Begin again.";
                    Ok(self.settle(attempt, not_made(Reason::Other, None, message)))
                }
            },
        }
    }

    /// The step that the wiki waits for, and the account if it was made before.
    fn open_step(&mut self, reconcile: Reconcile, open: AuthInfo, account: Option<String>) -> Step {
        let mut attempt = reconcile.attempt;
        self.in_doubt.forget(attempt.name.as_deref());
        attempt.answered = None;
        if attempt.doubt == Doubt::Contested {
            // The step in this session tells by whom the account was made.
            attempt.doubt = Doubt::Lost;
        }
        self.flow_attempt = Some(attempt);
        // The wiki does not repeat where the person was sent, nor what it said above the fields.
        let (message, message_code) = match reconcile.pending {
            Some(State::Away(redirect)) if redirect.form.requests == open.requests => {
                self.state = State::Away(redirect.clone());
                return Step::Redirect(redirect);
            }
            Some(State::Asking(form)) => (form.message.clone(), form.message_code.clone()),
            _ => (None, None),
        };
        let fields = self.fields_of(open.requests, open.raw);
        let form = Arc::new(Form { account, message, message_code, ..fields });
        self.state = State::Asking(form.clone());
        Step::Ui(form)
    }

    fn ask_again(&mut self, mut reconcile: Reconcile, pause: Duration) -> Next {
        reconcile.polls += 1;
        self.poll(reconcile, pause)
    }

    /// How long to wait before another question, unless the time is up.
    fn pause(&self, reconcile: &Reconcile, now: Instant) -> Option<Duration> {
        if reconcile.pending.is_some() || reconcile.word.is_some() {
            return None;
        }
        let left =
            self.settings.reconcile_wait.checked_sub(now.saturating_duration_since(reconcile.since))?;
        if left.is_zero() {
            return None;
        }
        let pause = Duration::from_millis(500).saturating_mul(1 << reconcile.polls.min(4));
        Some(pause.min(left))
    }

    fn settle(&mut self, attempt: &Attempt, step: Step) -> Next {
        self.in_doubt.forget(attempt.name.as_deref());
        self.session_in_use = false;
        self.end(step)
    }
}

fn nothing_begun() -> Error {
    Error::state("Nothing was begun: there is nothing to reconcile.")
}

fn not_made(reason: Reason, code: Option<&str>, message: &str) -> Step {
    Step::Fail(Arc::new(Fail {
        reason,
        message: Some(Message::from_text(message)),
        message_code: code.map(str::to_owned),
        retry_after: None,
        can_preserve_state: false,
        raw: json!({"status": "FAIL", "message": message, "messagecode": code}).into(),
    }))
}

/// What an attempt left behind.
struct Traces {
    pending: AuthInfo,
    account: Account,
    /// Seconds since 1970.
    time: Option<i64>,
}

enum Account {
    Exists {
        name: String,
        registered: Option<i64>,
    },
    Missing,
    Invalid,
    /// Users were not asked for.
    Unlisted,
}

fn read_traces(mut reply: Reply) -> Result<Traces> {
    let time = reply.take("curtimestamp").and_then(|time| parse_time(time.as_str()?));
    let mut query = reply.take("query").unwrap_or_default();
    let account = read_account(query.get("users").and_then(|users| users.get(0)));
    let Some(info @ Value::Object(_)) = query.get_mut("authmanagerinfo").map(Value::take) else {
        return Err(Error::protocol("The wiki's answer has no authmanagerinfo."));
    };
    Ok(Traces { pending: AuthInfo::parse(info, None, None)?, account, time })
}

fn read_account(user: Option<&Value>) -> Account {
    let Some(user) = user else { return Account::Unlisted };
    if truthy(user.get("missing")) {
        return Account::Missing;
    }
    if truthy(user.get("invalid")) {
        return Account::Invalid;
    }
    let text = |member: &str| user.get(member).and_then(Value::as_str);
    let registered = match user.get("registration") {
        // Accounts from before 2005 have no time.
        Some(Value::Null) => Some(0),
        _ => text("registration").and_then(parse_time),
    };
    Account::Exists { name: text("name").unwrap_or_default().to_owned(), registered }
}
