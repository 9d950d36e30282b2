//! The published entries in the order and by the keys that pages need.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::explained;
use super::fate::{self, Is, Over, taken_over};
use super::named::Named;
use super::register::Register;
use super::typeset::fold;
use crate::domain::area::AreaCode;
use crate::domain::plan::{CorrectionKind, ItemKind};
use crate::domain::portal::{Corrects, PortalEntry, Response, Standing};
use crate::domain::short_code;
use crate::domain::time::Moment;

/// The most words a reader may search for at once.
const MOST_TERMS: usize = 8;

pub struct Shelf {
    /// Newest first.
    entries: Vec<PortalEntry>,
    now: Moment,
    by_release: HashMap<String, usize>,
    by_incident: HashMap<String, Vec<usize>>,
    by_body: BTreeMap<String, Vec<usize>>,
    by_month: BTreeMap<NaiveDate, Vec<usize>>,
    interpreted_by: HashMap<String, Vec<usize>>,
    by_short: HashMap<String, Vec<usize>>,
    /// By what a reader names a text, made when somebody first asks.
    register: OnceLock<Register>,
    /// What search compares, made when somebody first searches.
    folded: OnceLock<Vec<String>>,
}

impl Shelf {
    /// `entries` as they stand at `now`: one whose validity has run out is expired even if nobody has said so yet.
    pub fn new(mut entries: Vec<PortalEntry>, now: Moment, zone: Tz) -> Self {
        let mut seen = HashSet::new();
        entries.sort_by(|a, b| {
            (b.published_at, &b.release, b.version).cmp(&(a.published_at, &a.release, a.version))
        });
        entries.retain(|entry| seen.insert(entry.release.clone()));
        for entry in &mut entries {
            if let (true, Some(end)) = (entry.standing.is_current(), entry.valid_until)
                && end <= now
            {
                entry.standing = Standing::Expired { at: end };
            }
        }
        let mut shelf = Self {
            now,
            by_release: HashMap::with_capacity(entries.len()),
            by_incident: HashMap::new(),
            by_body: BTreeMap::new(),
            by_month: BTreeMap::new(),
            interpreted_by: HashMap::new(),
            by_short: HashMap::with_capacity(entries.len()),
            register: OnceLock::new(),
            folded: OnceLock::new(),
            entries: Vec::new(),
        };
        for (at, entry) in entries.iter().enumerate() {
            shelf.by_release.insert(entry.release.to_string(), at);
            shelf
                .by_short
                .entry(short_code::of(&entry.release))
                .or_default()
                .push(at);
            shelf
                .by_incident
                .entry(entry.incident.to_string())
                .or_default()
                .push(at);
            shelf
                .by_body
                .entry(entry.body.clone())
                .or_default()
                .push(at);
            let local = entry.published_at.with_timezone(&zone);
            if let Some(month) = NaiveDate::from_ymd_opt(local.year(), local.month(), 1) {
                shelf.by_month.entry(month).or_default().push(at);
            }
            if let Some(explained) = &entry.interprets {
                shelf
                    .interpreted_by
                    .entry(explained.to_string())
                    .or_default()
                    .push(at);
            }
        }
        shelf.entries = entries;
        for (at, standing) in explained::over(&shelf) {
            shelf.entries[at].standing = standing;
        }
        shelf
    }

    pub fn all(&self) -> &[PortalEntry] {
        &self.entries
    }

    pub fn current(&self) -> impl Iterator<Item = &PortalEntry> {
        self.entries.iter().filter(|entry| self.holds(entry))
    }

    pub fn past(&self) -> impl Iterator<Item = &PortalEntry> {
        self.entries.iter().filter(|entry| !self.holds(entry))
    }

    /// Whether `entry` is in force: a text with one wrong passage goes on holding in all the others, until its time is over,
    /// what corrects it is, or the next of its numbers is out.
    pub fn holds(&self, entry: &PortalEntry) -> bool {
        entry.standing.is_current()
            || is_amended(entry) && self.over(entry).is_none()
            || self.further(entry).is_some()
    }

