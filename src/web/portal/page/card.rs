//! One entry in a list: what it is, what it asks of people, and what has become of it.

use super::answer::Found;
use super::asked::{binding_there, except, lifted_beside, named_over, standing_action};
use super::mended::{Mend, Pieces};
use crate::domain::plan::{CorrectionKind, ItemKind};
use crate::domain::portal::PortalEntry;
use crate::id::ReleaseId;
use crate::web::portal::fate::Fate;
use crate::web::portal::frame::{Badge, Frame, Link, Said};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::shown_line;
use crate::web::portal::when::Stamp;

pub struct Card {
    pub link: Link,
    pub badge: Badge,
    /// The level then and now, where they differ.
    pub levels: Option<String>,
    pub kind: String,
    /// The Chinese title, where the page could only say in English what it is about.
    pub original: Option<String>,
    /// What was found out about a rumour.
    pub answer: Option<Found>,
    pub action: Option<Said>,
    /// Where it was lifted, while it holds on in its places, as far as the action does not say so; and what has become of the
    /// measures that it named.
    pub lifted: Vec<String>,
    pub areas: Vec<Said>,
    /// The orders that bind in the places of an answer to a rumour.
    pub binds_there: Vec<Link>,
    /// The parts of these where it was lifted.
    pub except: Option<String>,
    pub body: Said,
    pub at: Stamp,
    pub next: Option<Stamp>,
    pub fate: Fate,
    pub interpretations: Vec<Link>,
    /// What corrects it, while the rest of it holds.
    pub amends: Option<Amends>,
    /// Where the searched words stand: (is a hit, text).
    pub snippet: Vec<(bool, String)>,
}

impl Card {
    pub fn new(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Self {
        let fate = Fate::new(frame.w, shelf, entry);
        let current = fate.asks();
        let explained = shelf.interpretations(entry.release.as_str());
        let action = standing_action(frame, shelf, entry).filter(|_| current);
        let amends = current
            .then(|| Amends::new(frame, shelf, entry, action.as_ref()))
            .flatten();
        Self {
            link: frame.bulletin_link(entry),
            badge: frame.badge_of(shelf, entry),
            levels: frame.levels(shelf, entry),
            kind: frame.kind(entry),
            original: original(frame, &entry.text.title, entry.text.title_en.as_deref()),
            answer: Found::new(frame, entry).filter(|_| current),
            amends,
            lifted: match current {
                true => {
                    let mut lines = named_over(frame, shelf, entry);
                    lines.extend(lifted_beside(frame, shelf, entry, action.as_ref()));
                    lines
                }
                false => Vec::new(),
            },
            binds_there: (binding_there(shelf, entry).into_iter())
                .filter(|_| current)
                .map(|order| frame.bulletin_link(order))
                .collect(),
            except: except(frame, shelf, entry).filter(|_| current),
            action,
            areas: frame
                .area_links(&shelf.stands_for(entry).areas)
                .into_iter()
                .map(|link| link.text)
                .collect(),
            body: frame.body_name(entry),
            at: frame.stamp(entry.published_at, entry),
            next: entry
                .next_update
                .filter(|_| current)
                .map(|at| frame.stamp(at, entry)),
            fate,
            interpretations: explained
                .into_iter()
                .filter(|other| shelf.holds(other))
                .map(|other| frame.bulletin_link(other))
                .collect(),
            snippet: Vec::new(),
        }
    }
}

impl Card {
    /// The title with the mark of a correction in it.
    pub fn title_marked(&self) -> Option<&Pieces> {
        self.amends.as_ref()?.title.as_ref()
    }

    /// The action with the mark of a correction in it.
    pub fn action_marked(&self) -> Option<&Pieces> {
        self.amends.as_ref()?.action.as_ref()
    }
}

/// The correction of a text that otherwise holds; of a correction, what it corrects.
pub struct Amends {
    pub link: Link,
    /// What stands before the passage.
    pub heading: &'static str,
    /// What was wrong beside what is right, as far as the correction names it.
    pub passage: Option<Pieces>,
    /// The language of that when it is not the page's.
    pub passage_lang: Option<&'static str>,
    /// What leads to the other text.
    pub see: String,
    /// The title and the action with the mark in them.
    pub title: Option<Pieces>,
    pub action: Option<Pieces>,
}

impl Amends {
    fn new(
        frame: &Frame,
        shelf: &Shelf,
        entry: &PortalEntry,
        action: Option<&Said>,
    ) -> Option<Self> {
        let Some(correction) = shelf.correction(entry) else {
            return Self::of_correction(frame, shelf, entry);
        };
        let mend = Mend::of(shelf, entry, frame.view.language);
        let mend = mend.as_ref();
        Some(Self {
            link: frame.bulletin_link(correction),
            heading: mend.map_or(&frame.w.amended_here, |mend| mend.heading(frame.w)),
            passage: mend.map(Mend::by_itself),
            passage_lang: mend.and_then(|mend| mend.lang(frame)),
            see: frame.w.banner_see_correction.clone(),
            title: mend.and_then(|mend| mend.mark(&frame.entry_title(entry).text)),
            action: action.and_then(|action| mend?.mark_action(&action.text)),
        })
    }

    /// What `correction` says was wrong, beside what is right by now.
    fn of_correction(frame: &Frame, shelf: &Shelf, correction: &PortalEntry) -> Option<Self> {
        let corrects = correction.corrects.as_ref()?;
        let original = shelf.release(corrects.release.as_str())?;
        let mend = Mend::of(shelf, original, frame.view.language)?;
        Some(Self {
            link: frame.bulletin_link(original),
            heading: mend.heading(frame.w),
            passage: Some(mend.by_itself()),
            passage_lang: mend.lang(frame),
            see: format!("{}{}", frame.w.corrects, frame.w.colon),
            title: None,
            action: None,
        })
    }
}

/// The Chinese words of what an English page can only name.
pub fn original(frame: &Frame, zh: &str, en: Option<&str>) -> Option<String> {
    let is_missing = en.is_none_or(|en| en.trim().is_empty());
    (!frame.is_chinese() && is_missing && !zh.trim().is_empty()).then(|| shown_line(zh))
}

/// Whether an entry stands on its own in the list of what is in force: not what explains another text there, or corrects a
/// passage of one.
pub fn stands_alone(shelf: &Shelf, entry: &PortalEntry) -> bool {
    let is_in_force = |release: &ReleaseId| {
        let other = shelf.release(release.as_str());
        other.is_some_and(|other| shelf.holds(other))
    };
    let explains = entry.kind == ItemKind::Interpretation
        && entry.interprets.as_ref().is_some_and(is_in_force);
    let amends = (entry.corrects.as_ref()).is_some_and(|corrects| {
        corrects.kind == CorrectionKind::WrongContent && is_in_force(&corrects.release)
    });
    !explains && !amends
}
