//! What happened in a drill beside its releases: changes of level and injects, each at its moment.

use serde::{Deserialize, Serialize};

use super::Names;
use crate::domain::journal::{Act, Effect, Happened, Told};
use crate::domain::level::ResponseLevel;
use crate::domain::time::Moment;
use crate::drill::scenario::Scenario;
use crate::id::IncidentId;
use crate::plan::scenario::InjectFile;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkScore {
    pub at: Moment,
    /// Which incident it is about, in the order of their declaration, from 0; 0 for what is about none.
    #[serde(default)]
    pub incident: usize,
    pub what: Mark,
}

/// What happened. Reasons are in the words of whoever gave them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    tag = "kind"
)]
pub enum Mark {
    Declared {
        level: ResponseLevel,
        title: String,
    },
    Raised {
        to: ResponseLevel,
        reason: String,
    },
    Lowered {
        to: ResponseLevel,
        reason: String,
    },
    Ended {
        reason: String,
    },
    Facts,
    ChannelDown {
        channel: String,
        seconds: i64,
    },
    ChannelSlow {
        channel: String,
        seconds: i64,
    },
    /// None: until the end.
    Absent {
        post: String,
        seconds: Option<i64>,
    },
    Rumour {
        plan: String,
        item: String,
    },
    Wrong {
        item: String,
    },
    Stopped {
        seconds: i64,
    },
    /// What somebody thought of during the drill, as the transcript says it.
    Other {
        text: String,
    },
    /// What could not be done, and why.
    Refused {
        text: String,
    },
}

impl Mark {
    /// What the incident is called that is declared.
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Declared { title, .. } => Some(title),
            _ => None,
        }
    }

    /// The level from then on; none for what changes no level.
    pub fn level(&self) -> Option<Option<ResponseLevel>> {
        match self {
            Self::Declared { level, .. } => Some(Some(*level)),
            Self::Raised { to, .. } | Self::Lowered { to, .. } => Some(Some(*to)),
            Self::Ended { .. } => Some(None),
            _ => None,
        }
    }
}

/// Every mark of a journal, in order.
pub(super) fn marks(scenario: &Scenario, names: &Names, journal: &[Told]) -> Vec<MarkScore> {
    let mut incidents: Vec<&IncidentId> = Vec::new();
    journal
        .iter()
        .filter_map(|entry| {
            let what = match &entry.act {
                Act::IncidentDeclared { level, title, .. } => Mark::Declared {
                    level: *level,
                    title: title.clone(),
                },
                Act::LevelRaised(change) => Mark::Raised {
                    to: change.to,
                    reason: change.reason.clone(),
                },
                Act::LevelLowered(change) => Mark::Lowered {
                    to: change.to,
                    reason: change.reason.clone(),
                },
                Act::IncidentEnded { reason } => Mark::Ended {
                    reason: reason.clone(),
                },
                Act::Inject(happened) => of_inject(scenario, names, happened, entry.at, journal)?,
                _ => return None,
            };
            let known = entry.incident.as_ref();
            let incident =
                known.map_or(0, |id| match incidents.iter().position(|one| *one == id) {
                    Some(known) => known,
                    None => {
                        incidents.push(id);
                        incidents.len() - 1
                    }
                });
            let at = entry.at;
            Some(MarkScore { at, incident, what })
        })
        .collect()
}

/// None for what the journal's own acts say already.
fn of_inject(
    scenario: &Scenario,
    names: &Names,
    happened: &Happened,
    at: Moment,
    journal: &[Told],
) -> Option<Mark> {
    if happened.refused {
        return Some(Mark::Refused {
            text: happened.text.clone(),
        });
    }
    let until = |until: &Moment| (*until - at).num_seconds();
    match &happened.effect {
        Some(Effect::Declared { .. }) => return None,
        Some(Effect::Wrong { release, .. }) => {
            let mut of = journal
                .iter()
                .filter(|e| e.release.as_ref() == Some(release));
            let item = of.find_map(|entry| match &entry.act {
                Act::ReleasePublished { item, .. } => Some(item.clone()),
                _ => None,
            });
            return Some(Mark::Wrong {
                item: item.unwrap_or_default(),
            });
        }
        Some(Effect::Down { channel, until: to }) => {
            return Some(Mark::ChannelDown {
                channel: channel.clone(),
                seconds: until(to),
            });
        }
        Some(Effect::Slow {
            channel, until: to, ..
        }) => {
            return Some(Mark::ChannelSlow {
                channel: channel.clone(),
                seconds: until(to),
            });
        }
        Some(Effect::Absent { post, until: to }) => {
            return Some(Mark::Absent {
                post: post.clone(),
                seconds: to.as_ref().map(until),
            });
        }
        Some(Effect::Stopped { until: to }) => {
            return Some(Mark::Stopped { seconds: until(to) });
        }
        None => {}
    }
    match happened.n.and_then(|n| scenario.file.injects.get(n)) {
        Some(InjectFile {
            rumour: Some(rumour),
            ..
        }) => {
            let mut plans = scenario.file.plans.iter();
            let has = |plan: &&String| names.items.contains_key(&format!("{plan}/{}", rumour.item));
            Some(Mark::Rumour {
                plan: plans.find(has).cloned().unwrap_or_default(),
                item: rumour.item.clone(),
            })
        }
        Some(InjectFile { facts: Some(_), .. }) => Some(Mark::Facts),
        Some(_) => None,
        // A change of level stands in the journal beside it.
        None if journal
            .iter()
            .any(|entry| entry.at == at && changes_level(&entry.act)) =>
        {
            None
        }
        None => Some(Mark::Other {
            text: happened.text.clone(),
        }),
    }
}

fn changes_level(act: &Act) -> bool {
    matches!(
        act,
        Act::LevelRaised(_) | Act::LevelLowered(_) | Act::IncidentEnded { .. }
    )
}
