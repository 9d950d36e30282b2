//! The parts of the report that are figures and words: scorecard, expectations, misses, posts, channels, lessons, ledger.

use super::Lesson;
use super::page::{Page, text, whole};
use super::timeline::{series, state};
use crate::drill::score::{Card, Score};
use crate::drill::words;

pub fn card(page: &mut Page, score: &Score, last: Option<&Score>) {
    page.heading("成绩单", "Scorecard");
    let length = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::rough);
    let share = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::permille);
    let figures = |card: &Card| {
        [
            share(card.on_time_permille),
            length(card.first_bulletin_after),
            length(card.median_slack),
            format!("{} / {}", card.late, card.missed),
            length(card.worst_correction),
            format!("{} + {}", card.signatures, card.countersignatures),
            format!(
                "{} / {}",
                share(card.accepted_permille),
                share(card.delivered_permille)
            ),
            format!("{} / {}", card.reminders, card.turns_passed),
        ]
    };
    const NAMES: [(&str, &str); 8] = [
        ("按时率", "on time"),
        ("启动到首发", "declared to first text"),
        ("余时中位数", "median slack"),
        ("逾时 / 未发", "late / not out"),
        ("最慢更正", "slowest correction"),
        ("签署 + 补签", "signatures, before and after"),
        ("受理率 / 送达率", "accepted / delivered"),
        ("催办 / 转签", "reminders / turns passed"),
    ];
    let before = last.map(|last| figures(&last.card));
    let mut html = String::from("<div class=\"cards\">");
    for (n, figure) in figures(&score.card).iter().enumerate() {
        let (zh, en) = NAMES[n];
        let beside = before
            .as_ref()
            .map(|before| format!("<span class=\"last\">上次 last {}</span>", text(&before[n])))
            .unwrap_or_default();
        html.push_str(&format!(
            "<div class=\"card\">{zh} <span lang=\"en\">{en}</span><b>{}</b>{beside}</div>",
            text(figure)
        ));
    }
    html.push_str("</div>");
    page.push(&html);
    page.push(&format!(
        "<p class=\"note\">发布任务 {} 项，发出 {} 项；其中先发后补签 {} 项；签署被拒 {} 次。\
         <span lang=\"en\">{} releases, {} out, {} of them before countersignature; {} signatures refused.</span></p>",
        score.card.releases,
        score.card.published,
        score.card.before_countersignature,
        score.card.refused,
        score.card.releases,
        score.card.published,
        score.card.before_countersignature,
        score.card.refused,
    ));
}

pub fn expectations(page: &mut Page, score: &Score) {
    let mut rows: Vec<Vec<String>> = score
        .expectations
        .iter()
        .map(|e| {
            let sign = match e.met {
                Some(true) => "<span class=\"good n\">✓ 达到</span>",
                Some(false) => "<span class=\"bad n\">✗ 未达到</span>",
                None => "<span class=\"n\">— 尚不能判定</span>",
            };
            vec![
                sign.into(),
                format!(
                    "{} <span lang=\"en\">{}</span>",
                    text(&e.expected),
                    text(&e.expected_en)
                ),
                if e.found == e.found_en {
                    text(&e.found)
                } else {
                    format!(
                        "{} <span lang=\"en\">{}</span>",
                        text(&e.found),
                        text(&e.found_en)
                    )
                },
            ]
        })
        .collect();
    rows.extend(score.refused_injects.iter().map(|refused| {
        vec![
            "<span class=\"bad\">✗ 导调未能执行</span>".into(),
            text(refused),
            String::new(),
        ]
    }));
    let caption = if score.over {
        ("目标与结果", "Goals and results")
    } else {
        ("目标与至此的结果", "Goals and results so far")
    };
    page.table(
        caption,
        &[("", ""), ("目标", "goal"), ("结果", "result")],
        &rows,
    );
}

pub fn misses(page: &mut Page, score: &Score) {
    page.heading("未按时的，以及原因", "What was missed, and why");
    let rows: Vec<Vec<String>> = score
        .releases
        .iter()
        .enumerate()
        .filter(|(_, release)| release.on_time == Some(false))
        .map(|(n, release)| {
            vec![
                (n + 1).to_string(),
                format!("{}{}", text(&release.name), series(release)),
                text(&release.body),
                whole(&state(release)),
                whole(&release.slack.map_or_else(|| "—".into(), words::rough)),
                format!(
                    "{} <span lang=\"en\">{}</span>",
                    text(release.why.as_deref().unwrap_or("")),
                    text(release.why_en.as_deref().unwrap_or(""))
                ),
            ]
        })
        .collect();
    if rows.is_empty() {
        page.note("全部按时。", "Everything was on time.");
        return;
    }
    page.table(
        ("逾时和未发的发布任务", "Releases that were late or not out"),
        &[
            ("号", "no."),
            ("发布任务", "release"),
            ("单位", "body"),
            ("结果", "result"),
            ("余时", "slack"),
            ("原因", "why"),
        ],
        &rows,
    );
}

