//! The wikis that tests run against (`tests/wiki/README.md`).

use std::fmt;

use crate::needed;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wiki {
    Embedded,
    MediaWiki139,
    MediaWiki143,
}

impl Wiki {
    pub const ALL: [Self; 3] = [Self::Embedded, Self::MediaWiki139, Self::MediaWiki143];

    /// Its address, `http://HOST:PORT`.
    pub fn address(self) -> String {
        match self {
            Self::Embedded => needed::embedded_wiki(),
            Self::MediaWiki139 => needed::variable("CREATEACCOUNT_WIKI_1_39"),
            Self::MediaWiki143 => needed::variable("CREATEACCOUNT_WIKI_1_43"),
        }
    }
}

impl fmt::Display for Wiki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded => "embedded",
            Self::MediaWiki139 => "mediawiki-1.39",
            Self::MediaWiki143 => "mediawiki-1.43",
        })
    }
}
