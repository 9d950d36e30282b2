//! What was due, what went out, what was late: read from the journal alone.

use super::VerbError;
use crate::domain::trace::{Reader, Trace};
use crate::store::Tx;

/// Every release of an incident (or of all), in order of deadline.
///
/// # Errors
/// The store's, which names an entry that cannot be read.
pub async fn timeline(tx: &mut Tx, incident: Option<&str>) -> Result<Vec<Trace>, VerbError> {
    const PAGE: u32 = 5_000;
    let mut reader = Reader::default();
    let mut after = 0;
    loop {
        let page = tx.told_after(after, incident, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        page.iter().for_each(|entry| reader.take(entry));
    }
    Ok(reader.finish())
}
