//! One sheet for notice boards: who says so, what to do, until when, whom to call, and the way to the whole text.
//!
//! It is one page of A4 whatever the text: type and cuts follow from the length of each part, and what has no room is read
//! behind the square code. Printing and PDF are the browser's.

mod drawn;
mod measure;

use std::fmt::Write as _;

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

use self::measure::{length, lines, width};
use super::card::{Banner, Fate, action, lifted};
use super::mended::{self, Pieces};
use super::record::spoken_code;
use crate::domain::blocks::{Block, blocks};
use crate::domain::portal::{Passage, PortalEntry};
use crate::domain::short_code;
use crate::web::portal::SiteSettings;
use crate::web::portal::feed::body_text;
use crate::web::portal::frame::{Badge, Frame, Said};
use crate::web::portal::route::View;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::shown;
use crate::web::portal::when::Stamp;
use crate::web::portal::wording::Piece;

/// The sheet between its margins, in millimetres.
const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 255.0;
/// The foot with the square and its rule.
const FOOT: f64 = 44.0;
/// Between two parts of the sheet.
const GAP: f64 = 3.0;
/// The rule and its distance under the issuer.
const RULE: f64 = 3.0;
/// Frame, distances and heading of the box of the action.
const BOX: f64 = 14.0;
/// Frame and distances of a banner.
const FRAME: f64 = 7.0;
/// Type of the issuer and of the facts, in points, and what stands around a fact.
const ISSUER: f64 = 17.0;
const FACT: (f64, f64) = (15.0, 2.0);
/// Lines of a title and of an action over their type.
const DENSE: f64 = 1.35;
/// What a renderer may set wider or higher than is reckoned here.
const SPARE: f64 = 4.0;
/// Points in a millimetre, and a line's height over its type.
const POINT: f64 = 0.353;
const LINE: f64 = 1.45;
/// Type of the text itself, in points.
const TEXT: f64 = 14.0;

