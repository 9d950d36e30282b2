//! Who signs a text at all, whosever turn it is: nobody else is told in which state it is by being refused a signature.

use super::super::approval::Actor;
use super::{About, Deed, Denied, Needs, answerable, correctors, once, with_deputies};

/// Whether `actor` is among those who sign the release that `about` names: on its route, its fast route, or, of a correction, among
/// those who may send one.
///
/// # Errors
/// All of them.
pub fn may_sign_at_all(actor: &Actor, about: &About<'_>) -> Result<(), Denied> {
    let mut who = Vec::new();
    if let (Some(release), Some(plan)) = (about.release, about.plans.first()) {
        who.extend(release.may_sign());
        let item = plan.item_of(release);
        if release.correction.is_some() {
            who.extend(correctors(about));
            who.extend(item.map(|item| answerable(item, about)).unwrap_or_default());
        } else {
            let fast = item.and_then(|item| plan.routes.get(item.fast.as_ref()?));
            let signers = plan.signers_of(release).unwrap_or_default();
            who.extend(with_deputies(
                signers
                    .iter()
                    .chain(fast.iter().flat_map(|route| &route.sign)),
            ));
        }
    }
    let who = once(who);
    if who.iter().any(|post| actor.holds(post)) {
        return Ok(());
    }
    Err(Denied {
        deed: Deed::Approve,
        needs: Needs::Route,
        who,
    })
}
