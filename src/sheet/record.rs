//! The records of a table as they stand in the file: where each begins, its cells, and what a quotation mark did to it.

/// One record as it was written.
pub(super) struct Record {
    /// The line where it begins, counted from 1.
    pub line: u64,
    pub cells: csv::StringRecord,
    /// How many further lines it has swallowed because a quotation mark in it is not closed.
    pub torn: Option<u64>,
}

pub(super) struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    /// How far lines were counted, and which line that is.
    counted: (usize, u64),
}

impl<'a> Records<'a> {
    pub fn of(text: &'a str, delimiter: u8) -> Self {
        let records = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes())
            .into_records();
        Self {
            text,
            delimiter,
            records,
            counted: (0, 1),
        }
    }

    /// The line of the record that begins at `byte`, or after the empty lines there.
    fn line(&mut self, byte: usize) -> u64 {
        let (from, line) = self.counted;
        let to = byte.max(from);
        let line = line + breaks(self.text, from, to);
        self.counted = (to, line);
        line + breaks_ahead(self.text, byte)
    }
}

impl Iterator for Records<'_> {
    type Item = csv::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.text;
        let place = |at: &csv::Position| {
            usize::try_from(at.byte()).map_or(text.len(), |byte| byte.min(text.len()))
        };
        let cells = match self.records.next()? {
            Ok(cells) => cells,
            Err(error) => return Some(Err(error)),
        };
        let start = cells.position().map_or(0, place);
        let end = place(self.records.reader().position());
        let raw = text.get(start..end).unwrap_or_default();
        Some(Ok(Record {
            line: self.line(start),
            cells,
            torn: torn(raw, self.delimiter),
        }))
    }
}

/// How many line breaks lie between two places; a lone CR is one.
fn breaks(text: &str, from: usize, to: usize) -> u64 {
    let bytes = text.as_bytes().get(from..to).unwrap_or_default();
    let lone = |n: usize| bytes[n] == b'\r' && bytes.get(n + 1).is_some_and(|next| *next != b'\n');
    (0..bytes.len())
        .filter(|n| bytes[*n] == b'\n' || lone(*n))
        .count() as u64
}

/// The empty lines that a record's place lies before.
fn breaks_ahead(text: &str, at: usize) -> u64 {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let empty = rest
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count();
    breaks(text, at, at + empty)
}

/// How many further lines a record has swallowed because a quotation mark in it is not closed, or closed by the mark
/// that opens another cell.
fn torn(raw: &str, delimiter: u8) -> Option<u64> {
    let body = raw.trim_end_matches(['\r', '\n']);
    let body = body.trim_start_matches(['\r', '\n']);
    let lines = breaks(body, 0, body.len());
    if lines == 0 {
        return None;
    }
    let bytes = body.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            at += 1;
            loop {
                match bytes.get(at) {
                    None => return Some(lines),
                    Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                    Some(b'"') => break,
                    Some(_) => at += 1,
                }
            }
            at += 1;
            if at < bytes.len() && bytes[at] != delimiter {
                return Some(lines);
            }
        } else {
            while at < bytes.len() && bytes[at] != delimiter {
                at += 1;
            }
        }
        at += 1;
    }
    None
}
