//! What reading a list of contacts through has shown, and how that is put to whoever imports it.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use crate::domain::audience::Reach;
use crate::domain::contact::{Column, Contact, replace};
use crate::domain::phrase::Phrase;
use crate::sheet::{Complaint, Encoding, PassedOver, Reader, Remark};
use crate::store::{CONTACT_BATCH, Store, StoreError, Tx, Upserted};

use super::super::output::say;
use super::super::words::{count, joined, spoken, word};

/// Complaints shown to a person, those about losses first; `--json` has all.
const SHOWN: usize = 50;

/// People named of whom a list would take something away.
const LESSENED: usize = 20;

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
    above: Vec<(u64, Phrase, bool)>,
    passed_over: Vec<PassedOver>,
    remarks: Vec<Remark>,
    complaints: Vec<Complaint>,
    /// What writing would do.
    pub expected: Upserted,
    /// Whether groups and posts could be compared with the plans.
    is_compared: bool,
}

impl Verdict {
    /// Reads the list through, and compares it with who stands already.
    pub async fn of(
        mut reader: Reader<'_>,
        encoding: Encoding,
        is_compared: bool,
        store: &Store,
    ) -> Result<Self, StoreError> {
        let mut tx = store.read().await?;
        let is_first = tx.contacts(&Reach::default(), 0, 1).await?.is_empty();
        let has = reader.has();
        let mut against = Against::default();
        let mut batch: Vec<(u64, Contact)> = Vec::new();
        let (mut good, mut bad, mut parts) = (0, 0, 0);
        let mut complaints = Vec::new();
        for row in reader.by_ref() {
            good += u64::from(row.contact.is_some());
            bad += u64::from(row.is_out());
            parts += u64::from(row.contact.is_some() && row.has_lost());
            complaints.extend(row.complaints);
            batch.extend(row.contact.map(|contact| (row.line, contact)));
            if batch.len() >= CONTACT_BATCH {
                let standing = standing(&mut tx, is_first, &batch).await?;
                against.look(std::mem::take(&mut batch), &standing, &has);
            }
        }
        let standing = standing(&mut tx, is_first, &batch).await?;
        against.look(batch, &standing, &has);
        drop(tx);
        let (heading_line, above) = reader.above();
        let mut remarks = against.remarks();
        remarks.extend(reader.remarks());
        Ok(Self {
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
            above,
            passed_over: reader.passed_over(),
            remarks,
            complaints,
            expected: against.expected,
            is_compared,
        })
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
            .map(|(heading, column)| json!({"heading": heading, "column": column}))
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
            .map(|(line, text, is_loss)| json!({"line": line, "text": spoken(text), "loses": is_loss}))
            .collect();
        let remarks = self.remarks.iter().map(|one| {
            let what = spoken(&one.what);
            json!({"line": one.line, "column": one.column, "what": what, "loses": one.loses})
        });
        let complaints = self.complaints.iter().map(|one| {
            let (line, why) = (one.line, spoken(&one.why));
            json!({"line": line, "column": one.column, "why": why, "kept": one.kept, "lost": one.lost})
        });
        json!({
            "file": file,
            "encoding": self.encoding.name(),
            "separator": self.separator,
            "dry_run": dry_run,
            "good": self.good,
            "bad": self.bad,
            "in_part": self.parts,
            "added": done.added,
            "replaced": done.replaced,
            "would_add": self.expected.added,
            "would_replace": self.expected.replaced,
            "loses": self.loses(),
            "nothing_imported": refused || dry_run,
            "heading_line": self.heading_line,
            "headings": headings,
            "above": above,
            "ignored_columns": ignored,
            "passed_over": self.passed_over,
            "remarks": remarks.collect::<Vec<_>>(),
            "complaints": complaints.collect::<Vec<_>>(),
        })
    }
}

async fn standing(
    tx: &mut Tx,
    is_first: bool,
    batch: &[(u64, Contact)],
) -> Result<HashMap<String, Contact>, StoreError> {
    if is_first {
        return Ok(HashMap::new());
    }
    let codes: Vec<&str> = batch.iter().map(|(_, one)| one.code.as_str()).collect();
    tx.contacts_by_code(&codes).await
}

/// What the list does to those who stand, and who would be reached by nothing.
#[derive(Default)]
struct Against {
    expected: Upserted,
    lessened: u64,
    named: Vec<Remark>,
    nowhere: u64,
    first_nowhere: u64,
}

