//! What is known here of a thing that somebody was sent: a link, a number, a code, a title, or words that were pasted.
//!
//! Pure. It says what was found and how it differs; never what a reader should leave undone, for a text that is not
//! found may be genuine all the same. A part of a text is never called true: what a refutation quotes stands in it too.

use super::SiteSettings;
use super::akin::akin;
use super::links::{Linked, Only, bare, linked, mentions_drill, without_marks};
use super::names::by_name;
use super::register::SHORTEST_PIECE;
use super::resemble::{Copied, Resemblance, is_refuted, is_whole, resemblance};
use super::shelf::{Shelf, is_amended};
use super::wording::{Likeness, Piece, Wording};
use crate::domain::invisible::visible;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;

/// The longest question, in characters; what is longer is cut, and that is said.
pub const LONGEST: usize = 5_000;
/// How many texts are listed.
pub const MOST_FOUND: usize = 10;
/// How much of a pasted text must stand here so that it is compared: so many words, and so great a part.
const ALIKE: (usize, f64) = (8, 0.4);
/// So many words can be a rumour.
const SHORTEST_RUMOUR: usize = 4;
/// So many words of ours are told from words around them, however many those are.
const SENTENCE: usize = 16;
/// Signs and blanks in a row that are kept; more of them only fill the room.
const MOST_SIGNS: usize = 8;
/// A piece that so many texts have is their common wording.
const COMMON: usize = 4;
/// So many words beside a link of ours say nothing of their own.
const BESIDE_LINK: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    NotAsked,
    Genuine,
    /// In force but for a passage that was corrected.
    Amended,
    /// Published here, but no longer true.
    Changed,
    Several,
    /// These words stand in a text of ours.
    Part,
    PartOfAmended,
    /// These words stand in so many texts that they tell none from another.
    Common,
    /// These words stand here only because they are wrong.
    Refuted,
    /// The beginning stands here; the rest was too long to be compared.
    Begun,
    /// A text of ours stands in it unchanged, with words around it that are not ours.
    Within,
    /// A text of ours, with other words in it.
    Altered,
    /// An address of another site.
    Foreign,
    /// A link of ours, with hardly a word beside it.
    OurLink,
    /// A link or number of ours, among words that are not.
    OnlyNamed,
    /// A real text with the mark of an exercise that is not ours.
    MarkedDrill,
    /// A text of an exercise that is like a real one.
    LikeDrill,
    /// A text of an exercise, which this site does not keep.
    Drill,
    /// Few words, not found, and near to what a text of ours is called or answers.
    Akin,
    /// Too few words to tell.
    TooShort,
    Unknown,
}

#[derive(Debug)]
pub struct Judgement<'e> {
    pub verdict: Verdict,
    pub found: Vec<&'e PortalEntry>,
    pub differences: Vec<Piece>,
    /// The sentence that a part was taken out of: what stands before it, the part, what stands behind.
    pub sentence: Option<[String; 3]>,
    /// How many more fit than are listed.
    pub more: usize,
    /// How many texts have a common piece.
    pub holders: usize,
}

impl<'e> Judgement<'e> {
    fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            found: Vec::new(),
            differences: Vec::new(),
            sentence: None,
            more: 0,
            holders: 0,
        }
    }

    fn listing(verdict: Verdict, mut found: Vec<&'e PortalEntry>) -> Self {
        let more = found.len().saturating_sub(MOST_FOUND);
        found.truncate(MOST_FOUND);
        Self {
            found,
            more,
            ..Self::of(verdict)
        }
    }

    /// Texts that were named, or are whole.
    fn whole(shelf: &Shelf, found: Vec<&'e PortalEntry>) -> Self {
        let verdict = match found.as_slice() {
            [] => Verdict::Unknown,
            [one] if one.standing.is_current() => Verdict::Genuine,
            [one] if is_amended(one) && shelf.holds(one) => Verdict::Amended,
            [_] => Verdict::Changed,
            _ => Verdict::Several,
        };
        Self::listing(verdict, found)
    }
}

/// What is compared of what somebody pasted, and whether that is not all. What nobody sees and rows of signs are left out
/// first, so that they push nothing over the end.
pub fn comparable(pasted: &str) -> (String, bool) {
    let mut out = String::new();
    let mut signs = 0;
    for c in visible(pasted).chars() {
        signs = if c.is_alphanumeric() { 0 } else { signs + 1 };
        if signs <= MOST_SIGNS {
            out.push(c);
        }
    }
    let Some((end, _)) = out.char_indices().nth(LONGEST) else {
        return (out, false);
    };
    // Half a number is another number.
    let kept =
        out[..end].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || ".:-".contains(c));
    let end = if kept.is_empty() { end } else { kept.len() };
    out.truncate(end);
    (out, true)
}

