//! A text of which two passages were corrected one after the other: both are marked, and neither wrong one is called right.

use fabu::domain::plan::CorrectionKind;
use fabu::domain::portal::{Corrects, Passage, PortalEntry, Standing};
use fabu::id::{RealmKind, ReleaseId};
use serde_json::Value;

use super::corrected::corrected;
use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

const ROUTE: (&str, &str) = (
    "经滨江大道到临江中学体育馆安置点",
    "经环城东路到第二中学体育馆安置点",
);
const HOUR: (&str, &str) = ("请于7月3日20时前撤离", "请于7月3日19时前撤离");

/// The night with another correction of the order, of `passage`.
fn again(passage: (&str, &str)) -> (Vec<PortalEntry>, ReleaseId) {
    let of = corrected();
    let mut second = Press::new(RealmKind::Actual).entry("关于更正撤离时间的公告", 1);
    (second.kind, second.binds) = (of.correction.kind, true);
    second.text.text = format!("有误内容：{}。\n\n正确内容：{}。", passage.0, passage.1);
    second.corrects = Some(Corrects {
        release: of.wrong.release.clone(),
        kind: CorrectionKind::WrongContent,
        also: Vec::new(),
        passage: Some(Passage {
            wrong: passage.0.into(),
            right: passage.1.into(),
            english: None,
        }),
    });
    let at = second.published_at;
    let mut entries = of.entries;
    for entry in &mut entries {
        if entry.release == of.wrong.release {
            entry.standing = Standing::Corrected {
                at,
                by: second.release.clone(),
                kind: CorrectionKind::WrongContent,
            };
        }
        // Its place was taken.
        if entry.release == of.correction.release {
            entry.standing = Standing::Superseded { at };
        }
    }
    entries.push(second);
    (entries, of.wrong.release)
}

fn marked(passage: (&str, &str)) -> String {
    format!("〔原文有误〕{}〔应为〕{}", passage.0, passage.1)
}

#[test]
fn both_passages_are_marked_in_the_order_of_time() {
    let (entries, order) = again(HOUR);
    let stand = Stand::open(entries, night(), settings());
    for form in ["", ".txt", "/poster"] {
        let words = stand.get(&format!("/b/{order}{form}")).words();
        for passage in [ROUTE, HOUR] {
            // A phrase at a time: what is the same may stand outside the mark.
            let [wrong, right] = [passage.0, passage.1].map(|said| {
                let from = said.find(['经', '7']).unwrap_or(0);
                said[from..].chars().take(6).collect::<String>()
            });
            let at = |mark: &str, part: &str| words.contains(&format!("{mark}{part}"));
            let is_marked = at("〔原文有误〕", &wrong) && at("〔应为〕", &right);
            let is_whole = words.contains(&marked(passage));
            assert!(is_marked || is_whole, "{form}: {passage:?}: {words}");
        }
    }
    let page = stand.get(&format!("/b/{order}")).words();
    let (_, history) = page.split_once("变动记录").expect("the history");
    assert_eq!(history.matches("部分更正").count(), 2, "{history}");
    let data = stand.get(&format!("/b/{order}.json"));
    let data: Value = serde_json::from_slice(&data.body).unwrap();
    let text = data["text"].as_str().unwrap();
    assert!(text.contains(ROUTE.1) && text.contains(HOUR.1), "{text}");
    assert_eq!(data["corrected_passages"].as_array().map(Vec::len), Some(2));
    let card = stand.get("/").words();
    assert!(card.contains("19时") && card.contains("环城东路"), "{card}");
}

#[test]
fn a_correction_that_was_corrected_itself_leads_to_the_newer_one() {
    let (entries, _) = again(("经环城东路", "经环城北路"));
    let [first, newer] = [ROUTE.1, "经环城北路"].map(|right| {
        let is_it = |entry: &&PortalEntry| {
            let passage = entry.corrects.as_ref().and_then(|of| of.passage.as_ref());
            passage.is_some_and(|passage| passage.right == right)
        };
        let found = entries.iter().find(is_it).expect("a correction");
        found.release.clone()
    });
    let stand = Stand::open(entries, night(), settings());
    let page = stand.get(&format!("/b/{first}"));
    let (_, behind) = page.text().split_once("被替代").expect("what became of it");
    let (banner, _) = behind.split_once("</div>").expect("the end of the bar");
    assert!(banner.contains(newer.as_str()), "{banner}");
}

