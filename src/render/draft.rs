//! A release becomes a draft: its template rendered with what is known, or the list of what is not.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use handlebars::Context;

use super::compose::{MAX_TITLE, compose};
use super::context::{context, document, document_number};
use super::head::Field;
use super::library::LibraryFault;
use super::names::known_paths;
use super::needs::{Needs, Words};
use super::once::places_once;
use super::renderings::RenderFault;
use super::weave::{MAX_OUTPUT, weave};
use super::{DraftInput, Drafted, Libraries, binding, ends, holds_again, known, tidy};
use crate::domain::bulletin::{Ahead, Author, BulletinText, Language};
use crate::domain::document::Document;
use crate::domain::fact::{FactSpec, FactValue, Lies};
use crate::domain::gloss::Manner;
use crate::domain::numbering::{blank_date, blank_moment};
use crate::domain::portal::Passage;
use crate::domain::time::Moment;

/// Drafts `input` from its template, which `libraries` holds from the second time on. Same input, same bytes.
pub fn draft(input: &DraftInput<'_>, libraries: &Libraries) -> Drafted {
    let name = input.template.unwrap_or(&input.item.template);
    try_draft(input, name, libraries).unwrap_or_else(|why| {
        Drafted::Fault(format!(
            "no draft was made of {} from template {name}: {why}",
            input.item.item
        ))
    })
}

