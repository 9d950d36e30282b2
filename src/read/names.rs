//! What codes are called, as the plans of today say it.

use crate::contract::NamesView;
use crate::domain::plan::PlanSet;

/// The names of everything that plans know by a code; `is_enabled` says whether a channel may send.
pub fn names(plans: &PlanSet, is_enabled: impl Fn(&str) -> bool) -> NamesView {
    let mut view = NamesView::default();
    for body in &plans.bodies {
        view.bodies.insert(body.body.clone(), body.name.clone());
        for post in &body.posts {
            let code = format!("{}/{}", body.body, post.post);
            view.posts.insert(code, post.name.clone());
        }
    }
    for area in &plans.areas {
        view.areas.insert(area.area.0.clone(), area.name.clone());
    }
    for pinned in &plans.plans {
        let event = &pinned.plan.event;
        view.events.insert(event.event.clone(), event.name.clone());
        for fact in &event.facts {
            let code = format!("{}/{}", event.event, fact.fact);
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
