//! What lies on whose desk: every release that waits for a person, and for which post.
//!
//! The desk follows the journal, so that a step of the drill looks only at what has changed.

mod asked;
mod held;
mod job;
mod wrong;

pub use held::{item_of, plan_of};
pub use job::{Act, Job, Matter, Rank};
pub use wrong::Wrong;

use std::collections::{BTreeMap, BTreeSet};

use super::people::Person;
use super::scenario::Scenario;
use super::trays::{Source, Trays};
use crate::domain::journal::{self, Told};
use crate::domain::release::{Release, ReleaseState, Review};
use crate::domain::time::Moment;
use crate::id::{AskId, IncidentId, ReleaseId};
use crate::store::{Result, Store};
use asked::Waiting;

/// Releases that may be waiting for somebody, and who has signed what.
#[derive(Default)]
pub struct Desk {
    seen: i64,
    held: BTreeMap<ReleaseId, Held>,
    /// Who has signed what: by release, the hash of the text and the user.
    signed: BTreeMap<ReleaseId, Vec<(String, String)>>,
    /// The newest text of each item that is out, by incident and item.
    published: BTreeMap<(IncidentId, String), ReleaseId>,
    /// What waits for a second person.
    asked: BTreeMap<AskId, Waiting>,
    /// Wrong texts that were noticed and for which no correction is prepared yet.
    wrong: Vec<Wrong>,
    trays: Trays,
    /// What has changed since [`Desk::sort`].
    unsorted: BTreeSet<Source>,
}

struct Held {
    release: Release,
    step: String,
    /// Since when it waits for this step.
    since: Moment,
}

impl Desk {
    /// Reads what has been journalled since, and the releases that it is about. Returns the new entries.
    pub async fn refresh(&mut self, store: &Store, now: Moment) -> Result<Vec<Told>> {
        const PAGE: u32 = 2_000;
        let mut entries = Vec::new();
        let mut tx = store.read().await?;
        loop {
            let page = tx.told_after(self.seen, None, PAGE).await?;
            let Some(last) = page.last() else { break };
            self.seen = last.seq;
            let is_last = page.len() < PAGE as usize;
            entries.extend(page);
            if is_last {
                break;
            }
        }
        let mut touched: BTreeSet<ReleaseId> = BTreeSet::new();
        for entry in &entries {
            touched.extend(entry.release.clone());
            if let journal::Act::ReleasesPlanned(planned)
            | journal::Act::ReleaseRequested(planned)
            | journal::Act::MeasureOrdered {
                with_it: planned, ..
            } = &entry.act
            {
                touched.extend(planned.releases.iter().map(|one| one.id.clone()));
            }
            self.note(entry);
        }
        for id in touched {
            if let Some(release) = tx.release(&id).await? {
                self.hold(release, now);
            }
        }
        Ok(entries)
    }

