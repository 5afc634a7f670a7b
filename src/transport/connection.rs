//! A connection to a server, which several transfers may use one after another.

use std::sync::Arc;

use super::{
    buffers::WipedBuffers, error::TransferError, layer::Layer, route::Route, socket::Socket, tls::Tls,
    transfer::Transfer, tunnel,
};
use crate::Phase;

/// A connection to a server, through a proxy if there is one.
#[derive(Debug)]
pub(super) struct Connection {
    pub route: Route,
    /// The only client that may use it, because a request over it may have authenticated its
    /// sender.
    pub owner: Option<u64>,
    pub layer: Layer,
    pub buffers: WipedBuffers,
}

impl Connection {
    /// Whether the server has sent nothing since the last use, and has not closed the connection.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.layer.is_quiet()
    }

    /// Opens a connection for this transfer.
    pub(super) fn establish(transfer: &Arc<Transfer>) -> Result<Self, TransferError> {
        let route = &transfer.route;
        let mut layer = match &route.proxy {
            None => Layer::Plain(Socket::connect(transfer, &route.host_port, false)?),
            Some(proxy) => tunnel::through(transfer, proxy)?,
        };
        if let Some(config) = route.tls.as_ref().filter(|_| route.secure) {
            transfer.enter(Phase::Tls);
            layer = Layer::Tls(Tls::start(Arc::clone(config), &route.host_port, layer)?);
        }
        Ok(Self { route: route.clone(), owner: None, layer, buffers: WipedBuffers::default() })
    }
}
