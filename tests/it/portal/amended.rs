//! A text of which a passage was corrected: what is marked where, and how long the rest holds.

use chrono::TimeDelta;
use fabu::domain::portal::Standing;
use fabu::id::RealmKind;

use super::pages::{order, page};
use crate::support::bulletins::{a_night, night, settings};
use crate::support::reader::Stand;

#[test]
fn a_correction_is_said_before_the_text_that_it_corrects_and_links_both_ways() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let original = page(&stand, &format!("/b/{}", night_of.wrong.release));
    order(
        &original.words(),
        &[
            "部分更正",
            "汛情通报（第3号）",
            "请密切关注水位变化",
            "本情况通报部分内容有误，已于2026年7月3日（周五）18:40更正",
            "关于更正“汛情通报（第3号）”",
            "8.25米",
        ],
    );
    // What still holds is not struck, what was wrong is, and the right stands beside it in words.
    assert!(
        original
            .text()
            .contains("<h1><bdi>汛情通报（第3号）</bdi></h1>")
    );
    assert!(
        original
            .words()
            .contains("，〔原文有误〕临江站水位8.25米〔应为〕临江站水位8.52米，超警戒水位0.25米。"),
        "{}",
        original.words()
    );
    assert!(original.text().contains("临江站水位8.25米</del><ins>"));
    assert!(original.words().contains("请密切关注水位变化"));
    assert!(
        original
            .text()
            .contains(&format!("href=\"/b/{}\"", night_of.correction.release))
    );
    let correction = page(&stand, &format!("/b/{}", night_of.correction.release));
    order(
        &correction.words(),
        &["请以更正后的水位为准", "本文更正：汛情通报（第3号）"],
    );
    assert!(
        correction
            .text()
            .contains(&format!("href=\"/b/{}\"", night_of.wrong.release))
    );
}

#[test]
fn a_passage_that_is_not_in_the_text_is_shown_above_it() {
    let mut night_of = a_night(RealmKind::Actual);
    for entry in &mut night_of.entries {
        if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
            passage.wrong = "临江站水位是8.25米整".into();
        }
    }
    let path = format!("/b/{}", night_of.wrong.release);
    let english = format!("/en{path}");
    let stand = Stand::open(night_of.entries, night(), settings());
    let words = page(&stand, &path).words();
    order(
        &words,
        &[
            "更正前后的文字对照列出",
            "更正前后对照：",
            "〔原文有误〕临江站水位是8.25米整",
            "〔应为〕临江站水位8.52米",
            "截至7月3日17时",
        ],
    );
    assert!(
        page(&stand, &english)
            .words()
            .contains("Before and after the correction:")
    );
}

#[test]
fn a_passage_that_stands_twice_is_marked_nowhere_and_one_in_the_title_is() {
    let of = |title: &str, action: &str| {
        let mut night_of = a_night(RealmKind::Actual);
        for entry in &mut night_of.entries {
            if entry.release == night_of.wrong.release {
                entry.text.title = title.into();
                entry.text.action = Some(action.into());
            }
            if let Some(passage) = entry.corrects.as_mut().and_then(|c| c.passage.as_mut()) {
                (passage.wrong, passage.right) = ("24时前".into(), "22时前".into());
            }
        }
        let stand = Stand::open(night_of.entries, night(), settings());
        page(&stand, &format!("/b/{}", night_of.wrong.release)).words()
    };
    let twice = of("关于转移的通告", "沿江村24时前转移，北塘村24时前转移。");
    assert!(
        twice.contains("沿江村24时前转移，北塘村24时前转移"),
        "{twice}"
    );
    assert!(
        twice.contains("更正前后对照：〔原文有误〕24时前〔应为〕22时前"),
        "{twice}"
    );
    let title = of("关于24时前转移的通告", "请马上转移。");
    assert!(
        title.contains("〔原文有误〕关于24时前转移的通告〔应为〕关于22时前转移的通告"),
        "{title}"
    );
}

#[test]
fn an_amended_text_that_saves_lives_stays_where_it_was_until_its_time_is_over() {
    let night_of = a_night(RealmKind::Actual);
    let of = |valid_hours: i64| {
        let mut entries = night_of.entries.clone();
        for entry in &mut entries {
            if entry.release == night_of.wrong.release {
                (entry.binds, entry.saves_life) = (true, true);
                entry.text.action = Some("沿江村居民马上转移到临江中学。".into());
                entry.valid_until = Some(night() + TimeDelta::hours(valid_hours));
                (entry.item, entry.text.number) = (Some("evacuation-notice".into()), Some(1));
            } else if entry.text.title.contains("第3号") {
                // A higher number of another matter is not the next of this one.
                (entry.item, entry.text.number) = (Some("situation".into()), Some(3));
                entry.kind = night_of.wrong.kind;
            }
        }
        Stand::open(entries, night(), settings())
    };
    let stand = of(3);
    for path in ["/", "/area/320299101"] {
        order(
            &page(&stand, path).words(),
            &[
                "部分更正",
                "汛情通报（第3号）",
                "马上转移到临江中学",
                "〔应为〕临江站水位8.52",
                "提升至Ⅱ级的通告",
            ],
        );
    }
    for sheet in ["", "/poster"] {
        let words = page(&stand, &format!("/b/{}{sheet}", night_of.wrong.release)).words();
        assert!(words.contains("有效期至2026年7月4日"), "{words}");
    }
    let mut lifted = night_of.entries.clone();
    for entry in &mut lifted {
        match () {
            () if entry.release == night_of.wrong.release => {
                entry.text.action = Some("沿江村居民马上转移到临江中学。".into());
            }
            () if entry.release == night_of.correction.release => {
                entry.standing = Standing::Superseded { at: night() };
            }
            () => {}
        }
    }
    let lifted = page(&Stand::open(lifted, night(), settings()), "/").words();
    assert!(!lifted.contains("马上转移到临江中学"), "{lifted}");
    let over = page(&of(-1), "/").words();
    assert!(!over.contains("马上转移到临江中学"), "{over}");
}