/// Type for a part by its length in Chinese characters: the class of the style sheet, and its points.
type Sizes = [(f64, &'static str, f64); 4];
const TITLE: Sizes = [
    (17.0, "z1", 34.0),
    (40.0, "z2", 28.0),
    (70.0, "z3", 22.0),
    (110.0, "z4", 18.0),
];
const ACTION: Sizes = [
    (36.0, "z1", 34.0),
    (75.0, "z2", 28.0),
    (140.0, "z3", 22.0),
    (220.0, "z4", 18.0),
];
/// The most of a list of places.
const PLACES: f64 = 60.0;

#[derive(Template)]
#[template(path = "portal/pages/poster.html")]
pub struct Poster<'a> {
    f: Frame<'a>,
    page: String,
    picture: String,
    body: Said,
    badge: Badge,
    levels: Option<String>,
    kind: String,
    title: Said,
    title_marked: Option<Pieces>,
    title_size: &'static str,
    fate: Fate,
    banner: Option<String>,
    lifted: Vec<String>,
    action: Option<Said>,
    action_marked: Option<Pieces>,
    action_size: &'static str,
    areas: String,
    published: Stamp,
    until: Option<Stamp>,
    hotline: Option<String>,
    text: Vec<Pieces>,
    /// All that has to be said, and what was corrected in it, for whoever sets it with another measure.
    whole: String,
    once: Option<Passage>,
    /// What was corrected, for a sheet must not spread what is wrong.
    passage: Option<Pieces>,
    passage_lang: Option<&'static str>,
    text_lang: Option<&'static str>,
    number: Option<String>,
    code: String,
    link: String,
    square: Option<Square>,
}

/// A square code: its modules on a side, with the quiet zone, and the outline of the dark ones.
struct Square {
    side: usize,
    path: String,
}

impl<'a> Poster<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View, entry: &PortalEntry) -> Self {
        let page = format!("/b/{}", entry.release);
        let mut f = Frame::new(settings, view, "", &format!("{page}/poster"));
        let mut title = f.entry_title(entry);
        f.title = f.fill(&f.w.poster_of, &[("title", &title.text)]);
        f.noindex = true;
        let mut action = action(&f, entry);
        let (title_size, title_height) = fit(&mut title.text, &TITLE);
        let (action_size, action_height) = match &mut action {
            Some(action) => fit(&mut action.text, &ACTION),
            None => ("z1", 0.0),
        };
        let places: Vec<String> = f
            .area_links(&entry.areas)
            .into_iter()
            .map(|link| link.text.text)
            .collect();
        let mut areas = places.join(&f.w.comma);
        cut(&mut areas, PLACES);
        let english = entry.text.text_en.as_deref();
        let has_english = english.is_some_and(|text| !text.trim().is_empty());
        let passage = mended::passage(shelf, entry, view.language);
        let action_text = action.as_ref().map_or("", |action| &action.text);
        let whole = shown(body_text(view.language, entry));
        let once = mended::once(passage, &[&title.text, action_text, &whole]);
        let mark = |text: &str| once.and_then(|passage| mended::mended(text, passage));
        let banner = Banner::new(&f, shelf, entry).map(|banner| banner.text);
        let until = (entry.valid_until)
            .filter(|_| shelf.holds(entry))
            .map(|at| f.stamp(at, entry));
        let lifted = lifted(&f, shelf.stands_for(entry));
        let fate = Fate::new(f.w, entry);
        let room = HEIGHT - title_height - {
            let body = f.body_name(entry).text;
            let badge = f.badge_of(shelf, entry);
            let tag = length(badge.text) + length(f.common.kind(entry.kind)) + 4.0;
            let issuer = of_lines(
                lines(&body, (WIDTH / (ISSUER * POINT) - tag * 0.8).max(8.0)).max(1),
                ISSUER,
                LINE,
            );
            let corrected = passage.map_or(0.0, |passage| {
                height(
                    &format!("{}{}{}", f.w.amended_here, passage.wrong, passage.right),
                    TEXT,
                )
            });
            let banners = banner
                .iter()
                .map(|banner| height(banner, TEXT) + FRAME + corrected + GAP);
            let lifted = lifted.iter().map(|line| height(line, TEXT) + FRAME + GAP);
            let action = action.as_ref().map_or(0.0, |_| action_height + BOX + GAP);
            let facts = [!areas.is_empty(), until.is_some(), entry.hotline.is_some()];
            let facts = facts.into_iter().filter(|is_there| *is_there).count();
            let (points, around) = FACT;
            #[expect(clippy::cast_precision_loss, reason = "three facts at most")]
            let facts = of_lines(facts, points, LINE)
                + facts as f64 * around
                // A long list of places takes two lines.
                + height(&areas, points)
                - of_lines(1, points, LINE).min(height(&areas, points));
            let void = if fate.is_void() {
                of_lines(1, TEXT, LINE) + 1.0
            } else {
                0.0
            };
            issuer
                + RULE
                + action
                + facts
                + FOOT
                + 4.0 * GAP
                + void
                + SPARE
                + banners.chain(lifted).sum::<f64>()
        };
        let link = short_code::link(&settings.base_url, &entry.release);
        Self {
            picture: f.to(&format!("{page}/poster.svg")),
            page: f.to(&page),
            body: f.body_name(entry),
            badge: f.badge_of(shelf, entry),
            levels: f.levels(entry),
            kind: f.common.kind(entry.kind).to_owned(),
            fate,
            banner,
            lifted,
            published: f.stamp(entry.published_at, entry),
            until,
            hotline: entry.hotline.clone(),
            text: opening(&whole, room, &f.w.poster_rest)
                .into_iter()
                .map(|line| mark(&line).unwrap_or_else(|| vec![Piece::Same(line)]))
                .collect(),
            once: once.cloned(),
            whole: whole.clone(),
            title_marked: mark(&title.text),
            action_marked: action.as_ref().and_then(|action| mark(&action.text)),
            passage: passage.map(mended::compared),
            passage_lang: mended::language(&f, passage),
            text_lang: (!f.is_chinese() && !has_english).then_some("zh-CN"),
            number: entry.text.document_number.clone(),
            code: spoken_code(&entry.hash),
            square: Square::of(&link),
            link,
            title,
            title_size,
            action,
            action_size,
            areas,
            f,
        }
    }
}

/// As much of `text` as is `most` long and ends where a clause ends: half a number would be another number.
fn clauses(text: &str, most: f64) -> &str {
    let mut taken = 0.0;
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        taken += width(c);
        if taken > most {
            break;
        }
        let is_gap = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        if "。；！？，、".contains(c) || ".;!?,".contains(c) && is_gap {
            end = at + c.len_utf8();
        }
    }
    &text[..end]
}

/// Cuts `text` to `most`, and says so.
fn cut(text: &mut String, most: f64) {
    if length(text) <= most {
        return;
    }
    let kept = clauses(text, most - 1.0).trim_end_matches(['，', '、', '；', ',', ';']);
    let end = if kept.is_empty() {
        // A name without a pause is cut between words, or between two characters.
        let (mut taken, mut end) = (0.0, 0);
        let mut last = ' ';
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || ".:-".contains(c);
        for (at, c) in text.char_indices() {
            taken += width(c);
            if taken > most - 1.0 {
                break;
            }
            if !(is_of_word(last) && is_of_word(c)) {
                end = at;
            }
            last = c;
        }
        end
    } else {
        kept.len()
    };
    text.truncate(end);
    text.push('…');
}

/// The class of type for `text`, cut to the longest that has one, and its height.
fn fit(text: &mut String, sizes: &Sizes) -> (&'static str, f64) {
    let last = sizes[sizes.len() - 1];
    cut(text, last.0);
    let long = length(text);
    let (_, class, points) = *sizes
        .iter()
        .find(|(most, ..)| long <= *most)
        .unwrap_or(&last);
    // Bold type is a little wider.
    let count = lines(text, WIDTH / (points * POINT * 1.05));
    (class, of_lines(count, points, DENSE))
}

