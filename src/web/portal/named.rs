//! The measures that a text of the response named as binding when it went out, and what has become of them since: nobody must read
//! for good that a place is still under orders which were lifted there the next morning.
//!
//! It goes by what the text itself named, kept beside it, never by its words alone. Knows no page.

use super::fate::{Is, Over, what_is, word};
use super::frame::{Frame, said};
use super::page::asked::but;
use super::shelf::Shelf;
use crate::domain::area::{Area, AreaCode};
use crate::domain::bulletin::Language;
use crate::domain::portal::{LiftedIn, PortalEntry};
use crate::domain::time::Moment;

/// What a text named as binding.
pub struct Named<'s> {
    measures: Vec<Measure<'s>>,
    /// Of some that it named nothing is known here.
    has_unknown: bool,
}

struct Measure<'s> {
    order: &'s PortalEntry,
    /// It binds somewhere.
    binds: bool,
    places: Vec<Place<'s>>,
    /// It was taken back, or never held.
    void: Option<Is>,
    /// Parts of places where it is over.
    parts: Vec<&'s LiftedIn>,
}

struct Place<'s> {
    area: &'s Area,
    /// Since when it binds there no more.
    over: Option<Moment>,
}

impl<'s> Named<'s> {
    /// None where `entry` named nothing.
    pub fn of(shelf: &'s Shelf, entry: &PortalEntry) -> Option<Self> {
        if entry.text.binding.is_empty() {
            return None;
        }
        let measures: Vec<Measure> = (entry.text.binding.iter())
            .filter_map(|bound| {
                let named = shelf.release(bound.release.as_str())?;
                // What corrects an order speaks of that order.
                let of = named.corrects.as_ref().filter(|_| named.binds);
                let order = of.and_then(|of| shelf.release(of.release.as_str()));
                Some(Measure::new(shelf, order.unwrap_or(named), &bound.areas))
            })
            .collect();
        Some(Self {
            has_unknown: measures.len() < entry.text.binding.len(),
            measures,
        })
    }

    /// Whether nothing that it named binds anywhere.
    pub fn is_over(&self) -> bool {
        let mut places = self.measures.iter().flat_map(|measure| &measure.places);
        !self.has_unknown && places.all(|place| place.over.is_some())
    }

    /// The last moment at which something of it was over.
    pub fn since(&self) -> Option<Moment> {
        let of = |measure: &Measure| {
            let places = measure.places.iter().filter_map(|place| place.over);
            let parts = measure.parts.iter().map(|lifted| lifted.at);
            places.chain(parts).max()
        };
        self.measures.iter().filter_map(of).max()
    }

    /// What is over where, a line for each measure; one line where all is.
    pub fn lines(&self, f: &Frame, entry: &PortalEntry) -> Vec<String> {
        let Some(last) = self.since() else {
            return Vec::new();
        };
        if self.is_over() && self.measures.iter().all(|measure| measure.void.is_none()) {
            let places = self.measures.iter().flat_map(|measure| &measure.places);
            let places = names(f, places.map(|place| place.area));
            let at = f.stamp(last, entry).text;
            return vec![f.fill(&f.w.named_all_over, &[("places", &places), ("at", &at)])];
        }
        let line = |measure: &Measure| {
            let places = measure.places.iter();
            let places = places.filter_map(|place| Some((place.over?, place.area)));
            let parts = measure.parts.iter();
            let parts = parts.flat_map(|one| one.areas.iter().map(|area| (one.at, area)));
            let over: Vec<(Moment, &Area)> = places.chain(parts).collect();
            let at = over.iter().map(|(at, _)| *at).max()?;
            let places = names(f, over.iter().map(|(_, area)| *area));
            let title = f.entry_title(measure.order).text;
            if let Some(is) = measure.void {
                let values = [
                    ("title", title.trim_matches(['《', '》'])),
                    ("fate", word(f.w, is)),
                    ("at", &f.stamp(at, entry).text),
                ];
                return Some(f.fill(&f.w.named_void, &values));
            }
            let but: String = measure.parts.iter().map(|lifted| but(f, lifted)).collect();
            let values = [
                ("title", title.trim_matches(['《', '》'])),
                ("places", &places),
                ("but", &but),
                ("at", &f.stamp(at, entry).text),
            ];
            Some(f.fill(&f.w.named_over, &values))
        };
        self.measures.iter().filter_map(line).collect()
    }

    /// What of it binds on, and where; what saves lives first.
    pub fn standing(&self, f: &Frame) -> Vec<String> {
        let binding = self.measures.iter().filter(|measure| measure.binds);
        let mut measures: Vec<&Measure> = binding.collect();
        measures.sort_by_key(|measure| !measure.order.saves_life);
        let line = |measure: &Measure| {
            let left = measure.places.iter().filter(|place| place.over.is_none());
            let places = names(f, left.map(|place| place.area));
            let title = f.entry_title(measure.order).text;
            let title = title.trim_matches(['《', '》']);
            let values = [("title", title), ("places", &*places)];
            let words = match title.contains(&places) {
                true => &f.w.named_stands_there,
                false => &f.w.named_stands,
            };
            (!places.is_empty()).then(|| f.fill(words, &values))
        };
        measures.into_iter().filter_map(line).collect()
    }

    /// `action` without the sentences that send people to measures which are over; None where nothing else stands there.
    pub fn without(&self, action: &str) -> Option<String> {
        if !self.is_over() {
            return Some(action.to_owned());
        }
        let mut kept = String::new();
        let mut is_behind = false;
        for sentence in sentences(action) {
            if self.sends_there(sentence) {
                is_behind = true;
                kept.push_str(elsewhere(sentence).unwrap_or_default());
            } else if is_behind {
                kept.push_str(elsewhere(sentence).unwrap_or(sentence));
                is_behind = false;
            } else {
                kept.push_str(sentence);
            }
        }
        let kept = kept.trim().trim_end_matches(['；', ';']).to_owned();
        (!kept.is_empty()).then_some(kept)
    }

