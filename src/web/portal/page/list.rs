//! Lists of entries: the archive by month, by body and by place, and search.

use askama::Template;
use chrono::{Datelike, NaiveDate};

use super::bulletin::cards;
use super::card::Card;
use crate::domain::area::Area;
use crate::domain::level::ResponseLevel;
use crate::domain::portal::PortalEntry;
use crate::web::portal::SiteSettings;
use crate::web::portal::fate::Fate;
use crate::web::portal::frame::{Frame, Link, Said, body_text};
use crate::web::portal::route::{View, encode};
use crate::web::portal::shelf::{Shelf, terms};
use crate::web::portal::typeset::snippet;
use crate::web::portal::wording::Piece;

/// Entries on one page of a list.
pub const PER_PAGE: usize = 30;
/// The longest question that search takes, in characters.
const LONGEST_QUESTION: usize = 80;
const SNIPPET: usize = 90;

#[derive(Template)]
#[template(path = "portal/pages/list.html")]
pub struct List<'a> {
    f: Frame<'a>,
    heading: Said,
    lead: String,
    /// The search form with what was asked, on the search page.
    question: Option<String>,
    groups: Vec<Group>,
    empty: String,
    pager: Option<Pager>,
    /// The list as a feed.
    feed: Option<String>,
}

pub struct Group {
    heading: Option<String>,
    cards: Vec<Card>,
}

pub struct Pager {
    text: String,
    newer: Option<String>,
    older: Option<String>,
}

/// The part of `all` on page `page`, counted from 1, and the way to its neighbours. `path` without the view's prefix.
fn cut<'e>(
    f: &Frame,
    path: &str,
    page: usize,
    all: &[&'e PortalEntry],
) -> (Vec<&'e PortalEntry>, Option<Pager>) {
    let pages = all.len().div_ceil(PER_PAGE).max(1);
    let page = page.clamp(1, pages);
    let here = all
        .iter()
        .skip((page - 1) * PER_PAGE)
        .take(PER_PAGE)
        .copied()
        .collect();
    if pages == 1 {
        return (here, None);
    }
    let join = if path.contains('?') { '&' } else { '?' };
    let to = |page: usize| f.to(&format!("{path}{join}page={page}"));
    let text = f.fill(
        &f.w.page_of,
        &[("page", &page.to_string()), ("pages", &pages.to_string())],
    );
    let pager = Pager {
        text,
        newer: (page > 1).then(|| to(page - 1)),
        older: (page < pages).then(|| to(page + 1)),
    };
    (here, Some(pager))
}

impl<'a> List<'a> {
    pub fn month(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        month: NaiveDate,
        page: usize,
    ) -> Option<Self> {
        let all = shelf.month(month);
        if all.is_empty() {
            return None;
        }
        let path = format!("/archive/{}", month.format("%Y-%m"));
        let mut f = Frame::new(settings, view, "", &path);
        f.title = f.fill(&f.w.month_heading, &[("month", &month_name(&f, month))]);
        Some(Self::plain(f, shelf, &path, page, &all))
    }

    /// What is in force at one level, when the front page cannot hold it.
    pub fn level(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        level: ResponseLevel,
        page: usize,
    ) -> Self {
        let mut all: Vec<_> = shelf
            .current()
            .filter(|entry| entry.level_now() == level && !entry.has_ended())
            .collect();
        all.sort_by_key(|entry| entry.urgency());
        let path = format!("/level/{}", level.code());
        let mut f = Frame::new(settings, view, "", &path);
        f.title = f.fill(&f.w.level_heading, &[("level", f.common.level(level))]);
        Self::plain(f, shelf, &path, page, &all)
    }

    pub fn body(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        code: &str,
        page: usize,
    ) -> Option<Self> {
        let all = shelf.body(code);
        let path = format!("/body/{code}");
        let mut f = Frame::new(settings, view, "", &path);
        f.title = f.fill(
            &f.w.body_heading,
            &[("body", &f.body_name(all.first()?).text)],
        );
        Some(Self::plain(f, shelf, &path, page, &all))
    }

    fn plain(f: Frame<'a>, shelf: &Shelf, path: &str, page: usize, all: &[&PortalEntry]) -> Self {
        let (here, pager) = cut(&f, path, page, all);
        Self {
            heading: Said {
                text: f.title.clone(),
                lang: None,
            },
            lead: f.fill(&f.w.entries, &[("count", &all.len().to_string())]),
            question: None,
            groups: vec![Group {
                heading: None,
                cards: cards(&f, shelf, &here),
            }],
            empty: f.w.list_empty.clone(),
            pager,
            feed: None,
            f,
        }
    }