/// The height of as many lines.
#[expect(clippy::cast_precision_loss, reason = "a sheet has few lines")]
fn of_lines(count: usize, points: f64, line: f64) -> f64 {
    count as f64 * points * POINT * line
}

/// The height of `text` from one margin to the other.
fn height(text: &str, points: f64) -> f64 {
    of_lines(lines(text, WIDTH / (points * POINT)), points, LINE)
}

/// As many paragraphs as have `room`; of the first that has none, the clauses that still have. Never a heading alone, nor words
/// that only announce what follows.
fn opening(text: &str, room: f64, rest: &str) -> Vec<String> {
    let text = shown(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut left = room;
    let mut out: Vec<String> = Vec::new();
    let mut is_cut = false;
    for line in lines {
        let taken = height(line, TEXT) + 1.0;
        if taken <= left {
            left -= taken;
            out.push(line.to_owned());
            continue;
        }
        is_cut = true;
        let a_line = (WIDTH / (TEXT * POINT)).floor();
        let count = (left / (TEXT * POINT * LINE)).floor().max(0.0);
        let begun = clauses(line, count * a_line - length(rest));
        if !begun.is_empty() {
            out.push(begun.to_owned());
        }
        break;
    }
    if is_cut {
        while out.last().is_some_and(|line| only_announces(line)) {
            out.pop();
        }
        if let Some(last) = out.last_mut() {
            last.push_str(rest);
        }
    }
    out
}

fn only_announces(line: &str) -> bool {
    let is_heading = blocks(line)
        .iter()
        .any(|block| matches!(block, Block::Heading(_)));
    is_heading || line.ends_with(['：', ':'])
}

impl Square {
    /// None for an address that is too long for one, which none of ours is.
    fn of(link: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
        let width = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    // Writing to a String cannot fail.
                    let (at, down, len) = (x + QUIET, y + QUIET, run.len());
                    let _ = write!(path, "M{at} {down}h{len}v1h-{len}z");
                }
                x += run.len();
            }
        }
        Some(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_longer_than_the_sheet() {
        for (title, action, body) in [
            (10, 20, 100),
            (100, 200, 5_000),
            (200, 900, 5_000),
            (40, 75, 1),
        ] {
            let mut title = "题".repeat(title);
            let mut action = "做".repeat(action);
            let (_, of_title) = fit(&mut title, &TITLE);
            let (_, of_action) = fit(&mut action, &ACTION);
            let room = HEIGHT - 115.0 - of_title - of_action;
            assert!(room >= 0.0, "{of_title} {of_action}");
            let paragraphs = format!("{}\n", "文".repeat(70)).repeat(body / 70 + 1);
            let text = opening(&paragraphs, room, "……（全文请扫码）");
            let taken: f64 = text.iter().map(|line| height(line, TEXT)).sum();
            assert!(
                taken <= room.max(0.0) + TEXT * POINT * LINE,
                "{taken} in {room}"
            );
        }
    }

    #[test]
    fn a_cut_text_ends_with_no_heading() {
        let text = "通告如下。\n\n一、转移范围\n沿江村、圩南村。\n\n二、转移安置\n转移到以下安置点：\n（一）临江中学体育馆。";
        let whole = opening(text, 1_000.0, "……");
        assert_eq!(whole.len(), 6);
        for room in 0..60 {
            let text = opening(text, f64::from(room), "……");
            let last = text.last().map_or("", String::as_str);
            assert!(
                !last.contains("二、转移安置")
                    && !last.contains("安置点：")
                    && !last.contains("一、转移范围"),
                "{room}: {text:?}"
            );
        }
    }

    #[test]
    fn a_cut_tears_no_number() {
        assert_eq!(
            clauses("水位8.52米，超警戒水位0.52米。", 14.0),
            "水位8.52米，"
        );
        assert_eq!(
            clauses("The level is 8.52 m, rising.", 10.0),
            "The level is 8.52 m,"
        );
        assert_eq!(clauses("没有停顿的一句话", 4.0), "");
        let mut title = "临江站水位8.52米以上".to_owned();
        cut(&mut title, 8.0);
        assert_eq!(title, "临江站水位…");
        let text = opening("水位8.52米，超警戒水位0.52米，预计还要上涨。\n", 4.0, "……");
        assert!(text.is_empty());
    }

    #[test]
    fn a_link_becomes_a_square() {
        let square = Square::of("https://www.shili.gov.cn/s/4k9x2tm").unwrap();
        assert_eq!(square.side, 29 + 8);
        assert!(square.path.starts_with("M4 4h7v1h-7z"));
        assert!(Square::of(&"x".repeat(5_000)).is_none());
    }
}
