//! What explains a notice or advice is over with it: nobody shall read what to do before the storm when the storm is there, or what a
//! level means that holds no more.
//!
//! What explains an order ends with that order (`flow::publish`), and what explains figures stays.

use super::fate::{Is, Over, what_is};
use super::shelf::Shelf;
use crate::domain::plan::ItemKind;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::time::Moment;

/// The explanations that are over with what they explain: their places on the shelf, and what they stand as.
pub fn over(shelf: &Shelf) -> Vec<(usize, Standing)> {
    let entries = shelf.all().iter().enumerate();
    entries
        .filter_map(|(at, entry)| Some((at, standing(shelf, entry)?)))
        .collect()
}

fn standing(shelf: &Shelf, entry: &PortalEntry) -> Option<Standing> {
    if !entry.standing.is_current() {
        return None;
    }
    let (how, at) = end(shelf, entry)?;
    let of = shelf.release(entry.interprets.as_ref()?.as_str())?;
    Some(match (how, &of.standing) {
        (Over::Expired, _) => Standing::Expired { at },
        (_, Standing::Lifted { by, .. }) => Standing::Lifted { at, by: by.clone() },
        _ => Standing::Superseded { at },
    })
}

/// By what an explanation is over that nothing else has ended, and since when.
pub fn end(shelf: &Shelf, entry: &PortalEntry) -> Option<(Over, Moment)> {
    if entry.kind != ItemKind::Interpretation {
        return None;
    }
    let of = shelf.release(entry.interprets.as_ref()?.as_str())?;
    let asks = matches!(
        of.kind,
        ItemKind::Notice | ItemKind::Advisory | ItemKind::Warning
    );
    if !asks || of.binds {
        return None;
    }
    let (Is::Over(how), Some(at)) = what_is(shelf, of) else {
        return None;
    };
    // One that came late was over when it came; with the end of the response it ended at that hour.
    let at = match how {
        Over::ResponseEnded => at,
        _ => at.max(entry.published_at),
    };
    Some((how, at))
}
