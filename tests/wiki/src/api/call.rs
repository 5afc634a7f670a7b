//! One request to the API while it is worked on.

use super::failure::{Failure, Usage};
use super::output;
use super::reader::Reader;
use crate::auth::{Context, Creator};
use crate::form::{Form, Input};
use crate::http::{Request, Response};
use crate::instance::Instance;
use crate::message::{Language, Message, Param};
use crate::profile::CaptchaKind;
use crate::session::Session;
use crate::{clock, random, wikitext};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

pub struct Call<'a> {
    pub wiki: &'a Instance,
    pub request: &'a Request,
    pub form: Form,
    pub session: Session,
    pub language: Language,
    pub base: &'a str,
    pub result: Map<String, Value>,
    pub error_format: ErrorFormat,
    pub error_language: Language,
    warnings: Vec<Usage>,
    used: HashSet<String>,
    is_help: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorFormat {
    /// One error, in English, the way it was before 1.29.
    BackwardCompatible,
    PlainText,
    WikiText,
    Html,
    Raw,
    None,
}

const ERROR_FORMATS: [(&str, ErrorFormat); 6] = [
    ("plaintext", ErrorFormat::PlainText),
    ("wikitext", ErrorFormat::WikiText),
    ("html", ErrorFormat::Html),
    ("raw", ErrorFormat::Raw),
    ("none", ErrorFormat::None),
    ("bc", ErrorFormat::BackwardCompatible),
];

impl<'a> Call<'a> {
    pub fn new(wiki: &'a Instance, request: &'a Request, base: &'a str, session: Session) -> Self {
        let form = Form::of(request);
        let wish = form.raw("errorformat").unwrap_or("bc");
        let error_format = ERROR_FORMATS
            .iter()
            .find(|(name, _)| *name == wish)
            .map_or(ErrorFormat::BackwardCompatible, |(_, format)| *format);
        let language = language_of(&form, "uselang", Language::English);
        let error_language = match error_format {
            ErrorFormat::BackwardCompatible => Language::English,
            _ => language_of(&form, "errorlang", language),
        };
        Self {
            wiki,
            request,
            form,
            session,
            language,
            base,
            result: Map::new(),
            error_format,
            error_language,
            warnings: Vec::new(),
            used: HashSet::new(),
            is_help: false,
        }
    }