    fn note(&mut self, entry: &Told) {
        self.note_asked(entry);
        let Some(release) = &entry.release else {
            return;
        };
        match &entry.act {
            journal::Act::ReleaseSigned { hash, .. }
            | journal::Act::ReleaseCountersigned { hash, .. }
            | journal::Act::ReleasedBeforeCountersignature { hash, .. } => {
                let signed = self.signed.entry(release.clone()).or_default();
                signed.push((hash.clone(), entry.actor.clone()));
            }
            journal::Act::ReleasePublished { item, .. } => {
                let held = self.held.get(release);
                if let Some(incident) = &entry.incident
                    && held.is_none_or(|held| held.release.correction.is_none())
                {
                    let of = (incident.clone(), item.clone());
                    self.published.insert(of, release.clone());
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, release: Release, now: Moment) {
        let step = match &release.state {
            ReleaseState::Undecided(_) => "decide".to_owned(),
            ReleaseState::Planned => "planned".to_owned(),
            ReleaseState::Drafting(drafting) => match drafting.version {
                Some(version) => format!("draft{version}"),
                None => "facts".to_owned(),
            },
            ReleaseState::InReview(Review {
                stale: Some(newer), ..
            }) => format!("draft{newer}"),
            ReleaseState::InReview(review) => format!("sign{}v{}", review.step, review.version),
            state => match state.publication().and_then(|p| p.countersign.as_ref()) {
                Some(owed) if !owed.is_complete() => format!("countersign{}", owed.signed),
                _ => String::new(),
            },
        };
        self.unsorted.insert(Source::Release(release.id.clone()));
        if step.is_empty() {
            self.held.remove(&release.id);
            return;
        }
        let since = match self.held.get(&release.id) {
            Some(held) if held.step == step => held.since,
            _ => now,
        };
        self.held.insert(
            release.id.clone(),
            Held {
                release,
                step,
                since,
            },
        );
    }

    /// The newest text of `item` that is out.
    pub fn newest(&self, incident: &IncidentId, item: &str) -> Option<&ReleaseId> {
        self.published.get(&(incident.clone(), item.to_owned()))
    }

    /// The item of a release that waits.
    pub fn item(&self, id: &ReleaseId) -> Option<&str> {
        Some(&self.held.get(id)?.release.item)
    }

    pub fn due_at(&self, id: &ReleaseId) -> Option<Moment> {
        self.held.get(id)?.release.due_at
    }

    /// Everything that waits for a person, the most pressing first.
    pub fn jobs(&self, scenario: &Scenario) -> Vec<Job> {
        let mut jobs = self.corrections(scenario);
        jobs.extend(self.asked.keys().flat_map(|id| self.confirmations(id)));
        for held in self.held.values() {
            jobs.extend(held.jobs(scenario));
        }
        jobs.sort_by(|a, b| (a.rank, &a.draw, &a.post).cmp(&(b.rank, &b.draw, &b.post)));
        jobs
    }

    /// Lays what has changed into the trays that [`Desk::first`] and [`Desk::opens`] look through.
    pub fn sort(&mut self, scenario: &Scenario) {
        for source in std::mem::take(&mut self.unsorted) {
            let jobs = match &source {
                Source::Wrong => self.corrections(scenario),
                Source::Asked(id) => self.confirmations(id),
                Source::Release(id) => match self.held.get(id) {
                    Some(held) => held.jobs(scenario),
                    None => Vec::new(),
                },
            };
            self.trays.replace(&source, jobs);
        }
    }

    /// The most pressing thing that `person` may do and that is `open` to them.
    pub fn first(&self, person: &Person, open: impl Fn(&Job) -> bool) -> Option<&Job> {
        let posts = person.actor.posts.iter();
        posts
            .filter_map(|post| {
                let mut tray = self.trays.of(post);
                tray.find(|job| open(job) && self.may(person, job))
            })
            .min_by(|a, b| (a.rank, &a.draw, &a.post).cmp(&(b.rank, &b.draw, &b.post)))
    }

    /// When the first thing opens that `person` may do and that is `free`.
    pub fn opens(&self, person: &Person, free: impl Fn(&Job) -> bool) -> Option<Moment> {
        let posts = person.actor.posts.iter();
        posts
            .flat_map(|post| self.trays.of(post))
            .filter(|job| free(job) && self.may(person, job))
            .map(|job| job.open_from)
            .min()
    }

    /// Whether the four-eyes rule lets `person`, who holds its post, do `job`.
    fn may(&self, person: &Person, job: &Job) -> bool {
        let user = &person.actor.user;
        if let Act::Confirm { asked_by } = &job.act {
            return asked_by != user;
        }
        let held = job.of.release().and_then(|id| self.held.get(id));
        let Some(held) = held else {
            return true;
        };
        let hash = match (&job.act, &held.release.state) {
            (Act::Sign { .. }, ReleaseState::InReview(review)) if review.submitted_by == *user => {
                return false;
            }
            (Act::Sign { hash }, _) => hash,
            _ => return true,
        };
        let signed = self.signed.get(&held.release.id);
        !signed
            .into_iter()
            .flatten()
            .any(|(text, by)| text == hash && by == user)
    }
}
