//! The live drill (演练): start it, direct it, read its report. People play it through the drill's own API.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::act::Change;
use super::caller::Caller;
use super::{ApiState, Problem};
use crate::contract::NoInput;
use crate::domain::approval::Actor;
use crate::domain::bad_json;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::Span;
use crate::drill::live::{
    Asked, Leap, Live, Order, OrderError, Participant, Reports, StartError, View,
};
use crate::plan::scenario::InjectFile;

/// Whoever starts live drills and knows the one that runs. A server has one; the API of a drill has none.
#[async_trait]
pub trait Rehearsing: Send + Sync {
    async fn start(&self, wish: Wish, by: &Actor) -> Result<Started, StartError>;
    async fn current(&self) -> Option<Arc<Rehearsal>>;
    /// The report of the drill that runs, as it would be by now, or of the last one that ended.
    async fn reports(&self) -> Result<Option<Reports>, OrderError>;
}

/// The live drill that runs, and where its faces are.
pub struct Rehearsal {
    pub live: Live,
    pub portal: String,
    pub api: String,
}

/// A drill that has begun, with the tokens of those who play it; they are shown this once.
pub struct Started {
    pub rehearsal: Arc<Rehearsal>,
    pub participants: Vec<Participant>,
}

/// Which drill to start, and how.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The scenario's code: `drills/CODE.yaml` on the server.
    pub drill: String,
    /// Seconds of the drill to one of the clock on the wall, 1 to 60.
    #[serde(default = "real_time")]
    pub speed: u32,
    /// Where the chance of simulated people begins, instead of the scenario's own seed.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Whose people the machine plays: posts (body/post), bodies, or `all`.
    #[serde(default)]
    pub simulate: Vec<String>,
}

fn real_time() -> u32 {
    1
}

/// Something to happen now: an inject as in a scenario, without `at`; or the next one of the scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InjectInput {
    #[serde(default)]
    #[schema(value_type = Object)]
    inject: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    next: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeInput {
    #[serde(default)]
    speed: Option<u32>,
}

/// Either `to`, counted from the start of the drill, or `by`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JumpInput {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    to: Option<Span>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    by: Option<Span>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopInput {
    #[serde(default)]
    reason: String,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    view: View,
    portal: String,
    api: String,
}

impl Shown {
    fn of(rehearsal: &Rehearsal, view: View) -> Self {
        Self {
            view,
            portal: rehearsal.portal.clone(),
            api: rehearsal.api.clone(),
        }
    }
}

/// Starts a live drill. The answer holds the tokens of those who play it, this once.
#[utoipa::path(post, path = "/api/v1/drill", request_body = Wish, responses((status = 201, body = Object), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<Wish>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let change = may_direct(&state, &actor, change)?;
    let begun = rehearsing(&state)?.start(change, &actor).await?;
    let view = begun.rehearsal.live.view();
    let shown = Shown::of(&begun.rehearsal, view);
    let answer = json!({ "drill": shown, "participants": begun.participants });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The live drill: its clock, what comes next, what waits for whom.
#[utoipa::path(get, path = "/api/v1/drill", responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn show(
    State(state): State<ApiState>,
    _caller: Caller,
) -> Result<Json<impl Serialize>, Problem> {
    let rehearsal = current(&state).await?;
    Ok(Json(Shown::of(&rehearsal, rehearsal.live.view())))
}

/// Lets something happen now.
#[utoipa::path(post, path = "/api/v1/drill/inject", request_body = InjectInput, responses((status = 200, body = Object), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn inject(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<InjectInput>,
) -> Result<Json<Value>, Problem> {
    let key = change.key().map(str::to_owned);
    let input = may_direct(&state, &actor, change)?;
    let by = actor.user;
    let order = match (input.inject, input.next) {
        (Some(inject), false) => Order::Inject {
            inject: Box::new(read_inject(inject)?),
            by,
            key,
        },
        (None, true) => Order::Next { by, key },
        _ => {
            return Err(Problem::invalid(
                "inject",
                phrase!("request.inject-or-next"),
            ));
        }
    };
    match current(&state).await?.live.order(order).await? {
        Asked::Happened(text) => Ok(Json(json!({ "happened": text }))),
        _ => Ok(Json(json!({}))),
    }
}

fn read_inject(mut inject: serde_json::Map<String, Value>) -> Result<InjectFile, Problem> {
    if inject.contains_key("at") {
        return Err(Problem::invalid(
            "inject.at",
            phrase!("request.inject-is-now"),
        ));
    }
    inject.insert("at".into(), json!("0s"));
    let read: InjectFile = serde_json::from_value(Value::Object(inject)).map_err(|error| {
        let what = phrase!("request.nothing-done", said = bad_json::phrase_of(&error));
        Problem::invalid("inject", what)
    })?;
    match &read.kinds()[..] {
        [_] => Ok(read),
        [] => Err(Problem::invalid("inject", phrase!("request.empty-inject"))),
        several => {
            let several = several.iter().map(|kind| Phrase::verbatim(*kind));
            let kinds = Phrase::chained(several, |one, next| phrase!("request.and", one, next));
            Err(Problem::invalid(
                "inject",
                phrase!("request.several-injects", kinds),
            ))
        }
    }
}

