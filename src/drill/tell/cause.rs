//! Why a text was late or is held up, and what became of it, in words.

use serde::Serialize;

use super::Teller;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::trace::Outcome;
use crate::drill::score::{Begun, Cause, ReleaseScore, StepKind};
use crate::drill::words::span;

/// One way of being late, for the misses by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The response began, or was raised, too late for the limit.
    Begun,
    Again,
    /// Never drafted for want of a fact.
    Missing,
    /// Drafted late for want of a fact.
    Facts,
    Original,
    /// What it tells of was not held in time.
    Held,
    Drafting,
    Signing,
    Template,
    Away,
    Unknown,
}

impl Kind {
    pub fn of(cause: Option<&Cause>) -> Self {
        match cause {
            Some(Cause::BegunLate { .. }) => Self::Begun,
            Some(Cause::ListedAgain { .. }) => Self::Again,
            Some(Cause::Facts { .. }) => Self::Missing,
            Some(Cause::Original) => Self::Original,
            Some(Cause::HeldLate { .. } | Cause::NotHeld) => Self::Held,
            Some(Cause::Template { .. }) => Self::Template,
            Some(Cause::Away) => Self::Away,
            Some(Cause::Step { step, .. }) => match step {
                StepKind::Facts => Self::Facts,
                StepKind::Drafting => Self::Drafting,
                _ => Self::Signing,
            },
            Some(Cause::Waits { drafting: true, .. }) => Self::Drafting,
            Some(Cause::Waits { .. }) => Self::Signing,
            _ => Self::Unknown,
        }
    }
}

