//! The data that a template is rendered from, in one language.
//!
//! Four trees: `print` holds the texts of what is known and nothing else, so that strict rendering finds every blank;
//! `given` says of every name whether it has a value, for conditions; `raw` holds values to compare with; `rows` holds
//! the lists, each row with the same three trees of its own.

use serde_json::{Map, Value, json};

use super::library::Library;
use super::names::{Facet, SYSTEM_NAMES};
use super::print::Printer;
use super::{DraftInput, Original, binding, known};
use crate::domain::area::AreaCode;
use crate::domain::bulletin::Language;
use crate::domain::document::{Document, Numbering};
use crate::domain::fact::{Fact, FactSpec, FactValue, english_code, in_short};
use crate::domain::gloss::{Known, Manner, gloss, gloss_places, is_chinese};
use crate::domain::numbering::{blank_date, blank_next, blank_number, blank_serial};
use crate::domain::plan::{CorrectionKind, Plan};

/// Everything the templates of `library` may say of `input` in `language`, with Chinese words in an English text in this `manner`.
pub fn context(
    input: &DraftInput<'_>,
    library: &Library,
    language: Language,
    manner: Manner,
) -> Value {
    let printer = Printer {
        language,
        zone: input.plan.zone,
    };
    let bodies: Vec<Known> = known::bodies(input.plan).collect();
    let voice = Voice {
        printer,
        manner: match language {
            Language::ZhCn => Manner::Chinese,
            Language::En => manner,
        },
        known: &known::places(input),
        bodies: &bodies,
    };
    let wide = places_of_incident(input, printer);
    let mut trees = Trees::default();
    let mut rows = Map::new();
    let facts = input.plan.event.facts.iter();
    for spec in facts.filter(|spec| library.names_fact(&spec.fact)) {
        let fact = input.fact(spec);
        let of_incident = wide.as_deref().filter(|_| !input.is_own(spec));
        let both = (fact, input.english(spec));
        put_fact(&mut trees, spec, both, of_incident, voice);
        if let Some(Fact {
            value: FactValue::List(list),
            ..
        }) = fact
        {
            let list = list
                .iter()
                .enumerate()
                .map(|(n, row)| row_of(spec, n, row, voice));
            rows.insert(spec.fact.clone(), list.collect());
        } else {
            rows.insert(spec.fact.clone(), json!([]));
        }
    }
    for name in &SYSTEM_NAMES {
        let mut value = system_value(name.path, input, printer);
        let is_short =
            language == Language::En && matches!(manner, Manner::Short | Manner::Chinese);
        if name.path == "original.title" && is_short {
            value = value.map(|title| quoted_short(&title));
        }
        trees.given.insert(name.path.into(), value.is_some().into());
        trees.raw.insert(name.path.into(), value.clone().into());
        if let Some(value) = value {
            trees.print.insert(name.path.into(), value.into());
        }
    }
    let mut out = trees.into_map();
    out.insert("rows".into(), rows.into());
    out.into()
}

/// The most characters of the title of another text in a short message in English. What it quotes has places and roads of its
/// own in it, longer than in Chinese, and no correction may fail of that.
pub const SHORT_TITLE: usize = 60;

/// The beginning of a title, cut between two words.
fn quoted_short(title: &str) -> String {
    if title.chars().count() <= SHORT_TITLE {
        return title.to_owned();
    }
    let head: String = title.chars().take(SHORT_TITLE - 1).collect();
    let head = match head.rfind(' ') {
        Some(end) if end > SHORT_TITLE / 2 => &head[..end],
        _ => head.as_str(),
    };
    format!("{}…", head.trim_end_matches([',', ' ', ':', '(']))
}

/// How values are printed in one field.
#[derive(Clone, Copy)]
struct Voice<'a> {
    printer: Printer,
    manner: Manner,
    known: &'a [Known<'a>],
    bodies: &'a [Known<'a>],
}

