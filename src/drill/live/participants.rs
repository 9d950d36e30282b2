//! The people who play a live drill: one login for each post, with a token that is good for this drill alone.

use super::super::people;
use crate::domain::person::{Person, is_login, token_hash};
use crate::domain::time::Moment;
use crate::id::{Minter, RealmKind};
use crate::store::{Result, Store};

/// Somebody who may take part, with the token that is shown this once.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Participant {
    pub login: String,
    pub name: String,
    pub posts: Vec<String>,
    pub token: String,
}

/// Gives everybody of `cast` a login and a token in the drill's own store.
pub async fn admit(
    store: &Store,
    cast: &[people::Person],
    now: Moment,
) -> Result<Vec<Participant>> {
    let ids = Minter::from_os(RealmKind::Drill);
    let mut participants = Vec::new();
    let mut tx = store.begin().await?;
    for (n, one) in cast.iter().enumerate() {
        let login = login(&one.actor.user, n);
        let token = ids.secret();
        let person = Person {
            id: ids.mint(now),
            login: login.clone(),
            name: one.actor.name.clone(),
            posts: one.actor.posts.clone(),
            disabled_at: None,
            created_at: now,
        };
        tx.add_person(&person).await?;
        tx.add_token(&person.id, &token_hash(&token), "drill", now, None)
            .await?;
        participants.push(Participant {
            login,
            name: person.name,
            posts: one.actor.posts.iter().map(ToString::to_string).collect(),
            token,
        });
    }
    tx.commit().await?;
    Ok(participants)
}

/// `flood-office/section-head` becomes `flood-office.section-head`.
fn login(user: &str, n: usize) -> String {
    let login = user.replace(['/', '#'], ".");
    if is_login(&login) {
        login
    } else {
        format!("participant-{}", n + 1)
    }
}
