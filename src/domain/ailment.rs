//! What may keep a server from doing its work, told apart by what somebody has to do about it.

/// Why the store takes no change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// The disk of the database has no room: nothing can be written.
    DiskFull,
    /// The database that was opened is no longer in its place.
    DatabaseMissing,
    /// Another file or database stands in the place of the one that was opened.
    ForeignDatabase,
    /// Another process has taken the database over.
    LockLost,
    /// The database is there, and makes no change durable in time.
    StoreSlow,
    /// The database cannot be reached, or refuses.
    StoreUnavailable,
}

impl Ailment {
    /// A stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::DiskFull => "disk-full",
            Self::DatabaseMissing => "database-missing",
            Self::ForeignDatabase => "foreign-database",
            Self::LockLost => "lock-lost",
            Self::StoreSlow => "store-slow",
            Self::StoreUnavailable => "store-unavailable",
        }
    }

    /// Whether this process must send nothing more: another may be at the same work, or nothing would be remembered.
    pub fn forbids_work(self) -> bool {
        matches!(
            self,
            Self::DatabaseMissing | Self::ForeignDatabase | Self::LockLost
        )
    }
}

/// What ails a server, in words for its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailing {
    pub ailment: Ailment,
    pub detail: String,
}
