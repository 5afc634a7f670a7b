//! Whether a text was made from a message of MediaWiki whose parameters are not known.

use super::html::plain_text;

/// The fixed words of a message (`meta=allmessages`): the text between its parameters and `{{…}}`.
pub(crate) struct Template(Vec<String>);

/// Fewer fixed letters than this could occur in a text by chance.
const MIN_LETTERS: usize = 8;

impl Template {
    /// The template of this wikitext, unless it has hardly any words of its own.
    pub(crate) fn new(wikitext: &str) -> Option<Self> {
        let words: Vec<String> =
            pieces(wikitext).iter().map(|piece| plain(piece)).filter(|piece| !piece.is_empty()).collect();
        let letters = words.iter().flat_map(|piece| piece.chars()).filter(|c| c.is_alphabetic()).count();
        (letters >= MIN_LETTERS).then_some(Self(words))
    }

    /// Whether the fixed words occur in the text, in their order. The text is wikitext or HTML.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let text = plain(text);
        let mut rest = text.as_str();
        self.0.iter().all(|piece| match rest.split_once(piece.as_str()) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

/// The text between parameters (`$1`) and `{{…}}`, which the wiki resolves.
fn pieces(wikitext: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_usize;
    let mut letters = wikitext.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('{', Some('{')) => {
                letters.next();
                depth += 1;
                pieces.push(String::new());
            }
            ('}', Some('}')) if depth > 0 => {
                letters.next();
                depth -= 1;
            }
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                letters.next();
                pieces.push(String::new());
            }
            _ if depth > 0 => {}
            _ => {
                if let Some(piece) = pieces.last_mut() {
                    piece.push(letter);
                }
            }
        }
    }
    pieces
}

/// The text without the markup of HTML and wikitext: tags, links, bold and italics, bullets.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[[") {
        plain.push_str(before);
        match link.split_once("]]") {
            Some((link, after)) => {
                plain.push_str(link.rsplit_once('|').map_or(link, |(_, label)| label));
                rest = after;
            }
            // A link whose target is a parameter is cut in two.
            None => rest = link.split_once('|').map_or(link, |(_, label)| label),
        }
    }
    plain.push_str(rest);
    let plain = plain_text(&plain.replace("]]", "").replace("'''", "").replace("''", ""));
    plain.replace("* ", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn parameters_may_be_anything() {
        let limited = "The action you have requested is limited to users in {{PLURAL:$2|the group|one of the groups}}: $1.";
        let blocked = "<strong>Your username or IP address has been blocked.</strong>\n\nThe block was made by $1.\nThe reason given is <em>$2</em>.\n\n* Start of block: $8\n* Expiration of block: $6";
        let short = "Passwords must be at least {{PLURAL:$1|1 character|$1 characters}}.";
        let both = "* The action you have requested is limited to users in one of the groups: [[Wiki:Administrators|Administrators]], Users.\n* <strong>Your username or IP address has been blocked.</strong>\n\nThe block was made by [[User:Admin|Admin]].\nThe reason given is <em>Test block</em>.\n\n* Start of block: 10:00\n* Expiration of block: infinite";
        let html = "<ul><li>The action you have requested is limited to users in one of the groups: <a href=\"/x\">Administrators</a>, Users.</li>\n<li><strong>Your username or IP address has been blocked.</strong> The block was made by <a>Admin</a>. The reason given is <em>Test block</em>.<ul><li>Start of block: 10:00</li><li>Expiration of block: infinite</li></ul></li></ul>";
        let is_in = |template: &str, text: &str| Template::new(template).is_some_and(|t| t.is_in(text));
        for text in [both, html] {
            assert!(is_in(limited, text) && is_in(blocked, text), "{text}");
            assert!(!is_in(short, text), "{text}");
        }
        let passwords = "* Passwords must be at least 8 characters.\n* Your password must be different.";
        assert!(is_in(short, passwords) && !is_in(blocked, passwords));
    }

    #[test]
    fn a_template_of_hardly_any_words_is_in_nothing() {
        for template in ["$1", "{{int:blockedtext|x}} $1", "- $1: $2", ""] {
            assert!(Template::new(template).is_none(), "{template}");
        }
    }
}
