//! What is known here of a thing that somebody was sent: a link, a number, a code, a title, or words that were pasted.
//!
//! Pure. It says what was found and how it differs; never what a reader should leave undone, for a text that is not
//! found may be genuine all the same. A part of a text is never called true: what a refutation quotes stands in it too.

mod brief;
mod compared;
mod names;

use self::compared::compared;
use super::SiteSettings;
use super::akin::akin;
use super::fate::{self, Is, Over};
use super::links::{Only, linked, mentions_drill, without_marks};
use super::named::Named;
use super::names::by_name;
use super::page::mended::passages;
use super::righted::{Righted, value};
use super::shelf::{Shelf, is_amended};
use super::spoken_place::Places;
use super::undone::{Told, called_over, disowned, told};
use super::wording::{Piece, Wording};
use crate::domain::bulletin::Language;
use crate::domain::invisible::visible;
use crate::domain::plan::ItemKind;
use crate::domain::portal::{Passage, PortalEntry};
use std::collections::HashSet;

/// The longest question, in characters; what is longer is cut, and that is said.
pub const LONGEST: usize = 5_000;
/// More words than this were changed, not said.
const LONGEST_SAYING: usize = 45;
/// How many texts are listed.
pub const MOST_FOUND: usize = 10;
/// Signs and blanks in a row that are kept; more of them only fill the room.
const MOST_SIGNS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    NotAsked,
    Genuine,
    /// In force but for a passage that was corrected.
    Amended,
    /// Published here, but no longer true.
    Changed,
    /// In force, but in some of its places it was lifted.
    LiftedInPart,
    /// It names measures as going on that are over.
    NamedOver,
    Several,
    /// These words stand in a text of ours.
    Part,
    PartOfAmended,
    PartOfLifted,
    /// The words of a corrected text as they are right.
    Righted,
    /// These words stand in so many texts that they tell none from another.
    Common,
    /// A saying that is answered here.
    Refuted,
    /// What a text of ours said until it was corrected.
    Mistaken,
    /// A saying that something ordered is over, which it is nowhere.
    StillBinds,
    /// The same, and in some places it is.
    OverInPart,
    /// The same, and it is.
    IsLifted,
    /// A saying that something is ordered in a place, where something of the kind is, but otherwise.
    BindsThere,
    /// The same, and nothing in it is otherwise.
    StandsThere,
    /// The same, where something else is.
    OtherThere,
    /// The same, where nothing is.
    NothingThere,
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
            [one] => match fate::is(shelf, one) {
                Is::InForce | Is::LiftedInPart if is_amended(one) => Verdict::Amended,
                Is::InForce => Verdict::Genuine,
                Is::LiftedInPart => Verdict::LiftedInPart,
                Is::Over(_) | Is::Void(_) => Verdict::Changed,
            },
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
    // What part of a saying says of an order is answered by the order, whatever else was said with it.
    if judged.verdict == Verdict::Refuted
        && let Some(told) = told(settings, shelf, &asked)
        && !matches!(told, Told::Nothing | Told::Near(_) | Told::Other(_))
    {
        let of_order = of_orders(shelf, told, &asked);
        if !judged.found.iter().any(|one| is_claimed(one, &asked)) {
            return marked(of_order, is_of_drill);
        }
        judged.found.extend(of_order.found);
    }
    let places = Places::named(settings, shelf, &asked);
    let is_elsewhere =
        |entry: &PortalEntry| entry.binds && !places.is_empty() && !places.concern(entry);
    if matches!(judged.verdict, Verdict::Altered | Verdict::Akin)
        && judged.found.iter().all(|one| is_elsewhere(one))
    {
        judged = Judgement::of(Verdict::Unknown);
    }
    // What people say of an order with the hour or the place that is right by now, is no copy of the text that has the wrong one.
    if judged.verdict == Verdict::Altered
        && Wording::new(&asked).keys().len() <= LONGEST_SAYING
        && judged.found.iter().any(|one| is_amended(one))
        && let Some(told @ Told::Stands(_)) = told(settings, shelf, &asked)
    {
        return marked(of_orders(shelf, told, &asked), is_of_drill);
    }
    // Whoever brings the right words in others is shown the correction, since the text itself still has the wrong ones.
    if judged.verdict == Verdict::Altered
        && let [one] = *judged.found.as_slice()
        && let Some(correction) = shelf.correction(one)
        && names_right(shelf, one, &asked)
    {
        judged.found = vec![correction, one];
    }
    // A saying is no copy that somebody changed.
    if judged.verdict == Verdict::Altered
        && Wording::new(&asked).keys().len() <= LONGEST_SAYING
        && let Some(told) = called_over(settings, shelf, &asked)
    {
        return marked(of_orders(shelf, told, &asked), is_of_drill);
    }
    // What somebody adds to an order may call it over.
    let added = match judged.verdict {
        Verdict::Within => theirs(&judged.differences),
        Verdict::OnlyNamed | Verdict::OurLink => asked.clone(),
        _ => String::new(),
    };
    if let [one] = judged.found.as_slice()
        && let Some(is) = disowned(shelf, one, &added)
    {
        judged.verdict = match is {
            Is::InForce => Verdict::StillBinds,
            Is::LiftedInPart => Verdict::OverInPart,
            Is::Over(Over::Lifted) => Verdict::IsLifted,
            _ => judged.verdict,
        };
    }
    if matches!(judged.verdict, Verdict::Unknown | Verdict::TooShort) {
        let mut akin = akin(shelf, &asked);
        akin.retain(|one| !is_elsewhere(one));
        let answered = akin.iter().any(|one| one.kind == ItemKind::Refutation);
        let told = told(settings, shelf, &asked).filter(|_| !answered);
        judged = match told {
            Some(told) => of_orders(shelf, told, &asked),
            None if akin.is_empty() => judged,
            None => Judgement::listing(Verdict::Akin, akin),
        };
    }
    judged.verdict = of_named(shelf, &judged, &asked);
    if is_cut {
        judged.verdict = match judged.verdict {
            Verdict::Genuine
            | Verdict::NamedOver
            | Verdict::LiftedInPart
            | Verdict::Amended
            | Verdict::Righted
            | Verdict::Several
            | Verdict::Part
            | Verdict::PartOfAmended
            | Verdict::PartOfLifted
            | Verdict::Common => Verdict::Begun,
            verdict => verdict,
        };
    }
    marked(judged, is_of_drill)
}

