//! Is it genuine? What somebody who was sent something can bring, and what the page says to it.

use fabu::domain::short_code;
use fabu::id::RealmKind;

use crate::support::bulletins::{Night, Press, a_night, night, settings};
use crate::support::reader::{Answer, Line, Stand};

const SMS: &str = "【示例应急】洪水威胁临江镇沿江村，7月3日24时前撤到临江中学，水位8.52米，带药和证件。接送0510-0000-1210";

pub(super) fn stand(night_of: &Night) -> Stand {
    let mut entries = night_of.entries.clone();
    let notice = entries
        .iter_mut()
        .find(|entry| entry.release == night_of.notice.release)
        .expect("the notice");
    notice.short = vec![SMS.into()];
    Stand::open(entries, night(), settings())
}

/// What the form sends.
fn ask_in(stand: &Stand, view: &str, words: &str) -> Answer {
    let form: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    post(stand, &format!("{view}/verify"), &format!("q={form}"))
}

fn post(stand: &Stand, path: &str, body: &str) -> Answer {
    let mut line = Line::dial(stand.address);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: p\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    line.raw(head.as_bytes());
    line.raw(body.as_bytes());
    line.hear(false)
}

pub(super) fn ask(stand: &Stand, words: &str) -> String {
    let answer = ask_in(stand, "", words);
    assert_eq!(answer.status, 200, "{words}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let words = answer.words();
    // How to tell is said on every page.
    let end = words.find("怎样辨别").expect("the page's end");
    let start = words.find("文字内容、标题").expect("the form");
    words[start..end].to_owned()
}

#[test]
fn words_of_any_channel_are_known_however_they_were_copied() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let notice = &night_of.notice;
    let page = stand.get(&format!("/b/{}", notice.release)).words();
    let page = page.replace("&#38;", "&");
    let english = stand.get(&format!("/en/b/{}", notice.release)).words();
    let body = |page: &str, from: &str, to: &str| {
        page[page.find(from).unwrap()..page.find(to).unwrap()].to_owned()
    };
    let mail = format!(
        "{}\n\n示防汛办〔2026〕17号\n\n{}\n\n{}\n\n示例市防汛抗旱指挥部办公室\n2026年7月3日\n\n网页版：https://fabu.example.invalid/b/{}",
        notice.text.title,
        notice.text.action.as_deref().unwrap(),
        notice.text.text,
        notice.release
    );
    let cut_card = format!(
        "{}\n\n示防汛办〔2026〕17号\n\n{}\n\n{}……\n\n全文见 https://fabu.example.invalid{}",
        notice.text.title,
        notice.text.action.as_deref().unwrap(),
        notice.text.text.chars().take(130).collect::<String>(),
        short_code::link("", &notice.release)
    );
    for genuine in [
        SMS.to_owned(),
        SMS.replace('，', ", ").replace('8', "８"),
        SMS.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        SMS["【示例应急】".len()..].to_owned(),
        SMS.replace('人', "⼈").replace('水', "⽔"),
        notice.text.title.clone(),
        format!("《{}》 ", notice.text.title),
        format!("标题：{}", notice.text.title),
        notice.text.text.clone(),
        mail,
        body(&page, "受持续强降雨", "相关解读"),
        format!("/s/{}", short_code::of(&notice.release).to_uppercase()),
        format!(
            "https://fabu.example.invalid{}。",
            short_code::link("", &notice.release)
        ),
        format!(
            "扫码看全文：https://fabu.example.invalid{}",
            short_code::link("", &notice.release)
        ),
        format!(
            "短链：fabu.example.invalid{}",
            short_code::link("", &notice.release)
        ),
        format!(
            "（https://fabu.example.invalid/en/b/{}）",
            notice.release.as_str().to_lowercase()
        ),
        format!("HTTP://FABU.example.invalid/b/{}.txt，", notice.release),
        notice.hash[..8].to_lowercase(),
        format!("核验码：{}-{}", &notice.hash[..4], &notice.hash[4..8]),
        format!("Check code: {}", notice.hash[..8].to_uppercase()),
        "文号：示防汛办〔2026〕17号".into(),
    ] {
        let said = ask(&stand, &genuine);
        assert!(said.contains("属实"), "{genuine}\n{said}");
        assert!(said.contains(&notice.text.title));
    }
    let poster = stand.get(&format!("/b/{}/poster", notice.release)).words();
    for part in [
        "临江中学体育馆，联系电话0510-0000-1231；\r\n（二）北塘镇文化活动中心".into(),
        notice.text.action.clone().unwrap(),
        cut_card,
        body(&page, "请您这样做", "受持续强降雨"),
        body(&english, "After persistent", "In danger call"),
        "RESIDENTS of low-lying parts of Yanjiang, Weinan and Hehua villages move before midnight"
            .into(),
        body(&poster, "请您这样做", "受持续强降雨"),
        body(&poster, "核验码：", "公开日期") + "公开日期：2026年7月3日（周五）20:40",
    ] {
        let said = ask(&stand, &part);
        assert!(
            said.contains("这些文字出自本站的一条信息") && !said.contains("属实"),
            "{part}\n{said}"
        );
        assert!(said.contains(&notice.text.title));
    }
    let said = ask(&stand, "7·3 临江镇暴雨洪涝 汛情通报 第 3 号");
    assert!(said.contains("汛情通报（第3号）"), "{said}");
}

