//! Converts what the host submits from Python objects to owned values.

use createaccount::{Answer, Secret, Value};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBool, PyByteArray, PyBytes, PyMapping, PyMemoryView, PyString},
};

use crate::errors;

/// Values by field, the requests to use, and whether the answer is sent unchecked.
#[derive(Default)]
pub struct Values {
    values: Vec<(String, Value)>,
    requests: Vec<String>,
    unchecked: bool,
}

impl Values {
    pub fn extract(
        values: Option<&Bound<'_, PyAny>>,
        requests: Option<&Bound<'_, PyAny>>,
        unchecked: bool,
    ) -> PyResult<Self> {
        let mut extracted = Self { unchecked, ..Self::default() };
        if let Some(values) = values {
            let Ok(mapping) = values.cast::<PyMapping>() else {
                let message =
                    format!("values must be a mapping from names to values, not {}", type_name(values));
                return Err(PyTypeError::new_err(message));
            };
            for item in mapping.items()? {
                let (name, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
                let Ok(name) = name.cast::<PyString>() else {
                    let message = format!("the name of a field must be str, not {}", type_name(&name));
                    return Err(PyTypeError::new_err(message));
                };
                let name = text("values", name)?;
                if let Some(value) = extract_value(&name, &value)? {
                    extracted.values.push((name, value));
                }
            }
        }
        if let Some(requests) = requests {
            extracted.requests = strings("requests", requests).ok_or_else(|| {
                let message = format!("requests must be an iterable of str, not {}", type_name(requests));
                PyTypeError::new_err(message)
            })??;
        }
        Ok(extracted)
    }

    pub fn into_answer(self) -> Answer {
        let mut answer: Answer = self.values.into_iter().collect();
        for id in self.requests {
            answer = answer.use_request(id);
        }
        answer = answer.unchecked(self.unchecked);
        answer
    }
}

fn extract_value(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Some(Value::Flag(flag.is_true())));
    }
    if let Ok(line) = value.cast::<PyString>() {
        return Ok(Some(Value::Text(Secret::from(text(field, line)?))));
    }
    match strings(field, value) {
        Some(keys) => keys.map(|keys| Some(Value::Choices(keys))),
        None => {
            let message = format!(
                "the value of the field {field:?} must be str, bool or an iterable of str, not {}",
                type_name(value)
            );
            Err(PyTypeError::new_err(message))
        }
    }
}

/// The items of an iterable of strings; None for any other object. A single string does not count as an
/// iterable.
fn strings(field: &str, value: &Bound<'_, PyAny>) -> Option<PyResult<Vec<String>>> {
    if value.is_instance_of::<PyString>() {
        return None;
    }
    let mut strings = Vec::new();
    for item in value.try_iter().ok()? {
        let item = match item {
            Ok(item) => item,
            Err(error) => return Some(Err(error)),
        };
        match text(field, item.cast::<PyString>().ok()?) {
            Ok(item) => strings.push(item),
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(strings))
}

/// Converts a string. Python's may hold lone surrogates, which UTF-8 cannot encode. Python's own error
/// would hold the whole string, which may be a password, and so is not kept as the cause.
pub fn text(field: &str, text: &Bound<'_, PyString>) -> PyResult<String> {
    text.to_cow().map(std::borrow::Cow::into_owned).map_err(|_| {
        let message = "The text holds a lone surrogate, which cannot be sent.";
        errors::invalid_argument(text.py(), field, message)
    })
}

pub fn bytes(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(bytes.to_vec());
    }
    if let Ok(view) = value.cast::<PyMemoryView>() {
        return view.call_method0("tobytes")?.extract();
    }
    Err(PyTypeError::new_err(format!("{name} must be bytes, not {}", type_name(value))))
}

pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string())
}
