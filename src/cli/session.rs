//! What a command that works on the installation itself holds: its configuration, its database, the time, a name.

use std::path::Path;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config};
use crate::domain::approval::Actor;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::flow::{PlanCache, World};
use crate::id::{Id, Minter, RealmKind};
use crate::store::{Origin, Store, StoreError};

use super::marker::Marker;
use super::{Exit, Failure, Place, Result, bodies};

const ELSEWHERE: &str = "go to the installation's folder or name its fabu.toml with --config; fabu init makes a new installation, fabu migrate its database";

/// How a database is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// Where there was one it must be there still.
    Usual,
    /// One that was there is given up.
    Anew,
    /// It is a copy that goes its own way from now on.
    AsCopy,
}

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
    /// When it is missing, or neither `init` nor `migrate` made it: whoever works in the wrong folder must not end up
    /// with users and contacts in a database that nothing serves.
    pub async fn existing(place: &Place) -> Result<Self> {
        let config = configuration(place)?;
        let marker = Marker::read(&config.server)?;
        let store = Self::standing(&config, &marker).await?;
        let session = Self::up_to_date(config, store).await?;
        session.is_the_known_one(&marker).await?;
        Ok(session)
    }

    /// Opens the database for the server that will serve it: nothing in it is changed before it is this process's.
    ///
    /// # Errors
    /// As [`Session::existing`], and when another server has it.
    pub async fn serving(config: Config) -> Result<(Self, String)> {
        let mut marker = Marker::read(&config.server)?;
        let store = Self::standing(&config, &marker).await?;
        let file = match store.lock() {
            Ok(file) => file,
            Err(StoreError::Taken(_)) => return Err(Self::taken(&store).await),
            Err(error) => return Err(error.into()),
        };
        let session = Self::up_to_date(config, store).await?;
        session.is_the_known_one(&marker).await?;
        session.remember(&mut marker).await?;
        Ok((session, file))
    }

    /// Makes the database if it is missing and brings it up to date.
    /// Returns the names of the migrations that were applied now, too.
    ///
    /// # Errors
    /// When the configuration is wrong, the database cannot be opened, or there was one that is not there any more.
    pub async fn make(place: &Place, making: Making) -> Result<(Self, Vec<String>)> {
        let anew = making != Making::Usual;
        let config = configuration(place)?;
        let mut marker = Marker::read(&config.server)?;
        let shown = config.server.database_shown();
        let file = config.server.database_file();
        if let Some(known) = marker.known().filter(|_| !anew)
            && file.as_ref().is_some_and(|file| !file.exists())
        {
            return Err(marker.lost(known, &shown, "there is no such file"));
        }
        // An installation may move to PostgreSQL; another file is rather a slip.
        let elsewhere = marker.another().filter(|_| !anew && file.is_some());
        if let Some((other, known)) = elsewhere
            && file.as_ref().is_some_and(|file| !file.exists())
        {
            return Err(marker.worked_elsewhere(other, known, &shown));
        }
        if file.is_some() {
            let folder = &config.server.data_dir;
            own_folder(folder)
                .map_err(|error| Failure::file(folder, "the database was not opened", &error))?;
        }
        let store = Store::connect(&config.server.database_url()).await?;
        if let Some(known) = marker.known().filter(|_| !anew)
            && store.origin().await? == Origin::Empty
        {
            return Err(marker.lost(known, &shown, "it is empty"));
        }
        if let Some((other, known)) = elsewhere
            && store.origin().await? == Origin::Empty
        {
            return Err(marker.worked_elsewhere(other, known, &shown));
        }
        let applied = store.migrate().await?;
        let session = Self { config, store };
        if !anew {
            session.is_the_known_one(&marker).await?;
        }
        if making == Making::AsCopy {
            session.part_with_original().await?;
        }
        session.remember(&mut marker).await?;
        Ok((session, applied))
    }

    /// Says who has the lock, as far as the database knows.
    async fn taken(store: &Store) -> Failure {
        let owner = store.owner("").await.ok().flatten();
        let who = owner.map_or_else(String::new, |owner| owner.to_string());
        StoreError::Taken(who).into()
    }

    /// Sees that the database may be there, before anything is made for it.
    ///
    /// # Errors
    /// When its file is missing.
    pub fn can_be_there(config: &Config) -> Result<()> {
        let file = config.server.database_file();
        if file.is_none_or(|file| file.exists()) {
            return Ok(());
        }
        let marker = Marker::read(&config.server)?;
        let mut failure = absent(config, &marker, "there is no database", ELSEWHERE);
        failure.what.push_str("; nothing was started");
        Err(failure)
    }

    /// Reaches a database that this program made.
    async fn standing(config: &Config, marker: &Marker) -> Result<Store> {
        let absent = |what: &str, next: &str| absent(config, marker, what, next);
        if config
            .server
            .database_file()
            .is_some_and(|file| !file.exists())
        {
            return Err(absent("there is no database", ELSEWHERE));
        }
        let store = Store::connect(&config.server.database_url()).await?;
        match store.origin().await? {
            Origin::Ours => Ok(store),
            Origin::Empty => Err(absent(
                "the database is empty: neither fabu init nor fabu migrate has made it",
                "fabu migrate makes it ready",
            )),
            Origin::Foreign => Err(absent(
                "the database holds the tables of another program, and nothing that fabu init or fabu migrate has made",
                "name the right database, or a new one and run fabu migrate",
            )),
        }
    }

    async fn up_to_date(config: Config, store: Store) -> Result<Self> {
        store.migrate().await?;
        Ok(Self { config, store })
    }

    /// Refuses a database that is another one than the data folder has worked with.
    async fn is_the_known_one(&self, marker: &Marker) -> Result<()> {
        let Some(known) = marker.known() else {
            return Ok(());
        };
        match self.store.known_installation().await? {
            // A backup from before databases had names is taken for what it is a backup of.
            None => self
                .store
                .installation(&known.installation)
                .await
                .map(drop)?,
            Some(found) if found == known.installation => {}
            Some(found) => {
                let what = format!("this is another database ({found})");
                return Err(marker.lost(known, &self.config.server.database_shown(), &what));
            }
        }
        Ok(())
    }

    /// Gives a database that nobody serves a name of its own.
    async fn part_with_original(&self) -> Result<()> {
        if let Err(StoreError::Taken(_)) = self.store.lock() {
            return Err(Self::taken(&self.store).await);
        }
        Ok(self.store.rename(&fresh_name(self.now())).await?)
    }

    async fn remember(&self, marker: &mut Marker) -> Result<()> {
        let installation = self.store.installation(&fresh_name(self.now())).await?;
        marker.remember(&installation, self.now())
    }

    pub fn now(&self) -> Moment {
        SystemClock.now()
    }

    /// Whoever sits at this machine. Nobody logged in, so the name is the system's, marked as such.
    pub fn owner(&self) -> Actor {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok());
        let user: String = user
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        Actor::at_the_machine(if user.is_empty() { "unknown" } else { &user })
    }

    /// What verbs look at, as far as a command without a server knows it: the bodies, and nothing that needs plans.
    ///
    /// # Errors
    /// When `bodies.yaml` is there and cannot be read.
    pub fn world(&self) -> Result<World> {
        let bodies = bodies::read(&self.config)?;
        let plans = PlanSet {
            bodies: bodies.map(|file| file.bodies).unwrap_or_default(),
            ..PlanSet::default()
        };
        Ok(World {
            ids: Arc::new(Minter::from_os(RealmKind::Actual)),
            plans: Arc::new(plans),
            cache: Arc::new(PlanCache::default()),
        })
    }
}

/// Makes the data folder if it is missing, for its owner alone.
pub(super) fn own_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn absent(config: &Config, marker: &Marker, what: &str, next: &str) -> Failure {
    let shown = config.server.database_shown();
    match marker.known() {
        Some(known) => marker.lost(known, &shown, what),
        None => Failure::new(Exit::Failed, format!("{shown}: {what}; nothing was done")).next(next),
    }
}

fn fresh_name(now: Moment) -> String {
    let name: Id = Minter::from_os(RealmKind::Actual).mint(now);
    name.as_str().to_owned()
}
