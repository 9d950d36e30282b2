//! Telegram, by a bot: to the channels and groups of the definition, or to contacts who talk to the bot.
//!
//! Three calls of the Bot API, each a POST of JSON to an address that holds the token.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::{Value, json};

use super::http::{self, Answer, Provider};
use super::progress::{Progress, fitting, send_in_order};
use super::scrub::scrub;
use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe};
use crate::domain::blame::robot::without_code;
use crate::domain::blame::telegram::answer;
use crate::domain::blame::{Blame, http::may_have_arrived};
use crate::domain::channel::TelegramDef;
use crate::domain::channel::telegram::LIMIT;
use crate::domain::contact::mask_address;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;

const API: &str = "https://api.telegram.org";

pub(super) struct Telegram {
    provider: Provider,
    /// Of the API, the token included.
    url: Url,
    /// Where that is, with the way there.
    place: String,
    token: Secret,
    /// Those of the definition: that one of them is not known is no reader's fault.
    chats: Vec<String>,
    timeout: Duration,
    progress: Progress,
}

/// A call that did not do what it should.
struct Fault {
    outcome: Outcome,
    /// The chat's new id, where it moved.
    moved: Option<i64>,
}

impl From<Outcome> for Fault {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            moved: None,
        }
    }
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
        let url = section.api_url.as_deref().unwrap_or(API);
        let mut url = http::parse_url(def, "api-url", url)?;
        let path = format!(
            "{}/bot{}/",
            url.path().trim_end_matches('/'),
            token.expose()
        );
        url.set_path(&path);
        let provider = Provider::new(recipe)?;
        Ok(Self {
            place: format!("{}{}", http::place(&url), provider.way(&url)),
            provider,
            url,
            token,
            chats: section.chats.clone(),
            timeout: http::timeout(def),
            progress: Progress::default(),
        })
    }

    /// What the API gives for `method`; `address` is whom it is about, and is not shown in full.
    async fn ask(
        &self,
        method: &str,
        body: &Value,
        address: &str,
        at: Moment,
    ) -> Result<Value, Fault> {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{method}", self.url.path()));
        let request = || self.provider.client.post(url.clone()).json(body);
        let answer = self.provider.exchange(request, &self.place, at).await?;
        self.judge(&answer, address)
    }

    fn judge(&self, answered: &Answer, address: &str) -> Result<Value, Fault> {
        let body = answered.text(None);
        let mut said: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        let status = answered.status.as_u16();
        let why = |words: &str| {
            let why = format!("{}: {words}", self.place);
            scrub(&why, address, &[&self.token])
        };
        match (said["ok"].as_bool(), said["description"].as_str()) {
            (Some(true), _) => Ok(said["result"].take()),
            (Some(false), Some(description)) => {
                let wait = said["parameters"]["retry_after"].as_u64();
                let wait = wait.map(|wait| Duration::from_secs(wait).min(http::LONGEST_WAIT));
                let wait = wait.or(answered.wait);
                let is_own = self.chats.iter().any(|chat| chat == address);
                let blame = match answer(description) {
                    Blame::NoSuchRecipient if is_own => Blame::Account,
                    blame => blame,
                };
                Err(Fault {
                    outcome: blame.outcome(wait, why(description), may_have_arrived(status)),
                    moved: said["parameters"]["migrate_to_chat_id"].as_i64(),
                })
            }
            // Somebody else has answered, who does not pass us on.
            _ if is_page_in_between(&body) => {
                let why = why(&format!("answered {status} with a page: {body}"));
                Err(Blame::Account.outcome(None, why, false).into())
            }
            // What cannot be read leaves open whether the message is out.
            _ => {
                let (blame, ambiguous) = without_code(status, answered.wait.is_some());
                let why = why(&format!(
                    "answered {status} with what cannot be read: {body}"
                ));
                Err(blame.outcome(answered.wait, why, ambiguous).into())
            }
        }
    }

    /// Sends one message, following a group that became a supergroup to its new id; gives the message's number.
    async fn post(
        &self,
        chat: &Value,
        text: &str,
        address: &str,
        at: Moment,
    ) -> Result<Option<String>, Outcome> {
        let message = |chat: &Value| {
            // A preview would push the text off the screen.
            json!({"chat_id": chat, "text": text, "link_preview_options": {"is_disabled": true}})
        };
        let sent = match self.ask("sendMessage", &message(chat), address, at).await {
            Err(Fault {
                moved: Some(id), ..
            }) => {
                let again = message(&json!(id));
                self.ask("sendMessage", &again, address, at).await
            }
            other => other,
        };
        let message = sent.map_err(|fault| fault.outcome)?;
        Ok(message["message_id"].as_i64().map(|id| id.to_string()))
    }

    /// Asks for each chat of the definition.
    async fn look_up_chats(&self, at: Moment) -> Result<(), Phrase> {
        for address in &self.chats {
            let Some(chat) = chat_id(address) else {
                continue;
            };
            let chat = json!({"chat_id": chat});
            if let Err(fault) = self.ask("getChat", &chat, address, at).await
                && let Some(why) = why(fault)
            {
                let chat = mask_address(address);
                return Err(phrase!("probe.no-such-chat", chat, why));
            }
        }
        Ok(())
    }
}

/// Why it failed, in the provider's words.
fn why(fault: Fault) -> Option<String> {
    match fault.outcome {
        Outcome::Retry { why, .. } | Outcome::Refused { why } => Some(why),
        Outcome::Accepted { .. } => None,
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

/// A chat id or the @name of a public channel, as the API takes it.
fn chat_id(address: &str) -> Option<Value> {
    if let Ok(id) = address.parse::<i64>() {
        return Some(json!(id));
    }
    let name = address.strip_prefix('@')?;
    let fit = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_name = (4..=32).contains(&name.len()) && name.bytes().all(fit);
    is_name.then(|| json!(address))
}

#[async_trait]
impl Channel for Telegram {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let Some(chat) = chat_id(&parcel.address) else {
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
        let post = |_, text| self.post(&chat, text, &parcel.address, parcel.at);
        send_in_order(&self.progress, parcel, self.timeout, &self.place, post).await
    }

    async fn probe(&self, at: Moment) -> Result<Phrase, Phrase> {
        match self.ask("getMe", &json!({}), "", at).await {
            Ok(me) => {
                self.look_up_chats(at).await?;
                let name = me["username"].as_str().unwrap_or("?");
                Ok(phrase!("probe.knows-bot", place = &self.place, name))
            }
            Err(fault) => {
                let why = why(fault).unwrap_or_default();
                Err(phrase!("probe.bot-failed", why))
            }
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
        assert_eq!(chat_id("-1001234"), Some(json!(-1_001_234)));
        assert_eq!(chat_id("@shili_fabu"), Some(json!("@shili_fabu")));
        for bad in ["", "@", "shili", "@a b c d", "@発布发布", "12 34"] {
            assert_eq!(chat_id(bad), None, "{bad}");
        }
    }
}
