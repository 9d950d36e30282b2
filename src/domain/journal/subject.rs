//! What an entry of the journal is about: any kind of thing, by its name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Written `channel/sms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    Incident,
    Release,
    ContactList,
    Person,
    Channel,
    Concern,
    Plan,
    Drill,
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is nothing that the journal is about: write kind/id, such as channel/sms; kinds are {kinds}", kinds = SubjectKind::ALL.map(SubjectKind::code).join(", "))]
pub struct BadSubject(String);

impl SubjectKind {
    pub const ALL: [Self; 8] = [
        Self::Incident,
        Self::Release,
        Self::ContactList,
        Self::Person,
        Self::Channel,
        Self::Concern,
        Self::Plan,
        Self::Drill,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Release => "release",
            Self::ContactList => "contact-list",
            Self::Person => "person",
            Self::Channel => "channel",
            Self::Concern => "concern",
            Self::Plan => "plan",
            Self::Drill => "drill",
        }
    }
}

impl Subject {
    pub fn new(kind: SubjectKind, id: impl ToString) -> Self {
        let id = id.to_string();
        Self { kind, id }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.code(), self.id)
    }
}

impl FromStr for Subject {
    type Err = BadSubject;

    fn from_str(text: &str) -> Result<Self, BadSubject> {
        let named = text.split_once('/').and_then(|(kind, id)| {
            let kind = SubjectKind::ALL
                .into_iter()
                .find(|one| one.code() == kind)?;
            Some(Self::new(kind, id))
        });
        named.ok_or_else(|| BadSubject(text.chars().take(60).collect()))
    }
}
