//! Signatures: in order before publication, one alone on the fast route, the rest afterwards.

use serde_json::json;

use super::{Answer, VerbError, World, bulletin, entry, item_of, release};
use crate::domain::approval::{Actor, Refusal, Signature, SignatureKind, acting_post, may_sign};
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Author, Bulletin, Countersign, Publication, differences};
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

/// Gives the next signature, for the text whose hash the signer saw. The last one publishes.
///
/// `fast` takes the item's fast route. After publication it gives a countersignature that is still owed.
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
    hash: &str,
    fast: bool,
) -> Result<Answer<Approved>, VerbError> {
    let release = release(tx, id).await?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let decided = match &release.state {
        ReleaseState::Published(publication) if publication.countersign.is_some() => {
            return countersign(tx, now, actor, release.clone(), publication.clone(), hash).await;
        }
        ReleaseState::Drafting(_) | ReleaseState::InReview(_) if fast => {
            return fast_route(tx, world, now, actor, release, &plan, hash).await;
        }
        ReleaseState::InReview(review) => {
            let given = tx.signatures(id).await?;
            may_sign(review, &given, actor, hash).map(|post| (post, review.clone()))
        }
        _ => return Err(super::draft::not_now(&release, "approved")),
    };
    let (post, review) = match decided {
        Ok(decided) => decided,
        Err(refusal) => return refuse(tx, now, actor, &release, refusal).await,
    };
    sign(
        tx,
        now,
        actor,
        &release,
        &review.hash,
        review.version,
        post.clone(),
        kind_of(&release),
    )
    .await?;
    let mut release = release;
    let left = review.signers.len() - review.step - 1;
    let waits_for = review
        .signers
        .get(review.step + 1)
        .map(|s| s.post.to_string());
    let data = json!({
        "item": release.item, "version": review.version, "hash": review.hash, "post": post, "waits_for": waits_for,
    });
    let mut entries = vec![entry(now, &actor.user, "release-signed", &release, data)];
    if left > 0 {
        release.state = ReleaseState::InReview(Review {
            step: review.step + 1,
            turn_since: now,
            passed_to_deputy: false,
            ..review
        });
        tx.update_release(&mut release).await?;
    } else {
        let owed = owed_by_correction(&plan, &release, now);
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
    }
    tx.append(entries).await?;
    Ok(Answer::Done(Approved { release, post }))
}

fn kind_of(release: &Release) -> SignatureKind {
    if release.correction.is_some() {
        SignatureKind::Correction
    } else {
        SignatureKind::Review
    }
}

/// A correction goes out on one signature and owes a second.
fn owed_by_correction(plan: &Plan, release: &Release, now: Moment) -> Option<Countersign> {
    let corrections = plan
        .corrections
        .as_ref()
        .filter(|_| release.correction.is_some())?;
    Some(Countersign {
        signers: vec![corrections.confirm.clone()],
        signed: 0,
        due_at: corrections.confirm_within.after(now),
        overdue_reported: false,
    })
}

/// One duty leader sends a pre-approved template in which only typed blanks differ; the rest sign afterwards.
async fn fast_route(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    mut release: Release,
    plan: &Plan,
    hash: &str,
) -> Result<Answer<Approved>, VerbError> {
    let version = match &release.state {
        ReleaseState::Drafting(drafting) => drafting
            .version
            .ok_or_else(|| super::draft::no_text(drafting))?,
        ReleaseState::InReview(review) => review.version,
        _ => return Err(super::draft::not_now(&release, "approved")),
    };
    let text = bulletin(tx, &release.id, version).await?;
    let item = item_of(plan, &release)?;
    let route = item.fast.as_ref().and_then(|name| plan.routes.get(name));
    let (post, owed) = match fast_decision(actor, plan, route, &text, hash, now) {
        Ok(decided) => decided,
        Err(refusal) => return refuse(tx, now, actor, &release, refusal).await,
    };
    sign(
        tx,
        now,
        actor,
        &release,
        hash,
        version,
        post.clone(),
        SignatureKind::Fast,
    )
    .await?;
    let data = json!({
        "item": release.item, "version": version, "hash": hash, "post": post,
        "countersign_due_at": owed.due_at, "owed": owed.signers.iter().map(|s| s.post.to_string()).collect::<Vec<_>>(),
    });
    let mut entries = vec![entry(
        now,
        &actor.user,
        "released-before-countersignature",
        &release,
        data,
    )];
    super::publish::approved(
        tx,
        world,
        now,
        &mut release,
        version,
        hash,
        Some(owed),
        &mut entries,
    )
    .await?;
    tx.append(entries).await?;
    Ok(Answer::Done(Approved { release, post }))
}

