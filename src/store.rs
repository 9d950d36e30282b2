//! Persistence; the only place that knows SQL.
//!
//! Three drivers (`sqlite`, `memory`, `postgres`) speak one small language: statements with `$1` placeholders over
//! 64-bit integers and text. Everything above them is written once, one file per aggregate, as methods of [`Tx`]. Where
//! the databases differ, [`Dialect`] chooses between two statements that stand beside each other. `tests/it/store.rs`
//! runs the same suite on each.
//!
//! Every method fails when the database cannot be reached or refuses, or when a row cannot be read; a transaction whose
//! statement failed can only be dropped. `# Errors` says what a method adds to that.
//!
//! To add a table: one migration in each of `migrations/sqlite` and `migrations/postgres` with the same name, one file
//! here, and its rows in the conformance suite.

mod agenda;
mod asked;
mod audience;
mod bulletin;
mod channel;
mod contact;
mod lease;
mod delivery;
mod receipt;
mod dispatch;
mod early;
mod error;
mod heard;
mod incident;
mod journal;
mod listed;
pub mod lock;
mod memory;
mod migrate;
mod owner;
mod person;
mod postgres;
mod progress;
mod readable;
mod release;
mod resend;
mod session;
mod shown;
mod sqlite;
mod sqlite_file;
mod sqlite_log;
mod sqlx_tx;
mod statement;
mod trouble;
mod turn;
mod value;
mod world;

pub use agenda::Agenda;
pub use contact::{CONTACT_BATCH, ReachCount, Upserted};
pub use early::Early;
pub use error::StoreError;
pub use heard::Heard;
pub use journal::Of;
pub use migrate::{MigrationStatus, Origin};
pub use owner::Taking;
pub use person::GivenAnswer;
pub use progress::DeliveryView;
pub use readable::{Readable, Unreadable};
pub use receipt::{Expecting, Part, Received};
pub use release::{OpenReleases, ReleaseFilter, Series};
pub use resend::{Otherwise, SentAgain};
pub use shown::Shown;
pub use trouble::{OpenTrouble, UntoldTrouble};
pub use turn::Untold;
pub use value::{Row, Value};

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;

pub type Result<T> = std::result::Result<T, StoreError>;

/// What differs between the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A database that transactions can be begun on.
#[async_trait]
pub trait Driver: Send + Sync {
    fn dialect(&self) -> Dialect;
    /// Begins a transaction that may write. On SQLite there is one writer at a time and this waits for its turn.
    async fn begin(&self) -> Result<Box<dyn Connection>>;
    /// Begins a transaction that only reads, from one consistent picture, beside any writer.
    async fn read(&self) -> Result<Box<dyn Connection>>;
    async fn close(&self);

    /// Takes the lock on the file that holds the database, and says which file that is; empty where there is none. The
    /// lock ends with the driver, or with the process.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another process holds it.
    fn lock(&self) -> Result<String> {
        Ok(String::new())
    }

    /// Looks whether what was opened is still in its place, with room to write. Touches the disk.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`] or [`StoreError::Full`].
    fn look(&self) -> Result<()> {
        Ok(())
    }

    /// Gives an empty database, or one of this program's, the form in which this program keeps it.
    async fn prepare(&self) -> Result<()> {
        Ok(())
    }

    /// Opens every connection that will be used. One that is opened later would make files anew that were taken away
    /// meanwhile, and cover that they are gone.
    async fn open_all(&self) -> Result<()> {
        Ok(())
    }

    /// Brings what was written last to safety if the file that holds it was taken away from under this process. Returns
    /// whether there was something to do.
    async fn rescue(&self) -> Result<bool> {
        Ok(false)
    }

    /// Moves what was written to where a copy of the database's file would have it, as far as that holds up nobody.
    async fn settle(&self) -> Result<()> {
        Ok(())
    }
}

