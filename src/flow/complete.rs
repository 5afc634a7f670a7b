//! How an answer becomes the parameters of a complete request.
//!
//! A wiki drops an authentication request as a whole, and without a word, when one of its fields does not load
//! (MediaWiki, AuthenticationRequest::loadFromSubmission): an e-mail address vanishes because the real name was not
//! sent. So every field of every request in use is sent, empty when unset, and whatever would be dropped is refused
//! here, naming the field, before an attempt is spent on it.

use super::{
    answer::{Answer, Value},
    form::{Form, Preserved},
};
use crate::{
    Error, Result, Secret,
    protocol::{AuthRequest, Field, FieldType, Required, merge, replaced_char},
};

/// An answer that fits its form: parameters that the wiki will take as a whole.
#[derive(Debug)]
pub(crate) struct Complete {
    /// Fields in the wiki's order. A multiselect's name ends in `[]`.
    pub params: Vec<(String, Secret)>,
    /// The ids for `createrequests`; empty for all.
    pub requests: Vec<String>,
    /// The account's name, where the form asks for one.
    pub username: Option<String>,
}

/// The wiki's own limit for visitors without special rights.
const MOST_REQUESTS: usize = 50;

impl Answer {
    /// Holds the answer against the form. `is_first` tells the form of a begin from a later step.
    pub(crate) fn complete(&self, form: &Form, is_first: bool, preserved: &Preserved) -> Result<Complete> {
        let offered = self.restrict(form)?;
        let merged = if self.requests.is_empty() { form.fields.clone() } else { merge_refs(&offered) };
        let mut given = Given::check(&self.values, &merged, form)?;
        given.use_preserved_name(preserved)?;
        let in_use = choose(&offered, &given, is_first, preserved.primary)?;
        given.check_complete(&in_use)?;

        let mut params = Vec::new();
        for field in &merged {
            if in_use.iter().any(|request| request.field(field.name()).is_some()) {
                given.emit(field, &mut params);
            }
        }
        let username = given.text("username").filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Complete { params, requests: self.requests.clone(), username })
    }

    /// Refuses fields and requests that the form does not have; [`complete`](Self::complete) looks at the values.
    #[cfg(feature = "capi")]
    pub(crate) fn check_names(&self, form: &Form) -> Result<()> {
        self.restrict(form)?;
        match self.values.iter().find(|(name, _)| form.field(name).is_none()) {
            Some((name, _)) => Err(unknown_field(name, &form.fields, form)),
            None => Ok(()),
        }
    }

    /// The requests of the form that may be used.
    fn restrict<'f>(&self, form: &'f Form) -> Result<Vec<&'f AuthRequest>> {
        if self.requests.is_empty() {
            return Ok(form.requests.iter().collect());
        }
        if self.requests.len() > MOST_REQUESTS {
            let message =
                format!("At most {MOST_REQUESTS} requests can be named, not {}.", self.requests.len());
            return Err(Error::argument("requests", message));
        }
        if let Some(id) =
            self.requests.iter().find(|id| !form.requests.iter().any(|request| request.id == **id))
        {
            let ids: Vec<&str> = form.requests.iter().map(AuthRequest::id).collect();
            let message = format!("The wiki offers no request “{id}”; it offers {}.", list(&ids));
            return Err(Error::argument("requests", message));
        }
        Ok(form.requests.iter().filter(|request| self.requests.contains(&request.id)).collect())
    }
}

fn merge_refs(requests: &[&AuthRequest]) -> Vec<Field> {
    merge(&requests.iter().map(|&request| request.clone()).collect::<Vec<_>>())
}

/// The host's values, each known to fit its field.
struct Given<'a> {
    values: Vec<(&'a str, Fitting<'a>)>,
}

