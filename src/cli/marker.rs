//! What a data folder remembers of the databases it has worked with: their names for themselves. So a database that
//! was removed is not replaced by an empty one without anybody noticing, and another one is not taken for it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::Server;
use crate::domain::bad_json;
use crate::domain::time::Moment;

use super::words::{spoken, word};
use super::{Exit, Failure, Result};

const FILE: &str = "installation.json";

/// The marker of one data folder, for the database that the configuration names.
#[derive(Debug)]
pub(super) struct Marker {
    folder: PathBuf,
    database: String,
    kept: Kept,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// By where they are; a SQLite file within the folder by its name there, so that a folder may be moved.
    databases: BTreeMap<String, Known>,
}

/// A database that was there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    pub installation: String,
    pub since: Moment,
}

impl Marker {
    /// # Errors
    /// When it is there and cannot be read: then nobody knows whether there was a database.
    pub(super) fn read(server: &Server) -> Result<Self> {
        let path = server.data_dir.join(FILE);
        let kept = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                let error = spoken(&bad_json::phrase_of(&error));
                let what = word!("install.bad-marker", path = path.display(), error);
                Failure::new(Exit::Failed, what).next(word!("install.bad-marker-next"))
            })?,
            Err(error) if is_absence(&error) => Kept::default(),
            Err(error) => return Err(Failure::file(&path, word!("fabu.nothing-done"), &error)),
        };
        Ok(Self {
            folder: server.data_dir.clone(),
            database: place(server),
            kept,
        })
    }

    /// The database that was there.
    pub(super) fn known(&self) -> Option<&Known> {
        self.kept.databases.get(&self.database)
    }

    /// A database that the folder has worked with, if it is not the one that the configuration names.
    pub(super) fn another(&self) -> Option<(&str, &Known)> {
        if self.known().is_some() {
            return None;
        }
        let latest = self
            .kept
            .databases
            .iter()
            .max_by_key(|(_, known)| known.since);
        latest.map(|(place, known)| (place.as_str(), known))
    }

    /// That an empty database is named where the folder has worked with `place`.
    pub(super) fn worked_elsewhere(&self, place: &str, known: &Known, shown: &str) -> Failure {
        let what = word!(
            "install.elsewhere",
            shown,
            place,
            folder = self.folder.display(),
            since = known.since.format("%Y-%m-%d")
        );
        Failure::new(Exit::Conflict, what).next(word!("install.elsewhere-next"))
    }

    /// Remembers `installation` from now on, all at once: a process that is killed leaves the old marker or the new.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn remember(&mut self, installation: &str, now: Moment) -> Result<()> {
        if self
            .known()
            .is_some_and(|known| known.installation == installation)
        {
            return Ok(());
        }
        let known = Known {
            installation: installation.to_owned(),
            since: now,
        };
        self.kept.databases.insert(self.database.clone(), known);
        let path = self.folder.join(FILE);
        let new = self.folder.join(format!("{FILE}.new"));
        let text = format!("{:#}\n", serde_json::json!(self.kept));
        let written = std::fs::create_dir_all(&self.folder)
            .and_then(|()| std::fs::File::create(&new))
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&new, &path));
        written.map_err(|error| Failure::file(&path, word!("install.not-marked"), &error))
    }

    /// That there was a database, and what there is now is `what`.
    pub(super) fn lost(&self, known: &Known, shown: &str, what: &str) -> Failure {
        let what = word!(
            "install.lost",
            shown,
            what,
            folder = self.folder.display(),
            since = known.since.format("%Y-%m-%d"),
            name = known.installation
        );
        Failure::new(Exit::Conflict, what).next(word!("install.restore"))
    }
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

/// Where the database is, without what is secret.
fn place(server: &Server) -> String {
    let Some(file) = server.database_file() else {
        return server.database_shown();
    };
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (file, folder) = (whole(&file), whole(&server.data_dir));
    let file = file.strip_prefix(&folder).unwrap_or(&file);
    format!("sqlite:{}", file.display())
}
