//! One entry in a list: what it is, what it asks of people, and what has become of it.

use super::answer::Found;
use super::mended::{Mend, Pieces};
use crate::domain::plan::{CorrectionKind, ItemKind};
use crate::domain::portal::PortalEntry;
use crate::id::ReleaseId;
use crate::web::portal::fate::Fate;
use crate::web::portal::frame::{Badge, Frame, Link, Said, places};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::shown_line;
use crate::web::portal::when::Stamp;
use crate::words::fill;

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
        let fate = Fate::new(frame.w, shelf, entry);
        let current = fate.asks();
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
            original: original(frame, &entry.text.title, entry.text.title_en.as_deref()),
            answer: Found::new(frame, entry).filter(|_| current),
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

/// The correction of a text that otherwise holds.
pub struct Amends {
    pub link: Link,
    /// What stands before the passage.
    pub heading: &'static str,
    /// What was wrong beside what is right, as far as the correction names it.
    pub passage: Option<Pieces>,
    /// The language of that when it is not the page's.
    pub passage_lang: Option<&'static str>,
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
        let correction = shelf.correction(entry)?;
        let mend = Mend::of(shelf, entry, frame.view.language);
        let mend = mend.as_ref();
        Some(Self {
            link: frame.bulletin_link(correction),
            heading: mend.map_or(&frame.w.amended_here, |mend| mend.heading(frame.w)),
            passage: mend.map(Mend::by_itself),
            passage_lang: mend.and_then(|mend| mend.lang(frame)),
            title: mend.and_then(|mend| mend.mark(&frame.entry_title(entry).text)),
            action: action.and_then(|action| mend?.mark(&action.text)),
        })
    }
}

/// What to do. A correction says to go by the corrected words; what the measure that it mends asks of people stands beside that.
fn standing_action(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<Said> {
    let own = action(frame, entry, true);
    let mended = entry.corrects.as_ref().filter(|_| entry.binds);
    let original = mended.and_then(|corrects| shelf.release(corrects.release.as_str()));
    let Some(mut asked) = original.and_then(|original| action(frame, original, true)) else {
        return own;
    };
    // The words that it mends are shown as they are right.
    let mend = original.and_then(|original| Mend::of(shelf, original, frame.view.language));
    if let Some(righted) = mend.and_then(|mend| mend.righted(&asked.text)) {
        asked.text = righted;
    }
    Some(match own {
        Some(own) if own.lang == asked.lang && own.text != asked.text => Said {
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

/// What to do, in the page's language. An English page of a text that says it in Chinese only says whom to ask, while it `asks`
/// anything.
pub fn action(frame: &Frame, entry: &PortalEntry, asks: bool) -> Option<Said> {
    let some = |text: Option<&str>| text.map(str::trim).is_some_and(|text| !text.is_empty());
    let text = &entry.text;
    let (zh, en) = (text.action.as_deref(), text.action_en.as_deref());
    if !some(zh) && !some(en) {
        return None;
    }
    if frame.is_chinese() || some(en) {
        return Some(frame.said(zh.or(en)?, en));
    }
    let w = frame.w;
    let places = places(frame.view.language, &entry.areas);
    let what = match asks && entry.binds && !places.is_empty() {
        true => fill(&w.chinese_only_order, &[("places", &places)]),
        false => w.chinese_only_action.clone(),
    };
    let number = (entry.hotline.as_ref()).or(frame.settings.hotline.as_ref());
    let number = number.filter(|_| asks);
    let ask = number.map(|number| fill(&w.ask_in_english, &[("hotline", number)]));
    let sentences: Vec<String> = std::iter::once(what).chain(ask).collect();
    Some(frame.own(sentences.join(" ")))
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
