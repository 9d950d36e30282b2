//! Texts follow what is known: when facts or the level change, open drafts are made anew, texts under review keep their
//! words and are marked, and what is signed but not yet out goes back.

use super::super::work::Work;
use super::super::{VerbError, item_of};
use super::{correction_template, drafted, make};
use crate::domain::bulletin::{Author, Bulletin, NO_TEXT_YET, differences};
use crate::domain::deadline::earliest_due;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::journal::act::{Lacks, Newer};
use crate::domain::phrase::Phrase;
use crate::domain::reason::Reason;
use crate::domain::release::{Drafting, Release, ReleaseState};
use crate::id::ReleaseId;

/// Everything of an incident that is not out yet is held against what is known now.
pub(crate) async fn follow_facts(
    work: &mut Work<'_>,
    incident: &Incident,
) -> Result<(), VerbError> {
    let all = work.tx.readable_of(&incident.id).await?;
    // What quotes a text that cannot be read waits with it.
    let lost = all.unreadable;
    let is_lost = |id: &ReleaseId| lost.iter().any(|row| row.id == id.as_str());
    for release in all.releases {
        if release.tied_to.as_ref().is_some_and(is_lost) {
            continue;
        }
        let release = date_late(work, incident, release).await?;
        let release = super::holding::follow(work, incident, release).await?;
        follow(work, incident, release).await?;
    }
    Ok(())
}

/// What binds has changed by `out`: what lifts the same is told its places anew, what takes a lifting back may bring back
/// something else by now, and what says what binds says it anew.
pub(in crate::flow) async fn follow_measures(
    work: &mut Work<'_>,
    incident: &Incident,
    out: &Release,
) -> Result<(), VerbError> {
    for release in work.tx.readable_of(&incident.id).await?.releases {
        if release.id == out.id || !release.state.is_open() {
            continue;
        }
        let plan = work.plan_of(&release).await?;
        let Some(item) = plan.item_of(&release) else {
            continue;
        };
        let lifts_the_same = !item.lifts.is_empty()
            && release.plan == out.plan
            && (release.correction.is_some() || release.item == out.item);
        let template = correction_template(&plan, &release).unwrap_or(&item.template);
        if lifts_the_same || item.binds() || plan.tells_what_binds(item, &release, template) {
            follow(work, incident, release).await?;
        }
    }
    Ok(())
}

/// One text that is not out yet is held against what is known now.
pub(in crate::flow) async fn follow_one(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
) -> Result<(), VerbError> {
    follow(work, incident, release).await
}

/// What explains or corrects `original` quotes its title, which may just have been written anew.
pub(super) async fn follow_tied(work: &mut Work<'_>, original: &Release) -> Result<(), VerbError> {
    let incident = work.incident(&original.incident).await?;
    for tied in work.tx.readable_tied_to(&original.id).await?.releases {
        follow(work, &incident, tied).await?;
    }
    Ok(())
}

/// What explains `original` goes with it, once that is given up, missed or over, for the reason `why`.
pub(in crate::flow) async fn give_up_tied(
    work: &mut Work<'_>,
    original: &Release,
    why: Reason,
) -> Result<(), VerbError> {
    for tied in work.tx.readable_tied_to(&original.id).await?.releases {
        if tied.correction.is_some() || !tied.state.is_open() {
            continue;
        }
        let (item, was) = (tied.item.clone(), tied.state.code().to_owned());
        let mut tied = tied.cancelled(work.now, why.clone())?;
        work.keep(&mut tied).await?;
        let why = why.clone();
        work.happened(&tied, Act::ReleaseCancelled { item, was, why });
    }
    Ok(())
}

async fn follow(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
) -> Result<(), VerbError> {
    match release.state.clone() {
        ReleaseState::Drafting(drafting) => remake(work, incident, release, drafting).await,
        ReleaseState::InReview(review) => {
            mark(work, incident, release, review.version, review.stale).await
        }
        ReleaseState::Approved {
            version, declined, ..
        } => take_back(work, incident, release, version, declined).await,
        _ => Ok(()),
    }
}

/// What the template says now, if that is something else than `standing` was made from: the version, or
/// [`NO_TEXT_YET`] when it lacks a fact or cannot be printed.
async fn newer_than(
    work: &mut Work<'_>,
    incident: &Incident,
    release: &Release,
    standing: &Bulletin,
) -> Result<(Option<u32>, Drafting), VerbError> {
    let made_from = standing.template_version();
    let reference = match &standing.author {
        Author::Template => None,
        Author::Person { .. } => work.tx.bulletin(&release.id, made_from).await?,
    };
    let reference = reference.as_ref().unwrap_or(standing);
    let made = make(work, incident, release, Some(reference)).await?;
    let newer = match made.version {
        Some(version) => Some(version).filter(|version| *version != made_from),
        None => Some(NO_TEXT_YET),
    };
    Ok((newer, made))
}

