//! An inject (导调) as the journal of a drill keeps it: what happened, and what it changed beside the tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::plan::CorrectionKind;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Happened {
    /// Its place in the scenario's list; none if somebody thought of it during the drill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
    /// What the transcript says of it: what happened, or why the engine refused.
    pub text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Who asked for it during the drill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The key of the asking, so that asking twice does it once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What an inject changes that the engine's own tables do not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Later injects name this incident so.
    Declared {
        name: String,
        incident: IncidentId,
    },
    /// Somebody noticed that this text is wrong.
    Wrong {
        release: ReleaseId,
        kind: CorrectionKind,
        /// What the correction is to say, as the scenario gives it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        facts: BTreeMap<String, Value>,
    },
    Down {
        channel: String,
        until: Moment,
    },
    Slow {
        channel: String,
        per_second: f64,
        until: Moment,
    },
    Absent {
        post: String,
        until: Option<Moment>,
    },
    /// The server is away until then.
    Stopped {
        until: Moment,
    },
}

impl Happened {
    pub fn scripted(n: usize) -> Self {
        Self {
            n: Some(n),
            ..Self::default()
        }
    }
}
