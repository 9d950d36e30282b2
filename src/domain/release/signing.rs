//! One signature more: in the turn of the route, alone on the fast route (先发后签), or after publication (补签).
//!
//! `approval` says who may; here is what it does to the release.

use super::{NotNow, Prompt, Release, ReleaseState, Review, Wanted};
use crate::domain::approval::{
    Actor, Consent, Ready, Refusal, Signature, SignatureKind, Signing, acting_post, may_sign,
    not_own_words, not_stale, not_twice, of_round, same_text,
};
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Author, Bulletin, Countersign, Owed, Publication};
use crate::domain::plan::{FastRoute, Item, Plan, Route, Signer};
use crate::domain::time::Moment;

/// One person's wish to sign one text.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub actor: &'a Actor,
    pub consent: &'a Consent,
    /// The hash of the text that was read.
    pub seen: &'a str,
    /// The text that stands.
    pub text: &'a Bulletin,
    /// All signatures that the release was ever given.
    pub given: &'a [Signature],
    pub now: Moment,
}

/// A signature, and the release with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    pub release: Release,
    pub signature: Signature,
    pub then: Then,
}

/// What a signature leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// The next post signs.
    Waits(PostRef),
    /// It has what it needs to go out.
    Ready(Ready),
    /// It was out before.
    Countersigned { next: Option<PostRef>, late: bool },
}

/// Why there is no signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Unsigned {
    NotNow(NotNow),
    /// The journal remembers it.
    Refused(Refusal),
}

impl From<NotNow> for Unsigned {
    fn from(not_now: NotNow) -> Self {
        Self::NotNow(not_now)
    }
}

impl From<Refusal> for Unsigned {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Release {
    /// The version that a signature would be given for now: one that is under review, one that is out and owes a
    /// signature, or, `fast`, a draft.
    pub fn to_be_signed(&self, fast: bool) -> Result<u32, NotNow> {
        let version = match &self.state {
            ReleaseState::Drafting(drafting) if fast => drafting.version,
            ReleaseState::InReview(review) => Some(review.version),
            state => state
                .publication()
                .filter(|publication| publication.countersign.is_some())
                .map(|publication| publication.version),
        };
        version.ok_or_else(|| self.not_now(Wanted::Approved))
    }

    /// Takes the next signature.
    pub fn signed(self, plan: &Plan, item: &Item, wish: Wish<'_>) -> Result<Signed, Unsigned> {
        match &self.state {
            ReleaseState::Drafting(_) | ReleaseState::InReview(_) if wish.consent.fast => {
                self.signed_fast(plan, item, wish)
            }
            ReleaseState::InReview(review) => {
                let review = review.clone();
                self.signed_in_turn(plan, review, wish)
            }
            state => match state.publication().cloned() {
                Some(publication) => self.countersigned(publication, wish),
                None => Err(self.not_now(Wanted::Approved).into()),
            },
        }
    }

    /// The next signature of the route.
    fn signed_in_turn(
        mut self,
        plan: &Plan,
        review: Review,
        wish: Wish<'_>,
    ) -> Result<Signed, Unsigned> {
        let is_correction = self.correction.is_some();
        let writers = wish.text.writers();
        let signing = Signing {
            seen: wish.seen,
            writers: &writers,
            given: wish.given,
            consent: wish.consent,
            is_correction,
        };
        let post = may_sign(&review, wish.actor, signing)?;
        let kind = if is_correction {
            SignatureKind::Correction
        } else {
            SignatureKind::Review
        };
        let owed = self.owed_by_correction(plan, &post, writers.contains(&wish.actor.user));
        let signature = self.signature(&wish, review.version, post, kind);
        let next = review.signers.get(review.step + 1);
        let then = match next {
            Some(next) => Then::Waits(next.post.clone()),
            None => Then::Ready(Ready {
                version: review.version,
                hash: review.hash.clone(),
                owed,
                declined: review.stale,
            }),
        };
        if matches!(then, Then::Waits(_)) {
            self.state = ReleaseState::InReview(Review {
                step: review.step + 1,
                turn_since: wish.now,
                passed_to_deputy: false,
                prompted: Prompt::None,
                ..review
            });
        }
        Ok(Signed {
            release: self,
            signature,
            then,
        })
    }

    /// A correction goes out on one signature and owes a second.
    fn owed_by_correction(&self, plan: &Plan, signed: &PostRef, own_words: bool) -> Option<Owed> {
        self.correction?;
        let corrections = plan.corrections.as_ref()?;
        Some(Owed {
            signers: vec![corrections.confirmed_after(signed)],
            within: corrections.confirm_within,
            own_words,
        })
    }

