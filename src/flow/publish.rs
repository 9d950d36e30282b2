//! A signed text becomes public: frozen, put on the portal, handed to every channel, in one transaction.
//!
//! `domain::publication` decides what that does; here it is carried out. The unique key (release, version, channel) of a
//! dispatch makes a second publication harmless.

mod effects;

pub(super) use effects::lift_now;

use chrono::Datelike;
use effects::carry_out;

use super::work::Work;
use super::{VerbError, draft, item_of, series};
use crate::domain::approval::Ready;
use crate::domain::bulletin::Bulletin;
use crate::domain::delivery::{Dispatch, DispatchState};
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::numbering::Filling;
use crate::domain::plan::{CorrectionKind, ItemRole, Plan};
use crate::domain::portal::PortalEntry;
use crate::domain::publication::{Decision, Effect, Going, Outcome, Stopped, decide, matters};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::{DispatchId, ReleaseId};

/// What is still to be done, the next thing last.
enum Step {
    Go(Release, Ready),
    /// With the text that brings it about.
    Effect(Effect, ReleaseId, Reason),
    /// An occurrence is out: the next one is planned.
    Next(Release),
}

/// A release has all the signatures it needs to go out: it goes, and with it what only waited for it; or it waits for
/// what it belongs to. Returns it as it stands then.
pub(crate) async fn go(
    work: &mut Work<'_>,
    release: Release,
    ready: Ready,
) -> Result<Release, VerbError> {
    // Two texts that are signed at once must not both find the same number free.
    work.tx.lock_incident(&release.incident).await?;
    let incident = work.incident(&release.incident).await?;
    let first = release.id.clone();
    let mut gone = None;
    let mut steps = vec![Step::Go(release, ready)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Go(release, ready) => {
                let (release, next) = go_alone(work, &incident, release, ready).await?;
                steps.extend(next.into_iter().rev());
                if release.id == first {
                    gone = Some(release);
                }
            }
            Step::Effect(effect, by, why) => {
                steps.extend(carry_out(work, &incident, effect, by, why).await?);
            }
            Step::Next(release) => series::next(work, &release).await?,
        }
    }
    let release = match gone {
        Some(release) => release,
        None => work.release(&first).await?,
    };
    super::plan::follow_publication(work, &incident, &release).await?;
    Ok(release)
}

/// One release goes out or is held; returns what follows from it, in order.
async fn go_alone(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
    ready: Ready,
) -> Result<(Release, Vec<Step>), VerbError> {
    let plan = work.plan_of(&release).await?;
    let item = item_of(&plan, &release)?;
    let text = work.bulletin(&release.id, ready.version).await?;
    let original = match &release.tied_to {
        Some(original) => Some(work.release(original).await?),
        None => None,
    };
    let quoted =
        (original.as_ref()).and_then(|original| original.state.publication()?.filling.clone());
    let mut out = Vec::new();
    if release.correction.is_none() {
        for matter in matters(&plan, item) {
            let (tx, incident, plan) = (&mut work.tx, &release.incident, &release.plan);
            out.extend(match item.lifts.iter().any(|code| code == matter) {
                // What has expired is lifted in words, too.
                true => tx.releases_of_item(incident, plan, matter).await?,
                false if item.binds() => tx.releases_out(incident, plan, matter).await?,
                // An earlier text that cannot be read stays as it stands, and keeps none from going out.
                false => tx.readable_of_item(incident, plan, matter).await?.releases,
            });
        }
    }
    let lifts = |original: &Release| {
        plan.item_of(original)
            .is_some_and(|of| !of.lifts.is_empty())
    };
    let ends = item.role == Some(ItemRole::Termination);
    let all = match release.correction.is_some() && original.as_ref().is_some_and(lifts) {
        true => work.all_that_binds(incident).await?.releases,
        false if ends => work.tx.readable_of(&incident.id).await?.releases,
        false => Vec::new(),
    };
    let other_half = match (&original, release.correction) {
        (Some(original), Some(_)) => match original.stands_in_for() {
            Some(first) => Some(work.release(first).await?),
            None => work.mended_by(original).await?,
        },
        _ => None,
    };
    let before = match &other_half {
        Some(mended) => work.tx.portal_entry(&mended.id).await?,
        None => None,
    };
    let earlier = match (&original, release.correction) {
        (Some(original), Some(CorrectionKind::Withdrawal)) => {
            work.corrected_before(original).await?
        }
        _ => None,
    };
    let tied = work.tx.readable_tied_to(&release.id).await?.releases;
    let binding = draft::bound(work, &plan, item, incident, &release, &text).await?;
    let signed_at = match &release.state {
        ReleaseState::Approved { at, .. } => *at,
        _ => work.now,
    };
    let decision = decide(Going {
        now: work.now,
        plan: &plan,
        item,
        incident,
        release,
        ready,
        text: &text,
        original,
        other_half,
        before: earlier,
        out,
        tied,
        all: all
            .into_iter()
            .filter(|one| one.plan == plan.plan)
            .collect(),
        binding,
        has_portal: work.world.plans.portal_url().is_some(),
    })?;
    let outcome = match decision {
        Decision::Held(release) => {
            let mut release = *release;
            work.keep(&mut release).await?;
            let until = Reason::OriginalNotOut;
            work.happened(&release, Act::ReleaseHeld { until });
            return Ok((release, Vec::new()));
        }
        Decision::Out(outcome) => outcome,
    };
    let Outcome {
        mut release,
        mut shown,
        channels,
        lane,
        effects,
        ..
    } = *outcome;
    let filling = filling(work, &plan, &release, &text, signed_at).await?;
    let issued = text.issued(&filling, quoted.as_ref());
    if issued.has_blanks() {
        return Err(Stopped::Unfilled(release.id).into());
    }
    release.state = release.state.filled(filling);
    work.keep(&mut release).await?;
    if issued != text {
        work.tx.issue_bulletin(&issued).await?;
    }
    let publication = release.state.publication();
    let act = Act::ReleasePublished {
        item: release.item.clone(),
        version: issued.version,
        hash: shown.hash.clone(),
        title: issued.text.title.clone(),
        channels: issued.reach.iter().map(|r| r.channel.clone()).collect(),
        due_at: release.due_at,
        late: publication.is_some_and(|publication| publication.is_late()),
        document_number: issued.text.document_number.clone(),
        issued: (issued != text).then(|| issued.hash()),
    };
    work.happened(&release, act);
    shown.short = issued.short_messages();
    shown.text = issued.text;
    if let Some(before) = before.and_then(|before| before.corrects) {
        shown = shown.corrects_after(&before);
    }
    show(work, shown).await?;
    for (channel, after) in addressed(work, &release, channels).await? {
        let dispatch = Dispatch {
            id: work.world.ids.mint::<DispatchId>(work.now),
            release: release.id.clone(),
            version: issued.version,
            channel,
            lane,
            created_at: work.now,
            after,
            state: DispatchState::Expanding { cursor: 0 },
        };
        work.tx.add_dispatch(&dispatch).await?;
    }
    let why = Reason::Replaced {
        by: release.id.clone(),
        name: release.name.clone(),
    };
    let effects = effects
        .into_iter()
        .map(|effect| Step::Effect(effect, release.id.clone(), why.clone()));
    let next = effects.chain([Step::Next(release.clone())]).collect();
    super::plan::taken_over(work, item, &release).await?;
    Ok((release, next))
}