#[derive(Clone)]
enum Fitting<'a> {
    Text(&'a str),
    Flag(bool),
    Keys(Vec<&'a str>),
    /// A name that a kept login prescribes.
    Owned(String),
}

impl<'a> Given<'a> {
    fn check(values: &'a [(String, Value)], fields: &[Field], form: &Form) -> Result<Self> {
        let mut checked = Vec::with_capacity(values.len());
        for (name, value) in values {
            let Some(field) = fields.iter().find(|field| field.name() == name) else {
                return Err(unknown_field(name, fields, form));
            };
            if let Some(value) = fit(field, value)? {
                checked.push((name.as_str(), value));
            }
        }
        Ok(Self { values: checked })
    }

    fn use_preserved_name(&mut self, preserved: &Preserved) -> Result<()> {
        if preserved.username.is_empty() {
            return Ok(());
        }
        match self.text("username") {
            None | Some("") => {
                self.values.push(("username", Fitting::Owned(preserved.username.clone())));
                Ok(())
            }
            Some(name) if name == preserved.username => Ok(()),
            Some(_) => {
                let message =
                    format!("The kept login wants the name “{}”; leave it out.", preserved.username);
                Err(Error::argument("username", message))
            }
        }
    }

    fn get(&self, name: &str) -> Option<&Fitting<'a>> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Fitting::Text(text) => Some(text),
            Fitting::Owned(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the host said something of that field.
    fn supplies(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Fitting::Text(text)) => !text.is_empty(),
            Some(Fitting::Owned(text)) => !text.is_empty(),
            Some(Fitting::Flag(set)) => *set,
            Some(Fitting::Keys(keys)) => !keys.is_empty(),
            None => false,
        }
    }

    /// Whether the host said something that only this request takes, and none of the others.
    fn supplies_own(&self, request: &AuthRequest, others: &[&AuthRequest]) -> bool {
        let taken = |name: &str| others.iter().any(|other| other.field(name).is_some());
        request.fields.iter().any(|field| self.supplies(&field.name) && !taken(&field.name))
    }

    /// The text that is sent for a field: the host's, the wiki's preset, or the password once more.
    fn text_of<'s>(&'s self, field: &'s Field) -> &'s str {
        if let Some(text) = self.text(&field.name) {
            return text;
        }
        if field.name == "retype"
            && field.kind == FieldType::Password
            && let Some(password) = self.text("password")
        {
            return password;
        }
        let preset = field.value().unwrap_or_default();
        if field.kind == FieldType::Select && !field.offers(preset) { "" } else { preset }
    }

    /// Whether a required field of a request in use is filled in. A button loads its request only when pressed.
    fn satisfies(&self, field: &Field) -> bool {
        match field.kind {
            FieldType::Null => true,
            // The host cannot fill it in, but the return from a third party may have failed to.
            FieldType::Hidden => field.optional || !field.value().unwrap_or_default().is_empty(),
            FieldType::Checkbox | FieldType::Button => field.optional || self.supplies(&field.name),
            FieldType::Multiselect => field.optional || self.supplies(&field.name),
            _ => field.optional || !self.text_of(field).is_empty(),
        }
    }

    fn check_complete(&self, in_use: &[&AuthRequest]) -> Result<()> {
        let gap = |request: &&&AuthRequest| request.fields.iter().any(|field| !self.satisfies(field));
        let (incomplete, complete): (Vec<&AuthRequest>, Vec<&AuthRequest>) = in_use.iter().partition(gap);
        for request in incomplete {
            // An optional request that the host says nothing of is simply not taken.
            if request.required == Required::Optional && !self.supplies_own(request, &complete) {
                continue;
            }
            if let Some(field) = request.fields.iter().find(|field| !self.satisfies(field)) {
                return Err(missing(field));
            }
        }
        Ok(())
    }

    fn emit(&self, field: &Field, params: &mut Vec<(String, Secret)>) {
        match field.kind {
            FieldType::Null => {}
            FieldType::Checkbox | FieldType::Button => {
                if self.supplies(&field.name) {
                    params.push((field.name.clone(), "1".into()));
                }
            }
            FieldType::Multiselect => {
                if let Some(Fitting::Keys(keys)) = self.get(&field.name) {
                    params.extend(keys.iter().map(|&key| (format!("{}[]", field.name), key.into())));
                }
            }
            FieldType::Hidden => {
                params.push((field.name.clone(), field.value().unwrap_or_default().into()));
            }
            _ => params.push((field.name.clone(), self.text_of(field).into())),
        }
    }
}

