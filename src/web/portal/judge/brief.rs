//! Words that are too few to be looked up: a rumour that a refutation quotes, a passage that a correction names.

use super::{Judgement, Verdict};
use crate::domain::bulletin::Language;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;
use crate::web::portal::SiteSettings;
use crate::web::portal::page::mended::passages;
use crate::web::portal::register::SHORTEST_PIECE;
use crate::web::portal::resemble::{is_as_published, righted_forms};
use crate::web::portal::righted::value;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::wording::Wording;

/// So many words can be a rumour.
const SHORTEST_RUMOUR: usize = 4;
/// The part of a clause that says what the clause says.
const MOST_OF: (usize, usize) = (3, 5);
/// So many words of a passage are told from words that anybody may say.
const SHORTEST_PASSAGE: usize = 6;

/// The refutations of a rumour of a few words; no register keeps so few. Words that are only some of what is claimed may be of
/// another matter, so what they are near to is shown and nothing said of them.
pub(super) fn refuted<'e>(shelf: &'e Shelf, asked: &Wording) -> Option<Judgement<'e>> {
    let words = asked.keys().len();
    if words < SHORTEST_RUMOUR {
        return None;
    }
    let is_most = |clause: &str| {
        let clause = Wording::new(clause);
        let (most, of) = MOST_OF;
        clause.find(asked).is_some() && words * of >= clause.keys().len() * most
    };
    let quoting: Vec<(&PortalEntry, bool)> = shelf
        .current()
        .filter(|entry| entry.kind == ItemKind::Refutation)
        .filter_map(|entry| {
            let claims = claims(entry);
            let claim = claims
                .iter()
                .find(|claim| Wording::new(claim).find(asked).is_some())?;
            let clauses: Vec<&str> = claim.split(['，', '。', '；', '！', ',', '.']).collect();
            let in_one = clauses
                .iter()
                .any(|clause| Wording::new(clause).find(asked).is_some());
            Some((entry, !in_one || clauses.into_iter().any(is_most)))
        })
        .collect();
    let said: Vec<&PortalEntry> = (quoting.iter())
        .filter_map(|(entry, is_said)| is_said.then_some(*entry))
        .collect();
    match (said.is_empty(), quoting.is_empty()) {
        (_, true) => None,
        (false, _) => Some(Judgement::listing(Verdict::Refuted, said)),
        (true, _) => {
            let near = quoting.into_iter().map(|(entry, _)| entry).collect();
            Some(Judgement::listing(Verdict::Akin, near))
        }
    }
}

/// What is being said, as far as a refutation gives it: what it names as that, and what it sets in quotation marks.
fn claims(entry: &PortalEntry) -> Vec<String> {
    let text = &entry.text;
    let texts = [Some(&text.title), Some(&text.text), text.text_en.as_ref()];
    let quoted = texts.into_iter().flatten().flat_map(|text| {
        let quoted = text.split('“').skip(1);
        quoted.filter_map(|rest| rest.split_once('”'))
    });
    let quoted = quoted.map(|(said, _)| said.to_owned());
    let answer = entry.answered();
    let claims = answer.map(|answer| [answer.claim, answer.claim_en]);
    let claims = claims.into_iter().flatten().flatten();
    claims.chain(quoted).collect()
}

/// What a correction says of `asked`, if that is one of its two passages, in either language.
pub(super) fn corrected<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    asked: &Wording,
) -> Option<Judgement<'e>> {
    if asked.keys().len() < SHORTEST_PASSAGE {
        return None;
    }
    let is_asked = |words: &str| Wording::new(words).keys() == asked.keys();
    shelf.all().iter().find_map(|entry| {
        let corrects = entry.corrects.as_ref()?;
        let passage = corrects.passage.as_ref()?;
        let original = shelf.release(corrects.release.as_str())?;
        // What one made right another may have corrected since.
        let now = [Language::ZhCn, Language::En].map(|in_| passages(shelf, original, in_));
        let now = || now.iter().flatten();
        let both = [Some(passage), passage.english.as_deref()];
        let mut said = both.into_iter().flatten().chain(now());
        let verdict = match () {
            () if now().any(|passage| is_asked(&passage.right)) => righted(shelf, original),
            () if said.any(|one| is_asked(&one.wrong) || is_asked(&one.right)) => Verdict::Mistaken,
            () if asked.keys().len() >= SHORTEST_PIECE => return None,
            // A few words that hold the passage, or the hour that it is about.
            () if is_as_published(settings, original, asked) => {
                let has = |wrong: &str| asked.find(&Wording::new(wrong)).is_some();
                let by_value =
                    |passage| value(passage, false).is_some_and(|(wrong, _)| has(&wrong));
                match now().any(|passage| has(&passage.wrong) || by_value(passage)) {
                    true => Verdict::Mistaken,
                    false => return None,
                }
            }
            () if (righted_forms(shelf, original).iter())
                .any(|form| Wording::new(form).find(asked).is_some()) =>
            {
                righted(shelf, original)
            }
            () => return None,
        };
        Some(Judgement::listing(verdict, vec![entry, original]))
    })
}

/// What the right words of a corrected text are worth.
pub(super) fn righted(shelf: &Shelf, original: &PortalEntry) -> Verdict {
    match shelf.holds(original) {
        true => Verdict::Righted,
        false => Verdict::Changed,
    }
}
