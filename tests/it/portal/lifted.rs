//! An order that was lifted, in part or everywhere: whoever asks is told where and since when, and nothing that is over asks for anything.

use chrono::TimeDelta;
use fabu::domain::portal::{Change, ChangeKind, LiftedIn, PortalEntry, Response, Standing};
use fabu::id::RealmKind;
use serde_json::Value;

use super::pages::{order as in_order, page};
use super::verify::ask;
use crate::support::bulletins::{Press, a_night, areas, night, settings};
use crate::support::reader::Stand;

const TEXT: &str = "临江镇、北塘镇低洼地段居民请于7月3日24时前撤到临江中学体育馆，带好药品和证件。";
const ACTION: &str = "低洼地段居民立即撤到临江中学体育馆。";

/// An order for two towns, and what lifts it.
fn order() -> (PortalEntry, PortalEntry) {
    let press = Press::new(RealmKind::Actual);
    let lifting = press.entry("关于北塘镇转移人员返回的通告", 1);
    let mut order = press.entry("关于组织低洼地段人员转移避险的通告", 6);
    (order.binds, order.saves_life) = (true, true);
    order.areas = vec![areas()[2].clone(), areas()[4].clone()];
    order.valid_until = Some(night() + TimeDelta::hours(20));
    order.next_update = Some(night() + TimeDelta::hours(2));
    order.text.action = Some(ACTION.into());
    order.text.text = TEXT.into();
    (order, lifting)
}

pub(super) fn in_part() -> (PortalEntry, PortalEntry) {
    let (mut order, lifting) = order();
    let beitang = order.areas.pop().into_iter().collect();
    order.lifted.push(LiftedIn {
        at: lifting.published_at,
        by: lifting.release.clone(),
        areas: beitang,
        to_come: false,
        except: None,
        except_en: None,
    });
    (order, lifting)
}

pub(super) fn everywhere() -> (PortalEntry, PortalEntry) {
    let (mut order, lifting) = order();
    order.standing = Standing::Lifted {
        at: lifting.published_at,
        by: lifting.release.clone(),
    };
    (order, lifting)
}

/// `entry` as the feed has it.
pub(super) fn feed_of(stand: &Stand, entry: &PortalEntry) -> Value {
    let feed: Value = serde_json::from_slice(&stand.get("/feed.json").body).unwrap();
    let items = feed["items"].as_array().cloned().unwrap_or_default();
    let is_it = |item: &Value| {
        let url = item["url"].as_str().unwrap_or_default();
        url.ends_with(entry.release.as_str())
    };
    items.into_iter().find(is_it).expect("the order")
}

#[test]
fn an_order_that_was_lifted_in_part_is_not_plainly_in_force() {
    let (order, lifting) = in_part();
    let stand = Stand::open(vec![order.clone(), lifting], night(), settings());
    for asked in [order.text.title.clone(), TEXT.into(), TEXT[..88].into()] {
        let said = ask(&stand, &asked);
        for part in ["部分地区", "已在北塘镇解除", "2026年7月3日（周五）21:40"] {
            assert!(said.contains(part), "{asked}: {part}: {said}");
        }
    }
    let item = feed_of(&stand, &order);
    assert!(
        item["title"]
            .as_str()
            .unwrap()
            .starts_with("【部分地区已解除】")
    );
    for field in ["summary", "content_text"] {
        let text = item[field].as_str().unwrap();
        assert!(text.contains("已在北塘镇解除"), "{text}");
    }
    let atom = stand.get("/feed.atom");
    assert!(atom.text().contains("已在北塘镇解除"));
    // Where it holds it goes on asking.
    let text = stand.get(&format!("/b/{}.txt", order.release)).words();
    assert!(
        text.contains("请您这样做") && text.contains("已在北塘镇解除"),
        "{text}"
    );
}

