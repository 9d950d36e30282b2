//! An order whose place and then whose hour were corrected: the right hour is right wherever somebody brings it, and the wrong one is
//! nowhere called so, nor does it stand unmarked in what people read first.

use fabu::domain::plan::CorrectionKind;
use fabu::domain::portal::{Corrects, Passage, PortalEntry, Standing};
use fabu::id::RealmKind;
use serde_json::Value;

use super::corrected::corrected;
use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

const ACTION: &str = "沿江村、圩南村的人员请在12月1日4时30分前撤离；带药品和证件，不返回取物。";
const TEXT: &str = "一、转移范围：沿江村、圩南村。\n\n二、转移时限：12月1日4时30分前全部撤离。听到锣声立即撤离，不等待时限。\n\n三、路线：圩南村在村小学集合，经圩堤路前往镇文体中心。";
const SMS: &str = "【示例应急】沿江村、圩南村请于1日4:30前撤离，带药和证件，接送0510-0000-1210";
const TEXT_EN: &str = "Everybody in Yanjiang Village and Weinan Village must leave before 1 Dec 04:30.\n\nTake medicine and papers with you.";
const HALL: (&str, &str) = ("前往镇文体中心", "前往临江小学");
const HOUR: (&str, &str) = ("12月1日4时30分前", "12月1日3时30分前");

/// The entries, the order and its two corrections.
fn twice() -> (Vec<PortalEntry>, [PortalEntry; 3]) {
    let of = corrected();
    let passage = |of: (&str, &str)| Passage {
        wrong: of.0.into(),
        right: of.1.into(),
        english: None,
    };
    let mut second = Press::new(RealmKind::Actual).entry("关于更正撤离时间的说明", 1);
    (second.kind, second.binds) = (of.correction.kind, true);
    second.areas = of.correction.areas.clone();
    second.text.text = format!("有误内容：{}。\n\n正确内容：{}。", HOUR.0, HOUR.1);
    second.corrects = Some(Corrects {
        release: of.wrong.release.clone(),
        kind: CorrectionKind::WrongContent,
        also: vec![passage(HALL)],
        passage: Some(passage(HOUR)),
    });
    let at = second.published_at;
    let mut entries = of.entries;
    for entry in &mut entries {
        if entry.release == of.wrong.release {
            entry.text.action = Some(ACTION.into());
            entry.text.text = TEXT.into();
            entry.text.title_en = Some("Evacuation of two villages".into());
            entry.text.action_en = Some("Leave before 1 Dec 04:30.".into());
            entry.text.text_en = Some(TEXT_EN.into());
            entry.short = vec![SMS.into()];
            entry.standing = Standing::Corrected {
                at,
                by: second.release.clone(),
                kind: CorrectionKind::WrongContent,
            };
        }
        if entry.release == of.correction.release {
            entry.standing = Standing::Superseded { at };
            entry.text.text = format!("有误内容：{}。\n\n正确内容：{}。", HALL.0, HALL.1);
            if let Some(corrects) = &mut entry.corrects {
                corrects.passage = Some(passage(HALL));
            }
        }
    }
    entries.push(second.clone());
    let find = |release| {
        let mut entries = entries.iter();
        entries
            .find(|entry| entry.release == release)
            .cloned()
            .expect("it")
    };
    let three = [find(of.wrong.release), find(of.correction.release), second];
    (entries, three)
}

#[test]
fn the_right_hour_is_genuine_and_the_wrong_one_is_not() {
    let (entries, _) = twice();
    let stand = Stand::open(entries, night(), settings());
    let wrong = [
        "二、转移时限：12月1日4时30分前全部撤离。",
        "沿江村、圩南村的人员请在12月1日4时30分前撤离",
        SMS,
        "沿江村、圩南村请于1日4:30前撤离，带药和证件",
        "Everybody in Yanjiang Village and Weinan Village must leave before 1 Dec 04:30.",
        "before 1 Dec 04:30",
    ];
    for asked in wrong {
        let right = (asked.replace("4时30分", "3时30分")).replace("4:30", "3:30");
        let said = ask(&stand, &right);
        assert!(said.contains("属实：这是更正后的内容"), "{right}: {said}");
        // The whole message is what was sent, and that is said of it.
        let said = ask(&stand, asked);
        let is_told =
            said.contains("这些文字已被更正") || asked == SMS && said.contains("部分内容已更正");
        assert!(
            is_told && !said.contains("这是更正后的内容"),
            "{asked}: {said}"
        );
        let shown = said.contains(HOUR.0) && said.contains(HOUR.1) || said.contains("〔应为〕");
        assert!(shown, "{asked}: {said}");
    }
    let said = ask(&stand, "沿江村4点半前撤离");
    assert!(said.contains("这些文字已被更正"), "{said}");
    let said = ask(&stand, "沿江村3点半前撤离");
    assert!(
        !said.contains("已被更正") && !said.contains("不一致"),
        "{said}"
    );
    // All of it with both right passages.
    let all = TEXT.replace(HALL.0, HALL.1);
    let said = ask(&stand, &all.replace(HOUR.0, HOUR.1));
    assert!(said.contains("属实：这是更正后的内容"), "{said}");
    let half = ask(&stand, &all);
    assert!(!half.contains("这是更正后的内容"), "{half}");
}

