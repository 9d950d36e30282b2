//! From one text on one channel to one delivery per address, a chunk at a time, with a cursor that survives a crash.

use super::{VerbError, World, bulletin};
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Author, Bulletin, BulletinText, ChannelReach, Rendering};
use crate::domain::channel::sms::{SEGMENT, SINGLE};
use crate::domain::channel::{ChannelDef, Targets};
use crate::domain::delivery::{Dispatch, DispatchState, Lane};
use crate::domain::journal::act::Dispatched;
use crate::domain::journal::{Act, ENGINE};
use crate::domain::reason::Reason;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::id::DispatchId;
use crate::render::{self, Circumstances, RenderFault};
use crate::store::Tx;

/// Addresses turned into deliveries in one transaction: small enough that an urgent text waits only milliseconds.
pub const CHUNK: u32 = 2_000;

/// Expands the most urgent dispatch by one chunk, or cancels a chunk of a stopped one. Returns false when there is
/// nothing left to do, or somebody else did it first; nothing may be committed then.
///
/// # Errors
/// The store's; the cursor has not moved then.
pub async fn expand(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    chunk: u32,
) -> Result<bool, VerbError> {
    let Some(dispatch) = tx.dispatches_to_expand(1).await?.into_iter().next() else {
        return Ok(tx.cancel_stopped(now).await? > 0);
    };
    let DispatchState::Expanding { cursor } = dispatch.state else {
        return Ok(false);
    };
    let Some(def) = world.channel(&dispatch.channel) else {
        tx.advance_dispatch(&dispatch.id, cursor, DispatchState::Expanded)
            .await?;
        let why = Reason::NoSuchChannel;
        note(tx, now, &dispatch, |of| Act::DispatchSkipped { why, of }).await?;
        return Ok(true);
    };
    let release = super::release(tx, &dispatch.release).await?;
    let next = match (def.targets(), &dispatch.after) {
        (Targets::Contacts(_), Some(earlier)) if release.correction.is_some() => {
            tx.expand_recipients(&dispatch, earlier, cursor, chunk, now)
                .await?
        }
        (Targets::Contacts(kind), _) => {
            let text = bulletin(tx, &dispatch.release, dispatch.version).await?;
            let reach = text
                .reach
                .iter()
                .find(|r| r.channel == dispatch.channel)
                .map(|r| r.reach.clone());
            tx.expand_contacts(
                &dispatch,
                kind,
                &reach.unwrap_or_default(),
                cursor,
                chunk,
                now,
            )
            .await?
        }
        (Targets::Fixed(places), _) => {
            tx.add_deliveries(&dispatch, &places, now).await?;
            None
        }
    };
    let state = match next {
        Some(cursor) => DispatchState::Expanding { cursor },
        None => DispatchState::Expanded,
    };
    // Another node was faster, or the text was overtaken just now: then these deliveries must not come to be.
    if !tx.advance_dispatch(&dispatch.id, cursor, state).await? {
        return Ok(false);
    }
    if next.is_none() {
        let counts = tx.dispatch_counts(&dispatch.id).await?;
        let total: i64 = counts.values().sum();
        note(tx, now, &dispatch, |of| match total {
            0 => Act::DispatchEmpty { recipients: 0, of },
            recipients => Act::DispatchExpanded { recipients, of },
        })
        .await?;
    }
    Ok(true)
}

/// What is said of a delivery whose receipt never came.
const NO_RECEIPT: &str = "no receipt came in time";

/// Deliveries whose receipts are given up in one transaction.
const GIVEN_UP: u32 = 1_000;

