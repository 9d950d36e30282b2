//! Is it genuine? What somebody who was sent something can bring, and what the page says to it.

use fabu::domain::short_code;
use fabu::id::RealmKind;

use crate::support::bulletins::{Night, Press, a_night, night, settings};
use crate::support::reader::{Answer, Line, Stand};

const SMS: &str = "【示例应急】洪水威胁临江镇沿江村，7月3日24时前撤到临江中学，水位8.52米，带药和证件。接送0510-0000-1210";

fn stand(night_of: &Night) -> Stand {
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

fn ask(stand: &Stand, words: &str) -> String {
    let answer = ask_in(stand, "", words);
    assert_eq!(answer.status, 200, "{words}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let words = answer.words();
    // How to tell is said on every page.
    let end = words.find("怎样辨别").expect("the page's end");
    let start = words.find("公告文字、标题").expect("the form");
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
        "临江中学体育馆，联系电话0510-0000-1231；\r\n（二）北塘镇文化活动中心".into(),
        notice.text.title.clone(),
        format!("《{}》 ", notice.text.title),
        notice.text.action.clone().unwrap(),
        notice.text.text.clone(),
        mail,
        cut_card,
        body(&page, "受持续强降雨", "相关解读"),
        body(&page, "请您这样做", "受持续强降雨"),
        body(&english, "After persistent", "In danger call"),
        "RESIDENTS of low-lying parts of Yanjiang, Weinan and Hehua villages move before midnight"
            .into(),
        format!("/s/{}", short_code::of(&notice.release).to_uppercase()),
        format!(
            "https://fabu.example.invalid{}。",
            short_code::link("", &notice.release)
        ),
        format!(
            "（https://fabu.example.invalid/en/b/{}）",
            notice.release.as_str().to_lowercase()
        ),
        format!("HTTP://FABU.example.invalid/b/{}.txt，", notice.release),
        notice.hash[..8].to_lowercase(),
    ] {
        let said = ask(&stand, &genuine);
        assert!(said.contains("属实"), "{genuine}\n{said}");
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
    assert!(said.contains("〔原文〕24〔提交〕14时前撤到"), "{said}");
    let marked = ask_in(&stand, "", &SMS.replace("1210", "9999"));
    assert!(
        marked.text().contains("</span>9999</del>"),
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
        said.find("本站发布过").unwrap(),
    );
    assert!(fate < found, "{said}");
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
        assert!(said.contains("查看当前有效公告"), "{said}");
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
            answer.words().contains("请只粘贴公告本身"),
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
    assert!(said.contains("〔提交〕不必"), "{said}");
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
