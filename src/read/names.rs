//! What codes are called, as the plans of today say it.

use std::collections::BTreeMap;

use crate::contract::NamesView;
use crate::domain::plan::PlanSet;

/// The names of everything that plans know by a code; `is_enabled` says whether a channel may send.
pub fn names(plans: &PlanSet, is_enabled: impl Fn(&str) -> bool) -> NamesView {
    let mut view = NamesView::default();
    let english = |into: &mut BTreeMap<String, String>, code: &str, name: Option<&String>| {
        into.extend(name.map(|name| (code.to_owned(), name.clone())));
    };
    for body in &plans.bodies {
        view.bodies.insert(body.body.clone(), body.name.clone());
        english(&mut view.english.bodies, &body.body, body.name_en.as_ref());
        for post in &body.posts {
            let code = format!("{}/{}", body.body, post.post);
            english(&mut view.english.posts, &code, post.name_en.as_ref());
            view.posts.insert(code, post.name.clone());
        }
    }
    for area in &plans.areas {
        view.areas.insert(area.area.0.clone(), area.name.clone());
        english(&mut view.english.areas, &area.area.0, area.name_en.as_ref());
    }
    for pinned in &plans.plans {
        let event = &pinned.plan.event;
        view.events.insert(event.event.clone(), event.name.clone());
        english(
            &mut view.english.events,
            &event.event,
            event.name_en.as_ref(),
        );
        for fact in &event.facts {
            let code = format!("{}/{}", event.event, fact.fact);
            english(&mut view.english.facts, &code, fact.label_en.as_ref());
            view.facts.insert(code, fact.label.clone());
        }
    }
    for (code, channel) in &plans.channels {
        view.channels.insert(code.clone(), channel.name.clone());
        if !is_enabled(code) {
            view.switched_off.push(code.clone());
        }
    }
    view
}