/// Whether `asked` has the right words of a correction of `entry`, or the hour or number that they give.
fn names_right(shelf: &Shelf, entry: &PortalEntry, asked: &str) -> bool {
    let asked = Wording::new(asked);
    let has = |words: &str| asked.find(&Wording::new(words)).is_some();
    let all = [Language::ZhCn, Language::En].map(|language| passages(shelf, entry, language));
    let mut all = all.iter().flatten();
    all.any(|one| has(&one.right) || value(one, false).is_some_and(|(_, right)| has(&right)))
}

/// Whether `asked` holds all that `entry` calls a rumour.
fn is_claimed(entry: &PortalEntry, asked: &str) -> bool {
    let answer = entry.answered();
    let claims = answer.map(|answer| [answer.claim, answer.claim_en]);
    let asked = Wording::new(asked);
    let has = |claim: String| asked.find(&Wording::new(&claim)).is_some();
    claims.into_iter().flatten().flatten().any(has)
}

/// What is said of words that call measures binding which are over.
fn of_named(shelf: &Shelf, judged: &Judgement, asked: &str) -> Verdict {
    let [one] = judged.found.as_slice() else {
        return judged.verdict;
    };
    let named = Named::of(shelf, one).filter(|named| named.since().is_some());
    match (judged.verdict, named) {
        (Verdict::Genuine, Some(_)) => Verdict::NamedOver,
        (Verdict::Part, Some(named)) if named.sends_there(asked) => Verdict::NamedOver,
        (verdict, _) => verdict,
    }
}

