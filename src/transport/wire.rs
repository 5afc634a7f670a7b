//! The connections that ureq uses: reused or new ones, which are put back for other transfers.

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

use super::{connection::Connection, error::TransferError, shared::Process, transfer::Transfer};
use crate::Phase;

/// Looks nothing up: ureq would resolve the name before it knows whether a connection can be
/// reused.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// The connector of one client. It is given each transfer before ureq asks for its connection.
#[derive(Clone, Debug, Default)]
pub(super) struct ClientConnector(Arc<Mutex<Option<Call>>>);

/// A transfer, and the process in which it began; after a fork it may end in another one.
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
                transfer.progress.reused.set();
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

    /// Sends what was held back, and records when the whole request may have arrived.
    fn send(&mut self) -> Result<(), ureq::Error> {
        let transfer = Arc::clone(&self.transfer);
        if !transfer.has_body {
            // It is not known how much of a request without a body the server needs, so it counts
            // as sent.
            transfer.progress.sent.set();
        }
        let Connection { layer, buffers, .. } = self.connection()?;
        let outcome = layer.write_all(buffers.held());
        buffers.wipe_output();
        outcome.map_err(TransferError::of_io)?;
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
        let count = layer.read(buffers.input_append_buf()).map_err(TransferError::of_io)?;
        buffers.input_appended(count);
        if count > 0 {
            self.transfer.progress.answered.set();
        }
        Ok(count > 0)
    }

    /// Called when a transfer has ended and the server keeps the connection. Whether it is still
    /// open is checked when it is reused.
    fn is_open(&mut self) -> bool {
        self.reusable = true;
        true
    }

    fn is_tls(&self) -> bool {
        self.transfer.route.secure
    }
}

impl Drop for Wire {
    /// Puts the connection back, for all clients to share: ureq's own pool is switched off.
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
        f.debug_struct("Wire").field("host_port", &self.transfer.route.host_port).finish_non_exhaustive()
    }
}
