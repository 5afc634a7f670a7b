//! A small wiki on loopback that plays MediaWiki's account creation, for tests, demos and benchmarks.
//!
//! ```no_run
//! let wiki = test_wiki::EmbeddedWiki::start();
//! let api = format!("{}/w/stock/my-test/api.php", wiki.address());
//! ```
//!
//! `tests/wiki/README.md` lists its addresses and profiles. The modules follow MediaWiki's own parts: `api` is what
//! `includes/api` is there, `auth` is AuthManager with its providers, and the profiles bring the extensions.

mod api;
mod auth;
mod clock;
mod extensions;
mod form;
mod http;
mod instance;
mod message;
mod page;
mod profile;
mod random;
mod router;
mod session;
mod username;
mod wikitext;
mod windows;

use std::io;
use std::sync::Arc;

/// A running wiki farm. It stops when this is dropped.
#[derive(Debug)]
pub struct EmbeddedWiki {
    server: http::Server,
}

impl EmbeddedWiki {
    /// Starts on a free port.
    ///
    /// # Panics
    /// When the machine gives no loopback port.
    pub fn start() -> Self {
        Self::start_on(0).expect("a free loopback port")
    }

    /// Starts on the given port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn start_on(port: u16) -> io::Result<Self> {
        let router = router::Router::default();
        let server = http::Server::start(port, Arc::new(move |request| router.answer(request)))?;
        Ok(Self { server })
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> String {
        format!("http://{}", self.server.address())
    }
}
