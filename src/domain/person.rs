//! People who work with the system, and the tokens they show. A token is kept as a hash only.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::approval::Actor;
use super::body::PostRef;
use super::bulletin::hex;
use super::time::Moment;
use crate::id::UserId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    /// The short name they are known by in the journal: lower-case letters, digits, `.`, `-`, `_`.
    pub login: String,
    pub name: String,
    pub posts: Vec<PostRef>,
    pub disabled_at: Option<Moment>,
    pub created_at: Moment,
}

impl Person {
    pub fn actor(&self) -> Actor {
        Actor {
            user: self.login.clone(),
            name: self.name.clone(),
            posts: self.posts.clone(),
        }
    }
}

/// The hash a token is kept and looked up by. A plain SHA-256 is right here: a token is 256 bits of chance, so there
/// is nothing to guess and no need to be slow.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Whether `login` may stand in the journal.
pub fn is_login(login: &str) -> bool {
    (1..=40).contains(&login.len())
        && login
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
        && login != super::journal::ENGINE
}
