//! Which channels an operator has switched on or off.

use std::collections::BTreeMap;

use super::{Result, Tx};
use crate::args;
use crate::domain::time::Moment;

impl Tx {
    /// Which channels an operator has switched on or off.
    pub async fn channel_switches(&mut self) -> Result<BTreeMap<String, bool>> {
        let rows = self
            .conn
            .query("SELECT channel, enabled FROM channel_switch", Vec::new())
            .await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)? != 0)))
            .collect()
    }

    pub async fn switch_channel(
        &mut self,
        channel: &str,
        enabled: bool,
        by: &str,
        now: Moment,
    ) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO channel_switch (channel, enabled, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (channel) DO UPDATE SET enabled = excluded.enabled, changed_at = excluded.changed_at, \
                 changed_by = excluded.changed_by",
                args![channel, enabled, now, by],
            )
            .await?;
        Ok(())
    }
}
