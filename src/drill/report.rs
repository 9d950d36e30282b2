//! The after-action report (复盘报告): one file that opens anywhere, prints on A4 and needs no script.
//!
//! Chinese first, English beside it. Every picture has its table, and nothing is told by colour alone: early is a
//! filled circle on the left of its deadline, late a triangle on the right, missed a cross; bars differ in pattern.

mod bars;
mod chances;
mod heat;
mod page;
mod style;
mod tables;
mod timeline;

pub use chances::write as write_many;

use super::score::{Score, Verdict};
use page::{Page, text};

/// A lesson that somebody wrote down: what, whose, until when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    pub lesson: String,
    pub owner: String,
    pub date: String,
}

/// The report of a drill. `last` is the run before it, for comparison; `transcript` becomes the ledger.
pub fn write(score: &Score, transcript: &str, last: Option<&Score>, lessons: &[Lesson]) -> String {
    // A score of this program names a zone that it knows.
    let zone = score.zone.parse().unwrap_or(chrono_tz::UTC);
    let mut page = Page::new(format!("复盘报告：{}", score.title), zone);
    head(&mut page, score);
    tables::card(&mut page, score, last);
    tables::expectations(&mut page, score);
    timeline::draw(&mut page, score);
    bars::draw(&mut page, score);
    heat::draw(&mut page, score);
    tables::misses(&mut page, score);
    tables::open(&mut page, score);
    tables::posts(&mut page, score);
    tables::channels(&mut page, score);
    tables::lessons(&mut page, lessons);
    tables::ledger(&mut page, transcript);
    page.finish()
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

fn head(page: &mut Page, score: &Score) {
    let verdict = score.verdict();
    let (zh, en) = verdict.words();
    let class = match verdict {
        Verdict::Passed => "good",
        Verdict::Failed => "bad",
        Verdict::UnderWay | Verdict::Unsettled => "",
    };
    let english = score.title_en.as_deref().unwrap_or(&score.drill);
    let played = if score.live {
        "实战演练 live".to_owned()
    } else {
        format!("推演 simulated · 种子 seed {}", score.seed)
    };
    let short = match (score.over, score.is_whole()) {
        (true, true) => String::new(),
        (true, false) => format!(
            "，提前结束，原定至 {0} ended early, planned until {0}",
            page.time(score.until)
        ),
        (false, _) => format!(
            "，至此 by now；原定至 {0} planned until {0}",
            page.time(score.until)
        ),
    };
    page.push(&format!(
        "<header><p class=\"drill\">【演练】 Exercise</p><h1>{}<small lang=\"en\">{}</small></h1>\
         <p class=\"verdict {class}\">{zh} <span lang=\"en\">{en}</span></p>\
         <p class=\"meta\">{} · {} → {}{short}（{}） · {played}</p></header>",
        text(&score.title),
        text(english),
        text(&score.plans.join(", ")),
        page.time(score.start),
        page.time(score.end),
        text(&score.zone),
    ));
}
