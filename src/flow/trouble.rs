//! Trouble with our own account on a channel is told: to the journal, and at once to the duty post of the body whose text
//! met it, by the channels that carry reminders. Once when it begins, however many texts it meets; its end is journaled.

use super::{VerbError, World, dispatch, release};
use crate::domain::body::PostRef;
use crate::domain::delivery::Lane;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::Plan;
use crate::domain::reason::Reason;
use crate::domain::release::Release;
use crate::domain::time::{Moment, Span, span_zh};
use crate::store::{Tx, UntoldTrouble};

/// Characters of a provider's words that go into the message; it must fit into a few SMS.
const SHOWN: usize = 80;

/// Tells what nobody has been told yet. Returns how much there was.
///
/// # Errors
/// The store's; nothing was told then.
pub async fn tell(tx: &mut Tx, world: &World, now: Moment) -> Result<usize, VerbError> {
    let untold = tx.untold_troubles(now).await?;
    for one in &untold {
        if one.is_end {
            tell_end(tx, now, one).await?;
        } else {
            tell_beginning(tx, world, now, one).await?;
        }
        tx.trouble_told(one).await?;
    }
    Ok(untold.len())
}

async fn tell_beginning(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    trouble: &UntoldTrouble,
) -> Result<(), VerbError> {
    let met = match &trouble.dispatch {
        Some(id) => tx.dispatch(id).await?,
        None => None,
    };
    let mut told = (Vec::new(), None);
    let mut about = None;
    if let Some(met) = met {
        let release = release(tx, &met.release).await?;
        let name = world
            .channel(&trouble.channel)
            .map_or(trouble.channel.as_str(), |def| def.name.as_str());
        let text = format!(
            "渠道“{name}”的账号、发件人、签名或额度被拒，该渠道暂停发送，待发内容保留，恢复后自动续发。请立即处理。原因：{}。编号{}。",
            clipped(&trouble.why),
            release.id
        );
        let note = dispatch::Note {
            title: format!("渠道故障：{name}"),
            text,
            // It would only wait there until there is nothing to tell.
            not_by: Some(&trouble.channel),
            lane: Lane::Urgent,
        };
        told = tell_duty(tx, world, now, &release, &note).await?;
        about = Some(release);
    }
    let (told_by, not_told) = told;
    let act = Act::ChannelTrouble {
        channel: trouble.channel.clone(),
        why: trouble.why.clone(),
        since: trouble.trouble.since,
        told_by,
        not_told,
    };
    let entry = Entry::new(now, ENGINE, act);
    tx.append(vec![match &about {
        Some(release) => entry.release(release),
        None => entry,
    }])
    .await?;
    Ok(())
}

async fn tell_end(tx: &mut Tx, now: Moment, trouble: &UntoldTrouble) -> Result<(), VerbError> {
    let until = trouble.trouble.until.unwrap_or(now);
    let lasted = Span::seconds((until - trouble.trouble.since).num_seconds());
    let act = Act::ChannelMended {
        channel: trouble.channel.clone(),
        since: trouble.trouble.since,
        until,
        lasted: span_zh(lasted),
    };
    tx.append(vec![Entry::new(now, ENGINE, act)]).await?;
    Ok(())
}

/// As much of a provider's words as goes into a message.
pub(super) fn clipped(why: &str) -> String {
    why.chars().take(SHOWN).collect()
}

/// Tells the people on duty in the body whose text it is. Returns the channels that carry it, or why none does.
pub(super) async fn tell_duty(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
    note: &dispatch::Note<'_>,
) -> Result<(Vec<String>, Option<Reason>), VerbError> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let posts = duty_posts(&plan);
    Ok(
        match dispatch::send_note(tx, world, now, release, &posts, note).await? {
            Ok(channels) if channels.is_empty() => (channels, Some(Reason::NoOtherChannel)),
            Ok(channels) => (channels, None),
            Err(why) => (Vec::new(), Some(Reason::Said(why))),
        },
    )
}

/// The first post of the body, and the one that hears of what is overdue.
fn duty_posts(plan: &Plan) -> Vec<PostRef> {
    let posts = &plan.body.posts;
    let leader = posts.iter().skip(1).find(|post| post.told_of_overdue);
    posts
        .first()
        .into_iter()
        .chain(leader)
        .map(|post| PostRef {
            body: plan.body.body.clone(),
            post: post.post.clone(),
        })
        .collect()
}
