//! For whom a release waits: whose turn it is, who may sign, and who is to be told.

use super::{Release, ReleaseState};
use crate::domain::body::PostRef;
use crate::domain::plan::Plan;
use crate::domain::time::Moment;

impl Release {
    /// The post whose turn it is, as far as it is one post's: the drafting body's first post, the next signer, or the
    /// post that owes a countersignature.
    pub fn next_post(&self, plan: &Plan) -> Option<PostRef> {
        match &self.state {
            ReleaseState::Undecided(undecided) if !undecided.posts.is_empty() => {
                undecided.posts.first().cloned()
            }
            ReleaseState::Undecided(_) | ReleaseState::Planned | ReleaseState::Drafting(_) => {
                plan.body.posts.first().map(|post| PostRef {
                    body: plan.body.body.clone(),
                    post: post.post.clone(),
                })
            }
            ReleaseState::InReview(review) => {
                let signer = review.signer()?;
                // Of a correction either may sign from the start, and the post itself comes first.
                let passed = review.passed_to_deputy && self.correction.is_none();
                let deputy = signer.deputy.as_ref().filter(|_| passed);
                Some(deputy.unwrap_or(&signer.post).clone())
            }
            state => state
                .publication()?
                .countersign
                .as_ref()?
                .signer()
                .map(|s| s.post.clone()),
        }
    }
}

impl Release {
    /// The posts any of which may give the next signature: the signer's own, and its deputy's where that counts.
    pub fn may_sign(&self) -> Vec<PostRef> {
        let (signer, deputy_counts, also) = match &self.state {
            ReleaseState::InReview(review) => {
                (review.signer(), review.passed_to_deputy, &*review.also)
            }
            state => {
                let owed = state.publication().and_then(|p| p.countersign.as_ref());
                (owed.and_then(|c| c.signer()), true, &[][..])
            }
        };
        let Some(signer) = signer else {
            return Vec::new();
        };
        let deputy = signer.deputy.iter().filter(|_| deputy_counts);
        let mut posts: Vec<PostRef> = (std::iter::once(&signer.post).chain(deputy))
            .cloned()
            .collect();
        let others = also.iter().filter(|post| !posts.contains(post));
        let others: Vec<PostRef> = others.cloned().collect();
        posts.extend(others);
        posts
    }

    /// Whether `post` is to be told that it is its turn to sign, and not only may.
    pub fn calls(&self, post: &PostRef) -> bool {
        match &self.state {
            ReleaseState::InReview(review) => review.signer().is_some_and(|signer| {
                let deputy = signer.deputy.as_ref().filter(|_| review.passed_to_deputy);
                signer.post == *post || deputy == Some(post)
            }),
            // A deputy who has signed for it already would be told in vain.
            state => {
                let owed = state.publication().and_then(|p| p.countersign.as_ref());
                (owed.and_then(|c| c.signer())).is_some_and(|signer| signer.post == *post)
            }
        }
    }
}

/// For whom a release waits, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Posts, written body/post; `body/*` is whoever drafts for the body.
    pub posts: Vec<String>,
    pub since: Moment,
}

impl Release {
    /// None when it waits for nobody.
    pub fn turn(&self) -> Option<Turn> {
        if self.part_of.is_some() {
            return None;
        }
        let (posts, since) = match &self.state {
            ReleaseState::Undecided(undecided) if !undecided.posts.is_empty() => {
                let posts = undecided.posts.iter().map(ToString::to_string);
                (posts.collect(), self.opened_at)
            }
            ReleaseState::Undecided(_) | ReleaseState::Planned | ReleaseState::Drafting(_) => {
                (vec![format!("{}/*", self.body)], self.opened_at)
            }
            ReleaseState::InReview(review) => (posts_of(self), review.turn_since),
            state => (posts_of(self), state.publication()?.at),
        };
        (!posts.is_empty()).then_some(Turn { posts, since })
    }
}

fn posts_of(release: &Release) -> Vec<String> {
    release.may_sign().iter().map(ToString::to_string).collect()
}
