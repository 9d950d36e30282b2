//! Deadlines, rhythms and audiences in a few words, as tables show them.

use super::Known;
use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::body::PostRef;
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

/// A post by name, with its body where that is not the plan's own.
pub(super) fn post(names: Known<'_>, post: &PostRef) -> Blank {
    let body = names.set.bodies.iter().find(|body| body.body == post.body);
    let found = body.and_then(|body| body.posts.iter().find(|one| one.post == post.post));
    let (Some(body), Some(found)) = (body, found) else {
        return post.to_string().into();
    };
    let name = named(&found.name, found.name_en.as_deref());
    match names.plan.body.body == body.body {
        true => name,
        false => {
            let body = named(&body.name, body.name_en.as_deref());
            phrase!("difference.post-of-body", body, name).into()
        }
    }
}

/// Who signs on a route, or its code where the plan has none of that name.
pub(super) fn signers(names: Known<'_>, route: &str) -> Blank {
    match names.plan.routes.get(route) {
        None => route.into(),
        Some(route) => route
            .sign
            .iter()
            .map(|one| post(names, &one.post))
            .collect(),
    }
}

/// A channel by name.
pub(super) fn channel(names: Known<'_>, code: &str) -> Blank {
    match names.set.channels.get(code) {
        None => code.into(),
        Some(def) => named(&def.name, def.name_en.as_deref()),
    }
}

fn named(zh: &str, en: Option<&str>) -> Blank {
    Blank::Name {
        zh: zh.to_owned(),
        en: en.unwrap_or(zh).to_owned(),
    }
}