    pub fn context(&mut self) -> Context<'_> {
        Context { wiki: self.wiki, session: &mut self.session, language: self.language, base: self.base }
    }

    /// The parameters that all modules share.
    pub fn read_main_parameters(&mut self) -> Result<(), Failure> {
        const FREE: [&str; 10] = [
            "action",
            "maxlag",
            "smaxage",
            "maxage",
            "assertuser",
            "origin",
            "uselang",
            "variant",
            "errorlang",
            "errorsuselocal",
        ];
        self.used.extend(FREE.map(str::to_owned));
        self.used.extend(["formatversion", "utf8", "ascii", "callback"].map(str::to_owned));
        for flag in ["requestid", "servedby", "curtimestamp", "responselanginfo"] {
            self.used.insert(flag.to_owned());
        }
        let mut reader = Reader::new(self, "main", "");
        reader.choice("format", &output::FORMATS)?;
        reader.choice("assert", &["anon", "user", "bot"])?;
        reader.choice("errorformat", &ERROR_FORMATS.map(|(name, _)| name))?;
        Ok(())
    }

    /// The cleaned value of a parameter that the API knows.
    pub fn parameter(&mut self, name: &str) -> Option<String> {
        self.used.insert(name.to_owned());
        if matches!(self.form.get(name), Some(Input::List(_))) {
            self.warn(Usage::new("main", Message::new("apiwarn-unsupportedarray").text_param(name)));
        }
        self.form.text(name)
    }

    pub fn has_parameter(&mut self, name: &str) -> bool {
        self.used.insert(name.to_owned());
        self.form.get(name).is_some()
    }

    /// Names of fields, which the modules of AuthManager read by themselves.
    pub fn mark_used<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.used.extend(names.map(str::to_owned));
    }

    pub fn require_posted(&self, module: &'static str, names: &[String]) -> Result<(), Failure> {
        let misplaced: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| self.form.is_in_query(name)).collect();
        if misplaced.is_empty() {
            return Ok(());
        }
        let message = Message::new("apierror-mustpostparams")
            .text_param(misplaced.join(", "))
            .int(misplaced.len() as i64);
        Err(Usage::new(module, message).into())
    }

    pub fn has_high_limits(&mut self) -> bool {
        let context = self.context();
        Creator::of(&context).is_privileged(&context)
    }

    /// `/w/PROFILES/INSTANCE`
    pub fn path(&self) -> &'a str {
        self.base.find("/w/").map_or("", |at| &self.base[at..])
    }

    /// Whether a page of any origin may read the answer, which then is nobody's.
    pub fn is_foreign(&self) -> bool {
        self.form.raw("origin") == Some("*")
    }

    /// Some modules come with an extension.
    pub fn has_module(&self, name: &str) -> bool {
        name != "fancycaptchareload" || self.wiki.profile.captcha == Some(CaptchaKind::Fancy)
    }

    pub fn warn(&mut self, warning: Usage) {
        self.warnings.push(warning);
    }

    pub fn warn_of_deprecation(&mut self, module: &'static str, message: Message) {
        self.warn(Usage::new(module, message).code("deprecation"));
        self.warn(Usage::new("main", Message::new("api-usage-mailinglist-ref")).code("deprecation-help"));
    }

    pub fn warn_of_unused_parameters(&mut self) {
        let unused: Vec<Param> = self
            .form
            .names()
            .filter(|name| !self.used.contains(*name))
            .map(|name| Param::Text(wikitext::escape(name)))
            .collect();
        if !unused.is_empty() {
            let count = unused.len() as i64;
            let message = Message::new("apierror-unrecognizedparams").param(Param::List(unused)).int(count);
            self.warn(Usage::new("main", message));
        }
    }

    /// `action=help`
    pub fn show_help(&mut self) -> Result<(), Failure> {
        self.is_help = true;
        Ok(())
    }

    pub fn success(&mut self) -> Response {
        if self.is_help {
            return output::help();
        }
        let mut body = Map::new();
        if self.result.contains_key("batchcomplete") {
            body.insert("batchcomplete".into(), json!(true));
        }
        self.show_warnings(&mut body);
        self.show_requested_fields(&mut body);
        body.append(&mut std::mem::take(&mut self.result));
        output::respond(&self.form, body)
    }

    pub fn failure(&mut self, failure: Failure) -> Response {
        let is_exception = matches!(failure, Failure::Exception(_));
        let usage = failure.parts(&random::hex(24));
        let mut body = Map::new();
        if self.error_format == ErrorFormat::BackwardCompatible {
            let mut error = Map::new();
            error.insert("code".into(), json!(usage.code));
            error.insert("info".into(), json!(self.plain(&usage.message)));
            error.extend(usage.data.clone());
            if !is_exception {
                output::put_content(&mut error, "docref", self.docref());
            }
            body.insert("error".into(), Value::Object(error));
            self.show_warnings(&mut body);
        } else {
            body.insert("errors".into(), json!([self.show(&usage)]));
            self.show_warnings(&mut body);
            if !is_exception {
                let docref = self.docref();
                output::put_content(&mut body, "docref", docref);
            }
        }
        self.show_requested_fields(&mut body);
        let mut response = output::respond(&self.form, body);
        // The page for humans hides the status in its text.
        if self.form.raw("format") == Some("json") {
            response.status = usage.status;
        }
        response.with("MediaWiki-API-Error", usage.code)
    }

    /// Messages as `arrayFromStatus` shows them, inside of a result.
    pub fn show_errors(&self, errors: &[Message]) -> Value {
        let show = |message: &Message| {
            if self.error_format == ErrorFormat::BackwardCompatible {
                let (key, params) = message.key_and_params();
                return json!({ "message": key, "params": params, "code": message.code(), "type": "error" });
            }
            self.show(&Usage::new("", message.clone()))
        };
        errors.iter().map(show).collect()
    }

    /// A message as part of a result.
    pub fn show_message(&self, message: &Message) -> Value {
        if self.error_format == ErrorFormat::BackwardCompatible {
            return json!(self.plain(message));
        }
        self.show(&Usage::new("", message.clone()))
    }

    fn show(&self, usage: &Usage) -> Value {
        let mut shown = Map::new();
        let message = &usage.message;
        shown.insert("code".into(), json!(usage.code));
        match self.error_format {
            ErrorFormat::PlainText => output::put_content(&mut shown, "text", self.plain(message)),
            ErrorFormat::WikiText => {
                output::put_content(&mut shown, "text", message.text(self.error_language))
            }
            ErrorFormat::Html => {
                output::put_content(&mut shown, "html", message.html(self.error_language, self.path()))
            }
            ErrorFormat::Raw => {
                let (key, params) = message.key_and_params();
                shown.insert("key".into(), json!(key));
                shown.insert("params".into(), params);
            }
            ErrorFormat::None | ErrorFormat::BackwardCompatible => {}
        }
        if !usage.data.is_empty() {
            shown.insert("data".into(), Value::Object(usage.data.clone()));
        }
        if !usage.module.is_empty() {
            shown.insert("module".into(), json!(usage.module));
        }
        Value::Object(shown)
    }

    fn show_warnings(&self, body: &mut Map<String, Value>) {
        if self.warnings.is_empty() {
            return;
        }
        if self.error_format != ErrorFormat::BackwardCompatible {
            let mut shown: Vec<Value> = Vec::new();
            for warning in self.warnings.iter().map(|warning| self.show(warning)) {
                if !shown.contains(&warning) {
                    shown.push(warning);
                }
            }
            body.insert("warnings".into(), Value::Array(shown));
            return;
        }
        let mut texts: Vec<(&str, Vec<String>)> = Vec::new();
        for warning in &self.warnings {
            let module = warning.module.rsplit('+').next().unwrap_or_default();
            let text = self.plain(&warning.message);
            match texts.iter_mut().find(|(name, _)| *name == module) {
                Some((_, lines)) if lines.contains(&text) => {}
                Some((_, lines)) => lines.push(text),
                // Each new one goes on top.
                None => texts.insert(0, (module, vec![text])),
            }
        }
        let shown: Map<String, Value> = texts
            .into_iter()
            .map(|(module, lines)| {
                let mut entry = Map::new();
                output::put_content(&mut entry, "warnings", lines.join("\n"));
                (module.to_owned(), Value::Object(entry))
            })
            .collect();
        body.insert("warnings".into(), Value::Object(shown));
    }

    fn show_requested_fields(&self, body: &mut Map<String, Value>) {
        if let Some(id) = self.form.text("requestid") {
            body.insert("requestid".into(), json!(id));
        }
        if self.form.get("curtimestamp").is_some() {
            body.insert("curtimestamp".into(), json!(clock::iso(clock::unix())));
        }
        if self.form.get("responselanginfo").is_some() {
            body.insert("uselang".into(), json!(self.language.code()));
            body.insert("errorlang".into(), json!(self.error_language.code()));
        }
    }

    fn plain(&self, message: &Message) -> String {
        crate::message::strip_markup(&message.text(self.error_language))
    }

    fn docref(&self) -> String {
        let page = Message::new("api-usage-docref").text_param(format!("{}/api.php", self.base));
        let list = Message::new("api-usage-mailinglist-ref");
        format!("{} {}", page.text(self.error_language), list.text(self.error_language))
    }
}

fn language_of(form: &Form, name: &str, default: Language) -> Language {
    match form.raw(name) {
        None | Some("user" | "uselang") => default,
        Some(code) => Language::of(&code.to_lowercase()).unwrap_or(Language::English),
    }
}
