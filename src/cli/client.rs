//! Speaks to a running server over its API, as the person whose token it holds. The token is never printed.

mod problem;
mod token;
pub(super) mod views;

use std::error::Error as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_MATCH};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::clock::{Clock, SystemClock};
use crate::contract::{NamesView, ProblemView};
use crate::domain::bad_json;
use crate::domain::fact::Lies;
use crate::domain::time::Moment;
use crate::id::{Minter, RealmKind};

use super::failure::understood;
use super::names::Names;
use super::output::{self, say};
use super::when;
use super::words::{form, language, spoken, word};
use super::{Exit, Failure, Result};

/// Where `fabu serve` listens when nobody says otherwise.
const HERE: &str = "http://127.0.0.1:8081";
/// Long enough for the largest declaration on a slow disk.
const PATIENCE: Duration = Duration::from_secs(60);
/// What things are called is worth less waiting: codes can be read as well.
const PATIENCE_FOR_NAMES: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "server")]
pub(super) struct ServerArgs {
    #[arg(
        long,
        value_name = "URL",
        env = "FABU_SERVER",
        hide_env_values = true,
        default_value = HERE,
        global = true
    )]
    server: String,
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "Asia/Shanghai",
        value_parser = form!(Tz, "zone"),
        global = true
    )]
    pub zone: Tz,
    #[arg(long, global = true)]
    pub json: bool,
}

/// How a change is asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Changing {
    #[arg(long, value_name = "KEY", value_parser = idempotency_key)]
    key: Option<String>,
    #[arg(long)]
    pub dry_run: bool,
}

impl Changing {
    /// For the change that follows this one, which is another and has a key of its own.
    pub fn again(&self) -> Self {
        Self {
            key: None,
            dry_run: self.dry_run,
        }
    }
}

fn idempotency_key(text: &str) -> std::result::Result<String, &'static str> {
    if (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(word!("client.key-form"))
    }
}

/// One change to ask for.
pub(super) struct Change<'a> {
    pub method: Method,
    /// Below `/api/v1`, each segment unescaped.
    pub path: &'a [&'a str],
    pub body: Value,
    pub how: &'a Changing,
    /// The version that the caller saw, if the change must not fall on another.
    pub seen: Option<&'a str>,
    /// The command that shows what the change is about, for whoever is refused.
    pub look: String,
}

pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: HeaderValue,
    keys: Minter,
    pub zone: Tz,
    pub json: bool,
    pub names: Names,
}

/// What the server answered to something that it did.
pub(super) struct Answer {
    text: String,
    /// The version of what was read.
    pub etag: Option<String>,
    /// The server's time, which a drill may have moved.
    pub now: Moment,
}

impl Client {
    /// # Errors
    /// When the address or the token cannot be used; says which, without repeating the token.
    pub async fn new(args: &ServerArgs) -> Result<Self> {
        let base = address(&args.server)?;
        if base.scheme() == "http" && !is_here(&base) {
            let what = word!("client.plain-http", base);
            say(&word!("fabu.warning", what));
        }
        let token = token::read(args.token_file.as_deref())?;
        crate::channel::tls::install();
        let http = reqwest::Client::builder()
            .user_agent(concat!("fabu/", env!("CARGO_PKG_VERSION")))
            // The token goes to this server, and to nobody that it points at or that stands between.
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .timeout(PATIENCE)
            .build()
            .map_err(|error| Failure::new(Exit::Failed, because(&error)))?;
        let mut client = Self {
            http,
            base,
            token,
            keys: Minter::from_os(RealmKind::Actual),
            zone: args.zone,
            json: args.json,
            names: Names::default(),
        };
        if !client.json {
            client.names = client.learn_names().await;
        }
        Ok(client)
    }

    /// What codes are called; nothing where the server does not say: the command itself hears why.
    async fn learn_names(&self) -> Names {
        let asked = self
            .http
            .get(self.url(&["names"]))
            .header(AUTHORIZATION, self.token.clone())
            .timeout(PATIENCE_FOR_NAMES)
            .send();
        let view = match asked.await {
            Ok(answer) => answer.json::<NamesView>().await.unwrap_or_default(),
            Err(_) => NamesView::default(),
        };
        view.into()
    }

