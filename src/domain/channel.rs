//! A channel (渠道) as its file defines it. What it takes to reach one kind of provider, and the limits of that kind.

mod proxy;
mod sms;

pub use proxy::ProxyUse;
pub use sms::{
    AnswerTest, Encoding, HttpMethod, OneOrMore, ProbeDef, SmsDef, SuccessTest, WhenLong,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audience::Audience;
use super::backoff::RetrySchedule;
use super::time::Span;

/// One file of `channels/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChannelDef {
    pub channel: String,
    pub name: String,
    #[serde(default)]
    pub name_en: Option<String>,
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    pub kind: ChannelKind,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Used when an item names none.
    #[serde(default)]
    pub audience: Option<Audience>,
    #[serde(default)]
    pub rate: Option<Rate>,
    /// Tries under way at once.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 1000))]
    pub concurrency: u32,
    /// For one try, connection included.
    #[serde(default = "twenty_seconds")]
    pub timeout: Span,
    #[serde(default = "fast_first_minute")]
    #[schemars(length(min = 1))]
    pub retry: Vec<Span>,
    #[serde(default = "a_day")]
    pub give_up_after: Span,
    /// How often a text is sent again after an answer that may mean that it has arrived; then it is *unknown*.
    #[serde(default = "two")]
    #[schemars(range(max = 20))]
    pub repeat_in_doubt: u32,
    /// Also carries reminders to the posts that have to act; never the portal.
    #[serde(default)]
    pub reminders: bool,
    /// The channel that takes over what this one gives up.
    #[serde(default)]
    pub fallback: Option<String>,
    /// Whether HTTP goes by a web proxy: `system` (as `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say), `none`, or
    /// the proxy's address, without a password. Addresses of this machine are never asked for through one.
    #[serde(default)]
    pub proxy: ProxyUse,
    /// The variable that holds `user:password` of that proxy.
    #[serde(default)]
    pub proxy_auth_env: Option<String>,
    /// Certificates (PEM) of an authority of one's own that is trusted beside the public ones; the path starts from
    /// the folder that holds `channels/`.
    #[serde(default)]
    pub ca_file: Option<String>,
    #[serde(default)]
    pub portal: Option<PortalDef>,
    #[serde(default)]
    pub email: Option<EmailDef>,
    #[serde(default)]
    pub sms: Option<SmsDef>,
    #[serde(default)]
    pub telegram: Option<TelegramDef>,
    #[serde(default)]
    pub wecom: Option<RobotDef>,
    #[serde(default)]
    pub dingtalk: Option<RobotDef>,
    #[serde(default)]
    pub feishu: Option<RobotDef>,
    #[serde(default)]
    pub file: Option<FileDef>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    Portal,
    Email,
    Sms,
    Telegram,
    Wecom,
    Dingtalk,
    Feishu,
    File,
}

impl ChannelKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Telegram => "telegram",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::File => "file",
        }
    }
}

/// What the engine sends to: one delivery each for contacts' addresses of a kind, or for fixed targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// The audience's addresses of this kind (`email`, `sms`, `telegram`).
    Contacts(&'static str),
    /// The same places whatever the audience: a robot's group, a chat, the portal, a folder.
    Fixed(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rate {
    /// Sends a second, on average.
    #[schemars(range(min = 0.001, max = 1_000_000.0))]
    pub per_second: f64,
    /// Sends that may follow each other at once after a pause.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub burst: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PortalDef {
    /// The address the public knows, without a slash at the end; links in messages are made from it.
    pub base_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EmailDef {
    pub host: String,
    #[serde(default = "smtp_port")]
    pub port: u16,
    #[serde(default)]
    pub tls: MailTls,
    pub from: String,
    #[serde(default)]
    pub from_name: Option<String>,
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Names of environment variables; the values never stand in a file.
    #[serde(default)]
    pub user_env: Option<String>,
    #[serde(default)]
    pub password_env: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    #[default]
    None,
    Starttls,
    Tls,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TelegramDef {
    pub token_env: String,
    #[serde(default)]
    pub api_url: Option<String>,
    /// Chat ids or @names; none = the contacts' `telegram` addresses.
    #[serde(default)]
    pub chats: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RobotDef {
    /// The whole address is a secret at most providers; prefer `url-env`.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub url_env: Option<String>,
    #[serde(default)]
    pub secret_env: Option<String>,
    #[serde(default)]
    pub mention_all: bool,
    /// UTF-8 bytes of one message; the provider's own limit when left out.
    #[serde(default)]
    pub max_bytes: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileDef {
    pub folder: String,
    /// Whose addresses of the audience get a file each; `none` = one file a bulletin.
    #[serde(default)]
    pub addresses: FileAddresses,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileAddresses {
    #[default]
    None,
    Email,
    Sms,
}

impl ChannelDef {
    pub fn schedule(&self) -> RetrySchedule {
        RetrySchedule {
            waits: self.retry.clone(),
            give_up_after: self.give_up_after,
            repeat_in_doubt: self.repeat_in_doubt,
        }
    }

    pub fn targets(&self) -> Targets {
        match self.kind {
            ChannelKind::Email => Targets::Contacts("email"),
            ChannelKind::Sms => Targets::Contacts("sms"),
            ChannelKind::Telegram => match &self.telegram {
                Some(def) if !def.chats.is_empty() => Targets::Fixed(def.chats.clone()),
                _ => Targets::Contacts("telegram"),
            },
            ChannelKind::File => match self.file.as_ref().map(|def| def.addresses) {
                Some(FileAddresses::Email) => Targets::Contacts("email"),
                Some(FileAddresses::Sms) => Targets::Contacts("sms"),
                _ => Targets::Fixed(vec!["folder".into()]),
            },
            ChannelKind::Portal => Targets::Fixed(vec!["portal".into()]),
            ChannelKind::Wecom | ChannelKind::Dingtalk | ChannelKind::Feishu => {
                Targets::Fixed(vec!["group".into()])
            }
        }
    }
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn four() -> u32 {
    4
}

fn smtp_port() -> u16 {
    25
}

fn twenty_seconds() -> Span {
    Span::seconds(20)
}

fn a_day() -> Span {
    Span::minutes(24 * 60)
}

fn fast_first_minute() -> Vec<Span> {
    [1, 2, 5, 10, 20, 20, 60, 300, 900]
        .into_iter()
        .map(Span::seconds)
        .collect()
}
