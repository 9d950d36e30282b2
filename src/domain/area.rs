//! Places by administrative division code (GB/T 2260 and its extensions): a longer code lies inside its own head.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
