//! The route to a server.

use std::sync::Arc;

use rustls::ClientConfig;

use super::proxy::{HostPort, Proxy};

/// The route to a server. A connection can be used for any transfer with an equal route.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub host_port: HostPort,
    /// Whether the server itself is reached over TLS.
    pub secure: bool,
    pub proxy: Option<Proxy>,
    /// The TLS settings, if the server or the proxy uses TLS.
    pub tls: Option<Arc<ClientConfig>>,
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        let same_trust = match (&self.tls, &other.tls) {
            (Some(one), Some(another)) => Arc::ptr_eq(one, another),
            (None, None) => true,
            _ => false,
        };
        same_trust
            && self.secure == other.secure
            && self.host_port == other.host_port
            && self.proxy == other.proxy
    }
}
