//! Parameters of a request and their form encoding.

use std::{borrow::Cow, fmt};

use url::{Url, form_urlencoded};

use crate::Secret;

/// Roughly how many parameters a request has.
const USUAL_COUNT: usize = 16;

/// Parameters in the order in which they are sent. They borrow their values, so that secrets are
/// not copied before they are encoded.
#[derive(Default)]
pub(crate) struct Params<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Params<'a> {
    /// Every request starts with these: without `format` the answer is HTML, without `formatversion=2` booleans are
    /// empty strings (api.php?action=help&modules=json).
    pub(crate) fn action(action: &'a str) -> Self {
        let mut params = Self(Vec::with_capacity(USUAL_COUNT));
        params.push("action", action);
        params.push("format", "json");
        params.push("formatversion", "2");
        params
    }

    #[inline]
    pub(crate) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.0.push((name.into(), value.into()));
    }

    /// A boolean parameter: present means true, whatever its value.
    pub(crate) fn push_flag(&mut self, name: impl Into<Cow<'a, str>>, set: bool) {
        if set {
            self.push(name, "1");
        }
    }

    /// A parameter with several values. They are joined by U+001F, because a value may contain the
    /// usual separator `|` (MediaWiki, ParamValidator::explodeMultiValue).
    pub(crate) fn push_list<'v>(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        values: impl IntoIterator<Item = &'v str>,
    ) {
        let mut joined = String::new();
        for value in values {
            joined.push('\u{1f}');
            joined.push_str(value);
        }
        self.push(name, joined);
    }

    /// A parameter that takes several values, with only one. U+001F is sent only where `|` would
    /// split the value: MediaWiki 1.27 does not know it yet, and reads it as part of the value.
    pub(crate) fn push_one(&mut self, name: &'a str, value: &'a str) {
        if value.contains('|') { self.push_list(name, [value]) } else { self.push(name, value) }
    }

    /// `application/x-www-form-urlencoded`. The largest possible size is reserved first, so that
    /// the buffer is never reallocated and no copy of a secret is left behind.
    pub(crate) fn encode(&self) -> Secret {
        let longest = self.0.iter().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(longest));
        for (name, value) in &self.0 {
            form.append_pair(name, value);
        }
        Secret::from(form.finish())
    }

    /// Makes them the query of `url`. A URL is not wiped, so this is not for secrets.
    pub(crate) fn set_query_of(&self, url: &mut Url) {
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(&self.0);
    }
}

/// The first character that a wiki silently turns into U+FFFD, in a password too: control
/// characters, and the noncharacters U+FFFE and U+FFFF (MediaWiki, WebRequest::normalizeUnicode).
pub(crate) fn replaced_char(text: &str) -> Option<char> {
    text.chars().find(|c| match c {
        '\t' | '\n' | '\r' => false,
        _ => *c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}'),
    })
}

/// Whether the wiki read a different value from the one that was sent: characters that it cannot
/// take become U+FFFD, in MediaWiki 1.27 the separator U+001F too. Its answer is then about the
/// changed value.
pub(crate) fn is_garbled(sent: &str, read: &str) -> bool {
    read.contains(char::REPLACEMENT_CHARACTER) && !sent.contains(char::REPLACEMENT_CHARACTER)
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn encodes_what_the_wiki_would_misread() {
        let mut params = Params::default();
        params.push("createtoken", "0a+\\");
        params.push_list("createrequests", ["A\\B", "a|b"]);
        params.push_one("ususers", "Alice");
        params.push_one("ususers", "Al|ice");
        params.push("topics[]", "x y");
        params.push_flag("createcontinue", true);
        params.push_flag("createpreservestate", false);
        assert_eq!(
            params.encode().expose(),
            "createtoken=0a%2B%5C&createrequests=%1FA%5CB%1Fa%7Cb&ususers=Alice&ususers=%1FAl%7Cice&\
             topics%5B%5D=x+y&createcontinue=1"
        );
    }
}
