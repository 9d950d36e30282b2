//! Bytes to text: spreadsheet programs of this country save CSV as UTF-8 with or without a mark, or as GB18030.

use std::borrow::Cow;

use encoding_rs::{Encoding as Table, GB18030, UTF_16BE, UTF_16LE};

use crate::domain::phrase::{Phrase, phrase};

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

/// Why a file is no text that could be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotText {
    Damaged {
        /// Counted from 1.
        line: usize,
        /// What the rest of the file looks like.
        encoding: Encoding,
    },
    /// Another program's file, whatever its name ends in: what it is, and how a table is got from it.
    Foreign(Phrase),
}

impl NotText {
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Damaged { line, encoding } => {
                phrase!(
                    "contact.file.damaged",
                    line = *line,
                    encoding = encoding.name()
                )
            }
            Self::Foreign(what) => phrase!("contact.file.foreign", what = what.clone()),
        }
    }
}

/// What is chosen in a spreadsheet program of this country.
const SAVE_AS: &str = "文件 → 另存为 → “CSV UTF-8（逗号分隔）(*.csv)”";

type Said = fn() -> Phrase;

/// What a file is that is no table of text, by its first bytes, and how a table is got from it.
fn foreign(bytes: &[u8]) -> Option<Phrase> {
    let starts: [(&[u8], Said); 11] = [
        (b"PK\x03\x04", || {
            phrase!("contact.file.workbook", menu = SAVE_AS)
        }),
        (b"\xd0\xcf\x11\xe0", || {
            phrase!("contact.file.old-workbook", menu = SAVE_AS)
        }),
        (b"%PDF", || phrase!("contact.file.pdf")),
        (b"{\\rtf", || phrase!("contact.file.rtf")),
        (b"\x1f\x8b", || phrase!("contact.file.compressed")),
        (b"7z\xbc\xaf", || phrase!("contact.file.archive")),
        (b"Rar!", || phrase!("contact.file.archive")),
        (b"\x89PNG", || phrase!("contact.file.picture")),
        (b"\xff\xd8\xff", || phrase!("contact.file.picture")),
        (b"SQLite format 3", || phrase!("contact.file.database")),
        (b"BEGIN:VCARD", || phrase!("contact.file.address-book")),
    ];
    if let Some((_, what)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(what());
    }
    let head: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(|b| b.is_ascii_whitespace() || matches!(b, 0xef | 0xbb | 0xbf))
        .take(64)
        .map(|b| b.to_ascii_lowercase())
        .collect();
    let markup: [&[u8]; 6] = [
        b"<!doctype",
        b"<html",
        b"<table",
        b"<?xml",
        b"<head",
        b"<meta",
    ];
    if markup.iter().any(|start| head.starts_with(start)) {
        return Some(phrase!("contact.file.web-page", menu = SAVE_AS));
    }
    if head.starts_with(b"{\"") || head.starts_with(b"[{") || head.starts_with(b"[\n") {
        return Some(phrase!("contact.file.json"));
    }
    None
}

/// UTF-16 without a mark: every other byte of ASCII is nought.
fn unmarked(bytes: &[u8]) -> Option<&'static Table> {
    let head = &bytes[..bytes.len().min(400)];
    let noughts = |from: usize| {
        head.iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (noughts(0), noughts(1));
    if !bytes.len().is_multiple_of(2) || even + odd < 4 {
        return None;
    }
    if odd > even * 4 {
        Some(UTF_16LE)
    } else if even > odd * 4 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A list typed with a Chinese input method may have full-width commas between its cells and no others.
fn straighten(text: Cow<'_, str>) -> Cow<'_, str> {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    if first.contains([',', '\t', ';', '|']) {
        return text;
    }
    match ['，', '；', '｜']
        .into_iter()
        .find(|mark| first.contains(*mark))
    {
        Some(mark) => Cow::Owned(text.replace(
            mark,
            match mark {
                '，' => ",",
                '；' => ";",
                _ => "|",
            },
        )),
        None => text,
    }
}

/// Finds out the encoding and decodes. Valid UTF-8 is UTF-8; GB18030 is what remains, unless the file is plainly UTF-8
/// with damage, which GB18030 would turn into wrong characters without a word.
///
/// # Errors
/// When some bytes fit no encoding; names their line.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if let Some(what) = foreign(bytes) {
        return Err(NotText::Foreign(what));
    }
    let decoded = decoded(bytes)?;
    Ok(Decoded {
        text: straighten(decoded.text),
        ..decoded
    })
}

fn decoded(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
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
    if let Some(table) = unmarked(bytes) {
        return whole(bytes, table, Encoding::Utf16);
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
            Err(NotText::Damaged {
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
    NotText::Damaged {
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
            (utf16, Encoding::Utf16),
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
            NotText::Damaged {
                line: 3,
                encoding: Encoding::Utf8
            }
        );
        let (gb, _, _) = GB18030.encode(TEXT);
        let mut gb = gb.into_owned();
        gb.push(0xff);
        assert_eq!(
            decode(&gb).unwrap_err(),
            NotText::Damaged {
                line: 4,
                encoding: Encoding::Gb18030
            }
        );
    }

    #[test]
    fn a_file_of_another_program_is_told_by_what_it_holds() {
        for (bytes, word) in [
            (b"PK\x03\x04\x14\0".as_slice(), "另存为"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "另存为"),
            (b"%PDF-1.7", "PDF"),
            (b"<html><table>", "另存为"),
            (b"\xef\xbb\xbf<?xml version", "另存为"),
            (b"BEGIN:VCARD\r\n", "vcf"),
            (b"[{\"name\":1}]", "JSON"),
        ] {
            let said = decode(bytes).unwrap_err().phrase().to_string();
            assert!(said.contains(word), "{said}");
        }
        assert_eq!(
            decode("姓名，手机\n张三，13800001234\n".as_bytes())
                .unwrap()
                .text,
            "姓名,手机\n张三,13800001234\n"
        );
    }
}
