//! Who calls: a person, by the bearer token they show.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::{ApiState, Problem};
use crate::domain::approval::Actor;
use crate::domain::person::token_hash;
use crate::id::{DRILL_TOKEN, RealmKind};
use crate::web::door::Seat;

pub struct Caller(pub Actor);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(Problem::unauthorized)?;
        if token.starts_with(DRILL_TOKEN) && state.realm.world().ids.realm() == RealmKind::Actual {
            return Err(Problem::token_of_a_drill());
        }
        let mut tx = state.realm.store.read().await?;
        let now = state.realm.now();
        match tx.person_by_token(&token_hash(token)).await? {
            Some((_, Some(end))) if end <= now => {
                state.strangers.note(now);
                Err(Problem::token_has_ended(end))
            }
            Some((person, _)) => {
                if let Some(seat) = parts.extensions.get::<Arc<Seat>>() {
                    seat.is_known();
                }
                Ok(Self(person.actor()))
            }
            None => {
                state.strangers.note(now);
                Err(Problem::unauthorized())
            }
        }
    }
}
