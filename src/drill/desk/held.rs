//! What a release asks of whom, and from when on.

use super::super::scenario::Scenario;
use super::{Act, Held, Job, Matter};
use crate::domain::body::PostRef;
use crate::domain::plan::{Item, Plan, Signer};
use crate::domain::release::{Release, ReleaseState, Undecided};
use crate::domain::time::Moment;
use crate::plan::scenario::{Decisions, FastRoute};

/// Makes a job from who, post, act, when, and until when.
type MakeJob<'a> = dyn Fn(&str, &PostRef, Act, Moment, Option<Moment>) -> Job + 'a;

impl Held {
    pub(super) fn jobs(&self, scenario: &Scenario) -> Vec<Job> {
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
pub(super) fn with_deputy(
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

pub(super) fn draw_name(release: &Release, step: &str) -> String {
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
