//! A connection to a server, which several transfers may use one after another.

use std::sync::Arc;

use super::{
    buffers::WipedBuffers, failed::Failed, layer::Layer, route::Route, socket::Socket, tls::Tls,
    transfer::Transfer, tunnel,
};
use crate::Phase;

/// A connection to a server, through whatever lies between.
#[derive(Debug)]
pub(super) struct Connection {
    pub route: Route,
    /// The client that the server knows at this connection.
    pub owner: Option<u64>,
    pub layer: Layer,
    pub buffers: WipedBuffers,
}

impl Connection {
    /// Whether nothing came since its last use, not even its end.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.layer.is_quiet()
    }

    /// Makes one for this transfer.
    pub(super) fn establish(transfer: &Arc<Transfer>) -> Result<Self, Failed> {
        let route = &transfer.route;
        let mut layer = match &route.proxy {
            None => Layer::Plain(Socket::connect(transfer, &route.place, false)?),
            Some(proxy) => tunnel::through(transfer, proxy)?,
        };
        if let Some(config) = route.tls.as_ref().filter(|_| route.secure) {
            transfer.enter(Phase::Tls);
            layer = Layer::Tls(Tls::start(Arc::clone(config), &route.place, layer)?);
        }
        Ok(Self { route: route.clone(), owner: None, layer, buffers: WipedBuffers::default() })
    }
}
