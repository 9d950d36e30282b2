//! What lies on whose desk: every release that waits for a person, and for which post.
//!
//! The desk follows the journal, so that a step of the drill looks only at what has changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::people::{Person, Work};
use super::scenario::Scenario;
use super::trays::{Source, Trays};
use crate::domain::body::PostRef;
use crate::domain::journal::{self, Told};
use crate::domain::plan::{CorrectionKind, Item, Plan, Signer};
use crate::domain::release::{Release, ReleaseState, Review, Undecided};
use crate::domain::time::Moment;
use crate::id::{AskId, IncidentId, ReleaseId};
use crate::plan::scenario::{Decisions, FastRoute};
use crate::store::{Result, Store};

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

/// A text that somebody has noticed to be wrong.
pub struct Wrong {
    pub release: Release,
    pub kind: CorrectionKind,
    /// What its correction is to say.
    pub facts: BTreeMap<String, Value>,
    pub noticed_at: Moment,
}

/// Something that another person than the one who asked is to confirm.
struct Waiting {
    posts: Vec<PostRef>,
    asked_by: String,
    since: Moment,
    until: Moment,
}

/// What a job is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    Release(ReleaseId),
    Asked(AskId),
}

impl Matter {
    pub fn release(&self) -> Option<&ReleaseId> {
        match self {
            Self::Release(id) => Some(id),
            Self::Asked(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Release(id) => id.as_str(),
            Self::Asked(id) => id.as_str(),
        }
    }
}

/// Something that one person can do now, or from a moment on.
#[derive(Debug, Clone)]
pub struct Job {
    pub of: Matter,
    /// The step of the release; nobody of the same post takes the same step up twice.
    pub step: String,
    pub post: PostRef,
    pub act: Act,
    pub open_from: Moment,
    /// What chance is drawn for.
    pub draw: String,
    /// Corrections before everything else, then by deadline.
    pub rank: Rank,
}

/// What is more pressing comes first.
pub type Rank = (u8, Moment);

#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Submit,
    /// The signature for the text with this hash; the fast route looks its hash up when it is taken up.
    Sign {
        hash: String,
    },
    SignFast,
    /// Orders the measure, or finds it not applicable.
    Decide {
        ordered: bool,
    },
    Prepare {
        kind: CorrectionKind,
        facts: BTreeMap<String, Value>,
    },
    /// As the second person, what `asked_by` asked for.
    Confirm {
        asked_by: String,
    },
}

impl Act {
    pub fn work(&self) -> Work {
        match self {
            Self::Submit => Work::Drafting,
            _ => Work::Signing,
        }
    }
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
            entries.extend(page);
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

    /// Follows what waits for a second person.
    fn note_asked(&mut self, entry: &Told) {
        let id = match &entry.act {
            journal::Act::SecondPersonAsked {
                id,
                until,
                waits_for,
                ..
            } => {
                let waiting = Waiting {
                    posts: waits_for.clone(),
                    asked_by: entry.actor.clone(),
                    since: entry.at,
                    until: *until,
                };
                self.asked.insert(id.clone(), waiting);
                id
            }
            journal::Act::SecondPersonConfirmed(second)
            | journal::Act::SecondPersonDeclined(second)
            | journal::Act::SecondPersonLapsed(second) => {
                self.asked.remove(&second.id);
                &second.id
            }
            _ => return,
        };
        self.unsorted.insert(Source::Asked(id.clone()));
    }

