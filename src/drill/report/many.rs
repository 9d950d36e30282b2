//! The report of many plays: how often every goal is met and what would help, in words; then how likely each limit is to
//! be kept, where the time goes, and what more people change.
//!
//! What was played with more people stands below what it changes, and is hatched.

use askama::Template;

use super::bars::{self, Bar};
use super::pen::{NONE, Pen, percent};
use super::slack::{Scale, Whisker};
use super::table::{self, Table};
use super::{Pages, file, links, tag};
use crate::domain::bulletin::Language;
use crate::domain::phrase::phrase;
use crate::drill::many::{Chance, ItemChance, Many, PostLoad};
use crate::drill::scenario::Extra;
use crate::drill::score::Stages;
use crate::drill::tell::{Change, Teller};
use crate::drill::words::permille;
use crate::words;

/// Posts that are worth looking at.
const POSTS: usize = 12;

#[derive(Template)]
#[template(path = "pages/many.html")]
struct Report<'a> {
    w: &'static words::Report,
    lang: &'static str,
    name: &'a str,
    links: Vec<(String, String, &'static str)>,
    many: &'a Many,
    passed: String,
    /// `good` or `bad`.
    class: &'static str,
    /// The same with more people.
    with_more: Option<String>,
    changes: Vec<Change>,
    /// What was not on time, by cause, and how often.
    causes: Vec<(String, String)>,
    goals: Vec<(bool, String, String)>,
    chances: Vec<Row<Likely>>,
    ticks: Vec<(String, String)>,
    left: Vec<Row<Whisker>>,
    step_names: Vec<String>,
    steps: Vec<Bar>,
    posts: Vec<Row<Waited>>,
    items: Table,
}

/// One bar with its label; `after` is with more people.
struct Row<T> {
    label: String,
    now: Option<T>,
    after: Option<T>,
}

/// How likely, and the ends of its interval.
struct Likely {
    width: String,
    low: String,
    between: String,
    said: String,
}

struct Waited {
    width: String,
    said: String,
}

/// The report in both languages; `more` is the same scenario with more people, and who they are.
pub fn pages(many: &Many, more: Option<(&Many, &Extra)>) -> Pages {
    let mut pages = Pages::new();
    for language in [Language::ZhCn, Language::En] {
        let names = &many.names;
        // Nothing of many plays stands at a moment.
        let pen = Pen::new(Teller { names, language }, chrono_tz::UTC);
        pages.insert(file("report", language), page(many, more, &pen));
    }
    pages
}

fn page(many: &Many, more: Option<(&Many, &Extra)>, pen: &Pen) -> String {
    let other = more.map(|(many, _)| many);
    let with_more = |item: &ItemChance| other.and_then(|more| more.item(item));
    let all = many
        .items
        .iter()
        .chain(many.items.iter().filter_map(with_more));
    let scale = Scale::of(all);
    let item = |item: &ItemChance| pen.tell.names.item(pen.language, &item.plan, &item.item);
    let judged = many.items.iter().filter(|item| item.on_time.of > 0);
    let page = Report {
        w: pen.w,
        lang: tag(pen.language),
        name: many.called(pen.language),
        links: links(&[("report", "")], pen),
        many,
        passed: pen.tell.plays(many),
        class: match many.passed.yes == many.passed.of {
            true => "good",
            false => "bad",
        },
        with_more: more.map(|(many, more)| pen.tell.plays_with(many, more)),
        changes: many.advice.iter().map(|one| pen.tell.advice(one)).collect(),
        causes: causes(many, pen),
        goals: goals(many, pen),
        chances: judged
            .map(|of| Row {
                label: item(of),
                now: Some(likely(of.on_time)),
                after: with_more(of).map(|after| likely(after.on_time)),
            })
            .collect(),
        ticks: scale.ticks(pen),
        left: many
            .items
            .iter()
            .map(|of| Row {
                label: item(of),
                now: scale.whisker(of, pen),
                after: with_more(of).and_then(|after| scale.whisker(after, pen)),
            })
            .collect(),
        step_names: pen.steps(),
        steps: steps(many, other, pen),
        posts: posts(many, other, pen),
        items: items(many, other, pen),
    };
    // Writing into memory cannot fail.
    page.render().unwrap_or_default()
}

