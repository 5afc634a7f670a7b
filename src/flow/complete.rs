//! How an answer becomes the parameters of an HTTP request.
//!
//! A wiki silently drops a whole authentication request when one of its fields does not load
//! (MediaWiki, AuthenticationRequest::loadFromSubmission): for instance, the e-mail address is lost
//! because the real name was not sent. So every field of every request in use is sent, empty when
//! unset, and whatever would be dropped is refused here, naming the field, before an attempt is
//! spent on it.
//!
//! The wiki gets one parameter for each name, and every authentication request with a field of that
//! name reads it. The checks here do the same; the merged view is only for display.

use std::collections::BTreeMap;

use super::{
    answer::Answer,
    fit::{Param, ValueRef, describe_field, fit, is_flag, list, loads, missing, survives_php},
    form::{Form, Preserved},
    given::{Given, is_open_to_returns},
};
use crate::{
    Error, Problem, Result, Secret,
    protocol::{AuthRequest, Field, FieldType, MERGED, Required},
};

/// An answer that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Complete {
    /// Names and values of fields. The name of a list ends in `[]`.
    pub params: Vec<(String, Secret)>,
    /// The ids for `createrequests`; empty for all.
    pub requests: Vec<String>,
    /// The account's name, where the form asks for one.
    pub username: Option<String>,
}

/// MediaWiki's limit on the values of one parameter, for users without the right `apihighlimits`.
const MAX_CREATE_REQUESTS: usize = 50;

impl Answer {
    /// Checks the answer against the form. `is_first` means that a flow begins with this form.
    pub(crate) fn complete(&self, form: &Form, is_first: bool, preserved: &Preserved) -> Result<Complete> {
        let mut given = Given::new(self)?;
        let offered = self.offered(form)?;
        let usable = given.usable(offered.clone())?;
        given.use_preserved_name(preserved)?;
        let draft = Draft {
            offered: &offered,
            in_use: given.choose(&usable, is_first, preserved.primary)?,
            given: &given,
            returned: &Given::default(),
            by_return: Vec::new(),
            presets_only: Vec::new(),
            may_omit_requests: preserved.primary || !self.requests.is_empty(),
        };
        draft.complete(self)
    }

    /// The same for the answer to a REDIRECT, where `returned` has the values that the return brought.
    /// A request that the return fills in, even in part, gets what the wiki's own page would give
    /// it: these values, those that the host adds, and its hidden presets. A request that only the
    /// host fills in is completed; the others get only their hidden presets.
    pub(super) fn complete_returned(&self, form: &Form, returned: &Answer) -> Result<Complete> {
        let mut given = Given::new(self)?;
        let returned = Given::new(returned)?;
        let offered = self.offered(form)?;
        let is_filled = |request: &&AuthRequest| request.fields.iter().any(|field| returned.fills(field));
        let (by_return, others): (Vec<&AuthRequest>, Vec<&AuthRequest>) =
            offered.iter().copied().partition(is_filled);
        let is_returned =
            |name: &str| by_return.iter().any(|r| r.field(name).is_some_and(|field| returned.fills(field)));
        given.values.retain(|(name, _)| !is_returned(name));
        let usable = given.usable(offered.clone())?;
        let is_for_host = |request: &&AuthRequest| {
            usable.iter().any(|usable| std::ptr::eq(*usable, *request))
                && given.has_value_only_for(request, &by_return)
        };
        let (for_host, presets_only): (Vec<&AuthRequest>, Vec<&AuthRequest>) =
            others.into_iter().partition(is_for_host);
        let in_use = given.choose(&for_host, false, false)?;
        let may_omit_requests = !self.requests.is_empty();
        let draft = Draft {
            offered: &offered,
            given: &given,
            returned: &returned,
            in_use,
            by_return,
            presets_only,
            may_omit_requests,
        };
        draft.complete(self)
    }