    /// One post of the fast route sends a pre-approved template in which only typed blanks differ; the rest sign
    /// afterwards. Free words in it must be somebody else's.
    fn signed_fast(mut self, plan: &Plan, item: &Item, wish: Wish<'_>) -> Result<Signed, Unsigned> {
        // A correction has a route of its own, shorter than any.
        if self.correction.is_some() {
            return Err(Refusal::NoFastRoute.into());
        }
        let in_turn = match &self.state {
            ReleaseState::InReview(review) => review.signers.iter().take(review.step).collect(),
            _ => Vec::new(),
        };
        let mut done: Vec<PostRef> = in_turn.into_iter().map(|one| one.post.clone()).collect();
        let newer = match &self.state {
            ReleaseState::InReview(review) if review.submitted_by == wish.actor.user => {
                return Err(Refusal::OwnDraft.into());
            }
            ReleaseState::InReview(review) => review.stale,
            ReleaseState::Drafting(drafting) => {
                // A draft that nobody has submitted begins a round of its own.
                self.rounds += 1;
                drafting.newer
            }
            _ => return Err(self.not_now(Wanted::Approved).into()),
        };
        same_text(wish.seen, &wish.text.hash())?;
        not_stale(newer, wish.consent)?;
        not_twice(of_round(wish.given, self.rounds), wish.seen, wish.actor)?;
        let route = item.fast.as_ref().and_then(|name| plan.routes.get(name));
        let (Some(route), Some(fast)) = (route, route.and_then(|route| route.fast.as_ref())) else {
            return Err(Refusal::NoFastRoute.into());
        };
        if wish.text.author != Author::Template {
            return Err(Refusal::NotPreApproved.into());
        }
        let post = fast_post(route, wish.actor)?;
        not_own_words(&wish.text.writers(), wish.actor)?;
        let version = wish.text.version;
        let before = of_round(wish.given, self.rounds).filter(|one| one.hash == wish.seen);
        done.extend(before.map(|one| one.post.clone()));
        let ready = Ready {
            version,
            hash: wish.seen.to_owned(),
            owed: owed_by_fast(plan, fast, &done, &post),
            declined: newer,
        };
        let signature = self.signature(&wish, version, post, SignatureKind::Fast);
        Ok(Signed {
            release: self,
            signature,
            then: Then::Ready(ready),
        })
    }

    /// A signature given after publication. What was said to the public on one signature is owed its second, whatever has
    /// become of the text since.
    fn countersigned(
        mut self,
        mut publication: Publication,
        wish: Wish<'_>,
    ) -> Result<Signed, Unsigned> {
        let owed = publication.countersign.take();
        let Some((mut owed, signer)) =
            owed.and_then(|owed: Countersign| owed.signer().cloned().map(|signer| (owed, signer)))
        else {
            return Err(self.not_now(Wanted::Approved).into());
        };
        same_text(wish.seen, &publication.hash)?;
        not_twice(
            of_round(wish.given, self.rounds),
            &publication.hash,
            wish.actor,
        )?;
        let post = acting_post(wish.actor, &signer, true).ok_or_else(|| Refusal::NotYourTurn {
            waiting_for: signer.post.to_string(),
        })?;
        owed.signed += 1;
        let then = Then::Countersigned {
            next: owed.signer().map(|signer| signer.post.clone()),
            late: wish.now > owed.due_at,
        };
        let kind = SignatureKind::Countersign;
        let signature = self.signature(&wish, publication.version, post, kind);
        publication.countersign = Some(owed);
        self.state.set_publication(publication);
        Ok(Signed {
            release: self,
            signature,
            then,
        })
    }

    fn signature(
        &self,
        wish: &Wish<'_>,
        version: u32,
        post: PostRef,
        kind: SignatureKind,
    ) -> Signature {
        Signature {
            release: self.id.clone(),
            round: self.rounds,
            version,
            hash: wish.seen.to_owned(),
            post,
            user: wish.actor.user.clone(),
            name: wish.actor.name.clone(),
            at: wish.now,
            kind,
        }
    }

    /// The newer words that the signers of the text under review know of and do not want.
    pub fn declines(&self) -> Option<u32> {
        match &self.state {
            ReleaseState::InReview(review) => review.stale,
            _ => None,
        }
    }

    /// Whose turn passes to whom because of a refusal: the holder of the post that is next may not sign their own words
    /// and need not be waited for. Whoever tries the fast route takes no turn, so theirs passes to nobody.
    pub fn passes_on(
        &self,
        refusal: &Refusal,
        actor: &Actor,
        consent: &Consent,
    ) -> Option<(PostRef, PostRef)> {
        let ReleaseState::InReview(review) = &self.state else {
            return None;
        };
        let signer = review.signer()?;
        let deputy = signer.deputy.clone()?;
        let passes = *refusal == Refusal::OwnWords
            && !consent.fast
            && !review.passed_to_deputy
            && actor.holds(&signer.post);
        passes.then(|| (signer.post.clone(), deputy))
    }
}

fn fast_post(route: &Route, actor: &Actor) -> Result<PostRef, Refusal> {
    let mut posts = route
        .sign
        .iter()
        .filter_map(|signer| acting_post(actor, signer, true));
    posts.next().ok_or_else(|| {
        let posts: Vec<_> = route.sign.iter().map(|s| s.post.to_string()).collect();
        Refusal::NotYourTurn {
            waiting_for: posts.join(" / "),
        }
    })
}

/// The signatures that are missing: whose post has signed already need not sign again, unless nobody else would. Where
/// others signed in their turn before (`done`), two persons have seen it, and nobody else is needed.
fn owed_by_fast(plan: &Plan, fast: &FastRoute, done: &[PostRef], signed: &PostRef) -> Option<Owed> {
    let route = plan.routes.get(&fast.countersign);
    let all = route.map(|route| route.sign.clone()).unwrap_or_default();
    let rest = all
        .iter()
        .filter(|signer| signer.post != *signed && !done.contains(&signer.post));
    let rest: Vec<Signer> = rest.cloned().collect();
    let signers = match (rest.is_empty(), done.is_empty()) {
        (true, true) => all,
        (true, false) => return None,
        (false, _) => rest,
    };
    Some(Owed {
        signers,
        within: fast.countersign_within,
        own_words: false,
    })
}
