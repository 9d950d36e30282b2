//! Texts that were noticed to be wrong, until a correction of them is prepared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::scenario::Scenario;
use super::super::trays::Source;
use super::held::{draw_name, with_deputy};
use super::{Act, Desk, Job, Matter, plan_of};
use crate::domain::body::PostRef;
use crate::domain::journal::{self, Told};
use crate::domain::plan::CorrectionKind;
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// A text that somebody has noticed to be wrong.
pub struct Wrong {
    pub release: Release,
    pub kind: CorrectionKind,
    /// What its correction is to say.
    pub facts: BTreeMap<String, Value>,
    pub noticed_at: Moment,
}

impl Desk {
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

    /// Whether `job` is still to be done; none but the preparing of a correction is done by others without the engine's saying so.
    pub fn wants(&self, job: &Job) -> bool {
        let Act::Prepare { .. } = &job.act else {
            return true;
        };
        let is_of = |wrong: &Wrong| job.of == Matter::Release(wrong.release.id.clone());
        self.wrong.iter().any(is_of)
    }

    /// The corrections that are to be prepared.
    pub(super) fn corrections(&self, scenario: &Scenario) -> Vec<Job> {
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
}
