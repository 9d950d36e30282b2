//! The timeline as figures: where each band, limit and mark stands, as a part of the picture's width.
//!
//! One row per text, from its opening until it was out, with the limit as a stroke across; above them the levels, and
//! below each change of level and inject a line through all rows, by number.

use chrono::{TimeDelta, Timelike};
use chrono_tz::Tz;

use super::pen::{Pen, percent};
use crate::domain::level::ResponseLevel;
use crate::domain::time::Moment;
use crate::drill::score::{MarkScore, ReleaseScore, Score};

/// Rows on one sheet of paper.
const ROWS: usize = 42;

/// Room for a number among others, in hundredths of the width: what it takes on a phone.
const PIN: i64 = 8;

pub struct Timeline {
    pub sheets: Vec<Sheet>,
    pub levels: Vec<Strip>,
    pub pins: Vec<Pin>,
    /// How many lanes the numbers take.
    pub lanes: usize,
    pub marks: Vec<Marked>,
    /// Where the line of the end, or of now, stands.
    pub end: String,
}

pub struct Sheet {
    pub hours: Vec<(String, String)>,
    pub rows: Vec<Band>,
}

/// The levels of one incident.
pub struct Strip {
    pub title: String,
    pub parts: Vec<Level>,
}

pub struct Level {
    pub from: String,
    pub width: String,
    pub name: String,
    /// 1 for the highest.
    pub shade: usize,
}

/// A number on the line of a mark.
pub struct Pin {
    pub at: String,
    pub number: usize,
    pub lane: usize,
    pub is_level: bool,
}

/// A mark in words.
pub struct Marked {
    pub at: String,
    pub what: String,
    pub is_level: bool,
}

/// One text: its band from opening until it was out, and what marks it.
pub struct Band {
    pub label: String,
    /// How it stood to its limit, or what became of it.
    pub result: String,
    pub from: String,
    pub width: String,
    pub due: Option<String>,
    /// From the limit to a text that came later.
    pub overdue: Option<(String, String)>,
    /// One of the shapes of `marks.svg`, and where it stands.
    pub shape: (&'static str, String),
}

struct Scale {
    start: Moment,
    end: Moment,
}

impl Scale {
    fn seconds(&self, at: Moment) -> i64 {
        (at - self.start).num_seconds()
    }

    fn place(&self, at: Moment) -> String {
        percent(self.seconds(at), self.seconds(self.end))
    }