    fn confirmations(&self, id: &AskId) -> Vec<Job> {
        let Some(waiting) = self.asked.get(id) else {
            return Vec::new();
        };
        let job = |post: &PostRef| Job {
            of: Matter::Asked(id.clone()),
            step: "confirm".into(),
            post: post.clone(),
            act: Act::Confirm {
                asked_by: waiting.asked_by.clone(),
            },
            open_from: waiting.since,
            draw: format!("confirm|{}", waiting.since.timestamp()),
            rank: (0, waiting.until),
        };
        waiting.posts.iter().map(job).collect()
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

    /// Somebody has noticed that a text is wrong; a correction is to be prepared.
    pub fn notice(&mut self, wrong: Wrong) {
        self.wrong.push(wrong);
        self.unsorted.insert(Source::Wrong);
    }

    /// A correction that is prepared waits for nobody to prepare it.
    pub fn forget_corrected(&mut self, entry: &Told) {
        if let journal::Act::CorrectionPrepared { of, .. } = &entry.act {
            self.wrong.retain(|wrong| wrong.release.id != *of);
            self.unsorted.insert(Source::Wrong);
        }
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

    /// The corrections that are to be prepared.
    fn corrections(&self, scenario: &Scenario) -> Vec<Job> {
        let mut jobs = Vec::new();
        for wrong in &self.wrong {
            let Some(plan) = plan_of(scenario, &wrong.release) else {
                continue;
            };
            let Some(corrections) = &plan.corrections else {
                continue;
            };
            let job = |post: &PostRef, open_from| Job {
                of: Matter::Release(wrong.release.id.clone()),
                step: "prepare".into(),
                post: post.clone(),
                act: Act::Prepare {
                    kind: wrong.kind,
                    facts: wrong.facts.clone(),
                },
                open_from,
                draw: draw_name(&wrong.release, "prepare"),
                rank: (0, wrong.noticed_at),
            };
            with_deputy(&corrections.sign, wrong.noticed_at, &mut jobs, job);
        }
        jobs
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

/// Makes a job from who, post, act, when, and until when.
type MakeJob<'a> = dyn Fn(&str, &PostRef, Act, Moment, Option<Moment>) -> Job + 'a;

impl Held {
    fn jobs(&self, scenario: &Scenario) -> Vec<Job> {
        let mut jobs = Vec::new();
        if let Some(plan) = plan_of(scenario, &self.release) {
            match &self.release.state {
                ReleaseState::Undecided(undecided) => {
                    self.decide(plan, undecided, &scenario.file.decisions, &mut jobs);
                }
                _ => self.lay_out(plan, scenario.file.fast_route, &mut jobs),
            }
        }
        jobs
    }

    /// Whether a measure is ordered is answered before anything is written.
    fn decide(
        &self,
        plan: &Plan,
        undecided: &Undecided,
        decisions: &Decisions,
        jobs: &mut Vec<Job>,
    ) {
        let item = &self.release.item;
        if decisions.unanswered.contains(item) {
            return;
        }
        let first = || self.release.next_post(plan).into_iter().collect();
        let posts = match &undecided.posts[..] {
            [] => first(),
            posts => posts.to_vec(),
        };
        jobs.extend(posts.into_iter().map(|post| Job {
            of: Matter::Release(self.release.id.clone()),
            step: self.step.clone(),
            post,
            act: Act::Decide {
                ordered: self.release.level.is_none() || decisions.ordered.contains(item),
            },
            open_from: undecided.ask_at.min(self.since),
            draw: draw_name(&self.release, &self.step),
            // A text that is due sooner than the question is asked again comes first.
            rank: (1, undecided.ask_at),
        }));
    }

    fn lay_out(&self, plan: &Plan, fast: FastRoute, jobs: &mut Vec<Job>) {
        let release = &self.release;
        let job =
            |step: &str, post: &PostRef, act: Act, open_from: Moment, due: Option<Moment>| Job {
                of: Matter::Release(release.id.clone()),
                step: step.to_owned(),
                post: post.clone(),
                act,
                open_from,
                draw: draw_name(release, step),
                rank: (
                    u8::from(release.correction.is_none()),
                    due.unwrap_or(Moment::MAX_UTC),
                ),
            };
        match &release.state {
            ReleaseState::Drafting(drafting) if drafting.version.is_some() => {
                self.submit(plan, jobs, &job);
                self.fast(plan, fast, jobs, &job);
            }
            // Facts have made it old: nobody signs the older words, and its drafters submit the newer ones.
            ReleaseState::InReview(review) if review.stale.is_some() => {
                self.submit(plan, jobs, &job);
            }
            ReleaseState::InReview(review) => {
                let Some(signer) = review.signer() else {
                    return;
                };
                let act = || Act::Sign {
                    hash: review.hash.clone(),
                };
                jobs.push(job(
                    &self.step,
                    &signer.post,
                    act(),
                    self.since,
                    release.due_at,
                ));
                if let Some(deputy) = signer.deputy.as_ref().filter(|_| review.passed_to_deputy) {
                    // A correction passes to the deputy at once; still, the deputy lets the post try first.
                    let open_from = if release.correction.is_some() {
                        signer.sign_within.after(self.since)
                    } else {
                        self.since
                    };
                    jobs.push(job(&self.step, deputy, act(), open_from, release.due_at));
                }
                if review.step == 0 && release.correction.is_none() {
                    self.fast(plan, fast, jobs, &job);
                }
            }
            state => {
                let Some(publication) = state.publication() else {
                    return;
                };
                let owed = publication.countersign.as_ref();
                let Some((owed, signer)) = owed.and_then(|c| Some((c, c.signer()?))) else {
                    return;
                };
                let make = |post: &PostRef, open_from| {
                    let act = Act::Sign {
                        hash: publication.hash.clone(),
                    };
                    job(&self.step, post, act, open_from, Some(owed.due_at))
                };
                with_deputy(signer, self.since, jobs, make);
            }
        }
    }

    fn submit(&self, plan: &Plan, jobs: &mut Vec<Job>, job: &MakeJob<'_>) {
        let Some(first) = plan.body.posts.first() else {
            return;
        };
        let due = self.release.due_at;
        let own = |code: &str| PostRef::within(&plan.body.body, code);
        jobs.push(job(
            &self.step,
            &own(&first.post),
            Act::Submit,
            self.since,
            due,
        ));
        let deputy = first
            .deputy
            .as_deref()
            .map(own)
            .filter(|d| d.body == self.release.body);
        if let Some(deputy) = deputy {
            let open_from = first.sign_within.after(self.since);
            jobs.push(job(&self.step, &deputy, Act::Submit, open_from, due));
        }
    }

    fn fast(&self, plan: &Plan, fast: FastRoute, jobs: &mut Vec<Job>, job: &MakeJob<'_>) {
        let open_from = match fast {
            FastRoute::Never => return,
            FastRoute::Always => self.since,
            FastRoute::HalfTime => match self.release.mark_at(50) {
                Some(half) => half.max(self.since),
                None => return,
            },
        };
        let route = item_of(plan, &self.release)
            .and_then(|item| item.fast.as_ref())
            .and_then(|name| plan.routes.get(name));
        for signer in route.into_iter().flat_map(|route| &route.sign) {
            // Taken up before the draft is even submitted, and not a second time while it is under review.
            jobs.push(job(
                "fast",
                &signer.post,
                Act::SignFast,
                open_from,
                self.release.due_at,
            ));
        }
    }
}

/// The post's own people at once, the deputy when the post has been silent for as long as it may.
fn with_deputy(
    signer: &Signer,
    since: Moment,
    jobs: &mut Vec<Job>,
    make: impl Fn(&PostRef, Moment) -> Job,
) {
    jobs.push(make(&signer.post, since));
    if let Some(deputy) = &signer.deputy {
        jobs.push(make(deputy, signer.sign_within.after(since)));
    }
}

fn draw_name(release: &Release, step: &str) -> String {
    format!(
        "{}|{}|{}|{}|{step}",
        release.plan,
        release.item,
        release.occurrence,
        release.opened_at.timestamp()
    )
}

pub fn plan_of<'a>(scenario: &'a Scenario, release: &Release) -> Option<&'a Plan> {
    scenario
        .plans
        .plan(&release.plan)
        .map(|pinned| &*pinned.plan)
}

pub fn item_of<'a>(plan: &'a Plan, release: &Release) -> Option<&'a Item> {
    plan.item_anywhere(release.level?, &release.item)
}
