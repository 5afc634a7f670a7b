//! One wiki: its users, sessions, and what the windows show of it.

use crate::auth::{AuthRequest, Limits, NewUser, Providers};
use crate::clock;
use crate::extensions;
use crate::http::Request;
use crate::message::{Language, Message};
use crate::profile::{Loss, Profile};
use crate::random;
use crate::session::SessionData;
use crate::username::{self, Rigor};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::form_urlencoded;

pub const ADMIN_ID: u64 = 1;

/// 2020-01-01T00:00:00Z, when the users came that every fresh wiki has: long before any test, as on a real wiki.
const INSTALLED: u64 = 1_577_836_800;

/// How long a creation waits for another one of the same name.
const NAME_LOCK_WAIT: Duration = Duration::from_secs(6);

/// How long the chain `held` waits.
const MAX_HOLD: Duration = Duration::from_secs(20);

pub struct Instance {
    pub profile: Profile,
    pub providers: Providers,
    pub limits: Limits,
    users: Mutex<Users>,
    sessions: Mutex<HashMap<String, SessionData>>,
    locked_names: Mutex<HashSet<String>>,
    name_unlocked: Condvar,
    is_released: Mutex<bool>,
    released: Condvar,
    seen: Mutex<Seen>,
    /// Whether accounts want a captcha, if the wiki has any.
    pub is_captcha_on: AtomicBool,
    has_lost: AtomicBool,
}

/// What the windows show.
#[derive(Default)]
struct Seen {
    received: Vec<Value>,
    requests: Vec<Value>,
    mails: Vec<Mail>,
    links: BTreeMap<String, String>,
    captchas: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub body: String,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub is_email_confirmed: bool,
    pub realname: String,
    pub password: Option<String>,
    /// For the cookie of those who want to be remembered.
    pub token: String,
    pub groups: Vec<&'static str>,
    pub registered: u64,
    /// The wiki's own, which nobody can log in as.
    pub is_system: bool,
}

#[derive(Debug, Default)]
pub struct Users {
    list: Vec<User>,
    ids: HashMap<String, u64>,
}

/// Somebody else was faster.
#[derive(Debug)]
pub struct NameTaken;

impl Instance {
    pub fn new(profile: Profile) -> Self {
        let providers = extensions::providers(&profile);
        let mut users = Users::default();
        users.add_with_password("Admin", "admin-secret-42");
        users.add_system_user("MediaWiki default");
        users.add_with_password("Taken", "taken-secret-42");
        if let Some(admin) = users.by_id_mut(ADMIN_ID) {
            admin.email = "admin@example.org".to_owned();
            admin.is_email_confirmed = true;
            admin.groups = vec!["bureaucrat", "interface-admin", "sysop"];
        }
        let is_captcha_on = AtomicBool::new(!profile.is_captcha_late);
        Self {
            profile,
            providers,
            limits: Limits::default(),
            users: Mutex::new(users),
            sessions: Mutex::default(),
            locked_names: Mutex::default(),
            name_unlocked: Condvar::new(),
            is_released: Mutex::default(),
            released: Condvar::new(),
            seen: Mutex::default(),
            is_captcha_on,
            has_lost: AtomicBool::default(),
        }
    }

    pub fn users(&self) -> MutexGuard<'_, Users> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sessions(&self) -> MutexGuard<'_, HashMap<String, SessionData>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The wiki's spelling of a name; see [`username::canonical`].
    pub fn canonical(&self, name: &str, rigor: Rigor) -> Option<String> {
        username::canonical(name, rigor)
    }

