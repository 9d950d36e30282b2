//! The progress of one incident: everything said about it, newest first.

use askama::Template;

use super::bulletin::{Happening, cards, turned};
use super::card::Card;
use crate::domain::portal::{Change, PortalEntry, Response};
use crate::web::portal::SiteSettings;
use crate::web::portal::frame::{Badge, Frame, Link, Said};
use crate::web::portal::route::View;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::when::Stamp;
use crate::web::portal::wording::Piece;

#[derive(Template)]
#[template(path = "portal/pages/incident.html")]
pub struct IncidentPage<'a> {
    f: Frame<'a>,
    title: Said,
    /// The level that the response is at, and whether anything is in force.
    badge: Badge,
    going: bool,
    ended: Option<Stamp>,
    event: Said,
    class: String,
    areas: Vec<Link>,
    since: Stamp,
    count: String,
    cards: Vec<Card>,
    /// Which measures were lifted where, and which hold again; newest first.
    turns: Vec<(Link, Happening)>,
}

impl<'a> IncidentPage<'a> {
    /// `entries`: all of one incident, newest first. None when there are none.
    pub fn new(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        entries: &[&PortalEntry],
    ) -> Option<Self> {
        let (newest, oldest) = (entries.first()?, entries.last()?);
        let path = format!("/incident/{}", newest.incident);
        let f = Frame::new(settings, view, "", &path);
        let title = f.incident_title(newest);
        let f = Frame {
            title: title.text.clone(),
            ..f
        };
        let mut areas = Vec::new();
        for area in entries.iter().flat_map(|entry| &entry.areas) {
            if !areas.contains(area) {
                areas.push(area.clone());
            }
        }
        Some(Self {
            title,
            badge: match newest.has_ended() {
                true => f.ended(),
                false => f.badge(newest.level_now()),
            },
            going: !newest.has_ended() && entries.iter().any(|entry| shelf.holds(entry)),
            ended: match newest.response {
                Some(Response::Ended { at }) => Some(f.stamp(at, newest)),
                _ => None,
            },
            event: f.said(&newest.event_name, newest.event_name_en.as_deref()),
            class: f.common.class(newest.class).to_owned(),
            areas: f.area_links(&areas),
            since: f.stamp(oldest.published_at, oldest),
            count: f.fill(
                &f.w.incident_released,
                &[("count", &entries.len().to_string())],
            ),
            cards: cards(&f, shelf, entries),
            turns: turns(&f, shelf, entries),
            f,
        })
    }
}

fn turns(f: &Frame, shelf: &Shelf, entries: &[&PortalEntry]) -> Vec<(Link, Happening)> {
    let changes = entries.iter().flat_map(|entry| {
        let of = move |change| (*entry, change);
        entry.changes.iter().map(of)
    });
    let mut changes: Vec<(&PortalEntry, &Change)> = changes.collect();
    changes.sort_by_key(|(_, change)| std::cmp::Reverse(change.at));
    let line = |(entry, change): (&PortalEntry, &Change)| {
        (f.bulletin_link(entry), turned(f, shelf, entry, change))
    };
    changes.into_iter().map(line).collect()
}