    /// Refuses fields and requests that the form does not have; [`complete`](Self::complete) checks
    /// the values.
    pub(crate) fn check_names(&self, form: &Form) -> Result<()> {
        if !self.unchecked {
            self.check_requests(form)?;
        }
        self.values.iter().try_for_each(|(name, _)| self.check_name(form, name))
    }

    /// Refuses the name of a field that the form does not have.
    pub(crate) fn check_name(&self, form: &Form, name: &str) -> Result<()> {
        match form.has(name) {
            true => Ok(()),
            false if self.unchecked => check_unlisted_name(name),
            false => {
                let asking: Vec<&str> =
                    form.fields().iter().filter(|field| field.asks()).map(Field::name).collect();
                let message = format!("The wiki has no field “{name}”; it asks for {}.", list(&asking));
                Err(Error::argument(name, message).with_problem(Problem::UnknownField))
            }
        }
    }

    fn check_requests(&self, form: &Form) -> Result<()> {
        if self.requests.len() > MAX_CREATE_REQUESTS {
            let message =
                format!("At most {MAX_CREATE_REQUESTS} requests can be named, not {}.", self.requests.len());
            return Err(Error::argument("requests", message).with_problem(Problem::TooMany));
        }
        let ids = || form.requests.iter().map(AuthRequest::id).filter(|id| *id != MERGED);
        match self.requests.iter().find(|id| !ids().any(|known| known == id.as_str())) {
            Some(id) => {
                let ids: Vec<&str> = ids().collect();
                let message = format!("The wiki offers no request “{id}”; it offers {}.", list(&ids));
                Err(Error::argument("requests", message).with_problem(Problem::UnknownRequest))
            }
            None => Ok(()),
        }
    }

    /// The requests of the form that may be used: those that the answer names, or all. A request of
    /// merged fields is always among them, because the wiki does not tell which request a merged
    /// field belongs to.
    fn offered<'f>(&self, form: &'f Form) -> Result<Vec<&'f AuthRequest>> {
        self.check_names(form)?;
        let is_named = |request: &&AuthRequest| self.requests.contains(&request.id) || request.id == MERGED;
        Ok(form.requests.iter().filter(|request| self.requests.is_empty() || is_named(request)).collect())
    }
}

/// An answer, with the requests sorted by how they are filled in.
struct Draft<'a> {
    given: &'a Given<'a>,
    /// What a return from a third party brought.
    returned: &'a Given<'a>,
    /// The requests that the wiki will read.
    offered: &'a [&'a AuthRequest],
    /// The requests that are filled in completely.
    in_use: Vec<&'a AuthRequest>,
    /// Those that the return fills in.
    by_return: Vec<&'a AuthRequest>,
    /// Those for which only hidden presets are sent.
    presets_only: Vec<&'a AuthRequest>,
    /// Whether some requests may be left out. Then it is not known which merged fields are needed.
    may_omit_requests: bool,
}

/// One parameter for each name, in the order of the requests.
struct Params<'a> {
    sent: Vec<(&'a str, Param<'a>)>,
    /// The index of each name in `sent`.
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Params<'a> {
    fn of(&self, field: &Field) -> &Param<'a> {
        self.places.get(field.name.as_str()).map_or(&Param::Absent, |place| &self.sent[*place].1)
    }
}

