//! Connections as ureq uses them: taken from those that lie idle, or made, and put back.

use std::{
    fmt,
    io::{self, IoSlice, Read, Write},
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
use zeroize::Zeroize;

use super::{
    failed::Failed,
    socket::Socket,
    tls::Tls,
    trip::{Route, Trip},
    tunnel,
};
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
pub(super) struct Switchboard(Arc<Mutex<Option<Arc<Trip>>>>);

impl Switchboard {
    pub(super) fn set_trip(&self, trip: Option<Arc<Trip>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trip;
    }
}

impl Connector<()> for Switchboard {
    type Out = Wire;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let trip = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(trip) = trip else { return Ok(None) };
        let line = match trip.process.take_idle(&trip) {
            Some(mut line) => {
                trip.progress.kept.set();
                line.layer.socket().set_trip(Some(Arc::clone(&trip)));
                line
            }
            None => Line::establish(&trip)?,
        };
        Ok(Some(Wire::new(line, trip)))
    }
}

/// A connection to a server, through whatever lies between.
#[derive(Debug)]
pub(super) struct Line {
    pub route: Route,
    /// The client that the server knows at this connection.
    pub owner: Option<u64>,
    layer: Layer,
    room: Room,
}

impl Line {
    /// Whether nothing came since its last use, not even its end.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.layer.is_quiet()
    }

    fn establish(trip: &Arc<Trip>) -> Result<Self, Failed> {
        let route = &trip.route;
        let mut layer = match &route.proxy {
            None => Layer::Plain(Socket::connect(trip, &route.place, false)?),
            Some(proxy) => tunnel::through(trip, proxy)?,
        };
        if let Some(config) = route.tls.as_ref().filter(|_| route.secure) {
            trip.enter(Phase::Tls);
            layer = Layer::Tls(Tls::start(Arc::clone(config), &route.place, layer)?);
        }
        Ok(Self { route: route.clone(), owner: None, layer, room: Room::default() })
    }
}

/// TCP, or TLS over another layer.
#[derive(Debug)]
pub(super) enum Layer {
    Plain(Socket),
    Tls(Box<Tls>),
}

impl Layer {
    /// Whether nothing was received that nobody has read, and the connection stands.
    fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_quiet(),
            Self::Tls(tls) => tls.is_read_up() && tls.under().is_quiet(),
        }
    }

    fn socket(&mut self) -> &mut Socket {
        let mut layer = self;
        loop {
            match layer {
                Self::Plain(socket) => return socket,
                Self::Tls(tls) => layer = tls.under(),
            }
        }
    }
}

impl Read for Layer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Layer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write_vectored(slices),
            Self::Tls(tls) => tls.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

/// A connection for one exchange.
pub(super) struct Wire {
    line: Option<Line>,
    trip: Arc<Trip>,
    /// The exchange is over, and another can follow.
    reusable: bool,
}

impl Wire {
    fn new(mut line: Line, trip: Arc<Trip>) -> Self {
        if trip.authorized {
            line.owner = Some(trip.client);
        }
        line.room.prepare(trip.head);
        trip.enter(Phase::Send);
        Self { line: Some(line), trip, reusable: false }
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
            self.trip.process.put_idle(line);
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("place", &self.trip.route.place).finish_non_exhaustive()
    }
}

/// The buffers of a connection. Secrets pass through them, so they are wiped.
#[derive(Default)]
struct Room {
    input: Vec<u8>,
    /// The part of the input that is filled and not yet used.
    from: usize,
    to: usize,
    /// How much of the input was ever filled since it was wiped.
    touched: usize,
    /// Whether the input moved on since it was looked at.
    progress: bool,
    output: Vec<u8>,
    /// How much of the output waits to be sent.
    held: usize,
}

/// The size of a buffer, to begin with.
const ROOM: usize = 16 * 1024;
/// The size that it grows to; ureq gives up on longer headers before.
const MOST_ROOM: usize = 8 * ROOM;
/// What is kept free behind a head that waits for its body.
const FOR_BODY: usize = 4 * 1024;

impl Room {
    /// Makes room for a head of about this size.
    fn prepare(&mut self, head: usize) {
        let size = ROOM.max(head + 2 * FOR_BODY);
        if self.output.len() < size {
            self.output.resize(size, 0);
        }
        if self.input.is_empty() {
            self.input.resize(ROOM, 0);
        }
    }

    fn held(&self) -> &[u8] {
        &self.output[..self.held]
    }

    fn hold(&mut self, amount: usize) {
        self.held += amount;
    }

    fn has_more(&self) -> bool {
        self.output.len() - self.held >= FOR_BODY
    }

    fn wipe_output(&mut self) {
        self.output[..self.held].zeroize();
        self.held = 0;
    }

    fn wipe(&mut self) {
        self.wipe_output();
        self.input[..self.touched].zeroize();
        (self.from, self.to, self.touched, self.progress) = (0, 0, 0, false);
        // A large answer is rare.
        if self.input.len() > ROOM {
            self.input = Vec::new();
        }
    }
}

impl Buffers for Room {
    fn output(&mut self) -> &mut [u8] {
        &mut self.output[self.held..]
    }

    fn input(&self) -> &[u8] {
        &self.input[self.from..self.to]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        if self.from == self.to {
            (self.from, self.to) = (0, 0);
        } else if self.to == self.input.len() {
            self.input.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
            if self.to > self.input.len() / 2 && self.input.len() < MOST_ROOM {
                self.grow();
            }
        }
        &mut self.input[self.to..]
    }

    fn input_appended(&mut self, amount: usize) {
        self.to += amount;
        self.touched = self.touched.max(self.to);
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.from += amount;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        // Nothing is read before the request is sent, so the input is free.
        (&mut self.input[self.to..], &mut self.output[self.held..])
    }

    fn can_use_input(&self) -> bool {
        self.from < self.to && self.progress
    }
}

impl Room {
    /// Doubles the input, leaving nothing behind.
    fn grow(&mut self) {
        let mut larger = vec![0; 2 * self.input.len()];
        larger[..self.to].copy_from_slice(&self.input[..self.to]);
        self.input.zeroize();
        self.input = larger;
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Room")
    }
}
