//! The host's values, and the requests of a form that they are for.

use super::{
    answer::Answer,
    fit::{Param, ValueRef, check_text, fit, list, loads, preset_param, survives_php},
    form::Preserved,
};
use crate::{
    Error, Problem, Result,
    protocol::{AuthRequest, Field, FieldType, MERGED, Required},
};

/// The values that the host gives, or that a return brought, by name.
#[derive(Default)]
pub(super) struct Given<'a> {
    pub values: Vec<(&'a str, ValueRef<'a>)>,
    /// Whether only what cannot be sent is refused.
    pub unchecked: bool,
}

impl<'a> Given<'a> {
    pub fn new(answer: &'a Answer) -> Result<Self> {
        let values: Vec<(&str, ValueRef<'_>)> =
            answer.values.iter().map(|(name, value)| (&name[..], value.into())).collect();
        for (name, value) in &values {
            match *value {
                ValueRef::Text(text) => check_text(name, text)?,
                ValueRef::Keys(keys) => keys.iter().try_for_each(|key| check_text(name, key))?,
                ValueRef::Flag(_) => {}
            }
        }
        Ok(Self { values, unchecked: answer.unchecked })
    }

    pub fn use_preserved_name(&mut self, preserved: &'a Preserved) -> Result<()> {
        if preserved.username.is_empty() {
            return Ok(());
        }
        match self.value("username") {
            None | Some(ValueRef::Text("")) => {
                self.values.retain(|(name, _)| *name != "username");
                self.values.push(("username", ValueRef::Text(&preserved.username)));
                Ok(())
            }
            Some(ValueRef::Text(name)) if name == preserved.username || self.unchecked => Ok(()),
            // apihelp-createaccount-param-preservestate: that username must be used.
            Some(_) => {
                let message =
                    format!("The kept login requires the name “{}”; leave the name out.", preserved.username);
                Err(Error::argument("username", message).with_problem(Problem::KeptName))
            }
        }
    }

    /// The requests that can load at all. Refuses a value that none of them takes.
    pub fn usable<'f>(&self, offered: Vec<&'f AuthRequest>) -> Result<Vec<&'f AuthRequest>> {
        let fields = |name: &str, requests: &[&'f AuthRequest]| -> Vec<&'f Field> {
            requests.iter().filter_map(|request| request.field(name)).collect()
        };
        if self.unchecked {
            // A name that PHP changes cannot be sent in an unchecked answer either.
            for (name, value) in self.values.iter().filter(|(name, _)| !survives_php(name)) {
                if let Some(field) = fields(name, &offered).first() {
                    fit(field, *value)?;
                }
            }
            return Ok(offered);
        }
        let (usable, unusable): (Vec<&AuthRequest>, Vec<&AuthRequest>) =
            offered.into_iter().partition(|request| unsendable(request).is_none());
        for (name, value) in &self.values {
            let takers = fields(name, &usable);
            if takers.iter().any(|field| fit(field, *value).is_ok()) {
                continue;
            }
            if let Some(field) = takers.first() {
                fit(field, *value)?;
            }
            if value.is_empty() && !fields(name, &unusable).is_empty() {
                continue;
            }
            if let Some(field) = fields(name, &unusable).first() {
                fit(field, *value)?;
            }
            let request = unusable.iter().find(|request| request.field(name).is_some());
            let (problem, message) = match request.and_then(|request| unsendable(request)) {
                Some(unsendable) => (
                    Problem::NotSendable,
                    format!(
                        "The wiki cannot take the field “{name}”: PHP changes the name of “{}”, which is in the \
                     same request.",
                        unsendable.name
                    ),
                ),
                None => (Problem::NotInUse, format!("The field “{name}” belongs to no request in use.")),
            };
            return Err(Error::argument(name, message).with_problem(problem));
        }
        Ok(usable)
    }

    #[inline]
    pub fn value(&self, name: &str) -> Option<ValueRef<'a>> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Whether the field takes the host's value.
    fn takes(&self, field: &Field) -> bool {
        self.value(&field.name).is_some_and(|value| self.unchecked || fit(field, value).is_ok())
    }

