//! What is given over the API, read as a fact: of the right type, within its bounds, and fit to be printed.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use super::{ColumnSpec, FactError, FactSpec, FactType, FactValue, bounds};
use crate::domain::called::{Meant, Register};
use crate::domain::clip::short;
use crate::domain::numbering::refuse_blanks;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::unfinished;

/// The longest text one fact may hold, in bytes; a bulletin is a page, not a book.
pub const MAX_TEXT: usize = 64 * 1024;
/// The most rows a list fact may hold.
pub const MAX_ROWS: usize = 500;

impl ColumnSpec {
    /// What it is called, with the code that is typed.
    fn named(&self) -> Blank {
        Blank::Name {
            zh: format!("{}（{}）", self.label, self.column),
            en: format!("{:?}", self.column),
        }
    }
}

impl FactSpec {
    /// Reads a value given over the API as this fact.
    ///
    /// # Errors
    /// Says which fact was refused, what was expected and what came.
    pub fn read(&self, value: &Value) -> Result<FactValue, FactError> {
        let fail = |what: Phrase| self.refusal(what);
        if self.kind == FactType::List {
            let rows = value.as_array().ok_or_else(|| {
                fail(phrase!(
                    "fact.expected",
                    what = phrase!("fact.rows", example = self.row_for_show()),
                    got = name_of(value)
                ))
            })?;
            if rows.len() > MAX_ROWS {
                return Err(fail(phrase!(
                    "fact.too-many-rows",
                    rows = rows.len(),
                    most = MAX_ROWS
                )));
            }
            return rows
                .iter()
                .enumerate()
                .map(|(n, row)| self.read_row(n + 1, row))
                .collect::<Result<_, _>>()
                .map(FactValue::List);
        }
        let read = read_scalar(self.kind, value, &self.choices).map_err(fail)?;
        let is_signed = self.signed || bounds::is_signed_unit(self.unit.as_deref());
        if let Some(what) = bounds::below_zero(is_signed, &read) {
            return Err(fail(what));
        }
        if let (Some(most), FactValue::Text(text)) = (self.max, &read) {
            let size = self.printed_length(text);
            if size > most as usize {
                return Err(fail(phrase!("fact.over-long", size, most)));
            }
        }
        Ok(read)
    }

    fn refusal(&self, what: Phrase) -> FactError {
        FactError {
            fact: self.fact.clone(),
            what,
        }
    }

    /// A row with every column, to be copied and filled in.
    fn row_for_show(&self) -> String {
        let cells: Vec<String> = self
            .columns
            .iter()
            .map(|column| match column.kind {
                FactType::Number | FactType::Integer => format!("{:?}: 0", column.column),
                FactType::Flag => format!("{:?}: true", column.column),
                _ => format!("{:?}: {:?}", column.column, column.label),
            })
            .collect();
        format!("[{{{}}}]", cells.join(", "))
    }

    fn read_row(
        &self,
        number: usize,
        row: &Value,
    ) -> Result<BTreeMap<String, FactValue>, FactError> {
        let fail = |what: Phrase| self.refusal(phrase!("fact.in-row", number, what));
        let row = row.as_object().ok_or_else(|| {
            fail(phrase!(
                "fact.expected",
                what = phrase!("fact.columns"),
                got = name_of(row)
            ))
        })?;
        let columns = Register::of(self.columns.iter().map(ColumnSpec::called));
        let mut cells = BTreeMap::new();
        let mut stranger = None;
        for (key, value) in row {
            match columns.meant(key) {
                Meant::One(column) if cells.insert(column, value).is_none() => {}
                _ => stranger = stranger.or(Some(key)),
            }
        }
        if let Some(stranger) = stranger {
            let known = self
                .columns
                .iter()
                .filter(|c| !self.is_english_form(&c.column));
            let known = Blank::List(known.map(ColumnSpec::named).collect());
            return Err(fail(phrase!(
                "fact.no-column",
                column = format!("{:?}", short(stranger)),
                known
            )));
        }
        let mut out = BTreeMap::new();
        for column in &self.columns {
            match cells.get(&*column.column).copied() {
                None | Some(Value::Null) if self.is_english_form(&column.column) => {}
                None | Some(Value::Null) => {
                    return Err(fail(phrase!(
                        "fact.column-missing",
                        column = column.named()
                    )));
                }
                // In a table a dash says that there is nothing to say.
                Some(Value::String(dash))
                    if column.kind == FactType::Text
                        && matches!(dash.trim(), "—" | "——" | "-" | "/" | "／") =>
                {
                    out.insert(
                        column.column.clone(),
                        FactValue::Text(dash.trim().to_owned()),
                    );
                }
                Some(value) => {
                    let in_column =
                        |what| fail(phrase!("fact.in-column", column = column.named(), what));
                    let value = read_scalar(column.kind, value, &[]).map_err(in_column)?;
                    let is_signed = column.signed || bounds::is_signed_unit(column.unit.as_deref());
                    if let Some(what) = bounds::below_zero(is_signed, &value) {
                        return Err(in_column(what));
                    }
                    out.insert(column.column.clone(), value);
                }
            }
        }
        Ok(out)
    }
}

