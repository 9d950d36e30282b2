//! Who may call what: every path of the router, by everybody there is.

use std::fmt::Write as _;

use fabu::domain::body::{Body, Post};
use fabu::domain::plan::PlanSet;
use fabu::domain::rights::Right;
use fabu::domain::time::Span;
use fabu::web::api::routes::{self, Access, Route};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood, flood_with};
use crate::support::town::examples;

/// Whoever calls, by what they are to the flood office's incident.
const CALLERS: [(&str, &[&str]); 13] = [
    ("no post", &[]),
    ("other body", &["earthquake-office/section-head"]),
    ("takes part", &["publicity-department/spokesperson"]),
    ("drafter", &["flood-office/clerk"]),
    ("signer", &["flood-office/section-head"]),
    ("corrector", &["flood-office/duty-leader"]),
    ("second", &["county-government/deputy-mayor"]),
    ("administer", &["hall/administer"]),
    ("direct-drills", &["hall/direct-drills"]),
    ("switch-channels", &["hall/switch-channels"]),
    ("contacts", &["hall/contacts"]),
    ("declare", &["flood-office/declare"]),
    ("audit", &["hall/audit"]),
];

fn post(code: &str, rights: Vec<Right>) -> Post {
    Post {
        post: code.into(),
        name: code.into(),
        name_en: None,
        rank: Default::default(),
        sign_within: Span::minutes(5),
        deputy: None,
        told_of_overdue: false,
        rights,
    }
}

/// The examples, with each right at a post that has nothing else.
fn plans() -> PlanSet {
    let mut plans = examples();
    for body in &mut plans.bodies {
        for post in &mut body.posts {
            post.rights.clear();
        }
        if body.body == "flood-office" {
            body.posts.push(post("clerk", Vec::new()));
            body.posts.push(post("declare", vec![Right::Declare]));
        }
    }
    let hall = Right::ALL.map(|right| post(right.code(), vec![right]));
    plans.bodies.push(Body {
        body: "hall".into(),
        name: "大厅".into(),
        name_en: None,
        document_prefix: None,
        sms_signature: None,
        hotline: None,
        may_release: Vec::new(),
        posts: hall.into(),
    });
    plans
}

struct Scene {
    incident: String,
    /// Under review, waiting for the first signer.
    notice: Value,
    asked: String,
}

/// What a path is called with. A path that is not here fails the test.
fn sample(route: &Route, scene: &Scene) -> (String, Value) {
    let reason = || json!({ "reason": "试一试" });
    let (incident, notice) = (&*scene.incident, scene.notice["id"].as_str().unwrap());
    let body = match (&*route.method, &*route.path) {
        ("POST", "/api/v1/incidents") => flood_with("another", json!(true)),
        ("PUT", "/api/v1/incidents/{id}/facts") => json!({ "facts": { "rainfall": 1 } }),
        ("POST", "/api/v1/incidents/{id}/level") => json!({ "level": "III", "reason": "试一试" }),
        ("POST", "/api/v1/incidents/{id}/end") => reason(),
        ("POST", "/api/v1/incidents/{id}/archive") => json!({}),
        ("POST", "/api/v1/incidents/{id}/releases") => json!({ "item": "rumour-refutation" }),
        ("POST", "/api/v1/asked/{id}/confirm") => json!({}),
        ("POST", "/api/v1/asked/{id}/decline") => reason(),
        ("POST", "/api/v1/releases/{id}/decision") => {
            json!({ "answer": "ask-again", "minutes": 30 })
        }
        ("PUT", "/api/v1/releases/{id}/places") => json!({ "areas": ["320299101"] }),
        ("PUT", "/api/v1/releases/{id}/text") => json!({ "text": "试一试。" }),
        ("POST", "/api/v1/releases/{id}/submit") => json!({}),
        ("POST", "/api/v1/releases/{id}/return") => reason(),
        ("POST", "/api/v1/releases/{id}/approve") => {
            let hash = scene.notice["bulletin"]["hash"].as_str();
            json!({ "hash": hash.map_or_else(|| "0".repeat(64), str::to_owned) })
        }
        ("POST", "/api/v1/releases/{id}/waive") => reason(),
        ("POST", "/api/v1/releases/{id}/correct") => json!({ "kind": "wrong-content" }),
        ("POST", "/api/v1/releases/{id}/withdraw") => reason(),
        ("POST", "/api/v1/releases/{id}/resend") => json!({}),
        ("POST", "/api/v1/channels/{code}/enable" | "/api/v1/channels/{code}/disable") => json!({}),
        ("POST", "/api/v1/channels/{code}/test") => json!({}),
        ("PUT", "/api/v1/contacts") => json!({ "file": "x", "contacts": [] }),
        ("POST", "/api/v1/people") => json!({ "login": "xinren", "name": "新人" }),
        ("PUT", "/api/v1/people/{login}/posts") => json!({ "posts": [] }),
        ("POST", "/api/v1/people/{login}/disable") => json!({}),
        ("POST", "/api/v1/people/{login}/tokens") => json!({}),
        ("POST", "/api/v1/people/{login}/tokens/revoke") => json!({}),
        ("POST", "/api/v1/drill") => json!({ "drill": "flood-night" }),
        ("POST", "/api/v1/drill/inject") => json!({ "next": true }),
        ("POST", path) if path.starts_with("/api/v1/drill/") => json!({}),
        ("GET", _) => Value::Null,
        other => panic!("{other:?} is new: say here what it is called with"),
    };
    let about = match &*route.path {
        path if path.starts_with("/api/v1/incidents/") => incident,
        path if path.starts_with("/api/v1/asked/") => &scene.asked,
        _ => notice,
    };
    let path = route
        .path
        .replace("{id}", about)
        .replace("{code}", "portal")
        .replace("{login}", "zhiban");
    let query = match (&*route.method, &*route.path) {
        // Nothing is done, and the next caller finds what this one found.
        ("GET", "/api/v1/deliveries" | "/api/v1/reports/delivery") => format!("?release={notice}"),
        ("GET", _) | (_, "/api/v1/channels/{code}/test") => String::new(),
        _ => "?dry_run=true".into(),
    };
    (format!("{path}{query}"), body)
}

