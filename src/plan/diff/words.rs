//! Deadlines, rhythms and audiences in a few words, as tables show them.

use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::deadline::{DayCalendar, Due, Repeat};
use crate::plan::check::deadlines::code as anchor_code;

/// `1h of activation`.
pub fn deadline(due: &Due) -> String {
    let working = match due.calendar {
        DayCalendar::Clock => "",
        DayCalendar::WorkingDay => " working",
    };
    format!("{}{working} of {}", due.within, anchor_code(due.of))
}

/// Every deadline of an item, or that it has none.
pub fn deadlines(dues: &[Due]) -> String {
    let words: Vec<String> = dues.iter().map(deadline).collect();
    match &words[..] {
        [] => "no deadline".into(),
        _ => words.join(" or "),
    }
}

/// `every 6h`, `cron 0 8,17 * * *`.
pub fn rhythm(repeat: &Repeat) -> String {
    match repeat {
        Repeat::Every(rule) => format!("every {}", rule.every),
        Repeat::Cron(rule) => format!("cron {}", rule.cron),
    }
}

/// `everyone`, `groups media`, `areas of the incident, groups danger-zone`.
pub fn whom(audience: &Audience) -> String {
    match audience {
        Audience::Everyone(_) => "everyone".into(),
        Audience::Selected(selection) => {
            let mut parts = Vec::new();
            match &selection.areas {
                None => {}
                Some(AreaChoice::OfIncident(_)) => parts.push("areas of the incident".to_owned()),
                Some(AreaChoice::Codes(codes)) => {
                    let codes: Vec<&str> = codes.iter().map(|code| code.0.as_str()).collect();
                    parts.push(format!("areas {}", codes.join(" ")));
                }
            }
            if !selection.groups.is_empty() {
                parts.push(format!("groups {}", selection.groups.join(" ")));
            }
            if !selection.posts.is_empty() {
                parts.push(format!("posts {}", selection.posts.join(" ")));
            }
            parts.join(", ")
        }
    }
}
