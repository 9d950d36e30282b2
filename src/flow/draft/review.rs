//! A draft goes on its route, comes back, or is given up.

use super::super::work::Work;
use super::super::{VerbError, World, correct, declare, item_of, series};
use super::give_up_tied;
use crate::domain::approval::Actor;
use crate::domain::bulletin::{Author, NO_TEXT_YET};
use crate::domain::fact::EXPECTED_DURATION;
use crate::domain::journal::Act;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{Plan, Signer};
use crate::domain::reason::Reason;
use crate::domain::release::{Drafting, Release, ReleaseState, Review, Submission, Wanted};
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// Sends a draft on its route. On a stale review it takes the newer version and starts again; words that a person wrote
/// are given up for it only if `take_newer` names it, for a request that comes twice must not throw them away.
///
/// # Errors
/// A conflict when facts are missing or it is not a draft.
pub async fn submit(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    take_newer: Option<u32>,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release(id).await?;
    work.must(actor, Deed::Submit, &release).await?;
    super::must_be_open(&release, Wanted::Submitted)?;
    let plan = work.plan_of(&release).await?;
    let (version, newer) = match &release.state {
        ReleaseState::Drafting(drafting) => {
            let version = drafting
                .version
                .ok_or_else(|| no_text(&plan, &release, drafting, phrase!("verb.not-submitted")))?;
            match (take_newer, drafting.newer) {
                (None, newer) => (version, newer),
                (Some(wanted), Some(newer)) if wanted == newer && newer != NO_TEXT_YET => {
                    (newer, None)
                }
                (Some(wanted), None) if wanted == version => (version, None),
                (Some(wanted), _) => return Err(no_version(wanted)),
            }
        }
        ReleaseState::InReview(review) => {
            let newer = newer_of(&mut work, &release, review, take_newer).await?;
            (newer, None)
        }
        _ => return Err(release.not_now(Wanted::Submitted).into()),
    };
    super::must_not_be_over(&mut work, &release, version, phrase!("verb.not-submitted")).await?;
    let (signers, also) = match (release.correction, &release.tied_to) {
        (Some(kind), Some(original)) => {
            let original = work.release(original).await?;
            let (signer, also) = correct::signers(&mut work, &plan, actor, &original, kind).await?;
            (vec![signer], also)
        }
        _ => (signers_of(&plan, &release)?, Vec::new()),
    };
    let waits_for = signers.first().map(|s| s.post.clone());
    let hash = work.bulletin(id, version).await?.hash();
    let submission = Submission {
        version,
        hash: hash.clone(),
        by: actor.user.clone(),
        signers,
        also,
        newer,
    };
    let mut release = release.submitted(submission, now)?;
    if release.correction.is_some() {
        release = release.passed_to_deputy();
    }
    work.keep(&mut release).await?;
    let act = Act::ReleaseSubmitted {
        item: release.item.clone(),
        version,
        hash,
        round: release.rounds,
        waits_for,
        newer_version: newer,
    };
    work.did(actor, &release, act);
    work.done().await?;
    Ok(release)
}

/// The newer version that a text under review is to be exchanged for.
async fn newer_of(
    work: &mut Work<'_>,
    release: &Release,
    review: &Review,
    take_newer: Option<u32>,
) -> Result<u32, VerbError> {
    let Some(newer) = review.stale.filter(|newer| *newer != NO_TEXT_YET) else {
        return Err(release.not_now(Wanted::Submitted).into());
    };
    if let Some(wanted) = take_newer.filter(|wanted| *wanted != newer) {
        return Err(no_version(wanted));
    }
    let standing = work.bulletin(&release.id, review.version).await?;
    if standing.author != Author::Template && take_newer != Some(newer) {
        return Err(VerbError::conflict(phrase!(
            "verb.take-newer",
            version = review.version,
            newer,
            release = release.id.as_str()
        )));
    }
    Ok(newer)
}

/// Whoever names a version means that one, and no other goes in its place.
fn no_version(wanted: u32) -> VerbError {
    VerbError::invalid(
        "take_newer",
        phrase!("verb.no-newer-version", version = wanted),
    )
}

/// Why there is no text; `not_done` says what did not happen for it.
pub(crate) fn no_text(
    plan: &Plan,
    release: &Release,
    drafting: &Drafting,
    not_done: Phrase,
) -> VerbError {
    let named = |code: &String| match plan.event.fact(code) {
        Some(spec) => spec.called().blank(),
        None if *code == "incident.expected-duration" => EXPECTED_DURATION.blank(),
        None => match plan.event.lacking_zh(code) {
            Some(label) => Blank::Name {
                zh: format!("{label}（{code}）"),
                en: code.clone(),
            },
            None => code.into(),
        },
    };
    let facts = || Blank::List(drafting.missing.iter().map(named).collect());
    VerbError::conflict(match &drafting.fault {
        Some(fault) => phrase!("verb.no-text", fault, not_done),
        // What a correction says is given with it, and is no fact of the incident.
        None if release.correction.is_some() => {
            phrase!("verb.correction-lacks", facts = facts(), not_done)
        }
        None => phrase!("verb.facts-missing", facts = facts(), not_done),
    })
}

fn signers_of(plan: &Plan, release: &Release) -> Result<Vec<Signer>, VerbError> {
    let item = item_of(plan, release)?;
    plan.signers_of(release).ok_or_else(|| {
        VerbError::conflict(phrase!(
            "verb.no-route",
            route = format!("{:?}", item.route)
        ))
    })
}

/// Sends a text back to its drafters, also one that is signed and waits for another to go out.
///
/// # Errors
/// Invalid without a reason; forbidden for anybody who is not on its route.
pub async fn send_back(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release(id).await?;
    work.must(actor, Deed::Return, &release).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let (version, _) = release.before_signers()?;
    let hand_written = work.bulletin(id, version).await?.author != Author::Template;
    let mut release = release.returned(hand_written, reason.clone())?;
    work.keep(&mut release).await?;
    let act = Act::ReleaseReturned {
        item: release.item.clone(),
        version: release.state.standing_version().unwrap_or(version),
        reason,
    };
    work.did(actor, &release, act);
    work.done().await?;
    Ok(release)
}

/// Gives a release up, with a reason; the journal keeps both.
///
/// # Errors
/// Forbidden for anybody who could not sign it, a conflict once it is out.
pub async fn waive(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release_locked(id).await?;
    work.must(actor, Deed::Waive, &release).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    super::must_be_open(&release, Wanted::Waived)?;
    let mut release = release.waived(now, actor.user.clone(), reason.clone())?;
    work.keep(&mut release).await?;
    let act = Act::ReleaseWaived {
        item: release.item.clone(),
        reason,
        due_at: release.due_at,
    };
    work.did(actor, &release, act);
    give_up_tied(&mut work, &release, Reason::OriginalGivenUp).await?;
    series::next(&mut work, &release).await?;
    work.done().await?;
    Ok(release)
}
