//! `fabu plan check`: complaints as a compiler prints them, or as JSON.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde_json::json;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::words::{count, named, spoken, word};
use super::{CheckArgs, DONE, INVALID};
use crate::plan::diagnostic::{Diagnostic, Severity};
use crate::plan::{Reading, read_paths};

pub fn run(
    args: &CheckArgs,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let today = args.today.unwrap_or_else(super::today);
    let reading = match &args.paths[..] {
        [] => read_paths(&[root.to_owned()], today),
        paths => read_paths(paths, today),
    };
    if args.json {
        json(&reading.diagnostics, out)?;
    } else {
        let is_colourful = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        human(&reading.diagnostics, is_colourful, out)?;
        writeln!(err, "{}", summary(&reading))?;
    }
    Ok(if reading.errors() > 0 { INVALID } else { DONE })
}

fn json(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let rows = diagnostics.iter().map(|one| {
        json!({
            "severity": one.severity.to_string(),
            "code": one.code,
            "file": &*one.place.file,
            "line": one.place.line,
            "column": one.place.column,
            "message": spoken(&one.message),
            "help": one.help.as_ref().map(spoken),
        })
    });
    let answer = json!({ "diagnostics": rows.collect::<Vec<_>>() });
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

/// Prints complaints with the line each is about; also used where other commands find plans they cannot use.
pub fn human(
    diagnostics: &[Diagnostic],
    is_colourful: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = |code: &'static str| if is_colourful { code } else { "" };
    let mut lines: HashMap<&str, Vec<String>> = HashMap::new();
    for diagnostic in diagnostics {
        let file = &*diagnostic.place.file;
        let source = lines.entry(file).or_insert_with(|| {
            std::fs::read(file)
                .map(|bytes| {
                    String::from_utf8_lossy(&bytes)
                        .trim_start_matches('\u{FEFF}')
                        .lines()
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default()
        });
        let colour = match diagnostic.severity {
            Severity::Error => paint("\x1b[1;31m"),
            Severity::Warning => paint("\x1b[1;33m"),
        };
        let (bold, blue, plain) = (paint("\x1b[1m"), paint("\x1b[1;34m"), paint("\x1b[0m"));
        writeln!(
            out,
            "{colour}{}[{}]{plain}{bold}: {}{plain}",
            named!("plan.severity", &diagnostic.severity.to_string()),
            diagnostic.code,
            spoken(&diagnostic.message)
        )?;
        let number = diagnostic.place.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(
            out,
            "{margin}{blue}-->{plain} {file}:{number}:{}",
            diagnostic.place.column
        )?;
        if let Some(text) = source.get(diagnostic.place.line - 1) {
            let (shown, indent, width) = cut(text, diagnostic.place.column);
            writeln!(out, "{margin} {blue}|{plain}")?;
            writeln!(out, "{blue}{number} |{plain} {shown}")?;
            writeln!(
                out,
                "{margin} {blue}|{plain} {}{colour}{}{plain}",
                " ".repeat(indent),
                "^".repeat(width)
            )?;
        }
        if let Some(help) = &diagnostic.help {
            let help = word!("plan.hint", help = spoken(help));
            writeln!(out, "{margin} {blue}={plain} {help}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The line as far as it fits, the width before the column, and the width of the word there; CJK is two columns wide.
fn cut(line: &str, column: usize) -> (String, usize, usize) {
    const MOST: usize = 110;
    let chars: Vec<char> = line
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let at = column.saturating_sub(1).min(chars.len());
    let start = if at > MOST / 2 && chars.len() > MOST {
        at - MOST / 2
    } else {
        0
    };
    let mut shown: String = chars[start..].iter().take(MOST).collect();
    if start > 0 {
        shown.insert(0, '…');
    }
    if chars.len() > start + MOST {
        shown.push('…');
    }
    let width_of = |c: &char| c.width().unwrap_or(0);
    let indent = chars[start..at].iter().map(width_of).sum::<usize>() + usize::from(start > 0);
    let word: String = match chars.get(at) {
        Some(quote @ ('"' | '\'')) => {
            let len = chars[at + 1..]
                .iter()
                .position(|c| c == quote)
                .map_or(1, |n| n + 2);
            chars[at..at + len].iter().collect()
        }
        _ => chars[at..]
            .iter()
            .take_while(|c| !matches!(c, ' ' | ',' | ']' | '}' | ':' | '#'))
            .collect(),
    };
    let width = word.width().clamp(1, MOST);
    (shown, indent, width)
}

fn summary(reading: &Reading) -> String {
    let errors = count!("plan.errors", reading.errors() as u64);
    let warnings = count!("plan.warnings", reading.warnings() as u64);
    match &reading.set {
        Some(set) => {
            let plans = count!("plan.plans", set.plans.len() as u64);
            let channels = count!("plan.channels", set.channels.len() as u64);
            word!("plan.checked", errors, warnings, plans, channels)
        }
        None if reading.errors() > 0 => word!("plan.unusable", errors, warnings),
        None => word!("plan.only-checked", errors, warnings),
    }
}
