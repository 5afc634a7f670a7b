//! Comparing user names, as far as a client can.

use unicode_normalization::UnicodeNormalization;

/// Whether the two names are the same user name on every wiki.
///
/// This applies what MediaWikiTitleCodec::splitTitleString and UserNameUtils::getCanonical do on
/// all wikis: NFC, directional marks removed, blanks collapsed, and the first letter in upper case.
/// Where the result depends on the wiki it returns false, because only the wiki can tell: that is
/// so for upper case by the wiki's language (Turkish `i`) or version of PHP (`ß`), its names for
/// the namespace (`User:`), and character references (`&amp;`).
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (fold(one), fold(other));
    one == other || capitalize(&one).is_some_and(|one| Some(one) == capitalize(&other))
}

fn fold(name: &str) -> String {
    let visible = name.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'));
    let spaced: String = visible.nfc().map(|c| if is_blank(c) { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What MediaWikiTitleCodec treats as a blank.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '_' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// The name with its first letter in upper case, if that letter is the same on every wiki.
fn capitalize(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let Some(first) = letters.next() else { return Some(String::new()) };
    let mut capital = String::from(plain_capital(first)?);
    capital.push_str(letters.as_str());
    Some(capital)
}

/// The upper case of a letter, if all versions of PHP and of Unicode agree on it. MediaWiki uses
/// upper case up to 1.42, and title case since.
fn plain_capital(letter: char) -> Option<char> {
    let mut upper = letter.to_uppercase();
    let (Some(capital), None) = (upper.next(), upper.next()) else { return None };
    let is_settled = match letter {
        // Digraphs, whose title case differs from their upper case.
        '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}' => false,
        _ if capital == letter => true,
        // Latin, Greek, Cyrillic and Armenian capitals of Unicode 5. Later ones depend on the
        // version of PHP; those of other scripts, such as Georgian, on whether upper or title case
        // is used.
        '\0'..='\u{24f}' | '\u{370}'..='\u{523}' | '\u{561}'..='\u{586}' | '\u{1e00}'..='\u{1eff}' => {
            !matches!(capital, '\u{37f}' | '\u{2c00}'..)
        }
        _ => false,
    };
    is_settled.then_some(capital)
}

#[cfg(test)]
mod tests {
    use super::same_name;

    #[test]
    fn folds_what_every_wiki_folds() {
        for (asked, made) in [
            ("alice", "Alice"),
            ("Alice", "Alice"),
            ("alice", "alice"),
            ("  alice__smith ", "Alice smith"),
            ("alice\u{180e}\u{3000}\u{a0}smith", "Alice smith"),
            ("\u{200e}a\u{202b}lice\u{200f}", "Alice"),
            ("e\u{301}lan", "Élan"),
            ("ünal", "Ünal"),
            ("жук", "Жук"),
            ("ώρα", "Ώρα"),
            ("ֆ", "Ֆ"),
            ("ệ x", "Ệ x"),
            ("iPhone", "IPhone"),
            ("张三", "张三"),
            ("محمد", "محمد"),
            ("1st", "1st"),
            ("~x", "~x"),
            ("ßeta", "ßeta"),
            ("", ""),
        ] {
            assert!(same_name(asked, made), "{asked} {made}");
        }
    }

    #[test]
    fn what_depends_on_the_wiki_is_left_open() {
        for (asked, made) in [
            ("ibrahim x", "İbrahim x"),
            ("ßeta", "SSeta"),
            ("ßeta", "Sseta"),
            ("ǆ", "ǅ"),
            ("ǆ", "Ǆ"),
            ("აბ", "Აბ"),
            ("ŉ", "ʼN"),
            ("R&amp;D", "R&D"),
            ("R&#38;D x", "R&D x"),
            ("User:bob", "Bob"),
            (":User:x", "X"),
            ("Benutzer: bob", "Bob"),
        ] {
            assert!(!same_name(asked, made), "{asked} {made}");
        }
    }

    #[test]
    fn other_names_are_other_names() {
        for (asked, made) in [
            ("alice", "Bob"),
            ("alice", "Alice2"),
            ("a", "B"),
            ("carol", "Caroline"),
            ("Bob", "Jacob"),
            ("JohnSmith", "Johnsmith"),
            ("Ünal", "Banal"),
            ("ünal", "Unal"),
            ("alice", ""),
        ] {
            assert!(!same_name(asked, made), "{asked} {made}");
        }
        assert!(!same_name("a\tb", "A b"), "a tab is no blank to MediaWiki");
    }
}
