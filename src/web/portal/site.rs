//! The whole site at one moment, and the place where the next one takes over.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use askama::Template;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};

use super::SiteSettings;
use super::page::bulletin::BulletinPage;
use super::page::front::Front;
use super::page::incident::IncidentPage;
use super::page::list::{Archive, List};
use super::page::notice::{About, Trouble, TroublePage};
use super::page::poster::Poster;
use super::page::verify::{Verify, is_at_once};
use super::reply::{Asked, Kind, Leaf};
use super::route::{Route, View, query_value};
use super::shelf::Shelf;
use super::{feed, file};
use crate::domain::area::{Area, AreaCode};
use crate::domain::portal::PortalEntry;
use crate::domain::short_code;
use crate::domain::time::Moment;

/// How many bulletins are kept ready: the newest in force, then the newest at all. Others are made when asked for.
const KEPT_READY: usize = 120;
/// How many of them may be past.
const PAST_READY: usize = 20;

/// Everything the public may read, as of one moment. Pure: the same entries, moment and settings give the same bytes.
pub struct Site {
    settings: Arc<SiteSettings>,
    shelf: Shelf,
    now: Moment,
    /// Path → answer, for what a crowd asks for.
    ready: HashMap<String, Leaf>,
}

impl Site {
    pub fn build(entries: Vec<PortalEntry>, now: Moment, settings: Arc<SiteSettings>) -> Self {
        let shelf = Shelf::new(entries, now, settings.zone);
        let mut site = Self {
            settings,
            shelf,
            now,
            ready: HashMap::new(),
        };
        let in_force = site.shelf.current().take(KEPT_READY - PAST_READY);
        let newest = site.shelf.all().iter().take(PAST_READY);
        let hot: Vec<&PortalEntry> = in_force.chain(newest).collect();
        let mut paths: Vec<String> = hot.iter().map(|e| format!("/b/{}", e.release)).collect();
        paths.extend(hot.iter().map(|e| format!("/incident/{}", e.incident)));
        paths.extend(["/", "/feed.atom", "/feed.json", "/about"].map(str::to_owned));
        paths.sort_unstable();
        paths.dedup();
        let mut ready = HashMap::with_capacity(paths.len() * 2);
        for view in View::ALL.iter().filter(|view| !view.large) {
            for path in &paths {
                if let Some(leaf) =
                    Route::of(path).and_then(|route| site.leaf(route, *view, &Asked::default()))
                {
                    ready.insert(format!("{}{path}", view.prefix()), leaf);
                }
            }
        }
        for path in ["/healthz", "/robots.txt", "/favicon.svg"] {
            if let Some(leaf) =
                Route::of(path).and_then(|route| site.leaf(route, View::ALL[0], &Asked::default()))
            {
                ready.insert(path.to_owned(), leaf);
            }
        }
        site.ready = ready;
        site
    }

    /// The answer to a GET (a HEAD is the same without the body, which the server leaves out).
    pub fn get(&self, asked: &Asked) -> Response<Bytes> {
        if let Some(leaf) = self.ready.get(asked.path) {
            return leaf.answer(asked);
        }
        let (view, path) = View::of(asked.path);
        let route = Route::of(path);
        if let Some(leaf) = route.and_then(|route| self.leaf(route, view, asked)) {
            return leaf.answer(asked);
        }
        let meant = self
            .ended(path, view, asked)
            .or_else(|| self.meant(route?, view, asked));
        match meant {
            Some(address) => Leaf::elsewhere(&address, self.settings.drill).answer(asked),
            None => self.trouble(asked, Trouble::NotFound),
        }
    }

    /// The address that stands at the beginning of `path`, if there is a page.
    fn ended(&self, path: &str, view: View, asked: &Asked) -> Option<String> {
        let kept = Route::ending(path)?;
        let is_here = match Route::of(kept)? {
            // Links to texts are understood more generously.
            Route::Overrun(_) | Route::Short(_) => false,
            Route::Bulletin(id)
            | Route::BulletinText(id)
            | Route::BulletinData(id)
            | Route::Poster(id)
            | Route::PosterPicture(id) => self.shelf.release(&id.to_ascii_uppercase()).is_some(),
            Route::Incident(id) => !self.shelf.incident(id).is_empty(),
            Route::Body(code) => !self.shelf.body(code).is_empty(),
            Route::Area(code) | Route::AreaFeed(code) => self.area(code).is_some(),
            Route::Month(month) => !self.shelf.month(month).is_empty(),
            _ => true,
        };
        let query = match asked.query {
            "" => String::new(),
            query => format!("?{query}"),
        };
        is_here.then(|| format!("{}{kept}{query}", view.prefix()))
    }

