//! The record of a disclosure (公开信息): the fields that a government page must state, in their usual order.

use crate::domain::portal::PortalEntry;
use crate::web::portal::fate::Fate;
use crate::web::portal::frame::{Frame, Link, Said};
use crate::web::portal::typeset::head;
use crate::web::portal::when::Stamp;

pub struct Row {
    pub name: &'static str,
    pub value: Value,
}

pub enum Value {
    Words(String),
    Said(Said),
    Time(Stamp),
    Links(Vec<Link>),
    Lines(Vec<String>),
    Code(String),
}

pub fn rows(f: &Frame, fate: &Fate, entry: &PortalEntry) -> Vec<Row> {
    let w = f.w;
    let words = |text: &str| Value::Words(text.to_owned());
    let or_none = |text: Option<&str>| match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => Value::Said(f.said(text, None)),
        None => words(&w.none),
    };
    let limit = match entry.due_at {
        Some(due) => words(&f.fill(&w.time_limit_by, &[("at", &f.stamp(due, entry).text)])),
        None => words(&w.none),
    };
    let event = f.said(&entry.event_name, entry.event_name_en.as_deref());
    let address = |end: &str| f.feed(&format!("b/{}{end}", entry.release));
    let files = [
        (&w.download_text, address(".txt")),
        (&w.download_data, address(".json")),
        (
            &w.download_poster,
            f.to(&format!("/b/{}/poster", entry.release)),
        ),
    ]
    .map(|(name, href)| Link {
        href,
        text: f.own(name.clone()),
    });
    let opening = match (f.is_chinese(), entry.text.text_en.as_deref()) {
        (false, Some(en)) if !en.trim().is_empty() => f.said("", Some(&head(en, 200))),
        _ => f.said(&head(&entry.text.text, 80), None),
    };
    let mut rows = vec![
        Row {
            name: &w.index_number,
            value: or_none(Some(&entry.index_number)),
        },
        Row {
            name: &w.publisher,
            value: Value::Said(f.body_name(entry)),
        },
        Row {
            name: &w.drafted,
            value: Value::Time(f.stamp(entry.drafted_at, entry)),
        },
        Row {
            name: &w.published,
            value: Value::Time(f.stamp(entry.published_at, entry)),
        },
        Row {
            name: &w.document_number,
            value: or_none(entry.text.document_number.as_deref()),
        },
        Row {
            name: &w.time_limit,
            value: limit,
        },
        Row {
            name: &w.form,
            value: words(&w.form_value),
        },
        Row {
            name: &w.manner,
            value: words(&w.manner_value),
        },
        Row {
            name: &w.scope,
            value: words(&w.scope_value),
        },
        Row {
            name: &w.validity,
            value: words(&fate.word),
        },
        Row {
            name: &w.procedure,
            value: words(&w.procedure_value),
        },
        Row {
            name: &w.subject,
            value: Value::Said(event),
        },
        Row {
            name: &w.genre,
            value: words(f.common.kind(entry.kind)),
        },
        Row {
            name: &w.keywords,
            value: words(&keywords(f, entry)),
        },
        Row {
            name: &w.classification,
            value: words(f.common.class(entry.class)),
        },
        Row {
            name: &w.summary,
            value: Value::Said(match fate.is_void() {
                true => Said {
                    text: f.fill(
                        &w.void_summary,
                        &[("fate", &fate.word), ("text", &opening.text)],
                    ),
                    ..opening
                },
                false => opening,
            }),
        },
    ];
    if !entry.basis.is_empty() {
        rows.push(Row {
            name: &w.basis,
            value: Value::Lines(entry.basis.clone()),
        });
    }
    rows.push(Row {
        name: &w.download,
        value: Value::Links(files.into()),
    });
    rows.push(Row {
        name: &w.version,
        value: words(&entry.version.to_string()),
    });
    rows.push(Row {
        name: &w.hash,
        value: Value::Code(entry.hash.clone()),
    });
    rows
}

/// Event, level and places, separated as the language does.
pub fn keywords(f: &Frame, entry: &PortalEntry) -> String {
    let mut all = vec![
        f.said(&entry.event_name, entry.event_name_en.as_deref())
            .text,
        f.common.level(entry.level).to_owned(),
    ];
    all.extend(
        f.area_links(&entry.areas)
            .into_iter()
            .map(|link| link.text.text),
    );
    all.join(&f.w.semicolon)
}

/// Eight characters of the hash that a person can compare by eye or read out: `3F2A-9C1B`.
pub fn spoken_code(hash: &str) -> String {
    let upper: String = hash
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    let upper = upper.to_uppercase();
    match upper.split_at_checked(4) {
        Some((left, right)) if !right.is_empty() => format!("{left}-{right}"),
        _ => upper,
    }
}
