//! Whoever has to draft or sign is told the moment their turn begins, by the channels that carry reminders. What begins at
//! once for one post, such as all drafts of a level, is one message; posts that would read the same share it.
//!
//! Every text that is named stands there with its number, and the message ends with the command that shows it, not with a link:
//! see [`remind::show`].

use std::collections::BTreeMap;

use super::remind::{self, NAMED, TURN};
use super::work::Work;
use super::{VerbError, World, dispatch};
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::delivery::Lane;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::Plan;
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::{Moment, Span, moment_zh, span_zh};
use crate::id::{IncidentId, ReleaseId};
use crate::store::{StoreError, Tx, Untold};

/// How many missing facts are named in one message.
const LACKED: usize = 5;

/// Tells of turns that have begun and of which nobody was told, at most `limit`. Returns how many there were.
///
/// # Errors
/// The store's; nobody was told then.
pub async fn tell(tx: &mut Tx, world: &World, now: Moment, limit: u32) -> Result<usize, VerbError> {
    // Where nothing carries reminders, `doctor` says so, and not each turn.
    if !dispatch::carries_reminders(world) {
        return Ok(tx.turns_pass_untold(now).await?);
    }
    let untold = tx.turns_untold(now, limit).await?;
    let mut calls: BTreeMap<(IncidentId, PostRef), Vec<Call>> = BTreeMap::new();
    let mut drafters = BTreeMap::new();
    for turn in &untold {
        // Whoever works on its incident changes the same rows; two who begin at different ends would wait for each other.
        tx.lock_incident_of(&turn.release).await?;
        // Another process may have told of it, or the turn is over.
        if !tx.turn_told(turn, now).await? {
            continue;
        }
        match call(tx, world, turn, &mut drafters).await {
            Ok(Some((post, call))) => {
                let key = (call.release.incident.clone(), post);
                calls.entry(key).or_default().push(call);
            }
            Ok(None) => {}
            // What cannot be read holds up nobody else's turn; it stays counted as told, so that it is not tried for ever.
            Err(VerbError::Store(StoreError::BrokenRow { table, id, what })) => {
                tracing::error!(table, %id, %what, release = %turn.release, "nobody could be told of this turn");
            }
            Err(error) => return Err(error),
        }
    }
    for (posts, calls) in shared(calls) {
        tell_posts(tx, world, now, &posts, calls).await?;
    }
    Ok(untold.len())
}

/// Posts that are called to the same are told together.
fn shared(calls: BTreeMap<(IncidentId, PostRef), Vec<Call>>) -> Vec<(Vec<PostRef>, Vec<Call>)> {
    let ids = |calls: &[Call]| -> Vec<ReleaseId> {
        calls.iter().map(|call| call.release.id.clone()).collect()
    };
    let mut shared: Vec<(Vec<PostRef>, Vec<Call>)> = Vec::new();
    for ((_, post), calls) in calls {
        match shared
            .iter_mut()
            .find(|(_, known)| ids(known) == ids(&calls))
        {
            Some((posts, _)) => posts.push(post),
            None => shared.push((vec![post], calls)),
        }
    }
    shared
}

/// Something that waits for a post.
#[derive(Debug, Clone)]
struct Call {
    release: Release,
    zone: chrono_tz::Tz,
    /// What the draft lacks, by label.
    missing: Vec<String>,
}

/// Who is called to what; None for what waits for nobody any more.
async fn call(
    tx: &mut Tx,
    world: &World,
    turn: &Untold,
    drafters: &mut BTreeMap<String, PostRef>,
) -> Result<Option<(PostRef, Call)>, VerbError> {
    let release = super::release(tx, &turn.release).await?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let post = turn
        .post
        .parse()
        .ok()
        .filter(|post: &PostRef| post.post != "*");
    let post = match post {
        Some(post) if !release.calls(&post) => None,
        Some(post) => Some(post),
        None => match release.next_post(&plan) {
            Some(first) if is_drafters(&release.state) => {
                Some(drafter(tx, &plan, first, drafters).await?)
            }
            next => next,
        },
    };
    let Some(post) = post else {
        return Ok(None);
    };
    let missing = missing(&plan, &release);
    let zone = plan.zone;
    Ok(Some((
        post,
        Call {
            release,
            zone,
            missing,
        },
    )))
}

