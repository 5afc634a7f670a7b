//! `list=users`

use super::call::Call;
use super::failure::Failure;
use super::reader::Reader;
use crate::auth;
use crate::clock;
use crate::username::Rigor;
use serde_json::{Map, Value, json};

const PROPS: [&str; 11] = [
    "blockinfo",
    "groups",
    "groupmemberships",
    "implicitgroups",
    "rights",
    "editcount",
    "registration",
    "emailable",
    "gender",
    "centralids",
    "cancreate",
];

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, "query+users", "us");
    let props = reader.choices("prop", &PROPS)?.unwrap_or_default();
    let names = reader.list("users")?.unwrap_or_default();
    let mut invalid = Vec::new();
    let mut found = Vec::new();
    for name in names {
        match call.wiki.canonical(&name, Rigor::Valid) {
            None => invalid.push(json!({ "name": name, "invalid": true })),
            Some(name) => found.push(show(call, &name, &props)),
        }
    }
    invalid.extend(found);
    query.insert("users".into(), Value::Array(invalid));
    Ok(())
}

fn show(call: &mut Call<'_>, name: &str, props: &[&str]) -> Value {
    let mut entry = Map::new();
    let user = call.wiki.users().by_name(name).cloned();
    let Some(user) = user else {
        entry.insert("name".into(), json!(name));
        entry.insert("missing".into(), json!(true));
        if props.contains(&"cancreate") {
            let verdict = auth::can_create_account(&mut call.context(), name);
            entry.insert("cancreate".into(), json!(verdict.is_ok()));
            if let Err(errors) = verdict {
                entry.insert("cancreateerror".into(), call.show_errors(&errors));
            }
        }
        return Value::Object(entry);
    };
    entry.insert("userid".into(), json!(user.id));
    entry.insert("name".into(), json!(user.name));
    if user.is_system {
        entry.insert("systemuser".into(), json!(true));
    }
    if props.contains(&"editcount") {
        entry.insert("editcount".into(), json!(0));
    }
    if props.contains(&"registration") {
        entry.insert("registration".into(), json!(clock::iso(user.registered)));
    }
    if props.contains(&"groups") {
        entry.insert("groups".into(), json!(user.all_groups()));
    }
    if props.contains(&"emailable") {
        entry.insert("emailable".into(), json!(user.is_email_confirmed));
    }
    if props.contains(&"gender") {
        entry.insert("gender".into(), json!("unknown"));
    }
    Value::Object(entry)
}