/// A value in the form that its field takes; nothing for a hidden field, which goes back by itself.
fn fit<'a>(field: &Field, value: &'a Value) -> Result<Option<Fitting<'a>>> {
    let name = field.name();
    let wrong = |message: &str| Err(Error::argument(name, format!("{} {message}", caption(field))));
    match (field.kind(), value) {
        (FieldType::Null, _) => wrong("is only there to be shown and takes no value."),
        (FieldType::Hidden, Value::Text(text)) if text.expose() == field.value().unwrap_or_default() => {
            Ok(None)
        }
        (FieldType::Hidden, _) => wrong("is hidden and goes back unchanged; leave it out."),

        (FieldType::Checkbox | FieldType::Button, Value::Flag(set)) => Ok(Some(Fitting::Flag(*set))),
        (FieldType::Checkbox | FieldType::Button, Value::Text(text)) => match text.expose() {
            "1" => Ok(Some(Fitting::Flag(true))),
            "0" => Ok(Some(Fitting::Flag(false))),
            _ => wrong("takes 1 for yes or 0 for no."),
        },
        (FieldType::Checkbox | FieldType::Button, Value::Choices(_)) => {
            wrong("takes yes or no, not choices.")
        }

        (FieldType::Multiselect, Value::Choices(keys)) => {
            let mut chosen: Vec<&str> = Vec::with_capacity(keys.len());
            for key in keys {
                check_choice(field, key)?;
                if !chosen.contains(&key.as_str()) {
                    chosen.push(key);
                }
            }
            Ok(Some(Fitting::Keys(chosen)))
        }
        (FieldType::Multiselect, Value::Text(text)) if text.expose().is_empty() => {
            Ok(Some(Fitting::Keys(Vec::new())))
        }
        (FieldType::Multiselect, Value::Text(text)) => {
            check_choice(field, text.expose())?;
            Ok(Some(Fitting::Keys(vec![text.expose()])))
        }
        (FieldType::Multiselect, Value::Flag(_)) => wrong("takes choices, not yes or no."),

        (FieldType::Select, Value::Text(text)) => {
            if !text.expose().is_empty() {
                check_choice(field, text.expose())?;
            }
            Ok(Some(Fitting::Text(text.expose())))
        }
        (FieldType::Select, _) => wrong("takes one of its choices."),

        (_, Value::Text(text)) => {
            check_text(field, text.expose())?;
            Ok(Some(Fitting::Text(text.expose())))
        }
        (_, _) => wrong("takes text."),
    }
}

fn check_choice(field: &Field, key: &str) -> Result<()> {
    if field.offers(key) {
        return Ok(());
    }
    let keys: Vec<&str> = field.choices().iter().map(|choice| choice.value.as_str()).collect();
    let message = format!("{} has no choice of this value; it has {}.", caption(field), list(&keys));
    Err(Error::argument(field.name(), message))
}

pub(super) fn check_text(field: &Field, text: &str) -> Result<()> {
    match replaced_char(text) {
        None => Ok(()),
        Some(c) => {
            let message = format!("{} holds U+{:04X}, which wikis replace.", caption(field), c as u32);
            Err(Error::argument(field.name(), message))
        }
    }
}

/// The requests that are filled in: all but the primary-required ones, of which one is chosen by what the host gave.
fn choose<'f>(
    offered: &[&'f AuthRequest],
    given: &Given<'_>,
    is_first: bool,
    primary_kept: bool,
) -> Result<Vec<&'f AuthRequest>> {
    let pressed = pressed_button(offered, given)?;
    let chosen = choose_primary(offered, given, primary_kept)?;
    let in_use = |request: &AuthRequest| match request.required {
        Required::PrimaryRequired => chosen.is_some_and(|chosen| chosen.id == request.id),
        Required::Optional => true,
        // A button is a way round the other questions of a later step; the first form wants its name in any case.
        Required::Required => match pressed {
            Some(button) if !is_first && request.field(button).is_none() => {
                let with_button: Vec<&AuthRequest> =
                    offered.iter().copied().filter(|other| other.field(button).is_some()).collect();
                given.supplies_own(request, &with_button)
            }
            _ => true,
        },
    };
    Ok(offered.iter().copied().filter(|request| in_use(request)).collect())
}

