//! Whoever has to draft or sign is told the moment their turn begins, by the channels that carry reminders. What begins at
//! once for one post, such as all drafts of a level, is one message.

use std::collections::BTreeMap;

use super::remind::{NAMED, TURN};
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
use crate::id::IncidentId;
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
    for ((_, post), calls) in calls {
        tell_post(tx, world, now, &post, calls).await?;
    }
    Ok(untold.len())
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
    let label = |code: &String| match plan.event.fact(code) {
        Some(fact) => fact.label.clone(),
        None => code.clone(),
    };
    // What only publication brings, such as the moment of it, nobody can give.
    let given = drafting.missing.iter().filter(|code| !code.contains('.'));
    given.map(label).collect()
}

async fn tell_post(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    post: &PostRef,
    mut calls: Vec<Call>,
) -> Result<(), VerbError> {
    calls.sort_by_key(|call| (call.release.due_at.is_none(), call.release.due_at));
    let Some(first) = calls.first() else {
        return Ok(());
    };
    let note = dispatch::Note {
        title: format!("{TURN}{}", first.release.name),
        text: text(&world.plans.post_zh(post), &calls, now),
        not_by: None,
        // A word about an explanation does not go before somebody else's warning.
        lane: (calls.iter().map(|call| call.release.kind.lane()).min()).unwrap_or(Lane::Normal),
    };
    let posts = std::slice::from_ref(post);
    let sent = dispatch::send_note(tx, world, now, &first.release, posts, &note).await?;
    let (told_by, not_told) = match sent {
        Ok(channels) => (channels, None),
        Err(why) => (Vec::new(), Some(Reason::Said(why))),
    };
    let act = Act::TurnTold {
        to: post.clone(),
        releases: calls.iter().map(|call| call.release.id.clone()).collect(),
        told_by,
        not_told,
    };
    let entry = Entry::new(now, ENGINE, act);
    let entry = match calls.as_slice() {
        [one] => entry.release(&one.release),
        _ => entry.incident(&first.release.incident),
    };
    Ok(tx.append(vec![entry]).await?)
}

/// What `post` reads on a phone at night: what to do, of which text, until when, and what it lacks.
fn text(post: &str, calls: &[Call], now: Moment) -> String {
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
                "请{post}{}：{}{}。{lacks}编号{}。",
                to_do(&one.release),
                one.release.name,
                until(one),
                one.release.id
            )
        }
        several => {
            let named = several.iter().take(NAMED);
            let named: Vec<String> = named
                .map(|one| {
                    format!(
                        "{}（{}{}）",
                        one.release.name,
                        to_do(&one.release),
                        until(one)
                    )
                })
                .collect();
            let rest = if several.len() > NAMED { "等" } else { "" };
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
                "请{post}办理{}件：{}{rest}。{lacks}",
                several.len(),
                named.join("；")
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
        let id = one.release.id.clone();
        assert_eq!(
            text("市防汛办值班员", &[one], at("03:10")),
            format!(
                "请市防汛办值班员拟稿送审：响应启动通知，{}前，还剩50分钟。缺少：预计持续时间、水位。编号{id}。",
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
        let said = text("值班员", &many, at("03:00"));
        assert_eq!(
            said,
            "请值班员办理5件：第0件（拟稿送审）；第1件（拟稿送审）；第2件（拟稿送审）等。"
        );
    }
}
