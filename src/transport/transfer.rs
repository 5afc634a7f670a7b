//! One transfer under way: where it goes, how long it may take, and how far it has come.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{error::TransferError, route::Route};
use crate::{Canceller, Phase, cancel::PULSE};

/// What the layers below HTTP must know about the transfer that they work for, and the progress
/// that they record.
#[derive(Debug)]
pub(super) struct Transfer {
    pub route: Route,
    /// The client's number in this process.
    pub client: u64,
    /// Whether the request may authenticate its sender: only this client uses its connection from
    /// then on.
    pub authorized: bool,
    /// How long the connection may have been idle; if `None`, a new one is made.
    pub max_idle: Option<Duration>,
    /// Whether the request has a body.
    pub has_body: bool,
    /// The approximate length of the head, in bytes.
    pub head: usize,
    /// When the connection must be established.
    pub connected_by: Instant,
    /// When the answer must be complete.
    pub ended_by: Instant,
    pub canceller: Canceller,
    pub progress: Progress,
}

#[derive(Debug)]
pub(super) struct Progress {
    phase: Mutex<Phase>,
    /// When the canceller was last polled.
    asked: Mutex<Instant>,
    /// ureq has read the whole body.
    pub body_is_complete: Flag,
    /// The whole request may have reached the wiki, which may then act on it. It cannot act on
    /// less: the token comes last.
    pub sent: Flag,
    /// The connection is a reused one.
    pub reused: Flag,
    /// Some of the answer was received.
    pub answered: Flag,
}

impl Progress {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Mutex::new(Phase::Connect),
            asked: Mutex::new(now),
            body_is_complete: Flag::default(),
            sent: Flag::default(),
            reused: Flag::default(),
            answered: Flag::default(),
        }
    }
}

impl Transfer {
    pub(super) fn enter(&self, phase: Phase) {
        *self.progress.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Whether to go on waiting, and how much time is left for the current phase. Called before
    /// every wait; it polls the canceller at most twenty times a second.
    pub(super) fn go_on(&self) -> Result<Duration, TransferError> {
        let now = Instant::now();
        let mut asked = self.progress.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(*asked) >= PULSE {
            *asked = now;
            drop(asked);
            if self.canceller.poll() {
                return Err(TransferError::cancelled());
            }
        }
        let phase = self.phase();
        match self.end(phase).saturating_duration_since(now) {
            Duration::ZERO => Err(TransferError::timed_out(phase)),
            left => Ok(left),
        }
    }

    /// A signal interrupted the wait. The host may want to stop because of it, so the canceller is
    /// polled before the next wait.
    pub(super) fn signalled(&self) {
        if let Some(before) = Instant::now().checked_sub(PULSE) {
            *self.progress.asked.lock().unwrap_or_else(PoisonError::into_inner) = before;
        }
    }

    /// The time that is left for the current phase.
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
