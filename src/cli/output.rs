//! Standard output for data, standard error for talk.

mod layout;

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::words::{APART, word};

/// Whether nothing that is told was done (`--dry-run`).
static TRIAL: AtomicBool = AtomicBool::new(false);

/// Prints a table under a line of headings, a word of several columns; as wide as it is where it goes into a pipe.
pub(super) fn table<R: Into<Vec<String>>>(
    headings: &str,
    rows: impl IntoIterator<Item = R>,
) -> std::io::Result<()> {
    let headings = headings.split(APART).map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = std::iter::once(headings)
        .chain(rows.into_iter().map(Into::into))
        .map(|row| row.iter().map(|cell| printable(cell)).collect())
        .collect();
    let mut out = std::io::stdout().lock();
    for line in layout::lines(&rows, width()) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// Whether a person looks at what is printed.
pub(super) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

fn width() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(columns.into())
}

/// Without the columns of `at` in which every row says the same.
pub(super) fn told_apart(
    headings: &str,
    mut rows: Vec<Vec<String>>,
    at: &[usize],
) -> (String, Vec<Vec<String>>) {
    let mut headings: Vec<&str> = headings.split(APART).collect();
    for column in at.iter().rev() {
        let first = rows.first().and_then(|row| row.get(*column)).cloned();
        if rows.iter().all(|row| row.get(*column) == first.as_ref()) {
            headings.remove(*column);
            for row in &mut rows {
                row.remove(*column);
            }
        }
    }
    (headings.join(&APART.to_string()), rows)
}

/// Prints one JSON document, indented, as every `--json` does.
pub(super) fn json(value: &impl Serialize) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    out.flush()
}

/// Prints one line of data.
pub(super) fn line(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Says something to the person at the keyboard.
pub(super) fn say(text: &str) {
    // When standard error is closed, nobody wants to be told.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Says which command comes next; after a trial nothing does.
pub(super) fn next(command: &str) {
    if !TRIAL.load(Ordering::Relaxed) {
        say(&word!("fabu.next", command));
    }
}

/// Says that nothing of what follows is done.
pub(super) fn begin_trial() {
    if !TRIAL.swap(true, Ordering::Relaxed) {
        say(word!("fabu.dry-run"));
    }
}

/// Says it once more below what was told, where an eye rests.
pub(super) fn end_trial() {
    if TRIAL.load(Ordering::Relaxed) {
        say(word!("fabu.dry-run-end"));
    }
}

/// A word of a command as a shell takes it for one, whatever stands in it.
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=%+,@…".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Text of several lines without what would move a terminal's cursor or change its colours.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// A cell without what would move a terminal's cursor or change its colours.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// `1,234,567`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let shown: Vec<String> = [0, 7, 999, 1000, 123_456, 1_234_567].map(thousands).into();
        assert_eq!(shown, ["0", "7", "999", "1,000", "123,456", "1,234,567"]);
    }

    #[test]
    fn a_column_that_says_the_same_in_every_row_is_left_out() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![row(["1", "x", "a"]), row(["2", "x", "b"])];
        let (heads, kept) = told_apart("id\tbody\tname", rows.clone(), &[1, 2]);
        assert_eq!(heads, "id\tname");
        assert_eq!(kept, [["1", "a"], ["2", "b"]]);
        assert_eq!(told_apart("id\tbody\tname", rows, &[]).0, "id\tbody\tname");
    }

    #[test]
    fn what_is_to_be_typed_is_one_word_of_a_shell() {
        assert_eq!(shell_word("rainfall=120"), "rainfall=120");
        assert_eq!(shell_word("situation=it rains"), "'situation=it rains'");
        assert_eq!(shell_word("note=it's wet"), r"'note=it'\''s wet'");
        assert_eq!(shell_word(r#"rows=[{"a":1}]"#), r#"'rows=[{"a":1}]'"#);
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\u{fffd}c");
    }
}
