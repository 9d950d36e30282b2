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
            },
        }
    }
}
