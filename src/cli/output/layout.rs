//! Columns beside each other, as wide as they need or as a terminal allows. A code is never broken, and Chinese is broken
//! where Chinese may be: no line begins with a mark that closes, none ends with one that opens.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

const CLOSING: &str = "）〕】》〉」』”’、，。；：！？…％—,.;:!?)]}%";
const OPENING: &str = "（〔【《〈「『“‘([{";
/// Between two columns.
const GAP: usize = 2;
/// A word that is longer may be broken after all: it is no code that anybody types.
const LONGEST: usize = 36;

/// The lines of a table, the first of `rows` being its headings; within `width` as far as words allow.
pub(super) fn lines(rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let widths = widths(rows, width.unwrap_or(usize::MAX));
    rows.iter().flat_map(|row| line(row, &widths)).collect()
}

fn widths(rows: &[Vec<String>], most: usize) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let of = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let mut widths: Vec<usize> = (0..columns)
        .map(|column| of(column).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let least: Vec<usize> = (0..columns)
        .map(|column| {
            let words = of(column).flat_map(|cell| atoms(cell));
            words
                .map(|word| word.width().min(LONGEST))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let room = most.saturating_sub(GAP * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let widest = (0..columns)
            .filter(|column| widths[*column] > least[*column])
            .max_by_key(|column| widths[*column]);
        match widest {
            Some(column) => widths[column] -= 1,
            None => break,
        }
    }
    widths
}

fn line(row: &[String], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| wrapped(cell, *width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|at| {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                let part = cell.get(at).map_or("", String::as_str);
                let rest = width.saturating_sub(part.width()) + GAP;
                text.push_str(part);
                text.extend(std::iter::repeat_n(' ', rest));
            }
            text.trim_end().to_owned()
        })
        .collect()
}

/// `text` in lines of at most `width`.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for atom in atoms(text) {
        let (blank, long) = (atom.trim().is_empty(), atom.width());
        if used + long > width && used > 0 {
            if blank {
                continue;
            }
            lines.push(String::new());
            used = 0;
        }
        if blank && used == 0 {
            continue;
        }
        for c in atom.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += wide;
        }
    }
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// What is never broken: a word of narrow letters, one wide character, either with the marks that belong to it; blanks.
fn atoms(text: &str) -> Vec<String> {
    let mut atoms: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let is_narrow = |c: char| c != ' ' && c.width().unwrap_or(0) < 2;
        let joins = before != ' '
            && c != ' '
            && (CLOSING.contains(c)
                || OPENING.contains(before)
                || (is_narrow(c) && is_narrow(before)));
        match atoms.last_mut().filter(|_| joins) {
            Some(atom) => atom.push(c),
            None => atoms.push(c.to_string()),
        }
        before = c;
    }
    atoms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stays_whole_and_no_line_begins_with_a_closing_mark() {
        let rows = [
            vec!["发布任务".to_owned(), "事项".into(), "主体".into()],
            vec![
                "2E07VK".to_owned(),
                "启动（调整）防汛应急响应通告（第一次）、附件".into(),
                "flood-office".into(),
            ],
        ];
        let lines = lines(&rows, Some(34));
        assert!(lines.iter().all(|line| line.width() <= 34), "{lines:#?}");
        assert!(lines[1].ends_with("flood-office"), "{lines:#?}");
        for line in &lines {
            let first = line.trim_start().chars().next().unwrap_or(' ');
            assert!(!CLOSING.contains(first), "{lines:#?}");
            let title = line.trim_end().trim_end_matches("flood-office").trim_end();
            assert!(!title.ends_with('（'), "{lines:#?}");
        }
        let all: String = lines[1..].concat().split_whitespace().collect();
        assert!(all.contains("2E07VK") && all.ends_with("附件"), "{all}");
    }

    #[test]
    fn what_fits_is_left_alone() {
        let rows = [
            vec!["a".to_owned(), "b".into()],
            vec!["一 二".into(), "c".into()],
        ];
        assert_eq!(lines(&rows, Some(80)), ["a      b", "一 二  c"]);
        assert_eq!(lines(&rows, None), lines(&rows, Some(80)));
    }
}
