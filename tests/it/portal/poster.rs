//! The sheet for notice boards: what matters is on it, on the page and on the picture alike, however long the text is.

use fabu::domain::area::AreaCode;
use fabu::domain::lifting::Bound;
use fabu::domain::portal::{Passage, Response};
use fabu::id::RealmKind;

use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

/// The words of a picture in their order.
fn drawn(picture: &str) -> String {
    let lines = picture.split("<text ").skip(1);
    let words = lines
        .filter_map(|line| line.split_once('>'))
        .map(|(_, rest)| {
            let line = rest.split("</text>").next().unwrap_or_default();
            let mut out = String::new();
            let mut is_mark = false;
            for c in line.chars() {
                match c {
                    '<' => is_mark = true,
                    '>' => is_mark = false,
                    c if !is_mark => out.push(c),
                    _ => {}
                }
            }
            out
        });
    words.collect()
}

#[test]
fn the_shelter_and_the_telephone_are_there_before_anything_is_cut() {
    let press = Press::new(RealmKind::Actual);
    let filling = "受持续强降雨影响，上游来水增加，各站水位上涨，预计后期仍有较强降雨过程，防汛形势复杂严峻。";
    let shelter = "1. 沿江村：在村委会门前集合，经环城东路，前往第二中学体育馆安置点。";
    let call = "行动不便的请拨打0510-0000-1231，由村里派车接送。";
    let mut entry = press.entry(&"关于组织沿江低洼地段人员转移避险的紧急通告".repeat(2), 1);
    entry.text.action = Some("沿江低洼地段居民立即撤离，带好药品和证件，不返回取物；".repeat(5));
    entry.text.text = format!(
        "{}\n\n三、集合地点和路线：\n{shelter}\n\n{}\n\n{call}\n\n{}",
        format!("{filling}\n\n").repeat(6),
        filling.repeat(4),
        filling.repeat(9)
    );
    let path = format!("/b/{}", entry.release);
    let stand = Stand::open(vec![entry], night(), settings());
    let page = stand.get(&format!("{path}/poster")).words();
    let picture = drawn(stand.get(&format!("{path}/poster.svg")).text());
    for part in [
        shelter,
        call,
        "0510-0000-1210",
        "带好药品和证件",
        "全文请扫码",
    ] {
        assert!(page.contains(part), "{part}: {page}");
        assert!(picture.contains(part), "{part}: {picture}");
    }
    // One decision for both.
    let of_page = page.matches(filling).count();
    assert_eq!(of_page, picture.matches(filling).count());
}

/// An order with so many shelters.
fn with_shelters(count: usize) -> fabu::domain::portal::PortalEntry {
    let press = Press::new(RealmKind::Actual);
    let mut entry = press.entry("关于组织沿江低洼地段人员转移避险的紧急通告", 1);
    entry.binds = true;
    entry.text.action = Some("沿江低洼地段居民立即撤离，带好药品和证件。".into());
    let shelters = (1..=count).map(|n| {
        format!("（{n}）第{n}号安置点：环城东路{n}号第{n}中学体育馆，联系人电话0510-0000-1{n:03}；")
    });
    let shelters: Vec<String> = shelters.collect();
    entry.text.text = format!(
        "受持续强降雨影响，上游来水增加，各站水位上涨。预计后期仍有较强降雨过程，防汛形势复杂严峻，各地加强值守。\n\n转移到以下安置点：\n{}\n\n遇到险情立即拨打119。",
        shelters.join("\n")
    );
    entry
}

#[test]
fn what_has_no_room_is_left_out_by_whole_lines_and_counted() {
    let entry = with_shelters(60);
    let path = format!("/b/{}", entry.release);
    let text = entry.text.text.clone();
    let stand = Stand::open(vec![entry], night(), settings());
    let page = stand.get(&format!("{path}/poster")).words();
    let picture = drawn(stand.get(&format!("{path}/poster.svg")).text());
    let shown = |words: &str| {
        (1..=60)
            .filter(|n| words.contains(&format!("0510-0000-1{n:03}")))
            .count()
    };
    assert!(shown(&page) > 17, "{page}");
    assert_eq!(shown(&page), shown(&picture));
    let left = format!("另有 {} 处地点没有列出", 60 - shown(&page));
    assert!(
        page.contains(&left) && picture.contains(&left),
        "{left}: {page}"
    );
    // Half a sentence stands nowhere.
    let begun = page.matches("号安置点：").count();
    assert_eq!(begun, shown(&page), "{page}");
    // With fewer of them none is left out.
    let all = with_shelters(20);
    let path = format!("/b/{}", all.release);
    let stand = Stand::open(vec![all], night(), settings());
    let page = stand.get(&format!("{path}/poster")).words();
    assert_eq!(shown(&page), 20, "{page}");
    assert!(!page.contains("没有列出") && text.contains("119"));
}

#[test]
fn a_lifted_order_on_a_sheet_is_struck_and_says_so_first() {
    let (mut order, lifting) = super::lifted::everywhere();
    order.text.text.push_str("\n\n遇到险情立即拨打119。");
    let path = format!("/b/{}", order.release);
    let stand = Stand::open(vec![order.clone(), lifting], night(), settings());
    let answer = stand.get(&format!("{path}/poster"));
    let (page, words) = (answer.text(), answer.words());
    let first = words.find("现已不再执行").expect(&words);
    let title = words[first..].find(&order.text.title);
    assert!(title.is_some(), "{words}");
    assert!(page.contains("<s>低洼地段居民立即撤到"), "{page}");
    assert!(page.contains("<p><bdi>遇到险情立即拨打119"), "{page}");
    let picture = stand.get(&format!("{path}/poster.svg")).text().to_owned();
    assert!(
        picture.contains("line-through\">低洼地段居民立即撤到"),
        "{picture}"
    );
    assert!(!picture.contains("line-through\">遇到险情"), "{picture}");
}

