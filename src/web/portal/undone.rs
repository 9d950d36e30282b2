//! A saying about orders: that one is over (解除转移了, "you may go home"), or that there is one. Nobody copied it from anywhere, and who
//! believes it too early goes home into the water; so it is answered by what is known of the orders themselves.
//!
//! Pure. It never calls the saying true; it shows the orders that bind there, what lifted them, or that there are none.

use super::SiteSettings;
use super::fate::{self, Is, Over};
use super::heard::is_said;
use super::page::mended::passages;
use super::righted::Righted;
use super::saying::{Matter, Saying, Stance};
use super::shelf::Shelf;
use super::spoken_groups::{are_among, spoken_groups};
use super::spoken_place::Places;
use crate::domain::area::Area;
use crate::domain::bulletin::Language;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;

/// More words than this are no saying.
const MOST: usize = 90;
/// How many orders are shown.
const NAMED: usize = 5;

/// What is known of the orders that a saying is about.
pub enum Told<'e> {
    /// It calls over what is so nowhere.
    StillBinds(Vec<&'e PortalEntry>),
    OverInPart(Vec<&'e PortalEntry>),
    /// With the texts that lifted it in front.
    IsLifted(Vec<&'e PortalEntry>),
    /// There is an order of the kind there, with another hour, place or number.
    Differs(Vec<&'e PortalEntry>),
    /// There is one, and nothing contradicts it.
    Stands(Vec<&'e PortalEntry>),
    /// Something else binds there.
    Other(Vec<&'e PortalEntry>),
    /// Texts that may be meant.
    Near(Vec<&'e PortalEntry>),
    Nothing,
}

/// None where `asked` says nothing of orders, or nothing is known of what it says.
pub fn told<'e>(settings: &SiteSettings, shelf: &'e Shelf, asked: &str) -> Option<Told<'e>> {
    let saying = Saying::read(asked);
    if saying.words() > MOST {
        return None;
    }
    let places = Places::named(settings, shelf, &saying.text);
    over(settings, shelf, &saying, &places).or_else(|| there(settings, shelf, &saying, &places))
}

/// The same of a saying that something is over, only.
pub fn called_over<'e>(settings: &SiteSettings, shelf: &'e Shelf, asked: &str) -> Option<Told<'e>> {
    let saying = Saying::read(asked);
    let places = Places::named(settings, shelf, &saying.text);
    over(settings, shelf, &saying, &places)
}

/// What is to be said of `order` to somebody who adds that it is over; None where nothing of the kind is added.
pub fn disowned(shelf: &Shelf, order: &PortalEntry, added: &str) -> Option<Is> {
    let is_over = Saying::read(added).stance == Some(Stance::Over);
    (order.binds && is_over).then(|| fate::is(shelf, order))
}

fn over<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    saying: &Saying,
    places: &Places,
) -> Option<Told<'e>> {
    let is_over = saying.stance == Some(Stance::Over);
    if !is_over || saying.matters.is_empty() && !saying.is_bare(places.names()) {
        return None;
    }
    // What goes on elsewhere is another matter: 圩南村不用走了，沿江村要走.
    let of_clause = Places::named(settings, shelf, &saying.over);
    let places = match of_clause.is_empty() {
        true => places,
        false => &of_clause,
    };
    let is_there = |entry: &&PortalEntry| places.is_empty() || places.concern(entry);
    let orders = orders(shelf).filter(|entry| is_meant(entry, &saying.matters));
    answered(
        settings,
        shelf,
        orders.filter(is_there).collect(),
        saying,
        places,
    )
}

