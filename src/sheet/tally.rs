//! Remarks about a table as a whole, made when every row was read: columns passed over, names that nobody addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::{Meaning, nearest};
use super::layout::Slot;
use super::targets::{Standing, Targets};
use super::{Column, addresses};
use crate::domain::phrase::{Phrase, phrase};

/// A column of which nothing is imported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PassedOver {
    pub heading: String,
    pub letter: String,
    /// Cells that hold something, and those among them that look like addresses.
    pub filled: u64,
    pub addresses: u64,
    /// The line of the first address.
    pub line: Option<u64>,
    pub nearest: Option<&'static str>,
}

/// Something about the list as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub line: u64,
    pub column: &'static str,
    pub what: Phrase,
    /// Whether somebody is not reached if this is left as it is.
    pub loses: bool,
}

/// A column of areas or groups as its cells follow each other.
#[derive(Debug)]
struct Below {
    column: Column,
    values: BTreeSet<String>,
    /// Whether a value stands in it twice: then cells are not merged.
    repeats: bool,
    gaps: u64,
    first: u64,
}

/// How often a name stands in the list, and where first.
#[derive(Debug, Clone, Copy)]
struct Seen {
    rows: u64,
    line: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: BTreeMap<usize, (u64, u64, Option<u64>)>,
    groups: BTreeMap<String, Seen>,
    posts: BTreeMap<String, Seen>,
    areas: BTreeMap<String, Seen>,
    /// Lines that quotation marks have made one of, by the line where each begins.
    torn: Vec<(u64, u64)>,
    /// Places and groups in columns without a use: how many, and the line of the first.
    targets: BTreeMap<usize, Seen>,
    below: BTreeMap<usize, Below>,
    /// Names that were taken in the spelling of the plans.
    respelt: BTreeMap<(String, String), Seen>,
}

fn count(map: &mut BTreeMap<String, Seen>, name: &str, line: u64) {
    match map.get_mut(name) {
        Some(seen) => seen.rows += 1,
        None => drop(map.insert(name.to_owned(), Seen { rows: 1, line })),
    }
}

impl Tally {
    pub fn pass_over(&mut self, column: usize, text: &str, line: u64) {
        if text.is_empty() {
            return;
        }
        let (filled, found, first) = self.passed.entry(column).or_default();
        *filled += 1;
        if addresses::holds_one(text) {
            *found += 1;
            first.get_or_insert(line);
        }
    }

    pub fn tear(&mut self, line: u64, lines: u64) {
        self.torn.push((line, lines));
    }

    /// A place or a group in a column without a use.
    pub fn target(&mut self, column: usize, line: u64) {
        self.targets
            .entry(column)
            .or_insert(Seen { rows: 0, line })
            .rows += 1;
    }

    /// The next cell of a column of areas or groups.
    pub fn below(&mut self, n: usize, column: Column, text: &str, line: u64) {
        let below = self.below.entry(n).or_insert(Below {
            column,
            values: BTreeSet::new(),
            repeats: false,
            gaps: 0,
            first: line,
        });
        if below.repeats {
            return;
        }
        if !text.is_empty() {
            below.repeats = !below.values.insert(text.to_owned());
        } else if !below.values.is_empty() {
            if below.gaps == 0 {
                below.first = line;
            }
            below.gaps += 1;
        }
    }

    /// What loses people by the form of the table.
    pub fn losses(&self, slots: &[Slot]) -> Vec<Remark> {
        let mut out = Vec::new();
        for (line, lines) in &self.torn {
            out.push(Remark {
                line: *line,
                column: "引号",
                what: phrase!("contact.torn", lines = *lines),
                loses: true,
            });
        }
        for (n, seen) in &self.targets {
            let (Some(slot), Some((filled, ..))) = (slots.get(*n), self.passed.get(n)) else {
                continue;
            };
            if seen.rows * 2 > *filled {
                out.push(Remark {
                    line: seen.line,
                    column: "区域/分组",
                    what: phrase!(
                        "contact.holds-targets",
                        letter = &slot.letter,
                        heading = &slot.heading,
                        rows = rows(*seen),
                        areas = Column::Areas.heading(),
                        groups = Column::Groups.heading()
                    ),
                    loses: true,
                });
            }
        }
        for below in self.below.values() {
            // One cell that somebody left empty is no merged one.
            if !below.repeats && below.gaps > 1 {
                let seen = Seen {
                    rows: below.gaps,
                    line: below.first,
                };
                out.push(Remark {
                    line: below.first,
                    column: below.column.heading(),
                    what: phrase!("contact.merged", rows = rows(seen)),
                    loses: true,
                });
            }
        }
        out
    }

