//! What happens in a drill, done through the flow's own verbs by whoever directs the exercise.

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Wrong;
use super::play::Stage;
use super::stand_in;
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::time::Moment;
use crate::flow::declare::{Declaration, GivenFact, change_level, declare, end, set_facts};
use crate::flow::{VerbError, plan};
use crate::id::IncidentId;
use crate::plan::scenario::{DeclareInject, InjectFile, WrongInject};
use crate::store::StoreError;

/// Why an inject did not happen: the engine said no, or the store could not be asked.
type Done = Result<String, VerbError>;

/// Carries out one inject. Returns what the transcript says of it; a refusal is said there too, with false.
///
/// # Errors
/// The store's.
pub async fn carry_out(
    stage: &mut Stage<'_>,
    inject: &InjectFile,
) -> Result<(String, bool), StoreError> {
    match happen(stage, inject).await {
        Ok(text) => Ok((text, true)),
        Err(VerbError::Store(error)) => Err(error),
        Err(refused) => Ok((refused.to_string(), false)),
    }
}

async fn happen(stage: &mut Stage<'_>, inject: &InjectFile) -> Done {
    let now = stage.now();
    if let Some(input) = &inject.declare {
        return declared(stage, input).await;
    }
    if let Some(facts) = &inject.facts {
        let id = incident(stage, facts.incident.as_deref())?;
        let mut give = facts.give.clone();
        if facts.stand_ins {
            give.extend(missing(stage, &id, &give).await?);
        }
        return give_facts(stage, &id, &give).await;
    }
    for (change, up) in [(&inject.raise, true), (&inject.lower, false)] {
        let Some(change) = change else { continue };
        let id = incident(stage, change.incident.as_deref())?;
        let (mut tx, world, now) = stage.realm().begin().await?;
        let made = change_level(
            &mut tx,
            &world,
            now,
            &stage.director(),
            &id,
            change.to,
            &change.reason,
        )
        .await?;
        stage.realm().commit(tx).await?;
        let word = if up { "提高到" } else { "降低到" };
        return Ok(format!(
            "响应级别{word}{}：{}（新增{}项发布任务）",
            change.to.zh(),
            change.reason,
            made.releases.len()
        ));
    }
    if let Some(over) = &inject.end {
        let id = incident(stage, over.incident.as_deref())?;
        let (mut tx, world, now) = stage.realm().begin().await?;
        end(&mut tx, &world, now, &stage.director(), &id, &over.reason).await?;
        stage.realm().commit(tx).await?;
        return Ok(format!("终止响应：{}", over.reason));
    }
    if let Some(down) = &inject.channel_down {
        stage.take_down(&down.channel, down.lasts.after(now));
        return Ok(format!("渠道 {} 中断 {}", down.channel, down.lasts));
    }
    if let Some(slow) = &inject.channel_slow {
        stage.slow_down(&slow.channel, slow.per_second, slow.lasts.after(now));
        return Ok(format!(
            "渠道 {} 降到每秒 {} 条，持续 {}",
            slow.channel, slow.per_second, slow.lasts
        ));
    }
    if let Some(absent) = &inject.absent {
        let until = absent.lasts.map_or_else(
            || "直到演练结束".to_owned(),
            |lasts| format!("持续 {lasts}"),
        );
        return Ok(format!("{} 离岗，{until}", absent.post));
    }
    if let Some(rumour) = &inject.rumour {
        let id = incident(stage, rumour.incident.as_deref())?;
        if !rumour.facts.is_empty() {
            give_facts(stage, &id, &rumour.facts).await?;
        }
        let (mut tx, world, now) = stage.realm().begin().await?;
        plan::request(&mut tx, &world, now, &stage.director(), &id, &rumour.item).await?;
        stage.realm().commit(tx).await?;
        return Ok(format!("出现传言，要求发布 {}", rumour.item));
    }
    if let Some(wrong) = &inject.wrong_bulletin {
        return noticed(stage, wrong).await;
    }
    if let Some(restart) = &inject.restart {
        stage.restart(restart.lasts.after(now));
        return Ok(format!("服务停止 {}", restart.lasts));
    }
    Ok(String::new())
}

