//! What a score comes to, as sentences: its verdict, its causes, what happened meanwhile, and what to change.
//!
//! Words stand in `locales/*/said/drill.toml`; nothing here judges.

mod advice;
mod cause;
mod many;
mod marks;

pub use advice::Change;
pub use cause::{Kind, step_name};

use super::score::{Begun, Cause, Limit, Names, ReleaseScore, Score, Verdict};
use super::words::span;
use crate::domain::bulletin::Language;
use crate::domain::deadline::Anchor;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::words::{correction_of, say};

/// Names of texts in one sentence.
const NAMED: usize = 3;

/// Tells of a score in one language.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    pub names: &'a Names,
    pub language: Language,
}

impl<'a> Teller<'a> {
    pub fn of(score: &'a Score, language: Language) -> Self {
        let names = &score.names;
        Self { names, language }
    }

    pub fn say(&self, phrase: &Phrase) -> String {
        say(self.language, phrase)
    }

    /// The name of a release, and which of those that went out, or were to go out, it is.
    pub fn release(&self, release: &ReleaseScore) -> String {
        let name = match self
            .names
            .items
            .get(&format!("{}/{}", release.plan, release.item))
        {
            Some(name) if release.correction => {
                correction_of(self.language, name.say(self.language))
            }
            Some(name) => name.say(self.language).to_owned(),
            None => release.name.clone(),
        };
        let number = release.nth.filter(|n| *n > 1).map(|n| n.to_string());
        match (number, release.published_at) {
            (Some(number), Some(_)) => self.say(&phrase!("drill.nth", name, number)),
            (Some(number), None) => self.say(&phrase!("drill.nth-due", name, number)),
            (None, _) => name,
        }
    }

    /// The verdict in one sentence, for whoever reads no further.
    pub fn verdict(&self, score: &Score) -> String {
        let what = self.outcome(score);
        self.say(&match score.verdict() {
            Verdict::UnderWay => phrase!("drill.verdict.under-way", what),
            Verdict::Passed => phrase!("drill.verdict.passed", what),
            Verdict::Failed => phrase!("drill.verdict.failed", what),
            Verdict::Unsettled => phrase!("drill.verdict.unsettled", what),
        })
    }

    fn outcome(&self, score: &Score) -> Phrase {
        let card = &score.card;
        let (late, missed) = (card.late, card.missed);
        let of = card.on_time + late + missed;
        let mut parts = match (of, of - card.on_time) {
            (0, _) if card.by_plan > 0 => Vec::new(),
            (0, _) => vec![phrase!("drill.verdict.nothing-due")],
            (n, 0) => vec![phrase!("drill.verdict.all", n)],
            _ => vec![phrase!(
                "drill.verdict.some",
                n = card.on_time,
                of = of.to_string()
            )],
        };
        let releases = score.releases.iter();
        let worst = releases.filter(|r| r.is_missed() && r.slack.is_some());
        if let Some(worst) = worst.min_by_key(|r| r.slack) {
            let (name, span) = (self.release(worst), span(worst.slack.unwrap_or(0)));
            parts.push(phrase!("drill.verdict.late", n = late, name, span));
        } else if late > 0 {
            parts.push(phrase!("drill.verdict.some-late", n = late));
        }
        if missed > 0 {
            let lost = |r: &&ReleaseScore| r.is_missed() && r.published_at.is_none();
            let names = self.some(score.releases.iter().filter(lost));
            parts.push(phrase!("drill.verdict.missed", n = missed, names));
        }
        let begun = |wanted: fn(&Begun) -> bool| {
            let releases = score.releases.iter().filter(|r| r.is_missed());
            let begun = releases.filter(|release| match &release.cause {
                Some(Cause::BegunLate { begun, .. }) => wanted(begun),
                _ => false,
            });
            begun.count()
        };
        let declared = begun(|begun| matches!(begun, Begun::Declared));
        let raised = begun(|begun| matches!(begun, Begun::Raised { .. } | Begun::Graded));
        if declared > 0 {
            parts.push(phrase!("drill.verdict.declared-late", n = declared));
        }
        if raised > 0 {
            parts.push(phrase!("drill.verdict.raised-late", n = raised));
        }
        if card.by_plan > 0 {
            let faults = score.releases.iter().filter(|r| r.is_missed_by_plan());
            let names = self.some(faults);
            parts.push(match of {
                0 => phrase!("drill.verdict.only-by-plan", n = card.by_plan, names),
                _ => phrase!("drill.verdict.by-plan", n = card.by_plan, names),
            });
        }
        let unmet = score.expectations.iter();
        let unmet = unmet.filter(|e| e.met == Some(false)).count();
        if unmet > 0 {
            parts.push(phrase!("drill.verdict.goals", n = unmet));
        } else if score.verdict() == Verdict::Passed && !score.expectations.is_empty() {
            parts.push(phrase!("drill.verdict.all-goals"));
        }
        if !score.refused_injects.is_empty() {
            parts.push(phrase!(
                "drill.verdict.refused",
                n = score.refused_injects.len()
            ));
        }
        Phrase::chained(parts, |one, other| phrase!("drill.verdict.and", one, other))
    }

