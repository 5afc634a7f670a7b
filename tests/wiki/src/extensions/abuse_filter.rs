//! AbuseFilter with two filters.

use crate::auth::{AuthRequest, Context, Creator, Exception, NewUser, PreAuth, Provider, Status};
use crate::message::Message;
use serde_json::{Map, json};

pub struct AbuseFilter;

/// Names with this word are let through at the second attempt.
const WARNED: &str = "Warned";
const REFUSED: &str = "Refused";

impl Provider for AbuseFilter {
    fn test_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        _creator: &Creator,
        _requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        if user.name == "Abuse filter" {
            return Ok(Err(vec![Message::new("abusefilter-accountreserved")]));
        }
        let mut hits = Vec::new();
        if user.name.contains(WARNED) {
            // AbuseFilter stores whether it warned, so that it warns again after it let one through.
            context.session.persist();
            let warned = &mut context.session.change().warned;
            if !warned.remove(WARNED) {
                warned.insert(WARNED.to_owned());
                hits.push(hit("abusefilter-warning", 1, WARNED, "warn"));
            }
        }
        if user.name.contains(REFUSED) {
            hits.push(hit("abusefilter-disallowed", 2, REFUSED, "disallow"));
        }
        if hits.is_empty() {
            return Ok(Ok(()));
        }
        // It logs what it hits.
        context.session.send_write_cookie();
        Ok(Err(hits))
    }
}

impl PreAuth for AbuseFilter {}

fn hit(key: &'static str, id: i64, word: &str, action: &str) -> Message {
    let description = format!("Names with {word}");
    let data = Map::from_iter([(
        "abusefilter".to_owned(),
        json!({ "id": id, "description": description, "actions": [action] }),
    )]);
    Message::new(key).text_param(description).text_param(id.to_string()).with_code(key, data)
}
