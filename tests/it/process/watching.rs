//! Plan files that change while the server runs.

use serde_json::{Value, json};

use crate::support::installation::{Server, flood_declaration, flood_office};
use crate::support::peers::free_port;

const PLAN: &str = "plans/flood/plan.yaml";
const PUBLIC: &str = "https://fabu.shili.invalid";

/// What `/readyz` says once `enough` of it is so.
async fn readiness(server: &Server, what: &str, enough: impl Fn(&Value) -> bool) -> Value {
    let wanted = |told: &Value| enough(told).then(|| told.clone());
    server.until(what, "", "/readyz", wanted).await
}

fn is_sound(told: &Value) -> bool {
    told["plan_faults"] == json!([])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_plan_never_replaces_a_good_one_and_a_mended_one_is_taken_up() {
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let server = office.serve_with(|command| {
        command.env("FABU__PORTAL__BASE_URL", PUBLIC);
    });
    readiness(&server, "a sound start", is_sound).await;

    let plan = office.desk.read(PLAN);
    let line = plan
        .lines()
        .position(|line| line.contains("template: response-notice"));
    let line = line.unwrap() + 1;
    let broken = plan.replacen("template: response-notice", "templete: response-notice", 1);
    office.desk.write(PLAN, broken);
    let told = readiness(&server, "the fault at /readyz", |told| !is_sound(told)).await;
    assert_eq!(told["ready"], true, "{told}");
    let fault = told["plan_faults"].to_string();
    assert!(fault.contains(&format!("{PLAN}:{line}:")), "{fault}");
    assert!(fault.contains("templete"), "{fault}");

    let declared = server
        .post(&officer, "/api/v1/incidents", flood_declaration())
        .await;
    let notice = |declared: &Value| {
        let releases = declared["releases"].as_array().unwrap();
        let notice = releases.iter().find(|r| r["item"] == "response-notice");
        notice.unwrap().clone()
    };
    assert_eq!(notice(&declared)["name"], "启动（调整）防汛应急响应通告");

    office.desk.write(
        PLAN,
        plan.replace("启动（调整）防汛应急响应通告", "启动响应通告"),
    );
    readiness(&server, "the mended plan", is_sound).await;
    let mut another = flood_declaration();
    another["another"] = true.into();
    let declared = server.post(&officer, "/api/v1/incidents", another).await;
    let notice = notice(&declared);
    assert_eq!(notice["name"], "启动响应通告");

    // What the configuration says holds for files that were read again, too.
    let path = format!("/api/v1/releases/{}", notice["id"].as_str().unwrap());
    let text = server
        .until("the draft", &officer, &path, |release| {
            let bulletin = &release["bulletin"];
            (!bulletin.is_null()).then(|| bulletin.to_string())
        })
        .await;
    assert!(text.contains(PUBLIC), "{text}");
    assert!(!text.contains("127.0.0.1"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_added_or_switched_off_in_its_file_is_taken_up() {
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let server = office.serve();
    let shown = async |code: &str, wanted: bool| {
        let path = "/api/v1/channels";
        let is_so = |told: &Value| {
            let mut channels = told.as_array().unwrap().iter();
            let one = channels.find(|one| one["channel"] == code)?;
            (one["enabled"] == wanted).then_some(())
        };
        server.until(code, &officer, path, is_so).await;
    };
    office.desk.write(
        "channels/archive.yaml",
        "channel: archive\nname: 存档\nkind: file\nfile: {folder: out, addresses: none}\n",
    );
    shown("archive", true).await;
    let mail = office.desk.read("channels/media-mail.yaml");
    office.desk.write(
        "channels/media-mail.yaml",
        mail.replace("enabled: true", "enabled: false"),
    );
    shown("media-mail", false).await;
}
