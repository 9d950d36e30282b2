//! What a score comes to, as sentences: its verdict, its causes, what happened meanwhile, and what to change.
//!
//! Words stand in `locales/*/said/drill.toml`; nothing here judges.

use super::advice::{Advice, Item, Waiting};
use super::score::{Cause, Mark, Names, ReleaseScore, Score, StepKind, Verdict};
use super::words::span;
use crate::domain::bulletin::Language;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::trace::Outcome;
use crate::words::{correction_of, say};

/// Names of texts in one sentence.
const NAMED: usize = 3;

/// Tells of a score in one language.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    pub names: &'a Names,
    pub language: Language,
}

/// One way of being late, for the misses by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Facts,
    Drafting,
    Signing,
    Template,
    Away,
    Unknown,
}

impl Kind {
    pub fn of(cause: Option<&Cause>) -> Self {
        match cause {
            Some(Cause::Facts { .. }) => Self::Facts,
            Some(Cause::Template { .. }) => Self::Template,
            Some(Cause::Away) => Self::Away,
            Some(Cause::Step { step, .. }) => match step {
                StepKind::Facts => Self::Facts,
                StepKind::Drafting => Self::Drafting,
                _ => Self::Signing,
            },
            Some(Cause::Waits { .. }) => Self::Signing,
            _ => Self::Unknown,
        }
    }
}

impl<'a> Teller<'a> {
    pub fn of(score: &'a Score, language: Language) -> Self {
        let names = &score.names;
        Self { names, language }
    }

    pub fn say(&self, phrase: &Phrase) -> String {
        say(self.language, phrase)
    }

