//! What was due, what went out, what was late: read from the journal alone, so that a drill and the night report alike.

use std::collections::BTreeMap;

use serde::Serialize;

use super::VerbError;
use crate::domain::journal::{Act, Told};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::store::Tx;

/// One release as the journal tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Line {
    pub release: String,
    pub incident: String,
    pub plan: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub occurrence: u64,
    pub opened_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub drafted_at: Option<Moment>,
    pub submitted_at: Option<Moment>,
    pub signed_at: Option<Moment>,
    pub published_at: Option<Moment>,
    /// `open`, `published`, `waived`, `cancelled`, `superseded`, `missed`, `corrected`, `withdrawn`, `expired`.
    pub outcome: String,
    pub reason: Option<Reason>,
    pub corrected_by: Option<String>,
    pub before_countersignature: bool,
}

impl Line {
    /// Seconds left when it went out; negative = late. None while it is not out or has no deadline.
    pub fn slack_seconds(&self) -> Option<i64> {
        Some((self.due_at? - self.published_at?).num_seconds())
    }

    /// Whether its deadline was kept; None while that is not settled.
    pub fn on_time(&self, now: Moment) -> Option<bool> {
        let due = self.due_at?;
        match (&*self.outcome, self.published_at) {
            (_, Some(at)) => Some(at <= due),
            ("missed", None) => Some(false),
            ("open", None) if due < now => Some(false),
            _ => None,
        }
    }
}

/// Every release of an incident (or of all), in order of deadline.
///
/// # Errors
/// The store's.
pub async fn timeline(tx: &mut Tx, incident: Option<&str>) -> Result<Vec<Line>, VerbError> {
    const PAGE: u32 = 5_000;
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = tx.told_after(after, incident, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for entry in &page {
            read(&mut lines, entry);
        }
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    lines.sort_by(|a, b| {
        (a.due_at.is_none(), a.due_at, a.opened_at, &a.release).cmp(&(
            b.due_at.is_none(),
            b.due_at,
            b.opened_at,
            &b.release,
        ))
    });
    Ok(lines)
}

fn read(lines: &mut BTreeMap<String, Line>, entry: &Told) {
    if let Act::ReleasesPlanned(listed) | Act::ReleaseRequested(listed) = &entry.act {
        for planned in &listed.releases {
            let id = planned.id.to_string();
            let incident = entry.incident.as_ref().map(ToString::to_string);
            let line = Line {
                release: id.clone(),
                incident: incident.unwrap_or_default(),
                plan: listed.plan.clone(),
                body: listed.body.clone(),
                item: planned.item.clone(),
                name: planned.name.clone(),
                occurrence: planned.occurrence.into(),
                opened_at: Some(planned.opens_at),
                due_at: planned.due_at,
                outcome: "open".into(),
                ..Line::default()
            };
            lines.insert(id, line);
        }
        return;
    }
    let Some(id) = &entry.release else { return };
    if let Act::CorrectionPrepared { of, kind, .. } = &entry.act {
        let original = lines.get(of.as_str()).cloned().unwrap_or_default();
        let line = Line {
            release: id.to_string(),
            item: format!("correction of {}", original.item),
            name: format!("更正：{}", original.name),
            opened_at: Some(entry.at),
            due_at: None,
            drafted_at: None,
            submitted_at: None,
            signed_at: None,
            published_at: None,
            outcome: "open".into(),
            reason: Some(Reason::Said(kind.zh().to_owned())),
            ..original
        };
        lines.insert(id.to_string(), line);
        return;
    }
    let Some(line) = lines.get_mut(id.as_str()) else {
        return;
    };
    let mut end = |outcome: &str, reason: Option<Reason>| {
        line.outcome = outcome.to_owned();
        line.reason = reason;
    };
    let said = |words: &String| Some(Reason::Said(words.clone()));
    match &entry.act {
        Act::ReleaseWaived { reason, .. } => end("waived", said(reason)),
        Act::ReleaseCancelled { why, .. } => end("cancelled", Some(why.clone())),
        Act::ReleaseSuperseded { why, .. } => end("superseded", Some(why.clone())),
        Act::ReleaseMissed { .. } => end("missed", None),
        Act::ReleaseWithdrawn { reason, .. } => end("withdrawn", said(reason)),
        Act::ReleaseExpired { .. } => end("expired", None),
        Act::ReleaseCorrected { by, .. } => {
            line.outcome = "corrected".into();
            line.corrected_by = Some(by.to_string());
        }
        Act::ReleaseDrafted { .. } => {
            line.drafted_at.get_or_insert(entry.at);
        }
        Act::ReleaseSubmitted { .. } => line.submitted_at = Some(entry.at),
        Act::ReleaseSigned { .. } => line.signed_at = Some(entry.at),
        Act::ReleasedBeforeCountersignature { .. } => {
            line.signed_at = Some(entry.at);
            line.before_countersignature = true;
        }
        Act::ReleaseDated { due_at, .. } => line.due_at = *due_at,
        Act::ReleasePublished { .. } => {
            line.published_at = Some(entry.at);
            line.outcome = "published".into();
        }
        _ => {}
    }
}

/// How well a body kept its deadlines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Timeliness {
    pub body: String,
    pub planned: usize,
    pub published: usize,
    pub on_time: usize,
    pub late: usize,
    /// Missed occurrences, and open ones past their deadline.
    pub missed: usize,
    pub waived: usize,
    pub corrected: usize,
    /// Of what was settled, in thousandths; None when nothing was.
    pub on_time_permille: Option<usize>,
    pub median_slack_seconds: Option<i64>,
}

/// Adds the lines up by body, and all together under `*`.
pub fn timeliness(lines: &[Line], now: Moment) -> Vec<Timeliness> {
    let mut bodies: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        bodies.entry("*").or_default().push(line);
        bodies.entry(&line.body).or_default().push(line);
    }
    bodies
        .into_iter()
        .map(|(body, lines)| {
            let mut sum = Timeliness {
                body: body.to_owned(),
                planned: lines.len(),
                ..Timeliness::default()
            };
            let mut slack: Vec<i64> = lines
                .iter()
                .filter_map(|line| line.slack_seconds())
                .collect();
            slack.sort_unstable();
            sum.median_slack_seconds = slack.get(slack.len() / 2).copied();
            for line in lines {
                sum.published += usize::from(line.published_at.is_some());
                sum.waived += usize::from(line.outcome == "waived");
                sum.corrected += usize::from(line.outcome == "corrected");
                match (line.on_time(now), line.published_at) {
                    (Some(true), _) => sum.on_time += 1,
                    (Some(false), Some(_)) => sum.late += 1,
                    (Some(false), None) => sum.missed += 1,
                    (None, _) => {}
                }
            }
            let settled = sum.on_time + sum.late + sum.missed;
            sum.on_time_permille = (settled > 0).then(|| sum.on_time * 1000 / settled);
            sum
        })
        .collect()
}
