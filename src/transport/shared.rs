//! What the clients of one process share: TLS settings with their sessions, and idle connections.
//!
//! A child made by `fork` shares none of this with its parent. Locks that another thread of the
//! parent held at the fork stay locked in the child for ever, and both processes would use the same
//! connections. So each process has an entry of its own, found by its process id without a lock.

use std::{
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use once_cell::race::OnceBox;
use rustls::ClientConfig;

use super::{connection::Connection, error::TransferError, transfer::Transfer, trust::Trust};

/// The entry of one process, and a link to the next: each forked child appends its own.
#[derive(Debug)]
pub(super) struct Process {
    id: u32,
    /// Set by a forked child: process ids are reused, so the id alone does not identify the
    /// process.
    ended: AtomicBool,
    shared: Mutex<Shared>,
    next: OnceBox<Process>,
}

#[derive(Debug, Default)]
struct Shared {
    settings: Vec<Setting>,
    /// The most recently used come last.
    idle: Vec<Idle>,
}

#[derive(Debug)]
struct Setting {
    trust: Trust,
    config: Arc<ClientConfig>,
    made: Instant,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

/// How long a connection may be idle before it is closed.
pub(super) const IDLE: Duration = Duration::from_secs(15);
/// How many connections may be idle.
const MAX_IDLE: usize = 64;
/// How long settings are used before the platform's certificates are read again.
const SETTINGS_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How many settings are kept.
const MAX_SETTINGS: usize = 16;

static FIRST: OnceBox<Process> = OnceBox::new();

impl Process {
    pub(super) fn current() -> &'static Self {
        let id = process::id();
        let mut place = &FIRST;
        loop {
            let process = place.get_or_init(|| Box::new(Self::new(id)));
            if process.id == id && !process.ended.load(Ordering::Relaxed) {
                return process;
            }
            if process.next.get().is_none() {
                process.abandon();
            }
            place = &process.next;
        }
    }

    fn is_current(&self) -> bool {
        self.id == process::id() && !self.ended.load(Ordering::Relaxed)
    }

    fn new(id: u32) -> Self {
        Self { id, ended: AtomicBool::new(false), shared: Mutex::default(), next: OnceBox::new() }
    }

    /// A number that no other client of this process has.
    pub(super) fn next_client() -> u64 {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        COUNT.fetch_add(1, Ordering::Relaxed)
    }

    /// The TLS settings for this trust, shared by all clients that have the same.
    pub(super) fn tls(&self, trust: &Trust) -> Result<Arc<ClientConfig>, TransferError> {
        let mut shared = self.lock();
        shared.settings.retain(|setting| setting.made.elapsed() < SETTINGS_LIFETIME);
        if let Some(setting) = shared.settings.iter().find(|setting| setting.trust == *trust) {
            return Ok(Arc::clone(&setting.config));
        }
        let config = Arc::new(trust.to_config()?);
        if shared.settings.len() == MAX_SETTINGS {
            shared.settings.remove(0);
        }
        shared.settings.push(Setting {
            trust: trust.clone(),
            config: Arc::clone(&config),
            made: Instant::now(),
        });
        Ok(config)
    }

    /// An equal trust for which there are settings already: its certificates have been read, and
    /// its copy of them can be shared.
    pub(super) fn known(&self, trust: &Trust) -> Option<Trust> {
        self.lock().settings.iter().map(|setting| &setting.trust).find(|known| *known == trust).cloned()
    }

    /// An idle connection that this transfer may use, if there is one that is still open.
    pub(super) fn take_idle(&self, transfer: &Transfer) -> Option<Connection> {
        let max_idle = transfer.max_idle?;
        loop {
            let mut connection = self.lock().take(transfer, max_idle)?;
            // Without the lock, because this is a system call.
            if connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for later transfers, or closes it if it belongs to a parent process.
    pub(super) fn put_idle(&self, connection: Connection) {
        if !self.is_current() {
            return;
        }
        let now = Instant::now();
        let mut shared = self.lock();
        shared.purge(now);
        if shared.idle.len() == MAX_IDLE {
            shared.idle.remove(0);
        }
        shared.idle.push(Idle { connection, since: now });
    }

    /// Closes the idle connections that only this client may use.
    pub(super) fn forget(&self, client: u64) {
        self.lock().idle.retain(|idle| idle.connection.owner != Some(client));
    }

    /// Closes the child's copies of its parent's connections, unless the lock was held at the fork.
    /// Nothing is sent over them.
    fn abandon(&self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Ok(mut shared) = self.shared.try_lock() {
            shared.idle.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn take(&mut self, transfer: &Transfer, max_idle: Duration) -> Option<Connection> {
        let now = Instant::now();
        self.purge(now);
        let find = |owner: Option<u64>| {
            self.idle.iter().rposition(|idle| {
                idle.connection.owner == owner
                    && idle.connection.route == transfer.route
                    && now.duration_since(idle.since) < max_idle
            })
        };
        // A client's own connection is preferred, so that it does not occupy a second one.
        let index = find(Some(transfer.client)).or_else(|| find(None))?;
        Some(self.idle.remove(index).connection)
    }

    fn purge(&mut self, now: Instant) {
        self.idle.retain(|idle| now.duration_since(idle.since) < IDLE);
    }
}