impl<'a> Draft<'a> {
    fn complete(&self, answer: &Answer) -> Result<Complete> {
        let params = self.params();
        if !self.given.unchecked {
            self.check(&params)?;
        }
        let mut sent = Vec::new();
        for (name, param) in &params.sent {
            emit(name, param, &mut sent);
        }
        // Names outside the requests in use, which only an unchecked answer may give.
        for (name, value) in &self.given.values {
            if self.given.unchecked && !params.places.contains_key(name) {
                emit(name, &value.to_param_unchecked([].into_iter()), &mut sent);
            }
        }
        let username = sent.iter().find(|(name, _)| name == "username").map(|(_, name)| name.expose());
        let username = username.or_else(|| match self.given.value("username") {
            Some(ValueRef::Text(name)) => Some(name),
            _ => None,
        });
        let username = username.filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Complete { params: sent, requests: answer.requests.clone(), username })
    }

    fn params(&self) -> Params<'a> {
        let mut occurrences: Vec<Occurrence<'a>> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let requests = [
            (&self.by_return, FilledBy::Return),
            (&self.in_use, FilledBy::Host),
            (&self.presets_only, FilledBy::Presets),
        ];
        for (requests, filled_by) in requests {
            for request in requests {
                for field in request.fields.iter().filter(|field| field.kind != FieldType::Null) {
                    let next = places.len();
                    let place = *places.entry(&field.name).or_insert(next);
                    let is_needed = request.required != Required::Optional;
                    occurrences.push(Occurrence { field, place, filled_by, is_needed });
                }
            }
        }
        occurrences.sort_by_key(|one| one.place);
        let mut sent = Vec::with_capacity(places.len());
        for occurrences in occurrences.chunk_by(|one, next| one.place == next.place) {
            let name = occurrences[0].field.name.as_str();
            sent.push((name, self.param(name, occurrences)));
        }
        Params { sent, places }
    }

    /// What is sent for all fields of one name.
    fn param(&self, name: &str, occurrences: &[Occurrence<'a>]) -> Param<'a> {
        let types = occurrences.iter().map(|one| one.field.kind);
        let is_in = |filled_by: FilledBy| occurrences.iter().any(|one| one.filled_by == filled_by);
        match (self.returned.value(name), self.given.value(name)) {
            (Some(value), _) if occurrences.iter().any(|one| is_open_to_returns(one.field)) => {
                return value.to_param_unchecked(types);
            }
            (_, Some(value)) if self.given.unchecked => return value.to_param_unchecked(types),
            (_, Some(_)) => {}
            // Requests that the return fills in, and those that nobody fills in, get no presets but
            // hidden ones.
            (_, None) if is_in(FilledBy::Return) || !is_in(FilledBy::Host) => {
                let hidden = occurrences.iter().map(|one| one.field).filter(|f| f.kind == FieldType::Hidden);
                let preset = hidden.filter_map(Field::value).next().filter(|_| survives_php(name));
                return preset.map_or(Param::Absent, Param::Text);
            }
            (_, None) => {}
        }
        let best = self.best(occurrences).unwrap_or(Param::Absent);
        match single(&best) {
            Some(single) if !self.takes_lists(name) => single,
            _ => best,
        }
    }

    /// The value that suits as many needed fields as possible, then as many others; of equally good
    /// ones, the first.
    fn best(&self, occurrences: &[Occurrence<'a>]) -> Option<Param<'a>> {
        if let [only] = occurrences {
            return self.given.param_for(only.field).ok();
        }
        let mut candidates: Vec<Param<'_>> = Vec::new();
        for candidate in occurrences.iter().filter_map(|one| self.given.param_for(one.field).ok()) {
            let single = single(&candidate);
            for candidate in [Some(candidate), single].into_iter().flatten() {
                if !candidates.contains(&candidate) {
                    candidates.push(candidate);
                }
            }
        }
        let suited = |candidate: &Param<'_>, is_needed| {
            let fields = occurrences.iter().filter(|one| one.is_needed == is_needed);
            fields.filter(|one| self.suits(one.field, candidate)).count()
        };
        // Of several equal ones `max_by_key` takes the last.
        candidates
            .into_iter()
            .rev()
            .max_by_key(|candidate| (suited(candidate, true), suited(candidate, false)))
    }

    /// Whether no field of that name would read a list as text.
    fn takes_lists(&self, name: &str) -> bool {
        let is_text = |field: &Field| {
            !is_flag(field.kind) && !matches!(field.kind, FieldType::Multiselect | FieldType::Null)
        };
        !self.offered.iter().filter_map(|request| request.field(name)).any(is_text)
    }

    /// Whether the field loads, and gets the value that was meant.
    fn suits(&self, field: &Field, sent: &Param<'_>) -> bool {
        let keeps_meaning = match self.given.value(&field.name) {
            _ if self.returned.value(&field.name).is_some() => true,
            Some(value) => fit(field, value).is_ok_and(|wanted| wanted.reads_alike(sent)),
            // The text for a field of another type with the same name would tick the box.
            None if is_flag(field.kind) => *sent == Param::Absent || self.is_ticked(&field.name),
            None => true,
        };
        keeps_meaning && loads(field, sent)
    }

    fn is_ticked(&self, name: &str) -> bool {
        self.in_use.iter().any(|request| request.field(name).is_some_and(Field::is_ticked))
    }

    /// Refuses an answer if the wiki would refuse or drop a part of it.
    fn check(&self, params: &Params<'_>) -> Result<()> {
        let mut incomplete = Vec::new();
        let mut takers = self.by_return.clone();
        let mut complete = Vec::new();
        for request in &self.in_use {
            match self.unsuited(request, params) {
                Some(field) => incomplete.push((*request, field)),
                None => complete.push(*request),
            }
        }
        takers.extend(&complete);
        // A field without a value is reported before a button that is not pressed.
        incomplete.sort_by_key(|(_, field)| field.kind == FieldType::Button);
        for (request, field) in incomplete {
            let is_needed = match request.required {
                // The wiki may drop an optional request that the host leaves alone.
                Required::Optional => false,
                Required::Required => field.kind != FieldType::Button || !self.is_answered_by(&complete),
                Required::PrimaryRequired => true,
            };
            if is_needed || self.given.has_value_only_for(request, &takers) {
                return Err(self.refusal(field, params.of(field)));
            }
        }
        self.check_others(&complete, params)
    }

    /// Refuses a value that some request would load with another meaning. The fields of `complete`
    /// requests are known to suit.
    fn check_others(&self, complete: &[&AuthRequest], params: &Params<'_>) -> Result<()> {
        let is_misplaced = |name: &str| self.returned.value(name).is_none() && !self.takes_lists(name);
        let lists = params.sent.iter().filter(|(_, sent)| matches!(sent, Param::Keys(_)));
        let misplaced: Vec<&str> = lists.map(|(name, _)| *name).filter(|name| is_misplaced(name)).collect();
        for request in self.offered.iter().filter(|request| request.id != MERGED) {
            let sent = |field: &Field| params.of(field);
            let fields = || request.fields.iter().filter(|field| field.kind != FieldType::Null);
            let listed = fields().find(|field| misplaced.contains(&field.name.as_str()));
            let is_complete = complete.iter().any(|complete| std::ptr::eq(*complete, *request));
            let misread = || fields().find(|field| !self.suits(field, sent(field)));
            let loads = || fields().all(|field| loads(field, sent(field)));
            let wrong = listed.or_else(|| if is_complete { None } else { misread().filter(|_| loads()) });
            if let Some(field) = wrong {
                return Err(self.refusal(field, sent(field)));
            }
        }
        Ok(())
    }

    /// The first field that keeps a request from loading as it was meant. Visible fields go before
    /// hidden ones, and buttons last, because the wiki's own page does not require them
    /// (AuthManagerSpecialPage::mapSingleFieldInfo).
    fn unsuited<'r>(&self, request: &'r AuthRequest, params: &Params<'_>) -> Option<&'r Field> {
        let fields = request.fields.iter().filter(|field| field.kind != FieldType::Null);
        let unsuited = fields.filter(|field| !self.suits(field, params.of(field)));
        let unsuited: Vec<&Field> = if request.id == MERGED {
            self.unsuited_in_merged(request, unsuited)
        } else {
            unsuited.collect()
        };
        unsuited.into_iter().min_by_key(|field| match field.kind {
            FieldType::Hidden => 1,
            FieldType::Button => 2,
            _ => 0,
        })
    }

    /// Which of these unsuited fields of a merged request count: none where it is not known which
    /// requests are in use.
    fn unsuited_in_merged<'r>(
        &self,
        merged: &AuthRequest,
        unsuited: impl Iterator<Item = &'r Field>,
    ) -> Vec<&'r Field> {
        let is_pressed = |field: &Field| field.kind == FieldType::Button && self.given.supplies(field);
        if self.may_omit_requests || merged.fields.iter().any(is_pressed) {
            return Vec::new();
        }
        let has_questions = merged.fields.iter().any(needs_value);
        unsuited
            .filter(|field| survives_php(&field.name) && !(has_questions && field.kind == FieldType::Button))
            .collect()
    }

    /// Whether one of these requests answers the step, so that no button need be pressed.
    fn is_answered_by(&self, complete: &[&AuthRequest]) -> bool {
        complete.iter().any(|request| {
            let is_supplied = request.fields.iter().any(|field| self.given.supplies(field));
            is_supplied || request.required != Required::Optional && request.fields.iter().any(needs_value)
        })
    }

    fn refusal(&self, field: &Field, sent: &Param<'_>) -> Error {
        if let Some(value) = self.given.value(&field.name)
            && let Err(error) = fit(field, value)
        {
            return error;
        }
        if !loads(field, sent) && !self.given.satisfies(field) {
            return missing(field);
        }
        let what = "is in several requests of the wiki, and no value suits them all";
        Error::argument(&field.name, format!("{} {what}.", describe_field(field)))
            .with_problem(Problem::Conflicting)
    }
}

