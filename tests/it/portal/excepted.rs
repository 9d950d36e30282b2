//! A lifting that does not hold for everybody: for whom it does not is said wherever the lifting is, and as loud.

use fabu::domain::portal::{Change, ChangeKind, LiftedIn, PortalEntry};

use super::lifted::in_part;
use super::verify::ask;
use crate::support::bulletins::{Press, areas, night, settings};
use crate::support::reader::Stand;

const WHOM: &str = "荷花村三组";
const SAID: &str = "已在北塘镇解除，荷花村三组除外";
const SAID_EN: &str = "but not for Group 3, Hehua Village (荷花村三组)";

/// The order for two towns, lifted in one of them but for a group of a village.
fn excepted() -> (PortalEntry, PortalEntry) {
    let (mut order, lifting) = in_part();
    let beitang = areas()[4].clone();
    // There it binds on.
    order.areas.push(beitang.clone());
    order.lifted = vec![LiftedIn {
        at: lifting.published_at,
        by: lifting.release.clone(),
        areas: vec![beitang.clone()],
        to_come: false,
        except: Some(WHOM.into()),
        except_en: Some("Group 3, Hehua Village (荷花村三组)".into()),
    }];
    order.changes = vec![Change {
        at: lifting.published_at,
        by: lifting.release.clone(),
        areas: vec![beitang],
        what: ChangeKind::Lifted,
    }];
    order.text.action_en = Some("Leave for the gymnasium.".into());
    order.text.text_en = Some("Everybody leaves for the gymnasium.".into());
    order.text.title_en = Some("Evacuation of low-lying areas".into());
    (order, lifting)
}

#[test]
fn for_whom_a_lifting_does_not_hold_stands_beside_it_everywhere() {
    let (order, lifting) = excepted();
    let path = format!("/b/{}", order.release);
    let stand = Stand::open(vec![order.clone(), lifting], night(), settings());
    for page in [
        "/".to_owned(),
        "/area/320299103".to_owned(),
        format!("/incident/{}", order.incident),
        path.clone(),
        format!("{path}.txt"),
        format!("{path}/poster"),
        format!("{path}/poster.svg"),
        "/feed.json".to_owned(),
        "/feed.atom".to_owned(),
    ] {
        let words = stand.get(&page).words();
        assert!(words.contains(SAID), "{page}: {words}");
        // Wherever it is said to be lifted.
        assert!(
            !words.replace(SAID, "").contains("已在北塘镇解除"),
            "{page}: {words}"
        );
    }
    let page = stand.get(&path).words();
    assert!(
        page.contains("荷花村三组和其他地方继续执行：低洼地段居民")
            && page.contains("（北塘镇已解除，荷花村三组除外）"),
        "{page}"
    );
    for page in [
        "/en/".to_owned(),
        format!("/en{path}"),
        format!("/en{path}/poster"),
        format!("/en{path}.txt"),
    ] {
        let words = stand.get(&page).words();
        assert!(words.contains(SAID_EN), "{page}: {words}");
    }
    let title = order.text.title.as_str();
    for asked in [title, order.text.text.as_str(), "北塘镇可以回家了吗"] {
        let said = ask(&stand, asked);
        assert!(said.contains(SAID), "{asked}: {said}");
        assert!(said.contains("部分地区"), "{asked}: {said}");
    }
}

#[test]
fn whom_a_later_lifting_sets_free_is_not_excepted_any_more() {
    let (mut order, lifting) = excepted();
    let again = Press::new(fabu::id::RealmKind::Actual).entry("关于荷花村三组返回的通告", 0);
    order.areas.pop();
    order.lifted.push(LiftedIn {
        at: again.published_at,
        by: again.release.clone(),
        except: None,
        except_en: None,
        ..order.lifted[0].clone()
    });
    let stand = Stand::open(vec![order.clone(), lifting, again], night(), settings());
    let words = stand.get(&format!("/b/{}.txt", order.release)).words();
    assert!(
        words.contains("已在北塘镇解除（") && !words.contains("除外"),
        "{words}"
    );
}

#[test]
fn where_nobody_else_is_left_the_order_goes_on_for_them_alone() {
    let (mut order, lifting) = excepted();
    order.areas.remove(0);
    let stand = Stand::open(vec![order.clone(), lifting], night(), settings());
    let words = stand.get(&format!("/b/{}", order.release)).words();
    assert!(
        words.contains("。荷花村三组继续执行：低洼地段居民"),
        "{words}"
    );
}

#[test]
fn a_group_without_a_village_is_excepted_wherever_it_was_lifted() {
    let (mut order, lifting) = excepted();
    order.lifted[0].except = Some("三组、沿江村五组".into());
    order.lifted[0].except_en = None;
    let stand = Stand::open(vec![order, lifting], night(), settings());
    for (asked, verdict) in [
        ("北塘镇荷花村三组可以回去了", "没有解除"),
        ("北塘镇沿江村五组可以回去了", "没有解除"),
        ("北塘镇荷花村五组可以回去了", "只在部分地区解除"),
    ] {
        let said = ask(&stand, asked);
        assert!(said.contains(verdict), "{asked}: {said}");
    }
}
