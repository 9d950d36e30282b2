//! What the program itself says where a text is taken back that had lifted measures: they bind again, and nobody may have to find
//! that out. Said by this layer and not by a template, so that no plan can forget it.

use super::DraftInput;
use super::binding::{Measure, places};
use super::print::Printer;
use super::sms::units;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::lifting::Bound;
use crate::domain::time::Moment;

/// A measure that binds again, or on, once a text goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldsAgain {
    pub measure: Measure,
    pub why: Why,
    /// The hour of its lifting had not come.
    pub on: bool,
    /// The hour until which it does, where that of its lifting is given anew.
    pub until: Option<Moment>,
}

/// What the text does, so that a measure binds again or on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It takes back what lifted the measure.
    LiftingTakenBack,
    /// It takes back what corrected the measure, which is read as it was first.
    CorrectionTakenBack,
    /// The same, of the newest of several corrections: it is read as the one before says.
    NewestTakenBack,
    /// It takes back what corrected the hour of the lifting.
    HourTakenBack,
    /// It corrects the hour of the lifting.
    HourGiven,
}

impl HoldsAgain {
    /// That hour is past: it binds no more.
    fn is_over(&self) -> bool {
        self.why == Why::HourTakenBack && self.until.is_none()
    }

    /// What it says of what binds, in the form in which it is compared.
    pub fn bound(&self) -> Option<Bound> {
        (!self.is_over()).then(|| self.measure.bound())
    }
}

/// `text` with what it brings back, in every form in which it is read.
pub fn said(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    let gives_hour = |again: &HoldsAgain| again.why == Why::HourGiven;
    for again in &input.holds_again {
        let whole = sentence(input, again, Language::ZhCn, true);
        let short = sentence(input, again, Language::ZhCn, false);
        text.text = format!("{whole}\n\n{}", text.text);
        text.action = Some(match text.action {
            // First what no longer counts, so that this is not taken for it.
            Some(action) => format!("{action}{whole}"),
            None => whole,
        });
        text.sms = text.sms.map(|sms| match gives_hour(again) {
            true => format!("{short}{sms}"),
            false => sms,
        });
        let whole = sentence(input, again, Language::En, true);
        let short = sentence(input, again, Language::En, false);
        text.action_en = text.action_en.map(|action| format!("{action} {whole}"));
        text.text_en = text.text_en.map(|body| format!("{whole}\n\n{body}"));
        text.sms_en = text.sms_en.map(|sms| match gives_hour(again) {
            true => format!("{sms} {short}"),
            false => sms,
        });
    }
    if input.holds_again.iter().any(|again| !gives_hour(again)) {
        // What takes it back is said in half a sentence, so that what counts now fits.
        text.sms = text.sms.map(|_| message(input, Language::ZhCn));
        text.sms_en = text.sms_en.map(|_| message(input, Language::En));
    }
    text
}

/// The whole short message of a text that takes a lifting, or a correction, back.
fn message(input: &DraftInput<'_>, language: Language) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let one = |again: &HoldsAgain| {
        let named = again.measure.named(printer, false);
        let places = places(input, &again.measure.areas, printer);
        match (again.why, again.until, printer.is_english()) {
            (Why::CorrectionTakenBack, _, false) => format!("{named}在{places}按原文继续执行。"),
            (Why::CorrectionTakenBack, _, true) => {
                format!("{named} as first published holds on in {places}. ")
            }
            (Why::HourTakenBack, Some(until), false) => {
                format!("{named}在{places}继续执行至{}。", printer.moment(until))
            }
            (Why::HourTakenBack, Some(until), true) => {
                format!(
                    "{named} holds on in {places} until {}. ",
                    printer.moment(until)
                )
            }
            (Why::HourTakenBack, None, false) => format!("{named}在{places}已经解除。"),
            (Why::HourTakenBack, None, true) => format!("{named} is lifted in {places}. "),
            (_, _, english) => in_short(&named, &places, again.on, english),
        }
    };
    let of_lifting = |again: &HoldsAgain| again.why == Why::LiftingTakenBack;
    let said: Vec<String> = input.holds_again.iter().map(one).collect();
    let own = input.plan.issuer_of(input.item).hotline.as_deref();
    let hotline = own.or(input.plan.body.hotline.as_deref());
    let hotline = hotline.unwrap_or_default();
    let mut text = short_frame(&said.concat(), hotline, printer.is_english());
    if !input.holds_again.iter().any(of_lifting) {
        text = text.replacen("解除通告已撤回：", "更正已撤回：", 1);
    }
    if input.holds_again.iter().all(HoldsAgain::is_over) {
        text = text
            .replacen("请按其要求行动。", "", 1)
            .replacen("Act on it.", "", 1);
    }
    text
}

