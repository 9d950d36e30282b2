//! How much one text here has in common with what was pasted, and what that part of it is worth.
//!
//! Pure. It compares with everything that channels and pages made of the text, and knows no verdict.

use std::collections::HashSet;
use std::ops::Range;

use super::SiteSettings;
use super::links::bare;
use super::page::mended::{Mend, has_chinese, passages};
use super::register::{SHORTEST_PIECE, forms};
use super::righted::{Righted, value};
use super::shelf::Shelf;
use super::wording::{Likeness, Wording, grams, likeness};
use crate::domain::bulletin::Language;
use crate::domain::plan::ItemKind;
use crate::domain::portal::{Passage, PortalEntry};
use crate::words::words;

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
    pub worth: Worth,
    /// The sentences that it was taken out of the middle of.
    pub sentence: Option<[String; 3]>,
}

/// What words are worth that stand in a text of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// The text says so.
    Said,
    /// The text says so as it was corrected.
    Righted,
    /// The text said so until it was corrected.
    Mistaken,
    /// They stand there because they are answered.
    Refuted,
}

impl Copied {
    pub fn is_wrong(&self) -> bool {
        matches!(self.worth, Worth::Mistaken | Worth::Refuted)
    }
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
    let sent = forms(entry).into_iter();
    let righted = righted_forms(shelf, entry);
    let as_righted = righted.iter().any(|form| {
        let form = bare(settings, form);
        Wording::new(&form).find(asked).is_some()
    });
    for form in sent.chain(righted).chain(pages) {
        let form = bare(settings, &form);
        let ours = Wording::new(&form);
        if let Some(at) = ours.find(asked) {
            let is_whole = is_whole(settings, shelf, entry, asked);
            let worth = match worth(shelf, entry, &ours, &at, is_whole) {
                // What stands in the text as it is right is not wrong, though the wrong words stood beside it.
                Worth::Mistaken if as_righted => Worth::Righted,
                Worth::Said if as_righted && !is_as_published(settings, entry, asked) => {
                    Worth::Righted
                }
                worth => worth,
            };
            return Some(Resemblance::Copy(Copied {
                is_whole,
                worth,
                sentence: (!is_whole)
                    .then(|| ours.in_sentences(at))
                    .flatten()
                    .map(|parts| parts.map(str::to_owned)),
            }));
        }
        let shared: HashSet<u32> = grams(ours.keys()).into_iter().collect();
        let shared = shared.intersection(&pieces).count();
        // What the page says of itself is no word of the text.
        let notes = [Language::ZhCn, Language::En].map(|in_| &words(in_).portal.amended_unmarked);
        let form = (notes.iter()).fold(form, |form, note| form.replace(note.as_str(), "\n"));
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
pub fn is_whole(
    settings: &SiteSettings,
    shelf: &Shelf,
    entry: &PortalEntry,
    words: &Wording,
) -> bool {
    let text = &entry.text;
    let short = entry.short.iter().chain(&text.sms).chain(&text.sms_en);
    let unsigned = short.map(|message| match message.split_once('】') {
        Some((signature, rest)) if signature.starts_with('【') && !settings.drill => rest,
        _ => message.as_str(),
    });
    let texts = std::iter::once(text.text.as_str()).chain(text.text_en.as_deref());
    let righted = righted_bodies(shelf, entry);
    let righted = righted.iter().map(String::as_str);
    texts.chain(unsigned).chain(righted).any(|content| {
        let content = bare(settings, content);
        let content = Wording::new(&content);
        !content.keys().is_empty() && words.find(&content).is_some()
    }) && words.keys().len() >= SHORTEST_PIECE
}

/// The text with the right words of its correction, and the short messages with them.
fn righted_bodies(shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    let Some(righted) = Righted::of(shelf, entry) else {
        return Vec::new();
    };
    let text = &entry.text;
    let bodies = std::iter::once(&text.text).chain(&text.text_en);
    let parts = bodies.chain(&text.sms).chain(&text.sms_en);
    parts.filter_map(|part| righted.text(part)).collect()
}

/// Whether `words` stand in what was published, before anything was corrected.
pub fn is_as_published(settings: &SiteSettings, entry: &PortalEntry, words: &Wording) -> bool {
    forms(entry).iter().any(|form| {
        let form = bare(settings, form);
        Wording::new(&form).find(words).is_some()
    })
}

/// What channels made of a text, with the right words of its correction: who passes it on does so with those.
pub fn righted_forms(shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    let righted = Righted::of(shelf, entry);
    let righted = righted.iter().flat_map(|righted| {
        let forms = forms(entry).into_iter();
        forms.filter_map(|form| righted.text(&form))
    });
    righted.collect()
}

/// What the words of `at` in `ours`, a form of `entry`, are worth: a saying that is refuted and the passage of a correction stand
/// there because they are wrong.
pub fn worth(
    shelf: &Shelf,
    entry: &PortalEntry,
    ours: &Wording,
    at: &Range<usize>,
    is_whole: bool,
) -> Worth {
    if is_whole {
        return Worth::Said;
    }
    let places = |words: &str| -> Vec<Range<usize>> {
        let words = Wording::new(words);
        match words.keys().is_empty() {
            true => Vec::new(),
            false => ours.places(&words).collect(),
        }
    };
    let within = |place: &Range<usize>| place.start <= at.start && at.end <= place.end;
    let touched = |place: &Range<usize>| place.start < at.end && at.start < place.end;
    if entry.kind == ItemKind::Refutation {
        // The facts that it gives are not what it refutes.
        let answer = entry.answered();
        let claims = answer.map(|answer| [answer.claim, answer.claim_en]);
        let claims: Vec<String> = claims.into_iter().flatten().flatten().collect();
        let is_claimed = |claim: &String| places(claim).iter().any(touched);
        return match claims.is_empty() || claims.iter().any(is_claimed) {
            true => Worth::Refuted,
            false => Worth::Said,
        };
    }
    let quoted = (entry.corrects.as_ref()).and_then(|corrects| corrects.passage.as_ref());
    let quoted = quoted.map(|passage| [Some(passage), passage.english.as_deref()]);
    let quoted = || quoted.into_iter().flatten().flatten();
    let own = [Language::ZhCn, Language::En].map(|language| passages(shelf, entry, language));
    let own = || own.iter().flatten();
    // What a correction made right another may have corrected since.
    let corrected = entry.corrects.as_ref();
    let corrected = corrected.and_then(|corrects| shelf.release(corrects.release.as_str()));
    let now = corrected.map(|original| {
        [Language::ZhCn, Language::En].map(|language| passages(shelf, original, language))
    });
    let still = |passage: &Passage| {
        let mut now = now.iter().flatten().flatten().peekable();
        now.peek().is_none() || now.any(|now| now.right.contains(&passage.right))
    };
    let is_right = |passage: &Passage| places(&passage.right).iter().any(within);
    match () {
        // The correction and the page of the corrected text set the right words beside the wrong ones.
        () if own().any(is_right) || quoted().any(|one| still(one) && is_right(one)) => {
            Worth::Righted
        }
        () if quoted().any(|one| !still(one) && is_right(one)) => Worth::Mistaken,
        () if quoted().any(|passage| places(&passage.wrong).iter().any(within)) => Worth::Mistaken,
        () if own().any(|passage| places(&passage.wrong).iter().any(touched)) => Worth::Mistaken,
        // A short message or the English text says the hour in words of its own.
        () if own()
            .filter_map(|passage| value(passage, has_chinese(ours.around(at.clone())[1])))
            .any(|(wrong, _)| places(&wrong).iter().any(touched)) =>
        {
            Worth::Mistaken
        }
        () if corrected_lines(shelf, entry)
            .iter()
            .any(|line| places(line).iter().any(within)) =>
        {
            Worth::Mistaken
        }
        () => Worth::Said,
    }
}

/// The lines of `entry` that a correction concerns, though it does not give their words.
fn corrected_lines(shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    let text = &entry.text;
    let of = |language, parts: [Option<&String>; 2]| -> Vec<String> {
        let Some(mend) = Mend::of(shelf, entry, language) else {
            return Vec::new();
        };
        let lines = parts.into_iter().flatten().flat_map(|part| part.lines());
        let near = lines.filter(|line| mend.is_near(line));
        near.map(str::to_owned).collect()
    };
    let mut lines = of(Language::ZhCn, [text.action.as_ref(), Some(&text.text)]);
    lines.extend(of(
        Language::En,
        [text.action_en.as_ref(), text.text_en.as_ref()],
    ));
    lines
}