    pub fn area(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        area: &Area,
        page: usize,
    ) -> Self {
        let path = format!("/area/{}", area.area.0);
        let mut f = Frame::new(settings, view, "", &path);
        let name = f.said(&area.name, area.name_en.as_deref());
        f.title = f.fill(&f.w.area_heading, &[("area", &name.text)]);
        let all = shelf.area(&area.area);
        let is_current = |entry: &PortalEntry| {
            shelf.holds(entry) && !shelf.stands_for(entry).is_lifted_in(&area.area)
        };
        // Said here as lifted, wherever else it holds.
        let cards = |entries: &[&PortalEntry]| {
            let mut cards = cards(&f, shelf, entries);
            for (card, entry) in cards.iter_mut().zip(entries) {
                if shelf.holds(entry) && !is_current(entry) {
                    card.fate = Fate::lifted(f.w);
                    card.action = None;
                }
            }
            cards
        };
        let (mut current, past): (Vec<&PortalEntry>, Vec<_>) =
            all.iter().partition(|entry| is_current(entry));
        current.sort_by_key(|entry| {
            let level = std::cmp::Reverse(entry.level_now());
            let first = (!entry.saves_life, !entry.binds);
            (first, entry.has_ended(), level, entry.urgency())
        });
        let in_order: Vec<&PortalEntry> = current.iter().chain(&past).copied().collect();
        let (here, pager) = cut(&f, &path, page, &in_order);
        let (now, then): (Vec<&PortalEntry>, Vec<_>) =
            here.into_iter().partition(|entry| is_current(entry));
        let groups = [(&f.w.area_current, now), (&f.w.area_past, then)]
            .into_iter()
            .filter(|(_, entries)| !entries.is_empty())
            .map(|(heading, entries)| Group {
                heading: Some(heading.clone()),
                cards: cards(&entries),
            })
            .collect();
        let lead = if current.is_empty() {
            f.w.area_quiet.clone()
        } else {
            f.fill(&f.w.home_count, &[("count", &current.len().to_string())])
        };
        Self {
            heading: Said {
                text: f.title.clone(),
                lang: None,
            },
            lead,
            question: None,
            groups,
            empty: String::new(),
            pager,
            feed: Some(f.feed(&format!("area/{}/feed.atom", area.area.0))),
            f,
        }
    }

    pub fn search(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        question: &str,
        page: usize,
    ) -> Self {
        let cut_off = question.chars().count() > LONGEST_QUESTION;
        let question: String = question.chars().take(LONGEST_QUESTION).collect();
        let path = if question.is_empty() {
            "/search".to_owned()
        } else {
            format!("/search?q={}", encode(&question))
        };
        let mut f = Frame::new(settings, view, &words_of(view).search_heading, &path);
        f.noindex = true;
        let terms = terms(&question);
        let all = shelf.search(&terms);
        let (here, pager) = cut(&f, &path, page, &all);
        let mut found = cards(&f, shelf, &here);
        for (card, entry) in found.iter_mut().zip(&here) {
            let text = body_text(view.language, entry);
            // What is taken back is not quoted.
            if !card.fate.is_void() {
                card.snippet = snippet(text, &terms, SNIPPET);
            }
        }
        let count = all.len().to_string();
        let mut lead = if terms.is_empty() {
            f.w.search_hint.clone()
        } else {
            f.fill(&f.w.search_found, &[("count", &count)])
        };
        if cut_off {
            lead.push_str(&f.fill(&f.w.search_cut, &[("count", &LONGEST_QUESTION.to_string())]));
        }
        Self {
            heading: Said {
                text: f.title.clone(),
                lang: None,
            },
            lead,
            empty: if terms.is_empty() {
                String::new()
            } else {
                f.w.search_none.clone()
            },
            question: Some(question),
            groups: vec![Group {
                heading: None,
                cards: found,
            }],
            pager,
            feed: None,
            f,
        }
    }

    fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.cards.is_empty())
    }
}

fn words_of(view: View) -> &'static crate::words::Portal {
    &crate::words::words(view.language).portal
}

fn month_name(f: &Frame, month: NaiveDate) -> String {
    if f.is_chinese() {
        format!("{}年{}月", month.year(), month.month())
    } else {
        month.format("%B %Y").to_string()
    }
}

/// The archive's index: months and bodies.
#[derive(Template)]
#[template(path = "portal/pages/archive.html")]
pub struct Archive<'a> {
    f: Frame<'a>,
    months: Vec<(Link, String)>,
    bodies: Vec<(Link, String)>,
}

impl<'a> Archive<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View) -> Self {
        let f = Frame::new(settings, view, &words_of(view).archive_heading, "/archive");
        let count = |of: usize| f.fill(&f.w.month_count, &[("count", &of.to_string())]);
        let months = shelf.months().into_iter().map(|(month, of)| {
            let href = f.to(&format!("/archive/{}", month.format("%Y-%m")));
            (
                Link {
                    href,
                    text: Said {
                        text: month_name(&f, month),
                        lang: None,
                    },
                },
                count(of),
            )
        });
        let bodies = shelf.bodies().into_iter().map(|(entry, of)| {
            (
                Link {
                    href: f.to(&format!("/body/{}", entry.body)),
                    text: f.body_name(entry),
                },
                count(of),
            )
        });
        Self {
            months: months.collect(),
            bodies: bodies.collect(),
            f,
        }
    }
}