    /// The group as it is kept: in the spelling of the plans where they address it.
    pub fn group(&mut self, name: String, targets: &Targets, line: u64) -> String {
        let standing = targets.group(&name);
        self.standing(standing, name, line, true)
    }

    /// The post as it is kept.
    pub fn post(&mut self, name: String, targets: &Targets, line: u64) -> String {
        let standing = targets.post(&name);
        self.standing(standing, name, line, false)
    }

    fn standing(
        &mut self,
        standing: Option<Standing>,
        name: String,
        line: u64,
        is_group: bool,
    ) -> String {
        match standing {
            Some(Standing::Addressed(known)) => {
                if known != name {
                    let seen = self
                        .respelt
                        .entry((name, known.clone()))
                        .or_insert(Seen { rows: 0, line });
                    seen.rows += 1;
                }
                known
            }
            Some(Standing::Stranger(_)) => {
                count(
                    if is_group {
                        &mut self.groups
                    } else {
                        &mut self.posts
                    },
                    &name,
                    line,
                );
                name
            }
            None => name,
        }
    }

    pub fn area(&mut self, code: &str, line: u64) {
        count(&mut self.areas, code, line);
    }

    /// Every column without a use that holds something.
    pub fn passed_over(&self, slots: &[Slot]) -> Vec<PassedOver> {
        slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.meaning == Meaning::Unknown)
            .filter_map(|(n, slot)| {
                let (filled, addresses, line) = self.passed.get(&n).copied().unwrap_or_default();
                (filled > 0 || !slot.heading.is_empty()).then(|| PassedOver {
                    heading: slot.heading.clone(),
                    letter: slot.letter.clone(),
                    filled,
                    addresses,
                    line,
                    nearest: nearest(&slot.heading),
                })
            })
            .collect()
    }

    pub fn remarks(&self, targets: &Targets) -> Vec<Remark> {
        let mut out = Vec::new();
        for ((name, known), seen) in &self.respelt {
            out.push(Remark {
                line: seen.line,
                column: "分组",
                what: phrase!(
                    "contact.respelt",
                    name = format!("{name:?}"),
                    known = format!("{known:?}"),
                    rows = rows(*seen)
                ),
                loses: false,
            });
        }
        let groups = self
            .groups
            .iter()
            .map(|(name, seen)| (true, name, seen, targets.group(name)));
        let posts = self
            .posts
            .iter()
            .map(|(name, seen)| (false, name, seen, targets.post(name)));
        for (is_group, name, seen, standing) in groups.chain(posts) {
            let near = match standing {
                Some(Standing::Stranger(near)) => near,
                _ => continue,
            };
            let loses = near.as_ref().is_some_and(|(_, is_slip)| *is_slip);
            let hint = near.map(|(word, is_slip)| match is_slip {
                true => phrase!("contact.surely", word = format!("{word:?}")),
                false => phrase!("contact.nearest", word = format!("{word:?}")),
            });
            let (name, rows) = (format!("{name:?}"), rows(*seen));
            let (column, what) = match is_group {
                true => (
                    Column::Groups,
                    phrase!("contact.no-such-group", name, rows, hint),
                ),
                false => (
                    Column::Posts,
                    phrase!("contact.no-such-post", name, rows, hint),
                ),
            };
            out.push(Remark {
                line: seen.line,
                column: column.heading(),
                what,
                loses,
            });
        }
        for (code, seen) in &self.areas {
            out.push(Remark {
                line: seen.line,
                column: "区域",
                what: phrase!("contact.no-such-area", code, rows = rows(*seen)),
                loses: false,
            });
        }
        out.sort_by_cached_key(|one| (!one.loses, one.line, one.what.to_string()));
        out
    }
}

fn rows(seen: Seen) -> Phrase {
    phrase!("contact.rows", n = seen.rows)
}
