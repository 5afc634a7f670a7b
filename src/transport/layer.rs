//! The layers of a connection: TCP, with TLS over it, perhaps twice.

use std::io::{self, IoSlice, Read, Write};

use super::{socket::Socket, tls::Tls};

/// TCP, or TLS over another layer.
#[derive(Debug)]
pub(super) enum Layer {
    Plain(Socket),
    Tls(Box<Tls<Layer>>),
}

impl Layer {
    /// Whether the connection is open, and everything that was received has been read.
    pub(super) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_quiet(),
            Self::Tls(tls) => tls.is_read_up() && tls.under().is_quiet(),
        }
    }

    pub(super) fn socket(&mut self) -> &mut Socket {
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