/// One open transaction. Dropping it rolls it back.
#[async_trait]
pub trait Connection: Send {
    fn dialect(&self) -> Dialect;
    /// Returns how many rows were changed.
    async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64>;
    async fn query(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>>;
    /// Inserts many rows with few statements, in order. `head` is `INSERT INTO t (a, b) VALUES`; `tail` may be an
    /// `ON CONFLICT` clause or empty.
    async fn insert_many(
        &mut self,
        head: &'static str,
        rows: Vec<Vec<Value>>,
        tail: &'static str,
    ) -> Result<u64>;
    /// Runs several statements without parameters, such as a migration.
    async fn script(&mut self, sql: &'static str) -> Result<()>;
    /// Refuses when any statement before it failed: nothing of the transaction is kept then.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// The driver that `url` asks for, connected. [`Store`] is what the rest of the program uses.
///
/// # Errors
/// When the URL is not understood or the database cannot be reached.
pub async fn driver(url: &str) -> Result<Arc<dyn Driver>> {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(postgres::Postgres::open(url).await?))
    } else if memory::is_meant_by(url) {
        Ok(Arc::new(memory::Memory::open()?))
    } else {
        Ok(Arc::new(sqlite::Sqlite::open(url).await?))
    }
}

/// The database of one realm. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    driver: Arc<dyn Driver>,
    /// Why no change is taken, if none is.
    barred: Arc<ArcSwapOption<String>>,
    /// The process that serves this store, once it does.
    owner: Arc<ArcSwapOption<owner::Held>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH`, `sqlite::memory:` or `postgres://…`) and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be reached, is newer than this program, or a migration fails; says which.
    pub async fn open(url: &str) -> Result<Self> {
        let store = Self::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Reaches the database at `url` and leaves it as it is; only [`Store::migrations`] and [`Store::migrate`] are of
    /// use until it is up to date.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self::over(driver(url).await?))
    }

    /// What [`Store::connect`] makes, over a driver that the caller keeps a hand on.
    pub fn over(driver: Arc<dyn Driver>) -> Self {
        Self {
            driver,
            barred: Arc::default(),
            owner: Arc::default(),
        }
    }

    /// Every migration this program knows, oldest first, and whether the database has it. Changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached, is newer than this program, or was migrated with other contents.
    pub async fn migrations(&self) -> Result<Vec<MigrationStatus>> {
        migrate::status(self.driver.as_ref()).await
    }

    /// Whose work the contents are. Changes nothing.
    pub async fn origin(&self) -> Result<Origin> {
        migrate::origin(self.driver.as_ref()).await
    }

    /// Applies what is missing and returns the names of what was applied, oldest first.
    ///
    /// # Errors
    /// As [`Store::migrations`], or when a migration fails; those before it are applied then, it is not.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        let taken = migrate::run(self.driver.as_ref()).await?;
        self.fill_turns().await?;
        Ok(taken)
    }

    pub fn dialect(&self) -> Dialect {
        self.driver.dialect()
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        if let Some(why) = self.barred.load_full() {
            return Err(StoreError::Barred(why.as_ref().clone()));
        }
        Ok(Tx {
            conn: self.driver.begin().await?,
        })
    }

    /// Begins a transaction that only reads.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx {
            conn: self.driver.read().await?,
        })
    }

    /// Refuses every change from now on, for `why`; None takes them again.
    pub fn bar(&self, why: Option<String>) {
        self.barred.store(why.map(Arc::new));
    }

    /// Opens every connection that a server will use, before anything can happen to the files.
    ///
    /// # Errors
    /// When one of them cannot be opened.
    pub async fn open_all(&self) -> Result<()> {
        self.driver.open_all().await
    }

    pub async fn close(&self) {
        self.driver.close().await;
    }
}

/// An open transaction, with a method for everything the program keeps. Dropping it rolls it back.
pub struct Tx {
    pub(crate) conn: Box<dyn Connection>,
}

impl Tx {
    /// Makes everything done in this transaction durable.
    ///
    /// # Errors
    /// When the database cannot say that it is. Nothing of it has happened then, unless the error is
    /// [`StoreError::Uncertain`].
    pub async fn commit(self) -> Result<()> {
        self.conn.commit().await
    }

    pub fn dialect(&self) -> Dialect {
        self.conn.dialect()
    }
}