    /// Whether `words` say that something of it goes on.
    pub fn sends_there(&self, words: &str) -> bool {
        const GOES_ON: [&str; 13] = [
            "仍",
            "没有解除",
            "未解除",
            "继续执行",
            "按公告执行",
            "按通告执行",
            "按其要求",
            "stand",
            "until a",
            "go on",
            "goes on",
            "follow the order",
            "in force",
        ];
        let holds = |name: &str| name.chars().count() > 1 && words.contains(name);
        let goes_on = GOES_ON.iter().any(|word| words.contains(word));
        let is_of = |measure: &Measure| {
            let text = &measure.order.text;
            let title = holds(text.title.trim_matches(['《', '》']));
            let english = text.title_en.as_deref().is_some_and(holds);
            let mut places = measure.places.iter();
            let is_place = |place: &Place| {
                let english = place.area.name_en.as_deref().is_some_and(holds);
                holds(&place.area.name) || english
            };
            title || english || goes_on && places.any(is_place)
        };
        self.measures.iter().any(is_of)
    }
}

impl<'s> Measure<'s> {
    fn new(shelf: &'s Shelf, order: &'s PortalEntry, bound: &[AreaCode]) -> Self {
        let stands = shelf.stands_for(order);
        let everywhere = match what_is(shelf, order) {
            (Is::Over(Over::Lifted | Over::AllClear) | Is::Void(_), at) => at,
            _ => None,
        };
        let is = what_is(shelf, order).0;
        let by_now = || {
            let lifted = stands.lifted_by_now();
            lifted.flat_map(|lifted| lifted.areas.iter().map(|area| (lifted.at, area)))
        };
        let known = [order, stands].into_iter();
        let known = known.flat_map(|entry| {
            let lifted = entry.lifted.iter().flat_map(|lifted| &lifted.areas);
            entry.areas.iter().chain(lifted)
        });
        let known: Vec<&Area> = known.collect();
        let place = |code: &AreaCode| {
            let area = known.iter().find(|area| area.area == *code);
            let lifted = by_now().filter(|(_, area)| area.area.contains(code));
            let over = lifted.map(|(at, _)| at).min().or(everywhere);
            area.map(|area| Place { area, over })
        };
        let places: Vec<Place> = bound.iter().filter_map(place).collect();
        let is_part = |lifted: &&LiftedIn| {
            let left = || places.iter().filter(|place| place.over.is_none());
            let is_left = |area: &Area| left().any(|place| place.area.area.contains(&area.area));
            !lifted.to_come && lifted.areas.iter().any(is_left)
        };
        Self {
            binds: matches!(is, Is::InForce | Is::LiftedInPart),
            void: matches!(is, Is::Void(_)).then_some(is),
            parts: stands.liftings().filter(is_part).collect(),
            order,
            places,
        }
    }
}

fn names<'a>(f: &Frame, areas: impl Iterator<Item = &'a Area>) -> String {
    let mut names: Vec<String> = Vec::new();
    for area in areas {
        let name = said(f.view.language, &area.name, area.name_en.as_deref()).text;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(match f.view.language {
        Language::ZhCn => "、",
        Language::En => ", ",
    })
}

/// What stands behind 其他地方, where that is said.
fn elsewhere(sentence: &str) -> Option<&str> {
    let mut behind = ["其他地方", "Elsewhere", "elsewhere"].into_iter();
    let rest = behind.find_map(|word| sentence.split_once(word))?.1;
    Some(rest.trim_start_matches(['：', ':', '，', ',', ' ']))
}

/// The sentences of `text`, each with what ends it. A title is not taken apart.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let (mut begin, mut depth) = (0, 0usize);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '《' | '“' | '（' => depth += 1,
            '》' | '”' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_gap = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let ends = match c {
            '.' => is_gap && !is_short(&text[begin..at]),
            ';' | '!' => is_gap,
            _ => "。；！".contains(c),
        };
        if ends && depth == 0 {
            let mut end = at + c.len_utf8();
            while chars.next_if(|(_, next)| next.is_whitespace()).is_some() {
                end = chars.peek().map_or(text.len(), |(at, _)| *at);
            }
            all.push(&text[begin..end]);
            begin = end;
        }
    }
    if begin < text.len() {
        all.push(&text[begin..]);
    }
    all
}

/// Whether the point behind `begun` belongs to its last word: the number of a line, "No. 2".
fn is_short(begun: &str) -> bool {
    const SHORT: [&str; 7] = ["No", "Nos", "St", "Mt", "Dr", "Mr", "Tel"];
    let begun = begun.trim_start();
    let is_number = !begun.is_empty() && begun.chars().all(|c| c.is_ascii_digit());
    let last = begun.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    is_number || last.is_some_and(|last| SHORT.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_by_sentences_and_put_together_again() {
        let text =
            "《甲；乙》仍在执行；其他地方：请照常。 Orders stand in A: act. Elsewhere: go by No.3.";
        let parts = sentences(text);
        assert_eq!(parts.len(), 4, "{parts:?}");
        assert_eq!(parts.concat(), text);
        assert_eq!(elsewhere(parts[1]), Some("请照常。 "));
        assert_eq!(elsewhere(parts[2]), None);
        let numbered = "1. Go to No. 2 School. Then call.";
        assert_eq!(
            sentences(numbered),
            ["1. Go to No. 2 School. ", "Then call."]
        );
    }
}
