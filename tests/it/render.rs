//! Every template of the example plans, drafted with a full set of made-up facts, on every kind of channel.

mod english;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use fabu::domain::bulletin::{Bulletin, Language};
use fabu::domain::channel::ChannelDef;
use fabu::domain::fact::{Fact, FactSpec, FactType, FactValue};
use fabu::domain::incident::{Incident, IncidentStatus, LevelChange};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, Item, Plan, PlanSet};
use fabu::domain::release::{Release, ReleaseState, Reminder};
use fabu::domain::time::Moment;
use fabu::render::{DraftInput, Drafted, Libraries, Original, draft};

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// Read once: it is the same for every test.
fn examples() -> &'static PlanSet {
    static EXAMPLES: LazyLock<PlanSet> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let reading = fabu::plan::read(root, "2026-06-01".parse().unwrap());
        reading
            .set
            .unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
    });
    &EXAMPLES
}

fn made_up(kind: FactType, label: &str, choices: &[String]) -> FactValue {
    match kind {
        FactType::Choice => FactValue::Text(choices[0].clone()),
        FactType::Number => FactValue::Number(12.5),
        FactType::Integer => FactValue::Integer(120),
        FactType::Time => FactValue::Time(at("2026-07-01T02:00:00Z")),
        FactType::Duration => FactValue::Duration("1h30m".parse().unwrap()),
        FactType::Flag => FactValue::Flag(true),
        FactType::Text | FactType::List => {
            FactValue::Text(format!("{label}：有关单位正在核实处置"))
        }
    }
}

fn fact_of(spec: &FactSpec) -> Fact {
    let row = || -> BTreeMap<String, FactValue> {
        let columns = spec.columns.iter();
        columns
            .map(|c| (c.column.clone(), made_up(c.kind, &c.label, &[])))
            .collect()
    };
    let value = match spec.kind {
        FactType::List => FactValue::List(vec![row(), row(), row()]),
        kind => made_up(kind, &spec.label, &spec.choices),
    };
    Fact {
        value,
        as_of: at("2026-07-01T01:00:00Z"),
        source: Some("值班记录".into()),
        by: vec!["duty".into()],
    }
}

/// A flood of facts, raised once and ended, so that every template finds what it may name.
fn incident(plan: &Plan) -> Incident {
    let change = |level, at: Moment| LevelChange {
        level,
        at,
        by: "duty".into(),
        reason: "形势变化".into(),
    };
    let facts = plan
        .event
        .facts
        .iter()
        .map(|spec| (spec.fact.clone(), fact_of(spec)));
    Incident {
        id: "L-00000000000000000000000001".parse().unwrap(),
        event: plan.event.event.clone(),
        title: "示例事件".into(),
        title_by: None,
        areas: plan.areas.clone(),
        known_at: at("2026-07-01T00:00:00Z"),
        declared_at: at("2026-07-01T00:10:00Z"),
        expected_duration: Some("36h".parse().unwrap()),
        facts: facts.collect(),
        levels: vec![
            change(ResponseLevel::IV, at("2026-07-01T00:10:00Z")),
            change(ResponseLevel::III, at("2026-07-01T01:30:00Z")),
        ],
        status: IncidentStatus::Ended {
            at: at("2026-07-02T08:00:00Z"),
            by: "duty".into(),
            reason: "险情解除".into(),
        },
        plans: Vec::new(),
        row_version: 1,
    }
}

fn release(item: &Item, incident: &Incident, plan: &Plan) -> Release {
    Release {
        id: "L-00000000000000000000000002".parse().unwrap(),
        incident: incident.id.clone(),
        plan: plan.plan.clone(),
        plan_hash: String::new(),
        body: plan.body.body.clone(),
        item: item.item.clone(),
        name: item.name.clone(),
        name_en: item.name_en.clone(),
        kind: item.kind,
        level: Some(ResponseLevel::III),
        occurrence: 1,
        opened_at: incident.declared_at,
        due_at: None,
        passed: None,
        areas: None,
        lifted: Vec::new(),
        ordered_by: None,
        found: None,
        tied_to: None,
        holding: None,
        part_of: None,
        carries: Vec::new(),
        correction: None,
        correction_reason: None,
        correction_reason_by: None,
        own_facts: own_facts(incident, plan),
        rounds: 0,
        state: ReleaseState::Planned,
        reminded: Reminder::None,
        wake_at: None,
        row_version: 1,
    }
}