    /// Whether the host gives the field a value that is not empty. A value for a hidden field counts
    /// only if the field has no preset.
    pub fn supplies(&self, field: &Field) -> bool {
        let fits = |value: ValueRef<'a>| match self.unchecked {
            true => Ok(value.to_param_unchecked([field.kind].into_iter())),
            false => fit(field, value),
        };
        match self.value(&field.name).map(fits) {
            Some(Ok(Param::Text(text))) if field.kind == FieldType::Hidden => {
                !text.is_empty() && field.value().unwrap_or_default().is_empty()
            }
            Some(Ok(sent)) => !matches!(sent, Param::Absent | Param::Text("")),
            _ => false,
        }
    }

    /// Whether a return fills the field in. Third parties cannot change the wiki's own hidden
    /// values.
    pub fn fills(&self, field: &Field) -> bool {
        self.value(&field.name).is_some() && is_open_to_returns(field)
    }

    /// Whether the host gave a value that this request takes, and none of `others` does.
    pub fn has_value_only_for(&self, request: &AuthRequest, others: &[&AuthRequest]) -> bool {
        let taken =
            |name: &str| others.iter().filter_map(|other| other.field(name)).any(|field| self.takes(field));
        request.fields.iter().any(|field| self.supplies(field) && !taken(&field.name))
    }

    /// What would be sent for the field if it were the only one of its name.
    pub fn param_for(&self, field: &'a Field) -> Result<Param<'a>> {
        match self.value(&field.name) {
            Some(value) => fit(field, value),
            None => Ok(self.default_param(field)),
        }
    }

    /// What is sent for a field that the host leaves out: the wiki's preset, or the password again
    /// for `retype`.
    fn default_param(&self, field: &'a Field) -> Param<'a> {
        match self.value("password") {
            Some(ValueRef::Text(password)) if field.name == "retype" && field.kind == FieldType::Password => {
                Param::Text(password)
            }
            _ => preset_param(field),
        }
    }

    pub fn satisfies(&self, field: &'a Field) -> bool {
        self.param_for(field).is_ok_and(|sent| loads(field, &sent))
    }

    /// The requests to fill in. Of the primary-required ones, the host's values choose one.
    pub fn choose<'f>(
        &self,
        offered: &[&'f AuthRequest],
        is_first: bool,
        primary_kept: bool,
    ) -> Result<Vec<&'f AuthRequest>> {
        let pressed = self.pressed_button(offered)?;
        let is_primary = |request: &&AuthRequest| request.required == Required::PrimaryRequired;
        let primaries: Vec<&AuthRequest> = offered.iter().copied().filter(is_primary).collect();
        let chosen = match self.choose_primary(&primaries, offered, pressed, primary_kept) {
            Err(_) if self.unchecked => {
                primaries.iter().copied().filter(|request| self.has_value_only_for(request, &[])).collect()
            }
            chosen => chosen?,
        };
        let in_use = |request: &AuthRequest| match request.required {
            Required::PrimaryRequired => chosen.iter().any(|chosen| std::ptr::eq(*chosen, request)),
            Required::Optional => true,
            // In a later step a pressed button answers in place of the other required requests. The
            // first form still needs them, for the user name.
            Required::Required => match pressed {
                Some(button) if !is_first && request.field(button).is_none() => {
                    let with_button: Vec<&AuthRequest> =
                        offered.iter().copied().filter(|other| other.field(button).is_some()).collect();
                    self.has_value_only_for(request, &with_button)
                }
                _ => true,
            },
        };
        Ok(offered.iter().copied().filter(|request| in_use(request)).collect())
    }

    /// The name of the button that is pressed: at most one, as in a browser.
    fn pressed_button<'f>(&self, offered: &[&'f AuthRequest]) -> Result<Option<&'f str>> {
        let mut pressed: Vec<&str> = Vec::new();
        for field in offered.iter().flat_map(|request| &request.fields) {
            if field.kind == FieldType::Button
                && self.supplies(field)
                && !pressed.contains(&field.name.as_str())
            {
                pressed.push(&field.name);
            }
        }
        match pressed[..] {
            [_, second, ..] if !self.unchecked => {
                let message = format!("Only one button can be pressed, not {}.", list(&pressed));
                Err(Error::argument(second, message).with_problem(Problem::SeveralWays))
            }
            _ => Ok(pressed.first().copied()),
        }
    }

    /// Of several primary-required requests, the one that the host's values are for; none if the
    /// account is made in another way.
    fn choose_primary<'f>(
        &self,
        primaries: &[&'f AuthRequest],
        offered: &[&'f AuthRequest],
        pressed: Option<&str>,
        primary_kept: bool,
    ) -> Result<Vec<&'f AuthRequest>> {
        // A value for a field that is not only in primary-required requests, such as the user name,
        // does not show which of these is meant.
        let shared = |name: &str| {
            let asks = |other: &&AuthRequest| {
                other.required != Required::PrimaryRequired && other.field(name).is_some()
            };
            offered.iter().any(asks) || primary_kept && name == "username"
        };
        let mut supplied: Vec<&str> = Vec::new();
        for field in primaries.iter().flat_map(|request| &request.fields) {
            if self.supplies(field) && !shared(&field.name) && !supplied.contains(&field.name.as_str()) {
                supplied.push(&field.name);
            }
        }
        // The button request of a primary provider is optional unless the provider says otherwise
        // (ButtonAuthenticationRequest, AuthManager::getAuthenticationRequestsInternal), so any
        // optional request with a button may be a way to make the account.
        let other_way = |request: &AuthRequest| {
            request.required == Required::Optional
                && pressed.is_some_and(|button| request.field(button).is_some())
        };
        if supplied.is_empty() {
            return match primaries {
                _ if primary_kept || offered.iter().any(|request| other_way(request)) => Ok(Vec::new()),
                [] => Ok(Vec::new()),
                [only] => Ok(vec![only]),
                _ => Err(no_primary_chosen(primaries, shared)),
            };
        }
        if primary_kept {
            // apihelp-createaccount-param-preservestate: omit primary-required requests.
            let message = format!(
                "The kept login is already a way of making the account; leave out {}.",
                list(&supplied)
            );
            return Err(Error::argument(supplied[0], message).with_problem(Problem::SeveralWays));
        }
        let covers = |request: &AuthRequest| {
            supplied.iter().all(|name| request.field(name).is_some_and(|field| self.takes(field)))
        };
        let covering: Vec<&AuthRequest> =
            primaries.iter().copied().filter(|request| covers(request)).collect();
        let complete: Vec<&AuthRequest> = covering
            .iter()
            .copied()
            .filter(|request| request.fields.iter().all(|field| self.satisfies(field)))
            .collect();
        match (&covering[..], &complete[..]) {
            (_, [only]) | ([only], _) => Ok(vec![only]),
            _ => {
                let field = supplied.last().copied().unwrap_or_default();
                let message = format!(
                    "The fields {} belong to different ways of making the account; fill in the fields of one way only.",
                    list(&supplied)
                );
                Err(Error::argument(field, message).with_problem(Problem::SeveralWays))
            }
        }
    }
}

