//! Tables: aligned for Chinese, as wide as the terminal, plain in a pipe.

use std::io::{self, IsTerminal, Write};

use comfy_table::presets::{ASCII_MARKDOWN, UTF8_FULL_CONDENSED};
use comfy_table::{ContentArrangement, Table};

use super::super::words::APART;

/// The width of a table that goes into a file or a pipe.
const PIPE_WIDTH: u16 = 180;

/// Prints rows under headings, a word of several columns.
pub fn print<I>(headings: &str, rows: I, out: &mut dyn Write) -> io::Result<()>
where
    I: IntoIterator<Item = Vec<String>>,
{
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if io::stdout().is_terminal() {
        table.load_style(UTF8_FULL_CONDENSED);
    } else {
        table.load_style(ASCII_MARKDOWN).set_width(PIPE_WIDTH);
    }
    table.set_header(headings.split(APART));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| printable(cell)).collect();
        table.add_row(cells);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A cell without what would move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect()
}
