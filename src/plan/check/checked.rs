//! How sure a citation is: the document has such an article, and somebody has held it against the text. What is in force
//! is asked in `citations`.

use std::collections::BTreeSet;

use super::World;
use crate::domain::phrase::phrase;
use crate::plan::article;
use crate::plan::diagnostic::Report;
use crate::plan::file::Checked;
use crate::plan::inherit::Leveled;
use crate::plan::words::short;

/// The citations of rules.yaml.
pub fn check_file(world: &World<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for (index, citation) in rules.spec().citations.iter().enumerate() {
        let at = |key: &str| rules.source.at(&format!("/citations/{index}/{key}"));
        let most = citation.articles.unwrap_or(u32::MAX);
        let article = citation.article.as_deref().unwrap_or_default();
        let beyond = article::numbers(article).find(|number| !(1..=most).contains(number));
        if let Some(number) = beyond {
            let document = short(&citation.document);
            report
                .error(
                    "no-such-article",
                    at("article"),
                    match citation.articles {
                        Some(most) => phrase!("check.checked.beyond", document, most, number),
                        None => phrase!("check.checked.no-article", document, number),
                    },
                )
                .help(phrase!("check.checked.beyond-help"));
        }
        if citation.checked != Checked::Not && citation.checked_on.is_none() {
            report
                .error("bad-date", at("checked"), phrase!("check.checked.no-day"))
                .help(phrase!("check.checked.no-day-help"));
        }
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
