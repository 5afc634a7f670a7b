//! Where a conversation stands.

use std::{sync::Arc, time::Instant};

use super::{
    attempt::Attempt,
    complete::Complete,
    course::{Course, Purpose},
    exchange::Module,
    form::Form,
    redirect::{Redirect, ReturnUrl},
    retry::Retry,
    session::Session,
    step::{Fail, Pass, Step},
};
use crate::{Error, Result, Secret, protocol::Notice};

/// The state of a conversation, with all that it needs. Between two calls of the host it is Idle,
/// Form, Asking, Away, Unknown or Ended; in the other states a request is on its way.
#[derive(Debug, Default)]
pub(crate) enum State {
    /// Nothing was begun.
    #[default]
    Idle,
    /// The form is being fetched.
    Fetching(Fetching),
    /// The form has arrived, and waits for an answer.
    Form(Opening),
    /// An answer to a step is on its way.
    Posting(Box<Posting>),
    /// The wiki's answer to a creation is doubtful, and the wiki is asked whether it is true.
    Verifying(Verifying),
    /// The wiki gave several reasons at once for a failure, and is asked what they are.
    Explaining(Explaining),
    /// The wiki has a further question (UI).
    Asking(Asking),
    /// The person is visiting a third party (REDIRECT).
    Away(Away),
    /// A login by name and password is on its way.
    LoggingIn(LoggingIn),
    /// The wiki is asked what became of an attempt.
    Reconciling(Reconciling),
    /// The answer to a creation was lost.
    Unknown(Attempt),
    /// PASS, FAIL, RESTART, or a status that this version does not know.
    Ended(Step),
}

#[derive(Debug)]
pub(crate) struct Fetching {
    pub(super) module: Module,
    pub(super) preserve: bool,
    pub(super) retry: Retry,
}

#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(super) form: Arc<Form>,
    pub(super) module: Module,
    pub(super) preserve: bool,
    pub(super) return_url: ReturnUrl,
}

#[derive(Debug)]
pub(crate) struct Posting {
    /// The step that is answered.
    pub(super) answered: PendingStep,
    pub(super) complete: Complete,
    pub(super) course: Course,
    /// When it was sent, in seconds since 1970 by the wiki's clock.
    pub(super) sent: Option<i64>,
    pub(super) token: Token,
    pub(super) retry: Retry,
}

/// Where the answer gets its token from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// From the form.
    Known,
    /// A new token is being fetched, and the answer waits for it.
    Renewing,
    Renewed,
}

#[derive(Debug)]
pub(crate) struct Verifying {
    pub(super) attempt: Attempt,
    pub(super) claim: Box<Claim>,
    /// Whether to ask about the account too. False if the attempt has no name, or if the wiki does not
    /// list its users.
    pub(super) asks_for_account: bool,
    pub(super) retry: Retry,
}

/// What the wiki's doubtful answer claims.
#[derive(Debug)]
pub(super) enum Claim {
    /// PASS, for a name spelled differently from the one asked for.
    Pass { pass: Pass, is_first: bool },
    /// FAIL, because of an account that may be the attempt's own, or because the wiki does not know
    /// the flow.
    Fail(Fail),
    /// A page from something in front of the wiki. If the wiki did nothing, the step is pending
    /// again.
    Page { error: Error, answered: PendingStep },
}

#[derive(Debug)]
pub(crate) struct Explaining {
    pub(super) fail: Fail,
    pub(super) retry: Retry,
}

#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(super) form: Arc<Form>,
    pub(super) course: Course,
}

#[derive(Clone, Debug)]
pub(crate) struct Away {
    pub(super) redirect: Arc<Redirect>,
    pub(super) course: Course,
}

#[derive(Debug)]
pub(crate) struct LoggingIn {
    pub(super) username: String,
    pub(super) password: Secret,
    pub(super) stage: LoginStage,
    pub(super) retry: Retry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoginStage {
    /// The form of `action=clientlogin` is being fetched.
    Form,
    /// A token for `action=login` is being fetched.
    BotToken,
    /// `action=login` is on its way with a bot password.
    BotPassword,
}

#[derive(Debug)]
pub(crate) struct Reconciling {
    pub(super) attempt: Attempt,
    pub(super) subject: Subject,
    /// The previous state, which is restored unless the outcome replaces it.
    pub(super) before: Box<State>,
    pub(super) since: Instant,
    pub(super) polls: u32,
    /// Whether to ask about the account too. False if the attempt has no name, or if the wiki does not
    /// list its users.
    pub(super) asks_for_account: bool,
    pub(super) retry: Retry,
}

/// What is being reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The current flow, whose outcome is unknown.
    Outcome,
    /// The step that is pending.
    Step,
    /// An attempt of an earlier flow.
    Earlier,
    /// A name that the host remembers.
    Remembered,
}

