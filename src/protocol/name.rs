//! User names as far as a client can know them.

use unicode_normalization::UnicodeNormalization;

/// Whether the wiki may have written the name `asked` as `made`.
///
/// The exact rule is the wiki's (MediaWiki, UserNameUtils::getCanonical, with its language's case rules), so this one
/// is a little lenient about the first letter. It serves to notice that an answer belongs to another flow, not to
/// predict a name.
pub(crate) fn same_name(asked: &str, made: &str) -> bool {
    let (asked, made) = (plain(asked), plain(made));
    // "User:" and its translations are stripped, also when the person typed them.
    let without_prefix = asked.split_once(':').map(|(_, name)| name.trim_start());
    same_but_first(&asked, &made) || without_prefix.is_some_and(|asked| same_but_first(asked, &made))
}

/// Only the first letter changes its case, which may give several letters.
fn same_but_first(asked: &str, made: &str) -> bool {
    let mut letters = asked.chars();
    let (Some(first), rest) = (letters.next(), letters.as_str()) else { return made.is_empty() };
    let Some(capital) = made.strip_suffix(rest) else { return false };
    if first.is_ascii() {
        capital.len() == 1 && capital.starts_with(|letter: char| letter.eq_ignore_ascii_case(&first))
    } else {
        (1..=3).contains(&capital.chars().count())
    }
}

fn plain(name: &str) -> String {
    let visible = name.nfc().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'));
    let spaced: String = visible.map(|c| if c == '_' || c.is_whitespace() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::same_name;

    #[test]
    fn folds_what_wikis_fold() {
        for (asked, made) in [
            ("alice", "Alice"),
            ("  alice__smith ", "Alice smith"),
            ("User:bob", "Bob"),
            ("Benutzer: bob", "Bob"),
            ("ßeta", "SSeta"),
            ("iPhone", "IPhone"),
            ("e\u{301}lan", "Élan"),
            ("\u{200e}alice\u{200e}", "Alice"),
        ] {
            assert!(same_name(asked, made), "{asked} {made}");
        }
        for (asked, made) in [
            ("alice", "Bob"),
            ("alice", "Alice2"),
            ("a", "B"),
            ("carol", "Caroline"),
            ("Bob", "Jacob"),
            ("JohnSmith", "Johnsmith"),
        ] {
            assert!(!same_name(asked, made), "{asked} {made}");
        }
    }
}
