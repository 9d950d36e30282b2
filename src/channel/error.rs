//! Why a channel cannot be built from its definition.

use std::fmt;

use crate::domain::channel::ChannelDef;
use crate::domain::phrase::{Phrase, phrase};

/// Each says that the channel was not started, where the fault is, and what to do.
#[derive(Debug)]
pub enum ChannelError {
    NoSection {
        channel: String,
        section: &'static str,
    },
    NoSecret {
        channel: String,
        key: &'static str,
        variable: String,
    },
    SecretUnreadable {
        channel: String,
        variable: String,
        path: String,
        why: String,
    },
    BadValue {
        channel: String,
        key: String,
        why: String,
    },
}

impl std::error::Error for ChannelError {}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl ChannelError {
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NoSection { channel, section } => {
                phrase!("probe.no-section", channel, section = *section)
            }
            Self::NoSecret {
                channel,
                key,
                variable,
            } => phrase!("probe.no-secret", channel, key = *key, variable),
            Self::SecretUnreadable {
                channel,
                variable,
                path,
                why,
            } => phrase!("probe.secret-unreadable", channel, variable, path, why),
            Self::BadValue { channel, key, why } => {
                phrase!("probe.bad-value", channel, key, why)
            }
        }
    }
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
