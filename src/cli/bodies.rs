//! What commands without a server need of `plans/bodies.yaml`: the places and the posts there are.

use crate::config::Config;
use crate::plan::diagnostic::Report;
use crate::plan::file::{BodiesFile, EventsFile};
use crate::plan::folder::read_one;
use crate::plan::schema::FileKind;

use super::words::{spoken, word};
use super::{Exit, Failure, Result};

/// What facts and events are called, from `plans/events.yaml`; nothing where that cannot be read, since codes can be read as well.
pub(super) fn events(config: &Config) -> Option<EventsFile> {
    let path = config.server.plans().join("events.yaml");
    let mut report = Report::default();
    let read = path
        .exists()
        .then(|| read_one::<EventsFile>(&path, FileKind::Events, &mut report));
    Some(read??.shaped.spec)
}

/// Reads the file, or nothing when there is none: an installation may have contacts and users before plans.
///
/// # Errors
/// When there is a file and it cannot be read.
pub(super) fn read(config: &Config) -> Result<Option<BodiesFile>> {
    let path = config.server.plans().join("bodies.yaml");
    if !path.exists() {
        return Ok(None);
    }
    let mut report = Report::default();
    let read = read_one::<BodiesFile>(&path, FileKind::Bodies, &mut report);
    match read {
        Some(read) if !report.has_errors() => Ok(Some(read.shaped.spec)),
        _ => {
            let first = report.into_sorted().into_iter().next();
            let why = first.map_or(String::new(), |d| {
                word!(
                    "install.bodies-line",
                    line = d.place.line,
                    why = spoken(&d.message)
                )
            });
            let what = word!("install.bad-bodies", path = path.display(), why);
            Err(Failure::new(Exit::Invalid, what).next("fabu plan check"))
        }
    }
}
