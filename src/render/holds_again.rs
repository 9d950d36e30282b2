//! What the program itself says where a text is taken back that had lifted measures: they bind again, and nobody may have to find
//! that out. Said by this layer and not by a template, so that no plan can forget it.

use super::DraftInput;
use super::print::Printer;
use crate::domain::area::AreaCode;
use crate::domain::bulletin::{BulletinText, Language};

/// A measure that binds again, or on, once a text goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldsAgain {
    pub title: String,
    pub title_en: Option<String>,
    pub document_number: Option<String>,
    pub areas: Vec<AreaCode>,
    /// The hour of its lifting had not come.
    pub on: bool,
    /// Whose free words its title may hold.
    pub written_by: Vec<String>,
}

/// `text` with what it brings back, in every form in which it is read.
pub fn said(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    for measure in &input.holds_again {
        let whole = sentence(input, measure, Language::ZhCn, true);
        let short = sentence(input, measure, Language::ZhCn, false);
        text.text = format!("{whole}\n\n{}", text.text);
        text.action = Some(match text.action {
            // First what no longer counts, so that this is not taken for it.
            Some(action) => format!("{action}{whole}"),
            None => whole,
        });
        text.sms = text.sms.map(|sms| format!("{short}{sms}"));
        let whole = sentence(input, measure, Language::En, true);
        let short = sentence(input, measure, Language::En, false);
        text.action_en = text.action_en.map(|action| format!("{action} {whole}"));
        text.text_en = text.text_en.map(|body| format!("{whole}\n\n{body}"));
        text.sms_en = text.sms_en.map(|sms| format!("{sms} {short}"));
    }
    text
}

fn sentence(
    input: &DraftInput<'_>,
    measure: &HoldsAgain,
    language: Language,
    whole: bool,
) -> String {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let names = measure.areas.iter().map(|area| match language {
        Language::ZhCn => input.plan.place_name(area),
        Language::En => input.plan.place_name_en(area),
    });
    let places = names.collect::<Vec<_>>().join(printer.choose("、", ", "));
    let number = measure.document_number.as_ref().filter(|_| whole);
    if printer.is_english() {
        let title = measure.title_en.as_ref().unwrap_or(&measure.title);
        let number = number.map_or(String::new(), |number| format!(" ({number})"));
        let holds = if measure.on {
            "stays in force"
        } else {
            "is in force again"
        };
        let end = if whole { ": act on it." } else { "." };
        return format!(
            "“{title}”{number} {holds} in {places} from the publication of this notice{end}"
        );
    }
    let number = number.map_or(String::new(), |number| format!("（{number}）"));
    let holds = if measure.on {
        "继续执行"
    } else {
        "重新执行"
    };
    let title = measure.title.trim_matches(['《', '》']);
    match whole {
        true => {
            format!("自本公告发布之时起，《{title}》{number}在{places}{holds}，请按其要求行动。")
        }
        false => format!("即时起《{title}》在{places}{holds}。"),
    }
}
