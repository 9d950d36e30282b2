//! What whoever directs a live drill sees of it.

use serde::{Deserialize, Serialize};

use super::super::desk::Desk;
use super::super::stage::Stage;
use super::folder::Keep;
use crate::domain::time::Moment;

/// How many of those who are waited for are named.
const MOST_WAITING: usize = 30;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The name of its folder.
    pub run: String,
    pub drill: String,
    pub title: String,
    pub state: State,
    /// What the drill's clock shows.
    pub clock: Moment,
    pub zone: String,
    pub start: Moment,
    pub end: Moment,
    /// Seconds of the drill to one of the clock on the wall.
    pub speed: u32,
    /// The next injects of the file, the nearest first.
    pub coming: Vec<Coming>,
    pub injects_done: usize,
    /// What waits for whom, the most pressing first.
    pub waiting: Vec<Waiting>,
    pub started_at: Moment,
    pub started_by: String,
    /// Who stopped it and why, once it is over.
    pub ended: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Running,
    Paused,
    /// An inject has stopped the drill's server for a while; its portal and API do not answer.
    Away,
    Over,
}

/// An inject of the file that has not happened yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    pub at: Moment,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub release: String,
    pub item: String,
    pub post: String,
    pub due_at: Option<Moment>,
}

impl View {
    pub(super) fn of(stage: &Stage<'_>, keep: &Keep) -> Self {
        let scenario = stage.scenario;
        let file = &scenario.file;
        let state = match &keep.ended {
            Some(_) => State::Over,
            None if stage.is_away() => State::Away,
            None if keep.paused => State::Paused,
            None => State::Running,
        };
        let coming = stage.script.iter().take(5).map(|(at, n)| Coming {
            at: *at,
            what: file.injects[*n].kinds().join(", "),
        });
        Self {
            run: keep.run.clone(),
            drill: keep.drill.clone(),
            title: file.title.clone(),
            state,
            clock: stage.now(),
            zone: scenario.zone.name().to_owned(),
            start: scenario.start,
            end: scenario.end,
            speed: keep.speed,
            coming: coming.collect(),
            injects_done: file.injects.len() - stage.script.len(),
            waiting: waiting(&stage.desk, stage),
            started_at: keep.started_at,
            started_by: keep.started_by.clone(),
            ended: keep.ended.clone(),
        }
    }
}

fn waiting(desk: &Desk, stage: &Stage<'_>) -> Vec<Waiting> {
    let now = stage.now();
    let mut waiting: Vec<Waiting> = Vec::new();
    for job in desk.jobs(stage.scenario) {
        if job.open_from <= now && !waiting.iter().any(|one| job.of.as_str() == one.release) {
            let release = job.of.release();
            let item = release.and_then(|id| desk.item(id));
            waiting.push(Waiting {
                release: job.of.as_str().to_owned(),
                item: item.unwrap_or(&job.step).to_owned(),
                post: job.post.to_string(),
                due_at: match release {
                    Some(id) => desk.due_at(id),
                    None => Some(job.rank.1),
                },
            });
        }
        if waiting.len() == MOST_WAITING {
            break;
        }
    }
    waiting
}
