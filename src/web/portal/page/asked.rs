//! What a text asks of people as it stands now: what was lifted is said first and in one breath with what goes on, the words of a
//! correction are the right ones, and what a text of the response said of measures that are over is not said again.

use super::mended::Mend;
use crate::domain::area::Area;
use crate::domain::plan::ItemKind;
use crate::domain::portal::{LiftedIn, PortalEntry};
use crate::web::portal::frame::{Frame, Said, places};
use crate::web::portal::named::Named;
use crate::web::portal::shelf::{Shelf, end_after};
use crate::words::fill;

/// What to do. A correction says to go by the corrected words; what the measure that it mends asks of people stands beside that.
pub fn standing_action(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<Said> {
    let mended = entry.corrects.as_ref().filter(|_| entry.binds);
    let original = mended.and_then(|corrects| shelf.release(corrects.release.as_str()));
    let Some(mut asked) = original.and_then(|original| words(frame, original, true)) else {
        return action(frame, shelf, entry, true);
    };
    // The words that it mends are shown as they are right.
    let mend = original.and_then(|original| Mend::of(shelf, original, frame.view.language));
    if let Some(mend) = mend {
        asked.text = mend.action_as_now(&asked.text);
    }
    if let Some(own) = words(frame, entry, true)
        && own.lang == asked.lang
        && own.text != asked.text
    {
        asked.text = format!("{} {}", asked.text, own.text);
    }
    Some(behind_lifted(frame, shelf, entry, asked))
}

/// What to do, in the page's language; while it `asks` anything, where it was lifted stands before that.
pub fn action(frame: &Frame, shelf: &Shelf, entry: &PortalEntry, asks: bool) -> Option<Said> {
    let mut said = words(frame, entry, asks)?;
    if !asks {
        return Some(said);
    }
    if let Some(named) = Named::of(shelf, entry) {
        said.text = named.without(&said.text)?;
    }
    Some(behind_lifted(frame, shelf, entry, said))
}

/// `said` with what was lifted before it: whoever is there must not read that it is asked of them.
fn behind_lifted(frame: &Frame, shelf: &Shelf, entry: &PortalEntry, mut said: Said) -> Said {
    let stands = shelf.stands_for(entry);
    let lines = lifted(frame, stands);
    if lines.is_empty() {
        return said;
    }
    let lines = lines.join(&frame.w.semicolon);
    let by_now = || stands.liftings().filter(|lifted| !lifted.to_come);
    let whom: Vec<String> = by_now().filter_map(|one| whom(frame, one)).collect();
    let whom = whom.join(&frame.w.comma);
    // Whether it binds anywhere but there.
    let is_elsewhere = stands.areas.iter().any(|own| {
        let mut over = by_now().flat_map(|lifted| &lifted.areas);
        !over.any(|over| over.area.contains(&own.area))
    });
    let words = match (by_now().next().is_none(), whom.is_empty(), is_elsewhere) {
        (true, ..) => &frame.w.lifted_later,
        (_, true, _) => &frame.w.lifted_first,
        (_, false, true) => &frame.w.lifted_first_but,
        (_, false, false) => &frame.w.lifted_first_only,
    };
    let values = [("lifted", &*lines), ("whom", &whom), ("action", &said.text)];
    said.text = fill(words, &values);
    said
}

/// For whom a lifting does not hold.
fn whom(frame: &Frame, lifted: &LiftedIn) -> Option<String> {
    let except = lifted.except.as_deref()?;
    Some(frame.said(except, lifted.except_en.as_deref()).text)
}

/// The same behind where it was lifted: whoever reads the one must read the other in one breath.
pub fn but(frame: &Frame, lifted: &LiftedIn) -> String {
    let whom = whom(frame, lifted);
    whom.map_or_else(String::new, |whom| {
        fill(&frame.w.lifted_but, &[("whom", &whom)])
    })
}

/// Where it was lifted, a line for each time, where no action says so.
pub fn lifted_beside(
    frame: &Frame,
    shelf: &Shelf,
    entry: &PortalEntry,
    action: Option<&Said>,
) -> Vec<String> {
    match action {
        Some(_) => Vec::new(),
        None => lifted(frame, shelf.stands_for(entry)),
    }
}

/// What has become of the measures that `entry` named as binding.
pub fn named_over(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    Named::of(shelf, entry).map_or_else(Vec::new, |named| named.lines(frame, entry))
}

/// Of what goes out with the end of a response or after it: the measures that it named and that bind on, so that nobody reads the
/// end and goes home.
pub fn standing_orders(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<String> {
    let is_of_the_end = entry.has_ended() && end_after(entry).is_none();
    let named = Named::of(shelf, entry).filter(|_| is_of_the_end)?;
    let orders = named.standing(frame).join(&frame.w.semicolon);
    (!orders.is_empty()).then(|| fill(&frame.w.named_stand, &[("orders", &orders)]))
}

/// Where it was lifted, a line for each time.
pub fn lifted(frame: &Frame, entry: &PortalEntry) -> Vec<String> {
    let lines = entry.liftings().map(|lifted| {
        let places = places(frame.view.language, &lifted.areas);
        let at = frame.stamp(lifted.at, entry).text;
        let words = match lifted.to_come {
            true => &frame.w.lifted_from,
            false => &frame.w.lifted_in,
        };
        let but = but(frame, lifted);
        fill(words, &[("places", &places), ("but", &but), ("at", &at)])
    });
    lines.collect()
}

/// The orders that bind in the places of an answer to a rumour: who reads that the dyke is whole must not read that nobody has to
/// leave.
pub fn binding_there<'s>(shelf: &'s Shelf, entry: &PortalEntry) -> Vec<&'s PortalEntry> {
    /// How many are named.
    const NAMED: usize = 3;
    if entry.kind != ItemKind::Refutation {
        return Vec::new();
    }
    let is_there = |order: &&PortalEntry| {
        let bound = &shelf.stands_for(order).areas;
        let mut bound = bound.iter();
        bound.any(|own| (entry.areas.iter()).any(|area| own.area.overlaps(&area.area)))
    };
    let orders = shelf
        .current()
        .filter(|order| order.binds && order.corrects.is_none());
    let mut orders: Vec<&PortalEntry> = orders.filter(is_there).collect();
    orders.sort_by_key(|order| !order.saves_life);
    orders.truncate(NAMED);
    orders
}

