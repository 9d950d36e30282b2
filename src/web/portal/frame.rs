//! What every page shares: head, bars, language, links; and the small pieces that templates print.

use super::SiteSettings;
use super::route::View;
use super::shelf::{Shelf, end_after};
use super::typeset::shown_line;
use super::when::{Stamp, stamp};
use crate::domain::area::Area;
use crate::domain::bulletin::Language;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;
use crate::domain::time::Moment;
use crate::words::{Common, Portal, fill, words};

/// The one style sheet. It stands in every page, so that a page is one request, and its hash is in the policy.
pub const CSS: &str = include_str!("pages/portal.css");

/// A text in the page's language, or in another that must be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub lang: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub struct Link {
    pub href: String,
    pub text: Said,
}

/// A response level as word, numeral and shape; colour only repeats what they say.
pub struct Badge {
    pub class: &'static str,
    pub text: &'static str,
    /// The outline inside a 24 × 24 box.
    pub shape: &'static str,
}

#[derive(Clone)]
pub struct Frame<'a> {
    pub settings: &'a SiteSettings,
    pub view: View,
    pub w: &'static Portal,
    pub common: &'static Common,
    /// The page's own title, without the site's name.
    pub title: String,
    /// Path and query without the view's prefix.
    pub here: String,
    pub description: String,
    pub noindex: bool,
}

impl<'a> Frame<'a> {
    pub fn new(settings: &'a SiteSettings, view: View, title: &str, here: &str) -> Self {
        let words = words(view.language);
        Self {
            settings,
            view,
            w: &words.portal,
            common: &words.common,
            title: shown_line(title),
            here: here.to_owned(),
            description: String::new(),
            noindex: settings.drill,
        }
    }

