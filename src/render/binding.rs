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
use crate::domain::time::Moment;
use crate::id::ReleaseId;

/// A measure that is out, and where it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub release: ReleaseId,
    /// Of its text.
    pub title: String,
    pub title_en: Option<String>,
    /// Of its item.
    pub name: String,
    pub name_en: Option<String>,
    pub document_number: Option<String>,
    /// The title of what corrected it, if something did and stands.
    pub corrected_by: Option<String>,
    pub corrected_by_en: Option<String>,
    pub areas: Vec<AreaCode>,
    /// Those of them where it binds only some, and whom.
    pub only: Vec<(AreaCode, String)>,
    /// Liftings that are out already, for an hour that is to come.
    pub lifted_from: Vec<LiftedFrom>,
    /// Whose free words its title may hold.
    pub written_by: Vec<String>,
}

/// Where and from when a measure is lifted by a text that is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftedFrom {
    pub at: Moment,
    pub areas: Vec<AreaCode>,
    /// Of the lifting.
    pub title: String,
    pub title_en: Option<String>,
}

impl Measure {
    pub fn bound(&self) -> Bound {
        let until = self.lifted_from.iter().map(|lifted| lifted.at).min();
        Bound {
            release: self.release.clone(),
            areas: self.areas.clone(),
            until,
        }
    }

    /// `《…》（示防汛指〔2026〕3号）`, or the English of it.
    pub(super) fn named(&self, printer: Printer, with_number: bool) -> String {
        let number = self.document_number.as_ref().filter(|_| with_number);
        if printer.is_english() {
            let title = self.title_en.as_ref().unwrap_or(&self.title);
            let number = number.map_or(String::new(), |number| format!(" ({number})"));
            let corrected = (self.corrected_by_en.as_ref()).or(self.corrected_by.as_ref());
            let corrected = corrected.filter(|_| with_number);
            let corrected =
                corrected.map_or(String::new(), |by| format!(", as corrected by “{by}”,"));
            return format!("“{title}”{number}{corrected}");
        }
        let number = number.map_or(String::new(), |number| format!("（{number}）"));
        let title = self.title.trim_matches(['《', '》']);
        let corrected = self.corrected_by.as_ref().filter(|_| with_number);
        let corrected = corrected.map_or(String::new(), |by| {
            format!(
                "（以《{}》更正后的内容为准）",
                by.trim_matches(['《', '》'])
            )
        });
        format!("《{title}》{number}{corrected}")
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

/// The places of `measure`, with whom alone it binds there.
fn places_of(input: &DraftInput<'_>, measure: &Measure, printer: Printer) -> String {
    let one = |area: &AreaCode| {
        let name = places(input, std::slice::from_ref(area), printer);
        match measure.only.iter().find(|(of, _)| of == area) {
            Some((_, who)) if printer.is_english() => format!("{name} (only {who})"),
            Some((_, who)) => format!("{name}（{who}）"),
            None => name,
        }
    };
    let all: Vec<String> = measure.areas.iter().map(one).collect();
    all.join(printer.choose("、", ", "))
}

/// Every measure that binds, with its places; None where nothing does.
pub(super) fn listed(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let one = |measure: &Measure| {
        let (named, places) = (
            measure.named(printer, true),
            places_of(input, measure, printer),
        );
        let until = lifted(input, measure, printer);
        let until = match (until.is_empty(), printer.is_english()) {
            (true, _) => until,
            (false, true) => format!(" ({until})"),
            (false, false) => format!("（{until}）"),
        };
        match printer.is_english() {
            true => format!("{named} in {places}{until}"),
            false => format!("{named}在{places}{until}"),
        }
    };
    let all: Vec<String> = input.binding.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(printer.choose("；", "; ")))
}

/// The liftings of `measure` that are announced.
fn lifted(input: &DraftInput<'_>, measure: &Measure, printer: Printer) -> String {
    let one = |lifted: &LiftedFrom| {
        let (places, at) = (
            places(input, &lifted.areas, printer),
            printer.moment(lifted.at),
        );
        let title = lifted.title.trim_matches(['《', '》']);
        match printer.is_english() {
            true => {
                let title = lifted.title_en.as_deref().unwrap_or(title);
                format!("lifted in {places} from {at} by “{title}”")
            }
            false => format!("{places}自{at}起解除，见《{title}》"),
        }
    };
    let all: Vec<String> = measure.lifted_from.iter().map(one).collect();
    all.join(printer.choose("；", "; "))
}

/// Every announced lifting of what binds; None where there is none.
pub(super) fn lifted_from(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let all = input
        .binding
        .iter()
        .filter(|one| !one.lifted_from.is_empty());
    let all: Vec<String> = all
        .map(|one| {
            let named = one.named(printer, true);
            let colon = printer.choose("：", ": ");
            format!("{named}{colon}{}", lifted(input, one, printer))
        })
        .collect();
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
    let ends = input.ends.iter().map(Measure::bound);
    binding.chain(again).chain(ends).collect()
}

/// `text` with what it takes the place of: whoever acts on that is told that it counts no longer.
pub(super) fn ended(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    for measure in &input.ends {
        let said = |language| {
            let printer = Printer {
                language,
                zone: input.plan.zone,
            };
            let named = measure.named(printer, true);
            let places = places(input, &measure.areas, printer);
            match printer.is_english() {
                true => format!(
                    "{named} ends in {places} with the publication of this notice: act on this one."
                ),
                false => format!("自本通告发布之时起，{named}在{places}不再执行，请按本通告行动。"),
            }
        };
        let (zh, en) = (said(Language::ZhCn), said(Language::En));
        text.text = format!("{zh}\n\n{}", text.text);
        text.action = text.action.map(|action| format!("{zh}{action}"));
        text.text_en = text.text_en.map(|body| format!("{en}\n\n{body}"));
        text.action_en = text.action_en.map(|action| format!("{en} {action}"));
    }
    text
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
