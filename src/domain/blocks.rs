//! How a canonical text is set where there is more than plain lines: headings, questions, tables, paragraphs.
//!
//! The text is what was signed; this only says what its lines are, so every word of it stands in exactly one block.

/// A part of a text, one under the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// `一、汛情概况`, or a short line alone above its matter: `雨情`, `Rivers:`.
    Heading(String),
    /// `问：…`.
    Question(String),
    Paragraph(String),
    Table(Table),
}

/// Lines of one form: each names something and says the same things of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the columns after the first are called, where every cell begins with it; else empty.
    pub heads: Vec<String>,
    /// The name first.
    pub rows: Vec<Vec<String>>,
}

/// The longest name and the longest cell of a table, in characters; more is a sentence.
const NAME: usize = 24;
const CELL: usize = 30;
/// The longest heading, in Chinese characters; a letter takes about half of one.
const HEADING: usize = 24;

/// Chinese official text puts one paragraph on one line; empty lines part groups.
pub fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let is_first = at == 0 || lines[at - 1].is_empty();
        if line.is_empty() {
        } else if let Some((table, count)) = table(&lines[at..]) {
            out.push(Block::Table(table));
            at += count;
            continue;
        } else if is_numbered_heading(line)
            || is_first
                && lines
                    .get(at + 1)
                    .is_some_and(|next| is_heading_of(line, next))
        {
            out.push(Block::Heading((*line).to_owned()));
        } else if ["问：", "问:", "Q:", "Q："]
            .iter()
            .any(|head| line.starts_with(head))
        {
            out.push(Block::Question((*line).to_owned()));
        } else {
            out.push(Block::Paragraph((*line).to_owned()));
        }
        at += 1;
    }
    out
}