/// Halls of a long order, each with its telephone.
const HALLS: [&str; 4] = [
    "No. 2 Middle School gymnasium (第二中学体育馆), 102 Huancheng East Road (环城东路102号), telephone 0510-0000-1232",
    "Beitang cultural centre (北塘文化中心), 103 Huancheng East Road (环城东路103号), telephone 0510-0000-1233",
    "City sports centre (市体育中心), 104 Huancheng East Road (环城东路104号), telephone 0510-0000-1234",
    "Linjiang Middle School gymnasium (临江中学体育馆), 105 Huancheng East Road (环城东路105号), telephone 0510-0000-1235",
];

#[test]
fn a_long_order_that_was_corrected_names_its_halls_in_english_too() {
    let mut of = super::corrected::corrected();
    let wrong = "Linjiang Middle School gymnasium";
    for entry in &mut of.entries {
        if entry.release == of.wrong.release {
            let routes = HALLS.map(|hall| {
                let hall = hall.split(',').next().unwrap_or_default();
                format!("low-lying parts of Yanjiang Village (沿江村): meet at the committee house, go by Binjiang Avenue (滨江大道) and Zhongshan Road (中山路) to {hall}")
            });
            let list = |lines: &[String]| {
                let lines = lines.iter().enumerate();
                let lines = lines.map(|(at, line)| format!("{}. {line}", at + 1));
                lines.collect::<Vec<_>>().join("\n")
            };
            entry.text.title_en = Some(
                "Evacuation of low-lying riverside areas (Linjiang Town, Beitang Town)".into(),
            );
            entry.text.action_en = Some("Everyone in low-lying riverside areas (沿江低洼地段) leaves before 3 Jul 20:00. Take medicine and papers, do not go back for belongings, and do not return before a notice says so.".into());
            entry.text.text_en = Some(format!(
                "The headquarters has ordered the evacuation. Everyone there must be out before 3 Jul 20:00.\n\nRoutes:\n{}\n\nAddresses and telephones of the shelters:\n{}\n\nTurn off power, gas and water. Do not go back for belongings. If you cannot leave by yourself, call 0510-0000-1203. In danger call 119.",
                list(&routes),
                list(&HALLS.map(str::to_owned)),
            ));
        }
        if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
            passage.english = Some(Box::new(Passage {
                wrong: wrong.into(),
                right: "No. 1 Middle School gymnasium".into(),
                english: None,
            }));
        }
    }
    let path = format!("/en/b/{}", of.wrong.release);
    let stand = Stand::open(of.entries, night(), settings());
    let page = stand.get(&format!("{path}/poster")).words();
    let picture = drawn(stand.get(&format!("{path}/poster.svg")).text());
    for words in [&page, &picture] {
        for number in 1232..=1235 {
            assert!(words.contains(&format!("0510-0000-{number}")), "{words}");
        }
        assert!(words.contains("0510-0000-1203"), "{words}");
        assert!(words.contains("No. 1 Middle School"), "{words}");
        // Only the lines that have the wrong words say that they were corrected.
        assert_eq!(words.matches("[corrected]").count(), 2, "{words}");
    }
}

#[test]
fn the_sheet_of_an_end_says_first_what_binds_on() {
    let press = Press::new(RealmKind::Actual);
    let mut order = press.entry("关于组织沿江低洼地段人员转移避险的通告", 5);
    (order.binds, order.saves_life) = (true, true);
    order.text.title_en = Some("Evacuation of low-lying areas".into());
    let mut end = press.entry("关于解除防汛应急响应的通告", 1);
    let at = end.published_at;
    end.text.title_en = Some("The flood response has ended".into());
    end.text.text = "自7月3日21时30分起解除应急响应。\n\n仍在安置的有900人。".into();
    end.text.text_en = Some("The response ends.\n\nStill sheltered: 900 people.".into());
    end.text.binding = vec![Bound {
        release: order.release.clone(),
        areas: vec![AreaCode("320299101".into())],
        until: None,
    }];
    let end = end.told(Response::Ended { at });
    let order = order.told(Response::Ended { at });
    let path = format!("/b/{}/poster", end.release);
    let stand = Stand::open(vec![order, end], night(), settings());
    for (path, stands, title, left) in [
        (
            path.clone(),
            "没有解除、继续执行：《关于组织沿江低洼地段人员转移避险的通告》（临江镇）",
            "关于解除防汛应急响应的通告",
            "仍在安置的有900人",
        ),
        (
            format!("/en{path}"),
            "Not lifted, still in force: “Evacuation of low-lying areas” (Linjiang Town)",
            "The flood response has ended",
            "Still sheltered: 900 people",
        ),
    ] {
        for form in ["", ".svg"] {
            let answer = stand.get(&format!("{path}{form}"));
            let words = match form {
                "" => answer.words(),
                _ => drawn(answer.text()),
            };
            let body = words.find(stands).unwrap_or_else(|| panic!("{words}"));
            assert!(words[body..].contains(title), "{words}");
            assert!(words.contains(left), "{words}");
        }
    }
}
