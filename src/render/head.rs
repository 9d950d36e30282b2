//! The YAML head of a template: which fields it may have, and where in the file each value begins.

use crate::domain::phrase::{Blank, phrase};
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::template::TemplateFault;

/// A part of a template that is rendered on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Title,
    TitleEn,
    Action,
    ActionEn,
    Sms,
    SmsEn,
    TextEn,
    Body,
}

impl Field {
    const HEAD: [Self; 7] = [
        Self::Title,
        Self::TitleEn,
        Self::Action,
        Self::ActionEn,
        Self::Sms,
        Self::SmsEn,
        Self::TextEn,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::TitleEn => "title-en",
            Self::Action => "action",
            Self::ActionEn => "action-en",
            Self::Sms => "sms",
            Self::SmsEn => "sms-en",
            Self::TextEn => "text-en",
            Self::Body => "body",
        }
    }

    pub fn is_english(self) -> bool {
        matches!(
            self,
            Self::TitleEn | Self::ActionEn | Self::SmsEn | Self::TextEn
        )
    }
}

/// Where the first character of a value stands in the file, lines and columns from 1, and how many characters its
/// later lines are set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub line: usize,
    pub column: usize,
    pub indent: usize,
}

impl Origin {
    /// The place in the file of a place in the value.
    pub fn locate(self, (line, column): (usize, usize)) -> (usize, usize) {
        if line <= 1 {
            (self.line, self.column + column.saturating_sub(1))
        } else {
            (self.line + line - 1, self.indent + column)
        }
    }
}

/// The head's values in the order of the file.
pub type Head = Vec<(Field, String, Origin)>;

/// Splits a source into head and body. No head is no fault: partials have none. The number says at which line the body
/// begins.
///
/// # Errors
/// A head that begins and never ends.
pub fn split(source: &str) -> Result<(Option<&str>, &str, usize), TemplateFault> {
    let Some(rest) = source.strip_prefix("---\n") else {
        return Ok((None, source, 1));
    };
    let mut at = 0;
    for (n, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            return Ok((Some(&rest[..at]), &rest[at + line.len()..], n + 3));
        }
        at += line.len();
    }
    Err(TemplateFault::new(
        (1, 1),
        phrase!("template.unclosed-head"),
    ))
}

/// Reads the head, whose first line is line 2 of the file.
///
/// # Errors
/// Everything that is wrong with it: broken YAML, unknown or repeated fields, values that are not text, no title.
pub fn read(head: &str) -> Result<Head, Vec<TemplateFault>> {
    let lines: Vec<&str> = head.lines().collect();
    let mut faults = Vec::new();
    let mut out: Head = Vec::new();
    let mut key: Option<(String, (usize, usize))> = None;
    let mut depth = 0usize;
    for event in Parser::new_from_str(head) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(e) => {
                let at = (e.marker().line() + 1, e.marker().col() + 1);
                faults.push(TemplateFault::new(
                    at,
                    phrase!("template.head-no-yaml", info = e.info()),
                ));
                return Err(faults);
            }
        };
        let at = (span.start.line() + 1, span.start.col() + 1);
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if let Some((name, place)) = key.take().filter(|_| depth == 1) {
                    faults.push(not_text(&name, place));
                }
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => depth = depth.saturating_sub(1),
            Event::Alias(_) => faults.push(TemplateFault::new(at, phrase!("template.head-alias"))),
            Event::Scalar(value, style, ..) if depth == 1 => match key.take() {
                None => key = Some((value.into_owned(), at)),
                Some((name, place)) => match Field::HEAD
                    .into_iter()
                    .find(|field| field.name() == name)
                {
                    Some(field) if out.iter().any(|(seen, ..)| *seen == field) => {
                        faults.push(TemplateFault::new(
                            place,
                            phrase!("template.head-twice", name),
                        ));
                    }
                    Some(field) => out.push((field, value.into_owned(), origin(at, style, &lines))),
                    None => faults.push(unknown(&name, place)),
                },
            },
            Event::Scalar(..) if depth == 0 => {
                faults.push(TemplateFault::new(at, phrase!("template.head-form")))
            }
            _ => {}
        }
    }
    if !out
        .iter()
        .any(|(field, value, _)| *field == Field::Title && !value.trim().is_empty())
        && faults.is_empty()
    {
        faults.push(TemplateFault::new((1, 1), phrase!("template.no-title")));
    }
    if faults.is_empty() {
        Ok(out)
    } else {
        Err(faults)
    }
}

fn origin(at: (usize, usize), style: ScalarStyle, lines: &[&str]) -> Origin {
    let indent_of = |line: usize| {
        lines
            .get(line.saturating_sub(2))
            .map_or(0, |text| text.chars().take_while(|c| *c == ' ').count())
    };
    let (line, column) = at;
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => Origin {
            line,
            column: indent_of(line) + 1,
            indent: indent_of(line),
        },
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Origin {
            line,
            column: column + 1,
            indent: 0,
        },
        ScalarStyle::Plain => Origin {
            line,
            column,
            indent: indent_of(line + 1),
        },
    }
}

fn not_text(name: &str, at: (usize, usize)) -> TemplateFault {
    TemplateFault::new(at, phrase!("template.not-text", name))
}

fn unknown(name: &str, at: (usize, usize)) -> TemplateFault {
    let known: Vec<_> = Field::HEAD.iter().map(|field| field.name()).collect();
    TemplateFault::new(
        at,
        phrase!(
            "template.unknown-field",
            name = format!("{name:?}"),
            known = known.into_iter().collect::<Blank>()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_where_it_stands() {
        let head = "title: 甲\naction: \"乙\"\nsms: '丙'\ntext-en: |\n  One\n  two\ntitle-en: >-\n    Three\n";
        let places: Vec<_> = read(head)
            .unwrap()
            .into_iter()
            .map(|(field, _, origin)| (field.name(), origin.locate((1, 1)), origin.locate((2, 1))))
            .collect();
        assert_eq!(
            places,
            [
                ("title", (2, 8), (3, 1)),
                ("action", (3, 10), (4, 1)),
                ("sms", (4, 7), (5, 1)),
                ("text-en", (6, 3), (7, 3)),
                ("title-en", (9, 5), (10, 5)),
            ]
        );
    }
}
