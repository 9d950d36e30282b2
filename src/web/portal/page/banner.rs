//! The bar above a text that is not the last word: what became of it, since when, and where to read on.

use super::mended::Mend;
use crate::domain::portal::{PortalEntry, Standing};
use crate::id::ReleaseId;
use crate::web::portal::fate::{Fate, Is, Over, Void};
use crate::web::portal::frame::{Frame, Link};
use crate::web::portal::shelf::Shelf;
use crate::words::fill;

pub struct Banner {
    pub class: &'static str,
    pub text: String,
    pub link: Link,
    /// The link leads to the text that says so, not only to the incident.
    pub is_answer: bool,
}

impl Banner {
    pub fn new(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<Self> {
        let w = frame.w;
        let fate = Fate::new(w, shelf, entry);
        let what = match fate.is {
            Is::InForce | Is::LiftedInPart => None,
            Is::Over(Over::Expired) => Some(&w.banner_expired),
            Is::Over(Over::Replaced) => Some(&w.banner_superseded),
            Is::Over(Over::ResponseEnded) => Some(&w.banner_ended),
            Is::Over(Over::Lifted) => Some(&w.banner_lifted),
            Is::Over(Over::AllClear) => Some(&w.banner_clear),
            Is::Void(Void::SentInError) => Some(&w.banner_error),
            Is::Void(Void::Withdrawn) => Some(&w.banner_withdrawn),
        };
        let at = |at| frame.stamp(at, entry).text;
        let text = frame.text_kind(entry);
        let corrected = match &entry.standing {
            Standing::Corrected { at: when, .. } if fate.was_corrected => {
                let mend = Mend::of(shelf, entry, frame.view.language);
                let words = match mend.map(|mend| mend.is_in_place()) {
                    Some(true) => &w.banner_wrong_marked,
                    Some(false) => &w.banner_wrong_beside,
                    None => &w.banner_wrong,
                };
                Some(fill(words, &[("at", &at(*when)), ("text", &text)]))
            }
            _ => shelf.further(entry).map(|_| w.banner_further.clone()),
        };
        let since = fate.since.map(at).unwrap_or_default();
        let became = what.map(|words| fill(words, &[("at", &since), ("text", &text)]));
        let said = [corrected, became];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if said.is_empty() {
            return None;
        }
        // What lifted a corrected text says more of it now than what corrected it.
        let lifting = match fate.is {
            Is::Over(Over::Lifted) => shelf.lifted_by(entry),
            _ => None,
        };
        // A correction whose place was taken leads to the one that did.
        let newer = || {
            let corrects = entry.corrects.as_ref()?;
            let newer = shelf.correction(shelf.release(corrects.release.as_str())?)?;
            (fate.is == Is::Over(Over::Replaced) && newer.release != entry.release).then_some(newer)
        };
        let answer = lifting.or_else(|| shelf.further(entry)).or_else(newer);
        let answer = answer.or_else(|| shelf.release(by(&entry.standing)?.as_str()));
        Some(Self {
            class: fate.class,
            text: said.join(if frame.is_chinese() { "" } else { " " }),
            is_answer: answer.is_some(),
            link: match answer {
                Some(by) => frame.bulletin_link(by),
                None => Link {
                    href: frame.to(&format!("/incident/{}", entry.incident)),
                    text: frame.own(w.banner_see_incident.clone()),
                },
            },
        })
    }
}

/// The text that says what became of another.
fn by(standing: &Standing) -> Option<&ReleaseId> {
    match standing {
        Standing::Lifted { by, .. } | Standing::Corrected { by, .. } => Some(by),
        Standing::Withdrawn { by, .. } => by.as_ref(),
        Standing::Current | Standing::Expired { .. } | Standing::Superseded { .. } => None,
    }
}
