//! Reads rows and says of each bad one which line, which column and why.

use std::collections::HashMap;

use super::super::{Address, Contact};
use super::places::Places;
use super::{Column, cell};
use crate::domain::bulletin::Language;

/// The longest name, code, group or post, in characters.
const LONGEST: usize = 100;
/// The most parts in one cell: more is a slip of the separator, not a list.
const MOST: usize = 100;

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Complaint {
    /// Where the row begins, counted from 1.
    pub line: u64,
    pub column: Option<&'static str>,
    pub why: String,
    /// Whether the row is good all the same.
    pub kept: bool,
}

/// A row that was read: a contact, or what is wrong with it, or a contact and something worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub contact: Option<Contact>,
    pub complaints: Vec<Complaint>,
}

/// Why no row can be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("the file is empty")]
    Empty,
    #[error(
        "line 1: no column holds addresses; the headings are {found}, but one of 手机 (phone), 邮箱 (email) or telegram is needed"
    )]
    NoAddresses { found: String },
    #[error("line 1: two columns are {heading}; leave one")]
    Twice { heading: &'static str },
}

/// Reads a table of contacts row by row.
pub struct Reader<'a> {
    text: &'a str,
    places: &'a Places,
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    columns: Vec<Option<Column>>,
    ignored: Vec<String>,
    /// How far lines were counted, and which line that is.
    counted: (usize, u64),
    /// Where each code and each address first stood, by hash, so that a million rows stay small.
    codes: HashMap<u128, u64>,
    addresses: HashMap<u128, u64>,
}

impl<'a> Reader<'a> {
    /// # Errors
    /// When the headings are missing, double or hold no addresses.
    pub fn new(text: &'a str, places: &'a Places) -> Result<Self, SheetError> {
        let first = text
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        if text.trim().is_empty() {
            return Err(SheetError::Empty);
        }
        let mut records = csv::ReaderBuilder::new()
            .delimiter(delimiter(first))
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes())
            .into_records();
        let headings = match records.next() {
            Some(Ok(headings)) => headings,
            _ => return Err(SheetError::Empty),
        };
        let mut columns = Vec::new();
        let mut ignored = Vec::new();
        for heading in &headings {
            let column = Column::from_heading(cell::unguard(heading));
            if let Some(known) = column
                && columns.contains(&column)
            {
                return Err(SheetError::Twice {
                    heading: known.heading(),
                });
            }
            if column.is_none() && !heading.trim().is_empty() {
                ignored.push(heading.trim().chars().take(LONGEST).collect());
            }
            columns.push(column);
        }
        if !columns
            .iter()
            .flatten()
            .any(|column| column.address_kind().is_some())
        {
            let found: String = first
                .chars()
                .filter(|c| !c.is_control())
                .take(LONGEST)
                .collect();
            return Err(SheetError::NoAddresses { found });
        }
        Ok(Self {
            text,
            places,
            records,
            columns,
            ignored,
            counted: (0, 1),
            codes: HashMap::new(),
            addresses: HashMap::new(),
        })
    }

    /// Headings of columns that mean nothing here and are passed over.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The line of the record that begins at `byte`, or after the empty lines there.
    fn line(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut to = usize::try_from(byte)
            .unwrap_or(bytes.len())
            .min(bytes.len());
        while bytes.get(to).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            to += 1;
        }
        let (from, line) = self.counted;
        let breaks = bytes
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        self.counted = (to.max(from), line + breaks as u64);
        self.counted.1
    }

    fn row(&mut self, record: &csv::StringRecord) -> Row {
        let line = self.line(record.position().map_or(0, csv::Position::byte));
        let mut draft = Draft {
            line,
            ..Draft::default()
        };
        if record.len() > self.columns.len() {
            draft.bad(
                None,
                format!(
                    "it has {} cells, the headings are {}",
                    record.len(),
                    self.columns.len()
                ),
            );
        }
        for (column, text) in self.columns.iter().zip(record) {
            let Some(column) = *column else { continue };
            draft.take(column, cell::unguard(text), self.places);
        }
        self.compare(&mut draft);
        draft.finish()
    }

    /// Looks for what stood in an earlier row already.
    fn compare(&mut self, draft: &mut Draft) {
        let line = draft.line;
        if draft.addresses.is_empty() && draft.complaints.is_empty() {
            draft.bad(
                None,
                "it has no address: no 手机 (phone), 邮箱 (email) or telegram".into(),
            );
        }
        if draft.code.is_empty()
            && let Some(first) = draft.addresses.first()
        {
            draft.code = Contact::code_of(first);
            draft.made_code = true;
        }
        draft.addresses.sort();
        draft.addresses.dedup();
        if draft.is_bad() {
            return;
        }
        if let Some(earlier) = first_seen(&mut self.codes, &draft.code, line) {
            if draft.made_code {
                let why = format!(
                    "its first address is that of line {earlier}; without a 编号 (code) that makes it the same contact"
                );
                draft.bad(None, why);
            } else {
                draft.bad(
                    Some(Column::Code),
                    format!("it stands in line {earlier} already"),
                );
            }
            return;
        }
        let mut twice = Vec::new();
        for address in &draft.addresses {
            let key = format!("{}:{}", address.kind, address.address);
            if let Some(earlier) = first_seen(&mut self.addresses, &key, line) {
                let shown = crate::domain::contact::mask_address(&address.address);
                twice.push(format!(
                    "{shown} stands in line {earlier} too; it gets each text once"
                ));
            }
        }
        for why in twice {
            draft.complaints.push(Complaint {
                line,
                column: None,
                why,
                kept: true,
            });
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            match self.records.next()? {
                Ok(record) if record.iter().all(|text| text.trim().is_empty()) => {}
                Ok(record) => return Some(self.row(&record)),
                // The text is valid UTF-8 and rows may differ in length: the parser has nothing left to refuse.
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let why = error.to_string();
                    let complaint = Complaint {
                        line,
                        column: None,
                        why,
                        kept: false,
                    };
                    return Some(Row {
                        contact: None,
                        complaints: vec![complaint],
                    });
                }
            }
        }
    }
}

