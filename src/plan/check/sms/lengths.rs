//! How long what a short message prints can become: the bound of each name, from facts, places and levels of the plan.

use super::{Look, Sent};
use crate::domain::area::Area;
use crate::domain::bulletin::Language;
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::numbering::blank_next;
use crate::domain::plan::WITHDRAWAL;
use crate::domain::time::{Span, span_zh};
use crate::plan::file::When;
use crate::render::SHORT_TITLE;
use crate::render::extent::{Asked, Extent, longest};
use crate::render::head::Field;
use crate::render::holds_again;
use crate::render::sms::units;

/// A moment as it is printed when every part of it has two digits.
const MOMENT: &str = "12月31日23时59分";
const MOMENT_EN: &str = "31 Dec 23:59";
const DATE: &str = "2026年12月31日";
const DATE_EN: &str = "30 September 2026";
/// What follows a prefix in a document number: 〔2026〕第999号.
const NUMBER: &str = "〔2026〕第999号";
/// Digits of a number that a short message may hold.
const DIGITS: usize = 5;
/// What follows the portal's address in the shortest link to a text: `/s/` and a code.
const SHORT_LINK: usize = 11;
/// How many places a text may be for at once where the rule does not say.
const PLACES: usize = 3;

/// The text that is measured, and the language of it.
#[derive(Clone, Copy)]
pub(super) struct Measured<'a> {
    pub one: &'a Sent<'a>,
    pub language: Language,
    /// How many places it may name at once.
    pub places: Option<u32>,
}

impl Measured<'_> {
    fn is_english(self) -> bool {
        self.language == Language::En
    }

    fn moment(self) -> usize {
        units(self.choose(MOMENT, MOMENT_EN))
    }

    fn choose<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self.is_english() {
            true => en,
            false => zh,
        }
    }
}

