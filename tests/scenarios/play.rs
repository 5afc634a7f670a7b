//! A stage: one host, one fresh wiki, and windows that show what really happened there.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;
use url::form_urlencoded;

use crate::{
    host::{Host, HostKind, Lines},
    wikis::Wiki,
};

/// A password that every wiki here accepts.
pub const PASSWORD: &str = "correct horse 7";

/// The return URL of scenarios: nobody listens there, the scenario itself plays the browser.
pub const RETURN_URL: &str = "http://127.0.0.1:9/return?path=secret";

pub struct Play {
    pub kind: HostKind,
    host: Box<dyn Host>,
    /// Everything of the wiki is below this address.
    base: String,
    agent: ureq::Agent,
}

impl Play {
    pub fn new(wiki: Wiki, kind: HostKind, profiles: &str, scenario: &str) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let host_name = kind.to_string().replace('+', "p");
        let name = scenario.replace('_', "-");
        let base = format!("{}/w/{profiles}/{name}-{host_name}-{unique}", wiki.address());
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
        let mut play = Self { kind, host: kind.start()?, base, agent };
        play.open(&[]);
        Ok(play)
    }

    /// A new client with these settings besides the usual ones.
    pub fn open(&mut self, settings: &[&str]) {
        let api_url = self.api_url();
        let mut command = vec!["new", &api_url, "user_agent=scenarios/1.0", "reconcile_wait_ms=1500"];
        let return_url = format!("return_url={RETURN_URL}");
        command.push(&return_url);
        command.extend(settings);
        assert_eq!(self.host.call(&command), Lines::new(), "the client opens");
    }

    pub fn api_url(&self) -> String {
        format!("{}/api.php", self.base)
    }

    pub fn call(&mut self, command: &[&str]) -> Answer {
        Answer(self.host.call(command))
    }

    /// A call that has no result.
    pub fn tell(&mut self, command: &[&str]) {
        let answer = self.call(command);
        assert!(answer.0.is_empty(), "{command:?} gave {answer:?}");
    }

    pub fn begin(&mut self) -> Answer {
        self.call(&["begin"])
    }

    pub fn set(&mut self, values: &[(&str, &str)]) {
        for (name, value) in values {
            self.tell(&["set", name, value]);
        }
    }

    /// Fills in the pending form and sends it.
    pub fn submit(&mut self, values: &[(&str, &str)]) -> Answer {
        self.set(values);
        self.call(&["submit"])
    }

    /// Gives one field a value, or takes it back, and sends the form. A host may refuse a name that the form does not
    /// have at once.
    pub fn try_submit(&mut self, name: &str, value: Option<&str>) -> Answer {
        let told = match value {
            Some(value) => self.call(&["set", name, value]),
            None => self.call(&["unset", name]),
        };
        if told.line("error").is_some() { told } else { self.call(&["submit"]) }
    }

    /// Begins, and answers the first form.
    pub fn sign_up(&mut self, values: &[(&str, &str)]) -> Answer {
        let form = self.begin();
        form.is("FORM");
        self.submit(values)
    }

    /// Begins a chain of the test extension.
    pub fn start_chain(&mut self, username: &str, chain: &str) -> Answer {
        self.sign_up(&[("username", username), ("stepStart", "1"), ("stepChain", chain)])
    }

    /// A JSON window of the wiki.
    pub fn window(&self, name: &str) -> Value {
        self.look(name, None).expect("the wiki answers")
    }

    /// A message of the wiki, as it gives it out itself.
    pub fn message(&self, key: &str, language: &str) -> String {
        let query = "api.php?action=query&format=json&formatversion=2&meta=allmessages&amenableparser=1";
        let reply = self.window(&format!("{query}&ammessages={key}&amlang={language}"));
        let content = reply["query"]["allmessages"][0]["content"].as_str();
        content.unwrap_or_else(|| panic!("no message {key}: {reply}")).to_owned()
    }

    /// What the wiki knows of an account.
    pub fn user(&self, name: &str) -> Option<Value> {
        let users = self.window("_users");
        users.as_array().expect("a list").iter().find(|user| user["name"] == name).cloned()
    }

    /// The requests that the wiki received.
    pub fn requests(&self) -> Vec<Sent> {
        let requests = self.window("_requests");
        requests.as_array().expect("a list").iter().map(Sent::read).collect()
    }

    /// The values that one authentication request of the last entry of `_received` was given.
    pub fn received(&self, phase: &str, id: &str) -> Option<Value> {
        let entries = self.window("_received");
        let entry = entries.as_array().expect("a list").iter().rev().find(|entry| entry["phase"] == phase)?;
        let requests = entry["requests"].as_array().expect("a list");
        requests.iter().find(|request| request["id"] == id).map(|request| request["fields"].clone())
    }

    /// Lets somebody else begin a chain of the test extension. Returns when the wiki works on it; the thread returns what
    /// the wiki said in the end.
    pub fn somebody_else(&self, username: &str, chain: &str) -> JoinHandle<String> {
        let tokens = format!("{}?action=query&meta=tokens&type=createaccount&format=json", self.api_url());
        let mut response = self.agent.get(tokens).call().expect("the wiki answers");
        let is_session = |cookie: &&str| cookie.contains("_session=");
        let cookies = response.headers().get_all("set-cookie").into_iter();
        let session = cookies.filter_map(|cookie| cookie.to_str().ok()).find(is_session).expect("a session");
        let session = session.split(';').next().unwrap_or_default().to_owned();
        let reply = response.body_mut().read_to_string().expect("a reply is text");
        let reply: Value = serde_json::from_str(&reply).expect("JSON");
        let token = reply["query"]["tokens"]["createaccounttoken"].as_str().expect("a token").to_owned();
        let request = self.agent.post(self.api_url()).header("Cookie", session);
        let form = [
            ("action", "createaccount"),
            ("format", "json"),
            ("createreturnurl", RETURN_URL),
            ("createtoken", &token),
            ("username", username),
            ("stepStart", "1"),
            ("stepChain", chain),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let count = |entries: Value| entries.as_array().map_or(0, Vec::len);
        let before = count(self.window("_received"));
        // PHP's server may have given a look to the same worker just before that began to work on the other request.
        let patience = Some(Duration::from_secs(1));
        let answer = thread::spawn(move || {
            let mut response = request.send_form(form).expect("the wiki answers");
            response.body_mut().read_to_string().expect("a reply is text")
        });
        while self.look("_received", patience).map_or(before, count) == before && !answer.is_finished() {
            thread::sleep(Duration::from_millis(20));
        }
        answer
    }

    /// Plays the browser: visits an address and returns where it is sent.
    pub fn visit(&self, target: &str) -> String {
        let response = self.agent.get(target).call().expect("the third party answers");
        assert_eq!(response.status(), 302, "the third party sends the person back");
        response.headers()["location"].to_str().expect("an address").to_owned()
    }

    /// The page that an address shows.
    pub fn page(&self, target: &str) -> String {
        let mut response = self.agent.get(target).call().expect("the third party answers");
        response.body_mut().read_to_string().expect("a page")
    }

    fn look(&self, window: &str, patience: Option<Duration>) -> Result<Value, ureq::Error> {
        let request = self.agent.get(format!("{}/{window}", self.base));
        let text = request.config().timeout_global(patience).build().call()?.body_mut().read_to_string()?;
        Ok(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{window}: {error}: {text}")))
    }

    /// Asserts that a call sends nothing.
    pub fn sends_nothing(&mut self, call: impl FnOnce(&mut Self) -> Answer) -> Answer {
        let before = self.requests().len();
        let answer = call(self);
        assert_eq!(self.requests().len(), before, "nothing may be sent");
        answer
    }
}

/// An HTTP request as the wiki saw it.
#[derive(Debug)]
pub struct Sent {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Vec<(String, String)>,
    pub headers: Value,
}

impl Sent {
    fn read(value: &Value) -> Self {
        let text = |member: &str| value[member].as_str().unwrap_or_default().to_owned();
        let pairs = |text: String| form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        Self {
            method: text("method"),
            path: text("path"),
            query: pairs(text("query")),
            body: pairs(text("body")),
            headers: value["headers"].clone(),
        }
    }

    /// The value of a parameter of the body.
    pub fn posted(&self, name: &str) -> Option<&str> {
        self.body.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn queried(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What a host answered.
#[derive(Debug)]
pub struct Answer(Lines);

impl Answer {
    /// Asserts the status of a step.
    #[track_caller]
    pub fn is(&self, status: &str) -> &Self {
        assert_eq!(self.get("step"), Some(status), "{self:#?}");
        self
    }

    /// Asserts a value of the step, by the key of its line.
    #[track_caller]
    pub fn has(&self, key: &str, value: &str) -> &Self {
        assert_eq!(self.get(key), Some(value), "{key} of {self:#?}");
        self
    }

    #[track_caller]
    pub fn has_none(&self, key: &str) -> &Self {
        assert_eq!(self.get(key), None, "{key} of {self:#?}");
        self
    }

    /// Asserts a failure with this reason and code.
    #[track_caller]
    pub fn fails(&self, reason: &str, code: &str) -> &Self {
        self.is("FAIL").has("reason", reason).has("message_code", code)
    }

    /// Asserts an error of this status, about this field or setting.
    #[track_caller]
    pub fn refuses(&self, status: &str, field: &str) -> &Self {
        let error = self.line("error").unwrap_or_else(|| panic!("no error: {self:#?}"));
        assert_eq!((error[1].as_str(), part(error, 4)), (status, field), "{self:#?}");
        self
    }

    /// Asserts an error with this code of the wiki.
    #[track_caller]
    pub fn errs(&self, status: &str, api_code: &str) -> &Self {
        let error = self.line("error").unwrap_or_else(|| panic!("no error: {self:#?}"));
        assert_eq!((error[1].as_str(), part(error, 3)), (status, api_code), "{self:#?}");
        self
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.line(key).map(|line| part(line, 1))
    }

    pub fn line(&self, key: &str) -> Option<&[String]> {
        self.0.iter().find(|line| line[0] == key).map(Vec::as_slice)
    }

    /// All values of lines with that key.
    pub fn all(&self, key: &str) -> Vec<&[String]> {
        self.0.iter().filter(|line| line[0] == key).map(Vec::as_slice).collect()
    }

    /// The names of the fields, in order.
    pub fn fields(&self) -> Vec<&str> {
        self.all("field").iter().map(|line| part(line, 1)).collect()
    }

    #[track_caller]
    pub fn field(&self, name: &str) -> FieldLine<'_> {
        let line = self.all("field").into_iter().find(|line| line[1] == name);
        FieldLine(line.unwrap_or_else(|| panic!("no field {name}: {self:#?}")))
    }
}

/// A `field` line.
pub struct FieldLine<'a>(&'a [String]);

impl<'a> FieldLine<'a> {
    pub fn kind(&self) -> &'a str {
        part(self.0, 2)
    }

    pub fn label(&self) -> &'a str {
        part(self.0, 3)
    }

    pub fn help(&self) -> &'a str {
        part(self.0, 4)
    }

    pub fn value(&self) -> Option<&'a str> {
        part(self.0, 5).strip_prefix('=')
    }

    pub fn flags(&self) -> &'a str {
        part(self.0, 6)
    }
}

pub fn part(line: &[String], index: usize) -> &str {
    line.get(index).map_or("", String::as_str)
}
