//! Group robots: one POST of JSON to a secret address. What differs between the makers stands in `wecom`, `dingtalk`
//! and `feishu`; this file knows how a text is sent to any of them and what their answers have in common, which is
//! that HTTP 200 says nothing: the code in the body does.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::Value;

use super::http::{self, Answer, Provider};
use super::progress::{Progress, fitting, send_in_order};
use super::scrub::scrub;
use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe};
use crate::domain::blame::Blame;
use crate::domain::blame::robot::{Codes, code as blame, without_code};
use crate::domain::channel::{Limit, RobotDef};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;

/// What is particular to one maker of robots.
pub(super) trait Maker: Send + Sync + 'static {
    const CODES: Codes;

    /// The body of one message, and what the signature adds to the address.
    fn message(&self, text: &str, mention_all: bool, signing: &Signing<'_>) -> (Url, Value);

    /// The code in an answer; `None` when there is none to be found.
    fn code(answer: &Value) -> Option<i64>;
}

/// What a signature is made from.
pub(super) struct Signing<'a> {
    pub url: &'a Url,
    pub secret: Option<&'a str>,
    pub at: Moment,
}

pub(super) struct Robot<M> {
    maker: M,
    provider: Provider,
    url: Url,
    place: String,
    secret: Option<Secret>,
    mention_all: bool,
    limit: Limit,
    timeout: Duration,
    progress: Progress,
    /// What must never be shown: the secret, and the address with its key.
    hidden: Vec<Secret>,
}

impl<M: Maker> Robot<M> {
    pub fn new(
        maker: M,
        recipe: &Recipe<'_>,
        section: &RobotDef,
        limit: Limit,
    ) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
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
        let mut hidden: Vec<_> = secret.iter().cloned().collect();
        hidden.extend(keys_of(&url).into_iter().map(Secret::new));
        Ok(Self {
            maker,
            provider: Provider::new(recipe)?,
            place: http::place(&url),
            url,
            secret,
            mention_all: section.mention_all,
            limit,
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
        let request = || self.provider.client.post(url.clone()).json(&body);
        let answer = self.provider.exchange(request, &self.place, at).await?;
        self.judge(&answer)
    }

    /// A robot gives no receipt.
    fn judge(&self, answer: &Answer) -> Result<Option<String>, Outcome> {
        let body = answer.text(None);
        let json: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        let status = answer.status.as_u16();
        let said = self.show(&body);
        match M::code(&json) {
            Some(0) if answer.status.is_success() => Ok(None),
            Some(code) if code != 0 => {
                let why = format!("{} answered code {code}: {said}", self.place);
                let (blame, wait) = blame(M::CODES, code, &body);
                Err(blame.outcome(wait.or(answer.wait), why, false))
            }
            // No code that could be read: the robot itself did not speak.
            _ => {
                let why = format!("{} answered {status} without a code: {said}", self.place);
                let (blame, ambiguous) = without_code(status, answer.wait.is_some());
                Err(blame.outcome(answer.wait, why, ambiguous))
            }
        }
    }

    /// A signed call without a message: it cannot post, and shows whether the robot knows us.
    async fn knock(&self, at: Moment) -> Result<Phrase, Phrase> {
        let signing = Signing {
            url: &self.url,
            secret: self.secret.as_ref().map(Secret::expose),
            at,
        };
        let (url, mut body) = self.maker.message("", false, &signing);
        if let Some(fields) = body.as_object_mut() {
            // Only the signature stays.
            fields.retain(|name, _| matches!(name.as_str(), "timestamp" | "sign"));
        }
        let request = || self.provider.client.post(url.clone()).json(&body);
        let place = format!("{}{}", self.place, self.provider.way(&self.url));
        let answer = match self.provider.exchange(request, &place, signing.at).await {
            Ok(answer) => answer,
            Err(Outcome::Retry { why, .. } | Outcome::Refused { why }) => {
                return Err(phrase!("probe.failed", why = self.show(&why)));
            }
            Err(Outcome::Accepted { .. }) => return Ok(phrase!("probe.answers", place)),
        };
        let body = answer.text(None);
        let said = self.show(&body);
        let json: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        let about_us =
            |code| blame(M::CODES, code, &body).0 == Blame::Account && !wants_keyword(&body);
        match M::code(&json) {
            Some(code) if code != 0 && about_us(code) => Err(phrase!(
                "probe.answered-code",
                place,
                code = code.to_string(),
                said
            )),
            // It refused a call without a message, as it should, and knew the robot.
            Some(_) => Ok(phrase!("probe.knows-robot", place)),
            None => {
                let status = answer.status.as_u16().to_string();
                Err(phrase!("probe.answered-without-code", place, status, said))
            }
        }
    }
}

/// A call without a text cannot hold the word that a robot listens for.
fn wants_keyword(text: &str) -> bool {
    let text = text.to_lowercase();
    ["keyword", "key word", "关键词"]
        .iter()
        .any(|word| text.contains(word))
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
        if let Err(outcome) = fitting(&parcel.rendering, self.limit) {
            return outcome;
        }
        let post = |index, text| {
            let mention = self.mention_all && index == 0;
            self.post(text, mention, parcel.at)
        };
        send_in_order(&self.progress, parcel, self.timeout, &self.place, post).await
    }

    async fn probe(&self, at: Moment) -> Result<Phrase, Phrase> {
        self.knock(at).await
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
