//! The last look at a signed text before it goes out: what was so when it was signed, and may not be any more.

use super::Stopped;
use crate::domain::bulletin::BulletinText;
use crate::domain::lifting::Bound;
use crate::domain::phrase::Blank;
use crate::domain::plan::Plan;
use crate::domain::reason::Reason;
use crate::domain::time::{Moment, minute};
use crate::id::ReleaseId;

/// Why `text`, which is signed, is no text to go out at `now`, when `binding` is what it would say of what binds.
///
/// # Errors
/// Says what is not so any more.
pub fn last_look(
    release: &ReleaseId,
    plan: &Plan,
    text: &BulletinText,
    binding: &[Bound],
    now: Moment,
) -> Result<(), Stopped> {
    let passed = passed(plan, text, now);
    if let Some(first) = passed.first() {
        return Err(Stopped::Passed {
            hours: passed.iter().map(Passed::named).collect(),
            why: Reason::HourPassed {
                fact: first.fact.to_owned(),
                label: first.label.to_owned(),
            },
        });
    }
    // A minute's old list of what binds sends somebody home into the water.
    match text.binding == binding {
        true => Ok(()),
        false => Err(Stopped::OtherBinding(release.clone())),
    }
}

/// An hour that a text names as one to come, and that is past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed<'a> {
    pub fact: &'a str,
    pub label: &'a str,
    pub at: Moment,
}

impl Passed<'_> {
    pub fn named(&self) -> Blank {
        let (fact, label, at) = (self.fact, self.label, minute(self.at));
        Blank::Name {
            zh: format!("{label}（{fact}）{at}"),
            en: format!("{fact} {at}"),
        }
    }
}

/// The hours to come that `text` names and that are past at `now`.
pub fn passed<'a>(plan: &'a Plan, text: &'a BulletinText, now: Moment) -> Vec<Passed<'a>> {
    let passed = text.ahead.iter().filter(|hour| hour.at <= now);
    let passed = passed.map(|hour| Passed {
        fact: &hour.fact,
        label: plan
            .event
            .fact(&hour.fact)
            .map_or(&*hour.fact, |spec| &*spec.label),
        at: hour.at,
    });
    passed.collect()
}
