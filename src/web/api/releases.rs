//! Releases: looked at, edited, sent on their route, signed, given up, corrected, withdrawn.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;

use super::act::{Act, Begun, Change};
use super::caller::Caller;
use super::incidents::asked_incident;
use super::input::{
    ApproveInput, CorrectInput, ReasonInput, ReleaseQuery, ShowQuery, SubmitInput, TextInput,
    facts, one_of,
};
use super::request::{Asked, Named, short_header};
use super::view::ReleaseView;
use super::{ApiState, Problem};
use crate::domain::approval::Actor;
use crate::domain::bulletin::differences;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::flow::draft::TextEdit;
use crate::flow::{Answer, World, approve as approving, correct as correcting, declare, draft};
use crate::id::ReleaseId;
use crate::store::{ReleaseFilter, Shown, StoreError, Tx};

/// How long a reader waits until it is noted what they were shown.
const NOTE_WITHIN: Duration = Duration::from_secs(1);

type Answered = Result<Response<Body>, Problem>;

pub(super) fn release_id(text: &str) -> Result<ReleaseId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("release", text))
}

/// Releases by deadline, without their texts.
#[utoipa::path(get, path = "/api/v1/releases", params(ReleaseQuery), responses((status = 200, body = Vec<ReleaseView>)))]
pub async fn list(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<ReleaseQuery>,
) -> Result<Json<Vec<ReleaseView>>, Problem> {
    let status = one_of("status", query.status.as_deref(), &ReleaseState::CODES)?;
    let mut tx = state.realm.store.read().await?;
    let filter = ReleaseFilter {
        incident: asked_incident(&mut tx, query.incident.as_deref()).await?,
        status: status.map(str::to_owned),
        body: body_code(query.body)?,
        limit: query.limit.unwrap_or(500).min(5000),
    };
    let releases = tx.releases(&filter).await?;
    super::incidents::briefs(&mut tx, &state.realm.world(), state.realm.now(), &releases)
        .await
        .map(Json)
}

/// Any code may be asked for: releases outlive the body that made them.
fn body_code(given: Option<String>) -> Result<Option<String>, Problem> {
    let is_code = |code: &str| {
        (1..=64).contains(&code.len())
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match given {
        Some(code) if !is_code(&code) => {
            let shown: String = code.chars().take(60).collect();
            Err(Problem::invalid(
                "body",
                format!("{shown:?} is not the code of a body, such as flood-office"),
            ))
        }
        _ => Ok(given),
    }
}

/// One release with its text, its renderings and its signatures. The `ETag` is its version. With `?preview=true` the server
/// notes that this person was shown the text.
#[utoipa::path(get, path = "/api/v1/releases/{id}", params(ShowQuery), responses((status = 200, body = ReleaseView), (status = 404, body = Problem)))]
pub async fn show(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    Asked(query): Asked<ShowQuery>,
) -> Answered {
    let id = release_id(&id)?;
    let now = state.realm.now();
    let mut tx = state.realm.store.read().await?;
    let release = tx
        .release(&id)
        .await?
        .ok_or_else(|| Problem::not_found("release", id.as_str()))?;
    let view = whole(&mut tx, &state.realm.world(), now, &release).await?;
    if let Some(shown) = view.shown(now).filter(|_| query.preview) {
        let known = tx.shown_to(&actor.user, &id).await?;
        let is_known = known
            .iter()
            .any(|old| (old.version, &old.hash) == (shown.version, &shown.hash));
        drop(tx);
        // Whoever cannot be noted down still reads; what they cannot do is sign by its code.
        if !is_known && let Err(error) = remember_shown(&state, &actor, &id, &shown).await {
            tracing::warn!(%error, release = %id, person = actor.user, "it was not noted who read this text");
        }
    }
    Ok((
        [(header::ETAG, format!("\"{}\"", release.row_version))],
        Json(view),
    )
        .into_response())
}

async fn remember_shown(
    state: &ApiState,
    actor: &Actor,
    id: &ReleaseId,
    shown: &Shown,
) -> crate::store::Result<()> {
    let note = async {
        let mut tx = state.realm.store.begin().await?;
        tx.add_shown(&actor.user, id, shown).await?;
        // Nobody waits for this, so nobody is woken.
        tx.commit().await
    };
    // Whoever reads does not wait for a writer that stalls.
    match tokio::time::timeout(NOTE_WITHIN, note).await {
        Ok(noted) => noted,
        Err(_) => Err(StoreError::Unavailable("it is busy".into())),
    }
}

/// The view with the text that counts now: what went out, what is under review, or the newest draft.
async fn whole(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
) -> Result<ReleaseView, Problem> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let version = release.state.standing_version();
    let bulletin = match version {
        Some(version) => tx.bulletin(&release.id, version).await?,
        None => tx.latest_bulletin(&release.id).await?,
    };
    let signatures = tx.signatures(&release.id).await?;
    let mut view =
        ReleaseView::brief(release, &plan, now).with_text(bulletin.as_ref(), &signatures);
    if let (Some(old), Some(newer)) = (&bulletin, view.newer_version)
        && let Some(new) = tx.bulletin(&release.id, newer).await?
    {
        view.difference = differences(old, &new);
    }
    Ok(view)
}

