//! Telegram by a bot: to channels and groups, or to those who talk to the bot.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::limit::{Limit, Unit};
use super::spec::{Layout, Spec, Targets};
use crate::domain::clip::quoted;
use crate::domain::contact::AddressKind;
use crate::domain::phrase::phrase;

/// Characters that one message may have, counted as the Bot API does.
pub const LIMIT: Limit = Limit {
    unit: Unit::Utf16,
    most: 4096,
};

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

impl Spec for TelegramDef {
    fn targets(&self) -> Targets {
        match self.chats.as_slice() {
            [] => Targets::Contacts("telegram"),
            chats => Targets::Fixed(chats.to_vec()),
        }
    }

    fn layout(&self) -> Layout<'_> {
        Layout::Messages(LIMIT)
    }

    fn check(&self, found: &mut Findings) {
        if let Some(address) = &self.api_url {
            found.url("/api-url", address);
        }
        let mut seen: Vec<String> = Vec::new();
        let chats = if found.is_enabled {
            self.chats.as_slice()
        } else {
            &[]
        };
        for (index, chat) in chats.iter().enumerate() {
            let at = format!("/chats/{index}");
            match AddressKind::Telegram.read(chat) {
                Err(why) => found.error(
                    "bad-target",
                    &at,
                    phrase!("channel.bad-chat", chat = quoted(chat), why = why.phrase()),
                    phrase!("channel.bad-chat-help"),
                ),
                Ok(chat) if seen.contains(&chat.to_lowercase()) => found.warning(
                    "bad-target",
                    &at,
                    phrase!("channel.chat-twice", chat = quoted(&chat)),
                    phrase!("channel.chat-twice-help"),
                ),
                Ok(chat) => seen.push(chat.to_lowercase()),
            }
            found.filled(&at, chat);
        }
    }
}
