//! One bulletin: what to do first, then where, when and who says so, then the text, its record and its history.

use askama::Template;

use super::answer::Found;
use super::asked::{action, binding_there, but, except, lifted_beside, named_over};
use super::banner::Banner;
use super::card::{Card, original};
use super::mended::{Marked, Mend, Pieces, marked};
use super::record::{Row, Value, keywords, rows, spoken_code};
use crate::domain::blocks::blocks;
use crate::domain::portal::{Change, ChangeKind, PortalEntry, Standing};
use crate::web::portal::SiteSettings;
use crate::web::portal::fate::{Fate, Is, Over, what_is, word};
use crate::web::portal::frame::{Badge, Frame, Link, Said, body_text, english_text};
use crate::web::portal::route::View;
use crate::web::portal::shelf::{Shelf, is_amended};
use crate::web::portal::typeset::{head, shown};
use crate::web::portal::when::Stamp;
use crate::web::portal::wording::Piece;

#[derive(Template)]
#[template(path = "portal/pages/bulletin.html")]
pub struct BulletinPage<'a> {
    f: Frame<'a>,
    title: Said,
    /// The title with the mark of a correction in it.
    title_marked: Option<Pieces>,
    badge: Badge,
    /// The level then and now, where they differ.
    levels: Option<String>,
    kind: String,
    fate: Fate,
    banner: Option<Banner>,
    /// The response has ended since, whatever level the text names.
    ended: Option<String>,
    /// The Chinese title, where there is no English one.
    original: Option<String>,
    /// What was found out about a rumour.
    answer: Option<Found>,
    action: Option<Said>,
    /// The Chinese action, where there is no English one.
    action_original: Option<String>,
    /// The action with the mark of a correction in it.
    action_marked: Option<Pieces>,
    areas: Vec<Link>,
    /// The orders that bind in the places of an answer to a rumour.
    binds_there: Vec<Link>,
    /// The parts of these where it was lifted.
    except: Option<String>,
    /// Where it was lifted, a line for each time, where no action says so.
    lifted: Vec<String>,
    /// What has become of the measures that it named.
    named: Vec<String>,
    published: Stamp,
    until: Option<Stamp>,
    body: Link,
    hotline: Option<String>,
    next: Option<Stamp>,
    text: Vec<Marked>,
    /// What was corrected, both passages in full, where the text as it is shown has not the wrong one.
    passage: Option<Pieces>,
    /// What stands above that.
    passage_heading: &'static str,
    /// The language of what was corrected when it is not the page's.
    passage_lang: Option<&'static str>,
    /// The language of the text when it is not the page's.
    text_lang: Option<&'static str>,
    signed_body: Said,
    signed_date: Said,
    interprets: Option<Link>,
    corrects: Option<Link>,
    interpretations: Vec<Link>,
    incident: Link,
    rows: Vec<Row>,
    code: String,
    address: String,
    history: Vec<Happening>,
    keywords: String,
    published_plain: String,
}

/// A line of the history.
pub(super) struct Happening {
    pub at: Stamp,
    pub text: String,
    pub link: Option<Link>,
}

impl<'a> BulletinPage<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View, entry: &PortalEntry) -> Self {
        let text = &entry.text;
        let title = super::super::frame::entry_title(settings.drill, view.language, entry);
        let path = format!("/b/{}", entry.release);
        let mut f = Frame::new(settings, view, &title.text, &path);
        let source = body_text(view.language, entry);
        let text_lang = (!f.is_chinese() && english_text(entry).is_none()).then_some("zh-CN");
        let fate = Fate::new(f.w, shelf, entry);
        let action = action(&f, shelf, entry, fate.asks());
        let mend = Mend::of(shelf, entry, view.language);
        let mend = mend.as_ref();
        let action_text = action.as_ref().map_or("", |action| &action.text);
        f.description = match &action {
            Some(action) if fate.asks() => action.text.clone(),
            _ => head(source, 100),
        };
        let signed_body = if text.signed_body.trim().is_empty() {
            &entry.body_name
        } else {
            &text.signed_body
        };
        let link = |id: &crate::id::ReleaseId| {
            shelf
                .release(id.as_str())
                .map(|other| f.bulletin_link(other))
        };
        let explained = shelf.interpretations(entry.release.as_str());
        Self {
            badge: f.badge_of(shelf, entry),
            levels: f.levels(shelf, entry),
            kind: f.kind(entry),
            banner: Banner::new(&f, shelf, entry),
            ended: f.ended_note(entry).filter(|_| fate.asks()),
            original: original(&f, &text.title, text.title_en.as_deref()),
            action_original: (text.action.as_deref())
                .and_then(|action| original(&f, action, text.action_en.as_deref())),
            answer: Found::new(&f, entry).filter(|_| fate.asks()),
            areas: f.area_links(&entry.areas),
            binds_there: (binding_there(shelf, entry).into_iter())
                .filter(|_| fate.asks())
                .map(|order| f.bulletin_link(order))
                .collect(),
            except: except(&f, shelf, entry).filter(|_| fate.asks()),
            lifted: match fate.asks() {
                true => lifted_beside(&f, shelf, entry, action.as_ref()),
                false => Vec::new(),
            },
            named: match fate.asks() {
                true => named_over(&f, shelf, entry),
                false => Vec::new(),
            },
            published: f.stamp(entry.published_at, entry),
            until: entry
                .valid_until
                .filter(|_| fate.asks())
                .map(|at| f.stamp(at, entry)),
            body: Link {
                href: f.to(&format!("/body/{}", entry.body)),
                text: f.body_name(entry),
            },
            hotline: entry.hotline.clone(),
            next: entry
                .next_update
                .filter(|_| fate.asks())
                .map(|at| f.stamp(at, entry)),
            passage: mend.filter(|mend| !mend.is_in_place()).map(Mend::by_itself),
            passage_heading: mend.map_or("", |mend| mend.heading(f.w)),
            passage_lang: mend.and_then(|mend| mend.lang(&f)),
            text: marked(blocks(&shown(source)), mend),
            action_marked: mend.and_then(|mend| mend.mark_action(action_text)),
            title_marked: mend.and_then(|mend| mend.mark(&title.text)),
            signed_body: f.said(signed_body, text.signed_body_en.as_deref()),
            signed_date: f.said(&text.signed_date, text.signed_date_en.as_deref()),
            interprets: entry.interprets.as_ref().and_then(link),
            corrects: entry
                .corrects
                .as_ref()
                .and_then(|corrects| link(&corrects.release)),
            interpretations: explained
                .iter()
                .map(|other| f.bulletin_link(other))
                .collect(),
            incident: Link {
                href: f.to(&format!("/incident/{}", entry.incident)),
                text: f.incident_title(entry),
            },
            rows: rows(&f, &fate, entry),
            code: spoken_code(&entry.hash),
            address: f.canonical(),
            history: history(&f, shelf, entry),
            keywords: keywords(&f, entry),
            published_plain: entry
                .published_at
                .with_timezone(&entry.zone)
                .format("%Y-%m-%d %H:%M")
                .to_string(),
            title,
            action,
            text_lang,
            fate,
            f,
        }
    }
}

