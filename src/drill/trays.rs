//! What waits for each post, the most pressing first. Kept as it changes: a drill of a thousand releases asks often.

use std::collections::BTreeMap;

use super::desk::{Job, Rank};
use crate::domain::body::PostRef;
use crate::id::{AskId, ReleaseId};

/// What jobs come from, and go with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The texts that were noticed to be wrong.
    Wrong,
    Release(ReleaseId),
    /// Something that waits for a second person.
    Asked(AskId),
}

/// The place of a job in its tray. Of two that are alike the one that was laid there first goes first.
type Place = (Rank, String, Source, usize);

#[derive(Default)]
pub struct Trays {
    by_post: BTreeMap<PostRef, BTreeMap<Place, Job>>,
    places: BTreeMap<Source, Vec<(PostRef, Place)>>,
}

impl Trays {
    /// Lays `jobs` into their trays, and takes out what `source` had laid there before.
    pub fn replace(&mut self, source: &Source, jobs: Vec<Job>) {
        for (post, place) in self.places.remove(source).unwrap_or_default() {
            if let Some(tray) = self.by_post.get_mut(&post) {
                tray.remove(&place);
            }
        }
        let mut places = Vec::with_capacity(jobs.len());
        for (n, job) in jobs.into_iter().enumerate() {
            let place = (job.rank, job.draw.clone(), source.clone(), n);
            places.push((job.post.clone(), place.clone()));
            let tray = self.by_post.entry(job.post.clone()).or_default();
            tray.insert(place, job);
        }
        if !places.is_empty() {
            self.places.insert(source.clone(), places);
        }
    }

    /// What waits for `post`.
    pub fn of(&self, post: &PostRef) -> impl Iterator<Item = &Job> {
        self.by_post
            .get(post)
            .into_iter()
            .flat_map(BTreeMap::values)
    }
}
