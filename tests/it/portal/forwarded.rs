//! What people are sent and paste: true, false, half true, of another village or hour, in dialect, in English, forwarded many times. What
//! contradicts an order is never called genuine, and nobody is told that there is no such order where there is one.

use fabu::domain::area::{Area, AreaCode};
use fabu::domain::plan::{CorrectionKind, ItemKind};
use fabu::domain::portal::{Answer, Corrects, Finding, LiftedIn, Passage, PortalEntry, Standing};
use fabu::id::RealmKind;
use fabu::web::portal::SiteSettings;

use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

const STILL: &str = "没有解除：下列措施目前仍须遵守";
const IN_PART: &str = "只在部分地区解除";
const LIFTED: &str = "已经解除，见下列信息";
const DIFFERS: &str = "与本站发布的不一致";
const STANDS: &str = "目前须遵守的是下列措施，请对照原文";
/// Near to the words of an order, and shown beside them.
const ALTERED: &str = "文字不一致，请以本站原文为准";
const OTHER: &str = "没有对该地发布这样的要求，该地目前须遵守的是下列措施";
const NOTHING: &str = "没有对该地发布这样的要求，该地目前没有须遵守的措施";
const NEAR: &str = "下列信息说的可能是这件事";
const UNKNOWN: &str = "本站没有查到这条信息";
const UNTRUE: &str = "不实";
const MISTAKEN: &str = "这些文字已被更正";
const GENUINE: &str = "属实：本站确有这条信息，目前有效";

fn place(code: &str, name: &str, english: &str) -> Area {
    Area {
        area: AreaCode(code.into()),
        name: name.into(),
        name_en: Some(english.into()),
    }
}

fn villages() -> [Area; 6] {
    [
        place("320299101202", "圩南村", "Weinan Village"),
        place("320299101201", "沿江村", "Yanjiang Village"),
        place("320299103201", "荷花村", "Hehua Village"),
        place("320299102201", "石岭村", "Shiling Village"),
        place("320299102202", "竹溪村", "Zhuxi Village"),
        place("320299100001", "东门社区", "Dongmen Community"),
    ]
}

fn site() -> SiteSettings {
    let mut site = settings();
    site.areas.extend(villages());
    site
}

fn order(title: &str, of: &[Area], hours: i64, action: &str) -> PortalEntry {
    let mut order = Press::new(RealmKind::Actual).entry(title, hours);
    (order.binds, order.saves_life) = (true, true);
    order.areas = of.to_vec();
    order.text.action = Some(action.into());
    order.text.text = format!(
        "受洪水威胁，{action}带好药品和证件，接到返回通告前不返回。接送电话0510-0000-1203。"
    );
    order.hotline = Some("0510-0000-1203".into());
    order
}

