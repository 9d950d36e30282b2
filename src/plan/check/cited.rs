//! Law that a text itself names, 《…法》第…条: it is one of rules.yaml, has that article, and is in force when the plan is.
//!
//! What an item rests on (`basis`) is asked in `citations`; a reader of the text sees only what the text says.

use std::collections::BTreeSet;

use super::World;
use super::checked::title;
use super::templates::place;
use crate::domain::phrase::phrase;
use crate::plan::article;
use crate::plan::diagnostic::Report;
use crate::plan::file::Citation;
use crate::plan::inherit::Leveled;
use crate::plan::words::{short, suggest};

/// Endings of titles that are law, or a plan that stands in for it.
const LAW: [&str; 7] = ["法", "法典", "条例", "规定", "办法", "规则", "应急预案"];
const STATE: &str = "中华人民共和国";

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    let citations = &rules.spec().citations;
    let from = plan.folder.plan.spec().effective.from;
    let day = from.unwrap_or(world.today).max(world.today);
    for (name, file) in &plan.folder.templates {
        let mut seen: BTreeSet<(&str, u32)> = BTreeSet::new();
        for (at, named) in named(&file.text) {
            let number = article::numbers(named.article).next().unwrap_or(0);
            if !seen.insert((named.title, number)) {
                continue;
            }
            let (line, column) = position(&file.text, at);
            let place = place(plan.folder, name, line, column);
            let is_it = |one: &&Citation| bare(title(&one.document)) == bare(named.title);
            let versions: Vec<&Citation> = citations.iter().filter(is_it).collect();
            let in_force = |one: &&&Citation| one.from <= day && one.to.is_none_or(|to| to >= day);
            let Some(any) = versions.first() else {
                let known = citations.iter().map(|one| title(&one.document));
                report
                    .error(
                        "unknown-citation",
                        place,
                        phrase!("check.cited.unknown", document = short(named.title)),
                    )
                    .help_if(
                        suggest(named.title, known)
                            .or_else(|| Some(phrase!("check.citations.unknown-help"))),
                    );
                continue;
            };
            let Some(now) = versions.iter().find(in_force) else {
                let ended = any.to.map_or_else(String::new, |to| to.to_string());
                report
                    .error(
                        "citation-not-in-force",
                        place,
                        match any.to.is_some_and(|to| to < day) {
                            true => phrase!(
                                "check.citations.expired",
                                name = short(named.title),
                                to = ended
                            ),
                            false => phrase!(
                                "check.cited.to-come",
                                document = short(named.title),
                                from = any.from.to_string()
                            ),
                        },
                    )
                    .help(phrase!("check.citations.not-in-force-help"));
                continue;
            };
            if let Some(most) = now.articles.filter(|most| number > *most) {
                report
                    .error(
                        "no-such-article",
                        place,
                        phrase!(
                            "check.checked.beyond",
                            document = short(named.title),
                            most,
                            number
                        ),
                    )
                    .help(phrase!("check.cited.beyond-help"));
            }
        }
    }
}

struct Named<'t> {
    title: &'t str,
    /// What follows it, up to its last 条.
    article: &'t str,
}

/// The law that `text` names, with where in it each stands.
fn named(text: &str) -> impl Iterator<Item = (usize, Named<'_>)> {
    text.match_indices('《').filter_map(|(at, sign)| {
        let rest = &text[at + sign.len()..];
        let (title, behind) = rest.split_once('》')?;
        let is_law = LAW.iter().any(|ending| title.ends_with(ending));
        let is_whole = !title.contains(['{', '《', '\n']);
        let article = match behind.strip_prefix('第') {
            Some(rest) => rest
                .find('条')
                .map_or("", |end| &behind[..'第'.len_utf8() + end + '条'.len_utf8()]),
            None => "",
        };
        (is_law && is_whole).then_some((at, Named { title, article }))
    })
}

/// Texts and files leave out whose law it is as they like.
fn bare(title: &str) -> &str {
    title.strip_prefix(STATE).unwrap_or(title)
}

/// Line and column, from 1, of a byte of `text`.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}
