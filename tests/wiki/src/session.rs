//! Sessions and their cookies.

use crate::auth::{AuthRequest, CreationState, LoginState};
use crate::http::Request;
use crate::instance::{ADMIN_ID, Instance, User};
use crate::{clock, random};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::form_urlencoded;

const COOKIE: &str = "wiki_session";
/// Of those who logged in with a bot password.
const BOT_COOKIE: &str = "wiki_BPsession";
const REMEMBERED: u64 = 180 * 86_400;
const NAMED: u64 = 30 * 86_400;
/// The OAuth 2 access token of Admin.
const BEARER_TOKEN: &str = "bearer-token-42";
const TOKEN_SUFFIX: &str = "+\\";

/// What the store keeps of a session.
#[derive(Clone, Debug, Default)]
pub struct SessionData {
    pub user: Option<u64>,
    pub creation: Option<CreationState>,
    pub login: Option<LoginState>,
    /// Where the providers of a running flow keep their things.
    pub auth_data: Map<String, Value>,
    /// The `CreateFromLoginAuthenticationRequest` of a login that ended without an account.
    pub preserved: Option<AuthRequest>,
    /// The captchas on offer: id and answer, the oldest first.
    pub captchas: Vec<(String, String)>,
    token_secrets: BTreeMap<String, String>,
}

/// The session of one request: a copy, written back as a whole at its end, so that of two requests at once the last
/// one wins, as in MediaWiki.
#[derive(Debug)]
pub struct Session {
    id: String,
    data: SessionData,
    kind: Kind,
    is_persistent: bool,
    has_changed: bool,
    cookies: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cookie,
    BotPassword,
    OAuth,
    WebServer,
}

/// An access token that the wiki does not know.
#[derive(Debug)]
pub struct UnknownBearer;

