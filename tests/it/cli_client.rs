//! The operator's commands as a duty officer types them: the real program against the real API over a real socket.

mod decided;
mod duty;
mod harm;
mod night;
mod office;
mod sending;
mod server;
mod signing;
mod terminal;

use office::{NOTICE, Office, Said};

use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_goes_from_declaration_to_the_public() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;

    let list = ["release", "list", "--incident", &incident];
    let list = office.by("zhiban", &list).await.ok();
    let line = list
        .out
        .lines()
        .find(|line| line.contains(&notice))
        .unwrap();
    assert!(
        line.contains(NOTICE) && line.contains(" 07-01 12:00 "),
        "{line}"
    );
    assert!(
        line.contains(" 1h left") && line.contains("Duty officer"),
        "{line}"
    );

    let preview = office.by("zhiban", &["release", "preview", &notice]).await;
    preview
        .ok()
        .prints("── portal, work-group, village-group, notice-board · zh-CN")
        .prints("── media-mail · zh-CN")
        .prints("audience groups media: media-mail")
        .prints("加密巡堤查险")
        .tells(&format!("next: fabu release submit {notice}"));
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok()
        .tells("waits for Section head (Flood Control Office of Shili City)");

    let code = office.code("kezhang", &notice).await;
    let approve = ["release", "approve", &notice, "--code", &code];
    office
        .by("kezhang", &approve)
        .await
        .ok()
        .tells("waits for Office director (Flood Control Office of Shili City)");
    let mine = office
        .by("zhuren", &["release", "list", "--mine", "--json"])
        .await
        .ok()
        .json();
    assert_eq!(mine.as_array().unwrap().len(), 1);
    assert_eq!(mine[0]["id"], notice.as_str());

    let hash = office.release(&notice).await["bulletin"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let approve = ["release", "approve", &notice, "--hash", &hash];
    office
        .by("zhuren", &approve)
        .await
        .ok()
        .tells("published 2026-07-01 11:00");
    assert_eq!(office.release(&notice).await["status"], "published");
    assert_eq!(office.town.parcels("work-group").len(), 1);

    let timeline = ["report", "timeline", "--incident", &incident];
    office
        .by("zhiban", &timeline)
        .await
        .ok()
        .prints("published, 1h early");
    office
        .by("zhiban", &["report", "timeliness"])
        .await
        .ok()
        .prints("100.0%");
    let delivery = ["report", "delivery", &notice];
    office
        .by("zhiban", &delivery)
        .await
        .ok()
        .prints("work-group");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_declared_names_its_field() {
    let mut office = Office::open().await;
    let declare = |event: &'static str, area: &'static str| {
        [
            "incident", "declare", event, "--level", "IV", "--area", area,
        ]
    };
    office
        .by("zhiban", &declare("floods", "320299"))
        .await
        .exits(3)
        .tells("event: no plan is about \"floods\"")
        .tells("there are plans for ");
    office
        .by("zhiban", &declare("flood", "110000"))
        .await
        .exits(3)
        .tells("areas: there is no place “110000”");
    let fact = [&declare("flood", "320299")[..], &["--fact", "rainfal=5"]].concat();
    office.by("zhiban", &fact).await.exits(3).tells("rainfal: ");
    let level = [
        "incident", "declare", "flood", "--level", "V", "--area", "320299",
    ];
    office.by("zhiban", &level).await.exits(2);
    let broken = office.folder.path().join("broken.yaml");
    std::fs::write(&broken, "rainfall: 5\nrainfall: 6\n").unwrap();
    let file = [&declare("flood", "320299")[..], &["--facts", "broken.yaml"]].concat();
    office
        .by("zhiban", &file)
        .await
        .exits(3)
        .tells("broken.yaml:2:1: ");
    let all = office
        .by("zhiban", &["incident", "list", "--json"])
        .await
        .ok()
        .json();
    assert_eq!(all, serde_json::json!([]), "nothing was half declared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_shows_what_would_happen_and_leaves_no_trace() {
    let mut office = Office::open().await;
    let mut declare = vec![
        "incident", "declare", "flood", "--level", "II", "--area", "320299",
    ];
    declare.push("--dry-run");
    office
        .by("zhiban", &declare)
        .await
        .ok()
        .prints(NOTICE)
        .tells("nothing was changed");
    assert!(office.town.journal().await.is_empty());

    let (incident, _) = office.declare().await;
    let before = office.town.journal().await.len();
    let disable = ["channel", "disable", "sms", "--dry-run"];
    office.by("anquan", &disable).await.ok();
    let raise = [
        "incident",
        "raise",
        &incident,
        "I",
        "--reason",
        "水位超历史",
        "--dry-run",
    ];
    office.by("zhiban", &raise).await.ok();
    assert_eq!(office.town.journal().await.len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn levels_and_facts_follow_the_incident() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let raise = ["incident", "raise", &incident, "II", "--reason", "雨势加强"];
    office
        .by("zhiban", &raise)
        .await
        .ok()
        .prints(" 07-01 11:30");
    let slip = [
        "incident",
        "raise",
        &incident,
        "III",
        "--reason",
        "雨势减弱",
    ];
    office
        .by("zhiban", &slip)
        .await
        .exits(5)
        .tells(&format!("next: fabu incident lower {incident} III"));
    let facts = [
        "incident",
        "facts",
        &incident,
        "rainfall=180",
        "--as-of",
        "10:50",
        "--source",
        "市水文站",
    ];
    office
        .by("zhiban", &facts)
        .await
        .ok()
        .prints("180 ")
        .prints("2026-07-01 10:50");
    let show = office
        .by("zhiban", &["incident", "show", &incident])
        .await
        .ok();
    show.prints("雨势加强")
        .prints("level II")
        .prints("市水文站")
        .prints(&notice);
    let end = ["incident", "end", &incident, "--reason", "雨停水退"];
    let asked = office.by("zhiban", &end).await.ok();
    asked
        .tells("not done yet")
        .tells("Deputy mayor in charge (People's Government of Shili City)");
    office
        .by("zhiban", &end)
        .await
        .exits(5)
        .tells("asked twice");
    let waiting = office.by("zhiban", &["incident", "asked"]).await.ok();
    waiting.prints("雨停水退").prints("示例市洪涝台风");
    for (lang, waits, next) in [
        (
            "en",
            "waiting for a second person:",
            "next: ask Deputy mayor in charge (People's Government of Shili City)",
        ),
        (
            "zh-CN",
            "待第二人确认：",
            "下一步：请 示例市人民政府分管副市长",
        ),
    ] {
        let show = ["incident", "show", &incident, "--lang", lang];
        let shown = office
            .by("zhiban", &show)
            .await
            .ok()
            .prints(waits)
            .prints("雨停水退");
        shown.tells(next).tells("fabu incident confirm ");
        let mine = ["release", "list", "--mine", "--lang", lang];
        office
            .by("fushizhang", &mine)
            .await
            .ok()
            .prints(waits)
            .tells("fabu incident confirm ");
        let own = office.by("zhiban", &mine).await.ok();
        assert!(!own.out.contains(waits), "{}", own.out);
    }
    let waiting = office
        .by("zhiban", &["incident", "asked", "--json"])
        .await
        .ok();
    let waiting: Value = serde_json::from_str(&waiting.out).unwrap();
    let confirm = ["incident", "confirm", waiting[0]["id"].as_str().unwrap()];
    let own = office.by("zhiban", &confirm).await;
    own.exits(4).tells("another person than the one who asked");
    let done = office.by("fushizhang", &confirm).await.ok();
    done.tells("confirmed, ended");
    office
        .by("fushizhang", &confirm)
        .await
        .exits(5)
        .tells("confirmed at");
    office.by("zhiban", &end).await.exits(5);
    let archive = ["incident", "archive", &incident];
    let early = office.by("zhiban", &archive).await;
    early
        .exits(5)
        .tells("not settled")
        .tells("nothing was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_may_be_typed_in_part_and_is_never_guessed() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let short = notice[notice.len() - 8..].to_lowercase();
    office
        .by("zhiban", &["release", "submit", &short])
        .await
        .ok()
        .tells("waits for Section head (Flood Control Office of Shili City)");
    office
        .by("zhiban", &["incident", "show", &incident[..12]])
        .await
        .ok()
        .prints(&incident);
    office
        .by(
            "zhiban",
            &["release", "waive", &notice[..4], "--reason", "试"],
        )
        .await
        .exits(5)
        .tells("may mean several; nothing was done")
        .tells(&notice);
    office
        .by("zhiban", &["release", "show", "zzzzzz"])
        .await
        .exits(1)
        .tells("no id begins or ends with ZZZZZZ")
        .tells("next: fabu release list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_officer_is_answered_in_chinese() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let zh = |args: &[&'static str]| {
        args.iter()
            .copied()
            .chain(["--lang", "zh-CN"])
            .collect::<Vec<_>>()
    };
    let list = office.by("zhiban", &zh(&["release", "list"])).await.ok();
    let heads = list.out.lines().find(|line| line.contains("时限")).unwrap();
    assert!(
        heads.starts_with("发布任务") && heads.contains("时限") && heads.contains("待办岗位"),
        "{heads}"
    );
    assert!(
        list.out.contains("拟稿") && list.out.contains("还剩1小时"),
        "{}",
        list.out
    );
    assert!(list.err.contains("\n发布任务 "), "{}", list.err);
    let show = ["release", "show", &notice, "--lang", "zh-CN"];
    // Who issues it is not who drafts it.
    office
        .by("zhiban", &show)
        .await
        .ok()
        .prints("公开主体 示例市防汛抗旱指挥部，起草单位 示例市防汛抗旱指挥部办公室，");
    let submit = ["release", "submit", &notice, "--lang", "zh-CN"];
    office.by("zhiban", &submit).await.ok().tells("已送审：");
    let submit = ["release", "submit", &notice, "--lang", "zh-CN"];
    office
        .by("zhiban", &submit)
        .await
        .exits(5)
        .tells("错误：当前状态不允许：")
        .tells(&format!("下一步：fabu release show {notice}"));
    let show = ["incident", "show", &incident, "--lang", "zh-CN"];
    office.by("zhiban", &show).await.ok().prints("进行中");
}
