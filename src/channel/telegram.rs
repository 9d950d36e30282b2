//! Telegram, by a bot: to the channels and groups of the definition, or to contacts who talk to the bot.

use std::time::Duration;

use async_trait::async_trait;
use teloxide::payloads::SendMessageSetters as _;
use teloxide::prelude::Requester as _;
use teloxide::types::{ChatId, LinkPreviewOptions, Recipient};
use teloxide::{ApiError, Bot, RequestError};

use super::progress::{Progress, fitting, send_in_order};
use super::proxy::Proxies;
use super::scrub::scrub;
use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe, http};
use crate::domain::blame::Blame;
use crate::domain::blame::telegram::answer;
use crate::domain::channel::TelegramDef;
use crate::domain::channel::telegram::LIMIT;
use crate::domain::contact::mask_address;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;

/// A preview would push the text off the screen.
const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

pub(super) struct Telegram {
    bot: Bot,
    place: String,
    /// By which way it is reached, in words.
    way: String,
    token: Secret,
    /// Those of the definition: that one of them is not known is no reader's fault.
    chats: Vec<String>,
    timeout: Duration,
    progress: Progress,
}

impl Telegram {
    pub fn new(recipe: &Recipe<'_>, section: &TelegramDef) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let token = secrets::wanted(def, "token-env", Some(&section.token_env), secrets)?;
        let token = token.ok_or_else(|| ChannelError::no_section(def))?;
        // The token becomes a part of every request's path.
        let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_');
        if !token.expose().bytes().all(fit) {
            let why = format!(
                "the value of {} is no bot token: they look like 123456:AbC-dEf",
                section.token_env
            );
            return Err(ChannelError::bad_value(def, "token-env", why));
        }
        let mut bot = Bot::with_client(token.expose(), http::client(recipe)?);
        if let Some(url) = &section.api_url {
            bot = bot.set_api_url(http::parse_url(def, "api-url", url)?);
        }
        Ok(Self {
            place: http::place(&bot.api_url()),
            way: Proxies::of(recipe)?.say(&bot.api_url()),
            bot,
            token,
            chats: section.chats.clone(),
            timeout: http::timeout(def),
            progress: Progress::default(),
        })
    }

    /// Sends one message, following a group that became a supergroup to its new id; gives the message's number.
    async fn post(
        &self,
        to: Recipient,
        text: &str,
        address: &str,
    ) -> Result<Option<String>, Outcome> {
        let request = |to| {
            self.bot
                .send_message(to, text)
                .link_preview_options(NO_PREVIEW)
        };
        let sent = match request(to).await {
            Err(RequestError::MigrateToChatId(id)) => request(Recipient::Id(id)).await,
            other => other,
        };
        sent.map(|message| Some(message.id.0.to_string()))
            .map_err(|error| self.judge(&error, address))
    }

    /// Asks for each chat of the definition.
    async fn look_up_chats(&self) -> Result<(), Phrase> {
        for chat in &self.chats {
            let Some(to) = recipient(chat) else { continue };
            let why = match tokio::time::timeout(self.timeout, self.bot.get_chat(to)).await {
                // That the answer has more than can be read does not matter: the chat is known.
                Ok(Ok(_)) => continue,
                Ok(Err(RequestError::InvalidJson { raw, .. })) if !is_page_in_between(&raw) => {
                    continue;
                }
                Ok(Err(RequestError::Network(error))) => http::because(&error),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer in time".to_owned(),
            };
            let why = scrub(&why, chat, &[&self.token]);
            let place = format!("{}{}", self.place, self.way);
            let chat = mask_address(chat);
            return Err(phrase!("probe.no-such-chat", place, chat, why));
        }
        Ok(())
    }

