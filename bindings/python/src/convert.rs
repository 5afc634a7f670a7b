//! Converts values of the core to the classes of `_steps.py`.

use std::convert::Infallible;

use createaccount::{
    AuthRequest, Captcha, CaptchaKind, Field, Form, Message, Problem, Reason, Step, TransportFailure, Verdict,
};
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyDict, PyList, PyTuple, PyType},
};
use serde_json::{Map, Value};

/// An instance of one of the step classes.
pub struct StepObject<'py>(pub Bound<'py, PyAny>);

impl<'py> IntoPyObject<'py> for StepObject<'py> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = Infallible;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr =
        pyo3::type_hint_identifier!("createaccount._steps", "Step");

    fn into_pyobject(self, _py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.0)
    }
}

pub fn step<'py>(py: Python<'py>, step: &Step) -> PyResult<StepObject<'py>> {
    static FORM: Class = Class::named("Form");
    static REDIRECT: Class = Class::named("Redirect");
    static RESTART: Class = Class::named("Restart");
    static PASS: Class = Class::named("Pass");
    static FAIL: Class = Class::named("Fail");
    static OTHER: Class = Class::named("Other");

    let members = PyDict::new(py);
    let later = |part| Later { step: step.clone(), part };
    members.set_item("raw", later(Part::Raw))?;
    let set_fields = || {
        members.set_item("fields", later(Part::Fields))?;
        members.set_item("requests", later(Part::Requests))
    };
    let made = match step {
        Step::Form(form) | Step::Ui(form) => {
            members.set_item("status", step.status())?;
            set_message(&members, "message", step.message())?;
            members.set_item("message_code", step.message_code())?;
            set_fields()?;
            set_form(&members, form)?;
            FORM.make(&members)
        }
        Step::Redirect(redirect) => {
            members.set_item("target", redirect.target().as_str())?;
            members.set_item("return_url", redirect.return_url().as_str())?;
            members.set_item("catches_return", redirect.catches_return())?;
            members.set_item("data", redirect.data().map(|data| json(py, data)).transpose()?)?;
            set_fields()?;
            set_message(&members, "message", step.message())?;
            members.set_item("message_code", step.message_code())?;
            REDIRECT.make(&members)
        }
        Step::Restart(restart) => {
            set_message(&members, "message", step.message())?;
            members.set_item("message_code", step.message_code())?;
            members.set_item("can_preserve_state", restart.can_preserve_state())?;
            set_fields()?;
            RESTART.make(&members)
        }
        Step::Pass(pass) => {
            members.set_item("username", pass.username())?;
            members.set_item("is_login", pass.is_login())?;
            PASS.make(&members)
        }
        Step::Fail(fail) => {
            members.set_item("reason", reason(py, fail.reason())?)?;
            set_message(&members, "message", step.message())?;
            members.set_item("message_code", step.message_code())?;
            members.set_item("retry_after", fail.retry_after().map(|wait| wait.as_secs_f64()))?;
            members.set_item("can_preserve_state", fail.can_preserve_state())?;
            FAIL.make(&members)
        }
        other => {
            members.set_item("status", other.status())?;
            set_message(&members, "message", step.message())?;
            members.set_item("message_code", step.message_code())?;
            OTHER.make(&members)
        }
    };
    made.map(StepObject)
}

/// A part of a step that its class converts on first access.
#[pyclass(frozen)]
struct Later {
    step: Step,
    part: Part,
}

enum Part {
    Fields,
    Requests,
    Raw,
}

#[pymethods]
impl Later {
    fn __call__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.part {
            Part::Fields => fields(py, self.step.fields()).map(Some),
            Part::Requests => requests(py, self.step.requests()).map(|made| Some(made.into_any())),
            Part::Raw => self.step.raw().map(|raw| json(py, raw)).transpose(),
        }
    }
}

