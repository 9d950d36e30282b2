//! People: who there is, which posts they hold, the tokens they show. Whoever has the right to administer.

use axum::Json;
use axum::extract::State;

use super::act::{Answered, Change, Done, act};
use super::caller::Caller;
use super::incidents::span;
use super::request::{Asked, Named};
use super::{ApiState, Problem};
use crate::contract::{
    AddPersonInput, NewToken, NoInput, PeopleView, PersonView, PostsInput, RevokedView, TokenInput,
};
use crate::domain::body::{BadPost, PostRef};
use crate::domain::rights::{self, About, Deed};
use crate::flow::people::{self, Issued, NewPerson, TOKEN_GOOD_FOR};
use crate::read;

fn posts(given: Vec<String>) -> Result<Vec<PostRef>, Problem> {
    given
        .into_iter()
        .map(|post| {
            post.parse()
                .map_err(|error: BadPost| Problem::invalid("posts", error.phrase()))
        })
        .collect()
}

fn issued(issued: Issued) -> NewToken {
    NewToken {
        login: issued.person.login,
        token: issued.token,
        token_until: issued.until,
        tokens_revoked: issued.revoked,
    }
}

/// Everybody, with the posts they hold and when their last token ends.
#[utoipa::path(get, path = "/api/v1/people", responses((status = 200, body = PeopleView), (status = 403, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: Asked<NoInput>,
) -> Result<Json<PeopleView>, Problem> {
    let world = state.realm.world();
    rights::may(&actor, Deed::ReadPeople, &About::house(&world.plans))?;
    let now = state.realm.now();
    let mut tx = state.realm.store.read().await?;
    let ends = tx.token_ends().await?;
    let people = tx.people().await?;
    let view = |one| {
        let one: &crate::domain::person::Person = one;
        read::people::person(&world.plans.bodies, one, ends.get(&one.login).copied(), now)
    };
    Ok(Json(PeopleView {
        people: people.iter().map(view).collect(),
    }))
}

/// Adds a person. The answer holds their first token, this once.
#[utoipa::path(post, path = "/api/v1/people", request_body = AddPersonInput,
    responses((status = 201, body = NewToken), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<AddPersonInput>,
) -> Answered {
    act(&state, actor, change.not_kept(), async |act, input| {
        let new = NewPerson {
            login: input.login,
            name: input.name,
            posts: posts(input.posts)?,
            valid_for: span("valid_for", input.valid_for.as_deref())?.unwrap_or(TOKEN_GOOD_FOR),
        };
        let (tx, world) = (&mut act.tx, &act.world);
        Done::created(&issued(
            people::add(tx, world, act.now, &act.actor, new).await?,
        ))
    })
    .await
}

/// Gives a person other posts than before.
#[utoipa::path(put, path = "/api/v1/people/{login}/posts", request_body = PostsInput,
    responses((status = 200, body = PersonView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_posts(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(login): Named,
    change: Change<PostsInput>,
) -> Answered {
    act(&state, actor, change, async |act, input| {
        let (tx, world) = (&mut act.tx, &act.world);
        let given = posts(input.posts)?;
        let person = people::change_posts(tx, world, act.now, &act.actor, &login, given).await?;
        let ends = tx.token_ends().await?;
        let until = ends.get(&person.login).copied();
        Done::ok(&read::people::person(
            &world.plans.bodies,
            &person,
            until,
            act.now,
        ))
    })
    .await
}

/// Shuts a person out: their tokens are good no more. What they signed stays signed.
#[utoipa::path(post, path = "/api/v1/people/{login}/disable", request_body = NoInput,
    responses((status = 200, body = RevokedView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn disable(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(login): Named,
    change: Change<NoInput>,
) -> Answered {
    act(&state, actor, change, async |act, _| {
        let (tx, world) = (&mut act.tx, &act.world);
        let (person, revoked) = people::disable(tx, world, act.now, &act.actor, &login).await?;
        Done::ok(&RevokedView {
            login: person.login,
            tokens_revoked: revoked.unwrap_or(0),
        })
    })
    .await
}

/// Issues another token. The answer holds it, this once.
#[utoipa::path(post, path = "/api/v1/people/{login}/tokens", request_body = TokenInput,
    responses((status = 201, body = NewToken), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn issue(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(login): Named,
    change: Change<TokenInput>,
) -> Answered {
    act(&state, actor, change.not_kept(), async |act, input| {
        let wanted = people::NewToken {
            label: input.label,
            valid_for: span("valid_for", input.valid_for.as_deref())?.unwrap_or(TOKEN_GOOD_FOR),
            revoke_others: input.revoke_others,
        };
        let (tx, world) = (&mut act.tx, &act.world);
        Done::created(&issued(
            people::issue(tx, world, act.now, &act.actor, &login, wanted).await?,
        ))
    })
    .await
}

/// Makes every token of a person worthless.
#[utoipa::path(post, path = "/api/v1/people/{login}/tokens/revoke", request_body = NoInput,
    responses((status = 200, body = RevokedView), (status = 403, body = Problem)))]
pub async fn revoke(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(login): Named,
    change: Change<NoInput>,
) -> Answered {
    act(&state, actor, change, async |act, _| {
        let (tx, world) = (&mut act.tx, &act.world);
        let tokens_revoked = people::revoke(tx, world, act.now, &act.actor, &login).await?;
        Done::ok(&RevokedView {
            login,
            tokens_revoked,
        })
    })
    .await
}
