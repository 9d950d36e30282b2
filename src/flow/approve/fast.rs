//! The fast route (先发后签): one signature sends a pre-approved text now, the others follow.

use super::super::{Answer, World, bulletin, draft, entry, item_of, publish};
use super::{Act, Approved, Decided, refuse, sign};
use crate::domain::approval::{
    Refusal, SignatureKind, acting_post, not_own_words, not_stale, not_twice, of_round, same_text,
};
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Author, Bulletin, Owed};
use crate::domain::journal;
use crate::domain::plan::{Plan, Route};
use crate::domain::release::{Release, ReleaseState};
use crate::store::Tx;

/// One duty leader sends a pre-approved template in which only typed blanks differ; the rest sign afterwards. Free
/// words in it must be somebody else's.
pub(super) async fn fast_route(
    tx: &mut Tx,
    world: &World,
    act: &Act<'_>,
    mut release: Release,
    plan: &Plan,
) -> Decided {
    // A correction has a route of its own, shorter than any.
    if release.correction.is_some() {
        return refuse(tx, act.now, act.actor, &release, Refusal::NoFastRoute).await;
    }
    if let ReleaseState::InReview(review) = &release.state
        && review.submitted_by == act.actor.user
    {
        return refuse(tx, act.now, act.actor, &release, Refusal::OwnDraft).await;
    }
    let (version, newer) = match &release.state {
        ReleaseState::Drafting(drafting) => {
            // A draft that nobody has submitted begins a round of its own.
            let version = drafting
                .version
                .ok_or_else(|| draft::no_text(drafting, "approved"))?;
            release.rounds += 1;
            (version, drafting.newer)
        }
        ReleaseState::InReview(review) => (review.version, review.stale),
        _ => return Err(draft::not_now(&release, "approved")),
    };
    let text = bulletin(tx, &release.id, version).await?;
    let given = tx.signatures(&release.id).await?;
    let item = item_of(plan, &release)?;
    let route = item.fast.as_ref().and_then(|name| plan.routes.get(name));
    let decided = same_text(act.seen, &text.hash())
        .and_then(|()| not_stale(newer, act.consent))
        .and_then(|()| not_twice(of_round(&given, release.rounds), act.seen, act.actor))
        .and_then(|()| decide(act, plan, route, &text));
    let (post, owed) = match decided {
        Ok(decided) => decided,
        Err(refusal) => return refuse(tx, act.now, act.actor, &release, refusal).await,
    };
    sign(tx, act, &release, version, &post, SignatureKind::Fast).await?;
    let signed = journal::Act::ReleasedBeforeCountersignature {
        item: release.item.clone(),
        version,
        hash: act.seen.to_owned(),
        post: post.clone(),
        countersign_due_at: owed.within.after(act.now),
        owed: owed.signers.iter().map(|s| s.post.clone()).collect(),
        despite_newer: newer,
    };
    let mut entries = vec![entry(act.now, &act.actor.user, &release, signed)];
    publish::approved(
        tx,
        world,
        act.now,
        &mut release,
        version,
        act.seen,
        Some(owed),
        &mut entries,
    )
    .await?;
    tx.append(entries).await?;
    Ok(Answer::Done(Approved { release, post }))
}

fn decide(
    act: &Act<'_>,
    plan: &Plan,
    route: Option<&Route>,
    text: &Bulletin,
) -> Result<(PostRef, Owed), Refusal> {
    let (Some(route), Some(fast)) = (route, route.and_then(|route| route.fast.as_ref())) else {
        return Err(Refusal::NoFastRoute);
    };
    if text.author != Author::Template {
        return Err(Refusal::NotPreApproved);
    }
    let post = route
        .sign
        .iter()
        .find_map(|signer| acting_post(act.actor, signer, true))
        .ok_or_else(|| Refusal::NotYourTurn {
            waiting_for: route
                .sign
                .iter()
                .map(|s| s.post.to_string())
                .collect::<Vec<_>>()
                .join(" / "),
        })?;
    not_own_words(&text.writers(), act.actor)?;
    // The signatures that are missing: whose post has signed already need not sign again.
    let route = plan.routes.get(&fast.countersign);
    let mut signers = route.map(|route| route.sign.clone()).unwrap_or_default();
    if signers.iter().any(|signer| signer.post != post) {
        signers.retain(|signer| signer.post != post);
    }
    Ok((
        post,
        Owed {
            signers,
            within: fast.countersign_within,
            own_words: false,
        },
    ))
}
