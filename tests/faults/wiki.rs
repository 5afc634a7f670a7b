//! What the campaign asks of the wikis, and the windows that show what really happened there (`tests/wiki/README.md`).

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;

use crate::wikis::Wiki;

impl Wiki {
    pub fn socket(self) -> Result<SocketAddr, String> {
        let address = self.address();
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        host.parse().map_err(|_| format!("{self} is at {address}, which is no http address with a port"))
    }

    /// The client's time limit, a little more than the wiki takes when the machine is busy.
    pub fn timeout(self) -> Duration {
        Duration::from_millis(if self == Self::Embedded { 600 } else { 1200 })
    }

    /// How long a lost answer is asked after: longer than the wiki works, and than the proxy holds anything up.
    pub fn reconcile_wait(self) -> Duration {
        Duration::from_millis(if self == Self::Embedded { 1500 } else { 2500 })
    }

    /// How many sign-ups it takes at the same time.
    pub fn crowd(self) -> usize {
        if self == Self::Embedded { 24 } else { 6 }
    }
}

/// A fresh wiki of one trial, seen without the proxy.
pub struct Instance {
    pub wiki: SocketAddr,
    /// `/w/PROFILES/INSTANCE`
    pub path: String,
    agent: ureq::Agent,
}

impl Instance {
    pub fn new(wiki: SocketAddr, profiles: &str, name: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(Duration::from_secs(20))).build().new_agent();
        Self { wiki, path: format!("/w/{profiles}/{name}"), agent }
    }

    /// The members `name` of the users in order of their ids, without the two that every fresh wiki has.
    pub fn accounts(&self) -> Vec<String> {
        let users = self.window("_users");
        let names = users.as_array().into_iter().flatten().filter_map(|user| user["name"].as_str());
        names.filter(|name| *name != "Admin" && *name != "Taken").map(str::to_owned).collect()
    }

    pub fn window(&self, name: &str) -> Value {
        let url = format!("http://{}{}/{name}", self.wiki, self.path);
        let mut last = String::new();
        for _ in 0..3 {
            match self.agent.get(&url).call().and_then(|mut answer| answer.body_mut().read_to_string()) {
                Ok(text) => match serde_json::from_str(&text) {
                    Ok(value) => return value,
                    Err(error) => last = format!("{error}: {text}"),
                },
                Err(error) => last = error.to_string(),
            }
        }
        panic!("the wiki's window {name} does not open: {last}");
    }

    /// Plays the browser: visits an address of the wiki and returns where it is sent.
    pub fn visit(&self, path_and_query: &str) -> String {
        let response = self.agent.get(format!("http://{}{path_and_query}", self.wiki)).call();
        let response = response.expect("the third party answers");
        assert_eq!(response.status(), 302, "the third party sends the person back");
        response.headers()["location"].to_str().expect("an address").to_owned()
    }
}
