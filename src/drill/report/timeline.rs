//! The release timeline: one row per release, from its opening to its text, with the deadline as a bar across.

use chrono::{TimeDelta, Timelike};
use chrono_tz::Tz;

use super::page::{Page, place, text, whole};
use crate::domain::time::Moment;
use crate::domain::trace::Outcome;
use crate::drill::score::{ReleaseScore, Score};
use crate::drill::words;

const ROWS: usize = 42;
const LABEL: i64 = 236;
const WIDTH: i64 = 500;
const ROW: i64 = 18;
const TOP: i64 = 42;

pub fn draw(page: &mut Page, score: &Score) {
    page.heading("发布时间线", "Release timeline");
    page.note(
        "每行一项：横条从开始到发布，短竖线为时限，通栏的长竖线为此刻或演练结束。编号与下表一致。",
        "One row per release: the band runs from opening to publication, the short stroke is the deadline, the line across all rows is now or the drill's end. Numbers are those of the table.",
    );
    page.push(KEY);
    let shown: Vec<(usize, &ReleaseScore)> = score
        .releases
        .iter()
        .enumerate()
        .filter(|(_, release)| {
            release.opened_at <= score.end && release.outcome != Outcome::Cancelled
        })
        .map(|(n, release)| (n + 1, release))
        .collect();
    for rows in shown.chunks(ROWS) {
        let svg = picture(page, score, rows);
        page.push(&format!("<div class=\"picture\">{svg}</div>"));
    }
    table(page, score);
}

const KEY: &str = "<ul class=\"key\">\
<li><svg viewBox=\"0 0 22 14\"><circle cx=\"11\" cy=\"7\" r=\"5\" fill=\"#14663d\"/></svg>按时 <span lang=\"en\">on time</span></li>\
<li><svg viewBox=\"0 0 22 14\"><path d=\"M5 12L11 2L17 12Z\" fill=\"#9b1c1c\"/></svg>逾时 <span lang=\"en\">late</span></li>\
<li><svg viewBox=\"0 0 22 14\"><path d=\"M6 2L16 12M16 2L6 12\" stroke=\"#9b1c1c\" stroke-width=\"2.5\"/></svg>未发或漏发 <span lang=\"en\">missed, or not out</span></li>\
<li><svg viewBox=\"0 0 22 14\"><rect x=\"6\" y=\"2\" width=\"10\" height=\"10\" fill=\"#fff\" stroke=\"#1d2125\" stroke-width=\"1.6\"/></svg>无时限 <span lang=\"en\">no deadline</span></li>\
<li><svg viewBox=\"0 0 22 14\"><circle cx=\"11\" cy=\"7\" r=\"4.5\" fill=\"#fff\" stroke=\"#1d2125\" stroke-width=\"1.6\"/></svg>未发，未到时限 <span lang=\"en\">open, not due yet</span></li>\
<li><svg viewBox=\"0 0 22 14\"><path d=\"M11 0V14\" stroke=\"#1d2125\" stroke-width=\"2.5\"/></svg>时限 <span lang=\"en\">deadline</span></li>\
<li><svg viewBox=\"0 0 22 14\"><path d=\"M2 7H20\" stroke=\"#1d2125\" stroke-dasharray=\"2 2\"/></svg>更正所指 <span lang=\"en\">what a correction corrects</span></li></ul>";

fn picture(page: &Page, score: &Score, rows: &[(usize, &ReleaseScore)]) -> String {
    let height = TOP + ROW * i64::try_from(rows.len()).unwrap_or(0) + 8;
    let last = last_moment(score);
    let x = |at: Moment| LABEL + place(at, score.start, last, WIDTH);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"发布时间线 release timeline\" font-size=\"10.5\">",
        LABEL + WIDTH + 26
    );
    for at in hours(score.start, last, page.zone) {
        svg.push_str(&format!(
            "<path d=\"M{0} {1}V{height}\" stroke=\"#dfe4e8\"/><text x=\"{0}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>",
            x(at), TOP - 8, TOP - 13,
            hour(at, page.zone)
        ));
    }
    svg.push_str(&format!(
        "<path d=\"M{0} {1}V{height}\" stroke=\"#1d2125\" stroke-width=\"1.6\"/><text x=\"{0}\" y=\"9\" text-anchor=\"middle\" font-weight=\"700\">{2}</text>",
        x(score.end),
        TOP - 8,
        if score.over { "结束 end" } else { "此刻 now" }
    ));
    for (n, (number, release)) in rows.iter().enumerate() {
        let y = TOP + ROW * i64::try_from(n).unwrap_or(0) + ROW / 2;
        row(&mut svg, score, *number, release, y, &x);
        let about = release.about.filter(|_| release.correction);
        if let Some(of) =
            about.and_then(|about| rows.iter().position(|(number, _)| *number == about))
        {
            let to = TOP + ROW * i64::try_from(of).unwrap_or(0) + ROW / 2;
            let at = release.published_at.unwrap_or(release.opened_at);
            svg.push_str(&format!(
                "<path d=\"M{0} {y}V{to}H{1}\" fill=\"none\" stroke=\"#1d2125\" stroke-dasharray=\"2 2\"/>",
                x(at),
                rows[of].1.published_at.map_or_else(|| x(at), &x)
            ));
        }
    }
    svg.push_str("</svg>");
    svg
}

