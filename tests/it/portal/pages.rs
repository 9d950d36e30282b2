//! What stands on the pages.

use chrono::TimeDelta;
use fabu::domain::level::ResponseLevel;
use fabu::domain::portal::Standing;
use fabu::id::RealmKind;

use crate::support::bulletins::{Press, a_night, night, settings};
use crate::support::reader::{Answer, Stand};

/// `parts` stand in `words` one behind the other.
pub(super) fn order(words: &str, parts: &[&str]) {
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

pub(super) fn page(stand: &Stand, path: &str) -> Answer {
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
            "当前有效信息",
            "更新于：2026年7月3日（周五）22:40",
            "Ⅱ级应急响应（二级）",
            "关于将防汛应急响应提升至Ⅱ级的通告",
            "今晚24时前转移到安置点",
            "临江镇、北塘镇",
            "下次更新：2026年7月4日（周六）00:00（3日24时）",
            "相关解读：Ⅱ级防汛应急响应意味着什么",
            "Ⅳ级应急响应（四级）",
            "关于城关镇部分区域降压供水的提示",
            "近期已结束、更正或撤回的信息",
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
        &["当前无有效信息", "没有需要公众采取行动"],
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
            "文中的要求",
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
            "本文解读：关于将防汛应急响应提升至Ⅱ级的通告",
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
            "本通告已于2026年7月3日（周五）16:40失效，仅供查阅",
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
            !page(&stand, "/").words().contains("当前无有效信息"),
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