impl Session {
    pub fn open(request: &Request, wiki: &Instance) -> Result<Self, UnknownBearer> {
        if let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            return if token == BEARER_TOKEN { Ok(Self::of_grant(wiki)) } else { Err(UnknownBearer) };
        }
        if wiki.profile.knows_everyone {
            return Ok(Self::of_everyone(request, wiki));
        }
        for (name, kind) in [(BOT_COOKIE, Kind::BotPassword), (COOKIE, Kind::Cookie)] {
            let id = cookie(request, name).unwrap_or_default();
            if let Some(data) = wiki.sessions().get(id).cloned() {
                return Ok(Self::with(id.to_owned(), data, kind, true));
            }
        }
        let mut session = Self::anonymous();
        session.data.user = remembered_user(request, wiki);
        if session.data.user.is_some() {
            session.persist();
        }
        Ok(session)
    }

    pub fn anonymous() -> Self {
        Self::with(new_id(), SessionData::default(), Kind::Cookie, false)
    }

    /// Every client of one grant has the same session.
    fn of_grant(wiki: &Instance) -> Self {
        let id = format!("oauth {BEARER_TOKEN}");
        let mut data = wiki.sessions().get(&id).cloned().unwrap_or_default();
        data.user = Some(ADMIN_ID);
        Self::with(id, data, Kind::OAuth, true)
    }

    /// The web server has logged the visitor in.
    fn of_everyone(request: &Request, wiki: &Instance) -> Self {
        let id = cookie(request, COOKIE).unwrap_or_default().to_owned();
        let mut session = match wiki.sessions().get(&id).cloned() {
            Some(data) => Self::with(id, data, Kind::WebServer, true),
            None => Self::with(new_id(), SessionData::default(), Kind::WebServer, false),
        };
        session.data.user = wiki.users().by_name("Taken").map(|user| user.id);
        session
    }

    fn with(id: String, data: SessionData, kind: Kind, is_persistent: bool) -> Self {
        Self { id, data, kind, is_persistent, has_changed: false, cookies: Vec::new() }
    }

    pub fn data(&self) -> &SessionData {
        &self.data
    }

    pub fn change(&mut self) -> &mut SessionData {
        self.has_changed = true;
        &mut self.data
    }

    /// What MediaWiki calls sessions of this kind.
    pub fn description(&self) -> &'static str {
        match self.kind {
            Kind::Cookie => "cookie-based sessions",
            Kind::BotPassword => "MediaWiki\\Session\\BotPasswordSessionProvider sessions",
            Kind::OAuth => "OAuth-based sessions",
            Kind::WebServer => "StepTest\\EveryoneProvider sessions",
        }
    }

    pub fn can_set_user(&self) -> bool {
        self.kind == Kind::Cookie
    }

    /// Bot passwords grant the creation of accounts, but no privileges beyond.
    pub fn has_privileges(&self) -> bool {
        self.kind != Kind::BotPassword
    }

    /// Makes the session outlive the request.
    pub fn persist(&mut self) {
        if !self.is_persistent {
            self.is_persistent = true;
            self.has_changed = true;
            self.send_id();
        }
    }

    /// The token for `salt`. Its text changes every second, its secret stays.
    pub fn token(&mut self, salt: &str) -> String {
        let secret = match self.data.token_secrets.get(salt) {
            Some(secret) => secret.clone(),
            None => {
                let secret = random::hex(32);
                self.change().token_secrets.insert(salt.to_owned(), secret.clone());
                secret
            }
        };
        format!("{secret}{:x}{TOKEN_SUFFIX}", clock::unix())
    }

    /// A session without a secret gets one, which `badtoken` then brings to the client as a new session.
    pub fn accepts_token(&mut self, salt: &str, token: &str) -> bool {
        let Some(secret) = self.data.token_secrets.get(salt) else {
            self.persist();
            self.token(salt);
            return false;
        };
        token
            .strip_suffix(TOKEN_SUFFIX)
            .and_then(|token| token.strip_prefix(secret.as_str()))
            .is_some_and(|time| !time.is_empty() && time.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    pub fn has_token(&self, salt: &str) -> bool {
        self.data.token_secrets.contains_key(salt)
    }

    /// Logs a user in: another id, other tokens, the same data.
    pub fn log_in(&mut self, wiki: &Instance, user: &User, is_remembered: bool) {
        wiki.sessions().remove(&self.id);
        self.id = new_id();
        self.is_persistent = true;
        let data = self.change();
        data.user = Some(user.id);
        data.token_secrets.clear();
        self.send_id();
        let name = form_urlencoded::byte_serialize(user.name.as_bytes()).collect();
        let mut cookies = vec![("wikiUserID", user.id.to_string()), ("wikiUserName", name)];
        if is_remembered {
            cookies.push(("wikiToken", user.token.clone()));
        }
        let lifetime = if is_remembered { REMEMBERED } else { NAMED };
        let expires = clock::http(clock::unix() + lifetime);
        for (name, value) in cookies {
            self.cookies
                .push(format!("{name}={value}; expires={expires}; Max-Age={lifetime}; path=/; HttpOnly"));
        }
    }

    /// Another session, which cannot change its user, beside the one of the client.
    pub fn log_bot_in(&mut self, user_id: u64) {
        *self = Self::with(new_id(), SessionData::default(), Kind::BotPassword, true);
        self.change().user = Some(user_id);
        self.send_id();
    }

    pub fn log_out(&mut self, wiki: &Instance) {
        const OF_BOT: [&str; 1] = [BOT_COOKIE];
        const OF_USER: [&str; 3] = [COOKIE, "wikiUserID", "wikiToken"];
        wiki.sessions().remove(&self.id);
        let names = if self.kind == Kind::BotPassword { OF_BOT.as_slice() } else { &OF_USER };
        *self = Self::anonymous();
        for name in names {
            self.cookies.push(format!(
                "{name}=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/; HttpOnly"
            ));
        }
    }

    /// Makes the client read its own writes from the primary database.
    pub fn send_write_cookie(&mut self) {
        self.cookies.retain(|cookie| !cookie.starts_with("UseDC"));
        let expires = clock::http(clock::unix() + 10);
        self.cookies.push(format!("UseDC=master; expires={expires}; Max-Age=10; path=/; HttpOnly"));
    }

    /// Marks a blocked client, so that it stays blocked at another address.
    pub fn send_block_cookie(&mut self, request: &Request) {
        if cookie(request, "wikiBlockID").is_none() {
            let expires = clock::http(clock::unix() + 86_400);
            let value = format!("1%21{}", random::hex(64));
            self.cookies.push(format!("wikiBlockID={value}; expires={expires}; Max-Age=86400; path=/"));
        }
    }

    /// Stores what changed, and gives the cookies to send.
    pub fn close(self, wiki: &Instance) -> Vec<String> {
        if self.is_persistent && self.has_changed {
            wiki.sessions().insert(self.id, self.data);
        }
        self.cookies
    }

    fn send_id(&mut self) {
        let name = if self.kind == Kind::BotPassword { BOT_COOKIE } else { COOKIE };
        self.cookies.retain(|cookie| !cookie.starts_with(name));
        self.cookies.push(format!("{name}={}; path=/; HttpOnly", self.id));
    }
}

fn new_id() -> String {
    random::text("0123456789abcdefghijklmnopqrstuv", 32)
}

fn remembered_user(request: &Request, wiki: &Instance) -> Option<u64> {
    let id = cookie(request, "wikiUserID")?.parse().ok()?;
    let token = cookie(request, "wikiToken")?;
    wiki.users().by_id(id).filter(|user| user.token == token).map(|user| user.id)
}

fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .filter(|(key, _)| key == "cookie")
        .flat_map(|(_, value)| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