fn history(f: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Vec<Happening> {
    let at = |moment| f.stamp(moment, entry);
    let version = entry.version.to_string();
    let mut all = vec![
        (
            entry.drafted_at,
            Happening {
                at: at(entry.drafted_at),
                text: f.fill(&f.w.history_drafted, &[("version", &version)]),
                link: None,
            },
        ),
        (
            entry.published_at,
            Happening {
                at: at(entry.published_at),
                text: f.w.history_published.clone(),
                link: None,
            },
        ),
    ];
    for other in shelf.interpretations(entry.release.as_str()) {
        let link = Some(f.bulletin_link(other));
        let text = f.w.history_interpreted.clone();
        all.push((
            other.published_at,
            Happening {
                at: at(other.published_at),
                text,
                link,
            },
        ));
    }
    let stands = shelf.stands_for(entry);
    let of_stands = stands.changes.iter();
    let of_stands = of_stands.filter(|change| !entry.changes.contains(change));
    let changes: Vec<&Change> = entry.changes.iter().chain(of_stands).collect();
    for change in &changes {
        all.push((change.at, turned(f, shelf, entry, change)));
    }
    let corrections = shelf.corrections(entry);
    for by in &corrections {
        let happening = Happening {
            at: at(by.published_at),
            text: f.w.fate_wrong.clone(),
            link: Some(f.bulletin_link(by)),
        };
        all.push((by.published_at, happening));
    }
    if let Standing::Corrected { at: when, .. } = entry.standing
        && is_amended(entry)
        && corrections.is_empty()
    {
        let happening = Happening {
            at: at(when),
            text: f.w.fate_wrong.clone(),
            link: None,
        };
        all.push((when, happening));
    }
    let (is, since) = what_is(shelf, entry);
    let is_told = is == Is::LiftedInPart || is == Is::Over(Over::Lifted) && !changes.is_empty();
    if let Some(moment) = since.filter(|_| !is_told) {
        let banner = Banner::new(f, shelf, entry);
        all.push((
            moment,
            Happening {
                at: at(moment),
                text: word(f.w, is).clone(),
                link: banner.map(|banner| banner.link),
            },
        ));
    }
    all.sort_by_key(|(moment, _)| *moment);
    all.into_iter().map(|(_, happening)| happening).collect()
}

/// Where a measure was lifted, or holds again, and by what text.
pub(super) fn turned(f: &Frame, shelf: &Shelf, entry: &PortalEntry, change: &Change) -> Happening {
    let words = match change.what {
        ChangeKind::Lifted => &f.w.history_lifted,
        ChangeKind::ToBeLifted { .. } => &f.w.history_to_be_lifted,
        ChangeKind::Restored => &f.w.history_restored,
    };
    let names = f.area_links(&change.areas).into_iter();
    let names: Vec<String> = names.map(|link| link.text.text).collect();
    let from = match change.what {
        ChangeKind::ToBeLifted { from } => f.stamp(from, entry).text,
        _ => String::new(),
    };
    let places = names.join(&f.w.comma);
    // The lifting itself says for whom it does not hold.
    let of_it = (entry.lifted.iter()).chain(&shelf.stands_for(entry).lifted);
    let mut of_it = of_it.filter(|lifted| lifted.by == change.by);
    let but = of_it
        .find(|lifted| lifted.except.is_some())
        .filter(|_| change.what != ChangeKind::Restored)
        .map_or_else(String::new, |lifted| but(f, lifted));
    let values = [("places", &*places), ("but", &but), ("from", &from)];
    Happening {
        at: f.stamp(change.at, entry),
        text: f.fill(words, &values),
        link: (shelf.release(change.by.as_str())).map(|by| f.bulletin_link(by)),
    }
}

/// Every past and present entry as cards, for the pages that list them.
pub fn cards(f: &Frame, shelf: &Shelf, entries: &[&PortalEntry]) -> Vec<Card> {
    entries
        .iter()
        .map(|entry| Card::new(f, shelf, entry))
        .collect()
}
