//! Where texts are found: the progress of an incident, the archive, search, and every link.

use fabu::id::RealmKind;

use super::pages::{order, page};
use crate::support::bulletins::{Press, a_night, areas, night, settings};
use crate::support::reader::Stand;

#[test]
fn an_incident_can_be_followed_from_its_first_bulletin_to_its_last() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let words = page(&stand, &format!("/incident/{}", night_of.notice.incident)).words();
    order(
        &words,
        &[
            "7·3 临江镇暴雨洪涝",
            "共发布 6 条",
            "意味着什么",
            "提升至Ⅱ级",
            "关于更正",
            "汛情通报（第3号）",
            "临江大桥",
            "启动防汛Ⅳ级",
        ],
    );
    assert!(!words.contains("降压供水"), "another incident's bulletin");
}

#[test]
fn the_archive_finds_by_month_body_and_place_and_turns_pages() {
    let press = Press::new(RealmKind::Actual);
    let mut entries: Vec<_> = (0..70)
        .map(|hour| press.entry(&format!("通报之{hour:02}号"), hour * 3))
        .collect();
    entries[69].areas = vec![areas()[3].clone()];
    let stand = Stand::open(entries, night(), settings());
    let index = page(&stand, "/archive");
    order(
        &index.words(),
        &[
            "2026年7月",
            "2026年6月",
            "示例市防汛抗旱指挥部办公室",
            "70 条",
        ],
    );
    let first = page(&stand, "/body/flood-office").words();
    order(
        &first,
        &["共 70 条", "通报之00号", "通报之29号", "第 1 页，共 3 页"],
    );
    assert!(!first.contains("通报之30号"));
    let last = page(&stand, "/body/flood-office?page=3").words();
    order(&last, &["通报之60号", "通报之69号", "第 3 页"]);
    assert!(
        page(&stand, "/body/flood-office?page=999")
            .words()
            .contains("通报之69号")
    );
    assert!(page(&stand, "/archive/2026-06").words().contains("6月30日"));
    assert_eq!(stand.get("/archive/2025-01").status, 404);
    assert_eq!(stand.get("/body/nobody").status, 404);
    assert!(
        page(&stand, "/area/320299102")
            .words()
            .contains("通报之69号")
    );
    assert!(
        !page(&stand, "/area/320299001").words().contains("通报之"),
        "nothing for this place"
    );
    assert!(
        page(&stand, "/area/320299?page=3")
            .words()
            .contains("通报之69号"),
        "a town's bulletin concerns its city"
    );
    assert_eq!(stand.get("/area/999999").status, 404);
    let town = page(&stand, "/area/320299101").words();
    order(&town, &["通报之00号", "通报之29号", "第 1 页，共 3 页"]);
    assert!(!town.contains("通报之30号"));
    assert!(
        page(&stand, "/area/320299101?page=3")
            .words()
            .contains("通报之68号")
    );
    let feed = page(&stand, "/area/320299102/feed.atom");
    assert_eq!(feed.text().matches("<entry>").count(), 1);
    assert!(feed.text().contains("青山镇") && feed.text().contains("通报之69号"));
    assert!(
        page(&stand, "/en/area/320299102")
            .text()
            .contains("href=\"/en/area/320299102/feed.atom\"")
    );
    assert_eq!(stand.get("/area/999999/feed.atom").status, 404);
}

#[test]
fn search_wants_every_word_and_shows_where_it_stands() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let search = |question: &str| {
        let encoded: String = question
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        page(&stand, &format!("/search?q={encoded}"))
    };
    let hits = search("水位 临江站");
    order(
        &hits.words(),
        &["找到 3 条", "提升至Ⅱ级", "关于更正", "汛情通报（第3号）"],
    );
    assert!(
        hits.text().contains("<mark>临江站水位</mark>")
            || hits.text().contains("<mark>水位</mark>")
    );
    assert!(search("水位 荷花村").words().contains("找到 1 条"));
    assert!(
        search("FLOOD　ＲＥＳＰＯＮＳＥ")
            .words()
            .contains("找到 1 条"),
        "width and case do not matter"
    );
    assert!(search("示防汛办〔2026〕17号").words().contains("找到 1 条"));
    assert!(search("火星").words().contains("没有找到"));
    let hostile = search("\"><script>alert(1)</script>");
    assert!(
        !hostile.text().contains("<script"),
        "what was asked is not markup"
    );
    assert!(
        search(&"水".repeat(500))
            .words()
            .contains("只用了前 80 个字")
    );
    assert_eq!(stand.get("/search?q=%FF%FE%zz").status, 200);
}

#[test]
fn every_link_of_the_site_leads_somewhere() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let mut queue = vec!["/".to_owned(), "/en/".into(), "/elder/".into()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = queue.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = stand.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        for part in answer.text().split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap_or("").replace("&#38;", "&");
            if href.starts_with('/') {
                queue.push(href);
            } else {
                let ours = ["#main", "tel:", "https://fabu.example.invalid/"];
                assert!(
                    ours.iter().any(|head| href.starts_with(head)),
                    "{href} on {path}"
                );
            }
        }
    }
    assert!(seen.len() > 100, "only {} addresses found", seen.len());
    assert!(seen.iter().any(|path| path.starts_with("/en/elder/b/")));
}