fn try_draft(input: &DraftInput<'_>, name: &str, libraries: &Libraries) -> Result<Drafted, String> {
    let library = libraries
        .library(&input.release.plan_hash, input.plan, name)
        .map_err(|faults| told(&faults))?;
    let names = known_paths(&input.plan.event);
    let template = library
        .get(name)
        .ok_or_else(|| format!("plan {} has no template {name}.hbs", input.plan.plan))?;
    if !template.has_head() {
        return Err("it has no head, so there is no title; begin it with --- and a title".into());
    }

    // Made only for the fields that there are, and once: each holds every fact that the templates name.
    let library = &*library;
    let made = |language, manner| {
        LazyCell::new(move || Context::from(context(input, library, language, manner)))
    };
    let zh = made(Language::ZhCn, Manner::Chinese);
    let en = made(Language::En, Manner::Both);
    let en_title = made(Language::En, Manner::English);
    let en_few = made(Language::En, Manner::Few);
    let en_sms = made(Language::En, Manner::Short);
    let en_short = made(Language::En, Manner::Chinese);
    let data_of = |field: Field| -> &Context {
        match field {
            Field::TitleEn => &en_title,
            Field::SmsEn => &en_sms,
            field if field.is_english() => &en,
            _ => &zh,
        }
    };
    let mut needs = Needs::new(library, names);
    for piece in template.pieces() {
        needs
            .follow(&piece.parsed, data_of(piece.field).data())
            .map_err(|why| why.to_string())?;
    }
    let words = needs.words().to_vec();
    let written_by = writers(input, &words);
    let ahead: Vec<Ahead> = (needs.times().iter())
        .filter_map(|spec| ahead(input, spec))
        .collect();
    // A deadline that is over is as good as none: nothing goes out with it.
    let passed = ahead.iter().filter(|hour| hour.at <= input.now);
    let passed: Vec<String> = passed.map(|hour| hour.fact.clone()).collect();
    let mut missing = needs.missing();
    missing.extend(passed);
    if !missing.is_empty() {
        return Ok(Drafted::Missing(missing));
    }

    let issuer = input.plan.issuer_of(input.item);
    let document = document(input);
    // Facts are as of a moment, and the next ones may come the same day.
    let signed = |english| match document {
        Document::Bulletin => blank_moment(english),
        _ => blank_date(english).to_owned(),
    };
    let mut text = BulletinText {
        document_number: document_number(input),
        incident_title: input
            .incident
            .title_by
            .is_some()
            .then(|| input.incident.title.clone()),
        signed_body: issuer.name.clone(),
        signed_body_en: issuer.name_en.clone(),
        signed_date: signed(false),
        signed_date_en: Some(signed(true)),
        effective: effective(input),
        binding: binding::bound(input),
        ahead,
        ..BulletinText::default()
    };
    let mut room = MAX_OUTPUT;
    for piece in template.pieces() {
        let woven = |data: &Context| {
            weave(&piece.parsed, library, names, data, room)
                .map_err(|why| format!("{}: {why}", piece.field.name()))
        };
        let mut rendered = woven(data_of(piece.field))?;
        // English names are longer than those that a title or a message was reckoned with, and no notice may fail of that.
        for shorter in [&en_few, &en_short] {
            if piece.field == Field::TitleEn && tidy::line(&rendered).chars().count() > MAX_TITLE {
                rendered = woven(shorter)?;
            }
        }
        rendered = tidy::stops_once(&rendered);
        if piece.field.is_english() {
            let places = en_title.data()["print"]["release.areas-en"].as_str();
            rendered = places_once(&rendered, places.unwrap_or_default());
        }
        room = room.saturating_sub(rendered.len());
        match piece.field {
            Field::Title => text.title = document.title(&issuer.name, &rendered),
            Field::Body => text.text = rendered,
            Field::TitleEn => text.title_en = Some(rendered),
            Field::Action => text.action = Some(rendered),
            Field::ActionEn => text.action_en = Some(rendered),
            Field::Sms => text.sms = Some(rendered),
            Field::SmsEn => text.sms_en = Some(rendered),
            Field::TextEn => text.text_en = Some(rendered),
        }
    }
    let whole = |text: BulletinText| {
        let text = holds_again::said(input, binding::said(input, &words, text));
        let text = as_corrected(input, ends::in_message(input, binding::ended(input, text)));
        let text = binding::in_part(input, corrected_before(input, text));
        compose(input, text, Author::Template)
    };
    let mut pieces = template.pieces().iter();
    let sms_en = pieces.find(|piece| piece.field == Field::SmsEn);
    let bulletin = match (whole(text.clone()), sms_en) {
        (Err(RenderFault::SmsTooLong { .. }), Some(piece)) => {
            let short = weave(&piece.parsed, library, names, &en_short, MAX_OUTPUT);
            let short = short.map_err(|why| format!("{}: {why}", piece.field.name()))?;
            let short = tidy::stops_once(&short);
            whole(BulletinText {
                sms_en: Some(short),
                ..text
            })
        }
        (made, _) => made,
    };
    let mut bulletin = bulletin.map_err(|fault| fault.to_string())?;
    bulletin.written_by = written_by;
    Ok(Drafted::Complete(Box::new(bulletin)))
}

/// What explains a text that was corrected says so: nobody is to go by the page that it names.
fn as_corrected(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    let Some(original) = (input.original.as_ref()).filter(|_| input.release.correction.is_none())
    else {
        return text;
    };
    let Some(by) = original.corrected_by else {
        return text;
    };
    let bare = |title: &str| title.trim_matches(['《', '》']).to_owned();
    text.text = format!(
        "{}\n\n《{}》已由《{}》更正，请以更正后的内容为准。",
        text.text.trim_end(),
        bare(original.title),
        bare(by)
    );
    let by = original.corrected_by_en.unwrap_or(by);
    let title = original.title_en.unwrap_or(original.title);
    text.text_en = (text.text_en).map(|body| {
        format!(
            "{}\n\n“{title}” was corrected by “{by}”. Go by the corrected text.",
            body.trim_end()
        )
    });
    text
}