    /// The names of some, each once.
    pub fn some<'b>(&self, releases: impl Iterator<Item = &'b ReleaseScore>) -> Phrase {
        let mut all: Vec<String> = Vec::new();
        for release in releases {
            let name = self.release(release);
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let names: Blank = all.iter().take(NAMED).collect();
        match all.len() {
            few if few <= NAMED => phrase!("drill.names", names),
            _ => phrase!("drill.names-more", names),
        }
    }

    /// The one on time that was closest to its limit.
    pub fn closest(&self, score: &Score) -> Option<String> {
        let kept = score.releases.iter().filter(|r| r.on_time == Some(true));
        let closest = kept.min_by_key(|release| release.slack)?;
        let (name, slack) = (self.release(closest), closest.slack?);
        let slack = super::words::slack(slack);
        Some(self.say(&phrase!("drill.closest", name, slack)))
    }

    /// `接报后5小时`, `5 h after the report`.
    pub fn limit(&self, limit: Limit) -> Phrase {
        phrase!(
            "drill.limit",
            anchor = anchor(limit.of),
            span = span(limit.within.as_seconds())
        )
    }

    pub fn post(&self, code: &str) -> String {
        self.names.post(self.language, code)
    }

    /// A post that is named beside another one; its body is said once where it is the same.
    pub fn post_beside(&self, code: &str, other: &str) -> String {
        let body = |code: &str| code.split_once('/').map(|(body, _)| body.to_owned());
        match body(code).is_some() && body(code) == body(other) {
            true => self.names.post_alone(self.language, code).to_owned(),
            false => self.post(code),
        }
    }

    pub fn level(&self, level: ResponseLevel) -> String {
        match self.language {
            Language::ZhCn => level.roman_zh().to_owned(),
            Language::En => level.en(),
        }
    }
}

/// What a limit counts from, for whoever does not know the words of plan files.
fn anchor(anchor: Anchor) -> Phrase {
    match anchor {
        Anchor::Known => phrase!("drill.anchor.known"),
        Anchor::Warning => phrase!("drill.anchor.warning"),
        Anchor::Activation => phrase!("drill.anchor.activation"),
        Anchor::LevelChange => phrase!("drill.anchor.level-change"),
        Anchor::Publication => phrase!("drill.anchor.publication"),
        Anchor::LastRelease => phrase!("drill.anchor.last-release"),
        Anchor::Occurrence => phrase!("drill.anchor.occurrence"),
        Anchor::Termination => phrase!("drill.anchor.termination"),
        Anchor::Request => phrase!("drill.anchor.request"),
    }
}

/// A level's name.
pub fn level(level: ResponseLevel) -> Blank {
    Blank::Name {
        zh: level.roman_zh().to_owned(),
        en: level.en(),
    }
}
