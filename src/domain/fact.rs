//! Facts: what is known of an incident, typed, sourced, and with the time as of which it holds.

mod bounds;
mod english;
mod named;

use std::collections::BTreeMap;

use chrono::DateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::called::{Meant, Register};
use super::clip::short;
use super::numbering::refuse_blanks;
use super::phrase::{Blank, Phrase, phrase};
use super::time::{Moment, Span};
use super::unfinished;
pub use bounds::{Lies, contradictions, has_side};
pub use english::{LeftOut, english_code, left_out};
pub use named::{EXPECTED_DURATION, register};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    Text,
    Number,
    Integer,
    Time,
    Duration,
    Flag,
    Choice,
    List,
}

/// A fact that an event type declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactSpec {
    pub fact: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    #[serde(rename = "type")]
    pub kind: FactType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit in English fields; `unit` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnSpec>,
    /// A text that names places, so that a version in another language must name them too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub place: bool,
    /// A text that may be given in English too, as the fact `<code>-en`; one that names places always may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub english: bool,
    /// Given with a correction and held by it alone: it says what was wrong with one text, and nothing of the incident.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub correction: bool,
    /// The most characters of a text, so that a short message that prints it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// On which side of now a time lies: `ahead` of it, `behind` it, or `either`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lies: Option<Lies>,
    /// A time that is not before this one: an end and its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// A number that is no more than this one: a part and its whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
    /// A number that may be below zero; temperatures may by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// What has it for itself, when it says nothing of the whole incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
}

/// What a fact is about, where that is not the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// One text: what one rumour claims is nothing that another text may say.
    Release,
}

/// A column of a list fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnSpec {
    pub column: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    #[serde(rename = "type")]
    pub kind: FactType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit in English fields; `unit` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// A text that names a place, so that it may be given in English too, as the column `<code>-en`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub place: bool,
    /// A number that may be below zero; temperatures may by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum FactValue {
    Text(String),
    Number(f64),
    Integer(i64),
    Time(Moment),
    Duration(Span),
    Flag(bool),
    List(Vec<BTreeMap<String, FactValue>>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    #[serde(flatten)]
    pub value: FactValue,
    /// The time as of which the value holds (截至).
    pub as_of: Moment,
    pub source: Option<String>,
    /// The users whose words are in it; empty in what older versions wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}

/// All that is known of one incident.
pub type Facts = BTreeMap<String, Fact>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct FactError {
    pub fact: String,
    pub what: Phrase,
}

impl FactError {
    /// What was refused, the fact included.
    pub fn phrase(&self) -> Phrase {
        let fact = format!("{:?}", self.fact);
        phrase!("fact.bad", fact, what = self.what.clone())
    }
}

/// The longest text one fact may hold, in bytes; a bulletin is a page, not a book.
pub const MAX_TEXT: usize = 64 * 1024;
/// The most rows a list fact may hold.
pub const MAX_ROWS: usize = 500;

impl Fact {
    /// Whether it holds the same words as `other`, whoever gave them and as of whenever.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.value == other.value && self.source == other.source
    }

    /// Whether words of `earlier` are still in it: a clause of its text, a cell of its rows, its source. Whoever adds a
    /// sign or changes a number beside them has not written them.
    pub fn takes_over_words_of(&self, earlier: &Self) -> bool {
        let mine = self.texts().concat();
        let clause = |c: char| !c.is_alphanumeric();
        earlier
            .texts()
            .iter()
            .flat_map(|text| text.split(clause))
            .any(|clause| clause.chars().count() >= 2 && mine.contains(clause))
    }

    /// Every text in it, its source included.
    fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.source.iter().map(String::as_str).collect();
        match &self.value {
            FactValue::Text(text) => texts.push(text),
            FactValue::List(rows) => {
                for cell in rows.iter().flat_map(BTreeMap::values) {
                    if let FactValue::Text(text) = cell {
                        texts.push(text);
                    }
                }
            }
            _ => {}
        }
        texts
    }
}

impl FactValue {
    /// Whether `{{#if}}` takes the branch.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Flag(flag) => *flag,
            Self::List(rows) => !rows.is_empty(),
            Self::Number(_) | Self::Integer(_) | Self::Time(_) | Self::Duration(_) => true,
        }
    }
}

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
    /// Whether one text has it for itself, and the incident never.
    pub fn is_of_one_text(&self) -> bool {
        self.correction || self.per == Some(Per::Release)
    }

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
            let size = text.chars().count();
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
            .map_err(|e: super::time::BadSpan| e.phrase()),
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
