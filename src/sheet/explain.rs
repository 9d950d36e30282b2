//! Rows that are no contacts and lose nobody: those that repeat the headings, explain the table or sum it up.

use super::heading::Meaning;
use super::layout::Slot;
use super::{Column, addresses, cell};
use crate::domain::phrase::{Phrase, phrase};

/// Words of a row that explains the table instead of belonging to it.
const EXPLAINS: [&str; 16] = [
    "必填", "选填", "填写", "示例", "例如", "例：", "例:", "格式", "说明", "合计", "总计", "共计",
    "制表", "required", "optional", "example",
];
const ENDS: [&str; 8] = [
    "合计", "总计", "共计", "小计", "备注", "注：", "注:", "total",
];

/// Why a row is no contact and loses nobody: it repeats the headings or explains the table.
pub(super) fn explains(slots: &[Slot], cells: &[String]) -> Option<Phrase> {
    let repeats = cells
        .iter()
        .zip(slots)
        .all(|(cell, slot)| cell.is_empty() || cell.replace('\n', " ") == slot.heading);
    if repeats {
        return Some(phrase!("contact.repeats-headings"));
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
    ((has_words || ends) && !has_digits).then(|| phrase!("contact.explains-table"))
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
