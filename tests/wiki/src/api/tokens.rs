//! `meta=tokens`

use super::call::Call;
use super::failure::{Failure, Usage};
use super::reader::Reader;
use crate::message::Message;
use serde_json::{Map, Value, json};

const TYPES: [&str; 7] = ["createaccount", "csrf", "login", "patrol", "rollback", "userrights", "watch"];

pub fn run(call: &mut Call<'_>, query: &mut Map<String, Value>) -> Result<(), Failure> {
    let types =
        Reader::new(call, "query+tokens", "").choices("type", &TYPES)?.unwrap_or_else(|| vec!["csrf"]);
    let mut shown = Map::new();
    if call.is_foreign() {
        call.warn(Usage::new("query+tokens", Message::new("apiwarn-tokens-origin")));
        return Ok(());
    }
    for kind in types {
        let token = match kind {
            "createaccount" | "login" => {
                call.session.persist();
                call.session.token(kind)
            }
            _ if call.session.data().user.is_none() => "+\\".to_owned(),
            "csrf" => call.session.token(""),
            _ => call.session.token(kind),
        };
        shown.insert(format!("{kind}token"), json!(token));
    }
    query.insert("tokens".into(), Value::Object(shown));
    Ok(())
}
