//! How much one text here has in common with what was pasted, and what that part of it is worth.
//!
//! Pure. It compares with everything that channels and pages made of the text, and knows no verdict.

use std::collections::HashSet;
use std::ops::Range;

use super::SiteSettings;
use super::links::bare;
use super::page::mended::passage;
use super::register::{SHORTEST_PIECE, forms};
use super::shelf::Shelf;
use super::wording::{Likeness, Wording, grams, likeness};
use crate::domain::bulletin::Language;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;

/// How many forms that are equally near are compared word by word.
const MOST_FORMS: usize = 2;

pub enum Resemblance {
    /// It holds all of it, word for word.
    Copy(Copied),
    /// The forms that it has most in common with, and how many pieces that are.
    Near { forms: Vec<String>, shared: usize },
}

/// A place that was copied.
pub struct Copied {
    /// All that the text says was copied, not a part of it.
    pub is_whole: bool,
    /// It stands there because it is wrong.
    pub is_refuted: bool,
    /// The sentences that it was taken out of the middle of.
    pub sentence: Option<[String; 3]>,
}

impl Resemblance {
    pub fn shared(&self) -> usize {
        match self {
            Self::Copy(_) => usize::MAX,
            Self::Near { shared, .. } => *shared,
        }
    }

    /// The form that is most like `asked`, and the comparison with it.
    pub fn closely(self, asked: &Wording) -> Option<(String, Likeness)> {
        let Self::Near { forms, .. } = self else {
            return None;
        };
        let alike = forms.into_iter().filter_map(|form| {
            let like = likeness(&Wording::new(&form), asked)?;
            Some((form, like))
        });
        // Of equal ones the first: that is what was sent.
        alike.reduce(|best, next| {
            let rank = |like: &Likeness| (like.same, like.is_whole);
            match rank(&next.1) > rank(&best.1) {
                true => next,
                false => best,
            }
        })
    }
}

/// `page` gives the words of the pages of an entry, which cost more than what was sent.
pub fn resemblance(
    settings: &SiteSettings,
    shelf: &Shelf,
    entry: &PortalEntry,
    asked: &Wording,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Option<Resemblance> {
    let pieces: HashSet<u32> = grams(asked.keys()).into_iter().collect();
    let mut near: Option<(Vec<String>, usize)> = None;
    let pages = std::iter::once_with(|| page(entry)).flatten();
    for form in forms(entry).into_iter().chain(pages) {
        let form = bare(settings, &form);
        let ours = Wording::new(&form);
        if let Some(at) = ours.find(asked) {
            let is_whole = is_whole(settings, entry, asked);
            return Some(Resemblance::Copy(Copied {
                is_whole,
                is_refuted: is_refuted(shelf, entry, &ours, &at, is_whole),
                sentence: (!is_whole)
                    .then(|| ours.in_sentences(at))
                    .flatten()
                    .map(|parts| parts.map(str::to_owned)),
            }));
        }
        let shared: HashSet<u32> = grams(ours.keys()).into_iter().collect();
        let shared = shared.intersection(&pieces).count();
        match &mut near {
            Some((forms, most)) if shared == *most => forms.push(form),
            Some((_, most)) if shared < *most => {}
            _ => near = Some((vec![form], shared)),
        }
    }
    let (mut forms, shared) = near.filter(|(_, shared)| *shared > 0)?;
    forms.truncate(MOST_FORMS);
    Some(Resemblance::Near { forms, shared })
}

/// Whether `words` hold all that `entry` says: the text, or one of the short messages but for its signature.
pub fn is_whole(settings: &SiteSettings, entry: &PortalEntry, words: &Wording) -> bool {
    let text = &entry.text;
    let short = entry.short.iter().chain(&text.sms).chain(&text.sms_en);
    let unsigned = short.map(|message| match message.split_once('】') {
        Some((signature, rest)) if signature.starts_with('【') && !settings.drill => rest,
        _ => message.as_str(),
    });
    let texts = std::iter::once(text.text.as_str()).chain(text.text_en.as_deref());
    texts.chain(unsigned).any(|content| {
        let content = bare(settings, content);
        let content = Wording::new(&content);
        !content.keys().is_empty() && words.find(&content).is_some()
    }) && words.keys().len() >= SHORTEST_PIECE
}

/// Whether the words of `at` stand in `ours`, a form of `entry`, because they are wrong: a saying that is refuted, or the
/// passage of a correction.
pub fn is_refuted(
    shelf: &Shelf,
    entry: &PortalEntry,
    ours: &Wording,
    at: &Range<usize>,
    is_whole: bool,
) -> bool {
    if is_whole {
        return false;
    }
    if entry.kind == ItemKind::Refutation {
        return true;
    }
    let places = |wrong: &str| -> Vec<Range<usize>> {
        let wrong = Wording::new(wrong);
        match wrong.keys().is_empty() {
            true => Vec::new(),
            false => ours.places(&wrong).collect(),
        }
    };
    let quoted = entry
        .corrects
        .as_ref()
        .and_then(|corrects| corrects.passage.as_ref());
    let own = [Language::ZhCn, Language::En].map(|language| passage(shelf, entry, language));
    let quoted = quoted.map(|passage| [Some(passage), passage.english.as_deref()]);
    let is_quoted = |place: &Range<usize>| place.start <= at.start && at.end <= place.end;
    let is_touched = |place: &Range<usize>| place.start < at.end && at.start < place.end;
    let mut quoted = quoted.into_iter().flatten().flatten();
    quoted.any(|passage| places(&passage.wrong).iter().any(is_quoted))
        || (own.into_iter().flatten()).any(|passage| places(&passage.wrong).iter().any(is_touched))
}
