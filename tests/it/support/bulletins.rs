//! A night of published bulletins of 示例市, as the portal gets them: current, corrected, expired, withdrawn, explained.

use chrono::{TimeDelta, TimeZone, Utc};
use fabu::domain::area::{Area, AreaCode};
use fabu::domain::bulletin::BulletinText;
use fabu::domain::level::{EventClass, ResponseLevel};
use fabu::domain::plan::{CorrectionKind, ItemKind};
use fabu::domain::portal::{Corrects, Passage, PortalEntry, Standing};
use fabu::domain::time::Moment;
use fabu::id::{IncidentId, Minter, RealmKind, ReleaseId};
use fabu::web::portal::SiteSettings;
use sha2::{Digest, Sha256};

/// 2026-07-03 22:40 in 示例市.
pub fn night() -> Moment {
    Utc.with_ymd_and_hms(2026, 7, 3, 14, 40, 0).unwrap()
}

pub fn settings() -> SiteSettings {
    SiteSettings {
        name: "示例市突发事件信息公开".into(),
        name_en: "Shili City emergency information".into(),
        base_url: "https://fabu.example.invalid".into(),
        zone: chrono_tz::Asia::Shanghai,
        host: "示例市人民政府办公室".into(),
        host_en: "General Office of the People's Government of Shili City".into(),
        hotline: Some("0510-0000-1200".into()),
        footer: vec!["本页为示例，地名、机构、号码均为虚构".into()],
        footer_en: vec!["An example: places, bodies and numbers are made up".into()],
        records: vec!["网站标识码 0000000000".into()],
        areas: areas(),
        drill: false,
    }
}

pub fn areas() -> Vec<Area> {
    [
        ("320299", "示例市", "Shili City"),
        ("320299100", "城关镇", "Chengguan Town"),
        ("320299101", "临江镇", "Linjiang Town"),
        ("320299102", "青山镇", "Qingshan Town"),
        ("320299103", "北塘镇", "Beitang Town"),
        ("320299001", "湖滨街道", "Hubin Subdistrict"),
    ]
    .map(|(code, name, english)| Area {
        area: AreaCode(code.into()),
        name: name.into(),
        name_en: Some(english.into()),
    })
    .into()
}

/// Mints what a test needs, always the same.
pub struct Press {
    minter: Minter,
    pub flood: IncidentId,
    pub water: IncidentId,
}

impl Press {
    pub fn new(realm: RealmKind) -> Self {
        let minter = Minter::seeded(realm, 7);
        Self {
            flood: minter.mint(night()),
            water: minter.mint(night()),
            minter,
        }
    }

    /// A flood notice of level II for the whole city, `hours` before the night's moment.
    pub fn entry(&self, title: &str, hours: i64) -> PortalEntry {
        let at = night() - TimeDelta::hours(hours);
        let release: ReleaseId = self.minter.mint(at);
        PortalEntry {
            incident: self.flood.clone(),
            item: None,
            incident_title: "7·3 临江镇暴雨洪涝".into(),
            incident_title_en: Some("Flood in Linjiang Town".into()),
            event: "flood".into(),
            event_name: "洪涝".into(),
            event_name_en: Some("Flood".into()),
            class: EventClass::NaturalDisaster,
            level: ResponseLevel::II,
            kind: ItemKind::Notice,
            body: "flood-office".into(),
            body_name: "示例市防汛抗旱指挥部办公室".into(),
            body_name_en: Some("Shili City Flood Control Office".into()),
            hotline: Some("0510-0000-1210".into()),
            areas: vec![areas()[2].clone()],
            index_number: format!("SL0101-320299-2026-{:05}", 120 - hours),
            basis: vec!["《中华人民共和国突发事件应对法》第七十二条".into()],
            text: BulletinText {
                title: title.into(),
                text: "正文。".into(),
                ..Default::default()
            },
            version: 1,
            hash: fabu::domain::bulletin::hex(&Sha256::digest(release.as_str())),
            drafted_at: at - TimeDelta::minutes(18),
            published_at: at,
            due_at: Some(at + TimeDelta::minutes(25)),
            response: None,
            binds: false,
            lifted: Vec::new(),
            changes: Vec::new(),
            saves_life: false,
            stands_with: Vec::new(),
            short: Vec::new(),
            valid_until: None,
            next_update: None,
            zone: chrono_tz::Asia::Shanghai,
            standing: Standing::Current,
            interprets: None,
            corrects: None,
            answer: None,
            release,
        }
    }
}

/// The night, and the parts of it that tests speak about.
pub struct Night {
    pub entries: Vec<PortalEntry>,
    pub notice: PortalEntry,
    pub wrong: PortalEntry,
    pub correction: PortalEntry,
    pub expired: PortalEntry,
    pub withdrawn: PortalEntry,
    pub explanation: PortalEntry,
}