/// What a correction says belongs to it, and the incident lends it here.
fn own_facts(incident: &Incident, plan: &Plan) -> fabu::domain::fact::Facts {
    let own = |code: &str| {
        plan.event
            .fact(code)
            .is_some_and(|spec| spec.is_of_one_text())
    };
    let facts = incident.facts.iter().filter(|(code, _)| own(code));
    facts
        .map(|(code, fact)| (code.clone(), fact.clone()))
        .collect()
}

fn channels() -> Vec<ChannelDef> {
    let read = |text: &str| serde_json::from_str(text).unwrap();
    [
        r#"{"channel": "portal", "name": "门户", "kind": "portal", "portal": {"base-url": "https://gk.invalid"}}"#,
        r#"{"channel": "mail", "name": "邮件", "kind": "email", "email": {"host": "127.0.0.1", "from": "a@b.invalid"}}"#,
        r#"{"channel": "sms", "name": "短信", "kind": "sms", "sms": {"url": "http://127.0.0.1/", "fields": {}, "signature": "示例市应急"}}"#,
        r#"{"channel": "telegram", "name": "电报", "kind": "telegram", "telegram": {"token-env": "T"}}"#,
        r#"{"channel": "wecom", "name": "企业微信", "kind": "wecom", "wecom": {"url-env": "W"}}"#,
        r#"{"channel": "dingtalk", "name": "钉钉", "kind": "dingtalk", "dingtalk": {"url-env": "D"}}"#,
        r#"{"channel": "feishu", "name": "飞书", "kind": "feishu", "feishu": {"url-env": "F"}}"#,
        r#"{"channel": "file", "name": "文件", "kind": "file", "file": {"folder": "out"}}"#,
    ]
    .map(read)
    .into()
}

/// Every template that an item or a correction of `plan` names, with an item that it can stand for.
fn templates_of(plan: &Plan) -> BTreeMap<&str, &Item> {
    // What goes out in another text has no template.
    let items = plan.levels.values().flatten().chain(&plan.end);
    let items = items.filter(|item| item.bundle.is_none());
    let items = items.flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()));
    let mut out: BTreeMap<&str, &Item> = items.map(|item| (item.template.as_str(), item)).collect();
    let any = plan.levels.values().flatten().next();
    if let (Some(corrections), Some(item)) = (&plan.corrections, any) {
        for name in [
            &corrections.sent_in_error,
            &corrections.wrong_content,
            &corrections.all_clear,
            corrections.template(CorrectionKind::Withdrawal),
        ] {
            out.insert(name, item);
        }
    }
    out
}

fn draft_of(plan: &Plan, template: &str, item: &Item, incident: &Incident, drill: bool) -> Drafted {
    let original = Original {
        also_corrected: &[],
        corrected_by: None,
        corrected_by_en: None,
        written_by: &[],
        title: "关于启动应急响应的通告",
        title_en: None,
        document_number: Some("示应急〔2026〕2号"),
        published_at: Some(at("2026-07-01T01:00:00Z")),
        link: Some("https://gk.invalid/b/1".into()),
        reason: Some("数字有误"),
    };
    draft_from(plan, template, item, incident, original, drill)
}

fn draft_from(
    plan: &Plan,
    template: &str,
    item: &Item,
    incident: &Incident,
    original: Original<'_>,
    drill: bool,
) -> Drafted {
    let channels = channels();
    let release = release(item, incident, plan);
    let input = DraftInput {
        plan,
        item,
        incident,
        release: &release,
        template: Some(template),
        original: Some(original),
        binding: Vec::new(),
        is_partial: false,
        holds_again: Vec::new(),
        ends: Vec::new(),
        also: Vec::new(),
        told_until: None,
        link: Some("https://gk.invalid/b/2".into()),
        channels: channels.iter().collect(),
        version: 1,
        now: at("2026-07-01T01:59:00Z"),
        drill,
    };
    draft(&input, &Libraries::default())
}

