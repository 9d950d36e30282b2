//! What a short message says of the measure that its text takes the place of: whoever got the other message acts on that until they
//! are told. It is named as fully as costs nobody another message: where lives depend on one, nothing may come in two parts.

use super::DraftInput;
use super::binding::Measure;
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

fn said(input: &DraftInput<'_>, sms: &str, language: Language) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let english = printer.is_english();
    let all = |named: &dyn Fn(&Measure) -> String| -> String {
        let all: Vec<String> = input.ends.iter().map(named).collect();
        all.join(printer.choose("、", ", "))
    };
    let titles = all(&|measure| measure.named(printer, false));
    let names = all(&|measure| match (&measure.name_en, english) {
        (Some(name), true) => name.clone(),
        _ => measure.name.clone(),
    });
    let forms = match english {
        false => [
            format!("{titles}同时废止"),
            format!("原{names}废止"),
            "原令废止".to_owned(),
        ],
        true => [
            format!(" This replaces {titles}."),
            format!(" This replaces: {names}."),
            " This replaces the earlier order.".to_owned(),
        ],
    };
    let sms = sms.trim_end();
    let stop = match sms.ends_with(['。', '！', '？', '.', '!', '?']) {
        true => "",
        false => printer.choose("。", "."),
    };
    let signature = signature(input).map_or(0, |name| units(name) + 2);
    let messages = |text: &str| messages(signature + units(text));
    let mut longer = forms.iter().map(|form| format!("{sms}{stop}{form}"));
    let fits = longer.find(|text| messages(text) == messages(sms));
    fits.unwrap_or_else(|| sms.to_owned())
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

#[cfg(test)]
mod tests {
    use super::super::Drafted;
    use super::super::fixture::World;
    use super::*;

    #[test]
    fn a_message_names_what_it_ends_as_far_as_it_stays_one() {
        let said = |sms: &str| {
            let world = World::new(&format!("---\ntitle: 通告\nsms: {sms}\n---\n正文"));
            let mut input = world.input();
            input.ends = vec![Measure {
                release: world.release.id.clone(),
                title: "示例市防汛抗旱指挥部关于在圩南村实行居家避险的通告".into(),
                title_en: None,
                name: "居家避险通告".into(),
                name_en: None,
                document_number: None,
                corrected_by: None,
                corrected_by_en: None,
                since: input.now,
                changed_at: None,
                areas: Vec::new(),
                parts_lifted: Vec::new(),
                only: Vec::new(),
                lifted_from: Vec::new(),
                written_by: Vec::new(),
            }];
            let libraries = super::super::Libraries::default();
            let Drafted::Complete(text) = super::super::draft(&input, &libraries) else {
                panic!("no draft");
            };
            text.text.sms.clone().unwrap_or_default()
        };
        assert!(said("速撤").ends_with("居家避险的通告》同时废止"));
        let forms = ["》同时废止", "。原居家避险通告废止", "。原令废止", "撤"];
        let said: Vec<String> = (20..64).map(|many| said(&"撤".repeat(many))).collect();
        let form = |text: &String| forms.iter().position(|form| text.ends_with(form));
        let used: Vec<Option<usize>> = said.iter().map(form).collect();
        assert!(
            used.is_sorted() && used.iter().all(Option::is_some),
            "{used:?}"
        );
        assert!((0..4).all(|form| used.contains(&Some(form))), "{used:?}");
        // What was one message stays one, whatever stands in front of it.
        let longest = said
            .iter()
            .filter(|text| !text.ends_with('撤'))
            .map(|text| units(text));
        assert!(longest.max() <= Some(SINGLE));
    }
}
