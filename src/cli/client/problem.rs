//! A refusal of the server (RFC 9457) as a person reads it: what, where, what changed, and one command to try next.

use reqwest::Url;

use super::super::output::plain;
use super::super::{Exit, Failure};
use crate::contract::{FieldProblem, ProblemView as Problem};

/// The failure for an answer of `status` about `noun` (the first segment of its path).
pub(super) fn failure(status: u16, text: &str, noun: &str, look: &str, base: &Url) -> Failure {
    let exit = match status {
        400 | 413 | 415 | 422 => Exit::Invalid,
        401 | 403 => Exit::NotAllowed,
        409 | 412 => Exit::Conflict,
        _ => Exit::Failed,
    };
    let Ok(problem) = serde_json::from_str::<Problem>(text) else {
        let what = format!(
            "{base} answered {status}, and not as this program does; nothing is known to have changed"
        );
        return Failure::new(exit, what)
            .next("--server or FABU_SERVER with the address of the API");
    };
    Failure::new(exit, plain(&sentence(&problem))).next(next(&problem, noun, look))
}

fn sentence(problem: &Problem) -> String {
    let (title, detail) = (&problem.title, &problem.detail);
    let mut text = if !problem.more.problems.is_empty() {
        // The detail only repeats the fields in one line.
        title.clone()
    } else if detail.to_lowercase().starts_with(&title.to_lowercase()) {
        detail.clone()
    } else {
        format!("{title}: {detail}")
    };
    for FieldProblem { field, what } in &problem.more.problems {
        text.push_str(&format!("\n  {field}: {what}"));
    }
    if problem.more.more_problems > 0 {
        text.push_str(&format!("\n  and {} more", problem.more.more_problems));
    }
    if !problem.more.difference.is_empty() {
        text.push_str("\n  what has changed:");
    }
    for line in &problem.more.difference {
        text.push_str(&format!("\n    {line}"));
    }
    text
}

fn next(problem: &Problem, noun: &str, look: &str) -> String {
    let kind = problem.kind.rsplit(':').next().unwrap_or_default();
    match (kind, &problem.more.existing) {
        ("unauthorized", _) => "fabu user token LOGIN, on the server, makes a new token".into(),
        ("idempotency-key-reused", _) => "the same command without --key".into(),
        ("stale-text", _) => {
            format!("{look}; then approve with --despite-newer N if the older words are meant")
        }
        ("not-pre-approved" | "no-fast-route", _) => {
            "fabu release submit, for the ordinary route; then approve without --fast".into()
        }
        ("store-unavailable" | "store" | "internal", _) => "fabu doctor, on the server".into(),
        (_, Some(existing)) if noun == "incidents" => format!("fabu incident show {existing}"),
        (_, Some(existing)) => format!("fabu release preview {existing}"),
        (_, None) => look.to_owned(),
    }
}
