//! How sure a citation is: the document has such an article, it is one document in one version, and somebody has held it
//! against the text. What is in force is asked in `citations`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::World;
use crate::domain::phrase::phrase;
use crate::plan::article;
use crate::plan::diagnostic::Report;
use crate::plan::file::{Checked, Citation, RulesFile};
use crate::plan::folder::Read;
use crate::plan::inherit::Leveled;
use crate::plan::words::{list, short};

/// The citations of rules.yaml.
pub fn check_file(world: &World<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for (index, citation) in rules.spec().citations.iter().enumerate() {
        articles(rules, index, citation, report);
        let at = |key: &str| rules.source.at(&format!("/citations/{index}/{key}"));
        if citation.checked != Checked::Not && citation.checked_on.is_none() {
            report
                .error("bad-date", at("checked"), phrase!("check.checked.no-day"))
                .help(phrase!("check.checked.no-day-help"));
        }
        let year = year_of(&citation.document);
        if let Some(year) = year.filter(|year| !can_be_of(citation, *year, world.today.year())) {
            report
                .error(
                    "wrong-year",
                    at("document"),
                    phrase!(
                        "check.checked.wrong-year",
                        document = short(&citation.document),
                        year = year.to_string(),
                        from = citation.from.to_string()
                    ),
                )
                .help(phrase!("check.checked.wrong-year-help"));
        }
    }
    versions(rules, report);
}

/// What a citation names in its document: articles that are there, in a form that can be read.
fn articles(rules: &Read<RulesFile>, index: usize, citation: &Citation, report: &mut Report) {
    let at = |key: &str| rules.source.at(&format!("/citations/{index}/{key}"));
    let most = citation.articles.unwrap_or(u32::MAX);
    let text = citation.article.as_deref().unwrap_or_default();
    let document = || short(&citation.document);
    let beyond = article::numbers(text).find(|number| !(1..=most).contains(number));
    if let Some(number) = beyond {
        report
            .error(
                "no-such-article",
                at("article"),
                match citation.articles {
                    Some(most) => {
                        phrase!("check.checked.beyond", document = document(), most, number)
                    }
                    None => phrase!("check.checked.no-article", document = document(), number),
                },
            )
            .help(phrase!("check.checked.beyond-help"));
    }
    let is_counted = citation.articles.is_some() && !text.is_empty();
    if article::has_unread(text) || is_counted && article::numbers(text).next().is_none() {
        report
            .error(
                "no-such-article",
                at("article"),
                phrase!("check.checked.unread", article = short(text)),
            )
            .help(phrase!("check.checked.unread-help"));
    }
    // 第二百九十一条之一 was put in later, and only whoever has the text knows that it is there.
    let unknown: Vec<String> = article::inserted(text)
        .map(|(number, next)| format!("{number}-{next}"))
        .filter(|code| !citation.inserted.contains(code))
        .collect();
    if citation.articles.is_some() && !unknown.is_empty() {
        report
            .error(
                "no-such-article",
                at("article"),
                phrase!(
                    "check.checked.not-inserted",
                    document = document(),
                    articles = list(&unknown)
                ),
            )
            .help(phrase!(
                "check.checked.not-inserted-help",
                articles = list(&unknown)
            ));
    }
}

/// The year that stands in a title: （2024年修订）, 〔2016〕80号.
fn year_of(document: &str) -> Option<i32> {
    let mut heads = document.match_indices(['（', '〔', '(']);
    heads.find_map(|(at, sign)| {
        let rest = &document[at + sign.len()..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() == 4).then(|| digits.parse().ok()).flatten()
    })
}

/// Whether a document of `year` can be in force since the day that is given: what was amended was there before, and nothing
/// waits longer than a year.
fn can_be_of(citation: &Citation, year: i32, today: i32) -> bool {
    let from = citation.from.year();
    let was_amended = ["修正", "修订"]
        .iter()
        .any(|word| citation.document.contains(word));
    let in_time = from <= year + 1 && (was_amended || from >= year);
    in_time && year <= today.max(from)
}

/// The title without what says at its end which version or number it is: （2024年修订）, （国务院令第493号）.
pub(super) fn title(document: &str) -> &str {
    let bare = document.trim_matches(['《', '》']);
    let end = bare.rfind('（').filter(|_| bare.ends_with('）'));
    end.map_or(bare, |at| &bare[..at])
}

/// Citations of one document agree on when it is in force, and of two versions only one is in force on a day.
fn versions(rules: &Read<RulesFile>, report: &mut Report) {
    let mut known: BTreeMap<&str, Vec<(usize, &Citation)>> = BTreeMap::new();
    for (index, citation) in rules.spec().citations.iter().enumerate() {
        let others = known.entry(title(&citation.document)).or_default();
        let place = |key: &str| rules.source.at(&format!("/citations/{index}/{key}"));
        let line = |other: usize| {
            rules
                .source
                .at(&format!("/citations/{other}/document"))
                .line
        };
        let same = others
            .iter()
            .find(|(_, one)| one.document == citation.document);
        if let Some((first, same)) = same {
            let differ = [
                ("from", same.from != citation.from),
                ("to", same.to != citation.to),
                ("articles", same.articles != citation.articles),
            ];
            for (key, _) in differ.into_iter().filter(|(_, differs)| *differs) {
                report
                    .error(
                        "versions-differ",
                        place(key),
                        phrase!(
                            "check.checked.differs",
                            document = short(&citation.document),
                            key,
                            line = line(*first)
                        ),
                    )
                    .help(phrase!("check.checked.differs-help"));
            }
            continue;
        }
        let overlaps = |one: &Citation| {
            one.to.is_none_or(|to| to >= citation.from)
                && citation.to.is_none_or(|to| to >= one.from)
        };
        if let Some((first, _)) = others.iter().find(|(_, one)| overlaps(one)) {
            report
                .error(
                    "versions-differ",
                    place("document"),
                    phrase!(
                        "check.checked.two-versions",
                        document = short(&citation.document),
                        line = line(*first)
                    ),
                )
                .help(phrase!("check.checked.two-versions-help"));
        }
        others.push((index, citation));
    }
}

/// The citations that a plan rests on. An example is nobody's plan, so nobody is warned of it.
pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    if plan.folder.plan.spec().example {
        return;
    }
    let mut seen = BTreeSet::new();
    for (_, draft) in plan.all() {
        for (index, basis) in draft.spec.basis.iter().flatten().enumerate() {
            let Some(citation) = world.citation(basis) else {
                continue;
            };
            if citation.checked == Checked::Not && seen.insert(basis) {
                let article = citation.article.as_deref().unwrap_or_default();
                report
                    .warning(
                        "unchecked-citation",
                        plan.at(&format!("{}/{index}", draft.pointer_of("basis"))),
                        phrase!(
                            "check.checked.unchecked",
                            citation = short(&format!("{} {article}", citation.document))
                        ),
                    )
                    .help(phrase!("check.checked.unchecked-help"));
            }
        }
    }
}
