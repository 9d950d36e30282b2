//! Whether two texts share no more than a name: that of an office, a title, an event.

use crate::domain::portal::PortalEntry;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::wording::{Likeness, Wording};

/// Whether what two texts share is only the name of who says it.
pub(super) fn is_office(entry: &PortalEntry, form: &str, like: &Likeness) -> bool {
    let text = &entry.text;
    let names = [
        Some(&entry.body_name),
        entry.body_name_en.as_ref(),
        Some(&text.signed_body),
        text.signed_body_en.as_ref(),
    ];
    names
        .into_iter()
        .flatten()
        .any(|name| shares(form, like, name))
}

/// Whether it is only what the text is called, or what it is about.
pub(super) fn is_title(entry: &PortalEntry, form: &str, like: &Likeness) -> bool {
    let names = [
        Some(&entry.text.title),
        entry.text.title_en.as_ref(),
        Some(&entry.incident_title),
    ];
    names
        .into_iter()
        .flatten()
        .any(|name| shares(form, like, name))
}

/// The order whose title is all that the two share, since `entry` names it as one that goes on.
pub(super) fn quoted<'e>(
    shelf: &'e Shelf,
    entry: &PortalEntry,
    form: &str,
    like: &Likeness,
) -> Option<&'e PortalEntry> {
    let named = entry.text.binding.iter();
    let mut named = named.filter_map(|bound| shelf.release(bound.release.as_str()));
    named.find(|order| {
        let titles = [Some(&order.text.title), order.text.title_en.as_ref()];
        let mut titles = titles.into_iter().flatten();
        titles.any(|title| shares(form, like, title))
    })
}

/// Whether hardly a word beside `name` is shared.
fn shares(form: &str, like: &Likeness, name: &str) -> bool {
    /// So many words are shared by chance.
    const CHANCE: usize = 3;
    let (ours, name) = (Wording::new(form), Wording::new(name));
    if name.keys().is_empty() {
        return false;
    }
    let overlap = |place: std::ops::Range<usize>| {
        let (from, to) = (
            place.start.max(like.core.start),
            place.end.min(like.core.end),
        );
        to.saturating_sub(from)
    };
    let named = ours.places(&name).map(overlap).max().unwrap_or(0);
    named > 0 && like.same <= named + CHANCE
}