impl Voice<'_> {
    /// The first place of a text that lists more of them than there is room for, with how many there are.
    fn first(
        self,
        spec: &FactSpec,
        value: &FactValue,
        given: Option<&FactValue>,
    ) -> Option<String> {
        let FactValue::Text(text) = value else {
            return None;
        };
        let (first, many) = spec.first_of_several(text)?;
        let short = in_short(first, many);
        let english = gloss_places(first, self.known, Manner::English);
        let more = many - 1;
        Some(match given {
            Some(FactValue::Text(given)) if !given.trim().is_empty() => {
                gloss(&short, Some(given), self.manner)
            }
            _ if is_chinese(&english) => short,
            _ => gloss(
                &short,
                Some(&format!("{english} and {more} more")),
                self.manner,
            ),
        })
    }

    /// The words of a text, with the English that was `given` for them.
    fn words(
        self,
        value: &FactValue,
        given: Option<&FactValue>,
        names_places: bool,
    ) -> Option<String> {
        let FactValue::Text(text) = value else {
            return None;
        };
        Some(match given {
            Some(FactValue::Text(given)) if !given.trim().is_empty() => {
                gloss(text, Some(given), self.manner)
            }
            _ if names_places => gloss_places(text, self.known, self.manner),
            _ => {
                let body = self.bodies.iter().find(|body| body.name == text.trim());
                gloss(text, body.and_then(|body| body.english), self.manner)
            }
        })
    }
}

#[derive(Default)]
struct Trees {
    print: Map<String, Value>,
    given: Map<String, Value>,
    raw: Map<String, Value>,
}

impl Trees {
    fn into_map(self) -> Map<String, Value> {
        [
            ("print", self.print),
            ("given", self.given),
            ("raw", self.raw),
        ]
        .into_iter()
        .map(|(name, tree)| (name.to_owned(), tree.into()))
        .collect()
    }
}

/// The places of the incident, where the text is for some of them only: a figure of them all is not that of a village.
fn places_of_incident(input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let (areas, english) = (&input.incident.areas, printer.is_english());
    (input.release.areas.is_some()).then(|| places(input.plan, areas, english))
}

/// `fact` in Chinese, and what was given for it in English. A figure that is known for other places (`of`) than the text is for is
/// printed with them.
fn put_fact(
    trees: &mut Trees,
    spec: &FactSpec,
    (fact, english): (Option<&Fact>, Option<&Fact>),
    of: Option<&str>,
    voice: Voice<'_>,
) {
    let printer = voice.printer;
    let unit = if printer.is_english() {
        spec.unit_en.as_deref().or(spec.unit.as_deref())
    } else {
        spec.unit.as_deref()
    };
    let value = fact.and_then(|fact| {
        let given = english.map(|english| &english.value);
        (voice.first(spec, &fact.value, given))
            .or_else(|| voice.words(&fact.value, given, spec.place))
            .or_else(|| printer.value(&fact.value, unit))
    });
    let is_figure =
        |fact: &Fact| matches!(fact.value, FactValue::Number(_) | FactValue::Integer(_));
    let of = of.filter(|_| fact.is_some_and(is_figure));
    let whole = fact
        .zip(value.as_deref())
        .map(|(fact, value)| match (is_figure(fact), of) {
            (true, Some(of)) => printer.with_places_as_of(value, of, fact.as_of),
            (true, None) => printer.with_as_of(value, fact.as_of),
            (false, _) => value.to_owned(),
        });
    let value = match of {
        Some(of) => value.map(|value| printer.with_places(&value, of)),
        None => value,
    };
    let texts = [
        (Facet::Whole, whole),
        (Facet::Value, value),
        (Facet::AsOf, fact.map(|fact| printer.moment(fact.as_of))),
        (Facet::Source, fact.and_then(|fact| fact.source.clone())),
    ];
    for (facet, text) in texts {
        let key = format!("{}{}", spec.fact, facet.suffix());
        let given = match facet {
            Facet::Whole | Facet::Value => fact.is_some_and(|fact| fact.value.is_truthy()),
            Facet::AsOf | Facet::Source => text.as_ref().is_some_and(|text| !text.is_empty()),
        };
        trees.given.insert(key.clone(), given.into());
        let raw = match facet {
            Facet::Whole | Facet::Value => fact.map_or(Value::Null, |fact| raw(&fact.value)),
            Facet::AsOf | Facet::Source => text.clone().into(),
        };
        trees.raw.insert(key.clone(), raw);
        if let Some(text) = text {
            trees.print.insert(key, text.into());
        }
    }
}