    fn width(&self, from: Moment, to: Moment) -> String {
        let whole = self.seconds(self.end);
        let within = |at| self.seconds(at).clamp(0, whole);
        percent(within(to) - within(from), whole)
    }
}

pub fn timeline(score: &Score, pen: &Pen) -> Timeline {
    let scale = Scale {
        start: score.start,
        end: last_moment(score),
    };
    let shown: Vec<&ReleaseScore> = score
        .releases
        .iter()
        .filter(|r| is_shown(r, score.end))
        .collect();
    let hours = hours(scale.start, scale.end, pen.zone).into_iter();
    let hours: Vec<_> = hours.map(|at| (scale.place(at), hour(at, pen))).collect();
    let sheet = |releases: &[&ReleaseScore]| Sheet {
        hours: hours.clone(),
        rows: releases
            .iter()
            .map(|of| band(of, score, &scale, pen))
            .collect(),
    };
    // Sheets of one length, so that none holds a row or two.
    let each = shown.len().div_ceil(shown.len().div_ceil(ROWS).max(1));
    let (pins, lanes) = pins(&score.marks, &scale);
    Timeline {
        sheets: shown.chunks(each.max(1)).map(sheet).collect(),
        levels: strips(score, &scale, pen),
        pins,
        lanes,
        marks: score.marks.iter().map(|mark| marked(mark, pen)).collect(),
        end: scale.place(score.end),
    }
}

/// Out, too late, or begun; what goes out in another text has that text's row, unless it was late by itself.
fn is_shown(of: &ReleaseScore, now: Moment) -> bool {
    if of.on_time == Some(false) {
        return true;
    }
    of.part_of.is_none() && (of.published_at.is_some() || of.is_open(now))
}

fn band(of: &ReleaseScore, score: &Score, scale: &Scale, pen: &Pen) -> Band {
    let due = of.limit().filter(|due| *due <= scale.end);
    let is_open = of.is_open(score.end);
    let end = of.published_at.or(of.limit().filter(|_| !is_open));
    let end = end.unwrap_or(score.end).min(score.end);
    let late = of.published_at.zip(due).filter(|(out, due)| out > due);
    let shape = match (of.on_time, of.published_at) {
        (Some(true), Some(out)) => ("kept", out),
        (Some(false), Some(out)) => ("late", out),
        (Some(false), None) => ("missed", of.limit().unwrap_or(score.end)),
        (_, Some(out)) => ("free", out),
        (_, None) => ("open", score.end),
    };
    Band {
        label: pen.tell.release(of),
        result: match of.slack {
            Some(slack) => pen.slack(Some(slack)),
            None => pen.tell.state(of),
        },
        from: scale.place(of.opened_at),
        width: scale.width(of.opened_at, end),
        due: due.map(|due| scale.place(due)),
        overdue: late.map(|(out, due)| (scale.place(due), scale.width(due, out))),
        shape: (shape.0, scale.place(shape.1)),
    }
}

fn strips(score: &Score, scale: &Scale, pen: &Pen) -> Vec<Strip> {
    let changes = score.marks.iter();
    let changes: Vec<(usize, Moment, Option<ResponseLevel>)> = changes
        .filter_map(|mark| Some((mark.incident, mark.at, mark.what.level()?)))
        .collect();
    let incidents = changes.iter().map(|(incident, ..)| incident + 1).max();
    (0..incidents.unwrap_or(0))
        .map(|incident| {
            let own: Vec<_> = changes.iter().filter(|(n, ..)| *n == incident).collect();
            let parts = own.iter().enumerate().filter_map(|(n, (_, from, level))| {
                let level = (*level)?;
                let to = own.get(n + 1).map_or(score.end, |(_, at, _)| *at);
                Some(Level {
                    from: scale.place(*from),
                    width: scale.width(*from, to),
                    name: pen.tell.level(level),
                    shade: ResponseLevel::ALL.len() - level as usize,
                })
            });
            let titles = score.marks.iter().filter(|mark| mark.incident == incident);
            let mut titles = titles.filter_map(|mark| mark.what.title());
            Strip {
                title: titles.next().unwrap_or_default().to_owned(),
                parts: parts.collect(),
            }
        })
        .filter(|strip: &Strip| !strip.parts.is_empty())
        .collect()
}

/// Numbers in lanes, so that none covers another.
fn pins(marks: &[MarkScore], scale: &Scale) -> (Vec<Pin>, usize) {
    let whole = scale.seconds(scale.end).max(1);
    let mut ends: Vec<i64> = Vec::new();
    let pins = marks.iter().enumerate().map(|(n, mark)| {
        let at = scale.seconds(mark.at).clamp(0, whole);
        let lane = ends.iter().position(|end| *end <= at).unwrap_or(ends.len());
        let end = at + whole * PIN / 100;
        match ends.get_mut(lane) {
            Some(known) => *known = end,
            None => ends.push(end),
        }
        Pin {
            at: scale.place(mark.at),
            number: n + 1,
            lane,
            is_level: mark.what.level().is_some(),
        }
    });
    let pins: Vec<Pin> = pins.collect();
    let lanes = pins.iter().map(|pin| pin.lane + 1).max().unwrap_or(0);
    (pins, lanes)
}

fn marked(mark: &MarkScore, pen: &Pen) -> Marked {
    Marked {
        at: pen.moment(mark.at),
        what: pen.tell.mark(&mark.what),
        is_level: mark.what.level().is_some(),
    }
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

/// The full hours that get a line: few enough for a phone.
fn hours(start: Moment, end: Moment, zone: Tz) -> Vec<Moment> {
    let length = (end - start).num_hours().max(1);
    let step = [1, 2, 3, 6, 12, 24, 48, 168]
        .into_iter()
        .find(|step| length / step <= 6)
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
fn hour(at: Moment, pen: &Pen) -> String {
    let local = at.with_timezone(&pen.zone);
    if local.num_seconds_from_midnight() > 0 {
        return local.format("%H:%M").to_string();
    }
    pen.day(at)
}
