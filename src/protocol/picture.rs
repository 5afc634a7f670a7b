//! The type of a picture.

/// The MIME type of a picture by its first bytes: `image/png`, `image/jpeg`, `image/gif` or
/// `image/webp`. `None` for anything else: a format in which a browser would run scripts or follow
/// links (SVG, HTML) does not count as a picture, whatever type a server gives it.
#[must_use]
pub fn image_type(data: &[u8]) -> Option<&'static str> {
    let is_webp = || data.starts_with(b"RIFF") && data.get(8..12) == Some(b"WEBP");
    match data {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ if is_webp() => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::image_type;

    #[test]
    fn pictures_are_known_by_their_bytes() {
        for (data, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg")),
            (b"GIF87a", Some("image/gif")),
            (b"GIF89a\x01\0", Some("image/gif")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x24\0\0\0WAVEfmt ", None),
            (b"RIFF\x24\0\0\0WEB", None),
            (b"\x89PNG\n\x1a\n", None),
            (b"GIF88a", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", None),
            (b"<?xml version='1.0'?><svg/>", None),
            (b"<!doctype html><title>Login</title>", None),
            (b"BM\x36\0\0\0", None),
            (b"\0\0\x01\0", None),
            (b"", None),
        ] {
            assert_eq!(image_type(data), kind, "{}", String::from_utf8_lossy(data));
        }
    }
}
