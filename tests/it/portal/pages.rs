//! What stands on the pages.

use chrono::TimeDelta;
use fabu::domain::level::ResponseLevel;
use fabu::domain::portal::{Change, ChangeKind, LiftedIn, Standing};
use fabu::id::RealmKind;

use crate::support::bulletins::{Press, a_night, areas, night, settings};
use crate::support::reader::{Answer, Stand};

fn order(words: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = words[from..].find(part);
        assert!(
            at.is_some(),
            "{part:?} does not come after what precedes it in:\n{words}"
        );
        from += at.unwrap_or(0) + part.len();
    }
}

fn page(stand: &Stand, path: &str) -> Answer {
    let answer = stand.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer
}

#[test]
fn the_front_page_shows_what_is_in_force_highest_level_first() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let words = page(&stand, "/").words();
    order(
        &words,
        &[
            "当前有效公告",
            "更新于：2026年7月3日（周五）22:40",
            "Ⅱ级应急响应（二级）",
            "关于将防汛应急响应提升至Ⅱ级的通告",
            "今晚24时前转移到安置点",
            "临江镇、北塘镇",
            "下次更新：2026年7月4日（周六）00:00（3日24时）",
            "相关解读：Ⅱ级防汛应急响应意味着什么",
            "Ⅳ级应急响应（四级）",
            "关于城关镇部分区域降压供水的提示",
            "近期已结束、更正或撤回的公告",
        ],
    );
    let past = &words[words.find("近期已结束").unwrap()..];
    order(past, &["已撤回", "已失效"]);
    // What was corrected in one passage holds in all the others, and its correction stands under it.
    let in_force = &words[..words.find("近期已结束").unwrap()];
    order(
        in_force,
        &[
            "部分更正",
            "汛情通报（第3号）",
            "请密切关注水位变化。",
            "更正的内容：〔原文有误〕临江站水位8.25米〔应为〕临江站水位8.52米",
            "关于更正“汛情通报（第3号）”",
        ],
    );
}

#[test]
fn a_quiet_day_says_so_and_since_when() {
    let stand = Stand::open(Vec::new(), night(), settings());
    order(
        &page(&stand, "/").words(),
        &["当前无有效公告", "没有需要公众采取行动"],
    );
    assert!(
        page(&stand, "/")
            .words()
            .contains("更新于：2026年7月3日（周五）22:40")
    );
    order(
        &page(&stand, "/en/").words(),
        &[
            "Updated: Fri 3 Jul 2026, 22:40 (UTC+8)",
            "No bulletins in force",
        ],
    );
}

#[test]
fn a_bulletin_says_what_to_do_before_anything_else() {
    let night_of = a_night(RealmKind::Actual);
    let notice = &night_of.notice;
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let answer = page(&stand, &format!("/b/{}", notice.release));
    order(
        &answer.words(),
        &[
            "Ⅱ级应急响应（二级）",
            "关于将防汛应急响应提升至Ⅱ级的通告",
            "请您这样做",
            "临江镇沿江低洼地区居民今晚24时前转移到安置点",
            "影响地区",
            "发布时间",
            "有效期至",
            "示例市防汛抗旱指挥部办公室",
            "0510-0000-1210",
            "下次更新",
            "受持续强降雨影响",
            "一、汛情概况",
            "2026年7月3日",
            "相关解读",
            "索引号",
        ],
    );
    let record = answer.words();
    let record = &record[record.find("公开信息\n").unwrap()..];
    for field in [
        "索引号",
        "发布机构",
        "生成日期",
        "公开日期",
        "文号",
        "公开时限",
        "公开形式",
        "公开方式",
        "公开范围",
        "效力状况",
        "公开程序",
        "主题",
        "体裁",
        "关键词",
        "分类词",
        "内容概况",
        "公开依据",
        "下载",
    ] {
        assert!(record.contains(field), "the record lacks {field}");
    }
    order(
        record,
        &[
            "SL0101-320299-2026-00118",
            "示防汛办〔2026〕17号",
            "主动公开",
            "面向全社会",
            "有效",
            "洪涝",
            "通告",
            "自然灾害",
        ],
    );
    assert!(
        answer.text().contains("<h2><bdi>一、汛情概况</bdi></h2>"),
        "headings of the text are headings"
    );
}

