//! Whoever is reminded of several things at one moment reads one message.

use std::collections::{BTreeMap, BTreeSet};

use super::work::Work;
use super::{VerbError, dispatch};
use crate::domain::body::PostRef;
use crate::domain::delivery::Lane;
use crate::domain::journal::Act;
use crate::domain::plan::Plan;
use crate::domain::reason::Reason;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::id::IncidentId;
use crate::store::Tx;

/// How many texts are named in one message; it must fit into a few SMS.
pub(super) const NAMED: usize = 3;

/// Something of which a post is reminded.
pub(super) struct Reminder {
    pub post: PostRef,
    pub release: Release,
    /// The whole message, when this is all there is.
    pub alone: String,
    /// What is said of it beside its name, among others.
    pub among: String,
}

/// Hands what posts are reminded of to the channels that carry reminders. What none of them takes stands in the journal.
pub(super) async fn send(work: &mut Work<'_>, reminders: Vec<Reminder>) -> Result<(), VerbError> {
    let mut by_post: BTreeMap<(IncidentId, PostRef), Vec<Reminder>> = BTreeMap::new();
    for one in reminders {
        let key = (one.release.incident.clone(), one.post.clone());
        by_post.entry(key).or_default().push(one);
    }
    for ((_, post), mut together) in by_post {
        together.sort_by_key(|one| (one.release.due_at.is_none(), one.release.due_at));
        let Some(first) = together.first() else {
            continue;
        };
        let name = match together.len() {
            1 => first.release.name.clone(),
            n => format!("{n}件"),
        };
        let note = dispatch::Note {
            title: format!("{REMINDER}{name}"),
            text: text(&work.post_zh(&post), &together),
            not_by: None,
            lane: Lane::Urgent,
        };
        let posts = std::slice::from_ref(&post);
        let (world, now) = (work.world, work.now);
        let sent = dispatch::send_note(work.tx, world, now, &first.release, posts, &note).await?;
        if let Err(why) = sent {
            for one in &together {
                work.happened(&one.release, Act::ReminderNotSent { why: why.clone() });
            }
        }
    }
    Ok(())
}

/// A text that waited goes out no more: whoever had it before them, and whoever drafts for the body, is told why.
pub(super) async fn fallen(
    work: &mut Work<'_>,
    plan: &Plan,
    release: &Release,
    why: &Reason,
) -> Result<(), VerbError> {
    let drafts = plan.body.posts.first();
    let drafts = drafts.map(|post| PostRef::within(&plan.body.body, &post.post));
    let posts: BTreeSet<PostRef> = release.next_post(plan).into_iter().chain(drafts).collect();
    let posts: Vec<PostRef> = posts.into_iter().collect();
    let why = match why {
        Reason::NothingToLift => "所要解除的措施已不再有效",
        _ => "所针对的文稿此间已解除、撤回或被替代",
    };
    let note = dispatch::Note {
        title: format!("不再发布：{}", release.name),
        text: format!(
            "{}不再发布：{why}。请勿再签批、转发。编号{}。",
            release.name, release.id
        ),
        not_by: None,
        lane: Lane::Urgent,
    };
    let (world, now) = (work.world, work.now);
    let sent = dispatch::send_note(work.tx, world, now, release, &posts, &note).await?;
    if let Err(why) = sent {
        work.happened(release, Act::ReminderNotSent { why });
    }
    Ok(())
}

/// What a message begins with that calls somebody to work, and not to something that went wrong.
pub(super) const REMINDER: &str = "催办：";
pub(super) const TURN: &str = "待办：";

/// Stops messages that wait for a channel, about turns that are over by now: who gets them late would look for work that is done.
/// One that names several texts goes out, for the others of them may still wait. Returns how many.
pub(super) async fn stop_stale(tx: &mut Tx, now: Moment) -> Result<usize, VerbError> {
    let mut stopped = 0;
    for (dispatch, release, version) in tx.notes_of_turns_over().await? {
        let Some(note) = tx.bulletin(&release, version).await? else {
            continue;
        };
        let (title, text) = (&note.text.title, &note.text.text);
        let calls = title.starts_with(REMINDER) || title.starts_with(TURN);
        if calls && text.contains(release.as_str()) {
            tx.stop_dispatch(&dispatch, now, "turn-over").await?;
            stopped += 1;
        }
    }
    Ok(stopped)
}

fn text(post: &str, together: &[Reminder]) -> String {
    let [one] = together else {
        let named = together.iter().take(NAMED);
        let named = named.map(|one| format!("{}（{}）", one.release.name, one.among));
        let rest = if together.len() > NAMED { "等" } else { "" };
        let named = named.collect::<Vec<_>>().join("；");
        return format!("请{post}办理{}件：{named}{rest}。", together.len());
    };
    one.alone.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{drafting, release};

    fn reminder(name: &str) -> Reminder {
        Reminder {
            post: "flood-office/duty-officer".parse().unwrap(),
            release: Release {
                name: name.into(),
                ..release("notice", 1, drafting())
            },
            alone: format!("{name}已超时，请办理。"),
            among: "已超时".into(),
        }
    }

    #[test]
    fn one_thing_is_said_in_full_and_several_are_one_message_that_names_the_first() {
        assert_eq!(text("值班员", &[reminder("通知")]), "通知已超时，请办理。");
        let four = ["甲", "乙", "丙", "丁"].map(reminder);
        assert_eq!(
            text("值班员", &four),
            "请值班员办理4件：甲（已超时）；乙（已超时）；丙（已超时）等。"
        );
    }
}
