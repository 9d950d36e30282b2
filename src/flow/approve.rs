//! Signatures: in order before publication, one alone on the fast route, the rest afterwards.

mod countersign;
mod fast;

use super::{Answer, VerbError, World, bulletin, entry, release};
use crate::domain::approval::{
    Actor, Consent, Refusal, Seen, Signature, SignatureKind, Signing, may_sign,
};
use crate::domain::body::PostRef;
use crate::domain::bulletin::{NO_TEXT_YET, Owed, differences};
use crate::domain::check_code::CheckCode;
use crate::domain::journal;
use crate::domain::journal::act::Refused;
use crate::domain::plan::Plan;
use crate::domain::release::{Release, ReleaseState, Review};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// What an approval did.
#[derive(Debug)]
pub struct Approved {
    pub release: Release,
    /// The post it was signed for.
    pub post: PostRef,
}

type Decided = Result<Answer<Approved>, VerbError>;

/// Gives the next signature, for the text that the signer saw. The last one publishes.
///
/// A consent may take the item's fast route. After publication it gives a countersignature that is still owed.
/// A refusal is answered, not thrown: it stands in the journal, so the transaction is to be committed.
///
/// # Errors
/// Not found, a conflict of state, or the store.
pub async fn approve(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    consent: &Consent,
) -> Decided {
    let release = release(tx, id).await?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let may_be_signed = match &release.state {
        ReleaseState::Drafting(_) => consent.fast,
        ReleaseState::InReview(_) => true,
        state => state
            .publication()
            .is_some_and(|publication| publication.countersign.is_some()),
    };
    if !may_be_signed {
        return Err(super::draft::not_now(&release, "approved"));
    }
    let seen = match &consent.seen {
        Seen::Hash(hash) => hash.clone(),
        Seen::Code(code) => match shown(tx, actor, &release, code).await? {
            Some(hash) => hash,
            None => {
                let code = code.to_string();
                return refuse(tx, now, actor, &release, Refusal::NotShown { code }).await;
            }
        },
    };
    let act = Act {
        now,
        actor,
        consent,
        seen: &seen,
    };
    match release.state.clone() {
        ReleaseState::Drafting(_) | ReleaseState::InReview(_) if consent.fast => {
            fast::fast_route(tx, world, &act, release, &plan).await
        }
        ReleaseState::InReview(review) => in_turn(tx, world, &act, release, review, &plan).await,
        _ => countersign::countersign(tx, &act, release).await,
    }
}

/// One person's wish to sign one text.
struct Act<'a> {
    now: Moment,
    actor: &'a Actor,
    consent: &'a Consent,
    /// The hash of the text that was read.
    seen: &'a str,
}

/// The hash that `code` stands for: of a text that was shown to this person, whatever stands now.
async fn shown(
    tx: &mut Tx,
    actor: &Actor,
    release: &Release,
    code: &CheckCode,
) -> Result<Option<String>, VerbError> {
    let shown = tx.shown_to(&actor.user, &release.id).await?;
    let named = shown
        .into_iter()
        .find(|shown| code.names(shown.version, &shown.hash));
    Ok(named.map(|shown| shown.hash))
}

