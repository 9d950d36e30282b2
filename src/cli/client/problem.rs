//! A refusal of the server (RFC 9457) as a person reads it: what, where, what changed, and one command to try next.

use chrono_tz::Tz;
use reqwest::Url;

use super::super::names::Names;
use super::super::output::plain;
use super::super::words::{count, joined, of_part, word};
use super::super::{Exit, Failure, when};
use crate::contract::{FieldProblem, ProblemView as Problem};

/// The failure for a refusal about `noun` (the first segment of its path).
pub(super) fn refused(
    problem: &Problem,
    noun: &str,
    look: &str,
    (names, zone): (&Names, Tz),
) -> Failure {
    let said = when::localised(&plain(&sentence(problem, names)), zone);
    let what = names.told(&said);
    Failure::new(exit(problem.status), what).next(next(problem, noun, look, names))
}

/// The failure for an answer of `status` that is none of ours.
pub(super) fn strange(status: u16, base: &Url) -> Failure {
    Failure::new(exit(status), word!("client.strange-status", base, status))
        .next(word!("client.strange-status-next"))
}

fn exit(status: u16) -> Exit {
    match status {
        400 | 413 | 415 | 422 => Exit::Invalid,
        401 | 403 => Exit::NotAllowed,
        409 | 412 => Exit::Conflict,
        _ => Exit::Failed,
    }
}

/// Its name: `urn:fabu:problem:stale-text` is `stale-text`.
fn code(problem: &Problem) -> &str {
    problem.kind.rsplit(':').next().unwrap_or_default()
}

fn sentence(problem: &Problem, names: &Names) -> String {
    let (detail, more) = (&problem.detail, &problem.more);
    let title = problem.title.clone();
    let mut text = if !more.problems.is_empty() {
        // The detail only repeats the fields in one line.
        title
    } else if detail.to_lowercase().starts_with(&title.to_lowercase()) {
        detail.clone()
    } else {
        word!("client.titled", title, detail)
    };
    for FieldProblem { field, what } in &more.problems {
        let field = names.field(field);
        text.push_str(&word!("client.field", field, what));
    }
    if more.more_problems > 0 {
        text.push_str("\n  ");
        text.push_str(&count!("fabu.more", more.more_problems as u64));
    }
    if !more.difference.is_empty() {
        text.push_str(word!("client.changed"));
    }
    for line in &more.difference {
        text.push_str(&format!("\n    {}", of_part(line)));
    }
    text
}

fn next(problem: &Problem, noun: &str, look: &str, names: &Names) -> String {
    match (code(problem), &problem.more.existing) {
        ("asked-already", Some(asked)) => {
            let who: Vec<String> = problem
                .more
                .who
                .iter()
                .map(|post| names.post(post))
                .collect();
            let command = format!("fabu incident confirm {asked}");
            word!("fabu.others-next", who = joined(&who), command)
        }
        ("unauthorized", _) => word!("client.next.unauthorized").into(),
        ("idempotency-key-reused", _) => word!("client.next.idempotency-key-reused").into(),
        ("stale-text", _) => word!("client.next.stale-text", look),
        ("not-pre-approved" | "no-fast-route", _) => word!("client.next.ordinary").into(),
        ("store-unavailable" | "store" | "unreadable-row" | "internal", _) => {
            word!("client.next.doctor").into()
        }
        (_, Some(existing)) if noun == "incidents" => format!("fabu incident show {existing}"),
        (_, Some(existing)) if noun == "releases" => format!("fabu release preview {existing}"),
        (_, _) => look.to_owned(),
    }
}
