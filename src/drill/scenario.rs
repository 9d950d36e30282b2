//! A scenario ready to be played: the file, its moments, the plans it rehearses, and what a caller changed.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::flow::PlanCache;
use crate::plan::diagnostic::{Diagnostic, Report};
use crate::plan::scenario::DrillFile;
use crate::plan::scenario_check;
use crate::plan::source::read_yaml;

/// Everything a play is made from. The same value and seed give the same play.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub file: DrillFile,
    pub zone: Tz,
    pub start: Moment,
    pub end: Moment,
    /// The drill's plans alone, with every channel.
    pub plans: PlanSet,
    /// People added by `--what-if`, each beside whoever holds the post.
    pub extra: Vec<Extra>,
    /// What all plays of it have read of the plans already.
    pub cache: Arc<PlanCache>,
}

/// One more person at every post of this name (`section-head`), or at one (`flood-office/section-head`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    pub post: String,
    pub people: u32,
}

/// Reads a scenario and the plans around it (`root/plans`, `root/channels`). What in the plans is expired is decided for
/// the day the scenario begins; `today` only serves when the file does not say that.
///
/// # Errors
/// Every complaint about the plans or the scenario, errors and warnings.
pub fn read(path: &Path, root: &Path, today: NaiveDate) -> Result<Scenario, Vec<Diagnostic>> {
    let reading = crate::plan::read(root, first_day(path).unwrap_or(today));
    let Some(set) = reading.set else {
        return Err(reading.diagnostics);
    };
    let mut report = Report::default();
    let Some(read) = scenario_check::read(path, &set, &mut report) else {
        return Err(report.into_sorted());
    };
    let mut plans = set;
    plans
        .plans
        .retain(|pinned| read.file.plans.contains(&pinned.plan.plan));
    Ok(Scenario {
        end: read.file.length.after(read.start),
        file: read.file,
        zone: read.zone,
        start: read.start,
        plans,
        extra: Vec::new(),
        cache: Arc::default(),
    })
}

fn first_day(path: &Path) -> Option<NaiveDate> {
    // Whatever is wrong with the file is said when it is checked.
    let source = read_yaml(path, "", &mut Report::default())?;
    source.value()["start"].as_str()?.get(..10)?.parse().ok()
}

impl Extra {
    /// Reads `post=section-head deputies=1`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut post = None;
        let mut people = 1;
        for part in text.split_whitespace() {
            match part.split_once('=') {
                Some(("post", value)) if !value.is_empty() => post = Some(value.to_owned()),
                Some(("deputies", value)) => {
                    people = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=20).contains(n))
                        .ok_or_else(|| {
                            format!("deputies={value}: expected a number from 1 to 20")
                        })?;
                }
                _ => {
                    return Err(format!(
                        "{part:?} is not understood; write 'post=section-head deputies=1'"
                    ));
                }
            }
        }
        let post = post.ok_or("no post is named; write 'post=section-head deputies=1'")?;
        Ok(Self { post, people })
    }

    /// Whether `post` (body/post) is meant.
    pub fn is_about(&self, post: &str) -> bool {
        post == self.post || post.rsplit('/').next() == Some(&*self.post)
    }
}
