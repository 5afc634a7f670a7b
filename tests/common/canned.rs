//! A transport that plays replies from a list, and keeps what was sent.

// Each test uses a part of it.
#![allow(dead_code)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use createaccount::{
    Client, Config,
    transport::{Limits, Request, Response, SendError, Transport},
};

/// Replies to give, in order, and the requests that asked for them.
#[derive(Clone, Default)]
pub struct Canned {
    replies: Arc<Mutex<VecDeque<Result<Response, SendError>>>>,
    sent: Arc<Mutex<Vec<Request>>>,
}

impl Canned {
    /// Adds a reply with status 200 and this body.
    pub fn reply(&self, body: impl Into<Vec<u8>>) -> &Self {
        let response = Response { status: 200, headers: Vec::new(), body: body.into() };
        self.outcome(Ok(response))
    }

    pub fn outcome(&self, outcome: Result<Response, SendError>) -> &Self {
        self.replies.lock().expect("no panic").push_back(outcome);
        self
    }

    /// The parameters of every request so far, those of the address and of the body together.
    pub fn sent(&self) -> Vec<Vec<(String, String)>> {
        let sent = self.sent.lock().expect("no panic");
        let pairs = |request: &Request| {
            let body = request.body.as_ref().map_or("", |body| body.expose()).to_owned();
            let query = request.url.query().unwrap_or_default().to_owned();
            let both = format!("{query}&{body}");
            url::form_urlencoded::parse(both.as_bytes()).into_owned().collect()
        };
        sent.iter().map(pairs).collect()
    }

    /// The cookies of every request so far.
    pub fn cookies(&self) -> Vec<Option<String>> {
        let sent = self.sent.lock().expect("no panic");
        sent.iter().map(|request| request.header("cookie").map(str::to_owned)).collect()
    }

    /// The address of every request so far.
    pub fn urls(&self) -> Vec<url::Url> {
        self.sent.lock().expect("no panic").iter().map(|request| request.url.clone()).collect()
    }

    /// A client that talks to this list.
    pub fn client(&self, config: Config) -> Client {
        Client::new("https://wiki.example/w/api.php", config.transport(self.clone())).expect("right settings")
    }
}

impl Transport for Canned {
    fn send(&mut self, request: &Request, _: &Limits<'_>) -> Result<Response, SendError> {
        self.sent.lock().expect("no panic").push(request.clone());
        self.replies.lock().expect("no panic").pop_front().expect("a reply for every request")
    }
}
