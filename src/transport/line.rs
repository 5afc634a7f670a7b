//! A connection to a server, which several exchanges may use one after another.

use std::sync::Arc;

use super::{
    failed::Failed, layer::Layer, room::Room, route::Route, socket::Socket, tls::Tls, trip::Trip, tunnel,
};
use crate::Phase;

/// A connection to a server, through whatever lies between.
#[derive(Debug)]
pub(super) struct Line {
    pub route: Route,
    /// The client that the server knows at this connection.
    pub owner: Option<u64>,
    pub layer: Layer,
    pub room: Room,
}

impl Line {
    /// Whether nothing came since its last use, not even its end.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.layer.is_quiet()
    }

    /// Makes one for this exchange.
    pub(super) fn establish(trip: &Arc<Trip>) -> Result<Self, Failed> {
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
