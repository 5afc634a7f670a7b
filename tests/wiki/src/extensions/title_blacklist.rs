//! TitleBlacklist with one line.

use crate::auth::{
    Action, AuthRequest, Context, Creator, Exception, Field, FieldType, NewUser, PreAuth, Provider, Status,
};
use crate::message::Message;
use crate::wikitext;
use serde_json::{Map, json};

pub struct TitleBlacklist;

const LINE: &str = ".*badname.* <newaccountonly>";
const OVERRIDE: &str = "ignoreTitleBlacklist";

impl Provider for TitleBlacklist {
    fn requests(&self, context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action != Action::Create || !Creator::of(context).is_privileged(context) {
            return Vec::new();
        }
        let label = Message::new("titleblacklist-override");
        let help = Message::new("titleblacklist-override-help");
        let fields = vec![Field::new(OVERRIDE, FieldType::Checkbox, label, help).optional()];
        vec![AuthRequest::new(
            "MediaWiki\\Extension\\TitleBlacklist\\TitleBlacklistAuthenticationRequest",
            fields,
        )]
    }

    fn test_name(&self, context: &mut Context<'_>, name: &str) -> Status {
        // Those who may ignore the line are asked later whether they do.
        if Creator::of(context).is_privileged(context) { Ok(()) } else { test(name) }
    }

    fn test_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        creator: &Creator,
        requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        let is_overridden =
            creator.is_privileged(context) && requests.iter().any(|request| request.flag(OVERRIDE));
        Ok(if is_overridden { Ok(()) } else { test(&user.name) })
    }
}

impl PreAuth for TitleBlacklist {}

fn test(name: &str) -> Status {
    if !name.to_lowercase().contains("badname") {
        return Ok(());
    }
    let key = "titleblacklist-forbidden-new-account";
    let data = Map::from_iter([
        ("message".to_owned(), json!({ "key": key, "params": [LINE, name] })),
        ("line".to_owned(), json!(LINE)),
        ("info".to_owned(), json!("The list of unwanted names has this one")),
    ]);
    Err(vec![
        Message::new(key)
            .text_param(wikitext::escape(LINE))
            .text_param(name)
            .with_code("titleblacklist-forbidden", data),
    ])
}
