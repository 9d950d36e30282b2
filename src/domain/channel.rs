//! A channel (渠道) as its file defines it, and the list of the kinds there are.
//!
//! A kind's own file here holds what can be said of it without asking anybody: the section of its settings, whom it sends to,
//! how its texts are laid out and limited, when a delivery is final, what cannot work ([`Spec`]). Checking and rendering
//! stand on that, so it must never know HTTP, secrets or files. The adapter that talks to the provider is `src/channel/<kind>`,
//! which this must not know either.

#[macro_use]
mod registry;
mod spec;
mod limit;
mod finding;
mod proxy;

mod portal;
mod email;
pub mod sms;
pub mod telegram;
mod robot;
pub mod wecom;
pub mod dingtalk;
pub mod feishu;
mod file;

pub use email::{EmailDef, MailTls};
pub use file::{FileAddresses, FileDef};
pub use finding::{Finding, Findings};
pub use limit::{Limit, Unit};
pub use portal::PortalDef;
pub use proxy::ProxyUse;
pub use robot::RobotDef;
pub use sms::{
    AnswerTest, Encoding, HttpMethod, OneOrMore, ProbeDef, SmsDef, SuccessTest, WhenLong,
};
pub use spec::{Finality, Layout, Spec, Targets};
pub use telegram::TelegramDef;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audience::Audience;
use super::backoff::RetrySchedule;
use super::time::Span;

kinds! {
    Portal "portal" portal: PortalDef,
    Email "email" email: EmailDef,
    Sms "sms" sms: SmsDef,
    Telegram "telegram" telegram: TelegramDef,
    Wecom "wecom" wecom: wecom::WecomDef,
    Dingtalk "dingtalk" dingtalk: dingtalk::DingtalkDef,
    Feishu "feishu" feishu: feishu::FeishuDef,
    File "file" file: FileDef,
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

impl ChannelDef {
    pub fn schedule(&self) -> RetrySchedule {
        RetrySchedule {
            waits: self.retry.clone(),
            give_up_after: self.give_up_after,
            repeat_in_doubt: self.repeat_in_doubt,
        }
    }

    /// What its kind says of it.
    pub fn spec(&self) -> &dyn Spec {
        self.section().map_or(&spec::NoSection, KindDef::spec)
    }

    pub fn targets(&self) -> Targets {
        self.spec().targets()
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