#[test]
fn what_people_read_first_has_the_wrong_hour_only_with_its_mark() {
    let (entries, [order, first, second]) = twice();
    let stand = Stand::open(entries, night(), settings());
    let path = format!("/b/{}", order.release);
    let (area, incident) = ("/area/320299101", format!("/incident/{}", order.incident));
    let forms = [&*path, &format!("{path}/poster"), "/", area, &incident];
    for form in forms {
        let words = stand.get(form).words();
        assert!(words.contains("〔应为〕"), "{form}: {words}");
        for (at, _) in words.match_indices("4时30分前撤离") {
            let before: String = words[..at].chars().rev().take(40).collect();
            let before: String = before.chars().rev().collect();
            assert!(before.contains("〔原文有误〕"), "{form}: {before}: {words}");
        }
        assert!(!words.contains("见上"), "{form}: {words}");
    }
    let picture = stand.get(&format!("{path}/poster.svg")).words();
    assert!(picture.contains("3时30分"), "{picture}");
    let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
    assert_eq!(data["action"], ACTION.replace(HOUR.0, HOUR.1));
    // The cards of the corrections say both, and what to do by now.
    for correction in [&second, &first] {
        let list = stand.get(area).words();
        let (_, card) = list
            .split_once(&correction.text.title)
            .unwrap_or_else(|| panic!("{list}"));
        let card: String = card.chars().take(300).collect();
        assert!(card.contains("〔应为〕"), "{card}");
        assert!(!card.contains("请在12月1日4时30分前撤离"), "{card}");
    }
}

#[test]
fn the_note_stands_with_its_sentence() {
    let (mut entries, [order, ..]) = twice();
    for entry in entries
        .iter_mut()
        .filter(|entry| entry.release == order.release)
    {
        // Twice in what it asks: nobody may guess which is right.
        entry.text.action =
            Some("带好药品；沿江村12月1日4时30分前撤离，圩南村12月1日4时30分前撤离。".into());
    }
    let stand = Stand::open(entries, night(), settings());
    let words = stand.get(&format!("/b/{}", order.release)).words();
    assert!(words.contains("带好药品；〔此条已更正〕沿江村"), "{words}");
}

#[test]
fn an_earlier_correction_holds_on_beside_a_later_one() {
    let (entries, [_, first, second]) = twice();
    let stand = Stand::open(entries, night(), settings());
    let path = format!("/b/{}", first.release);
    for form in ["", ".txt"] {
        let words = stand.get(&format!("{path}{form}")).words();
        assert!(words.contains("这一更正仍然有效"), "{form}: {words}");
        assert!(
            !words.contains("替代") && !words.contains("不再"),
            "{form}: {words}"
        );
    }
    let page = stand.get(&path).words();
    assert!(page.contains(&second.text.title), "{page}");
    let said = ask(&stand, &first.text.title);
    assert!(
        said.contains("目前有效") && said.contains("这一更正仍然有效"),
        "{said}"
    );
    assert!(!said.contains("已不是有效信息"), "{said}");
}

#[test]
fn a_text_with_a_wrong_passage_is_not_what_to_rely_on() {
    let (entries, [_, _, second]) = twice();
    let stand = Stand::open(entries, night(), settings());
    let asked = "Everybody in Yanjiang Village and Weinan Village has to go away before 1 Dec 03:30. Take medicine and papers with you.";
    let page = format!("/en/verify?q={}", asked.replace(' ', "%20"));
    let said = stand.get(&page).words();
    assert!(!said.contains("rely on the original"), "{said}");
    assert!(
        said.contains(&second.text.title) || said.contains("correct"),
        "{said}"
    );
}