impl Teller<'_> {
    pub fn cause(&self, cause: &Cause) -> String {
        let post = |code: &str| self.names.post(self.language, code);
        self.say(&match cause {
            Cause::BegunLate {
                begun,
                limit,
                over,
                kept,
                then,
            } => {
                let (limit, span) = (self.limit(*limit), span(*over));
                let then = match (kept, then) {
                    (Some(true), _) => Some(phrase!("drill.cause.then-kept")),
                    (Some(false), Some(then)) => {
                        Some(phrase!("drill.cause.then", why = self.cause(then)))
                    }
                    (Some(false), None) => Some(phrase!("drill.cause.then-not")),
                    (None, _) => None,
                };
                match begun {
                    Begun::Declared => {
                        phrase!("drill.cause.declared-late", span, limit, then)
                    }
                    Begun::Graded => phrase!("drill.cause.graded-late", span, limit, then),
                    Begun::Raised { to } => phrase!(
                        "drill.cause.raised-late",
                        level = super::level(*to),
                        span,
                        limit,
                        then
                    ),
                }
            }
            Cause::ListedAgain { limit, over } => phrase!(
                "drill.cause.listed-again",
                limit = self.limit(*limit),
                span = span(*over)
            ),
            Cause::ListedLate { over } => phrase!("drill.cause.listed-late", span = span(*over)),
            Cause::TooShort { least, given } => phrase!(
                "drill.cause.too-short",
                least = span(*least),
                given = span(*given)
            ),
            Cause::HeldLate { over } => phrase!("drill.cause.held-late", span = span(*over)),
            Cause::NotHeld => phrase!("drill.cause.not-held"),
            Cause::Away => phrase!("drill.cause.away"),
            Cause::Template { fault } => phrase!("drill.cause.template", fault),
            Cause::Original => phrase!("drill.cause.original"),
            Cause::Facts { missing, from } => {
                let facts: Blank = missing.iter().map(|fact| self.fact(fact)).collect();
                let from = from.as_ref();
                let from = from.map(|from| phrase!("drill.cause.from", post = post(from)));
                phrase!("drill.cause.facts", facts, from)
            }
            Cause::Waits {
                post: of,
                drafting: true,
                seconds,
                ..
            } => phrase!(
                "drill.cause.waits-draft",
                post = post(of),
                span = span(*seconds)
            ),
            Cause::Waits {
                post: of,
                passed_to: None,
                seconds,
                ..
            } => phrase!("drill.cause.waits", post = post(of), span = span(*seconds)),
            Cause::Waits {
                post: of,
                passed_to: Some(deputy),
                seconds,
                ..
            } => phrase!(
                "drill.cause.waits-passed",
                post = post(of),
                deputy = self.post_beside(deputy, of),
                span = span(*seconds)
            ),
            Cause::Step {
                step,
                seconds,
                percent,
                slowest,
            } => {
                let who = slowest.as_ref().map(|wait| {
                    let (post, span) = (post(&wait.post), span(wait.seconds));
                    phrase!("drill.cause.who", post, span)
                });
                phrase!(
                    "drill.cause.step",
                    step = step_name(*step),
                    span = span(*seconds),
                    percent = percent.to_string(),
                    who
                )
            }
        })
    }

    pub(super) fn fact(&self, code: &str) -> String {
        self.names.fact(self.language, code).to_owned()
    }

    pub fn step(&self, step: StepKind) -> String {
        self.say(&step_name(step))
    }

    /// One way of being late; a text that was never drafted by what it lacked, and of whom.
    pub fn group(&self, cause: Option<&Cause>) -> String {
        match (Kind::of(cause), cause) {
            (Kind::Missing, Some(cause)) => self.cause(cause),
            (kind, _) => self.kind(kind),
        }
    }

    pub fn kind(&self, kind: Kind) -> String {
        self.say(&match kind {
            Kind::Begun => phrase!("drill.kind.begun"),
            Kind::Again => phrase!("drill.kind.again"),
            Kind::Missing => phrase!("drill.kind.missing"),
            Kind::Held => phrase!("drill.kind.held"),
            Kind::Original => phrase!("drill.kind.original"),
            Kind::Facts => phrase!("drill.kind.facts"),
            Kind::Drafting => phrase!("drill.kind.drafting"),
            Kind::Signing => phrase!("drill.kind.signing"),
            Kind::Template => phrase!("drill.kind.template"),
            Kind::Away => phrase!("drill.kind.away"),
            Kind::Unknown => phrase!("drill.kind.unknown"),
        })
    }

    /// What became of a release, in a word or two.
    pub fn state(&self, release: &ReleaseScore) -> String {
        let is_out = release.published_at.is_some();
        self.say(&match (release.on_time, is_out, release.outcome) {
            (Some(true), ..) => phrase!("drill.state.kept"),
            (Some(false), ..) if release.is_missed_by_plan() => phrase!("drill.state.by-plan"),
            (Some(false), true, _) => phrase!("drill.state.late"),
            (Some(false), false, Outcome::Missed) => phrase!("drill.state.missed"),
            (Some(false), false, _) => phrase!("drill.state.not-out"),
            (None, true, _) if release.due_at.is_some() => phrase!("drill.state.later"),
            (None, true, _) => phrase!("drill.state.out"),
            (None, false, Outcome::Cancelled) => phrase!("drill.state.cancelled"),
            (None, false, Outcome::Superseded) => phrase!("drill.state.superseded"),
            (None, false, Outcome::Waived) => phrase!("drill.state.waived"),
            (None, false, _) if release.undecided => phrase!("drill.state.undecided"),
            (None, false, Outcome::NotOrdered) => phrase!("drill.state.not-ordered"),
            (None, false, _) => phrase!("drill.state.open"),
        })
    }
}

/// A step's name.
pub fn step_name(step: StepKind) -> Phrase {
    match step {
        StepKind::Facts => phrase!("drill.step.facts"),
        StepKind::Drafting => phrase!("drill.step.drafting"),
        StepKind::Review => phrase!("drill.step.review"),
        StepKind::Signature => phrase!("drill.step.signature"),
        StepKind::Sending => phrase!("drill.step.sending"),
    }
}
