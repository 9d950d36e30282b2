//! One field of a cron rule: which numbers it means, and how it was put.

use crate::domain::phrase::{Phrase, phrase};
/// What a field counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

impl Unit {
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Weekday => "weekday",
        }
    }

    fn phrase(self) -> Phrase {
        match self {
            Self::Minute => phrase!("cron.minute"),
            Self::Hour => phrase!("cron.hour"),
            Self::Day => phrase!("cron.day"),
            Self::Month => phrase!("cron.month"),
            Self::Weekday => phrase!("cron.weekday"),
        }
    }

    /// The least and the greatest number. Weekday 7 is Sunday as well, and counts as 0.
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            Self::Weekday => (0, 7),
        }
    }

    /// How many there are before it begins again.
    pub fn size(self) -> u8 {
        match self {
            Self::Minute => 60,
            Self::Hour => 24,
            Self::Day => 31,
            Self::Month => 12,
            Self::Weekday => 7,
        }
    }

    fn number(self, text: &str) -> Result<u8, Phrase> {
        let (least, most) = self.range();
        let out_of_range = || {
            phrase!(
                "cron.out-of-range",
                unit = self.phrase(),
                text,
                least = u32::from(least),
                most = u32::from(most)
            )
        };
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            let number: u8 = text.parse().map_err(|_| out_of_range())?;
            return if (least..=most).contains(&number) {
                Ok(number)
            } else {
                Err(out_of_range())
            };
        }
        let names: &[&str] = match self {
            Self::Month => &MONTHS,
            Self::Weekday => &WEEKDAYS,
            _ => &[],
        };
        let wanted = text.to_ascii_lowercase();
        let found = names
            .iter()
            .position(|name| *name == wanted || (wanted.len() == 3 && name.starts_with(&wanted)));
        found
            .and_then(|at| u8::try_from(at).ok())
            .map(|at| at + least)
            .ok_or_else(|| {
                phrase!(
                    "cron.no-such",
                    text = format!("{text:?}"),
                    unit = self.phrase()
                )
            })
    }
}

/// A field, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Bit n: the number n.
    bits: u64,
    /// Whether it begins with a star, which in crontab decides how day and weekday go together.
    pub is_star: bool,
    /// Whether it leaves nothing out.
    pub is_all: bool,
    /// The steps in it: how long, and from how many numbers they choose.
    pub steps: Vec<(u8, u8)>,
}

impl Field {
    pub fn read(unit: Unit, text: &str) -> Result<Self, Phrase> {
        let mut bits = 0u64;
        let mut steps = Vec::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (part, None),
            };
            let step_of = |text: &str| -> Result<u8, Phrase> {
                let step: u32 = text
                    .parse()
                    .ok()
                    .filter(|step| *step > 0)
                    .ok_or_else(|| phrase!("cron.bad-step", text = format!("{text:?}")))?;
                Ok(u8::try_from(step).unwrap_or(u8::MAX))
            };
            let step = step.map(step_of).transpose()?;
            let (least, most) = unit.range();
            let most = if unit == Unit::Weekday { 6 } else { most };
            let (from, to) = match (range, range.split_once('-')) {
                ("*" | "?", _) => (least, most),
                (_, Some((from, to))) => {
                    let (from, to) = (unit.number(from)?, unit.number(to)?);
                    // SAT-SUN ends with the seventh day.
                    let to = if unit == Unit::Weekday && to == 0 && from > 0 {
                        7
                    } else {
                        to
                    };
                    if from > to {
                        return Err(phrase!("cron.backwards", unit = unit.phrase(), range));
                    }
                    (from, to)
                }
                (_, None) => {
                    let one = unit.number(range)?;
                    (one, if step.is_some() { most.max(one) } else { one })
                }
            };
            if let Some(step) = step {
                steps.push((step, to - from + 1));
            }
            for number in (from..=to).step_by(usize::from(step.unwrap_or(1))) {
                let number = if unit == Unit::Weekday {
                    number % 7
                } else {
                    number
                };
                bits |= 1 << number;
            }
        }
        let (least, _) = unit.range();
        let all = ((1u64 << unit.size()) - 1) << least;
        Ok(Self {
            bits,
            is_star: text.starts_with(['*', '?']),
            is_all: bits == all,
            steps,
        })
    }

    pub fn has(&self, number: u32) -> bool {
        number < 64 && self.bits & (1 << number) != 0
    }

    /// As the `cron` crate reads it, each number greater by `shift`.
    pub fn listed(&self, shift: u32) -> String {
        if self.is_all {
            return "*".into();
        }
        let numbers: Vec<String> = self.numbers().map(|n| (n + shift).to_string()).collect();
        numbers.join(",")
    }

    /// The numbers in it, rising.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        (0..64).filter(|number| self.has(*number))
    }
}