impl Against {
    fn look(
        &mut self,
        batch: Vec<(u64, Contact)>,
        standing: &HashMap<String, Contact>,
        has: &BTreeSet<Column>,
    ) {
        for (line, contact) in batch {
            let (contact, gone) = match standing.get(&contact.code) {
                None => {
                    self.expected.added += 1;
                    (contact, Vec::new())
                }
                Some(old) => {
                    self.expected.replaced += 1;
                    replace(old, contact, has)
                }
            };
            if !gone.is_empty() {
                self.lessened += 1;
                if self.named.len() < LESSENED {
                    self.named.push(Remark {
                        line,
                        column: "已有联系人",
                        what: Phrase::verbatim(takes(&gone)),
                        loses: true,
                    });
                }
            }
            if contact.areas.is_empty() && contact.groups.is_empty() && contact.posts.is_empty() {
                self.nowhere += 1;
                if self.nowhere == 1 {
                    self.first_nowhere = line;
                }
            }
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut out = self.named.clone();
        let more = self.lessened.saturating_sub(self.named.len() as u64);
        if let Some(last) = self.named.last().filter(|_| more > 0) {
            out.push(Remark {
                line: last.line,
                column: "已有联系人",
                what: Phrase::verbatim(count!("contact.takes-more", more)),
                loses: true,
            });
        }
        if self.nowhere > 0 {
            out.push(Remark {
                line: self.first_nowhere,
                column: "区域/分组/岗位",
                what: Phrase::verbatim(count!("contact.nowhere", self.nowhere)),
                loses: false,
            });
        }
        out
    }
}

fn takes(gone: &[Phrase]) -> String {
    let gone: Vec<String> = gone.iter().map(spoken).collect();
    word!("contact.takes", gone = joined(&gone))
}

/// The summary, the losses first.
pub(super) fn tell(file: &str, verdict: &Verdict) {
    let respelt: Vec<String> = verdict
        .headings
        .iter()
        .filter(|(heading, column)| heading != column)
        .map(|(heading, column)| word!("contact.heading-is", heading, column))
        .collect();
    if !respelt.is_empty() {
        let line = verdict.heading_line;
        say(&word!(
            "contact.headings",
            file,
            line,
            headings = joined(&respelt)
        ));
    }
    for (line, text, is_loss) in &verdict.above {
        say(&word!(
            "contact.above",
            file,
            line,
            weight = weight(*is_loss),
            text = spoken(text)
        ));
    }
    for column in &verdict.passed_over {
        say(&passed_over(file, verdict.heading_line, column));
    }
    if !verdict.is_compared {
        say(&word!("contact.not-compared", file));
    }
    for remark in &verdict.remarks {
        let (line, weight) = (remark.line, weight(remark.loses));
        let (column, what) = (remark.column, spoken(&remark.what));
        say(&word!("contact.remark", file, line, weight, column, what));
    }
    let mut complaints: Vec<&Complaint> = verdict.complaints.iter().collect();
    if complaints.len() > SHOWN {
        complaints.sort_by_key(|complaint| !complaint.lost);
    }
    for complaint in complaints.iter().take(SHOWN) {
        let (line, what) = (complaint.line, spoken(&complaint.why));
        let weight = match complaint.lost {
            true => word!("contact.bad"),
            false => word!("contact.note"),
        };
        say(&match complaint.column {
            Some(column) => word!("contact.remark", file, line, weight, column, what),
            None => word!("contact.complaint", file, line, weight, what),
        });
    }
    if complaints.len() > SHOWN {
        let more = &complaints[SHOWN..];
        let lost = more.iter().filter(|complaint| complaint.lost).count();
        say(&word!("contact.cut", more = more.len(), lost));
    }
}

fn weight(is_loss: bool) -> &'static str {
    match is_loss {
        true => word!("contact.lost"),
        false => word!("contact.note"),
    }
}

fn passed_over(file: &str, line: u64, column: &PassedOver) -> String {
    let letter = &column.letter;
    let name = match column.heading.as_str() {
        "" => word!("contact.no-heading", letter),
        heading => word!("contact.strange-heading", letter, heading),
    };
    let near = column
        .nearest
        .map_or(String::new(), |words| word!("usage.meant", words));
    let of = column.filled;
    match column.line {
        Some(first) => {
            let number = column.addresses;
            word!(
                "contact.passed-over-lost",
                file,
                line,
                name,
                number,
                of,
                first,
                near
            )
        }
        None => word!("contact.passed-over", file, line, name, of, near),
    }
}