fn fast_decision(
    actor: &Actor,
    plan: &Plan,
    route: Option<&crate::domain::plan::Route>,
    text: &Bulletin,
    seen: &str,
    now: Moment,
) -> Result<(PostRef, Countersign), Refusal> {
    let current = text.hash();
    if seen != current {
        return Err(Refusal::WrongHash {
            seen: seen.to_owned(),
            current,
        });
    }
    let (Some(route), Some(fast)) = (route, route.and_then(|route| route.fast.as_ref())) else {
        return Err(Refusal::NoFastRoute);
    };
    if text.author != Author::Template {
        return Err(Refusal::NotPreApproved);
    }
    let waiting_for = || {
        route
            .sign
            .iter()
            .map(|s| s.post.to_string())
            .collect::<Vec<_>>()
            .join(" / ")
    };
    let post = route
        .sign
        .iter()
        .find_map(|signer| acting_post(actor, signer, true))
        .ok_or_else(|| Refusal::NotYourTurn {
            waiting_for: waiting_for(),
        })?;
    let signers = plan
        .routes
        .get(&fast.countersign)
        .map(|route| route.sign.clone())
        .unwrap_or_default();
    let due_at = fast.countersign_within.after(now);
    Ok((
        post,
        Countersign {
            signers,
            signed: 0,
            due_at,
            overdue_reported: false,
        },
    ))
}

/// A signature given after publication (补签).
async fn countersign(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    mut release: Release,
    mut publication: Publication,
    seen: &str,
) -> Result<Answer<Approved>, VerbError> {
    let given = tx.signatures(&release.id).await?;
    let owed = publication.countersign.clone().filter(|c| !c.is_complete());
    let Some(mut owed) = owed else {
        return Err(super::draft::not_now(&release, "approved"));
    };
    let Some(signer) = owed.signer() else {
        return Err(super::draft::not_now(&release, "approved"));
    };
    let decided = if seen != publication.hash {
        Err(Refusal::WrongHash {
            seen: seen.to_owned(),
            current: publication.hash.clone(),
        })
    } else if given
        .iter()
        .any(|s| s.hash == publication.hash && s.user == actor.user)
    {
        Err(Refusal::AlreadySigned)
    } else {
        acting_post(actor, signer, true).ok_or_else(|| Refusal::NotYourTurn {
            waiting_for: signer.post.to_string(),
        })
    };
    let post = match decided {
        Ok(post) => post,
        Err(refusal) => return refuse(tx, now, actor, &release, refusal).await,
    };
    let hash = publication.hash.clone();
    sign(
        tx,
        now,
        actor,
        &release,
        &hash,
        publication.version,
        post.clone(),
        SignatureKind::Countersign,
    )
    .await?;
    owed.signed += 1;
    let late = now > owed.due_at;
    let waits_for = owed.signer().map(|s| s.post.to_string());
    publication.countersign = Some(owed);
    release.state = ReleaseState::Published(publication);
    tx.update_release(&mut release).await?;
    let data = json!({ "item": release.item, "hash": hash, "post": post, "late": late, "waits_for": waits_for });
    tx.append(vec![entry(
        now,
        &actor.user,
        "release-countersigned",
        &release,
        data,
    )])
    .await?;
    Ok(Answer::Done(Approved { release, post }))
}

#[expect(clippy::too_many_arguments, reason = "the fields of a signature")]
async fn sign(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    release: &Release,
    hash: &str,
    version: u32,
    post: PostRef,
    kind: SignatureKind,
) -> Result<(), VerbError> {
    let signature = Signature {
        release: release.id.clone(),
        version,
        hash: hash.to_owned(),
        post,
        user: actor.user.clone(),
        name: actor.name.clone(),
        at: now,
        kind,
    };
    Ok(tx.add_signature(&signature).await?)
}

/// Remembers a refusal and, for a stale hash, says what has changed since.
async fn refuse(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    release: &Release,
    refusal: Refusal,
) -> Result<Answer<Approved>, VerbError> {
    let mut difference = Vec::new();
    if let Refusal::WrongHash { seen, current } = &refusal {
        let old = tx.bulletin_by_hash(&release.id, seen).await?;
        let new = tx.bulletin_by_hash(&release.id, current).await?;
        difference = match (old, new) {
            (Some(old), Some(new)) => differences(&old, &new),
            _ => vec!["no version of this release ever had the hash you sent".into()],
        };
    }
    let data =
        json!({ "item": release.item, "why": refusal.to_string(), "difference": difference });
    tx.append(vec![entry(
        now,
        &actor.user,
        "approval-refused",
        release,
        data,
    )])
    .await?;
    Ok(Answer::Refused {
        refusal,
        difference,
    })
}
