//! Where the time went: one stacked bar per release, each step with a pattern of its own.

use super::page::{Page, text};
use super::timeline::{cut, series};
use crate::drill::score::{ReleaseScore, Score, Stages};
use crate::drill::words;

const ROWS: usize = 42;
const LABEL: i64 = 236;
const WIDTH: i64 = 440;
const ROW: i64 = 18;

pub fn draw(page: &mut Page, score: &Score) {
    page.heading("时间花在哪里", "Where the time went");
    let shown: Vec<(usize, &ReleaseScore)> = score
        .releases
        .iter()
        .enumerate()
        .filter(|(_, release)| {
            let is_out = release.published_at.is_some() || release.on_time == Some(false);
            is_out || release.is_open(score.end) && release.stages.all().iter().sum::<i64>() > 0
        })
        .map(|(n, release)| (n + 1, release))
        .collect();
    if shown.is_empty() {
        page.note("没有发布任何文稿。", "Nothing went out.");
        return;
    }
    key(page, "<li>… 未发出 <span lang=\"en\">not out</span></li>");
    let bars: Vec<Bar> = shown
        .iter()
        .map(|(number, release)| Bar {
            label: format!("{number} {}{}", release.name, series(release)),
            stages: release.stages,
            more: if release.published_at.is_none() {
                "…"
            } else {
                ""
            },
        })
        .collect();
    stacked(page, &bars);
    table(page, &shown);
}

/// One bar: a label, the seconds of each step, and what follows the sum.
pub struct Bar {
    pub label: String,
    pub stages: Stages,
    pub more: &'static str,
}

/// What the patterns stand for, and what else there is to explain, as list items.
pub fn key(page: &mut Page, more: &str) {
    let names: Vec<(usize, &str, &str)> = Stages::NAMES
        .iter()
        .enumerate()
        .map(|(n, (zh, en))| (n, *zh, *en))
        .collect();
    page.key(&names, more);
}

/// Bars on one scale, as many pictures as fit a sheet each.
pub fn stacked(page: &mut Page, bars: &[Bar]) {
    let sums = bars.iter().map(|bar| bar.stages.all().iter().sum::<i64>());
    let most = sums.max().unwrap_or(1).max(1);
    for bars in bars.chunks(ROWS) {
        page.push(&format!(
            "<div class=\"picture\">{}</div>",
            picture(bars, most)
        ));
    }
}

fn picture(bars: &[Bar], most: i64) -> String {
    let height = ROW * i64::try_from(bars.len()).unwrap_or(0) + 6;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"时间花在哪里 where the time went\" font-size=\"10.5\">",
        LABEL + WIDTH + 74
    );
    for (n, bar) in bars.iter().enumerate() {
        let y = ROW * i64::try_from(n).unwrap_or(0) + 3;
        svg.push_str(&format!(
            "<text x=\"2\" y=\"{}\">{}</text>",
            y + 11,
            text(&cut(&bar.label))
        ));
        let (mut x, mut sum) = (LABEL, 0);
        for (step, seconds) in bar.stages.all().into_iter().enumerate() {
            sum += seconds;
            // Ends are computed from the sum, so that rounding never opens a gap.
            let to = LABEL + sum * WIDTH / most;
            if to > x {
                svg.push_str(&format!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"13\" fill=\"url(#p{step})\" stroke=\"#1d2125\" stroke-width=\".6\"/>",
                    to - x
                ));
            }
            x = to;
        }
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{}\">{}{}</text>",
            x + 5,
            y + 11,
            words::rough(sum),
            bar.more
        ));
    }
    svg.push_str("</svg>");
    svg
}

fn table(page: &mut Page, shown: &[(usize, &ReleaseScore)]) {
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|(number, release)| {
            let mut row = vec![
                number.to_string(),
                format!("{}{}", text(&release.name), series(release)),
            ];
            row.extend(
                release
                    .stages
                    .all()
                    .map(|s| if s == 0 { "·".into() } else { words::rough(s) }),
            );
            row
        })
        .collect();
    let mut headings = vec![("号", "no."), ("发布任务", "release")];
    headings.extend(Stages::NAMES);
    page.table(("各步用时", "Time by step"), &headings, &rows);
}
