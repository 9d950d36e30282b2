//! Why a channel cannot be built from its definition.

use crate::domain::channel::ChannelDef;

/// Each says that the channel was not started, where the fault is, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    #[error(
        "channel {channel} was not started: its definition has no `{section}:` section; \
         add one to channels/{channel}.yaml"
    )]
    NoSection {
        channel: String,
        section: &'static str,
    },
    #[error(
        "channel {channel} was not started: {variable} is not set; set it, or set {variable}_FILE to a file that \
         holds the value, or take `{key}` out of channels/{channel}.yaml"
    )]
    NoSecret {
        channel: String,
        key: &'static str,
        variable: String,
    },
    #[error(
        "channel {channel} was not started: {variable}_FILE names {path}, which cannot be read: {why}"
    )]
    SecretUnreadable {
        channel: String,
        variable: String,
        path: String,
        why: String,
    },
    #[error(
        "channel {channel} was not started: `{key}` in channels/{channel}.yaml cannot be used: {why}"
    )]
    BadValue {
        channel: String,
        key: String,
        why: String,
    },
}

impl ChannelError {
    pub(super) fn no_section(def: &ChannelDef) -> Self {
        Self::NoSection {
            channel: def.channel.clone(),
            section: def.kind.code(),
        }
    }

    pub(super) fn bad_value(
        def: &ChannelDef,
        key: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self::BadValue {
            channel: def.channel.clone(),
            key: key.into(),
            why: why.into(),
        }
    }
}
