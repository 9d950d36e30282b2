//! A text that was corrected: the right words are genuine wherever somebody brings them, and no form of it spreads the wrong ones alone.

use fabu::domain::portal::Passage;
use fabu::id::RealmKind;
use serde_json::Value;

use super::verify::ask;
use crate::support::bulletins::{Night, a_night, night, settings};
use crate::support::reader::Stand;

const TEXT: &str = "沿江村居民请于7月3日20时前撤离。\n\n转移路线：在村委会门前集合，经滨江大道到临江中学体育馆安置点。\n\n联系电话0510-0000-1231。";
const WRONG: &str = "经滨江大道到临江中学体育馆安置点";
const RIGHT: &str = "经环城东路到第二中学体育馆安置点";

/// The night with an order whose route was wrong.
pub(super) fn corrected() -> Night {
    let mut of = a_night(RealmKind::Actual);
    for entry in &mut of.entries {
        if entry.release == of.wrong.release {
            entry.text.title = "关于组织沿江村人员转移的通告".into();
            entry.text.action = Some("沿江村居民立即撤离。".into());
            entry.text.text = TEXT.into();
            entry.short = vec![format!("【示例应急】沿江村请于7月3日20时前撤离，{WRONG}。")];
            (entry.binds, entry.saves_life) = (true, true);
        }
        if entry.release == of.correction.release {
            entry.text.text = format!("有误内容：{WRONG}。\n\n正确内容：{RIGHT}。\n\n谨致歉意。");
            entry.binds = true;
        }
        if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
            *passage = Passage {
                wrong: WRONG.into(),
                right: RIGHT.into(),
                english: None,
            };
        }
    }
    of
}

#[test]
fn the_right_words_are_genuine_and_the_wrong_ones_are_not() {
    let of = corrected();
    let stand = Stand::open(of.entries.clone(), night(), settings());
    for asked in [
        RIGHT.to_owned(),
        format!("转移路线：在村委会门前集合，{RIGHT}。"),
        format!("【示例应急】沿江村请于7月3日20时前撤离，{RIGHT}。"),
        TEXT.replace(WRONG, RIGHT),
    ] {
        let said = ask(&stand, &asked);
        assert!(said.contains("属实：这是更正后的内容"), "{asked}: {said}");
        // The correction is what it stands in; the text with the wrong route comes behind.
        let at = |title: &str| {
            said.find(title)
                .unwrap_or_else(|| panic!("{title}: {said}"))
        };
        assert!(at("关于更正") < at("关于组织沿江村"), "{said}");
    }
    for asked in [
        WRONG.to_owned(),
        format!("转移路线：在村委会门前集合，{WRONG}。"),
    ] {
        let said = ask(&stand, &asked);
        assert!(
            said.contains("这些文字已被更正") && said.contains(&format!("〔应为〕{RIGHT}")),
            "{asked}: {said}"
        );
        assert!(!said.contains("属实"), "{asked}: {said}");
    }
    // A third route is neither, and is held against the right one.
    let third = TEXT.replace(WRONG, "经环城西路到第二中学体育馆安置点");
    let said = ask(&stand, &third);
    assert!(
        said.contains("文字不一致") && said.contains(&format!("〔原文〕{RIGHT}")),
        "{said}"
    );
}

#[test]
fn no_form_of_it_sends_anybody_to_the_wrong_place() {
    let of = corrected();
    let path = format!("/b/{}", of.wrong.release);
    let stand = Stand::open(of.entries.clone(), night(), settings());
    for form in [".txt", "/poster"] {
        let words = stand.get(&format!("{path}{form}")).words();
        assert!(
            words.contains(&format!("〔原文有误〕{WRONG}〔应为〕{RIGHT}")),
            "{form}: {words}"
        );
    }
    let feed: Value = serde_json::from_slice(&stand.get("/feed.json").body).unwrap();
    let item = feed["items"].as_array().unwrap().iter().find(|item| {
        let url = item["url"].as_str().unwrap_or_default();
        url.ends_with(of.wrong.release.as_str())
    });
    let item = item.expect("the order");
    let content = item["content_text"].as_str().unwrap();
    let (before, text) = content.split_once("沿江村居民请于").expect(content);
    for part in [before, text] {
        assert!(
            part.contains(&format!("〔原文有误〕{WRONG}〔应为〕{RIGHT}")),
            "{content}"
        );
    }
    let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
    assert_eq!(data["text"], TEXT.replace(WRONG, RIGHT));
    assert_eq!(data["as_published"]["text"], TEXT);
}

#[test]
fn one_hour_may_be_written_in_two_ways_and_two_hours_are_two() {
    let stand = Stand::open(corrected().entries, night(), settings());
    let right = TEXT.replace(WRONG, RIGHT);
    for hour in ["20时00分", "20点", "20:00", "２０时"] {
        let said = ask(&stand, &right.replace("20时", hour));
        assert!(said.contains("属实"), "{hour}: {said}");
    }
    for hour in ["20时30分", "20:30", "20点半", "2时"] {
        let said = ask(&stand, &right.replace("20时", hour));
        assert!(
            said.contains("文字不一致") && !said.contains("属实"),
            "{hour}: {said}"
        );
    }
}
