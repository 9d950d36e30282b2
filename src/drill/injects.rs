//! What happens in a drill, done through the flow's own verbs by whoever directs the exercise, and kept in the journal.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::stage::Stage;
use super::stand_in;
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::journal::{Act, Effect, Entry, Happened};
use crate::domain::level::IncidentGrade;
use crate::domain::phrase::Phrase;
use crate::domain::time::Moment;
use crate::flow::declare::{Declaration, GivenFact, change_level, declare, end, set_facts};
use crate::flow::{Thing, VerbError, World, request};
use crate::id::IncidentId;
use crate::plan::scenario::{DeclareInject, InjectFile, WrongInject};
use crate::store::Tx;

/// Who stands in the journal for whoever directs the exercise.
const DIRECTOR: &str = "exercise-control";
/// Who says what nobody else is named for.
const DIRECTED: &str = "导调";

/// The journal's entry of what happened.
pub fn entry(happened: &Happened, now: Moment) -> Entry {
    let entry = Entry::new(now, DIRECTOR, Act::Inject(happened.clone()));
    match &happened.effect {
        Some(Effect::Declared { incident, .. }) => entry.incident(incident),
        _ => entry,
    }
}

type Told = Result<(String, Option<Effect>), VerbError>;

/// Lets one inject happen in `tx`. Returns what the transcript says of it, and what it changes beside the tables.
///
/// # Errors
/// The engine's refusal, in words for the transcript, or the store's.
pub async fn carry_out(
    stage: &Stage<'_>,
    tx: &mut Tx,
    world: &Arc<World>,
    now: Moment,
    inject: &InjectFile,
) -> Told {
    let director = stage.director(|_| true);
    if let Some(input) = &inject.declare {
        return declared(stage, tx, world, now, input).await;
    }
    if let Some(facts) = &inject.facts {
        let id = incident(stage, facts.incident.as_deref())?;
        let mut give = facts.give.clone();
        if facts.stand_ins {
            give.extend(missing(stage, tx, now, &id, &give).await?);
        }
        set_facts(tx, world, now, &director, &id, &given(&give)).await?;
        return Ok((format!("报来事实{}项", give.len()), None));
    }
    for (change, up) in [(&inject.raise, true), (&inject.lower, false)] {
        let Some(change) = change else { continue };
        let id = incident(stage, change.incident.as_deref())?;
        let made = change_level(tx, world, now, &director, &id, change.to, &change.reason).await?;
        let word = if up { "提高到" } else { "降低到" };
        let text = format!(
            "响应级别{word}{}：{}（新增{}项发布任务）",
            change.to.roman_zh(),
            change.reason,
            made.releases.len()
        );
        return Ok((text, None));
    }
    if let Some(graded) = &inject.grade {
        let id = incident(stage, graded.incident.as_deref())?;
        let fact = GivenFact {
            value: graded.to.zh().into(),
            as_of: None,
            source: Some(graded.source.clone().unwrap_or_else(|| DIRECTED.into())),
        };
        let fact = BTreeMap::from([(IncidentGrade::FACT.to_owned(), fact)]);
        set_facts(tx, world, now, &director, &id, &fact).await?;
        return Ok((format!("事件等级定为{}", graded.to.zh()), None));
    }
    if let Some(over) = &inject.end {
        let id = incident(stage, over.incident.as_deref())?;
        end(tx, world, now, &director, &id, &over.reason).await?;
        return Ok((format!("解除响应：{}", over.reason), None));
    }
    if let Some(down) = &inject.channel_down {
        known_channel(stage, &down.channel)?;
        let effect = Effect::Down {
            channel: down.channel.clone(),
            until: down.lasts.after(now),
        };
        let text = format!("渠道 {} 中断 {}", down.channel, down.lasts);
        return Ok((text, Some(effect)));
    }
    if let Some(slow) = &inject.channel_slow {
        known_channel(stage, &slow.channel)?;
        let effect = Effect::Slow {
            channel: slow.channel.clone(),
            per_second: slow.per_second,
            until: slow.lasts.after(now),
        };
        let text = format!(
            "渠道 {} 降到每秒 {} 条，持续 {}",
            slow.channel, slow.per_second, slow.lasts
        );
        return Ok((text, Some(effect)));
    }
    if let Some(absent) = &inject.absent {
        known_post(stage, &absent.post)?;
        let lasts = absent.lasts.map_or_else(
            || "直到演练结束".to_owned(),
            |lasts| format!("持续 {lasts}"),
        );
        let effect = Effect::Absent {
            post: absent.post.clone(),
            until: absent.lasts.map(|lasts| lasts.after(now)),
        };
        return Ok((format!("{} 离岗，{lasts}", absent.post), Some(effect)));
    }
    if let Some(rumour) = &inject.rumour {
        let id = incident(stage, rumour.incident.as_deref())?;
        let order = request::Order {
            facts: given(&rumour.facts),
            ..request::Order::default()
        };
        request::request(tx, world, now, &director, &id, &rumour.item, order).await?;
        return Ok((format!("出现传言，要求发布 {}", rumour.item), None));
    }
    if let Some(wrong) = &inject.wrong_bulletin {
        return noticed(stage, tx, world, now, wrong).await;
    }
    if let Some(restart) = &inject.restart {
        let until = restart.lasts.after(now);
        let text = format!("服务停止 {}", restart.lasts);
        return Ok((text, Some(Effect::Stopped { until })));
    }
    Err(VerbError::invalid(
        "inject",
        Phrase::verbatim("本项导调没有内容"),
    ))
}

