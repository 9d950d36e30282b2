//! A text in plain words, for feed readers, loudspeakers and whatever else shows no bar above a text and no mark in it: what became of
//! it stands before its words, and what was corrected is said in them.
//!
//! Knows no format.

use super::fate::Fate;
use super::frame::{Frame, body_text, english_text};
use super::page::answer::Found;
use super::page::asked::{action, binding_line, lifted as lifted_in, lifted_beside, named_over};
use super::page::banner::Banner;
use super::page::mended::{Mend, spoken};
use super::shelf::Shelf;
use super::typeset::shown;
use crate::domain::portal::PortalEntry;

pub struct Plain {
    pub fate: Fate,
    /// With the right words in it.
    pub title: String,
    pub banner: Option<Banner>,
    /// What was corrected, where it was lifted, that the response has ended, that the text is in Chinese: a line each.
    pub notes: Vec<String>,
    /// Where it was lifted; the action says so too.
    lifted: Vec<String>,
    /// What was found out about a rumour.
    pub answer: Option<String>,
    /// What it asks, with the right words in it; what no longer holds asks nothing.
    pub action: Option<String>,
    /// What it asked in its time.
    pub past_action: Option<String>,
    /// What stands right before the text and right behind it, where that holds no more.
    pub before: Option<&'static str>,
    pub text: String,
    pub behind: Option<&'static str>,
    /// The text with the right words in place of the wrong ones, where that can be said.
    pub righted: Option<String>,
}

impl Plain {
    pub fn new(f: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Self {
        let (w, language) = (f.w, f.view.language);
        let fate = Fate::new(w, shelf, entry);
        let mend = Mend::of(shelf, entry, language);
        let mend = mend.as_ref();
        let righted = |text: &str| mend.and_then(|mend| mend.righted(text));
        let title = f.entry_title(entry).text;
        let asked = action(f, shelf, entry, fate.asks());
        let action = (asked.as_ref()).map(|action| {
            mend.map_or_else(
                || action.text.clone(),
                |mend| mend.action_as_now(&action.text),
            )
        });
        let text = shown(body_text(language, entry));
        let mut notes = Vec::new();
        let mut lifted = Vec::new();
        if let Some(mend) = mend {
            let words = spoken(&mend.by_itself(), w);
            notes.push(format!("{}{words}", mend.heading(w)));
        }
        if fate.asks() {
            lifted = lifted_in(f, shelf.stands_for(entry));
            notes.extend(lifted_beside(f, shelf, entry, asked.as_ref()));
            notes.extend(named_over(f, shelf, entry));
            notes.extend(binding_line(f, shelf, entry));
            notes.extend(f.ended_note(entry));
        }
        if !f.is_chinese() && english_text(entry).is_none() {
            notes.push(w.chinese_only.clone());
        }
        let (before, behind) = match () {
            () if fate.is_void() => (Some(w.void_begin.as_str()), Some(w.void_end.as_str())),
            () if !fate.asks() => (Some(w.past_begin.as_str()), None),
            () => (None, None),
        };
        let (action, past_action) = match fate.asks() {
            true => (action, None),
            false => (None, action),
        };
        Self {
            title: righted(&title).unwrap_or(title),
            banner: Banner::new(f, shelf, entry),
            notes,
            lifted,
            answer: Found::new(f, entry)
                .filter(|_| fate.asks())
                .map(|found| found.line(f)),
            action,
            past_action,
            before,
            righted: righted(&text),
            text: mend.map_or_else(|| text.clone(), |mend| mend.spoken(&text, w)),
            behind,
            fate,
        }
    }

    /// What became of it, a line each.
    pub fn became(&self) -> Vec<&str> {
        let banner = self.banner.iter().map(|banner| banner.text.as_str());
        banner
            .chain(self.notes.iter().map(String::as_str))
            .collect()
    }

    /// All of it, with what became of it in front.
    pub fn whole(&self) -> String {
        let mut became = self.became();
        became.extend(self.lifted.iter().map(String::as_str));
        became.dedup();
        let became = became.join("\n");
        let parts = [
            Some(became.as_str()).filter(|became| !became.is_empty()),
            self.before,
            Some(self.text.trim()),
            self.behind,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }
}
