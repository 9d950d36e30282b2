//! What binds people, as a text says it: the title, number and places of each measure that goes on.
//!
//! A template prints it where it wants (`incident.binding`); a text of the response that does not gets it from here, so that no
//! plan can forget it. Must never know how it was found.

use super::marks::Marks;
use super::needs::Words;
use super::print::Printer;
use super::sms::{self, segments};
use super::{DraftInput, HoldsAgain};
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
    /// When it was ordered.
    pub since: Moment,
    /// When it was ordered, corrected or lifted somewhere, last.
    pub changed_at: Option<Moment>,
    pub areas: Vec<AreaCode>,
    /// The parts of these in which it was lifted.
    pub parts_lifted: Vec<AreaCode>,
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

/// The places of `measure`, with whom alone it binds there, and without which parts.
fn places_of(input: &DraftInput<'_>, measure: &Measure, printer: Printer) -> String {
    let all: Vec<String> = (measure.areas.iter())
        .map(|area| place_of(input, &[measure], area, printer))
        .collect();
    all.join(printer.choose("、", ", "))
}

/// `area`, in which all of `measures` bind: only some people, if each does only them, and without the parts in which each was lifted.
fn place_of(
    input: &DraftInput<'_>,
    measures: &[&Measure],
    area: &AreaCode,
    printer: Printer,
) -> String {
    let name = places(input, std::slice::from_ref(area), printer);
    let only = |measure: &&Measure| {
        let mut only = measure.only.iter();
        only.find(|(of, _)| of == area).map(|(_, who)| who.clone())
    };
    let mut who: Vec<String> = measures.iter().filter_map(only).collect();
    if who.len() == measures.len() && !who.is_empty() {
        who.dedup();
        let who = who.join(printer.choose("；", "; "));
        return match printer.is_english() {
            true => format!("{name} (only {who})"),
            false => format!("{name}（{who}）"),
        };
    }
    let is_lifted = |part: &AreaCode, one: &Measure| {
        let mut parts = one.parts_lifted.iter();
        parts.any(|lifted| lifted.contains(part))
    };
    let parts = measures.first().map_or(&[][..], |one| &one.parts_lifted);
    let parts: Vec<AreaCode> = (parts.iter())
        .filter(|part| area.contains(part) && measures.iter().all(|one| is_lifted(part, one)))
        .cloned()
        .collect();
    match (parts.is_empty(), printer.is_english()) {
        (true, _) => name,
        (false, true) => format!("{name} (but not {})", places(input, &parts, printer)),
        (false, false) => format!("{name}（{}除外）", places(input, &parts, printer)),
    }
}

/// As of when a text of the response says what binds: since then nothing of it has changed.
fn as_of(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    if !input.release.tells_of_response(input.item) {
        return None;
    }
    let changes = input.binding.iter().filter_map(|one| one.changed_at);
    let at = changes.chain([input.release.opened_at]).max()?;
    let at = printer.moment(at.min(input.now));
    Some(match printer.is_english() {
        true => format!("as of {at}, "),
        false => format!("截至{at}，"),
    })
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
    let as_of = as_of(input, printer).unwrap_or_default();
    (!all.is_empty()).then(|| format!("{as_of}{}", all.join(printer.choose("；", "; "))))
}

/// The liftings of `measure` that are announced.
fn lifted(input: &DraftInput<'_>, measure: &Measure, printer: Printer) -> String {
    let one = |lifted: &LiftedFrom| {
        let (places, at) = (
            places(input, &lifted.areas, printer),
            printer.moment(lifted.at),
        );
        // A lifting may be for a part of a place that has no code: where it is not for other places than the order, its own
        // words say for which.
        let mut ordered = measure.areas.iter();
        let is_whole = ordered.all(|area| lifted.areas.iter().any(|of| of.contains(area)));
        let title = lifted.title.trim_matches(['《', '》']);
        let title_en = lifted.title_en.as_deref().unwrap_or(title);
        match (printer.is_english(), is_whole) {
            (true, true) => format!("lifted from {at} where “{title_en}” says so"),
            (true, false) => format!("lifted in {places} from {at} by “{title_en}”"),
            (false, true) => format!("自{at}起解除，范围见《{title}》"),
            (false, false) => format!("{places}自{at}起解除，见《{title}》"),
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

/// Where anything binds, and whom alone, and where not.
pub(super) fn areas(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let all = input.binding.iter().flat_map(|one| &one.areas);
    let all = normal(all.cloned().collect());
    let one = |area: &AreaCode| {
        let here = |measure: &&Measure| measure.areas.iter().any(|own| own.overlaps(area));
        let here: Vec<&Measure> = input.binding.iter().filter(here).collect();
        place_of(input, &here, area, printer)
    };
    let all: Vec<String> = all.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(printer.choose("、", ", ")))
}

/// What the text of `input` says of what binds, in the form in which it is compared.
pub(super) fn bound(input: &DraftInput<'_>) -> Vec<Bound> {
    let again = input.holds_again.iter().filter_map(HoldsAgain::bound);
    let binding = input.binding.iter().map(Measure::bound);
    let ends = input.ends.iter().map(Measure::bound);
    binding.chain(again).chain(ends).collect()
}

/// `text` with the word that it lifts nothing elsewhere, where it lifts a measure in a part of its places: true whatever else is lifted
/// before or after.
pub(super) fn in_part(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    if !input.is_partial {
        return text;
    }
    let said = |language| {
        let printer = Printer {
            language,
            zone: input.plan.zone,
        };
        let areas = input.release.areas(input.incident);
        let places = places(input, areas, printer);
        match printer.is_english() {
            true => format!(
                "This notice lifts the measure in {places} only. Elsewhere it goes on until a notice for that place lifts it."
            ),
            false => {
                format!("本通告只在{places}解除有关措施，其他地方没有接到解除通告的，继续执行。")
            }
        }
    };
    let (zh, en) = (said(Language::ZhCn), said(Language::En));
    text.text = format!("{zh}\n\n{}", text.text);
    text.action = text.action.map(|action| format!("{action}{zh}"));
    text.text_en = text.text_en.map(|body| format!("{en}\n\n{body}"));
    text.action_en = text.action_en.map(|action| format!("{action} {en}"));
    text.sms = text
        .sms
        .map(|sms| short_in_part(input, sms, Language::ZhCn));
    text.sms_en = text
        .sms_en
        .map(|sms| short_in_part(input, sms, Language::En));
    text
}

/// The short message with that word where it costs nobody another segment.
fn short_in_part(input: &DraftInput<'_>, said: String, language: Language) -> String {
    let longer = match language {
        Language::ZhCn => format!("{}其他地方未解除的继续执行。", sms::ended(&said, "。")),
        Language::En => format!("{} Elsewhere it goes on.", sms::ended(&said, ".")),
    };
    let signature = input.plan.issuer_of(input.item).sms_signature.as_deref();
    let signature = signature.unwrap_or_default();
    // The same words in a drill and in earnest, so the longer of the two is measured.
    let count = |body: &str| {
        let line = Marks::new(true, language).line(&format!("【{signature}】{body}"));
        segments(&line).len()
    };
    match count(&longer) == count(&said) {
        true => longer,
        false => said,
    }
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
