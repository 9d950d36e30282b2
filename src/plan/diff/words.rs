//! Deadlines, rhythms and audiences in a few words, as tables show them.

use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::deadline::{DayCalendar, Due, Repeat};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::plan::words::{anchor, either};

/// `1h of activation`.
pub fn deadline(due: &Due) -> Phrase {
    let (within, anchor) = (due.within, anchor(due.of));
    match due.calendar {
        DayCalendar::Clock => phrase!("difference.deadline", within, anchor),
        DayCalendar::WorkingDay => phrase!("difference.working-deadline", within, anchor),
    }
}

/// Every deadline of an item, or that it has none.
pub fn deadlines(dues: &[Due]) -> Blank {
    match dues {
        [] => phrase!("difference.no-deadline").into(),
        _ => either(dues.iter().map(|due| deadline(due).into())),
    }
}

/// `every 6h`, `cron 0 8,17 * * *`.
pub fn rhythm(repeat: &Repeat) -> Phrase {
    match repeat {
        Repeat::Every(rule) => phrase!("difference.every", every = rule.every),
        Repeat::Cron(rule) => phrase!("difference.cron", rule = rule.cron.to_string()),
    }
}

/// `everyone`, `groups media`, `areas of the incident, groups danger-zone`.
pub fn whom(audience: &Audience) -> Phrase {
    let selection = match audience {
        Audience::Everyone(_) => return phrase!("difference.everyone"),
        Audience::Selected(selection) => selection,
    };
    let areas = match &selection.areas {
        None => None,
        Some(AreaChoice::OfIncident(_)) => Some(phrase!("difference.areas-of-incident")),
        Some(AreaChoice::Codes(codes)) => {
            let codes: Vec<&str> = codes.iter().map(|code| code.0.as_str()).collect();
            Some(phrase!("difference.areas", areas = codes.join(" ")))
        }
    };
    let joined = |names: &[String]| (!names.is_empty()).then(|| names.join(" "));
    let groups = joined(&selection.groups).map(|groups| phrase!("difference.groups", groups));
    let posts = joined(&selection.posts).map(|posts| phrase!("difference.posts", posts));
    let parts: Blank = [areas, groups, posts].into_iter().flatten().collect();
    phrase!("difference.parts", parts)
}
