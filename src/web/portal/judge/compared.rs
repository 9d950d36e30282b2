//! Words that somebody pasted, beside the texts that they may be a copy of.

use super::brief::{corrected, refuted, righted};
use super::names::{is_office, is_title, quoted};
use super::{Judgement, MOST_FOUND, Verdict};
use crate::domain::portal::PortalEntry;
use crate::web::portal::SiteSettings;
use crate::web::portal::links::{Linked, bare};
use crate::web::portal::register::SHORTEST_PIECE;
use crate::web::portal::resemble::{Copied, Resemblance, Worth, is_whole, resemblance, worth};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::wording::{Likeness, Wording, by_phrase};

/// How much of a pasted text must stand here so that it is compared: so many words, and so great a part.
const ALIKE: (usize, f64) = (8, 0.4);
/// So many words of ours are told from words around them, however many those are.
const SENTENCE: usize = 16;
/// A piece that so many texts have is their common wording.
const COMMON: usize = 4;
/// So many words beside a link of ours say nothing of their own.
const BESIDE_LINK: usize = 4;

/// The text that `question` is a copy of, or that it resembles most; the linked ones are looked at first.
pub(super) fn compared<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
    links: Linked<'e>,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Judgement<'e> {
    let asked_text = bare(settings, question);
    let asked = Wording::new(&asked_text);
    if let Some(judged) = corrected(settings, shelf, &asked) {
        return judged;
    }
    let words = asked.keys().len();
    let hinted = links.found;
    let titled = shelf.at(shelf.register().named(&asked).iter().copied());
    if let Some(one) = titled
        .into_iter()
        .find(|one| hinted.iter().any(|other| other.release == one.release))
    {
        return Judgement::whole(shelf, vec![one]);
    }
    let mut near = hinted.clone();
    near.truncate(MOST_FOUND);
    for entry in shelf.at(shelf.register().resembling(&asked).into_iter()) {
        if !near.iter().any(|other| other.release == entry.release) {
            near.push(entry);
        }
    }
    let mut copies: Vec<(&PortalEntry, Copied)> = Vec::new();
    let mut best: Option<(&PortalEntry, Resemblance)> = None;
    for entry in near {
        match resemblance(settings, shelf, entry, &asked, &page) {
            Some(Resemblance::Copy(copied)) => copies.push((entry, copied)),
            Some(like)
                if best
                    .as_ref()
                    .is_none_or(|(_, other)| like.shared() > other.shared()) =>
            {
                best = Some((entry, like));
            }
            _ => {}
        }
    }
    if words < SHORTEST_PIECE {
        if !copies.iter().all(|(_, copied)| copied.is_wrong()) {
            copies.clear();
        }
        best = None;
    }
    // What only quotes a title is not what that is the title of.
    let is_titled = |entry: &PortalEntry| {
        let titles = [Some(&entry.text.title), entry.text.title_en.as_ref()];
        let mut titles = titles.into_iter().flatten();
        titles.any(|title| Wording::new(title).find(&asked).is_some())
    };
    if copies.iter().any(|(entry, _)| is_titled(entry)) {
        copies.retain(|(entry, _)| is_titled(entry));
    }
    if !copies.is_empty() {
        return copied(shelf, &asked, copies);
    }
    if words < SHORTEST_PIECE && hinted.is_empty() {
        return refuted(shelf, &asked).unwrap_or_else(|| Judgement::of(Verdict::TooShort));
    }
    let (fewest, part) = ALIKE;
    // Only the likeliest is compared word by word, since that is what takes time.
    let best = best
        .and_then(|(entry, like)| Some((entry, like.closely(&asked)?)))
        .filter(|(entry, (form, like))| !is_office(entry, form, like));
    if let Some((entry, (form, like))) = &best
        && let Some(quoted) = quoted(shelf, entry, form, like)
    {
        return Judgement::listing(Verdict::OnlyNamed, vec![quoted]);
    }
    match best {
        Some((entry, (form, like))) if is_title(entry, &form, &like) && words > like.same + 3 => {
            let found = if hinted.is_empty() {
                vec![entry]
            } else {
                hinted
            };
            Judgement::listing(Verdict::OnlyNamed, found)
        }
        Some((entry, (form, like)))
            if like.same >= fewest
                && (like.is_whole && like.same >= SENTENCE
                    || like.same as f64 >= part * words as f64
                    || has_all(settings, shelf, entry, &form, &like)) =>
        {
            let ours = Wording::new(&form);
            let has_all = has_all(settings, shelf, entry, &form, &like);
            let verdict = match worth(shelf, entry, &ours, &like.core, has_all) {
                Worth::Refuted => Verdict::Refuted,
                Worth::Mistaken => Verdict::Mistaken,
                _ if like.is_whole => Verdict::Within,
                _ => Verdict::Altered,
            };
            let sentence = (verdict == Verdict::Within)
                .then(|| ours.in_sentences(like.core))
                .flatten();
            Judgement {
                found: vec![entry],
                // Words around a text of ours are no part of its sentences.
                differences: match verdict {
                    Verdict::Within => like.pieces,
                    _ => by_phrase(like.pieces),
                },
                sentence: sentence.map(|parts| parts.map(str::to_owned)),
                ..Judgement::of(verdict)
            }
        }
        _ if hinted.is_empty() => Judgement::of(Verdict::Unknown),
        _ if links.has_link && words <= BESIDE_LINK => Judgement::listing(Verdict::OurLink, hinted),
        _ => Judgement::listing(Verdict::OnlyNamed, hinted),
    }
}