    /// The later correction of the text that `entry` corrects, where that repeats what `entry` made right: so it holds on, though its
    /// place was taken.
    pub fn further(&self, entry: &PortalEntry) -> Option<&PortalEntry> {
        let own = entry.corrects.as_ref()?;
        let is_replaced = matches!(entry.standing, Standing::Superseded { .. });
        let passage = own.passage.as_ref().filter(|_| is_replaced)?;
        let original = self.release(own.release.as_str())?;
        let last = self.correction(original)?;
        let goes_on = last.standing.is_current() && self.over(original).is_none();
        let mut said = last.corrects.iter().flat_map(Corrects::passages);
        let repeats = said.any(|said| said.right.contains(&passage.right));
        (goes_on && repeats && last.release != entry.release).then_some(last)
    }

    /// By what the rest of a text with one wrong passage is over.
    pub fn over(&self, entry: &PortalEntry) -> Option<(Over, Moment)> {
        let expired = entry.valid_until.filter(|end| *end <= self.now);
        let ended = end_after(entry).filter(|_| !entry.binds && !self.stands_on(entry));
        // What binds is ended by what lifts it, and an answer by nothing: the next of these is of another place or matter.
        let is_number = entry.kind == ItemKind::Bulletin && !entry.binds;
        let is_next = |other: &&PortalEntry| {
            is_number
                && (&other.body, &other.item, other.kind) == (&entry.body, &entry.item, entry.kind)
                && (other.text.number.zip(entry.text.number)).is_some_and(|(a, b)| a > b)
        };
        let replaced = || {
            let mut others = self.incident(entry.incident.as_str()).into_iter();
            others.find(is_next).map(|next| next.published_at)
        };
        (expired.map(|at| (Over::Expired, at)))
            .or_else(|| ended.map(|at| (Over::ResponseEnded, at)))
            .or_else(|| self.correction(entry).and_then(taken_over))
            .or_else(|| replaced().map(|at| (Over::Replaced, at)))
            .or_else(|| explained::end(self, entry))
    }

    /// Whether it is advice on an order that binds on after the end of the response.
    fn stands_on(&self, entry: &PortalEntry) -> bool {
        let is_of_it = |order: &&PortalEntry| {
            order.binds
                && (order.item.as_ref()).is_some_and(|item| entry.stands_with.contains(item))
        };
        let binds =
            |order: &PortalEntry| matches!(fate::is(self, order), Is::InForce | Is::LiftedInPart);
        let mut orders = self.incident(entry.incident.as_str()).into_iter();
        !entry.stands_with.is_empty() && orders.any(|order| is_of_it(&order) && binds(order))
    }

    /// What corrected a passage of `entry`.
    pub fn correction(&self, entry: &PortalEntry) -> Option<&PortalEntry> {
        match &entry.standing {
            Standing::Corrected { by, .. } if is_amended(entry) => self.release(by.as_str()),
            _ => None,
        }
    }

    /// What corrected passages of `entry` and was not taken back, in the order of time.
    pub fn corrections(&self, entry: &PortalEntry) -> Vec<&PortalEntry> {
        if !is_amended(entry) {
            return Vec::new();
        }
        let is_of_it = |other: &&PortalEntry| {
            let mut corrects = other.corrects.iter();
            let is_void = matches!(fate::is(self, other), Is::Void(_));
            !is_void
                && corrects.any(|of| {
                    of.release == entry.release && of.kind == CorrectionKind::WrongContent
                })
        };
        let mut all = self.incident(entry.incident.as_str());
        all.retain(is_of_it);
        all.reverse();
        all
    }

    /// The entry that knows where the measure of `entry` still holds: the correction, when that speaks for it.
    pub fn stands_for<'s>(&'s self, entry: &'s PortalEntry) -> &'s PortalEntry {
        let by = self.correction(entry).or_else(|| self.further(entry));
        by.filter(|by| by.binds && entry.binds).unwrap_or(entry)
    }

