//! Bodies (公开主体) and their posts (岗位). Rights belong to posts; people hold posts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::phrase::{Phrase, phrase};
use super::rights::Right;
use super::time::Span;

/// A post of a body, written `flood-office/section-head`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostRef {
    pub body: String,
    pub post: String,
}

#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct BadPost(String);

impl BadPost {
    pub fn phrase(&self) -> Phrase {
        phrase!("verb.bad-post", text = format!("{:?}", self.0))
    }
}

impl FromStr for PostRef {
    type Err = BadPost;
    fn from_str(text: &str) -> Result<Self, BadPost> {
        match text.split_once('/') {
            Some((body, post)) if !body.is_empty() && !post.is_empty() && !post.contains('/') => {
                Ok(Self {
                    body: body.to_owned(),
                    post: post.to_owned(),
                })
            }
            _ => Err(BadPost(text.chars().take(60).collect())),
        }
    }
}

impl TryFrom<String> for PostRef {
    type Error = BadPost;
    fn try_from(text: String) -> Result<Self, BadPost> {
        text.parse()
    }
}

impl From<PostRef> for String {
    fn from(post: PostRef) -> Self {
        post.to_string()
    }
}

impl fmt::Display for PostRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.body, self.post)
    }
}

impl PostRef {
    /// `text` as a post of `body` unless it names a body itself.
    pub fn within(body: &str, text: &str) -> Self {
        match text.split_once('/') {
            Some((other, post)) => Self {
                body: other.to_owned(),
                post: post.to_owned(),
            },
            None => Self {
                body: body.to_owned(),
                post: text.to_owned(),
            },
        }
    }
}

/// Whose time a signature of a post takes, for the load that a plan may make.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// Leads the local government (市领导): a mayor, a deputy mayor.
    Leader,
    /// Heads a body, its office or its night.
    #[default]
    Office,
    /// Heads a section or keeps the desk.
    Staff,
}

impl Rank {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Post {
    pub post: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    #[serde(default, skip_serializing_if = "Rank::is_default")]
    pub rank: Rank,
    /// How long this post may be silent before its turn passes to the deputy.
    pub sign_within: Span,
    /// `post` of the same body, or `body/post`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<String>,
    /// What it may do beyond drafting and signing. Not a part of a pinned plan: rights are today's.
    #[serde(default, skip_serializing)]
    pub rights: Vec<Right>,
    /// This post is told when a deadline of its body has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told_of_overdue: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Body {
    pub body: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// 机关代字, the head of this body's document numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotline: Option<String>,
    #[serde(default)]
    pub may_release: Vec<String>,
    /// What stands for this body in front of a short message, 【示例市防指】; None = the channel's own signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_signature: Option<String>,
    /// A headquarters that only decides has none: an office drafts and answers for it.
    #[serde(default)]
    pub posts: Vec<Post>,
}

impl Body {
    /// The post that drafts and speaks for the body.
    pub fn first_post(&self) -> Option<PostRef> {
        let first = self.posts.first()?;
        Some(PostRef::within(&self.body, &first.post))
    }
}