/// `If-Match`, when it is sent, must be the version that the caller saw.
async fn must_match(tx: &mut Tx, id: &ReleaseId, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(wanted) = short_header(headers, header::IF_MATCH)? else {
        return Ok(());
    };
    let Some(release) = tx.release(id).await? else {
        return Ok(());
    };
    if wanted == "*" || wanted.trim_matches('"') == release.row_version.to_string() {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "changed-meanwhile",
        "Somebody else was faster; look again",
        format!(
            "release {id} is at version {}, you sent {wanted}; nothing was changed",
            release.row_version
        ),
    ))
}

/// Writes a new version by hand; signatures given so far are void.
#[utoipa::path(put, path = "/api/v1/releases/{id}/text", request_body = TextInput,
    responses((status = 200, body = ReleaseView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn edit(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<TextInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let TextInput {
        title,
        title_en,
        action,
        action_en,
        text,
        text_en,
        sms,
        sms_en,
    } = change.input;
    let edit = TextEdit {
        title,
        title_en,
        action,
        action_en,
        text,
        text_en,
        sms,
        sms_en,
    };
    let release = draft::edit(&mut act.tx, &act.world, act.now, &actor, &id, edit).await?;
    finish_shown(act, release, StatusCode::OK).await
}

async fn finish(mut act: Box<Act>, release: Release, status: StatusCode) -> Answered {
    let view = whole(&mut act.tx, &act.world, act.now, &release).await?;
    act.done(status, &view).await
}

/// Answers whoever made this text, and so has it before them.
async fn finish_shown(mut act: Box<Act>, release: Release, status: StatusCode) -> Answered {
    let view = whole(&mut act.tx, &act.world, act.now, &release).await?;
    if let Some(shown) = view.shown(act.now) {
        let user = act.user().to_owned();
        act.tx.add_shown(&user, &release.id, &shown).await?;
    }
    act.done(status, &view).await
}

/// Sends a draft on its signing route.
#[utoipa::path(post, path = "/api/v1/releases/{id}/submit", request_body = SubmitInput,
    responses((status = 200, body = ReleaseView), (status = 409, body = Problem)))]
pub async fn submit(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<SubmitInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let newer = change.input.take_newer;
    let release = draft::submit(&mut act.tx, &act.world, act.now, &actor, &id, newer).await?;
    finish(act, release, StatusCode::OK).await
}

/// Sends a text back to its drafters, with a reason.
#[utoipa::path(post, path = "/api/v1/releases/{id}/return", request_body = ReasonInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn send_back(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let release = draft::send_back(
        &mut act.tx,
        &act.world,
        act.now,
        &actor,
        &id,
        &change.input.reason,
    )
    .await?;
    finish(act, release, StatusCode::OK).await
}

/// Signs the text whose hash you have read. The last signature publishes.
#[utoipa::path(post, path = "/api/v1/releases/{id}/approve", request_body = ApproveInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn approve(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<ApproveInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let consent = change.input.consent()?;
    match approving::approve(&mut act.tx, &act.world, act.now, &actor, &id, &consent).await? {
        Answer::Done(approved) => finish(act, approved.release, StatusCode::OK).await,
        Answer::Refused {
            refusal,
            difference,
        } => act.refused(Problem::refused(&refusal, difference)).await,
    }
}

/// Gives a release up, with a reason.
#[utoipa::path(post, path = "/api/v1/releases/{id}/waive", request_body = ReasonInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn waive(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let release = draft::waive(
        &mut act.tx,
        &act.world,
        act.now,
        &actor,
        &id,
        &change.input.reason,
    )
    .await?;
    finish(act, release, StatusCode::OK).await
}

/// The first of two actions: the pre-written correction, ready to be signed with `approve` on the release that this
/// answers with.
#[utoipa::path(post, path = "/api/v1/releases/{id}/correct", request_body = CorrectInput,
    responses((status = 201, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn correct(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<CorrectInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let CorrectInput {
        kind,
        reason,
        facts: given,
    } = change.input;
    if !given.is_empty() {
        let original = act
            .tx
            .release(&id)
            .await?
            .ok_or_else(|| Problem::not_found("release", id.as_str()))?;
        let given = facts(given)?;
        declare::set_facts(
            &mut act.tx,
            &act.world,
            act.now,
            &actor,
            &original.incident,
            &given,
        )
        .await?;
    }
    let correction = correcting::prepare(
        &mut act.tx,
        &act.world,
        act.now,
        &actor,
        &id,
        kind,
        reason.as_deref(),
    )
    .await?;
    finish_shown(act, correction, StatusCode::CREATED).await
}

/// Takes a published text back; the portal keeps its address and says so. The reason stays in the journal.
#[utoipa::path(post, path = "/api/v1/releases/{id}/withdraw", request_body = ReasonInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn withdraw(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    headers: HeaderMap,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    must_match(&mut act.tx, &id, &headers).await?;
    let reason = &change.input.reason;
    let release =
        correcting::withdraw(&mut act.tx, &act.world, act.now, &actor, &id, reason).await?;
    finish(act, release, StatusCode::OK).await
}