    /// The name of a release, and which of a series it is.
    pub fn release(&self, release: &ReleaseScore) -> String {
        let name = match self.names.items.get(&format!("{}/{}", release.plan, release.item)) {
            Some(name) if release.correction => correction_of(self.language, name.say(self.language)),
            Some(name) => name.say(self.language).to_owned(),
            None => release.name.clone(),
        };
        match release.occurrence {
            n if n > 1 && !release.correction => {
                self.say(&phrase!("drill.nth", name, number = n.to_string()))
            }
            _ => name,
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
        let mut parts = vec![match (of, of - card.on_time) {
            (0, _) => phrase!("drill.verdict.nothing-due"),
            (n, 0) => phrase!("drill.verdict.all", n),
            _ => phrase!("drill.verdict.some", n = card.on_time, of = of.to_string()),
        }];
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
        if card.by_plan > 0 {
            let faults = score.releases.iter().filter(|r| r.is_missed_by_plan());
            let names = self.some(faults);
            parts.push(phrase!("drill.verdict.by-plan", n = card.by_plan, names));
        }
        let unmet = score.expectations.iter();
        let unmet = unmet.filter(|e| e.met == Some(false)).count();
        if unmet > 0 {
            parts.push(phrase!("drill.verdict.goals", n = unmet));
        } else if score.verdict() == Verdict::Passed && !score.expectations.is_empty() {
            parts.push(phrase!("drill.verdict.all-goals"));
        }
        if !score.refused_injects.is_empty() {
            parts.push(phrase!("drill.verdict.refused", n = score.refused_injects.len()));
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

    pub fn cause(&self, cause: &Cause) -> String {
        let post = |code: &str| self.names.post(self.language, code);
        self.say(&match cause {
            Cause::ListedLate { over } => phrase!("drill.cause.listed-late", span = span(*over)),
            Cause::TooShort { least, given } => phrase!(
                "drill.cause.too-short",
                least = span(*least),
                given = span(*given)
            ),
            Cause::Away => phrase!("drill.cause.away"),
            Cause::Template { fault } => phrase!("drill.cause.template", fault),
            Cause::Facts { missing } => {
                let facts: Blank = missing.iter().map(|fact| self.fact(fact)).collect();
                phrase!("drill.cause.facts", facts)
            }
            Cause::Waits {
                post: of,
                passed_to: None,
                seconds,
            } => phrase!("drill.cause.waits", post = post(of), span = span(*seconds)),
            Cause::Waits {
                post: of,
                passed_to: Some(deputy),
                seconds,
            } => phrase!(
                "drill.cause.waits-passed",
                post = post(of),
                deputy = post(deputy),
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

    fn fact(&self, code: &str) -> String {
        self.names.fact(self.language, code).to_owned()
    }

    pub fn step(&self, step: StepKind) -> String {
        self.say(&step_name(step))
    }

    pub fn kind(&self, kind: Kind) -> String {
        self.say(&match kind {
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
            (None, true, _) => phrase!("drill.state.out"),
            (None, false, Outcome::Cancelled) => phrase!("drill.state.cancelled"),
            (None, false, Outcome::Superseded) => phrase!("drill.state.superseded"),
            (None, false, Outcome::Waived) => phrase!("drill.state.waived"),
            (None, false, Outcome::NotOrdered) => phrase!("drill.state.not-ordered"),
            (None, false, _) => phrase!("drill.state.open"),
        })
    }

    pub fn mark(&self, mark: &Mark) -> String {
        let post = |code: &str| self.names.post(self.language, code);
        let channel = |code: &str| self.names.channel(self.language, code).to_owned();
        self.say(&match mark {
            Mark::Declared { level, title } => {
                phrase!("drill.mark.declared", level = self::level(*level), title)
            }
            Mark::Raised { to, reason } => {
                phrase!("drill.mark.raised", level = self::level(*to), reason)
            }
            Mark::Lowered { to, reason } => {
                phrase!("drill.mark.lowered", level = self::level(*to), reason)
            }
            Mark::Ended { reason } => phrase!("drill.mark.ended", reason),
            Mark::Facts => phrase!("drill.mark.facts"),
            Mark::ChannelDown {
                channel: of,
                seconds,
            } => phrase!(
                "drill.mark.channel-down",
                channel = channel(of),
                span = span(*seconds)
            ),
            Mark::ChannelSlow {
                channel: of,
                seconds,
            } => phrase!(
                "drill.mark.channel-slow",
                channel = channel(of),
                span = span(*seconds)
            ),
            Mark::Absent {
                post: of,
                seconds: Some(seconds),
            } => phrase!("drill.mark.absent", post = post(of), span = span(*seconds)),
            Mark::Absent {
                post: of,
                seconds: None,
            } => phrase!("drill.mark.absent-for-good", post = post(of)),
            Mark::Rumour { plan, item } => {
                let item = self.names.item(self.language, plan, item);
                phrase!("drill.mark.rumour", item)
            }
            Mark::Wrong { item } => {
                let item = self.names.item_anywhere(self.language, item);
                phrase!("drill.mark.wrong", item)
            }
            Mark::Stopped { seconds } => phrase!("drill.mark.stopped", span = span(*seconds)),
            Mark::Other { text } => Phrase::verbatim(text.clone()),
            Mark::Refused { text } => phrase!("drill.mark.refused", text),
        })
    }

    pub fn level(&self, level: ResponseLevel) -> String {
        match self.language {
            Language::ZhCn => level.zh().to_owned(),
            Language::En => level.en(),
        }
    }

    /// What to change, and the figure behind it.
    pub fn advice(&self, advice: &Advice) -> (String, String) {
        let post = |code: &str| self.names.post(self.language, code);
        let (what, why) = match advice {
            Advice::Limit { of, times, cause } => {
                let n = *times;
                let why = match cause {
                    Cause::TooShort { least, given } => phrase!(
                        "drill.advice.limit-too-short",
                        n,
                        least = span(*least),
                        given = span(*given)
                    ),
                    Cause::ListedLate { over } => {
                        phrase!("drill.advice.limit-passed", n, span = span(*over))
                    }
                    other => Phrase::verbatim(self.cause(other)),
                };
                (phrase!("drill.advice.limit", item = self.item(of)), why)
            }
            Advice::Template { of, times } => (
                phrase!("drill.advice.template", item = self.item(of)),
                phrase!("drill.advice.template-why", n = *times),
            ),
            Advice::Fact { fact, wait } => {
                let [of, mean, longest, item, _, late] = self.wait(wait);
                (
                    phrase!("drill.advice.fact", fact = self.fact(fact)),
                    phrase!("drill.advice.fact-why", of, n = wait.times, mean, longest, item, late),
                )
            }
            Advice::Draft { post: of, wait } => {
                (phrase!("drill.advice.draft", post = post(of)), {
                    let [of, mean, longest, item, over, late] = self.wait(wait);
                    phrase!(
                        "drill.advice.draft-why",
                        of,
                        n = wait.times,
                        mean,
                        longest,
                        item,
                        over,
                        late
                    )
                })
            }
            Advice::Deputy { post: of, wait } => (
                phrase!("drill.advice.deputy", post = post(of)),
                self.for_signature(wait),
            ),
            Advice::Sign {
                post: of,
                deputy,
                wait,
            } => (
                phrase!("drill.advice.sign", post = post(of), deputy = post(deputy)),
                self.for_signature(wait),
            ),
            Advice::Channel { channel, lost, of } => {
                let share = super::words::permille(lost * 1000 / (*of).max(1));
                let channel = self.names.channel(self.language, channel);
                (
                    phrase!("drill.advice.channel", channel),
                    phrase!("drill.advice.channel-why", n = lost.unsigned_abs(), share),
                )
            }
        };
        (self.say(&what), self.say(&why))
    }

    fn for_signature(&self, wait: &Waiting) -> Phrase {
        let [of, mean, longest, item, over, late] = self.wait(wait);
        phrase!(
            "drill.advice.sign-why",
            of,
            n = wait.times,
            mean,
            longest,
            item,
            over,
            late
        )
    }

    /// What waited, how long on average, at most, of what, how often too long, and what was late for it.
    fn wait(&self, wait: &Waiting) -> [Blank; 6] {
        let item = wait.item.as_ref().map(|item| self.item(item));
        let (of, longest_of) = match item {
            Some(name) if wait.is_always => (phrase!("drill.quoted", name), None),
            Some(name) => (
                phrase!("drill.advice.texts"),
                Some(phrase!("drill.advice.of", name)),
            ),
            None => (phrase!("drill.advice.texts"), None),
        };
        let over = wait.limit.filter(|_| wait.over > 0);
        let over = over.map(|limit| phrase!("drill.advice.over", n = wait.over, limit = span(limit)));
        let late = (wait.late > 0).then(|| phrase!("drill.advice.late", n = wait.late));
        [
            of.into(),
            span(wait.mean).into(),
            span(wait.longest).into(),
            longest_of.into(),
            over.into(),
            late.into(),
        ]
    }

    fn item(&self, of: &Item) -> String {
        self.names.item(self.language, &of.plan, &of.item)
    }
}

pub fn step_name(step: StepKind) -> Phrase {
    match step {
        StepKind::Facts => phrase!("drill.step.facts"),
        StepKind::Drafting => phrase!("drill.step.drafting"),
        StepKind::Review => phrase!("drill.step.review"),
        StepKind::Signature => phrase!("drill.step.signature"),
        StepKind::Sending => phrase!("drill.step.sending"),
    }
}

pub fn level(level: ResponseLevel) -> Blank {
    Blank::Name {
        zh: level.zh().to_owned(),
        en: level.en(),
    }
}