/// What takes no comparing: a name, a code, or a link alone. None when words must be compared.
pub fn at_once<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
) -> Option<Judgement<'e>> {
    if question.is_empty() {
        return Some(Judgement::of(Verdict::NotAsked));
    }
    let is_of_drill = !settings.drill && mentions_drill(question);
    let unmarked;
    let asked = if is_of_drill {
        unmarked = without_marks(question);
        unmarked.trim()
    } else {
        question
    };
    let named = by_name(shelf, asked);
    if !named.is_empty() {
        let wording = Wording::new(asked);
        let is_title = |entry: &&PortalEntry| {
            entry.kind == ItemKind::Refutation
                && wording.keys() == Wording::new(&entry.text.title).keys()
        };
        if named.iter().any(is_title) {
            return Some(Judgement::listing(Verdict::Refuted, named));
        }
        return Some(marked(Judgement::whole(shelf, named), is_of_drill));
    }
    let links = linked(settings, shelf, asked);
    match links.only {
        Only::Foreign if !is_of_drill => Some(Judgement::of(Verdict::Foreign)),
        Only::Ours if !links.found.is_empty() => {
            let judged = Judgement::whole(shelf, links.found);
            Some(marked(judged, is_of_drill))
        }
        _ => None,
    }
}

/// `page` gives the words that a text's own pages show, in every language: a reader may have copied from there.
pub fn judge<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    (question, is_cut): (&str, bool),
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Judgement<'e> {
    if let Some(judged) = at_once(settings, shelf, question).filter(|_| !is_cut) {
        return judged;
    }
    let is_of_drill = !settings.drill && mentions_drill(question);
    let asked = match is_of_drill {
        true => without_marks(question),
        false => question.to_owned(),
    };
    let links = linked(settings, shelf, &asked);
    let mut judged = compared(settings, shelf, &asked, links, page);
    if matches!(judged.verdict, Verdict::Unknown | Verdict::TooShort) {
        let akin = akin(shelf, &asked);
        if !akin.is_empty() {
            judged = Judgement::listing(Verdict::Akin, akin);
        }
    }
    if is_cut {
        judged.verdict = match judged.verdict {
            Verdict::Genuine
            | Verdict::Amended
            | Verdict::Several
            | Verdict::Part
            | Verdict::PartOfAmended
            | Verdict::Common => Verdict::Begun,
            verdict => verdict,
        };
    }
    marked(judged, is_of_drill)
}

/// What the mark of an exercise makes of a judgement.
fn marked(mut judged: Judgement, is_of_drill: bool) -> Judgement {
    if !is_of_drill {
        return judged;
    }
    judged.verdict = match judged.verdict {
        Verdict::Unknown | Verdict::TooShort => Verdict::Drill,
        Verdict::Altered => Verdict::LikeDrill,
        Verdict::Refuted
        | Verdict::Akin
        | Verdict::OnlyNamed
        | Verdict::OurLink
        | Verdict::Begun => judged.verdict,
        _ => Verdict::MarkedDrill,
    };
    judged
}

/// The text that `question` is a copy of, or that it resembles most; the linked ones are looked at first.
fn compared<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
    links: Linked<'e>,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Judgement<'e> {
    let asked_text = bare(settings, question);
    let asked = Wording::new(&asked_text);
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
        if !copies.iter().all(|(_, copied)| copied.is_refuted) {
            copies.clear();
        }
        best = None;
    }
    if !copies.is_empty() {
        return copied(shelf, &asked, copies);
    }
    if words < SHORTEST_PIECE && hinted.is_empty() {
        let refuting = refuting(shelf, &asked);
        return match refuting.is_empty() {
            true => Judgement::of(Verdict::TooShort),
            false => Judgement::listing(Verdict::Refuted, refuting),
        };
    }
    let (fewest, part) = ALIKE;
    // Only the likeliest is compared word by word, since that is what takes time.
    let best = best
        .and_then(|(entry, like)| Some((entry, like.closely(&asked)?)))
        .filter(|(entry, (form, like))| !is_office(entry, form, like));
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
                    || has_all(settings, entry, &form, &like)) =>
        {
            let ours = Wording::new(&form);
            let has_all = has_all(settings, entry, &form, &like);
            let is_refuted = is_refuted(shelf, entry, &ours, &like.core, has_all);
            let verdict = match () {
                () if is_refuted => Verdict::Refuted,
                () if like.is_whole => Verdict::Within,
                () => Verdict::Altered,
            };
            let sentence = (verdict == Verdict::Within)
                .then(|| ours.in_sentences(like.core))
                .flatten();
            Judgement {
                found: vec![entry],
                differences: like.pieces,
                sentence: sentence.map(|parts| parts.map(str::to_owned)),
                ..Judgement::of(verdict)
            }
        }
        _ if hinted.is_empty() => Judgement::of(Verdict::Unknown),
        _ if links.has_link && words <= BESIDE_LINK => Judgement::listing(Verdict::OurLink, hinted),
        _ => Judgement::listing(Verdict::OnlyNamed, hinted),
    }
}

