//! The parameters of a module, as MediaWiki's ParamValidator reads them.

use super::call::Call;
use super::failure::{Failure, Usage};
use crate::form;
use crate::message::{Message, Param};
use std::collections::HashSet;

pub struct Reader<'c, 'w> {
    call: &'c mut Call<'w>,
    module: &'static str,
    prefix: &'static str,
}

impl<'c, 'w> Reader<'c, 'w> {
    pub fn new(call: &'c mut Call<'w>, module: &'static str, prefix: &'static str) -> Self {
        Self { call, module, prefix }
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        let name = self.full(name);
        self.call.parameter(&name)
    }

    pub fn required(&mut self, name: &str) -> Result<String, Failure> {
        match self.text(name) {
            Some(text) => Ok(text),
            None => {
                let message =
                    Message::new("paramvalidator-missingparam").param(Param::Plain(self.full(name)));
                Err(Usage::new(self.module, message).code("missingparam").into())
            }
        }
    }

    /// True when the name is there, whatever its value.
    pub fn flag(&mut self, name: &str) -> bool {
        let name = self.full(name);
        self.call.has_parameter(&name)
    }

    pub fn choice(&mut self, name: &str, choices: &[&'static str]) -> Result<Option<&'static str>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match choices.iter().find(|choice| **choice == text) {
            Some(choice) => Ok(Some(choice)),
            None => Err(Usage::new(self.module, bad_value(&self.full(name), &text, choices))
                .code("badvalue")
                .into()),
        }
    }

    /// Several values, parted by `|` or, after a first U+001F, by that character; each counts once.
    pub fn list(&mut self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        let full = self.full(name);
        let Some(text) = self.text(name) else { return Ok(None) };
        let raw = self.call.form.raw(&full).unwrap_or_default();
        let values: Vec<String> = match raw.strip_prefix('\u{1f}') {
            Some("") => Vec::new(),
            Some(rest) => rest.split('\u{1f}').map(form::clean).collect(),
            None if text.is_empty() => Vec::new(),
            None => text.split('|').map(str::to_owned).collect(),
        };
        let limit = if self.call.has_high_limits() { 500 } else { 50 };
        if values.len() > limit {
            let message = Message::new("paramvalidator-toomanyvalues")
                .param(Param::Plain(full.clone()))
                .param(Param::Number(limit as i64));
            return Err(Usage::new(self.module, message)
                .code("toomanyvalues")
                .data("parameter", full)
                .data("limit", limit)
                .data("lowlimit", 50)
                .data("highlimit", 500)
                .into());
        }
        let mut seen = HashSet::new();
        Ok(Some(values.into_iter().filter(|value| seen.insert(value.clone())).collect()))
    }

    /// Those of the values that are known; the others are warned of.
    pub fn choices(
        &mut self,
        name: &str,
        choices: &[&'static str],
    ) -> Result<Option<Vec<&'static str>>, Failure> {
        let Some(values) = self.list(name)? else { return Ok(None) };
        if values == ["*"] {
            return Ok(Some(choices.to_vec()));
        }
        let mut known: Vec<&'static str> = Vec::new();
        let mut unknown = Vec::new();
        for value in values {
            match choices.iter().find(|choice| **choice == value) {
                Some(choice) if known.contains(choice) => {}
                Some(choice) => known.push(choice),
                None => unknown.push(value),
            }
        }
        if !unknown.is_empty() {
            let full = self.full(name);
            let given = self.call.parameter(&full).unwrap_or_default();
            let count = unknown.len() as i64;
            let message = Message::new("paramvalidator-unrecognizedvalues")
                .param(Param::Plain(full))
                .param(Param::Plain(given))
                .param(Param::List(unknown.iter().cloned().map(Param::Plain).collect()))
                .param(Param::Number(count));
            let usage = Usage::new(self.module, message).code("unrecognizedvalues").data("values", unknown);
            self.call.warn(usage);
        }
        Ok(Some(known))
    }

    pub fn require_posted(&mut self, names: &[&str]) -> Result<(), Failure> {
        let names: Vec<String> = names.iter().map(|name| self.full(name)).collect();
        self.call.require_posted(self.module, &names)
    }

    pub fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

pub fn bad_value(name: &str, value: &str, choices: &[&str]) -> Message {
    let allowed = choices.iter().map(|choice| Param::Plain((*choice).to_owned())).collect();
    Message::new("paramvalidator-badvalue-enumnotmulti")
        .param(Param::Plain(name.to_owned()))
        .param(Param::Plain(value.to_owned()))
        .param(Param::TextList(allowed))
        .param(Param::Number(choices.len() as i64))
}
