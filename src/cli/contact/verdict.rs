//! What reading a list of contacts through has shown, and how that is put to whoever imports it.

use crate::domain::contact::sheet::{Complaint, Encoding, PassedOver, Reader, Remark};
use crate::store::Upserted;

use super::super::output::{count, say};

/// Complaints shown to a person, those about losses first; `--json` has all.
const SHOWN: usize = 50;

pub(super) struct Verdict {
    pub encoding: Encoding,
    separator: &'static str,
    /// Rows that are imported, whole or in part.
    pub good: u64,
    /// Rows of which nothing is imported, although somebody stands in them.
    pub bad: u64,
    /// Rows that are imported in part.
    pub parts: u64,
    /// Each heading with the column that it was taken for.
    headings: Vec<(String, &'static str)>,
    heading_line: u64,
    above: Vec<(u64, String, bool)>,
    passed_over: Vec<PassedOver>,
    remarks: Vec<Remark>,
    complaints: Vec<Complaint>,
    /// Whether groups and posts could be compared with the plans.
    is_compared: bool,
}

impl Verdict {
    pub fn of(mut reader: Reader<'_>, encoding: Encoding, is_compared: bool) -> Self {
        let (mut good, mut bad, mut parts) = (0, 0, 0);
        let mut complaints = Vec::new();
        for row in reader.by_ref() {
            good += u64::from(row.contact.is_some());
            bad += u64::from(row.is_out());
            parts += u64::from(row.contact.is_some() && row.has_lost());
            complaints.extend(row.complaints);
        }
        let (heading_line, above) = reader.above();
        Self {
            encoding,
            separator: reader.separator(),
            good,
            bad,
            parts,
            headings: reader
                .columns()
                .into_iter()
                .map(|(heading, column)| (heading.to_owned(), column))
                .collect(),
            heading_line,
            above: above
                .into_iter()
                .filter(|(_, text, _)| !text.starts_with("sep="))
                .map(|(line, text, is_loss)| (line, text.to_owned(), is_loss))
                .collect(),
            passed_over: reader.passed_over(),
            remarks: reader.remarks(),
            complaints,
            is_compared,
        }
    }

    /// Whether a whole column or group of people would be lost: nothing is imported before somebody has looked.
    pub fn stops(&self) -> bool {
        self.passed_over.iter().any(|column| column.addresses > 0)
            || self.remarks.iter().any(|remark| remark.loses)
            || self.above.iter().any(|(_, _, is_loss)| *is_loss)
    }

    /// Whether anything at all is lost.
    pub fn loses(&self) -> bool {
        self.stops() || self.bad > 0 || self.parts > 0
    }

    pub fn as_json(
        &self,
        file: &str,
        dry_run: bool,
        refused: bool,
        done: Upserted,
    ) -> serde_json::Value {
        let headings: Vec<_> = self
            .headings
            .iter()
            .map(|(heading, column)| serde_json::json!({"heading": heading, "column": column}))
            .collect();
        let ignored: Vec<&str> = self
            .passed_over
            .iter()
            .map(|column| column.heading.as_str())
            .filter(|heading| !heading.is_empty())
            .collect();
        let above: Vec<_> = self
            .above
            .iter()
            .map(|(line, text, is_loss)| serde_json::json!({"line": line, "text": text, "loses": is_loss}))
            .collect();
        serde_json::json!({
            "file": file,
            "encoding": self.encoding.name(),
            "separator": self.separator,
            "dry_run": dry_run,
            "good": self.good,
            "bad": self.bad,
            "in_part": self.parts,
            "added": done.added,
            "replaced": done.replaced,
            "loses": self.loses(),
            "nothing_imported": refused || dry_run,
            "heading_line": self.heading_line,
            "headings": headings,
            "above": above,
            "ignored_columns": ignored,
            "passed_over": self.passed_over,
            "remarks": self.remarks,
            "complaints": self.complaints,
        })
    }
}

/// The summary, the losses first.
pub(super) fn tell(file: &str, verdict: &Verdict) {
    let respelt: Vec<String> = verdict
        .headings
        .iter()
        .filter(|(heading, column)| heading != column)
        .map(|(heading, column)| format!("“{heading}” is {column}"))
        .collect();
    if !respelt.is_empty() {
        say(&format!(
            "{file}:{}: headings: {}",
            verdict.heading_line,
            respelt.join(", ")
        ));
    }
    for (line, text, is_loss) in &verdict.above {
        let word = if *is_loss { "LOST" } else { "note" };
        say(&format!(
            "{file}:{line}: {word}: stands above the headings and is passed over: {text}"
        ));
    }
    for column in &verdict.passed_over {
        say(&passed_over(file, verdict.heading_line, column));
    }
    if !verdict.is_compared {
        say(&format!(
            "{file}: note: not all plan and channel files could be read, so groups and posts were not compared with them; fabu plan check says why"
        ));
    }
    for remark in &verdict.remarks {
        let word = if remark.loses { "LOST" } else { "note" };
        say(&format!(
            "{file}:{}: {word}: {}: {}",
            remark.line, remark.column, remark.what
        ));
    }
    let mut complaints: Vec<&Complaint> = verdict.complaints.iter().collect();
    if complaints.len() > SHOWN {
        complaints.sort_by_key(|complaint| !complaint.lost);
    }
    for complaint in complaints.iter().take(SHOWN) {
        let column = complaint
            .column
            .map_or(String::new(), |column| format!("{column}: "));
        let word = if complaint.lost { "bad" } else { "note" };
        say(&format!(
            "{file}:{}: {word}: {column}{}",
            complaint.line, complaint.why
        ));
    }
    if complaints.len() > SHOWN {
        let more = &complaints[SHOWN..];
        let lost = more.iter().filter(|complaint| complaint.lost).count();
        say(&format!(
            "… and {} more, {lost} of them bad; --json has them all",
            more.len()
        ));
    }
}

fn passed_over(file: &str, line: u64, column: &PassedOver) -> String {
    let name = match column.heading.as_str() {
        "" => format!("column {} has no heading and", column.letter),
        heading => format!(
            "column {} “{heading}” means nothing here and",
            column.letter
        ),
    };
    let near = column
        .nearest
        .map_or(String::new(), |word| format!("; is {word} meant?"));
    let filled = count(column.filled, "cell", "cells");
    let of = column.filled;
    match column.line {
        Some(first) => format!(
            "{file}:{line}: LOST: {name} is passed over, but {} of its {of} cells look like addresses, the first in line {first}{near}; nothing would be sent to them. Write 手机, 邮箱 or telegram as its heading if they are this person's",
            column.addresses
        ),
        None => format!("{file}:{line}: note: {name} is passed over ({filled}){near}"),
    }
}
