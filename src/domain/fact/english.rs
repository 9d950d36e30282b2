//! A fact beside its English: the fact or column in which it may be given, and whether that says the same numbers. Must never know
//! how either is printed.

use super::{ColumnSpec, FactSpec, FactType, FactValue};
use crate::domain::numerals::unsaid;
use crate::domain::phrase::{Blank, Phrase, phrase};

/// The code of what gives `code` in English.
pub fn english_code(code: &str) -> String {
    format!("{code}-en")
}

/// What the English of something is called, in both languages.
fn labels(label: &str, label_en: Option<&str>) -> (String, Option<String>) {
    let in_english = label_en.map(|label| format!("{label} (in English)"));
    (format!("{label}（英文）"), in_english)
}

impl ColumnSpec {
    /// The column in which a row may give this one in English.
    fn in_english(&self) -> Option<Self> {
        let (label, label_en) = labels(&self.label, self.label_en.as_deref());
        (self.place && self.kind == FactType::Text).then(|| Self {
            column: english_code(&self.column),
            label,
            label_en,
            place: false,
            ..self.clone()
        })
    }
}

impl FactSpec {
    /// Itself with a column for the English of each that names a place, and behind it the fact that gives it in English.
    pub fn with_english(&self) -> Vec<Self> {
        let columns = self.columns.iter().flat_map(|column| {
            let english = column.in_english();
            let is_taken =
                |one: &ColumnSpec| self.columns.iter().any(|own| own.column == one.column);
            std::iter::once(column.clone()).chain(english.filter(|one| !is_taken(one)))
        });
        let own = Self {
            columns: columns.collect(),
            ..self.clone()
        };
        let (label, label_en) = labels(&self.label, self.label_en.as_deref());
        let may_be = (self.place || self.english) && self.kind == FactType::Text;
        let english = may_be.then(|| Self {
            fact: english_code(&self.fact),
            label,
            label_en,
            place: false,
            english: false,
            max: None,
            several: false,
            ..self.clone()
        });
        std::iter::once(own).chain(english).collect()
    }

    /// Whether `column` only gives another one in English, so that a row may go without it.
    pub fn is_english_form(&self, column: &str) -> bool {
        let of = column.strip_suffix("-en");
        of.is_some_and(|of| self.columns.iter().any(|one| one.place && one.column == of))
    }
}

/// Numbers of a fact that its English does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The fact, or the list in a row of which they stand.
    pub fact: String,
    /// The row, counted from 1, and the column of the English.
    pub cell: Option<(usize, String)>,
    pub numbers: Vec<String>,
}

impl LeftOut {
    /// What is wrong with the fact, which is named beside it.
    pub fn phrase(&self) -> Phrase {
        let numbers = self.numbers.iter().collect::<Blank>();
        let lacks = phrase!("fact.english-lacks", numbers);
        match &self.cell {
            None => lacks,
            Some((number, column)) => {
                let column = format!("{column:?}");
                let what = phrase!("fact.in-column", column, what = lacks);
                phrase!("fact.in-row", number = *number, what)
            }
        }
    }
}

/// What of the facts `given`, beside those that stand, says fewer numbers in English than in Chinese: whoever reads the English
/// would miss a house or a telephone.
pub fn left_out<'f>(
    specs: &[FactSpec],
    standing: impl Fn(&str) -> Option<&'f FactValue>,
    given: impl Fn(&str) -> Option<&'f FactValue>,
) -> Vec<LeftOut> {
    let mut out = Vec::new();
    for spec in specs {
        let english = english_code(&spec.fact);
        // English that was given before is emptied where only the Chinese is given anew.
        let chinese = given(&spec.fact).or_else(|| standing(&spec.fact));
        if let (Some(FactValue::Text(said)), Some(FactValue::Text(chinese))) =
            (given(&english), chinese)
        {
            let numbers = between(chinese, said);
            out.extend((!numbers.is_empty()).then_some(LeftOut {
                fact: english,
                cell: None,
                numbers,
            }));
        }
        let Some(FactValue::List(rows)) = given(&spec.fact) else {
            continue;
        };
        for (index, row) in rows.iter().enumerate() {
            for column in &spec.columns {
                let english = english_code(&column.column);
                let (Some(FactValue::Text(chinese)), Some(FactValue::Text(said))) =
                    (row.get(&column.column), row.get(&english))
                else {
                    continue;
                };
                let numbers = between(chinese, said);
                out.extend((!numbers.is_empty()).then(|| LeftOut {
                    fact: spec.fact.clone(),
                    cell: Some((index + 1, english)),
                    numbers,
                }));
            }
        }
    }
    out
}

/// Empty English says nothing, and so nothing wrong.
fn between(chinese: &str, english: &str) -> Vec<String> {
    match english.trim().is_empty() {
        true => Vec::new(),
        false => unsaid(chinese, english),
    }
}