/// The next signature of the route.
async fn in_turn(
    tx: &mut Tx,
    world: &World,
    act: &Act<'_>,
    mut release: Release,
    review: Review,
    plan: &Plan,
) -> Decided {
    let Act { now, actor, .. } = *act;
    let given = tx.signatures(&release.id).await?;
    let writers = bulletin(tx, &release.id, review.version).await?.writers();
    let is_correction = release.correction.is_some();
    let decided = may_sign(
        &review,
        actor,
        Signing {
            seen: act.seen,
            writers: &writers,
            given: &given,
            consent: act.consent,
            is_correction,
        },
    );
    let post = match decided {
        Ok(post) => post,
        Err(refusal) => {
            pass_on(tx, &mut release, review, &refusal).await?;
            return refuse(tx, now, actor, &release, refusal).await;
        }
    };
    let kind = if is_correction {
        SignatureKind::Correction
    } else {
        SignatureKind::Review
    };
    sign(tx, act, &release, review.version, &post, kind).await?;
    let alone = is_correction && writers.contains(&actor.user);
    let signed = journal::Act::ReleaseSigned {
        item: release.item.clone(),
        version: review.version,
        hash: review.hash.clone(),
        post: post.clone(),
        waits_for: review.signers.get(review.step + 1).map(|s| s.post.clone()),
        despite_newer: review.stale,
        own_words: alone,
    };
    let mut entries = vec![entry(now, &actor.user, &release, signed)];
    if review.is_last_step() {
        let owed = owed_by_correction(plan, &release, alone);
        super::publish::approved(
            tx,
            world,
            now,
            &mut release,
            review.version,
            &review.hash,
            owed,
            &mut entries,
        )
        .await?;
    } else {
        release.state = ReleaseState::InReview(Review {
            step: review.step + 1,
            turn_since: now,
            passed_to_deputy: false,
            ..review
        });
        tx.update_release(&mut release).await?;
    }
    tx.append(entries).await?;
    Ok(Answer::Done(Approved { release, post }))
}

/// Whoever may not sign their own words need not be waited for: the turn is the deputy's as well, at once.
async fn pass_on(
    tx: &mut Tx,
    release: &mut Release,
    review: Review,
    refusal: &Refusal,
) -> Result<(), VerbError> {
    let has_deputy = review.signer().is_some_and(|s| s.deputy.is_some());
    if *refusal == Refusal::OwnWords && has_deputy && !review.passed_to_deputy {
        release.state = ReleaseState::InReview(Review {
            passed_to_deputy: true,
            ..review
        });
        tx.update_release(release).await?;
    }
    Ok(())
}

/// A correction goes out on one signature and owes a second.
fn owed_by_correction(plan: &Plan, release: &Release, own_words: bool) -> Option<Owed> {
    let corrections = plan
        .corrections
        .as_ref()
        .filter(|_| release.correction.is_some())?;
    Some(Owed {
        signers: vec![corrections.confirm.clone()],
        within: corrections.confirm_within,
        own_words,
    })
}

async fn sign(
    tx: &mut Tx,
    act: &Act<'_>,
    release: &Release,
    version: u32,
    post: &PostRef,
    kind: SignatureKind,
) -> Result<(), VerbError> {
    let signature = Signature {
        release: release.id.clone(),
        round: release.rounds,
        version,
        hash: act.seen.to_owned(),
        post: post.clone(),
        user: act.actor.user.clone(),
        name: act.actor.name.clone(),
        at: act.now,
        kind,
    };
    Ok(tx.add_signature(&signature).await?)
}

/// Remembers a refusal and, where another text stands than the one that was read, says what differs.
async fn refuse(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    release: &Release,
    refusal: Refusal,
) -> Decided {
    let mut difference = Vec::new();
    match &refusal {
        Refusal::WrongHash { seen, current } => {
            let old = tx.bulletin_by_hash(&release.id, seen).await?;
            let new = tx.bulletin_by_hash(&release.id, current).await?;
            difference = match (old, new) {
                (Some(old), Some(new)) => differences(&old, &new),
                _ => vec!["no version of this release ever had the hash you sent".into()],
            };
        }
        Refusal::Stale { newer } if *newer != NO_TEXT_YET => {
            if let ReleaseState::InReview(review) = &release.state {
                let old = bulletin(tx, &release.id, review.version).await?;
                let new = bulletin(tx, &release.id, *newer).await?;
                difference = differences(&old, &new);
            }
        }
        _ => {}
    }
    let refused = journal::Act::ApprovalRefused {
        item: release.item.clone(),
        why: Refused::By(refusal.clone()),
        difference: difference.clone(),
    };
    tx.append(vec![entry(now, &actor.user, release, refused)])
        .await?;
    Ok(Answer::Refused {
        refusal,
        difference,
    })
}
