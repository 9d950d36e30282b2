//! One entry in a list, and what has become of it.

use super::mended::{self, Pieces, passage};
use crate::domain::plan::{CorrectionKind, ItemKind};
use crate::domain::portal::{PortalEntry, Standing};
use crate::id::ReleaseId;
use crate::web::portal::frame::{Badge, Frame, Link, Said};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::when::Stamp;
use crate::words::{Portal, fill};

pub struct Card {
    pub link: Link,
    pub badge: Badge,
    /// The level then and now, where they differ.
    pub levels: Option<String>,
    pub kind: String,
    pub action: Option<Said>,
    /// Where it was lifted, while it holds on in its places.
    pub lifted: Vec<String>,
    pub areas: Vec<Said>,
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
        let current = shelf.holds(entry);
        let explained = shelf.interpretations(entry.release.as_str());
        let action = standing_action(frame, shelf, entry).filter(|_| current);
        let amends = current
            .then(|| Amends::new(frame, shelf, entry, action.as_ref()))
            .flatten();
        Self {
            link: frame.bulletin_link(entry),
            // What is in force stands at the level that is in force.
            badge: match current && !entry.has_ended() {
                true => frame.badge(entry.level_now()),
                false => frame.badge_of(shelf, entry),
            },
            levels: frame.levels(entry),
            kind: frame.common.kind(entry.kind).to_owned(),
            action,
            amends,
            lifted: match current {
                true => lifted(frame, shelf.stands_for(entry)),
                false => Vec::new(),
            },
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
            fate: Fate::new(frame.w, entry),
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
    /// The action with the mark of a correction in it.
    pub fn action_marked(&self) -> Option<&Pieces> {
        self.amends.as_ref()?.action.as_ref()
    }
}

/// The correction of a text that otherwise holds.
pub struct Amends {
    pub link: Link,
    /// What was wrong beside what is right, as far as the correction names it.
    pub passage: Option<Pieces>,
    /// The language of that when it is not the page's.
    pub passage_lang: Option<&'static str>,
    /// The action with the mark in it.
    pub action: Option<Pieces>,
}

impl Amends {
    fn new(
        frame: &Frame,
        shelf: &Shelf,
        entry: &PortalEntry,
        action: Option<&Said>,
    ) -> Option<Self> {
        let Standing::Corrected {
            by,
            kind: CorrectionKind::WrongContent,
            ..
        } = &entry.standing
        else {
            return None;
        };
        let passage = passage(shelf, entry, frame.view.language);
        let marked = action.and_then(|action| {
            let once = mended::once(passage, &[&action.text])?;
            mended::mended(&action.text, once)
        });
        Some(Self {
            link: frame.bulletin_link(shelf.release(by.as_str())?),
            passage: passage.map(mended::compared),
            passage_lang: mended::language(frame, passage),
            action: marked,
        })
    }
}

/// What to do. A correction says to go by the corrected words; what the measure that it mends asks of people stands beside that.
fn standing_action(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<Said> {
    let own = action(frame, entry);
    let mended = entry.corrects.as_ref().filter(|_| entry.binds);
    let original = mended.and_then(|corrects| shelf.release(corrects.release.as_str()));
    let Some(mut asked) = original.and_then(|original| action(frame, original)) else {
        return own;
    };
    // The words that it mends are shown as they are right.
    let passage = mended.and_then(|corrects| corrects.passage.as_ref());
    if let Some(passage) = passage.map(|passage| passage.in_language(frame.view.language)) {
        asked.text = asked.text.replace(&passage.wrong, &passage.right);
    }
    Some(match own {
        Some(own) if own.lang == asked.lang => Said {
            text: format!("{} {}", asked.text, own.text),
            ..asked
        },
        _ => asked,
    })
}

/// Where it was lifted, a line for each time.
pub fn lifted(frame: &Frame, entry: &PortalEntry) -> Vec<String> {
    let lines = entry.lifted.iter().map(|lifted| {
        let names = frame.area_links(&lifted.areas).into_iter();
        let names: Vec<String> = names.map(|link| link.text.text).collect();
        let at = frame.stamp(lifted.at, entry).text;
        let places = names.join(&frame.w.comma);
        let words = match lifted.to_come {
            true => &frame.w.lifted_from,
            false => &frame.w.lifted_in,
        };
        fill(words, &[("places", &places), ("at", &at)])
    });
    lines.collect()
}

/// What to do, in the page's language.
pub fn action(frame: &Frame, entry: &PortalEntry) -> Option<Said> {
    let zh = entry
        .text
        .action
        .as_deref()
        .filter(|text| !text.trim().is_empty())?;
    Some(frame.said(zh, entry.text.action_en.as_deref()))
}

/// 效力状况 in a word, and how strongly to show it.
pub struct Fate {
    pub word: &'static str,
    /// `current`, `amended` (holds but for what was corrected), `past` (was true in its time) or `void` (never was).
    pub class: &'static str,
}

impl Fate {
    pub fn new(w: &'static Portal, entry: &PortalEntry) -> Self {
        let (word, class) = match &entry.standing {
            Standing::Current => (&w.fate_current, "current"),
            Standing::Expired { .. } => (&w.fate_expired, "past"),
            Standing::Superseded { .. } => (&w.fate_superseded, "past"),
            Standing::Lifted { .. } => (&w.fate_lifted, "past"),
            Standing::Corrected {
                kind: CorrectionKind::AllClear,
                ..
            } => (&w.fate_clear, "past"),
            Standing::Corrected {
                kind: CorrectionKind::SentInError,
                ..
            } => (&w.fate_error, "void"),
            Standing::Corrected {
                kind: CorrectionKind::WrongContent,
                ..
            } => (&w.fate_wrong, "amended"),
            Standing::Corrected {
                kind: CorrectionKind::Withdrawal,
                ..
            }
            | Standing::Withdrawn { .. } => (&w.fate_withdrawn, "void"),
        };
        Self { word, class }
    }

    /// Over in the place that is looked at, wherever else it holds.
    pub fn lifted(w: &'static Portal) -> Self {
        Self {
            word: &w.fate_lifted,
            class: "past",
        }
    }

    pub fn is_current(&self) -> bool {
        self.class == "current"
    }

    pub fn is_amended(&self) -> bool {
        self.class == "amended"
    }

    /// Whether the title must not be read as true any more.
    pub fn is_void(&self) -> bool {
        self.class == "void"
    }
}

/// The bar above a bulletin that is no longer the last word.
pub struct Banner {
    pub class: &'static str,
    pub text: String,
    pub link: Option<Link>,
}

impl Banner {
    pub fn new(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<Self> {
        let w = frame.w;
        let to_incident = || Link {
            href: frame.to(&format!("/incident/{}", entry.incident)),
            text: Said {
                text: w.banner_see_incident.clone(),
                lang: None,
            },
        };
        let (template, at, class, link) = match &entry.standing {
            Standing::Current => return None,
            Standing::Expired { at } => (&w.banner_expired, at, "past", Some(to_incident())),
            Standing::Superseded { at } => (&w.banner_superseded, at, "past", Some(to_incident())),
            Standing::Lifted { at, by } => {
                let by = shelf.release(by.as_str()).map(|by| frame.bulletin_link(by));
                (
                    &w.banner_lifted,
                    at,
                    "past",
                    Some(by.unwrap_or_else(to_incident)),
                )
            }
            Standing::Withdrawn { at, by } => {
                let notice = (by.as_ref()).and_then(|by| shelf.release(by.as_str()));
                let link = notice.map_or_else(to_incident, |by| frame.bulletin_link(by));
                (&w.banner_withdrawn, at, "void", Some(link))
            }
            Standing::Corrected { at, by, kind } => {
                let (template, class) = match kind {
                    CorrectionKind::SentInError => (&w.banner_error, "void"),
                    CorrectionKind::WrongContent
                        if passage(shelf, entry, frame.view.language).is_some() =>
                    {
                        (&w.banner_wrong_marked, "amended")
                    }
                    CorrectionKind::WrongContent => (&w.banner_wrong, "amended"),
                    CorrectionKind::AllClear => (&w.banner_clear, "past"),
                    CorrectionKind::Withdrawal => (&w.banner_withdrawn, "void"),
                };
                let link = shelf.release(by.as_str()).map(|by| frame.bulletin_link(by));
                (template, at, class, link.or_else(|| Some(to_incident())))
            }
        };
        let text = fill(template, &[("at", &frame.stamp(*at, entry).text)]);
        Some(Self { class, text, link })
    }
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
