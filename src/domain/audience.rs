//! Who a text is for, as a plan says it; the store turns it into addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::area::AreaCode;

/// `everyone`, or what a contact must match: every key given, by any value of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Audience {
    Everyone(Everyone),
    Selected(Selection),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Everyone {
    /// Every contact who lives in the incident's areas.
    Everyone,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Selection {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<AreaChoice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AreaChoice {
    OfIncident(OfIncident),
    Codes(Vec<AreaCode>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfIncident {
    Incident,
}

impl Default for Audience {
    fn default() -> Self {
        Self::Everyone(Everyone::Everyone)
    }
}

/// An audience with the incident's areas filled in. Empty lists do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub areas: Vec<AreaCode>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
    /// Places around [`Self::areas`]: whoever is recorded by one of them, and no nearer, may live in those, and is reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub around: Vec<AreaCode>,
}

impl Reach {
    /// For `areas` of an incident in `home`: with those who are recorded only by a place of it that lies around them.
    #[must_use]
    pub fn with_those_around(mut self, areas: &[AreaCode], home: &[AreaCode]) -> Self {
        // Places that the item names by itself are meant as they stand.
        if self.areas != areas {
            return self;
        }
        let around = areas.iter().flat_map(AreaCode::around);
        let is_within = |area: &AreaCode| home.iter().any(|own| own.contains(area));
        self.around = around.filter(is_within).collect();
        self.around.sort();
        self.around.dedup();
        self
    }

    /// Everybody whom one of the two reaches, and perhaps more.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        fn widen<T: Clone + PartialEq>(own: &mut Vec<T>, other: &[T]) {
            // Nothing named is no restriction.
            if own.is_empty() || other.is_empty() {
                own.clear();
                return;
            }
            for one in other {
                if !own.contains(one) {
                    own.push(one.clone());
                }
            }
        }
        widen(&mut self.areas, &other.areas);
        widen(&mut self.groups, &other.groups);
        widen(&mut self.posts, &other.posts);
        for one in &other.around {
            if !self.around.contains(one) {
                self.around.push(one.clone());
            }
        }
        if self.areas.is_empty() {
            self.around.clear();
        }
        self
    }
}

impl Audience {
    pub fn reach(&self, incident_areas: &[AreaCode]) -> Reach {
        match self {
            Self::Everyone(_) => Reach {
                areas: incident_areas.to_vec(),
                ..Reach::default()
            },
            Self::Selected(Selection {
                areas,
                groups,
                posts,
            }) => Reach {
                areas: match areas {
                    None => Vec::new(),
                    Some(AreaChoice::OfIncident(_)) => incident_areas.to_vec(),
                    Some(AreaChoice::Codes(codes)) => codes.clone(),
                },
                groups: groups.clone(),
                posts: posts.clone(),
                ..Reach::default()
            },
        }
    }
}