fn row_of(
    spec: &FactSpec,
    n: usize,
    row: &std::collections::BTreeMap<String, FactValue>,
    voice: Voice<'_>,
) -> Value {
    let printer = voice.printer;
    let mut trees = Trees::default();
    for column in &spec.columns {
        let unit = if printer.is_english() {
            column.unit_en.as_deref().or(column.unit.as_deref())
        } else {
            column.unit.as_deref()
        };
        let value = row.get(&column.column);
        let key = &column.column;
        trees
            .given
            .insert(key.clone(), value.is_some_and(FactValue::is_truthy).into());
        trees
            .raw
            .insert(key.clone(), value.map_or(Value::Null, raw));
        let given = row.get(&english_code(key));
        let words = |value| voice.words(value, given, column.place);
        if let Some(text) =
            value.and_then(|value| words(value).or_else(|| printer.value(value, unit)))
        {
            trees.print.insert(key.clone(), text.into());
        }
    }
    let mut out = trees.into_map();
    out.insert("number".into(), (n + 1).into());
    out.into()
}

/// What `(eq …)` compares with: whole numbers as such, so that `(eq depth 3)` holds for 3.0.
fn raw(value: &FactValue) -> Value {
    match value {
        FactValue::Text(text) => text.clone().into(),
        FactValue::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => json!(*n as i64),
        FactValue::Number(n) => json!(n),
        FactValue::Integer(n) => json!(n),
        FactValue::Time(at) => at.to_rfc3339().into(),
        FactValue::Duration(span) => span.to_string().into(),
        FactValue::Flag(flag) => json!(flag),
        FactValue::List(rows) => rows.len().into(),
    }
}

fn system_value(path: &str, input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let (of, name) = path.split_once('.')?;
    match of {
        "incident" => incident_value(name, input, printer),
        "release" => release_value(name, input, printer),
        _ => original_value(name, input.original.as_ref()?, printer),
    }
    .filter(|text| !text.is_empty())
}

fn places(plan: &Plan, areas: &[AreaCode], english: bool) -> String {
    let names: Vec<_> = areas
        .iter()
        .map(|area| {
            if english {
                plan.place_name_en(area)
            } else {
                plan.place_name(area)
            }
        })
        .collect();
    names.join(if english { ", " } else { "、" })
}

fn incident_value(name: &str, input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let (plan, incident) = (input.plan, input.incident);
    let level = |level: crate::domain::level::ResponseLevel| {
        printer.choose(level.zh(), &level.en()).to_owned()
    };
    let areas = |english: bool| places(plan, &incident.areas, english);
    Some(match name {
        "title" => match incident.title_en(plan).filter(|_| printer.is_english()) {
            Some(english) => english,
            None => incident.title.clone(),
        },
        "event" => {
            let english = plan.event.name_en.as_deref().unwrap_or(&plan.event.name);
            printer.choose(&plan.event.name, english).to_owned()
        }
        "level" => level(incident.level()),
        "level-roman" => printer
            .choose(incident.level().roman_zh(), &incident.level().en())
            .to_owned(),
        "level-en" => incident.level().en(),
        "previous-level" => level(incident.previous_level()?),
        "areas" => areas(printer.is_english()),
        "areas-en" => areas(true),
        "known-at" => printer.moment(incident.known_at),
        "activated-at" => printer.moment(
            incident
                .levels
                .first()
                .map_or(incident.declared_at, |first| first.at),
        ),
        "level-since" => printer.moment(incident.level_since()),
        "expected-duration" => printer.span(incident.expected_duration?),
        "ended-at" => printer.moment(incident.end()?.0),
        "end-reason" => incident.end()?.1.to_owned(),
        // The first entry is the declaration; its reason is why there is an incident, not why it changed.
        "binding" => binding::listed(input, printer)?,
        "binding-areas" => binding::areas(input, printer)?,
        "lifted-from" => binding::lifted_from(input, printer)?,
        "change-reason" => incident.levels.get(1..)?.last()?.reason.clone(),
        _ => return None,
    })
}

