//! SMS through a gateway that is asked over HTTP: how it is asked, what its answers mean, and how long a text may be.

mod receipts;

pub use receipts::{PLACE, ReceiptsDef};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::spec::{Finality, Layout, Spec, Targets};
use crate::domain::clip::quoted;
use crate::domain::phrase::phrase;

/// UTF-16 units in a message that stands alone. Source, also of the next: 3GPP TS 23.038 and TS 23.040; six octets of each
/// segment join it to the others.
pub const SINGLE: usize = 70;
/// UTF-16 units in one segment of a longer message.
pub const SEGMENT: usize = 67;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SmsDef {
    pub url: String,
    #[serde(default)]
    pub method: HttpMethod,
    #[serde(default)]
    pub encode: Encoding,
    /// Values may hold `{to}` `{text}` `{id}` `{signature}` `{secret}` `{receipts}`.
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
    /// What the gateway says later of a message; without it a message is final once the gateway has taken it.
    #[serde(default)]
    pub receipts: Option<ReceiptsDef>,
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

impl Spec for SmsDef {
    fn targets(&self) -> Targets {
        Targets::Contacts("sms")
    }

    fn layout(&self) -> Layout<'_> {
        Layout::Short {
            signature: self.signature.as_deref(),
            segments: match self.when_long {
                WhenLong::Refuse => 1,
                WhenLong::Split => self.max_parts,
            },
        }
    }

    fn receipts_at(&self, channel: &str) -> Option<String> {
        let receipts = self.receipts.as_ref()?;
        Some(receipts.address(channel, &format!("<{}>", receipts.secret_env)))
    }

    fn needs_names(&self) -> bool {
        (self.receipts.as_ref()).is_some_and(|receipts| receipts.key.is_none())
    }

    fn finality(&self) -> Finality {
        match &self.receipts {
            None => Finality::Accepted,
            Some(receipts) => Finality::Receipt {
                within: receipts.within,
            },
        }
    }

    fn check(&self, found: &mut Findings) {
        found.url("/url", &self.url);
        found.filled("/url", &self.url);
        found.host_of("/url", &self.url);
        let values = self.fields.values().chain(self.headers.values());
        let everything: Vec<&str> = values.chain([&self.url]).map(String::as_str).collect();
        let has = |name: &str| everything.iter().any(|value| value.contains(name));
        for (need, help) in [
            ("{to}", phrase!("channel.give-to", to = "{to}")),
            ("{text}", phrase!("channel.give-text", text = "{text}")),
        ] {
            if !has(need) {
                let what = phrase!("channel.never-told", need);
                found.error_of_key("sms-without-field", "/fields", what, help);
            }
        }
        if self.secret_env.is_none() && has("{secret}") {
            found.error_of_key(
                "sms-without-secret",
                "/fields",
                phrase!("channel.no-secret", secret = "{secret}"),
                phrase!("channel.no-secret-help"),
            );
        }
        if let Some(name) = &self.encoding
            && encoding_rs::Encoding::for_label(name.trim().as_bytes()).is_none()
        {
            found.error(
                "unknown-encoding",
                "/encoding",
                phrase!("channel.unknown-encoding", encoding = quoted(name)),
                phrase!("channel.unknown-encoding-help"),
            );
        }
        success("/success", &self.success, found);
        for (pointer, test) in [
            ("/refused", &self.refused),
            ("/later", &self.later),
            ("/account", &self.account),
        ] {
            let Some(test) = test else { continue };
            success(pointer, test, found);
            if test.status.is_empty() && !test.has_words() {
                found.error_of_key(
                    "empty-test",
                    pointer,
                    phrase!("channel.empty-test"),
                    phrase!("channel.empty-test-help"),
                );
            }
        }
        if let Some(probe) = &self.probe {
            probe.check(found);
        }
        match &self.receipts {
            Some(receipts) => receipts.check(self, found),
            None if has(PLACE) => found.error_of_key(
                "sms-without-receipts",
                "/fields",
                phrase!("channel.receipts-unread", receipts = "{receipts}"),
                phrase!("channel.receipts-unread-help"),
            ),
            None => {}
        }
    }
}

/// A test of an answer that may also say nothing.
fn success(pointer: &str, test: &AnswerTest, found: &mut Findings) {
    if test.json_pointer.is_some() != test.equals.is_some() {
        found.error_of_key(
            "half-a-test",
            pointer,
            phrase!("channel.half-test"),
            phrase!("channel.half-test-help"),
        );
    }
    if let Some(wanted) = &test.json_pointer {
        found.pointer(&format!("{pointer}/json-pointer"), wanted);
    }
    let words = [&test.body_contains, &test.equals];
    let is_empty =
        |words: &OneOrMore| words.iter().any(str::is_empty) || words.iter().next().is_none();
    if words.into_iter().flatten().any(is_empty) {
        found.error_of_key(
            "empty-test",
            pointer,
            phrase!("channel.empty-words"),
            phrase!("channel.empty-words-help"),
        );
    }
}

impl ProbeDef {
    fn check(&self, found: &mut Findings) {
        found.url("/probe/url", &self.url);
        let mut values = self.fields.values().chain(self.headers.values());
        if values.any(|value| value.contains("{to}") || value.contains("{text}")) {
            found.error_of_key(
                "probe-that-sends",
                "/probe",
                phrase!("channel.probe-that-sends", to = "{to}", text = "{text}"),
                phrase!("channel.probe-that-sends-help"),
            );
        }
        success("/probe/success", &self.success, found);
    }
}
