//! A city to measure in: plans made in memory, as large as a measure asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Asia::Shanghai;
use fabu::domain::approval::Actor;
use fabu::domain::area::{Area, AreaCode};
use fabu::domain::audience::Audience;
use fabu::domain::body::{Body, Post, PostRef};
use fabu::domain::channel::ChannelDef;
use fabu::domain::deadline::{Anchor, DayCalendar, Due};
use fabu::domain::level::{EventClass, ResponseLevel};
use fabu::domain::plan::{
    Calendar, EventType, Item, ItemChannel, ItemKind, OnRaise, PinnedPlan, Plan, PlanSet, Route,
    Signer,
};
use fabu::domain::time::Span;
use fabu::flow::declare::Declaration;

pub const AREA: &str = "320299";

/// `bodies` plans of `items` items each, all on `channels`.
pub fn plans(bodies: usize, items: usize, channels: Vec<ChannelDef>) -> PlanSet {
    let area = Area {
        area: AreaCode(AREA.into()),
        name: "示例市".into(),
        name_en: None,
    };
    let plans = (0..bodies)
        .map(|n| plan(n, items, &channels, &area))
        .collect();
    PlanSet {
        plans,
        channels: channels
            .into_iter()
            .map(|def| (def.channel.clone(), def))
            .collect(),
        bodies: Vec::new(),
        confirm: Vec::new(),
        areas: vec![area],
    }
}

fn plan(n: usize, items: usize, channels: &[ChannelDef], area: &Area) -> PinnedPlan {
    let code = format!("body-{n}");
    let signer = Signer {
        post: PostRef {
            body: code.clone(),
            post: "leader".into(),
        },
        name: "负责人".into(),
        name_en: None,
        sign_within: Span::minutes(10),
        deputy: None,
    };
    let template = "---\ntitle: 关于防汛工作的通告\nsms: 请注意防汛安全。\n---\n各镇（街道）、各有关单位：\n\n请按照预案做好防汛工作，加强值守，及时转移危险区域群众。\n";
    let plan = Plan {
        plan: format!("plan-{n}"),
        title: "测量用方案".into(),
        title_en: None,
        body: Body {
            body: code.clone(),
            name: format!("第{n}局"),
            name_en: None,
            document_prefix: None,
            sms_signature: None,
            hotline: None,
            may_release: Vec::new(),
            posts: vec![
                Post {
                    post: "clerk".into(),
                    name: "拟稿人".into(),
                    name_en: None,
                    rank: Default::default(),
                    sign_within: Span::minutes(5),
                    deputy: None,
                    rights: Vec::new(),
                    told_of_overdue: false,
                },
                Post {
                    post: "leader".into(),
                    name: "负责人".into(),
                    name_en: None,
                    rank: Default::default(),
                    sign_within: Span::minutes(5),
                    deputy: None,
                    rights: Vec::new(),
                    told_of_overdue: false,
                },
            ],
        },
        issuers: Default::default(),
        event: EventType {
            event: "flood".into(),
            name: "洪涝".into(),
            name_en: None,
            class: EventClass::NaturalDisaster,
            facts: Vec::new(),
        },
        areas: vec![area.area.clone()],
        places: vec![area.clone()],
        revision: "bench".into(),
        zone: Shanghai,
        effective_from: None,
        review_by: None,
        routes: BTreeMap::from([(
            "ordinary".to_owned(),
            Route {
                sign: vec![signer],
                fast: None,
            },
        )]),
        corrections: None,
        levels: BTreeMap::from([(
            ResponseLevel::I,
            (0..items).map(|m| item(m, channels)).collect(),
        )]),
        end: Vec::new(),
        speaker: None,
        concerns: BTreeMap::new(),
        end_concerns: Vec::new(),
        templates: BTreeMap::from([("notice".to_owned(), template.to_owned())]),
        citations: BTreeMap::new(),
        calendar: Calendar::default(),
    };
    PinnedPlan {
        plan: Arc::new(plan),
        hash: format!("bench-{n}"),
    }
}

fn item(n: usize, channels: &[ChannelDef]) -> Item {
    Item {
        from_grade: None,
        effective: None,
        except: None,
        held: None,
        item: format!("item-{n}"),
        name: format!("公开事项{n}"),
        name_en: None,
        kind: ItemKind::Notice,
        role: None,
        subject: None,
        issuer: None,
        document: None,
        template: "notice".into(),
        content: Vec::new(),
        basis: Vec::new(),
        channels: channels
            .iter()
            .map(|def| ItemChannel {
                channel: def.channel.clone(),
                audience: None,
            })
            .collect(),
        audience: Audience::default(),
        due: vec![Due {
            within: Span::minutes(60),
            of: Anchor::Activation,
            calendar: DayCalendar::Clock,
        }],
        repeat: None,
        on_demand: false,
        decided: false,
        decided_by: Vec::new(),
        instead_of: Vec::new(),
        bundle: None,
        route: "ordinary".into(),
        fast: None,
        valid_for: None,
        on_raise: OnRaise::Keep,
        lifts: Vec::new(),
        takes_over: Vec::new(),
        stands_with: Vec::new(),
        places_facts: Vec::new(),
        interpretation: None,
        by_source: BTreeMap::new(),
    }
}

pub fn channel(value: serde_json::Value) -> ChannelDef {
    serde_json::from_value(value).expect("a channel")
}

pub fn person(post: &str) -> Actor {
    let post = PostRef {
        body: "body-0".into(),
        post: post.into(),
    };
    Actor {
        user: post.post.clone(),
        name: post.post.clone(),
        posts: vec![post],
    }
}

pub fn declaration() -> Declaration {
    Declaration {
        event: "flood".into(),
        level: ResponseLevel::I,
        areas: vec![AreaCode(AREA.into())],
        title: None,
        known_at: None,
        expected_duration: None,
        facts: BTreeMap::new(),
        another: true,
    }
}