    pub fn release(&self, id: &str) -> Option<&PortalEntry> {
        self.by_release.get(id).and_then(|&at| self.entries.get(at))
    }

    /// The texts with a short name, which two may share.
    pub fn short(&self, name: &str) -> Vec<&PortalEntry> {
        self.pick(self.by_short.get(name))
    }

    /// The same by a name as somebody typed it, with what stands behind it in a message.
    pub fn short_typed(&self, name: &str) -> Vec<&PortalEntry> {
        let head = name.get(..short_code::LENGTH).unwrap_or(name);
        let behind = name.get(short_code::LENGTH..).unwrap_or("");
        // Another letter makes it another name.
        match short_code::typed(head).filter(|_| !behind.starts_with(char::is_alphanumeric)) {
            Some(name) => self.short(&name),
            None => Vec::new(),
        }
    }

    pub fn register(&self) -> &Register {
        self.register.get_or_init(|| Register::new(&self.entries))
    }

    /// The texts at these places, in the order of the shelf.
    pub fn at(&self, places: impl Iterator<Item = u32>) -> Vec<&PortalEntry> {
        places
            .filter_map(|at| self.entries.get(at as usize))
            .collect()
    }

    /// All of one incident, newest first; empty when unknown.
    pub fn incident(&self, id: &str) -> Vec<&PortalEntry> {
        self.pick(self.by_incident.get(id))
    }

    /// Whether the public had been told of the level of `entry` when that went out: in a text of its incident, or in its own.
    pub fn had_told(&self, entry: &PortalEntry) -> bool {
        let level = entry.level;
        let names = [
            level.roman_zh().to_owned(),
            level.zh().to_owned(),
            level.en(),
        ];
        // Level II begins with level I.
        let is_named = |part: &str, name: &String| {
            let mut places = part.match_indices(name.as_str());
            places.any(|(at, _)| !part[at + name.len()..].starts_with(['I', 'V']))
        };
        let by_then = self.incident(entry.incident.as_str()).into_iter();
        let mut by_then = by_then.filter(|other| other.published_at <= entry.published_at);
        by_then.any(|other| {
            let text = &other.text;
            let parts = [Some(&text.title), Some(&text.text), text.text_en.as_ref()];
            let mut parts = parts.into_iter().flatten();
            parts.any(|part| names.iter().any(|name| is_named(part, name)))
        })
    }

    pub fn body(&self, code: &str) -> Vec<&PortalEntry> {
        self.pick(self.by_body.get(code))
    }

    pub fn month(&self, month: NaiveDate) -> Vec<&PortalEntry> {
        self.pick(self.by_month.get(&month))
    }

    pub fn interpretations(&self, release: &str) -> Vec<&PortalEntry> {
        self.pick(self.interpreted_by.get(release))
    }

    /// What concerns `area`, or did before it was lifted there: issued for it, for a place in it, or for a place around it.
    pub fn area(&self, area: &AreaCode) -> Vec<&PortalEntry> {
        let concerns = |entry: &&PortalEntry| {
            let lifted = entry.lifted.iter().flat_map(|lifted| &lifted.areas);
            let mut all = entry.areas.iter().chain(lifted);
            all.any(|own| own.area.overlaps(area))
        };
        self.entries.iter().filter(concerns).collect()
    }

    /// Every month with a count, newest first.
    pub fn months(&self) -> Vec<(NaiveDate, usize)> {
        self.by_month
            .iter()
            .rev()
            .map(|(month, of)| (*month, of.len()))
            .collect()
    }

    /// Every body that published, by its newest entry, with a count.
    pub fn bodies(&self) -> Vec<(&PortalEntry, usize)> {
        let newest = |of: &Vec<usize>| of.first().and_then(|&at| self.entries.get(at));
        self.by_body
            .values()
            .filter_map(|of| newest(of).map(|entry| (entry, of.len())))
            .collect()
    }

