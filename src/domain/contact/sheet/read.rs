//! Reads rows and says of each bad one which line, which column and why.

use std::collections::{BTreeSet, HashMap};

use super::super::Contact;
use super::draft::{Draft, Known};
use super::heading::Meaning;
use super::layout::{Layout, SheetError, breaks, breaks_ahead, records, shown};
use super::places::Places;
use super::tally::{PassedOver, Remark, Tally};
use super::targets::Targets;
use super::{Column, addresses, cell};

/// One thing to say of one row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Complaint {
    /// Where the row begins, counted from 1.
    pub line: u64,
    pub column: Option<&'static str>,
    pub why: String,
    /// Whether the row, or the rest of it, is taken all the same.
    pub kept: bool,
    /// Whether something of the row is not taken; otherwise it is only worth knowing.
    pub lost: bool,
}

/// A row that was read: a contact, or what is wrong with it, or a contact and something worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub contact: Option<Contact>,
    pub complaints: Vec<Complaint>,
}

impl Row {
    /// Whether somebody who stands in this row is not taken.
    pub fn is_out(&self) -> bool {
        self.contact.is_none() && self.complaints.iter().any(|complaint| complaint.lost)
    }

    pub fn has_lost(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.lost)
    }
}

/// Words of a row that explains the table instead of belonging to it.
const EXPLAINS: [&str; 16] = [
    "必填", "选填", "填写", "示例", "例如", "例：", "例:", "格式", "说明", "合计", "总计", "共计",
    "制表", "required", "optional", "example",
];
const ENDS: [&str; 8] = [
    "合计", "总计", "共计", "小计", "备注", "注：", "注:", "total",
];

/// Reads a table of contacts row by row.
pub struct Reader<'a> {
    text: &'a str,
    known: Known<'a>,
    layout: Layout,
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    /// How far lines were counted, and which line that is.
    counted: (usize, u64),
    /// Where each code first stood, and what its row said; where each address first stood. By hash, so that a million
    /// rows stay small.
    codes: HashMap<u128, (u64, u128)>,
    addresses: HashMap<u128, (u64, Option<Box<str>>)>,
    tally: Tally,
}

impl<'a> Reader<'a> {
    /// # Errors
    /// When the headings are missing, double or hold no addresses.
    pub fn new(
        text: &'a str,
        places: &'a Places,
        targets: &'a Targets,
    ) -> Result<Self, SheetError> {
        if text.trim().is_empty() {
            return Err(SheetError::Empty);
        }
        let layout = Layout::find(text)?;
        let mut records = records(text, layout.delimiter);
        for _ in 0..layout.skip {
            records.next();
        }
        Ok(Self {
            text,
            known: Known { places, targets },
            layout,
            records,
            counted: (0, 1),
            codes: HashMap::new(),
            addresses: HashMap::new(),
            tally: Tally::default(),
        })
    }

    /// Each heading with the column that it was understood as.
    pub fn columns(&self) -> Vec<(&str, &'static str)> {
        self.layout
            .slots
            .iter()
            .filter_map(|slot| match slot.meaning {
                Meaning::Holds(column) => Some((slot.heading.as_str(), column.heading())),
                Meaning::FixedLine => Some((slot.heading.as_str(), "固定电话")),
                Meaning::Either => Some((slot.heading.as_str(), Column::Phone.heading())),
                Meaning::Family | Meaning::Given => {
                    Some((slot.heading.as_str(), Column::Name.heading()))
                }
                Meaning::Unknown => None,
            })
            .collect()
    }

    /// Where the headings stand, and what stands above them: line, text, and whether it is a person.
    pub fn above(&self) -> (u64, Vec<(u64, &str, bool)>) {
        let above = self
            .layout
            .above
            .iter()
            // An address is not shown, whoever's it is.
            .map(|(line, text, is_person)| {
                let hides = *is_person || addresses::holds_one(text);
                (
                    *line,
                    if hides {
                        "a row with an address"
                    } else {
                        text.as_str()
                    },
                    *is_person,
                )
            })
            .collect();
        (self.layout.line, above)
    }

