//! Away at a third party, and the return from there.

use std::{borrow::Cow, time::Instant};

use percent_encoding::percent_decode;
use url::Url;

use super::{
    Answer, Flow, Next, Settings, State,
    complete::check_text,
    step::{Form, Preserved, Redirect},
};
use crate::{
    Error, Result,
    protocol::{Field, FieldType, Message, Status, is_private},
};

/// Where a third party sends the person back to. Without a wish of the host it is the wiki itself: the API insists on
/// an address, and most wikis never use it.
pub(super) fn return_url(settings: &Settings) -> Url {
    settings.return_url.clone().unwrap_or_else(|| {
        let mut wiki = settings.api_url.clone();
        wiki.set_path("/");
        wiki.set_query(None);
        wiki
    })
}

impl Flow {
    /// The step for a REDIRECT. The API does not check the target, so this does.
    pub(super) fn redirect(&self, status: Status) -> Result<Redirect> {
        let target = status.redirect_target.as_deref().unwrap_or_default();
        let target = check_target(target, &self.settings)?;
        let catches_return = self.settings.return_url.is_some();
        let message = status.message.or_else(|| {
            let text = "No return URL was configured, so nothing will notice the return from this visit.";
            Some(Message::from_text(text)).filter(|_| !catches_return)
        });
        Ok(Redirect {
            target,
            data: status.redirect_data,
            return_url: return_url(&self.settings),
            catches_return,
            form: Form { message, ..self.fields_of(status.requests, status.raw) },
        })
    }

    /// Goes on with what the third party appended to the return URL, or posted to it.
    pub(crate) fn resume(
        &mut self,
        returned: &str,
        body: &[u8],
        extra: &Answer,
        now: Instant,
    ) -> Result<Next> {
        let State::Away(redirect) = &self.state else {
            return Err(Error::state("No visit to a third party is under way: there is nothing to resume."));
        };
        let returned = check_returned(returned, &redirect.return_url)?;
        let mut form = redirect.form.clone();
        let mut answer = extra.clone();
        // A POST wins over the address, as in PHP. Anything that is no field of the pending requests is ignored, so
        // that nobody can slip in a parameter of the API.
        for (source, pairs) in
            [("returned_url", returned.query().unwrap_or_default().as_bytes()), ("body", body)]
        {
            for pair in pairs.split(|&byte| byte == b'&') {
                take_returned(&redirect.form, &mut form, &mut answer, source, pair)?;
            }
        }
        let complete = answer.complete(&form, false, &Preserved::default()).map_err(|error| {
            let refusal = returned.query_pairs().find(|(name, _)| name == "error");
            match (error.field(), refusal) {
                (Some(field), Some((_, word))) => {
                    let message = format!("{error} The third party reports: {word}.");
                    Error::argument(field, message)
                }
                _ => error,
            }
        })?;
        self.start_post(complete, false, false, now)
    }
}

/// Takes `name=value` over if it is for a field of the step that `asked`.
fn take_returned(
    asked: &Form,
    form: &mut Form,
    answer: &mut Answer,
    source: &str,
    pair: &[u8],
) -> Result<()> {
    let mut parts = pair.splitn(2, |&byte| byte == b'=');
    let name = parts.next().and_then(decode).unwrap_or_default();
    // PHP writes these characters so in the names of the parameters that it receives.
    let name = name.strip_suffix("[]").unwrap_or(&name).replace(['.', ' '], "_");
    let Some(field) = asked.field(&name) else { return Ok(()) };
    let value = decode(parts.next().unwrap_or_default()).ok_or_else(|| {
        let message = format!("What came back for the field “{name}” is not UTF-8; wikis would replace it.");
        Error::argument(source, message)
    })?;
    let waits = |field: &Field| field.value().unwrap_or_default().is_empty();
    match field.kind() {
        FieldType::Null => {}
        // The wiki's own value goes back unchanged; an empty one waits for the third party's.
        FieldType::Hidden if waits(field) => {
            check_text(field, &value)?;
            let requests = form.requests.iter_mut().flat_map(|request| &mut request.fields);
            for field in requests.chain(&mut form.fields).filter(|field| field.name == name) {
                field.value = Some(value.clone());
            }
        }
        FieldType::Hidden => {}
        FieldType::Checkbox | FieldType::Button => {
            answer.set(name, true);
        }
        FieldType::Multiselect => {
            answer.choose(name, value);
        }
        _ => {
            answer.set(name, value);
        }
    }
    Ok(())
}

/// Text in `application/x-www-form-urlencoded`, unless it is not UTF-8.
fn decode(encoded: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).decode_utf8().ok().map(Cow::into_owned)
}

fn check_target(target: &str, settings: &Settings) -> Result<Url> {
    let refuse =
        |why: &str| Error::protocol(format!("The wiki wants to send the person elsewhere, but {why}."));
    let target = settings.api_url.join(target).map_err(|_| refuse("its target is no address"))?;
    if !matches!(target.scheme(), "https" | "http") {
        return Err(refuse(&format!("the scheme {}: is not allowed", target.scheme())));
    }
    if !is_private(&target, settings.allow_http) {
        return Err(refuse("its target is http without encryption; the host can allow that"));
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(refuse("its target carries a name or password"));
    }
    Ok(target)
}

fn check_returned(returned: &str, expected: &Url) -> Result<Url> {
    let wrong = |why: &str| Error::argument("returned_url", format!("The returned address {why}."));
    let returned = Url::parse(returned).map_err(|_| wrong("is not an absolute address"))?;
    let same_place = returned.origin() == expected.origin() && returned.path() == expected.path();
    let same_query = expected.query_pairs().all(|pair| returned.query_pairs().any(|other| other == pair));
    if same_place && same_query {
        Ok(returned)
    } else {
        Err(wrong("does not belong to the return URL that was given"))
    }
}