    fn judge(&self, error: &RequestError, address: &str) -> Outcome {
        let why = match error {
            RequestError::Network(error) => format!("{}: {}", self.place, http::because(error)),
            other => format!("{}: {other}", self.place),
        };
        let why = scrub(&why, address, &[&self.token]);
        let (blame, after, ambiguous) = match error {
            RequestError::RetryAfter(wait) => (Blame::Pace, Some(wait.duration()), false),
            RequestError::Api(ApiError::InvalidToken) => (Blame::Account, None, false),
            RequestError::Api(error) => {
                let is_own = self.chats.iter().any(|chat| chat == address);
                let blame = match answer(&error.to_string()) {
                    Blame::NoSuchRecipient if is_own => Blame::Account,
                    blame => blame,
                };
                (blame, None, false)
            }
            RequestError::MigrateToChatId(_) => (Blame::NoSuchRecipient, None, false),
            RequestError::Network(error) if http::is_about_trust(error) => {
                (Blame::Account, None, false)
            }
            RequestError::Network(error) => (Blame::Moment, None, !error.is_connect()),
            // Somebody else has answered, who does not pass us on.
            RequestError::InvalidJson { raw, .. } if is_page_in_between(raw) => {
                (Blame::Account, None, false)
            }
            // An answer that cannot be read: the message may be out.
            RequestError::InvalidJson { .. } => (Blame::Unclear, None, true),
            RequestError::Io(_) => (Blame::Moment, None, false),
        };
        blame.outcome(after, why, ambiguous)
    }
}

/// A page of HTML that is no gateway's fault of the moment: a log-in page, or a wall that lets nothing through.
fn is_page_in_between(raw: &str) -> bool {
    let raw = raw.trim_start().to_ascii_lowercase();
    let of_the_moment = [
        "500",
        "502",
        "503",
        "504",
        "520",
        "bad gateway",
        "gateway time",
        "unavailable",
        "internal server error",
    ];
    raw.starts_with('<') && !of_the_moment.iter().any(|word| raw.contains(word))
}

/// A chat id or the @name of a public channel.
fn recipient(address: &str) -> Option<Recipient> {
    if let Ok(id) = address.parse() {
        return Some(Recipient::Id(ChatId(id)));
    }
    let name = address.strip_prefix('@')?;
    let fit = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_name = (4..=32).contains(&name.len()) && name.bytes().all(fit);
    is_name.then(|| Recipient::ChannelUsername(address.to_owned()))
}

#[async_trait]
impl Channel for Telegram {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let Some(to) = recipient(&parcel.address) else {
            return Outcome::Refused {
                why: format!(
                    "{} is neither a chat id nor an @name; correct the contact or the channel's `chats`",
                    mask_address(&parcel.address)
                ),
            };
        };
        if let Err(outcome) = fitting(&parcel.rendering, LIMIT) {
            return outcome;
        }
        // The client waits ten seconds after an answer of 500 and above; the channel's own time limit ends that.
        let post = |_, text| self.post(to.clone(), text, &parcel.address);
        send_in_order(&self.progress, parcel, self.timeout, &self.place, post).await
    }

    async fn probe(&self, _at: Moment) -> Result<Phrase, Phrase> {
        match tokio::time::timeout(self.timeout, self.bot.get_me()).await {
            Ok(Ok(me)) => {
                self.look_up_chats().await?;
                let (place, way) = (&self.place, &self.way);
                Ok(phrase!("probe.knows-bot", place, name = me.username(), way))
            }
            Ok(Err(error)) => {
                let why = match &error {
                    RequestError::Network(error) => http::because(error),
                    other => other.to_string(),
                };
                let why = scrub(&why, "", &[&self.token]);
                let place = format!("{}{}", self.place, self.way);
                Err(phrase!("probe.bot-failed", place, why))
            }
            Err(_) => Err(phrase!("probe.no-answer", place = &self.place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_between_is_not_telegrams_answer() {
        for page in [
            "<html>302 Found</html>",
            " <!DOCTYPE html><h1>403 Forbidden</h1>",
        ] {
            assert!(is_page_in_between(page), "{page}");
        }
        for other in ["", "{", "<html><h1>502 Bad Gateway</h1>", "<html>504"] {
            assert!(!is_page_in_between(other), "{other}");
        }
    }

    #[test]
    fn a_chat_is_a_number_or_a_name() {
        assert_eq!(
            recipient("-1001234"),
            Some(Recipient::Id(ChatId(-1_001_234)))
        );
        let name = Recipient::ChannelUsername("@shili_fabu".into());
        assert_eq!(recipient("@shili_fabu"), Some(name));
        for bad in ["", "@", "shili", "@a b c d", "@発布发布", "12 34"] {
            assert_eq!(recipient(bad), None, "{bad}");
        }
    }
}