/// The words that somebody added, or put in the place of ours.
fn theirs(differences: &[Piece]) -> String {
    let theirs = differences.iter().filter_map(|piece| match piece {
        Piece::Theirs(words) => Some(words.as_str()),
        _ => None,
    });
    theirs.collect::<Vec<_>>().join("，")
}

/// What a saying about orders is answered with.
fn of_orders<'e>(shelf: &'e Shelf, told: Told<'e>, asked: &str) -> Judgement<'e> {
    let listing = Judgement::listing;
    let found = match told {
        Told::Nothing => return Judgement::of(Verdict::NothingThere),
        Told::StillBinds(found) => return listing(Verdict::StillBinds, found),
        Told::OverInPart(found) => return listing(Verdict::OverInPart, found),
        Told::IsLifted(found) => return listing(Verdict::IsLifted, found),
        Told::Other(found) => return listing(Verdict::OtherThere, found),
        Told::Near(found) => return listing(Verdict::Akin, found),
        Told::Stands(found) => return listing(Verdict::StandsThere, found),
        Told::Differs(found) => found,
    };
    // It says what the order said until it was corrected.
    let is_mistaken = |one: &&&PortalEntry| {
        let asked = Wording::new(asked);
        let wrong = |passage: &Passage| {
            let by_value = value(passage, true).map(|(wrong, _)| wrong);
            let mut said = by_value.iter().chain([&passage.wrong]);
            said.any(|wrong| asked.find(&Wording::new(wrong)).is_some())
        };
        passages(shelf, one, Language::ZhCn).iter().any(wrong)
    };
    if let Some(one) = found.iter().find(is_mistaken) {
        let correction = shelf.correction(one).into_iter();
        return listing(Verdict::Mistaken, correction.chain([*one]).collect());
    }
    let differences = found.first().and_then(|one| {
        let ours = nearest_sentence(shelf, one, asked)?;
        Some(vec![
            Piece::Ours(ours),
            Piece::Theirs(asked.trim().to_owned()),
        ])
    });
    Judgement {
        differences: differences.unwrap_or_default(),
        ..Judgement::listing(Verdict::BindsThere, found)
    }
}

/// The sentence of `entry` that has most of the words of `asked`.
fn nearest_sentence(shelf: &Shelf, entry: &PortalEntry, asked: &str) -> Option<String> {
    let asked: HashSet<u64> = Wording::new(asked).keys().iter().copied().collect();
    let text = &entry.text;
    let parts = [
        text.action.as_ref(),
        Some(&text.text),
        text.text_en.as_ref(),
    ];
    let righted = Righted::of(shelf, entry);
    let parts = parts.into_iter().flatten().map(|part| {
        let righted = righted.as_ref().and_then(|righted| righted.text(part));
        righted.unwrap_or_else(|| part.clone())
    });
    let parts: Vec<String> = parts.collect();
    let sentences = parts.iter().flat_map(|part| part.split(['。', '；', '\n']));
    let shared = |sentence: &str| {
        let keys: HashSet<u64> = Wording::new(sentence).keys().iter().copied().collect();
        keys.intersection(&asked).count()
    };
    // Of equal ones the first.
    let best = sentences.map(|sentence| (shared(sentence), sentence));
    let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 > 2).then(|| best.1.trim().to_owned())
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
        | Verdict::Mistaken
        | Verdict::StillBinds
        | Verdict::OverInPart
        | Verdict::IsLifted
        | Verdict::BindsThere
        | Verdict::StandsThere
        | Verdict::OtherThere
        | Verdict::NothingThere
        | Verdict::Akin
        | Verdict::OnlyNamed
        | Verdict::OurLink
        | Verdict::Begun => judged.verdict,
        _ => Verdict::MarkedDrill,
    };
    judged
}
