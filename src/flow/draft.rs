//! Texts come into being: drafted from templates and facts, and followed when facts change.

mod binding;
mod edit;
mod follow;
mod holding;
mod places;
mod printed;
mod referred;
mod review;
mod told;

use binding::Binding;
pub(in crate::flow) use binding::{bound, grown_old};
pub use edit::{TextEdit, edit};
pub(in crate::flow) use follow::give_up_tied;
pub(crate) use follow::{follow_facts, remake};
pub(in crate::flow) use follow::{follow_measures, follow_one, take_back_for};
pub(in crate::flow) use holding::check as check_holdings;
pub use places::{Place, place};
use referred::referred_to;
pub(crate) use review::no_text;
pub use review::{send_back, submit, waive};
pub(crate) use told::channels_of;
use told::{add_told, told_before, told_until};

use super::work::Work;
use super::{VerbError, World, item_of};
use crate::domain::area::AreaCode;
use crate::domain::bulletin::{Author, Bulletin};
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::journal::act::Late;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{Item, ItemRole, Plan};
use crate::domain::publication::{Passed, passed};
use crate::domain::release::{Drafting, Release, ReleaseState, Wanted};
use crate::domain::time::Moment;
use crate::render::{self, DraftInput, Drafted, Original};
use crate::store::{StoreError, Tx};

/// What is out, or over, is told so after the right: whoever may not act learns nothing of it.
fn must_be_open(release: &Release, wanted: Wanted) -> Result<(), VerbError> {
    match release.state.is_open() {
        true => Ok(()),
        false => Err(release.not_now(wanted).into()),
    }
}

/// Makes the first draft of a release, or says what it lacks. Called when its time has come; the caller keeps it.
pub(crate) async fn open(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
) -> Result<Release, VerbError> {
    let release = holding::follow(work, incident, release).await?;
    let drafting = make(work, incident, &release, None).await?;
    let act = drafted(&release, &drafting, release.noticed_late(work.now));
    work.happened(&release, act);
    Ok(release.drafted(drafting)?)
}

/// What the journal says of a draft that was made, or could not be.
fn drafted(release: &Release, drafting: &Drafting, late: Option<Moment>) -> Act {
    Act::ReleaseDrafted {
        item: release.item.clone(),
        version: drafting.version,
        missing: drafting.missing.clone(),
        fault: drafting.fault.clone(),
        late: late.map(Late::since),
    }
}

/// Renders the template into a new version, unless `standing` or the newest of the template's versions says the same.
async fn make(
    work: &mut Work<'_>,
    incident: &Incident,
    release: &Release,
    standing: Option<&Bulletin>,
) -> Result<Drafting, VerbError> {
    let last = work.tx.latest_bulletin(&release.id).await?;
    let version = last.as_ref().map_or(0, |b| b.version) + 1;
    let drafting = Drafting::default();
    let plan = work.plan_of(release).await?;
    let item = item_of(&plan, release)?;
    let awaited = holding::awaited(item, release);
    // What waits for its signers stays as it is where only an order went out since, of which it does not speak.
    let waits = matches!(
        release.state,
        ReleaseState::InReview(_) | ReleaseState::Approved { .. }
    );
    let waits = waits && awaited.is_none() && release.tells_of_response(item);
    if let Some(standing) = standing.filter(|_| waits)
        && let Drafted::Complete(text) =
            render(work, incident, release, version, Some(standing)).await?
        && standing.says_the_same_as(&text)
    {
        return Ok(Drafting {
            version: Some(standing.version),
            ..drafting
        });
    }
    let rendered = render(work, incident, release, version, None).await?;
    match (rendered, awaited) {
        (Drafted::Missing(mut missing), awaited) => {
            missing.extend(awaited.filter(|fact| !missing.contains(fact)).cloned());
            Ok(Drafting {
                missing,
                ..drafting
            })
        }
        (Drafted::Fault(fault), _) => Ok(Drafting {
            fault: Some(fault),
            ..drafting
        }),
        // Whatever the text says, nobody writes of what was not held.
        (Drafted::Complete(_), Some(awaited)) => Ok(Drafting {
            missing: vec![awaited.clone()],
            ..drafting
        }),
        (Drafted::Complete(bulletin), None) => {
            let of_template = newest_of_template(work, last).await?;
            let known = standing
                .into_iter()
                .chain(&of_template)
                .find(|known| known.says_the_same_as(&bulletin))
                .map(|known| known.version);
            if known.is_none() {
                work.tx.add_bulletin(&bulletin).await?;
            }
            Ok(Drafting {
                version: Some(known.unwrap_or(version)),
                ..drafting
            })
        }
    }
}

/// What the text of a release that nobody has opened yet would lack.
pub(crate) async fn lacking(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
) -> Result<Vec<String>, VerbError> {
    let mut work = Work::new(tx, world, now);
    let incident = work.incident(&release.incident).await?;
    Ok(
        match render(&mut work, &incident, release, 1, None).await? {
            Drafted::Missing(missing) => missing,
            Drafted::Complete(_) | Drafted::Fault(_) => Vec::new(),
        },
    )
}

