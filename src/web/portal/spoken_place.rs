//! The places that somebody's words name, and whether a text concerns them. A saying about one village must never be answered with
//! the order of another.
//!
//! A village that no list has is known by how it is written (…村), and looked for in the words of a text.

use super::SiteSettings;
use super::heard::{is_said, places};
use super::shelf::Shelf;
use crate::domain::area::{Area, AreaCode};
use crate::domain::portal::PortalEntry;

/// What makes a name of the two characters before it.
const ENDS: [&str; 5] = ["村", "社区", "街道", "镇", "乡"];
/// What is no part of the name of a village: 回村, 全村, 我们村.
const NO_NAME: &str =
    "各全本该我们你他这那哪个回进出到去在从以的了和及与每几两三多有是农整某里让叫往离";

/// The places that words name.
#[derive(Debug, Default, Clone)]
pub struct Places {
    /// Known ones with the name that was used, none that lies around another.
    pub known: Vec<(String, AreaCode)>,
    /// Names that no list has.
    strange: Vec<String>,
}

impl Places {
    /// Those that `said` names.
    pub fn named(settings: &SiteSettings, shelf: &Shelf, said: &str) -> Self {
        let said = said.to_lowercase();
        let of_texts = shelf.all().iter().flat_map(|entry| {
            let lifted = entry.lifted.iter().flat_map(|lifted| &lifted.areas);
            entry.areas.iter().chain(lifted)
        });
        let mut known: Vec<(String, AreaCode)> = Vec::new();
        for area in settings.areas.iter().chain(of_texts) {
            if let Some(name) = used(area, &said)
                && !known.iter().any(|(_, other)| *other == area.area)
            {
                known.push((name, area.area.clone()));
            }
        }
        let strange = strange(&said);
        let is_known = |name: &String| {
            let mut names = known.iter().map(|(name, _)| name);
            names.any(|known| known.contains(name.as_str()) || name.contains(known.as_str()))
        };
        let strange = strange.into_iter().filter(|name| !is_known(name)).collect();
        let codes: Vec<AreaCode> = known.iter().map(|(_, code)| code.clone()).collect();
        let is_around = |code: &AreaCode| {
            let mut others = codes.iter().filter(|other| *other != code);
            others.any(|other| code.contains(other))
        };
        known.retain(|(_, code)| !is_around(code));
        Self { known, strange }
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.strange.is_empty()
    }

    /// Whether one of them is a place within the city: that of the city stands in the names of its offices.
    pub fn are_near(&self, settings: &SiteSettings) -> bool {
        let is_around = |code: &AreaCode| {
            let mut others = settings.areas.iter().filter(|area| area.area != *code);
            others.any(|area| code.contains(&area.area))
        };
        !self.strange.is_empty() || self.known.iter().any(|(_, code)| !is_around(code))
    }

    /// The names that were used.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let known = self.known.iter().map(|(name, _)| name.as_str());
        known.chain(self.strange.iter().map(String::as_str))
    }

    /// Whether they and `others` have a place in common.
    pub fn meet(&self, others: &Self) -> bool {
        let is_known = |(_, code): &(String, AreaCode)| {
            let mut others = others.known.iter();
            others.any(|(_, other)| code.overlaps(other))
        };
        let is_strange = |name: &String| others.strange.contains(name);
        self.known.iter().any(is_known) || self.strange.iter().any(is_strange)
    }

    /// Whether `entry` concerns one of them, or did before it was lifted there.
    pub fn concern(&self, entry: &PortalEntry) -> bool {
        let lifted = entry.lifted.iter().flat_map(|lifted| &lifted.areas);
        let mut all = entry.areas.iter().chain(lifted);
        let is_in_area = all.any(|own| {
            let mut known = self.known.iter();
            known.any(|(_, code)| own.area.overlaps(code))
        });
        is_in_area || self.known.is_empty() && self.are_written_in(entry)
    }

    fn are_written_in(&self, entry: &PortalEntry) -> bool {
        let text = &entry.text;
        let parts = [
            Some(&text.title),
            Some(&text.text),
            text.action.as_ref(),
            text.title_en.as_ref(),
            text.text_en.as_ref(),
        ];
        let parts = parts.into_iter().flatten().chain(&entry.short);
        let written: Vec<String> = parts.map(|part| part.to_lowercase()).collect();
        let is_written = |name: &String| written.iter().any(|part| part.contains(name.as_str()));
        self.strange.iter().any(is_written)
    }
}

/// The name of `area` that `said` uses.
fn used(area: &Area, said: &str) -> Option<String> {
    let short = area
        .name
        .trim_end_matches(['市', '镇', '村', '区', '县', '乡']);
    let english = area.name_en.as_deref().unwrap_or_default().to_lowercase();
    let english_short = english.split(' ').next().unwrap_or_default().to_owned();
    let mut names = [area.name.clone(), short.to_owned(), english, english_short].into_iter();
    names.find(|name| name.chars().count() >= 2 && is_said(said, name))
}

fn strange(said: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for end in ENDS {
        for (at, _) in said.match_indices(end) {
            let before: Vec<char> = said[..at].chars().rev().take(2).collect();
            let is_name = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) && !NO_NAME.contains(*c);
            if before.len() == 2 && before.iter().all(is_name) {
                let name: String = before.iter().rev().collect();
                names.push(format!("{name}{end}"));
            }
        }
    }
    for end in [" village", " town", " township"] {
        // Villages are several, of which this is no name.
        for place in places(said, end).filter(|place| place.len() == end.len()) {
            let word = said[..place.start].rsplit(' ').next().unwrap_or_default();
            let is_name = word.len() > 3 && word.chars().all(|c| c.is_ascii_alphabetic());
            if is_name && !["your", "this", "that", "every", "whole", "their"].contains(&word) {
                names.push(format!("{word}{end}"));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_village_is_known_by_how_it_is_written() {
        for (said, names) in [
            ("圩南村水退了，可以回来了", vec!["圩南村"]),
            ("青山镇石岭村必须去青山中学", vec!["石岭村", "青山镇"]),
            ("村里喇叭说不用走了", vec![]),
            ("我们村可以回村了吗", vec![]),
            ("you may return to weinan village", vec!["weinan village"]),
        ] {
            assert_eq!(strange(said), names, "{said}");
        }
    }
}
