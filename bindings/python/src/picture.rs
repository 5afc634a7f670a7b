//! The type of a picture.

use pyo3::prelude::*;

use crate::values;

/// Return the MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or "image/webp".
///
/// None for anything else: formats in which a browser would run code or load links (SVG, HTML) do not count
/// as pictures, whatever the server calls them. `Client.captcha_image` returns only pictures that have a
/// type.
#[pyfunction]
#[pyo3(signature = (data: "bytes | bytearray | memoryview", /))]
pub fn image_type(data: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
    Ok(createaccount::image_type(&values::bytes("data", data)?))
}
