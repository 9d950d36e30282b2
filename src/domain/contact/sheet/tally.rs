//! What only shows when the whole table has been read: columns that were passed over, names that nobody addresses.

use std::collections::BTreeMap;

use super::addresses;
use super::heading::{Meaning, nearest};
use super::layout::Slot;
use super::targets::{Standing, Targets};

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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Remark {
    pub line: u64,
    pub column: &'static str,
    pub what: String,
    /// Whether somebody is not reached if this is left as it is.
    pub loses: bool,
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
                what: format!(
                    "{name:?} is taken as {known:?}, as the plans write it ({})",
                    rows(*seen)
                ),
                loses: false,
            });
        }
        let groups = self
            .groups
            .iter()
            .map(|(name, seen)| ("分组", "group", name, seen, targets.group(name)));
        let posts = self
            .posts
            .iter()
            .map(|(name, seen)| ("岗位", "post", name, seen, targets.post(name)));
        for (column, kind, name, seen, standing) in groups.chain(posts) {
            let near = match standing {
                Some(Standing::Stranger(near)) => near,
                _ => continue,
            };
            let loses = near.as_ref().is_some_and(|(_, is_slip)| *is_slip);
            let hint = near.map_or(String::new(), |(word, is_slip)| match is_slip {
                true => format!("; surely {word:?} is meant"),
                false => format!("; the nearest that is: {word:?}"),
            });
            out.push(Remark {
                line: seen.line,
                column,
                what: format!(
                    "no plan and no channel addresses the {kind} {name:?} ({}){hint}",
                    rows(*seen)
                ),
                loses,
            });
        }
        for (code, seen) in &self.areas {
            out.push(Remark {
                line: seen.line,
                column: "区域",
                what: format!("no plan answers for the area {code} ({})", rows(*seen)),
                loses: false,
            });
        }
        out.sort_by(|a, b| (!a.loses, a.line, &a.what).cmp(&(!b.loses, b.line, &b.what)));
        out
    }
}

fn rows(seen: Seen) -> String {
    match seen.rows {
        1 => "1 row".into(),
        n => format!("{n} rows, the first in this line"),
    }
}