/// A field that keeps the request from ever loading, because PHP changes its name.
fn unsendable(request: &AuthRequest) -> Option<&Field> {
    let mut fields = request.fields.iter().filter(|_| request.id != MERGED);
    fields.find(|field| !survives_php(&field.name) && !loads(field, &Param::Absent))
}

/// Whether a third party may fill the field in. Hidden values that the wiki has set go back
/// unchanged.
pub(super) fn is_open_to_returns(field: &Field) -> bool {
    match field.kind {
        FieldType::Null => false,
        FieldType::Hidden => field.value().unwrap_or_default().is_empty(),
        _ => true,
    }
}

fn no_primary_chosen(primaries: &[&AuthRequest], shared: impl Fn(&str) -> bool) -> Error {
    let names = |request: &AuthRequest| {
        let own: Vec<&str> =
            request.fields.iter().filter(|f| f.asks() && !shared(&f.name)).map(|f| f.name.as_str()).collect();
        own.join(" and ")
    };
    let ways: Vec<String> = primaries.iter().map(|request| names(request)).collect();
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let first = primaries.iter().flat_map(|request| &request.fields).find(|f| f.asks() && !shared(&f.name));
    let message = format!("Choose one way of making the account by filling in one of: {}.", ways.join("; "));
    Error::argument(first.map(Field::name).unwrap_or_default(), message).with_problem(Problem::NoWay)
}
