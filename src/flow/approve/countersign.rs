//! A signature given after publication (补签). What was said to the public on one signature is owed its second,
//! whatever has become of the text since.

use super::super::{Answer, draft, entry};
use super::{Act, Approved, Decided, refuse, sign};
use crate::domain::approval::{
    Refusal, SignatureKind, acting_post, not_twice, of_round, same_text,
};
use crate::domain::journal;
use crate::domain::release::Release;
use crate::store::Tx;

pub(super) async fn countersign(tx: &mut Tx, act: &Act<'_>, mut release: Release) -> Decided {
    let Some(mut publication) = release.state.publication().cloned() else {
        return Err(draft::not_now(&release, "approved"));
    };
    let Some(mut owed) = publication.countersign.clone() else {
        return Err(draft::not_now(&release, "approved"));
    };
    let Some(signer) = owed.signer() else {
        return Err(draft::not_now(&release, "approved"));
    };
    let given = tx.signatures(&release.id).await?;
    let round = of_round(&given, release.rounds);
    let decided = same_text(act.seen, &publication.hash)
        .and_then(|()| not_twice(round, &publication.hash, act.actor))
        .and_then(|()| {
            acting_post(act.actor, signer, true).ok_or_else(|| Refusal::NotYourTurn {
                waiting_for: signer.post.to_string(),
            })
        });
    let post = match decided {
        Ok(post) => post,
        Err(refusal) => return refuse(tx, act.now, act.actor, &release, refusal).await,
    };
    let kind = SignatureKind::Countersign;
    sign(tx, act, &release, publication.version, &post, kind).await?;
    owed.signed += 1;
    let signed = journal::Act::ReleaseCountersigned {
        item: release.item.clone(),
        hash: publication.hash.clone(),
        post: post.clone(),
        late: act.now > owed.due_at,
        waits_for: owed.signer().map(|s| s.post.clone()),
    };
    publication.countersign = Some(owed);
    release.state.set_publication(publication);
    tx.update_release(&mut release).await?;
    tx.append(vec![entry(act.now, &act.actor.user, &release, signed)])
        .await?;
    Ok(Answer::Done(Approved { release, post }))
}