/// Stops the drill's clock; every deadline to come moves with it.
#[utoipa::path(post, path = "/api/v1/drill/pause", responses((status = 200, body = Object), (status = 409, body = Problem)))]
pub async fn pause(
    state: State<ApiState>,
    Caller(actor): Caller,
    change: Change<NoInput>,
) -> Result<Json<impl Serialize>, Problem> {
    may_direct(&state, &actor, change)?;
    direct(state, Order::Pause).await
}

/// Lets the drill's clock run again, or run at another speed.
#[utoipa::path(post, path = "/api/v1/drill/resume", request_body = ResumeInput, responses((status = 200, body = Object), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn resume(
    state: State<ApiState>,
    Caller(actor): Caller,
    change: Change<ResumeInput>,
) -> Result<Json<impl Serialize>, Problem> {
    let speed = may_direct(&state, &actor, change)?.speed;
    direct(state, Order::Resume { speed }).await
}

/// Plays on to a later moment of the drill as fast as it goes.
#[utoipa::path(post, path = "/api/v1/drill/jump", request_body = JumpInput, responses((status = 200, body = Object), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn jump(
    state: State<ApiState>,
    Caller(actor): Caller,
    change: Change<JumpInput>,
) -> Result<Json<impl Serialize>, Problem> {
    let input = may_direct(&state, &actor, change)?;
    let leap = match (input.to, input.by) {
        (Some(to), None) => Leap::To(to),
        (None, Some(by)) => Leap::By(by),
        _ => {
            return Err(Problem::invalid("to", phrase!("request.to-or-by")));
        }
    };
    direct(state, Order::Jump(leap)).await
}

/// Ends the drill and writes its report.
#[utoipa::path(post, path = "/api/v1/drill/stop", request_body = StopInput, responses((status = 200, body = Object), (status = 409, body = Problem)))]
pub async fn stop(
    state: State<ApiState>,
    Caller(actor): Caller,
    change: Change<StopInput>,
) -> Result<Json<impl Serialize>, Problem> {
    let user = actor.user.clone();
    let reason = may_direct(&state, &actor, change)?.reason;
    let why = match reason.trim() {
        "" => format!("{user} 结束 stopped by {user}"),
        reason => format!("{user}：{reason}"),
    };
    direct(state, Order::Stop { why }).await
}

/// The transcript, the score and the report: of the drill that runs as they would be by now, or of the last one.
#[utoipa::path(get, path = "/api/v1/drill/report", responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn report(
    State(state): State<ApiState>,
    _caller: Caller,
) -> Result<Json<Reports>, Problem> {
    let reports = rehearsing(&state)?.reports().await?;
    reports
        .map(Json)
        .ok_or_else(|| no_drill(phrase!("request.no-drill-yet")))
}

async fn direct(State(state): State<ApiState>, order: Order) -> Result<Json<Shown>, Problem> {
    let rehearsal = current(&state).await?;
    let view = match rehearsal.live.order(order).await? {
        Asked::Done(view) => *view,
        _ => rehearsal.live.view(),
    };
    Ok(Json(Shown::of(&rehearsal, view)))
}

/// Directing takes a right; reading does not. A drill has no dry run: it is one.
fn may_direct<T>(state: &ApiState, actor: &Actor, change: Change<T>) -> Result<T, Problem> {
    let world = state.realm.world();
    rights::may(actor, Deed::DirectDrills, &About::house(&world.plans))?;
    if change.is_dry_run() {
        return Err(Problem::bad_request(phrase!("request.no-dry-drill")));
    }
    Ok(change.input)
}

fn rehearsing(state: &ApiState) -> Result<&Arc<dyn Rehearsing>, Problem> {
    let rehearsing = state.rehearsing.as_ref();
    rehearsing.ok_or_else(|| no_drill(phrase!("request.directs-no-drills")))
}

async fn current(state: &ApiState) -> Result<Arc<Rehearsal>, Problem> {
    rehearsing(state)?
        .current()
        .await
        .ok_or_else(|| no_drill(phrase!("request.no-drill-now")))
}

fn no_drill(what: Phrase) -> Problem {
    let title = phrase!("request.title.no-drill");
    Problem::new(StatusCode::NOT_FOUND, "no-drill", title, what)
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Refused(error) => error.into(),
            OrderError::Conflict(what) => not_now(what),
            OrderError::Invalid { field, what } => Self::invalid(field, what),
            OrderError::Failed(what) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "drill",
                phrase!("request.title.drill-could-not"),
                what,
            ),
        }
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        let said = error.phrase();
        let unusable = |said: Phrase| {
            let title = phrase!("request.title.unusable");
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, said)
        };
        match error {
            StartError::Unknown(_) => Self::no_such(said),
            StartError::Invalid(diagnostics) => {
                let mut problem = unusable(said);
                for d in diagnostics {
                    let place = format!("{}:{}:{}", d.place.file, d.place.line, d.place.column);
                    problem.0.problems.add(&place, d.message);
                }
                problem
            }
            StartError::Wrong(_) => unusable(said),
            StartError::Conflict(_) => not_now(said),
            StartError::Store(error) => error.into(),
            StartError::Unwritable { .. } | StartError::Failed(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "drill",
                phrase!("request.title.drill-not-started"),
                said,
            ),
        }
    }
}

fn not_now(what: Phrase) -> Problem {
    let title = phrase!("request.title.not-now");
    Problem::new(StatusCode::CONFLICT, "conflict", title, what)
}
