//! The course of a flow.

use serde::{Deserialize, Serialize};

use super::{attempt::Attempt, exchange::Module, redirect::ReturnUrl};

/// What a flow carries from step to step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Course {
    pub(super) purpose: Purpose,
    /// How many answers led to a further step.
    pub(super) rounds: u32,
}

/// What a flow is for. Only a creation has an attempt, whose outcome can be in doubt.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Purpose {
    Creation(Attempt),
    Login(ReturnUrl),
}

impl Course {
    /// The attempt, if the flow is a creation.
    pub(super) fn attempt(&self) -> Option<&Attempt> {
        match &self.purpose {
            Purpose::Creation(attempt) => Some(attempt),
            Purpose::Login(_) => None,
        }
    }

    pub(super) fn module(&self) -> Module {
        match self.purpose {
            Purpose::Creation(_) => Module::Create,
            Purpose::Login(_) => Module::Login,
        }
    }

    /// The URL to which a third party sends the person back. It is the flow's own, even if the
    /// settings have changed.
    pub(super) fn return_url(&self) -> &ReturnUrl {
        match &self.purpose {
            Purpose::Creation(attempt) => &attempt.return_url,
            Purpose::Login(return_url) => return_url,
        }
    }

    /// The same course, with its attempt changed; a login has none.
    pub(super) fn map(self, change: impl FnOnce(Attempt) -> Attempt) -> Self {
        match self.purpose {
            Purpose::Creation(attempt) => Self { purpose: Purpose::Creation(change(attempt)), ..self },
            Purpose::Login(_) => self,
        }
    }
}