/// Whether a version of the text of `release` names an hour that has to be ahead and is past by now: it is no text to go out,
/// whoever wrote it.
///
/// # Errors
/// A conflict that names those hours; `not_done` says what did not happen.
pub(in crate::flow) async fn must_not_be_over(
    work: &mut Work<'_>,
    release: &Release,
    version: u32,
    not_done: Phrase,
) -> Result<(), VerbError> {
    let plan = work.plan_of(release).await?;
    let text = work.bulletin(&release.id, version).await?;
    let over = passed(&plan, &text.text, work.now);
    match over.is_empty() {
        true => Ok(()),
        false => Err(VerbError::conflict(phrase!(
            "verb.passed",
            facts = Blank::List(over.iter().map(Passed::named).collect()),
            not_done
        ))),
    }
}

/// The newest version that no person has written in, from `last` backwards.
async fn newest_of_template(
    work: &mut Work<'_>,
    last: Option<Bulletin>,
) -> Result<Option<Bulletin>, VerbError> {
    let mut next = last;
    while let Some(one) = next {
        if one.author == Author::Template {
            return Ok(Some(one));
        }
        next = match one.version.checked_sub(1) {
            Some(before) => work.tx.bulletin(&one.release, before).await?,
            None => None,
        };
    }
    Ok(None)
}

async fn render(
    work: &mut Work<'_>,
    incident: &Incident,
    release: &Release,
    version: u32,
    beside: Option<&Bulletin>,
) -> Result<Drafted, VerbError> {
    let plan = work.plan_of(release).await?;
    let item = item_of(&plan, release)?;
    let mut channels = channels_of(work.world, item);
    let also = told_before(work, &plan, item, incident, release).await?;
    add_told(work.world, &mut channels, &also);
    if channels.is_empty() {
        let codes: Vec<_> = item.channels.iter().map(|c| c.channel.as_str()).collect();
        return Ok(Drafted::Fault(format!(
            "none of its channels ({}) is defined any more; restore channels/*.yaml",
            codes.join(", ")
        )));
    }
    let template = correction_template(&plan, release);
    let referred = match &release.tied_to {
        None => None,
        Some(id) => Some(referred_to(work, incident, release, id).await?),
    };
    let told_until = told_until(work, item, release).await?;
    let Binding {
        in_force,
        holds_again,
        ends,
    } = match binding::of(work, &plan, item, incident, release, beside).await {
        Err(VerbError::Store(error @ StoreError::BrokenRow { .. }))
            if release.correction.is_none() =>
        {
            return Ok(Drafted::Fault(error.phrase().to_string()));
        }
        binding => binding?,
    };
    let input = DraftInput {
        also,
        binding: in_force,
        is_partial: lifts_a_part(work, &plan, item, incident, release).await?,
        holds_again,
        ends,
        told_until,
        plan: &plan,
        item,
        incident,
        release,
        template,
        original: referred.as_ref().map(|r| Original {
            corrected_by: r.corrected_by.as_deref(),
            corrected_by_en: r.corrected_by_en.as_deref(),
            also_corrected: &r.also_corrected,
            title: &r.title,
            title_en: r.title_en.as_deref(),
            document_number: r.document_number.as_deref(),
            published_at: r.published_at,
            link: r.link.clone(),
            reason: release.correction_reason.as_deref(),
            written_by: &r.written_by,
        }),
        link: work.world.link(&release.id),
        channels,
        version,
        now: work.now,
        drill: work.world.is_drill(),
    };
    Ok(render::draft(&input, &work.world.cache.libraries))
}

/// Whether `release` lifts a measure in some of the places for which that was ordered, whatever else is lifted in the others.
async fn lifts_a_part(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
) -> Result<bool, VerbError> {
    let lifts = release.correction.is_none() && !item.lifts.is_empty();
    if !lifts || item.role == Some(ItemRole::Termination) {
        return Ok(false);
    }
    let areas = release.areas(incident);
    let covers = |place: &AreaCode| areas.iter().any(|area| area.contains(place));
    for code in &item.lifts {
        let (of, plan_code) = (&release.incident, &release.plan);
        let all = work
            .tx
            .readable_of_item(of, plan_code, code)
            .await?
            .releases;
        let mut orders = all.iter().filter(|one| {
            let is_measure = plan.item_of(one).is_some_and(Item::binds);
            let concerns = |place: &AreaCode| areas.iter().any(|area| area.overlaps(place));
            is_measure && one.stands() && one.areas(incident).iter().any(concerns)
        });
        if orders.any(|one| !one.areas(incident).iter().all(covers)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The template of a correction, which is not the item's own.
fn correction_template<'a>(plan: &'a Plan, release: &Release) -> Option<&'a str> {
    let corrections = plan.corrections.as_ref()?;
    Some(corrections.template(release.correction?))
}