    /// Keeps other creations of `name` out until the lock is dropped; `None` when another one takes too long.
    pub fn lock_name(&self, name: &str) -> Option<NameLock<'_>> {
        let locked = self.locked_names.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut locked, wait) = self
            .name_unlocked
            .wait_timeout_while(locked, NAME_LOCK_WAIT, |locked| locked.contains(name))
            .unwrap_or_else(PoisonError::into_inner);
        if wait.timed_out() {
            return None;
        }
        locked.insert(name.to_owned());
        Some(NameLock { wiki: self, name: name.to_owned() })
    }

    /// Waits until a test lets the chain `held` go on.
    pub fn await_release(&self) {
        let is_released = self.is_released.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.released.wait_timeout_while(is_released, MAX_HOLD, |is_released| !*is_released));
    }

    pub fn release(&self) {
        *self.is_released.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.released.notify_all();
    }

    pub fn record_received(&self, phase: &str, requests: &[AuthRequest]) {
        let requests: Vec<Value> = requests.iter().map(AuthRequest::to_json).collect();
        self.seen().received.push(json!({ "phase": phase, "requests": requests }));
    }

    pub fn record_request(&self, request: &Request, path: &str) {
        let headers: serde_json::Map<String, Value> =
            request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let entry = json!({
            "method": request.method,
            "path": path,
            "query": request.query,
            "body": String::from_utf8_lossy(&request.body),
            "headers": headers,
        });
        self.seen().requests.push(entry);
    }

    /// Whether this is the request that the way loses.
    pub fn loses_request(&self, request: &Request) -> bool {
        let creates = || {
            form_urlencoded::parse(&request.body)
                .any(|(name, value)| name == "action" && value == "createaccount")
        };
        self.profile.loses == Some(Loss::Request) && creates() && self.loses_now()
    }

    /// Whether the way loses the answer to a request that made an account.
    pub fn loses_answer(&self) -> bool {
        self.profile.loses == Some(Loss::Answer) && self.loses_now()
    }

    fn loses_now(&self) -> bool {
        !self.has_lost.swap(true, Ordering::SeqCst)
    }

    pub fn send(&self, mail: Mail) {
        self.seen().mails.push(mail);
    }

    pub fn link(&self, outside_name: &str, user_name: &str) {
        self.seen().links.insert(outside_name.to_owned(), user_name.to_owned());
    }

    pub fn linked_user(&self, outside_name: &str) -> Option<String> {
        self.seen().links.get(outside_name).cloned()
    }

    pub fn record_captcha(&self, id: &str, answer: &str) {
        self.seen().captchas.insert(id.to_owned(), answer.to_owned());
    }

    pub fn captcha_answer(&self, id: &str) -> Option<String> {
        self.seen().captchas.get(id).cloned()
    }

    pub fn received(&self) -> Value {
        Value::Array(self.seen().received.clone())
    }

    pub fn requests(&self) -> Value {
        Value::Array(self.seen().requests.clone())
    }

    pub fn mails(&self) -> Value {
        let show = |mail: &Mail| json!({ "to": mail.to, "subject": mail.subject, "body": mail.body });
        self.seen().mails.iter().map(show).collect()
    }

    pub fn links(&self) -> Value {
        json!(self.seen().links)
    }

    /// What somebody is told whose address is blocked.
    pub fn block_message(&self, language: Language) -> Message {
        // Marks of direction keep names in other scripts from turning the text around them.
        let admin = "\u{202a}Admin\u{202c}";
        Message::new("blockedtext")
            .text_param(format!("[[User:Admin|{admin}]]"))
            .text_param("Test block")
            .text_param("127.0.0.1")
            .text_param(admin)
            .int(1)
            .text_param(Message::new("infiniteblock").text(language))
            .text_param("127.0.0.1")
            .text_param(clock::english(self.users().list[0].registered))
    }

    /// The block as `uiprop=blockinfo` shows it.
    pub fn block_info(&self) -> Vec<(&'static str, Value)> {
        let since = self.users().list[0].registered;
        vec![
            ("blockid", json!(1)),
            ("blockedby", json!("Admin")),
            ("blockedbyid", json!(ADMIN_ID)),
            ("blockreason", json!("Test block")),
            ("blockedtimestamp", json!(clock::iso(since))),
            ("blockexpiry", json!("infinite")),
            ("blockpartial", json!(false)),
            ("blocknocreate", json!(true)),
            ("blockanononly", json!(false)),
            ("blockemail", json!(true)),
            ("blockowntalk", json!(true)),
            ("blockedtimestampformatted", json!(clock::english(since))),
        ]
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct NameLock<'a> {
    wiki: &'a Instance,
    name: String,
}

impl Drop for NameLock<'_> {
    fn drop(&mut self) {
        self.wiki.locked_names.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
        self.wiki.name_unlocked.notify_all();
    }
}

impl User {
    pub fn is_sysop(&self) -> bool {
        self.groups.contains(&"sysop")
    }

    /// With the groups that everybody is in.
    pub fn all_groups(&self) -> Vec<&'static str> {
        self.groups.iter().copied().chain(["*", "user", "autoconfirmed"]).collect()
    }
}

impl Users {
    pub fn count(&self) -> usize {
        self.list.len()
    }

    pub fn add(&mut self, new_user: NewUser) -> Result<u64, NameTaken> {
        let id = self.list.len() as u64 + 1;
        if self.has(&new_user.name) {
            return Err(NameTaken);
        }
        self.ids.insert(new_user.name.clone(), id);
        self.list.push(User {
            id,
            name: new_user.name,
            email: new_user.email,
            is_email_confirmed: false,
            realname: new_user.realname,
            password: None,
            token: random::hex(32),
            groups: Vec::new(),
            registered: new_user.registered,
            is_system: false,
        });
        Ok(id)
    }

    pub fn has(&self, name: &str) -> bool {
        self.ids.contains_key(name)
    }

    pub fn by_id(&self, id: u64) -> Option<&User> {
        self.list.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    pub fn by_id_mut(&mut self, id: u64) -> Option<&mut User> {
        self.list.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    pub fn by_name(&self, name: &str) -> Option<&User> {
        self.by_id(*self.ids.get(name)?)
    }

    pub fn to_json(&self) -> Value {
        let show = |user: &User| {
            json!({
                "name": user.name,
                "email": user.email,
                "realname": user.realname,
                "password": user.password.is_some(),
            })
        };
        self.list.iter().filter(|user| !user.is_system).map(show).collect()
    }

    fn add_system_user(&mut self, name: &str) {
        let new_user = NewUser { name: name.to_owned(), registered: INSTALLED, ..NewUser::default() };
        if let Ok(id) = self.add(new_user) {
            let user = &mut self.list[id as usize - 1];
            user.is_system = true;
        }
    }

    fn add_with_password(&mut self, name: &str, password: &str) {
        let new_user = NewUser { name: name.to_owned(), registered: INSTALLED, ..NewUser::default() };
        if let Ok(id) = self.add(new_user) {
            let user = &mut self.list[id as usize - 1];
            user.password = Some(password.to_owned());
        }
    }
}
