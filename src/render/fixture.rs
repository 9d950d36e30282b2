//! A made-up flood for the tests of this module.

use serde_json::json;

use super::{DraftInput, Drafted, Libraries, draft};
use crate::domain::channel::{ChannelDef, ChannelKind, Layout};
use crate::domain::fact::{Fact, FactValue};
use crate::domain::incident::Incident;
use crate::domain::plan::{EventType, Item, Plan};
use crate::domain::release::Release;
use crate::domain::time::Moment;

pub fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

pub fn flood_event() -> EventType {
    serde_json::from_value(json!({
        "event": "flood", "name": "洪涝台风", "name_en": "Flood and typhoon", "class": "natural-disaster",
        "facts": [
            {"fact": "situation", "label": "基本情况", "type": "text"},
            {"fact": "rainfall", "label": "累计雨量", "type": "number", "unit": "毫米", "unit-en": "mm"},
            {"fact": "evacuated", "label": "转移人数", "type": "integer", "unit": "人", "unit-en": "people"},
            {"fact": "warning-colour", "label": "预警颜色", "type": "choice", "choices": ["红色", "蓝色"]},
            {"fact": "landfall", "label": "登陆时间", "type": "time"},
            {"fact": "closed-for", "label": "关闭时长", "type": "duration"},
            {"fact": "schools-closed", "label": "停课", "type": "flag"},
            {"fact": "shelters", "label": "安置点", "type": "list", "columns": [
                {"column": "name", "label": "名称", "type": "text"},
                {"column": "capacity", "label": "容量", "type": "integer", "unit": "人", "unit-en": "people"}
            ]}
        ]
    }))
    .unwrap()
}

/// A plan, an incident and a release with one item, ready to be drafted.
pub struct World {
    pub plan: Plan,
    pub incident: Incident,
    pub release: Release,
    pub item: Item,
    pub channels: Vec<ChannelDef>,
    pub drill: bool,
    pub link: Option<String>,
}

impl World {
    pub fn new(template: &str) -> Self {
        let item = json!({
            "item": "response-notice", "name": "启动应急响应通告", "name_en": null, "kind": "notice", "role": "activation",
            "subject": null, "template": "notice", "content": [], "basis": [], "channels": [], "audience": "everyone",
            "due": [], "repeat": {"every": "2h"}, "on_demand": false, "route": "ordinary", "fast": null, "valid_for": "24h",
            "on_raise": "keep", "lifts": [], "interpretation": null
        });
        let plan = json!({
            "plan": "flood", "title": "示例市防汛方案", "title_en": null,
            "body": {
                "body": "flood-office", "name": "示例市防汛抗旱指挥部办公室", "document-prefix": "示防汛办", "name-en": "Shili City Flood Control Office",
                "hotline": "0510-0000-1234", "may-release": [], "posts": []
            },
            "event": flood_event(), "areas": ["320299"],
            "places": [
                {"area": "320299", "name": "示例市", "name-en": "Shili City"},
                {"area": "320299100", "name": "城关镇", "name-en": "Chengguan Town"}
            ],
            "revision": "2026-05", "zone": "Asia/Shanghai", "effective_from": null, "review_by": null, "routes": {},
            "corrections": null, "levels": {}, "end": [], "templates": {"notice": template},
            "calendar": {"holidays": [], "workdays": []}
        });
        let incident = json!({
            "id": "L-00000000000000000000000001", "event": "flood", "title": "5·1暴雨", "areas": ["320299", "320299100"],
            "known_at": "2026-04-30T22:00:00Z", "declared_at": "2026-04-30T23:00:00Z", "expected_duration": "24h",
            "facts": {}, "status": {"status": "active"}, "plans": [],
            "levels": [{"level": "IV", "at": "2026-05-01T00:30:00Z", "by": "duty", "reason": "暴雨"}]
        });
        let release = json!({
            "id": "L-00000000000000000000000002", "incident": "L-00000000000000000000000001", "plan": "flood",
            "plan_hash": "", "body": "flood-office", "item": "response-notice", "name": "启动应急响应通告", "name_en": null,
            "kind": "notice", "level": "IV", "occurrence": 1, "opened_at": "2026-05-01T00:30:00Z", "due_at": null,
            "tied_to": null, "correction": null, "state": {"state": "planned"}, "reminded": "none", "wake_at": null
        });
        Self {
            item: serde_json::from_value(item).unwrap(),
            plan: serde_json::from_value(plan).unwrap(),
            incident: serde_json::from_value(incident).unwrap(),
            release: serde_json::from_value(release).unwrap(),
            channels: all_channels(),
            drill: false,
            link: Some("https://gk.shili.invalid/b/1".into()),
        }
    }

