//! The folder of one live drill: the plans as they were when it began, its store, its clock, and in the end its report.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::people::Person;
use super::super::scenario::{self, Scenario};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;
use crate::plan::diagnostic::{Diagnostic, Severity};
use crate::store::StoreError;

const KEEP: &str = "drill.json";

/// `DATA/drills/RUN`.
#[derive(Debug, Clone)]
pub struct Folder {
    pub path: PathBuf,
}

/// What a server needs to take a drill up again; everything else stands in the drill's journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keep {
    /// The name of the folder.
    pub run: String,
    pub drill: String,
    pub seed: u64,
    /// Posts (body/post), bodies, or `all`: whose people are simulated.
    pub simulate: Vec<String>,
    /// By the clock on the wall.
    pub started_at: Moment,
    pub started_by: String,
    /// What the drill's clock showed last. It stands still while no server runs.
    pub clock: Moment,
    pub speed: u32,
    pub paused: bool,
    /// Texts handed to recording channels so far, and those of them without the marks of a drill.
    pub texts: (u64, u64),
    /// Who stopped it and why.
    pub ended: Option<String>,
}

/// Why a live drill did not begin; nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    Unknown(String),
    /// Each with file, line and column.
    Invalid(Vec<Diagnostic>),
    Wrong(Phrase),
    Conflict(Phrase),
    Unwritable {
        path: PathBuf,
        error: io::Error,
    },
    Store(#[from] StoreError),
    Failed(Phrase),
}

impl StartError {
    pub fn phrase(&self) -> Phrase {
        let why = match self {
            Self::Unknown(drill) => phrase!("rehearsal.unknown", drill),
            Self::Invalid(_) => phrase!("rehearsal.invalid"),
            Self::Wrong(what) | Self::Conflict(what) | Self::Failed(what) => what.clone(),
            Self::Unwritable { path, error } => {
                Phrase::verbatim(format!("{}: {error}", path.display()))
            }
            Self::Store(error) => error.phrase(),
        };
        phrase!("rehearsal.not-started", why)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl Keep {
    /// Whether the machine plays this person.
    pub fn simulates(&self, person: &Person) -> bool {
        self.simulate.iter().any(|named| {
            let mut posts = person.actor.posts.iter();
            named == "all" || posts.any(|post| post.to_string() == *named || post.body == *named)
        })
    }
}

impl Folder {
    /// Makes the folder for a new run of `drill` below `drills`, with the plans, channels and the scenario of `root`.
    ///
    /// # Errors
    /// When the scenario does not exist or cannot be played, or the folder cannot be written. It is removed then.
    pub fn create(
        drills: &Path,
        root: &Path,
        drill: &str,
        now: Moment,
    ) -> Result<(Self, Scenario), StartError> {
        let file = Path::new("drills").join(format!("{drill}.yaml"));
        let is_code = !drill.is_empty()
            && drill
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_code || !root.join(&file).is_file() {
            return Err(StartError::Unknown(drill.chars().take(60).collect()));
        }
        // Judged where it lies, so that complaints name the files that somebody can mend.
        read(&root.join(&file), root, now)?;
        let folder = Self::new(drills, drill, now)?;
        let unwritable = |error| StartError::Unwritable {
            path: folder.path.clone(),
            error,
        };
        let copied = ["plans", "channels"]
            .iter()
            .try_for_each(|part| copy(&root.join(part), &folder.path.join(part)))
            .and_then(|()| fs::create_dir(folder.path.join("drills")))
            .and_then(|()| fs::copy(root.join(&file), folder.path.join(&file)));
        let scenario = match copied {
            Ok(_) => read(&folder.path.join(&file), &folder.path, now),
            Err(error) => Err(unwritable(error)),
        };
        match scenario {
            Ok(scenario) => Ok((folder, scenario)),
            Err(error) => {
                folder.remove();
                Err(error)
            }
        }
    }

    /// An empty folder named after the drill and the second it was made in; several of one second are counted.
    fn new(drills: &Path, drill: &str, now: Moment) -> Result<Self, StartError> {
        let unwritable = |path: &Path, error| StartError::Unwritable {
            path: path.to_owned(),
            error,
        };
        fs::create_dir_all(drills).map_err(|error| unwritable(drills, error))?;
        let name = format!("{drill}-{}", now.format("%Y%m%d-%H%M%S"));
        let mut path = drills.join(&name);
        let mut number = 1;
        loop {
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    number += 1;
                    path = drills.join(format!("{name}-{number}"));
                }
                Err(error) => return Err(unwritable(&path, error)),
            }
        }
    }

    /// The drill that was under way when the last server stopped, if any. One that never really began is none.
    ///
    /// # Errors
    /// When the folder cannot be read, or what it holds cannot be played.
    pub fn unfinished(
        drills: &Path,
        now: Moment,
    ) -> Result<Option<(Self, Scenario, Keep)>, StartError> {
        for folder in all(drills) {
            if let Some(keep) = folder.keep()
                && keep.ended.is_none()
            {
                let file = folder.path.join(format!("drills/{}.yaml", keep.drill));
                let scenario = read(&file, &folder.path, now)?;
                return Ok(Some((folder, scenario, keep)));
            }
        }
        Ok(None)
    }

    /// The run that ended last, or the last of `drill` but not this one.
    pub fn last(drills: &Path, drill: Option<&str>, but: Option<&str>) -> Option<(Self, Keep)> {
        let ended = all(drills).into_iter().filter_map(|folder| {
            let keep = folder.keep()?;
            let is_wanted = keep.ended.is_some()
                && drill.is_none_or(|drill| keep.drill == drill)
                && but.is_none_or(|run| keep.run != run);
            is_wanted.then_some((folder, keep))
        });
        ended.max_by_key(|(_, keep)| keep.started_at)
    }

    pub fn run(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// The store of this drill, as `Store::open` takes it.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.path.join("drill.db").display())
    }

    /// What was kept, if the drill began and the file can be read.
    pub fn keep(&self) -> Option<Keep> {
        let text = fs::read_to_string(self.path.join(KEEP)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Replaces what is kept, all at once: a process that is killed leaves the old or the new.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_keep(&self, keep: &Keep) -> io::Result<()> {
        self.write(KEEP, &format!("{:#}\n", serde_json::json!(keep)))
    }

    /// # Errors
    /// Those of the file system; the file is then as it was.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let new = self.path.join(format!("{name}.new"));
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(new, self.path.join(name))
    }

    /// # Errors
    /// Those of the file system.
    pub fn read(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(self.path.join(name))
    }

    /// Takes away what is left of a drill that did not begin.
    pub fn remove(&self) {
        // Whoever could not begin is told why; what stays behind for the same reason holds up nothing.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn all(drills: &Path) -> Vec<Folder> {
    let entries = fs::read_dir(drills).into_iter().flatten().flatten();
    let mut folders: Vec<Folder> = entries
        .filter(|entry| entry.path().join(KEEP).is_file())
        .map(|entry| Folder { path: entry.path() })
        .collect();
    folders.sort_by(|a, b| a.path.cmp(&b.path));
    folders
}

fn read(file: &Path, root: &Path, now: Moment) -> Result<Scenario, StartError> {
    scenario::read(file, root, now.date_naive()).map_err(|diagnostics| {
        let errors = diagnostics.into_iter();
        StartError::Invalid(errors.filter(|d| d.severity == Severity::Error).collect())
    })
}

/// Copies the plain files below a folder.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to)?;
        } else if from.is_file() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
