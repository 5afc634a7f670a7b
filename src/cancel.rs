//! Cancelling a call from another thread.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Cancels the call that a [`Client`](crate::Client) is in, from any thread.
///
/// The call returns with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) within a second, or
/// with [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if a creation was already
/// on its way. The client can be used again afterwards. Without a call in progress, cancelling has
/// no effect, even on a call that begins right after; for that, use
/// [`Config::interrupt`](crate::Config::interrupt).
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

/// Called before each exchange, and every [`PULSE`] while a call waits; it returns true to cancel
/// the call.
pub(crate) type Interrupt = Box<dyn FnMut() -> bool + Send>;

/// The longest that a waiting call takes to notice that it is cancelled.
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

    /// Calls the host's [`interrupt`](crate::Config::interrupt), and returns whether the call is
    /// cancelled now. A transport that does its own waiting calls this several times a second, on
    /// the thread that called the transport.
    #[must_use]
    pub fn poll(&self) -> bool {
        let mut state = self.lock();
        if !state.cancelled
            && let Some(mut interrupt) = state.interrupt.take()
        {
            // Without the lock, because the host's function may take long, or cancel.
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
