//! The score of a drill: one value that the printed score, `score.json`, the report and the comparison are made from.
//!
//! Read from the journal and the play's own counts alone. Times are in seconds, shares in thousandths, so that the same
//! drill gives the same bytes everywhere. Codes and their names are kept, never a sentence: `drill/tell` words it.

mod awaited;
mod cause;
mod figures;
mod finder;
mod marks;
mod names;
mod nth;
mod releases;
mod tally;
mod waits;

pub use awaited::{Awaited, Since};
pub use cause::{Begun, Cause, Limit, StepKind};
pub use marks::{Mark, MarkScore};
pub use names::{Name, Names};
pub use waits::Wait;

use serde::{Deserialize, Serialize};

use super::play::Play;
use super::scenario::Scenario;
use super::{expect, people, words};
use crate::domain::body::PostRef;
use crate::domain::bulletin::Language;
use crate::domain::deadline::PassedLimit;
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::domain::trace::{self, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub drill: String,
    pub title: String,
    pub title_en: Option<String>,
    pub plans: Vec<String>,
    pub seed: u64,
    pub start: Moment,
    /// The last moment that it tells of.
    pub end: Moment,
    /// When the scenario ends; later than `end` while the drill is under way, or when somebody stopped it.
    pub until: Moment,
    /// Played with people, against the clock on the wall.
    pub live: bool,
    /// False while the drill is under way.
    pub over: bool,
    pub zone: String,
    /// It is over, every expectation holds and every inject happened.
    pub passed: bool,
    pub expectations: Vec<Expectation>,
    pub refused_injects: Vec<String>,
    pub card: Card,
    pub bodies: Vec<BodyScore>,
    pub posts: Vec<PostScore>,
    pub channels: Vec<ChannelScore>,
    pub corrections: Vec<CorrectionScore>,
    #[serde(default)]
    pub releases: Vec<ReleaseScore>,
    /// Changes of level and injects, in order.
    #[serde(default)]
    pub marks: Vec<MarkScore>,
    #[serde(default)]
    pub names: Names,
}

/// What a score comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    UnderWay,
    Passed,
    Failed,
    /// It was stopped before everything could be judged.
    Unsettled,
}

impl Score {
    pub fn name(&self, language: Language) -> &str {
        match (language, &self.title_en) {
            (Language::En, Some(title)) => title,
            _ => &self.title,
        }
    }

    /// Played to the scenario's end: what has not come by then does not come.
    pub fn is_whole(&self) -> bool {
        self.over && self.end >= self.until
    }

    pub fn verdict(&self) -> Verdict {
        let met = |wanted| self.expectations.iter().any(|e| e.met == wanted);
        if !self.over {
            Verdict::UnderWay
        } else if !self.refused_injects.is_empty() || met(Some(false)) {
            Verdict::Failed
        } else if met(None) {
            Verdict::Unsettled
        } else {
            Verdict::Passed
        }
    }
}

/// One thing that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    pub expected: String,
    pub expected_en: String,
    /// None: too little has happened to say.
    pub met: Option<bool>,
    pub found: String,
    pub found_en: String,
}

/// The figures at the head of the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub releases: usize,
    pub published: usize,
    pub on_time: usize,
    pub late: usize,
    pub missed: usize,
    /// Late or missed because the plan left no way; not among `late`, `missed` and the share.
    #[serde(default)]
    pub by_plan: usize,
    /// Begun, with a limit that had not come at the end: neither kept nor missed.
    #[serde(default)]
    pub later: usize,
    pub on_time_permille: Option<i64>,
    pub median_slack: Option<i64>,
    /// From the first declaration to the first text that is out.
    pub first_bulletin_after: Option<i64>,
    pub signatures: usize,
    pub countersignatures: usize,
    pub before_countersignature: usize,
    pub refused: usize,
    pub reminders: usize,
    pub turns_passed: usize,
    pub worst_correction: Option<i64>,
    /// Of what channels were to take, what they took.
    #[serde(default)]
    pub accepted_permille: Option<i64>,
    /// Of what channels that give receipts were to take, what has arrived.
    pub delivered_permille: Option<i64>,
    pub texts: u64,
    /// Texts that lack the marks of a drill; more than none is a fault of the program.
    pub unmarked: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyScore {
    pub body: String,
    pub name: String,
    pub releases: usize,
    pub on_time: usize,
    pub late: usize,
    pub missed: usize,
    #[serde(default)]
    pub by_plan: usize,
    pub on_time_permille: Option<i64>,
    pub median_slack: Option<i64>,
}

