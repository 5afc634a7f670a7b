//! AbuseFilter with four filters, two of which can hit a name at once.

use crate::auth::{AuthRequest, Context, Creator, Exception, NewUser, PreAuth, Provider, Status};
use crate::message::Message;
use serde_json::{Map, json};

pub struct AbuseFilter;

/// What names contain, and what comes of it. Warned ones are let through at the second attempt.
const FILTERS: [(&str, &str); 4] =
    [("Warned", "warn"), ("Refused", "disallow"), ("Warned twice", "warn"), ("Refused twice", "disallow")];

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
        for (id, (words, action)) in (1..).zip(FILTERS).filter(|(_, (words, _))| user.name.contains(words)) {
            if action == "disallow" {
                hits.push(hit("abusefilter-disallowed", id, words, action));
                continue;
            }
            // AbuseFilter stores whether it warned, so that it warns again after it let one through.
            context.session.persist();
            let warned = &mut context.session.change().warned;
            if !warned.remove(words) {
                warned.insert(words.to_owned());
                hits.push(hit("abusefilter-warning", id, words, action));
            }
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

fn hit(key: &'static str, id: i64, words: &str, action: &str) -> Message {
    let description = format!("Names with {words}");
    let data = Map::from_iter([(
        "abusefilter".to_owned(),
        json!({ "id": id, "description": description, "actions": [action] }),
    )]);
    Message::new(key).text_param(description).text_param(id.to_string()).with_code(key, data)
}