#[test]
fn programs_are_told_of_an_earlier_correction_what_its_page_says() {
    let (mut entries, _) = again(HOUR);
    let mut first = None;
    for corrects in entries
        .iter_mut()
        .filter_map(|entry| entry.corrects.as_mut())
    {
        match &corrects.passage {
            Some(passage) if passage.right == ROUTE.1 => first = Some(passage.clone()),
            _ => corrects.also.extend(first.clone()),
        }
    }
    let stand = Stand::open(entries, night(), settings());
    let feed: Value = serde_json::from_slice(&stand.get("/feed.json").body).unwrap();
    let of = |item: &Value| -> Value {
        let url = item["url"].as_str().unwrap_or_default();
        let path = &url[url.find("/b/").expect("an address")..];
        serde_json::from_slice(&stand.get(&format!("{path}.json")).body).unwrap()
    };
    let items = feed["items"].as_array().unwrap();
    let mut of_it = items.iter().map(|item| (item, of(item)));
    let is_first = |data: &Value| data["corrects"]["passage"]["right"] == ROUTE.1;
    let (item, data) = of_it.find(|(_, data)| is_first(data)).unwrap();
    assert_eq!(item["_fabu"]["standing"], "current", "{item}");
    assert_eq!(data["standing"]["is"], "current", "{data}");
    assert!(data["standing"]["further"].is_string(), "{data}");
}

#[test]
fn the_words_of_both_corrections_are_judged_by_the_last_of_them() {
    let (entries, _) = again(HOUR);
    let stand = Stand::open(entries, night(), settings());
    for right in [ROUTE.1, HOUR.1] {
        let said = ask(&stand, right);
        assert!(said.contains("属实：这是更正后的内容"), "{right}: {said}");
    }
    for wrong in [ROUTE.0, HOUR.0] {
        let said = ask(&stand, wrong);
        assert!(said.contains("这些文字已被更正"), "{wrong}: {said}");
    }
    // What the first one made right the second corrects once more.
    let third = ("经环城东路", "经环城北路");
    let (entries, order) = again(third);
    let stand = Stand::open(entries, night(), settings());
    let said = ask(&stand, ROUTE.1);
    assert!(said.contains("这些文字已被更正"), "{said}");
    let right = ROUTE.1.replace(third.0, third.1);
    let said = ask(&stand, &right);
    assert!(said.contains("属实：这是更正后的内容"), "{said}");
    let words = stand.get(&format!("/b/{order}.txt")).words();
    assert!(
        words.contains(&format!("〔应为〕{right}")) && !words.contains(ROUTE.1),
        "{words}"
    );
}

#[test]
fn a_correction_that_was_taken_back_marks_nothing() {
    let (mut entries, order) = again(HOUR);
    let at = night();
    let mut first = None;
    for entry in &mut entries {
        match &entry.corrects {
            Some(corrects)
                if corrects
                    .passage
                    .as_ref()
                    .is_some_and(|one| one.wrong == HOUR.0) =>
            {
                entry.standing = Standing::Withdrawn { at, by: None };
            }
            Some(_) => {
                entry.standing = Standing::Current;
                first = Some(entry.release.clone());
            }
            None => {}
        }
    }
    for entry in entries.iter_mut().filter(|entry| entry.release == order) {
        entry.standing = Standing::Corrected {
            at,
            by: first.clone().expect("the first correction"),
            kind: CorrectionKind::WrongContent,
        };
    }
    let stand = Stand::open(entries, night(), settings());
    let words = stand.get(&format!("/b/{order}.txt")).words();
    assert!(
        words.contains("〔应为〕") && !words.contains("19时"),
        "{words}"
    );
}

#[test]
fn a_corrected_order_goes_on_when_another_place_gets_one() {
    let (mut entries, order) = again(HOUR);
    let mut other = Press::new(RealmKind::Actual).entry("关于组织荷花村人员转移的通告", 0);
    (other.binds, other.item, other.text.number) =
        (true, Some("evacuation-notice".into()), Some(4));
    for entry in entries.iter_mut().filter(|entry| entry.release == order) {
        entry.kind = other.kind;
        (entry.item, entry.text.number) = (other.item.clone(), Some(2));
    }
    entries.push(other);
    let stand = Stand::open(entries, night(), settings());
    for form in ["", ".txt", "/poster"] {
        let words = stand.get(&format!("/b/{order}{form}")).words();
        assert!(
            !words.contains("替代") && !words.contains("已不适用"),
            "{form}: {words}"
        );
    }
}