async fn declared(
    stage: &Stage<'_>,
    tx: &mut Tx,
    world: &Arc<World>,
    now: Moment,
    input: &DeclareInject,
) -> Told {
    let name = input.incident.as_ref().unwrap_or(&input.event).clone();
    let declaration = Declaration {
        event: input.event.clone(),
        level: input.level,
        areas: input.areas.clone(),
        title: input.title.clone(),
        known_at: input.known_before.map(|before| now - before.delta()),
        expected_duration: input.expected_duration,
        facts: given(&input.facts),
        another: false,
    };
    let director = stage.director(|event| event == input.event);
    let made = declare(tx, world, now, &director, declaration).await?;
    let text = format!(
        "宣布启动{}应急响应：{}（{}项发布任务）",
        input.level.roman_zh(),
        made.incident.title,
        made.releases.len()
    );
    let incident = made.incident.id;
    Ok((text, Some(Effect::Declared { name, incident })))
}

async fn noticed(
    stage: &Stage<'_>,
    tx: &mut Tx,
    world: &Arc<World>,
    now: Moment,
    wrong: &WrongInject,
) -> Told {
    let id = incident(stage, wrong.incident.as_deref())?;
    let (own, of_incident): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (wrong.facts.clone().into_iter()).partition(|(code, _)| is_of_correction(stage, code));
    if !of_incident.is_empty() {
        let director = stage.director(|_| true);
        set_facts(tx, world, now, &director, &id, &given(&of_incident)).await?;
    }
    let newest = stage.desk.newest(&id, &wrong.item).cloned();
    let Some(release) = newest else {
        let what = format!("{} 尚未发布过，没有可更正的文稿", wrong.item);
        return Err(VerbError::conflict(Phrase::verbatim(what)));
    };
    let release = crate::flow::release(tx, &release).await?;
    let text = format!(
        "发现 {}（第{}次）有误，须{}",
        wrong.item,
        release.occurrence,
        wrong.kind.zh()
    );
    let effect = Effect::Wrong {
        release: release.id,
        kind: wrong.kind,
        facts: own,
    };
    Ok((text, Some(effect)))
}

/// Whether a fact says what was wrong with a text, and nothing of the incident.
fn is_of_correction(stage: &Stage<'_>, code: &str) -> bool {
    let mut plans = stage.scenario.plans.plans.iter();
    plans.any(|pinned| (pinned.plan.event.fact(code)).is_some_and(|spec| spec.correction))
}

fn known_channel(stage: &Stage<'_>, code: &str) -> Result<(), VerbError> {
    if stage.scenario.plans.channels.contains_key(code) {
        return Ok(());
    }
    Err(VerbError::NotFound {
        what: Thing::Channel,
        id: code.to_owned(),
    })
}

fn known_post(stage: &Stage<'_>, post: &str) -> Result<(), VerbError> {
    let mut bodies = stage.scenario.plans.bodies.iter();
    let is_known = post.parse::<PostRef>().is_ok_and(|post| {
        bodies.any(|body| {
            body.body == post.body && body.posts.iter().any(|known| known.post == post.post)
        })
    });
    if is_known {
        return Ok(());
    }
    Err(VerbError::NotFound {
        what: Thing::Post,
        id: post.to_owned(),
    })
}

async fn missing(
    stage: &Stage<'_>,
    tx: &mut Tx,
    now: Moment,
    id: &IncidentId,
    given: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, VerbError> {
    let incident = crate::flow::incident(tx, id).await?;
    let plans = &stage.scenario.plans.plans;
    let Some(pinned) = plans.iter().find(|p| p.plan.event.event == incident.event) else {
        return Ok(BTreeMap::new());
    };
    let plan = &*pinned.plan;
    let mut stand_ins = stand_in::for_missing(plan, &incident.facts, now);
    let releases = tx.releases_of(id).await?;
    stand_ins.extend(stand_in::for_holdings(
        plan,
        &incident.facts,
        &releases,
        now,
    ));
    stand_ins.retain(|code, _| !given.contains_key(code));
    Ok(stand_ins)
}

pub(super) fn given(facts: &BTreeMap<String, Value>) -> BTreeMap<String, GivenFact> {
    facts
        .iter()
        .map(|(code, value)| {
            let given = GivenFact {
                value: value.clone(),
                as_of: None,
                source: Some(DIRECTED.into()),
            };
            (code.clone(), given)
        })
        .collect()
}

fn incident(stage: &Stage<'_>, named: Option<&str>) -> Result<IncidentId, VerbError> {
    stage.incident(named).ok_or_else(|| {
        VerbError::conflict(Phrase::verbatim("该事件此前未能宣布，本项导调无法执行"))
    })
}

/// Whoever directs the exercise: holds these posts, and no pen.
pub fn director(posts: impl Iterator<Item = PostRef>) -> Actor {
    Actor {
        user: DIRECTOR.into(),
        name: "导调".into(),
        posts: posts.collect(),
    }
}

/// When each inject happens, in order, with its place in the list.
pub fn in_order(injects: &[InjectFile], start: Moment) -> VecDeque<(Moment, usize)> {
    let mut order: Vec<_> = injects
        .iter()
        .enumerate()
        .map(|(n, inject)| (inject.at.after(start), n))
        .collect();
    order.sort();
    order.into()
}
