//! Who may sign what, and when. Four eyes: no one signs what they submitted, no one signs twice, and a signature
//! names the bytes it was given for.

use serde::{Deserialize, Serialize};

use super::body::PostRef;
use super::plan::Signer;
use super::release::Review;
use super::time::Moment;
use crate::id::ReleaseId;

/// A person, as far as rights are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub user: String,
    pub name: String,
    pub posts: Vec<PostRef>,
}

impl Actor {
    pub fn holds(&self, post: &PostRef) -> bool {
        self.posts.contains(post)
    }

    pub fn serves(&self, body: &str) -> bool {
        self.posts.iter().any(|post| post.body == body)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub release: ReleaseId,
    pub version: u32,
    pub hash: String,
    pub post: PostRef,
    pub user: String,
    pub name: String,
    pub at: Moment,
    pub kind: SignatureKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// In the order of the route, before publication.
    Review,
    /// The one signature of a fast route.
    Fast,
    /// The first of a correction's two.
    Correction,
    /// Given after publication (补签).
    Countersign,
}

/// Why a signature was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the text has changed: you approved {seen}, it is now {current}")]
    WrongHash { seen: String, current: String },
    #[error("you submitted this text; somebody else must sign it")]
    OwnDraft,
    #[error("you have already signed this text")]
    AlreadySigned,
    #[error("it waits for {waiting_for}, and you do not hold that post")]
    NotYourTurn { waiting_for: String },
    #[error("this text was edited by hand; the fast route takes only a template's own text")]
    NotPreApproved,
    #[error("this item has no fast route")]
    NoFastRoute,
}

/// The post in whose name `actor` may sign for `signer`, the deputy counting once the turn has passed.
pub fn acting_post(actor: &Actor, signer: &Signer, passed_to_deputy: bool) -> Option<PostRef> {
    if actor.holds(&signer.post) {
        return Some(signer.post.clone());
    }
    signer
        .deputy
        .as_ref()
        .filter(|deputy| passed_to_deputy && actor.holds(deputy))
        .cloned()
}

/// Whether `actor` may give the next signature of `review` for the text `seen`; returns the post signed for.
///
/// # Errors
/// The first rule broken, the hash before all: a stale hash is nobody's fault, a wrong person is.
pub fn may_sign(
    review: &Review,
    given: &[Signature],
    actor: &Actor,
    seen: &str,
) -> Result<PostRef, Refusal> {
    if seen != review.hash {
        return Err(Refusal::WrongHash {
            seen: seen.to_owned(),
            current: review.hash.clone(),
        });
    }
    if actor.user == review.submitted_by {
        return Err(Refusal::OwnDraft);
    }
    if given
        .iter()
        .any(|s| s.hash == review.hash && s.user == actor.user)
    {
        return Err(Refusal::AlreadySigned);
    }
    let Some(signer) = review.signer() else {
        return Err(Refusal::NotYourTurn {
            waiting_for: "nobody".into(),
        });
    };
    acting_post(actor, signer, review.passed_to_deputy).ok_or_else(|| Refusal::NotYourTurn {
        waiting_for: signer.post.to_string(),
    })
}