#[test]
fn what_is_over_asks_nobody_to_act() {
    let now = night();
    let (lifted, by) = everywhere();
    let press = Press::new(RealmKind::Actual);
    let of = |standing: Standing, hours| {
        let (mut entry, _) = order();
        entry.release = press.entry("", hours).release;
        entry.standing = standing;
        entry
    };
    let ended_at = now - TimeDelta::hours(1);
    let ended =
        of(Standing::Superseded { at: ended_at }, 11).told(Response::Ended { at: ended_at });
    let gone = [
        (lifted, "已于2026年7月3日（周五）21:40解除"),
        (of(Standing::Withdrawn { at: now, by: None }, 7), "撤回"),
        (of(Standing::Expired { at: now }, 8), "失效"),
        (
            of(Standing::Superseded { at: now }, 9),
            "被替代，请以新发布的为准",
        ),
        (ended, "应急响应已于2026年7月3日（周五）21:40解除"),
    ];
    let entries = gone.iter().map(|(entry, _)| entry.clone()).chain([by]);
    let stand = Stand::open(entries.collect(), now, settings());
    for (entry, said) in &gone {
        let path = format!("/b/{}", entry.release);
        let text = stand.get(&format!("{path}.txt")).text().to_owned();
        assert!(text.contains(said), "{said}: {text}");
        for asks in ["请您这样做", "有效期至", "下次更新"] {
            assert!(!text.contains(asks), "{said}: {asks}: {text}");
            for form in ["", "/poster", "/poster.svg"] {
                let page = stand.get(&format!("{path}{form}"));
                assert!(!page.words().contains(asks), "{said} {form}: {asks}");
            }
        }
        let data: Value = serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap();
        assert_eq!(data["in_force"], false);
        for nothing in ["action", "valid_until", "next_update"] {
            assert_eq!(data[nothing], Value::Null, "{said}: {nothing}");
        }
        assert_eq!(data["as_published"]["action"], ACTION);
        let item = feed_of(&stand, entry);
        let summary = item["summary"].as_str().unwrap();
        assert!(
            summary.contains(said) && !summary.contains("立即撤到"),
            "{summary}"
        );
        let content = item["content_text"].as_str().unwrap();
        assert!(
            content.starts_with(summary.split("。").next().unwrap()),
            "{content}"
        );
    }
    // The end of a response puts nothing in the place of what ends with it.
    let (ended, _) = &gone[4];
    let words = stand.get(&format!("/b/{}", ended.release)).words();
    assert!(
        words.contains("响应已解除") && !words.contains("替代"),
        "{words}"
    );
}

#[test]
fn every_standing_has_words_of_its_own() {
    let (zh, en) = (
        include_str!("../../../locales/zh-CN.toml"),
        include_str!("../../../locales/en.toml"),
    );
    for locale in [zh, en] {
        let portal = locale.split("[reason]").next().unwrap();
        let fates = portal.lines().filter(|line| line.starts_with("fate-"));
        let mut words: Vec<&str> = fates
            .filter_map(|line| line.split_once(" = "))
            .map(|(_, word)| word)
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert!(count > 7 && words.len() == count, "{words:?}");
    }
}

#[test]
fn an_answer_that_names_a_level_says_that_the_response_has_ended() {
    let press = Press::new(RealmKind::Actual);
    let mut answer = press.entry("关于“大堤决口”的核实情况", 5);
    answer.kind = fabu::domain::plan::ItemKind::Refutation;
    answer.text.text = "大堤完好。\n\n目前执行防汛二级应急响应。".into();
    let at = night() - TimeDelta::hours(1);
    let answer = answer.told(Response::Ended { at });
    let stand = Stand::open(vec![answer.clone()], night(), settings());
    for form in ["", ".txt", "/poster"] {
        let words = stand.get(&format!("/b/{}{form}", answer.release)).words();
        assert!(
            words.contains("应急响应已于2026年7月3日（周五）21:40解除"),
            "{form}: {words}"
        );
    }
}

