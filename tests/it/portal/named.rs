//! A notice of the response that named orders as going on: once they are lifted, no form of it says that they bind.

use fabu::domain::lifting::Bound;
use fabu::domain::portal::{Change, ChangeKind, Corrects, LiftedIn, PortalEntry, Standing};
use fabu::domain::{area::Area, area::AreaCode, plan::CorrectionKind};
use fabu::id::RealmKind;
use serde_json::Value;

use super::lifted::{everywhere, feed_of, in_part};
use super::verify::ask;
use crate::support::bulletins::{Press, areas, night, settings};
use crate::support::reader::Stand;

const GOES_ON: &str = "临江镇、北塘镇仍有通告在执行，按其要求行动，没有解除不返回、不恢复；";
const REST: &str = "请正常安排生产生活。";

/// A notice of the level, which named the order for two towns.
fn notice(order: &PortalEntry) -> PortalEntry {
    let mut notice = Press::new(RealmKind::Actual).entry("关于将防汛应急响应调整为Ⅲ级的通告", 3);
    notice.text.action = Some(format!("{GOES_ON}其他地方：{REST}"));
    notice.text.action_en = Some("Orders stand in Linjiang Town, Beitang Town: act on them until a notice lifts them. Elsewhere: Carry on as usual.".into());
    notice.text.text =
        format!("自7月3日19时起，防汛应急响应调整为Ⅲ级。\n\n{GOES_ON}其他地方照常。");
    notice.text.text_en =
        Some("Flood response lowered to level III. Carry on with work and daily life.".into());
    notice.areas = vec![areas()[0].clone()];
    notice.text.binding = vec![Bound {
        release: order.release.clone(),
        areas: ["320299101", "320299103"]
            .map(|code| AreaCode(code.into()))
            .into(),
        until: None,
    }];
    notice
}

#[test]
fn a_notice_does_not_send_anybody_to_orders_that_were_lifted() {
    let (order, lifting) = everywhere();
    let mut order = order;
    order.areas = vec![areas()[2].clone(), areas()[4].clone()];
    let notice = notice(&order);
    let path = format!("/b/{}", notice.release);
    let stand = Stand::open(vec![order, notice.clone(), lifting], night(), settings());
    let over = "上述地方（临江镇、北塘镇）已于2026年7月3日（周五）21:40解除";
    for page in [
        "/",
        "/area/320299101",
        &path,
        &format!("{path}/poster"),
        &format!("{path}.txt"),
    ] {
        let words = stand.get(page).words();
        assert!(
            words.contains(over) && words.contains(REST),
            "{page}: {words}"
        );
        let said = words.matches("没有解除不返回").count();
        // The page (with its summary) and the sheet show the text as it was released, behind what has become of it.
        assert!(said <= 2, "{page}: {words}");
        let first = words.find(over).unwrap_or_default();
        let then = words.find("没有解除不返回").unwrap_or(usize::MAX);
        assert!(first < then, "{page}: {words}");
    }
    assert!(!stand.get("/").words().contains("没有解除不返回"));
    let item = feed_of(&stand, &notice);
    let summary = item["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("文中所说") && summary.contains(over),
        "{summary}"
    );
    assert_eq!(item["date_modified"], "2026-07-03T21:40:00+08:00");
    let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
    assert_eq!(data["action"], REST);
    assert_eq!(data["action_en"], "Carry on as usual.");
    for asked in [GOES_ON, &notice.text.text] {
        let said = ask(&stand, asked);
        assert!(
            said.contains("有的已经解除") && said.contains(over),
            "{said}"
        );
        assert!(!said.contains("目前有效"), "{said}");
    }
}

#[test]
fn where_a_part_was_lifted_that_part_is_named() {
    let (order, lifting) = in_part();
    let notice = notice(&order);
    let stand = Stand::open(
        vec![order.clone(), notice.clone(), lifting],
        night(),
        settings(),
    );
    for form in ["", "/poster", ".txt"] {
        let words = stand.get(&format!("/b/{}{form}", notice.release)).words();
        let line = format!("文中所说的《{}》，已在北塘镇解除", order.text.title);
        assert!(words.contains(&line), "{form}: {words}");
        assert!(words.contains("没有解除不返回"), "{form}: {words}");
    }
}

