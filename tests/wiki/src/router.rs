//! From an address to the wiki that answers it.

use crate::http::{Request, Response};
use crate::instance::Instance;
use crate::profile::Profile;
use crate::{api, page, windows};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// All wikis of a server, each made at its first request.
#[derive(Default)]
pub struct Router {
    wikis: RwLock<HashMap<String, Arc<Instance>>>,
}

impl Router {
    /// Nothing where the way loses it.
    pub fn answer(&self, request: &Request) -> Option<Response> {
        let Some((profiles, instance, path)) = split(&request.path) else {
            return Some(not_found("Wikis are at /w/PROFILES/INSTANCE/, for instance /w/stock/1/api.php."));
        };
        let wiki = match self.wiki(&profiles, &instance) {
            Ok(wiki) => wiki,
            Err(name) => return Some(not_found(&format!("There is no profile \"{name}\" here."))),
        };
        if let Some(response) = windows::answer(&wiki, &path, request) {
            return Some(response);
        }
        wiki.record_request(request, &path);
        if wiki.loses_request(request) {
            return None;
        }
        let accounts = wiki.users().count();
        let host = request.header("host").unwrap_or("127.0.0.1");
        let base = format!("http://{host}/w/{profiles}/{instance}");
        let response =
            match path.split_once('/').map_or((path.as_str(), None), |(script, info)| (script, Some(info))) {
                ("api.php", None) => api::answer(&wiki, request, &base),
                // MediaWiki has no use for path info, and sends the client to the address without it.
                ("api.php", Some(_)) => {
                    let query =
                        if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
                    Response::new(301, "text/html; charset=utf-8", "")
                        .with("Location", format!("{base}/api.php{query}"))
                }
                ("" | "index.php", _) => page::answer(&wiki, request, &base),
                _ => not_found(&format!("There is no \"{path}\" here.")),
            };
        let is_lost = wiki.users().count() > accounts && wiki.loses_answer();
        (!is_lost).then_some(response)
    }

    fn wiki(&self, profiles: &str, instance: &str) -> Result<Arc<Instance>, String> {
        let key = format!("{profiles}/{instance}");
        if let Some(wiki) = self.wikis.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(wiki));
        }
        let profile = Profile::parse(profiles)?;
        let mut wikis = self.wikis.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(wikis.entry(key).or_insert_with(|| Arc::new(Instance::new(profile)))))
    }
}

/// Profiles, instance, and the path below them.
fn split(path: &str) -> Option<(String, String, String)> {
    // A plus sign may come as it is or encoded.
    let path = path.strip_prefix("/w/")?.replace("%2B", "+").replace("%2b", "+");
    let (profiles, rest) = path.split_once('/')?;
    let (instance, rest) = rest.split_once('/')?;
    let fits = |text: &str, more: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c == '-' || more.contains(c);
        !text.is_empty() && text.chars().all(allowed)
    };
    (fits(profiles, "+") && fits(instance, "0123456789"))
        .then(|| (profiles.to_owned(), instance.to_owned(), rest.to_owned()))
}

fn not_found(text: &str) -> Response {
    Response::new(404, "text/plain; charset=utf-8", format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_three_parts() {
        let parts = |path| split(path).map(|(a, b, c)| [a, b, c]);
        assert_eq!(
            parts("/w/steps+throttle/t-1/api.php/x"),
            Some(["steps+throttle", "t-1", "api.php/x"].map(str::to_owned))
        );
        assert_eq!(
            parts("/w/steps%2Bquesty/1/_users"),
            Some(["steps+questy", "1", "_users"].map(str::to_owned))
        );
        assert_eq!(parts("/w/stock/A/api.php"), None);
        assert_eq!(parts("/w/stock"), None);
        assert_eq!(parts("/"), None);
    }
}
