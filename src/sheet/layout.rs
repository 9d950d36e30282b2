//! Where the table is in the file: what separates its cells, which row holds the headings, what each column is for.

use super::cell;
use super::heading::{Meaning, nearest};
use super::record::Records;
use super::{Column, addresses};
use crate::domain::phrase::{Phrase, phrase};

/// How many rows are looked at for the headings.
const LOOK: usize = 30;
/// The most of a text that is repeated in a message.
const SHOWN: usize = 100;

/// Why no row can be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetError {
    Empty,
    NoAddresses {
        line: u64,
        found: String,
        /// A heading, and the word that it is probably meant to be.
        near: Option<(String, &'static str)>,
    },
    NoHeadings {
        line: u64,
    },
    Twice {
        line: u64,
        heading: &'static str,
    },
}

impl SheetError {
    pub fn phrase(&self) -> Phrase {
        let [name, phone, email] =
            [Column::Name, Column::Phone, Column::Email].map(Column::heading);
        match self {
            Self::Empty => phrase!("contact.file.empty"),
            Self::NoAddresses { line, found, near } => {
                let near = near.as_ref();
                let near =
                    near.map(|(text, word)| phrase!("contact.file.meant", text, word = *word));
                phrase!(
                    "contact.file.no-addresses",
                    line = *line,
                    found,
                    phone,
                    email,
                    near
                )
            }
            Self::NoHeadings { line } => {
                phrase!("contact.file.no-headings", line = *line, name, phone, email)
            }
            Self::Twice { line, heading } => {
                phrase!(
                    "contact.file.column-twice",
                    line = *line,
                    heading = *heading
                )
            }
        }
    }
}

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub heading: String,
    /// `A`, `B` … as spreadsheets name it.
    pub letter: String,
    pub meaning: Meaning,
}

#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub delimiter: u8,
    pub slots: Vec<Slot>,
    /// The line of the headings, and how many rows of the file come before the first contact.
    pub line: u64,
    pub skip: usize,
    /// What stands above the headings, a text a row, and whether it is a person.
    pub above: Vec<(u64, String, bool)>,
}

impl Layout {
    pub fn find(text: &str) -> Result<Self, SheetError> {
        let declared = text
            .trim_start_matches('\u{feff}')
            .lines()
            .next()
            .and_then(|line| line.trim().strip_prefix("sep="))
            .and_then(|mark| mark.bytes().next());
        let marks: Vec<u8> = match declared {
            Some(mark) => vec![mark],
            None => vec![b',', b'\t', b';', b'|'],
        };
        let mut best: Option<(usize, Self)> = None;
        let mut error = None;
        for mark in marks {
            match Self::with(text, mark) {
                Ok((score, layout)) if best.as_ref().is_none_or(|(other, _)| score > *other) => {
                    best = Some((score, layout));
                }
                Ok(_) => {}
                // Of several complaints the one counts whose separator stands in the file.
                Err(found) => {
                    let fits = text.as_bytes().contains(&mark);
                    if error.is_none() || (fits && !matches!(error, Some((true, _)))) {
                        error = Some((fits, found));
                    }
                }
            }
        }
        match (best, error) {
            (Some((_, layout)), _) => layout.once(),
            (None, Some((_, error))) => Err(error),
            (None, None) => Err(SheetError::Empty),
        }
    }

    /// The layout if cells are separated by `mark`, and how sure its headings are.
    fn with(text: &str, mark: u8) -> Result<(usize, Self), SheetError> {
        let rows: Vec<(u64, Vec<String>)> = Records::of(text, mark)
            .map_while(std::result::Result::ok)
            .take(LOOK)
            .map(|record| (record.line, record.cells.iter().map(cell::read).collect()))
            .collect();
        let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
        let is_person = |cells: &[String]| cells.iter().any(|cell| addresses::looks_like_one(cell));
        let best = rows
            .iter()
            .enumerate()
            .filter(|(_, (_, cells))| !is_person(cells))
            .filter_map(|(n, (_, cells))| Some((score(cells)?, n)))
            .max_by_key(|(score, n)| (*score, std::cmp::Reverse(*n)));
        let Some((score, chosen)) = best else {
            let first = rows.iter().find(|(_, cells)| filled(cells) > 0);
            return Err(match first {
                None => SheetError::Empty,
                Some((line, cells)) if is_person(cells) => SheetError::NoHeadings { line: *line },
                // The fullest row is the likeliest to hold the headings.
                Some(_) => {
                    let (line, cells) = rows
                        .iter()
                        .filter(|(_, cells)| !is_person(cells))
                        .max_by_key(|(line, cells)| (filled(cells), std::cmp::Reverse(*line)))
                        .map_or((1, &[][..]), |(line, cells)| (*line, cells.as_slice()));
                    let near = cells.iter().find_map(|cell| Some((cell, nearest(cell)?)));
                    SheetError::NoAddresses {
                        line,
                        found: shown(&cells.join(",")),
                        near: near.map(|(cell, word)| (shown(cell), word)),
                    }
                }
            });
        };
        let (line, mut headings) = rows[chosen].clone();
        let mut skip = chosen + 1;
        // 联系方式 over 手机 and 邮箱: two rows of headings are one, the lower word counts.
        while let Some((_, below)) = rows.get(skip)
            && is_second_row(&headings, below)
        {
            headings.resize(headings.len().max(below.len()), String::new());
            for (heading, word) in headings.iter_mut().zip(below) {
                if !word.is_empty() {
                    heading.clone_from(word);
                }
            }
            skip += 1;
        }
        let above = rows[..chosen]
            .iter()
            .filter(|(_, cells)| filled(cells) > 0)
            .map(|(line, cells)| {
                let words: Vec<&str> = cells
                    .iter()
                    .map(String::as_str)
                    .filter(|c| !c.is_empty())
                    .collect();
                // 联系电话：138… in a title is the telephone of the list's author.
                let is_person = words
                    .iter()
                    .any(|cell| !cell.contains([':', '：']) && addresses::looks_like_one(cell));
                (*line, shown(&words.join(" ")), is_person)
            })
            .collect();
        let slots = headings
            .iter()
            .enumerate()
            .map(|(n, heading)| Slot {
                heading: shown(&heading.replace('\n', " ")),
                letter: letter(n),
                meaning: Meaning::of(heading),
            })
            .collect();
        Ok((
            score,
            Self {
                delimiter: mark,
                slots,
                line,
                skip,
                above,
            },
        ))
    }

