//! Addresses. They are promises: a bulletin keeps its address for good, whatever becomes of it.

use chrono::NaiveDate;

use crate::domain::bulletin::Language;
use crate::domain::level::ResponseLevel;

/// How a page is shown: its language, and the large print of 长辈版.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    pub language: Language,
    pub large: bool,
}

impl View {
    pub const ALL: [Self; 4] = [
        Self::new(Language::ZhCn, false),
        Self::new(Language::En, false),
        Self::new(Language::ZhCn, true),
        Self::new(Language::En, true),
    ];

    pub const fn new(language: Language, large: bool) -> Self {
        Self { language, large }
    }

    /// What every address of this view starts with.
    pub fn prefix(self) -> &'static str {
        match (self.language, self.large) {
            (Language::ZhCn, false) => "",
            (Language::En, false) => "/en",
            (Language::ZhCn, true) => "/elder",
            (Language::En, true) => "/en/elder",
        }
    }

    /// The view that `path` asks for, and the rest of the path.
    pub fn of(path: &str) -> (Self, &str) {
        let strip = |path: &'_ str, word: &str| -> Option<usize> {
            let rest = path.strip_prefix(word)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(word.len())
        };
        let (language, rest) = match strip(path, "/en") {
            Some(cut) => (Language::En, &path[cut..]),
            None => (Language::ZhCn, path),
        };
        match strip(rest, "/elder") {
            Some(cut) => (Self::new(language, true), &rest[cut..]),
            None => (Self::new(language, false), rest),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    Home,
    Bulletin(&'a str),
    /// A bulletin's address with something behind it that can be no part of one: telephones take the comma after a link,
    /// and the sentence after that, into what is tapped.
    Overrun(&'a str),
    BulletinText(&'a str),
    BulletinData(&'a str),
    Poster(&'a str),
    PosterPicture(&'a str),
    /// A text by its short name, with whatever stood behind that.
    Short(&'a str),
    Incident(&'a str),
    Archive,
    Month(NaiveDate),
    Level(ResponseLevel),
    Body(&'a str),
    Area(&'a str),
    AreaFeed(&'a str),
    Search,
    Verify,
    About,
    Atom,
    JsonFeed,
    Robots,
    Favicon,
    Health,
}

impl<'a> Route<'a> {
    /// The page at `path`, which has lost its view's prefix.
    pub fn of(path: &'a str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        let mut parts = path.split('/').skip(1);
        if let [_, "b", id, sheet @ ("poster" | "poster.svg")] =
            path.split('/').collect::<Vec<_>>()[..]
            && id_of(id) == (id, "")
        {
            return Some(match sheet {
                "poster" => Self::Poster(id),
                _ => Self::PosterPicture(id),
            });
        }
        if let [_, "area", code, "feed.atom"] = path.split('/').collect::<Vec<_>>()[..] {
            return Some(Self::AreaFeed(code));
        }
        let route = match (parts.next(), parts.next()) {
            (None, _) => Self::Home,
            (Some("b"), Some(name)) => match id_of(name) {
                (_, "") => Self::Bulletin(name),
                (id, ".txt") => Self::BulletinText(id),
                (id, ".json") => Self::BulletinData(id),
                ("", _) => return None,
                // What stands behind the link is no path, whatever slashes are in it.
                (id, _) => return Some(Self::Overrun(id)),
            },
            (Some("s"), Some(name)) => return Some(Self::Short(name)),
            (Some("incident"), Some(id)) => Self::Incident(id),
            (Some("archive"), None) => Self::Archive,
            (Some("archive"), Some(month)) => Self::Month(month_of(month)?),
            (Some("level"), Some(code)) => Self::Level(
                ResponseLevel::ALL
                    .into_iter()
                    .find(|level| level.code() == code)?,
            ),
            (Some("body"), Some(code)) => Self::Body(code),
            (Some("area"), Some(code)) => Self::Area(code),
            (Some("search"), None) => Self::Search,
            (Some("verify"), None) => Self::Verify,
            (Some("about"), None) => Self::About,
            (Some("feed.atom"), None) => Self::Atom,
            (Some("feed.json"), None) => Self::JsonFeed,
            (Some("robots.txt"), None) => Self::Robots,
            (Some("favicon.svg" | "favicon.ico"), None) => Self::Favicon,
            (Some("healthz"), None) => Self::Health,
            _ => return None,
        };
        parts.next().is_none().then_some(route)
    }

    /// `path` without what a message put behind it, if something there can be no part of an address of this site.
    pub fn ending(path: &str) -> Option<&str> {
        let is_of_address = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        let end = path.find(|c| !is_of_address(c)).unwrap_or(path.len());
        let kept = path[..end].trim_end_matches(['.', '-', '_']);
        let kept = if kept.is_empty() { "/" } else { kept };
        (kept != path).then_some(kept)
    }

    /// Whether the answer needs a walk through the whole archive.
    pub fn is_search(self) -> bool {
        matches!(self, Self::Search | Self::Verify)
    }
}

/// The id that `name` begins with, and what stands behind it.
fn id_of(name: &str) -> (&str, &str) {
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(name.len());
    name.split_at(end)
}

/// `2026-07`, and nothing looser: one month has one address.
fn month_of(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// The value of `name` in a query string, percent-decoded; what is no UTF-8 becomes U+FFFD.
pub fn query_value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| {
            let spaced = value.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced)
                .decode_utf8_lossy()
                .into_owned()
        })
    })
}

/// `text` for a query string.
pub fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_view_finds_its_way_back() {
        for view in View::ALL {
            let path = format!("{}/b/L-1", view.prefix());
            assert_eq!(View::of(&path), (view, "/b/L-1"));
            assert_eq!(
                Route::of(View::of(&format!("{}/", view.prefix())).1),
                Some(Route::Home)
            );
        }
        assert_eq!(View::of("/enough").0.language, Language::ZhCn);
    }

    #[test]
    fn addresses_are_exact() {
        assert_eq!(Route::of("/b/L-1.json"), Some(Route::BulletinData("L-1")));
        for wrong in [
            "/b",
            "/b/1/2",
            "/archive/2026-7",
            "/archive/2026-13",
            "/search/x",
            "/nope",
        ] {
            assert_eq!(Route::of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_a_telephone_took_along_is_no_part_of_an_address() {
        for behind in [
            "，咨询0510-0000-1234",
            "%EF%BC%8C%E5%92%A8%E8%AF%A2",
            "%A3%AC",
            "。",
            ".",
            ",",
            ")",
            "）",
            "》",
            ">",
            "%3E",
            "\"",
            "%22",
            "”",
            "；",
            ";",
            "!",
            "...",
            "、0510/0000/1234",
            "%20",
            "&x",
            "*",
            ".html",
            "】",
            "%E3%80%91",
        ] {
            assert_eq!(
                Route::of(&format!("/b/L-1{behind}")),
                Some(Route::Overrun("L-1")),
                "{behind}"
            );
        }
        for exact in ["/b/L-1", "/b/L-1/"] {
            assert_eq!(Route::of(exact), Some(Route::Bulletin("L-1")));
        }
        assert_eq!(Route::of("/b/，"), None);
        for (path, meant) in [
            ("/b/L-1/poster%E3%80%82", "/b/L-1/poster"),
            ("/b/L-1.txt，", "/b/L-1.txt"),
            ("/area/320299101）", "/area/320299101"),
            ("/feed.atom.", "/feed.atom"),
            ("/，", "/"),
        ] {
            assert_eq!(Route::ending(path), Some(meant));
        }
        assert_eq!(Route::ending("/archive/2026-07"), None);
    }

    proptest! {
        #[test]
        fn a_query_survives_the_address_bar(text in any::<String>()) {
            prop_assert_eq!(query_value(&format!("page=2&q={}", encode(&text)), "q"), Some(text));
        }

        #[test]
        fn no_path_breaks_the_router(path in any::<String>()) {
            let (_, rest) = View::of(&path);
            let _ = Route::of(rest);
        }
    }
}
