//! Texts come into being: drafted from templates and facts, and followed when facts change.

mod edit;
mod follow;
mod review;

pub use edit::{TextEdit, edit};
pub(crate) use follow::{follow_facts, remake};
pub(crate) use review::no_text;
pub use review::{send_back, submit, waive};

use super::{VerbError, World, entry, item_of, release};
use crate::domain::approval::Actor;
use crate::domain::bulletin::{Author, Bulletin};
use crate::domain::channel::ChannelDef;
use crate::domain::deadline::Repeat;
use crate::domain::incident::Incident;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::{Item, ItemKind, Plan};
use crate::domain::release::{Drafting, Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::render::{self, DraftInput, Drafted, Original};
use crate::store::Tx;
use chrono::Datelike;

/// Makes the first draft of a release, or says what it lacks. Called when its time has come.
pub(crate) async fn open(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &mut Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let drafting = make(tx, world, now, incident, release, None).await?;
    entries.push(entry(now, ENGINE, release, drafted(release, &drafting)));
    release.state = ReleaseState::Drafting(drafting);
    Ok(())
}

fn drafted(release: &Release, drafting: &Drafting) -> Act {
    Act::ReleaseDrafted {
        item: release.item.clone(),
        version: drafting.version,
        missing: drafting.missing.clone(),
        fault: drafting.fault.clone(),
        late: None,
    }
}

/// Renders the template into a new version, unless `standing` or the newest of the template's versions says the same.
async fn make(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &Release,
    standing: Option<&Bulletin>,
) -> Result<Drafting, VerbError> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let last = tx.latest_bulletin(&release.id).await?;
    let version = last.as_ref().map_or(0, |b| b.version) + 1;
    let drafting = Drafting::default();
    match render(
        tx,
        world,
        now,
        incident,
        release,
        &plan,
        version,
        last.as_ref(),
    )
    .await?
    {
        Drafted::Missing(missing) => Ok(Drafting {
            missing,
            ..drafting
        }),
        Drafted::Fault(fault) => Ok(Drafting {
            fault: Some(fault),
            ..drafting
        }),
        Drafted::Complete(bulletin) => {
            let of_template = newest_of_template(tx, last).await?;
            let known = standing
                .into_iter()
                .chain(&of_template)
                .find(|known| known.says_the_same_as(&bulletin))
                .map(|known| known.version);
            if known.is_none() {
                tx.add_bulletin(&bulletin).await?;
            }
            Ok(Drafting {
                version: Some(known.unwrap_or(version)),
                ..drafting
            })
        }
    }
}

/// The newest version that no person has written in, from `last` backwards.
async fn newest_of_template(
    tx: &mut Tx,
    last: Option<Bulletin>,
) -> Result<Option<Bulletin>, VerbError> {
    let mut next = last;
    while let Some(one) = next {
        if one.author == Author::Template {
            return Ok(Some(one));
        }
        next = match one.version.checked_sub(1) {
            Some(before) => tx.bulletin(&one.release, before).await?,
            None => None,
        };
    }
    Ok(None)
}