    /// The columns that the file has.
    pub fn has(&self) -> BTreeSet<Column> {
        self.layout
            .slots
            .iter()
            .filter_map(|slot| match slot.meaning {
                Meaning::Holds(column) => Some(column),
                Meaning::Family | Meaning::Given => Some(Column::Name),
                Meaning::Either => Some(Column::Phone),
                Meaning::FixedLine | Meaning::Unknown => None,
            })
            .collect()
    }

    pub fn separator(&self) -> &'static str {
        self.layout.separator()
    }

    /// Columns of which nothing is taken; complete when every row has been read.
    pub fn passed_over(&self) -> Vec<PassedOver> {
        self.tally.passed_over(&self.layout.slots)
    }

    /// What is to be said of the list as a whole; complete when every row has been read.
    pub fn remarks(&self) -> Vec<Remark> {
        let mut remarks = self.tally.remarks(self.known.targets);
        remarks.extend(self.layout.beside().map(|(first, second)| Remark {
            line: self.layout.line,
            column: Column::Name.heading(),
            what: format!("two tables stand side by side: the columns {first} and {second} have one heading, and nobody of the second is read; put it below the first"),
            loses: true,
        }));
        remarks.extend(self.tally.losses(&self.layout.slots));
        remarks
    }

    /// The line of the record that begins at `byte`, or after the empty lines there.
    fn line(&mut self, byte: u64) -> u64 {
        let to = usize::try_from(byte)
            .unwrap_or(self.text.len())
            .min(self.text.len());
        let (from, line) = self.counted;
        let line = line + breaks(self.text, from, to.max(from));
        self.counted = (to.max(from), line);
        line + breaks_ahead(self.text, to)
    }

    fn row(&mut self, record: &csv::StringRecord) -> Option<Row> {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = self.line(start);
        let mut draft = Draft::at(line);
        let raw = self.raw(start);
        if let Some(last) = torn(raw, self.layout.delimiter) {
            let why = format!(
                "a quotation mark is opened there and never closed: lines {line} to {} were read as one and nothing of them is taken",
                line + last
            );
            self.tally.tear(line, last + 1);
            draft.out(None, why);
            let (contact, complaints) = draft.finish();
            return Some(Row {
                line,
                contact,
                complaints,
            });
        }
        let cells: Vec<String> = record.iter().map(cell::read).collect();
        if cells.iter().all(String::is_empty) {
            return None;
        }
        let delimiter = char::from(self.layout.delimiter);
        let swallows = |cell: &String| {
            cell.contains('\n')
                && cell.lines().any(|line| {
                    line.contains(delimiter) && line.split(delimiter).any(addresses::holds_one)
                })
        };
        if let Some(cell) = record.iter().map(str::to_owned).find(swallows) {
            let lines = cell.lines().count() as u64;
            self.tally.tear(line, lines);
            draft.out(
                None,
                format!("a quotation holds {lines} lines with addresses in them; nothing of them is taken"),
            );
            let (contact, complaints) = draft.finish();
            return Some(Row {
                line,
                contact,
                complaints,
            });
        }
        if let Some(what) = self.explains(&cells) {
            draft.note(
                None,
                format!(
                    "{what}; the row is passed over: {}",
                    shown(&masked(&cells).replace('\n', " "))
                ),
            );
            return Some(Row {
                line,
                contact: None,
                complaints: draft.complaints,
            });
        }
        for (n, text) in cells.iter().enumerate().take(self.layout.slots.len()) {
            match self.layout.slots[n].meaning {
                Meaning::Holds(column) => draft.take(column, text, &self.known, &mut self.tally),
                Meaning::FixedLine => draft.take_mobile(text),
                Meaning::Either => draft.take_either(text),
                Meaning::Family => draft.family.clone_from(text),
                Meaning::Given => draft.given.clone_from(text),
                Meaning::Unknown => self.tally.pass_over(n, text, line),
            }
        }
        self.targets_elsewhere(&cells, &draft);
        self.gaps(&cells, line);
        let surplus: Vec<&str> = cells
            .iter()
            .skip(self.layout.slots.len())
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        if !surplus.is_empty() {
            let shown: Vec<String> = surplus
                .iter()
                .map(|text| crate::domain::contact::mask_address(&shown(text)))
                .collect();
            let why = format!(
                "it has {} cells, the headings are {}: {} stands beyond them",
                cells.len(),
                self.layout.slots.len(),
                shown.join(", ")
            );
            // With another fault in the row its cells have probably moved: nobody knows whose they are.
            if draft.has_lost() {
                draft.out(None, why);
            } else {
                draft.bad(None, why);
            }
        }
        draft.close();
        Some(self.compare(draft))
    }

    /// Places and groups that stand in a column without a use, where the row has none of its own.
    fn targets_elsewhere(&mut self, cells: &[String], draft: &Draft) {
        for (n, text) in cells.iter().enumerate().take(self.layout.slots.len()) {
            let is_target = draft.areas.is_empty() && self.known.places.knows(text)
                || !draft.groups.iter().any(|group| group == text)
                    && self.known.targets.has_group(text);
            if self.layout.slots[n].meaning == Meaning::Unknown && !text.is_empty() && is_target {
                self.tally.target(n, draft.line);
            }
        }
    }

    /// Empty cells of areas and groups below filled ones, as merged cells become. Whom another column of the row names
    /// a place or a group for is not lost by it.
    fn gaps(&mut self, cells: &[String], line: u64) {
        let cell = |n: usize| cells.get(n).map_or("", String::as_str);
        let is_target = |meaning: &Meaning| {
            matches!(
                meaning,
                Meaning::Holds(Column::Areas | Column::Groups | Column::Posts)
            )
        };
        let slots = self.layout.slots.iter().enumerate();
        let reached = slots
            .clone()
            .any(|(n, slot)| is_target(&slot.meaning) && !cell(n).is_empty());
        for (n, slot) in slots {
            if let Meaning::Holds(column @ (Column::Areas | Column::Groups)) = slot.meaning
                && (!reached || !cell(n).is_empty())
            {
                self.tally.below(n, column, cell(n), line);
            }
        }
    }

    /// The bytes of the record that was just read.
    fn raw(&self, start: u64) -> &'a str {
        let end = self.records.reader().position().byte();
        let at = |byte: u64| {
            usize::try_from(byte)
                .unwrap_or(usize::MAX)
                .min(self.text.len())
        };
        self.text.get(at(start)..at(end)).unwrap_or_default()
    }

    /// Why a row is no contact and loses nobody: it repeats the headings or explains the table.
    fn explains(&self, cells: &[String]) -> Option<&'static str> {
        let slots = &self.layout.slots;
        let repeats = cells
            .iter()
            .zip(slots)
            .all(|(cell, slot)| cell.is_empty() || cell.replace('\n', " ") == slot.heading);
        if repeats {
            return Some("it repeats the headings");
        }
        if cells.iter().any(|cell| addresses::holds_one(cell)) {
            return None;
        }
        // Who has a name is somebody, whatever else the row says.
        let names_somebody = cells.iter().zip(slots).any(|(cell, slot)| {
            let is_name = matches!(
                slot.meaning,
                Meaning::Holds(Column::Name) | Meaning::Family | Meaning::Given
            );
            is_name && is_a_name(cell)
        });
        if names_somebody {
            return None;
        }
        let lower: Vec<String> = cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .map(|cell| cell.to_lowercase())
            .collect();
        let has_words = lower
            .iter()
            .any(|cell| EXPLAINS.iter().any(|word| cell.contains(word)));
        let ends = lower
            .first()
            .is_some_and(|first| ENDS.iter().any(|word| first.starts_with(word)));
        let has_digits = cells.iter().zip(slots).any(|(cell, slot)| {
            matches!(slot.meaning, Meaning::Holds(column) if column.address_kind().is_some())
                && cell.chars().filter(char::is_ascii_digit).count() > 4
        });
        ((has_words || ends) && !has_digits).then_some("it explains the table and names nobody")
    }

    /// Looks for what stood in an earlier row already.
    fn compare(&mut self, mut draft: Draft) -> Row {
        let line = draft.line;
        if draft.is_out() {
            let (contact, complaints) = draft.finish();
            return Row {
                line,
                contact,
                complaints,
            };
        }
        let said = fingerprint(&draft);
        match self.codes.get(&hash(&draft.code)) {
            Some((earlier, before)) if *before == said => {
                draft.note(
                    None,
                    format!(
                        "it is the same person as line {earlier}, with nothing new; once is enough"
                    ),
                );
                return Row {
                    line,
                    contact: None,
                    complaints: draft.complaints,
                };
            }
            Some((earlier, _)) if draft.made_code => {
                let why = format!(
                    "its first address is that of line {earlier}; without a 编号 (code) that makes it the same contact"
                );
                draft.out(None, why);
            }
            Some((earlier, _)) => {
                let why = format!("it stands in line {earlier} already");
                draft.out(Some(Column::Code), why);
            }
            None => drop(self.codes.insert(hash(&draft.code), (line, said))),
        }
        if draft.is_out() {
            let (contact, complaints) = draft.finish();
            return Row {
                line,
                contact,
                complaints,
            };
        }
        let mut twice = Vec::new();
        for address in &mut draft.addresses {
            let key = address.kind.sameness(&address.address);
            let shown = crate::domain::contact::mask_address(&address.address);
            match self.addresses.get(&hash(&key)) {
                None => {
                    let has_capitals = address.address.chars().any(char::is_uppercase);
                    let spelling = has_capitals.then(|| address.address.clone().into_boxed_str());
                    self.addresses.insert(hash(&key), (line, spelling));
                }
                Some((earlier, spelling)) => {
                    let before = match spelling {
                        Some(spelling) => spelling.to_string(),
                        None => address.address.to_lowercase(),
                    };
                    let differs = if before == address.address {
                        ""
                    } else {
                        " but for capitals"
                    };
                    twice.push(format!(
                        "{shown} stands in line {earlier} too{differs}; it gets each text once"
                    ));
                    // One spelling, or the two would count as two places to send to.
                    address.address = before;
                }
            }
        }
        for why in twice {
            draft.note(None, why);
        }
        let (contact, complaints) = draft.finish();
        Row {
            line,
            contact,
            complaints,
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            match self.records.next()? {
                Ok(record) => {
                    if let Some(row) = self.row(&record) {
                        return Some(row);
                    }
                }
                // The text is valid UTF-8 and rows may differ in length: the parser has nothing left to refuse.
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let complaint = Complaint {
                        line,
                        column: None,
                        why: error.to_string(),
                        kept: false,
                        lost: true,
                    };
                    return Some(Row {
                        line,
                        contact: None,
                        complaints: vec![complaint],
                    });
                }
            }
        }
    }
}

