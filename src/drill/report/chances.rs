//! The report of many plays: how likely each deadline is to be kept, where the time goes, and what more people change.
//!
//! Every picture has its table. What was played with more people is hatched and stands below the bar it changes.

mod slack;

use super::bars::{self, Bar};
use super::page::{Page, text};
use super::timeline::cut;
use crate::drill::many::{Chance, ItemChance, Many};
use crate::drill::score::Stages;
use crate::drill::words;

const LABEL: i64 = 236;
const WIDTH: i64 = 420;
const ROW: i64 = 30;
const TOP: i64 = 22;
/// Items on one sheet of paper.
const ROWS: usize = 26;
/// Posts that are worth looking at.
const POSTS: usize = 12;

/// The report; `more` is the same scenario with more people, and how that was asked for.
pub fn write(many: &Many, more: Option<(&Many, &str)>) -> String {
    let mut page = Page::new(format!("推演报告：{}", many.title), chrono_tz::UTC);
    head(&mut page, many, more);
    let more = more.map(|(more, _)| more);
    chances(&mut page, many, more);
    slack::draw(&mut page, many, more);
    steps(&mut page, many, more);
    posts(&mut page, many, more);
    page.finish()
}

fn head(page: &mut Page, many: &Many, more: Option<(&Many, &str)>) {
    page.push(&format!(
        "<header><p class=\"drill\">【演练】 Exercise</p><h1>{}<small lang=\"en\">{}</small></h1>\
         <p class=\"verdict\">全部预期达到 <span lang=\"en\">all expectations met</span> {}</p>",
        text(&many.title),
        text(many.title_en.as_deref().unwrap_or(&many.drill)),
        likely(many.passed)
    ));
    if let Some((more, change)) = more {
        page.push(&format!(
            "<p class=\"verdict\">增加人手后 <span lang=\"en\">with more people</span> {} <small>{}</small></p>",
            likely(more.passed),
            text(change)
        ));
    }
    page.push(&format!(
        "<p class=\"meta\">{0} 次推演 {0} plays · 种子 seeds {1}…{2} · 括号内为 95% 区间 <span lang=\"en\">in brackets the 95 % interval</span></p></header>",
        many.seeds,
        many.first_seed,
        many.first_seed + many.seeds.saturating_sub(1)
    ));
}

fn likely(chance: Chance) -> String {
    if chance.of == 0 {
        return "—".into();
    }
    format!(
        "<span class=\"n\">{}（{}–{}）</span>",
        words::permille(chance.permille),
        words::permille(chance.low),
        words::permille(chance.high)
    )
}

/// An item beside itself with more people.
type Pair<'a> = (&'a ItemChance, Option<&'a ItemChance>);

fn pairs<'a>(many: &'a Many, more: Option<&'a Many>) -> Vec<Pair<'a>> {
    let items = many.items.iter();
    items
        .map(|item| (item, more.and_then(|more| more.item(item))))
        .collect()
}

fn label(item: &ItemChance) -> String {
    format!("{} <small>{}</small>", text(&item.name), text(&item.item))
}

fn open_svg(rows: usize, about: &str) -> (String, i64) {
    let height = TOP + ROW * i64::try_from(rows).unwrap_or(0) + 4;
    let svg = format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"{about}\" font-size=\"10.5\">",
        LABEL + WIDTH + 104
    );
    (svg, height)
}

fn scale(svg: &mut String, x: i64, height: i64, shown: &str, is_zero: bool) {
    let (stroke, width) = if is_zero {
        ("#1d2125", "1.6")
    } else {
        ("#dfe4e8", "1")
    };
    svg.push_str(&format!(
        "<text x=\"{x}\" y=\"11\" text-anchor=\"middle\">{shown}</text><path d=\"M{x} {}V{height}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>",
        TOP - 6
    ));
}

