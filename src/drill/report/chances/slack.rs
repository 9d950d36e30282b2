//! How much time is left when an item goes out: a whisker from the 10th to the 90th percentile around its median.

use super::super::page::{Page, whole};
use super::{LABEL, Pair, ROWS, WIDTH, finish, label, name, open_svg, pairs, scale, y_of};
use crate::drill::many::{ItemChance, Many};
use crate::drill::words;

pub fn draw(page: &mut Page, many: &Many, more: Option<&Many>) {
    page.heading("余时的分布", "How much time is left");
    page.note(
        "圆点为中位数（三角表示中位数已逾时），横线从第 10 到第 90 百分位，箭头表示超出图幅。零线左侧为逾时。",
        "The dot is the median, a triangle where the median is late; the line runs from the 10th to the 90th percentile, an arrow where it leaves the picture. Left of zero is late.",
    );
    if more.is_some() {
        page.note("虚线为增加人手后。", "Broken lines are with more people.");
    }
    let pairs = pairs(many, more);
    let reach = reach(&pairs);
    let x = |seconds: i64| LABEL + (seconds.clamp(-reach, reach) + reach) * WIDTH / (2 * reach);
    for rows in pairs.chunks(ROWS) {
        let (mut svg, height) = open_svg(rows.len(), "余时的分布 distribution of slack");
        for part in [-2, -1, 0, 1, 2] {
            let at = reach * part / 2;
            scale(&mut svg, x(at), height, &tick(at), part == 0);
        }
        for (n, (item, after)) in rows.iter().enumerate() {
            let y = y_of(n);
            name(&mut svg, &item.name, y);
            whisker(&mut svg, item, y + 9, &x, reach, "");
            if let Some(after) = after {
                whisker(
                    &mut svg,
                    after,
                    y + 21,
                    &x,
                    reach,
                    " stroke-dasharray=\"3 2\"",
                );
            }
        }
        finish(page, &svg);
    }
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|(item, after)| {
            let mut row = vec![label(item)];
            row.extend(quantiles(item).map(length));
            if more.is_some() {
                let after = after.map(quantiles).unwrap_or_default();
                row.extend(after.map(length));
            }
            row
        })
        .collect();
    let mut headings = vec![
        ("事项", "item"),
        ("第10", "p10"),
        ("中位", "p50"),
        ("第90", "p90"),
    ];
    if more.is_some() {
        headings.extend([
            ("增员后第10", "what-if p10"),
            ("中位", "p50"),
            ("第90", "p90"),
        ]);
    }
    page.table(
        ("余时，负数为逾时", "Slack; less than nothing is late"),
        &headings,
        &rows,
    );
}

fn tick(seconds: i64) -> String {
    match seconds {
        0 => "时限 due".to_owned(),
        late if late < 0 => words::length(late),
        left => format!("+{}", words::length(left)),
    }
}

fn quantiles(item: &ItemChance) -> [Option<i64>; 3] {
    [item.slack_p10, item.slack_median, item.slack_p90]
}

fn length(value: Option<i64>) -> String {
    whole(&value.map_or_else(|| "—".into(), words::rough))
}

/// How far the picture reaches to both sides: three of four ends are within.
fn reach(pairs: &[Pair]) -> i64 {
    let mut ends: Vec<i64> = pairs
        .iter()
        .flat_map(|(item, after)| std::iter::once(*item).chain(*after))
        .flat_map(|item| [item.slack_p10, item.slack_p90])
        .flatten()
        .map(i64::abs)
        .collect();
    ends.sort_unstable();
    let most = ends.get(ends.len() * 3 / 4).copied().unwrap_or(0);
    [1800, 3600, 7200, 14_400, 28_800, 86_400]
        .into_iter()
        .find(|reach| most <= *reach)
        .unwrap_or(7 * 86_400)
}

fn whisker(
    svg: &mut String,
    item: &ItemChance,
    y: i64,
    x: &impl Fn(i64) -> i64,
    reach: i64,
    dash: &str,
) {
    let [Some(low), Some(middle), Some(high)] = quantiles(item) else {
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{}\">✕ 从未发出 never out</text>",
            LABEL + 6,
            y + 4
        ));
        return;
    };
    let (a, b, m) = (x(low), x(high), x(middle));
    svg.push_str(&format!(
        "<path d=\"M{a} {y}H{b}\" stroke=\"#1d2125\" stroke-width=\"1.6\"{dash}/>"
    ));
    for (value, at) in [(low, a), (high, b)] {
        let end = if value.abs() > reach {
            let back = if value > 0 { at - 5 } else { at + 5 };
            format!("M{back} {}L{at} {y}L{back} {}", y - 4, y + 4)
        } else {
            format!("M{at} {}v8", y - 4)
        };
        svg.push_str(&format!(
            "<path d=\"{end}\" fill=\"none\" stroke=\"#1d2125\" stroke-width=\"1.6\"/>"
        ));
    }
    svg.push_str(&if middle.abs() > reach {
        String::new()
    } else if middle < 0 {
        format!(
            "<path d=\"M{} {}L{m} {}L{} {}Z\" fill=\"#9b1c1c\"/>",
            m - 5,
            y + 5,
            y - 5,
            m + 5,
            y + 5
        )
    } else {
        format!("<circle cx=\"{m}\" cy=\"{y}\" r=\"4.2\" fill=\"#14663d\"/>")
    });
    svg.push_str(&format!(
        "<text x=\"{}\" y=\"{}\">{}</text>",
        LABEL + WIDTH + 14,
        y + 4,
        words::rough(middle)
    ));
}
