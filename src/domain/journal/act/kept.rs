//! An act as an entry keeps it: its name, its facts, what it is about.

use serde_json::{Map, Value};

use super::Act;
use crate::domain::journal::{Subject, SubjectKind};

/// An act that cannot be read; another program wrote it, or somebody changed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAct {
    #[error("this program does not know the act {0:?}; a newer one wrote it")]
    Unknown(String),
    #[error("the facts of {act:?} cannot be read: {what}")]
    Facts { act: String, what: String },
}

impl Act {
    /// The act with the name and the facts that an entry gives.
    ///
    /// # Errors
    /// Names the act that is not known, or what cannot be read of its facts.
    pub fn read(name: &str, data: Value) -> Result<Self, BadAct> {
        let whole = Value::Object(Map::from_iter([(name.to_owned(), data)]));
        serde_json::from_value(whole).map_err(|error| {
            let what = error.to_string();
            if what.starts_with(&format!("unknown variant `{name}`")) {
                return BadAct::Unknown(name.chars().take(60).collect());
            }
            let act = name.to_owned();
            BadAct::Facts { act, what }
        })
    }

    /// Its name and its facts, as an entry keeps them.
    pub fn parts(&self) -> (String, Value) {
        match serde_json::to_value(self) {
            Ok(Value::Object(whole)) => whole.into_iter().next().unwrap_or_default(),
            // No variant is a unit, and no map has other keys than text.
            _ => Default::default(),
        }
    }

    pub fn name(&self) -> String {
        self.parts().0
    }

    /// What it is about, if that is neither a release nor an incident.
    pub(in crate::domain::journal) fn subject(&self) -> Option<Subject> {
        match self {
            Self::ChannelTrouble { channel, .. }
            | Self::ReceiptsMissing { channel, .. }
            | Self::ChannelMended { channel, .. }
            | Self::ChannelEnabled { channel }
            | Self::ChannelDisabled { channel } => {
                Some(Subject::new(SubjectKind::Channel, channel))
            }
            Self::UserAdded { login, .. }
            | Self::UserPostsChanged { login, .. }
            | Self::UserDisabled { login, .. }
            | Self::TokenIssued { login, .. }
            | Self::TokensRevoked { login, .. } => Some(Subject::new(SubjectKind::Person, login)),
            Self::ContactImportBegun { .. }
            | Self::ContactsImported { .. }
            | Self::ContactsExported { .. } => {
                Some(Subject::new(SubjectKind::ContactList, "contacts"))
            }
            Self::DrillStarted { run } | Self::DrillEnded { run, .. } => {
                Some(Subject::new(SubjectKind::Drill, run))
            }
            // Named one by one: an entry that was sealed without its subject is never found by it again.
            Self::IncidentDeclared { .. }
            | Self::FactsChanged { .. }
            | Self::LevelRaised(..)
            | Self::LevelLowered(..)
            | Self::IncidentEnded { .. }
            | Self::IncidentArchived { .. }
            | Self::SecondPersonAsked { .. }
            | Self::SecondPersonReminded { .. }
            | Self::SecondPersonConfirmed(..)
            | Self::SecondPersonDeclined(..)
            | Self::SecondPersonLapsed(..)
            | Self::SecondPersonOvertaken(..)
            | Self::ReleasesPlanned(..)
            | Self::ReleaseRequested(..)
            | Self::DecisionAsked { .. }
            | Self::MeasureOrdered { .. }
            | Self::MeasureLiftedIn { .. }
            | Self::MeasureLifted { .. }
            | Self::MeasureRestored { .. }
            | Self::MeasureNotApplicable { .. }
            | Self::DecisionPutOff { .. }
            | Self::ReleaseDrafted { .. }
            | Self::ReleaseEdited { .. }
            | Self::ReleasePlaced { .. }
            | Self::ReleaseDated { .. }
            | Self::HoldingReported { .. }
            | Self::ReleaseSubmitted { .. }
            | Self::ReleaseReturned { .. }
            | Self::ReviewStale(..)
            | Self::ReviewCurrent { .. }
            | Self::FactsChangedAfterEdit(..)
            | Self::ApprovalVoid(..)
            | Self::TurnPassed { .. }
            | Self::ApprovalRefused { .. }
            | Self::ReleaseSigned { .. }
            | Self::ReleasedBeforeCountersignature { .. }
            | Self::ReleaseCountersigned { .. }
            | Self::CountersignatureOverdue { .. }
            | Self::ReleaseHeld { .. }
            | Self::ReleaseReminded(..)
            | Self::ReleaseOverdue(..)
            | Self::TurnTold { .. }
            | Self::SignerReminded { .. }
            | Self::ReminderNotSent { .. }
            | Self::ReleasePublished { .. }
            | Self::ReleaseSuperseded { .. }
            | Self::ReleaseCancelled { .. }
            | Self::ReleaseWaived { .. }
            | Self::ReleaseMissed { .. }
            | Self::ExpiryStarted { .. }
            | Self::ReleaseExpired { .. }
            | Self::CorrectionPrepared { .. }
            | Self::ReleaseCorrected { .. }
            | Self::ReleaseWithdrawn { .. }
            | Self::DispatchSkipped { .. }
            | Self::DispatchEmpty { .. }
            | Self::DispatchExpanded { .. }
            | Self::DispatchClosed { .. }
            | Self::ReceiptsLate { .. }
            | Self::DispatchLost { .. }
            | Self::DispatchFellBack { .. }
            | Self::ReleaseResent { .. }
            | Self::Inject(..) => None,
        }
    }
}
