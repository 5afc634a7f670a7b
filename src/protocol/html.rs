//! Text and links from HTML.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// The text of some HTML: tags left out, character references resolved, white space collapsed.
/// Blocks and `<br>` begin a new line, as in a browser. A `<` starts a tag only where the HTML
/// standard says so (13.2.5.6, tag open state).
pub(crate) fn plain_text(html: &str) -> String {
    let mut text = Text::default();
    let mut hidden = None;
    for token in tokens(html) {
        match token {
            Token::String(_) if hidden.is_some() => {}
            Token::String(string) => text.push(&String::from_utf8_lossy(&string)),
            Token::StartTag(tag) => {
                text.separate(&tag.name);
                if hidden.is_none() && HIDDEN.iter().any(|name| is(&tag.name, name)) {
                    hidden = Some(tag.name);
                }
            }
            Token::EndTag(tag) => {
                text.separate(&tag.name);
                if hidden.as_ref() == Some(&tag.name) {
                    hidden = None;
                }
            }
            _ => {}
        }
    }
    text.written
}

/// The text of the first element that has one of these names and any text.
pub(crate) fn text_of(html: &str, names: &[&str]) -> Option<String> {
    let mut inside = None;
    let mut text = Text::default();
    for token in tokens(html) {
        match token {
            Token::String(string) if inside.is_some() => text.push(&String::from_utf8_lossy(&string)),
            Token::StartTag(tag) => {
                text.separate(&tag.name);
                if inside.is_none() && names.iter().any(|name| is(&tag.name, name)) {
                    inside = Some(tag.name);
                }
            }
            Token::EndTag(tag) if inside.as_ref() == Some(&tag.name) => {
                if !text.written.is_empty() {
                    break;
                }
                inside = None;
            }
            _ => {}
        }
    }
    Some(text.written).filter(|text| !text.is_empty())
}

/// The address of the first link of a page's head with this relation (`<link rel="…" href="…">`).
pub(crate) fn link_of(html: &str, relation: &str) -> Option<String> {
    let value = |tag: &StartTag<()>, name: &[u8]| {
        let value = tag.attributes.iter().find(|(key, _)| key.as_slice() == name)?.1;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    let links = tokens(html).map_while(|token| match token {
        Token::StartTag(tag) if is(&tag.name, "body") => None,
        Token::StartTag(tag) if is(&tag.name, "link") => Some(Some(tag)),
        _ => Some(None),
    });
    links.flatten().find_map(|link| {
        let relations = value(&link, b"rel")?;
        let is_meant = relations.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(relation));
        is_meant.then(|| value(&link, b"href")).flatten()
    })
}

/// Elements whose content a browser does not show.
const HIDDEN: [&str; 7] = ["script", "style", "title", "template", "iframe", "noembed", "noframes"];

/// Elements on lines of their own (HTML standard, 15.3, without most of those inside forms and
/// tables).
const BLOCKS: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "tr",
    "ul",
];

fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    // Inside scripts, styles and titles, tags are plain text.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).map(|token| match token {
        Ok(token) => token,
        Err(never) => match never {},
    })
}

fn is(tag: &[u8], name: &str) -> bool {
    tag == name.as_bytes()
}

/// Text whose white space is collapsed as it is written.
#[derive(Default)]
struct Text {
    written: String,
    gap: Option<char>,
}

impl Text {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = self.gap.or(Some(' '));
            } else {
                if let Some(gap) = self.gap.take().filter(|_| !self.written.is_empty()) {
                    self.written.push(gap);
                }
                self.written.push(c);
            }
        }
    }

    fn separate(&mut self, tag: &[u8]) {
        if BLOCKS.iter().any(|name| is(tag, name)) {
            self.gap = Some('\n');
        } else if is(tag, "td") || is(tag, "th") {
            self.gap = self.gap.or(Some(' '));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{link_of, plain_text, text_of};

    proptest! {
        #[test]
        fn any_html_has_a_text(pieces in prop::collection::vec("<|>|</|<!--|-->|<b a='|&#?x?[0-9a-z]{0,9};?|<script>|\\PC{0,4}", 0..20)) {
            let html = pieces.concat();
            let text = plain_text(&html);
            prop_assert!(!text.contains("  ") && text.trim() == text, "{html:?} {text:?}");
            text_of(&html, &["b", "script"]);
        }
    }

    #[test]
    fn html_becomes_text() {
        for (html, text) in [
            ("<b>What</b> is\n 2 &lt; 3 &amp; &#8722;1?", "What is 2 < 3 & −1?"),
            // A `<` that does not start a tag in a browser is text.
            ("Is 2 < 3 and 5 > 4?", "Is 2 < 3 and 5 > 4?"),
            ("Is 2 <3 and 5> 4?", "Is 2 <3 and 5> 4?"),
            ("a<=b, a<>b, a<-b, a&b, R&D", "a<=b, a<>b, a<-b, a&b, R&D"),
            ("2 < 3", "2 < 3"),
            ("2 <", "2 <"),
            // Tags, comments and declarations are not shown.
            ("wo<b>r</B >d", "word"),
            ("a <img alt='2 > 1' src=x/> b", "a b"),
            ("a<!-- 1 > 2 --> b<!doctype html><?php ?>", "a b"),
            ("</>a</ >b", "ab"),
            ("<p>Which <i>planet</i>?</p>\n<p>This one?</p>", "Which planet?\nThis one?"),
            ("one<br>two<br/> <br />three", "one\ntwo\nthree"),
            ("<ul><li>a</li>\n<li>b</li></ul>", "a\nb"),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
            ("a<script>if (1 < 2) { '<b>' }</script>b<style>p > b {}</style>c", "abc"),
            // Character references as browsers resolve them: without a semicolon, with a number
            // from Windows-1252, with the number 0, with an unknown name.
            ("&amp &eacute;&#x2212;&#150;&#0;&nosuch;", "& é−–\u{fffd}&nosuch;"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("a&nbsp;b", "a b"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn a_link_is_found_by_its_relation() {
        let link = r#"<link rel="EditURI" type="application/rsd+xml" href="//w.example/api.php?action=rsd&amp;a=1">"#;
        let found = Some("//w.example/api.php?action=rsd&a=1");
        for (page, href) in [
            (format!("<html><head><link rel=icon href=x><title>{link}</title>{link}"), found),
            (link.replace("EditURI", "alternate EDITURI").replace("<link", "<LINK"), found),
            (format!("<html><!-- {link} --><body>{link}"), None),
            (link.replace("href", "data-href"), None),
            (link.replace("EditURI", "search"), None),
        ] {
            assert_eq!(link_of(&page, "EditURI").as_deref(), href, "{page}");
        }
    }

    #[test]
    fn an_element_is_found_by_its_name() {
        let page = "<html><head><TITLE>\n502 &ndash; <b> </title></head><h1></h1><h1 class='a>b'>Bad <i>gate</i>way</h1>";
        assert_eq!(text_of(page, &["title"]).as_deref(), Some("502 – <b>"));
        assert_eq!(text_of(page, &["h1", "h2"]).as_deref(), Some("Bad gateway"));
        assert_eq!(text_of(page, &["h3"]), None);
        assert_eq!(text_of("<title>Cut sho", &["title"]).as_deref(), Some("Cut sho"));
    }
}