/// Ends what has nothing open any more. What was given up goes to the fallback channel, if there is one, as soon as nothing
/// waits for a try; a dispatch is closed and counted once no receipt is waited for either.
///
/// # Errors
/// The store's.
pub async fn close(tx: &mut Tx, world: &World, now: Moment) -> Result<usize, VerbError> {
    let stale = super::remind::stop_stale(tx, now).await?;
    let overdue = tx.give_up_receipts(now, NO_RECEIPT, GIVEN_UP).await?;
    let tried = tx.tried_dispatches(now, 50).await?;
    let mut closed = Vec::new();
    // What stood in for one that is closed here can be closed after it.
    while closed.len() < 50 {
        let more = tx.close_dispatches(now, 50).await?;
        for dispatch in &more {
            let counts = tx.dispatch_counts(&dispatch.id).await?;
            let deliveries = counts.into_iter().map(|(s, n)| (s.to_owned(), n)).collect();
            note(tx, now, dispatch, |of| Act::DispatchClosed {
                deliveries,
                of,
            })
            .await?;
            if tried.contains(dispatch) {
                fall_back(tx, world, now, dispatch, None).await?;
            }
        }
        if more.is_empty() {
            break;
        }
        closed.extend(more);
    }
    for dispatch in tried.iter().filter(|one| !closed.contains(one)) {
        fall_back(tx, world, now, dispatch, None).await?;
    }
    for (id, these) in &overdue {
        if let Some(dispatch) = tx.dispatch(id).await? {
            fall_back(tx, world, now, &dispatch, Some(these)).await?;
        }
    }
    Ok(stale + overdue.len() + tried.len() + closed.len())
}

/// Lets the fallback channel take over what a dispatch has given up so far, or `these` of its deliveries. May be repeated:
/// nobody is taken over twice.
pub(super) async fn fall_back(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    dispatch: &Dispatch,
    these: Option<&[i64]>,
) -> Result<(), VerbError> {
    if these.is_none() && !tx.has_given_up(&dispatch.id).await? {
        return Ok(());
    }
    // A text that was overtaken or is over is not tried another way, and nobody need hear that it did not arrive.
    let release = super::release(tx, &dispatch.release).await?;
    if !release.still_says(dispatch.version, now) {
        return Ok(());
    }
    if dispatch.is_of_bulletin() {
        tx.note_loss(&dispatch.id, now).await?;
    }
    let Some((def, fallback)) = world.fallback(&dispatch.channel) else {
        return Ok(());
    };
    let begun = tx.stand_in(&dispatch.id).await?;
    let is_new = begun.is_none();
    let next = begun.unwrap_or_else(|| Dispatch {
        id: world.ids.mint::<DispatchId>(now),
        channel: fallback.channel.clone(),
        created_at: now,
        after: None,
        state: DispatchState::Expanding { cursor: 0 },
        ..dispatch.clone()
    });
    // The fallback may carry this text already, to everybody; then there is nothing to add.
    if is_new && !tx.add_stand_in(&next, &dispatch.id).await? {
        return Ok(());
    }
    if let (Targets::Contacts(from), Targets::Contacts(to)) = (def.targets(), fallback.targets()) {
        // The first time all of them, for some may have been given up before there was a fallback.
        let these = these.filter(|_| !is_new);
        let added = tx
            .expand_given_up(&next, &dispatch.id, these, from, to, now)
            .await?;
        if is_new {
            tx.advance_dispatch(&next.id, 0, DispatchState::Expanded)
                .await?;
        } else if added > 0 {
            tx.reopen(&next.id).await?;
        }
    }
    if !is_new {
        return Ok(());
    }
    let (from, to) = (dispatch.channel.clone(), next.channel.clone());
    note(tx, now, &next, |of| Act::DispatchFellBack { from, to, of }).await
}

pub(super) async fn note(
    tx: &mut Tx,
    now: Moment,
    dispatch: &Dispatch,
    act: impl FnOnce(Dispatched) -> Act,
) -> Result<(), VerbError> {
    let release = super::release(tx, &dispatch.release).await?;
    let act = act(Dispatched {
        dispatch: dispatch.id.clone(),
        channel: dispatch.channel.clone(),
        version: dispatch.version,
    });
    Ok(tx
        .append(vec![super::entry(now, ENGINE, &release, act)])
        .await?)
}

