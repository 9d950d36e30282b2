//! How the pages of a drill write in one language: lengths of time, moments, shares, names.

use chrono_tz::Tz;

use crate::domain::bulletin::Language;
use crate::domain::phrase::Phrase;
use crate::domain::time::Moment;
use crate::drill::score::{Score, StepKind};
use crate::drill::tell::Teller;
use crate::drill::words::{permille, slack, span};
use crate::words::{self, words};

/// What stands where there is nothing to say.
pub const NONE: &str = "—";

#[derive(Clone, Copy)]
pub struct Pen<'a> {
    pub language: Language,
    pub w: &'static words::Report,
    pub tell: Teller<'a>,
    pub zone: Tz,
}

impl<'a> Pen<'a> {
    pub fn of(score: &'a Score, language: Language) -> Self {
        // A score of this program names a zone that it knows.
        let zone = score.zone.parse().unwrap_or(chrono_tz::UTC);
        Self::new(Teller::of(score, language), zone)
    }

    pub fn new(tell: Teller<'a>, zone: Tz) -> Self {
        Self {
            language: tell.language,
            w: &words(tell.language).report,
            tell,
            zone,
        }
    }

    pub fn say(&self, phrase: &Phrase) -> String {
        self.tell.say(phrase)
    }

    pub fn span(&self, seconds: i64) -> String {
        self.say(&span(seconds))
    }

    pub fn length(&self, seconds: Option<i64>) -> String {
        seconds.map_or_else(|| NONE.to_owned(), |seconds| self.span(seconds))
    }

    /// `提前1小时19分`, `14 min late`.
    pub fn slack(&self, seconds: Option<i64>) -> String {
        seconds.map_or_else(|| NONE.to_owned(), |seconds| self.say(&slack(seconds)))
    }

    pub fn share(&self, share: Option<i64>) -> String {
        share.map_or_else(|| NONE.to_owned(), permille)
    }

    pub fn moment(&self, at: Moment) -> String {
        let form = match self.language {
            Language::ZhCn => "%-m月%-d日%H:%M",
            Language::En => "%-d %b %H:%M",
        };
        at.with_timezone(&self.zone).format(form).to_string()
    }

    /// `7月2日`, `2 Jul`.
    pub fn day(&self, at: Moment) -> String {
        let form = match self.language {
            Language::ZhCn => "%-m月%-d日",
            Language::En => "%-d %b",
        };
        at.with_timezone(&self.zone).format(form).to_string()
    }

    pub fn at(&self, at: Option<Moment>) -> String {
        at.map_or_else(|| NONE.to_owned(), |at| self.moment(at))
    }

    pub fn post(&self, code: &str) -> String {
        self.tell.names.post(self.language, code)
    }

    pub fn body(&self, code: &str) -> String {
        self.tell.names.body(self.language, code).to_owned()
    }

    /// `四级`, `level IV`; empty for none.
    pub fn level(&self, code: &str) -> String {
        let level = code.parse().ok();
        level.map_or_else(String::new, |level| self.tell.level(level))
    }

    /// The names of the steps, in their order.
    pub fn steps(&self) -> Vec<String> {
        StepKind::ALL.map(|step| self.tell.step(step)).into()
    }
}

/// A part of a whole as a place on a picture: `12.34%`.
pub fn percent(part: i64, whole: i64) -> String {
    let whole = whole.max(1);
    let part = part.clamp(0, whole).saturating_mul(10_000) / whole;
    format!("{}.{:02}%", part / 100, part % 100)
}
