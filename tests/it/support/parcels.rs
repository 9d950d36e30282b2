//! Channels from the text of their files, and something to send through them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fabu::channel::{self, ChannelError, LivePermit, MapSecrets, SharedChannel};
use fabu::domain::blame::Scope;
use fabu::domain::bulletin::{Language, Rendering};
use fabu::domain::channel::ChannelDef;
use fabu::domain::delivery::{Outcome, Parcel};
use fabu::domain::time::{Moment, from_millis};
use serde_json::Value;

/// 2026-05-01 10:00 in Shili.
pub const AT: i64 = 1_777_600_800_000;

/// [`AT`] as a moment.
pub fn moment() -> Moment {
    from_millis(AT)
}

/// The channel that a definition describes, built as the server builds it.
pub fn try_channel(def: Value, secrets: &MapSecrets) -> Result<SharedChannel, ChannelError> {
    try_channel_in(def, secrets, Path::new("/nonexistent"))
}

pub fn try_channel_in(
    mut def: Value,
    secrets: &MapSecrets,
    base: &Path,
) -> Result<SharedChannel, ChannelError> {
    let kind = def["kind"].as_str().unwrap().to_owned();
    def["channel"] = format!("test-{kind}").into();
    def["name"] = "测试渠道".into();
    let def: ChannelDef = serde_json::from_value(def).unwrap();
    channel::live(&def, &LivePermit::for_adapter_tests(), secrets, base)
}

pub fn channel(def: Value) -> SharedChannel {
    try_channel(def, &MapSecrets::default()).unwrap()
}

pub fn rendering(text: &str) -> Rendering {
    Rendering {
        channel: "test".into(),
        language: Language::ZhCn,
        subject: Some("关于启动防汛四级应急响应的通告".into()),
        text: text.into(),
        html: None,
        parts: Vec::new(),
        segments: None,
    }
}

pub fn parcel_of(key: &str, address: &str, rendering: Rendering) -> Parcel {
    Parcel {
        key: key.into(),
        address: address.into(),
        rendering: Arc::new(rendering),
        attempt: 1,
        at: from_millis(AT),
    }
}

pub fn parcel(key: &str, address: &str) -> Parcel {
    parcel_of(
        key,
        address,
        rendering("请低洼地区、危旧房屋居民做好转移准备。"),
    )
}

/// The three outcomes taken apart; each says the outcome it got when it is another.
pub trait Told {
    fn accepted(self) -> Option<String>;
    fn retry(self) -> Retry;
    fn refused(self) -> String;
}

pub struct Retry {
    pub after: Option<Duration>,
    pub why: String,
    pub scope: Scope,
    pub ambiguous: bool,
}

impl Told for Outcome {
    #[track_caller]
    fn accepted(self) -> Option<String> {
        match self {
            Self::Accepted { receipt, .. } => receipt,
            other => panic!("not accepted: {other:?}"),
        }
    }

    #[track_caller]
    fn retry(self) -> Retry {
        match self {
            Self::Retry {
                after,
                why,
                scope,
                ambiguous,
            } => Retry {
                after,
                why,
                scope,
                ambiguous,
            },
            other => panic!("not to be tried again: {other:?}"),
        }
    }

    #[track_caller]
    fn refused(self) -> String {
        match self {
            Self::Refused { why } => why,
            other => panic!("not refused: {other:?}"),
        }
    }
}
