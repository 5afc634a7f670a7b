//! The pages of the wiki: all are missing, but each names the API in its head, as MediaWiki's do (OutputPage).

use crate::extensions::captcha;
use crate::http::{Request, Response};
use crate::instance::Instance;

pub fn answer(wiki: &Instance, request: &Request, base: &str) -> Response {
    if let Some(picture) = captcha::image(wiki, request) {
        return picture;
    }
    let api = base.strip_prefix("http:").unwrap_or(base);
    let html = format!(
        "<!DOCTYPE html>\n<html class=\"client-nojs\" lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"UTF-8\">\n\
         <title>Main Page - Test Wiki</title>\n<link rel=\"EditURI\" type=\"application/rsd+xml\" \
         href=\"{api}/api.php?action=rsd\">\n</head>\n<body>\n<h1>Main Page</h1>\n\
         <p>There is currently no text in this page.</p>\n</body>\n</html>\n"
    );
    Response::new(404, "text/html; charset=utf-8", html)
}