fn in_short(named: &str, places: &str, on: bool, english: bool) -> String {
    match (english, on) {
        (false, false) => format!("{named}在{places}重新执行。"),
        (false, true) => format!("{named}在{places}继续执行。"),
        (true, false) => format!("{named} holds again in {places}. "),
        (true, true) => format!("{named} holds on in {places}. "),
    }
}

fn short_frame(said: &str, hotline: &str, english: bool) -> String {
    let asks = match (hotline.is_empty(), english) {
        (true, _) => String::new(),
        (false, false) => format!("咨询{hotline}"),
        (false, true) => format!(" Call {hotline}"),
    };
    match english {
        true => format!("{said}Act on it.{asks}"),
        false => format!("解除通告已撤回：{said}请按其要求行动。{asks}"),
    }
}

/// How long that message becomes, with a title and places as long as they may be.
pub fn longest(title: usize, places: usize, hotline: &str, english: bool) -> usize {
    let (opens, closes) = if english {
        ("“", "”")
    } else {
        ("《", "》")
    };
    let said = in_short(&format!("{opens}{closes}"), "", false, english);
    units(&short_frame(&said, hotline, english)) + title + places
}

fn sentence(input: &DraftInput<'_>, again: &HoldsAgain, language: Language, whole: bool) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let named = again.measure.named(printer, whole);
    let places = places(input, &again.measure.areas, printer);
    let until = again.until.map(|until| printer.moment(until));
    let english = printer.is_english();
    if again.why == Why::HourTakenBack {
        return match (until, english) {
            (Some(until), false) => {
                format!(
                    "更正的解除时间已撤回：{named}在{places}继续执行至{until}，请按其要求行动。"
                )
            }
            (Some(until), true) => format!(
                "The corrected hour is withdrawn: {named} stays in force in {places} until {until}. Act on it."
            ),
            (None, false) => {
                format!("更正的解除时间已撤回，以更正前的为准：{named}在{places}已经解除。")
            }
            (None, true) => format!(
                "The corrected hour is withdrawn, and the hour given before counts: {named} is lifted in {places}."
            ),
        };
    }
    if english {
        let holds = match again.why {
            Why::CorrectionTakenBack => "stays in force as first published",
            Why::NewestTakenBack => "stays in force",
            _ if again.on => "stays in force",
            _ => "is in force again",
        };
        let end = if whole { ": act on it." } else { "." };
        return match until {
            Some(until) => format!("{named} {holds} in {places} until {until}{end}"),
            None => format!("{named} {holds} in {places} from the publication of this notice{end}"),
        };
    }
    let holds = match again.why {
        Why::CorrectionTakenBack => "按原文继续执行",
        Why::NewestTakenBack => "继续执行",
        _ if again.on => "继续执行",
        _ => "重新执行",
    };
    if let Some(until) = until {
        let end = if whole {
            "，请按其要求行动。"
        } else {
            "。"
        };
        return format!("{named}在{places}{holds}至{until}{end}");
    }
    match whole {
        true => format!("自本文发布之时起，{named}在{places}{holds}，请按其要求行动。"),
        false => format!("即时起{named}在{places}{holds}。"),
    }
}