/// What had begun and was not out when the drill ended, or is not out by now.
pub fn open(page: &mut Page, score: &Score) {
    let rows: Vec<Vec<String>> = score
        .releases
        .iter()
        .enumerate()
        .filter(|(_, release)| release.is_open(score.end))
        .map(|(n, release)| {
            let left = release.due_at.map(|due| (due - score.end).num_seconds());
            vec![
                (n + 1).to_string(),
                format!("{}{}", text(&release.name), series(release)),
                text(&release.body),
                whole(
                    &release
                        .due_at
                        .map_or_else(|| "—".into(), |due| page.time(due)),
                ),
                whole(&left.map_or_else(|| "—".into(), words::rough)),
                format!(
                    "{} <span lang=\"en\">{}</span>",
                    text(release.why.as_deref().unwrap_or("")),
                    text(release.why_en.as_deref().unwrap_or(""))
                ),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    page.heading("尚未发出的", "Still open");
    page.table(
        (
            "已开始、还没有发出的发布任务",
            "Releases that had begun and were not out",
        ),
        &[
            ("号", "no."),
            ("发布任务", "release"),
            ("单位", "body"),
            ("时限", "deadline"),
            ("还剩", "left"),
            ("等什么", "waits for"),
        ],
        &rows,
    );
}

pub fn posts(page: &mut Page, score: &Score) {
    page.heading("等了谁", "Who was waited for");
    let rows: Vec<Vec<String>> = score
        .posts
        .iter()
        .filter(|post| post.times > 0)
        .map(|post| {
            vec![
                format!("{} <small>{}</small>", text(&post.name), text(&post.post)),
                words::rough(post.waited),
                post.times.to_string(),
                words::rough(post.longest),
                post.unanswered.to_string(),
                words::rough(post.busy),
            ]
        })
        .collect();
    page.table(
        (
            "等得最久的在最上面",
            "The one waited for longest comes first",
        ),
        &[
            ("岗位", "post"),
            ("累计等待", "waited, all told"),
            ("次数", "times"),
            ("最久", "longest"),
            ("未等到", "in vain"),
            ("实际工作", "at work"),
        ],
        &rows,
    );
}

pub fn channels(page: &mut Page, score: &Score) {
    let used: Vec<_> = score
        .channels
        .iter()
        .filter(|channel| channel.deliveries > 0)
        .collect();
    if used.is_empty() {
        return;
    }
    page.heading("渠道", "Channels");
    let rows: Vec<Vec<String>> = used
        .iter()
        .map(|c| {
            let counts = [
                c.deliveries,
                c.accepted,
                c.delivered,
                c.failed,
                c.unknown,
                c.open,
                c.cancelled,
            ];
            let mut row = vec![text(&c.channel)];
            row.extend(counts.map(|count| count.to_string()));
            row
        })
        .collect();
    page.table(
        (
            "演练渠道只记录，不送出",
            "The channels of a drill record and send nothing",
        ),
        &[
            ("渠道", "channel"),
            ("投递", "deliveries"),
            ("受理", "accepted"),
            ("送达", "delivered"),
            ("失败", "failed"),
            ("未知", "unknown"),
            ("未完", "open"),
            ("取消", "cancelled"),
        ],
        &rows,
    );
}

pub fn lessons(page: &mut Page, lessons: &[Lesson]) {
    page.heading("经验与整改", "Lessons");
    let mut html = String::from(
        "<table class=\"blank\"><thead><tr><th>经验或问题<span lang=\"en\">lesson</span></th>\
         <th>责任单位<span lang=\"en\">owner</span></th><th>期限<span lang=\"en\">date</span></th></tr></thead><tbody>",
    );
    for lesson in lessons {
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            text(&lesson.lesson),
            text(&lesson.owner),
            text(&lesson.date)
        ));
    }
    for _ in lessons.len()..6 {
        html.push_str("<tr><td></td><td></td><td></td></tr>");
    }
    html.push_str("</tbody></table>");
    page.push(&html);
}

pub fn ledger(page: &mut Page, transcript: &str) {
    page.heading("台账", "Ledger");
    let mut html = String::from("<div class=\"scroll\"><table class=\"ledger\"><tbody>");
    for line in transcript.lines().filter(|line| line.starts_with("T+")) {
        // `T+0:00:00   07-01 21:30:00  what happened`
        let mut parts = line
            .splitn(3, "  ")
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let since = parts.next().unwrap_or_default();
        let rest: String = parts.collect::<Vec<_>>().join("  ");
        let (since, rest) = match since.split_once(' ') {
            Some((since, more)) => (since, format!("{more}  {rest}")),
            None => (since, rest),
        };
        let (at, what) = rest.split_once("  ").unwrap_or(("", &rest));
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            text(since),
            text(at),
            text(what)
        ));
    }
    html.push_str("</tbody></table></div>");
    page.push(&html);
}
