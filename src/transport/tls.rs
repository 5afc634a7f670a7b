//! TLS by rustls, over any connection.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use rustls::{ClientConfig, ClientConnection, pki_types::ServerName};

use super::{error::TransferError, proxy::HostPort};
use crate::TransportFailure;

/// TLS over a connection.
#[derive(Debug)]
pub(super) struct Tls<L> {
    session: ClientConnection,
    under: L,
}

impl<L: Read + Write> Tls<L> {
    /// Performs the handshake with the server of this name.
    pub(super) fn start(
        config: Arc<ClientConfig>,
        host_port: &HostPort,
        under: L,
    ) -> Result<Box<Self>, TransferError> {
        let name = ServerName::try_from(host_port.bare_host().to_owned()).map_err(|_| {
            TransferError::new(
                TransportFailure::Certificate,
                "cannot be checked, because its host is not a name",
            )
        })?;
        let session = ClientConnection::new(config, name).map_err(TransferError::of_tls)?;
        let mut tls = Box::new(Self { session, under });
        tls.shake_hands().map_err(TransferError::of_io)?;
        Ok(tls)
    }

    pub(super) fn under(&mut self) -> &mut L {
        &mut self.under
    }

    /// Whether everything that was received has been read.
    pub(super) fn is_read_up(&mut self) -> bool {
        self.session.process_new_packets().is_ok_and(|state| state.plaintext_bytes_to_read() == 0)
    }

    fn shake_hands(&mut self) -> io::Result<()> {
        while self.session.is_handshaking() {
            if self.session.wants_write() {
                self.session.write_tls(&mut self.under)?;
            } else if !self.receive()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Receives the next data, and returns whether there was any before the end.
    fn receive(&mut self) -> io::Result<bool> {
        let count = self.session.read_tls(&mut self.under)?;
        if let Err(error) = self.session.process_new_packets() {
            // Tells the server why, if it still listens.
            let _ = self.session.write_tls(&mut self.under);
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(count > 0)
    }
}

impl<L: Read + Write> Read for Tls<L> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.session.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.receive()?;
                }
                done => return done,
            }
        }
    }
}

impl<L: Read + Write> Write for Tls<L> {
    /// Returns only when everything that it accepted has been written to the connection.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.session.writer().write(bytes)?;
        self.flush()?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.session.wants_write() {
            self.session.write_tls(&mut self.under)?;
        }
        Ok(())
    }
}
