//! A refusal of the table of rights as a problem: what it takes, and who can.

use axum::http::StatusCode;

use super::Problem;
use crate::domain::bulletin::Language;
use crate::domain::rights::{Denied, Needs};
use crate::words;

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let name = match denied.needs {
            Needs::Second => "second-person",
            _ => "forbidden",
        };
        let said = words::denied(Language::En, &denied);
        let mut problem = Self::new(
            StatusCode::FORBIDDEN,
            name,
            "Not yours to do",
            format!("{said}; nothing was changed"),
        );
        problem.more.deed = Some(denied.deed.code().to_owned());
        problem.more.who = denied.who.iter().map(ToString::to_string).collect();
        problem
    }
}