fn is_drafters(state: &ReleaseState) -> bool {
    match state {
        ReleaseState::Undecided(undecided) => undecided.posts.is_empty(),
        state => matches!(state, ReleaseState::Planned | ReleaseState::Drafting(_)),
    }
}

/// Who is told that a body has something to draft: its first post, or, where nobody can be told there, the first at which
/// somebody can.
async fn drafter(
    tx: &mut Tx,
    plan: &Plan,
    first: PostRef,
    known: &mut BTreeMap<String, PostRef>,
) -> Result<PostRef, VerbError> {
    if let Some(post) = known.get(&first.body) {
        return Ok(post.clone());
    }
    let mut told = first.clone();
    for post in &plan.body.posts {
        let post = PostRef::within(&plan.body.body, &post.post);
        let reach = Reach {
            posts: vec![post.to_string()],
            ..Reach::default()
        };
        let addresses = tx.count_reach(&reach).await?.addresses;
        if addresses.values().any(|number| *number > 0) {
            told = post;
            break;
        }
    }
    known.insert(first.body, told.clone());
    Ok(told)
}

fn missing(plan: &Plan, release: &Release) -> Vec<String> {
    let ReleaseState::Drafting(drafting) = &release.state else {
        return Vec::new();
    };
    let missing = drafting.missing.iter();
    missing
        .filter_map(|name| plan.event.lacking_zh(name))
        .collect()
}

async fn tell_posts(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    posts: &[PostRef],
    mut calls: Vec<Call>,
) -> Result<(), VerbError> {
    calls.sort_by_key(|call| (call.release.due_at.is_none(), call.release.due_at));
    let Some(first) = calls.first() else {
        return Ok(());
    };
    let note = dispatch::Note {
        title: format!("{TURN}{}", first.release.name),
        text: text(&world.plans.posts_zh(posts), &calls, now),
        not_by: None,
        // A word about an explanation does not go before somebody else's warning.
        lane: (calls.iter().map(|call| call.release.kind.lane()).min()).unwrap_or(Lane::Normal),
    };
    let sent = dispatch::send_note(tx, world, now, &first.release, posts, &note).await?;
    let (told_by, not_told) = match sent {
        Ok(channels) => (channels, None),
        Err(why) => (Vec::new(), Some(Reason::Said(why))),
    };
    let told = |post: &PostRef| {
        let act = Act::TurnTold {
            to: post.clone(),
            releases: calls.iter().map(|call| call.release.id.clone()).collect(),
            told_by: told_by.clone(),
            not_told: not_told.clone(),
        };
        let entry = Entry::new(now, ENGINE, act);
        match calls.as_slice() {
            [one] => entry.release(&one.release),
            _ => entry.incident(&first.release.incident),
        }
    };
    Ok(tx.append(posts.iter().map(told).collect()).await?)
}

/// What `posts` read on a phone at night: what to do, of which text, until when, and what it lacks.
fn text(posts: &str, calls: &[Call], now: Moment) -> String {
    let until = |call: &Call| match call.release.due_at {
        Some(due) if due > now => {
            let left = span_zh(Span::seconds((due - now).num_seconds() / 60 * 60));
            format!("，{}前，还剩{left}", moment_zh(due, call.zone))
        }
        Some(due) => format!("，应于{}发布，已超时", moment_zh(due, call.zone)),
        None => String::new(),
    };
    match calls {
        [one] => {
            let lacks = match one.missing.as_slice() {
                [] => String::new(),
                missing => format!("缺少：{}。", missing.join("、")),
            };
            format!(
                "请{posts}{}：{}{}。{lacks}查看：{}。",
                to_do(&one.release),
                one.release.name,
                until(one),
                remind::show(&one.release.id)
            )
        }
        several => {
            let named = several.iter().take(NAMED);
            let named: Vec<String> = named
                .map(|one| {
                    format!(
                        "{}（{}{}，编号{}）",
                        one.release.name,
                        to_do(&one.release),
                        until(one),
                        one.release.id.short()
                    )
                })
                .collect();
            let is_more = several.len() > NAMED;
            let rest = if is_more { "等" } else { "" };
            let mut missing: Vec<&str> = Vec::new();
            for label in several.iter().flat_map(|one| &one.missing) {
                if !missing.contains(&label.as_str()) {
                    missing.push(label);
                }
            }
            let lacks = match missing.len() {
                0 => String::new(),
                n if n <= LACKED => format!("缺少：{}。", missing.join("、")),
                n => format!("缺少：{}等{n}项。", missing[..LACKED].join("、")),
            };
            format!(
                "请{posts}办理{}件：{}{rest}。{lacks}{}",
                several.len(),
                named.join("；"),
                remind::show_each(is_more)
            )
        }
    }
}