#[test]
fn a_correction_stands_on_top_of_what_it_corrects_and_links_both_ways() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let original = page(&stand, &format!("/b/{}", night_of.wrong.release));
    order(
        &original.words(),
        &[
            "本公告部分内容有误，已于2026年7月3日（周五）18:40更正",
            "关于更正“汛情通报（第3号）”",
            "汛情通报（第3号）",
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
        &[
            "请以更正后的水位为准",
            "本公告更正以下公告：汛情通报（第3号）",
        ],
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

#[test]
fn what_saves_lives_comes_first_whatever_its_level_and_age() {
    let press = Press::new(RealmKind::Actual);
    let mut leave = press.entry("关于沿江村人员转移的通告", 9);
    leave.level = ResponseLevel::IV;
    (leave.binds, leave.saves_life) = (true, true);
    let mut ferry = press.entry("关于渡口停航的通告", 1);
    ferry.binds = true;
    let entries = vec![press.entry("汛情通报（第9号）", 0), ferry, leave];
    let stand = Stand::open(entries, night(), settings());
    for path in ["/", "/area/320299101"] {
        order(
            &page(&stand, path).words(),
            &["人员转移", "渡口停航", "汛情通报（第9号）"],
        );
    }
    order(
        &page(&stand, "/").words(),
        &[
            "关系生命安全，请先看",
            "Ⅳ级应急响应",
            "人员转移",
            "Ⅱ级应急响应",
        ],
    );
}

#[test]
fn headings_and_lines_of_one_form_are_set_as_such() {
    let press = Press::new(RealmKind::Actual);
    let mut entry = press.entry("汛情通报（第1号）", 1);
    entry.text.text = "雨情\n平均85毫米。\n\n水情（截至20时）\n临江站：水位8.52米，警戒水位8.00米。\n北塘站：水位7.10米，警戒水位7.50米。".into();
    let path = format!("/b/{}", entry.release);
    let stand = Stand::open(vec![entry], night(), settings());
    let answer = page(&stand, &path);
    for part in [
        "<h2><bdi>雨情</bdi></h2>",
        "<h2><bdi>水情（截至20时）</bdi></h2>",
        "<th scope=\"col\">警戒水位</th>",
        "<th scope=\"row\">北塘站</th><td>7.10米</td>",
    ] {
        assert!(answer.text().contains(part), "{part}\n{}", answer.text());
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
    order(&there, &["已解除", &title]);
    for path in [incident, format!("/b/{id}")] {
        let words = page(&stand, &path).words();
        order(&words, &["变动记录", &format!("已在{name}解除")]);
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

#[test]
fn a_poster_says_on_one_sheet_what_to_do_and_where_the_rest_is() {
    let night_of = a_night(RealmKind::Actual);
    let notice = &night_of.notice;
    let short = format!("/s/{}", fabu::domain::short_code::of(&notice.release));
    let code = notice.hash[..4].to_uppercase();
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let poster = page(&stand, &format!("/b/{}/poster", notice.release));
    order(
        &poster.words(),
        &[
            "示例市防汛抗旱指挥部办公室",
            "关于将防汛应急响应提升至Ⅱ级的通告",
            "请您这样做",
            "今晚24时前转移",
            "临江镇、北塘镇",
            "有效期至",
            "0510-0000-1210",
            "受持续强降雨",
            "扫码看全文",
            &format!("https://fabu.example.invalid{short}"),
            &code,
            "示防汛办〔2026〕17号",
        ],
    );
    assert!(poster.text().contains("<svg viewBox=\"0 0 "));
    let picture = stand.get(&format!("/b/{}/poster.svg", notice.release));
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    let picture = picture.text().to_owned();
    for words in ["请您这样做", "有效期至", "0510-0000-1210", &short, &code] {
        assert!(picture.contains(words), "{words}");
    }
    assert!(picture.starts_with("<svg ") && picture.contains("scale("));
    let wrong = format!("/b/{}/poster.svg", night_of.wrong.release);
    let wrong = stand.get(&wrong).text().to_owned();
    assert!(wrong.contains("line-through") && wrong.contains("underline"));
    let withdrawn = page(&stand, &format!("/b/{}/poster", night_of.withdrawn.release));
    order(&withdrawn.words(), &["撤回", "临江大桥封闭"]);
    let wrong = page(&stand, &format!("/b/{}/poster", night_of.wrong.release)).words();
    order(
        &wrong,
        &[
            "更正的内容",
            "〔应为〕临江站水位8.52",
            "本公告的要求",
            "截至7月3日17时",
            "〔应为〕临江站水位8.52",
        ],
    );
    assert_eq!(stand.get("/b/L-1/poster").status, 404);
}

#[test]
fn an_explanation_and_its_bulletin_lead_to_each_other() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let notice = page(&stand, &format!("/b/{}", night_of.notice.release));
    assert!(
        notice
            .text()
            .contains(&format!("href=\"/b/{}\"", night_of.explanation.release))
    );
    let explanation = page(&stand, &format!("/b/{}", night_of.explanation.release));
    order(
        &explanation.words(),
        &[
            "本文解读以下公告：关于将防汛应急响应提升至Ⅱ级的通告",
            "问：Ⅱ级响应是什么意思？",
        ],
    );
    assert!(
        explanation
            .text()
            .contains("<p class=\"ask\"><bdi>问：学校停课吗？</bdi></p>")
    );
}

#[test]
fn what_is_over_keeps_its_address_and_says_so() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let expired = page(&stand, &format!("/b/{}", night_of.expired.release)).words();
    order(
        &expired,
        &[
            "本公告已于2026年7月3日（周五）16:40失效，仅供查阅",
            "关于启动防汛Ⅳ级应急响应的通告",
        ],
    );
    let withdrawn = page(&stand, &format!("/b/{}", night_of.withdrawn.release)).words();
    order(
        &withdrawn,
        &[
            "已于2026年7月3日（周五）16:40撤回，请勿据此行动",
            "关于临江大桥封闭的提示",
            "当时的提示（已不适用）",
        ],
    );
}

#[test]
fn validity_runs_out_without_anybody_saying_so() {
    let night_of = a_night(RealmKind::Actual);
    let until = night_of.notice.valid_until.unwrap();
    for (now, in_force) in [(until - TimeDelta::seconds(1), true), (until, false)] {
        let stand = Stand::open(vec![night_of.notice.clone()], now, settings());
        assert_eq!(
            !page(&stand, "/").words().contains("当前无有效公告"),
            in_force
        );
    }
}

#[test]
fn english_pages_speak_english_and_declare_what_is_chinese() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let notice = page(&stand, &format!("/en/b/{}", night_of.notice.release));
    assert!(notice.text().contains("<html lang=\"en\""));
    assert_eq!(notice.header("content-language"), "en");
    order(
        &notice.words(),
        &[
            "Response level II (2nd of 4)",
            "Flood response raised to level II",
            "What to do",
            "move to a shelter before midnight",
            "Linjiang Town",
            "After persistent heavy rain",
        ],
    );
    let water = page(&stand, &format!("/en/b/{}", night_of.entries[6].release));
    order(
        &water.words(),
        &["published in Chinese only", "因供水主管爆裂"],
    );
    assert!(
        water
            .text()
            .contains("<bdi lang=\"zh-CN\">关于城关镇部分区域降压供水的提示</bdi>")
    );
    assert!(
        water
            .text()
            .contains("<section class=\"text\" lang=\"zh-CN\"")
    );
}

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
fn a_forwarded_bulletin_can_be_checked() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let check = |question: &str| {
        let encoded: String = question
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        page(&stand, &format!("/verify?q={encoded}")).words()
    };
    let notice = &night_of.notice;
    let code = notice.hash[..8].to_uppercase();
    for genuine in [
        format!("https://fabu.example.invalid/b/{}", notice.release),
        format!("fabu.example.invalid/en/b/{}?from=sms", notice.release),
        notice.release.to_string(),
        notice.index_number.clone(),
        "示防汛办[2026]17号".into(),
        notice.hash.clone(),
        format!("{}-{}", &code[..4], &code[4..]),
    ] {
        order(
            &check(&genuine),
            &["属实", "关于将防汛应急响应提升至Ⅱ级的通告"],
        );
    }
    order(
        &check(night_of.wrong.release.as_str()),
        &["属实，部分内容已更正", "部分更正"],
    );
    for fake in [
        "示防汛办〔2026〕99号",
        "L-00000000000000000000000000",
        "fabu",
        "a1b2",
    ] {
        assert!(check(fake).contains("没有查到"), "{fake}");
    }
    for foreign in [
        format!(
            "https://fabu.example.invalid.evil.example/b/{}",
            notice.release
        ),
        format!(
            "http://evil.example/fabu.example.invalid/b/{}",
            notice.release
        ),
        format!(
            "https://fabu.example.invalid@evil.example/b/{}",
            notice.release
        ),
    ] {
        assert!(check(&foreign).contains("不是本站的网址"), "{foreign}");
    }
}

#[test]
fn a_rehearsal_cannot_be_mistaken() {
    let night_of = a_night(RealmKind::Drill);
    let release = night_of.notice.release.clone();
    let drill = fabu::web::portal::SiteSettings {
        drill: true,
        ..settings()
    };
    let stand = Stand::open(night_of.entries, night(), drill);
    let bulletin = format!("/b/{release}");
    let english = format!("/en{bulletin}");
    for path in [
        "/", "/en/", &bulletin, &english, "/archive", "/search", "/verify", "/about", "/nowhere",
        "/elder/",
    ] {
        let answer = stand.get(path);
        let mark = if path.starts_with("/en") {
            "[DRILL]"
        } else {
            "【演练】"
        };
        assert!(answer.words().trim_start().contains(mark), "{path}");
        assert!(answer.text().contains(&format!("<title>{mark}")), "{path}");
        assert!(
            answer.text().contains("noindex") && answer.text().contains(" drill\""),
            "{path}"
        );
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow", "{path}");
    }
    assert!(
        page(&stand, &bulletin)
            .text()
            .contains("<h1><bdi>【演练】关于将防汛")
    );
    assert!(stand.get("/robots.txt").text().contains("Disallow: /\n"));
    for path in [
        "/feed.atom",
        "/feed.json",
        &format!("{bulletin}.txt"),
        &format!("{bulletin}.json"),
    ] {
        assert!(
            page(&stand, path).text().contains("【演练】关于将防汛"),
            "{path}"
        );
    }
}

#[test]
fn hostile_text_stays_text() {
    let press = Press::new(RealmKind::Actual);
    let mut entry = press.entry(
        "<script>alert('x')</script>\r\nSet-Cookie: a=b\u{202E}txt.exe",
        1,
    );
    entry.text.action = Some("<img src=x onerror=alert(1)> & \"quoted\"".into());
    entry.text.text = "</section><iframe src=//evil>\u{0}\u{1b}[31m\u{2066}".into();
    entry.body_name = "<b>x</b>".into();
    entry.incident_title = "'\"><svg onload=alert(1)>".into();
    entry.standing = Standing::Withdrawn {
        at: night(),
        by: None,
    };
    let stand = Stand::open(vec![entry.clone()], night(), settings());
    let release = &entry.release;
    for path in [
        "/".to_owned(),
        format!("/b/{release}"),
        format!("/en/b/{release}"),
        format!("/incident/{}", entry.incident),
        "/body/flood-office".into(),
        "/search?q=script".into(),
        format!("/verify?q={release}"),
    ] {
        let answer = page(&stand, &path);
        for markup in [
            "<script",
            "<img",
            "<iframe",
            "<b>",
            "<i>",
            "<svg onload",
            "\u{202E}",
            "\u{0}",
            "\u{1b}",
        ] {
            assert!(!answer.text().contains(markup), "{markup:?} at {path}");
        }
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert!(
        page(&stand, &format!("/b/{release}"))
            .words()
            .contains("&#60;script&#62;")
    );
}

#[test]
fn levels_are_told_by_word_numeral_and_shape() {
    let press = Press::new(RealmKind::Actual);
    let entries = ResponseLevel::ALL.iter().zip(1..).map(|(&level, hour)| {
        let mut entry = press.entry("通告", hour);
        entry.level = level;
        entry
    });
    let stand = Stand::open(entries.collect(), night(), settings());
    let answer = page(&stand, "/");
    order(
        &answer.words(),
        &[
            "Ⅰ级应急响应（一级，最高）",
            "Ⅱ级应急响应（二级）",
            "Ⅲ级应急响应（三级）",
            "Ⅳ级应急响应（四级）",
        ],
    );
    let shapes: std::collections::BTreeSet<_> = answer
        .text()
        .split("<span class=\"badge")
        .skip(1)
        .filter_map(|badge| {
            badge
                .split_once(" d=\"")
                .and_then(|(_, rest)| rest.split_once('"'))
        })
        .map(|(shape, _)| shape)
        .collect();
    assert_eq!(shapes.len(), 4, "four levels, four shapes");
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