/// A text under review keeps its words; its signers are told if there are newer ones.
async fn mark(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
    version: u32,
    known: Option<u32>,
) -> Result<(), VerbError> {
    let standing = work.bulletin(&release.id, version).await?;
    let (newer, made) = newer_than(work, incident, &release, &standing).await?;
    if newer == known {
        return Ok(());
    }
    let act = match newer {
        Some(newer) => Act::ReviewStale(say(work, &release, &standing, newer, &made).await?),
        None => Act::ReviewCurrent {
            item: release.item.clone(),
            version,
        },
    };
    let mut release = release.marked(newer)?;
    work.keep(&mut release).await?;
    work.happened(&release, act);
    Ok(())
}

/// What the journal says of a newer text, or of why there is none.
async fn say(
    work: &mut Work<'_>,
    release: &Release,
    standing: &Bulletin,
    newer: u32,
    made: &Drafting,
) -> Result<Newer, VerbError> {
    let mut text = Newer {
        item: release.item.clone(),
        newer_version: Some(newer),
        ..Newer::default()
    };
    if newer == NO_TEXT_YET {
        text.lacks = Some(Lacks {
            missing: made.missing.clone(),
            fault: made.fault.clone(),
        });
    } else {
        let new = work.bulletin(&release.id, newer).await?;
        let differences = differences(standing, &new);
        text.difference = Some(differences.iter().map(Phrase::to_string).collect());
    }
    Ok(text)
}

/// What is signed and waits for the text it belongs to would go out with nobody looking at it again: if it has grown
/// old, it is a draft once more. Newer words that its signers saw and declined do not count.
async fn take_back(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
    version: u32,
    declined: Option<u32>,
) -> Result<(), VerbError> {
    let standing = work.bulletin(&release.id, version).await?;
    let (newer, made) = newer_than(work, incident, &release, &standing).await?;
    match newer.filter(|newer| declined != Some(*newer)) {
        Some(newer) => {
            let why = Reason::FactsChanged;
            void(work, release, &standing, (Some(newer), made), why).await
        }
        None => Ok(()),
    }
}

/// What is signed and was to go out now is a draft once more, because of `why`, whatever its signers had declined.
pub(in crate::flow) async fn take_back_for(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
    why: Reason,
) -> Result<(), VerbError> {
    let Some(version) = release.state.standing_version() else {
        return Ok(());
    };
    let standing = work.bulletin(&release.id, version).await?;
    let now = newer_than(work, incident, &release, &standing).await?;
    void(work, release, &standing, now, why).await
}

async fn void(
    work: &mut Work<'_>,
    release: Release,
    standing: &Bulletin,
    (newer, made): (Option<u32>, Drafting),
    why: Reason,
) -> Result<(), VerbError> {
    let said = match newer {
        Some(newer) => say(work, &release, standing, newer, &made).await?,
        None => Newer {
            item: release.item.clone(),
            version: Some(standing.version),
            ..Newer::default()
        },
    };
    let hand_written = standing.author != Author::Template;
    let mut release = release.taken_back(hand_written, newer, made, why)?;
    work.keep(&mut release).await?;
    work.happened(&release, Act::ApprovalVoid(said));
    Ok(())
}

/// Makes an open draft anew with what is known now; one that a person wrote stays, and they are told.
pub(crate) async fn remake(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
    drafting: Drafting,
) -> Result<(), VerbError> {
    let current = match drafting.version {
        Some(version) => Some(work.bulletin(&release.id, version).await?),
        None => None,
    };
    let (next, act) = match current {
        // What a person wrote is not thrown away by a number that changed; they are told instead.
        Some(current) if current.author != Author::Template => {
            let (newer, made) = newer_than(work, incident, &release, &current).await?;
            let text = match newer {
                Some(newer) => say(work, &release, &current, newer, &made).await?,
                None => Newer {
                    item: release.item.clone(),
                    version: Some(current.version),
                    ..Newer::default()
                },
            };
            let next = Drafting {
                newer,
                ..drafting.clone()
            };
            (next, Act::FactsChangedAfterEdit(text))
        }
        current => {
            let made = make(work, incident, &release, current.as_ref()).await?;
            let next = Drafting {
                returned: drafting.returned.clone(),
                ..made
            };
            let act = drafted(&release, &next, None);
            (next, act)
        }
    };
    if next == drafting {
        return Ok(());
    }
    work.happened(&release, act);
    let mut release = release.drafted(next)?;
    work.keep(&mut release).await
}

/// A deadline whose anchor has only now become known (a warning that was issued after the declaration).
async fn date_late(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
) -> Result<Release, VerbError> {
    if release.due_at.is_some() || release.tied_to.is_some() || !release.state.is_open() {
        return Ok(release);
    }
    let plan = work.plan_of(&release).await?;
    let item = item_of(&plan, &release)?;
    let due_at = earliest_due(&item.due, &incident.anchors(), plan.zone, &plan.calendar);
    if due_at.is_none() {
        return Ok(release);
    }
    let opened_at = release.opened_at;
    let mut release = release.dated(due_at, opened_at);
    work.keep(&mut release).await?;
    let act = Act::ReleaseDated {
        item: release.item.clone(),
        due_at,
    };
    work.happened(&release, act);
    Ok(release)
}