pub fn verdict<'py>(py: Python<'py>, verdict: &Verdict) -> PyResult<Bound<'py, PyAny>> {
    static VERDICT: Class = Class::named("Verdict");
    let members = PyDict::new(py);
    members.set_item("answer", verdict.answer())?;
    members.set_item("code", verdict.code())?;
    members.set_item("message", verdict.message())?;
    members.set_item("canonical", verdict.canonical())?;
    VERDICT.make(&members)
}

pub fn reason(py: Python<'_>, reason: Reason) -> PyResult<Bound<'_, PyAny>> {
    REASON.member(py, reason.as_str())
}

pub fn problem(py: Python<'_>, problem: Problem) -> PyResult<Bound<'_, PyAny>> {
    PROBLEM.member(py, problem.as_str())
}

pub fn failure(py: Python<'_>, failure: TransportFailure) -> PyResult<Bound<'_, PyAny>> {
    TRANSPORT_FAILURE.member(py, failure.as_str())
}

static TRANSPORT_FAILURE: Class = Class::named("TransportFailure");
static PROBLEM: Class = Class::named("Problem");
static REASON: Class = Class::named("Reason");
static FIELD_TYPE: Class = Class::named("FieldType");
static CAPTCHA_KIND: Class = Class::named("CaptchaKind");
static CAPTCHA_SERVICE: Class = Class::named("CaptchaService");
static REQUIRED: Class = Class::named("Required");

/// A class of the package, imported on first use.
pub struct Class {
    cell: PyOnceLock<Py<PyType>>,
    name: &'static str,
}

impl Class {
    pub const fn named(name: &'static str) -> Self {
        Self { cell: PyOnceLock::new(), name }
    }

    pub fn make<'py>(&self, members: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        self.get(members.py())?.call((), Some(members))
    }

    fn member<'py>(&self, py: Python<'py>, value: &str) -> PyResult<Bound<'py, PyAny>> {
        self.get(py)?.call1((value,))
    }

    /// Holds no lock while Python imports: a process forked meanwhile would wait for a thread that it does
    /// not have.
    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        if let Some(class) = self.cell.get(py) {
            return Ok(class.bind(py));
        }
        let class = py.import("createaccount")?.getattr(self.name)?.cast_into::<PyType>()?;
        Ok(self.cell.get_or_init(py, || class.unbind()).bind(py))
    }
}

fn set_form(members: &Bound<'_, PyDict>, form: &Form) -> PyResult<()> {
    let py = members.py();
    members.set_item("captcha", form.captcha().map(|found| captcha(py, found)).transpose()?)?;
    members.set_item("can_create", form.can_create())?;
    members.set_item("has_preserved_state", form.has_preserved_state())?;
    members.set_item("preserved_username", form.preserved_username())?;
    members.set_item("account", form.account())
}

/// Sets the text of a message, and beside it whether it is the library's own, its parts and its parameters.
fn set_message(members: &Bound<'_, PyDict>, name: &str, message: Option<&Message>) -> PyResult<()> {
    let Some(message) = message else { return Ok(()) };
    members.set_item(name, message.text())?;
    if message.is_own() {
        members.set_item(format!("{name}_is_own"), true)?;
    }
    if name == "message" && !message.parts().is_empty() {
        let parts = message.parts().iter().map(Message::text);
        members.set_item("message_parts", PyTuple::new(members.py(), parts.collect::<Vec<_>>())?)?;
    }
    if !message.params().is_empty() {
        let params: Vec<_> =
            message.params().iter().map(|param| json(members.py(), param)).collect::<PyResult<_>>()?;
        members.set_item(format!("{name}_params"), PyTuple::new(members.py(), params)?)?;
    }
    Ok(())
}

fn fields<'py>(py: Python<'py>, fields: &[Field]) -> PyResult<Bound<'py, PyAny>> {
    static FIELDS: Class = Class::named("Fields");
    let made: Vec<_> = fields.iter().map(|one| field(py, one)).collect::<PyResult<_>>()?;
    FIELDS.get(py)?.call1((made,))
}