/// What binds where a saying says that people have to do something.
fn there<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    saying: &Saying,
    places: &Places,
) -> Option<Told<'e>> {
    let matters = &saying.matters;
    // Whoever gives a place and nothing else asks what holds there.
    let is_place = saying.is_place(places.names());
    if matters.is_empty() && !saying.tells() && !is_place {
        return None;
    }
    let in_force = |entry: &&PortalEntry| shelf.holds(entry);
    if !places.are_near(settings) {
        let excepted = orders(shelf).filter(in_force);
        let excepted = first(
            excepted
                .filter(|entry| excepts(settings, shelf, entry, saying, places))
                .collect(),
        );
        if is_place && !excepted.is_empty() {
            return Some(Told::Stands(excepted));
        }
        let meant = orders(shelf).filter(in_force);
        let meant = first(meant.filter(|entry| is_meant(entry, matters)).collect());
        return (!matters.is_empty() && !meant.is_empty()).then_some(Told::Stands(meant));
    }
    let concern = |entry: &&PortalEntry| places.concern(entry);
    let all: Vec<&PortalEntry> = orders(shelf).filter(concern).collect();
    let (there, gone): (Vec<&PortalEntry>, Vec<&PortalEntry>) =
        (all.into_iter()).partition(|entry| in_force(entry) && !is_lifted(shelf, entry, places));
    let (same, other): (Vec<&PortalEntry>, Vec<&PortalEntry>) = there
        .into_iter()
        .partition(|entry| is_meant(entry, matters));
    if !same.is_empty() {
        let agrees = |order: &&PortalEntry| saying.agrees_with(&words_of(shelf, order));
        return Some(match same.iter().any(agrees) {
            true => Told::Stands(first(same)),
            false => Told::Differs(first(same)),
        });
    }
    let mut gone = gone;
    gone.retain(|entry| (is_place || !matters.is_empty()) && is_meant(entry, matters));
    let lifted: Vec<&PortalEntry> = gone
        .iter()
        .copied()
        .filter(|order| {
            fate::is(shelf, order) == Is::Over(Over::Lifted) || is_lifted(shelf, order, places)
        })
        .collect();
    if !lifted.is_empty() {
        return answered(settings, shelf, lifted, saying, places);
    }
    if is_place {
        return None;
    }
    // What only advises may say it.
    let says = |entry: &&PortalEntry| {
        let text = &entry.text;
        let parts = [Some(&text.title), text.action.as_ref(), Some(&text.text)];
        let mut parts = parts.into_iter().flatten();
        let mut words = matters.iter().flat_map(|matter| matter.ordered);
        let is_answer = entry.kind == ItemKind::Refutation;
        !is_answer && parts.any(|part| words.any(|word| is_said(part, word)))
    };
    let advice = shelf
        .current()
        .filter(|entry| !entry.binds && entry.corrects.is_none());
    let advice = advice.filter(concern).filter(says);
    let near = first(gone.into_iter().chain(advice).collect());
    Some(match (near.is_empty(), other.is_empty()) {
        (false, _) => Told::Near(near),
        (true, false) => Told::Other(first(other)),
        (true, true) => Told::Nothing,
    })
}

/// The orders that are here, the newest first.
fn orders(shelf: &Shelf) -> impl Iterator<Item = &PortalEntry> {
    // What mends an order stands in its card.
    let orders = shelf.all().iter();
    orders.filter(|entry| entry.binds && entry.corrects.is_none())
}

fn first(mut orders: Vec<&PortalEntry>) -> Vec<&PortalEntry> {
    orders.sort_by_key(|entry| !entry.saves_life);
    orders.truncate(NAMED);
    orders
}

/// Whether `entry` orders one of `matters`, or anything where none is named.
fn is_meant(entry: &PortalEntry, matters: &[&Matter]) -> bool {
    let english = entry.text.title_en.as_deref().unwrap_or_default();
    let title = format!("{} {english}", entry.text.title).to_lowercase();
    let mut matters_of = matters.iter().flat_map(|matter| matter.ordered);
    matters.is_empty() || matters_of.any(|word| is_said(&title, word))
}

/// Whether `entry` was lifted in all of the places that are named.
fn is_lifted(shelf: &Shelf, entry: &PortalEntry, places: &Places) -> bool {
    let by = shelf.stands_for(entry);
    let mut known = places.known.iter();
    !places.known.is_empty() && known.all(|(_, place)| by.is_lifted_in(place))
}

