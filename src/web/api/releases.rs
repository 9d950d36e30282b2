//! Releases: looked at, edited, sent on their route, signed, given up, corrected, withdrawn, sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::act::{Act, Answered, Change, Done, act};
use super::caller::Caller;
use super::incidents::asked_incident;
use super::input::{consent, facts, one_of};
use super::request::{Asked, Named};
use super::{ApiState, Problem};
use crate::contract::{
    ApproveInput, AskedView, CorrectInput, DecisionInput, PlaceInput, ReasonInput, ReleaseQuery,
    ReleaseView, ResendInput, ResendView, ResentView, ShowQuery, SubmitInput, TextInput,
};
use crate::domain::approval::Actor;
use crate::domain::phrase::phrase;
use crate::domain::plan::CorrectionKind;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Span;
use crate::flow::confirm::{self, Outcome};
use crate::flow::declare::GivenFact;
use crate::flow::draft::{Place, TextEdit};
use crate::flow::request::{self, Answer as Decision, Order};
use crate::flow::resend::Wanted;
use crate::flow::{
    Answer, Thing, approve as approving, correct as correcting, declare, draft, resend as resending,
};
use crate::id::ReleaseId;
use crate::read;
use crate::store::{ReleaseFilter, Shown, StoreError};

/// How long a reader waits until it is noted what they were shown.
const NOTE_WITHIN: Duration = Duration::from_secs(1);
/// The most releases of one page.
const PAGE: u32 = 5_000;

pub(super) fn release_id(text: &str) -> Result<ReleaseId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(Thing::Release, text))
}

/// Releases by deadline, without their texts, a page at a time.
#[utoipa::path(get, path = "/api/v1/releases", params(ReleaseQuery), responses((status = 200, body = Vec<ReleaseView>)))]
pub async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Asked(query): Asked<ReleaseQuery>,
) -> Result<Json<Vec<ReleaseView>>, Problem> {
    let status = one_of("status", query.status.as_deref(), &ReleaseState::CODES)?;
    let (world, now) = (state.realm.world(), state.realm.now());
    let mut tx = state.realm.store.read().await?;
    let posts = match (query.mine, query.post) {
        (true, Some(_)) => {
            return Err(Problem::invalid("post", phrase!("request.mine-or-post")));
        }
        (true, None) => Some(actor.posts),
        (false, Some(post)) => Some(vec![post.parse().map_err(
            |error: crate::domain::body::BadPost| Problem::invalid("post", error.phrase()),
        )?]),
        (false, None) => None,
    };
    let waits_for = match posts {
        Some(posts) => Some(read::release::turns_of(&mut tx, &world, &posts).await?),
        None => None,
    };
    let filter = ReleaseFilter {
        incident: asked_incident(&mut tx, query.incident.as_deref()).await?,
        status: status.map(str::to_owned),
        body: body_code(query.body)?,
        waits_for,
        after: query.after.as_deref().map(release_id).transpose()?,
        limit: query.limit.unwrap_or(500).min(PAGE),
    };
    let releases = tx.releases(&filter).await?;
    let lines = read::release::lines(&mut tx, &world, now, &releases).await?;
    Ok(Json(lines))
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
                phrase!("request.no-body", code = format!("{shown:?}")),
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
        .ok_or_else(|| Problem::not_found(Thing::Release, id.as_str()))?;
    let view = read::release::whole(&mut tx, &state.realm.world(), now, &release).await?;
    if let Some(shown) = read::release::shown(&view, now).filter(|_| query.preview) {
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

/// The release with the text that counts now.
async fn whole(act: &mut Act, release: &Release) -> Result<ReleaseView, Problem> {
    Ok(read::release::whole(&mut act.tx, &act.world, act.now, release).await?)
}

/// The same, for whoever made this text and so has it before them.
async fn whole_shown(act: &mut Act, release: &Release) -> Result<ReleaseView, Problem> {
    let view = whole(act, release).await?;
    if let Some(shown) = read::release::shown(&view, act.now) {
        act.tx
            .add_shown(&act.actor.user, &release.id, &shown)
            .await?;
    }
    Ok(view)
}

/// Answers whether a measure is ordered; the first answer counts.
#[utoipa::path(post, path = "/api/v1/releases/{id}/decision", request_body = DecisionInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<DecisionInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let answer = match input {
            DecisionInput::Ordered {
                areas,
                facts,
                instead,
            } => Decision::Ordered(Order {
                areas: Some(areas),
                facts: super::input::facts(facts)?,
                instead,
                found: None,
            }),
            DecisionInput::NotApplicable { reason } => Decision::NotApplicable { reason },
            DecisionInput::AskAgain {
                minutes: minutes @ 1..=1440,
            } => Decision::AskAgain {
                after: Span::seconds(i64::from(minutes) * 60),
            },
            DecisionInput::AskAgain { .. } => {
                return Err(Problem::invalid("minutes", phrase!("request.minutes")));
            }
        };
        act.must_match(&id).await?;
        let (tx, world) = (&mut act.tx, &act.world);
        let release = request::decide(tx, world, act.now, &act.actor, &id, answer).await?;
        Done::ok(&whole(act, &release).await?)
    })
    .await
}

