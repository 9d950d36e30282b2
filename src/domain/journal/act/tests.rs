//! What stands in journals is read, and what is written stands as it always did.

use serde_json::Value;

use super::*;

/// Acts that the old journal of the store's tests does not hold, as an older version wrote them.
const WRITTEN: &[(&str, &str)] = &[
    (
        "release-drafted",
        r#"{"item":"a","version":null,"missing":["x"],"fault":null,"late":true,"was_due_at":"2026-07-01T13:30:00Z"}"#,
    ),
    (
        "release-signed",
        r#"{"item":"a","version":2,"hash":"h","post":"b/p","waits_for":null,"despite_newer":0,"own_words":true}"#,
    ),
    (
        "second-person-asked",
        r#"{"id":"L-01JZZZZZZZZZZZZZZZZZZZZZZZ","act":"end","reason":"险情解除","until":"2026-07-01T13:30:00Z","waits_for":["b/p"]}"#,
    ),
    (
        "second-person-reminded",
        r#"{"id":"L-01JZZZZZZZZZZZZZZZZZZZZZZZ","act":"end","until":"2026-07-01T13:30:00Z","waits_for":["b/p"],"told_by":["sms"]}"#,
    ),
    (
        "released-before-countersignature",
        r#"{"item":"a","version":1,"hash":"h","post":"b/p","countersign_due_at":"2026-07-01T13:30:00Z","owed":["b/q"]}"#,
    ),
    (
        "countersignature-overdue",
        r#"{"item":"a","waits_for":"b/q"}"#,
    ),
    (
        "review-stale",
        r#"{"item":"a","newer_version":0,"missing":["x"],"fault":null}"#,
    ),
    (
        "approval-void",
        r#"{"item":"a","newer_version":3,"difference":["text"]}"#,
    ),
    ("facts-changed-after-edit", r#"{"item":"a","version":3}"#),
    ("review-current", r#"{"item":"a","version":3}"#),
    (
        "turn-passed",
        r#"{"item":"a","plan":"flood","from":"b/p","to":"b/q"}"#,
    ),
    (
        "release-held",
        r#"{"until":"what it belongs to is published"}"#,
    ),
    (
        "release-overdue",
        r#"{"item":"a","percent":100,"to":"b/p","due_at":"2026-07-01T13:30:00.123Z","state":"drafting"}"#,
    ),
    (
        "release-superseded",
        r#"{"item":"a","was":"planned","why":"the response was raised to level II"}"#,
    ),
    (
        "release-missed",
        r#"{"item":"a","occurrence":2,"due_at":null}"#,
    ),
    (
        "expiry-started",
        r#"{"valid_until":"2026-07-01T13:30:00Z"}"#,
    ),
    (
        "release-expired",
        r#"{"item":"a","valid_until":"2026-07-01T13:30:00Z","deliveries_cancelled":3}"#,
    ),
    (
        "dispatch-fell-back",
        r#"{"from":"sms","to":"telegram","dispatch":"L-01M8MD8145FBE9QM58C1AXHTHC","channel":"telegram","version":1}"#,
    ),
    (
        "release-resent",
        r#"{"item":"a","version":1,"channels":{"sms":{"failed":1,"unknown":0}},"may_arrive_twice":false}"#,
    ),
    (
        "channel-trouble",
        r#"{"channel":"sms","why":"欠费","since":"2026-07-01T13:30:00Z","told_by":[],"not_told":"no other channel carries reminders"}"#,
    ),
    (
        "channel-mended",
        r#"{"channel":"sms","since":"2026-07-01T13:30:00Z","until":"2026-07-01T14:30:00Z","lasted":"1小时"}"#,
    ),
    (
        "dispatch-lost",
        r#"{"failed":9,"unknown":0,"recipients":9,"told_by":["sms"],"not_told":null,"dispatch":"L-01JZZZZZZZZZZZZZZZZZZZZZZZ","channel":"mail","version":1}"#,
    ),
    (
        "receipts-missing",
        r#"{"channel":"sms","waiting":200,"since":"2026-07-01T13:30:00Z","told_by":["leaders-group"],"not_told":null}"#,
    ),
    (
        "second-person-overtaken",
        r#"{"id":"L-01M8MD8145FBE9QM58C1AXHTHC","act":"raise-to-i","asked_by":"zhiban"}"#,
    ),
    ("incident-archived", r#"{"releases":4}"#),
    ("contact-import-begun", r#"{"file":"a.csv","rows":4000}"#),
    ("drill-ended", r#"{"run":"flood-1","why":"stopped"}"#),
    (
        "inject",
        r#"{"n":3,"text":"服务停止 5m","effect":{"stopped":{"until":"2026-07-01T13:30:00Z"}}}"#,
    ),
];

#[test]
fn what_an_older_version_wrote_is_read_and_written_again_as_it_stood() {
    for (name, data) in WRITTEN {
        let act = Act::read(name, serde_json::from_str(data).unwrap()).unwrap();
        let (again, facts) = act.parts();
        assert_eq!((&*again, &*facts.to_string()), (*name, *data));
    }
}

#[test]
fn a_reason_is_a_code_with_its_facts() {
    let act = Act::ReleaseCancelled {
        item: "a".into(),
        was: "planned".into(),
        why: Reason::LevelRaised {
            to: ResponseLevel::II,
        },
    };
    let (name, data) = act.parts();
    let written = r#"{"item":"a","was":"planned","why":{"code":"level-raised","to":"II"}}"#;
    assert_eq!(data.to_string(), written);
    assert_eq!(Act::read(&name, data).unwrap(), act);
}

#[test]
fn an_act_or_a_code_that_nobody_knows_is_named() {
    let unknown = Act::read("release-sung", Value::Null).unwrap_err();
    assert_eq!(unknown, BadAct::Unknown("release-sung".into()));
    for data in [
        r#"{"item":"a","was":"planned","why":{"code":"boredom"}}"#,
        r#"{"item":7}"#,
        "null",
        "[]",
    ] {
        let data = serde_json::from_str(data).unwrap();
        let bad = Act::read("release-cancelled", data).unwrap_err();
        assert!(bad.to_string().contains("release-cancelled"), "{bad}");
    }
}