    /// The entries that hold every term, newest first.
    pub fn search(&self, terms: &[String]) -> Vec<&PortalEntry> {
        if terms.is_empty() {
            return Vec::new();
        }
        let folded = self
            .folded
            .get_or_init(|| self.entries.iter().map(haystack).collect());
        let holds = |text: &String| terms.iter().all(|term| text.contains(term.as_str()));
        let hits = self
            .entries
            .iter()
            .zip(folded)
            .filter(|(_, text)| holds(text));
        hits.map(|(entry, _)| entry).collect()
    }

    /// The last moment at which anything here changed.
    pub fn changed_at(&self) -> Option<Moment> {
        (self.entries.iter().map(|entry| self.changed(entry))).max()
    }

    /// The last moment at which what is shown of `entry` changed, with what happened to the text that speaks for it, and to the
    /// measures that it named.
    pub fn changed(&self, entry: &PortalEntry) -> Moment {
        let named = Named::of(self, entry).and_then(|named| named.since());
        let by = changed_at(self.stands_for(entry));
        let over = self.correction(entry).and_then(taken_over);
        let over = over.map(|(_, at)| at);
        let all = [Some(by), named, over].into_iter().flatten();
        all.fold(changed_at(entry), Moment::max)
    }

    /// The text by which `entry`, or what speaks for it, was lifted.
    pub fn lifted_by(&self, entry: &PortalEntry) -> Option<&PortalEntry> {
        let by = self.correction(entry);
        let standings = std::iter::once(&entry.standing).chain(by.map(|by| &by.standing));
        let mut lifted = standings.filter_map(|standing| match standing {
            Standing::Lifted { by, .. } => Some(by),
            _ => None,
        });
        lifted.find_map(|by| self.release(by.as_str()))
    }

    fn pick(&self, places: Option<&Vec<usize>>) -> Vec<&PortalEntry> {
        let places = places.map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .filter_map(|&at| self.entries.get(at))
            .collect()
    }
}

/// Whether a correction named what was wrong in `entry`, so that all else of it was right.
pub fn is_amended(entry: &PortalEntry) -> bool {
    matches!(
        entry.standing,
        Standing::Corrected {
            kind: CorrectionKind::WrongContent,
            ..
        }
    )
}

/// When the response ended, if that is since `entry` was published.
pub fn end_after(entry: &PortalEntry) -> Option<Moment> {
    match entry.response {
        Some(Response::Ended { at }) if entry.published_at < at => Some(at),
        _ => None,
    }
}

/// The last moment at which `entry` changed: its publication or what became of it.
fn changed_at(entry: &PortalEntry) -> Moment {
    let standing = match entry.standing {
        Standing::Current => entry.published_at,
        Standing::Expired { at }
        | Standing::Superseded { at }
        | Standing::Lifted { at, .. }
        | Standing::Corrected { at, .. }
        | Standing::Withdrawn { at, .. } => at.max(entry.published_at),
    };
    let changes = entry.changes.iter().map(|change| change.at);
    let lifted = entry.lifted.iter().filter(|lifted| !lifted.to_come);
    let lifted = lifted.map(|lifted| lifted.at);
    changes.chain(lifted).fold(standing, Moment::max)
}

/// The words of a question, folded; all of them must be found.
pub fn terms(question: &str) -> Vec<String> {
    fold(question)
        .split_whitespace()
        .take(MOST_TERMS)
        .map(str::to_owned)
        .collect()
}

fn haystack(entry: &PortalEntry) -> String {
    let text = &entry.text;
    let mut all = String::with_capacity(text.text.len() + 256);
    for part in [
        Some(text.title.as_str()),
        text.title_en.as_deref(),
        text.action.as_deref(),
        text.action_en.as_deref(),
        Some(text.text.as_str()),
        text.text_en.as_deref(),
        text.document_number.as_deref(),
        Some(entry.index_number.as_str()),
        Some(entry.body_name.as_str()),
        Some(entry.incident_title.as_str()),
    ]
    .into_iter()
    .flatten()
    {
        all.push_str(&fold(part));
        all.push('\n');
    }
    for area in &entry.areas {
        all.push_str(&fold(&area.name));
        all.push('\n');
    }
    all
}