/// Writes a new version by hand; signatures given so far are void.
#[utoipa::path(put, path = "/api/v1/releases/{id}/text", request_body = TextInput,
    responses((status = 200, body = ReleaseView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn edit(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<TextInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        act.must_match(&id).await?;
        let edit = TextEdit {
            title: input.title,
            title_en: input.title_en,
            action: input.action,
            action_en: input.action_en,
            text: input.text,
            text_en: input.text_en,
            sms: input.sms,
            sms_en: input.sms_en,
        };
        let release = draft::edit(&mut act.tx, &act.world, act.now, &act.actor, &id, edit).await?;
        Done::ok(&whole_shown(act, &release).await?)
    })
    .await
}

/// Makes a text one for some of the incident's places; signatures given so far are void.
#[utoipa::path(put, path = "/api/v1/releases/{id}/places", request_body = PlaceInput,
    responses((status = 200, body = ReleaseView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn place(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<PlaceInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let place = Place {
            areas: input.areas,
            facts: super::input::facts(input.facts)?,
        };
        act.must_match(&id).await?;
        let release =
            draft::place(&mut act.tx, &act.world, act.now, &act.actor, &id, place).await?;
        Done::ok(&whole_shown(act, &release).await?)
    })
    .await
}

/// Sends a draft on its signing route.
#[utoipa::path(post, path = "/api/v1/releases/{id}/submit", request_body = SubmitInput,
    responses((status = 200, body = ReleaseView), (status = 409, body = Problem)))]
pub async fn submit(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<SubmitInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        act.must_match(&id).await?;
        let newer = input.take_newer;
        let release =
            draft::submit(&mut act.tx, &act.world, act.now, &act.actor, &id, newer).await?;
        Done::ok(&whole(act, &release).await?)
    })
    .await
}

/// Sends a text back to its drafters, with a reason.
#[utoipa::path(post, path = "/api/v1/releases/{id}/return", request_body = ReasonInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn send_back(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        act.must_match(&id).await?;
        let why = &input.reason;
        let release =
            draft::send_back(&mut act.tx, &act.world, act.now, &act.actor, &id, why).await?;
        Done::ok(&whole(act, &release).await?)
    })
    .await
}

/// Signs the text whose hash you have read. The last signature publishes.
#[utoipa::path(post, path = "/api/v1/releases/{id}/approve", request_body = ApproveInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn approve(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ApproveInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let consent = consent(input)?;
        act.must_match(&id).await?;
        let (tx, world) = (&mut act.tx, &act.world);
        match approving::approve(tx, world, act.now, &act.actor, &id, &consent).await? {
            Answer::Done(approved) => Done::ok(&whole(act, &approved.release).await?),
            Answer::Refused {
                refusal,
                difference,
            } => Ok(Done::Refused(Problem::refused(&refusal, difference))),
        }
    })
    .await
}