/// The refutations that quote a rumour of a few words; no register keeps so few.
fn refuting<'e>(shelf: &'e Shelf, asked: &Wording) -> Vec<&'e PortalEntry> {
    if asked.keys().len() < SHORTEST_RUMOUR {
        return Vec::new();
    }
    let quotes = |text: &str| {
        let quoted = text.split('“').skip(1);
        let quoted = quoted.filter_map(|rest| rest.split_once('”'));
        let mut quoted = quoted.map(|(said, _)| said);
        quoted.any(|said| Wording::new(said).find(asked).is_some())
    };
    let refuting = shelf.current().filter(|entry| {
        let text = &entry.text;
        let texts = [Some(&text.title), Some(&text.text), text.text_en.as_ref()];
        entry.kind == ItemKind::Refutation && texts.into_iter().flatten().any(|text| quotes(text))
    });
    refuting.collect()
}

/// Whether what two texts share is all that the one of ours says.
fn has_all(settings: &SiteSettings, entry: &PortalEntry, form: &str, like: &Likeness) -> bool {
    let ours = Wording::new(form);
    let [_, shared, _] = ours.around(like.core.clone());
    is_whole(settings, entry, &Wording::new(shared))
}

/// Whether what two texts share is only the name of who says it.
fn is_office(entry: &PortalEntry, form: &str, like: &Likeness) -> bool {
    let text = &entry.text;
    let names = [
        Some(&entry.body_name),
        entry.body_name_en.as_ref(),
        Some(&text.signed_body),
        text.signed_body_en.as_ref(),
    ];
    names
        .into_iter()
        .flatten()
        .any(|name| shares(form, like, name))
}

/// Whether it is only what the text is called, or what it is about.
fn is_title(entry: &PortalEntry, form: &str, like: &Likeness) -> bool {
    let names = [
        Some(&entry.text.title),
        entry.text.title_en.as_ref(),
        Some(&entry.incident_title),
    ];
    names
        .into_iter()
        .flatten()
        .any(|name| shares(form, like, name))
}

/// Whether hardly a word beside `name` is shared.
fn shares(form: &str, like: &Likeness, name: &str) -> bool {
    /// So many words are shared by chance.
    const CHANCE: usize = 3;
    let (ours, name) = (Wording::new(form), Wording::new(name));
    if name.keys().is_empty() {
        return false;
    }
    let overlap = |place: std::ops::Range<usize>| {
        let (from, to) = (
            place.start.max(like.core.start),
            place.end.min(like.core.end),
        );
        to.saturating_sub(from)
    };
    let named = ours.places(&name).map(overlap).max().unwrap_or(0);
    named > 0 && like.same <= named + CHANCE
}

/// What was found word for word: all of a text counts before a part of one, and what is wrong before both.
fn copied<'e>(
    shelf: &Shelf,
    asked: &Wording,
    copies: Vec<(&'e PortalEntry, Copied)>,
) -> Judgement<'e> {
    let of = |wanted: &dyn Fn(&Copied) -> bool| -> Vec<&'e PortalEntry> {
        let fitting = copies.iter().filter(|(_, copied)| wanted(copied));
        fitting.map(|(entry, _)| *entry).collect()
    };
    let found = of(&|_| true);
    let refuted = of(&|copied| copied.is_refuted).len();
    if refuted == found.len() {
        return Judgement::listing(Verdict::Refuted, found);
    }
    let whole = of(&|copied| copied.is_whole);
    if !whole.is_empty() && refuted == 0 {
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
        verdict => verdict,
    };
    Judgement {
        verdict,
        sentence,
        ..judged
    }
}
