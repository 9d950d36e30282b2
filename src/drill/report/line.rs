//! One release as a line of the report's tables: its number, its name, its moments and what became of it.

use chrono_tz::Tz;

use super::bars::Spent;
use crate::domain::time::Moment;
use crate::domain::trace::Outcome;
use crate::drill::score::ReleaseScore;
use crate::drill::words;

/// A release of the score with its number, from 1.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub number: usize,
    pub of: &'a ReleaseScore,
    pub zone: Tz,
}

impl Line<'_> {
    /// The name, and which of a series.
    pub fn name(&self) -> String {
        match self.of.occurrence {
            n if n > 1 && !self.of.correction => format!("{}#{n}", self.of.name),
            _ => self.of.name.clone(),
        }
    }

    /// Number and name beside a picture.
    pub fn label(&self) -> String {
        format!("{} {}", self.number, self.name())
    }

    /// Which line a correction corrects.
    pub fn corrected(&self) -> String {
        match self.of.about.filter(|_| self.of.correction) {
            Some(about) => format!(" → {about}"),
            None => String::new(),
        }
    }

    pub fn opened(&self) -> String {
        words::local_short(self.of.opened_at, self.zone)
    }

    pub fn due(&self) -> String {
        self.time(self.of.due_at)
    }

    pub fn published(&self) -> String {
        self.time(self.of.published_at)
    }

    pub fn slack(&self) -> String {
        length(self.of.slack)
    }

    /// How long is left at `now`.
    pub fn left(&self, now: &Moment) -> String {
        length(self.of.due_at.map(|due| (due - *now).num_seconds()))
    }

    pub fn why(&self) -> (&str, &str) {
        (
            self.of.why.as_deref().unwrap_or(""),
            self.of.why_en.as_deref().unwrap_or(""),
        )
    }

    /// The result in a word with its sign.
    pub fn state(&self) -> &'static str {
        match (self.of.on_time, self.of.published_at, self.of.outcome) {
            (Some(true), _, _) => "● 按时",
            (Some(false), Some(_), _) => "▲ 逾时",
            (Some(false), None, Outcome::Missed) => "✕ 漏发",
            (Some(false), None, _) => "✕ 未发",
            (None, Some(_), _) => "□ 已发",
            (None, None, Outcome::Cancelled) => "取消",
            (None, None, Outcome::Superseded) => "被替代",
            (None, None, Outcome::Waived) => "免发",
            (None, None, _) => "○ 未到时限",
        }
    }

    /// Out, too late, or under way with something to show for it.
    pub fn took_time(&self, now: Moment) -> bool {
        let is_settled = self.of.published_at.is_some() || self.of.on_time == Some(false);
        is_settled || self.of.is_open(now) && self.of.stages.all().iter().sum::<i64>() > 0
    }

    /// Its bar; three dots behind one that is not out.
    pub fn spent(&self) -> Spent {
        let more = self.of.published_at.map_or("…", |_| "");
        (self.label(), self.of.stages, more)
    }

    fn time(&self, at: Option<Moment>) -> String {
        at.map_or_else(|| "—".into(), |at| words::local_short(at, self.zone))
    }
}

fn length(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "—".into(), words::rough)
}

/// As much of a label as fits, a Chinese character counting for two.
pub fn cut(label: &str) -> String {
    let mut width = 0;
    let mut out = String::new();
    for c in label.chars() {
        width += if c.is_ascii() { 1 } else { 2 };
        if width > 42 {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}
