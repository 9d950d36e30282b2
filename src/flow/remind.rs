//! Whoever is reminded of several things at one moment reads one message, and posts that would read the same share it: a robot in
//! their group says it once.

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
use crate::id::{IncidentId, ReleaseId};
use crate::store::Tx;

/// How many texts are named in one message; it must fit into a few SMS.
pub(super) const NAMED: usize = 3;

/// Something of which posts are reminded.
pub(super) struct Reminder {
    pub posts: Vec<PostRef>,
    pub release: Release,
    /// What is said of it, when this is all there is; it names the posts.
    pub alone: String,
    /// What is said of it beside its name, among others.
    pub among: String,
}

/// Hands what posts are reminded of to the channels that carry reminders. What none of them takes stands in the journal.
pub(super) async fn send(work: &mut Work<'_>, reminders: Vec<Reminder>) -> Result<(), VerbError> {
    for (posts, mut together) in gathered(&reminders) {
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
            text: text(&work.world.plans.posts_zh(&posts), &together),
            not_by: None,
            lane: Lane::Urgent,
        };
        let (world, now) = (work.world, work.now);
        let sent = dispatch::send_note(work.tx, world, now, &first.release, &posts, &note).await?;
        if let Err(why) = sent {
            for one in &together {
                work.happened(&one.release, Act::ReminderNotSent { why: why.clone() });
            }
        }
    }
    Ok(())
}

/// Who reads what: the things of one incident that a post is reminded of are one message, and so are posts that are reminded of
/// the same.
fn gathered(reminders: &[Reminder]) -> Vec<(Vec<PostRef>, Vec<&Reminder>)> {
    let mut by_post: BTreeMap<(&IncidentId, &PostRef), Vec<usize>> = BTreeMap::new();
    for (number, one) in reminders.iter().enumerate() {
        for post in &one.posts {
            let key = (&one.release.incident, post);
            by_post.entry(key).or_default().push(number);
        }
    }
    let mut by_content: Vec<(Vec<usize>, Vec<PostRef>)> = Vec::new();
    for ((_, post), numbers) in by_post {
        match by_content.iter_mut().find(|(known, _)| *known == numbers) {
            Some((_, posts)) => posts.push(post.clone()),
            None => by_content.push((numbers, vec![post.clone()])),
        }
    }
    by_content
        .into_iter()
        .map(|(numbers, posts)| (posts, numbers.iter().map(|n| &reminders[*n]).collect()))
        .collect()
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
            "{}不再发布：{why}。请勿再签批、转发。查看：{}。",
            release.name,
            show(&release.id)
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
        if calls && text.contains(&show(&release)) {
            tx.stop_dispatch(&dispatch, now, "turn-over").await?;
            stopped += 1;
        }
    }
    Ok(stopped)
}

/// How whoever is called to a text opens it. There is no page for people who are signed in, and the public's address shows nothing
/// that is not out: so it is the command, with as much of the number as the command wants.
pub(super) fn show(release: &ReleaseId) -> String {
    format!("fabu release show {}", release.short())
}

/// The same for several, which are named with their numbers; `more` when some are not named.
pub(super) fn show_each(more: bool) -> String {
    match more {
        true => "查看：fabu release show 编号；全部：fabu release list --mine。".to_owned(),
        false => "查看：fabu release show 编号。".to_owned(),
    }
}

fn text(posts: &str, together: &[&Reminder]) -> String {
    if let [one] = together {
        return format!("{}查看：{}。", one.alone, show(&one.release.id));
    }
    let named = together.iter().take(NAMED);
    let named = named.map(|one| {
        let (release, among) = (&one.release, &one.among);
        format!("{}（{among}，编号{}）", release.name, release.id.short())
    });
    let is_more = together.len() > NAMED;
    let rest = if is_more { "等" } else { "" };
    let named = named.collect::<Vec<_>>().join("；");
    let see = show_each(is_more);
    format!("请{posts}办理{}件：{named}{rest}。{see}", together.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{drafting, release};

    const DUTY: &str = "flood-office/duty-officer";
    const HEAD: &str = "flood-office/section-head";

    fn reminder(name: &str, posts: &[&str]) -> Reminder {
        Reminder {
            posts: posts.iter().map(|post| post.parse().unwrap()).collect(),
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
        let one = reminder("通知", &[DUTY]);
        let id = one.release.id.short().to_owned();
        assert_eq!(
            text("值班员", &[&one]),
            format!("通知已超时，请办理。查看：fabu release show {id}。")
        );
        let four = ["甲", "乙", "丙", "丁"].map(|name| reminder(name, &[DUTY]));
        assert_eq!(
            text("值班员", &four.iter().collect::<Vec<_>>()),
            format!(
                "请值班员办理4件：甲（已超时，编号{id}）；乙（已超时，编号{id}）；丙（已超时，编号{id}）等。\
                 查看：fabu release show 编号；全部：fabu release list --mine。"
            )
        );
    }

    #[test]
    fn posts_that_would_read_the_same_share_a_message_and_nobody_reads_two() {
        let all = [reminder("甲", &[DUTY, HEAD]), reminder("乙", &[DUTY, HEAD])];
        let told = gathered(&all);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0.len(), told[0].1.len()), (2, 2));
        let all = [reminder("甲", &[DUTY, HEAD]), reminder("乙", &[HEAD])];
        let told: Vec<(usize, usize)> = gathered(&all)
            .iter()
            .map(|(posts, things)| (posts.len(), things.len()))
            .collect();
        assert_eq!(told, [(1, 1), (1, 2)]);
    }
}
