//! What the program itself says where a text is taken back that had lifted measures: they bind again, and nobody may have to find
//! that out. Said by this layer and not by a template, so that no plan can forget it.

use super::DraftInput;
use super::binding::{Measure, places};
use super::print::Printer;
use super::sms::units;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::time::Moment;

/// A measure that binds again, or on, once a text goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldsAgain {
    pub measure: Measure,
    /// It was corrected, and its correction is what is taken back.
    pub as_first: bool,
    /// The hour of its lifting had not come.
    pub on: bool,
    /// The hour until which it does, where that of its lifting is corrected.
    pub until: Option<Moment>,
}

/// `text` with what it brings back, in every form in which it is read.
pub fn said(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    for again in &input.holds_again {
        let whole = sentence(input, again, Language::ZhCn, true);
        let short = sentence(input, again, Language::ZhCn, false);
        text.text = format!("{whole}\n\n{}", text.text);
        text.action = Some(match text.action {
            // First what no longer counts, so that this is not taken for it.
            Some(action) => format!("{action}{whole}"),
            None => whole,
        });
        text.sms = text.sms.map(|sms| match again.until {
            Some(_) => format!("{short}{sms}"),
            None => sms,
        });
        let whole = sentence(input, again, Language::En, true);
        let short = sentence(input, again, Language::En, false);
        text.action_en = text.action_en.map(|action| format!("{action} {whole}"));
        text.text_en = text.text_en.map(|body| format!("{whole}\n\n{body}"));
        text.sms_en = text.sms_en.map(|sms| match again.until {
            Some(_) => format!("{sms} {short}"),
            None => sms,
        });
    }
    if input.holds_again.iter().any(|again| again.until.is_none()) {
        // What takes it back is said in half a sentence, so that what counts now fits.
        text.sms = text.sms.map(|_| message(input, Language::ZhCn));
        text.sms_en = text.sms_en.map(|_| message(input, Language::En));
    }
    text
}

/// The whole short message of a text that takes a lifting back.
fn message(input: &DraftInput<'_>, language: Language) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let one = |again: &HoldsAgain| {
        let named = again.measure.named(printer, false);
        let places = places(input, &again.measure.areas, printer);
        match (again.as_first, printer.is_english()) {
            (false, english) => in_short(&named, &places, again.on, english),
            (true, false) => format!("{named}在{places}按原文继续执行。"),
            (true, true) => format!("{named} as first published holds on in {places}. "),
        }
    };
    let as_first = input.holds_again.iter().any(|again| again.as_first);
    let said: Vec<String> = input.holds_again.iter().map(one).collect();
    let own = input.plan.issuer_of(input.item).hotline.as_deref();
    let hotline = own.or(input.plan.body.hotline.as_deref());
    let hotline = hotline.unwrap_or_default();
    let text = short_frame(&said.concat(), hotline, printer.is_english());
    match as_first {
        true => text.replacen("解除通告已撤回：", "更正已撤回：", 1),
        false => text,
    }
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
    if printer.is_english() {
        let holds = if again.as_first {
            "stays in force as first published"
        } else if again.on {
            "stays in force"
        } else {
            "is in force again"
        };
        let end = if whole { ": act on it." } else { "." };
        return match again.until {
            Some(until) => format!(
                "{named} {holds} in {places} until {}{end}",
                printer.moment(until)
            ),
            None => format!("{named} {holds} in {places} from the publication of this notice{end}"),
        };
    }
    let holds = if again.as_first {
        "按原文继续执行"
    } else if again.on {
        "继续执行"
    } else {
        "重新执行"
    };
    if let Some(until) = again.until {
        let end = if whole {
            "，请按其要求行动。"
        } else {
            "。"
        };
        return format!("{named}在{places}{holds}至{}{end}", printer.moment(until));
    }
    match whole {
        true => format!("自本公告发布之时起，{named}在{places}{holds}，请按其要求行动。"),
        false => format!("即时起{named}在{places}{holds}。"),
    }
}
