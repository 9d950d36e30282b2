//! Targets that could never work on the night: telephone numbers that only fill the place, groups that nobody can be in.
//! The addresses of a channel are looked at by its kind.

use std::collections::BTreeMap;

use super::World;
use crate::domain::audience::{Audience, Selection};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::file::ItemFile;
use crate::plan::file::Stage;
use crate::plan::source::Source;
use crate::plan::words::short;
use crate::plan::yaml::join;

pub fn check(world: &World<'_>, report: &mut Report) {
    hotlines(world, world.is_example(), report);
    let mut spellings: BTreeMap<String, String> = BTreeMap::new();
    for file in &world.files.channels {
        if let Some(audience) = &file.spec().audience {
            groups(audience, "/audience", &file.source, &mut spellings, report);
        }
    }
    for plan in &world.files.plans {
        let (source, spec) = (&plan.plan.source, plan.plan.spec());
        for stage in Stage::ALL {
            let Some(level) = spec.levels.get(stage) else {
                continue;
            };
            for (index, item) in level.items.iter().enumerate() {
                let pointer = format!("{}/items/{index}", join("/levels", stage.code()));
                audiences(item, &pointer, source, &mut spellings, report);
            }
        }
    }
}

/// A telephone number that is printed in every text.
fn hotlines(world: &World<'_>, is_example: bool, report: &mut Report) {
    let Some(file) = world.files.bodies.as_ref().filter(|_| !is_example) else {
        return;
    };
    for (index, body) in file.spec().bodies.iter().enumerate() {
        let Some(hotline) = &body.hotline else {
            continue;
        };
        let digits: Vec<char> = hotline.chars().filter(char::is_ascii_digit).collect();
        let tail = &digits[digits.len().saturating_sub(7)..];
        let is_same = !tail.is_empty()
            && tail.len() == 7
            && tail.iter().all(|digit| Some(digit) == tail.first());
        if digits.is_empty()
            || is_same
            || hotline.contains("0000-")
            || hotline.ends_with("12345678")
        {
            report
                .warning(
                    "doubtful-hotline",
                    file.source.at(&format!("/bodies/{index}/hotline")),
                    phrase!("check.targets.doubtful-hotline", hotline = short(hotline)),
                )
                .help(phrase!("check.targets.doubtful-hotline-help"));
        }
    }
}

fn audiences(
    item: &ItemFile,
    pointer: &str,
    source: &Source,
    spellings: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    if let Some(audience) = &item.audience {
        groups(
            audience,
            &format!("{pointer}/audience"),
            source,
            spellings,
            report,
        );
    }
    for (index, choice) in item.channels.iter().flatten().enumerate() {
        if let Some(audience) = choice.audience() {
            groups(
                audience,
                &format!("{pointer}/channels/{index}/audience"),
                source,
                spellings,
                report,
            );
        }
    }
    if let Some(own) = &item.interpretation {
        audiences(
            own,
            &format!("{pointer}/interpretation"),
            source,
            spellings,
            report,
        );
    }
}

/// Groups that lists of contacts cannot have: an import takes a name apart at such signs.
fn groups(
    audience: &Audience,
    pointer: &str,
    source: &Source,
    spellings: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    let Audience::Selected(Selection { groups, .. }) = audience else {
        return;
    };
    for (index, group) in groups.iter().enumerate() {
        let at = || source.at(&format!("{pointer}/groups/{index}"));
        if group.trim().is_empty() || group.trim() != group {
            report
                .error("bad-group", at(), phrase!("check.targets.blank-group"))
                .help(phrase!("check.targets.blank-group-help"));
        } else if group.contains([',', '，', '、', ';', '；', '|']) {
            report
                .warning(
                    "bad-group",
                    at(),
                    phrase!("check.targets.two-in-one", group = short(group)),
                )
                .help(phrase!("check.targets.two-in-one-help"));
        }
        let key: String = group
            .to_lowercase()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        match spellings.get(&key) {
            Some(known) if known != group => report
                .warning(
                    "bad-group",
                    at(),
                    phrase!(
                        "check.targets.alike",
                        known = short(known),
                        group = short(group)
                    ),
                )
                .help(phrase!("check.targets.alike-help")),
            Some(_) => {}
            None => drop(spellings.insert(key, group.clone())),
        }
    }
}
