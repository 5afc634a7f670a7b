//! A fresh embedded wiki behind a proxy, for tests of single rules.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use createaccount::{Client, Config};

use crate::{
    fault::{Fault, Point},
    proxy::{Framing, Proxy},
    wiki::Instance,
    wikis::Wiki,
};

pub struct Proxied {
    pub instance: Instance,
    proxy: Proxy,
}

impl Proxied {
    pub fn new(profiles: &str, faults: &[(usize, Point, Fault)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let wiki = Wiki::Embedded.socket().unwrap_or_else(|error| panic!("{error}"));
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let instance = Instance::new(wiki, profiles, &format!("rule-{:x}-{count:x}", std::process::id()));
        let faults = faults.iter().map(|(number, point, fault)| (*number, (*point, *fault))).collect();
        let proxy = Proxy::start(wiki, Framing::Length, faults).expect("a proxy");
        Self { instance, proxy }
    }

    /// A client that reaches the wiki through the proxy.
    pub fn client(&self, config: Config) -> Client {
        let api_url = format!("http://{}{}/api.php", self.proxy.address(), self.instance.path);
        let config = config.user_agent("faults/1.0").connect_timeout(Duration::from_secs(5));
        Client::new(&api_url, config).expect("a client")
    }

    /// How many requests came to the proxy.
    pub fn exchanges(&self) -> usize {
        self.proxy.exchanges().len()
    }

    /// The methods of the requests that came to the proxy.
    pub fn methods(&self) -> Vec<String> {
        let method = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
        self.proxy.exchanges().iter().map(method).collect()
    }
}
