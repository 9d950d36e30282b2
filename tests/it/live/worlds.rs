//! No command, call or edit of a name turns something of a drill into something actual, or the other way round.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Hall, token};
use crate::api::paths::routes;
use crate::support::house::Heard;
use crate::support::installation::flood_declaration;

/// One call: at whose door, with whose token, about whose name, and whether the name's first letter was changed.
#[derive(Debug, Clone)]
struct Call {
    at_drill: bool,
    drill_token: bool,
    name: prop::sample::Index,
    flipped: bool,
    route: prop::sample::Index,
    body: Value,
}

fn call() -> impl Strategy<Value = Call> {
    let bodies = vec![
        flood_declaration(),
        json!({ "facts": { "rainfall": 12 } }),
        json!({ "level": "II", "reason": "水位上涨" }),
        json!({ "reason": "不妥" }),
        json!({ "item": "rumour-refutation" }),
        json!({ "kind": "wrong-content", "facts": {} }),
        json!({ "hash": "00", "fast": true }),
        json!({ "drill": "t" }),
        json!({ "inject": { "raise": { "to": "I", "reason": "试" } } }),
        json!({ "id": "L-00000000000000000000000000", "realm": "actual", "reason": "x" }),
        json!({}),
    ];
    (
        any::<bool>(),
        any::<bool>(),
        any::<prop::sample::Index>(),
        any::<bool>(),
        any::<prop::sample::Index>(),
        select(bodies),
    )
        .prop_map(|(at_drill, drill_token, name, flipped, route, body)| Call {
            at_drill,
            drill_token,
            name,
            flipped,
            route,
            body,
        })
}

struct Worlds {
    hall: Hall,
    drill_api: String,
    drill_token: String,
    /// Names of both worlds.
    names: Vec<String>,
    routes: Vec<(String, String)>,
}

#[test]
fn nothing_crosses_from_one_world_into_the_other() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let worlds = runtime.block_on(Worlds::open());
    let mut runner = TestRunner::new(Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&call(), |call| {
            runtime.block_on(worlds.is_kept_apart(&call));
            Ok(())
        })
        .unwrap();
    runtime.block_on(worlds.close());
}

impl Worlds {
    async fn open() -> Self {
        let hall = Hall::open();
        let begun = hall.start(60, &["all"]).await;
        hall.order("jump", json!({ "by": "1h" })).await.ok();
        hall.order("pause", json!({})).await.ok();
        let drill_api = begun["drill"]["api"].as_str().unwrap().to_owned();
        // Everybody of the drill is simulated, so it admits nobody: a person of the next drill serves as one of this.
        let run = begun["drill"]["run"].as_str().unwrap();
        let database = format!(
            "sqlite:{}",
            hall.drills().join(run).join("drill.db").display()
        );
        let desk = &hall.office.desk;
        let drill_token = desk.done(&[
            "user",
            "add",
            "player",
            "--name",
            "演",
            "--post",
            "flood-office/duty-officer",
            "--database",
            &database,
        ]);
        let declared = hall
            .ask(Method::POST, "/api/v1/incidents", &flood_declaration())
            .await;
        declared.status(201);
        let mut worlds = Self {
            drill_api,
            drill_token: drill_token.trim().to_owned(),
            names: Vec::new(),
            routes: routes().into_iter().collect(),
            hall,
        };
        for at_drill in [false, true] {
            for path in ["incidents", "releases"] {
                let path = format!("/api/v1/{path}");
                let list = worlds
                    .ask(at_drill, at_drill, Method::GET, &path, &json!({}))
                    .await
                    .ok();
                let ids = list.as_array().unwrap().iter();
                let ids: Vec<String> = ids
                    .map(|one| one["id"].as_str().unwrap().to_owned())
                    .collect();
                assert!(!ids.is_empty(), "{path}");
                worlds.names.extend(ids);
            }
        }
        worlds
    }