impl Look<'_> {
    /// How long a name may become in a text.
    pub(super) fn extent(&self, text: Measured<'_>, path: &str) -> Extent {
        let (spec, one) = (self.plan.folder.plan.spec(), text.one);
        let level = one.stage.level();
        let known = |text: Option<&str>| Extent::Known(text.unwrap_or_default().to_owned());
        let body = self.world.body(&spec.body);
        let issuer = self.world.issuer(self.plan, one.draft, one.owner);
        let name = |zh: &str, en: Option<&str>| known(Some(text.choose(zh, en.unwrap_or(zh))));
        let any_level = Extent::Most(units(text.choose("一级", "level III")));
        match path {
            "incident.level" => {
                level.map_or(any_level, |at| known(Some(text.choose(at.zh(), &at.en()))))
            }
            "incident.level-roman" => level.map_or(any_level, |at| {
                known(Some(text.choose(at.roman_zh(), &at.en())))
            }),
            "incident.level-en" => {
                level.map_or(Extent::Most(units("level III")), |at| known(Some(&at.en())))
            }
            "incident.previous-level" => any_level,
            "incident.event" => name(&self.event.name, self.event.name_en.as_deref()),
            "incident.areas" | "release.areas" => {
                Extent::Most(self.places(text, text.is_english()))
            }
            "incident.binding-areas" => Extent::Most(self.places(text, text.is_english())),
            "incident.areas-en" | "release.areas-en" => Extent::Most(self.places(text, true)),
            "incident.expected-duration" => Extent::Most(longest_span(text)),
            "release.hotline" => known(body.and_then(|body| body.hotline.as_deref())),
            "release.body" => body.map_or(known(None), |body| {
                name(&body.name, body.name_en.as_deref())
            }),
            "release.issuer" => issuer.map_or(known(None), |body| {
                name(&body.name, body.name_en.as_deref())
            }),
            "release.body-en" => known(body.and_then(|body| body.name_en.as_deref())),
            "release.issuer-en" => known(issuer.and_then(|body| body.name_en.as_deref())),
            "release.number" => Extent::Most("第999号".chars().count()),
            "release.document-number" | "original.document-number" => {
                let prefix = issuer.and_then(|body| body.document_prefix.as_deref());
                Extent::Most(prefix.map_or(0, units) + units(NUMBER))
            }
            "release.next-update" => {
                Extent::Most(units(text.choose(blank_next(false), blank_next(true))))
            }
            "release.date" => Extent::Most(units(text.choose(DATE, DATE_EN))),
            "release.link" | "original.link" => Extent::Most(self.link()),
            "original.title" => self.original_title(text),
            "incident.known-at"
            | "incident.activated-at"
            | "incident.level-since"
            | "incident.ended-at"
            | "original.published-at" => Extent::Most(text.moment()),
            _ => self.fact(path).map_or(Extent::Unbounded, |(fact, facet)| {
                let by_place = one.draft.spec.places_facts.as_deref().unwrap_or_default();
                match extent_of(text, fact, facet) {
                    // An order for some places writes their names into it, however many they are.
                    Extent::Most(most) if by_place.contains(&fact.fact) => {
                        Extent::Most(most.max(self.places(text, false)))
                    }
                    extent => extent,
                }
            }),
        }
    }

    /// How long the message becomes that takes a lifting back, and names the measure that binds again; None for every other one.
    pub(super) fn holds_again(&self, text: Measured<'_>) -> Option<usize> {
        text.one.corrects?;
        let spec = self.plan.folder.plan.spec();
        let own = spec.corrections.as_ref()?;
        let takes_back = [Some(&own.sent_in_error), own.withdrawal.as_ref()];
        let name = text.one.template;
        if name != WITHDRAWAL && !takes_back.into_iter().flatten().any(|own| own == name) {
            return None;
        }
        let lifts: Vec<&String> = text.one.draft.spec.lifts.iter().flatten().collect();
        let drafts = self.plan.stages.values().flatten();
        let measures = drafts.filter(|draft| {
            draft.spec.when == Some(When::Decided) && lifts.iter().any(|code| *code == draft.code())
        });
        let field = match text.is_english() {
            true => Field::TitleEn,
            false => Field::Title,
        };
        let titles = measures.filter_map(|draft| {
            let template = draft.spec.template.as_deref()?;
            match self.title(text, template, field) {
                Extent::Most(units) => Some(units),
                _ => None,
            }
        });
        let hotline = self
            .world
            .body(&spec.body)
            .and_then(|body| body.hotline.as_deref());
        let (english, places) = (text.is_english(), self.places(text, text.is_english()));
        let hotline = hotline.unwrap_or_default();
        Some(holds_again::longest(
            titles.max()?,
            places,
            hotline,
            english,
        ))
    }

    /// The title of what a correction takes back, as that text's own template makes it.
    fn original_title(&self, text: Measured<'_>) -> Extent {
        // Whatever its length, English quotes no more of it.
        if text.is_english() {
            return Extent::Most(SHORT_TITLE);
        }
        let name = text.one.corrects.unwrap_or(text.one.template);
        self.title(text, name, Field::Title)
    }

    /// The title of a text from the template `name`.
    fn title(&self, text: Measured<'_>, name: &str, field: Field) -> Extent {
        let template = self.parsed.templates.get(name);
        let mut pieces = template.into_iter().flat_map(|template| template.pieces());
        let Some(title) = pieces.find(|piece| piece.field == field) else {
            return Extent::Unbounded;
        };
        // A correction of a correction names no second title.
        let found = longest(
            title,
            &Asked {
                extent: &|path| match path {
                    "original.title" => Extent::Most(0),
                    path => self.extent(text, path),
                },
                partial: &|name| self.parsed.templates.get(name),
            },
        );
        match found.unbounded.is_empty() {
            true => Extent::Most(found.units),
            false => Extent::Unbounded,
        }
    }

    /// The fact that a path names, and what of it.
    pub(super) fn fact<'p>(&self, path: &'p str) -> Option<(&FactSpec, &'p str)> {
        let facets = [".value", ".as-of", ".source"];
        let found = facets
            .iter()
            .find_map(|facet| Some((path.strip_suffix(facet)?, *facet)));
        let (code, facet) = found.unwrap_or((path, ""));
        Some((self.event.fact(code)?, facet))
    }

    /// The names of as many places as a text may be for at once: the longest that the plan has.
    fn places(&self, text: Measured<'_>, in_english: bool) -> usize {
        let served = &self.plan.folder.plan.spec().areas;
        let bodies = self.world.files.bodies.as_ref();
        let all = bodies.into_iter().flat_map(|bodies| &bodies.spec().areas);
        let own = all.filter(|area| served.iter().any(|own| own.contains(&area.area)));
        let name = |area: &Area| match in_english {
            true => units(area.name_en.as_deref().unwrap_or(&area.name)),
            false => units(&area.name),
        };
        let mut names: Vec<usize> = own.map(name).collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        let most = text.places.map_or(PLACES, |most| most as usize);
        names.truncate(most.max(1));
        let comma = units(if in_english { ", " } else { "、" });
        names.iter().sum::<usize>() + comma * names.len().saturating_sub(1)
    }

    /// The length of the shortest link to a text on the portal.
    pub(super) fn link(&self) -> usize {
        let channels = self.world.files.channels.iter().map(|file| file.spec());
        let portal = channels.filter_map(|def| def.portal.as_ref()).next();
        portal.map_or(0, |portal| units(&portal.base_url) + SHORT_LINK)
    }
}

fn extent_of(text: Measured<'_>, fact: &FactSpec, facet: &str) -> Extent {
    if facet == ".as-of" {
        return Extent::Most(text.moment());
    }
    if facet == ".source" {
        return Extent::Unbounded;
    }
    let unit = match text.is_english() {
        // Set apart by a blank.
        true => fact
            .unit_en
            .as_deref()
            .or(fact.unit.as_deref())
            .map_or(0, |u| units(u) + 1),
        false => fact.unit.as_deref().map_or(0, units),
    };
    match fact.kind {
        FactType::Text => fact
            .max
            .map_or(Extent::Unbounded, |most| Extent::Most(most as usize)),
        FactType::Choice => {
            let longest = fact.choices.iter().map(|choice| units(choice)).max();
            Extent::Most(longest.unwrap_or_default())
        }
        FactType::Number | FactType::Integer if facet.is_empty() => {
            let as_of = units(text.choose("（截至）", " (as of )"));
            Extent::Most(DIGITS + unit + as_of + text.moment())
        }
        FactType::Number | FactType::Integer => Extent::Most(DIGITS + unit),
        FactType::Time => Extent::Most(text.moment()),
        FactType::Duration => Extent::Most(longest_span(text)),
        FactType::Flag => Extent::Most(units(text.choose("是", "yes"))),
        FactType::List => Extent::Unbounded,
    }
}

/// `30天23小时59分钟`: a month less a minute.
fn longest_span(text: Measured<'_>) -> usize {
    let longest = Span::minutes((31 * 24 * 60) - 1);
    match text.is_english() {
        true => units("30 days 23 hours 59 minutes"),
        false => units(&span_zh(longest)),
    }
}