async fn declared(stage: &mut Stage<'_>, input: &DeclareInject) -> Done {
    let now = stage.now();
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
    let (mut tx, world, now) = stage.realm().begin().await?;
    let made = declare(
        &mut tx,
        &world,
        now,
        &stage.director_of(&input.event),
        declaration,
    )
    .await?;
    stage.realm().commit(tx).await?;
    let text = format!(
        "宣布启动{}应急响应：{}（{}项发布任务）",
        input.level.zh(),
        made.incident.title,
        made.releases.len()
    );
    let name = input
        .incident
        .clone()
        .unwrap_or_else(|| input.event.clone());
    stage.remember(name, made.incident.id);
    Ok(text)
}

async fn noticed(stage: &mut Stage<'_>, wrong: &WrongInject) -> Done {
    let now = stage.now();
    let id = incident(stage, wrong.incident.as_deref())?;
    if !wrong.facts.is_empty() {
        give_facts(stage, &id, &wrong.facts).await?;
    }
    let Some(release) = stage.desk.newest(id.as_str(), &wrong.item).cloned() else {
        return Err(VerbError::conflict(format!(
            "{} 尚未发布过，没有可更正的文稿",
            wrong.item
        )));
    };
    let mut tx = stage.realm().store.read().await?;
    let Some(release) = tx.release(&release).await? else {
        return Err(VerbError::conflict("文稿已不在库中"));
    };
    let text = format!(
        "发现 {}（第{}次）有误，须{}",
        wrong.item,
        release.occurrence,
        wrong.kind.zh()
    );
    stage.desk.wrong.push(Wrong {
        release,
        kind: wrong.kind,
        noticed_at: now,
    });
    Ok(text)
}

async fn missing(
    stage: &Stage<'_>,
    id: &IncidentId,
    given: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, VerbError> {
    let incident = crate::flow::incident(&mut stage.realm().store.read().await?, id).await?;
    let plans = &stage.scenario.plans.plans;
    let Some(pinned) = plans.iter().find(|p| p.plan.event.event == incident.event) else {
        return Ok(BTreeMap::new());
    };
    let mut stand_ins =
        stand_in::for_missing(&pinned.plan.event.facts, &incident.facts, stage.now());
    stand_ins.retain(|code, _| !given.contains_key(code));
    Ok(stand_ins)
}

async fn give_facts(stage: &Stage<'_>, id: &IncidentId, facts: &BTreeMap<String, Value>) -> Done {
    let (mut tx, world, now) = stage.realm().begin().await?;
    set_facts(&mut tx, &world, now, &stage.director(), id, &given(facts)).await?;
    stage.realm().commit(tx).await?;
    Ok(format!("报来事实{}项", facts.len()))
}

fn given(facts: &BTreeMap<String, Value>) -> BTreeMap<String, GivenFact> {
    facts
        .iter()
        .map(|(code, value)| {
            let given = GivenFact {
                value: value.clone(),
                as_of: None,
                source: Some("导调".into()),
            };
            (code.clone(), given)
        })
        .collect()
}

fn incident(stage: &Stage<'_>, named: Option<&str>) -> Result<IncidentId, VerbError> {
    stage
        .incident(named)
        .ok_or_else(|| VerbError::conflict("该事件此前未能宣布，本项导调无法执行"))
}

/// Whoever directs the exercise: speaks for the first post of every body that takes part, and holds no pen.
pub fn director(bodies: &[(String, String)]) -> Actor {
    Actor {
        user: "exercise-control".into(),
        name: "导调".into(),
        posts: bodies
            .iter()
            .map(|(body, post)| PostRef {
                body: body.clone(),
                post: post.clone(),
            })
            .collect(),
    }
}

/// When each inject happens, in order.
pub fn in_order(injects: &[InjectFile], start: Moment) -> Vec<(Moment, &InjectFile)> {
    let mut order: Vec<_> = injects
        .iter()
        .map(|inject| (inject.at.after(start), inject))
        .collect();
    order.sort_by_key(|(at, _)| *at);
    order
}