fn name(svg: &mut String, shown: &str, y: i64) {
    svg.push_str(&format!(
        "<text x=\"2\" y=\"{}\">{}</text>",
        y + 13,
        text(&cut(shown))
    ));
}

fn finish(page: &mut Page, svg: &str) {
    page.push(&format!("<div class=\"picture\">{svg}</svg></div>"));
}

fn key_of_two(page: &mut Page, more: Option<&Many>, other: &str) {
    let mut names = vec![(3, "现有人手", "people as they are")];
    if more.is_some() {
        names.push((2, "增加人手后", "with more people"));
    }
    page.key(&names, other);
}

fn y_of(n: usize) -> i64 {
    TOP + ROW * i64::try_from(n).unwrap_or(0)
}

fn chances(page: &mut Page, many: &Many, more: Option<&Many>) {
    page.heading("按时的可能性", "How likely each item is to be on time");
    page.note(
        "一次推演里该事项每次都按时才算按时；细线为 95% 区间。最难的在最上面。",
        "An item counts as on time when every release of it in a play was; the thin line is the 95 % interval. The hardest comes first.",
    );
    key_of_two(page, more, "");
    let pairs = pairs(many, more);
    for rows in pairs.chunks(ROWS) {
        let (mut svg, height) = open_svg(rows.len(), "按时的可能性 chance of being on time");
        for percent in [0, 25, 50, 75, 100] {
            let x = LABEL + WIDTH * percent / 100;
            scale(&mut svg, x, height, &format!("{percent}%"), percent == 0);
        }
        for (n, (item, after)) in rows.iter().enumerate() {
            let y = y_of(n);
            name(&mut svg, &item.name, y);
            bar_of(&mut svg, item.on_time, y + 4, 10, 3);
            if let Some(after) = after {
                bar_of(&mut svg, after.on_time, y + 17, 7, 2);
            }
        }
        finish(page, &svg);
    }
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|(item, after)| {
            let mut row = vec![
                label(item),
                text(&item.plan),
                likely(item.on_time),
                format!("{} / {}", item.releases_on_time, item.releases),
            ];
            if more.is_some() {
                row.push(after.map_or_else(|| "—".into(), |after| likely(after.on_time)));
            }
            row
        })
        .collect();
    let mut headings = vec![
        ("事项", "item"),
        ("方案", "plan"),
        ("按时的可能性", "chance of being on time"),
        ("按时 / 发布任务", "releases on time / all"),
    ];
    if more.is_some() {
        headings.push(("增加人手后", "with more people"));
    }
    page.table(
        ("按时的可能性", "Chance of being on time"),
        &headings,
        &rows,
    );
}

fn bar_of(svg: &mut String, chance: Chance, y: i64, height: i64, pattern: usize) {
    let x = |permille: i64| LABEL + permille * WIDTH / 1000;
    let middle = y + height / 2;
    // A line over a dark bar is seen by its white edge.
    svg.push_str(&format!(
        "<rect x=\"{LABEL}\" y=\"{y}\" width=\"{}\" height=\"{height}\" fill=\"url(#p{pattern})\" stroke=\"#1d2125\" stroke-width=\".6\"/>\
         <path d=\"M{low} {middle}H{high}M{low} {top}v6M{high} {top}v6\" stroke=\"#fff\" stroke-width=\"3.4\"/>\
         <path d=\"M{low} {middle}H{high}M{low} {top}v6M{high} {top}v6\" stroke=\"#1d2125\" stroke-width=\"1.3\"/>\
         <text x=\"{}\" y=\"{}\">{}</text>",
        x(chance.permille) - LABEL,
        LABEL + WIDTH + 10,
        middle + 4,
        words::permille(chance.permille),
        low = x(chance.low),
        high = x(chance.high),
        top = middle - 3,
    ));
}

