//! By what a reader may name a text: its numbers and codes, its title, or any piece of its words.
//!
//! Made once for a site, when somebody first asks. A question costs the length of the question, however many texts there
//! are. Knows places in the shelf's order and no page.

use std::collections::{HashMap, HashSet};

use super::wording::{GRAM, Wording, grams};
use crate::domain::bulletin::BulletinText;
use crate::domain::portal::PortalEntry;

/// Of as many pieces in a row, one is kept: whatever two texts share that is longer than this and a piece, meets.
const WINDOW: usize = 5;
/// A piece that more texts hold than this tells little; the newest of them are looked at.
const TELLING: usize = 64;
/// Of how many texts, newest first, pieces are kept; older ones are known by number, title and as a whole. Some 8 kB each.
const PRINTED: u32 = 5_000;
/// How many texts a question is compared with word by word.
const LOOKED_AT: usize = 8;

pub struct Register {
    /// Numbers, titles and whole texts, each as one number over its words.
    handles: HashMap<u64, Vec<u32>>,
    /// The hashes, in order, with their places.
    hashes: Vec<(String, u32)>,
    /// 第N号, as the text has it.
    serials: HashMap<u32, Vec<u32>>,
    /// Chosen pieces of all texts in order, with the places of the texts, newest first.
    prints: Vec<(u32, u32)>,
}

impl Register {
    /// Of `entries`, newest first.
    pub fn new(entries: &[PortalEntry]) -> Self {
        let mut register = Self {
            handles: HashMap::new(),
            hashes: Vec::with_capacity(entries.len()),
            serials: HashMap::new(),
            prints: Vec::new(),
        };
        for (place, entry) in entries.iter().enumerate() {
            let Ok(place) = u32::try_from(place) else {
                break;
            };
            register.enter(place, entry);
        }
        register.hashes.sort_unstable();
        register.prints.sort_unstable();
        register.prints.dedup();
        register
    }

    fn enter(&mut self, place: u32, entry: &PortalEntry) {
        let text = &entry.text;
        self.hashes.push((entry.hash.to_ascii_lowercase(), place));
        let serial = text.number.or_else(|| serial_in(&text.title));
        if let Some(serial) = serial {
            self.serials.entry(serial).or_default().push(place);
        }
        let names = [
            Some(entry.release.as_str()),
            Some(entry.index_number.as_str()),
            text.document_number.as_deref(),
            Some(text.title.as_str()),
            text.title_en.as_deref(),
            text.action.as_deref(),
            text.action_en.as_deref(),
        ];
        for name in names.into_iter().flatten() {
            self.name(place, &Wording::new(name));
        }
        for form in forms(entry) {
            let wording = Wording::new(&form);
            self.name(place, &wording);
            if place >= PRINTED {
                continue;
            }
            let chosen: HashSet<u32> = chosen(&grams(wording.keys())).collect();
            self.prints
                .extend(chosen.into_iter().map(|print| (print, place)));
        }
    }

    fn name(&mut self, place: u32, wording: &Wording) {
        if wording.keys().is_empty() {
            return;
        }
        let places = self.handles.entry(wording.handle()).or_default();
        if places.last() != Some(&place) {
            places.push(place);
        }
    }

    /// The texts that `wording` is a number, a title or the whole of.
    pub fn named(&self, wording: &Wording) -> &[u32] {
        self.handles
            .get(&wording.handle())
            .map_or(&[], Vec::as_slice)
    }

    /// The texts whose hash begins with `code`.
    pub fn coded(&self, code: &str) -> impl Iterator<Item = u32> {
        let from = self
            .hashes
            .partition_point(|(hash, _)| hash.as_str() < code);
        let all = self.hashes[from..].iter();
        all.take_while(move |(hash, _)| hash.starts_with(code))
            .map(|(_, place)| *place)
    }

    /// The texts that are number `serial` of their kind.
    pub fn numbered(&self, serial: u32) -> &[u32] {
        self.serials.get(&serial).map_or(&[], Vec::as_slice)
    }

    /// The texts that share most of what tells one text from another with `wording`, the likeliest first.
    pub fn resembling(&self, wording: &Wording) -> Vec<u32> {
        let mut seen = HashSet::new();
        let mut votes: HashMap<u32, f64> = HashMap::new();
        for print in grams(wording.keys()) {
            if !seen.insert(print) {
                continue;
            }
            let from = self.prints.partition_point(|(other, _)| *other < print);
            let to = self.prints[from..].partition_point(|(other, _)| *other == print);
            let holders = &self.prints[from..from + to];
            let weight = 1.0 / holders.len().max(1) as f64;
            for (_, place) in holders.iter().take(TELLING) {
                *votes.entry(*place).or_default() += weight;
            }
        }
        let mut best: Vec<(u32, f64)> = votes.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(LOOKED_AT);
        best.into_iter().map(|(place, _)| place).collect()
    }
}

/// What channels made of a text: the messages as they were sent, and everything in the order of mails, cards and the page.
pub fn forms(entry: &PortalEntry) -> Vec<String> {
    let text = &entry.text;
    let mut forms = entry.short.clone();
    if forms.is_empty() {
        forms.extend([&text.sms, &text.sms_en].into_iter().flatten().cloned());
    }
    forms.push(whole(text));
    forms.extend(whole_en(text));
    forms
}

fn whole(text: &BulletinText) -> String {
    let parts = [
        Some(text.title.as_str()),
        text.document_number.as_deref(),
        text.action.as_deref(),
        Some(text.text.as_str()),
        Some(text.signed_body.as_str()),
        Some(text.signed_date.as_str()),
    ];
    joined(parts)
}

fn whole_en(text: &BulletinText) -> Option<String> {
    let title = text.title_en.as_deref()?;
    let signed_body = text.signed_body_en.as_deref().unwrap_or(&text.signed_body);
    let signed_date = text.signed_date_en.as_deref().unwrap_or(&text.signed_date);
    Some(joined([
        Some(title),
        text.document_number.as_deref(),
        text.action_en.as_deref(),
        text.text_en.as_deref(),
        Some(signed_body),
        Some(signed_date),
    ]))
}

fn joined<const N: usize>(parts: [Option<&str>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The number in 第3号 or No. 3.
pub fn serial_in(text: &str) -> Option<u32> {
    let after = |mark: &str| {
        let (_, rest) = text.split_once(mark)?;
        let digits: String = rest
            .trim_start()
            .chars()
            .take_while(char::is_ascii_digit)
            .take(6)
            .collect();
        digits.parse().ok()
    };
    after("第").or_else(|| after("No."))
}

/// Of every [`WINDOW`] numbers in a row the smallest, so that two texts choose the same where they are the same.
fn chosen(grams: &[u32]) -> impl Iterator<Item = u32> {
    let width = WINDOW.min(grams.len()).max(1);
    grams
        .windows(width)
        .filter_map(|window| window.iter().min().copied())
}

/// Words in a row that must be shared so that two texts meet.
pub const SHORTEST_PIECE: usize = GRAM + WINDOW - 1;