    /// The address that was meant by one that is short, or not quite right.
    fn meant(&self, route: Route, view: View, asked: &Asked) -> Option<String> {
        let (id, rest) = match route {
            Route::Overrun(id) | Route::Bulletin(id) => (id, ""),
            Route::BulletinText(id) => (id, ".txt"),
            Route::BulletinData(id) => (id, ".json"),
            Route::Poster(id) => (id, "/poster"),
            Route::PosterPicture(id) => (id, "/poster.svg"),
            Route::Short(name) => return self.by_short(name, view, asked),
            _ => return None,
        };
        // Some programs write addresses small.
        let entry = self
            .shelf
            .release(id)
            .or_else(|| self.shelf.release(&id.to_ascii_uppercase()))?;
        Some(format!("{}/b/{}{rest}", view.prefix(), entry.release))
    }

    /// The page of a text in the reader's language, by its short name; both texts, if two share it.
    fn by_short(&self, name: &str, mut view: View, asked: &Asked) -> Option<String> {
        if view == View::ALL[0] {
            view.language = asked.preferred_language();
        }
        match self.shelf.short_typed(name).as_slice() {
            [] => None,
            [one] => Some(format!("{}/b/{}", view.prefix(), one.release)),
            [one, ..] => {
                let name = short_code::of(&one.release);
                Some(format!("{}/verify?q={name}", view.prefix()))
            }
        }
    }

    /// Whether `path` takes words that are too many for an address.
    pub fn takes_words(path: &str) -> bool {
        Route::of(View::of(path).1) == Some(Route::Verify)
    }

    /// Whether `path` walks through the whole archive: such a request must not hold up the others.
    pub fn is_slow(&self, path: &str) -> bool {
        !self.ready.contains_key(path) && Route::of(View::of(path).1).is_some_and(Route::is_search)
    }

    /// Whether the question of `asked` is answered without comparing words.
    pub fn is_at_once(&self, asked: &Asked) -> bool {
        let is_question = Route::of(View::of(asked.path).1) == Some(Route::Verify);
        is_question && {
            let question = query_value(asked.query, "q").unwrap_or_default();
            is_at_once(&self.settings, &self.shelf, &question)
        }
    }

