//! What requests carry. An unknown field is refused: a misspelt one must not look as if it had been heard.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use crate::domain::approval::{Consent, Seen};
use crate::domain::check_code::BadCheckCode;
use crate::domain::clip::short;
use crate::domain::plan::CorrectionKind;
use crate::flow::declare::GivenFact;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareInput {
    /// An event type of `events.yaml`.
    pub event: String,
    /// I, II, III or IV.
    pub level: String,
    /// Division codes.
    pub areas: Vec<String>,
    pub title: Option<String>,
    /// When the government learnt of it; now when left out.
    pub known_at: Option<DateTime<Utc>>,
    /// Such as `48h`.
    pub expected_duration: Option<String>,
    /// Name → value, or → `{value, as_of?, source?}`.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    /// A second incident of the same event in the same places is meant.
    #[serde(default)]
    pub another: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactsInput {
    /// Name → value, or → `{value, as_of?, source?}`.
    pub facts: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelInput {
    pub level: String,
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonInput {
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestInput {
    /// An on-demand item of the level in force.
    pub item: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitInput {
    /// Of a text under review that a person wrote: give their words up for this newer version of the template's.
    pub take_newer: Option<u32>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoInput {}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveInput {
    /// The hash of the text that you have read, or …
    pub hash: Option<String>,
    /// … its check code, such as `2-1a2b-3c4d-5e6f-7a8b`: it stands for a text that was shown to you, and no other.
    pub code: Option<String>,
    /// Take the item's fast route: one signature now, the others afterwards.
    #[serde(default)]
    pub fast: bool,
    /// The newer version that facts have made since, when you have seen what differs and want the older words.
    pub despite_newer: Option<u32>,
    /// Of a correction: these are my own words, and they go out before a second person has confirmed them.
    #[serde(default)]
    pub own_words: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectInput {
    pub kind: CorrectionKind,
    /// Why, in one line without a full stop; the correction prints it if its template has a place for it.
    pub reason: Option<String>,
    /// Facts that the correction's words need.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

impl ApproveInput {
    /// # Errors
    /// When not just one of hash and code is given, or it could be nobody's.
    pub fn consent(self) -> Result<Consent, Problem> {
        let seen = match (self.hash, self.code) {
            (Some(hash), None) => {
                // What is not the text's hash is refused and remembered; what could be nobody's is not worth it.
                if hash.len() > 128 || hash.chars().any(char::is_control) {
                    return Err(Problem::invalid(
                        "hash",
                        "it is not a hash: send the bulletin's, 64 characters",
                    ));
                }
                Seen::Hash(hash)
            }
            (None, Some(code)) => Seen::Code(
                code.parse()
                    .map_err(|bad: BadCheckCode| Problem::invalid("code", bad.to_string()))?,
            ),
            _ => {
                return Err(Problem::invalid(
                    "hash",
                    "say which text you have read: its hash or its check code, one of them",
                ));
            }
        };
        Ok(Consent {
            seen,
            fast: self.fast,
            despite: self.despite_newer,
            own_words: self.own_words,
        })
    }
}

/// Fields of a text; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    pub title: Option<String>,
    pub title_en: Option<String>,
    pub action: Option<String>,
    pub action_en: Option<String>,
    pub text: Option<String>,
    pub text_en: Option<String>,
    pub sms: Option<String>,
    pub sms_en: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IncidentQuery {
    /// active, ended, archived or withdrawn.
    pub status: Option<String>,
    pub limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReleaseQuery {
    pub incident: Option<String>,
    /// A state such as in-review or published.
    pub status: Option<String>,
    pub body: Option<String>,
    pub limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ShowQuery {
    /// Every byte of the text is put before the eyes of whoever asks: from then on its check code is theirs to sign by.
    #[serde(default)]
    pub preview: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    pub release: String,
    pub status: Option<String>,
    /// The last id of the page before.
    pub after: Option<i64>,
    pub limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    pub incident: Option<String>,
    /// The last number of the page before.
    pub after: Option<i64>,
    pub limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    pub incident: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryReportQuery {
    pub release: String,
}

/// A filter that must be one of some names.
///
/// # Errors
/// Names the ones there are.
pub fn one_of<'a>(
    field: &str,
    given: Option<&'a str>,
    known: &[&str],
) -> Result<Option<&'a str>, Problem> {
    match given {
        Some(name) if !known.contains(&name) => Err(Problem::invalid(
            field,
            format!("{:?} is not one of {}", short(name), known.join(", ")),
        )),
        _ => Ok(given),
    }
}

/// Reads facts given bare or with their as-of time and source.
///
/// # Errors
/// Names the fact whose object holds anything else.
pub fn facts(given: BTreeMap<String, Value>) -> Result<BTreeMap<String, GivenFact>, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Full {
        value: Value,
        as_of: Option<DateTime<Utc>>,
        source: Option<String>,
    }
    given
        .into_iter()
        .map(|(name, value)| {
            let fact = if value.is_object() {
                let full: Full = serde_json::from_value(value).map_err(|error| {
                    Problem::invalid(&format!("facts.{name}"), error.to_string())
                })?;
                GivenFact {
                    value: full.value,
                    as_of: full.as_of,
                    source: full.source,
                }
            } else {
                GivenFact {
                    value,
                    as_of: None,
                    source: None,
                }
            };
            Ok((name, fact))
        })
        .collect()
}
