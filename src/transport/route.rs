//! The way to a server.

use std::sync::Arc;

use rustls::ClientConfig;

use super::proxy::{Place, Proxy};

/// The way to a server. Connections of equal ways can stand in for each other.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub place: Place,
    /// Whether the server itself is spoken to by TLS.
    pub secure: bool,
    pub proxy: Option<Proxy>,
    /// Whom to trust, where TLS is spoken at all.
    pub tls: Option<Arc<ClientConfig>>,
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        let same_trust = match (&self.tls, &other.tls) {
            (Some(one), Some(another)) => Arc::ptr_eq(one, another),
            (None, None) => true,
            _ => false,
        };
        same_trust && self.secure == other.secure && self.place == other.place && self.proxy == other.proxy
    }
}
