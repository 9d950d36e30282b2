//! Places by administrative division code (GB/T 2260 and its extensions): a longer code lies inside its own head.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clip::short;
use super::nearest::closest;
use super::phrase::{Blank, Phrase, phrase};

/// an area code in quotes: six digits, and one or two further groups of three
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct AreaCode(#[schemars(regex(pattern = r"^\d{6}(\d{3}){0,2}$"))] pub String);

impl AreaCode {
    /// Whether this is six digits, or six and one or two further groups of three.
    pub fn is_well_formed(&self) -> bool {
        matches!(self.0.len(), 6 | 9 | 12) && self.0.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether `other` is this place or lies inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The places around this one, the nearest first.
    pub fn around(&self) -> impl Iterator<Item = Self> + '_ {
        let heads = [9, 6].into_iter().filter(|length| *length < self.0.len());
        heads.filter_map(|length| self.0.get(..length).map(|head| Self(head.to_owned())))
    }

    /// Whether one of the two lies inside the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }
}

/// A place with its names, from `bodies.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Area {
    pub area: AreaCode,
    pub name: String,
    pub name_en: Option<String>,
}

/// What is left of `areas` without `taken`: of a place of which a part is taken, the parts that are `known`.
pub fn without(areas: &[AreaCode], taken: &[AreaCode], known: &[Area]) -> Vec<AreaCode> {
    let mut left = Vec::new();
    for area in areas {
        if taken.iter().any(|one| one.contains(area)) {
            continue;
        }
        if !taken.iter().any(|one| area.contains(one)) {
            left.push(area.clone());
            continue;
        }
        let inner = known.iter().map(|one| &one.area);
        let inner = inner.filter(|one| *one != area && area.contains(one));
        let inner: Vec<&AreaCode> = inner.collect();
        let is_next = |one: &AreaCode| {
            !inner
                .iter()
                .any(|other| *other != one && other.contains(one))
        };
        let parts: Vec<AreaCode> = (inner.iter().copied())
            .filter(|one| is_next(one))
            .cloned()
            .collect();
        left.extend(without(&parts, taken, known));
    }
    left
}

/// What to say of `typed`, which is no place of `known`: the one that was probably meant, and those there are.
pub fn unknown<'a>(typed: &str, known: impl Iterator<Item = &'a Area>) -> Phrase {
    let known: Vec<&Area> = known.collect();
    let said = |area: &Area| Blank::Name {
        zh: format!("{} {}", area.area.0, area.name),
        en: format!(
            "{} {}",
            area.area.0,
            area.name_en.as_ref().unwrap_or(&area.name)
        ),
    };
    let words: Vec<&str> = (known.iter())
        .flat_map(|area| [area.area.0.as_str(), area.name.as_str()])
        .chain(known.iter().filter_map(|area| area.name_en.as_deref()))
        .collect();
    let near = closest(typed, &words);
    // 临江 is as clear as 临江镇.
    let within = || {
        let mut within = words.iter().copied().filter(|word| word.contains(typed));
        within.next().filter(|_| within.next().is_none())
    };
    let near = near.or_else(|| (typed.chars().count() > 1).then(within)?);
    let meant = near.and_then(|near| {
        let mut areas = known.iter();
        let is_it = |area: &Area| {
            area.area.0 == near || area.name == near || area.name_en.as_deref() == Some(near)
        };
        areas.find(|area| is_it(area)).map(|area| said(area))
    });
    let meant = meant.map(|word| phrase!("verb.place-meant", word));
    let known: Blank = known.iter().map(|area| said(area)).collect();
    phrase!("verb.unknown-place", area = short(typed), meant, known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulletin::Language;
    use crate::words::say;

    #[test]
    fn what_is_left_of_a_place_is_its_other_parts() {
        let code = |code: &str| AreaCode(code.into());
        let known = [
            "320299",
            "320299101",
            "320299101201",
            "320299101202",
            "320299400",
        ];
        let known = known.map(|one| Area {
            area: code(one),
            name: one.into(),
            name_en: None,
        });
        let left = |areas: &[&str], taken: &[&str]| {
            let codes = |all: &[&str]| all.iter().map(|one| code(one)).collect::<Vec<_>>();
            let left = without(&codes(areas), &codes(taken), &known);
            left.into_iter().map(|one| one.0).collect::<Vec<_>>()
        };
        assert_eq!(
            left(&["320299"], &["320299101201"]),
            ["320299101202", "320299400"]
        );
        assert_eq!(left(&["320299400"], &["320299101"]), ["320299400"]);
        assert!(left(&["320299101201"], &["320299101"]).is_empty());
    }

    #[test]
    fn a_slip_is_told_from_a_place_that_lies_elsewhere() {
        let known = [("320299101", "城关镇"), ("320299400", "临江镇")].map(|(code, name)| Area {
            area: AreaCode(code.into()),
            name: name.into(),
            name_en: None,
        });
        let said = |typed| say(Language::ZhCn, &unknown(typed, known.iter()));
        for typed in ["城管镇", "城关", "320299110"] {
            assert!(
                said(typed).contains("是否指320299101 城关镇？"),
                "{}",
                said(typed)
            );
        }
        let strange = said("和平路");
        assert!(!strange.contains("是否指"), "{strange}");
        assert!(strange.contains("320299400 临江镇"), "{strange}");
    }
}
