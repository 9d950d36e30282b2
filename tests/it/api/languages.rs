//! A refusal in the language of whoever asked: Chinese holds no English sentence, and English is what it always was.

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood, flood_with};
use crate::support::town::examples;

const INCIDENTS: &str = "/api/v1/incidents";

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Whether three English words follow each other; a command to type is none.
pub fn speaks_english(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    let words = std::iter::once("").chain(text.split([' ', '`', '\n', '，', '：', '；']));
    let words: Vec<&str> = words.collect();
    let mut fours = words.windows(4).filter(|four| !four[..2].contains(&"fabu"));
    fours.any(|four| four[1..].iter().all(is_word))
}

/// Asks twice, in Chinese and in no language; returns what the English says.
#[track_caller]
fn judge(chinese: &Heard, english: &Heard, detail: &str) {
    assert_eq!(english.headers[CONTENT_LANGUAGE], "en");
    assert_eq!(chinese.headers[CONTENT_LANGUAGE], "zh-CN", "{chinese:?}");
    for name in ["content-type", "www-authenticate", "retry-after"] {
        assert_eq!(chinese.headers.get(name), english.headers.get(name));
    }
    let (chinese, english) = (chinese.json(), english.json());
    assert_eq!(english["detail"], detail, "{english:#}");
    for same in ["type", "status", "existing", "deed", "who"] {
        assert_eq!(chinese[same], english[same], "{same} of {chinese:#}");
    }
    let words = |problem: &Value| -> Vec<String> {
        let fields = problem["problems"].as_array().into_iter().flatten();
        let fields = fields.map(|one| one["what"].clone());
        let all = [problem["title"].clone(), problem["detail"].clone()];
        let all = all.into_iter().chain(fields);
        all.map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words(&chinese).len(), words(&english).len());
    for said in words(&chinese) {
        assert!(said.chars().any(is_han), "{said}");
        assert!(!speaks_english(&said), "{said}");
    }
}

