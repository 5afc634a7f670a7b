//! The little wikitext that the messages use.

/// HTML of a text, with links to pages below `path`. A single paragraph goes without its tags.
pub fn to_html(text: &str, path: &str) -> String {
    let blocks = split_blocks(text);
    if let [Block::Paragraph(lines)] = blocks.as_slice() {
        return inline(&lines.join("\n"), path);
    }
    let mut html = String::new();
    for (index, block) in blocks.iter().enumerate() {
        let follows_list = index > 0 && matches!(blocks[index - 1], Block::List(_));
        match block {
            Block::Paragraph(lines) => {
                let line_break = if follows_list { "\n" } else { "" };
                html.push_str(&format!("{line_break}<p>{}\n</p>", inline(&lines.join("\n"), path)));
            }
            Block::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("<li>{}</li>", inline(item, path))).collect();
                let line_break = if index > 0 { "\n" } else { "" };
                html.push_str(&format!("{line_break}<ul>{}</ul>", items.join("\n")));
            }
        }
    }
    html
}

enum Block<'a> {
    Paragraph(Vec<&'a str>),
    List(Vec<&'a str>),
}

fn split_blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut is_open = false;
    for line in text.split('\n') {
        match (line.strip_prefix('*'), blocks.last_mut()) {
            (Some(item), Some(Block::List(items))) if is_open => items.push(item.trim()),
            (Some(item), _) => blocks.push(Block::List(vec![item.trim()])),
            (None, _) if line.trim().is_empty() => {}
            (None, Some(Block::Paragraph(lines))) if is_open => lines.push(line),
            (None, _) => blocks.push(Block::Paragraph(vec![line])),
        }
        is_open = !line.trim().is_empty();
    }
    blocks
}

/// A message in one line without its tags, as MediaWiki's `Sanitizer::stripAllTags` makes plain text of it. It knows as much HTML
/// as the messages have. How a client shows the HTML of any wiki is another matter, and a browser's, not the wiki's.
pub fn strip_all_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let is_tag = rest[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match rest[at..].find('>').filter(|_| is_tag) {
            Some(end) => rest = &rest[at + end + 1..],
            None => {
                plain.push('<');
                rest = &rest[at + 1..];
            }
        }
    }
    plain.push_str(rest);
    let plain = decode(&plain);
    plain.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text that shows itself in wikitext, as `wfEscapeWikiText` makes it.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' | '&' | '\'' | '<' | '=' | '>' | '[' | ']' | '{' | '|' | '}' | ';' => {
                escaped.push_str(&format!("&#{};", c as u32));
            }
            _ => escaped.push(c),
        }
    }
    escaped.replace("://", "&#58;//").replace("__", "_&#95;").replace("~~~", "~~&#126;")
}

pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn inline(text: &str, path: &str) -> String {
    let mut html = text.to_owned();
    for (quotes, tag) in [("'''", "b"), ("''", "i")] {
        while let Some(start) = html.find(quotes) {
            let Some(length) = html[start + quotes.len()..].find(quotes) else { break };
            let inner = html[start + quotes.len()..start + quotes.len() + length].to_owned();
            html.replace_range(start..start + length + 2 * quotes.len(), &format!("<{tag}>{inner}</{tag}>"));
        }
    }
    links(&html, path)
}

fn links(text: &str, path: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("[[") {
        let Some(length) = rest[start..].find("]]") else { break };
        let inner = &rest[start + 2..start + length];
        let (target, label) = inner.split_once('|').unwrap_or((inner, inner));
        let target = target.trim_start_matches(':');
        let (page, title) = (target.replace(' ', "_"), escape_html(target));
        html.push_str(&rest[..start]);
        // Only special pages exist.
        html.push_str(&if target.starts_with("Special:") {
            format!("<a href=\"{path}/index.php/{page}\" title=\"{title}\">{label}</a>")
        } else {
            format!(
                "<a href=\"{path}/index.php?title={page}&amp;action=edit&amp;redlink=1\" class=\"new\" \
                 title=\"{title} (not written yet)\">{label}</a>"
            )
        });
        rest = &rest[start + length + 2..];
    }
    html.push_str(rest);
    html
}

/// Text with its character references resolved.
pub fn decode(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let entity = rest[at..].find(';').map(|end| &rest[at + 1..at + end]);
        let character = entity.and_then(|entity| match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "nbsp" => Some('\u{a0}'),
            _ => entity.strip_prefix('#').and_then(|number| number.parse().ok()).and_then(char::from_u32),
        });
        match (character, entity) {
            (Some(character), Some(entity)) => {
                decoded.push(character);
                rest = &rest[at + entity.len() + 2..];
            }
            _ => {
                decoded.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_of_lists_and_quotes() {
        assert_eq!(to_html("* a\n* '''b'''", ""), "<ul><li>a</li>\n<li><b>b</b></li></ul>");
        assert_eq!(to_html("a\nb", ""), "a\nb");
        assert_eq!(to_html("a\n\nb\n* c", ""), "<p>a\n</p><p>b\n</p>\n<ul><li>c</li></ul>");
    }

    #[test]
    fn plain_text_has_no_tags() {
        assert_eq!(strip_all_tags("a <b>b</b>\n &lt;c&gt; & 1 < 2"), "a b <c> & 1 < 2");
    }
}
