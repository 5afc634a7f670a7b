//! Which names users may have, and how they are spelled.

use crate::wikitext;
use std::net::Ipv6Addr;

/// How strict to be; each level includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rigor {
    /// May be the name of a user on some wiki.
    Valid,
    /// May log in here.
    Usable,
    /// May be registered here.
    Creatable,
}

/// The spelling of the wiki, or `None` when the name does not stand the test.
pub fn canonical(name: &str, rigor: Rigor) -> Option<String> {
    let name = upper_first(name);
    if name.contains('#') {
        return None;
    }
    let title = Title::parse(&name, true)?;
    if !title.is_user {
        return None;
    }
    let name = title.text;
    let accepted = is_valid(&name)
        && (rigor < Rigor::Usable || is_usable(&name))
        && (rigor < Rigor::Creatable || is_creatable(&name));
    accepted.then_some(name)
}

fn is_valid(name: &str) -> bool {
    const TROUBLEMAKERS: [std::ops::RangeInclusive<char>; 6] = [
        '\u{80}'..='\u{9f}',
        '\u{a0}'..='\u{a0}',
        '\u{2000}'..='\u{200f}',
        '\u{2028}'..='\u{202f}',
        '\u{3000}'..='\u{3000}',
        '\u{e000}'..='\u{f8ff}',
    ];
    !name.is_empty()
        && !is_address(name)
        && !name.contains('/')
        && name.len() <= 255
        && name == upper_first(name)
        && Title::parse(name, false).is_some_and(|title| !title.has_prefix && title.text == name)
        && !name.chars().any(|c| TROUBLEMAKERS.iter().any(|range| range.contains(&c)))
}

fn is_usable(name: &str) -> bool {
    const RESERVED: [&str; 3] = ["MediaWiki default", "Maintenance script", "Unknown user"];
    // The tilde is kept for temporary accounts.
    !RESERVED.contains(&name) && !name.starts_with('~')
}

fn is_creatable(name: &str) -> bool {
    name.len() <= 235 && !name.contains(['@', ':', '>', '='])
}

fn is_address(name: &str) -> bool {
    let single = |text: &str| is_ipv4(text, true) || text.parse::<Ipv6Addr>().is_ok();
    let dashed = name.split_once('-').is_some_and(|(from, to)| is_ipv4(from, false) && is_ipv4(to, false));
    single(name) || dashed
}

fn is_ipv4(text: &str, masked: bool) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 4
        && parts[..3].iter().all(|part| number(part))
        && (number(parts[3]) || masked && parts[3] == "xxx")
}

/// What MediaWiki's title parser makes of a text.
struct Title {
    text: String,
    /// Whether it is in the user namespace of this wiki.
    is_user: bool,
    /// Whether a namespace or another wiki is named.
    has_prefix: bool,
}

impl Title {
    fn parse(text: &str, users_by_default: bool) -> Option<Self> {
        let mut key = squeeze(&wikitext::decode(text));
        if key.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let mut is_user = users_by_default;
        let mut has_prefix = false;
        if let Some(rest) = key.strip_prefix(':') {
            is_user = false;
            has_prefix = true;
            key = rest.trim_matches('_').to_owned();
        }
        if let Some((prefix, rest)) = split_prefix(&key) {
            let lower = prefix.to_lowercase();
            if NAMESPACES.contains(&lower.as_str()) {
                is_user = lower == "user";
                has_prefix = true;
                key = rest;
            } else if OTHER_WIKIS.contains(&lower.as_str()) {
                return Some(Self { text: rest, is_user: false, has_prefix: true });
            }
        }
        let path = format!("/{key}/");
        let illegal = key.chars().any(|c| c.is_ascii_control() || "#<>[]{}|".contains(c))
            || has_escape(&key)
            || path.contains("/./")
            || path.contains("/../")
            || key.contains("~~~")
            || key.len() > 255
            || key.is_empty()
            || key.starts_with(':');
        let text = upper_first(&key).replace('_', " ");
        (!illegal).then_some(Self { text, is_user, has_prefix })
    }
}

/// Without bidi marks, and with one underscore for every run of white space.
fn squeeze(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            ' '
            | '_'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{180e}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}' => {
                if !key.ends_with('_') {
                    key.push('_');
                }
            }
            _ => key.push(c),
        }
    }
    key.trim_matches('_').to_owned()
}