/// A short line that a Chinese numeral and 、 open and no full stop closes.
fn is_numbered_heading(line: &str) -> bool {
    let rest =
        line.trim_start_matches(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
    rest.len() < line.len()
        && rest.starts_with('、')
        && line.chars().count() <= HEADING
        && !line.ends_with(['。', '；', '，', '：', '、'])
}

/// A short line without a sentence's signs, right above `next`. What stands in brackets may have signs of its own.
fn is_heading_of(line: &str, next: &str) -> bool {
    let length: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let bare = line.find(['（', '(']).map_or(line, |at| &line[..at]);
    let is_english = line.is_ascii();
    let has_end = match is_english {
        true => line.ends_with(':'),
        false => !line.ends_with(['。', '；', '，', '、', '！', '？', '.', ';']),
    };
    let name = bare.trim_end_matches(['：', ':']);
    !next.is_empty()
        && length <= HEADING * 2
        && has_end
        && !name.is_empty()
        && !name.contains(['。', '；', '，', '：', '、', '！', '？', ':', ';', ','])
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && (line.ends_with(['）', ')', ':']) || name.chars().count() <= HEADING / 2)
}

/// The table that `lines` begin with, and of how many lines it is.
fn table(lines: &[&str]) -> Option<(Table, usize)> {
    let first = row(lines.first()?)?;
    let mut rows = vec![first];
    for line in &lines[1..] {
        match row(line) {
            Some(row) if row.len() == rows[0].len() => rows.push(row),
            _ => break,
        }
    }
    if rows.len() < 2 {
        return None;
    }
    let count = rows.len();
    let heads: Vec<Option<String>> = (1..rows[0].len())
        .map(|column| label(rows.iter().map(|row| row[column].as_str())))
        .collect();
    let heads: Option<Vec<String>> = heads.into_iter().collect();
    if let Some(heads) = &heads {
        for row in &mut rows {
            for (cell, head) in row[1..].iter_mut().zip(heads) {
                *cell = cell[head.len()..].trim_start().to_owned();
            }
        }
    }
    let heads = heads.unwrap_or_default();
    Some((
        Table {
            heads: heads.iter().map(|head| head.trim().to_owned()).collect(),
            rows,
        },
        count,
    ))
}

/// `临江站：水位8.52米，警戒水位8.00米，上涨。` as its name and what is said of it.
fn row(line: &str) -> Option<Vec<String>> {
    let line = line.trim_end_matches(['。', '；', '.', ';']);
    let (name, rest, parts) = match line.split_once('：') {
        Some((name, rest)) => (name, rest, "，"),
        None => {
            let (name, rest) = line.split_once(": ")?;
            (name, rest, ", ")
        }
    };
    let is_short = |text: &str, most: usize| {
        let size: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        !text.is_empty() && size <= most * 2
    };
    let is_said = ["问", "答", "Q", "A"].contains(&name);
    let cells: Vec<&str> = rest.split(parts).map(str::trim).collect();
    let is_plain =
        |cell: &&str| is_short(cell, CELL) && !cell.contains(['。', '；', '：', '！', '？']);
    if is_said || cells.len() < 2 || !is_short(name, NAME) || !cells.iter().all(is_plain) {
        return None;
    }
    let mut row = vec![name.trim().to_owned()];
    row.extend(cells.into_iter().map(str::to_owned));
    Some(row)
}

/// What all of `cells` begin with before a number.
fn label<'c>(mut cells: impl Iterator<Item = &'c str>) -> Option<String> {
    let head = |cell: &str| {
        let end = cell.find(|c: char| c.is_ascii_digit() || c == '-')?;
        Some(cell[..end].to_owned())
    };
    let first = head(cells.next()?).filter(|head| head.trim().chars().count() >= 2)?;
    let first = first
        .strip_suffix('约')
        .map_or(first.clone(), str::to_owned);
    let is_shared = |cell: &str| {
        cell.strip_prefix(first.as_str())
            .is_some_and(|rest| rest.contains(|c: char| c.is_ascii_digit()))
    };
    cells.all(is_shared).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> String {
        let kind = |block: &Block| match block {
            Block::Heading(_) => 'H',
            Block::Question(_) => 'Q',
            Block::Paragraph(_) => 'P',
            Block::Table(_) => 'T',
        };
        blocks(text).iter().map(kind).collect()
    }

    #[test]
    fn a_text_is_cut_where_a_reader_would() {
        let text = "根据规程，现通告如下：\n\n一、汛情概况\n水位8.52米。\n\n二、请市民不要到河边，并注意安全。\n问：要转移吗？\n答：要。";
        assert_eq!(kinds(text), "PHPPQP");
        assert_eq!(
            kinds("雨情\n平均85毫米。\n\n水情（截至7月3日20时，人工）\n水位8米。"),
            "HPHP"
        );
        assert_eq!(kinds("雨情：\n平均85毫米。"), "HP");
        assert_eq!(kinds("Rivers (as of 20:00):\nLinjiang is rising."), "HP");
        // A list, a line of its own, and the words at the end are no headings.
        assert_eq!(
            kinds("请携带证件，并通知：\n\n1. 临江中学\n2. 北塘中学\n\n特此通告"),
            "PPPP"
        );
        assert_eq!(kinds("The river is rising.\nKeep away."), "PP");
    }

    #[test]
    fn lines_of_one_form_are_a_table() {
        let text = "水情\n临江站：水位8.52米，警戒水位8.00米，上涨。\n北塘站：水位7.10米，警戒水位7.50米，平稳。";
        let made = blocks(text);
        let Block::Table(table) = &made[1] else {
            panic!("{made:?}")
        };
        // 上涨 and 平稳 have no name in common, so every cell keeps its own.
        assert!(table.heads.is_empty());
        assert_eq!(
            table.rows[1],
            ["北塘站", "水位7.10米", "警戒水位7.50米", "平稳"]
        );
        let text = "Upper: stage 8.52 m, warning stage 8 m\nLower: stage 7 m, warning stage 7.5 m.";
        let Block::Table(table) = &blocks(text)[0] else {
            panic!()
        };
        assert_eq!(table.heads, ["stage", "warning stage"]);
        assert_eq!(
            table.rows,
            [["Upper", "8.52 m", "8 m"], ["Lower", "7 m", "7.5 m"]]
        );
        assert_eq!(kinds("问：要转移吗，去哪里？\n答：要，去临江中学。"), "QP");
        assert_eq!(kinds("临江站：水位8米，上涨。"), "P");
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "([一二雨情水位：:，,。8. a（）\n]){0,60}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let shown: usize = blocks(&text).iter().map(|block| match block {
                Block::Heading(t) | Block::Question(t) | Block::Paragraph(t) => letters(t),
                Block::Table(table) => {
                    let heads: usize = table.heads.iter().map(|head| letters(head)).sum();
                    let cells: usize = table.rows.iter().flatten().map(|cell| letters(cell)).sum();
                    cells + heads * table.rows.len()
                }
            }).sum();
            prop_assert_eq!(shown, letters(&text));
        }
    }
}
