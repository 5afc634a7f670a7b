//! The wikis that tests run against (`tests/wiki/README.md`).

use std::{env, fmt};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wiki {
    Embedded,
    MediaWiki139,
    MediaWiki143,
}

impl Wiki {
    pub const ALL: [Self; 3] = [Self::Embedded, Self::MediaWiki139, Self::MediaWiki143];

    /// Its address, `http://HOST:PORT`.
    pub fn address(self) -> Result<String, String> {
        let variable = match self {
            Self::Embedded => "CREATEACCOUNT_WIKI_EMBEDDED",
            Self::MediaWiki139 => "CREATEACCOUNT_WIKI_1_39",
            Self::MediaWiki143 => "CREATEACCOUNT_WIKI_1_43",
        };
        env::var(variable).map_err(|_| {
            format!("{variable} is not set: run `tests/wiki/with-wikis cargo test`, or `make test`")
        })
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
