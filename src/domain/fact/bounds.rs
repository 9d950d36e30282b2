//! What a fact may say beside its type: on which side of now a moment lies, what begins before it, and between which figures a
//! number stays. Must never know who gave it, nor how it is printed.

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FactSpec, FactType, FactValue};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::EventType;
use crate::domain::time::{Moment, minute};

/// Clocks of two machines may differ by a little, and what just happened is typed in haste.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// On which side of now a moment lies when it is given, and an `ahead` one still when its text goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lies {
    /// A deadline, or the hour from which people may do something.
    Ahead,
    /// What has happened.
    Behind,
    /// What may have begun, or is still to.
    Either,
}

impl Lies {
    /// The moment that a bare hour means: the next such hour, the last, or the nearest.
    pub fn hour(self, time: NaiveTime, zone: Tz, now: Moment) -> Option<Moment> {
        let today = now.with_timezone(&zone).date_naive();
        let days = [today.pred_opt(), Some(today), today.succ_opt()];
        let on = |day: chrono::NaiveDate| day.and_time(time).and_local_timezone(zone).earliest();
        let mut meant = days
            .into_iter()
            .flatten()
            .filter_map(on)
            .map(|at| at.to_utc());
        match self {
            Self::Ahead => meant.find(|at| *at > now),
            Self::Behind => meant.rfind(|at| *at <= now + MARGIN),
            Self::Either => meant.min_by_key(|at| (*at - now).abs()),
        }
    }
}

impl FactSpec {
    /// Why `value` cannot be given at `now`.
    pub(super) fn wrong_side(&self, value: &FactValue, now: Moment) -> Option<Phrase> {
        let FactValue::Time(at) = value else {
            return None;
        };
        let (at, now_is) = (*at, minute(now));
        match self.lies? {
            Lies::Ahead if at <= now => {
                Some(phrase!("fact.behind-now", at = minute(at), now = now_is))
            }
            Lies::Behind if at > now + MARGIN => {
                Some(phrase!("fact.ahead-of-now", at = minute(at), now = now_is))
            }
            _ => None,
        }
    }

    fn named(&self) -> Blank {
        Blank::Name {
            zh: format!("{}（{}）", self.label, self.fact),
            en: format!("{:?}", self.fact),
        }
    }
}

/// A figure below zero of what is counted or measured from zero.
pub(super) fn below_zero(is_signed: bool, value: &FactValue) -> Option<Phrase> {
    let number = number(value).filter(|number| *number < 0.0 && !is_signed)?;
    Some(phrase!("fact.below-zero", number = number.to_string()))
}

fn number(value: &FactValue) -> Option<f64> {
    match value {
        FactValue::Integer(number) => Some(*number as f64),
        FactValue::Number(number) => Some(*number),
        _ => None,
    }
}

/// What of the facts `given` at `now` cannot be, by itself, beside those that stand, or, where one text is given them, beside those
/// of the incident `around` it, which it prints as well; by the code of the fact.
pub fn contradictions<'f>(
    event: &EventType,
    standing: impl Fn(&str) -> Option<&'f FactValue>,
    around: impl Fn(&str) -> Option<&'f FactValue>,
    given: impl Fn(&str) -> Option<&'f FactValue>,
    now: Moment,
) -> Vec<(String, Phrase)> {
    let mut out = Vec::new();
    let own = |code: &str| given(code).or_else(|| standing(code));
    let known = |code: &str| own(code).or_else(|| around(code));
    // A text for some places has a whole of its own, of which the incident's figure is no part.
    let beside_own = |spec: &FactSpec, other: &str| match spec.after.as_deref() {
        Some(of) if of == other => known(&spec.fact),
        _ if given(other).is_some() => own(&spec.fact),
        _ => known(&spec.fact),
    };
    for spec in &event.facts {
        let own_value = given(&spec.fact);
        // What stands already was right when it was given.
        let is_new = |value: &&FactValue| standing(&spec.fact) != Some(*value);
        let side = own_value
            .filter(is_new)
            .and_then(|value| spec.wrong_side(value, now));
        if let Some(what) = side {
            out.push((spec.fact.clone(), what));
            continue;
        }
        for other in spec.after.iter().chain(&spec.at_most) {
            let (Some(mine), Some(theirs), Some(of)) =
                (beside_own(spec, other), known(other), event.fact(other))
            else {
                continue;
            };
            if own_value.is_none() && given(other).is_none() {
                continue;
            }
            if let Some(what) = beside(mine, theirs, of) {
                let blamed = if own_value.is_some() {
                    &spec.fact
                } else {
                    other
                };
                let what = match own_value {
                    Some(_) => what,
                    None => phrase!("fact.beside", of = spec.named(), what),
                };
                out.push((blamed.clone(), what));
            }
        }
    }
    out
}

/// Why one cannot be together with what it comes after, or is part of.
fn beside(mine: &FactValue, theirs: &FactValue, of: &FactSpec) -> Option<Phrase> {
    if let (FactValue::Time(at), FactValue::Time(begins)) = (mine, theirs) {
        let (at, begins) = (*at, *begins);
        return (at < begins).then(|| {
            phrase!(
                "fact.ends-before",
                at = minute(at),
                of = of.named(),
                begins = minute(begins)
            )
        });
    }
    let (number, most) = (number(mine)?, number(theirs)?);
    (number > most).then(|| {
        let (number, most) = (number.to_string(), most.to_string());
        phrase!("fact.more-than", number, of = of.named(), most)
    })
}

/// Whether a number of this unit goes below zero by itself.
pub(super) fn is_signed_unit(unit: Option<&str>) -> bool {
    matches!(unit, Some("摄氏度" | "℃" | "°C"))
}

/// Whether a fact of this type may say on which side of now it lies.
pub fn has_side(kind: FactType) -> bool {
    kind == FactType::Time
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_bare_hour_is_the_next_or_the_last() {
        let zone = chrono_tz::Asia::Shanghai;
        let now = at("2026-07-01T22:16:00+08:00");
        let hour =
            |lies: Lies, h, m| lies.hour(NaiveTime::from_hms_opt(h, m, 0).unwrap(), zone, now);
        assert_eq!(
            hour(Lies::Ahead, 9, 0),
            Some(at("2026-07-02T09:00:00+08:00"))
        );
        assert_eq!(
            hour(Lies::Ahead, 22, 30),
            Some(at("2026-07-01T22:30:00+08:00"))
        );
        assert_eq!(
            hour(Lies::Behind, 22, 40),
            Some(at("2026-06-30T22:40:00+08:00"))
        );
        assert_eq!(
            hour(Lies::Behind, 22, 10),
            Some(at("2026-07-01T22:10:00+08:00"))
        );
        assert_eq!(
            hour(Lies::Either, 9, 0),
            Some(at("2026-07-02T09:00:00+08:00"))
        );
        assert_eq!(
            hour(Lies::Either, 12, 0),
            Some(at("2026-07-01T12:00:00+08:00"))
        );
    }
}