/// Whether the lifting of `entry` in the places that are named does not hold for any group that is.
fn excepts(
    settings: &SiteSettings,
    shelf: &Shelf,
    entry: &PortalEntry,
    saying: &Saying,
    places: &Places,
) -> bool {
    let mut named = spoken_groups(settings, shelf, &saying.text);
    for groups in named.iter_mut().filter(|groups| groups.of.is_empty()) {
        groups.of = places.clone();
    }
    let is_there = |area: &Area| {
        let mut known = places.known.iter();
        places.known.is_empty() || known.any(|(_, place)| area.area.overlaps(place))
    };
    let lifted = shelf.stands_for(entry).lifted.iter().rev();
    let last = lifted
        .filter(|lifted| lifted.areas.iter().any(is_there))
        .map(|lifted| [&lifted.except, &lifted.except_en])
        .next();
    let excepted = last.into_iter().flatten().flatten();
    let excepted: Vec<_> = excepted
        .flat_map(|words| spoken_groups(settings, shelf, words))
        .collect();
    !named.is_empty() && are_among(&named, &excepted)
}

/// All that `order` says, with the right words wherever a passage was corrected.
fn words_of(shelf: &Shelf, order: &PortalEntry) -> String {
    let text = &order.text;
    let zh = [Some(&text.title), text.action.as_ref(), Some(&text.text)];
    let en = [
        text.title_en.as_ref(),
        text.action_en.as_ref(),
        text.text_en.as_ref(),
    ];
    let parts = zh.into_iter().chain(en).flatten().chain(&order.short);
    let mut words = parts
        .chain(&order.hotline)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    words = (Righted::of(shelf, order).and_then(|righted| righted.text(&words))).unwrap_or(words);
    for language in [Language::ZhCn, Language::En] {
        for passage in passages(shelf, order, language) {
            words.push('\n');
            words.push_str(&passage.right);
        }
    }
    words
}

fn answered<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    orders: Vec<&'e PortalEntry>,
    saying: &Saying,
    places: &Places,
) -> Option<Told<'e>> {
    let is_lifted_in_one = |entry: &PortalEntry| {
        let by = shelf.stands_for(entry);
        let mut known = places.known.iter();
        known.any(|(_, place)| by.is_lifted_in(place))
    };
    let in_force = |entry: &&PortalEntry| shelf.holds(entry) && !is_lifted(shelf, entry, places);
    let mut binding = first(orders.iter().copied().filter(in_force).collect());
    let mut over: Vec<&PortalEntry> = Vec::new();
    for order in orders {
        let is_over = fate::is(shelf, order) == Is::Over(Over::Lifted);
        let by = match is_over {
            true => shelf.lifted_by(order),
            false if is_lifted_in_one(order) => {
                let last = shelf.stands_for(order).lifted.last();
                last.and_then(|lifted| shelf.release(lifted.by.as_str()))
            }
            false => continue,
        };
        for entry in by.into_iter().chain([order]) {
            let is_new =
                |all: &[&PortalEntry]| !all.iter().any(|other| other.release == entry.release);
            if is_new(&over) && is_new(&binding) {
                over.push(entry);
            }
        }
    }
    if !binding.is_empty() {
        let in_part = |entry: &&PortalEntry| {
            fate::is(shelf, entry) == Is::LiftedInPart
                && !excepts(settings, shelf, entry, saying, places)
        };
        // Of two villages that were named, one may be free and the other not.
        let one_is_free = places.names().count() > 1 && !over.is_empty();
        if one_is_free || binding.iter().any(in_part) {
            if one_is_free {
                binding.extend(over);
                binding.truncate(NAMED);
            }
            return Some(Told::OverInPart(binding));
        }
        return Some(Told::StillBinds(binding));
    }
    over.truncate(NAMED);
    (!over.is_empty()).then_some(Told::IsLifted(over))
}