/// What corrects a text in the place of an earlier correction says what that had put right, so that nobody goes back to the first
/// words.
fn corrected_before(input: &DraftInput<'_>, mut text: BulletinText) -> BulletinText {
    let also = (input.original.as_ref()).map_or(&[][..], |original| original.also_corrected);
    if also.is_empty() {
        return text;
    }
    let one = |passage: &Passage| format!("“{}”应为“{}”", passage.wrong, passage.right);
    let said: Vec<String> = also.iter().map(one).collect();
    text.text = format!(
        "{}\n\n此前已更正的内容继续有效：{}。",
        text.text.trim_end(),
        said.join("；")
    );
    let one = |passage: &Passage| {
        let passage = passage.in_language(Language::En);
        format!("right is “{}” (not “{}”)", passage.right, passage.wrong)
    };
    let said: Vec<String> = also.iter().map(one).collect();
    text.text_en = text.text_en.map(|body| {
        let said = said.join("; ");
        format!(
            "{}\n\nWhat was corrected before still holds: {said}.",
            body.trim_end()
        )
    });
    text
}

/// The hour that `spec` gives, if it has to be ahead when the text goes out.
fn ahead(input: &DraftInput<'_>, spec: &FactSpec) -> Option<Ahead> {
    let hour = match input.fact(spec)?.value {
        FactValue::Time(at) if spec.lies == Some(Lies::Ahead) => at,
        _ => return None,
    };
    Some(Ahead {
        fact: spec.fact.clone(),
        at: hour,
    })
}

/// The hour from which what this text lifts is over, if it names one.
fn effective(input: &DraftInput<'_>) -> Option<Moment> {
    if input.release.correction.is_some() {
        return input.release.corrected_hour(input.item);
    }
    let spec = input.plan.event.fact(input.item.effective.as_ref()?)?;
    match input.fact(spec)?.value {
        FactValue::Time(at) => Some(at),
        _ => None,
    }
}

/// The users whose free words a text with `words` holds, in a stable order and each once. The title of the incident
/// stands above every text of it.
fn writers(input: &DraftInput<'_>, words: &[Words]) -> Vec<String> {
    let incident = input.incident;
    let mut writers = BTreeSet::new();
    writers.extend(incident.title_by.iter().cloned());
    let again = input.holds_again.iter();
    let binding = again.map(|again| &again.measure).chain(&input.binding);
    writers.extend(binding.flat_map(|measure| measure.written_by.iter().cloned()));
    for source in words {
        match source {
            Words::Fact(code) => {
                let spec = input.plan.event.fact(code);
                let facts = spec.map(|spec| [input.fact(spec), input.english(spec)]);
                let facts = facts.into_iter().flatten().flatten();
                writers.extend(facts.flat_map(|fact| fact.by.clone()));
                let named = spec.filter(|spec| spec.place || !spec.columns.is_empty());
                if let Some(fact) = named.and_then(|spec| input.fact(spec)) {
                    writers.extend(known::writers(input, &fact.value));
                }
            }
            Words::System("incident.end-reason") => {
                writers.extend(incident.ended_by().map(str::to_owned));
            }
            Words::System("incident.change-reason") => {
                writers.extend(incident.levels.last().map(|change| change.by.clone()));
            }
            Words::System("original.reason") => {
                writers.extend(input.release.correction_reason_by.iter().cloned());
            }
            Words::System("original.title") => {
                let original = input.original.as_ref();
                writers.extend(
                    original
                        .into_iter()
                        .flat_map(|o| o.written_by.iter().cloned()),
                );
            }
            Words::System(_) => {}
        }
    }
    writers.into_iter().collect()
}

