//! The `sms:` section of a channel file: how a gateway is asked, and what its answers mean.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SmsDef {
    pub url: String,
    #[serde(default)]
    pub method: HttpMethod,
    #[serde(default)]
    pub encode: Encoding,
    /// Values may hold `{to}` `{text}` `{id}` `{signature}` `{secret}`.
    pub fields: BTreeMap<String, String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The encoding of the gateway's answers (`GB18030`, `GBK`, `UTF-8` …); left out, as the answer itself says.
    #[serde(default)]
    pub encoding: Option<String>,
    /// The gateway has the message.
    #[serde(default)]
    pub success: SuccessTest,
    /// The gateway will never take this message for this number.
    #[serde(default)]
    pub refused: Option<AnswerTest>,
    /// The gateway may take it later.
    #[serde(default)]
    pub later: Option<AnswerTest>,
    /// The gateway refuses us: balance, signature, log-in, address.
    #[serde(default)]
    pub account: Option<AnswerTest>,
    /// A call that sends nothing, such as the balance; `channel test` and `doctor` make it.
    #[serde(default)]
    pub probe: Option<ProbeDef>,
    /// Printed in front as 【…】 and counted; without the brackets here.
    #[serde(default)]
    pub signature: Option<String>,
    #[serde(default = "five")]
    #[schemars(range(min = 1, max = 255))]
    pub max_parts: u32,
    #[serde(default)]
    pub when_long: WhenLong,
    #[serde(default)]
    pub secret_env: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum HttpMethod {
    GET,
    #[default]
    POST,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    Query,
    #[default]
    Form,
    Json,
}

/// What to do with an SMS longer than one message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenLong {
    /// One long message in several segments, up to `max-parts`.
    #[default]
    Split,
    /// A text of more than one segment is an error of the draft.
    Refuse,
}

/// What an answer must be. What is left out does not matter; of several words one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnswerTest {
    /// Any of these; for success any 2xx when empty.
    #[serde(default)]
    pub status: Vec<u16>,
    /// A word, or several, that the answer holds, be it plain text, JSON or XML.
    #[serde(default)]
    pub body_contains: Option<OneOrMore>,
    /// A JSON pointer into the answer, and the text it must equal.
    #[serde(default)]
    pub json_pointer: Option<String>,
    #[serde(default)]
    pub equals: Option<OneOrMore>,
}

/// When a gateway has a message.
pub type SuccessTest = AnswerTest;

impl AnswerTest {
    /// Whether it says anything about the answer's words.
    pub fn has_words(&self) -> bool {
        self.body_contains.is_some() || self.json_pointer.is_some()
    }
}

/// One text or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }
}

/// A call to the gateway that sends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProbeDef {
    pub url: String,
    #[serde(default)]
    pub method: HttpMethod,
    #[serde(default)]
    pub encode: Encoding,
    /// Values may hold `{secret}`.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What it answers when all is well.
    #[serde(default)]
    pub success: SuccessTest,
}

fn five() -> u32 {
    5
}
