//! A text with the right words in all the places of the wrong ones, for comparing with what somebody was sent.
//!
//! Nobody reads it: what is shown is marked instead. So it may replace a passage that stands more than once, and an hour that a
//! short message or the English text says in words of its own. A line that is wrong in words that nobody named is left out.

use super::page::mended::{Mend, has_chinese, passages, taken_apart};
use super::shelf::Shelf;
use super::wording::Wording;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Passage, PortalEntry};

const LANGUAGES: [Language; 2] = [Language::ZhCn, Language::En];

pub struct Righted {
    passages: Vec<Passage>,
    mends: [Option<Mend>; 2],
}

impl Righted {
    /// None where nothing of `entry` was corrected in words.
    pub fn of(shelf: &Shelf, entry: &PortalEntry) -> Option<Self> {
        let mut all: Vec<Passage> = Vec::new();
        for passage in LANGUAGES
            .map(|language| passages(shelf, entry, language))
            .into_iter()
            .flatten()
        {
            if !all.iter().any(|known| known.wrong == passage.wrong) {
                all.push(passage);
            }
        }
        let mends = LANGUAGES.map(|language| Mend::of(shelf, entry, language));
        (!all.is_empty()).then_some(Self {
            passages: all,
            mends,
        })
    }

    /// `text` with the right words; None where it has no wrong ones.
    pub fn text(&self, text: &str) -> Option<String> {
        let mut is_righted = false;
        let line = |line: &str| {
            let mut now: Option<String> = None;
            for passage in &self.passages {
                let text = now.as_deref().unwrap_or(line);
                let by_value = || {
                    let (wrong, right) = value(passage, has_chinese(text))?;
                    everywhere(text, &wrong, &right)
                };
                let righted = everywhere(text, &passage.wrong, &passage.right).or_else(by_value);
                now = righted.or(now);
            }
            is_righted |= now.is_some();
            let [zh, en] = &self.mends;
            let mend = if has_chinese(line) { zh } else { en };
            match now {
                Some(now) => now,
                None if mend.as_ref().is_some_and(|mend| mend.is_near(line)) => "……".to_owned(),
                None => line.to_owned(),
            }
        };
        let lines: Vec<String> = text.split('\n').map(line).collect();
        is_righted.then(|| lines.join("\n"))
    }
}

/// The hour, or in English the number, that a passage says wrong, and the right one, where it is all that differs of the kind.
pub fn value(passage: &Passage, in_chinese: bool) -> Option<(String, String)> {
    let hour = |text: &str| match Wording::new(text).hours() {
        [(hour, minute)] => Some(format!("{hour}:{minute:02}")),
        _ => None,
    };
    let hours = hour(&passage.wrong).zip(hour(&passage.right));
    if let Some(hours) = hours.filter(|(wrong, right)| wrong != right) {
        return Some(hours);
    }
    let (wrong, right) = (numbers(&passage.wrong), numbers(&passage.right));
    if in_chinese || wrong.len() != right.len() {
        return None;
    }
    let mut differing = wrong
        .into_iter()
        .zip(right)
        .filter(|(wrong, right)| wrong != right);
    let one = differing.next().filter(|(wrong, _)| wrong.len() > 1)?;
    differing.next().is_none().then_some(one)
}

/// The numbers of `text` as whole numbers.
pub fn numbers(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let bare = parts.map(|part| part.trim_matches('.').to_owned());
    bare.filter(|part| !part.is_empty()).collect()
}

/// `text` with `right` in all the places of `wrong`.
fn everywhere(text: &str, wrong: &str, right: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some([before, _, behind]) = taken_apart(rest, wrong) {
        out.push_str(before);
        out.push_str(right);
        rest = behind;
    }
    (!out.is_empty()).then(|| out + rest)
}
