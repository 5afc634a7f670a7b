//! A TCP connection whose waits end when the call is cancelled.

use std::{
    io::{self, IoSlice, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{error::TransferError, proxy::HostPort, transfer::Transfer};
use crate::{Phase, TransportFailure, cancel::PULSE};

/// A connection that waits in short slices, on the calling thread, and asks its transfer before
/// each whether to go on.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    transfer: Option<Arc<Transfer>>,
    slice: Duration,
}

impl Socket {
    /// Connects to a server, or to the proxy in front of it.
    pub(super) fn connect(
        transfer: &Arc<Transfer>,
        host_port: &HostPort,
        is_proxy: bool,
    ) -> Result<Self, TransferError> {
        let addresses = addresses(transfer, host_port, is_proxy)?;
        let phase = if is_proxy { Phase::Proxy } else { Phase::Connect };
        transfer.enter(phase);
        let end = transfer.connected_by;
        let connected = run_on_thread(transfer, move || first_of(&addresses, end))?;
        let stream = connected.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => TransferError::timed_out(phase),
            _ => TransferError::of_connecting(error),
        })?;
        let set = || {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PULSE))?;
            stream.set_write_timeout(Some(PULSE))
        };
        set().map_err(TransferError::of_connecting)?;
        Ok(Self { stream, transfer: Some(Arc::clone(transfer)), slice: PULSE })
    }

    /// Sets the transfer that it works for from now on, if any.
    pub(super) fn set_transfer(&mut self, transfer: Option<Arc<Transfer>>) {
        self.transfer = transfer;
    }

    /// Whether the connection is open and nothing has come in, as it should be between two
    /// transfers.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(peek_now(&self.stream), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Repeats an operation, which times out after each slice, until it has a result.
    fn sliced<T>(&mut self, mut attempt: impl FnMut(&mut &TcpStream) -> io::Result<T>) -> io::Result<T> {
        let transfer = self.transfer.clone().ok_or(io::ErrorKind::NotConnected)?;
        loop {
            self.fit(transfer.go_on()?);
            match attempt(&mut &self.stream) {
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {}
                    io::ErrorKind::Interrupted => transfer.signalled(),
                    _ => return Err(error),
                },
                done => return done,
            }
        }
    }

    /// Shortens the slices near the time limit, and lengthens them again for the next transfer.
    fn fit(&mut self, left: Duration) {
        let slice = left.clamp(Duration::from_millis(1), PULSE);
        if slice != self.slice {
            // If this fails the connection is broken, and its next operation reports that.
            let _ = self.stream.set_read_timeout(Some(slice));
            let _ = self.stream.set_write_timeout(Some(slice));
            self.slice = slice;
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.sliced(|stream| stream.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sliced(|stream| stream.write(bytes))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.sliced(|stream| stream.write_vectored(slices))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Peeks at what has been received, without waiting.
#[cfg(unix)]
fn peek_now(stream: &TcpStream) -> io::Result<usize> {
    use rustix::net::{RecvFlags, recv};
    Ok(recv(stream, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT)?.0)
}

#[cfg(not(unix))]
fn peek_now(stream: &TcpStream) -> io::Result<usize> {
    stream.set_nonblocking(true)?;
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    peeked
}

/// Resolves a name, on a separate thread. `localhost` is always this machine, whatever a resolver
/// says.
pub(super) fn addresses(
    transfer: &Transfer,
    host_port: &HostPort,
    is_proxy: bool,
) -> Result<Vec<SocketAddr>, TransferError> {
    let port = host_port.port;
    if let Some(address) = host_port.address() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if host_port.host == "localhost" {
        let both = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];
        return Ok(both.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    transfer.enter(if is_proxy { Phase::Proxy } else { Phase::Name });
    let host = host_port.host.clone();
    let found = run_on_thread(transfer, move || (host.as_str(), port).to_socket_addrs().map(Vec::from_iter))?;
    match found {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(TransferError::new(TransportFailure::Name, "has no address")),
        Err(error) => Err(TransferError::of_looking_up(error)),
    }
}

/// Connects to the first address that answers. Each may take half of the time that is left, the
/// last one all of it.
fn first_of(addresses: &[SocketAddr], end: Instant) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (index, address) in addresses.iter().enumerate() {
        let left = end.saturating_duration_since(Instant::now());
        let share = if index + 1 == addresses.len() { left } else { left / 2 };
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Runs what cannot be interrupted on a separate thread, and waits for it. If the call is cancelled
/// or times out, the thread is left to end by its own time limits, and its result is dropped.
fn run_on_thread<T: Send + 'static>(
    transfer: &Transfer,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TransferError> {
    let done = Arc::new(Done::default());
    let at_end = DoneOnDrop(Arc::clone(&done));
    let worker = thread::Builder::new().name("createaccount".to_owned()).spawn(move || {
        let _at_end = at_end;
        work()
    });
    let worker = worker.map_err(TransferError::of_connecting)?;
    while !done.is_set_within(PULSE.min(transfer.left())) {
        transfer.go_on()?;
    }
    worker
        .join()
        .map_err(|_| TransferError::new(TransportFailure::Connect, "cannot be reached: a thread ended early"))
}

/// Signals that a thread has ended. (A channel would do, but it creates a handle for the calling
/// thread, which is never freed in a program whose `main` is not Rust's.)
#[derive(Default)]
struct Done {
    is_done: Mutex<bool>,
    changed: Condvar,
}

impl Done {
    fn is_set_within(&self, time: Duration) -> bool {
        let is_done = self.is_done.lock().unwrap_or_else(PoisonError::into_inner);
        *self
            .changed
            .wait_timeout_while(is_done, time, |is_done| !*is_done)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

/// Sets the signal when the thread ends, however it ends.
struct DoneOnDrop(Arc<Done>);

impl Drop for DoneOnDrop {
    fn drop(&mut self) {
        *self.0.is_done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_one();
    }
}
