//! What a picture is.

use pyo3::prelude::*;

use crate::values;

/// Return the MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or "image/webp".
///
/// None for anything else: what a browser would run or follow links in (SVG, HTML) is not a picture here, whatever a
/// server calls it. `Client.captcha_image` returns only pictures that have a type.
#[pyfunction]
#[pyo3(signature = (data: "bytes | bytearray | memoryview", /))]
pub fn image_type(data: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
    Ok(createaccount::image_type(&values::bytes("data", data)?))
}