/// Whether what two texts share is all that the one of ours says.
fn has_all(
    settings: &SiteSettings,
    shelf: &Shelf,
    entry: &PortalEntry,
    form: &str,
    like: &Likeness,
) -> bool {
    let ours = Wording::new(form);
    let [_, shared, _] = ours.around(like.core.clone());
    is_whole(settings, shelf, entry, &Wording::new(shared))
}

/// What was found word for word: all of a text counts before a part of one, and what is wrong before both.
fn copied<'e>(
    shelf: &'e Shelf,
    asked: &Wording,
    copies: Vec<(&'e PortalEntry, Copied)>,
) -> Judgement<'e> {
    let of = |wanted: &dyn Fn(&Copied) -> bool| -> Vec<&'e PortalEntry> {
        let fitting = copies.iter().filter(|(_, copied)| wanted(copied));
        fitting.map(|(entry, _)| *entry).collect()
    };
    let found = of(&|_| true);
    let rumour = of(&|copied| copied.worth == Worth::Refuted);
    let wrong = of(&Copied::is_wrong).len();
    if wrong == found.len() {
        return match rumour.is_empty() {
            true => Judgement::listing(Verdict::Mistaken, found),
            false => Judgement::listing(Verdict::Refuted, rumour),
        };
    }
    // The correction is what is in force; the text that it mends stands behind it.
    if let Some(one) = of(&|copied| copied.worth == Worth::Righted).first() {
        let of_correction =
            (one.corrects.as_ref()).and_then(|corrects| shelf.release(corrects.release.as_str()));
        let original = of_correction.unwrap_or(one);
        let correction = shelf.correction(original);
        let found = correction.into_iter().chain([original]).collect();
        return Judgement::listing(righted(shelf, original), found);
    }
    let whole = of(&|copied| copied.is_whole);
    if !whole.is_empty() && wrong == 0 {
        return Judgement::whole(shelf, whole);
    }
    if found.len() >= COMMON {
        let holders = shelf.register().holders(asked).max(found.len());
        return Judgement {
            holders,
            ..Judgement::listing(Verdict::Common, found)
        };
    }
    let sentence = copies
        .into_iter()
        .next()
        .and_then(|(_, copied)| copied.sentence);
    let judged = Judgement::whole(shelf, found);
    let verdict = match judged.verdict {
        Verdict::Genuine => Verdict::Part,
        Verdict::Amended => Verdict::PartOfAmended,
        Verdict::LiftedInPart => Verdict::PartOfLifted,
        verdict => verdict,
    };
    Judgement {
        verdict,
        sentence,
        ..judged
    }
}
