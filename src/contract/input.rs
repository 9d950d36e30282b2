//! What requests carry. An unknown field is refused: a misspelt one must not look as if it had been heard.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::domain::area::AreaCode;
use crate::domain::plan::CorrectionKind;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareInput {
    /// An event type of `events.yaml`.
    pub event: String,
    /// I, II, III or IV.
    pub level: String,
    /// Division codes.
    pub areas: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When the government learnt of it; now when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<DateTime<Utc>>,
    /// Such as `48h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_duration: Option<String>,
    /// Name → value, or → `{value, as_of?, source?}`.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    /// A second incident of the same event in the same places is meant.
    #[serde(default)]
    pub another: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactsInput {
    /// Name → value, or → `{value, as_of?, source?}`.
    pub facts: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelInput {
    pub level: String,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonInput {
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestInput {
    /// An on-demand item of the level in force, or a measure that is ordered.
    pub item: String,
    /// Where it is for, within the incident's places; all of them when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub areas: Vec<AreaCode>,
    /// What this one text says, name → value or → `{value, as_of?, source?}`; the facts of the incident stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Value>,
    /// It is ordered instead of the measures that it excludes there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub instead: bool,
    /// Where what it answers was found: hotline, web-message, new-media, media, superior, patrol or village. The plan's
    /// entry for that source gives deadline, route and channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was found; its deadline counts from then. Now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_at: Option<DateTime<Utc>>,
}

/// Where a text is for, and what it says for itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceInput {
    /// Within the incident's places; all of them when empty, as it is when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub areas: Option<Vec<AreaCode>>,
    /// What this one text says, name → value or → `{value, as_of?, source?}`; the facts of the incident stay as they are.
    /// `null` takes back what it was given: it says what the incident says again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Value>,
}

/// An answer to the question whether a measure is ordered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "answer", deny_unknown_fields)]
pub enum DecisionInput {
    Ordered {
        /// Where it is for, within the incident's places; all of them when left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(value_type = Vec<String>)]
        areas: Vec<AreaCode>,
        /// What this one text says, name → value or → `{value, as_of?, source?}`; the facts of the incident stay as they are.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        facts: BTreeMap<String, Value>,
        /// It is ordered instead of the measures that it excludes there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        instead: bool,
    },
    NotApplicable {
        reason: String,
    },
    AskAgain {
        /// 1 to 1440.
        minutes: u32,
    },
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitInput {
    /// Of a text under review that a person wrote: give their words up for this newer version of the template's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_newer: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoInput {}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveInput {
    /// The hash of the text that you have read, or …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// … its check code, such as `2-1a2b-3c4d-5e6f-7a8b`: it stands for a text that was shown to you, and no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Take the item's fast route: one signature now, the others afterwards.
    #[serde(default)]
    pub fast: bool,
    /// The newer version that facts have made since, when you have seen what differs and want the older words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub despite_newer: Option<u32>,
    /// Of a correction: these are my own words, and they go out before a second person has confirmed them.
    #[serde(default)]
    pub own_words: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectInput {
    #[schema(value_type = String)]
    pub kind: CorrectionKind,
    /// Why, in one line without a full stop; the correction prints it if its template has a place for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Facts that the correction's words need. They are its own; the incident's stay as they are.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    /// Facts of the incident that were wrong, as they are right: what is drafted from now on has them.
    #[serde(default)]
    pub mends: BTreeMap<String, Value>,
}

/// Fields of a text; what is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_en: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IncidentQuery {
    /// active, ended, archived or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Only those in this place, in a place inside it, or in one that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AskedQuery {
    /// Only what whoever asks may confirm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReleaseQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// A state such as in-review or published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Only what waits for a post of whoever asks. What they may confirm as the second person is `/asked?mine=true`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
    /// Only what waits for this post, written body/post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The last id of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ShowQuery {
    /// Every byte of the text is put before the eyes of whoever asks: from then on its check code is theirs to sign by.
    #[serde(default)]
    pub preview: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    pub release: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The last id of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// The last number of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryReportQuery {
    pub release: String,
}
