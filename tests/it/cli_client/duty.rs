//! What a duty officer types as people speak, and what is said when that does not fit: names for codes, the way out of what was
//! refused, and no word that is lost.

use serde_json::json;

use super::night::{ROUTES, released};
use super::{NOTICE, Office, Said};
use crate::support::town::examples;

fn at_level<'a>(event: &'a str, level: &'a str) -> Vec<&'a str> {
    let area = "320299";
    vec![
        "incident", "declare", event, "--level", level, "--area", area,
    ]
}

/// An evacuation of 临江镇 that is out.
async fn evacuated(office: &mut Office) -> (String, String) {
    let (incident, _) = office.declare().await;
    let raise = ["incident", "raise", &incident, "II", "--reason", "雨势加强"];
    office.by("zhiban", &raise).await.ok();
    let leave = released(office, &incident, "evacuation-notice").await;
    let order = ["release", "order", &leave, "--area", "临江镇"];
    office.by("daiban", &order).await.ok();
    let facts = [
        "release",
        "place",
        &leave,
        "--fact",
        "evacuation-deadline=2026-07-01 18:00",
        "--fact",
        "evacuation-to=和平小学",
        "--fact",
        ROUTES,
    ];
    office.by("zhiban", &facts).await.ok();
    let code = office.code("daiban", &leave).await;
    let fast = ["release", "approve", &leave, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    (incident, leave)
}

/// The command behind `next:`.
fn next(said: &Said) -> String {
    let line = said
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("next: "));
    line.unwrap_or_else(|| panic!("no next in {}", said.err))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_facts_and_items_are_meant_by_their_names_in_either_language() {
    for (event, fact, flag) in [
        ("洪涝台风", "基本情况", false),
        ("Flood and typhoon", "Situation", false),
        ("洪涝台风", "Situation", true),
    ] {
        let mut office = Office::open().await;
        let told = format!("{fact}=普降暴雨");
        let mut declare = at_level(event, "IV");
        if flag {
            declare.splice(2..3, ["--event", event]);
        }
        declare.extend(["--fact", &told, "--json"]);
        let incident = office.by("zhiban", &declare).await.ok().json();
        assert_eq!(incident["event"], "flood");
        assert_eq!(incident["facts"]["situation"]["value"], "普降暴雨");
        let id = incident["id"].as_str().unwrap();
        let facts = [
            "incident",
            "facts",
            id,
            "响应措施清单=[{\"措施\":\"加密巡堤查险\",\"负责单位\":\"市水务局\"}]",
            "预计持续时间=48h",
            "--json",
        ];
        let known = office.by("zhiban", &facts).await.ok().json();
        let rows = &known["facts"]["measures-list"]["value"];
        assert_eq!(rows[0]["measure"]["value"], "加密巡堤查险", "{rows}");
        assert_eq!(known["expected_duration"], "2d");
        // A text is asked for by its name as well.
        let request = ["incident", "request", id, "核实情况和回应关切", "--json"];
        let asked = office.by("zhiban", &request).await.ok().json();
        assert_eq!(asked[0]["item"], "rumour-refutation");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_nothing_has_is_answered_with_the_nearest_few() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    for (lang, typed, meant) in [
        ("zh-CN", "基本情祝=涨水", "是否指 基本情况（situation）"),
        ("zh-CN", "措施清单=涨水", "响应措施清单（measures-list）"),
        ("en", "situatoin=涨水", "did you mean Situation (situation)"),
    ] {
        let facts = ["incident", "facts", &incident, typed, "--lang", lang];
        let refused = office.by("zhiban", &facts).await.exits(3);
        assert!(refused.err.contains(meant), "{}", refused.err);
        assert!(refused.err.chars().count() < 400, "{}", refused.err);
    }
    let strange = ["incident", "facts", &incident, "天气云图=晴"];
    let refused = office.by("zhiban", &strange).await.exits(3);
    assert!(refused.err.chars().count() < 400, "{}", refused.err);
    // Twice the same fact by two of its names is no wish that can be followed.
    let twice = [
        "incident",
        "facts",
        &incident,
        "基本情况=一",
        "situation=二",
    ];
    office
        .by("zhiban", &twice)
        .await
        .exits(2)
        .tells("given twice");
    let event = at_level("洪劳台风", "IV");
    office.by("zhiban", &event).await.exits(3).tells("(flood)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grade_is_taken_with_who_set_it_and_not_without() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let facts = ["incident", "facts", &incident, "事件等级=重大"];
    for (lang, says) in [("zh-CN", "未注明由谁认定"), ("en", "nobody is named")] {
        let refused = [&facts[..], &["--lang", lang]].concat();
        let refused = office.by("zhiban", &refused).await.exits(3);
        refused.tells(says).tells("--source");
    }
    let set = [&facts[..], &["--source", "市防汛抗旱指挥部"]].concat();
    office.by("zhiban", &set).await.ok();
    let show = ["incident", "show", &incident, "--json"];
    let known = office.by("zhiban", &show).await.ok().json();
    let grade = &known["facts"]["incident-grade"];
    assert_eq!(grade["source"], "市防汛抗旱指挥部", "{grade}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_facts_are_called_is_told_apart_by_their_codes() {
    let mut set = examples();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        for spec in &mut plan.event.facts {
            if ["deaths", "injured"].contains(&&*spec.fact) {
                spec.label = "人数".into();
            }
        }
        pinned.plan = std::sync::Arc::new(plan);
        pinned.hash = format!("alike-{}", pinned.hash);
    }
    let mut office = Office::open_with(set).await;
    let (incident, _) = office.declare().await;
    let facts = ["incident", "facts", &incident, "人数=3", "--lang", "zh-CN"];
    let refused = office.by("zhiban", &facts).await.exits(3);
    refused.tells("人数（deaths）").tells("人数（injured）");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_followed_by_what_it_lacks_and_taken_back_by_what_works() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let raise = ["incident", "raise", &incident, "II", "--reason", "雨势加强"];
    office.by("zhiban", &raise).await.ok();
    let leave = released(&mut office, &incident, "evacuation-notice").await;
    let order = ["release", "order", &leave, "--area", "临江镇"];
    let ordered = office.by("daiban", &order).await.ok();
    let command = next(&ordered);
    assert!(
        command.starts_with(&format!("fabu release place {leave} --fact ")),
        "{command}"
    );
    assert!(
        command.contains("--fact evacuation-deadline=…"),
        "{command}"
    );
    let never = ["release", "not-applicable", &leave, "--reason", "已转移"];
    let refused = office.by("daiban", &never).await.exits(5);
    assert_eq!(
        next(&refused),
        format!("fabu release waive {leave} --reason …")
    );
    let waive = ["release", "waive", &leave, "--reason", "已转移"];
    office.by("daiban", &waive).await.ok();
    assert_eq!(office.release(&leave).await["status"], "waived");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_out_is_lifted_by_the_command_that_is_said() {
    let mut office = Office::open().await;
    let (incident, leave) = evacuated(&mut office).await;
    let lift = format!("fabu incident request {incident} return-notice --area ");
    let waive = ["release", "waive", &leave, "--reason", "已转移"];
    let refused = office.by("daiban", &waive).await.exits(5);
    assert!(next(&refused).starts_with(&lift), "{}", refused.err);
    refused.tells(&format!("fabu release withdraw {leave} --reason …"));
    let shown = office.by("daiban", &["release", "show", &leave]).await.ok();
    assert!(next(&shown).starts_with(&lift), "{}", shown.err);
    let lower = [
        "incident",
        "lower",
        &incident,
        "III",
        "--reason",
        "雨势减弱",
    ];
    let lowered = office.by("zhiban", &lower).await.ok();
    // At that level somebody is asked about the lifting, so it is ordered.
    let back = released(&mut office, &incident, "return-notice").await;
    let request = format!("fabu release order {back} --area 'Linjiang Town'");
    assert!(lowered.err.contains(&request), "{}", lowered.err);
    // It works, and says what the lifting lacks.
    let typed = request
        .trim_start_matches("fabu ")
        .split(' ')
        .collect::<Vec<_>>();
    let typed: Vec<String> = joined(&typed);
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    let asked = office.by("daiban", &typed).await.ok();
    let command = next(&asked);
    assert!(command.starts_with("fabu release place "), "{command}");
    assert!(command.contains("--fact return-time=…"), "{command}");
}

/// Words in quotation marks are one.
fn joined(words: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in words {
        let bare = word.trim_matches('\'').to_owned();
        match (is_open, out.last_mut()) {
            (true, Some(last)) => {
                last.push(' ');
                last.push_str(&bare);
            }
            _ => out.push(bare),
        }
        if word.matches('\'').count() % 2 == 1 {
            is_open = !is_open;
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_another_excludes_is_offered_for_the_places_that_are_left() {
    let mut office = Office::open().await;
    let (incident, _) = evacuated(&mut office).await;
    let stay = released(&mut office, &incident, "stay-indoors").await;
    let order = [
        "release",
        "order",
        &stay,
        "--area",
        "临江镇",
        "--area",
        "青山镇",
        "--lang",
        "zh-CN",
    ];
    let refused = office.by("daiban", &order).await.exits(5);
    let left = format!("下一步：fabu release order {stay} --area 青山镇\n");
    assert!(refused.err.contains(&left), "{}", refused.err);
    refused.tells("--area 临江镇 --area 青山镇 --instead");
    let narrowed = ["release", "order", &stay, "--area", "青山镇"];
    office.by("daiban", &narrowed).await.ok();
    // Of the whole city the other towns are left.
    let again = ["release", "order", &stay];
    let stay = released(&mut office, &incident, "stay-indoors").await;
    assert_eq!(again[2], stay);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_no_channel_prints_is_refused() {
    let mut set = examples();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        for item in plan.levels.values_mut().flatten() {
            if item.item == "response-notice" {
                item.channels.retain(|channel| channel.channel != "sms");
            }
        }
        pinned.plan = std::sync::Arc::new(plan);
        pinned.hash = format!("quiet-{}", pinned.hash);
    }
    let mut office = Office::open_with(set).await;
    let (_, notice) = office.declare().await;
    let before = office.release(&notice).await["bulletin"]["hash"].clone();
    for field in ["--sms", "--sms-en"] {
        let edit = ["release", "edit", &notice, field, "请勿下水"];
        office
            .by("zhiban", &edit)
            .await
            .exits(3)
            .tells("no channel of short messages");
    }
    assert_eq!(office.release(&notice).await["bulletin"]["hash"], before);
    let edit = ["release", "edit", &notice, "--action", "请远离河道"];
    office.by("zhiban", &edit).await.ok().prints("请远离河道");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_other_places_are_told_before_the_text_is_signed() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let raise = ["incident", "raise", &incident, "II", "--reason", "雨势加强"];
    office.by("zhiban", &raise).await.ok();
    let leave = released(&mut office, &incident, "evacuation-notice").await;
    let order = [
        "release",
        "order",
        &leave,
        "--area",
        "临江镇",
        "--area",
        "青山镇",
    ];
    office.by("daiban", &order).await.ok();
    let routes = r#"evacuation-routes=[{"area":"临江镇沿江村","assembly":"村口","route":"和平路","shelter":"和平小学"},{"area":"青山镇竹园组","assembly":"村口","route":"山前路","shelter":"青山中学"}]"#;
    let facts = [
        "release",
        "place",
        &leave,
        "--fact",
        "evacuation-deadline=2026-07-01 18:00",
        "--fact",
        "evacuation-to=和平小学",
        "--fact",
        routes,
    ];
    let given = office.by("zhiban", &facts).await.ok();
    assert!(!given.out.contains("about other places"), "{}", given.out);
    let narrowed = ["release", "place", &leave, "--area", "临江镇"];
    let told = office.by("daiban", &narrowed).await.ok();
    let told = told
        .prints("about other places")
        .prints("row 2 “青山镇竹园组”");
    let shown = office.by("daiban", &["release", "preview", &leave]).await;
    shown.ok().prints("row 2 “青山镇竹园组”");
    // Its own command takes them out.
    let line = told
        .out
        .lines()
        .find(|line| line.contains("to take them out: fabu "));
    let fact = line.unwrap().split('\'').nth(1).unwrap();
    let rest = ["release", "place", &leave, "--fact", fact];
    let mended = office.by("zhiban", &rest).await.ok();
    assert!(!mended.out.contains("about other places"), "{}", mended.out);
    assert!(!mended.out.contains("竹园组"), "{}", mended.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raise_that_was_asked_for_at_another_level_makes_way() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let raise = |level: &'static str| {
        let args = [
            "incident",
            "raise",
            &*incident,
            level,
            "--reason",
            "大堤出险",
        ];
        args.map(str::to_owned)
    };
    let typed = |args: &[String; 6]| args.to_vec();
    let first = typed(&raise("I"));
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    office
        .by("zhiban", &first)
        .await
        .ok()
        .tells("to run: fabu incident confirm ");
    let listed = office.by("zhiban", &["incident", "asked"]).await.ok();
    listed.prints("示例市洪涝台风").prints("asked for at IV");
    // Asked for twice: whom to ask stands there, and it can be typed.
    let twice = office.by("zhiban", &first).await.exits(5);
    let hint = next(&twice);
    let confirm = hint
        .split("fabu ")
        .nth(1)
        .unwrap_or_else(|| panic!("{hint}"));
    let confirm: Vec<&str> = confirm.split(' ').collect();
    let second = typed(&raise("III"));
    let second: Vec<&str> = second.iter().map(String::as_str).collect();
    office
        .by("zhiban", &second)
        .await
        .ok()
        .tells("is not meant any more");
    let late = office.by("fushizhang", &confirm).await.exits(5);
    late.tells("overtaken by a change of level");
    let board = ["incident", "show", &incident, "--json"];
    let shown = office.by("zhiban", &board).await.ok().json();
    assert_eq!(shown.get("asked"), None, "{}", shown["asked"]);
    assert_eq!(shown["level"], "III");
    // And the new wish is confirmed.
    let again = [&first[..], &["--json"]].concat();
    let asked = office.by("zhiban", &again).await.ok().json();
    let confirm = ["incident", "confirm", asked["id"].as_str().unwrap()];
    office.by("fushizhang", &confirm).await.ok();
    let shown = office.by("zhiban", &board).await.ok().json();
    assert_eq!(shown["level"], "I");
    let journal = office.journal(&["--lang", "zh-CN"]).await;
    assert!(journal.contains("提请作废"), "{journal}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn english_is_told_by_name_where_there_is_one() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let list = office.by("zhiban", &["release", "list"]).await.ok();
    assert!(!list.out.contains("应急响应通告"), "{}", list.out);
    list.prints("Duty officer").prints(NOTICE);
    let submit = office.by("zhiban", &["release", "submit", &notice]).await;
    submit
        .ok()
        .tells("Section head (Flood Control Office of Shili City)");
    let shown = office
        .by("zhiban", &["incident", "show", &incident])
        .await
        .ok();
    shown
        .prints("Shili City")
        .prints("Flood and typhoon")
        .prints("Situation (situation)");
    let mut declare = at_level("flood", "IV");
    declare[6] = "Linjiang";
    let refused = office.by("zhiban", &declare).await.exits(3);
    refused.tells("320299101 Linjiang Town");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_option_that_is_none_is_answered_with_what_the_command_has() {
    let mut office = Office::open().await;
    let raise = [
        "incident", "raise", "L-01J", "--level", "I", "--reason", "x",
    ];
    let refused = office.by("zhiban", &raise).await.exits(2);
    assert!(!refused.err.contains("--server"), "{}", refused.err);
    refused.tells("written without a name");
    let slip = ["incident", "raise", "L-01J", "I", "--raeson", "x"];
    office.by("zhiban", &slip).await.exits(2).tells("--reason");
    let show = office
        .by("zhiban", &["incident", "show", "L-01J", "--jsno"])
        .await;
    show.exits(2).tells("--json");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_machine_word_stands_where_a_name_is_known() {
    let mut office = Office::open().await;
    let zh = ["--lang", "zh-CN"];
    let declare = [&at_level("flood", "IV")[..], &["--fact", "situation=暴雨"]].concat();
    let incident = office
        .by("zhiban", &[&declare[..], &["--json"]].concat())
        .await
        .ok()
        .json();
    let id = incident["id"].as_str().unwrap();
    let notice = released(&mut office, id, "response-notice").await;
    let shown = [&["release", "show", &notice], &zh[..]].concat();
    let shown = office.by("zhiban", &shown).await.ok();
    assert!(!shown.out.contains("incident.expected"), "{}", shown.out);
    shown.prints("预计持续时间（expected-duration）");
    let submit = [&["release", "submit", &notice], &zh[..]].concat();
    let refused = office.by("zhiban", &submit).await.exits(5);
    assert!(
        !refused.err.contains("incident.expected"),
        "{}",
        refused.err
    );
    let body = [&["release", "submit", &notice], &zh[..]].concat();
    let refused = office.by("anquan", &body).await.exits(4);
    assert!(!refused.err.contains("flood-office"), "{}", refused.err);
    let found = [
        &[
            "incident",
            "request",
            id,
            "rumour-refutation",
            "--found-at",
            "23:59",
        ],
        &zh[..],
    ]
    .concat();
    let refused = office.by("zhiban", &found).await.exits(3);
    refused.tells("发现时间：");
    let time = [&["incident", "facts", id, "warning-time=soon"], &zh[..]].concat();
    let refused = office.by("zhiban", &time).await.exits(3);
    refused.tells("+08:00");
    assert_eq!(json!(incident["event"]), "flood");
}
