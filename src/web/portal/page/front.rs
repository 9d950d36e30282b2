//! The front page: what is in force now. What saves lives stands above everything, then what else binds people, both whole and
//! whatever their level; then the highest level first.

use askama::Template;

use super::bulletin::cards;
use super::card::{Card, stands_alone};
use crate::domain::level::ResponseLevel;
use crate::domain::portal::PortalEntry;
use crate::domain::time::Moment;
use crate::web::portal::SiteSettings;
use crate::web::portal::frame::{Badge, Frame, Link};
use crate::web::portal::route::View;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::when::Stamp;
use crate::web::portal::wording::Piece;

/// How many past ones the front page still names.
const RECENT: usize = 8;
/// How many of one level it shows; more have a page of their own.
const PER_LEVEL: usize = 25;

#[derive(Template)]
#[template(path = "portal/pages/front.html")]
pub struct Front<'a> {
    f: Frame<'a>,
    updated: Stamp,
    count: String,
    /// What saves lives, of every level, and of ended responses until it is lifted.
    first: Vec<Card>,
    /// The other measures that people have to keep to until they are lifted.
    binding: Vec<Card>,
    levels: Vec<Level>,
    /// What still stands of responses that have ended.
    ended: Vec<Card>,
    incidents: Vec<Going>,
    over: Vec<Going>,
    recent: Vec<Card>,
    areas: Vec<Link>,
}

struct Level {
    badge: Badge,
    cards: Vec<Card>,
    more: Option<Link>,
}

/// An incident with something in force.
struct Going {
    link: Link,
    badge: Badge,
    latest: Stamp,
}

impl<'a> Front<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View, now: Moment) -> Self {
        let mut f = Frame::new(settings, view, "", "/");
        f.description = f.site_name().to_owned();
        let current: Vec<_> = shelf.current().collect();
        // What explains or mends another text stands in the card of that text.
        let count = current
            .iter()
            .filter(|entry| stands_alone(shelf, entry))
            .count();
        let mut binding: Vec<&PortalEntry> = current
            .iter()
            .copied()
            .filter(|entry| entry.binds && stands_alone(shelf, entry))
            .collect();
        binding.sort_by_key(|entry| std::cmp::Reverse(entry.level_now()));
        let (first, binding): (Vec<&PortalEntry>, Vec<&PortalEntry>) =
            binding.into_iter().partition(|entry| entry.saves_life);
        let levels = ResponseLevel::ALL.iter().rev().map(|&level| {
            let mut here: Vec<&PortalEntry> = current
                .iter()
                .copied()
                .filter(|e| e.level_now() == level && !e.has_ended() && !e.binds)
                .filter(|e| stands_alone(shelf, e))
                .collect();
            here.sort_by_key(|entry| entry.urgency());
            let left_out = here.len().saturating_sub(PER_LEVEL);
            here.truncate(PER_LEVEL);
            Level {
                badge: f.badge(level),
                cards: cards(&f, shelf, &here),
                more: (left_out > 0).then(|| Link {
                    href: f.to(&format!("/level/{}", level.code())),
                    text: f.own(f.fill(&f.w.level_more, &[("count", &left_out.to_string())])),
                }),
            }
        });
        let ended: Vec<&PortalEntry> = current
            .iter()
            .copied()
            .filter(|e| e.has_ended() && !e.binds && stands_alone(shelf, e))
            .take(PER_LEVEL)
            .collect();
        let mut going: Vec<&PortalEntry> = Vec::new();
        for entry in &current {
            if !going.iter().any(|other| other.incident == entry.incident) {
                going.push(entry);
            }
        }
        Self {
            updated: f.site_stamp(now),
            count: f.fill(&f.w.home_count, &[("count", &count.to_string())]),
            first: cards(&f, shelf, &first),
            binding: cards(&f, shelf, &binding),
            levels: levels.filter(|level| !level.cards.is_empty()).collect(),
            ended: cards(&f, shelf, &ended),
            over: rows(&f, going.iter().filter(|entry| entry.has_ended())),
            incidents: rows(&f, going.iter().filter(|entry| !entry.has_ended())),
            recent: shelf
                .past()
                .take(RECENT)
                .map(|entry| Card::new(&f, shelf, entry))
                .collect(),
            areas: f.area_links(&settings.areas),
            f,
        }
    }
}

fn rows<'e>(f: &Frame<'_>, incidents: impl Iterator<Item = &'e &'e PortalEntry>) -> Vec<Going> {
    let row = |entry: &&PortalEntry| Going {
        link: Link {
            href: f.to(&format!("/incident/{}", entry.incident)),
            text: f.incident_title(entry),
        },
        badge: match entry.has_ended() {
            true => f.ended(),
            false => f.badge(entry.level_now()),
        },
        latest: f.stamp(entry.published_at, entry),
    };
    incidents.map(row).collect()
}