#[test]
fn a_rumour_that_an_order_is_over_finds_the_order() {
    let sayings = [
        "解除转移了",
        "听说转移已经解除了",
        "可以回家了吗",
        "不用撤离了，大家回去吧",
        "解除了吗",
        "临江镇转移解除了",
        "The evacuation is lifted",
        "can we go home now?",
    ];
    let (binding, _) = order();
    let stand = Stand::open(vec![binding.clone()], night(), settings());
    for saying in sayings {
        let said = ask(&stand, saying);
        assert!(
            said.contains("没有解除")
                && said.contains(&binding.text.title)
                && said.contains(ACTION),
            "{saying}: {said}"
        );
        assert!(!said.contains("属实"), "{said}");
    }
    let (part, lifting) = in_part();
    let stand = Stand::open(vec![part, lifting.clone()], night(), settings());
    let said = ask(&stand, "解除转移了");
    assert!(
        said.contains("只在部分地区解除") && said.contains("已在北塘镇解除"),
        "{said}"
    );
    let said = ask(&stand, "北塘镇解除转移了");
    assert!(
        said.contains("已经解除") && said.contains(&lifting.text.title),
        "{said}"
    );
    let said = ask(&stand, "临江镇解除转移了");
    assert!(!said.contains("已经解除"), "{said}");
    let (over, lifting) = everywhere();
    let stand = Stand::open(vec![over, lifting.clone()], night(), settings());
    let said = ask(&stand, "解除转移了");
    assert!(
        said.contains("已经解除") && said.contains(&lifting.text.title),
        "{said}"
    );
    // Other matters are not answered by it.
    for other in ["取消航班", "明天可以吃饭吗", "青山镇解除转移了"] {
        let said = ask(&stand, other);
        assert!(!said.contains("解除，见下列"), "{other}: {said}");
    }
}

#[test]
fn where_a_text_was_lifted_stands_on_all_of_its_pages() {
    let night_of = a_night(RealmKind::Actual);
    let mut entries = night_of.entries.clone();
    let notice = (entries.iter_mut())
        .find(|entry| entry.release == night_of.notice.release)
        .unwrap();
    let lifted = notice.areas.pop().unwrap();
    let name = lifted.name.clone();
    notice.lifted.push(LiftedIn {
        at: night(),
        by: night_of.correction.release.clone(),
        areas: vec![lifted.clone()],
        to_come: false,
        except: None,
        except_en: None,
    });
    let area = lifted.area.0.clone();
    notice.changes.push(Change {
        at: night(),
        by: night_of.correction.release.clone(),
        areas: vec![lifted],
        what: ChangeKind::Lifted,
    });
    let incident = format!("/incident/{}", notice.incident);
    let title = notice.text.title.clone();
    let stand = Stand::open(entries, night(), settings());
    let id = &night_of.notice.release;
    let said = format!("已在{name}解除");
    for path in [
        "/".to_owned(),
        format!("/b/{id}"),
        format!("/b/{id}/poster"),
    ] {
        let words = page(&stand, &path).words();
        assert!(words.contains(&said), "{path}: {words}");
    }
    let picture = page(&stand, &format!("/b/{id}/poster.svg"));
    assert!(picture.text().contains(&said));
    // Where it was lifted it is still found, and said to be over there.
    let there = page(&stand, &format!("/area/{area}")).words();
    in_order(&there, &["已解除", &title]);
    for path in [incident, format!("/b/{id}")] {
        let words = page(&stand, &path).words();
        in_order(&words, &["变动记录", &format!("已在{name}解除")]);
    }
}

#[test]
fn a_measure_that_was_lifted_reads_so_in_every_form() {
    let press = Press::new(RealmKind::Actual);
    let lifting = press.entry("关于解除转移的通告", 1);
    let mut measure = press.entry("关于组织人员转移的通告", 6);
    measure.binds = true;
    measure.standing = Standing::Lifted {
        at: night(),
        by: lifting.release.clone(),
    };
    let id = measure.release.clone();
    let mut announced = press.entry("关于学校停课的通告", 6);
    announced.binds = true;
    announced.lifted.push(LiftedIn {
        at: night() + TimeDelta::hours(2),
        by: lifting.release.clone(),
        areas: announced.areas.clone(),
        to_come: true,
        except: None,
        except_en: None,
    });
    let held = announced.release.clone();
    let stand = Stand::open(vec![measure, lifting, announced], night(), settings());
    for path in [
        format!("/b/{id}"),
        format!("/b/{id}/poster"),
        format!("/b/{id}.txt"),
    ] {
        let answer = stand.get(&path);
        assert!(answer.text().contains("解除"), "{path}");
        assert!(!answer.text().contains("替代"), "{path}");
    }
    let data = stand.get(&format!("/b/{id}.json"));
    assert!(
        data.text().contains("\"is\": \"lifted\""),
        "{}",
        data.text()
    );
    let front = page(&stand, "/").words();
    let (now, _) = front.split_once("近期已结束").expect("what is over");
    assert!(
        now.contains("关于学校停课的通告") && !now.contains("关于组织人员转移"),
        "{front}"
    );
    let words = page(&stand, &format!("/b/{held}")).words();
    assert!(words.contains("此前继续执行"), "{words}");
}
