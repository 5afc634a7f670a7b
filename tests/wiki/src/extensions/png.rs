//! A picture of a word, as a PNG.

const SCALE: usize = 8;
const WIDTH: usize = 5;
const HEIGHT: usize = 7;
const MARGIN: usize = 2;

/// A grey picture of lower-case letters.
pub fn picture(word: &str) -> Vec<u8> {
    let columns = word.len() * (WIDTH + 1) - 1 + 2 * MARGIN;
    let rows = HEIGHT + 2 * MARGIN;
    let (width, height) = (columns * SCALE, rows * SCALE);
    let mut lines = Vec::with_capacity((width + 1) * height);
    for y in 0..height {
        // Each line begins with the number of its filter: none.
        lines.push(0);
        lines.extend((0..width).map(|x| if is_ink(word, x / SCALE, y / SCALE) { 0x20 } else { 0xee }));
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // Eight bits of grey, and the only compression, filters and order there are.
    header.extend([8, 0, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &store(&lines));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn is_ink(word: &str, column: usize, row: usize) -> bool {
    let (Some(column), Some(row)) = (column.checked_sub(MARGIN), row.checked_sub(MARGIN)) else {
        return false;
    };
    let (index, column) = (column / (WIDTH + 1), column % (WIDTH + 1));
    let letter = word.as_bytes().get(index).map(|letter| letter.wrapping_sub(b'a') as usize);
    let bits = letter.and_then(|letter| LETTERS.get(letter)?.get(row)).copied().unwrap_or(0);
    column < WIDTH && bits >> (WIDTH - 1 - column) & 1 == 1
}

/// A zlib stream that compresses nothing.
fn store(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend((block.len() as u16).to_le_bytes());
        stream.extend((!(block.len() as u16)).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32(&png[start..]);
    png.extend(sum.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

/// Each letter in seven rows of five bits.
const LETTERS: [[u8; HEIGHT]; 26] = [
    [0x00, 0x00, 0x0e, 0x01, 0x0f, 0x11, 0x0f],
    [0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x1e],
    [0x00, 0x00, 0x0e, 0x10, 0x10, 0x10, 0x0e],
    [0x01, 0x01, 0x0f, 0x11, 0x11, 0x11, 0x0f],
    [0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e],
    [0x06, 0x08, 0x1c, 0x08, 0x08, 0x08, 0x08],
    [0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x0e],
    [0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x11],
    [0x04, 0x00, 0x0c, 0x04, 0x04, 0x04, 0x0e],
    [0x02, 0x00, 0x06, 0x02, 0x02, 0x12, 0x0c],
    [0x10, 0x10, 0x12, 0x14, 0x18, 0x14, 0x12],
    [0x0c, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e],
    [0x00, 0x00, 0x1a, 0x15, 0x15, 0x15, 0x15],
    [0x00, 0x00, 0x1e, 0x11, 0x11, 0x11, 0x11],
    [0x00, 0x00, 0x0e, 0x11, 0x11, 0x11, 0x0e],
    [0x00, 0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10],
    [0x00, 0x0f, 0x11, 0x11, 0x0f, 0x01, 0x01],
    [0x00, 0x00, 0x16, 0x19, 0x10, 0x10, 0x10],
    [0x00, 0x00, 0x0f, 0x10, 0x0e, 0x01, 0x1e],
    [0x08, 0x08, 0x1c, 0x08, 0x08, 0x09, 0x06],
    [0x00, 0x00, 0x11, 0x11, 0x11, 0x13, 0x0d],
    [0x00, 0x00, 0x11, 0x11, 0x11, 0x0a, 0x04],
    [0x00, 0x00, 0x11, 0x11, 0x15, 0x15, 0x0a],
    [0x00, 0x00, 0x11, 0x0a, 0x04, 0x0a, 0x11],
    [0x00, 0x11, 0x11, 0x11, 0x0f, 0x01, 0x0e],
    [0x00, 0x00, 0x1f, 0x02, 0x04, 0x08, 0x1f],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_picture_has_ink_and_paper() {
        let png = picture("ab");
        assert!(png.starts_with(b"\x89PNG"));
        assert!(is_ink("l", MARGIN + 2, MARGIN));
        assert!(!is_ink("l", 0, 0));
    }
}
