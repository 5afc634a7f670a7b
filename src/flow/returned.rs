//! What a return from a third party brings.
//!
//! The wiki's own page hands what came back to AuthManager, whether or not its form accepts it
//! (AuthManagerSpecialPage::trySubmit), and providers look at which fields are set. So a
//! request that the return fills in gets no presets but its hidden ones, and none of its fields
//! counts as missing.

use std::{borrow::Cow, collections::HashMap};

use percent_encoding::percent_decode;
use url::Url;

use super::{
    answer::{Answer, Value},
    complete::Complete,
    fit::check_text,
    form::Form,
    given::is_open_to_returns,
    redirect::Redirect,
};
use crate::{
    Error, Problem, Result,
    protocol::{Field, FieldType, has_user_info},
};

/// The answer to a REDIRECT: what the third party appended to the return URL or posted to it, and
/// what the host gives in `extra`.
pub(super) fn complete_return(
    redirect: &Redirect,
    returned_url: &str,
    body: &[u8],
    extra: &Answer,
) -> Result<Complete> {
    let returned = check_returned(returned_url, redirect.return_url())?;
    let query = returned.query().unwrap_or_default().as_bytes();
    // Values of the POST override those of the address, as in PHP.
    let mut parameters = Parameters::read("returned_url", query);
    parameters.0.extend(Parameters::read("body", body).0);
    let returned_values = parameters.answer(&redirect.form)?;
    extra.complete_returned(&redirect.form, &returned_values).map_err(|error| {
        let refusal = returned.query_pairs().find(|(name, _)| name == "error");
        match (error.field(), refusal) {
            (Some(field), Some((_, code))) => {
                let message = format!("{error} The third party reports: {code}.");
                let problem = error.problem().unwrap_or(Problem::Invalid);
                Error::argument(field, message).with_problem(problem)
            }
            _ => error,
        }
    })
}

/// Parameters as PHP reads them, by name, with the source of each.
struct Parameters<'a>(HashMap<String, (&'static str, Parameter<'a>)>);

/// Values as they came, percent-encoded.
enum Parameter<'a> {
    Text(&'a [u8]),
    List(Vec<&'a [u8]>),
}

impl<'a> Parameters<'a> {
    fn read(source: &'static str, pairs: &'a [u8]) -> Self {
        let mut read = HashMap::new();
        for pair in pairs.split(|&byte| byte == b'&') {
            let mut parts = pair.splitn(2, |&byte| byte == b'=');
            // A name that is not UTF-8 belongs to no field.
            let Some(name) = parts.next().and_then(decode) else { continue };
            let value = parts.next().unwrap_or_default();
            match php_name(&name) {
                Some((name, true)) => match read.get_mut(&name) {
                    Some((_, Parameter::List(values))) => values.push(value),
                    _ => drop(read.insert(name, (source, Parameter::List(vec![value])))),
                },
                Some((name, false)) => drop(read.insert(name, (source, Parameter::Text(value)))),
                None => {}
            }
        }
        Self(read)
    }

    /// The values for fields of the step. Anything else is ignored, so that nobody can slip in a
    /// parameter of the API.
    fn answer(&self, form: &Form) -> Result<Answer> {
        let mut answer = Answer::new();
        for field in form.requests.iter().flat_map(|request| &request.fields) {
            if is_open_to_returns(field)
                && let Some((source, parameter)) = self.0.get(field.name())
                && let Some(value) = value_of(field, source, parameter)?
            {
                answer = answer.set(field.name(), value);
            }
        }
        Ok(answer)
    }
}

/// A value as the wiki's own page reads it for such a field: only a multiselect takes a list
/// (WebRequest::getText), and a checkbox is ticked by any value that is true in PHP
/// (HTMLCheckField).
fn value_of(field: &Field, source: &str, parameter: &Parameter<'_>) -> Result<Option<Value>> {
    let text = |encoded: &[u8]| {
        let value = decode(encoded).ok_or_else(|| {
            let name = field.name();
            let message = format!(
                "What came back for the field “{name}” is not UTF-8; wikis would replace the invalid bytes."
            );
            Error::argument(source, message).with_problem(Problem::NotUtf8)
        })?;
        check_text(field.name(), &value)?;
        Ok(value)
    };
    Ok(match (field.kind(), parameter) {
        (FieldType::Multiselect, Parameter::Text(key)) => Some(vec![text(key)?].into()),
        (FieldType::Multiselect, Parameter::List(keys)) => {
            Some(keys.iter().map(|key| text(key)).collect::<Result<Vec<String>>>()?.into())
        }
        (_, Parameter::List(_)) => None,
        (FieldType::Button, Parameter::Text(_)) => Some(true.into()),
        (FieldType::Checkbox, Parameter::Text(value)) => Some((!matches!(*value, b"" | b"0")).into()),
        (_, Parameter::Text(value)) => Some(text(value)?.into()),
    })
}

/// The name under which PHP keeps a parameter, and whether as a list (php_register_variable_ex).
fn php_name(name: &str) -> Option<(String, bool)> {
    let name = name.trim_start_matches(' ');
    let name = name.split('\0').next().unwrap_or_default();
    let (stem, index) = match name.split_once('[') {
        Some((stem, index)) => (stem, Some(index)),
        None => (name, None),
    };
    let plain = |text: &str| text.replace([' ', '.', '['], "_");
    match index {
        _ if stem.is_empty() => None,
        Some(index) if index.contains(']') => Some((plain(stem), true)),
        // A bracket that is not closed is part of the name, and becomes an underscore.
        Some(_) => Some((plain(name), false)),
        None => Some((plain(stem), false)),
    }
}

/// Decodes text in `application/x-www-form-urlencoded`; nothing if it is not UTF-8.
fn decode(encoded: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = encoded.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).decode_utf8().ok().map(Cow::into_owned)
}

fn check_returned(returned: &str, expected: &Url) -> Result<Url> {
    let wrong = |why: &str| Error::argument("returned_url", format!("The returned address {why}."));
    let returned = Url::parse(returned).map_err(|_| wrong("is not an absolute address"))?;
    let same_place = returned.origin() == expected.origin() && returned.path() == expected.path();
    let same_query = expected.query_pairs().all(|pair| returned.query_pairs().any(|other| other == pair));
    if same_place && same_query && !has_user_info(&returned) {
        Ok(returned)
    } else {
        Err(wrong("does not belong to the return URL that was given"))
    }
}

#[cfg(test)]
mod tests {
    use super::php_name;

    /// As `parse_str` of PHP 8.2 reads them.
    #[test]
    fn names_are_read_as_php_reads_them() {
        for (name, read) in [
            ("code", Some(("code", false))),
            ("news.letter", Some(("news_letter", false))),
            ("  lead", Some(("lead", false))),
            ("a b ", Some(("a_b_", false))),
            ("a[b", Some(("a_b", false))),
            ("a[b.c d[e", Some(("a_b_c_d_e", false))),
            ("a]", Some(("a]", false))),
            ("a.b[]", Some(("a_b", true))),
            ("a[b]c", Some(("a", true))),
            ("a[ ]", Some(("a", true))),
            ("a\0b", Some(("a", false))),
            ("\ta", Some(("\ta", false))),
            ("[a]", None),
            ("[a", None),
            (" ", None),
            ("", None),
        ] {
            assert_eq!(php_name(name), read.map(|(name, list)| (name.to_owned(), list)), "{name:?}");
        }
    }
}
