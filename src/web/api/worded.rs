//! Puts a refusal into the words of the language that the request asks for.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::Problem;
use super::problem::Told;
use crate::contract::{FieldProblem, Particulars, ProblemView};
use crate::domain::bulletin::Language;
use crate::domain::clip::clip;
use crate::domain::phrase::{Phrase, phrase};
use crate::words::say;

/// The most characters of a sentence; what is said back of an input may be as long as the input.
const MOST_DETAIL: usize = 4_000;
const MOST_WHAT: usize = 2_000;

/// The language that a request asks for.
pub fn language(headers: &HeaderMap) -> Language {
    let wish = headers.get(header::ACCEPT_LANGUAGE);
    let wish = wish.and_then(|wish| wish.to_str().ok()).unwrap_or_default();
    match wish.trim_start().get(..2) {
        Some(start) if start.eq_ignore_ascii_case("zh") => Language::ZhCn,
        _ => Language::En,
    }
}

/// Words the refusal that an answer carries.
pub(super) async fn worded(request: Request, next: Next) -> Response<Body> {
    let language = language(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    if language == Language::En {
        return response;
    }
    let mut said = answer(language, &problem.0);
    // What was put around the first wording stays.
    for (name, value) in response.headers() {
        if ![
            header::CONTENT_TYPE,
            header::CONTENT_LANGUAGE,
            header::CONTENT_LENGTH,
        ]
        .contains(name)
        {
            said.headers_mut().insert(name, value.clone());
        }
    }
    said
}

/// In English, with itself beside it for whoever knows the reader's language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = answer(Language::En, &self.0);
        response.extensions_mut().insert(self);
        response
    }
}

fn answer(language: Language, told: &Told) -> Response<Body> {
    let mut response = (told.status, Json(view(language, told))).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, kind);
    let code = HeaderValue::from_static(language.code());
    headers.insert(header::CONTENT_LANGUAGE, code);
    if told.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(
        told.status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
    ) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn view(language: Language, told: &Told) -> ProblemView {
    let said = |phrase: &Phrase, most: usize| clip(&say(language, phrase), most).into_owned();
    let denied = told.denied.as_ref();
    let problems = told.problems.iter().map(|one| FieldProblem {
        field: one.field.clone(),
        what: said(&one.what, MOST_WHAT),
    });
    let who = denied.map_or(&told.waits_for, |denied| &denied.who);
    ProblemView {
        kind: format!("urn:fabu:problem:{}", told.name),
        title: say(language, &told.title),
        status: told.status.as_u16(),
        detail: said(&told.detail, MOST_DETAIL),
        more: Box::new(Particulars {
            problems: problems.collect(),
            more_problems: told.problems.more(),
            difference: told
                .difference
                .iter()
                .map(|one| say(language, one))
                .collect(),
            existing: told.existing.clone(),
            deed: denied.map(|denied| denied.deed.code().to_owned()),
            who: who.iter().map(ToString::to_string).collect(),
            rest: told.rest.iter().map(|area| area.0.clone()).collect(),
            instead: told.instead.iter().map(|area| area.0.clone()).collect(),
        }),
    }
}

/// The answer to a request whose handler broke; the log has the reason.
pub(super) fn broken() -> Response<Body> {
    let title = phrase!("request.title.internal");
    Problem::internal(title, phrase!("request.internal")).into_response()
}