/// A field, and how its request is filled in.
struct Occurrence<'a> {
    field: &'a Field,
    /// The position of its name in [`Params::sent`].
    place: usize,
    filled_by: FilledBy,
    is_needed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FilledBy {
    /// What came back with the person, and hidden presets.
    Return,
    /// The host's values and all presets.
    Host,
    /// Hidden presets.
    Presets,
}

/// Whether the field needs a value from the person: a button only has to be pressed.
fn needs_value(field: &Field) -> bool {
    field.asks() && field.kind != FieldType::Button
}

/// A list of one as a single value, which also loads in fields of other types.
fn single<'a>(sent: &Param<'a>) -> Option<Param<'a>> {
    match sent {
        Param::Keys(keys) if keys.len() == 1 => Some(Param::Text(keys[0])),
        _ => None,
    }
}

fn emit(name: &str, sent: &Param<'_>, params: &mut Vec<(String, Secret)>) {
    match sent {
        Param::Absent => {}
        Param::Text(text) => params.push((name.to_owned(), (*text).into())),
        Param::Keys(keys) => params.extend(keys.iter().map(|&key| (format!("{name}[]"), key.into()))),
    }
}

/// Parameters that the API itself reads (ApiMain, ApiAMCreateAccount, ApiClientLogin).
const API_PARAMS: [&str; 12] = [
    "action",
    "format",
    "formatversion",
    "callback",
    "origin",
    "crossorigin",
    "assert",
    "assertuser",
    "maxlag",
    "errorformat",
    "errorlang",
    "uselang",
];
/// Parameters of the module itself, without its prefix.
const MODULE_PARAMS: [&str; 7] =
    ["continue", "mergerequestfields", "messageformat", "preservestate", "requests", "returnurl", "token"];

/// Refuses a name that is not in the form if it is a parameter of the API itself, or if PHP would
/// change it.
fn check_unlisted_name(name: &str) -> Result<()> {
    let of_module = ["create", "login"].iter().filter_map(|prefix| name.strip_prefix(prefix));
    let is_reserved =
        API_PARAMS.contains(&name) || of_module.into_iter().any(|rest| MODULE_PARAMS.contains(&rest));
    let why = match name {
        _ if is_reserved => "is a parameter of the API",
        _ if !survives_php(name) => "is a name that PHP changes",
        _ => return Ok(()),
    };
    let message = format!("“{name}” {why}, and cannot be sent as a field.");
    Err(Error::argument(name, message).with_problem(Problem::NotSendable))
}