    pub fn partial(mut self, name: &str, source: &str) -> Self {
        self.plan.templates.insert(name.into(), source.into());
        self
    }

    pub fn fact(mut self, code: &str, value: FactValue) -> Self {
        let fact = Fact {
            value,
            as_of: at("2026-05-01T00:00:00Z"),
            source: Some("市气象局".into()),
            by: Vec::new(),
        };
        self.incident.facts.insert(code.into(), fact);
        self
    }

    pub fn text(self, code: &str, text: &str) -> Self {
        self.fact(code, FactValue::Text(text.into()))
    }

    pub fn shelters(self, count: usize) -> Self {
        let row = |n: usize| {
            [
                (
                    "name".to_owned(),
                    FactValue::Text(format!("第{}小学", n + 1)),
                ),
                ("capacity".to_owned(), FactValue::Integer(300)),
            ]
        };
        self.fact(
            "shelters",
            FactValue::List((0..count).map(|n| row(n).into()).collect()),
        )
    }

    pub fn drill(mut self) -> Self {
        self.drill = true;
        self
    }

    pub fn draft(&self) -> Drafted {
        draft(&self.input(), &Libraries::default())
    }

    pub fn input(&self) -> DraftInput<'_> {
        DraftInput {
            plan: &self.plan,
            item: &self.item,
            incident: &self.incident,
            release: &self.release,
            template: None,
            original: None,
            binding: Vec::new(),
            is_partial: false,
            holds_again: Vec::new(),
            ends: Vec::new(),
            also: Vec::new(),
            told_until: None,
            link: self.link.clone(),
            channels: self.channels.iter().collect(),
            version: 1,
            now: at("2026-05-01T01:00:00Z"),
            drill: self.drill,
        }
    }
}

pub fn channel(value: serde_json::Value) -> ChannelDef {
    serde_json::from_value(value).unwrap()
}

/// Kinds that send messages of a limited size.
pub fn messengers() -> Vec<&'static str> {
    let all = all_channels().into_iter();
    let limited = all.filter(|def| matches!(def.spec().layout(), Layout::Messages(_)));
    limited.map(|def| def.kind.code()).collect()
}

/// One of each kind.
pub fn all_channels() -> Vec<ChannelDef> {
    let all: Vec<ChannelDef> = [
        json!({"channel": "portal", "name": "门户", "kind": "portal", "portal": {"base-url": "https://gk.shili.invalid"}}),
        json!({"channel": "mail", "name": "邮件", "kind": "email",
            "email": {"host": "127.0.0.1", "from": "fabu@shili.invalid"}}),
        json!({"channel": "sms", "name": "短信", "kind": "sms",
            "sms": {"url": "http://127.0.0.1/", "fields": {}, "signature": "示例应急"}}),
        json!({"channel": "telegram", "name": "电报", "kind": "telegram", "telegram": {"token-env": "T"}}),
        json!({"channel": "wecom", "name": "企业微信", "kind": "wecom", "wecom": {"url": "http://127.0.0.1/"}}),
        json!({"channel": "dingtalk", "name": "钉钉", "kind": "dingtalk", "dingtalk": {"url": "http://127.0.0.1/"}}),
        json!({"channel": "feishu", "name": "飞书", "kind": "feishu", "feishu": {"url": "http://127.0.0.1/"}}),
        json!({"channel": "file", "name": "大喇叭", "kind": "file", "file": {"folder": "out"}}),
    ]
    .map(channel)
    .into();
    let kinds: Vec<ChannelKind> = all.iter().map(|def| def.kind).collect();
    assert_eq!(kinds, ChannelKind::ALL, "one of each kind, in their order");
    all
}
