//! Answers that are ready before anybody asks: bytes, headers, ETag; and the three ways to send less of them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use sha2::{Digest, Sha256};

use super::frame::CSS;
use crate::domain::bulletin::{Language, hex};
use crate::domain::time::Moment;

/// Smaller than this, squeezing saves no packet.
const WORTH_SQUEEZING: usize = 1_000;

/// What a request says that changes the answer. Nothing of it says who asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    pub path: &'a str,
    pub query: &'a str,
    pub if_none_match: Option<&'a str>,
    pub if_modified_since: Option<&'a str>,
    pub accept_language: Option<&'a str>,
    pub accept_encoding: Option<&'a str>,
    /// The site that answers may lack what was published last.
    pub is_behind: bool,
}

impl Asked<'_> {
    /// The language of a page that has no address of its own, such as "not found".
    pub fn preferred_language(&self) -> Language {
        let first = self
            .accept_language
            .unwrap_or("")
            .split(',')
            .next()
            .unwrap_or("");
        Language::from_code(first.trim())
    }

    fn takes_gzip(&self) -> bool {
        self.accept_encoding.unwrap_or("").split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| matches!(name, "gzip" | "*"));
            named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    }
}

/// What kind of thing an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Html(Language),
    Text(Language),
    Json,
    Atom,
    JsonFeed,
    Svg,
    Robots,
    Health,
}

impl Kind {
    fn content_type(self) -> &'static str {
        match self {
            Self::Html(_) => "text/html; charset=utf-8",
            Self::Text(_) | Self::Robots | Self::Health => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::JsonFeed => "application/feed+json",
            Self::Svg => "image/svg+xml",
        }
    }

    fn cache_control(self) -> &'static str {
        match self {
            Self::Health => "no-store",
            Self::Svg | Self::Robots => "public, max-age=3600",
            // A correction must overtake what it corrects: nobody keeps a page for more than seconds without asking.
            _ => "public, max-age=10, must-revalidate",
        }
    }
}

static STYLE_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(CSS));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// One answer, made once, sent often.
pub struct Leaf {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    etag: String,
    modified: Option<Moment>,
    /// The gzip form, made when the first reader asks for it. None inside = not worth it.
    squeezed: OnceLock<Option<(HeaderMap, Bytes)>>,
}

impl Leaf {
    pub fn new(
        kind: Kind,
        status: StatusCode,
        body: String,
        modified: Option<Moment>,
        drill: bool,
    ) -> Self {
        let body = Bytes::from(body);
        let etag = hex(&Sha256::digest(&body)[..12]);
        let mut headers = HeaderMap::with_capacity(12);
        let mut put = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        put(header::CONTENT_TYPE, kind.content_type());
        put(
            header::CACHE_CONTROL,
            if status.is_success() {
                kind.cache_control()
            } else {
                "no-store"
            },
        );
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        put(header::REFERRER_POLICY, "no-referrer");
        if let Kind::Html(language) | Kind::Text(language) = kind {
            put(header::CONTENT_LANGUAGE, language.code());
        }
        if matches!(kind, Kind::Html(_)) {
            put(header::X_FRAME_OPTIONS, "DENY");
        } else {
            put(
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'",
            );
            put(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        }
        if body.len() >= WORTH_SQUEEZING {
            put(header::VARY, "accept-encoding");
        }
        if drill {
            put(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
        }
        if matches!(kind, Kind::Html(_)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, STYLE_POLICY.clone());
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if status.is_success() && kind != Kind::Health {
            tag(&mut headers, &etag, "");
            if let Some(text) = modified.and_then(|at| HeaderValue::try_from(http_date(at)).ok()) {
                headers.insert(header::LAST_MODIFIED, text);
            }
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Self {
            status,
            headers,
            body,
            etag,
            modified,
            squeezed: OnceLock::new(),
        }
    }

    /// The way from an address that is not quite right to the right one. Not for good: nobody shall remember the wrong one.
    pub fn elsewhere(to: &str, drill: bool) -> Self {
        let mut leaf = Self::new(
            Kind::Text(Language::ZhCn),
            StatusCode::FOUND,
            format!("{to}\n"),
            None,
            drill,
        );
        if let Ok(to) = HeaderValue::try_from(to) {
            leaf.headers.insert(header::LOCATION, to);
        }
        leaf
    }

    /// The answer to `asked`: whole, squeezed, or "you have it".
    pub fn answer(&self, asked: &Asked) -> Response<Bytes> {
        let squeezed = if asked.takes_gzip() && self.status.is_success() {
            self.squeezed()
        } else {
            None
        };
        let (headers, body) = match squeezed {
            Some((headers, body)) => (headers, body),
            None => (&self.headers, &self.body),
        };
        let mut response = Response::new(Bytes::new());
        if self.status.is_success() && self.is_known(asked) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = headers.clone();
            for name in [
                header::CONTENT_LENGTH,
                header::CONTENT_TYPE,
                header::CONTENT_ENCODING,
            ] {
                response.headers_mut().remove(name);
            }
            return response;
        }
        *response.status_mut() = self.status;
        *response.headers_mut() = headers.clone();
        *response.body_mut() = body.clone();
        response
    }

    /// RFC 9110 §13: a tag decides, a date only where there is no tag.
    fn is_known(&self, asked: &Asked) -> bool {
        if let Some(tags) = asked.if_none_match {
            return tags.split(',').map(str::trim).any(|tag| {
                let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
                tag == "*" || tag.strip_suffix("-gz").unwrap_or(tag) == self.etag
            });
        }
        let since = asked
            .if_modified_since
            .and_then(|text| chrono::DateTime::parse_from_rfc2822(text).ok());
        match (since, self.modified) {
            (Some(since), Some(modified)) => modified.timestamp() <= since.timestamp(),
            _ => false,
        }
    }

    fn squeezed(&self) -> Option<(&HeaderMap, &Bytes)> {
        let made = self.squeezed.get_or_init(|| {
            if self.body.len() < WORTH_SQUEEZING {
                return None;
            }
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            encoder.write_all(&self.body).ok()?;
            let body = Bytes::from(encoder.finish().ok()?);
            let mut headers = self.headers.clone();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            tag(&mut headers, &self.etag, "-gz");
            Some((headers, body))
        });
        made.as_ref().map(|(headers, body)| (headers, body))
    }
}

fn tag(headers: &mut HeaderMap, etag: &str, form: &str) {
    let mut text = String::with_capacity(32);
    // Writing to a String cannot fail.
    let _ = write!(text, "\"{etag}{form}\"");
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(header::ETAG, value);
    }
}

fn http_date(at: Moment) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
