//! What a short message says of the measure that its text takes the place of: whoever got the other message acts on that until they
//! are told. It is named where that costs nobody another message; that it ends is said in any case, and `plan check` reckons with it.

use super::DraftInput;
use super::print::Printer;
use super::sms::units;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::channel::Layout;
use crate::domain::channel::sms::{SEGMENT, SINGLE};

/// `text` with what it ends in its short messages.
pub(super) fn in_message(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    if !input.ends.is_empty() {
        text.sms = text.sms.map(|sms| said(input, &sms, Language::ZhCn));
        text.sms_en = text.sms_en.map(|sms| said(input, &sms, Language::En));
    }
    text
}

/// How much longer a message becomes at least.
pub fn least(english: bool) -> usize {
    let stop = 1;
    stop + units(unnamed(english))
}

fn unnamed(english: bool) -> &'static str {
    match english {
        false => "原通告同时废止",
        true => " This replaces the earlier order.",
    }
}

fn said(input: &DraftInput<'_>, sms: &str, language: Language) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let english = printer.is_english();
    let titles = input
        .ends
        .iter()
        .map(|measure| measure.named(printer, false));
    let titles = titles.collect::<Vec<_>>().join(printer.choose("", ", "));
    let named = match english {
        false => format!("{titles}同时废止"),
        true => format!(" This replaces {titles}."),
    };
    let sms = sms.trim_end();
    let is_ended = sms.ends_with(['。', '！', '？', '.', '!', '?']);
    let stop = match is_ended {
        true => "",
        false => printer.choose("。", "."),
    };
    let signature = signature(input).map_or(0, |name| units(name) + 2);
    let messages = |text: &str| messages(signature + units(text));
    let with = |what: &str| format!("{sms}{stop}{what}");
    let whole = with(&named);
    match messages(&whole) == messages(sms) {
        true => whole,
        false => with(unnamed(english)),
    }
}

/// What stands in front of the message, without its brackets.
fn signature<'a>(input: &DraftInput<'a>) -> Option<&'a str> {
    let own = input.plan.issuer_of(input.item).sms_signature.as_deref();
    own.or_else(|| {
        let mut channels = input.channels.iter();
        channels.find_map(|def| match def.spec().layout() {
            Layout::Short { signature, .. } => signature,
            _ => None,
        })
    })
}

fn messages(units: usize) -> usize {
    match units <= SINGLE {
        true => 1,
        false => units.div_ceil(SEGMENT),
    }
}
