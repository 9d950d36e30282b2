//! Lessons of a drill: what, whose, until when.

use super::pen::Pen;
use super::table::{Table, heads};

/// A lesson that somebody wrote down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    pub lesson: String,
    pub owner: String,
    pub date: String,
}

/// Reads lessons, one a line: `lesson | owner | date`. Lines that begin with # are remarks.
///
/// # Errors
/// The first line that has another form, by number.
pub fn read_lessons(text: &str) -> Result<Vec<Lesson>, String> {
    let mut lessons = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [lesson, owner, date] = parts[..] else {
            return Err(format!(
                "line {}: expected `lesson | owner | date`, got {} parts",
                number + 1,
                parts.len()
            ));
        };
        lessons.push(Lesson {
            lesson: lesson.into(),
            owner: owner.into(),
            date: date.into(),
        });
    }
    Ok(lessons)
}

/// The lessons, and empty lines for a pen up to `least`.
pub(super) fn table(lessons: &[Lesson], pen: &Pen, least: usize) -> Table {
    let w = pen.w;
    let mut rows: Vec<Vec<String>> = lessons
        .iter()
        .map(|one| vec![one.lesson.clone(), one.owner.clone(), one.date.clone()])
        .collect();
    rows.resize(rows.len().max(least), vec![String::new(); 3]);
    Table {
        heads: heads(&[&w.lesson, &w.owner, &w.date]),
        rows,
    }
}
