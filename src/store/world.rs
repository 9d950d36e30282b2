//! The mark that says which world a database holds. What was rehearsed in one can never be worked on in the other.

use super::{Result, Store, StoreError};
use crate::args;
use crate::id::RealmKind;

impl Store {
    /// Marks this database as `kind`'s, or finds that it is.
    ///
    /// # Errors
    /// [`StoreError::OtherWorld`] when it holds the other world; nothing was written.
    pub async fn belong_to(&self, kind: RealmKind) -> Result<()> {
        let wanted = name(kind);
        let mut tx = self.begin().await?;
        tx.conn
            .execute(
                "INSERT INTO realm (one, kind) VALUES (1, $1) ON CONFLICT (one) DO NOTHING",
                args![wanted],
            )
            .await?;
        let rows = tx
            .conn
            .query("SELECT kind FROM realm WHERE one = 1", args![])
            .await?;
        let found = match rows.first() {
            Some(row) => row.text(0)?.to_owned(),
            None => wanted.to_owned(),
        };
        if found != wanted {
            return Err(StoreError::OtherWorld { found, wanted });
        }
        tx.commit().await
    }
}

fn name(kind: RealmKind) -> &'static str {
    match kind {
        RealmKind::Actual => "actual",
        RealmKind::Drill => "drill",
    }
}
