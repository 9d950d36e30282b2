//! Why something became of a release, and why a signature was not taken, in the reader's language.

use std::collections::BTreeMap;

use super::{fill, words};
use crate::domain::approval::Refusal;
use crate::domain::bulletin::{Language, NO_TEXT_YET};
use crate::domain::journal::act::Refused;
use crate::domain::level::ResponseLevel;
use crate::domain::reason;

table! {
    /// Reasons and refusals.
    Reason {
        declared_again, level_raised, level_lowered, grade_lowered, no_grade, response_ended, replaced, corrected, lifted, ordered_instead, nothing_to_lift, original_over, taken_over, original_not_out, original_given_up,
        facts_changed, hour_passed,
        no_other_channel, no_such_channel, correction,
        wrong_hash, not_shown, stale, stale_no_text, own_draft, own_words, already_signed, not_your_turn, not_pre_approved,
        no_fast_route,
    }
}

/// How many characters of a hash a person compares.
const SHOWN_OF_HASH: usize = 8;

/// What a correction of the text `name` is called.
pub fn correction_of(language: Language, name: &str) -> String {
    fill(&words(language).reason.correction, &[("name", name)])
}

/// A reason in words, without a full stop.
pub fn reason(language: Language, why: &reason::Reason) -> String {
    use reason::Reason as Why;
    let w = &words(language).reason;
    let level = |level: &ResponseLevel| match language {
        Language::ZhCn => level.zh().to_owned(),
        Language::En => level.en(),
    };
    match why {
        Why::DeclaredAgain => w.declared_again.clone(),
        Why::LevelRaised { to } => fill(&w.level_raised, &[("level", &level(to))]),
        Why::LevelLowered { to } => fill(&w.level_lowered, &[("level", &level(to))]),
        Why::GradeLowered { to } => {
            let grade = match (to, language) {
                (Some(grade), Language::ZhCn) => grade.zh().to_owned(),
                (Some(grade), Language::En) => grade.phrase().to_string(),
                (None, _) => w.no_grade.clone(),
            };
            fill(&w.grade_lowered, &[("grade", &grade)])
        }
        Why::ResponseEnded => w.response_ended.clone(),
        Why::Replaced { name, .. } => fill(&w.replaced, &[("name", name)]),
        Why::Corrected { by } => fill(&w.corrected, &[("by", by.as_str())]),
        Why::Lifted { by } => fill(&w.lifted, &[("by", by.as_str())]),
        Why::OrderedInstead { name } => fill(&w.ordered_instead, &[("name", name)]),
        Why::NothingToLift => w.nothing_to_lift.clone(),
        Why::OriginalOver => w.original_over.clone(),
        Why::TakenOver { name, .. } => fill(&w.taken_over, &[("name", name)]),
        Why::OriginalNotOut => w.original_not_out.clone(),
        Why::OriginalGivenUp => w.original_given_up.clone(),
        Why::FactsChanged => w.facts_changed.clone(),
        Why::HourPassed { fact, label } => {
            let name = match language {
                Language::ZhCn => label,
                Language::En => fact,
            };
            fill(&w.hour_passed, &[("name", name)])
        }
        Why::NoOtherChannel => w.no_other_channel.clone(),
        Why::NoSuchChannel => w.no_such_channel.clone(),
        Why::Said(words) => words.clone(),
    }
}

/// Why a signature was not taken, in words.
pub fn refused(language: Language, why: &Refused) -> String {
    let w = &words(language).reason;
    let short = |hash: &str| hash.chars().take(SHOWN_OF_HASH).collect::<String>();
    let refusal = match why {
        Refused::By(refusal) => refusal,
        Refused::Said(words) => return words.clone(),
    };
    match refusal {
        Refusal::WrongHash { seen, current } => fill(
            &w.wrong_hash,
            &[("seen", &short(seen)), ("current", &short(current))],
        ),
        Refusal::NotShown { code } => fill(&w.not_shown, &[("code", code)]),
        Refusal::Stale { newer: NO_TEXT_YET } => w.stale_no_text.clone(),
        Refusal::Stale { newer } => fill(&w.stale, &[("version", &newer.to_string())]),
        Refusal::OwnDraft => w.own_draft.clone(),
        Refusal::OwnWords => w.own_words.clone(),
        Refusal::AlreadySigned => w.already_signed.clone(),
        Refusal::NotYourTurn { waiting_for } => fill(&w.not_your_turn, &[("post", waiting_for)]),
        Refusal::NotPreApproved => w.not_pre_approved.clone(),
        Refusal::NoFastRoute => w.no_fast_route.clone(),
    }
}
