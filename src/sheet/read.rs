//! Reads rows and says of each bad one which line, which column and why.

use std::collections::BTreeSet;

use super::draft::{Draft, Known};
use super::earlier::Earlier;
use super::explain::explains;
use super::heading::Meaning;
use super::layout::{Layout, SheetError, shown};
use super::places::Places;
use super::record::{Record, Records};
use super::row::{Complaint, Row};
use super::tally::{PassedOver, Remark, Tally};
use super::targets::Targets;
use super::{Column, addresses, cell};
use crate::domain::contact::mask_address;
use crate::domain::phrase::{Blank, Phrase, phrase};

/// Reads a table of contacts row by row.
pub struct Reader<'a> {
    known: Known<'a>,
    layout: Layout,
    records: Records<'a>,
    earlier: Earlier,
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
        let mut records = Records::of(text, layout.delimiter);
        for _ in 0..layout.skip {
            records.next();
        }
        Ok(Self {
            known: Known { places, targets },
            layout,
            records,
            earlier: Earlier::default(),
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
    pub fn above(&self) -> (u64, Vec<(u64, Phrase, bool)>) {
        let above = self
            .layout
            .above
            .iter()
            // It tells how the cells are separated, and is no row.
            .filter(|(_, text, _)| !text.starts_with("sep="))
            // Messages show no address, not even that of the list's author.
            .map(|(line, text, is_person)| {
                let text = match *is_person || addresses::holds_one(text) {
                    true => phrase!("contact.row-with-address"),
                    false => Phrase::verbatim(text),
                };
                (*line, text, *is_person)
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
            what: phrase!("contact.two-tables", first, second),
            loses: true,
        }));
        remarks.extend(self.tally.losses(&self.layout.slots));
        remarks
    }

    fn row(&mut self, record: &Record) -> Option<Row> {
        let line = record.line;
        let mut draft = Draft::at(line);
        if let Some(last) = record.torn {
            self.tally.tear(line, last + 1);
            draft.out(
                None,
                phrase!("contact.never-closed", line, last = line + last),
            );
            return Some(draft.into_row());
        }
        let cells: Vec<String> = record.cells.iter().map(cell::read).collect();
        if cells.iter().all(String::is_empty) {
            return None;
        }
        let delimiter = char::from(self.layout.delimiter);
        let swallows = |cell: &&str| {
            cell.contains('\n')
                && cell.lines().any(|line| {
                    line.contains(delimiter) && line.split(delimiter).any(addresses::holds_one)
                })
        };
        if let Some(cell) = record.cells.iter().find(swallows) {
            let lines = cell.lines().count() as u64;
            self.tally.tear(line, lines);
            draft.out(None, phrase!("contact.swallowed", lines));
            return Some(draft.into_row());
        }
        if let Some(what) = explains(&self.layout.slots, &cells) {
            let row = shown(&masked(&cells).replace('\n', " "));
            return Some(draft.pass_over(phrase!("contact.passed-over", what, row)));
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
            let surplus = surplus.iter().map(|text| mask_address(&shown(text)));
            let why = phrase!(
                "contact.surplus",
                cells = cells.len(),
                headings = self.layout.slots.len(),
                surplus = surplus.collect::<Blank>()
            );
            // With another fault in the row its cells have probably moved: nobody knows whose they are.
            if draft.has_lost() {
                draft.out(None, why);
            } else {
                draft.bad(None, why);
            }
        }
        draft.close();
        Some(self.earlier.compare(draft))
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

    /// Counts empty cells of areas and groups below filled ones, which is what merged cells become. A row that has a place
    /// or a group in another column is still reached and not counted.
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
                        why: Phrase::verbatim(error.to_string()),
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

/// The cells as they may be shown: what could be an address is starred out.
fn masked(cells: &[String]) -> String {
    let shown: Vec<String> = cells
        .iter()
        .map(|cell| {
            let digits = cell.chars().filter(char::is_ascii_digit).count();
            if digits > 5 || cell.contains(['@', '＠']) {
                mask_address(cell)
            } else {
                cell.clone()
            }
        })
        .collect();
    shown.join(" ")
}
