//! What may keep a server from doing its work, told apart by what somebody has to do about it.

/// Why the store takes no change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// Nothing can be written until there is room.
    DiskFull,
    /// What was there at the start is gone.
    DatabaseMissing,
    /// What is there now is another one.
    ForeignDatabase,
    /// Another process has taken it over.
    LockLost,
    /// It is there, and does not get round to a change in time.
    StoreSlow,
    /// It cannot be reached, or refuses.
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

    /// Whether this process must not work on what it still holds: somebody else may, or it would be lost.
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
