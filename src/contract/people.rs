//! People, the posts they hold, and the tokens they show.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who the token belongs to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MeView {
    pub user: String,
    pub name: String,
    pub posts: Vec<String>,
    /// The rights that these posts have.
    #[serde(default)]
    pub rights: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PersonView {
    pub id: String,
    pub login: String,
    pub name: String,
    pub posts: Vec<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// Whether they hold a token that is good now.
    pub has_token: bool,
    /// When the last of their tokens ends, or ended; with `has_token`, one without an end when left out.
    pub token_until: Option<DateTime<Utc>>,
    /// Duties that they hold two of and that are better kept apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_apart: Vec<[String; 2]>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PeopleView {
    pub people: Vec<PersonView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPersonInput {
    /// 1 to 40 lower-case letters, digits, `.`, `-`, `_`.
    pub login: String,
    /// What stands beside their signatures.
    pub name: String,
    /// Written body/post.
    #[serde(default)]
    pub posts: Vec<String>,
    /// How long the token is good, such as `365d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostsInput {
    /// Those they hold from now on.
    pub posts: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenInput {
    /// What it is for, such as `phone`.
    #[serde(default)]
    pub label: String,
    /// How long it is good, such as `365d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<String>,
    /// Make their earlier tokens worthless.
    #[serde(default)]
    pub revoke_others: bool,
}

/// A token, shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    pub login: String,
    pub token: String,
    pub token_until: DateTime<Utc>,
    pub tokens_revoked: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevokedView {
    pub login: String,
    pub tokens_revoked: u64,
}