/// A step that waits for the host's answer.
#[derive(Clone, Debug)]
pub(super) enum PendingStep {
    Form(Opening),
    Asking(Asking),
    Away(Away),
}

impl State {
    /// The step that is pending, or that ended the flow.
    pub(super) fn step(&self) -> Option<Step> {
        match self {
            Self::Form(opening) => Some(Step::Form(opening.form.clone())),
            Self::Asking(asking) => Some(Step::Ui(asking.form.clone())),
            Self::Away(away) => Some(Step::Redirect(away.redirect.clone())),
            Self::Ended(step) => Some(step.clone()),
            _ => None,
        }
    }

    /// The fields that the host may answer now.
    pub(super) fn form(&self) -> Option<&Form> {
        match self {
            Self::Form(opening) => Some(&opening.form),
            Self::Asking(asking) => Some(&asking.form),
            Self::Away(away) => Some(&away.redirect.form),
            _ => None,
        }
    }

    /// The step that waits for an answer, or the unchanged state if none does.
    pub(super) fn waiting(self) -> Result<PendingStep, Box<Self>> {
        match self {
            Self::Form(opening) => Ok(PendingStep::Form(opening)),
            Self::Asking(asking) => Ok(PendingStep::Asking(asking)),
            Self::Away(away) => Ok(PendingStep::Away(away)),
            other => Err(Box::new(other)),
        }
    }

    /// The attempt of a creation that has a later step pending.
    pub(super) fn open_attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Asking(Asking { course, .. }) | Self::Away(Away { course, .. }) => course.attempt(),
            _ => None,
        }
    }

    /// Gives up what is under way, and returns whether that needs a new session on the wiki.
    pub(super) fn abandon(self, session: &mut Session) -> bool {
        // The account may have been made before an open step, or by an earlier request whose answer
        // was lost.
        let open = self.open_attempt().cloned().map(Attempt::contested);
        let doubtful = match self {
            Self::Unknown(attempt) => Some(attempt.reported_unknown()),
            _ => open,
        };
        if let Some(attempt) = doubtful {
            session.ledger.add(attempt);
        }
        session.abandon()
    }

    /// The state between two calls, even if the last one broke off with a panic (of a host's
    /// transport, for instance).
    pub(super) fn at_rest(self, session: &mut Session) -> Self {
        match self {
            Self::Posting(posting) => {
                session.lost(posting.course.attempt());
                match posting.course.purpose {
                    Purpose::Creation(attempt) => Self::Unknown(attempt.interrupted()),
                    Purpose::Login(_) => posting.answered.into(),
                }
            }
            Self::Verifying(verifying) => Self::Unknown(verifying.attempt),
            Self::Explaining(explaining) => Self::Ended(Step::Fail(Arc::new(explaining.fail))),
            Self::Reconciling(reconciling) => *reconciling.before,
            Self::Fetching(_) | Self::LoggingIn(_) => Self::Idle,
            resting => resting,
        }
    }
}

impl PendingStep {
    pub(super) fn form(&self) -> &Form {
        match self {
            Self::Form(opening) => &opening.form,
            Self::Asking(asking) => &asking.form,
            Self::Away(away) => &away.redirect.form,
        }
    }

    pub(super) fn is_first(&self) -> bool {
        matches!(self, Self::Form(_))
    }

    /// The course of a later step.
    pub(super) fn course(&self) -> Option<Course> {
        match self {
            Self::Form(_) => None,
            Self::Asking(Asking { course, .. }) | Self::Away(Away { course, .. }) => Some(course.clone()),
        }
    }

    /// The same step after an answer that had no effect but to change the course.
    pub(super) fn with_course(self, course: Course) -> Self {
        match self {
            Self::Form(opening) => Self::Form(opening),
            Self::Asking(asking) => Self::Asking(Asking { course, ..asking }),
            Self::Away(away) => Self::Away(Away { course, ..away }),
        }
    }

    /// The same later step with this message above it, and its new course.
    pub(super) fn with_notice(self, notice: Notice, course: Course) -> Self {
        match self {
            Self::Form(opening) => Self::Form(opening),
            Self::Asking(asking) => {
                let form = Arc::unwrap_or_clone(asking.form).with_notice(notice);
                Self::Asking(Asking { form: Arc::new(form), course })
            }
            Self::Away(away) => {
                let mut redirect = Arc::unwrap_or_clone(away.redirect);
                redirect.form = redirect.form.with_notice(notice);
                Self::Away(Away { redirect: Arc::new(redirect), course })
            }
        }
    }
}

impl From<PendingStep> for State {
    fn from(waiting: PendingStep) -> Self {
        match waiting {
            PendingStep::Form(opening) => Self::Form(opening),
            PendingStep::Asking(asking) => Self::Asking(asking),
            PendingStep::Away(away) => Self::Away(away),
        }
    }
}