    /// A page that says what could not be done.
    pub fn trouble(&self, asked: &Asked, trouble: Trouble) -> Response<Bytes> {
        let (mut view, _) = View::of(asked.path);
        if view == View::ALL[0] {
            view.language = asked.preferred_language();
        }
        let status = match trouble {
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::BadMethod => StatusCode::METHOD_NOT_ALLOWED,
            Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Trouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        let question = match trouble {
            Trouble::Busy if Self::takes_words(asked.path) => query_value(asked.query, "q"),
            _ => None,
        };
        let page = html(&TroublePage::new(&self.settings, view, trouble, question));
        Leaf::new(
            Kind::Html(view.language),
            status,
            page,
            None,
            self.settings.drill,
        )
        .answer(asked)
    }

    fn leaf(&self, route: Route, view: View, asked: &Asked) -> Option<Leaf> {
        let query = asked.query;
        let (settings, shelf) = (&*self.settings, &self.shelf);
        let page = || {
            query_value(query, "page")
                .and_then(|page| page.parse().ok())
                .unwrap_or(1)
        };
        let question = || query_value(query, "q").unwrap_or_default();
        let language = view.language;
        let kind = Kind::Html(language);
        let (kind, body) = match route {
            Route::Home => (kind, html(&Front::new(settings, shelf, view, self.now))),
            Route::Bulletin(id) => (
                kind,
                html(&BulletinPage::new(
                    settings,
                    shelf,
                    view,
                    shelf.release(id)?,
                )),
            ),
            Route::Overrun(_) | Route::Short(_) => return None,
            Route::BulletinText(id) => (
                Kind::Text(language),
                file::text(settings, shelf, language, shelf.release(id)?),
            ),
            Route::BulletinData(id) => {
                (Kind::Json, file::data(settings, shelf, shelf.release(id)?))
            }
            Route::Poster(id) => (
                kind,
                html(&Poster::new(settings, shelf, view, shelf.release(id)?)),
            ),
            Route::PosterPicture(id) => (
                Kind::Svg,
                Poster::new(settings, shelf, view, shelf.release(id)?).drawn(),
            ),
            Route::Incident(id) => (
                kind,
                html(&IncidentPage::new(
                    settings,
                    shelf,
                    view,
                    &shelf.incident(id),
                )?),
            ),
            Route::Archive => (kind, html(&Archive::new(settings, shelf, view))),
            Route::Month(month) => (
                kind,
                html(&List::month(settings, shelf, view, month, page())?),
            ),
            Route::Level(level) => (
                kind,
                html(&List::level(settings, shelf, view, level, page())),
            ),
            Route::Body(code) => (
                kind,
                html(&List::body(settings, shelf, view, code, page())?),
            ),
            Route::Area(code) => (
                kind,
                html(&List::area(
                    settings,
                    shelf,
                    view,
                    &self.area(code)?,
                    page(),
                )),
            ),
            Route::AreaFeed(code) => {
                let area = self.area(code)?;
                let feed = feed::atom(settings, shelf, language, self.now, Some(&area));
                (Kind::Atom, feed)
            }
            Route::Search => (
                kind,
                html(&List::search(settings, shelf, view, &question(), page())),
            ),
            Route::Verify => {
                let page = Verify::new(settings, shelf, view, &question(), asked.is_behind);
                (kind, html(&page))
            }
            Route::About => (kind, html(&About::new(settings, view))),
            Route::Atom => (
                Kind::Atom,
                feed::atom(settings, shelf, language, self.now, None),
            ),
            Route::JsonFeed => (Kind::JsonFeed, feed::json_feed(settings, shelf, language)),
            Route::Robots => (Kind::Robots, self.robots()),
            Route::Favicon => (Kind::Svg, favicon(settings.drill)),
            Route::Health => (Kind::Health, "ok\n".to_owned()),
        };
        let modified = Some(self.shelf.changed_at().unwrap_or(self.now));
        // The front page says when it was made, so it is as new as that.
        let modified = if route == Route::Home {
            Some(self.now)
        } else {
            modified
        };
        Some(Leaf::new(
            kind,
            StatusCode::OK,
            body,
            modified,
            settings.drill,
        ))
    }

    /// A place that the settings or any entry names.
    fn area(&self, code: &str) -> Option<Area> {
        let code = AreaCode(code.to_owned());
        let known = self.settings.areas.iter();
        let named = self.shelf.all().iter().flat_map(|entry| &entry.areas);
        known.chain(named).find(|area| area.area == code).cloned()
    }

    fn robots(&self) -> String {
        let rule = if self.settings.drill {
            "Disallow: /"
        } else {
            "Disallow: /search\nDisallow: /en/search\nDisallow: /elder/\nDisallow: /en/elder/"
        };
        format!("User-agent: *\n{rule}\n")
    }
}

fn html(page: &impl Template) -> String {
    // Rendering into a String fails only when a value's own Display does, and none here can.
    page.render().unwrap_or_default()
}

fn favicon(drill: bool) -> String {
    let ground = if drill { "#6b2fa0" } else { "#17324d" };
    include_str!("pages/favicon.svg").replace("#17324d", ground)
}

/// The site that is being served; replaced whole while readers read.
pub struct SharedSite {
    site: ArcSwap<Site>,
    is_behind: AtomicBool,
}

impl SharedSite {
    pub fn new(site: Site) -> Arc<Self> {
        Arc::new(Self {
            site: ArcSwap::from_pointee(site),
            is_behind: AtomicBool::new(false),
        })
    }

    pub fn replace(&self, site: Site) {
        self.site.store(Arc::new(site));
    }

    pub fn load(&self) -> arc_swap::Guard<Arc<Site>> {
        self.site.load()
    }

    /// The site by a counted reference, for work that lasts longer than one lookup.
    pub fn hold(&self) -> Arc<Site> {
        self.site.load_full()
    }

    /// Whether what was published last may be missing, because it could not be looked for.
    pub fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Relaxed)
    }

    pub fn set_behind(&self, is_behind: bool) {
        self.is_behind.store(is_behind, Ordering::Relaxed);
    }
}
