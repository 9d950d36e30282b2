//! Who brings a text that corrects or takes back another one, and who signs it where that decides about a measure: to call an order
//! off, and to take back what lifted it, is to decide about it anew.

use super::super::body::PostRef;
use super::super::plan::Item;
use super::{About, Allowed, Deed, allowed, once, with_deputies, with_own_deputies};

/// Who may prepare and send a correction of the plan's texts (of an order that still binds others may prepare one, and only
/// [`answerable`] posts sign it): whoever signs and confirms them, and those whom the plan names;
/// where it names nobody, every post that signs for it and every one that may declare. In the worst hour any of them is the
/// one who is awake.
pub fn correctors(about: &About<'_>) -> Vec<PostRef> {
    let Some((plan, corrections)) =
        (about.plans.first()).and_then(|plan| Some((plan, plan.corrections.as_ref()?)))
    else {
        return Vec::new();
    };
    let mut who = with_deputies([&corrections.sign, &corrections.confirm]);
    if corrections.may.is_empty() {
        who.extend(with_deputies(
            plan.routes.values().flat_map(|route| &route.sign),
        ));
        if let Allowed::Posts(_, may_declare) = allowed(Deed::Declare, about) {
            who.extend(may_declare);
        }
    } else {
        who.extend(with_own_deputies(about.set, &corrections.may).unwrap_or_default());
    }
    once(who)
}

/// Who answers for `item`: those who decide it and those who sign it, with their deputies.
pub fn answerable(item: &Item, about: &About<'_>) -> Vec<PostRef> {
    let mut who = with_own_deputies(about.set, &item.decided_by).unwrap_or_default();
    let plan = about.plans.first();
    let route = plan.and_then(|plan| plan.routes.get(&item.route));
    who.extend(with_deputies(route.iter().flat_map(|route| &route.sign)));
    once(who)
}

/// Who may put `item` in force: those who decide it, and the last who signs it, with their deputies. Any of them takes back what
/// lifted it, for then it binds people again; nobody else does.
pub fn who_orders(item: &Item, about: &About<'_>) -> Vec<PostRef> {
    let mut who = with_own_deputies(about.set, &item.decided_by).unwrap_or_default();
    let plan = about.plans.first();
    let route = plan.and_then(|plan| plan.routes.get(&item.route));
    who.extend(with_deputies(route.and_then(|route| route.sign.last())));
    once(who)
}