/// Shows a text with what the public has been told of its response; a notice of the response tells it of all the others.
async fn show(work: &mut Work<'_>, mut shown: PortalEntry) -> Result<(), VerbError> {
    match shown.response {
        Some(response) => {
            for other in work.tx.portal_entries_of(&shown.incident).await? {
                if other.release != shown.release && other.response != Some(response) {
                    let told = other.told(response);
                    work.tx.put_portal_entry(&told, work.now).await?;
                }
            }
            shown = shown.told(response);
        }
        None => {
            let newest = work.tx.newest_portal_entry_of(&shown.incident).await?;
            if let Some(response) = newest.and_then(|newest| newest.response) {
                shown = shown.told(response);
            }
        }
    }
    Ok(work.tx.put_portal_entry(&shown, work.now).await?)
}

/// The numbers and the date that a text gets as it goes out. One that was held has the date of its last signature.
async fn filling(
    work: &mut Work<'_>,
    plan: &Plan,
    release: &Release,
    text: &Bulletin,
    signed_at: Moment,
) -> Result<Filling, VerbError> {
    let date = signed_at.with_timezone(&plan.zone).date_naive();
    let of_item = work
        .tx
        .readable_of_item(&release.incident, &release.plan, &release.item)
        .await?;
    // No number is below that of an occurrence, so none is given twice where a row does not say its own.
    let taken = of_item.taken(&release.plan, &release.item);
    let out = of_item.releases.iter().filter(|one| {
        one.id != release.id && one.correction.is_some() == release.correction.is_some()
    });
    // Texts of before numbers were taken on signing carry that of their occurrence.
    let serials = out.filter_map(|one| {
        let filling = one.state.publication()?.filling.as_ref();
        Some(filling.map_or(one.occurrence, |filling| filling.serial))
    });
    let serial = serials.max().unwrap_or(0).max(taken) + 1;
    let register = if text.takes_number() {
        let item = item_of(plan, release)?;
        let series = item.document().series(&plan.issuer_of(item).body);
        Some(work.tx.take_document_number(&series, date.year()).await?)
    } else {
        None
    };
    let repeat = item_of(plan, release)?.repeat.as_ref();
    let next = repeat.and_then(|of| of.next_text(work.now, release.opened_at, plan.zone));
    Ok(Filling {
        date,
        time: Some(signed_at.with_timezone(&plan.zone).time()),
        serial,
        register,
        next: next.map(|at| at.with_timezone(&plan.zone).naive_local()),
    })
}

/// The channels with the earlier dispatch whose text must be final first: a correction goes to the channels and
/// recipients that got the original, an update follows the occurrence before.
async fn addressed(
    work: &mut Work<'_>,
    release: &Release,
    channels: Vec<String>,
) -> Result<Vec<(String, Option<DispatchId>)>, VerbError> {
    let earlier = match (&release.tied_to, release.correction) {
        (Some(original), Some(_)) => work.tx.dispatches_of(original).await?,
        _ => previous_of_series(work, release).await?,
    };
    let after = |channel: &String| {
        let of_channel = earlier.iter().find(|d| d.channel == *channel);
        of_channel.map(|dispatch| dispatch.id.clone())
    };
    Ok(channels
        .into_iter()
        .map(|channel| {
            let after = after(&channel);
            (channel, after)
        })
        .collect())
}

async fn previous_of_series(
    work: &mut Work<'_>,
    release: &Release,
) -> Result<Vec<Dispatch>, VerbError> {
    if release.occurrence < 2 || release.tied_to.is_some() {
        return Ok(Vec::new());
    }
    let previous = work
        .tx
        .readable_of_item(&release.incident, &release.plan, &release.item)
        .await?
        .releases
        .into_iter()
        .filter(|r| r.correction.is_none() && r.occurrence < release.occurrence)
        .filter(|r| r.state.publication().is_some())
        .max_by_key(|r| r.occurrence);
    match previous {
        Some(previous) => Ok(work.tx.dispatches_of(&previous.id).await?),
        None => Ok(Vec::new()),
    }
}
