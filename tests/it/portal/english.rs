//! What a reader of English is told: the incident by an English name, and a correction in the English words.

use fabu::domain::portal::{Passage, PortalEntry};
use fabu::id::RealmKind;

use crate::support::bulletins::{Night, a_night, night, settings};
use crate::support::reader::Stand;

fn words(entries: &[PortalEntry], path: &str) -> String {
    let stand = Stand::open(entries.to_vec(), night(), settings());
    let answer = stand.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.words()
}

#[test]
fn an_incident_has_an_english_name_on_every_english_page() {
    let night_of = a_night(RealmKind::Actual);
    let notice = &night_of.notice;
    for path in [
        "/en/".to_owned(),
        format!("/en/b/{}", notice.release),
        format!("/en/incident/{}", notice.incident),
    ] {
        let page = words(&night_of.entries, &path);
        assert!(page.contains("Flood in Linjiang Town"), "{path}: {page}");
        assert!(!page.contains("7·3 临江镇暴雨洪涝"), "{path}: {page}");
    }
    // What was released before titles were kept in English is called by its event.
    let front = words(&night_of.entries, "/en/");
    assert!(
        front.contains("Water supply") && !front.contains("城关镇供水管网爆管"),
        "{front}"
    );
    let chinese = words(&night_of.entries, "/");
    assert!(chinese.contains("7·3 临江镇暴雨洪涝"), "{chinese}");
}

/// The night, its wrong bulletin in both languages, and its correction with `english` words.
fn corrected(english: Option<(&str, &str)>) -> Night {
    let mut night_of = a_night(RealmKind::Actual);
    for entry in &mut night_of.entries {
        if entry.release == night_of.wrong.release {
            entry.text.title_en = Some("Flood bulletin No. 3".into());
            entry.text.action_en = Some("Watch the water.".into());
            entry.text.text_en = Some(
                "As of 17:00 the river stood at 8.25 m at Linjiang, 0.25 m above the mark.".into(),
            );
        }
        if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
            passage.english = english.map(|(wrong, right)| {
                Box::new(Passage {
                    wrong: wrong.into(),
                    right: right.into(),
                    english: None,
                })
            });
        }
    }
    night_of
}

#[test]
fn a_correction_is_marked_in_the_english_text() {
    let of = corrected(Some(("8.25 m at Linjiang", "8.52 m at Linjiang")));
    let path = format!("/en/b/{}", of.wrong.release);
    let page = words(&of.entries, &path);
    let marked = "[wrong] As of 17:00 the river stood at 8.25 m at Linjiang [right] As of 17:00 the river stood at 8.52 m at Linjiang, 0.25 m above the mark.";
    assert!(page.replace("  ", " ").contains(marked), "{page}");
    // On paper and as plain text too.
    let poster = words(&of.entries, &format!("{path}/poster")).replace("  ", " ");
    assert!(
        poster.contains("[right] As of 17:00 the river stood at 8.52 m"),
        "{poster}"
    );
    let text = words(&of.entries, &format!("{path}.txt"));
    assert!(text.contains("8.52 m at Linjiang"), "{text}");
    // The Chinese page shows the Chinese words.
    let chinese = words(&of.entries, &format!("/b/{}", of.wrong.release));
    assert!(
        chinese.contains("〔原文有误〕临江站水位8.25米〔应为〕临江站水位8.52米"),
        "{chinese}"
    );
}

#[test]
fn what_cannot_be_marked_in_the_english_text_is_said_above_it() {
    let of = corrected(None);
    let page = words(&of.entries, &format!("/en/b/{}", of.wrong.release));
    let above = page
        .find("The correction exists in Chinese only:")
        .expect(&page);
    let said = page.find("does not mark this passage").expect(&page);
    let body = page.find("As of 17:00").expect(&page);
    assert!(above < said && said < body, "{page}");
}