#[test]
fn a_changed_character_is_shown_beside_the_original() {
    let stand = stand(&a_night(RealmKind::Actual));
    let said = ask(&stand, &SMS.replace("24时", "14时"));
    assert!(said.contains("文字不一致"), "{said}");
    assert!(
        said.contains("〔原文〕7月3日24时前撤到临江中学〔提交〕7月3日14时前撤到临江中学"),
        "{said}"
    );
    let marked = ask_in(&stand, "", &SMS.replace("1210", "9999"));
    assert!(
        marked.text().contains("接送0510-0000-9999</del>"),
        "{}",
        marked.text()
    );
    let said = ask(&stand, &format!("{SMS} 领取补助请加微信转账"));
    assert!(said.contains("一字未改；其余文字不是本站发布的"), "{said}");
    assert!(said.contains("〔提交〕领取补助请加微信转账"), "{said}");
    let night_of = a_night(RealmKind::Actual);
    let link = format!(
        "补助金发放，请登记银行卡 https://fabu.example.invalid/b/{}",
        night_of.notice.release
    );
    let said = ask(&stand, &link);
    assert!(said.contains("文字对不上"), "{said}");
}

#[test]
fn what_no_longer_holds_says_so_first() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let said = ask(&stand, "截至7月3日17时，临江站水位8.25米，超警戒水位0.25米");
    let (fate, found) = (
        said.find("部分内容有误").unwrap(),
        said.find("属实，部分内容已更正").unwrap(),
    );
    assert!(
        fate < found && said.contains("〔应为〕临江站水位8.52米"),
        "{said}"
    );
    let said = ask(&stand, "17时，临江站水位8.25米，超警戒水位");
    assert!(said.contains("这些文字已被更正"), "{said}");
    let said = ask(
        &stand,
        "原内容：临江站水位8.25米。更正为：临江站水位8.52米。对由此带来的不便",
    );
    assert!(said.contains("这些文字出自"), "{said}");
    let said = ask(&stand, night_of.withdrawn.release.as_str());
    assert!(
        said.find("撤回").unwrap() < said.find("本站发布过").unwrap(),
        "{said}"
    );
}

#[test]
fn a_miss_says_what_to_do_next_and_forbids_nothing() {
    let stand = stand(&a_night(RealmKind::Actual));
    for miss in [
        "市教育局通知：明天全市中小学照常上课，请家长按时送学生到校，不要听信网络传言。",
        "示防汛办〔2026〕99号",
        "第3号",
        "洪水",
        "？？？",
        "【演练】示例市防汛抗旱指挥部：临江镇沿江村居民立即转移到临江中学。以上为演练",
        "https://other.example/b/L-00000000000000000000000000",
        "L-00000000000000000000000000",
    ] {
        let said = ask(&stand, miss);
        assert!(said.contains("0510-0000-1200"), "{miss}: {said}");
        assert!(said.contains("查看当前有效信息"), "{said}");
        for forbidden in ["请勿", "不要转发", "不要据此", "不要相信", "忽略"] {
            let own = said.replace(miss, "");
            assert!(!own.contains(forbidden), "{miss}: {own}");
        }
    }
    let said = ask(
        &stand,
        "【演练】临江镇沿江村居民立即转移到临江中学。以上为演练",
    );
    assert!(said.contains("演练用的文字"), "{said}");
    let english = ask_in(
        &stand,
        "/en",
        "School is open tomorrow in all districts, please bring your children",
    )
    .words();
    assert!(english.contains("No such bulletin was found here") && !english.contains("Do not"));
    stand.site.set_behind(true);
    let said = ask(
        &stand,
        "市教育局通知：明天全市中小学照常上课，请家长按时送学生到校。",
    );
    assert!(
        said.contains("现在判断不了") && !said.contains("没有查到这条"),
        "{said}"
    );
}

#[test]
fn a_site_of_an_exercise_knows_its_own_texts() {
    let night_of = a_night(RealmKind::Drill);
    let mut entries = night_of.entries.clone();
    for entry in &mut entries {
        entry.short = vec![format!("【演练】{SMS}以上为演练")];
        entry.text.text.push_str(entry.release.as_str());
    }
    entries.truncate(1);
    let drill = fabu::web::portal::SiteSettings {
        drill: true,
        ..settings()
    };
    let stand = Stand::open(entries, night(), drill);
    assert!(ask(&stand, &format!("【演练】{SMS}以上为演练")).contains("属实"));
}

