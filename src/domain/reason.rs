//! Why something became of a release: a code with its facts, worded where it is shown, in the reader's language.

use serde::{Deserialize, Serialize};

use super::level::{IncidentGrade, ResponseLevel};
use crate::id::ReleaseId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "code")]
pub enum Reason {
    DeclaredAgain,
    LevelRaised {
        to: ResponseLevel,
    },
    LevelLowered {
        to: ResponseLevel,
    },
    /// The incident has a lower grade, or none, from now on.
    GradeLowered {
        to: Option<IncidentGrade>,
    },
    ResponseEnded,
    /// A newer text took its place.
    Replaced {
        by: ReleaseId,
        name: String,
    },
    /// What it said was wrong, and a correction stands in its place.
    Corrected {
        by: ReleaseId,
    },
    /// What it orders holds no more.
    Lifted {
        by: ReleaseId,
    },
    /// Another measure was ordered for the same places, which excludes it.
    OrderedInstead {
        name: String,
    },
    /// What it was to lift does not hold any more.
    NothingToLift,
    /// What it corrects, takes back or brings back was lifted, withdrawn or replaced meanwhile.
    OriginalOver,
    /// A superior speaks of it from now on, and its text is relayed.
    TakenOver {
        by: ReleaseId,
        name: String,
    },
    /// It explains a text that is not out yet.
    OriginalNotOut,
    /// What it explains was given up or missed.
    OriginalGivenUp,
    /// It was signed, and what is known has changed since.
    FactsChanged,
    /// It was signed, and an hour that it names as one to come is past.
    HourPassed {
        fact: String,
        label: String,
    },
    /// A message could not be sent, for every other channel carries none.
    NoOtherChannel,
    /// It was to go out on a channel that is not defined any more.
    NoSuchChannel,
    /// A person's words, or those of records from before there were codes.
    #[serde(untagged)]
    Said(String),
}
