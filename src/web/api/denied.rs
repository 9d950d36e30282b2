//! A refusal of the table of rights in words: what it takes, and who can.

use axum::http::StatusCode;

use super::Problem;
use crate::domain::rights::{Deed, Denied, Needs, Right};

/// How many posts a sentence names.
const NAMED: usize = 6;

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let name = match denied.needs {
            Needs::Second => "second-person",
            _ => "forbidden",
        };
        let mut problem = Self::new(
            StatusCode::FORBIDDEN,
            name,
            "Not yours to do",
            sentence(&denied),
        );
        problem.more.deed = Some(denied.deed.code().to_owned());
        problem.more.who = denied.who.iter().map(ToString::to_string).collect();
        problem
    }
}

fn sentence(denied: &Denied) -> String {
    let what = what(denied.deed);
    let needs = match &denied.needs {
        Needs::Right(right @ Right::Declare) => format!(
            "a post that has the right `{}`, of a body that takes part",
            right.code()
        ),
        Needs::Right(right) => format!("a post that has the right `{}`", right.code()),
        Needs::Part => "a post of a body that takes part".into(),
        Needs::Body(bodies) => format!("a post of {}", bodies.join(" or ")),
        Needs::Route => "a post of its signing route".into(),
        Needs::Corrections => "a post that corrects".into(),
        Needs::AnyRoute => "a post that drafts or signs for some plan".into(),
        Needs::Second => "the post that confirms, and another person than the one who asked".into(),
    };
    format!("{what} takes {needs}; {}; nothing was changed", who(denied))
}

fn who(denied: &Denied) -> String {
    let named: Vec<String> = denied
        .who
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    match (denied.who.len().checked_sub(NAMED), &denied.needs) {
        (Some(more @ 1..), _) => format!("{} and {more} more can", named.join(", ")),
        (_, Needs::Right(right)) if named.is_empty() => format!(
            "no post has it: `rights: [{}]` in bodies.yaml gives it, and whoever works on the server's own machine needs none",
            right.code()
        ),
        _ if named.is_empty() => "nobody can".into(),
        _ => format!("{} can", named.join(", ")),
    }
}

fn what(deed: Deed) -> &'static str {
    match deed {
        Deed::Declare => "declaring this incident",
        Deed::SetFacts => "giving facts of this incident",
        Deed::Request => "asking for a text on this incident",
        Deed::Raise => "raising the response",
        Deed::RaiseToI => "raising the response to level I",
        Deed::Lower => "lowering the response",
        Deed::End => "ending the response",
        Deed::Archive => "archiving this incident",
        Deed::Edit => "writing this text",
        Deed::Submit => "submitting this text",
        Deed::Return => "returning this text",
        Deed::Approve => "signing this text",
        Deed::Waive => "waiving this release",
        Deed::Correct => "correcting this text",
        Deed::Withdraw => "withdrawing this text",
        Deed::Resend => "sending this text again",
        Deed::Confirm => "confirming this",
        Deed::SwitchChannel => "switching channels",
        Deed::TestChannel => "testing channels",
        Deed::DirectDrills => "directing a drill",
        Deed::ReadContacts => "reading contacts",
        Deed::ImportContacts => "importing contacts",
        Deed::ExportContacts => "exporting contacts",
        Deed::ReadPeople => "reading who there is",
        Deed::ChangePeople => "changing who there is and which posts they hold",
        Deed::IssueToken => "issuing a token",
        Deed::RevokeTokens => "revoking tokens",
        Deed::ReadJournal => "reading the whole journal",
        Deed::ReadRecord => "reading the record of this incident",
    }
}