fn to_do(release: &Release) -> &'static str {
    match &release.state {
        ReleaseState::InReview(_) if release.correction.is_some() => "签发",
        ReleaseState::InReview(review) if review.is_last_step() => "签发",
        ReleaseState::InReview(_) => "审签",
        state if state.publication().is_some() => "补签",
        _ if release.awaits_holding() => "召开后报告召开时间",
        _ => "拟稿送审",
    }
}

impl Work<'_> {
    /// A post as people call it: body and post by name.
    pub(super) fn post_zh(&self, post: &PostRef) -> String {
        self.world.plans.post_zh(post)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{at, drafting, in_review, release};
    use crate::domain::release::Drafting;

    fn call(name: &str, state: ReleaseState, due: Option<&str>, missing: &[&str]) -> Call {
        Call {
            release: Release {
                name: name.into(),
                state,
                due_at: due.map(at),
                ..release("notice", 1, ReleaseState::Planned)
            },
            zone: chrono_tz::Asia::Shanghai,
            missing: missing.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn one_turn_says_what_to_do_until_when_and_what_is_missing() {
        let lacking = ReleaseState::Drafting(Drafting::default());
        let one = call(
            "响应启动通知",
            lacking,
            Some("04:00"),
            &["预计持续时间", "水位"],
        );
        let id = one.release.id.short().to_owned();
        assert_eq!(
            text("市防汛办值班员", &[one], at("03:10")),
            format!(
                "请市防汛办值班员拟稿送审：响应启动通知，{}前，还剩50分钟。缺少：预计持续时间、水位。\
                 查看：fabu release show {id}。",
                moment_zh(at("04:00"), chrono_tz::Asia::Shanghai)
            )
        );
        let late = call("响应启动通知", in_review(), Some("04:00"), &[]);
        assert!(text("科长", &[late], at("04:10")).contains("已超时"));
    }

    #[test]
    fn many_turns_are_one_message_that_names_the_first() {
        let many: Vec<Call> = (0..5)
            .map(|n| call(&format!("第{n}件"), drafting(), None, &[]))
            .collect();
        let id = many[0].release.id.short().to_owned();
        let said = text("值班员", &many, at("03:00"));
        assert_eq!(
            said,
            format!(
                "请值班员办理5件：第0件（拟稿送审，编号{id}）；第1件（拟稿送审，编号{id}）；第2件（拟稿送审，编号{id}）等。\
                 查看：fabu release show 编号；全部：fabu release list --mine。"
            )
        );
    }

    #[test]
    fn posts_that_are_called_to_the_same_are_told_together() {
        let one = call("通知", in_review(), None, &[]);
        let other = Call {
            release: Release {
                id: "L-01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap(),
                ..one.release.clone()
            },
            ..one.clone()
        };
        let of = |post: &str| {
            (
                one.release.incident.clone(),
                post.parse::<PostRef>().unwrap(),
            )
        };
        let calls = BTreeMap::from([
            (of("office/head"), vec![one.clone()]),
            (of("office/deputy"), vec![one.clone()]),
            (of("office/duty"), vec![one.clone(), other]),
        ]);
        let told: Vec<(usize, usize)> = (shared(calls).iter())
            .map(|(posts, calls)| (posts.len(), calls.len()))
            .collect();
        assert_eq!(told, [(2, 1), (1, 2)]);
    }
}
