//! Concerns of the public (回应关切): what a plan says at a level about who watches which source, who answers what is found
//! there, within what time of being found, by whose signature and on which channels.
//!
//! One rumour or question is not a thing of its own here; a release that answers one only remembers where and when it was found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::PostRef;
use super::plan::{ItemChannel, ItemKind};
use super::time::{Moment, Span};

/// Where a concern is found.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ConcernSource {
    /// The telephone that people call (12345).
    Hotline,
    /// Messages left on a government site.
    WebMessage,
    /// Accounts, groups and short videos.
    NewMedia,
    /// Newspapers, radio and television.
    Media,
    /// A superior who asks.
    Superior,
    /// Whoever looks through the net.
    Patrol,
    /// Villages and communities.
    Village,
}

impl ConcernSource {
    pub const ALL: [Self; 7] = [
        Self::Hotline,
        Self::WebMessage,
        Self::NewMedia,
        Self::Media,
        Self::Superior,
        Self::Patrol,
        Self::Village,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Hotline => "hotline",
            Self::WebMessage => "web-message",
            Self::NewMedia => "new-media",
            Self::Media => "media",
            Self::Superior => "superior",
            Self::Patrol => "patrol",
            Self::Village => "village",
        }
    }
}

impl std::str::FromStr for ConcernSource {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|one| one.code() == text);
        found.ok_or(())
    }
}

/// What a plan says about one source at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    pub source: ConcernSource,
    pub watch: Vec<PostRef>,
    pub answer: PostRef,
    /// Counted from when it was found.
    pub within: Span,
    pub route: String,
    pub channels: Vec<ItemChannel>,
}

/// Where and when somebody found what a release answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ConcernSource>,
    pub at: Moment,
}

/// Whether an item of this kind answers what people ask or claim.
pub fn answers(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Refutation | ItemKind::Interpretation)
}
