//! What the language of a wiki's content does to names, and to all text from outside.

use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentLanguage {
    #[default]
    English,
    Turkish,
    Arabic,
    Malayalam,
}

/// Letters without a vowel, spelled as before Unicode 5.1 and since.
const CHILLUS: [(&str, &str); 6] = [
    ("\u{d23}\u{d4d}\u{200d}", "\u{d7a}"),
    ("\u{d28}\u{d4d}\u{200d}", "\u{d7b}"),
    ("\u{d30}\u{d4d}\u{200d}", "\u{d7c}"),
    ("\u{d32}\u{d4d}\u{200d}", "\u{d7d}"),
    ("\u{d33}\u{d4d}\u{200d}", "\u{d7e}"),
    ("\u{d15}\u{d4d}\u{200d}", "\u{d7f}"),
];

impl ContentLanguage {
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Turkish => "tr",
            Self::Arabic => "ar",
            Self::Malayalam => "ml",
        }
    }

    /// A capital that differs from Unicode's.
    pub fn capital(self, letter: char) -> Option<char> {
        (self == Self::Turkish && letter == 'i').then_some('\u{130}')
    }

    /// `Language::normalize`, beyond what it does in every language.
    pub fn normalize(self, text: &str) -> String {
        match self {
            Self::English | Self::Turkish => text.to_owned(),
            Self::Arabic => {
                let is_presentation_form = |c| matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
                text.chars().fold(String::new(), |mut plain, c| {
                    if is_presentation_form(c) {
                        plain.extend(c.nfkc());
                    } else {
                        plain.push(c);
                    }
                    plain
                })
            }
            Self::Malayalam => {
                CHILLUS.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_normalised() {
        assert_eq!(
            ContentLanguage::Arabic.normalize("\u{fee3}\u{fea4}\u{fee4}\u{feaa} x"),
            "\u{645}\u{62d}\u{645}\u{62f} x"
        );
        assert_eq!(ContentLanguage::Malayalam.normalize("\u{d28}\u{d4d}\u{200d}"), "\u{d7b}");
        assert_eq!(ContentLanguage::English.normalize("\u{fee3}"), "\u{fee3}");
    }
}
