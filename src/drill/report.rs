//! The after-action report (复盘报告): one file that opens anywhere, prints on A4 and needs no script.
//!
//! Chinese first, English beside it; `report/pages` holds the words and the pictures, this module what they show. Every
//! picture has its table, and nothing is told by colour alone: a text in time is a filled circle, a late one a triangle,
//! a missing one a cross; bars differ in pattern.

mod bars;
mod heat;
mod line;
mod many;
mod slack;
mod timeline;

pub use many::write as write_many;

use askama::Template;
use chrono_tz::Tz;

use super::score::{Card, ChannelScore, Score, Stages, Verdict};
use super::words;
use crate::domain::time::Moment;
use bars::Bar;
use heat::Heat;
use line::Line;
use timeline::{Mark, Sheet};

/// A lesson that somebody wrote down: what, whose, until when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    pub lesson: String,
    pub owner: String,
    pub date: String,
}

#[derive(Template)]
#[template(path = "pages/report.html")]
struct Report<'a> {
    score: &'a Score,
    zone: Tz,
    figures: Vec<Figure>,
    lines: Vec<Line<'a>>,
    timeline: Vec<Sheet>,
    /// The releases whose time is shown by step, and their bars.
    steps: Vec<Line<'a>>,
    bars: Vec<Vec<Bar>>,
    heat: Heat<'a>,
    lessons: &'a [Lesson],
    /// Since the start, the moment, what happened.
    ledger: Vec<(&'a str, &'a str, &'a str)>,
}

/// One figure of the scorecard, beside the last run's.
struct Figure {
    zh: &'static str,
    en: &'static str,
    now: String,
    last: Option<String>,
}

/// The report of a drill. `last` is the run before it, for comparison; `transcript` becomes the ledger.
pub fn write(score: &Score, transcript: &str, last: Option<&Score>, lessons: &[Lesson]) -> String {
    // A score of this program names a zone that it knows.
    let zone = score.zone.parse().unwrap_or(chrono_tz::UTC);
    let lines: Vec<Line> = (1..)
        .zip(&score.releases)
        .map(|(number, of)| Line { number, of, zone })
        .collect();
    let steps: Vec<Line> = lines
        .iter()
        .filter(|line| line.took_time(score.end))
        .copied()
        .collect();
    let page = Report {
        score,
        zone,
        figures: card(&score.card, last.map(|last| &last.card)),
        timeline: timeline::sheets(score, &lines, zone),
        bars: bars::sheets(&steps.iter().map(Line::spent).collect::<Vec<_>>()),
        heat: heat::heat(score),
        lines,
        steps,
        lessons,
        ledger: transcript.lines().filter_map(ledger_line).collect(),
    };
    // Writing into memory cannot fail.
    page.render().unwrap_or_default()
}

impl<'a> Report<'a> {
    fn time(&self, at: &Moment) -> String {
        words::local_short(*at, self.zone)
    }

    fn verdict_class(&self) -> &'static str {
        match self.score.verdict() {
            Verdict::Passed => "good",
            Verdict::Failed => "bad",
            Verdict::UnderWay | Verdict::Unsettled => "",
        }
    }

    fn missed(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines
            .iter()
            .filter(|line| line.of.on_time == Some(false))
    }

    /// What had begun and was not out when the drill ended, or is not out by now.
    fn open(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines
            .iter()
            .filter(|line| line.of.is_open(self.score.end))
    }

    fn used(&self) -> impl Iterator<Item = &ChannelScore> {
        self.score
            .channels
            .iter()
            .filter(|channel| channel.deliveries > 0)
    }
}

fn card(card: &Card, last: Option<&Card>) -> Vec<Figure> {
    let last = last.map(figures);
    let figures = figures(card).into_iter().enumerate();
    figures
        .map(|(n, (zh, en, now))| Figure {
            zh,
            en,
            now,
            last: last.as_ref().map(|last| last[n].2.clone()),
        })
        .collect()
}

fn figures(card: &Card) -> [(&'static str, &'static str, String); 8] {
    let length = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::rough);
    let share = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::permille);
    [
        ("按时率", "on time", share(card.on_time_permille)),
        (
            "启动到首发",
            "declared to first text",
            length(card.first_bulletin_after),
        ),
        ("余时中位数", "median slack", length(card.median_slack)),
        (
            "逾时 / 未发",
            "late / not out",
            format!("{} / {}", card.late, card.missed),
        ),
        (
            "最慢更正",
            "slowest correction",
            length(card.worst_correction),
        ),
        (
            "签署 + 补签",
            "signatures, before and after",
            format!("{} + {}", card.signatures, card.countersignatures),
        ),
        (
            "受理率 / 送达率",
            "accepted / delivered",
            format!(
                "{} / {}",
                share(card.accepted_permille),
                share(card.delivered_permille)
            ),
        ),
        (
            "催办 / 转签",
            "reminders / turns passed",
            format!("{} / {}", card.reminders, card.turns_passed),
        ),
    ]
}

/// `T+0:00:00   07-01 21:30:00  what happened`; other lines of a transcript are no happenings.
fn ledger_line(line: &str) -> Option<(&str, &str, &str)> {
    let (since, rest) = line.split_once(' ').filter(|_| line.starts_with("T+"))?;
    let rest = rest.trim_start();
    let (at, what) = rest.split_once("  ").unwrap_or(("", rest));
    Some((since, at, what))
}

/// Reads lessons, one a line: `lesson | owner | date`. Lines that begin with # are remarks.
///
/// # Errors
/// The first line that has another form, by number.
pub fn read_lessons(text: &str) -> Result<Vec<Lesson>, String> {
    let mut lessons = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [lesson, owner, date] = parts[..] else {
            return Err(format!(
                "line {}: expected `lesson | owner | date`, got {} parts",
                number + 1,
                parts.len()
            ));
        };
        lessons.push(Lesson {
            lesson: lesson.into(),
            owner: owner.into(),
            date: date.into(),
        });
    }
    Ok(lessons)
}

/// How the pages write lengths of time (none is a dash), shares and labels.
mod filters {
    use crate::drill::words;

    #[askama::filter_fn]
    pub fn rough<'a>(
        value: impl Into<Option<&'a i64>>,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        Ok(value
            .into()
            .map_or_else(|| "—".to_owned(), |seconds| words::rough(*seconds)))
    }

    #[askama::filter_fn]
    pub fn cut(label: &str, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(super::line::cut(label))
    }

    #[askama::filter_fn]
    pub fn percent(value: &i64, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(words::permille(*value))
    }
}
