//! Signatures: in order before publication, one alone on the fast route, the rest afterwards. What one of them does to
//! the release is decided in `domain::release`.

use super::work::Work;
use super::{Answer, VerbError, World, item_of};
use crate::domain::approval::{Actor, Consent, Refusal, Seen, Signature};
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Bulletin, NO_TEXT_YET, differences};
use crate::domain::check_code::CheckCode;
use crate::domain::journal::Act;
use crate::domain::journal::act::Refused;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::release::{Release, ReleaseState, Signed, Then, Unsigned, Wish};
use crate::domain::rights::{self, About};
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

/// Gives the next signature, for the text that the signer saw. The last one publishes.
///
/// A consent may take the item's fast route. After publication it gives a countersignature that is still owed.
/// A refusal is answered, not thrown: it stands in the journal, so the transaction is to be committed.
///
/// # Errors
/// Not found, or a conflict of state.
pub async fn approve(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    consent: &Consent,
) -> Result<Answer<Approved>, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release(id).await?;
    let version = match release.to_be_signed(consent.fast) {
        Ok(version) => version,
        Err(not_now) => {
            let plan = work.plan_of(&release).await?;
            rights::may_sign_at_all(actor, &About::release(&world.plans, &plan, &release))?;
            return Err(match &release.state {
                ReleaseState::Drafting(drafting) if consent.fast => {
                    super::draft::no_text(&plan, &release, drafting, phrase!("verb.not-approved"))
                }
                _ => not_now.into(),
            });
        }
    };
    let text = work.bulletin(id, version).await?;
    let given = work.tx.signatures(id).await?;
    let decided = match seen(&mut work, actor, &release, &consent.seen).await? {
        Err(refusal) => Err(Unsigned::Refused(refusal)),
        Ok(seen) => {
            let plan = work.plan_of(&release).await?;
            let wish = Wish {
                actor,
                consent,
                seen: &seen,
                text: &text,
                given: &given,
                now,
            };
            (release.clone()).signed(&plan, item_of(&plan, &release)?, wish)
        }
    };
    if decided.is_ok() && release.state.is_open() {
        let not_done = phrase!("verb.not-approved");
        super::draft::must_not_be_over(&mut work, &release, version, not_done).await?;
    }
    let answer = match decided {
        Ok(signed) => Answer::Done(carry_out(&mut work, actor, &text, signed).await?),
        Err(Unsigned::NotNow(not_now)) => return Err(not_now.into()),
        Err(Unsigned::Refused(refusal)) => {
            pass_on(&mut work, actor, &release, consent, &refusal).await?;
            refuse(&mut work, actor, &release, refusal).await?
        }
    };
    work.done().await?;
    Ok(answer)
}

/// The hash of the text that was read. A code stands for one that was shown to this person, whatever stands now.
async fn seen(
    work: &mut Work<'_>,
    actor: &Actor,
    release: &Release,
    seen: &Seen,
) -> Result<Result<String, Refusal>, VerbError> {
    let code: &CheckCode = match seen {
        Seen::Hash(hash) => return Ok(Ok(hash.clone())),
        Seen::Code(code) => code,
    };
    let shown = work.tx.shown_to(&actor.user, &release.id).await?;
    let named = shown
        .into_iter()
        .find(|shown| code.names(shown.version, &shown.hash));
    Ok(named.map(|shown| shown.hash).ok_or(Refusal::NotShown {
        code: code.to_string(),
    }))
}

async fn carry_out(
    work: &mut Work<'_>,
    actor: &Actor,
    text: &Bulletin,
    signed: Signed,
) -> Result<Approved, VerbError> {
    let Signed {
        mut release,
        signature,
        then,
    } = signed;
    work.tx.add_signature(&signature).await?;
    work.did(actor, &release, act_of(&release, text, &signature, &then));
    let post = signature.post;
    let release = match then {
        Then::Ready(ready) => super::publish::go(work, release, ready).await?,
        Then::Waits(_) | Then::Countersigned { .. } => {
            work.keep(&mut release).await?;
            release
        }
    };
    Ok(Approved { release, post })
}

/// What the journal says of a signature.
fn act_of(release: &Release, text: &Bulletin, signature: &Signature, then: &Then) -> Act {
    let item = release.item.clone();
    let (version, hash) = (signature.version, signature.hash.clone());
    let post = signature.post.clone();
    match then {
        Then::Countersigned { next, late } => Act::ReleaseCountersigned {
            item,
            hash,
            post,
            late: *late,
            waits_for: next.clone(),
        },
        Then::Ready(ready) if signature.is_fast() => {
            let owed = ready.owed.as_ref();
            Act::ReleasedBeforeCountersignature {
                item,
                version,
                hash,
                post,
                countersign_due_at: owed
                    .map_or(signature.at, |owed| owed.within.after(signature.at)),
                owed: owed.map_or_else(Vec::new, |owed| {
                    owed.signers.iter().map(|s| s.post.clone()).collect()
                }),
                despite_newer: ready.declined,
            }
        }
        then => Act::ReleaseSigned {
            item,
            version,
            hash,
            post,
            waits_for: match then {
                Then::Waits(next) => Some(next.clone()),
                _ => None,
            },
            despite_newer: release.declines(),
            own_words: release.correction.is_some() && text.writers().contains(&signature.user),
        },
    }
}

/// Whoever may not sign their own words need not be waited for: the turn is the deputy's as well, at once.
async fn pass_on(
    work: &mut Work<'_>,
    actor: &Actor,
    release: &Release,
    consent: &Consent,
    refusal: &Refusal,
) -> Result<(), VerbError> {
    let Some((from, to)) = release.passes_on(refusal, actor, consent) else {
        return Ok(());
    };
    let mut passed = release.clone().passed_to_deputy();
    work.keep(&mut passed).await?;
    let act = Act::TurnPassed {
        item: release.item.clone(),
        plan: release.plan.clone(),
        from,
        to,
    };
    work.happened(&passed, act);
    Ok(())
}

/// Remembers a refusal and, where another text stands than the one that was read, says what differs.
async fn refuse(
    work: &mut Work<'_>,
    actor: &Actor,
    release: &Release,
    refusal: Refusal,
) -> Result<Answer<Approved>, VerbError> {
    let difference = difference(work, release, &refusal).await?;
    let act = Act::ApprovalRefused {
        item: release.item.clone(),
        why: Refused::By(refusal.clone()),
        difference: difference.iter().map(Phrase::to_string).collect(),
    };
    work.did(actor, release, act);
    Ok(Answer::Refused {
        refusal,
        difference,
    })
}

async fn difference(
    work: &mut Work<'_>,
    release: &Release,
    refusal: &Refusal,
) -> Result<Vec<Phrase>, VerbError> {
    let (old, new) = match (refusal, &release.state) {
        (Refusal::WrongHash { seen, current }, _) => (
            work.tx.bulletin_by_hash(&release.id, seen).await?,
            work.tx.bulletin_by_hash(&release.id, current).await?,
        ),
        (Refusal::Stale { newer }, ReleaseState::InReview(review)) if *newer != NO_TEXT_YET => (
            Some(work.bulletin(&release.id, review.version).await?),
            Some(work.bulletin(&release.id, *newer).await?),
        ),
        _ => return Ok(Vec::new()),
    };
    Ok(match (old, new) {
        (Some(old), Some(new)) => differences(&old, &new),
        _ => vec![phrase!("verb.never-had-it")],
    })
}
