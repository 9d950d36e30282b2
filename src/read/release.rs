//! A release: in lists without its text, alone with the text that counts now.

mod deciding;
mod unreadable;
mod views;

pub use unreadable::unreadable;

use std::collections::BTreeMap;

use deciding::{deciders, excluding, put_off};
use views::{bulletin_view, holding_view, note, signature_view};

use super::elsewhere::elsewhere;
use super::incident::fact_view;
use super::wanted::wanted;
use crate::contract::{BulletinView, ReleaseView};
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Bulletin, ChannelReach, differences};
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::Phrase;
use crate::domain::plan::{Item, ItemRole, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::rights::drafts_wait_for;
use crate::domain::time::Moment;
use crate::flow::draft::lacking;
use crate::flow::{VerbError, World};
use crate::store::{Shown, Tx, Unreadable};

/// Without its text and signatures, as lists show it.
pub fn brief(release: &Release, plan: &Plan, now: Moment) -> ReleaseView {
    let state = &release.state;
    let (missing_facts, why, newer_version) = match state {
        ReleaseState::Drafting(drafting) => (
            drafting.missing.clone(),
            match &drafting.fault {
                Some(fault) => Some(Reason::Said(fault.clone())),
                None => drafting.returned.clone(),
            },
            drafting.newer,
        ),
        ReleaseState::InReview(review) => (Vec::new(), None, review.stale),
        ReleaseState::Superseded { why, .. } | ReleaseState::Cancelled { why, .. } => {
            (Vec::new(), Some(why.clone()), None)
        }
        ReleaseState::Withdrawn { why, .. }
        | ReleaseState::Waived { why, .. }
        | ReleaseState::NotApplicable { why, .. } => {
            (Vec::new(), Some(Reason::Said(why.clone())), None)
        }
        ReleaseState::Lifted { by, .. } => {
            let by = by.clone();
            (Vec::new(), Some(Reason::Lifted { by }), None)
        }
        ReleaseState::Corrected { by, .. } => {
            let by = by.clone();
            (Vec::new(), Some(Reason::Corrected { by }), None)
        }
        _ => (Vec::new(), None, None),
    };
    let publication = state.publication();
    let issuer = &plan.issuer_of_release(release).body;
    ReleaseView {
        id: release.id.to_string(),
        incident: release.incident.to_string(),
        plan: release.plan.clone(),
        event: plan.event.event.clone(),
        body: release.body.clone(),
        issuer: (*issuer != release.body).then(|| issuer.clone()),
        item: release.item.clone(),
        name: release.name.clone(),
        name_en: release.name_en.clone(),
        kind: release.kind.code().to_owned(),
        level: release
            .level
            .map(|level: ResponseLevel| level.code().to_owned()),
        occurrence: release.occurrence,
        status: state.code().to_owned(),
        opened_at: release.opened_at,
        due_at: release.due_at,
        passed_limit: release.passed.as_ref().map(|passed| passed.due_at),
        due_beyond_calendar: plan.beyond_calendar(release),
        overdue: release.is_overdue(now),
        holding: release
            .holding
            .map(|holding| holding_view(release, holding)),
        published_at: publication.map(|p| p.at),
        valid_until: publication.and_then(|p| p.valid_until),
        decides: Vec::new(),
        excludes: Vec::new(),
        put_off: put_off(state),
        next: release.next_post(plan).map(|post| post.to_string()),
        may_sign: release.may_sign().iter().map(ToString::to_string).collect(),
        missing_own: own_of(plan, &missing_facts),
        missing_facts,
        wanted_facts: Vec::new(),
        elsewhere: Vec::new(),
        own_facts: BTreeMap::new(),
        note: why.as_ref().map(note),
        why,
        stale: newer_version.is_some(),
        newer_version,
        difference: Vec::new(),
        tied_to: release.tied_to.as_ref().map(ToString::to_string),
        areas: release
            .areas
            .iter()
            .flatten()
            .map(|area| area.0.clone())
            .collect(),
        source: release
            .found
            .and_then(|found| found.source)
            .map(|source| source.code().to_owned()),
        found_at: release.found.map(|found| found.at),
        part_of: release.part_of.as_ref().map(ToString::to_string),
        still_binds: release.still_binds(plan),
        will_bind: release.will_bind(plan),
        lifting: lifting(plan, release),
        lifted: (release.lifted.iter().filter(|lifted| !lifted.to_come))
            .flat_map(|lifted| &lifted.areas)
            .map(|area| area.0.clone())
            .collect(),
        correction: release.correction.map(|kind| kind.code().to_owned()),
        correction_reason: release.correction_reason.clone(),
        countersign_due_at: publication
            .and_then(|p| p.countersign.as_ref())
            .filter(|owed| !owed.is_complete())
            .map(|owed| owed.due_at),
        own_words: publication
            .and_then(|p| p.countersign.as_ref())
            .is_some_and(|owed| owed.own_words),
        signatures: Vec::new(),
        bulletin: None,
        unreadable: None,
    }
}

/// Those of the facts that it lacks which it has for itself.
fn own_of(plan: &Plan, missing: &[String]) -> Vec<String> {
    let own = missing.iter().filter(|code| {
        let spec = plan.event.fact(code);
        spec.is_some_and(|spec| spec.is_of_one_text() && !spec.correction)
    });
    own.cloned().collect()
}

/// Of what was asked for just now, and is opened in a moment: what its text will wait for, so that whoever asked can give it at once.
async fn with_what_it_lacks(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
    mut view: ReleaseView,
) -> Result<ReleaseView, VerbError> {
    let is_next = matches!(release.state, ReleaseState::Planned) && release.opened_at <= now;
    if is_next && release.part_of.is_none() && release.tied_to.is_none() {
        let plan = world.pinned(tx, &release.plan_hash).await?;
        view.missing_facts = lacking(tx, world, now, release).await?;
        view.missing_own = own_of(&plan, &view.missing_facts);
    }
    Ok(view)
}

/// Releases as whoever asked for them is shown them.
pub async fn asked_for(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    releases: &[Release],
) -> Result<Vec<ReleaseView>, VerbError> {
    let mut views = briefs(tx, world, now, releases).await?;
    for (release, view) in releases.iter().zip(&mut views) {
        *view = with_what_it_lacks(tx, world, now, release, view.clone()).await?;
    }
    Ok(views)
}

/// The item that lifts a measure which still binds.
pub(super) fn lifting(plan: &Plan, release: &Release) -> Option<String> {
    let mut items = plan.items().filter(|_| release.still_binds(plan));
    let lifts = |item: &&Item| {
        (item.on_demand || item.decided)
            && item.role != Some(ItemRole::Termination)
            && item.lifts.contains(&release.item)
    };
    items.find(lifts).map(|item| item.item.clone())
}

/// Releases as lists show them.
pub async fn briefs(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    releases: &[Release],
) -> Result<Vec<ReleaseView>, VerbError> {
    let mut views = Vec::with_capacity(releases.len());
    for release in releases {
        let plan = world.pinned(tx, &release.plan_hash).await?;
        views.push(ReleaseView {
            decides: deciders(world, &plan, release),
            ..brief(release, &plan, now)
        });
    }
    Ok(views)
}

/// Releases as lists show them, those that cannot be read in their places.
pub async fn lines(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    rows: &[Result<Release, Unreadable>],
) -> Result<Vec<ReleaseView>, VerbError> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(release) => {
                views.extend(briefs(tx, world, now, std::slice::from_ref(release)).await?);
            }
            Err(row) => views.push(unreadable(tx, world, now, row).await?),
        }
    }
    Ok(views)
}

