//! Bytes to text: spreadsheet programs of this country save CSV as UTF-8 with or without a mark, or as GB18030.

use std::borrow::Cow;

use encoding_rs::{Encoding as Table, GB18030, UTF_16BE, UTF_16LE};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Gb18030,
    Utf16,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16 => "UTF-16",
        }
    }
}

#[derive(Debug)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: Encoding,
}

/// The file is text in none of the encodings known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: the bytes there are not {encoding}: save the file as “CSV UTF-8” and try again",
    encoding = encoding.name()
)]
pub struct NotText {
    /// Counted from 1.
    pub line: usize,
    /// What the rest of the file looks like.
    pub encoding: Encoding,
}

/// Finds out the encoding and decodes. Valid UTF-8 is UTF-8; GB18030 is what remains, unless the file is plainly UTF-8
/// with damage, which GB18030 would turn into wrong characters without a word.
///
/// # Errors
/// When some bytes fit no encoding; names their line.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok(Decoded {
                text: text.into(),
                encoding: Encoding::Utf8,
            }),
            Err(error) => Err(not_text(rest, error.valid_up_to(), Encoding::Utf8)),
        };
    }
    for (mark, table) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return whole(rest, table, Encoding::Utf16);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded {
            text: text.into(),
            encoding: Encoding::Utf8,
        }),
        Err(error) if is_damaged_utf8(bytes) => {
            Err(not_text(bytes, error.valid_up_to(), Encoding::Utf8))
        }
        Err(_) => whole(bytes, GB18030, Encoding::Gb18030),
    }
}

fn whole<'a>(
    bytes: &'a [u8],
    table: &'static Table,
    encoding: Encoding,
) -> Result<Decoded<'a>, NotText> {
    match table.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(Decoded { text, encoding }),
        None => {
            let (text, _) = table.decode_without_bom_handling(bytes);
            let before = text.find('\u{fffd}').unwrap_or(text.len());
            Err(NotText {
                line: lines(&text.as_bytes()[..before]),
                encoding,
            })
        }
    }
}

/// Real GB18030 text hardly ever holds a valid UTF-8 sequence; damaged UTF-8 holds mostly those.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk
            .valid()
            .chars()
            .filter(|c| u32::from(*c) >= 0x800)
            .count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken * 2
}

fn not_text(bytes: &[u8], at: usize, encoding: Encoding) -> NotText {
    NotText {
        line: lines(&bytes[..at]),
        encoding,
    }
}

fn lines(before: &[u8]) -> usize {
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "姓名,手机\n张三,13800001234\n李四㐀,13900001234\n";

    #[test]
    fn each_encoding_reads_the_same() {
        let (gb, _, _) = GB18030.encode(TEXT);
        let utf16: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), Encoding::Utf8),
            (gb.into_owned(), Encoding::Gb18030),
            ([b"\xff\xfe".as_slice(), &utf16].concat(), Encoding::Utf16),
        ] {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.encoding), (TEXT, encoding));
        }
    }

    #[test]
    fn damage_is_named_by_line_and_never_read_as_other_characters() {
        let mut bytes = TEXT.as_bytes().to_vec();
        let at = TEXT.find('李').unwrap();
        bytes[at + 1] = b'?';
        assert_eq!(
            decode(&bytes).unwrap_err(),
            NotText {
                line: 3,
                encoding: Encoding::Utf8
            }
        );
        let (gb, _, _) = GB18030.encode(TEXT);
        let mut gb = gb.into_owned();
        gb.push(0xff);
        assert_eq!(
            decode(&gb).unwrap_err(),
            NotText {
                line: 4,
                encoding: Encoding::Gb18030
            }
        );
    }
}