    /// The same for a program, which is shown none and may type some.
    pub async fn all_names(&self) -> Names {
        match self.json {
            true => self.learn_names().await,
            false => self.names.clone(),
        }
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Only an address that cannot be a base has no segments, and `address` takes none of those.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        url
    }

    /// Reads what stands at `path`; `look` is the command that helps when it is not there.
    ///
    /// # Errors
    /// The server's refusal, or why there is no answer.
    pub async fn get(&self, path: &[&str], query: &[(&str, String)], look: &str) -> Result<Answer> {
        let request = self.http.get(self.url(path)).query(query);
        self.read(request, path, look).await
    }

    async fn read(&self, request: RequestBuilder, path: &[&str], look: &str) -> Result<Answer> {
        let response = request
            .header(AUTHORIZATION, self.token.clone())
            .header(ACCEPT_LANGUAGE, language().code())
            .send()
            .await
            .map_err(|error| self.unreached(&error))?;
        let (head, text) = self
            .body(response)
            .await
            .map_err(|error| self.unreached(&error))?;
        self.judge(path, &head, text, look)
    }

    /// Reads the time that a flag gives; `11:30` is of the day that it is on the server, which a drill may have moved.
    ///
    /// # Errors
    /// As [`when::parse`] and [`Client::get`].
    pub async fn moment(&self, flag: &str, text: Option<&str>) -> Result<Option<Moment>> {
        let Some(text) = text else { return Ok(None) };
        let now = self.get(&["me"], &[], "fabu incident list").await?.now;
        when::parse(flag, text, self.zone, now).map(Some)
    }

    /// As [`Client::moment`]; a bare hour is the one that `lies` on that side of now.
    pub async fn moment_lying(&self, lies: Lies, flag: &str, text: &str) -> Result<Moment> {
        let now = self.get(&["me"], &[], "fabu incident list").await?.now;
        let meant = when::hour(text).and_then(|hour| lies.hour(hour, self.zone, now));
        match meant {
            Some(at) => Ok(at),
            None => when::parse(flag, text, self.zone, now),
        }
    }

    /// Has the server look at something outside, which changes nothing.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn probe(&self, path: &[&str], look: &str) -> Result<Answer> {
        self.read(self.http.post(self.url(path)), path, look).await
    }

    /// Asks for a change, once.
    ///
    /// # Errors
    /// The server's refusal; or that nobody knows whether it was done, with the key that makes asking again harmless.
    pub async fn change(&self, change: Change<'_>) -> Result<Answer> {
        let key = match &change.how.key {
            Some(key) => key.clone(),
            None => self.keys.secret(),
        };
        let mut request = self
            .http
            .request(change.method, self.url(change.path))
            .header(AUTHORIZATION, self.token.clone())
            .header(ACCEPT_LANGUAGE, language().code())
            .header("idempotency-key", &key)
            .json(&change.body);
        if let Some(seen) = change.seen {
            request = request.header(IF_MATCH, seen);
        }
        if change.how.dry_run {
            request = request.query(&[("dry_run", "true")]);
        }
        let lost = |error: &reqwest::Error| {
            if error.is_connect() || error.is_builder() {
                return self.unreached(error);
            }
            let what = word!("client.lost", base = self.base, why = because(error));
            Failure::new(Exit::Failed, what).next(word!("client.lost-next", key = &key))
        };
        let response = request.send().await.map_err(|error| lost(&error))?;
        let (head, text) = self.body(response).await.map_err(|error| lost(&error))?;
        let answer = self.judge(change.path, &head, text, &change.look)?;
        if change.how.dry_run {
            output::begin_trial();
        }
        Ok(answer)
    }

    /// Why a change would be refused, without asking for it; None where it would not, or nobody can tell.
    pub async fn objection(&self, change: &Change<'_>) -> Option<ProblemView> {
        let request = self
            .http
            .request(change.method.clone(), self.url(change.path))
            .header(AUTHORIZATION, self.token.clone())
            .header(ACCEPT_LANGUAGE, language().code())
            .query(&[("dry_run", "true")])
            .json(&change.body);
        let answer = request.send().await.ok()?;
        match answer.status().as_u16() {
            400..=428 => answer.json().await.ok(),
            _ => None,
        }
    }

    /// The failure that a refusal is.
    pub fn refused(&self, problem: &ProblemView, change: &Change<'_>) -> Failure {
        let noun = change.path.first().copied().unwrap_or_default();
        problem::refused(problem, noun, &change.look, (&self.names, self.zone))
    }

    async fn body(&self, response: Response) -> reqwest::Result<(Head, String)> {
        let head = Head {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
        };
        Ok((head, response.text().await?))
    }

    fn judge(&self, path: &[&str], head: &Head, text: String, look: &str) -> Result<Answer> {
        if !(200..300).contains(&head.status) {
            let noun = path.first().copied().unwrap_or_default();
            return Err(match serde_json::from_str(&text) {
                Ok(problem) => problem::refused(&problem, noun, look, (&self.names, self.zone)),
                Err(_) => problem::strange(head.status, &self.base),
            });
        }
        Ok(Answer {
            text,
            etag: head.text(ETAG.as_str()).map(str::to_owned),
            now: head
                .text("fabu-now")
                .and_then(|now| chrono::DateTime::parse_from_rfc3339(now).ok())
                .map_or_else(|| SystemClock.now(), |now| now.to_utc()),
        })
    }

    fn unreached(&self, error: &reqwest::Error) -> Failure {
        let what = word!("client.no-answer", base = self.base, why = because(error));
        Failure::new(Exit::Failed, what).next(word!("client.no-answer-next"))
    }
}

