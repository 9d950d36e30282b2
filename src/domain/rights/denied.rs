//! Why a deed is not somebody's to do: what it takes, and who can.

use std::fmt;

use super::{Deed, Needs, Right};
use crate::domain::body::PostRef;
use crate::domain::phrase::{Blank, Phrase, phrase};

/// How many posts a sentence names.
const NAMED: usize = 6;

/// A deed that is not this person's, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Denied {
    pub deed: Deed,
    pub needs: Needs,
    /// Nobody, where the plans give it to none.
    pub who: Vec<PostRef>,
}

impl Denied {
    /// One sentence without a full stop: what the deed takes, and who can.
    pub fn phrase(&self) -> Phrase {
        let named: Blank = self
            .who
            .iter()
            .take(NAMED)
            .map(PostRef::to_string)
            .collect();
        let more = self.who.len().saturating_sub(NAMED);
        let who = match (&self.needs, self.who.is_empty()) {
            (_, false) => phrase!(
                "denied.can",
                posts = named,
                more = (more > 0).then(|| phrase!("denied.and-more", count = more)),
            ),
            (Needs::Right(right), true) => phrase!("denied.nobody-has-it", right = right.code()),
            (_, true) => phrase!("denied.nobody-can"),
        };
        phrase!(
            "denied.takes",
            deed = self.deed.phrase(),
            needs = self.needs.phrase(),
            who
        )
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

/// A right as it is called, with its code where that is not the name.
fn named(right: Right) -> Phrase {
    match right {
        Right::Administer => phrase!("denied.right.administer"),
        Right::DirectDrills => phrase!("denied.right.direct-drills"),
        Right::SwitchChannels => phrase!("denied.right.switch-channels"),
        Right::Contacts => phrase!("denied.right.contacts"),
        Right::Declare => phrase!("denied.right.declare"),
        Right::Audit => phrase!("denied.right.audit"),
    }
}

impl Needs {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Right(right @ Right::Declare) => {
                phrase!("denied.needs.right-and-part", right = named(*right))
            }
            Self::Right(right) => phrase!("denied.needs.right", right = named(*right)),
            Self::Part => phrase!("denied.needs.part"),
            Self::Body(bodies) => {
                phrase!("denied.needs.body", body = bodies.iter().collect::<Blank>())
            }
            Self::Route => phrase!("denied.needs.route"),
            Self::Corrections => phrase!("denied.needs.corrections"),
            Self::AnyRoute => phrase!("denied.needs.any-route"),
            Self::Decider => phrase!("denied.needs.decider"),
            Self::Second => phrase!("denied.needs.second"),
        }
    }
}

impl Deed {
    fn phrase(self) -> Phrase {
        match self {
            Self::Declare => phrase!("denied.deed.declare"),
            Self::SetFacts => phrase!("denied.deed.set-facts"),
            Self::Request => phrase!("denied.deed.request"),
            Self::Decide => phrase!("denied.deed.decide"),
            Self::Raise => phrase!("denied.deed.raise"),
            Self::RaiseToI => phrase!("denied.deed.raise-to-i"),
            Self::Lower => phrase!("denied.deed.lower"),
            Self::End => phrase!("denied.deed.end"),
            Self::Archive => phrase!("denied.deed.archive"),
            Self::Edit => phrase!("denied.deed.edit"),
            Self::Submit => phrase!("denied.deed.submit"),
            Self::Return => phrase!("denied.deed.return"),
            Self::Approve => phrase!("denied.deed.approve"),
            Self::Waive => phrase!("denied.deed.waive"),
            Self::Correct => phrase!("denied.deed.correct"),
            Self::Withdraw => phrase!("denied.deed.withdraw"),
            Self::Resend => phrase!("denied.deed.resend"),
            Self::Confirm => phrase!("denied.deed.confirm"),
            Self::SwitchChannel => phrase!("denied.deed.switch-channel"),
            Self::TestChannel => phrase!("denied.deed.test-channel"),
            Self::DirectDrills => phrase!("denied.deed.direct-drills"),
            Self::ReadContacts => phrase!("denied.deed.read-contacts"),
            Self::ImportContacts => phrase!("denied.deed.import-contacts"),
            Self::ExportContacts => phrase!("denied.deed.export-contacts"),
            Self::ReadPeople => phrase!("denied.deed.read-people"),
            Self::ChangePeople => phrase!("denied.deed.change-people"),
            Self::IssueToken => phrase!("denied.deed.issue-token"),
            Self::RevokeTokens => phrase!("denied.deed.revoke-tokens"),
            Self::ReadJournal => phrase!("denied.deed.read-journal"),
            Self::ReadRecord => phrase!("denied.deed.read-record"),
        }
    }
}