    pub fn css(&self) -> &'static str {
        CSS
    }

    pub fn base(&self) -> &'static str {
        self.view.prefix()
    }

    pub fn lang(&self) -> &'static str {
        self.view.language.code()
    }

    pub fn is_chinese(&self) -> bool {
        self.view.language == Language::ZhCn
    }

    pub fn classes(&self) -> &'static str {
        match (self.view.large, self.settings.drill) {
            (false, false) => "plain",
            (true, false) => "elder",
            (false, true) => "plain drill",
            (true, true) => "elder drill",
        }
    }

    pub fn site_name(&self) -> &str {
        self.either(&self.settings.name, &self.settings.name_en)
    }

    pub fn host(&self) -> &str {
        self.either(&self.settings.host, &self.settings.host_en)
    }

    pub fn footer(&self) -> &[String] {
        if self.is_chinese() {
            &self.settings.footer
        } else {
            &self.settings.footer_en
        }
    }

    fn either<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.is_chinese() || en.is_empty() {
            zh
        } else {
            en
        }
    }

    /// `【演练】title - site`.
    pub fn page_title(&self) -> String {
        let mark = if self.settings.drill {
            self.w.drill_prefix.as_str()
        } else {
            ""
        };
        let mark = if self.title.starts_with(mark) {
            ""
        } else {
            mark
        };
        if self.title.is_empty() {
            format!("{mark}{}", self.site_name())
        } else {
            format!("{mark}{} - {}", self.title, self.site_name())
        }
    }

    /// This page's address for the world, in its own language and ordinary size.
    pub fn canonical(&self) -> String {
        self.address(self.view.language)
    }

    pub fn address(&self, language: Language) -> String {
        format!(
            "{}{}{}",
            self.settings.base_url,
            View::new(language, false).prefix(),
            self.here
        )
    }

    pub fn address_zh(&self) -> String {
        self.address(Language::ZhCn)
    }

    pub fn address_en(&self) -> String {
        self.address(Language::En)
    }

    /// This page in the other language.
    pub fn other_language(&self) -> String {
        let other = if self.is_chinese() {
            Language::En
        } else {
            Language::ZhCn
        };
        format!(
            "{}{}",
            View::new(other, self.view.large).prefix(),
            self.here
        )
    }

    pub fn other_language_name(&self) -> &'static str {
        let other = if self.is_chinese() {
            Language::En
        } else {
            Language::ZhCn
        };
        &words(other).portal.language_name
    }

    pub fn other_lang(&self) -> &'static str {
        if self.is_chinese() { "en" } else { "zh-CN" }
    }

    /// This page in the other size.
    pub fn other_size(&self) -> String {
        format!(
            "{}{}",
            View::new(self.view.language, !self.view.large).prefix(),
            self.here
        )
    }

    pub fn feed(&self, name: &str) -> String {
        format!("{}/{name}", View::new(self.view.language, false).prefix())
    }

    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    pub fn said(&self, zh: &str, en: Option<&str>) -> Said {
        said(self.view.language, zh, en)
    }

    /// Words that are in the page's language already.
    pub fn own(&self, text: String) -> Said {
        Said { text, lang: None }
    }

    pub fn stamp(&self, at: Moment, entry: &PortalEntry) -> Stamp {
        stamp(at, entry.zone, self.view.language)
    }

    pub fn site_stamp(&self, at: Moment) -> Stamp {
        stamp(at, self.settings.zone, self.view.language)
    }

    /// What kind of text it is: what its own title calls a notice, which may be a 公告 as well as a 通告.
    pub fn kind(&self, entry: &PortalEntry) -> String {
        const CALLED: [&str; 4] = ["公告", "通告", "通知", "令"];
        let title = entry.text.title.trim().trim_end_matches('》');
        let called = CALLED.into_iter().find(|called| title.ends_with(called));
        match called.filter(|_| self.is_chinese() && entry.kind == ItemKind::Notice) {
            Some(called) => called.to_owned(),
            None => self.common.kind(entry.kind).to_owned(),
        }
    }

    /// The same where a sentence says "this …": a conference and an answer are texts.
    pub fn text_kind(&self, entry: &PortalEntry) -> String {
        match entry.kind {
            ItemKind::PressConference | ItemKind::Refutation => self.w.any_text.clone(),
            _ => self.kind(entry).to_lowercase(),
        }
    }

    /// The title of `entry`, marked when all this is a rehearsal.
    pub fn entry_title(&self, entry: &PortalEntry) -> Said {
        entry_title(self.settings.drill, self.view.language, entry)
    }

    pub fn bulletin_link(&self, entry: &PortalEntry) -> Link {
        Link {
            href: self.to(&format!("/b/{}", entry.release)),
            text: self.entry_title(entry),
        }
    }

    pub fn body_name(&self, entry: &PortalEntry) -> Said {
        self.said(&entry.body_name, entry.body_name_en.as_deref())
    }

    /// The title of the incident of `entry`: in English that of its event, where nobody could say more.
    pub fn incident_title(&self, entry: &PortalEntry) -> Said {
        let english = entry.incident_title_en.as_deref();
        self.said(
            &entry.incident_title,
            english.or(entry.event_name_en.as_deref()),
        )
    }

    /// The level that a text was released at and the one that is in force, where they differ; only a level that the public had been
    /// told of by then.
    pub fn levels(&self, shelf: &Shelf, entry: &PortalEntry) -> Option<String> {
        let now = entry.level_now();
        let differ = now != entry.level && !entry.has_ended() && shelf.had_told(entry);
        differ.then(|| {
            let name = |level: ResponseLevel| match self.is_chinese() {
                true => level.roman_zh().to_owned(),
                false => level.en(),
            };
            let (then, now) = (name(entry.level), name(now));
            self.fill(&self.w.level_then_now, &[("then", &then), ("now", &now)])
        })
    }

    /// What a text that still asks something says of a response that has ended since: the level in it is that of its time.
    pub fn ended_note(&self, entry: &PortalEntry) -> Option<String> {
        let end = end_after(entry)?;
        Some(self.fill(&self.w.ended_note, &[("at", &self.stamp(end, entry).text)]))
    }

    pub fn area_links(&self, areas: &[Area]) -> Vec<Link> {
        let link = |area: &Area| Link {
            href: self.to(&format!("/area/{}", area.area.0)),
            text: self.said(&area.name, area.name_en.as_deref()),
        };
        areas.iter().map(link).collect()
    }

    /// What a text belongs to: its level, or that the response has ended.
    pub fn badge_of(&self, shelf: &Shelf, entry: &PortalEntry) -> Badge {
        match entry.has_ended() {
            // What was ordered outlives the response, and must not look as if it did not.
            true if entry.binds && shelf.holds(entry) => Badge {
                text: &self.w.still_binds,
                ..self.badge(entry.level)
            },
            true => self.ended(),
            // What is in force stands at the level that is in force.
            false if shelf.holds(entry) => self.badge(entry.level_now()),
            false => self.badge(entry.level),
        }
    }

    pub fn ended(&self) -> Badge {
        Badge {
            class: "ended",
            text: &self.w.response_ended,
            shape: "M3 3h18v18H3z",
        }
    }

    pub fn badge(&self, level: ResponseLevel) -> Badge {
        let (class, shape) = match level {
            ResponseLevel::I => ("l1", "M8 2h8l6 6v8l-6 6H8l-6-6V8z"),
            ResponseLevel::II => ("l2", "M12 1.5 22.5 12 12 22.5 1.5 12z"),
            ResponseLevel::III => ("l3", "M12 2 23 21.5H1z"),
            ResponseLevel::IV => ("l4", "M12 2a10 10 0 1 0 .01 0z"),
        };
        Badge {
            class,
            shape,
            text: self.common.level(level),
        }
    }

    pub fn fill(&self, template: &str, values: &[(&str, &str)]) -> String {
        fill(template, values)
    }
}

