//! The simulated people at work: who has taken up what, until when, and what they do when they are done.

use std::collections::BTreeMap;

use super::desk::{Act, Desk, Job, Matter};
use super::injects::given;
use super::people::Person;
use crate::domain::approval::{Actor, Consent};
use crate::domain::body::PostRef;
use crate::domain::plan::CorrectionKind;
use crate::domain::release::ReleaseState;
use crate::domain::time::Moment;
use crate::flow::{VerbError, approve, confirm, correct, draft, request};
use crate::id::ReleaseId;
use crate::realm::Realm;
use crate::store::Result;

pub struct Crew {
    people: Vec<Player>,
    claims: Claims,
    /// Seconds each person was at work on something.
    pub busy: BTreeMap<String, i64>,
}

/// Who has taken up what: of each release, a step for a post.
#[derive(Default)]
struct Claims(BTreeMap<Matter, Vec<(String, PostRef)>>);

impl Claims {
    fn has(&self, job: &Job) -> bool {
        let steps = self.0.get(&job.of);
        steps
            .into_iter()
            .flatten()
            .any(|(step, post)| *step == job.step && *post == job.post)
    }

    fn add(&mut self, job: &Job) {
        let steps = self.0.entry(job.of.clone()).or_default();
        steps.push((job.step.clone(), job.post.clone()));
    }

    fn remove(&mut self, job: &Job) {
        if let Some(steps) = self.0.get_mut(&job.of) {
            steps.retain(|(step, post)| *step != job.step || *post != job.post);
        }
    }
}

struct Player {
    person: Person,
    at_work: Option<Doing>,
}

struct Doing {
    job: Job,
    /// The hash the fast route's signer saw.
    hash: Option<String>,
    since: Moment,
    done_at: Moment,
    /// Called away before it was done.
    dropped: bool,
}

/// A piece of work that somebody is done with.
pub struct Done {
    actor: Actor,
    pub job: Job,
    hash: Option<String>,
}

impl Crew {
    pub fn of(people: impl Iterator<Item = Person>) -> Self {
        let people = people
            .map(|person| Player {
                person,
                at_work: None,
            })
            .collect();
        Self {
            people,
            claims: Claims::default(),
            busy: BTreeMap::new(),
        }
    }

    /// Whoever is done by now lays it down, in the order of the cast.
    pub fn finished(&mut self, now: Moment) -> Vec<Done> {
        let mut finished = Vec::new();
        for player in &mut self.people {
            let Some(doing) = player.at_work.take_if(|doing| doing.done_at <= now) else {
                continue;
            };
            let actor = &player.person.actor;
            let spent = (doing.done_at - doing.since).num_seconds();
            *self.busy.entry(actor.user.clone()).or_insert(0) += spent;
            self.claims.remove(&doing.job);
            if !doing.dropped {
                finished.push(Done {
                    actor: actor.clone(),
                    job: doing.job,
                    hash: doing.hash,
                });
            }
        }
        finished
    }

    /// Everybody who is there and free takes up the most pressing thing that waits for them.
    pub async fn take_up(
        &mut self,
        realm: &Realm,
        desk: &Desk,
        now: Moment,
        seed: u64,
    ) -> Result<()> {
        for player in &mut self.people {
            if player.at_work.is_some() || !player.person.is_there(now) {
                continue;
            }
            let found = desk.first(&player.person, |job| {
                job.open_from <= now && !self.claims.has(job)
            });
            let Some(job) = found.cloned() else { continue };
            let time = player.person.time_for(job.act.work(), now, seed, &job.draw);
            let away = player.person.away_next(now).unwrap_or(Moment::MAX_UTC);
            let done_at = (now + time).min(away);
            let hash = match (&job.act, &job.of) {
                (Act::SignFast, Matter::Release(id)) => hash_of(realm, id).await?,
                _ => None,
            };
            self.claims.add(&job);
            player.at_work = Some(Doing {
                job,
                hash,
                since: now,
                done_at,
                dropped: done_at < now + time,
            });
        }
        Ok(())
    }

    /// Whoever holds `post` (body/post) goes away now, and lets fall what they have in hand.
    pub fn call_away(&mut self, post: &str, now: Moment, until: Option<Moment>) {
        for player in &mut self.people {
            if player.person.call_away(post, now, until)
                && let Some(doing) = &mut player.at_work
            {
                doing.done_at = now;
                doing.dropped = true;
            }
        }
    }

