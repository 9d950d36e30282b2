//! How single values are printed, in the Chinese and in the English way.

use chrono_tz::Tz;

use crate::domain::bulletin::Language;
use crate::domain::fact::FactValue;
use crate::domain::time::{Moment, Span, moment_en, moment_zh, span_zh};

/// A language and a zone: all that the form of a value depends on.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    pub language: Language,
    pub zone: Tz,
}

impl Printer {
    pub fn is_english(self) -> bool {
        self.language == Language::En
    }

    /// `zh`, or `en` in English fields.
    pub fn choose<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self.is_english() { en } else { zh }
    }

    pub fn moment(self, at: Moment) -> String {
        if self.is_english() {
            moment_en(at, self.zone)
        } else {
            moment_zh(at, self.zone)
        }
    }

    pub fn span(self, span: Span) -> String {
        if self.is_english() {
            spelled(span)
        } else {
            span_zh(span)
        }
    }

    /// A value with its unit. None for a list, which has no one text.
    pub fn value(self, value: &FactValue, unit: Option<&str>) -> Option<String> {
        Some(match value {
            FactValue::Text(text) => text.clone(),
            FactValue::Number(n) => self.with_unit(number(*n), unit),
            FactValue::Integer(n) => self.with_unit(n.to_string(), unit),
            FactValue::Time(at) => self.moment(*at),
            FactValue::Duration(span) => self.span(*span),
            FactValue::Flag(true) => self.choose("是", "yes").to_owned(),
            FactValue::Flag(false) => self.choose("否", "no").to_owned(),
            FactValue::List(_) => return None,
        })
    }

    /// `123毫米（截至5月1日8时）` or `123 mm (as of 1 May 08:00)`.
    pub fn with_as_of(self, value: &str, as_of: Moment) -> String {
        let at = self.moment(as_of);
        if self.is_english() {
            format!("{value} (as of {at})")
        } else {
            format!("{value}（截至{at}）")
        }
    }

    /// `123人（示例市）`: a figure that is known for more places than the text is for.
    pub fn with_places(self, value: &str, places: &str) -> String {
        match self.is_english() {
            true => format!("{value} ({places})"),
            false => format!("{value}（{places}）"),
        }
    }

    /// Both.
    pub fn with_places_as_of(self, value: &str, places: &str, as_of: Moment) -> String {
        let at = self.moment(as_of);
        match self.is_english() {
            true => format!("{value} ({places}, as of {at})"),
            false => format!("{value}（{places}，截至{at}）"),
        }
    }

    fn with_unit(self, number: String, unit: Option<&str>) -> String {
        let whole = unit.filter(|_| self.is_english());
        if let Some(whole) = whole.and_then(|unit| multiplied(&number, unit)) {
            return whole;
        }
        match unit {
            // English sets a unit apart, but not a sign that belongs to the number, nor a Chinese word.
            Some(unit)
                if self.is_english() && unit.starts_with(|c: char| c.is_ascii_alphabetic()) =>
            {
                format!("{number} {unit}")
            }
            Some(unit) => format!("{number}{unit}"),
            None => number,
        }
    }
}

/// `125,000 people` of 12.5 `×10,000 people`: English does not count in ten thousands.
fn multiplied(count: &str, unit: &str) -> Option<String> {
    let (factor, unit) = unit.strip_prefix('×')?.split_once(' ')?;
    let factor: f64 = factor.replace(',', "").parse().ok()?;
    let count: f64 = count.parse().ok()?;
    Some(format!("{} {unit}", in_thousands(&number(count * factor))))
}

/// `1,250,000` of `1250000`.
fn in_thousands(number: &str) -> String {
    let whole = number.split('.').next().unwrap_or(number);
    let digits = whole.trim_start_matches('-').len();
    let mut out = String::new();
    let mut left = digits;
    for c in whole.chars() {
        out.push(c);
        if c.is_ascii_digit() {
            left -= 1;
            if left > 0 && left.is_multiple_of(3) {
                out.push(',');
            }
        }
    }
    out.push_str(&number[whole.len()..]);
    out
}

/// `1 day 12 hours`: what stands in a sentence is spelled out.
fn spelled(span: Span) -> String {
    let mut rest = span.as_seconds();
    let mut parts = Vec::new();
    for (unit, word) in [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ] {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            parts.push(format!(
                "{count} {word}{}",
                if count == 1 { "" } else { "s" }
            ));
        }
    }
    if parts.is_empty() {
        "0 minutes".into()
    } else {
        parts.join(" ")
    }
}

/// Whole numbers without a point, others with at most six decimals: what is finer is noise of the arithmetic.
pub fn number(n: f64) -> String {
    let rounded = format!("{n:.6}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    match short {
        "-0" | "0" if n == 0.0 => "0".into(),
        "-0" | "0" => n.to_string(),
        short => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: Printer = Printer {
        language: Language::ZhCn,
        zone: Tz::Asia__Shanghai,
    };
    const EN: Printer = Printer {
        language: Language::En,
        zone: Tz::Asia__Shanghai,
    };

    #[test]
    fn english_counts_in_thousands() {
        for (count, unit, text) in [
            ("12.5", "×10,000 people", Some("125,000 people")),
            ("0.3", "×10,000 boxes", Some("3,000 boxes")),
            ("1230", "×10,000 yuan", Some("12,300,000 yuan")),
            ("0.00005", "×10,000 yuan", Some("0.5 yuan")),
            ("12", "people", None),
        ] {
            assert_eq!(multiplied(count, unit).as_deref(), text, "{count} {unit}");
        }
    }

    #[test]
    fn numbers_print_as_people_write_them() {
        let said: Vec<_> = [123.0, 0.1 + 0.2, 12_345_678.0, -0.0, -4.5, 0.000_000_1]
            .map(number)
            .to_vec();
        assert_eq!(said, ["123", "0.3", "12345678", "0", "-4.5", "0.0000001"]);
    }

    #[test]
    fn units_stand_apart_only_in_english() {
        let rain = FactValue::Number(123.5);
        assert_eq!(ZH.value(&rain, Some("毫米")).unwrap(), "123.5毫米");
        assert_eq!(EN.value(&rain, Some("mm")).unwrap(), "123.5 mm");
        assert_eq!(EN.value(&rain, Some("%")).unwrap(), "123.5%");
        assert_eq!(EN.value(&FactValue::Flag(false), None).unwrap(), "no");
    }
}
