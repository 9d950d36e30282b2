//! What a plan says by code, in words: channels, posts, routes, places, deadlines and rhythms.

use super::super::when;
use super::super::words::{either, joined, named, word};
use crate::domain::body::PostRef;
use crate::domain::concern::Concern;
use crate::domain::deadline::{Anchor, DayCalendar, Due, Repeat};
use crate::domain::expand::signing_time;
use crate::domain::plan::{Item, ItemChannel, ItemRole, Plan, PlanSet, Signer, Speaker};
use crate::domain::rights::Right;
use crate::plan::check::deadlines::code as anchor;

/// `within 1h of activation`.
pub fn deadline(item: &Item, due: &Due) -> String {
    let within = when::span(due.within);
    let of = match (item.decided, due.of) {
        (true, Anchor::Request) => "order",
        (_, of) => anchor(of),
    };
    let of = named!("plan.anchor", of);
    match due.calendar {
        DayCalendar::Clock => word!("plan.due", within, of),
        DayCalendar::WorkingDay => word!("plan.due-working", within, of),
    }
}

pub fn rhythm(repeat: &Repeat) -> String {
    match repeat {
        Repeat::Every(rule) => word!("plan.every", span = when::span(rule.every)),
        Repeat::Cron(rule) => word!("plan.cron", rule = when::rule(&rule.cron.to_string())),
    }
}

pub fn item(item: &Item) -> &str {
    either(&item.name, item.name_en.as_deref().unwrap_or(&item.name))
}

/// The name of the item `code` of `plan`, or its code where the plan has none of that name.
pub fn item_of<'a>(plan: &'a Plan, code: &'a str) -> &'a str {
    let found = plan.items().find(|item| item.item == code);
    found.map_or(code, item)
}

pub fn channels(set: &PlanSet, item: &Item) -> String {
    chosen(set, &item.channels)
}

fn chosen(set: &PlanSet, channels: &[ItemChannel]) -> String {
    let name = |code: &str| {
        let def = set.channels.get(code);
        def.map_or_else(
            || code.to_owned(),
            |def| either(&def.name, def.name_en.as_deref().unwrap_or(&def.name)).to_owned(),
        )
    };
    let names: Vec<String> = channels.iter().map(|c| name(&c.channel)).collect();
    joined(&names)
}

pub fn places(plan: &Plan) -> String {
    let names = plan.areas.iter();
    let names: Vec<&str> = names
        .map(|area| either(plan.place_name(area), plan.place_name_en(area)))
        .collect();
    joined(&names)
}

/// A post by name, with its body where that is not the plan's own.
pub fn post(set: &PlanSet, plan: &Plan, post: &PostRef) -> String {
    let body = set.bodies.iter().find(|body| body.body == post.body);
    let found = body.and_then(|body| body.posts.iter().find(|one| one.post == post.post));
    let (Some(body), Some(found)) = (body, found) else {
        return post.to_string();
    };
    let name = either(&found.name, found.name_en.as_deref().unwrap_or(&found.name));
    match plan.body.body == body.body {
        true => name.to_owned(),
        false => {
            let body = either(&body.name, body.name_en.as_deref().unwrap_or(&body.name));
            word!("plan.post-of-body", body, name)
        }
    }
}

/// Who signs, one after the other.
pub fn signers(set: &PlanSet, plan: &Plan, sign: &[Signer]) -> String {
    let names: Vec<String> = sign.iter().map(|s| post(set, plan, &s.post)).collect();
    names.join(" → ")
}

/// Who signs what `item` says, and how long they may take together.
pub fn route(set: &PlanSet, plan: &Plan, item: &Item) -> String {
    by_route(set, plan, &item.route)
}

fn by_route(set: &PlanSet, plan: &Plan, code: &str) -> String {
    let Some(route) = plan.routes.get(code) else {
        return code.to_owned();
    };
    let signers = signers(set, plan, &route.sign);
    let within = when::span(signing_time(plan, code));
    word!("plan.signed-by", signers, within)
}

/// Who watches, who answers by when, on which channels and by whose signature, a line each.
pub fn concern(set: &PlanSet, plan: &Plan, concern: &Concern) -> String {
    let watch: Vec<String> = concern
        .watch
        .iter()
        .map(|one| post(set, plan, one))
        .collect();
    [
        word!("plan.watched-by", who = joined(&watch)),
        word!("plan.answered-by", who = post(set, plan, &concern.answer)),
        word!("plan.answered-within", within = when::span(concern.within)),
        chosen(set, &concern.channels),
        by_route(set, plan, &concern.route),
    ]
    .join("\n")
}

/// Who may send it before the others have signed, if anybody may.
pub fn fast(set: &PlanSet, plan: &Plan, item: &Item) -> Option<String> {
    let route = plan.routes.get(item.fast.as_ref()?)?;
    let signers = signers(set, plan, &route.sign);
    Some(word!("plan.at-once-by", signers))
}

/// Who decides a measure: whom the plan names, or whoever may declare for its body.
pub fn deciders(set: &PlanSet, plan: &Plan, item: &Item) -> String {
    let named: Vec<String> = match &item.decided_by[..] {
        [] => {
            let own = set.bodies.iter().find(|body| body.body == plan.body.body);
            let posts = own.into_iter().flat_map(|body| &body.posts);
            let may = posts.filter(|one| one.rights.contains(&Right::Declare));
            may.map(|one| PostRef::within(&plan.body.body, &one.post))
                .map(|one| post(set, plan, &one))
                .collect()
        }
        posts => posts.iter().map(|one| post(set, plan, one)).collect(),
    };
    joined(&named)
}

/// Who speaks at which grade, and what stops when a superior does.
pub fn speaker(plan: &Plan, speaker: &Speaker) -> String {
    let relay = plan.items().find(|item| item.item == speaker.relay);
    let taken = relay.map_or(&[][..], |item| &item.takes_over);
    let taken: Vec<&str> = taken.iter().map(|code| item_of(plan, code)).collect();
    let (grades, items) = (joined(&speaker.superior), joined(&taken));
    let relay = item_of(plan, &speaker.relay);
    let notice = plan
        .items()
        .find(|item| item.role == Some(ItemRole::Activation));
    let issuer = notice.map_or(&plan.body, |notice| plan.issuer_of(notice));
    let issuer = either(
        &issuer.name,
        issuer.name_en.as_deref().unwrap_or(&issuer.name),
    );
    word!("plan.speaks", grades, relay, items, issuer)
}

/// What it is never in force together with, by name.
pub fn excluded(plan: &Plan, item: &Item) -> Option<String> {
    let names: Vec<&str> = item.instead_of.iter().map(|c| item_of(plan, c)).collect();
    (!names.is_empty()).then(|| joined(&names))
}