/// The same in a line.
pub fn binding_line(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<String> {
    let orders = binding_there(shelf, entry).into_iter();
    let titles: Vec<String> = orders.map(|order| frame.entry_title(order).text).collect();
    let titles = titles.join(&frame.w.semicolon);
    (!titles.is_empty()).then(|| format!("{}{titles}", frame.w.binds_there))
}

/// The parts of its places where it holds no more, as they stand behind the list of its places.
pub fn except(frame: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Option<String> {
    let stands = shelf.stands_for(entry);
    let lifted = stands.liftings().filter(|lifted| !lifted.to_come);
    let is_part = |area: &&Area| {
        let mut own = entry.areas.iter();
        own.any(|own| own.area.contains(&area.area))
    };
    let mut whole: Vec<Area> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let line = |areas: &[Area], but: String| {
        let values = [
            ("places", &*places(frame.view.language, areas)),
            ("but", &but),
        ];
        fill(&frame.w.place_lifted, &values)
    };
    for lifted in lifted {
        let parts: Vec<Area> = lifted.areas.iter().filter(is_part).cloned().collect();
        match but(frame, lifted) {
            _ if parts.is_empty() => {}
            but if but.is_empty() => whole.extend(parts),
            but => said.push(line(&parts, but)),
        }
    }
    if !whole.is_empty() {
        said.insert(0, line(&whole, String::new()));
    }
    let said = said.join(&frame.w.semicolon);
    (!said.is_empty()).then(|| fill(&frame.w.place_except, &[("said", &said)]))
}

/// What it asks, in the page's language. An English page of a text that says it in Chinese only says whom to ask, while it `asks`
/// anything.
fn words(frame: &Frame, entry: &PortalEntry, asks: bool) -> Option<Said> {
    let some = |text: Option<&str>| text.map(str::trim).is_some_and(|text| !text.is_empty());
    let text = &entry.text;
    let (zh, en) = (text.action.as_deref(), text.action_en.as_deref());
    if !some(zh) && !some(en) {
        return None;
    }
    if frame.is_chinese() || some(en) {
        return Some(frame.said(zh.or(en)?, en));
    }
    let w = frame.w;
    let places = places(frame.view.language, &entry.areas);
    let what = match asks && entry.binds && !places.is_empty() {
        true => fill(&w.chinese_only_order, &[("places", &places)]),
        false => w.chinese_only_action.clone(),
    };
    let number = (entry.hotline.as_ref()).or(frame.settings.hotline.as_ref());
    let number = number.filter(|_| asks);
    let ask = number.map(|number| fill(&w.ask_in_english, &[("hotline", number)]));
    let sentences: Vec<String> = std::iter::once(what).chain(ask).collect();
    Some(frame.own(sentences.join(" ")))
}