#[expect(clippy::too_many_arguments, reason = "everything a text is made from")]
async fn render(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &Release,
    plan: &Plan,
    version: u32,
    last: Option<&Bulletin>,
) -> Result<Drafted, VerbError> {
    let item = item_of(plan, release)?;
    let channels = channels_of(world, item);
    if channels.is_empty() {
        return Ok(Drafted::Fault(format!(
            "none of its channels ({}) is defined any more; restore channels/*.yaml",
            item.channels
                .iter()
                .map(|c| c.channel.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        )));
    }
    let template = match (release.correction, &plan.corrections) {
        (Some(kind), Some(corrections)) => Some(corrections.template(kind)),
        _ => None,
    };
    let referred = match &release.tied_to {
        None => None,
        Some(id) => referred_to(tx, world, id).await?,
    };
    let document_number = match last.and_then(|b| b.text.document_number.clone()) {
        Some(number) => Some(number),
        None => document_number(tx, plan, item, now).await?,
    };
    let input = DraftInput {
        plan,
        item,
        incident,
        release,
        template,
        original: referred.as_ref().map(|r| Original {
            title: &r.title,
            document_number: r.document_number.as_deref(),
            published_at: r.published_at,
            link: r.link.clone(),
            reason: release.correction_reason.as_deref(),
            written_by: &r.written_by,
        }),
        number: release.occurrence,
        document_number,
        next_update: next_update(plan, item, release, now),
        link: world.link(&release.id),
        channels,
        version,
        now,
        drill: world.is_drill(),
    };
    Ok(render::draft(&input, &world.cache.libraries))
}

pub(crate) fn channels_of<'a>(world: &'a World, item: &Item) -> Vec<&'a ChannelDef> {
    let mut channels: Vec<&ChannelDef> = item
        .channels
        .iter()
        .filter_map(|c| world.channel(&c.channel))
        .collect();
    // A fallback may have to carry this text, so its bytes are signed with the rest.
    let fallbacks: Vec<_> = channels
        .iter()
        .filter_map(|def| world.channel(def.fallback.as_deref()?))
        .collect();
    for fallback in fallbacks {
        if !channels.iter().any(|def| def.channel == fallback.channel) {
            channels.push(fallback);
        }
    }
    channels
}

struct Referred {
    title: String,
    document_number: Option<String>,
    published_at: Option<Moment>,
    link: Option<String>,
    written_by: Vec<String>,
}

/// What an interpretation or correction refers to: its text if there is one, its name until then.
async fn referred_to(
    tx: &mut Tx,
    world: &World,
    id: &ReleaseId,
) -> Result<Option<Referred>, VerbError> {
    let original = release(tx, id).await?;
    let latest = match original.state.standing_version() {
        Some(version) => tx.bulletin(id, version).await?,
        None => tx.latest_bulletin(id).await?,
    };
    let written_by = latest.as_ref().map(Bulletin::writers).unwrap_or_default();
    let text = latest.map(|b| b.text);
    Ok(Some(Referred {
        written_by,
        title: text
            .as_ref()
            .map_or_else(|| original.name.clone(), |text| text.title.clone()),
        document_number: text.and_then(|text| text.document_number),
        published_at: original.state.publication().map(|p| p.at),
        link: world.link(id),
    }))
}

/// 发文字号: body's prefix, year in its zone, serial. An explanation is not an official document and has none.
async fn document_number(
    tx: &mut Tx,
    plan: &Plan,
    item: &Item,
    now: Moment,
) -> Result<Option<String>, VerbError> {
    let Some(prefix) = &plan.body.document_prefix else {
        return Ok(None);
    };
    if item.kind == ItemKind::Interpretation {
        return Ok(None);
    }
    let year = now.with_timezone(&plan.zone).year();
    let serial = tx.take_document_number(&plan.body.body, year).await?;
    Ok(Some(format!("{prefix}〔{year}〕{serial}号")))
}

fn next_update(plan: &Plan, item: &Item, release: &Release, now: Moment) -> Option<Moment> {
    match item.repeat.as_ref()? {
        Repeat::Cron(rule) => rule.cron.next(release.opened_at.max(now), plan.zone),
        Repeat::Every(rule) => Some(rule.every.after(release.due_at.unwrap_or(now))),
    }
}

pub(crate) fn must_be_own(actor: &Actor, release: &Release) -> Result<(), VerbError> {
    if actor.serves(&release.body) {
        return Ok(());
    }
    Err(VerbError::Forbidden(format!(
        "{} holds no post of {}; nothing was changed",
        actor.user, release.body
    )))
}

pub(crate) fn not_now(release: &Release, what: &str) -> VerbError {
    VerbError::conflict(format!(
        "release {} is {} and cannot be {what} now; nothing was changed",
        release.id,
        release.state.code()
    ))
}