fn told(faults: &[LibraryFault]) -> String {
    let mut said: Vec<_> = faults.iter().take(5).map(LibraryFault::to_string).collect();
    if faults.len() > said.len() {
        said.push(format!("and {} more", faults.len() - said.len()));
    }
    said.join("; ")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::fixture::World;
    use super::*;
    use crate::domain::bulletin::Bulletin;
    use crate::domain::fact::FactValue;

    const HEAD: &str = "---\ntitle: 通告\n---\n";

    fn complete(world: &World) -> Bulletin {
        match world.draft() {
            Drafted::Complete(bulletin) => *bulletin,
            other => panic!("{other:?}"),
        }
    }

    fn body(source: &str, world: impl Fn(World) -> World) -> String {
        complete(&world(World::new(&format!("{HEAD}{source}"))))
            .text
            .text
    }

    fn missing(source: &str, world: impl Fn(World) -> World) -> Vec<String> {
        match world(World::new(&format!("{HEAD}{source}"))).draft() {
            Drafted::Missing(facts) => facts,
            other => panic!("{other:?}"),
        }
    }

    fn fault(world: &World) -> String {
        match world.draft() {
            Drafted::Fault(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_never_stands_without_its_time() {
        let text = body(
            "雨量{{rainfall}}，{{rainfall.value}}，{{rainfall.as-of}}，{{rainfall.source}}",
            |w| w.fact("rainfall", FactValue::Number(123.0)),
        );
        assert_eq!(
            text,
            "雨量123毫米（截至5月1日8时），123毫米，5月1日8时，市气象局"
        );
    }

    #[test]
    fn english_fields_speak_english() {
        let source = "---\ntitle: 通告\ntitle-en: Notice {{release.number}}\ntext-en: \"{{rainfall}}; {{incident.level}}; \
            {{incident.areas-en}}; {{incident.level-since}}; {{incident.expected-duration}}; {{release.date}}\"\n---\n正文";
        let text = complete(&World::new(source).fact("rainfall", FactValue::Number(12.5))).text;
        assert_eq!(
            text.title_en.as_deref(),
            Some("Notice No. [numbered on signing]")
        );
        assert_eq!(
            text.text_en.as_deref(),
            Some(
                "12.5 mm (as of 1 May 08:00); level IV; Shili City, Chengguan Town; 1 May 08:30; 1 day; [the day of signing]"
            )
        );
    }

    #[test]
    fn loops_number_their_rows_and_reach_every_name_by_itself() {
        let text = body(
            "{{#each shelters}}\n{{@number}}. {{this.name}}可容{{capacity}}（{{release.hotline}}）{{#unless @last}}；{{/unless}}\n{{/each}}",
            |w| w.shelters(2),
        );
        assert_eq!(
            text,
            "1. 第1小学可容300人（0510-0000-1234）；\n2. 第2小学可容300人（0510-0000-1234）"
        );
    }

    #[test]
    fn what_nobody_has_said_is_asked_for_and_never_left_blank() {
        assert_eq!(
            missing(
                "{{evacuated}}{{rainfall.value}}{{evacuated}}{{#each shelters}}{{name}}{{/each}}",
                |w| w
            ),
            ["evacuated", "rainfall", "shelters"]
        );
        // A branch that is not taken needs nothing; one that is taken does.
        let source = "{{#if rainfall}}{{rainfall}}{{evacuated}}{{else}}{{situation}}{{/if}}";
        assert_eq!(missing(source, |w| w), ["situation"]);
        assert_eq!(
            missing(source, |w| w.fact("rainfall", FactValue::Number(1.0))),
            ["evacuated"]
        );
        // An unknown system name waits as well.
        assert_eq!(
            missing("{{incident.ended-at}}", |w| w),
            ["incident.ended-at"]
        );
        assert_eq!(missing("{{original.title}}", |w| w), ["original.title"]);
    }

    #[test]
    fn a_fact_that_is_zero_or_no_is_known() {
        let text = body(
            "{{#if evacuated}}{{evacuated.value}}{{/if}}，{{schools-closed}}{{#if schools-closed}}停课{{/if}}",
            |w| {
                w.fact("evacuated", FactValue::Integer(0))
                    .fact("schools-closed", FactValue::Flag(false))
            },
        );
        assert_eq!(text, "0人，否");
    }

    #[test]
    fn conditions_compare_and_combine() {
        let source = "{{#if (eq warning-colour \"红色\")}}甲{{else if (and rainfall (not evacuated))}}乙{{else}}丙{{/if}}";
        assert_eq!(body(source, |w| w.text("warning-colour", "红色")), "甲");
        assert_eq!(body(source, |w| w.text("warning-colour", "蓝色")), "丙");
        assert_eq!(
            body(source, |w| w.fact("rainfall", FactValue::Number(1.0))),
            "乙"
        );
    }

    #[test]
    fn partials_are_woven_in_and_circles_are_refused() {
        let text = complete(
            &World::new(&format!(
                "{HEAD}{{{{#each shelters}}}}\n{{{{> one}}}}\n{{{{/each}}}}\n{{{{> end}}}}"
            ))
            .partial("one", "{{name}}")
            .partial("end", "热线{{release.hotline}}\n")
            .shelters(2),
        )
        .text
        .text;
        assert_eq!(text, "第1小学第2小学热线0510-0000-1234");
        let circle = World::new(&format!("{HEAD}{{{{> a}}}}"))
            .partial("a", "{{> b}}")
            .partial("b", "x{{> a}}");
        assert!(fault(&circle).contains("a → b → a"), "{}", fault(&circle));
        let lost = World::new(&format!("{HEAD}\n{{{{> nowhere}}}}"));
        assert!(
            fault(&lost)
                .contains("template notice, line 5, column 1: there is no template nowhere.hbs")
        );
    }

    #[test]
    fn a_template_without_measure_stops_soon_and_says_so() {
        let long = "长".repeat(20_000);
        let many = "{{#each shelters}}{{situation}}{{/each}}".repeat(5);
        let empty = "{{#each shelters}}{{/each}}".repeat(90);
        let worlds = [
            World::new(&format!("{HEAD}{many}"))
                .text("situation", &long)
                .shelters(500),
            World::new(&format!("{HEAD}{empty}")).shelters(500),
            // Each partial takes the next ten times: ten thousand million, if nobody counted.
            (0..10)
                .fold(World::new(&format!("{HEAD}{{{{> p0}}}}")), |world, n| {
                    world.partial(
                        &format!("p{n}"),
                        &format!("{{{{> p{}}}}}", n + 1).repeat(10),
                    )
                })
                .partial("p10", "x"),
            World::new(&format!(
                "{HEAD}{}x{}",
                "{{#if rainfall}}".repeat(100),
                "{{/if}}".repeat(100)
            ))
            .fact("rainfall", FactValue::Number(1.0)),
        ];
        for (n, world) in worlds.iter().enumerate() {
            let start = Instant::now();
            let drafted = world.draft();
            assert!(
                start.elapsed() < Duration::from_secs(1),
                "{n}: {:?}",
                start.elapsed()
            );
            match n {
                0 => assert!(fault(world).contains("longer than 256 KiB"), "{drafted:?}"),
                1 | 2 => assert!(fault(world).contains("steps"), "{drafted:?}"),
                _ => assert!(matches!(drafted, Drafted::Complete(_)), "{drafted:?}"),
            }
        }
    }

    #[test]
    fn what_a_fact_says_stays_text() {
        let source = "---\ntitle: \"关于{{situation}}\"\n---\n{{situation}}";
        let world = World::new(source).text(
            "situation",
            "甲\r\nBcc: a@b.invalid\t{{rainfall}} <b>\u{202e}乙",
        );
        let bulletin = complete(&world);
        assert_eq!(
            bulletin.text.title,
            "示例市防汛抗旱指挥部办公室关于甲 Bcc: a@b.invalid {{rainfall}} <b>乙"
        );
        for rendering in &bulletin.renderings {
            assert!(
                !rendering
                    .subject
                    .iter()
                    .any(|s| s.contains(['\r', '\n', '\t']))
            );
            assert!(!rendering.html.iter().any(|html| html.contains("<b>")));
        }
    }

    #[test]
    fn the_same_input_makes_the_same_bytes_and_another_fact_makes_others() {
        let source = format!("{HEAD}{{{{situation}}}}");
        let hash = |text: &str| complete(&World::new(&source).text("situation", text)).hash();
        assert_eq!(hash("雨"), hash("雨"));
        assert_ne!(hash("雨"), hash("风"));
    }
}
