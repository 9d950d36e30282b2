//! Inheritance between levels: an item with a known code changes the keys it names, and nothing else.
//!
//! Works on the values as written, so that a key keeps its place in the file at whichever level it ends up.

use crate::domain::concern::answers;
use crate::domain::phrase::phrase;
use crate::domain::plan::ItemKind;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::diagnostic::{Place, Report};
use super::file::{ConcernFile, ItemFile, Stage};
use super::folder::PlanFolder;
use super::words::{self, short, suggest};

/// An item of one level with everything that it inherited.
#[derive(Debug, Clone)]
pub struct Draft {
    pub spec: std::sync::Arc<ItemFile>,
    /// Key → where it was written last.
    origins: BTreeMap<String, String>,
    /// Where this item stands, at the highest level that touches it.
    pub pointer: String,
    value: Map<String, Value>,
    pub interpretation: Option<Box<Draft>>,
    /// Keys that the level's concerns give it, since it has none of its own.
    pub from_concern: BTreeSet<&'static str>,
    /// The same as it is answered where another source asks, if the concerns of the level give it something.
    pub by_other_sources: Vec<Draft>,
}

/// What one level says about a source, with everything that it inherited.
#[derive(Debug, Clone)]
pub struct ConcernDraft {
    pub spec: ConcernFile,
    origins: BTreeMap<String, String>,
    pub pointer: String,
    value: Map<String, Value>,
}

impl ConcernDraft {
    /// The pointer of `key`, or of the entry when nothing gives that key.
    pub fn pointer_of(&self, key: &str) -> &str {
        self.origins.get(key).unwrap_or(&self.pointer)
    }
}

impl Draft {
    /// The pointer of `key`, or of the item when nothing gives that key.
    pub fn pointer_of(&self, key: &str) -> &str {
        self.origins.get(key).unwrap_or(&self.pointer)
    }

    pub fn code(&self) -> &str {
        &self.spec.item
    }

    /// Whether somebody who was asked, or heard a claim, gives this as the answer.
    pub fn answers(&self) -> bool {
        self.spec.on_demand == Some(true) && self.spec.kind.is_some_and(answers)
    }

    /// Its kind, if it is the interpretation of `owner`.
    pub fn kind_as(&self, owner: Option<&Self>) -> Option<ItemKind> {
        match owner {
            Some(_) => Some(ItemKind::Interpretation),
            None => self.spec.kind,
        }
    }

    /// Itself and its interpretation.
    pub fn with_interpretation(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.interpretation.as_deref())
    }

    /// Itself, as it is for each source that has a way of its own, and its interpretation.
    pub fn ways(&self) -> impl Iterator<Item = (&Self, Option<&Self>)> {
        let others = self.by_other_sources.iter().map(|other| (other, None));
        self.with_owners().chain(others)
    }

    /// Itself and its interpretation, each with what it is the interpretation of.
    pub fn with_owners(&self) -> impl Iterator<Item = (&Self, Option<&Self>)> {
        std::iter::once((self, None))
            .chain(self.interpretation.as_deref().map(|own| (own, Some(self))))
    }
}

/// A plan with its levels filled up.
pub struct Leveled<'a> {
    pub folder: &'a PlanFolder,
    pub stages: BTreeMap<Stage, Vec<Draft>>,
    pub concerns: BTreeMap<Stage, Vec<ConcernDraft>>,
    /// Levels that inherit from one that is not there; nobody can say which items they lack.
    pub broken: BTreeSet<Stage>,
}