struct Head {
    status: u16,
    headers: HeaderMap,
}

impl Head {
    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Answer {
    /// # Errors
    /// When the answer is of another kind than this program knows.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.text).map_err(|error| {
            Failure::new(Exit::Failed, {
                let error = spoken(&bad_json::phrase_of(&error));
                word!("client.strange-answer", error)
            })
            .next(word!("client.strange-answer-next"))
        })
    }

    /// Prints the server's JSON as it came.
    ///
    /// # Errors
    /// Those of standard output.
    pub fn print(&self) -> Result<()> {
        Ok(output::line(self.text.trim_end())?)
    }
}

fn address(text: &str) -> Result<Url> {
    let wrong = |what: &str| {
        Failure::new(Exit::Usage, what).next(word!("client.address-next", here = HERE))
    };
    let url: Url = text
        .parse()
        .map_err(|error| wrong(&word!("client.unreadable-address", error)))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong(word!("client.bad-address")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(word!("client.secret-address")));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(word!("client.long-address")));
    }
    Ok(url)
}

/// Whether what is sent to `url` stays on this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The innermost reason, which is the one that says something.
fn because(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return word!("client.too-slow", seconds = PATIENCE.as_secs());
    }
    let mut cause = error.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    understood(&text.unwrap_or_else(|| error.to_string()))
}

/// An empty input.
pub(super) fn nothing() -> Value {
    json!({})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_web_address_is_a_server() {
        for good in [
            "http://127.0.0.1:8081",
            "https://fabu.example.invalid/api-of/fabu/",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "127.0.0.1:8081",
            "fabu.example.invalid",
            "ftp://127.0.0.1",
            "http://user:secret@127.0.0.1",
            "http://127.0.0.1/?a=b",
        ] {
            let failure = address(bad).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{bad}");
            assert!(!failure.what.contains("secret"), "{}", failure.what);
        }
    }

    #[test]
    fn this_machine_is_told_from_others() {
        let is_here = |text: &str| is_here(&text.parse().unwrap());
        assert!(is_here("http://127.0.0.1:8081") && is_here("http://[::1]:8081"));
        assert!(is_here("http://localhost:8081"));
        assert!(!is_here("http://10.1.2.3:8081") && !is_here("http://fabu.example.invalid"));
    }
}