fn field<'py>(py: Python<'py>, field: &Field) -> PyResult<Bound<'py, PyAny>> {
    static FIELD: Class = Class::named("Field");
    static CHOICE: Class = Class::named("Choice");
    let members = PyDict::new(py);
    members.set_item("name", field.name())?;
    members.set_item("type", FIELD_TYPE.member(py, field.kind().as_str())?)?;
    set_message(&members, "label", field.label_message())?;
    set_message(&members, "help", field.help_message())?;
    members.set_item("value", field.value())?;
    if !field.choices().is_empty() {
        let choice = |choice: &createaccount::Choice| {
            let members = PyDict::new(py);
            members.set_item("value", &choice.value)?;
            members.set_item("label", &choice.label)?;
            members.set_item("preset", choice.preset)?;
            CHOICE.make(&members)
        };
        let choices: Vec<_> = field.choices().iter().map(choice).collect::<PyResult<_>>()?;
        members.set_item("choices", PyTuple::new(py, choices)?)?;
    }
    members.set_item("required", field.is_required())?;
    members.set_item("sensitive", field.is_sensitive())?;
    members.set_item("asks", field.asks())?;
    FIELD.make(&members)
}

fn requests<'py>(py: Python<'py>, requests: &[AuthRequest]) -> PyResult<Bound<'py, PyTuple>> {
    static AUTH_REQUEST: Class = Class::named("AuthRequest");
    let made: Vec<_> = requests
        .iter()
        .map(|request| {
            let members = PyDict::new(py);
            members.set_item("id", request.id())?;
            members.set_item("required", REQUIRED.member(py, request.required().as_str())?)?;
            members.set_item("provider", request.provider())?;
            members.set_item("account", request.account())?;
            members.set_item("metadata", object(py, request.metadata())?)?;
            members.set_item("fields", fields(py, request.fields())?)?;
            AUTH_REQUEST.make(&members)
        })
        .collect::<PyResult<_>>()?;
    PyTuple::new(py, made)
}

fn captcha<'py>(py: Python<'py>, captcha: &Captcha) -> PyResult<Bound<'py, PyAny>> {
    static CAPTCHA: Class = Class::named("Captcha");
    let kind = match captcha.kind() {
        CaptchaKind::Image => "image",
        CaptchaKind::Question => "question",
        CaptchaKind::Arithmetic => "arithmetic",
        CaptchaKind::Widget => "widget",
        _ => "other",
    };
    let members = PyDict::new(py);
    members.set_item("kind", CAPTCHA_KIND.member(py, kind)?)?;
    members.set_item("text", captcha.text())?;
    members.set_item("mime", captcha.mime())?;
    members.set_item("site_key", captcha.site_key())?;
    members.set_item("image_url", captcha.image_url().map(|url| url.as_str()))?;
    members.set_item("answer_field", captcha.answer_field())?;
    members.set_item("service", CAPTCHA_SERVICE.member(py, captcha.service().as_str())?)?;
    members.set_item("fields", PyTuple::new(py, captcha.fields())?)?;
    CAPTCHA.make(&members)
}

/// Converts JSON as `json.loads` does. The core limits its depth.
fn json<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(set) => Ok(set.into_pyobject(py)?.to_owned().into_any()),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Ok(number.into_pyobject(py)?.into_any()),
            (_, Some(number)) => Ok(number.into_pyobject(py)?.into_any()),
            _ => Ok(number.as_f64().into_pyobject(py)?.into_any()),
        },
        Value::String(text) => Ok(text.into_pyobject(py)?.into_any()),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| json(py, item)).collect::<PyResult<_>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
        Value::Object(members) => Ok(object(py, members)?.into_any()),
    }
}

fn object<'py>(py: Python<'py>, members: &Map<String, Value>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in members {
        dict.set_item(name, json(py, value)?)?;
    }
    Ok(dict)
}