fn steps(page: &mut Page, many: &Many, more: Option<&Many>) {
    page.heading("时间花在哪里", "Which step takes the time");
    page.note("每项发布任务的平均用时。", "Of one release, on average.");
    bars::key(page, "");
    let mut bars = Vec::new();
    let mut rows = Vec::new();
    for (item, after) in pairs(many, more) {
        for (of, is_after) in std::iter::once((item, false)).chain(after.map(|after| (after, true)))
        {
            let stages = mean(of);
            bars.push(Bar {
                label: if is_after {
                    "　└ 增加人手后 with more people".into()
                } else {
                    of.name.clone()
                },
                stages,
                more: "",
            });
            let mut row = vec![if is_after {
                "　└ 增加人手后".into()
            } else {
                label(of)
            }];
            row.extend(
                stages
                    .all()
                    .map(|s| if s == 0 { "·".into() } else { words::rough(s) }),
            );
            rows.push(row);
        }
    }
    bars::stacked(page, &bars);
    let mut headings = vec![("事项", "item")];
    headings.extend(Stages::NAMES);
    page.table(("各步平均用时", "Average time by step"), &headings, &rows);
}

fn mean(item: &ItemChance) -> Stages {
    let count = i64::try_from(item.releases).unwrap_or(i64::MAX).max(1);
    let all = item.stages;
    Stages {
        facts: all.facts / count,
        drafting: all.drafting / count,
        review: all.review / count,
        signature: all.signature / count,
        sending: all.sending / count,
    }
}

fn posts(page: &mut Page, many: &Many, more: Option<&Many>) {
    page.heading("等谁", "Who is waited for");
    page.note(
        "每次推演里各项发布任务等这个岗位的时间之和；最上面的就是瓶颈。",
        "What the releases of one play waited for this post, all together; the first is the bottleneck.",
    );
    key_of_two(page, more, "");
    let shown: Vec<_> = many
        .posts
        .iter()
        .filter(|post| post.waited > 0)
        .take(POSTS)
        .map(|post| (post, more.and_then(|more| more.post(&post.post))))
        .collect();
    let most = shown
        .iter()
        .flat_map(|(post, after)| [post.waited, after.map_or(0, |after| after.waited)])
        .max()
        .unwrap_or(1)
        .max(1);
    let (mut svg, _) = open_svg(shown.len(), "等谁 who is waited for");
    for (n, (post, after)) in shown.iter().enumerate() {
        let y = y_of(n);
        name(
            &mut svg,
            if post.name.is_empty() {
                &post.post
            } else {
                &post.name
            },
            y,
        );
        for (load, y, height, pattern) in
            std::iter::once((*post, y + 4, 10, 3)).chain(after.map(|after| (after, y + 17, 7, 2)))
        {
            let width = load.waited * WIDTH / most;
            svg.push_str(&format!(
                "<rect x=\"{LABEL}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"url(#p{pattern})\" stroke=\"#1d2125\" stroke-width=\".6\"/><text x=\"{}\" y=\"{}\">{}</text>",
                LABEL + width + 6,
                y + height / 2 + 4,
                words::rough(load.waited)
            ));
        }
    }
    finish(page, &svg);
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|(post, after)| {
            let mut row = vec![
                format!("{} <small>{}</small>", text(&post.name), text(&post.post)),
                words::rough(post.waited),
                post.times.to_string(),
                words::permille(post.unanswered_permille),
                words::rough(post.busy),
            ];
            if more.is_some() {
                row.push(after.map_or_else(|| "—".into(), |after| words::rough(after.waited)));
            }
            row
        })
        .collect();
    let mut headings = vec![
        ("岗位", "post"),
        ("每次等待", "waited per play"),
        ("次数", "times"),
        ("未等到", "in vain"),
        ("实际工作", "at work"),
    ];
    if more.is_some() {
        headings.push(("增加人手后等待", "waited, with more people"));
    }
    page.table(
        ("每次推演的平均数", "Averages of one play"),
        &headings,
        &rows,
    );
}