/// With the text that counts now: what went out, what is under review, or the newest draft.
pub async fn whole(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
) -> Result<ReleaseView, VerbError> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let bulletin = match release.state.standing_version() {
        Some(version) => tx.bulletin(&release.id, version).await?,
        None => tx.latest_bulletin(&release.id).await?,
    };
    let signatures = tx.signatures(&release.id).await?;
    let mut view = ReleaseView {
        bulletin: said(tx, release, bulletin.as_ref()).await?,
        signatures: signatures.iter().map(signature_view).collect(),
        decides: deciders(world, &plan, release),
        excludes: excluding(tx, &plan, release).await?,
        wanted_facts: wanted(tx, world, now, &plan, release).await?,
        elsewhere: elsewhere(tx, world, now, &plan, release).await?,
        own_facts: (release.own_facts.iter())
            .map(|(code, fact)| (code.clone(), fact_view(fact)))
            .collect(),
        ..brief(release, &plan, now)
    };
    if let (Some(shown), Some(text)) = (&mut view.bulletin, &bulletin) {
        count_around(tx, shown, text).await?;
    }
    if let (Some(old), Some(newer)) = (&bulletin, view.newer_version)
        && let Some(new) = tx.bulletin(&release.id, newer).await?
    {
        view.difference = differences(old, &new)
            .iter()
            .map(Phrase::to_string)
            .collect();
    }
    with_what_it_lacks(tx, world, now, release, view).await
}

/// How many are reached only because nobody knows where in a place around they live.
async fn count_around(
    tx: &mut Tx,
    shown: &mut BulletinView,
    text: &Bulletin,
) -> Result<(), VerbError> {
    for (view, ChannelReach { reach, .. }) in shown.reach.iter_mut().zip(&text.reach) {
        if reach.around.is_empty() {
            continue;
        }
        let nearer = Reach {
            around: Vec::new(),
            ..reach.clone()
        };
        let all = tx.count_reach(reach).await?.people;
        let near = tx.count_reach(&nearer).await?.people;
        view.around_people = u64::try_from(all - near).ok();
    }
    Ok(())
}

/// The text as the public has it, with the hash of the bytes that were signed.
async fn said(
    tx: &mut Tx,
    release: &Release,
    signed: Option<&Bulletin>,
) -> Result<Option<BulletinView>, VerbError> {
    let Some(signed) = signed else {
        return Ok(None);
    };
    let view = bulletin_view(signed);
    if release.state.publication().is_none() {
        return Ok(Some(view));
    }
    let issued = tx.issued_bulletin(&release.id, signed.version).await?;
    Ok(Some(match issued {
        Some(issued) => BulletinView {
            hash: view.hash,
            code: view.code,
            ..bulletin_view(&issued)
        },
        None => view,
    }))
}

/// What waits for any of `posts`, as the index of turns writes it.
pub async fn turns_of(
    tx: &mut Tx,
    world: &World,
    posts: &[PostRef],
) -> Result<Vec<String>, VerbError> {
    let people = tx.people().await?;
    let bodies = &world.plans.bodies;
    let drafting = posts
        .iter()
        .filter(|post| drafts_wait_for(bodies, &people, post));
    let drafts = drafting.map(|post| format!("{}/*", post.body));
    Ok(posts
        .iter()
        .map(ToString::to_string)
        .chain(drafts)
        .collect())
}

/// The text that whoever reads `view` has been shown.
pub fn shown(view: &ReleaseView, now: Moment) -> Option<Shown> {
    view.bulletin.as_ref().map(|bulletin| Shown {
        version: bulletin.version,
        hash: bulletin.hash.clone(),
        at: now,
    })
}