/// 圩南村 has to leave; 沿江村 had to and may go home; 荷花村 but for a group; 石岭村's hour was corrected; 竹溪村's order was withdrawn; schools of
/// the town are closed; the water of 东门社区 is not to be drunk.
fn a_night() -> Vec<PortalEntry> {
    let [weinan, yanjiang, hehua, shiling, zhuxi, dongmen] = villages();
    let press = Press::new(RealmKind::Actual);
    let evacuation = |of: &Area, hours, hour: &str, to: &str| {
        let name = &of.name;
        let action = format!("{name}全体村民请在7月3日{hour}前撤离到{to}。");
        let title = format!("关于组织{name}人员转移避险的通告");
        let mut order = order(&title, std::slice::from_ref(of), hours, &action);
        let english = of.name_en.as_deref().unwrap_or_default();
        order.text.title_en = Some(format!("Evacuation of {english}"));
        order.text.text_en = Some(format!(
            "Everybody in {english} leaves before {}.",
            hour.replace('时', ":00")
        ));
        order
    };
    let here = evacuation(&weinan, 9, "23时", "镇文体中心");
    let mut over = evacuation(&yanjiang, 10, "20时", "临江中学");
    let lifting = press.entry("关于沿江村转移人员返回的通告", 2);
    over.standing = Standing::Lifted {
        at: lifting.published_at,
        by: lifting.release.clone(),
    };
    let mut part = evacuation(&hehua, 11, "20时", "北塘小学");
    let freeing = press.entry("关于荷花村转移人员返回的通告", 3);
    part.lifted = vec![LiftedIn {
        at: freeing.published_at,
        by: freeing.release.clone(),
        areas: vec![hehua],
        to_come: false,
        except: Some("荷花村三组、沿江村五组".into()),
        except_en: Some("Group 3, Hehua Village, Group 5, Yanjiang Village".into()),
    }];
    let mut wrong = evacuation(&shiling, 12, "20时", "青山中学");
    // Nobody gave the correction in English.
    wrong.text.text_en = None;
    let mut correction = press.entry("关于更正石岭村撤离时间的公告", 4);
    (correction.kind, correction.binds) = (ItemKind::Correction, true);
    correction.areas = vec![shiling];
    correction.text.text =
        "有误内容：请在7月3日20时前撤离到青山中学。\n\n正确内容：请在7月3日21时前撤离到青山中学。"
            .into();
    correction.corrects = Some(Corrects {
        release: wrong.release.clone(),
        kind: CorrectionKind::WrongContent,
        also: Vec::new(),
        passage: Some(Passage {
            wrong: "请在7月3日20时前撤离到青山中学".into(),
            right: "请在7月3日21时前撤离到青山中学".into(),
            english: None,
        }),
    });
    wrong.standing = Standing::Corrected {
        at: correction.published_at,
        by: correction.release.clone(),
        kind: CorrectionKind::WrongContent,
    };
    let mut withdrawn = evacuation(&zhuxi, 13, "20时", "青山小学");
    withdrawn.standing = Standing::Withdrawn {
        at: night(),
        by: None,
    };
    let town = place("320299101", "临江镇", "Linjiang Town");
    let mut school = order(
        "关于临江镇中小学和幼儿园停课的通告",
        &[town],
        8,
        "临江镇中小学、幼儿园7月4日停课，复课另行通告。",
    );
    school.saves_life = false;
    let water = order(
        "关于东门社区停止饮用自来水的通告",
        &[dongmen],
        7,
        "东门社区自来水不要饮用、不要做饭，到社区广场领水。",
    );
    let mut rumour = press.entry("关于网传“临江大堤决口”的核实情况", 5);
    rumour.kind = ItemKind::Refutation;
    rumour.text.text = "流传的说法是：临江大堤已经决口。\n\n核实结论：不实，临江大堤完好。".into();
    rumour.answer = Some(Answer {
        verdict: Finding::Untrue,
        claim: Some("临江大堤已经决口".into()),
        claim_en: Some("The Linjiang dyke has burst".into()),
        fact: Some("临江大堤完好".into()),
        fact_en: None,
    });
    vec![
        here, over, lifting, part, freeing, wrong, correction, withdrawn, school, water, rumour,
    ]
}

