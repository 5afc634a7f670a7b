//! The ledger: creations whose outcome is in doubt. A login is never among them.

use serde::{Deserialize, Serialize};

use super::{attempt::Attempt, redirect::ReturnUrl};

/// The attempts of a conversation whose outcome is in doubt, the latest last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ledger(Vec<Attempt>);

/// How many attempts in doubt are remembered.
const MAX_ATTEMPTS: usize = 16;

impl Ledger {
    pub(super) fn add(&mut self, attempt: Attempt) {
        // One name needs one entry: a new attempt at it inherits the doubt of the earlier one.
        self.forget(attempt.name.as_deref());
        if self.0.len() == MAX_ATTEMPTS {
            // Attempts that the host may still ask about are dropped last.
            let index = self.0.iter().position(|attempt| !attempt.is_open()).unwrap_or_default();
            self.0.remove(index);
        }
        self.0.push(attempt);
    }

    /// Whether it is within the limit; one from a saved flow might not be.
    pub(super) fn is_within_limit(&self) -> bool {
        self.0.len() <= MAX_ATTEMPTS
    }

    pub(super) fn attempts(&self) -> impl Iterator<Item = &Attempt> + Clone {
        self.0.iter()
    }

    /// A new attempt at that name, which inherits the doubt of an earlier one.
    pub(super) fn attempt_at(&self, name: Option<&str>, return_url: ReturnUrl) -> Attempt {
        match self.0.iter().rev().find(|attempt| attempt.has_name(name)) {
            Some(earlier) => earlier.renewed(name, return_url),
            None => Attempt::new(name, return_url),
        }
    }

    /// The latest attempt whose outcome is still to be found out. One with a name comes first:
    /// without it, the wiki can hardly be asked.
    pub(super) fn latest_open(&self) -> Option<&Attempt> {
        let open = || self.0.iter().rev().filter(|attempt| attempt.is_open());
        open().find(|attempt| attempt.name.is_some()).or_else(|| open().next())
    }

    pub(super) fn forget(&mut self, name: Option<&str>) {
        self.0.retain(|attempt| !attempt.has_name(name));
    }

    /// Remembers how the wiki writes that name.
    pub(super) fn set_spelling(&mut self, name: Option<&str>, spelling: &str) {
        for attempt in self.0.iter_mut().filter(|attempt| attempt.has_name(name)) {
            *attempt = attempt.clone().with_spelling(Some(spelling));
        }
    }
}
