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

use super::{failed::Failed, line::Line, shared::Process, trip::Trip};
use crate::Phase;

/// Looks nothing up: ureq asks before it knows whether there is a connection already.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// The connector of one client: it is told of every exchange before ureq asks for its connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Switchboard(Arc<Mutex<Option<Call>>>);

/// An exchange, and the process where it began; another one may be where it ends, when somebody forks meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub process: &'static Process,
    pub trip: Arc<Trip>,
}

impl Switchboard {
    pub(super) fn set_call(&self, call: Option<Call>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = call;
    }
}

impl Connector<()> for Switchboard {
    type Out = Wire;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let call = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(Call { process, trip }) = call else { return Ok(None) };
        let line = match process.take_idle(&trip) {
            Some(mut line) => {
                trip.progress.kept.set();
                line.layer.socket().set_trip(Some(Arc::clone(&trip)));
                line
            }
            None => Line::establish(&trip)?,
        };
        Ok(Some(Wire::new(line, process, trip)))
    }
}

/// A connection for one exchange.
pub(super) struct Wire {
    line: Option<Line>,
    process: &'static Process,
    trip: Arc<Trip>,
    /// The exchange is over, and another can follow.
    reusable: bool,
}

impl Wire {
    fn new(mut line: Line, process: &'static Process, trip: Arc<Trip>) -> Self {
        if trip.authorized {
            line.owner = Some(trip.client);
        }
        line.room.prepare(trip.head);
        trip.enter(Phase::Send);
        Self { line: Some(line), process, trip, reusable: false }
    }

    fn line(&mut self) -> io::Result<&mut Line> {
        self.line.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Sends what was held back, and notes when the whole request is gone.
    fn send(&mut self) -> Result<(), ureq::Error> {
        let trip = Arc::clone(&self.trip);
        if !trip.has_body {
            // Nobody knows which of its bytes the server needs.
            trip.progress.sent.set();
        }
        let Line { layer, room, .. } = self.line()?;
        let outcome = layer.write_all(room.held());
        room.wipe_output();
        outcome.map_err(Failed::of_io)?;
        if trip.progress.body_is_complete.is_set() {
            trip.progress.sent.set();
        }
        Ok(())
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.line.as_mut().expect("a wire has a line until it is dropped").room
    }

    /// The head waits for the body, so that both go in one packet.
    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let waits = self.trip.has_body && !self.trip.progress.body_is_complete.is_set();
        let room = &mut self.line()?.room;
        room.hold(amount);
        if waits && room.has_more() {
            return Ok(());
        }
        self.send()
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        if !self.line()?.room.held().is_empty() {
            self.send()?;
        }
        if !self.trip.progress.answered.is_set() {
            self.trip.enter(Phase::Answer);
        }
        let Line { layer, room, .. } = self.line()?;
        let count = layer.read(room.input_append_buf()).map_err(Failed::of_io)?;
        room.input_appended(count);
        if count > 0 {
            self.trip.progress.answered.set();
        }
        Ok(count > 0)
    }

    /// Asked when an exchange has come to its end and the server keeps the connection. Whether it holds is found out
    /// when it is used again.
    fn is_open(&mut self) -> bool {
        self.reusable = true;
        true
    }

    fn is_tls(&self) -> bool {
        self.trip.route.secure
    }
}

impl Drop for Wire {
    /// ureq has no room for idle connections here: they are shared by all clients.
    fn drop(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        line.room.wipe();
        if self.reusable {
            line.layer.socket().set_trip(None);
            self.process.put_idle(line);
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("place", &self.trip.route.place).finish_non_exhaustive()
    }
}