fn pressed_button<'f>(offered: &[&'f AuthRequest], given: &Given<'_>) -> Result<Option<&'f str>> {
    let fields = offered.iter().flat_map(|request| &request.fields);
    let mut pressed: Vec<&str> = fields
        .filter(|field| field.kind == FieldType::Button && given.supplies(&field.name))
        .map(|field| field.name.as_str())
        .collect();
    pressed.dedup();
    match pressed[..] {
        [] => Ok(None),
        [button] => Ok(Some(button)),
        [_, second, ..] => {
            let message = format!("Only one button can be pressed, not {}.", list(&pressed));
            Err(Error::argument(second, message))
        }
    }
}

/// Of several ways to make the account, the one that the host's values speak of.
fn choose_primary<'f>(
    offered: &[&'f AuthRequest],
    given: &Given<'_>,
    primary_kept: bool,
) -> Result<Option<&'f AuthRequest>> {
    let is_primary = |request: &&&AuthRequest| request.required == Required::PrimaryRequired;
    let primaries: Vec<&AuthRequest> = offered.iter().filter(is_primary).copied().collect();
    // What other requests ask for too, the user name above all, speaks for no way in particular.
    let shared = |name: &str| {
        offered.iter().any(|other| other.required != Required::PrimaryRequired && other.field(name).is_some())
    };
    let mut supplied: Vec<&str> = Vec::new();
    for field in primaries.iter().flat_map(|request| &request.fields) {
        if given.supplies(&field.name) && !shared(&field.name) && !supplied.contains(&field.name.as_str()) {
            supplied.push(&field.name);
        }
    }
    if supplied.is_empty() {
        return match primaries[..] {
            _ if primary_kept => Ok(None),
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(no_way_chosen(&primaries, shared)),
        };
    }
    let covering: Vec<&AuthRequest> = primaries
        .iter()
        .copied()
        .filter(|request| supplied.iter().all(|name| request.field(name).is_some()))
        .collect();
    let complete: Vec<&AuthRequest> = covering
        .iter()
        .copied()
        .filter(|request| request.fields.iter().all(|field| given.satisfies(field)))
        .collect();
    match (&covering[..], &complete[..]) {
        (_, [only]) | ([only], _) => Ok(Some(only)),
        _ => {
            let field = supplied.last().copied().unwrap_or_default();
            let message = format!(
                "The fields {} belong to different ways of making the account; fill in one way only.",
                list(&supplied)
            );
            Err(Error::argument(field, message))
        }
    }
}

fn no_way_chosen(primaries: &[&AuthRequest], shared: impl Fn(&str) -> bool) -> Error {
    let names = |request: &AuthRequest| {
        let own: Vec<&str> =
            request.fields.iter().filter(|f| f.asks() && !shared(&f.name)).map(|f| f.name.as_str()).collect();
        own.join(" and ")
    };
    let ways: Vec<String> = primaries.iter().map(|request| names(request)).collect();
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let first = primaries.iter().flat_map(|request| &request.fields).find(|f| f.asks() && !shared(&f.name));
    let message = format!("Choose one way of making the account by filling in one of: {}.", ways.join("; "));
    Error::argument(first.map(Field::name).unwrap_or_default(), message)
}

fn missing(field: &Field) -> Error {
    let what = match field.kind {
        FieldType::Checkbox => "must be ticked",
        FieldType::Button => "must be pressed",
        FieldType::Select | FieldType::Multiselect => "needs a choice",
        FieldType::Hidden => "is hidden and required, but nothing has filled it in",
        _ => "is required",
    };
    Error::argument(&field.name, format!("{} {what}.", caption(field)))
}

fn unknown_field(name: &str, fields: &[Field], form: &Form) -> Error {
    let message = if form.field(name).is_some() {
        format!("The field “{name}” belongs to no request in use.")
    } else {
        let names: Vec<&str> = fields.iter().filter(|field| field.asks()).map(Field::name).collect();
        format!("The wiki has no field “{name}”; it asks for {}.", list(&names))
    };
    Error::argument(name, message)
}

fn caption(field: &Field) -> String {
    format!("The field “{}”", field.name())
}

/// A wiki may have thousands.
const MOST_LISTED: usize = 20;

fn list(words: &[&str]) -> String {
    match words.get(..MOST_LISTED) {
        Some(first) if words.len() > MOST_LISTED => {
            format!("{} and {} more", first.join(", "), words.len() - MOST_LISTED)
        }
        _ if words.is_empty() => "nothing".to_owned(),
        _ => words.join(", "),
    }
}
