//! The after-action report (复盘报告): pages that open anywhere, print on A4 and need no script.
//!
//! Words first: the verdict, what to change, why what was late was late. Then pictures. Every page is in one language and
//! links to its other one; every release and all that happened stand in the ledger beside it. Nothing is told by colour
//! alone: a text in time is a filled circle, a late one a triangle, a missing one a cross; bars differ in pattern.

mod bars;
mod first;
mod heat;
mod ledger;
mod lessons;
mod many;
mod pen;
mod slack;
mod table;
mod timeline;

pub use lessons::{Lesson, read_lessons};
pub use many::pages as many_pages;

use std::collections::BTreeMap;

use askama::Template;

use super::score::{ReleaseScore, Score};
use crate::domain::bulletin::Language;
use crate::words;
use bars::Bar;
use first::First;
use heat::Heat;
use pen::Pen;
use table::Table;
use timeline::Timeline;

/// HTML by the name of the file that it belongs in. They link to each other by these names.
pub type Pages = BTreeMap<String, String>;

/// Bars of the picture of steps.
const STEPS: usize = 16;
/// Rows of a table of posts.
const POSTS: usize = 12;
/// Lines that are left for lessons.
const LESSONS: usize = 4;

#[derive(Template)]
#[template(path = "pages/report.html")]
struct Report<'a> {
    w: &'static words::Report,
    lang: &'static str,
    name: &'a str,
    links: Vec<(String, String, &'static str)>,
    score: &'a Score,
    first: First,
    timeline: Timeline,
    steps: Vec<Bar>,
    step_names: Vec<String>,
    heat: Heat,
    misses: Table,
    open: Table,
    posts: Table,
    channels: Table,
    lessons: Table,
}

/// The report of a drill and its ledger, in both languages. `last` is the run before it, for comparison; `transcript`
/// becomes part of the ledger.
pub fn pages(score: &Score, transcript: &str, last: Option<&Score>, lessons: &[Lesson]) -> Pages {
    let mut pages = Pages::new();
    for language in [Language::ZhCn, Language::En] {
        let pen = Pen::of(score, language);
        pages.insert(file("report", language), report(score, &pen, last, lessons));
        let ledger = ledger::page(score, &pen, transcript);
        pages.insert(file("ledger", language), ledger);
    }
    pages
}

/// The files of a run that [`pages`] fills.
pub const FILES: [&str; 4] = [
    "report.html",
    "report.en.html",
    "ledger.html",
    "ledger.en.html",
];

/// `report.html`, `report.en.html`.
pub fn file(page: &str, language: Language) -> String {
    match language {
        Language::ZhCn => format!("{page}.html"),
        Language::En => format!("{page}.en.html"),
    }
}

/// Where a page links to: the file, its name, and the language it is in.
fn links(pages: &[(&str, &str)], own: &Pen) -> Vec<(String, String, &'static str)> {
    let other = match own.language {
        Language::ZhCn => Language::En,
        Language::En => Language::ZhCn,
    };
    let (this, others) = match pages {
        [this, others @ ..] => (this.0, others),
        [] => return Vec::new(),
    };
    let others = others.iter().map(|(page, name)| {
        (
            file(page, own.language),
            (*name).to_owned(),
            tag(own.language),
        )
    });
    let translated = (file(this, other), own.w.other_language.clone(), tag(other));
    others.chain([translated]).collect()
}

fn tag(language: Language) -> &'static str {
    match language {
        Language::ZhCn => "zh-CN",
        Language::En => "en",
    }
}

fn report(score: &Score, pen: &Pen, last: Option<&Score>, lessons: &[Lesson]) -> String {
    let w = pen.w;
    let missed = |release: &&ReleaseScore| release.on_time == Some(false);
    // Of a drill that is over, what nobody has decided about is no longer to come.
    let open = |release: &&ReleaseScore| {
        let is_asked = release.undecided && !score.over;
        (release.is_open(score.end) || is_asked) && !missed(release)
    };
    let page = Report {
        w,
        lang: tag(pen.language),
        name: score.name(pen.language),
        links: links(&[("report", ""), ("ledger", &w.ledger_link)], pen),
        score,
        first: first::first(score, pen, last),
        timeline: timeline::timeline(score, pen),
        steps: bars::slowest(score, pen, STEPS),
        step_names: pen.steps(),
        heat: heat::heat(score, pen),
        misses: table::misses(score.releases.iter().filter(missed), pen),
        open: table::open(score.releases.iter().filter(open), pen, score.end),
        posts: table::posts(&score.posts, pen, POSTS),
        channels: table::channels(&score.channels, pen),
        lessons: lessons::table(lessons, pen, LESSONS),
    };
    // Writing into memory cannot fail.
    page.render().unwrap_or_default()
}