    async fn ask(
        &self,
        at_drill: bool,
        drill_token: bool,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Heard {
        let base = if at_drill {
            &self.drill_api
        } else {
            &self.hall.server.api
        };
        let token = if drill_token {
            &self.drill_token
        } else {
            &self.hall.chief
        };
        let request = self.hall.http.request(method, format!("{base}{path}"));
        Heard::of(request.bearer_auth(token).json(body)).await
    }

    async fn is_kept_apart(&self, call: &Call) {
        let (path, method) = call.route.get(&self.routes);
        let mut name = call.name.get(&self.names).clone();
        if call.flipped {
            let other = if name.starts_with('L') { "D" } else { "L" };
            name.replace_range(..1, other);
        }
        // Stopping the drill would end the test's own world.
        if path.ends_with("/drill/stop") {
            return;
        }
        let asks_for_a_name = path.contains("{id}");
        let path = path.replace("{id}", &name).replace("{code}", "portal");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let heard = self
            .ask(call.at_drill, call.drill_token, method, &path, &call.body)
            .await;
        assert!(heard.status.as_u16() < 500, "{call:?} {path}: {heard:?}");
        if path.starts_with("/api/") && call.at_drill != call.drill_token {
            assert_eq!(heard.status, 401, "{call:?} {path}: {heard:?}");
        }
        let of_this_world = name.starts_with('D') == call.at_drill && !call.flipped;
        if asks_for_a_name && !of_this_world {
            assert!(heard.status.is_client_error(), "{call:?} {path}: {heard:?}");
        }
        let other = if call.at_drill { "\"L-" } else { "\"D-" };
        // What was asked for may be said back; nothing else of the other world is ever shown.
        let told = heard.text.replace(&name, "");
        let shown =
            heard.status.is_success() && !path.starts_with("/api/v1/drill") && told.contains(other);
        assert!(!shown, "{call:?} {path}: {heard:?}");
    }

    /// Every name in either store is of its own world, whatever was asked.
    async fn close(self) {
        let drill = self.hall.drill().await["run"].as_str().unwrap().to_owned();
        let database = self.hall.drills().join(drill).join("drill.db");
        let desk = &self.hall.office.desk;
        let actual = desk.path("data/fabu.db");
        self.hall.server.terminate();
        assert_eq!(self.hall.server.ended(), 0);
        for (file, letter) in [(&actual, "L-%"), (&database, "D-%")] {
            let driver = fabu::store::driver(&format!("sqlite:{}", file.display()))
                .await
                .unwrap();
            let mut tx = driver.read().await.unwrap();
            let sql = "SELECT (SELECT count(*) FROM incident WHERE id NOT LIKE $1) \
                + (SELECT count(*) FROM release WHERE id NOT LIKE $1) \
                + (SELECT count(*) FROM dispatch WHERE id NOT LIKE $1) \
                + (SELECT count(*) FROM portal_entry WHERE release NOT LIKE $1) \
                + (SELECT count(*) FROM journal WHERE incident NOT LIKE $1 OR release NOT LIKE $1), \
                (SELECT count(*) FROM release)";
            let rows = tx
                .query(sql, vec![fabu::store::Value::from(letter)])
                .await
                .unwrap();
            assert_eq!(rows[0].int(0).unwrap(), 0, "{}", file.display());
            assert!(rows[0].int(1).unwrap() > 0, "{}", file.display());
        }
        // Nor can a server be told that a drill's store is the actual one.
        let url = format!("sqlite:{}", database.display());
        let refused = self.hall.office.cannot_serve(|command| {
            command.args(["--database", &url]);
        });
        refused.says(1, &["holds the drill world", "nothing was started"]);
    }
}

#[test]
fn a_token_says_of_which_world_it_is() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let hall = Hall::open();
        let begun = hall.start(1, &[]).await;
        assert!(token(&begun, "flood-office/section-head").starts_with("fabu-drill-"));
        assert!(!hall.chief.starts_with("fabu-drill-"));
    });
}
