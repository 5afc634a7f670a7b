//! The wikis, and the windows that show what really happened there (`tests/wiki/README.md`).

use std::{env, fmt, net::SocketAddr, time::Duration};

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wiki {
    Embedded,
    MediaWiki139,
    MediaWiki143,
}

impl Wiki {
    pub const ALL: [Self; 3] = [Self::Embedded, Self::MediaWiki139, Self::MediaWiki143];

    pub fn address(self) -> Result<SocketAddr, String> {
        let variable = match self {
            Self::Embedded => "CREATEACCOUNT_WIKI_EMBEDDED",
            Self::MediaWiki139 => "CREATEACCOUNT_WIKI_1_39",
            Self::MediaWiki143 => "CREATEACCOUNT_WIKI_1_43",
        };
        let address = env::var(variable).map_err(|_| {
            format!("{variable} is not set: run `tests/wiki/with-wikis cargo test`, or `make test`")
        })?;
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        host.parse().map_err(|_| format!("{variable} is {address}, which is no http address with a port"))
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

impl fmt::Display for Wiki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded => "embedded",
            Self::MediaWiki139 => "mediawiki-1.39",
            Self::MediaWiki143 => "mediawiki-1.43",
        })
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