/// What is pasted, what the page must say, and a title that must stand below.
const SAYINGS: &[(&str, &str, &str)] = &[
    // An order is said to be over, which it is not.
    ("圩南村水退了，可以回来了", STILL, "圩南村人员转移"),
    ("圩南村的转移取消了", STILL, "圩南村人员转移"),
    ("圩南村不用走了", STILL, "圩南村人员转移"),
    ("圩南村的乡亲们，大家可以回家了！", STILL, "圩南村人员转移"),
    ("听说圩南解除了", STILL, "圩南村人员转移"),
    ("圩南村没事了，都回去吧", STILL, "圩南村人员转移"),
    ("圩南村转移是假的，别信", STILL, "圩南村人员转移"),
    ("圩南村撤离就是谣言！！！", STILL, "圩南村人员转移"),
    ("圩南村唔使走喇", STILL, "圩南村人员转移"),
    ("圩南村莫走，要得了", STILL, "圩南村人员转移"),
    ("圩南村不消搬了，回屋头去", STILL, "圩南村人员转移"),
    ("圩南村不用轉移，可以回來了", STILL, "圩南村人员转移"),
    ("😀😀圩南村可以回家啦🎉🎉", STILL, "圩南村人员转移"),
    (
        "转发：转发：【紧急扩散】圩南村转移已取消",
        STILL,
        "圩南村人员转移",
    ),
    (
        "接上级通知，圩南村水位已经下降，请村民今晚自行返回，不用再等通告。",
        STILL,
        "圩南村人员转移",
    ),
    (
        "能不能回圩南村了？圩南村解除转移了没有",
        STILL,
        "圩南村人员转移",
    ),
    (
        "Weinan Village: it is safe to come home",
        STILL,
        "圩南村人员转移",
    ),
    (
        "You don't have to leave Weinan Village any more",
        STILL,
        "圩南村人员转移",
    ),
    (
        "Fwd: evacuation of Weinan Village has been called off",
        STILL,
        "圩南村人员转移",
    ),
    (
        "The evacuation of Weinan is a hoax",
        STILL,
        "圩南村人员转移",
    ),
    (
        "《关于组织圩南村人员转移避险的通告》已经取消了，大家回家吧",
        STILL,
        "圩南村人员转移",
    ),
    (
        "圩南村全体村民请在7月3日23时前撤离到镇文体中心。带好药品和证件——这个取消了不用去了",
        STILL,
        "圩南村人员转移",
    ),
    ("解除了吗", IN_PART, "停止饮用自来水"),
    ("村里喇叭说不用走了", IN_PART, "圩南村人员转移"),
    ("临江镇明天复课", STILL, "中小学和幼儿园停课"),
    ("东门社区的自来水可以喝了", STILL, "停止饮用自来水"),
    ("东门社区停水解除", STILL, "停止饮用自来水"),
    ("东门社区可以用水了", STILL, "停止饮用自来水"),
    (
        "Dongmen Community: water is drinkable again",
        STILL,
        "停止饮用自来水",
    ),
    ("停课解除了", STILL, "中小学和幼儿园停课"),
    ("临江镇明天可以上课了", STILL, "中小学和幼儿园停课"),
    (
        "Schools are open again in Linjiang",
        STILL,
        "中小学和幼儿园停课",
    ),
    ("Is the evacuation over?", IN_PART, "圩南村人员转移"),
    ("Has it been lifted?", IN_PART, "圩南村人员转移"),
    (
        "Weinan Village: people are allowed back",
        STILL,
        "圩南村人员转移",
    ),
    // It is over, or in part.
    ("沿江村可以回家了", LIFTED, "沿江村转移人员返回"),
    ("沿江村的转移解除了", LIFTED, "沿江村转移人员返回"),
    (
        "Yanjiang Village: people may go home",
        LIFTED,
        "沿江村转移人员返回",
    ),
    ("沿江村今晚八点前全部撤离", LIFTED, "沿江村转移人员返回"),
    ("沿江村还要走吗", LIFTED, "沿江村转移人员返回"),
    ("荷花村可以回家了", IN_PART, "荷花村人员转移"),
    ("荷花村一组可以回去了", IN_PART, "荷花村人员转移"),
    // For the group that was excepted it is not over.
    ("荷花村三组可以回去了", STILL, "荷花村人员转移"),
    (
        "Group 3 of Hehua Village may go home",
        STILL,
        "荷花村人员转移",
    ),
    // The fifth of another village is not the fifth of this one.
    ("荷花村五组可以回去了", IN_PART, "荷花村人员转移"),
    (
        "Group 5 of Hehua Village may go home",
        IN_PART,
        "荷花村人员转移",
    ),
    ("Hehua Village group 3 may go home", STILL, "荷花村人员转移"),
    ("荷花村三组 Group 3", STANDS, "荷花村人员转移"),
    ("荷花村三组还要走吗", STANDS, "荷花村人员转移"),
    // A place and nothing else.
    ("荷花村三组", STANDS, "荷花村人员转移"),
    ("三组", STANDS, "荷花村人员转移"),
    ("圩南村", STANDS, "圩南村人员转移"),
    ("Weinan Village", STANDS, "圩南村人员转移"),
    ("沿江村", STANDS, "中小学和幼儿园停课"),
    ("湖滨街道", "字数太少", ""),
    ("圩南村和沿江村都可以回家了", IN_PART, "圩南村人员转移"),
    (
        "沿江村不用走了，圩南村还是要走",
        LIFTED,
        "沿江村转移人员返回",
    ),
    // What the order says, in other words.
    ("圩南村要撤离", STANDS, "圩南村人员转移"),
    ("圩南村今晚11点前都要走", STANDS, "圩南村人员转移"),
    (
        "圩南村晚上十一点前撤到镇文体中心",
        ALTERED,
        "圩南村人员转移",
    ),
    ("圩南村没有解除转移", STANDS, "圩南村人员转移"),
    ("圩南村还不能回家", STANDS, "圩南村人员转移"),
    ("网传圩南村转移取消是谣言，还得走", STANDS, "圩南村人员转移"),
    ("圩南村要不要转移？", STANDS, "圩南村人员转移"),
    ("圩南村水位不断上涨，免费接送转移", STANDS, "圩南村人员转移"),
    ("It is unsafe to return to Weinan", STANDS, "圩南村人员转移"),
    (
        "The river is overflowing at Weinan Village, leave",
        STANDS,
        "圩南村人员转移",
    ),
    (
        "Weinan Village: evacuation extended",
        STANDS,
        "圩南村人员转移",
    ),
    ("圩南村赶紧到镇文体中心集合", ALTERED, "圩南村人员转移"),
    (
        "Weinan Village must leave before 23:00",
        STANDS,
        "圩南村人员转移",
    ),
    ("Weinan: leave by 11 pm", STANDS, "圩南村人员转移"),
    ("石岭村9点前撤离", STANDS, "石岭村人员转移"),
    ("临江镇明天停课", STANDS, "中小学和幼儿园停课"),
    ("东门社区的水不要喝", STANDS, "停止饮用自来水"),
    (
        "Do not drink the tap water in Dongmen Community",
        STANDS,
        "停止饮用自来水",
    ),
    ("赶紧撤离，接送电话0510-0000-1203", STANDS, "圩南村人员转移"),
    ("大家快走，要转移了", STANDS, "圩南村人员转移"),
    // Another hour, place or number.
    (
        "圩南村全体村民今晚8点前撤离到镇文体中心",
        ALTERED,
        "圩南村人员转移",
    ),
    ("圩南村今晚八点半前必须走", DIFFERS, "圩南村人员转移"),
    ("圩南村村民转移到县第一中学", DIFFERS, "圩南村人员转移"),
    (
        "圩南村转移，车费先打到13800001111",
        DIFFERS,
        "圩南村人员转移",
    ),
    (
        "Weinan Village must leave before 20:00",
        DIFFERS,
        "圩南村人员转移",
    ),
    ("Weinan: leave by 8 pm", DIFFERS, "圩南村人员转移"),
    ("石岭村8点前撤离", DIFFERS, "石岭村人员转移"),
    // The wrong words of a corrected text, and what a refutation answers.
    ("请在7月3日20时前撤离到青山中学", MISTAKEN, "石岭村人员转移"),
    ("临江大堤已经决口", UNTRUE, "临江大堤决口"),
    ("听说临江大堤决口了", "", "临江大堤决口"),
    // Another place.
    ("湖滨街道全体居民今晚8点前撤离", NOTHING, ""),
    ("青石村的人都要转移", NOTHING, ""),
    ("Everybody in Qingshi Village must leave", NOTHING, ""),
    ("湖滨街道明天停课", NOTHING, ""),
    ("湖滨街道可以回家了", NOTHING, ""),
    ("圩南村停水三天", OTHER, "圩南村人员转移"),
    ("东门社区今晚撤离", OTHER, "停止饮用自来水"),
    // It was published, and withdrawn.
    ("竹溪村今晚8点前撤离", NEAR, "竹溪村人员转移"),
    // The text itself, and what says nothing of orders.
    (
        "关于组织圩南村人员转移避险的通告",
        GENUINE,
        "圩南村人员转移",
    ),
    (
        "圩南村全体村民请在7月3日23时前撤离到镇文体中心",
        "该信息目前有效",
        "圩南村人员转移",
    ),
    ("今晚吃什么", "字数太少", ""),
    ("村委会明天上午九点发放救灾物资请带身份证", UNKNOWN, ""),
    ("明天全市核酸检测在小区门口排队", UNKNOWN, ""),
];

