//! The ledger (台账) beside the report: every release with its moments and steps, and all that happened.

use askama::Template;

use super::pen::{NONE, Pen};
use super::table::{Table, heads, why};
use super::{links, tag};
use crate::domain::bulletin::Language;
use crate::drill::score::{Names, ReleaseScore, Score};
use crate::words;

#[derive(Template)]
#[template(path = "pages/ledger.html")]
struct Ledger<'a> {
    w: &'static words::Report,
    lang: &'static str,
    name: &'a str,
    links: Vec<(String, String, &'static str)>,
    releases: Table,
    steps: Table,
    happened: Table,
}

pub fn page(score: &Score, pen: &Pen, transcript: &str) -> String {
    let w = pen.w;
    let page = Ledger {
        w,
        lang: tag(pen.language),
        name: score.name(pen.language),
        links: links(&[("ledger", ""), ("report", &w.title)], pen),
        releases: releases(score, pen),
        steps: steps(score, pen),
        happened: happened(transcript, pen),
    };
    // Writing into memory cannot fail.
    page.render().unwrap_or_default()
}

fn releases(score: &Score, pen: &Pen) -> Table {
    let w = pen.w;
    let row = |(number, of): (usize, &ReleaseScore)| {
        let mut result = vec![pen.tell.state(of)];
        result.extend(
            of.part_of
                .map(|n| w.in_text_of.replace("{n}", &n.to_string())),
        );
        let about = of.about.filter(|_| of.correction);
        result.extend(about.map(|n| w.corrects.replace("{n}", &n.to_string())));
        vec![
            number.to_string(),
            pen.tell.release(of),
            pen.body(of.issued_by()),
            pen.body(&of.body),
            pen.level(&of.level),
            pen.moment(of.opened_at),
            pen.at(of.limit()),
            pen.at(of.published_at),
            pen.slack(of.slack),
            result.join(&w.comma),
            why(of, pen),
        ]
    };
    Table {
        heads: heads(&[
            &w.number, &w.release, &w.issuer, &w.body, &w.level, &w.opens, &w.due, &w.actual,
            &w.slack, &w.result, &w.why,
        ]),
        rows: (1..).zip(&score.releases).map(row).collect(),
    }
}

/// The time of each step, of every text that took any.
fn steps(score: &Score, pen: &Pen) -> Table {
    let w = pen.w;
    let took = (1..)
        .zip(&score.releases)
        .filter(|(_, of): &(usize, _)| of.part_of.is_none() && of.published_at.is_some());
    let row = |(number, of): (usize, &ReleaseScore)| {
        let steps = of.stages.all().map(|seconds| match seconds {
            0 => NONE.to_owned(),
            seconds => pen.span(seconds),
        });
        let mut row = vec![number.to_string(), pen.tell.release(of)];
        row.extend(steps);
        row
    };
    Table {
        heads: [heads(&[&w.number, &w.release]), pen.steps()].concat(),
        rows: took.map(row).collect(),
    }
}

/// The transcript with names for codes. It is Chinese, so that only the Chinese ledger holds it.
fn happened(transcript: &str, pen: &Pen) -> Table {
    let w = pen.w;
    let heads = heads(&[&w.since, &w.at, &w.what_happened]);
    let rows = match pen.language {
        Language::En => Vec::new(),
        Language::ZhCn => {
            let lines = transcript.lines().filter_map(line);
            let named = |(since, at, what): (&str, &str, &str)| {
                vec![
                    since.trim_start_matches("T+").to_owned(),
                    at.to_owned(),
                    named(what, pen.tell.names),
                ]
            };
            lines.map(named).collect()
        }
    };
    Table { heads, rows }
}

/// `T+0:00:00   07-01 21:30:00  what happened`; other lines of a transcript are no happenings.
fn line(line: &str) -> Option<(&str, &str, &str)> {
    let (since, rest) = line.split_once(' ').filter(|_| line.starts_with("T+"))?;
    let rest = rest.trim_start();
    let (at, what) = rest.split_once("  ").unwrap_or(("", rest));
    Some((since, at, what))
}

/// `text` with the Chinese name in the place of every code that has one.
fn named(text: &str, names: &Names) -> String {
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.find(is_code) {
        let (before, tail) = rest.split_at(from);
        let to = tail.find(|c| !is_code(c)).unwrap_or(tail.len());
        let (code, after) = tail.split_at(to);
        out += before;
        out += &name(code, names);
        rest = after;
    }
    out + rest
}

fn name(code: &str, names: &Names) -> String {
    let zh = Language::ZhCn;
    let known = [
        names.post(zh, code),
        names.channel(zh, code).to_owned(),
        names.fact(zh, code).to_owned(),
        names.item_anywhere(zh, code).to_owned(),
    ];
    let named = known.into_iter().find(|name| name != code);
    named.unwrap_or_else(|| code.to_owned())
}