/// The kind of document that `input` becomes.
pub(super) fn document(input: &DraftInput<'_>) -> Document {
    match input.release.correction {
        Some(_) => Document::None,
        None => input.item.document(),
    }
}

/// 发文字号, where this kind of document is kept in the register of its issuer.
pub(super) fn document_number(input: &DraftInput<'_>) -> Option<String> {
    let prefix = input.plan.issuer_of(input.item).document_prefix.as_ref()?;
    let document = document(input);
    (document.numbering() == Numbering::Register)
        .then(|| blank_number(&format!("{prefix}{}", document.in_number())))
}

fn release_value(name: &str, input: &DraftInput<'_>, printer: Printer) -> Option<String> {
    let body = &input.plan.body;
    let body_en = body.name_en.as_deref().unwrap_or(&body.name);
    let issuer = input.plan.issuer_of(input.item);
    let issuer_en = issuer.name_en.as_deref().unwrap_or(&issuer.name);
    let places = |english| places(input.plan, input.release.areas(input.incident), english);
    Some(match name {
        "number" => blank_serial(printer.is_english()),
        "document-number" => document_number(input)?,
        "date" => blank_date(printer.is_english()).to_owned(),
        "body" => printer.choose(&body.name, body_en).to_owned(),
        "body-en" => body_en.to_owned(),
        "issuer" => printer.choose(&issuer.name, issuer_en).to_owned(),
        "issuer-en" => issuer_en.to_owned(),
        "areas" => places(printer.is_english()),
        "areas-en" => places(true),
        // What takes a text back sends nobody to another office than that text did.
        "hotline" => match (input.release.correction, &issuer.hotline) {
            (Some(CorrectionKind::Withdrawal), Some(own)) => own.clone(),
            _ => body.hotline.clone()?,
        },
        // It is counted from when this text goes out, which nobody knows yet.
        "next-update" => {
            input.item.repeat.as_ref()?;
            blank_next(printer.is_english()).to_owned()
        }
        "link" => input.link.clone()?,
        _ => return None,
    })
}

fn original_value(name: &str, original: &Original<'_>, printer: Printer) -> Option<String> {
    Some(match name {
        "title" => {
            let english = original.title_en.unwrap_or(original.title);
            printer.choose(original.title, english).to_owned()
        }
        "document-number" => original.document_number?.to_owned(),
        "published-at" => printer.moment(original.published_at?),
        "link" => original.link.clone()?,
        "reason" => original.reason?.to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Drafted;
    use super::super::fixture::World;
    use super::*;

    #[test]
    fn of_several_places_the_first_is_named_where_there_is_no_room_for_all() {
        let said = |halls: &str| {
            let template = "---\ntitle: 通告\nsms: 到{{halls}}\nsms-en: Go to {{halls}}\ntext-en: Go to {{halls}}.\n---\n到{{halls}}。";
            let mut world = World::new(template).text("halls", halls);
            let spec = json!({"fact": "halls", "label": "安置点", "type": "text", "place": true, "max": 8, "several": true});
            world
                .plan
                .event
                .facts
                .push(serde_json::from_value(spec).unwrap());
            let Drafted::Complete(text) = world.draft() else {
                panic!("no draft");
            };
            let text = text.text;
            [
                text.sms.unwrap(),
                text.text,
                text.sms_en.unwrap(),
                text.text_en.unwrap(),
            ]
        };
        assert_eq!(said("城关镇、示例市")[0], "到城关镇、示例市");
        let [sms, text, sms_en, text_en] = said("城关镇、文体中心、第二中学");
        assert_eq!(sms, "到城关镇等3处");
        // The long text has room for all, and says the same.
        assert_eq!(text.trim(), "到城关镇等3处。");
        assert_eq!(sms_en, "Go to Chengguan Town and 2 more");
        assert_eq!(
            text_en.trim(),
            "Go to Chengguan Town and 2 more (城关镇等3处)."
        );
        // Nobody gave its English.
        let [_, _, sms_en, _] = said("文体中心、城关镇、第二中学");
        assert_eq!(sms_en, "Go to 文体中心等3处");
    }
}