    /// When somebody is done, comes back to something that waits, or something opens for them.
    pub fn next(&self, desk: &Desk, now: Moment, end: Moment) -> Option<Moment> {
        let at_work = self.people.iter().filter_map(|one| one.at_work.as_ref());
        let done = at_work.map(|doing| doing.done_at).min();
        let mut earliest: Option<Moment> = None;
        for player in self.people.iter().filter(|player| player.at_work.is_none()) {
            let open = desk
                .opens(&player.person, |job| !self.claims.has(job))
                .map(|at| at.max(now));
            let until = earliest.unwrap_or(end);
            let at = open
                .filter(|at| *at <= until)
                .and_then(|at| player.person.there_from(at, until));
            if let Some(at) = at.filter(|at| *at > now) {
                earliest = Some(earliest.map_or(at, |known| known.min(at)));
            }
        }
        done.into_iter().chain(earliest).min()
    }
}

impl Done {
    /// # Errors
    /// The engine's refusal, and nothing has changed; or the store's.
    pub async fn carry_out(self, realm: &Realm) -> std::result::Result<(), VerbError> {
        let actor = &self.actor;
        let (mut tx, world, now) = realm.begin().await?;
        let id = match &self.job.of {
            Matter::Release(id) => id,
            Matter::Asked(id) => {
                confirm::confirm(&mut tx, &world, now, actor, id).await?;
                return Ok(realm.commit(tx).await?);
            }
        };
        match &self.job.act {
            Act::Submit => {
                // A drafter whose text has grown old takes the newer one.
                let state = tx.release(id).await?.map(|release| release.state);
                let newer = match state {
                    Some(ReleaseState::InReview(review)) => review.stale,
                    _ => None,
                };
                draft::submit(&mut tx, &world, now, actor, id, newer).await?;
            }
            Act::Sign { hash } => {
                // Whoever corrects says what is right in their own words, and knows it.
                let consent = Consent {
                    own_words: tx
                        .release(id)
                        .await?
                        .is_some_and(|r| r.correction.is_some()),
                    ..Consent::to(hash)
                };
                approve::approve(&mut tx, &world, now, actor, id, &consent).await?;
            }
            Act::SignFast => {
                let consent = Consent {
                    fast: true,
                    ..Consent::to(self.hash.as_deref().unwrap_or_default())
                };
                approve::approve(&mut tx, &world, now, actor, id, &consent).await?;
            }
            // Of what was asked for, done above.
            Act::Confirm { .. } => {}
            Act::Decide { ordered } => {
                let answer = match ordered {
                    true => request::Answer::Ordered(request::Order::default()),
                    false => not_applicable("情景设定不采取"),
                };
                let decided = request::decide(&mut tx, &world, now, actor, id, answer).await;
                // What excludes it was ordered first.
                if let Err(VerbError::Conflict {
                    existing: Some(_), ..
                }) = decided
                {
                    let answer = not_applicable("已采取与之互斥的措施");
                    request::decide(&mut tx, &world, now, actor, id, answer).await?;
                } else {
                    decided?;
                }
            }
            Act::Prepare { kind, facts } => {
                let wanted = correct::Wanted {
                    kind: *kind,
                    // A text that is taken back says why; the scenario does not.
                    reason: (*kind == CorrectionKind::Withdrawal).then_some("情景设定"),
                    facts: &given(facts),
                };
                correct::prepare(&mut tx, &world, now, actor, id, &wanted).await?;
            }
        }
        realm.commit(tx).await?;
        Ok(())
    }
}

fn not_applicable(reason: &str) -> request::Answer {
    request::Answer::NotApplicable {
        reason: reason.to_owned(),
    }
}

/// The hash of the text that a signer of the fast route would see.
async fn hash_of(realm: &Realm, id: &ReleaseId) -> Result<Option<String>> {
    let mut tx = realm.store.read().await?;
    let Some(release) = tx.release(id).await? else {
        return Ok(None);
    };
    let version = match &release.state {
        ReleaseState::InReview(review) => return Ok(Some(review.hash.clone())),
        ReleaseState::Drafting(drafting) => drafting.version,
        _ => None,
    };
    let Some(version) = version else {
        return Ok(None);
    };
    Ok(tx.bulletin(id, version).await?.map(|text| text.hash()))
}
