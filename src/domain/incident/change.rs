//! What becomes of an incident: its level changes, its response ends, it is put away.

use std::fmt;

use super::{Incident, IncidentStatus, LevelChange};
use crate::domain::expand::Change;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::release::{Release, ReleaseState, state};
use crate::domain::time::{Moment, Span, minute};
use crate::id::IncidentId;

/// How long a text without a validity of its own stands after the end of its response.
pub const STANDS_AFTER_END: Span = Span::minutes(7 * 24 * 60);

/// How many unsettled releases a refusal names.
const NAMED: usize = 5;

/// A change that the incident does not allow. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    NotActive {
        incident: IncidentId,
        status: &'static str,
        since: Option<Moment>,
        by: Option<String>,
    },
    SameLevel {
        level: ResponseLevel,
        since: Moment,
    },
    NotEnded {
        incident: IncidentId,
        status: &'static str,
    },
    NotSettled {
        incident: IncidentId,
        /// Some of them, with their item and state.
        named: Vec<Phrase>,
    },
}

impl NotPossible {
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NotActive {
                incident,
                status,
                since,
                by,
            } => {
                let ended = since.as_ref().zip(by.as_ref());
                phrase!(
                    "verb.not-active",
                    incident = incident.as_str(),
                    status = self::status(status),
                    since = ended.map(|(since, _)| phrase!("verb.since", at = minute(*since))),
                    by = ended.map(|(_, by)| phrase!("verb.by", by)),
                )
            }
            Self::SameLevel { level, since } => phrase!(
                "verb.same-level",
                level = level.phrase(),
                since = minute(*since)
            ),
            Self::NotEnded { incident, status } => phrase!(
                "verb.not-ended",
                incident = incident.as_str(),
                status = self::status(status)
            ),
            Self::NotSettled { incident, named } => phrase!(
                "verb.not-settled",
                incident = incident.as_str(),
                named = named.iter().cloned().collect::<Blank>(),
            ),
        }
    }
}

impl fmt::Display for NotPossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

fn status(code: &'static str) -> Phrase {
    match code {
        "active" => phrase!("verb.status.active"),
        "ended" => phrase!("verb.status.ended"),
        "archived" => phrase!("verb.status.archived"),
        "withdrawn" => phrase!("verb.status.withdrawn"),
        code => Phrase::verbatim(code),
    }
}

impl Incident {
    /// What is over is not changed.
    pub fn must_be_active(&self) -> Result<(), NotPossible> {
        if self.is_active() {
            return Ok(());
        }
        Err(NotPossible::NotActive {
            incident: self.id.clone(),
            status: self.status.code(),
            since: self.end().map(|(at, _)| at),
            by: self.ended_by().map(str::to_owned),
        })
    }

    /// What is archived is read, not changed.
    pub fn must_not_be_archived(&self) -> Result<(), NotPossible> {
        match self.status {
            IncidentStatus::Archived { .. } => self.must_be_active(),
            _ => Ok(()),
        }
    }

    /// The response is at another level from now on.
    pub fn at_level(
        mut self,
        level: ResponseLevel,
        at: Moment,
        by: &str,
        reason: String,
    ) -> Result<(Self, Change), NotPossible> {
        self.must_be_active()?;
        let from = self.level();
        if from == level {
            return Err(NotPossible::SameLevel {
                level,
                since: self.level_since(),
            });
        }
        self.levels.push(LevelChange {
            level,
            at,
            by: by.to_owned(),
            reason,
        });
        let change = if level > from {
            Change::Raise
        } else {
            Change::Lower
        };
        Ok((self, change))
    }

    /// The response is over.
    pub fn ended(mut self, at: Moment, by: &str, reason: String) -> Result<Self, NotPossible> {
        self.must_be_active()?;
        self.status = IncidentStatus::Ended {
            at,
            by: by.to_owned(),
            reason,
        };
        Ok(self)
    }

    /// Put away: nothing of it is still to be said, and nothing said still stands.
    pub fn archived(
        mut self,
        at: Moment,
        by: &str,
        releases: &[Release],
    ) -> Result<Self, NotPossible> {
        let IncidentStatus::Ended {
            at: ended_at,
            reason,
            ..
        } = self.status
        else {
            return Err(NotPossible::NotEnded {
                incident: self.id,
                status: self.status.code(),
            });
        };
        let unsettled: Vec<&Release> = releases.iter().filter(|one| !is_settled(one)).collect();
        if !unsettled.is_empty() {
            return Err(NotPossible::NotSettled {
                incident: self.id,
                named: named(&unsettled),
            });
        }
        self.status = IncidentStatus::Archived {
            at,
            by: by.to_owned(),
            ended_at,
            reason,
        };
        Ok(self)
    }
}

fn is_settled(release: &Release) -> bool {
    !release.state.is_open() && !matches!(release.state, ReleaseState::Published(_))
}

fn named(unsettled: &[&Release]) -> Vec<Phrase> {
    let some = unsettled.iter().take(NAMED);
    let mut named: Vec<Phrase> = some
        .map(|release| {
            phrase!(
                "verb.unsettled",
                release = release.id.as_str(),
                item = &release.item,
                state = state(release.state.code())
            )
        })
        .collect();
    if unsettled.len() > NAMED {
        named.push(phrase!("verb.and-more", n = unsettled.len() - NAMED));
    }
    named
}
