//! What a command that works on the installation itself holds: its configuration, its database, the time, a name.

use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config};
use crate::domain::journal::Entry;
use crate::domain::time::Moment;
use crate::store::Store;

use super::{Exit, Failure, Place, Result};

pub struct Session {
    pub config: Config,
    pub store: Store,
}

/// Reads the configuration of the installation that the flags and the environment name.
///
/// # Errors
/// As [`config::load`].
pub fn configuration(place: &Place) -> Result<Config> {
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(config::load(&place.overrides(), env)?)
}

impl Session {
    /// Opens the database of an installation that stands, brought up to date.
    ///
    /// # Errors
    /// As [`Session::open`], and when a SQLite file is missing: whoever works in the wrong folder must not end up with
    /// users and contacts in a database that nothing serves.
    pub async fn existing(place: &Place) -> Result<Self> {
        let config = configuration(place)?;
        if config
            .server
            .database_file()
            .is_some_and(|file| !file.exists())
        {
            let what = format!(
                "there is no database {}; nothing was done",
                config.server.database_shown()
            );
            return Err(Failure::new(Exit::Failed, what)
                .next("go to the installation's folder or name its fabu.toml with --config; fabu init makes a new one"));
        }
        Self::open(place).await
    }

    /// Opens the database, made if it is missing and brought up to date.
    ///
    /// # Errors
    /// When the configuration is wrong or the database cannot be opened.
    pub async fn open(place: &Place) -> Result<Self> {
        let config = configuration(place)?;
        if config.server.database_file().is_some() {
            let folder = &config.server.data_dir;
            std::fs::create_dir_all(folder)
                .map_err(|error| Failure::file(folder, "the database was not opened", &error))?;
        }
        let store = Store::open(&config.server.database_url()).await?;
        Ok(Self { config, store })
    }

    pub fn now(&self) -> Moment {
        SystemClock.now()
    }

    /// A line for the journal by whoever sits at this machine. Nobody logged in, so the name is the system's, marked
    /// as such.
    pub fn entry(&self, act: &str) -> Entry {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok());
        let user: String = user
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        Entry::new(
            self.now(),
            &format!("os:{}", if user.is_empty() { "unknown" } else { &user }),
            act,
        )
    }
}