fn read_scalar(kind: FactType, value: &Value, choices: &[String]) -> Result<FactValue, Phrase> {
    let expected = |what: Phrase| phrase!("fact.expected", what, got = name_of(value));
    let text = |what: Phrase| value.as_str().ok_or_else(|| expected(what));
    match kind {
        FactType::Text => clean_text(text(phrase!("fact.text"))?).map(FactValue::Text),
        FactType::Choice => {
            let text = text(phrase!("fact.choice"))?;
            if choices.iter().any(|choice| choice == text) {
                Ok(FactValue::Text(text.to_owned()))
            } else {
                let text = short(text);
                Err(phrase!(
                    "fact.not-a-choice",
                    text = format!("{text:?}"),
                    choices = choices.iter().collect::<Blank>()
                ))
            }
        }
        FactType::Number => match value {
            Value::Number(n) => n.as_f64().filter(|n| n.is_finite()).map(FactValue::Number),
            Value::String(s) => s
                .trim()
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(FactValue::Number),
            _ => None,
        }
        .ok_or_else(|| expected(phrase!("fact.number"))),
        FactType::Integer => match value {
            Value::Number(n) => n.as_i64().map(FactValue::Integer),
            Value::String(s) => s.trim().parse().ok().map(FactValue::Integer),
            _ => None,
        }
        .ok_or_else(|| expected(phrase!("fact.whole-number"))),
        FactType::Time => DateTime::parse_from_rfc3339(text(phrase!("fact.a-time"))?)
            .map(|at| FactValue::Time(at.to_utc()))
            .map_err(|_| expected(phrase!("fact.time"))),
        FactType::Duration => text(phrase!("fact.duration"))?
            .parse()
            .map(FactValue::Duration)
            .map_err(|e: crate::domain::time::BadSpan| e.phrase()),
        FactType::Flag => match value {
            Value::Bool(flag) => Ok(FactValue::Flag(*flag)),
            Value::String(s) if s == "true" => Ok(FactValue::Flag(true)),
            Value::String(s) if s == "false" => Ok(FactValue::Flag(false)),
            _ => Err(expected(phrase!("fact.flag"))),
        },
        FactType::List => Err(phrase!("fact.list-in-list")),
    }
}

/// Text fit to be printed: bounded, finished, and without control characters other than a line break or tab. A character that
/// turns the direction of writing is one too: the signer would read another order than the machine.
///
/// # Errors
/// Says what was found and where.
pub fn clean_text(text: &str) -> Result<String, Phrase> {
    if text.len() > MAX_TEXT {
        return Err(phrase!(
            "fact.too-long",
            bytes = text.len(),
            most = MAX_TEXT
        ));
    }
    let text = text.replace("\r\n", "\n");
    match text
        .chars()
        .enumerate()
        .find(|(_, c)| is_hidden_order(*c) && *c != '\n' && *c != '\t')
    {
        Some((at, c)) => Err(phrase!(
            "fact.control-character",
            code = format!("{:04X}", c as u32),
            at = at + 1
        )),
        None => {
            unfinished::refuse_left_for_later(&text)?;
            refuse_blanks(&text)?;
            Ok(text)
        }
    }
}

/// Text that a person wrote as it is to be published: [`clean_text`], and nothing in it looks like the place of a fact,
/// since nothing is put there any more.
///
/// # Errors
/// Says what was found and where.
pub fn finished_text(text: &str) -> Result<String, Phrase> {
    let text = clean_text(text)?;
    unfinished::refuse_unfilled(&text)?;
    Ok(text)
}

/// Controls, line and paragraph separators, and overrides of the direction of writing.
fn is_hidden_order(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn name_of(value: &Value) -> Blank {
    match value {
        Value::Null => phrase!("fact.nothing").into(),
        Value::Bool(b) => b.to_string().into(),
        Value::Number(n) => n.to_string().into(),
        Value::String(s) => format!("{:?}", s.chars().take(30).collect::<String>()).into(),
        Value::Array(_) => phrase!("fact.a-list").into(),
        Value::Object(_) => phrase!("fact.an-object").into(),
    }
}
