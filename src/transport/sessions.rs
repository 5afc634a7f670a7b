//! TLS sessions that later connections can resume.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::{
    NamedGroup,
    client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue},
    pki_types::ServerName,
};

/// What is known about some servers. rustls has a store of its own, but that keeps only a pointer
/// into the middle of its table, which leak checkers report as lost.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Vec<Known>>);

#[derive(Debug)]
struct Known {
    server: ServerName<'static>,
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    /// Each is used once, the newest first.
    tls13: Vec<Tls13ClientSessionValue>,
}

/// How many servers are remembered; the oldest is forgotten first.
const MAX_SERVERS: usize = 32;
/// How many tickets of one server are kept.
const MAX_TICKETS: usize = 8;

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Updates what is known about a server, and adds the server if it is new.
    fn update(&self, server: ServerName<'static>, change: impl FnOnce(&mut Known)) {
        let mut all = self.lock();
        if let Some(known) = all.iter_mut().find(|known| known.server == server) {
            return change(known);
        }
        if all.len() == MAX_SERVERS {
            all.remove(0);
        }
        let mut known = Known { server, group: None, tls12: None, tls13: Vec::new() };
        change(&mut known);
        all.push(known);
    }

    /// Calls `look` with what is known about a server, if anything is.
    fn find<T>(&self, server: &ServerName<'_>, look: impl FnOnce(&mut Known) -> Option<T>) -> Option<T> {
        self.lock().iter_mut().find(|known| known.server == *server).and_then(look)
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.update(server, |known| known.group = Some(group));
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        self.find(server, |known| known.group)
    }

    fn set_tls12_session(&self, server: ServerName<'static>, session: Tls12ClientSessionValue) {
        self.update(server, |known| known.tls12 = Some(session));
    }

    fn tls12_session(&self, server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.find(server, |known| known.tls12.clone())
    }

    fn remove_tls12_session(&self, server: &ServerName<'static>) {
        self.find(server, |known| known.tls12.take());
    }

    fn insert_tls13_ticket(&self, server: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        self.update(server, |known| {
            if known.tls13.len() == MAX_TICKETS {
                known.tls13.remove(0);
            }
            known.tls13.push(ticket);
        });
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.find(server, |known| known.tls13.pop())
    }
}