#[test]
fn what_was_lifted_is_said_first_and_as_large_as_what_goes_on() {
    let (mut order, lifting) = in_part();
    // A village of the town in which it goes on.
    order.lifted[0].areas = vec![Area {
        area: AreaCode("320299101201".into()),
        name: "沿江村".into(),
        name_en: Some("Yanjiang Village".into()),
    }];
    let path = format!("/b/{}", order.release);
    let stand = Stand::open(vec![order, lifting], night(), settings());
    let first =
        "已在沿江村解除（2026年7月3日（周五）21:40）。其他地方继续执行：低洼地段居民立即撤到";
    let page = stand.get(&path);
    let bold = page.text().split("<h2 id=\"do\">").nth(1).unwrap();
    let bold = bold.split("</section>").next().unwrap();
    assert!(bold.contains(first), "{bold}");
    for form in ["", "/poster", ".txt"] {
        let words = stand.get(&format!("{path}{form}")).words();
        assert!(words.contains(first), "{form}: {words}");
        assert!(words.contains("临江镇（沿江村已解除）"), "{form}: {words}");
        assert!(words.contains("请您这样做"), "{form}: {words}");
    }
    let front = stand.get("/").words();
    assert!(
        front.contains(first) && front.contains("（沿江村已解除）"),
        "{front}"
    );
    let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
    assert!(
        data["action"]
            .as_str()
            .unwrap()
            .starts_with("已在沿江村解除")
    );
}

#[test]
fn a_corrected_order_that_was_lifted_says_both_in_its_history() {
    let press = Press::new(RealmKind::Actual);
    let (mut order, lifting) = everywhere();
    let at = lifting.published_at;
    let mut correction = press.entry("关于更正路线的说明", 4);
    correction.binds = true;
    correction.corrects = Some(Corrects {
        release: order.release.clone(),
        kind: CorrectionKind::WrongContent,
        passage: None,
        also: Vec::new(),
    });
    correction.standing = Standing::Lifted {
        at,
        by: lifting.release.clone(),
    };
    correction.changes = vec![Change {
        at,
        by: lifting.release.clone(),
        areas: vec![areas()[2].clone()],
        what: ChangeKind::Lifted,
    }];
    let corrected_at = correction.published_at;
    order.standing = Standing::Corrected {
        at: corrected_at,
        by: correction.release.clone(),
        kind: CorrectionKind::WrongContent,
    };
    let entries = vec![order.clone(), correction.clone(), lifting.clone()];
    let stand = Stand::open(entries, night(), settings());
    let page = stand.get(&format!("/b/{}", order.release)).words();
    let (above, history) = page.split_once("变动记录").expect("the history");
    assert!(
        above.contains("已于2026年7月3日（周五）21:40解除"),
        "{above}"
    );
    assert!(
        above.contains(&format!("请看：{}", lifting.text.title)),
        "{above}"
    );
    let at = |part: &str| {
        history
            .find(part)
            .unwrap_or_else(|| panic!("{part}: {history}"))
    };
    assert!(
        at("18:40部分更正：关于更正路线的说明") < at("21:40已在临江镇解除"),
        "{history}"
    );
    assert_eq!(
        feed_of(&stand, &order)["date_modified"],
        "2026-07-03T21:40:00+08:00"
    );
    // In part it goes the same way.
    let (mut order, lifting) = in_part();
    correction.standing = Standing::Current;
    correction.lifted = vec![LiftedIn {
        at: lifting.published_at,
        by: lifting.release.clone(),
        areas: vec![areas()[4].clone()],
        to_come: false,
        except: None,
        except_en: None,
    }];
    order.lifted.clear();
    correction.corrects.as_mut().unwrap().release = order.release.clone();
    order.standing = Standing::Corrected {
        at: corrected_at,
        by: correction.release.clone(),
        kind: CorrectionKind::WrongContent,
    };
    let stand = Stand::open(
        vec![order.clone(), correction, lifting],
        night(),
        settings(),
    );
    assert_eq!(
        feed_of(&stand, &order)["date_modified"],
        "2026-07-03T21:40:00+08:00"
    );
}

#[test]
fn of_a_measure_that_was_taken_back_nobody_says_that_it_was_lifted() {
    let (mut order, _) = everywhere();
    order.areas = vec![areas()[2].clone(), areas()[4].clone()];
    order.standing = Standing::Withdrawn {
        at: night(),
        by: None,
    };
    let notice = notice(&order);
    let path = format!("/b/{}", notice.release);
    let stand = Stand::open(vec![order, notice], night(), settings());
    for form in ["", ".txt", "/poster"] {
        let words = stand.get(&format!("{path}{form}")).words();
        assert!(words.contains("》已撤回（"), "{form}: {words}");
        assert!(
            !words.contains("已于2026年7月3日（周五）21:40解除"),
            "{form}: {words}"
        );
    }
}
