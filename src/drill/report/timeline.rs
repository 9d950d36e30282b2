//! The release timeline as figures: where each band, deadline and mark stands, counted from the picture's left edge.
//!
//! One row per release, from its opening to its text, with the deadline as a stroke across.

use chrono::{TimeDelta, Timelike};
use chrono_tz::Tz;

use super::line::{Line, cut};
use crate::domain::time::Moment;
use crate::domain::trace::Outcome;
use crate::drill::score::Score;

/// Rows on one sheet of paper.
const ROWS: usize = 42;
const WIDTH: i64 = 500;
const ROW: i64 = 18;
const TOP: i64 = 42;

pub struct Sheet {
    pub height: i64,
    pub hours: Vec<(i64, String)>,
    /// The line across all rows: now, or the drill's end.
    pub end: i64,
    pub rows: Vec<Band>,
}

/// One release: its band from opening to text, and what marks it.
pub struct Band {
    pub y: i64,
    pub label: String,
    pub from: i64,
    pub width: i64,
    pub due: Option<i64>,
    /// From the deadline to a text that came later.
    pub overdue: Option<(i64, i64)>,
    pub mark: Mark,
    pub corrects: Option<Corrects>,
}

/// What stands where a release came to its end.
pub enum Mark {
    /// One of the shapes of `marks.svg`.
    Shape(&'static str, i64),
    Word(&'static str, i64),
}

/// The way from a correction to what it corrects.
pub struct Corrects {
    pub from: i64,
    pub down: i64,
    pub to: i64,
}

pub fn sheets(score: &Score, lines: &[Line], zone: Tz) -> Vec<Sheet> {
    let last = last_moment(score);
    let x = |at: Moment| place(at, score.start, last);
    let shown: Vec<&Line> = lines
        .iter()
        .filter(|line| line.of.opened_at <= score.end && line.of.outcome != Outcome::Cancelled)
        .collect();
    let sheet = |lines: &[&Line]| Sheet {
        height: y_of(lines.len()) - ROW / 2 + 8,
        hours: hours(score.start, last, zone)
            .into_iter()
            .map(|at| (x(at), hour(at, zone)))
            .collect(),
        end: x(score.end),
        rows: (0..lines.len())
            .map(|n| row(score, last, lines, n, &x))
            .collect(),
    };
    shown.chunks(ROWS).map(sheet).collect()
}

/// The middle of a row.
fn y_of(n: usize) -> i64 {
    TOP + ROW * i64::try_from(n).unwrap_or(0) + ROW / 2
}

fn row(score: &Score, last: Moment, lines: &[&Line], n: usize, x: &impl Fn(Moment) -> i64) -> Band {
    let line = lines[n];
    let release = line.of;
    let due = release.due_at.filter(|due| *due <= last);
    let end = release
        .published_at
        .or(release.due_at.filter(|_| !release.is_open(score.end)))
        .unwrap_or(score.end)
        .min(score.end);
    let (from, to) = (x(release.opened_at), x(end));
    let about = release.about.filter(|_| release.correction);
    let corrected = about.and_then(|about| lines.iter().position(|other| other.number == about));
    Band {
        y: y_of(n),
        label: cut(&line.label()),
        from,
        width: (to - from).max(1),
        due: due.map(x),
        overdue: release
            .published_at
            .zip(due)
            .filter(|(out, due)| out > due)
            .map(|(out, due)| (x(due), x(out))),
        mark: match (release.on_time, release.published_at) {
            (Some(true), Some(out)) => Mark::Shape("kept", x(out)),
            (Some(false), Some(out)) => Mark::Shape("late", x(out)),
            (Some(false), None) => Mark::Shape("missed", x(release.due_at.unwrap_or(score.end))),
            (_, Some(out)) => Mark::Shape("free", x(out)),
            (_, None) if release.is_open(score.end) => Mark::Shape("open", x(score.end)),
            (_, None) => Mark::Word(line.state(), to + 5),
        },
        corrects: corrected.map(|of| {
            let from = x(release.published_at.unwrap_or(release.opened_at));
            let to = lines[of].of.published_at.map_or(from, x);
            Corrects {
                from,
                down: y_of(of) - y_of(n),
                to,
            }
        }),
    }
}

/// A moment's share of the way between two others, as a part of the picture's width.
fn place(at: Moment, start: Moment, end: Moment) -> i64 {
    let whole = (end - start).num_milliseconds().max(1);
    let part = (at - start).num_milliseconds().clamp(0, whole);
    // A drill of a hundred years in milliseconds times a page's width still fits.
    part.saturating_mul(WIDTH) / whole
}

/// Where the picture ends: at the drill's end, or at the last deadline that was still to come then.
fn last_moment(score: &Score) -> Moment {
    if score.is_whole() {
        return score.end;
    }
    let open = score.releases.iter().filter(|r| r.is_open(score.end));
    let due = open.filter_map(|release| release.due_at).max();
    due.map_or(score.end, |due| due.min(score.until).max(score.end))
}

/// The full hours that get a line, a dozen at most.
fn hours(start: Moment, end: Moment, zone: Tz) -> Vec<Moment> {
    let length = (end - start).num_hours().max(1);
    let step = [1, 2, 3, 6, 12, 24, 48, 168]
        .into_iter()
        .find(|step| length / step <= 12)
        .unwrap_or(720);
    let local = start.with_timezone(&zone);
    let past = i64::from(local.num_seconds_from_midnight()) % (step.min(24) * 3600);
    let first = start + TimeDelta::seconds((step.min(24) * 3600 - past) % (step.min(24) * 3600));
    (0..)
        .map(|n| first + TimeDelta::hours(n * step))
        .take_while(|at| *at <= end)
        .collect()
}

/// `23:00`, and the day at midnight.
fn hour(at: Moment, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let shown = if local.num_seconds_from_midnight() == 0 {
        "%m-%d"
    } else {
        "%H:%M"
    };
    local.format(shown).to_string()
}