#[test]
fn a_megabyte_is_refused_in_words_and_a_long_text_is_cut() {
    let stand = stand(&a_night(RealmKind::Actual));
    for view in ["", "/elder"] {
        let answer = post(
            &stand,
            &format!("{view}/verify"),
            &format!("q={}", "a".repeat(1 << 20)),
        );
        assert_eq!(answer.status, 413);
        assert!(
            answer.words().contains("请只粘贴原文"),
            "{}",
            answer.words()
        );
    }
    let started = std::time::Instant::now();
    for long in [
        format!("{SMS}{}", "今天天气不错".repeat(1_000)),
        "沿江村".repeat(4_000),
        SMS.chars()
            .enumerate()
            .flat_map(|(n, c)| vec![c; n % 90 + 1])
            .collect(),
    ] {
        let said = ask(&stand, &long.chars().take(9_000).collect::<String>());
        assert!(
            said.contains("只核对了前 5000 个字") || long.chars().count() <= 5_000,
            "{said}"
        );
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    assert_eq!(post(&stand, "/", "q=x").status, 405);
    assert_eq!(post(&stand, "/verify", "").status, 200);
    assert_eq!(post(&stand, "/verify", "q=%FF%00&q=%").status, 200);
}

#[test]
fn two_thousand_texts_make_no_question_slow() {
    let press = Press::new(RealmKind::Actual);
    let entries: Vec<_> = (0..2_000)
        .map(|n| {
            let mut entry = press.entry(&format!("汛情通报（第{n}号）"), n);
            entry.text.text = format!(
                "截至7月{}日{}时，临江站水位{}.{:02}米，超警戒水位，请沿江居民密切关注水位变化，服从统一指挥。",
                n % 31, n % 24, n % 9, n % 100
            );
            entry
        })
        .collect();
    let one = entries[777].clone();
    let stand = Stand::open(entries, night(), settings());
    ask(&stand, "先建立索引，第一次查询会慢一些");
    let started = std::time::Instant::now();
    let said = ask(&stand, &one.text.text);
    assert!(said.contains("汛情通报（第777号）"), "{said}");
    let said = ask(&stand, &one.text.text.replace("居民密切", "居民不必密切"));
    assert!(
        said.contains("〔提交〕请沿江居民不必密切关注水位变化"),
        "{said}"
    );
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

/// A night with a refutation, and what it refutes.
fn with_a_rumour() -> (Stand, &'static str) {
    const RUMOUR: &str = "青山水库大坝今晚八点已经溃坝，请下游居民立即向东撤离到高速公路口集合";
    let press = Press::new(RealmKind::Actual);
    let mut entries = a_night(RealmKind::Actual).entries;
    let mut refutation = press.entry("关于青山水库溃坝传言的核实说明", 1);
    refutation.release = Press::new(RealmKind::Drill).entry("", 3).release;
    refutation.kind = fabu::domain::plan::ItemKind::Refutation;
    refutation.text.text = format!(
        "网上流传的说法：“{RUMOUR}”。\n\n核实结论：上述说法不实，大坝运行正常。请以本站发布的信息为准。"
    );
    entries.push(refutation);
    (Stand::open(entries, night(), settings()), RUMOUR)
}

#[test]
fn a_refuted_rumour_is_never_called_true() {
    let (stand, rumour) = with_a_rumour();
    for asked in [
        rumour.to_owned(),
        format!("转给大家：{rumour}！快转给家人"),
        rumour.replace("八点", "九点"),
        "今晚八点已经溃坝，请下游居民".into(),
    ] {
        let said = ask(&stand, &asked);
        // The verdict first, then the fact, then where it stands.
        let at = |part: &str| {
            said.find(part)
                .unwrap_or_else(|| panic!("{part}: {asked}: {said}"))
        };
        assert!(at("不实。事实：") < at("大坝运行正常") && at("大坝运行正常") < at("核实说明"));
        assert!(said.contains("关于青山水库溃坝传言的核实说明"), "{said}");
        assert!(!said.contains("属实"), "{said}");
        let page = ask_in(&stand, "", &asked);
        assert!(!page.text().contains("banner good"), "{asked}");
    }
    // A few words of it may be of another matter, and what the refutation itself says is no rumour.
    for asked in [
        "已经溃坝",
        "运行正常",
        "大坝运行正常。请以本站发布的信息为准",
    ] {
        let said = ask(&stand, asked);
        let answer = said.split("本站发布的信息").next().unwrap_or_default();
        assert!(
            !answer.contains("不实：") && !answer.contains("属实"),
            "{asked}: {said}"
        );
    }
}

#[test]
fn a_mark_or_padding_hides_nothing() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let said = ask(&stand, &format!("【演练】{SMS}"));
    assert!(said.contains("演练标记不是本站加的"), "{said}");
    assert!(said.contains(&night_of.notice.text.title), "{said}");
    let said = ask(&stand, &format!("【演练】{}", SMS.replace("24时", "14时")));
    assert!(
        said.contains("本站真实发布过相近的信息") && said.contains("〔提交〕7月3日14时前"),
        "{said}"
    );
    for padding in [" ", "。", "\n.", "\u{200b}"] {
        let padded = format!("{SMS}{}请到银行转账领取补助", padding.repeat(6_000));
        let said = ask(&stand, &padded);
        assert!(
            !said.contains("属实") && said.contains("〔提交〕请到银行转账"),
            "{said}"
        );
    }
    let press = Press::new(RealmKind::Actual);
    let mut long = press.entry("关于安置点安排的通告", 1);
    long.text.text = (0..700)
        .map(|n| format!("第{n}户到安置点{}号。\n", n * 7))
        .collect();
    let whole = long.text.text.clone();
    let stand = Stand::open(vec![long], night(), settings());
    let said = ask(&stand, &format!("{whole}请先转账"));
    assert!(
        said.contains("后面的太长，没有核对") && !said.contains("属实"),
        "{said}"
    );
}

#[test]
fn words_beside_a_code_or_a_link_are_not_made_true_by_it() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let code = night_of.notice.hash[..8].to_uppercase();
    let short = short_code::of(&night_of.notice.release);
    for asked in [
        format!("不用撤离 {}-{}", &code[..4], &code[4..]),
        format!("不用撤离{code}"),
        format!("不要撤离 {short}"),
    ] {
        let said = ask(&stand, &asked);
        assert!(
            said.contains("文字对不上") && !said.contains("属实"),
            "{asked}: {said}"
        );
    }
    let said = ask(
        &stand,
        &format!("请看 https://fabu.example.invalid/s/{short}"),
    );
    assert!(
        said.contains("网址是本站的") && !said.contains("属实"),
        "{said}"
    );
}

