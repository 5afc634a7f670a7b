//! `action=validatepassword`

use super::call::Call;
use super::failure::{Failure, Usage};
use super::reader::Reader;
use crate::message::{Message, Param};
use crate::username::Rigor;
use serde_json::json;

const MODULE: &str = "validatepassword";

pub fn check(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, MODULE, "");
    reader.required("password")?;
    let user = reader.text("user");
    reader.text("email");
    reader.text("realname");
    match user {
        Some(name) if call.wiki.canonical(&name, Rigor::Valid).is_none() => {
            let message = Message::new("paramvalidator-baduser")
                .param(Param::Plain("user".into()))
                .param(Param::Plain(name));
            Err(Usage::new(MODULE, message).code("baduser").into())
        }
        _ => Ok(()),
    }
}

pub fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut reader = Reader::new(call, MODULE, "");
    reader.require_posted(&["password"])?;
    let password = reader.text("password").unwrap_or_default();
    let name = reader.text("user");
    let name = name.map(|name| creatable(call, &name)).transpose()?.unwrap_or_else(|| "127.0.0.1".to_owned());
    let problems = call.wiki.profile.password_problems(&name, &password);
    let mut shown = json!({ "validity": if problems.is_empty() { "Good" } else { "Change" } });
    if !problems.is_empty() {
        shown["validitymessages"] = call.show_errors(&problems);
    }
    call.result.insert(MODULE.to_owned(), shown);
    Ok(())
}

fn creatable(call: &Call<'_>, name: &str) -> Result<String, Failure> {
    let Some(creatable) = call.wiki.canonical(name, Rigor::Creatable) else {
        let name = call.wiki.canonical(name, Rigor::Valid).unwrap_or_default();
        let message = Message::new("apierror-baduser").text_param("user").text_param(name);
        return Err(Usage::new(MODULE, message).code("baduser_user").into());
    };
    if call.wiki.users().has(&creatable) {
        return Err(Usage::new(MODULE, Message::new("userexists")).into());
    }
    Ok(creatable)
}