/// Whether the cell of a name holds one, and not a word that explains the table or sums it up.
fn is_a_name(cell: &str) -> bool {
    let text = cell.trim().to_lowercase();
    let text = text.trim_matches(|c: char| "()（）[]【】*".contains(c));
    if text.is_empty() || cell::is_filler(text) || text.chars().count() > 30 {
        return false;
    }
    let sums_up = ENDS.iter().any(|word| {
        text.strip_prefix(word).is_some_and(|behind| {
            behind
                .trim_start()
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphabetic() || "人数户名".contains(c))
        })
    });
    let explains = EXPLAINS.iter().any(|word| match *word {
        "示例" | "说明" | "格式" => text
            .strip_prefix(word)
            .is_some_and(|behind| behind.chars().next().is_none_or(|c| !c.is_alphabetic())),
        "合计" | "总计" | "共计" | "制表" => text
            .strip_prefix(word)
            .is_some_and(|behind| behind.starts_with([':', '：'])),
        word => text.contains(word),
    });
    !sums_up && !explains
}

/// The cells as they may be shown: what could be an address is starred out.
fn masked(cells: &[String]) -> String {
    let shown: Vec<String> = cells
        .iter()
        .map(|cell| {
            let digits = cell.chars().filter(char::is_ascii_digit).count();
            if digits > 5 || cell.contains(['@', '＠']) {
                crate::domain::contact::mask_address(cell)
            } else {
                cell.clone()
            }
        })
        .collect();
    shown.join(" ")
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

/// Everything that a row says, so that a row that says the same again is known.
fn fingerprint(draft: &Draft) -> u128 {
    let addresses: Vec<String> = draft
        .addresses
        .iter()
        .map(|one| one.kind.sameness(&one.address))
        .collect();
    hash(&format!(
        "{:?}",
        (
            &draft.name,
            draft.language,
            &draft.areas,
            &draft.groups,
            &draft.posts,
            addresses
        )
    ))
}

fn hash(text: &str) -> u128 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text);
    let mut hash = [0u8; 16];
    hash.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(hash)
}
