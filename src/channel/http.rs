//! What every channel over HTTP shares: the client, the way to the provider, exchanges without an answer, and a
//! provider's waiting time.

use std::time::Duration;

use encoding_rs::Encoding;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Proxy, RequestBuilder, StatusCode, Url};
use tokio::time::Instant;

use super::lanes::Lanes;
use super::proxy::{Proxies, Way};
use super::{ChannelError, Recipe, text};
use crate::domain::blame::Blame;
use crate::domain::channel::ChannelDef;
use crate::domain::delivery::Outcome;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::{Moment, Span};

/// Bytes of an answer that are read; a gateway's answer is a line, and no page of it may fill the memory.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The longest wait that a provider may ask for; beyond that its clock is wrong.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The time that one try may take, connection included.
pub(super) fn timeout(def: &ChannelDef) -> Duration {
    let seconds = u64::try_from(def.timeout.as_seconds()).unwrap_or(0);
    Duration::from_secs(seconds.max(1))
}

/// A client that keeps its connections and goes nowhere that the definition does not name, by the way that it names.
pub(super) fn client(recipe: &Recipe<'_>) -> Result<Client, ChannelError> {
    let def = recipe.def;
    let timeout = timeout(def);
    let bad = |error: reqwest::Error| ChannelError::bad_value(def, "ca-file", because(&error));
    let proxies = Proxies::of(recipe)?;
    let mut builder = Client::builder()
        .user_agent(concat!("fabu/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .proxy(Proxy::custom(move |url| match proxies.way(url) {
            Way::Direct => None,
            Way::Proxy(proxy, _) => Some(proxy),
        }))
        .tcp_nodelay(true)
        .timeout(timeout)
        // Before the whole time is up, so that a dead host is told from one that took the request.
        .connect_timeout((timeout * 4 / 5).min(Duration::from_secs(10)))
        .pool_max_idle_per_host(usize::try_from(def.concurrency).unwrap_or(usize::MAX))
        .pool_idle_timeout(Duration::from_secs(30));
    for certificate in
        Certificate::from_pem_bundle(recipe.authority.unwrap_or_default()).map_err(bad)?
    {
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(bad)
}

/// A provider over HTTP: the client, how many connections it takes, and the way there.
pub(super) struct Provider {
    pub client: Client,
    lanes: Lanes,
    proxies: Proxies,
    timeout: Duration,
}

impl Provider {
    pub fn new(recipe: &Recipe<'_>) -> Result<Self, ChannelError> {
        let most = usize::try_from(recipe.def.concurrency).unwrap_or(usize::MAX);
        Ok(Self {
            client: client(recipe)?,
            lanes: Lanes::new(most),
            proxies: Proxies::of(recipe)?,
            timeout: timeout(recipe.def),
        })
    }

    /// Sends a request and reads its answer; the error is the outcome of a try that got none. Where the provider refuses
    /// one more connection, the request waits for one of the others.
    pub async fn exchange(
        &self,
        request: impl Fn() -> RequestBuilder,
        place: &str,
        at: Moment,
    ) -> Result<Answer, Outcome> {
        loop {
            // Longer would outlast the lease.
            let entered = tokio::time::timeout(self.timeout * 2, self.lanes.enter()).await;
            let Ok(mut lane) = entered else {
                let why = format!("none of the few connections that {place} takes became free");
                return Err(Blame::Pace.outcome(None, why, false));
            };
            match self.try_once(request(), at).await {
                Ok(answer) => {
                    lane.opened();
                    return Ok(answer);
                }
                // Nothing of it was sent, so it may wait for a connection.
                Err(error)
                    if error.is_connect() && !error.is_timeout() && !is_about_trust(&error) =>
                {
                    if !lane.crowded(Instant::now() + self.timeout).await {
                        return Err(lost(error, place));
                    }
                }
                Err(error) => return Err(lost(error, place)),
            }
        }
    }