/// Gives a release up, with a reason.
#[utoipa::path(post, path = "/api/v1/releases/{id}/waive", request_body = ReasonInput,
    responses((status = 200, body = ReleaseView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn waive(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        act.must_match(&id).await?;
        let why = &input.reason;
        let release = draft::waive(&mut act.tx, &act.world, act.now, &act.actor, &id, why).await?;
        Done::ok(&whole(act, &release).await?)
    })
    .await
}

/// The first of two actions: the pre-written correction, ready to be signed with `approve` on the release that this
/// answers with.
#[utoipa::path(post, path = "/api/v1/releases/{id}/correct", request_body = CorrectInput,
    responses((status = 201, body = ReleaseView), (status = 202, body = AskedView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn correct(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<CorrectInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let (given, mended) = (facts(input.facts)?, facts(input.mends)?);
        act.must_match(&id).await?;
        let (tx, world, now, actor) = (&mut act.tx, &act.world, act.now, &act.actor);
        if !mended.is_empty() {
            // What takes a text back says nothing in its place, and may wait for a second person first.
            if input.kind == CorrectionKind::Withdrawal {
                let what = phrase!("verb.withdrawal-mends-nothing");
                return Err(crate::flow::VerbError::invalid("mends", what).into());
            }
            let original = tx
                .release(&id)
                .await?
                .ok_or_else(|| Problem::not_found(Thing::Release, id.as_str()))?;
            declare::set_facts(tx, world, now, actor, &original.incident, &mended).await?;
        }
        prepared(act, &id, input.kind, input.reason.as_deref(), &given).await
    })
    .await
}

async fn prepared(
    act: &mut Act,
    id: &ReleaseId,
    kind: CorrectionKind,
    reason: Option<&str>,
    facts: &BTreeMap<String, GivenFact>,
) -> std::result::Result<Done, Problem> {
    let wanted = correcting::Wanted {
        kind,
        reason,
        facts,
    };
    let (tx, world) = (&mut act.tx, &act.world);
    match confirm::correct(tx, world, act.now, &act.actor, id, &wanted).await? {
        Outcome::Done(correction) => Done::created(&whole_shown(act, &correction).await?),
        Outcome::Asked(asked) => {
            let asked = read::asked::view(tx, act.now, &asked).await?;
            Done::with(StatusCode::ACCEPTED, &asked)
        }
    }
}

/// The first of two actions: the text that takes a published one back, ready to be signed with `approve` on the release that
/// this answers with; it goes to everybody who was sent the other, and the portal keeps that one's address and says so. Where
/// the plans want a second person before, that is asked for (202) and it is prepared when another one confirms it.
#[utoipa::path(post, path = "/api/v1/releases/{id}/withdraw", request_body = ReasonInput,
    responses((status = 201, body = ReleaseView), (status = 202, body = AskedView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn withdraw(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        act.must_match(&id).await?;
        let reason = Some(input.reason.as_str());
        prepared(
            act,
            &id,
            CorrectionKind::Withdrawal,
            reason,
            &BTreeMap::new(),
        )
        .await
    })
    .await
}

/// Sends again what was given up, to those only who have not got it. A text that was corrected, withdrawn, superseded or
/// that expired is not sent again.
#[utoipa::path(post, path = "/api/v1/releases/{id}/resend",
    request_body = ResendInput, responses((status = 200, body = ResendView), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn resend(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ResendInput>,
) -> Answered {
    let id = release_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let wanted = Wanted {
            channel: input.channel,
            unknown: input.unknown,
        };
        let (tx, world) = (&mut act.tx, &act.world);
        let done = resending::resend(tx, world, act.now, &act.actor, &id, &wanted).await?;
        let of = done.channels.values();
        Done::ok(&ResendView {
            release: id.to_string(),
            resent: of.clone().map(|one| one.failed + one.unknown).sum(),
            unknown_left: of.map(|one| one.unknown_left).sum(),
            channels: done
                .channels
                .iter()
                .map(|(code, one)| {
                    let view = ResentView {
                        failed: one.failed,
                        unknown: one.unknown,
                        unknown_left: one.unknown_left,
                        reached_otherwise: one.reached_otherwise,
                    };
                    (code.clone(), view)
                })
                .collect(),
        })
    })
    .await
}
