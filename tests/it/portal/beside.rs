//! A correction that does not quote what it mends: the lines that it concerns say so, in both languages, and no form shows the wrong
//! way as if nothing had become of it.

use fabu::domain::portal::Passage;
use serde_json::Value;

use super::corrected::corrected;
use super::verify::ask;
use crate::support::bulletins::{Night, night, settings};
use crate::support::reader::Stand;

const WRONG: &str = "路线经滨江大道到临江中学体育馆";
const RIGHT: &str = "路线经环城东路到第二中学体育馆";
const NOTE: &str = "〔此条已更正〕";

fn beside(english: bool) -> Night {
    let mut of = corrected();
    for entry in &mut of.entries {
        if entry.release == of.wrong.release {
            entry.text.title_en = Some("Evacuation of Yanjiang Village".into());
            entry.text.action_en = Some("Leave Yanjiang Village at once.".into());
            entry.text.text_en = Some("Leave before 20:00.\n\nGo by Old Bridge (老桥) to Linjiang Middle School.\n\nTelephone 0510-0000-1231.".into());
        }
        if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
            *passage = Passage {
                wrong: WRONG.into(),
                right: RIGHT.into(),
                english: english.then(|| {
                    Box::new(Passage {
                        wrong: "Old Bridge".into(),
                        right: "New Bridge (新桥)".into(),
                        english: None,
                    })
                }),
            };
        }
    }
    of
}

#[test]
fn the_line_that_a_correction_concerns_says_so() {
    let of = beside(false);
    let path = format!("/b/{}", of.wrong.release);
    let stand = Stand::open(of.entries.clone(), night(), settings());
    let line = format!("{NOTE}转移路线：在村委会门前集合");
    for form in ["", "/poster", ".txt"] {
        let words = stand.get(&format!("{path}{form}")).words();
        let above = words
            .find(RIGHT)
            .unwrap_or_else(|| panic!("{form}: {words}"));
        let marked = words
            .find(&line)
            .unwrap_or_else(|| panic!("{form}: {words}"));
        assert!(above < marked, "{form}: {words}");
        assert_eq!(words.matches(NOTE).count(), 1, "{form}: {words}");
    }
    let poster = stand.get(&format!("{path}/poster")).words();
    assert!(poster.contains("有关的条目前注明“此条已更正”"), "{poster}");
    let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
    assert_eq!(data["corrected"]["passage"]["wrong"], WRONG);
    assert_eq!(data["corrected"]["passage"]["right"], RIGHT);
    assert!(data["text"].as_str().unwrap().contains(&line));
    // Who was sent the line is told that it was corrected.
    let said = ask(
        &stand,
        "转移路线：在村委会门前集合，经滨江大道到临江中学体育馆安置点。",
    );
    assert!(said.contains("这些文字已被更正"), "{said}");
}

#[test]
fn a_correction_without_english_is_said_in_english_above_and_beside_the_wrong_way() {
    let of = beside(false);
    let path = format!("/en/b/{}", of.wrong.release);
    let stand = Stand::open(of.entries.clone(), night(), settings());
    for form in ["", "/poster", ".txt"] {
        let words = stand.get(&format!("{path}{form}")).words();
        let above = words.find("The correction exists in Chinese only:");
        let above = above.unwrap_or_else(|| panic!("{form}: {words}"));
        let marked = words.find("[corrected] Go by Old Bridge");
        let marked = marked.unwrap_or_else(|| panic!("{form}: {words}"));
        assert!(above < marked, "{form}: {words}");
    }
}

#[test]
fn a_chinese_name_in_brackets_goes_with_its_english_name() {
    let of = beside(true);
    let stand = Stand::open(of.entries.clone(), night(), settings());
    let page = stand.get(&format!("/en/b/{}", of.wrong.release));
    let words = page.words().replace("  ", " ");
    assert!(
        words.contains("[wrong] Go by Old Bridge (老桥) to Linjiang Middle School [right] Go by New Bridge (新桥) to Linjiang Middle School"),
        "{words}"
    );
}