/// An internal text about a release, for the people who hold a post.
pub(crate) struct Note<'a> {
    pub title: String,
    pub text: String,
    /// A channel that must not carry it.
    pub not_by: Option<&'a str>,
    pub lane: Lane,
}

fn reminding(world: &World) -> impl Iterator<Item = &ChannelDef> {
    let channels = world.plans.channels.values();
    channels.filter(|def| def.reminders && def.enabled && !def.spec().is_public())
}

/// Whether there is a channel by which people can be told of their work.
pub(super) fn carries_reminders(world: &World) -> bool {
    reminding(world).next().is_some()
}

/// How often the short form of a note is shortened: once for each gateway that takes less than the others, and then some.
const SHORTENED: usize = 8;

/// What a note is on each channel. Its short form loses its end where a gateway takes fewer segments: half a call is better than
/// none, on that channel and on all others.
fn rendered(
    note: &Note<'_>,
    is_drill: bool,
    channels: &[&ChannelDef],
) -> Result<(BulletinText, Vec<Rendering>), RenderFault> {
    let mut body = BulletinText {
        title: note.title.clone(),
        text: note.text.clone(),
        sms: Some(note.text.clone()),
        ..BulletinText::default()
    };
    let about = Circumstances {
        drill: is_drill,
        ..Circumstances::default()
    };
    for _ in 0..SHORTENED {
        let made = render::renderings(&about.notice(&body), channels);
        let fault = match made {
            Ok(renderings) => return Ok((body, renderings)),
            Err(fault) => fault,
        };
        let RenderFault::SmsTooLong { units, allowed, .. } = fault else {
            return Err(fault);
        };
        let room = match usize::try_from(allowed).unwrap_or(usize::MAX) {
            0 | 1 => SINGLE,
            segments => segments.saturating_mul(SEGMENT),
        };
        let said = body.sms.as_deref().unwrap_or_default();
        let kept = (said.chars().count()).saturating_sub(units.saturating_sub(room) + 2);
        body.sms = Some(said.chars().take(kept).chain(['…']).collect());
    }
    let renderings = render::renderings(&about.notice(&body), channels)?;
    Ok((body, renderings))
}

/// Hands a text about a release to the people who hold `posts`, on the channels that carry reminders; returns these. The inner
/// error says why there is none; it is worth a line in the journal and nothing more.
pub(crate) async fn send_note(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
    posts: &[PostRef],
    note: &Note<'_>,
) -> Result<Result<Vec<String>, String>, VerbError> {
    let channels: Vec<&ChannelDef> = reminding(world)
        .filter(|def| note.not_by != Some(def.channel.as_str()))
        .collect();
    if channels.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let (body, renderings) = match rendered(note, world.is_drill(), &channels) {
        Ok(done) => done,
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let version = tx.next_reminder_version(&release.id).await?;
    let reach = Reach {
        posts: posts.iter().map(ToString::to_string).collect(),
        ..Reach::default()
    };
    let bulletin = Bulletin {
        release: release.id.clone(),
        version,
        author: Author::Template,
        written_by: Vec::new(),
        based_on: None,
        drafted_at: now,
        text: body,
        renderings,
        reach: channels
            .iter()
            .map(|def| ChannelReach {
                also: false,
                channel: def.channel.clone(),
                reach: reach.clone(),
            })
            .collect(),
        valid_for: None,
    };
    tx.add_bulletin(&bulletin).await?;
    for def in &channels {
        let dispatch = Dispatch {
            id: world.ids.mint::<DispatchId>(now),
            release: release.id.clone(),
            version,
            channel: def.channel.clone(),
            lane: note.lane,
            created_at: now,
            after: None,
            state: DispatchState::Expanding { cursor: 0 },
        };
        tx.add_dispatch(&dispatch).await?;
    }
    let codes = channels.iter().map(|def| def.channel.clone());
    Ok(Ok(codes.collect()))
}
