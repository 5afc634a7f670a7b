//! User names as far as a client can know them.

use unicode_normalization::UnicodeNormalization;

/// Whether the wiki may have written the name `asked` as `made`.
///
/// The exact rule is the wiki's (MediaWiki, UserNameUtils::getCanonical, with its language's case rules), so this one
/// is lenient: it folds what any wiki folds, and ignores how the first letter is written. It serves to notice that an
/// answer belongs to another flow, not to predict a name.
pub(crate) fn same_name(asked: &str, made: &str) -> bool {
    let (asked, made) = (fold(asked), fold(made));
    if asked == made {
        return true;
    }
    // "User:" and its translations are stripped, also when the person typed them.
    let asked = asked.split_once(':').map_or(asked.as_str(), |(_, name)| name.trim_start());
    asked == made || without_first(asked).is_some_and(|rest| !rest.is_empty() && made.ends_with(rest))
}

fn fold(name: &str) -> String {
    let visible = name.nfc().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'));
    let spaced: String = visible.map(|c| if c == '_' || c.is_whitespace() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}

fn without_first(name: &str) -> Option<&str> {
    let mut chars = name.chars();
    chars.next().map(|_| chars.as_str())
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
            ("ßeta", "Ssseta"),
            ("e\u{301}lan", "Élan"),
            ("\u{200e}alice\u{200e}", "Alice"),
        ] {
            assert!(same_name(asked, made), "{asked} {made}");
        }
        for (asked, made) in [("alice", "Bob"), ("alice", "Alice2"), ("a", "B"), ("carol", "Caroline")] {
            assert!(!same_name(asked, made), "{asked} {made}");
        }
    }
}
