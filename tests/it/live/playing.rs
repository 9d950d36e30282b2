//! A drill from start to report, played by people through its own API.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Hall, token};
use crate::support::installation::Server;
use crate::support::peers::sink::Sink;

const OFFICER: &str = "flood-office/duty-officer";

#[tokio::test(flavor = "multi_thread")]
async fn people_play_it_and_the_actual_world_hears_nothing() {
    let sink = Sink::start(&[]);
    let hall = Hall::with_mail(sink.as_ref().map_or(1, |sink| sink.port));
    let begun = hall.start(1, &[]).await;
    let notice = draft_of(&hall, &begun, "response-notice").await;
    assert!(notice.starts_with("D-"), "{notice}");

    let path = format!("/api/v1/releases/{notice}");
    hall.as_post(
        &begun,
        OFFICER,
        Method::POST,
        &format!("{path}/submit"),
        &json!({}),
    )
    .await
    .ok();
    for post in ["flood-office/section-head", "flood-office/office-director"] {
        let seen = hall
            .as_post(&begun, post, Method::GET, &path, &json!({}))
            .await
            .ok();
        let hash = json!({ "hash": seen["bulletin"]["hash"] });
        hall.as_post(
            &begun,
            post,
            Method::POST,
            &format!("{path}/approve"),
            &hash,
        )
        .await
        .ok();
    }

    let portal = begun["drill"]["portal"].as_str().unwrap();
    let page = until_page(&hall, &format!("{portal}/b/{notice}"), "以上为演练").await;
    assert!(page.contains("【演练】"), "{page}");
    let actual = page_of(&hall, &hall.server.portal).await;
    assert!(!actual.contains("【演练】"), "{actual}");

    let sent = format!("/api/v1/reports/delivery?release={notice}");
    let mut mails = json!(null);
    for _ in 0..600 {
        let counts = hall
            .as_post(&begun, OFFICER, Method::GET, &sent, &json!({}))
            .await
            .ok();
        let mut counts = counts.as_array().unwrap().iter();
        let mail = counts.find(|count| count["channel"] == "media-mail");
        mails = mail.map_or(json!(null), |mail| mail["deliveries"]["accepted"].clone());
        if mails == 20 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(mails, 20, "mails to simulated people");

    let so_far = hall
        .ask(Method::GET, "/api/v1/drill/report", &json!({}))
        .await
        .ok();
    assert_eq!(so_far["score"]["over"], false);
    assert_eq!(so_far["score"]["passed"], false);
    assert!(
        so_far["pages"]["report.html"]
            .as_str()
            .unwrap()
            .contains("此刻")
    );
    hall.order("stop", json!({ "reason": "试完" })).await.ok();
    let report = hall
        .ask(Method::GET, "/api/v1/drill/report", &json!({}))
        .await
        .ok();
    let published = out_by(&report, "response-notice");
    assert_eq!(published, 1, "{:#}", report["score"]["releases"]);
    assert_eq!(
        report["score"]["passed"], true,
        "{:#}",
        report["score"]["expectations"]
    );
    assert_eq!(report["score"]["over"], true);
    assert_eq!(report["score"]["card"]["unmarked"], 0);
    assert!(report["score"]["card"]["texts"].as_u64().unwrap() >= 20);
    assert!(
        report["transcript"].as_str().unwrap().contains("签发"),
        "{}",
        report["transcript"]
    );
    let run = report["run"].as_str().unwrap();
    for file in [
        "transcript.txt",
        "score.json",
        "report.html",
        "report.en.html",
        "ledger.html",
    ] {
        assert!(hall.drills().join(run).join(file).is_file(), "{file}");
    }

    let incidents = hall.server.get(&hall.chief, "/api/v1/incidents").await;
    assert_eq!(incidents, json!([]));
    let auditor = hall.office.hire("shenji", "data-centre/auditor");
    assert_eq!(
        acts(&hall.server, &auditor).await,
        ["user-added", "drill-started", "drill-ended", "user-added"]
    );
    if let Some(sink) = &sink {
        assert_eq!(sink.taken(), 0, "a drill has sent a mail");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_plays_whom_it_is_told_to_play() {
    let hall = Hall::open();
    let begun = hall
        .start(60, &["flood-office/section-head", OFFICER])
        .await;
    let logins: Vec<&str> = begun["participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["login"].as_str().unwrap())
        .collect();
    assert!(!logins.contains(&"flood-office.section-head"), "{logins:?}");
    // The two simulated people take the notice to the one post that a person plays.
    let director = "flood-office/office-director";
    let drill = hall
        .drill_once("a text that waits for the director", |drill| {
            waits_for(drill, "response-notice") == Some(director)
        })
        .await;
    let waiting = drill["waiting"].as_array().unwrap();
    let notice = waiting
        .iter()
        .find(|one| one["item"] == "response-notice")
        .unwrap();
    let path = format!("/api/v1/releases/{}", notice["release"].as_str().unwrap());
    let seen = hall
        .as_post(&begun, director, Method::GET, &path, &json!({}))
        .await
        .ok();
    assert_eq!(seen["status"], "in-review");
    let hash = json!({ "hash": seen["bulletin"]["hash"] });
    let signed = hall
        .as_post(
            &begun,
            director,
            Method::POST,
            &format!("{path}/approve"),
            &hash,
        )
        .await
        .ok();
    assert_eq!(signed["status"], "published");
    assert!(token(&begun, director).starts_with("fabu-drill-"));
}

fn waits_for<'a>(drill: &'a Value, item: &str) -> Option<&'a str> {
    let mut waiting = drill["waiting"].as_array()?.iter();
    waiting.find(|one| one["item"] == item)?["post"].as_str()
}

fn out_by(report: &Value, item: &str) -> usize {
    let releases = report["score"]["releases"].as_array().unwrap().iter();
    releases
        .filter(|one| one["item"] == item && one["published_at"].is_string())
        .count()
}

/// The drill's release of `item`, once it has a draft.
async fn draft_of(hall: &Hall, begun: &Value, item: &str) -> String {
    for _ in 0..600 {
        let releases = hall
            .as_post(begun, OFFICER, Method::GET, "/api/v1/releases", &json!({}))
            .await
            .ok();
        let mut releases = releases.as_array().unwrap().iter();
        if let Some(found) = releases.find(|one| one["item"] == item && one["status"] == "drafting")
        {
            return found["id"].as_str().unwrap().to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{item} has no draft");
}

async fn page_of(hall: &Hall, url: &str) -> String {
    hall.http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

async fn until_page(hall: &Hall, url: &str, words: &str) -> String {
    let mut page = String::new();
    for _ in 0..600 {
        page = page_of(hall, url).await;
        if page.contains(words) {
            return page;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{url} never says {words}: {page}");
}

/// A player asks for the end; the simulated deputy mayor confirms it.
#[tokio::test(flavor = "multi_thread")]
async fn simulated_people_are_the_second_person() {
    let hall = Hall::open();
    let begun = hall.start(60, &["county-government"]).await;
    let declared = async || {
        let path = "/api/v1/incidents";
        let heard = hall
            .as_post(&begun, OFFICER, Method::GET, path, &json!({}))
            .await;
        heard.ok()[0].clone()
    };
    let mut incident = json!(null);
    for _ in 0..600 {
        incident = declared().await;
        if incident["id"].is_string() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let path = format!("/api/v1/incidents/{}/end", incident["id"].as_str().unwrap());
    let reason = json!({ "reason": "雨停水退" });
    let asked = hall
        .as_post(&begun, OFFICER, Method::POST, &path, &reason)
        .await
        .status(202);
    assert_eq!(asked["waits_for"][0], "county-government/deputy-mayor");
    for _ in 0..600 {
        incident = declared().await;
        if incident["status"] == "ended" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(incident["status"], "ended", "{incident:#}");
    hall.order("stop", json!({})).await.ok();
}

async fn acts(server: &Server, token: &str) -> Vec<String> {
    let wanted = |journal: &Value| {
        let entries = journal.as_array()?;
        let acts: Vec<String> = entries
            .iter()
            .map(|entry| entry["act"].as_str().unwrap_or_default().to_owned())
            .collect();
        acts.contains(&"drill-ended".to_owned()).then_some(acts)
    };
    server
        .until(
            "the end of the drill",
            token,
            "/api/v1/journal?limit=100",
            wanted,
        )
        .await
}
