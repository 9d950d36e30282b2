//! Who there is, and what is to be said about it.

use crate::contract::{MeView, PersonView};
use crate::domain::approval::Actor;
use crate::domain::body::Body;
use crate::domain::person::Person;
use crate::domain::rights::{self, Right};
use crate::domain::time::Moment;

pub fn me(bodies: &[Body], actor: &Actor) -> MeView {
    let has = |right: &Right| {
        let holders = rights::holders_in(bodies, *right);
        holders.iter().any(|post| actor.holds(post))
    };
    MeView {
        user: actor.user.clone(),
        name: actor.name.clone(),
        posts: actor.posts.iter().map(ToString::to_string).collect(),
        rights: Right::ALL
            .into_iter()
            .filter(has)
            .map(|right| right.code().to_owned())
            .collect(),
    }
}

/// `until`: none = no token, none inside = one without an end.
pub fn person(
    bodies: &[Body],
    person: &Person,
    until: Option<Option<Moment>>,
    now: Moment,
) -> PersonView {
    PersonView {
        id: person.id.to_string(),
        login: person.login.clone(),
        name: person.name.clone(),
        posts: person.posts.iter().map(ToString::to_string).collect(),
        disabled_at: person.disabled_at,
        created_at: person.created_at,
        has_token: until.is_some_and(|end| end.is_none_or(|end| end > now)),
        token_until: until.flatten(),
        not_apart: rights::clashes(bodies, &person.posts)
            .into_iter()
            .map(|clash| [clash.rights.0.code().into(), clash.rights.1.code().into()])
            .collect(),
    }
}