fn split_prefix(key: &str) -> Option<(String, String)> {
    let (prefix, rest) = key.split_once(':')?;
    let prefix = prefix.trim_end_matches('_');
    (!prefix.is_empty()).then(|| (prefix.to_owned(), rest.trim_start_matches('_').to_owned()))
}

/// `%41` and `&amp;` could not be told from the characters they stand for.
fn has_escape(key: &str) -> bool {
    let bytes = key.as_bytes();
    let percent =
        bytes.windows(3).any(|w| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit());
    let entity = key.split('&').skip(1).any(|rest| {
        let word = rest.split(';').next().unwrap_or_default();
        let digits = word.strip_prefix('#').unwrap_or(word);
        rest.contains(';')
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b >= 0x80)
    });
    percent || entity
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut upper = String::with_capacity(text.len() + 1);
    match first {
        // The letters with a title case of their own.
        '\u{1c4}'..='\u{1c6}' => upper.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => upper.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => upper.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => upper.push('\u{1f2}'),
        // Of a letter that becomes several, only one is a capital.
        _ => {
            for c in first.to_uppercase() {
                let has_capital = upper.chars().any(char::is_uppercase);
                upper.extend(c.to_lowercase().filter(|_| has_capital));
                upper.extend(Some(c).filter(|_| !has_capital));
            }
        }
    }
    upper.push_str(chars.as_str());
    upper
}

const NAMESPACES: [&str; 21] = [
    "media",
    "special",
    "talk",
    "user",
    "user_talk",
    "test_wiki",
    "test_wiki_talk",
    "project",
    "project_talk",
    "file",
    "file_talk",
    "image",
    "image_talk",
    "mediawiki",
    "mediawiki_talk",
    "template",
    "template_talk",
    "help",
    "help_talk",
    "category",
    "category_talk",
];

/// Some of the interwiki prefixes of a fresh installation.
const OTHER_WIKIS: [&str; 6] = ["commons", "google", "mw", "wikidata", "wikipedia", "wiktionary"];

#[cfg(test)]
mod tests {
    use super::*;

    fn creatable(name: &str) -> Option<String> {
        canonical(name, Rigor::Creatable)
    }

    #[test]
    fn names_get_the_spelling_of_the_wiki() {
        for (given, wanted) in [
            ("alice", "Alice"),
            ("_a__b _ c_", "A b c"),
            ("User:bob", "Bob"),
            ("user_:_bob", "Bob"),
            ("\u{200e}ann\u{202a}", "Ann"),
            ("\u{df}traße", "Sstraße"),
            ("\u{1c6}x", "\u{1c5}x"),
            ("żółw", "Żółw"),
            ("a.b", "A.b"),
            (".com", ".com"),
            ("50% off", "50% off"),
            ("a&amp;b", "A&b"),
            ("\u{149}x", "\u{2bc}Nx"),
        ] {
            assert_eq!(creatable(given).as_deref(), Some(wanted), "{given}");
        }
    }

    #[test]
    fn names_that_are_none() {
        for name in [
            "",
            " ",
            "_",
            "a#b",
            "a/b",
            ":a",
            "a|b",
            "a<b",
            "a>b",
            "a@b",
            "a=b",
            "a:b",
            "[a]",
            "{a}",
            "Talk:a",
            "User:User:a",
            "wikipedia:a",
            "1.2.3.4",
            "1.2.3.xxx",
            "2001:db8::1",
            "1.2.3.4-5.6.7.8",
            "~2024-1",
            "~~~",
            "Unknown user",
            "a\u{fffd}",
            "a&amp;amp;b",
            "a%41",
            "..",
            "a\u{200b}b",
            "x\u{7f}",
        ] {
            assert_eq!(creatable(name), None, "{name}");
        }
        assert_eq!(creatable(&"x".repeat(236)), None);
        assert!(creatable(&"x".repeat(235)).is_some());
    }

    #[test]
    fn rigor_grows() {
        assert_eq!(canonical("~2024-1", Rigor::Valid).as_deref(), Some("~2024-1"));
        assert_eq!(canonical("~2024-1", Rigor::Usable), None);
        assert_eq!(canonical("a@b", Rigor::Usable).as_deref(), Some("A@b"));
    }
}