pub fn a_night(realm: RealmKind) -> Night {
    let press = Press::new(realm);

    let mut notice = press.entry("关于将防汛应急响应提升至Ⅱ级的通告", 2);
    notice.text = BulletinText {
        title: notice.text.title,
        title_en: Some("Flood response raised to level II".into()),
        action: Some("临江镇沿江低洼地区居民今晚24时前转移到安置点，不要到江边和桥上停留。".into()),
        action_en: Some("Residents of low-lying riverside areas in Linjiang Town: move to a shelter before midnight. Stay away from the river and bridges.".into()),
        text: NOTICE.into(),
        text_en: Some(NOTICE_EN.into()),
        document_number: Some("示防汛办〔2026〕17号".into()),
        signed_body: "示例市防汛抗旱指挥部办公室".into(),
        signed_body_en: Some("Shili City Flood Control Office".into()),
        signed_date: "2026年7月3日".into(),
        signed_date_en: Some("3 July 2026".into()),
        ..Default::default()
    };
    notice.areas = vec![areas()[2].clone(), areas()[4].clone()];
    notice.valid_until = Some(night() + TimeDelta::hours(22));
    notice.next_update = Some(night() + TimeDelta::minutes(80));

    let mut explanation = press.entry("Ⅱ级防汛应急响应意味着什么（问答）", 1);
    explanation.kind = ItemKind::Interpretation;
    explanation.interprets = Some(notice.release.clone());
    explanation.text.action = Some("按通告要求做好准备，不必恐慌。".into());
    explanation.text.text = "问：Ⅱ级响应是什么意思？\n答：应急响应由高到低分为一级、二级、三级、四级。\n\n问：学校停课吗？\n答：以教育局通知为准。".into();

    let mut wrong = press.entry("汛情通报（第3号）", 5);
    wrong.kind = ItemKind::Bulletin;
    wrong.text.text = "截至7月3日17时，临江站水位8.25米，超警戒水位0.25米。".into();
    wrong.text.action = Some("请密切关注水位变化。".into());
    let mut correction = press.entry("关于更正“汛情通报（第3号）”有关内容的公告", 4);
    correction.kind = ItemKind::Correction;
    correction.text.action = Some("请以更正后的水位为准。".into());
    correction.text.text = "原内容：临江站水位8.25米。\n\n更正为：临江站水位8.52米。\n\n对由此带来的不便，我们深表歉意。".into();
    correction.corrects = Some(Corrects {
        release: wrong.release.clone(),
        kind: CorrectionKind::WrongContent,
        passage: Some(Passage {
            wrong: "临江站水位8.25米".into(),
            right: "临江站水位8.52米".into(),
            english: None,
        }),
        also: Vec::new(),
    });
    wrong.standing = Standing::Corrected {
        at: correction.published_at,
        by: correction.release.clone(),
        kind: CorrectionKind::WrongContent,
    };

    let mut expired = press.entry("关于启动防汛Ⅳ级应急响应的通告", 30);
    expired.level = ResponseLevel::IV;
    expired.valid_until = Some(night() - TimeDelta::hours(6));

    let mut withdrawn = press.entry("关于临江大桥封闭的提示", 7);
    withdrawn.kind = ItemKind::Advisory;
    withdrawn.level = ResponseLevel::III;
    withdrawn.text.action = Some("请绕行北塘大桥。".into());
    withdrawn.standing = Standing::Withdrawn {
        at: night() - TimeDelta::hours(6),
        by: None,
    };

    let mut water = press.entry("关于城关镇部分区域降压供水的提示", 9);
    water.incident = press.water.clone();
    water.incident_title = "城关镇供水管网爆管".into();
    water.incident_title_en = None;
    (water.event, water.event_name, water.event_name_en) = (
        "water-supply".into(),
        "供水突发事件".into(),
        Some("Water supply".into()),
    );
    water.class = EventClass::AccidentDisaster;
    water.level = ResponseLevel::IV;
    water.kind = ItemKind::Advisory;
    water.body = "water-bureau".into();
    water.body_name = "示例市水务局".into();
    water.body_name_en = Some("Shili City Water Bureau".into());
    water.areas = vec![areas()[1].clone()];
    water.text.action = Some("请提前储水，水质未受影响，可以正常饮用。".into());
    water.text.text =
        "因供水主管爆裂，城关镇东门、北关两个社区今晚降压供水，预计4日6时恢复。".into();

    let entries = [
        &notice,
        &explanation,
        &wrong,
        &correction,
        &expired,
        &withdrawn,
        &water,
    ];
    Night {
        entries: entries.into_iter().cloned().collect(),
        notice,
        wrong,
        correction,
        expired,
        withdrawn,
        explanation,
    }
}

const NOTICE: &str = "受持续强降雨影响，临江镇江段水位快速上涨。根据《示例市防汛防台风应急预案》，市防汛抗旱指挥部决定自7月3日20时30分起，将防汛应急响应由Ⅲ级提升至Ⅱ级。现将有关事项通告如下。

一、汛情概况
截至7月3日20时，临江站水位8.52米，超警戒水位0.52米，预计4日3时前后出现9.10米的洪峰。据市气象台预报，今夜到明天我市仍有暴雨，局部大暴雨。

二、转移安置
临江镇沿江村、圩南村低洼地段，北塘镇荷花村危旧房屋居民，今晚24时前转移到以下安置点：
（一）临江中学体育馆，联系电话0510-0000-1231；
（二）北塘镇文化活动中心，联系电话0510-0000-1232。
行动不便的居民请拨打防汛值班电话，由村（社区）派车接送。

三、停工停课停运
临江镇、北塘镇7月4日全天停课；沿江渡口停航；在建工地停止作业，人员撤离工棚。

四、请市民注意
不要到江边、桥上围观，不要涉水行车。遇到险情，立即拨打119或者110。

本次响应预计持续24小时。提前结束、延长或者调整级别，将另行通告。";

const NOTICE_EN: &str = "After persistent heavy rain the river at Linjiang is rising fast. From 20:30 on 3 July the flood response is raised from level III to level II.

As of 20:00 the level at Linjiang was 8.52 m, 0.52 m above the warning level. A peak of about 9.10 m is expected around 03:00 on 4 July.

Residents of low-lying parts of Yanjiang, Weinan and Hehua villages move before midnight to Linjiang Middle School gymnasium (0510-0000-1231) or Beitang cultural centre (0510-0000-1232). If you cannot move by yourself, call the flood hotline.

Schools in Linjiang and Beitang are closed on 4 July. Ferries are stopped. Do not drive through water. In danger call 119 or 110.";