#[test]
fn what_goes_round_is_answered_by_the_orders_of_its_place() {
    let stand = Stand::open(a_night(), night(), site());
    let mut faults = Vec::new();
    for &(saying, verdict, title) in SAYINGS {
        let said = ask(&stand, saying);
        let verdict_is = said.contains(verdict) && said.contains(title);
        let is_genuine = said.contains("属实：本站") || said.contains("该信息目前有效");
        let may_be_genuine = verdict == GENUINE || verdict == "该信息目前有效";
        if !verdict_is || is_genuine && !may_be_genuine {
            let head: String = said.chars().skip_while(|c| *c != '核').take(160).collect();
            faults.push(format!(
                "{saying}\n    wanted {verdict} {title}\n    got {head}"
            ));
        }
        // Nobody is sent to the order of another place.
        let is_local =
            saying.contains("湖滨") || saying.contains("青石") || saying.contains("Qingshi");
        if is_local && said.contains("关于组织") {
            faults.push(format!("{saying}: an order of another place: {said}"));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {}\n{}",
        faults.len(),
        SAYINGS.len(),
        faults.join("\n")
    );
}

#[test]
fn what_differs_is_shown_in_whole_phrases() {
    let stand = Stand::open(a_night(), night(), site());
    for (saying, pieces) in [
        (
            "请圩南村村民23时前到镇文体中心",
            "〔原文〕圩南村全体村民请在7月3日23时前撤离到镇文体中心〔提交〕请圩南村村民23时前到镇文体中心",
        ),
        (
            "圩南村今晚撤离到镇文体中心带药品证件",
            "〔原文〕带好药品和证件〔提交〕带药品证件",
        ),
    ] {
        let said = ask(&stand, saying);
        assert!(said.contains(pieces), "{saying}: {said}");
    }
}
