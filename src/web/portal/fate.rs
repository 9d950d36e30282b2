//! What has become of a text, and with that what it may still show. Pages, cards, sheets, feeds and files all ask here: what does not
//! hold asks nobody to act, names no time until which it holds, and promises no next text.
//!
//! Knows no page.

use super::shelf::{Shelf, is_amended};
use crate::domain::plan::CorrectionKind;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::time::Moment;
use crate::words::Portal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    InForce,
    /// It was lifted in some of its places and holds in the others.
    LiftedInPart,
    /// It was true in its time.
    Over(Over),
    /// It never was.
    Void(Void),
}

/// By what a text is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Expired,
    Replaced,
    /// It ended with the response, and nothing new was said in its place.
    ResponseEnded,
    Lifted,
    AllClear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Void {
    SentInError,
    Withdrawn,
}

/// 效力状况 in a word, and how strongly to show it.
#[derive(Debug, Clone)]
pub struct Fate {
    pub is: Is,
    /// Since when; None while nothing has become of it.
    pub since: Option<Moment>,
    /// A passage of it was corrected.
    pub was_corrected: bool,
    pub word: String,
    /// `current`, `amended` (holds but for what was corrected), `past` (was true in its time) or `void` (never was).
    pub class: &'static str,
    /// What stands above what it asks of people.
    pub heading: &'static str,
}

impl Fate {
    pub fn new(w: &'static Portal, shelf: &Shelf, entry: &PortalEntry) -> Self {
        let (is, since) = what_is(shelf, entry);
        Self::worded(w, is, since, is_amended(entry))
    }

    /// Over in the place that is looked at, wherever else it holds.
    pub fn lifted(w: &'static Portal) -> Self {
        Self::worded(w, Is::Over(Over::Lifted), None, false)
    }

    fn worded(w: &'static Portal, is: Is, since: Option<Moment>, was_corrected: bool) -> Self {
        let word = word(w, is);
        let word = match (was_corrected, is) {
            (false, _) => word.clone(),
            (true, Is::InForce) => w.fate_wrong.clone(),
            (true, _) => format!("{}{}{word}", w.fate_wrong, w.comma),
        };
        let (class, heading) = match is {
            Is::InForce | Is::LiftedInPart if was_corrected => ("amended", &w.action_amended),
            Is::InForce | Is::LiftedInPart => ("current", &w.action),
            Is::Over(_) => ("past", &w.action_past),
            Is::Void(_) => ("void", &w.action_past),
        };
        Self {
            is,
            since,
            was_corrected,
            word,
            class,
            heading,
        }
    }

    /// Whether it still asks anything of anybody: only then it is said until when, and what comes next.
    pub fn asks(&self) -> bool {
        matches!(self.is, Is::InForce | Is::LiftedInPart)
    }

    /// Whether nothing has become of it.
    pub fn is_plain(&self) -> bool {
        self.is == Is::InForce && !self.was_corrected
    }

    /// Whether the title must not be read as true any more.
    pub fn is_void(&self) -> bool {
        matches!(self.is, Is::Void(_))
    }
}

/// What has become of a text, in a word.
pub fn word(w: &'static Portal, is: Is) -> &'static String {
    match is {
        Is::InForce => &w.fate_current,
        Is::LiftedInPart => &w.fate_partly,
        Is::Over(Over::Expired) => &w.fate_expired,
        Is::Over(Over::Replaced) => &w.fate_superseded,
        Is::Over(Over::ResponseEnded) => &w.response_ended,
        Is::Over(Over::Lifted) => &w.fate_lifted,
        Is::Over(Over::AllClear) => &w.fate_clear,
        Is::Void(Void::SentInError) => &w.fate_error,
        Is::Void(Void::Withdrawn) => &w.fate_withdrawn,
    }
}

/// What has become of `entry`.
pub fn is(shelf: &Shelf, entry: &PortalEntry) -> Is {
    what_is(shelf, entry).0
}

/// The same, and since when.
pub fn what_is(shelf: &Shelf, entry: &PortalEntry) -> (Is, Option<Moment>) {
    let over = |how, at| (Is::Over(how), Some(at));
    match &entry.standing {
        Standing::Current => in_force(shelf, entry),
        Standing::Corrected {
            kind: CorrectionKind::WrongContent,
            ..
        } => match shelf.over(entry) {
            Some((how, at)) => over(how, at),
            None => in_force(shelf, entry),
        },
        Standing::Expired { at } => over(Over::Expired, *at),
        Standing::Superseded { .. } if shelf.further(entry).is_some() => in_force(shelf, entry),
        Standing::Superseded { at } => match entry.ended_with_response() {
            Some(end) => over(Over::ResponseEnded, end),
            None => over(Over::Replaced, *at),
        },
        Standing::Lifted { at, .. } => over(Over::Lifted, *at),
        Standing::Corrected {
            kind: CorrectionKind::AllClear,
            at,
            ..
        } => over(Over::AllClear, *at),
        Standing::Corrected {
            kind: CorrectionKind::SentInError,
            at,
            ..
        } => (Is::Void(Void::SentInError), Some(*at)),
        Standing::Corrected {
            kind: CorrectionKind::Withdrawal,
            at,
            ..
        }
        | Standing::Withdrawn { at, .. } => (Is::Void(Void::Withdrawn), Some(*at)),
    }
}

fn in_force(shelf: &Shelf, entry: &PortalEntry) -> (Is, Option<Moment>) {
    let lifted = &shelf.stands_for(entry).lifted;
    let by_now = lifted.iter().filter(|lifted| !lifted.to_come);
    match by_now.map(|lifted| lifted.at).max() {
        Some(at) => (Is::LiftedInPart, Some(at)),
        None => (Is::InForce, None),
    }
}

/// By what a correction, and the measure that it spoke for, is over: something else has taken its place.
pub fn taken_over(correction: &PortalEntry) -> Option<(Over, Moment)> {
    match correction.standing {
        Standing::Superseded { at } => Some(match correction.ended_with_response() {
            Some(end) => (Over::ResponseEnded, end),
            None => (Over::Replaced, at),
        }),
        Standing::Lifted { at, .. } => Some((Over::Lifted, at)),
        Standing::Corrected { kind, at, .. } => {
            (kind == CorrectionKind::AllClear).then_some((Over::AllClear, at))
        }
        Standing::Expired { at } => correction.binds.then_some((Over::Expired, at)),
        Standing::Current | Standing::Withdrawn { .. } => None,
    }
}
