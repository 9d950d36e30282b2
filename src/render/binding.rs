//! What binds people, as a text says it: the title, number and places of each measure that goes on.
//!
//! A template prints it where it wants (`incident.binding`); a text of the response that does not gets it from here, so that no
//! plan can forget it. Must never know how it was found.

use super::DraftInput;
use super::needs::Words;
use super::print::Printer;
use crate::domain::area::AreaCode;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::lifting::{Bound, normal};
use crate::id::ReleaseId;

/// A measure that is out, and where it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub release: ReleaseId,
    /// Of its text.
    pub title: String,
    pub title_en: Option<String>,
    pub document_number: Option<String>,
    pub areas: Vec<AreaCode>,
    /// Whose free words its title may hold.
    pub written_by: Vec<String>,
}

impl Measure {
    pub fn bound(&self) -> Bound {
        Bound {
            release: self.release.clone(),
            areas: self.areas.clone(),
        }
    }

    /// `《…》（示防汛指〔2026〕3号）`, or the English of it.
    pub(super) fn named(&self, printer: Printer, with_number: bool) -> String {
        let number = self.document_number.as_ref().filter(|_| with_number);
        if printer.is_english() {
            let title = self.title_en.as_ref().unwrap_or(&self.title);
            let number = number.map_or(String::new(), |number| format!(" ({number})"));
            return format!("“{title}”{number}");
        }
        let number = number.map_or(String::new(), |number| format!("（{number}）"));
        let title = self.title.trim_matches(['《', '》']);
        format!("《{title}》{number}")
    }
}

/// The names of `areas`.
pub(super) fn places(input: &DraftInput<'_>, areas: &[AreaCode], printer: Printer) -> String {
    let names = areas.iter().map(|area| match printer.language {
        Language::ZhCn => input.plan.place_name(area),
        Language::En => input.plan.place_name_en(area),
    });
    names.collect::<Vec<_>>().join(printer.choose("、", ", "))
}

/// Every measure that binds, with its places; None where nothing does.
pub(super) fn listed(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let one = |measure: &Measure| {
        let (named, places) = (
            measure.named(printer, true),
            places(input, &measure.areas, printer),
        );
        match printer.is_english() {
            true => format!("{named} in {places}"),
            false => format!("{named}在{places}"),
        }
    };
    let all: Vec<String> = input.binding.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(printer.choose("；", "; ")))
}

/// Where anything binds.
pub(super) fn areas(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let all = input.binding.iter().flat_map(|one| &one.areas);
    let all = normal(all.cloned().collect());
    (!all.is_empty()).then(|| places(input, &all, printer))
}

/// What the text of `input` says of what binds, in the form in which it is compared.
pub(super) fn bound(input: &DraftInput<'_>) -> Vec<Bound> {
    let again = input.holds_again.iter().map(|one| one.measure.bound());
    let binding = input.binding.iter().map(Measure::bound);
    binding.chain(again).collect()
}

/// `text` with what binds, where it tells of the response and its template has not said it (`words` are what that prints).
pub(super) fn said(
    input: &DraftInput<'_>,
    words: &[Words],
    mut text: BulletinText,
) -> BulletinText {
    let names_it = words.contains(&Words::System("incident.binding"));
    let printer = |language| Printer {
        language,
        zone: input.plan.zone,
    };
    let (zh, en) = (printer(Language::ZhCn), printer(Language::En));
    if names_it || input.release.correction.is_some() {
        return text;
    }
    let (Some(listed), Some(listed_en)) = (listed(input, zh), listed(input, en)) else {
        return text;
    };
    let said = format!("以下措施没有解除，继续执行，请按其要求行动：{listed}。");
    let said_en =
        format!("These measures go on until a notice lifts them: {listed_en}. Act on them.");
    text.text = format!("{said}\n\n{}", text.text);
    text.action = text.action.map(|action| format!("{said}{action}"));
    text.text_en = text.text_en.map(|body| format!("{said_en}\n\n{body}"));
    text.action_en = text.action_en.map(|action| format!("{said_en} {action}"));
    text
}