fn complete(plan: &Plan, template: &str, drafted: Drafted) -> Bulletin {
    match drafted {
        Drafted::Complete(bulletin) => *bulletin,
        other => panic!("{}/{template}: {other:?}", plan.plan),
    }
}

#[test]
fn every_example_template_goes_out_on_every_channel() {
    let set = examples();
    assert!(set.plans.len() >= 6, "{} example plans", set.plans.len());
    for pinned in &set.plans {
        let plan = &*pinned.plan;
        let incident = incident(plan);
        for (template, item) in templates_of(plan) {
            let bulletin = complete(
                plan,
                template,
                draft_of(plan, template, item, &incident, false),
            );
            for rendering in &bulletin.renderings {
                let stranger = ["{{", "}}", "[object]", "【演练】", "以上为演练"]
                    .into_iter()
                    .find(|s| rendering.text.contains(s));
                assert_eq!(
                    stranger, None,
                    "{}/{template}: {}",
                    plan.plan, rendering.text
                );
            }
            assert!(
                bulletin.text.title_en.is_some(),
                "{}/{template} has no English title",
                plan.plan
            );
            let sms = bulletin.rendering("sms", Language::ZhCn).unwrap();
            assert!(
                sms.segments <= Some(3),
                "{}/{template}: {:?} segments",
                plan.plan,
                sms.segments
            );
            let wecom = bulletin.rendering("wecom", Language::ZhCn).unwrap();
            assert!(wecom.text.len() <= 2048, "{}/{template}", plan.plan);
        }
    }
}

#[test]
fn every_example_template_asks_for_what_it_lacks_and_a_drill_marks_it() {
    for pinned in &examples().plans {
        let plan = &*pinned.plan;
        let known = incident(plan);
        let unknown = Incident {
            facts: BTreeMap::new(),
            ..known.clone()
        };
        for (template, item) in templates_of(plan) {
            match draft_of(plan, template, item, &unknown, false) {
                Drafted::Complete(_) => {}
                // Only facts: everything the system knows was given.
                Drafted::Missing(facts) => {
                    let strangers: Vec<_> = facts
                        .iter()
                        .filter(|code| plan.event.fact(code).is_none())
                        .collect();
                    assert!(
                        strangers.is_empty(),
                        "{}/{template}: {strangers:?}",
                        plan.plan
                    );
                }
                Drafted::Fault(why) => panic!("{}/{template}: {why}", plan.plan),
            }
            let drill = complete(plan, template, draft_of(plan, template, item, &known, true));
            for rendering in &drill.renderings {
                let texts = rendering
                    .subject
                    .iter()
                    .chain([&rendering.text])
                    .chain(&rendering.parts);
                for text in texts {
                    let marked = text.starts_with("【演练】") && text.ends_with("以上为演练");
                    assert!(
                        marked,
                        "{}/{template} on {}: {text}",
                        plan.plan, rendering.channel
                    );
                }
            }
        }
    }
}

/// A correction cannot wait: whatever the original lacks, however little is known, there is a text to sign.
#[test]
fn a_correction_needs_nothing_but_what_was_wrong_and_what_is_right() {
    for pinned in &examples().plans {
        let plan = &*pinned.plan;
        let corrections = plan.corrections.as_ref().unwrap();
        let mut bare = incident(plan);
        bare.facts.retain(|code, _| code.starts_with("correction-"));
        bare.levels.truncate(1);
        bare.status = IncidentStatus::Active;
        bare.expected_duration = None;
        let item = plan.levels.values().flatten().next().unwrap();
        let original = Original {
            also_corrected: &[],
            corrected_by: None,
            corrected_by_en: None,
            written_by: &[],
            title: "关于启动应急响应的通告",
            title_en: None,
            document_number: None,
            published_at: Some(at("2026-07-01T01:00:00Z")),
            link: None,
            reason: None,
        };
        for template in [
            &corrections.sent_in_error,
            &corrections.wrong_content,
            &corrections.all_clear,
            corrections.template(CorrectionKind::Withdrawal),
        ] {
            let drafted = draft_from(plan, template, item, &bare, original.clone(), false);
            let text = complete(plan, template, drafted).text.text;
            assert!(
                !text.contains("（）") && !text.contains("：。"),
                "{}/{template}: {text}",
                plan.plan
            );
        }
    }
}