fn row(
    svg: &mut String,
    score: &Score,
    number: usize,
    release: &ReleaseScore,
    y: i64,
    x: &impl Fn(Moment) -> i64,
) {
    let label = format!("{number} {}{}", release.name, series(release));
    svg.push_str(&format!(
        "<text x=\"2\" y=\"{}\">{}</text>",
        y + 4,
        text(&cut(&label))
    ));
    let end = release
        .published_at
        .or(release.due_at.filter(|_| !release.is_open(score.end)))
        .unwrap_or(score.end)
        .min(score.end);
    let (from, to) = (x(release.opened_at), x(end));
    svg.push_str(&format!(
        "<rect x=\"{from}\" y=\"{}\" width=\"{}\" height=\"6\" fill=\"#d5dce3\"/>",
        y - 3,
        (to - from).max(1)
    ));
    if let Some(due) = release.due_at.filter(|due| *due <= last_moment(score)) {
        if let Some(out) = release.published_at.filter(|out| *out > due) {
            svg.push_str(&format!(
                "<path d=\"M{} {y}H{}\" stroke=\"#9b1c1c\" stroke-width=\"2\" stroke-dasharray=\"4 2\"/>",
                x(due),
                x(out)
            ));
        }
        svg.push_str(&format!(
            "<path d=\"M{0} {1}v12\" stroke=\"#1d2125\" stroke-width=\"2\"/>",
            x(due),
            y - 6
        ));
    }
    let mark = match (release.on_time, release.published_at) {
        (Some(true), Some(out)) => format!(
            "<circle cx=\"{}\" cy=\"{y}\" r=\"4.5\" fill=\"#14663d\"/>",
            x(out)
        ),
        (Some(false), Some(out)) => {
            let at = x(out);
            format!(
                "<path d=\"M{} {}L{at} {}L{} {}Z\" fill=\"#9b1c1c\"/>",
                at - 5,
                y + 5,
                y - 5,
                at + 5,
                y + 5
            )
        }
        (Some(false), None) => {
            let at = x(release.due_at.unwrap_or(score.end));
            format!(
                "<path d=\"M{0} {2}L{1} {3}M{1} {2}L{0} {3}\" stroke=\"#9b1c1c\" stroke-width=\"2.4\"/>",
                at - 5,
                at + 5,
                y - 5,
                y + 5
            )
        }
        (_, Some(out)) => format!(
            "<rect x=\"{}\" y=\"{}\" width=\"8\" height=\"8\" fill=\"#fff\" stroke=\"#1d2125\" stroke-width=\"1.5\"/>",
            x(out) - 4,
            y - 4
        ),
        (_, None) if release.is_open(score.end) => format!(
            "<circle cx=\"{}\" cy=\"{y}\" r=\"4.5\" fill=\"#fff\" stroke=\"#1d2125\" stroke-width=\"1.5\"/>",
            x(score.end)
        ),
        (_, None) => format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"9\">{}</text>",
            to + 5,
            y + 3,
            state(release)
        ),
    };
    svg.push_str(&mark);
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

pub fn series(release: &ReleaseScore) -> String {
    if release.occurrence > 1 && !release.correction {
        format!("#{}", release.occurrence)
    } else {
        String::new()
    }
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

fn table(page: &mut Page, score: &Score) {
    let time =
        |at: Option<Moment>, page: &Page| at.map_or_else(|| "—".to_owned(), |at| page.time(at));
    let rows: Vec<Vec<String>> = score
        .releases
        .iter()
        .enumerate()
        .map(|(n, release)| {
            let about = match release.about {
                Some(about) if release.correction => format!(" → {about}"),
                _ => String::new(),
            };
            vec![
                format!("<span class=\"n\">{}</span>", n + 1),
                format!("{}{}{about}", text(&release.name), series(release)),
                text(&release.body),
                text(&release.level),
                whole(&page.time(release.opened_at)),
                whole(&time(release.due_at, page)),
                whole(&time(release.published_at, page)),
                whole(&release.slack.map_or_else(|| "—".into(), words::rough)),
                whole(&state(release)),
            ]
        })
        .collect();
    page.table(
        ("计划、实际与时限", "Planned, actual and deadline"),
        &[
            ("号", "no."),
            ("发布任务", "release"),
            ("单位", "body"),
            ("级别", "level"),
            ("开始", "opens"),
            ("时限", "deadline"),
            ("实际", "actual"),
            ("余时", "slack"),
            ("结果", "result"),
        ],
        &rows,
    );
}

/// The result in a word with its sign.
pub fn state(release: &ReleaseScore) -> String {
    match (release.on_time, release.published_at, release.outcome) {
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
    .into()
}
