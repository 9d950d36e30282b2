//! How long what a short message prints can become: the bound of each name, from facts, places and levels of the plan.

use super::{Look, Sent};
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::time::{Span, span_zh};
use crate::render::extent::Extent;
use crate::render::sms::units;

/// A moment as it is printed when every part of it has two digits.
const MOMENT: &str = "12月31日23时59分";
const DATE: &str = "2026年12月31日";
/// Digits of a number that a short message may hold.
const DIGITS: usize = 5;
/// What follows the portal's address in the shortest link to a text: `/s/` and a code.
const SHORT_LINK: usize = 11;

impl Look<'_> {
    /// How long a name may become in the text of `one`.
    pub(super) fn extent(&self, one: &Sent<'_>, path: &str) -> Extent {
        let spec = self.plan.folder.plan.spec();
        let level = one.stage.level();
        let known = |text: Option<&str>| Extent::Known(text.unwrap_or_default().to_owned());
        let body = self.world.body(&spec.body);
        let issuer = self.world.issuer(self.plan, one.draft, one.owner);
        match path {
            "incident.level" => level.map_or(Extent::Most(2), |at| known(Some(at.zh()))),
            "incident.level-roman" => {
                level.map_or(Extent::Most(2), |at| known(Some(at.roman_zh())))
            }
            "incident.previous-level" => Extent::Most(2),
            "incident.event" => known(Some(&self.event.name)),
            "incident.areas" | "release.areas" => Extent::Most(self.longest_place()),
            "incident.expected-duration" => Extent::Most(longest_span()),
            "release.hotline" => known(body.and_then(|body| body.hotline.as_deref())),
            "release.body" => known(body.map(|body| body.name.as_str())),
            "release.issuer" => known(issuer.map(|body| body.name.as_str())),
            "release.number" => Extent::Most("第999号".chars().count()),
            "release.date" => Extent::Most(units(DATE)),
            "release.link" => Extent::Most(self.link()),
            "incident.known-at"
            | "incident.activated-at"
            | "incident.level-since"
            | "incident.ended-at"
            | "release.next-update"
            | "original.published-at" => Extent::Most(units(MOMENT)),
            _ => self
                .fact(path)
                .map_or(Extent::Unbounded, |(fact, facet)| extent_of(fact, facet)),
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

    fn longest_place(&self) -> usize {
        let served = &self.plan.folder.plan.spec().areas;
        let bodies = self.world.files.bodies.as_ref();
        let all = bodies.into_iter().flat_map(|bodies| &bodies.spec().areas);
        let own = all.filter(|area| served.iter().any(|own| own.contains(&area.area)));
        own.map(|area| units(&area.name)).max().unwrap_or_default()
    }

    /// The length of the shortest link to a text on the portal.
    pub(super) fn link(&self) -> usize {
        let channels = self.world.files.channels.iter().map(|file| file.spec());
        let portal = channels.filter_map(|def| def.portal.as_ref()).next();
        portal.map_or(0, |portal| units(&portal.base_url) + SHORT_LINK)
    }
}

fn extent_of(fact: &FactSpec, facet: &str) -> Extent {
    if facet == ".as-of" {
        return Extent::Most(units(MOMENT));
    }
    if facet == ".source" {
        return Extent::Unbounded;
    }
    let unit = fact.unit.as_deref().map_or(0, units);
    match fact.kind {
        FactType::Text => fact
            .max
            .map_or(Extent::Unbounded, |most| Extent::Most(most as usize)),
        FactType::Choice => {
            let longest = fact.choices.iter().map(|choice| units(choice)).max();
            Extent::Most(longest.unwrap_or_default())
        }
        FactType::Number | FactType::Integer if facet.is_empty() => {
            Extent::Most(DIGITS + unit + units("（截至）") + units(MOMENT))
        }
        FactType::Number | FactType::Integer => Extent::Most(DIGITS + unit),
        FactType::Time => Extent::Most(units(MOMENT)),
        FactType::Duration => Extent::Most(longest_span()),
        FactType::Flag => Extent::Most(1),
        FactType::List => Extent::Unbounded,
    }
}

/// `23小时59分钟`.
fn longest_span() -> usize {
    units(&span_zh(Span::minutes(23 * 60 + 59)))
}
