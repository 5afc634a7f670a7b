//! What a return from a third party brings.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use url::Url;

use super::{
    answer::Answer,
    complete::{Complete, check_text},
    form::{Form, Preserved},
    redirect::Redirect,
};
use crate::{
    Error, Result,
    protocol::{Field, FieldType},
};

/// Completes what the third party appended to the return URL, or posted to it, by what the host adds.
pub(super) fn complete_return(
    redirect: &Redirect,
    returned_url: &str,
    body: &[u8],
    extra: &Answer,
) -> Result<Complete> {
    let returned = check_returned(returned_url, redirect.return_url())?;
    let mut form = redirect.form.clone();
    let mut answer = extra.clone();
    // A POST wins over the address, as in PHP. Anything that is no field of the pending requests is ignored, so that
    // nobody can slip in a parameter of the API.
    for (source, pairs) in [("returned_url", returned.query().unwrap_or_default().as_bytes()), ("body", body)]
    {
        for pair in pairs.split(|&byte| byte == b'&') {
            take_returned(&redirect.form, &mut form, &mut answer, source, pair)?;
        }
    }
    answer.complete(&form, false, &Preserved::default()).map_err(|error| {
        let refusal = returned.query_pairs().find(|(name, _)| name == "error");
        match (error.field(), refusal) {
            (Some(field), Some((_, word))) => {
                let message = format!("{error} The third party reports: {word}.");
                Error::argument(field, message)
            }
            _ => error,
        }
    })
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