/// How long releases waited for a post, all together; the first of the list is the bottleneck.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostScore {
    pub post: String,
    /// Its body and it, as people call them; empty when bodies.yaml knows no such post.
    pub name: String,
    pub waited: i64,
    pub times: usize,
    pub longest: i64,
    /// Releases that still wait for it at the end, or were given up while they did.
    pub unanswered: usize,
    /// How long its people were at work on something.
    pub busy: i64,
    /// How long it may be silent, who takes its turn then, and how often that came about.
    #[serde(default)]
    pub sign_within: Option<i64>,
    #[serde(default)]
    pub deputy: Option<String>,
    #[serde(default)]
    pub over: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelScore {
    pub channel: String,
    pub deliveries: i64,
    /// Taken, and nothing more is known.
    pub accepted: i64,
    /// Arrived, as a receipt says.
    #[serde(default)]
    pub delivered: i64,
    pub failed: i64,
    pub unknown: i64,
    pub open: i64,
    pub cancelled: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionScore {
    pub item: String,
    pub noticed_at: Moment,
    pub out_at: Option<Moment>,
    pub took: Option<i64>,
}

/// One release as the report shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseScore {
    pub plan: String,
    /// Drafts it.
    pub body: String,
    /// Decides and signs it, where that is another body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    pub item: String,
    pub name: String,
    pub occurrence: u32,
    /// Which one of its item it is, of those that went out or were to go out; None for what was given up.
    #[serde(default)]
    pub nth: Option<usize>,
    pub level: String,
    pub correction: bool,
    /// Which line of this list it explains or corrects, from 1.
    pub about: Option<usize>,
    /// In the text of which line it goes out, from 1.
    #[serde(default)]
    pub part_of: Option<usize>,
    pub opened_at: Moment,
    /// The limit that it was worked to.
    pub due_at: Option<Moment>,
    /// The first limit that had passed when it was listed; it is judged by that.
    #[serde(default)]
    pub passed: Option<PassedLimit>,
    pub published_at: Option<Moment>,
    pub slack: Option<i64>,
    /// None too where it is out and its limit had not come at the end.
    pub on_time: Option<bool>,
    /// Of what is held before its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    pub outcome: Outcome,
    /// A measure that is ready and that nobody has decided about.
    #[serde(default)]
    pub undecided: bool,
    pub fast: bool,
    pub stages: Stages,
    /// Why its deadline was not kept, or what holds it up.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Facts that it lacked at one time or another.
    #[serde(default)]
    pub lacked: Vec<String>,
    /// Those of them that could have been reported sooner.
    #[serde(default)]
    pub awaited: Vec<Awaited>,
    #[serde(default)]
    pub waited: Vec<Wait>,
}

impl ReleaseScore {
    /// The body that decides and signs it.
    pub fn issued_by(&self) -> &str {
        self.issuer.as_ref().unwrap_or(&self.body)
    }

    /// Begun by `now` and neither out nor given up.
    pub fn is_open(&self, now: Moment) -> bool {
        self.published_at.is_none()
            && self.outcome == Outcome::Open
            && !self.undecided
            && self.opened_at <= now
    }

    /// The limit that it is judged by.
    pub fn limit(&self) -> Option<Moment> {
        let passed = self.passed.as_ref().map(|passed| passed.due_at);
        passed.or(self.due_at)
    }

    /// Begun by `end`, with a limit that had not come then.
    pub fn is_later(&self, end: Moment) -> bool {
        let is_told = self.published_at.is_some() || self.is_open(end);
        self.on_time.is_none() && is_told && self.limit().is_some_and(|due| due > end)
    }

    /// Its limit was not kept, and nobody could have kept it.
    pub fn is_missed_by_plan(&self) -> bool {
        self.on_time == Some(false) && self.cause.as_ref().is_some_and(Cause::is_of_plan)
    }

    /// Its limit was not kept though there was a way.
    pub fn is_missed(&self) -> bool {
        self.on_time == Some(false) && !self.is_missed_by_plan()
    }
}

/// Where the time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// Waiting for facts.
    pub facts: i64,
    pub drafting: i64,
    /// Every signature but the last.
    pub review: i64,
    pub signature: i64,
    pub sending: i64,
}

impl Stages {
    pub fn all(self) -> [i64; 5] {
        [
            self.facts,
            self.drafting,
            self.review,
            self.signature,
            self.sending,
        ]
    }
}

impl Score {
    /// Reads a score as it was kept. Versions that knew no receipts called what was accepted delivered.
    ///
    /// # Errors
    /// Where the text is no score.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        let mut score: Self = serde_json::from_str(text)?;
        let card = &mut score.card;
        if card.accepted_permille.is_none() {
            card.accepted_permille = card.delivered_permille.take();
        }
        Ok(score)
    }
}

/// Reads a play.
pub fn score(scenario: &Scenario, seed: u64, play: &Play) -> Score {
    let now = play.ended_at;
    let traces = trace::read(&play.journal);
    let people = people::cast(scenario);
    let finder = finder::Finder::of(scenario, &people, play.is_live, &play.journal, &traces);
    let releases = releases::releases(&finder, play, &traces, now);
    let names = Names::of(scenario);
    let channels: Vec<ChannelScore> = play
        .channels
        .iter()
        .map(|(c, counts)| figures::channel(c, counts))
        .collect();
    let corrections = figures::corrections(play, &traces);
    let refused_injects: Vec<String> = play
        .injects()
        .filter(|(_, inject)| inject.refused)
        .map(|(at, inject)| format!("{} {}", words::since(scenario.start, at), inject.text))
        .collect();
    let mut score = Score {
        drill: scenario.file.drill.clone(),
        title: scenario.file.title.clone(),
        title_en: scenario.file.title_en.clone(),
        plans: scenario.file.plans.clone(),
        seed,
        start: scenario.start,
        end: play.ended_at,
        until: scenario.end,
        live: play.is_live,
        over: play.is_over,
        zone: scenario.zone.name().to_owned(),
        passed: false,
        expectations: Vec::new(),
        refused_injects,
        card: figures::card(
            scenario,
            play,
            &traces,
            &releases,
            (&channels, &corrections),
        ),
        bodies: tally::bodies(scenario, &traces, &releases, now),
        posts: figures::posts(scenario, play, &traces, now),
        channels,
        corrections,
        releases,
        marks: marks::marks(scenario, &names, &play.journal),
        names,
    };
    score.expectations = expect::judge(scenario, play, &score);
    let mut names = std::mem::take(&mut score.names);
    names.keep_for(&score);
    score.names = names;
    score.passed = score.verdict() == Verdict::Passed;
    score
}

/// The post that drafts for `body`, if bodies.yaml names one.
fn drafter(scenario: &Scenario, body: &str) -> Option<PostRef> {
    let mut bodies = scenario.plans.bodies.iter();
    bodies.find(|known| known.body == body)?.first_post()
}
