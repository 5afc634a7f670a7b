//! Connections as ureq uses them: taken from those that lie idle, or made, and put back.

use std::{
    fmt,
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError},
};

use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport},
    },
};

use super::{connection::Connection, failed::Failed, shared::Process, transfer::Transfer};
use crate::Phase;

/// Looks nothing up: ureq asks before it knows whether there is a connection already.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// The connector of one client: it is told of every transfer before ureq asks for its connection.
#[derive(Clone, Debug, Default)]
pub(super) struct ClientConnector(Arc<Mutex<Option<Call>>>);

/// A transfer, and the process where it began; another one may be where it ends, when somebody forks meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub process: &'static Process,
    pub transfer: Arc<Transfer>,
}

impl ClientConnector {
    pub(super) fn set_call(&self, call: Option<Call>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = call;
    }
}

impl Connector<()> for ClientConnector {
    type Out = Wire;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let call = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(Call { process, transfer }) = call else { return Ok(None) };
        let connection = match process.take_idle(&transfer) {
            Some(mut connection) => {
                transfer.progress.kept.set();
                connection.layer.socket().set_transfer(Some(Arc::clone(&transfer)));
                connection
            }
            None => Connection::establish(&transfer)?,
        };
        Ok(Some(Wire::new(connection, process, transfer)))
    }
}

/// A connection for one transfer.
pub(super) struct Wire {
    connection: Option<Connection>,
    process: &'static Process,
    transfer: Arc<Transfer>,
    /// The transfer is over, and another can follow.
    reusable: bool,
}

impl Wire {
    fn new(mut connection: Connection, process: &'static Process, transfer: Arc<Transfer>) -> Self {
        if transfer.authorized {
            connection.owner = Some(transfer.client);
        }
        connection.buffers.prepare(transfer.head);
        transfer.enter(Phase::Send);
        Self { connection: Some(connection), process, transfer, reusable: false }
    }

    fn connection(&mut self) -> io::Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Sends what was held back, and notes when the whole request is gone.
    fn send(&mut self) -> Result<(), ureq::Error> {
        let transfer = Arc::clone(&self.transfer);
        if !transfer.has_body {
            // Nobody knows which of its bytes the server needs.
            transfer.progress.sent.set();
        }
        let Connection { layer, buffers, .. } = self.connection()?;
        let outcome = layer.write_all(buffers.held());
        buffers.wipe_output();
        outcome.map_err(Failed::of_io)?;
        if transfer.progress.body_is_complete.is_set() {
            transfer.progress.sent.set();
        }
        Ok(())
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.connection.as_mut().expect("a wire has a connection until it is dropped").buffers
    }

    /// The head waits for the body, so that both go in one packet.
    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let waits = self.transfer.has_body && !self.transfer.progress.body_is_complete.is_set();
        let buffers = &mut self.connection()?.buffers;
        buffers.hold(amount);
        if waits && buffers.has_more() {
            return Ok(());
        }
        self.send()
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        if !self.connection()?.buffers.held().is_empty() {
            self.send()?;
        }
        if !self.transfer.progress.answered.is_set() {
            self.transfer.enter(Phase::Answer);
        }
        let Connection { layer, buffers, .. } = self.connection()?;
        let count = layer.read(buffers.input_append_buf()).map_err(Failed::of_io)?;
        buffers.input_appended(count);
        if count > 0 {
            self.transfer.progress.answered.set();
        }
        Ok(count > 0)
    }

    /// Asked when a transfer has come to its end and the server keeps the connection. Whether it holds is found out
    /// when it is used again.
    fn is_open(&mut self) -> bool {
        self.reusable = true;
        true
    }

    fn is_tls(&self) -> bool {
        self.transfer.route.secure
    }
}

impl Drop for Wire {
    /// ureq has no room for idle connections here: they are shared by all clients.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        connection.buffers.wipe();
        if self.reusable {
            connection.layer.socket().set_transfer(None);
            self.process.put_idle(connection);
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("place", &self.transfer.route.place).finish_non_exhaustive()
    }
}
