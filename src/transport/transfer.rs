//! One transfer under way: where it goes, how long it may take, and how far it has come.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{failed::Failed, route::Route};
use crate::{Canceller, Phase, cancel::PULSE};

/// What the layers below HTTP have to know of the transfer that they work for, and what they note of it.
#[derive(Debug)]
pub(super) struct Transfer {
    pub route: Route,
    /// The client, by its number among all.
    pub client: u64,
    /// Whether the request says who sends it: its connection is this client's from then on.
    pub authorized: bool,
    /// How long a connection may have been idle; without it a new one is made.
    pub oldest: Option<Duration>,
    /// Whether bytes follow the head.
    pub has_body: bool,
    /// About how long the head is, in bytes.
    pub head: usize,
    /// When the connection has to be there.
    pub connected_by: Instant,
    /// When the answer has to be there.
    pub ended_by: Instant,
    pub canceller: Canceller,
    pub progress: Progress,
}

#[derive(Debug)]
pub(super) struct Progress {
    phase: Mutex<Phase>,
    /// When the canceller was asked last.
    asked: Mutex<Instant>,
    /// The body was handed over to its last byte.
    pub body_is_complete: Flag,
    /// The socket took all of the request, so the wiki may act on it. On anything less it cannot: the token comes last.
    pub sent: Flag,
    /// The connection had been used before.
    pub kept: Flag,
    /// Something came back.
    pub answered: Flag,
}

impl Progress {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Mutex::new(Phase::Connect),
            asked: Mutex::new(now),
            body_is_complete: Flag::default(),
            sent: Flag::default(),
            kept: Flag::default(),
            answered: Flag::default(),
        }
    }
}

impl Transfer {
    pub(super) fn enter(&self, phase: Phase) {
        *self.progress.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Tells whether to go on waiting, and for how long the present phase may; asked before every wait. The host is asked
    /// some twenty times a second at most.
    pub(super) fn go_on(&self) -> Result<Duration, Failed> {
        let now = Instant::now();
        let mut asked = self.progress.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(*asked) >= PULSE {
            *asked = now;
            drop(asked);
            if self.canceller.poll() {
                return Err(Failed::cancelled());
            }
        }
        let phase = self.phase();
        match self.end(phase).saturating_duration_since(now) {
            Duration::ZERO => Err(Failed::timed_out(phase)),
            left => Ok(left),
        }
    }

    /// A signal came, which the host may take for a reason to stop: it is asked before the next wait.
    pub(super) fn signalled(&self) {
        if let Some(before) = Instant::now().checked_sub(PULSE) {
            *self.progress.asked.lock().unwrap_or_else(PoisonError::into_inner) = before;
        }
    }

    /// The time that is left for the present phase.
    pub(super) fn left(&self) -> Duration {
        self.end(self.phase()).saturating_duration_since(Instant::now())
    }

    fn phase(&self) -> Phase {
        *self.progress.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, phase: Phase) -> Instant {
        match phase {
            Phase::Name | Phase::Connect | Phase::Proxy | Phase::Tls => self.connected_by,
            Phase::Send | Phase::Answer | Phase::Body => self.ended_by,
        }
    }
}

/// Something that happens once.
#[derive(Debug, Default)]
pub(super) struct Flag(AtomicBool);

impl Flag {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