    async fn try_once(&self, request: RequestBuilder, at: Moment) -> reqwest::Result<Answer> {
        let mut response = request.send().await?;
        let status = response.status();
        let wait = retry_after(response.headers(), at);
        let said = response.headers().get(CONTENT_TYPE);
        let content_type = said.and_then(|text| text.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while body.len() < ANSWER_LIMIT {
            match response.chunk().await? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        body.truncate(ANSWER_LIMIT);
        Ok(Answer {
            status,
            wait,
            content_type,
            body,
        })
    }

    /// By which way `url` is reached, in words; empty when there is nothing to say.
    pub fn way(&self, url: &Url) -> String {
        self.proxies.say(url)
    }

    /// Reaches a provider by the way of its messages and asks for nothing: its front page's head.
    ///
    /// # Errors
    /// Why it was not reached, in words for the operator.
    pub async fn reach(&self, url: &Url) -> Result<Phrase, Phrase> {
        let (alone, way) = (place(url), self.way(url));
        let place = format!("{alone}{way}");
        let is_proxied = self.proxies.way(url) != Way::Direct;
        let mut front = url.clone();
        front.set_path("/");
        front.set_query(None);
        front.set_fragment(None);
        match self.client.head(front).send().await {
            // A proxy answers in the place of whom it cannot reach.
            Ok(response) if is_proxied && is_the_proxys(response.status()) => {
                let status = response.status().as_u16().to_string();
                Err(phrase!("probe.proxy-answered", place, status, alone))
            }
            Ok(_) => Ok(phrase!("probe.answers-by-way", alone, way)),
            Err(error) if error.is_timeout() => {
                let within =
                    Span::seconds(i64::try_from(self.timeout.as_secs()).unwrap_or(i64::MAX));
                Err(phrase!(
                    "probe.too-slow",
                    place,
                    within = within.to_string()
                ))
            }
            Err(error) => {
                let is_connect = error.is_connect();
                let why = because(&error.without_url());
                match is_connect {
                    true => Err(phrase!("probe.no-connection", place, why)),
                    // Whoever breaks off has been reached.
                    false if !is_proxied => Ok(phrase!("probe.answers-by-way", alone, way)),
                    false => Err(phrase!("probe.broke-off", place, why)),
                }
            }
        }
    }
}

fn is_the_proxys(status: StatusCode) -> bool {
    matches!(status.as_u16(), 407 | 502 | 503 | 504)
}

/// Whether a connection stood and was not trusted: a certificate, or no common ground in TLS.
pub(super) fn is_about_trust(error: &dyn std::error::Error) -> bool {
    let why = because(error);
    [
        "certificate",
        "fatal alert",
        "InvalidContentType",
        "corrupt message",
        "peer is incompatible",
    ]
    .iter()
    .any(|sign| why.contains(sign))
}

/// `text` as an address of a provider; the error does not repeat it, for it may hold a key.
pub(super) fn parse_url(def: &ChannelDef, key: &str, text: &str) -> Result<Url, ChannelError> {
    let url = Url::parse(text)
        .map_err(|why| ChannelError::bad_value(def, key, format!("it is no web address: {why}")))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        let why = "it must start with https:// or http:// and name a host";
        Err(ChannelError::bad_value(def, key, why))
    }
}

/// `host:port`, which may be shown where the rest of a URL may not.
pub(super) fn place(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or("?"))
}

/// What came back.
pub(super) struct Answer {
    pub status: StatusCode,
    pub wait: Option<Duration>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text, in `encoding` or the one that the answer names.
    pub fn text(&self, encoding: Option<&'static Encoding>) -> String {
        text::decode(&self.body, encoding, self.content_type.as_deref())
    }
}

/// A try without an answer. Once the connection stood, the request may have been taken.
fn lost(error: reqwest::Error, place: &str) -> Outcome {
    let error = error.without_url();
    let ambiguous = !(error.is_connect() || error.is_builder());
    let why = match (error.is_connect(), error.is_timeout()) {
        (true, true) => format!("{place} did not answer the connection in time"),
        (true, false) => format!("no connection to {place}: {}", because(&error)),
        (false, true) => format!("{place} took the request and did not answer in time"),
        (false, false) => format!("the exchange with {place} broke off: {}", because(&error)),
    };
    // A certificate that is not trusted is set up wrongly, here or there: no message fares better.
    if is_about_trust(&error) {
        return Blame::Account.outcome(
            None,
            format!("{why}; check the certificate and `ca-file`"),
            false,
        );
    }
    Blame::Moment.outcome(None, why, ambiguous)
}

/// The innermost reason of an error, which is the one that says something.
pub(super) fn because(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// `Retry-After` in either of its forms, as a wait from `at`.
fn retry_after(headers: &HeaderMap, at: Moment) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            (until.to_utc() - at).to_std().ok()?
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;
    use reqwest::header::HeaderValue;

    fn wait(text: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        retry_after(&headers, from_millis(1_777_600_800_000)) // 2026-05-01 02:00:00 UTC
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            wait("Fri, 01 May 2026 02:01:30 GMT"),
            Some(Duration::from_secs(90))
        );
    }

    #[test]
    fn a_wait_that_makes_no_sense_is_none_or_bounded() {
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("Fri, 01 May 2020 02:01:30 GMT"), None);
        assert_eq!(wait("99999999999"), Some(LONGEST_WAIT));
    }
}
