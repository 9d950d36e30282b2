//! What requests carry, read into what verbs take.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use crate::contract::ApproveInput;
use crate::domain::approval::{Consent, Seen};
use crate::domain::bad_json;
use crate::domain::check_code::BadCheckCode;
use crate::domain::clip::short;
use crate::domain::phrase::{Blank, phrase};
use crate::flow::declare::GivenFact;

/// # Errors
/// When not just one of hash and code is given, or it could be nobody's.
pub fn consent(given: ApproveInput) -> Result<Consent, Problem> {
    let seen = match (given.hash, given.code) {
        (Some(hash), None) => {
            // What is not the text's hash is refused and remembered; what could be nobody's is not worth it.
            if hash.len() > 128 || hash.chars().any(char::is_control) {
                return Err(Problem::invalid("hash", phrase!("request.no-hash")));
            }
            Seen::Hash(hash)
        }
        (None, Some(code)) => Seen::Code(
            code.parse()
                .map_err(|bad: BadCheckCode| Problem::invalid("code", bad.phrase()))?,
        ),
        _ => {
            return Err(Problem::invalid("hash", phrase!("request.which-text")));
        }
    };
    Ok(Consent {
        seen,
        fast: given.fast,
        despite: given.despite_newer,
        own_words: given.own_words,
    })
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
            phrase!(
                "request.not-one-of",
                name = format!("{:?}", short(name)),
                known = known.iter().copied().collect::<Blank>()
            ),
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
                    Problem::invalid(&format!("facts.{name}"), bad_json::phrase_of(&error))
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
