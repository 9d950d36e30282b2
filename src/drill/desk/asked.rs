//! What another person than the one who asked is to confirm.

use super::super::trays::Source;
use super::{Act, Desk, Job, Matter};
use crate::domain::body::PostRef;
use crate::domain::journal::{self, Told};
use crate::domain::time::Moment;
use crate::id::AskId;

/// Something that another person than the one who asked is to confirm.
pub(super) struct Waiting {
    posts: Vec<PostRef>,
    asked_by: String,
    since: Moment,
    until: Moment,
}

impl Desk {
    /// Follows what waits for a second person.
    pub(super) fn note_asked(&mut self, entry: &Told) {
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
            | journal::Act::SecondPersonLapsed(second)
            | journal::Act::SecondPersonOvertaken(second) => {
                self.asked.remove(&second.id);
                &second.id
            }
            _ => return,
        };
        self.unsorted.insert(Source::Asked(id.clone()));
    }

    pub(super) fn confirmations(&self, id: &AskId) -> Vec<Job> {
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
}
