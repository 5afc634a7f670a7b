//! Cancelling a call from another thread.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Cancels the call that a [`Client`](crate::Client) is in, from any thread.
///
/// The call returns with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) within a second, or with
/// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if a creation was on its way already. The client
/// can be used again afterwards. Without a call in progress nothing happens, even if one begins right after: what must
/// count then too is for [`Config::interrupt`](crate::Config::interrupt).
#[derive(Clone, Default)]
pub struct Canceller(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Default)]
struct State {
    calling: bool,
    cancelled: bool,
    interrupt: Option<Interrupt>,
}

/// Asked before each exchange, and every [`PULSE`] while a call waits; true cancels it.
pub(crate) type Interrupt = Box<dyn FnMut() -> bool + Send>;

/// How long a waiting call takes to notice that it is cancelled, at most.
pub(crate) const PULSE: Duration = Duration::from_millis(50);

impl Canceller {
    /// Cancels the call in progress.
    pub fn cancel(&self) {
        let mut state = self.lock();
        state.cancelled = state.calling;
        self.0.woken.notify_all();
    }

    /// Whether the call in progress is cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Asks the host's [`interrupt`](crate::Config::interrupt), and returns whether the call is cancelled now. A transport
    /// that waits in its own way calls this some times a second, on the thread that it was called on.
    #[must_use]
    pub fn poll(&self) -> bool {
        let mut state = self.lock();
        if !state.cancelled
            && let Some(mut interrupt) = state.interrupt.take()
        {
            // Unlocked, because the host's function may take its time, or cancel.
            drop(state);
            let interrupted = interrupt();
            state = self.lock();
            state.cancelled |= interrupted;
            state.interrupt = Some(interrupt);
        }
        state.cancelled
    }

    pub(crate) fn on_interrupt(&self, interrupt: Interrupt) {
        self.lock().interrupt = Some(interrupt);
    }

    /// Marks a call as in progress until the guard is dropped.
    pub(crate) fn enter(&self) -> Entered {
        let mut state = self.lock();
        state.calling = true;
        state.cancelled = false;
        Entered(self.clone())
    }

    /// Waits, and returns whether the call was cancelled meanwhile.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while !self.poll() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let state = self.lock();
            if !state.cancelled {
                drop(self.0.woken.wait_timeout(state, left.min(PULSE)));
            }
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}

pub(crate) struct Entered(Canceller);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.lock().calling = false;
    }
}
