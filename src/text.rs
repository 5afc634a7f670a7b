//! Cleans texts from outside as they come in.

/// The longest text from outside, in bytes: nobody reads more, and a host may have to lay it out.
pub(crate) const MAX_TEXT: usize = 16 * 1024;

/// The text, safe to show, print and log: cut to [`MAX_TEXT`], and without the control characters
/// that a terminal or a log would act on. Tabs and line feeds stay, and so do bidirectional marks.
/// Values that go back to the wiki are not cleaned.
pub(crate) fn clean(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if is_plain(text) {
        return text.to_owned();
    }
    text.chars().filter(|&c| !is_acted_on(c)).collect()
}

/// The same for an owned text, which is not copied if it is clean.
pub(crate) fn cleaned(text: String) -> String {
    if text.len() <= MAX_TEXT && is_plain(&text) { text } else { clean(&text) }
}

/// Whether there is certainly nothing to take out, as in most texts.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n');
    let (words, rest) = text.as_bytes().as_chunks();
    words.iter().all(|word| is_printed(*word) || word.iter().all(is_plain)) && rest.iter().all(is_plain)
}

/// Whether all eight bytes are ` ` to `~`. The highest bit is set in a byte that is not ASCII, in
/// DEL after adding one, and in anything below a blank after subtracting a blank; a carry or borrow
/// only comes from a byte that is itself out of range.
fn is_printed(word: [u8; 8]) -> bool {
    let (word, all) = (u64::from_ne_bytes(word), |byte| u64::from_ne_bytes([byte; 8]));
    (word | word.wrapping_add(all(1)) | word.wrapping_sub(all(b' '))) & all(0x80) == 0
}

/// C0 without tab and line feed, DEL, and C1.
fn is_acted_on(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n')
}

#[cfg(test)]
mod tests {
    use super::{MAX_TEXT, clean, cleaned};

    #[test]
    fn what_is_acted_on_leaves() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a\tb\nc", "a\tb\nc"),
            ("a\r\nb\0", "a\nb"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "[31mred]0;title"),
            ("\u{7f}\u{80}\u{9b}31m\u{9f}\u{a0}", "31m\u{a0}"),
            (
                "\u{202e}abc\u{202c} \u{200f}\u{2066}x\u{2069}",
                "\u{202e}abc\u{202c} \u{200f}\u{2066}x\u{2069}",
            ),
            ("", ""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
            assert_eq!(cleaned(text.to_owned()), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        for (letter, length) in [("x", MAX_TEXT), ("é", MAX_TEXT), ("字", MAX_TEXT - 1), ("😀", MAX_TEXT)]
        {
            let text = letter.repeat(MAX_TEXT);
            assert_eq!((clean(&text).len(), cleaned(text).len()), (length, length), "{letter}");
        }
    }
}
