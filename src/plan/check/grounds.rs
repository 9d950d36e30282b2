//! What may rest on an article, and what may not (`demand: {grounds: …}`): one on warnings gives no power to respond, one on road
//! traffic none over ferries.

use super::World;
use super::rules::{applies_at, complain, concerns};
use crate::domain::document::Document;
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::file::GroundsDemand;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{list, short};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for rule in &rules.spec().rules {
        let Some(demand) = &rule.demand.grounds else {
            continue;
        };
        if !concerns(world, plan, rule) {
            continue;
        }
        // What explains a text rests on what the text rests on.
        for (stage, drafts) in &plan.stages {
            let drafts = drafts.iter().filter(|_| applies_at(rule, *stage));
            for draft in drafts.filter(|draft| !is_for(draft, demand)) {
                for (at, basis) in draft.spec.basis.iter().flatten().enumerate() {
                    if demand.basis.contains(basis) {
                        let pointer = format!("{}/{at}", draft.pointer_of("basis"));
                        let item = short(draft.code());
                        let what = phrase!("check.grounds.not-for", item, basis);
                        let help = match &demand.subjects[..] {
                            [] => phrase!("check.grounds.not-for-help"),
                            subjects => {
                                let subjects = list(subjects);
                                phrase!("check.grounds.only-for-help", subjects)
                            }
                        };
                        complain(report, rule, plan.at(&pointer), what, help);
                    }
                }
            }
        }
    }
}

/// Whether an item is one that may rest on the articles of `demand`.
fn is_for(draft: &Draft, demand: &GroundsDemand) -> bool {
    let spec = &draft.spec;
    let subject = spec.subject.as_ref();
    let document = spec.document.or(spec.kind.map(Document::of));
    subject.is_some_and(|subject| demand.subjects.contains(subject))
        || document.is_some_and(|document| demand.documents.contains(&document))
}
