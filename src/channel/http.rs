//! What every channel over HTTP shares: the client, what a transport error means, and a provider's waiting time.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url};

use super::{ChannelError, Recipe};
use crate::domain::channel::ChannelDef;
use crate::domain::delivery::Outcome;
use crate::domain::time::{Moment, Span};

/// Bytes of an answer that are read; a gateway's answer is a line, and no page of it may fill the memory.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The longest wait that a provider may ask for; beyond that its clock is wrong.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The time that one try may take, connection included.
pub(super) fn timeout(def: &ChannelDef) -> Duration {
    let seconds = u64::try_from(def.timeout.as_seconds()).unwrap_or(0);
    Duration::from_secs(seconds.max(1))
}

/// A client that keeps its connections and goes nowhere that the definition does not name.
pub(super) fn client(recipe: &Recipe<'_>) -> Result<Client, ChannelError> {
    let def = recipe.def;
    let timeout = timeout(def);
    let bad = |error: reqwest::Error| ChannelError::bad_value(def, "ca-file", because(&error));
    let mut builder = Client::builder()
        .user_agent(concat!("fabu/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
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
    pub body: String,
}

/// Sends a request and reads its answer; the error is the outcome of a try that got none.
pub(super) async fn exchange(
    request: RequestBuilder,
    place: &str,
    at: Moment,
) -> Result<Answer, Outcome> {
    let mut response = request.send().await.map_err(|e| lost(e, place))?;
    let status = response.status();
    let wait = retry_after(response.headers(), at);
    let mut body = Vec::new();
    while body.len() < ANSWER_LIMIT {
        match response.chunk().await.map_err(|e| lost(e, place))? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    body.truncate(ANSWER_LIMIT);
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Answer { status, wait, body })
}

/// A try without an answer. Once the connection stood, the request may have been taken.
fn lost(error: reqwest::Error, place: &str) -> Outcome {
    let ambiguous = !(error.is_connect() || error.is_builder());
    let why = match (error.is_connect(), error.is_timeout()) {
        (true, true) => format!("{place} did not answer the connection in time"),
        (true, false) => format!(
            "no connection to {place}: {}",
            because(&error.without_url())
        ),
        (false, true) => format!("{place} took the request and did not answer in time"),
        (false, false) => format!(
            "the exchange with {place} broke off: {}",
            because(&error.without_url())
        ),
    };
    Outcome::Retry {
        after: None,
        why,
        ambiguous,
    }
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

/// Opens a connection to a provider and closes it again.
pub(super) async fn knock(url: &Url, timeout: Duration) -> Result<String, String> {
    let place = place(url);
    let host = url.host_str().unwrap_or_default();
    // An address in brackets is how a URL writes IPv6, not how the resolver reads it.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(80);
    match tokio::time::timeout(timeout, tokio::net::TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(format!("{place} answers")),
        Ok(Err(error)) => Err(format!(
            "no connection to {place}: {error}; check the address and the network, nothing was sent"
        )),
        Err(_) => Err(format!(
            "{place} did not answer within {}; check the address and the network, nothing was sent",
            Span::seconds(i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX))
        )),
    }
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