async fn refused(ask: impl Fn() -> RequestBuilder, detail: &str) {
    let chinese = ask().header(ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.8");
    let (chinese, english) = (Heard::of(chinese).await, Heard::of(ask()).await);
    judge(&chinese, &english, detail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_said_in_the_language_of_whoever_asks() {
    let database = Database::sqlite();
    let house = House::with(&database, examples()).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let stranger = house
        .hire("luren", &["publicity-department/spokesperson"])
        .await;
    let administrator = house
        .hire("xitong", &["data-centre/system-administrator"])
        .await;
    let (incident, notice) = house.declare().await;
    let drafted = house.release_once(&notice, "drafting").await;
    let hash = drafted["bulletin"]["hash"].as_str().unwrap().to_owned();
    let (of, release) = (
        format!("{INCIDENTS}/{incident}"),
        format!("/api/v1/releases/{notice}"),
    );

    let as_officer = |method: Method, path: &str, body: Value| {
        let path = path.to_owned();
        let house = &house;
        move || house.request(method.clone(), &path).json(&body)
    };
    let get = |path: &str| as_officer(Method::GET, path, Value::Null);
    let post = |path: &str, body: Value| as_officer(Method::POST, path, body);
    let post_as = |token: &str, path: &str, body: Value| {
        let url = format!("{}{path}", house.base);
        let (http, token) = (house.http.clone(), token.to_owned());
        move || http.post(&url).bearer_auth(&token).json(&body)
    };
    let nobody = || house.http.get(format!("{}/api/v1/me", house.base));

    // Requests that cannot be what is meant.
    refused(nobody, "send `Authorization: Bearer TOKEN` with a token of `fabu user token LOGIN`; nothing was done").await;
    refused(
        get("/api/v1/nowhere"),
        "there is no path /api/v1/nowhere; nothing was done",
    )
    .await;
    refused(
        get("/api/v1/incidents/L-1"),
        "there is no incident L-1; nothing was done",
    )
    .await;
    refused(
        as_officer(Method::PUT, INCIDENTS, json!({})),
        "PUT is not what /api/v1/incidents takes; see /openapi.json",
    )
    .await;
    refused(
        post(INCIDENTS, json!([])),
        "the body is not the JSON that this path takes: it is a list where an object with named fields is expected; nothing was changed",
    )
    .await;
    let keyed = || {
        house
            .request(Method::POST, INCIDENTS)
            .header("idempotency-key", "")
    };
    refused(
        keyed,
        "the header idempotency-key must be 1 to 100 printable ASCII characters; nothing was changed",
    )
    .await;
    refused(
        get("/api/v1/releases?mine=true&post=flood-office/duty-officer"),
        "post: ask for `mine` or for one post, not for both; nothing was changed",
    )
    .await;
    refused(
        get("/api/v1/releases?post=duty-officer"),
        "post: \"duty-officer\" is not a post: write body/post, such as flood-office/section-head; nothing was changed",
    )
    .await;

    // Fields that cannot be used.
    refused(
        post(INCIDENTS, flood_with("level", json!("V"))),
        "level: \"V\" is not a response level: use IV, III, II or I (Ⅳ–Ⅰ, 4–1 and 四级–一级 are understood); nothing was changed",
    )
    .await;
    refused(
        post(INCIDENTS, flood_with("areas", json!(["3202"]))),
        "areas: \"3202\" is not a division code of 6, 9 or 12 digits; nothing was changed",
    )
    .await;
    refused(
        post(INCIDENTS, flood_with("title", json!("一\n二"))),
        "title: it must be one line; nothing was changed",
    )
    .await;
    refused(
        post(&format!("{of}/end"), json!({ "reason": "  " })),
        "reason: it is empty; nothing was changed",
    )
    .await;

    // What does not go together with what stands.
    refused(
        post(INCIDENTS, flood()),
        &format!(
            "{} was already declared as {incident} ({}) and is active at level IV; raise that one, or say that another is meant; nothing was declared",
            house.get(&of).await.ok()["title"].as_str().unwrap(),
            house.realm.now().format("%Y-%m-%d %H:%M UTC")
        ),
    )
    .await;
    refused(
        post(
            &format!("{of}/level"),
            json!({ "level": "IV", "reason": "无变化" }),
        ),
        &format!(
            "the response is at level IV already, since {}; nothing was changed",
            house.realm.now().format("%Y-%m-%d %H:%M UTC")
        ),
    )
    .await;
    refused(
        post(&format!("{of}/archive"), json!({})),
        &format!("incident {incident} is active; only one that has ended can be archived, nothing was changed"),
    )
    .await;
    refused(
        post_as(
            &head,
            &format!("{release}/approve"),
            json!({ "hash": hash }),
        ),
        &format!("release {notice} is drafting and cannot be approved now; nothing was changed"),
    )
    .await;
    refused(
        post_as(&head, &format!("{release}/approve"), json!({})),
        "hash: say which text you have read: its hash or its check code, one of them; nothing was changed",
    )
    .await;

    // What is somebody else's to do.
    let denied = Heard::of(post_as(&stranger, &format!("{release}/submit"), json!({}))()).await;
    let said = denied.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("submitting this text takes a post of flood-office; "),
        "{said}"
    );
    refused(
        post_as(&stranger, &format!("{release}/submit"), json!({})),
        &said,
    )
    .await;
    refused(
        post_as(
            &administrator,
            "/api/v1/people",
            json!({ "login": "Zhou", "name": "周", "posts": ["flood-office/duty-oficer"] }),
        ),
        "login: \"Zhou\" cannot be a login: write 1 to 40 lower-case letters, digits, `.`, `-` or `_`, and not `fabu`; \
         posts: bodies.yaml has no post flood-office/duty-oficer; did you mean flood-office/duty-officer?; nothing was changed",
    )
    .await;

    // Signatures that are not taken.
    house
        .post(&format!("{release}/submit"), &json!({}))
        .await
        .ok();
    refused(
        post(&format!("{release}/approve"), json!({ "hash": hash })),
        "you submitted this text; somebody else must sign it; nothing was signed",
    )
    .await;
    refused(
        post_as(
            &head,
            &format!("{release}/approve"),
            json!({ "hash": "00" }),
        ),
        &format!("the text has changed: you approved 00, it is now {hash}; nothing was signed"),
    )
    .await;
    refused(
        post_as(
            &stranger,
            &format!("{release}/approve"),
            json!({ "hash": hash }),
        ),
        "it waits for flood-office/section-head, and you do not hold that post; nothing was signed",
    )
    .await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_the_same_when_it_is_asked_for_again_in_another_language() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let keyed = |body: &Value, language: &'static str| {
        let request = house.request(Method::POST, INCIDENTS).json(body);
        let request = request.header("idempotency-key", "once");
        Heard::of(request.header(ACCEPT_LANGUAGE, language))
    };
    let first = keyed(&flood(), "zh-CN").await.status(201);
    assert_eq!(keyed(&flood(), "en").await.status(201), first);
    let other = flood_with("level", json!("III"));
    for (language, said) in [
        (
            "en-GB",
            "use a new key for a new request; nothing was changed",
        ),
        ("ZH-tw", "新的请求请用新的幂等键；未作任何改动"),
        ("*", "use a new key for a new request; nothing was changed"),
    ] {
        let reused = keyed(&other, language).await;
        reused.problem(422, "idempotency-key-reused", &[said]);
    }
    house.close().await;
}
