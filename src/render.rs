//! Facts and a template make the canonical text; the canonical text makes one rendering per channel.
//!
//! Knows `domain` only. Same input, same bytes: no clock, no chance, no files.

pub mod head;
mod binding;
mod ends;
pub mod holds_again;
pub mod tree;
pub mod uses;
pub mod template;
pub mod names;
pub mod library;
mod known;
mod libraries;
mod print;
mod context;
mod needs;
mod needed;
mod printed;
mod wanted;
mod weave;
pub mod builtin;
mod draft;
mod once;
mod tidy;
pub mod extent;
mod links;
pub mod marks;
mod notice;
mod words;
mod email;
pub mod sms;
mod robot;
mod renderings;
mod compose;

#[cfg(test)]
mod fixture;

pub use binding::LiftedFrom;
pub use binding::Measure;
pub use compose::{Edit, compose, edited};
pub use context::SHORT_TITLE;
pub use draft::draft;
pub use holds_again::{HoldsAgain, Why};
pub use libraries::Libraries;
pub use library::{Library, LibraryFault};
pub use names::known_paths;
pub use needed::needed;
pub use notice::{Circumstances, Notice};
pub use printed::printed;
pub use renderings::{RenderFault, renderings};
pub use template::{Template, TemplateFault};
pub use wanted::wanted;

use crate::domain::bulletin::{Bulletin, ChannelReach};
use crate::domain::channel::ChannelDef;
use crate::domain::fact::{Fact, FactSpec};
use crate::domain::incident::Incident;
use crate::domain::plan::{Item, Plan};
use crate::domain::portal::Passage;
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// Everything a draft is made from.
pub struct DraftInput<'a> {
    pub plan: &'a Plan,
    pub item: &'a Item,
    pub incident: &'a Incident,
    pub release: &'a Release,
    /// The template to use instead of the item's own (corrections).
    pub template: Option<&'a str>,
    /// What an interpretation or correction refers to.
    pub original: Option<Original<'a>>,
    /// The measures that bind people, where this text says so.
    pub binding: Vec<Measure>,
    /// It lifts a measure in some of the places for which that was ordered.
    pub is_partial: bool,
    /// The measures that bind again once this text takes another one back.
    pub holds_again: Vec<HoldsAgain>,
    /// What excludes it and is out: it takes the place of that.
    pub ends: Vec<Measure>,
    /// When the last text of its item went out: what that one told of its places is not told again unseen.
    pub told_until: Option<Moment>,
    /// The address of this bulletin on the portal.
    pub link: Option<String>,
    /// The channels of the item, in its order; behind them those of `also`.
    pub channels: Vec<&'a ChannelDef>,
    /// Where what it takes the place of went, and to whom.
    pub also: Vec<ChannelReach>,
    pub version: u32,
    pub now: Moment,
    /// A drill's texts are marked first and last, by this layer and not by the author.
    pub drill: bool,
}

impl<'a> DraftInput<'a> {
    /// What is known of a fact: what the text was given for itself first, and nothing of the incident's where it says what
    /// was wrong with another text, or where an earlier lifting lifted.
    fn fact(&self, spec: &FactSpec) -> Option<&'a Fact> {
        let own = self.release.own_facts.get(&spec.fact);
        own.or_else(|| {
            let known = self.incident.facts.get(&spec.fact)?;
            let was_told = self.told_until.is_some_and(|told| known.as_of <= told);
            let is_another_texts =
                spec.is_of_one_text() || was_told && self.item.tells_its_own(spec);
            (!is_another_texts).then_some(known)
        })
    }

    /// Whether the text was given the fact for itself.
    fn is_own(&self, spec: &FactSpec) -> bool {
        self.release.own_facts.contains_key(&spec.fact)
    }

    /// What was given for the fact in English, beside the Chinese that is printed.
    fn english(&self, spec: &FactSpec) -> Option<&'a Fact> {
        let english = self.plan.event.english_of(spec)?;
        let given = match self.release.own_facts.contains_key(&spec.fact) {
            true => self.release.own_facts.get(&english.fact),
            false => self.fact(english),
        };
        given.filter(|fact| fact.value.is_truthy())
    }
}

/// The published text that a new one refers to.
#[derive(Debug, Clone)]
pub struct Original<'a> {
    pub title: &'a str,
    pub title_en: Option<&'a str>,
    pub document_number: Option<&'a str>,
    pub published_at: Option<Moment>,
    pub link: Option<String>,
    pub reason: Option<&'a str>,
    /// Whose free words its title may hold.
    pub written_by: &'a [String],
    /// The title of the correction that stands in for it, if one does.
    pub corrected_by: Option<&'a str>,
    pub corrected_by_en: Option<&'a str>,
    /// What earlier corrections of it made right, and a correction of another passage of it says again.
    pub also_corrected: &'a [Passage],
}

/// What came of drafting.
#[derive(Debug, Clone, PartialEq)]
pub enum Drafted {
    Complete(Box<Bulletin>),
    /// Facts that the template needs and nobody has given, by code, in order.
    Missing(Vec<String>),
    /// The template or its output cannot be used; says why and what to do.
    Fault(String),
}
