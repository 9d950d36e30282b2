//! An incident (突发事件): one event, declared. Its level changes are kept, never overwritten.

mod change;

pub use change::{NotPossible, STANDS_AFTER_END};

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
use super::deadline::Anchors;
use super::fact::{Fact, FactValue, Facts};
use super::level::{IncidentGrade, ResponseLevel};
use super::plan::Plan;
use super::time::{Moment, Span};
use crate::id::IncidentId;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    pub event: String,
    pub title: String,
    /// Who worded the title; None when it is made of the event's and the places' names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_by: Option<String>,
    pub areas: Vec<AreaCode>,
    pub known_at: Moment,
    pub declared_at: Moment,
    pub expected_duration: Option<Span>,
    pub facts: Facts,
    /// In order of time; the first is the declaration. Never empty.
    pub levels: Vec<LevelChange>,
    pub status: IncidentStatus,
    /// The plans it was declared under, by content hash.
    pub plans: Vec<PlanPin>,
    /// The store's row version; an update of another version than the one read is a conflict.
    #[serde(skip)]
    pub row_version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPin {
    pub plan: String,
    pub revision: String,
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelChange {
    pub level: ResponseLevel,
    pub at: Moment,
    pub by: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum IncidentStatus {
    Active,
    Ended {
        at: Moment,
        by: String,
        reason: String,
    },
    /// Ended, and nothing of it is open or stands any more.
    Archived {
        at: Moment,
        by: String,
        ended_at: Moment,
        /// Of the end.
        reason: String,
    },
    /// Declared in error.
    Withdrawn {
        at: Moment,
        by: String,
        reason: String,
    },
}

impl IncidentStatus {
    /// Every state by name, for queries.
    pub const CODES: [&'static str; 4] = ["active", "ended", "archived", "withdrawn"];

    pub fn code(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended { .. } => "ended",
            Self::Archived { .. } => "archived",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

impl Incident {
    /// What it is called in English, of the event's and the places' names; none where the event has no English name.
    pub fn title_en(&self, plan: &Plan) -> Option<String> {
        let event = plan.event.name_en.as_deref()?;
        let places: Vec<&str> = self
            .areas
            .iter()
            .map(|area| plan.place_name_en(area))
            .collect();
        Some(match places.split_last() {
            None => event.to_owned(),
            Some((last, [])) => format!("{event} in {last}"),
            Some((last, others)) => format!("{event} in {} and {last}", others.join(", ")),
        })
    }

    /// The level in force, or the last one that was.
    pub fn level(&self) -> ResponseLevel {
        self.levels
            .last()
            .map_or(ResponseLevel::IV, |change| change.level)
    }

    /// When the level in force began.
    pub fn level_since(&self) -> Moment {
        self.levels
            .last()
            .map_or(self.declared_at, |change| change.at)
    }

    /// The same, graded so at `as_of`.
    #[must_use]
    pub fn graded(mut self, grade: IncidentGrade, as_of: Moment) -> Self {
        let fact = Fact {
            value: FactValue::Text(grade.zh().to_owned()),
            as_of,
            source: None,
            by: Vec::new(),
        };
        self.facts.insert(IncidentGrade::FACT.to_owned(), fact);
        self
    }

    /// What somebody has graded it.
    pub fn grade(&self) -> Option<IncidentGrade> {
        IncidentGrade::of(&self.facts)
    }

    pub fn previous_level(&self) -> Option<ResponseLevel> {
        self.levels
            .len()
            .checked_sub(2)
            .and_then(|n| self.levels.get(n))
            .map(|change| change.level)
    }

    pub fn is_active(&self) -> bool {
        self.status == IncidentStatus::Active
    }

    /// Who ended it, and so worded the reason.
    pub fn ended_by(&self) -> Option<&str> {
        match &self.status {
            IncidentStatus::Active => None,
            IncidentStatus::Ended { by, .. } | IncidentStatus::Withdrawn { by, .. } => Some(by),
            // The end's own line is in the journal; of an archived incident nothing is drafted any more.
            IncidentStatus::Archived { by, .. } => Some(by),
        }
    }

    /// When and why it was over.
    pub fn end(&self) -> Option<(Moment, &str)> {
        match &self.status {
            IncidentStatus::Active => None,
            IncidentStatus::Ended { at, reason, .. }
            | IncidentStatus::Withdrawn { at, reason, .. }
            | IncidentStatus::Archived {
                ended_at: at,
                reason,
                ..
            } => Some((*at, reason)),
        }
    }

    /// The anchors that the incident itself provides.
    pub fn anchors(&self) -> Anchors {
        Anchors {
            known: Some(self.known_at),
            activation: Some(self.level_since()),
            level_change: (self.levels.len() > 1).then(|| self.level_since()),
            warning: match self.facts.get("warning-time").map(|fact| &fact.value) {
                Some(FactValue::Time(at)) => Some(*at),
                _ => None,
            },
            termination: match &self.status {
                IncidentStatus::Ended { .. } | IncidentStatus::Archived { .. } => {
                    self.end().map(|(at, _)| at)
                }
                _ => None,
            },
            ..Anchors::default()
        }
    }
}

#[cfg(test)]
mod tables;
