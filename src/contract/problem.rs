//! A refusal (RFC 9457): what happened, where, what was not done, what to do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `application/problem+json`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// A stable name, `urn:fabu:problem:…`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// Apart, because few problems have any of it and every answer would carry the room.
    #[serde(flatten)]
    pub more: Box<Particulars>,
}

/// What some problems say beyond the sentence.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Particulars {
    /// Each field that cannot be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
    /// How many there are beside those listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_problems: usize,
    /// What has changed since the text that was approved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub difference: Vec<String>,
    /// The thing that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<String>,
    /// What was not this person's to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deed: Option<String>,
    /// The posts that may do it, or that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<String>,
    /// Of an order that something excludes: what is left of its places, by code, where nothing does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<String>,
    /// The places for which it can be ordered instead of that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    pub field: String,
    pub what: String,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}
