//! What can be done, and which right a post must have for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What `bodies.yaml` gives a post beyond its part in drafting and signing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// People, the posts they hold, and their tokens.
    Administer,
    DirectDrills,
    /// Holds a channel back, lets it send again, and asks it how it is.
    SwitchChannels,
    /// Reads, imports and exports contacts.
    Contacts,
    /// Declares an incident in which the post's body takes part, changes its level, ends and archives it.
    Declare,
    /// Reads the whole journal.
    Audit,
}

impl Right {
    pub const ALL: [Self; 6] = [
        Self::Administer,
        Self::DirectDrills,
        Self::SwitchChannels,
        Self::Contacts,
        Self::Declare,
        Self::Audit,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Administer => "administer",
            Self::DirectDrills => "direct-drills",
            Self::SwitchChannels => "switch-channels",
            Self::Contacts => "contacts",
            Self::Declare => "declare",
            Self::Audit => "audit",
        }
    }
}

/// Something that a person asks for and that is not everybody's to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    Declare,
    SetFacts,
    Request,
    /// Orders a measure that is ready, or finds it not applicable.
    Decide,
    Raise,
    RaiseToI,
    Lower,
    End,
    Archive,
    Edit,
    Submit,
    Return,
    Approve,
    Waive,
    Correct,
    Withdraw,
    Resend,
    /// As the second person: confirms or declines what another one asked for.
    Confirm,
    SwitchChannel,
    TestChannel,
    DirectDrills,
    ReadContacts,
    ImportContacts,
    ExportContacts,
    ReadPeople,
    ChangePeople,
    IssueToken,
    RevokeTokens,
    /// The whole of it; what it says of one incident is [`Deed::ReadRecord`].
    ReadJournal,
    ReadRecord,
}

impl Deed {
    pub fn code(self) -> &'static str {
        match self {
            Self::Declare => "declare",
            Self::SetFacts => "set-facts",
            Self::Request => "request",
            Self::Decide => "decide",
            Self::Raise => "raise",
            Self::RaiseToI => "raise-to-i",
            Self::Lower => "lower",
            Self::End => "end",
            Self::Archive => "archive",
            Self::Edit => "edit",
            Self::Submit => "submit",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Waive => "waive",
            Self::Correct => "correct",
            Self::Withdraw => "withdraw",
            Self::Resend => "resend",
            Self::Confirm => "confirm",
            Self::SwitchChannel => "switch-channel",
            Self::TestChannel => "test-channel",
            Self::DirectDrills => "direct-drills",
            Self::ReadContacts => "read-contacts",
            Self::ImportContacts => "import-contacts",
            Self::ExportContacts => "export-contacts",
            Self::ReadPeople => "read-people",
            Self::ChangePeople => "change-people",
            Self::IssueToken => "issue-token",
            Self::RevokeTokens => "revoke-tokens",
            Self::ReadJournal => "read-journal",
            Self::ReadRecord => "read-record",
        }
    }

    /// The right that it takes, if it takes one.
    pub fn right(self) -> Option<Right> {
        match self {
            Self::Declare
            | Self::Decide
            | Self::Raise
            | Self::RaiseToI
            | Self::Lower
            | Self::End
            | Self::Archive => Some(Right::Declare),
            Self::SwitchChannel | Self::TestChannel => Some(Right::SwitchChannels),
            Self::DirectDrills => Some(Right::DirectDrills),
            Self::ReadContacts | Self::ImportContacts | Self::ExportContacts => {
                Some(Right::Contacts)
            }
            Self::ReadPeople | Self::ChangePeople | Self::IssueToken | Self::RevokeTokens => {
                Some(Right::Administer)
            }
            Self::ReadJournal | Self::ReadRecord => Some(Right::Audit),
            _ => None,
        }
    }
}