impl Leveled<'_> {
    /// Every item and interpretation of every level.
    pub fn all(&self) -> impl Iterator<Item = (Stage, &Draft)> {
        self.stages.iter().flat_map(|(stage, drafts)| {
            drafts
                .iter()
                .flat_map(move |draft| draft.with_interpretation().map(move |one| (*stage, one)))
        })
    }

    /// Whether the plan speaks of this level, even if what it says could not be put together.
    pub fn has(&self, stage: Stage) -> bool {
        self.stages.contains_key(&stage) || self.broken.contains(&stage)
    }

    pub fn at(&self, pointer: &str) -> Place {
        self.folder.plan.source.at(pointer)
    }

    pub fn key(&self, pointer: &str) -> Place {
        self.folder.plan.source.key(pointer)
    }

    /// Whether something at or below `pointer` was faulty and therefore cut out.
    pub fn was_cut(&self, pointer: &str) -> bool {
        self.folder.plan.shaped.cut.iter().any(|cut| {
            cut.strip_prefix(pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Fills up the levels of one plan, lowest first.
pub fn level<'a>(folder: &'a PlanFolder, report: &mut Report) -> Leveled<'a> {
    let mut leveled = Leveled {
        folder,
        stages: BTreeMap::new(),
        concerns: BTreeMap::new(),
        broken: BTreeSet::new(),
    };
    for stage in Stage::ALL {
        if folder.plan.spec().levels.get(stage).is_some() {
            if let Some(concerns) = concerns(&leveled, stage, report) {
                leveled.concerns.insert(stage, concerns);
            }
            match fill(&leveled, stage, report) {
                Some(drafts) => drop(leveled.stages.insert(stage, drafts)),
                None => drop(leveled.broken.insert(stage)),
            }
        }
    }
    // Only now: what a level takes over from a lower one is what that one says itself.
    for (stage, drafts) in &mut leveled.stages {
        if let Some((first, others)) = leveled
            .concerns
            .get(stage)
            .and_then(|all| all.split_first())
        {
            for draft in drafts.iter_mut().filter(|draft| draft.answers()) {
                let by = others.iter().map(|other| answered_by(draft, other));
                let by: Vec<Draft> = by.filter(|way| !way.from_concern.is_empty()).collect();
                *draft = answered_by(draft, first);
                draft.by_other_sources = by;
            }
        }
    }
    leveled
}

/// `draft` as the level answers `concern` where it does not say itself by when, by whom and where.
fn answered_by(draft: &Draft, concern: &ConcernDraft) -> Draft {
    let mut draft = draft.clone();
    for (key, of) in [
        ("due", "within"),
        ("route", "route"),
        ("channels", "channels"),
    ] {
        let Some(given) = concern
            .value
            .get(of)
            .filter(|_| !draft.value.contains_key(key))
        else {
            continue;
        };
        let given = match key {
            "due" => serde_json::json!({"within": given, "of": "request"}),
            _ => given.clone(),
        };
        draft.value.insert(key.to_owned(), given);
        let origin = concern.pointer_of(of).to_owned();
        draft.origins.insert(key.to_owned(), origin);
        draft.from_concern.insert(key);
    }
    let spec = serde_json::from_value(Value::Object(draft.value.clone())).unwrap_or_default();
    draft.spec = std::sync::Arc::new(spec);
    draft
}

/// What a level says of each source, its own and what it inherits.
fn concerns(leveled: &Leveled<'_>, stage: Stage, report: &mut Report) -> Option<Vec<ConcernDraft>> {
    let plan = &leveled.folder.plan;
    let file = plan.spec().levels.get(stage)?;
    let of_lower = file.inherit.filter(|from| *from < stage);
    let lower = of_lower.and_then(|from| leveled.concerns.get(&from));
    let mut out = lower.cloned().unwrap_or_default();
    let home = format!("/levels/{}/concerns", stage.code());
    let written = plan.shaped.value.pointer(&home).and_then(Value::as_array);
    let mut here: BTreeMap<String, String> = BTreeMap::new();
    for (index, value) in written.into_iter().flatten().enumerate() {
        let pointer = format!("{home}/{index}");
        let members = value.as_object()?;
        let source = members.get("source").and_then(Value::as_str)?;
        if let Some(first) = here.insert(source.to_owned(), pointer.clone()) {
            let line = leveled.at(&first).line;
            report
                .error(
                    "duplicate-code",
                    leveled.at(&format!("{pointer}/source")),
                    phrase!("check.concerns.twice", source = short(source)),
                )
                .help(phrase!("check.first-on-line", line));
            continue;
        }
        let old = out.iter().position(|one| one.spec.source.code() == source);
        let (mut value, mut origins) = match old {
            Some(at) => (out[at].value.clone(), out[at].origins.clone()),
            None => Default::default(),
        };
        for (key, given) in members {
            value.insert(key.clone(), given.clone());
            origins.insert(key.clone(), super::yaml::join(&pointer, key));
        }
        let new = ConcernDraft {
            spec: serde_json::from_value(Value::Object(value.clone())).ok()?,
            origins,
            pointer,
            value,
        };
        match old {
            Some(at) => out[at] = new,
            None => out.push(new),
        }
    }
    Some(out)
}

/// The items of a level. None when the level it inherits from is not there: complaints about its items would be untrue.
fn fill(leveled: &Leveled<'_>, stage: Stage, report: &mut Report) -> Option<Vec<Draft>> {
    let plan = &leveled.folder.plan;
    let home = format!("/levels/{}", stage.code());
    let file = plan.spec().levels.get(stage)?;
    let mut drafts = match file.inherit {
        None => Vec::new(),
        Some(from) => inherited(leveled, stage, from, &home, report)?,
    };
    for (index, code) in file.drop.iter().enumerate() {
        let before = drafts.len();
        let known: Vec<String> = drafts.iter().map(|d| d.code().to_owned()).collect();
        drafts.retain(|draft| draft.code() != code);
        if drafts.len() == before {
            report
                .error(
                    "unknown-item",
                    leveled.at(&format!("{home}/drop/{index}")),
                    phrase!("check.levels.drop-nothing", item = short(code)),
                )
                .help_if(suggest(code, known.iter().map(String::as_str)));
        }
    }
    let written = plan
        .shaped
        .value
        .pointer(&format!("{home}/items"))
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let mut here: BTreeMap<String, String> = BTreeMap::new();
    for (index, value) in written.iter().enumerate() {
        let pointer = format!("{home}/items/{index}");
        let Some(members) = value.as_object() else {
            continue;
        };
        let code = members
            .get("item")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(first) = here.get(code) {
            let line = leveled.at(first).line;
            report
                .error(
                    "duplicate-item",
                    leveled.at(&format!("{pointer}/item")),
                    phrase!(
                        "check.items.twice",
                        item = short(code),
                        level = words::level(stage)
                    ),
                )
                .help(phrase!("check.items.together-help", line));
            continue;
        }
        here.insert(code.to_owned(), pointer.clone());
        match drafts.iter_mut().find(|draft| draft.code() == code) {
            Some(draft) => *draft = merge(Some(draft), members, &pointer),
            None => drafts.push(merge(None, members, &pointer)),
        }
    }
    Some(drafts)
}

fn inherited(
    leveled: &Leveled<'_>,
    stage: Stage,
    from: Stage,
    home: &str,
    report: &mut Report,
) -> Option<Vec<Draft>> {
    let place = leveled.at(&format!("{home}/inherit"));
    if from >= stage {
        report
            .error(
                "bad-inherit",
                place,
                phrase!(
                    "check.levels.inherit-from",
                    level = words::level(stage),
                    from = words::level(from)
                ),
            )
            .help(phrase!("check.levels.inherit-from-help"));
        return None;
    }
    match leveled.stages.get(&from) {
        Some(drafts) => Some(drafts.clone()),
        // Said of that level already.
        None if leveled.broken.contains(&from) => None,
        None => {
            report
                .error(
                    "bad-inherit",
                    place,
                    phrase!("check.levels.inherit-nothing", from = words::level(from)),
                )
                .help(phrase!("check.levels.inherit-nothing-help"));
            None
        }
    }
}

/// `old` with the keys of `written` in place of its own; null takes a key out.
fn merge(old: Option<&Draft>, written: &Map<String, Value>, pointer: &str) -> Draft {
    let mut value = old.map(|old| old.value.clone()).unwrap_or_default();
    let mut origins = old.map(|old| old.origins.clone()).unwrap_or_default();
    let mut interpretation = old.and_then(|old| old.interpretation.clone());
    for (key, new) in written {
        let at = super::yaml::join(pointer, key);
        if key == "interpretation" {
            interpretation = match new.as_object() {
                None => None,
                Some(members) => {
                    let same = interpretation.as_deref().filter(|old| {
                        members.get("item").and_then(Value::as_str) == Some(old.code())
                    });
                    Some(Box::new(merge(same, members, &at)))
                }
            };
        } else if new.is_null() {
            value.shift_remove(key);
        } else {
            value.insert(key.clone(), new.clone());
        }
        origins.insert(key.clone(), at);
    }
    // Every key has been through the schema, so this reads what is there.
    let spec = serde_json::from_value(Value::Object(value.clone())).unwrap_or_default();
    Draft {
        spec: std::sync::Arc::new(spec),
        origins,
        pointer: pointer.to_owned(),
        value,
        interpretation,
        from_concern: BTreeSet::new(),
        by_other_sources: Vec::new(),
    }
}