    /// Settles which of two columns of one meaning counts where a contact has one value only.
    fn once(mut self) -> Result<Self, SheetError> {
        for column in [Column::Code, Column::Name, Column::Language] {
            let of_it: Vec<usize> = (0..self.slots.len())
                .filter(|n| self.slots[*n].meaning == Meaning::Holds(column))
                .collect();
            if of_it.len() < 2 {
                continue;
            }
            if column == Column::Code {
                return Err(SheetError::Twice {
                    line: self.line,
                    heading: column.heading(),
                });
            }
            // The most usual word: 姓名 before 单位.
            let rank = |n: usize| {
                let heading = self.slots[n].heading.to_lowercase();
                column
                    .words()
                    .iter()
                    .position(|word| *word == heading)
                    .unwrap_or(usize::MAX)
            };
            let keep = of_it.iter().copied().min_by_key(|n| (rank(*n), *n));
            for n in of_it.into_iter().filter(|n| Some(*n) != keep) {
                self.slots[n].meaning = Meaning::Unknown;
            }
        }
        // A whole name counts before its halves.
        if self
            .slots
            .iter()
            .any(|slot| slot.meaning == Meaning::Holds(Column::Name))
        {
            for slot in &mut self.slots {
                if matches!(slot.meaning, Meaning::Family | Meaning::Given) {
                    slot.meaning = Meaning::Unknown;
                }
            }
        }
        Ok(self)
    }

    /// The letters of two columns of names with one heading, where addresses stand behind each.
    pub fn beside(&self) -> Option<(&str, &str)> {
        let is_address = |slot: &Slot| match slot.meaning {
            Meaning::Holds(column) => column.address_kind().is_some(),
            Meaning::Either => true,
            _ => false,
        };
        let (first, name) = self
            .slots
            .iter()
            .enumerate()
            .find(|(_, slot)| slot.meaning == Meaning::Holds(Column::Name))?;
        let (second, other) = self
            .slots
            .iter()
            .enumerate()
            .skip(first + 1)
            .find(|(_, slot)| slot.heading == name.heading)?;
        let are_tables = self.slots[first..second].iter().any(is_address)
            && self.slots[second..].iter().any(is_address);
        are_tables.then_some((name.letter.as_str(), other.letter.as_str()))
    }

    /// What the separator is called.
    pub fn separator(&self) -> &'static str {
        match self.delimiter {
            b'\t' => "tabs",
            b';' => "semicolons",
            b'|' => "bars",
            _ => "commas",
        }
    }
}

/// How much like a row of headings it is; None when it could not be one.
fn score(cells: &[String]) -> Option<usize> {
    let meanings: Vec<Meaning> = cells.iter().map(|cell| Meaning::of(cell)).collect();
    let known = meanings.iter().filter(|m| **m != Meaning::Unknown).count();
    let exact = cells
        .iter()
        .filter(|cell| {
            Column::ALL
                .into_iter()
                .any(|column| column.words().contains(&cell.to_lowercase().as_str()))
        })
        .count();
    meanings
        .iter()
        .any(|meaning| {
            matches!(meaning, Meaning::Either)
                || matches!(meaning, Meaning::Holds(column) if column.address_kind().is_some())
        })
        .then_some(known * 2 + exact)
}

/// Whether the row goes on with the headings above it: nothing but known words, and some of them below a word that is
/// wider than one column.
fn is_second_row(above: &[String], below: &[String]) -> bool {
    let known = |cell: &String| Meaning::of(cell) != Meaning::Unknown;
    let mut filled = below.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some()
        && filled.all(known)
        && below != above
        && below
            .iter()
            .enumerate()
            .any(|(n, cell)| !cell.is_empty() && above.get(n).is_none_or(String::is_empty))
}

fn letter(mut n: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        match (n / 26).checked_sub(1) {
            Some(next) => n = next,
            None => break,
        }
    }
    out.into_iter().rev().collect()
}

pub(super) fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(SHOWN)
        .collect()
}
