//! The people on duty hear in time that a text reaches hardly anybody: nearly all of it was given up, or a gateway that has
//! taken many says nothing of any. Once for one text on one channel, once for one silence.

use chrono::TimeDelta;

use super::{VerbError, World, dispatch, release, trouble};
use crate::domain::channel::Finality;
use crate::domain::delivery::alarm::{Losses, MANY, is_silent};
use crate::domain::delivery::{Dispatch, Lane};
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::time::{Moment, moment_zh};
use crate::id::DispatchId;
use crate::store::{Heard, Tx};

/// How long losses come together before they are looked at.
pub const GATHERED: TimeDelta = TimeDelta::seconds(5);

/// A silence that nobody was told of.
struct Silence {
    dispatch: DispatchId,
    channel: String,
    waiting: i64,
    heard: Heard,
    taken: Moment,
    first_by: Moment,
}

/// Whether there is anything to tell.
pub async fn has_news(tx: &mut Tx, world: &World, now: Moment) -> Result<bool, VerbError> {
    let (_, losing) = tx.waits_to_be_told().await?;
    Ok(losing.is_some_and(|since| since + GATHERED <= now)
        || !silences(tx, world, now).await?.is_empty())
}

/// Tells what nobody was told.
pub async fn tell(tx: &mut Tx, world: &World, now: Moment) -> Result<(), VerbError> {
    for id in tx.losing(now - GATHERED).await? {
        let told = match tx.dispatch(&id).await? {
            Some(losing) => tell_loss(tx, world, now, &losing).await?,
            None => false,
        };
        tx.loss_seen(&id, told.then_some(now)).await?;
    }
    for silence in silences(tx, world, now).await? {
        tell_silence(tx, world, now, silence).await?;
    }
    Ok(())
}

async fn tell_loss(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    losing: &Dispatch,
) -> Result<bool, VerbError> {
    let counts = tx.dispatch_counts(&losing.id).await?;
    let losses = Losses::of(&counts);
    let release = release(tx, &losing.release).await?;
    if !losses.are_nearly_all() || !release.still_says(losing.version, now) {
        return Ok(false);
    }
    let Losses {
        failed,
        unknown,
        all,
    } = losses;
    let name = name_of(world, &losing.channel);
    let other = match world.fallback(&losing.channel) {
        Some((_, other)) => format!("，已转{}", other.name),
        None => String::new(),
    };
    let why = tx.a_loss(&losing.id).await?.unwrap_or_default();
    let note = dispatch::Note {
        title: format!("发送失败：{}", release.name),
        text: format!(
            "《{}》经{name}应发{all}条，失败{failed}条、未知{unknown}条{other}。请立即处理。原因：{}。编号{}。",
            release.name,
            trouble::clipped(&why),
            release.id
        ),
        not_by: Some(&losing.channel),
        lane: Lane::Urgent,
    };
    let (told_by, not_told) = trouble::tell_duty(tx, world, now, &release, &note).await?;
    dispatch::note(tx, now, losing, |of| Act::DispatchLost {
        failed,
        unknown,
        recipients: all,
        told_by,
        not_told,
        of,
    })
    .await?;
    Ok(true)
}

/// The channels that have taken many texts, of none of which anything was heard for too long.
async fn silences(tx: &mut Tx, world: &World, now: Moment) -> Result<Vec<Silence>, VerbError> {
    let mut found: Vec<Silence> = Vec::new();
    let awaiting = tx.awaiting().await?;
    if awaiting.is_empty() {
        return Ok(found);
    }
    let heard = tx.heard().await?;
    for one in awaiting {
        let def = world.channel(&one.channel);
        let Some(Finality::Receipt { within }) = def.map(|def| def.spec().finality()) else {
            continue;
        };
        let taken = one.first_by - within.delta();
        let heard = heard.get(&one.channel).copied().unwrap_or_default();
        let (last, told) = (heard.heard_at, heard.silence_told_at);
        if found.iter().any(|other| other.channel == one.channel)
            || !is_silent(taken, within, last, told, now)
        {
            continue;
        }
        let (waiting, _) = tx.awaited(&one.dispatch, 0).await?;
        if waiting >= MANY {
            found.push(Silence {
                dispatch: one.dispatch,
                channel: one.channel,
                waiting,
                heard,
                taken,
                first_by: one.first_by,
            });
        }
    }
    Ok(found)
}

async fn tell_silence(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    silence: Silence,
) -> Result<(), VerbError> {
    let Silence {
        channel, waiting, ..
    } = silence;
    let Some(met) = tx.dispatch(&silence.dispatch).await? else {
        return Ok(());
    };
    let release = release(tx, &met.release).await?;
    let zone = world.pinned(tx, &release.plan_hash).await?.zone;
    let name = name_of(world, &channel);
    let other = match world.fallback(&channel) {
        Some((_, other)) => format!("，并转{}", other.name),
        None => String::new(),
    };
    let note = dispatch::Note {
        title: format!("没有回执：{name}"),
        text: format!(
            "{name}自{}起受理{waiting}条，没有收到一条能对应的回执（无法识别{}条，无法对应{}条）。{}起将记为未知{other}。请核对回执地址和字段。编号{}。",
            moment_zh(silence.taken, zone),
            silence.heard.ignored,
            silence.heard.strays,
            moment_zh(silence.first_by, zone),
            release.id
        ),
        not_by: None,
        lane: Lane::Urgent,
    };
    let (told_by, not_told) = trouble::tell_duty(tx, world, now, &release, &note).await?;
    let act = Act::ReceiptsMissing {
        channel: channel.clone(),
        waiting,
        since: silence.taken,
        told_by,
        not_told,
    };
    tx.append(vec![Entry::new(now, ENGINE, act).release(&release)])
        .await?;
    let told = Heard {
        silence_told_at: Some(now),
        ..Heard::default()
    };
    Ok(tx.add_heard(&channel, told).await?)
}

fn name_of<'a>(world: &'a World, channel: &'a str) -> &'a str {
    world
        .channel(channel)
        .map_or(channel, |def| def.name.as_str())
}