fn causes(many: &Many, pen: &Pen) -> Vec<(String, String)> {
    let said = many.misses.iter().map(|miss| {
        let why = match miss.why {
            Some(kind) => pen.tell.kind(kind),
            None => pen.w.plan_faults.clone(),
        };
        (why, pen.tell.texts(miss.releases, miss.plays))
    });
    said.collect()
}

/// Whether a goal was met in every play, the goal, and how often it was met.
fn goals(many: &Many, pen: &Pen) -> Vec<(bool, String, String)> {
    let said = many.goals.iter().map(|goal| {
        let expected = match pen.language {
            Language::ZhCn => &goal.expected,
            Language::En => &goal.expected_en,
        };
        let is_always = goal.met.yes == goal.met.of;
        (is_always, expected.clone(), pen.tell.often(goal.met))
    });
    said.collect()
}

fn likely(chance: Chance) -> Likely {
    Likely {
        width: percent(chance.permille, 1000),
        low: percent(chance.low, 1000),
        between: percent(chance.high - chance.low, 1000),
        said: permille(chance.permille),
    }
}

fn steps(many: &Many, other: Option<&Many>, pen: &Pen) -> Vec<Bar> {
    let mut all: Vec<(String, Stages, bool)> = Vec::new();
    for item in &many.items {
        let name = pen.tell.names.item(pen.language, &item.plan, &item.item);
        all.push((name, mean(item), false));
        let after = other.and_then(|more| more.item(item));
        all.extend(after.map(|after| (pen.w.many_more.clone(), mean(after), true)));
    }
    let sums = all.iter().map(|(_, stages, _)| stages.all().iter().sum());
    let longest = sums.max().unwrap_or(1).max(1);
    let bars = all.into_iter().map(|(label, stages, is_after)| Bar {
        is_after,
        ..bars::bar(label, stages, longest, pen)
    });
    bars.collect()
}

fn posts(many: &Many, other: Option<&Many>, pen: &Pen) -> Vec<Row<Waited>> {
    let posts = many.posts.iter().filter(|post| post.waited > 0).take(POSTS);
    let after = |post: &PostLoad| other.and_then(|more| more.post(&post.post));
    let posts: Vec<_> = posts.map(|post| (post, after(post))).collect();
    let all = posts
        .iter()
        .flat_map(|(post, after)| std::iter::once(*post).chain(*after));
    let longest = all.map(|post| post.waited).max().unwrap_or(1);
    let waited = |post: &PostLoad| Waited {
        width: percent(post.waited, longest),
        said: pen.span(post.waited),
    };
    let rows = posts.iter().map(|(post, after)| Row {
        label: pen.post(&post.post),
        now: Some(waited(post)),
        after: after.map(waited),
    });
    rows.collect()
}

fn items(many: &Many, other: Option<&Many>, pen: &Pen) -> Table {
    let w = pen.w;
    let mut heads = table::heads(&[
        &w.item,
        &w.plan,
        &w.chance,
        &w.of_releases,
        &w.plan_faults,
        &w.percentile_10,
        &w.median,
        &w.percentile_90,
    ]);
    heads.extend(other.map(|_| w.many_more.clone()));
    let shown = |chance: Chance| match chance.of {
        0 => NONE.to_owned(),
        _ => {
            let [share, low, high] = [chance.permille, chance.low, chance.high].map(permille);
            match pen.language {
                Language::ZhCn => format!("{share}（{low}–{high}）"),
                Language::En => format!("{share} ({low}–{high})"),
            }
        }
    };
    let row = |of: &ItemChance| {
        let names = pen.tell.names;
        let mut row = vec![
            names.item(pen.language, &of.plan, &of.item),
            names.plan(pen.language, &of.plan).to_owned(),
            shown(of.on_time),
            pen.say(&phrase!(
                "drill.compare.kept",
                n = of.releases_on_time,
                of = of.releases.to_string()
            )),
            match of.by_plan {
                0 => NONE.to_owned(),
                n => n.to_string(),
            },
            pen.slack(of.slack_p10),
            pen.slack(of.slack_median),
            pen.slack(of.slack_p90),
        ];
        if let Some(more) = other {
            row.push(
                more.item(of)
                    .map_or_else(|| NONE.to_owned(), |of| shown(of.on_time)),
            );
        }
        row
    };
    Table {
        heads,
        rows: many.items.iter().map(row).collect(),
    }
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