#[test]
fn a_part_with_words_around_it_and_one_out_of_a_sentence_are_told() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let paragraph = "不要到江边、桥上围观，不要涉水行车。遇到险情，立即拨打119或者110。";
    for asked in [
        format!("大家注意！{paragraph}"),
        format!("{paragraph}收到请马上转账"),
    ] {
        let said = ask(&stand, &asked);
        assert!(said.contains("一字未改"), "{asked}: {said}");
    }
    let said = ask(&stand, "到江边、桥上围观，不要涉水行车");
    let sentence = said.find("不要到江边、桥上围观，不要涉水行车。");
    assert!(said.find("请看全句").unwrap() < sentence.unwrap(), "{said}");
    assert!(!said.contains("属实"));
    let page = ask_in(&stand, "", "到江边、桥上围观，不要涉水行车");
    assert!(!page.text().contains("banner good"));
    let said = ask(&stand, &SMS.replace("水位8.52米", "水位≥8.52米"));
    assert!(said.contains("文字不一致"), "{said}");
}

#[test]
fn a_name_or_a_title_of_ours_makes_nothing_of_what_follows_it() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let said = ask(&stand, "示例市防汛抗旱指挥部办公室：明天全市停课一天");
    assert!(said.contains("没有查到这条信息"), "{said}");
    let title = &night_of.notice.text.title;
    let said = ask(&stand, &format!("{title}：请到银行转账领取补助"));
    assert!(
        said.contains("文字对不上") && !said.contains("一字未改"),
        "{said}"
    );
}

#[test]
fn a_sentence_of_many_texts_tells_none_of_them() {
    let press = Press::new(RealmKind::Actual);
    let closing = "遇险请拨打119、110、120，咨询请拨打本地值班电话。";
    let entries = (0..12).map(|n| {
        let mut entry = press.entry(&format!("提示{n}"), n);
        entry.text.text = format!("这是第{n}份提示，请居民留意{}号路段。\n{closing}", n * 3);
        entry
    });
    let stand = Stand::open(entries.collect(), night(), settings());
    let said = ask(&stand, closing);
    assert!(said.contains("这句话在本站 12 条信息里都有"), "{said}");
}

#[test]
fn a_code_is_answered_while_others_have_long_texts_compared() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let code = &night_of.notice.hash[..8];
    let long = "临江站水位".repeat(900);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    let answer = ask_in(&stand, "", &long);
                    assert!([200, 503].contains(&answer.status));
                    // Nobody has to paste it again.
                    assert!(answer.text().contains("临江站水位临江站水位"));
                }
            });
        }
        for _ in 0..10 {
            assert!(ask(&stand, code).contains("属实"));
        }
    });
}
