//! Group robots: one POST of JSON to a secret address. What differs between the makers stands in `wecom`, `dingtalk`
//! and `feishu`; this file knows how a text is sent to any of them and what their answers have in common, which is
//! that HTTP 200 says nothing: the code in the body does.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Url};
use serde_json::Value;

use super::http::{self, Answer};
use super::progress::{Progress, messages, send_in_order};
use super::scrub::scrub;
use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe};
use crate::domain::channel::RobotDef;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::time::Moment;

/// What is particular to one maker of robots.
pub(super) trait Maker: Send + Sync + 'static {
    /// UTF-8 bytes of text that the maker takes in one message.
    const LIMIT: usize;

    /// The body of one message, and what the signature adds to the address.
    fn message(&self, text: &str, mention_all: bool, signing: &Signing<'_>) -> (Url, Value);

    /// The code in an answer; `None` when there is none to be found.
    fn code(answer: &Value) -> Option<i64>;

    /// What a code other than success means.
    fn meaning(code: i64) -> Meaning;
}

/// What a signature is made from.
pub(super) struct Signing<'a> {
    pub url: &'a Url,
    pub secret: Option<&'a str>,
    pub at: Moment,
}

pub(super) enum Meaning {
    /// Too many messages; the wait that the maker documents.
    Throttled(Duration),
    /// The robot, its address, signature or keyword, or the text: the same message will not fare better.
    Refused,
    /// Anything else may pass.
    Passing,
}

pub(super) struct Robot<M> {
    maker: M,
    client: Client,
    url: Url,
    place: String,
    secret: Option<Secret>,
    mention_all: bool,
    limit: usize,
    timeout: Duration,
    progress: Progress,
    /// What must never be shown: the secret, and the address with its key.
    hidden: Vec<Secret>,
}

impl<M: Maker> Robot<M> {
    pub fn new(
        maker: M,
        recipe: &Recipe<'_>,
        section: Option<&RobotDef>,
    ) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let section = section.ok_or_else(|| ChannelError::no_section(def))?;
        let from_env = secrets::wanted(def, "url-env", section.url_env.as_ref(), secrets)?;
        let address = match (&section.url, &from_env) {
            (Some(url), None) => url.as_str(),
            (None, Some(secret)) => secret.expose(),
            _ => {
                let why = "give either `url-env` (better) or `url`";
                return Err(ChannelError::bad_value(def, "url", why));
            }
        };
        let url = http::parse_url(def, "url", address)?;
        let secret = secrets::wanted(def, "secret-env", section.secret_env.as_ref(), secrets)?;
        let asked = section
            .max_bytes
            .and_then(|bytes| usize::try_from(bytes).ok());
        let mut hidden: Vec<_> = secret.iter().cloned().collect();
        hidden.extend(keys_of(&url).into_iter().map(Secret::new));
        Ok(Self {
            maker,
            client: http::client(recipe)?,
            place: http::place(&url),
            url,
            secret,
            mention_all: section.mention_all,
            limit: asked.unwrap_or(M::LIMIT),
            timeout: http::timeout(def),
            progress: Progress::default(),
            hidden,
        })
    }

    fn show(&self, text: &str) -> String {
        let hidden: Vec<_> = self.hidden.iter().collect();
        scrub(text, "", &hidden)
    }

    async fn post(
        &self,
        text: &str,
        mention_all: bool,
        at: Moment,
    ) -> Result<Option<String>, Outcome> {
        let signing = Signing {
            url: &self.url,
            secret: self.secret.as_ref().map(Secret::expose),
            at,
        };
        let (url, body) = self.maker.message(text, mention_all, &signing);
        let request = self.client.post(url).json(&body);
        let answer = http::exchange(request, &self.place, at).await?;
        self.judge(&answer)
    }

    /// A robot gives no receipt.
    fn judge(&self, answer: &Answer) -> Result<Option<String>, Outcome> {
        let json: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        let code = M::code(&json);
        let status = answer.status.as_u16();
        let said = self.show(&answer.body);
        let retry = |after: Option<Duration>, why, ambiguous| {
            Err(Outcome::Retry {
                after: after.or(answer.wait),
                why,
                ambiguous,
            })
        };
        match code {
            Some(0) if answer.status.is_success() => Ok(None),
            Some(code) if code != 0 => {
                let why = format!("{} answered code {code}: {said}", self.place);
                match M::meaning(code) {
                    Meaning::Throttled(wait) => retry(Some(wait), why, false),
                    Meaning::Refused => Err(Outcome::Refused { why }),
                    Meaning::Passing => retry(None, why, false),
                }
            }
            // No code that could be read: the robot itself did not speak.
            _ => {
                let why = format!("{} answered {status} without a code: {said}", self.place);
                let ambiguous = answer.status.is_success() || matches!(status, 502 | 504);
                retry(None, why, ambiguous)
            }
        }
    }
}

/// The parts of a robot's address that are its key: values of the query, and the last word of the path.
fn keys_of(url: &Url) -> Vec<String> {
    let mut keys: Vec<String> = url
        .query_pairs()
        .map(|(_, value)| value.into_owned())
        .collect();
    if url.query().is_none() {
        let last = url.path_segments().and_then(|mut parts| parts.next_back());
        keys.extend(last.map(str::to_owned));
    }
    keys
}

#[async_trait]
impl<M: Maker> Channel for Robot<M> {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let messages = messages(&parcel.rendering);
        if let Some(long) = messages.iter().find(|text| text.len() > self.limit) {
            return Outcome::Refused {
                why: format!(
                    "the text has {} bytes and a message of this robot may have {}; shorten it, nothing was sent",
                    long.len(),
                    self.limit
                ),
            };
        }
        let post = |index, text| {
            let mention = self.mention_all && index == 0;
            self.post(text, mention, parcel.at)
        };
        send_in_order(&self.progress, parcel, self.timeout, &self.place, post).await
    }

    async fn probe(&self) -> Result<String, String> {
        http::knock(&self.url, self.timeout).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_wherever_the_maker_puts_it() {
        let keys = |text: &str| keys_of(&Url::parse(text).unwrap());
        assert_eq!(
            keys("https://a.example/cgi-bin/webhook/send?key=k-1"),
            ["k-1"]
        );
        assert_eq!(keys("https://a.example/open-apis/bot/v2/hook/tok"), ["tok"]);
    }
}
