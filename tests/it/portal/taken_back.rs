//! A text that was taken back says so wherever somebody comes upon it, and a level that has changed is not passed off as today's.

use fabu::domain::level::ResponseLevel;
use fabu::domain::portal::Response;
use fabu::id::RealmKind;

use crate::support::bulletins::{Press, a_night, night, settings};
use crate::support::reader::Stand;

#[test]
fn a_text_that_was_withdrawn_says_so_around_its_words_everywhere() {
    let mut night_of = a_night(RealmKind::Actual);
    for entry in &mut night_of.entries {
        if entry.release == night_of.withdrawn.release {
            entry.text.text = "临江大桥今晚封闭，请绕行。".into();
        }
    }
    let path = format!("/b/{}", night_of.withdrawn.release);
    let stand = Stand::open(night_of.entries, night(), settings());
    let before = "以下原文已不再有效";
    let behind = "以上原文已不再有效";
    let said = |path: &str| {
        let answer = stand.get(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.text().to_owned()
    };
    for path in [
        path.clone(),
        format!("{path}.txt"),
        "/feed.atom".into(),
        "/feed.json".into(),
    ] {
        let text = said(&path);
        let mut at = 0;
        for part in ["撤回", before, "临江大桥今晚封闭", behind] {
            let found = text[at..].find(part);
            at += found.unwrap_or_else(|| panic!("{path}: {part} in {text}"));
        }
    }
    // Struck where a page or a sheet can strike.
    let page = said(&path);
    let struck = page
        .split("<del class=\"whole\">")
        .nth(1)
        .and_then(|rest| rest.split("</del>").next());
    assert!(
        struck.is_some_and(|struck| struck.contains("临江大桥今晚封闭")),
        "{page}"
    );
    let poster = said(&format!("{path}/poster"));
    assert!(
        poster.contains("<s><bdi>临江大桥今晚封闭") && poster.contains(before),
        "{poster}"
    );
    let picture = said(&format!("{path}/poster.svg"));
    assert!(
        picture.contains("line-through\">临江大桥今晚封闭"),
        "{picture}"
    );
}

#[test]
fn what_was_only_overtaken_is_not_struck() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let answer = stand.get(&format!("/b/{}", night_of.expired.release));
    let page = answer.text();
    assert!(
        !page.contains("<del class=\"whole\">") && !page.contains("以下原文已不再有效"),
        "{page}"
    );
}

#[test]
fn a_level_that_has_changed_is_said_then_and_now() {
    let press = Press::new(RealmKind::Actual);
    let since = night();
    let told = press.entry("关于启动防汛Ⅱ级应急响应的通告", 6);
    let lowered = press.entry("关于组织转移的通告", 5).told(Response::At {
        level: ResponseLevel::III,
        since,
    });
    let same = press.entry("关于避险的提示", 4).told(Response::At {
        level: ResponseLevel::II,
        since,
    });
    let (one, other) = (
        format!("/b/{}", lowered.release),
        format!("/b/{}", same.release),
    );
    let alone = Stand::open(vec![lowered.clone()], night(), settings());
    // A level that nobody had been told of is none to compare with.
    assert!(!alone.get(&one).words().contains("发布时Ⅱ级"));
    let stand = Stand::open(vec![told, lowered, same], night(), settings());
    for path in [
        "/".to_owned(),
        one.clone(),
        format!("{one}/poster"),
        format!("{one}.txt"),
    ] {
        let words = stand.get(&path).words();
        assert!(words.contains("发布时Ⅱ级，现Ⅲ级"), "{path}: {words}");
    }
    let english = stand.get(&format!("/en{one}")).words();
    assert!(
        english.contains("level II when released, now level III"),
        "{english}"
    );
    assert!(!stand.get(&other).words().contains("发布时Ⅱ"));
}

#[test]
fn as_many_are_counted_as_there_are_cards() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries, night(), settings());
    let page = stand.get("/");
    let cards = page.text().matches("<li class=\"card").count();
    assert!(
        cards > 2 && page.words().contains(&format!("共 {cards} 条有效信息")),
        "{cards}: {}",
        page.words()
    );
}
