//! Pages without entries: about the site, and what could not be shown.

use askama::Template;

use crate::domain::level::ResponseLevel;
use crate::web::portal::SiteSettings;
use crate::web::portal::frame::{Badge, Frame};
use crate::web::portal::route::View;
use crate::words::{Portal, words};

#[derive(Template)]
#[template(path = "portal/pages/about.html")]
pub struct About<'a> {
    f: Frame<'a>,
    levels: Vec<(Badge, &'static str)>,
}

impl<'a> About<'a> {
    pub fn new(settings: &'a SiteSettings, view: View) -> Self {
        let f = Frame::new(
            settings,
            view,
            &words(view.language).portal.about_heading,
            "/about",
        );
        let w = f.w;
        let meaning = |level| match level {
            ResponseLevel::I => &w.about_level_i,
            ResponseLevel::II => &w.about_level_ii,
            ResponseLevel::III => &w.about_level_iii,
            ResponseLevel::IV => &w.about_level_iv,
        };
        let levels = ResponseLevel::ALL.iter().rev();
        Self {
            levels: levels
                .map(|&level| (f.badge(level), meaning(level).as_str()))
                .collect(),
            f,
        }
    }
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    NotFound,
    BadMethod,
    TooLarge,
    Busy,
}

#[derive(Template)]
#[template(path = "portal/pages/trouble.html")]
pub struct TroublePage<'a> {
    f: Frame<'a>,
    more: &'static str,
}

impl<'a> TroublePage<'a> {
    pub fn new(settings: &'a SiteSettings, view: View, trouble: Trouble) -> Self {
        let w: &'static Portal = &words(view.language).portal;
        let (heading, more) = match trouble {
            Trouble::NotFound => (&w.not_found, &w.not_found_more),
            Trouble::BadMethod => (&w.bad_method, &w.bad_method_more),
            Trouble::TooLarge => (&w.too_large, &w.too_large_more),
            Trouble::Busy => (&w.busy, &w.busy_more),
        };
        // The address that failed is not repeated: its other-language twin would fail too.
        let f = Frame {
            noindex: true,
            ..Frame::new(settings, view, heading, "/")
        };
        Self { f, more }
    }
}
