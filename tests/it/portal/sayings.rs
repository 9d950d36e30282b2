//! What people tell each other: that an order is over, or that there is one. Places are compared first, and nobody is answered with
//! the order of another place.

use fabu::domain::area::{Area, AreaCode};
use fabu::domain::lifting::Bound;
use fabu::domain::portal::{PortalEntry, Standing};
use fabu::id::RealmKind;

use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

fn village(code: &str, name: &str, english: &str) -> Area {
    Area {
        area: AreaCode(code.into()),
        name: name.into(),
        name_en: Some(english.into()),
    }
}

/// The order for one village.
fn order(of: &Area, hours: i64) -> PortalEntry {
    let press = Press::new(RealmKind::Actual);
    let mut order = press.entry(&format!("关于组织{}人员转移避险的通告", of.name), hours);
    (order.binds, order.saves_life) = (true, true);
    order.areas = vec![of.clone()];
    order.text.title_en = Some(format!(
        "Evacuation of {}",
        of.name_en.as_deref().unwrap_or_default()
    ));
    order.text.action = Some(format!("{}全体村民今晚6时前撤离到镇文体中心。", of.name));
    order.text.text = format!(
        "受洪水威胁，{}全体村民请于7月3日18时前撤离到镇文体中心，带好药品和证件。",
        of.name
    );
    order
}

fn weinan() -> Area {
    village("320299101202", "圩南村", "Weinan Village")
}

fn yanjiang() -> Area {
    village("320299101201", "沿江村", "Yanjiang Village")
}

#[test]
fn a_plain_rumour_that_an_order_is_over_is_answered_by_the_order_of_that_place() {
    let (here, other) = (order(&weinan(), 6), order(&yanjiang(), 5));
    let stand = Stand::open(vec![here.clone(), other.clone()], night(), settings());
    for saying in [
        "圩南村水退了，可以回来了",
        "圩南村的人不用走了",
        "You do not have to leave Weinan Village any more",
        "Weinan Village: it is safe to come home",
    ] {
        let said = ask(&stand, saying);
        assert!(
            said.contains("没有解除") && said.contains(&here.text.title),
            "{saying}: {said}"
        );
        assert!(!said.contains(&other.text.title), "{saying}: {said}");
    }
    let said = ask(&stand, "村里喇叭说不用走了");
    assert!(
        said.contains("没有解除")
            && said.contains(&here.text.title)
            && said.contains(&other.text.title),
        "{said}"
    );
}

#[test]
fn of_two_villages_the_one_that_was_lifted_is_told_from_the_other() {
    let press = Press::new(RealmKind::Actual);
    let (mut over, holds) = (order(&weinan(), 6), order(&yanjiang(), 5));
    let lifting = press.entry("关于圩南村转移人员返回的通告", 1);
    over.standing = Standing::Lifted {
        at: lifting.published_at,
        by: lifting.release.clone(),
    };
    let entries = vec![over, holds.clone(), lifting.clone()];
    let stand = Stand::open(entries, night(), settings());
    let said = ask(&stand, "圩南村和沿江村都可以回家了");
    assert!(
        said.contains("只在部分地区解除")
            && said.contains(&holds.text.title)
            && said.contains(&lifting.text.title),
        "{said}"
    );
    let said = ask(&stand, "圩南村可以回家了");
    assert!(said.contains("已经解除"), "{said}");
    let said = ask(&stand, "沿江村可以回家了");
    assert!(
        said.contains("没有解除") && !said.contains(&lifting.text.title),
        "{said}"
    );
}

#[test]
fn a_saying_that_something_is_ordered_is_held_against_the_orders_of_that_place() {
    let here = order(&weinan(), 6);
    let stand = Stand::open(vec![here.clone()], night(), settings());
    // Another hour.
    let said = ask(&stand, "圩南村全体村民今晚8点前撤离到镇文体中心");
    assert!(
        said.contains("不一致")
            && said.contains(&here.text.title)
            && said.contains("〔原文〕")
            && said.contains("〔提交〕"),
        "{said}"
    );
    assert!(!said.contains("属实"), "{said}");
    // Another place.
    for saying in [
        "青山镇石岭村全体村民今晚6时前撤离到青山中学",
        "石岭村全体村民请于7月3日18时前撤离到镇文体中心，带好药品和证件",
        "Everybody in Shiling Village must leave before 18:00",
    ] {
        let said = ask(&stand, saying);
        assert!(
            said.contains("没有对该地发布这样的要求") && !said.contains(&here.text.title),
            "{saying}: {said}"
        );
    }
}

#[test]
fn what_only_quotes_a_title_is_not_its_original() {
    let here = order(&weinan(), 6);
    let mut notice = Press::new(RealmKind::Actual).entry("关于调整防汛应急响应级别的通告", 3);
    notice.text.text = format!(
        "防汛应急响应调整为Ⅲ级。下列措施继续执行：《{}》在圩南村。",
        here.text.title
    );
    notice.text.binding = vec![Bound {
        release: here.release.clone(),
        areas: vec![weinan().area],
        until: None,
    }];
    let stand = Stand::open(vec![here.clone(), notice.clone()], night(), settings());
    for asked in [
        here.text.title.clone(),
        here.text.title[..here.text.title.len() - 9].to_owned(),
        format!("{}，大家快看看", here.text.title),
    ] {
        let said = ask(&stand, &asked);
        assert!(
            said.contains(&here.text.title) && !said.contains(&notice.text.title),
            "{asked}: {said}"
        );
    }
}

#[test]
fn the_verdict_on_a_wrong_saying_stands_before_what_became_of_the_text() {
    let press = Press::new(RealmKind::Actual);
    let mut over = order(&weinan(), 6);
    let lifting = press.entry("关于圩南村转移人员返回的通告", 1);
    over.standing = Standing::Lifted {
        at: lifting.published_at,
        by: lifting.release.clone(),
    };
    let wrong = over.text.text.replace("18时", "23时");
    let stand = Stand::open(vec![over, lifting], night(), settings());
    let said = ask(&stand, &wrong);
    let verdict = said.find("文字不一致").expect(&said);
    let fate = said.find("本通告的要求已于").expect(&said);
    assert!(verdict < fate, "{said}");
}