/// The wanted language's text, or the Chinese one declared as such.
pub fn said(language: Language, zh: &str, en: Option<&str>) -> Said {
    match (language, en.filter(|text| !text.trim().is_empty())) {
        (Language::ZhCn, _) => Said {
            text: shown_line(zh),
            lang: None,
        },
        (Language::En, Some(en)) => Said {
            text: shown_line(en),
            lang: None,
        },
        (Language::En, None) => Said {
            text: shown_line(zh),
            lang: Some("zh-CN"),
        },
    }
}

/// What a text is called. One that has no English title is called in English by what is known of it: its kind, event and places.
pub fn entry_title(drill: bool, language: Language, entry: &PortalEntry) -> Said {
    let text = &entry.text;
    let has_english = |title: &String| !title.trim().is_empty();
    let mut title = match (
        language,
        text.title_en.as_ref().filter(|en| has_english(en)),
    ) {
        (Language::En, None) => Said {
            text: title_of_data(entry),
            lang: None,
        },
        _ => said(language, &text.title, text.title_en.as_deref()),
    };
    let mark = &words(language).portal.drill_prefix;
    if drill && !title.text.starts_with(mark.trim()) {
        title.text.insert_str(0, mark);
    }
    title
}

fn title_of_data(entry: &PortalEntry) -> String {
    let words = words(Language::En);
    let mut title = words.common.kind(entry.kind).to_owned();
    if let Some(number) = entry.text.number {
        title.push_str(&format!(" No. {number}"));
    }
    let places = places(Language::En, &entry.areas);
    match (&entry.event_name_en, places.is_empty()) {
        (Some(event), false) => title.push_str(&format!(": {event}, {places}")),
        (Some(event), true) => title.push_str(&format!(": {event}")),
        (None, false) => title.push_str(&format!(": {places}")),
        (None, true) => title.push_str(&format!(" {}", entry.index_number)),
    }
    match english_text(entry) {
        Some(_) => title,
        None => fill(&words.portal.chinese_only_title, &[("title", &title)]),
    }
}

/// The names of `areas` in a row.
pub fn places(language: Language, areas: &[Area]) -> String {
    let name = |area: &Area| said(language, &area.name, area.name_en.as_deref()).text;
    let names: Vec<String> = areas.iter().map(name).collect();
    names.join(&words(language).portal.comma)
}

/// The text in `language`, or the Chinese one.
pub fn body_text(language: Language, entry: &PortalEntry) -> &str {
    match language {
        Language::En => english_text(entry).unwrap_or(&entry.text.text),
        Language::ZhCn => &entry.text.text,
    }
}

/// The English text, if there is one.
pub fn english_text(entry: &PortalEntry) -> Option<&str> {
    let english = entry.text.text_en.as_deref();
    english.filter(|text| !text.trim().is_empty())
}