/// The row as far as it has been read.
#[derive(Default)]
struct Draft {
    line: u64,
    code: String,
    made_code: bool,
    name: String,
    language: Language,
    areas: Vec<crate::domain::area::AreaCode>,
    groups: Vec<String>,
    posts: Vec<String>,
    addresses: Vec<Address>,
    complaints: Vec<Complaint>,
}

impl Draft {
    fn bad(&mut self, column: Option<Column>, why: String) {
        self.complaints.push(Complaint {
            line: self.line,
            column: column.map(Column::heading),
            why,
            kept: false,
        });
    }

    fn is_bad(&self) -> bool {
        self.complaints.iter().any(|complaint| !complaint.kept)
    }

    fn take(&mut self, column: Column, text: &str, places: &Places) {
        let text = text.trim();
        if text.contains('\n') {
            self.bad(
                Some(column),
                "it holds a line break; is a quotation mark opened there and never closed?".into(),
            );
            return;
        }
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            self.bad(
                Some(column),
                format!("it holds the control character U+{:04X}", u32::from(c)),
            );
            return;
        }
        if cell::parts(text).nth(MOST).is_some() {
            self.bad(Some(column), format!("it has more than {MOST} parts"));
            return;
        }
        match column {
            Column::Code | Column::Name => {
                if text.chars().count() > LONGEST {
                    self.bad(
                        Some(column),
                        format!("it is longer than {LONGEST} characters"),
                    );
                } else if column == Column::Code {
                    self.code = text.to_owned();
                } else {
                    self.name = text.to_owned();
                }
            }
            Column::Language => match language(text) {
                Some(language) => self.language = language,
                None => self.bad(
                    Some(column),
                    format!("{:?} is no language here: write zh-CN or en", head(text)),
                ),
            },
            Column::Areas => {
                for part in cell::parts(text) {
                    match places.read(&head(part)) {
                        Ok(code) => self.areas.push(code),
                        Err(why) => self.bad(Some(column), why),
                    }
                }
            }
            Column::Groups | Column::Posts => {
                for part in cell::parts(text) {
                    if part.chars().count() > LONGEST {
                        self.bad(
                            Some(column),
                            format!("{:?}… is longer than {LONGEST} characters", head(part)),
                        );
                    } else if column == Column::Groups {
                        self.groups.push(part.to_owned());
                    } else {
                        self.posts.push(part.to_owned());
                    }
                }
            }
            Column::Phone | Column::Email | Column::Telegram => {
                let Some(kind) = column.address_kind() else {
                    return;
                };
                for part in cell::parts(text) {
                    match kind.read(part) {
                        Ok(address) => self.addresses.push(Address { kind, address }),
                        Err(why) => {
                            let shown = crate::domain::contact::mask_address(&head(part));
                            self.bad(Some(column), format!("{shown:?}: {why}"));
                        }
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Row {
        if self.is_bad() {
            return Row {
                contact: None,
                complaints: self.complaints,
            };
        }
        for list in [&mut self.groups, &mut self.posts] {
            list.sort();
            list.dedup();
        }
        self.areas.sort();
        self.areas.dedup();
        let contact = Contact {
            code: self.code,
            name: self.name,
            language: self.language,
            areas: self.areas,
            groups: self.groups,
            posts: self.posts,
            addresses: self.addresses,
        };
        Row {
            contact: Some(contact),
            complaints: self.complaints,
        }
    }
}

/// The line where `key` stood before, noting this one if it did not.
fn first_seen(seen: &mut HashMap<u128, u64>, key: &str, line: u64) -> Option<u64> {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(key);
    let mut hash = [0u8; 16];
    hash.copy_from_slice(&digest[..16]);
    match seen.entry(u128::from_be_bytes(hash)) {
        std::collections::hash_map::Entry::Occupied(earlier) => Some(*earlier.get()),
        std::collections::hash_map::Entry::Vacant(slot) => {
            slot.insert(line);
            None
        }
    }
}

fn language(text: &str) -> Option<Language> {
    match text.to_lowercase().as_str() {
        "" | "zh-cn" | "zh" | "cn" | "zh-hans" | "中文" | "汉语" | "简体中文" => {
            Some(Language::ZhCn)
        }
        "en" | "en-us" | "en-gb" | "english" | "英文" | "英语" => Some(Language::En),
        _ => None,
    }
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Comma, or what the headings are separated by when there is no comma.
fn delimiter(headings: &str) -> u8 {
    [b',', b'\t', b';']
        .into_iter()
        .find(|mark| headings.as_bytes().contains(mark))
        .unwrap_or(b',')
}