fn request(
    house: &House,
    route: &Route,
    scene: &Scene,
    token: Option<&str>,
) -> reqwest::RequestBuilder {
    let (path, body) = sample(route, scene);
    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
    let mut request = house.http.request(method, format!("{}{path}", house.base));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if !body.is_null() {
        request = request.json(&body);
    }
    request
}

async fn call(house: &House, route: &Route, scene: &Scene, token: Option<&str>) -> u16 {
    let heard = Heard::of(request(house, route, scene, token)).await;
    if heard.status == 403 {
        let problem = heard.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("nothing was"), "{problem:#}");
    }
    heard.status.as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_is_open_to_whom_the_table_names() {
    walk(plans(), "matrix.txt").await;
}

/// A file from before there were rights: what is usual holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_rights_are_given_what_is_usual_holds() {
    let mut plans = plans();
    for post in plans.bodies.iter_mut().flat_map(|body| &mut body.posts) {
        post.rights.clear();
    }
    walk(plans, "matrix-usual.txt").await;
}

/// Whatever became of an incident, a text or a wish: whoever may not act is told that, and nothing of the state, and no version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_act_learns_nothing_but_that() {
    let database = Database::sqlite();
    let house = House::with(&database, plans()).await;
    let hired = async |login: &str, post: &str| house.hire(login, &[post]).await;
    let duty = hired("zhiban-2", "flood-office/declare").await;
    let signer = hired("kezhang-2", "flood-office/section-head").await;
    let leader = hired("daiban-2", "flood-office/duty-leader").await;
    let mayor = hired("fushizhang-2", "county-government/deputy-mayor").await;
    let stranger = house.hire("stranger", &[]).await;
    let other = hired("other", "earthquake-office/section-head").await;

    let declared = house.post_as(&duty, "/api/v1/incidents", &flood()).await;
    let declared = declared.status(201);
    let incident = declared["id"].as_str().unwrap().to_owned();
    let releases = declared["releases"].as_array().unwrap();
    let of = |item: &str| {
        let found = releases.iter().find(|one| one["item"] == item);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (notice, waived) = (of("response-notice"), of("flood-situation"));
    let path = |what: &str| format!("/api/v1/incidents/{incident}/{what}");
    let reason = json!({ "reason": "试一试" });
    let raise = json!({ "level": "I", "reason": "大堤出险" });
    let asked = house
        .post_as(&duty, &path("level"), &raise)
        .await
        .status(202);
    let asked = asked["id"].as_str().unwrap().to_owned();
    let declined = format!("/api/v1/asked/{asked}/decline");
    house.post_as(&duty, &declined, &reason).await.ok();
    let give_up = format!("/api/v1/releases/{waived}/waive");
    house.post_as(&signer, &give_up, &reason).await.ok();
    house.release_once(&notice, "drafting").await;
    let drafted = house.get(&format!("/api/v1/releases/{notice}")).await.ok();
    let sign = json!({ "hash": drafted["bulletin"]["hash"], "fast": true });
    let approve = format!("/api/v1/releases/{notice}/approve");
    let out = house.post_as(&leader, &approve, &sign).await.ok();
    assert_eq!(out["status"], "published");
    let waived = house.get(&format!("/api/v1/releases/{waived}")).await.ok();
    let scene = |notice: &Value| Scene {
        incident: incident.clone(),
        notice: notice.clone(),
        asked: asked.clone(),
    };
    let strangers = [&stranger, &other];
    learn_nothing(&house, &scene(&out), strangers).await;
    learn_nothing(&house, &scene(&waived), strangers).await;
    let end = house
        .post_as(&duty, &path("end"), &reason)
        .await
        .status(202);
    let confirm = format!("/api/v1/asked/{}/confirm", end["id"].as_str().unwrap());
    house.post_as(&mayor, &confirm, &json!({})).await.ok();
    learn_nothing(&house, &scene(&out), strangers).await;
    house.close().await;
}

