//! `meta=userinfo`

use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use crate::auth::{self, Creator};
use crate::instance::{Instance, User};
use crate::profile::RATE_WINDOW;
use serde_json::{Map, Value, json};

const PROPS: [&str; 20] = [
    "blockinfo",
    "hasmsg",
    "groups",
    "groupmemberships",
    "implicitgroups",
    "rights",
    "changeablegroups",
    "options",
    "editcount",
    "ratelimits",
    "theoreticalratelimits",
    "email",
    "realname",
    "acceptlang",
    "registrationdate",
    "unreadcount",
    "centralids",
    "latestcontrib",
    "cancreateaccount",
    "preferencestoken",
];

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let props = Reader::new(call, "query+userinfo", "ui").choices("prop", &PROPS)?.unwrap_or_default();
    let wiki = call.wiki;
    let user = call.context().user();
    let creator = Creator::of(&call.context());
    let is_privileged = creator.is_privileged(&call.context());
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| {
        shown.insert(name.to_owned(), value);
    };
    put("id", json!(user.as_ref().map_or(0, |user| user.id)));
    put("name", json!(user.as_ref().map_or("127.0.0.1", |user| &user.name)));
    if user.is_none() {
        put("anon", json!(true));
    }
    let is_asked = |prop: &str| props.contains(&prop);
    if is_asked("blockinfo") && wiki.profile.is_blocked && user.as_ref().is_none_or(|user| !user.is_sysop()) {
        wiki.block_info().into_iter().for_each(|(name, value)| put(name, value));
    }
    if is_asked("hasmsg") {
        put("messages", json!(false));
    }
    if is_asked("groups") {
        put("groups", json!(user.as_ref().map_or_else(|| vec!["*"], |user| user.all_groups())));
    }
    if is_asked("rights") {
        put("rights", json!(rights(user.as_ref(), is_privileged, wiki)));
    }
    if is_asked("ratelimits") {
        let limit = wiki.profile.rate_limit.filter(|_| user.is_none());
        let show = |hits| json!({ "createaccount": { "ip": { "hits": hits, "seconds": RATE_WINDOW } } });
        put("ratelimits", limit.map_or_else(|| json!({}), show));
    }
    if is_asked("realname") {
        put("realname", json!(user.as_ref().map_or("", |user| &user.realname)));
    }
    if is_asked("email") {
        put("email", json!(user.as_ref().map_or("", |user| &user.email)));
    }
    if is_asked("cancreateaccount") {
        let verdict = auth::may_create(&call.context(), &creator);
        put("cancreateaccount", json!(verdict.is_ok()));
        if let Err(errors) = verdict {
            put("cancreateaccounterror", call.show_errors(&errors));
        }
    }
    query.insert("userinfo".into(), Value::Object(shown));
    Ok(())
}

/// Those that matter to the creation of accounts.
fn rights(user: Option<&User>, is_privileged: bool, wiki: &Instance) -> Vec<&'static str> {
    let is_sysop = user.is_some_and(User::is_sysop);
    let mut rights = Vec::new();
    if is_sysop || !wiki.profile.is_closed {
        rights.push("createaccount");
    }
    if user.is_some() || !wiki.profile.is_private {
        rights.push("read");
    }
    if is_sysop {
        rights.push("ipblock-exempt");
        if wiki.profile.captcha.is_some() {
            rights.push("skipcaptcha");
        }
    }
    if is_privileged {
        rights.extend(["apihighlimits", "noratelimit"]);
    }
    rights
}