async fn learn_nothing(house: &House, scene: &Scene, strangers: [&String; 2]) {
    let about = ["/api/v1/incidents/", "/api/v1/releases/", "/api/v1/asked/"];
    for route in routes::list() {
        let is_meant = about.iter().any(|head| route.path.starts_with(head));
        if !is_meant || !matches!(route.access, Access::To(_)) {
            continue;
        }
        for token in strangers {
            let request = request(house, &route, scene, Some(token)).header("if-match", "\"999\"");
            let heard = Heard::of(request).await;
            let state = &scene.notice["status"];
            assert_eq!(heard.status, 403, "{route:?} {state} {}", heard.json());
        }
    }
}

async fn walk(plans: PlanSet, kept: &str) {
    let given = kept == "matrix.txt";
    let database = Database::sqlite();
    let house = House::with(&database, plans).await;
    let mut tokens = Vec::new();
    for (n, (_, posts)) in CALLERS.iter().enumerate() {
        tokens.push(house.hire(&format!("caller-{n}"), posts).await);
    }
    let by = |name: &str| &*tokens[CALLERS.iter().position(|(one, _)| *one == name).unwrap()];
    let declared = house
        .post_as(by("declare"), "/api/v1/incidents", &flood())
        .await
        .status(201);
    let incident = declared["id"].as_str().unwrap().to_owned();
    let releases = declared["releases"].as_array().unwrap();
    let notice = releases.iter().find(|r| r["item"] == "response-notice");
    let notice = notice.unwrap()["id"].as_str().unwrap().to_owned();
    house.release_once(&notice, "drafting").await;
    let submitted = house
        .post_as(
            by("drafter"),
            &format!("/api/v1/releases/{notice}/submit"),
            &json!({}),
        )
        .await
        .ok();
    let asked = house
        .post_as(
            by("declare"),
            &format!("/api/v1/incidents/{incident}/level"),
            &json!({ "level": "I", "reason": "大堤出险" }),
        )
        .await
        .status(202);
    let scene = Scene {
        incident,
        notice: submitted,
        asked: asked["id"].as_str().unwrap().to_owned(),
    };

    let mut matrix = String::new();
    let names: Vec<&str> = CALLERS.iter().map(|(name, _)| *name).collect();
    writeln!(matrix, "nobody | {}", names.join(" | ")).unwrap();
    for route in routes::list() {
        let mut seen = vec![call(&house, &route, &scene, None).await];
        for token in &tokens {
            seen.push(call(&house, &route, &scene, Some(token)).await);
        }
        let (nobody, staff) = (seen[0], &seen[1..]);
        match route.access {
            Access::Open => assert!(seen.iter().all(|code| !matches!(code, 401 | 403))),
            Access::Staff => {
                assert_eq!(nobody, 401, "{route:?}");
                assert!(staff.iter().all(|code| *code != 403), "{route:?} {seen:?}");
            }
            Access::To(_) => {
                assert_eq!(nobody, 401, "{route:?}");
                assert!(!given || staff.contains(&403), "anybody may {route:?}");
                assert!(
                    !given || staff.iter().any(|c| *c != 403),
                    "nobody may {route:?}"
                );
            }
        }
        let mark = |code: &u16| match code {
            401 => '?',
            403 => '-',
            500.. => panic!("{route:?} {seen:?}"),
            _ => 'x',
        };
        let marks: String = seen.iter().map(mark).collect();
        writeln!(matrix, "{marks}  {:4} {}", route.method, route.path).unwrap();
    }
    golden(&matrix, kept);
    house.close().await;
}

fn golden(matrix: &str, kept: &str) {
    let path = format!("{}/tests/it/api/{kept}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FABU_BLESS").is_some() {
        std::fs::write(&path, matrix).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    for (now, then) in matrix.lines().zip(kept.lines()) {
        assert_eq!(now, then, "{matrix}");
    }
    assert_eq!(
        matrix, kept,
        "FABU_BLESS=1 writes it anew; read the difference"
    );
}
