//! Whose a release is to sign, return and give up.

use super::{Release, ReleaseState};
use crate::domain::approval::{Actor, acting_post};
use crate::domain::plan::{Plan, Signer};

impl Plan {
    /// The signers of a release in order; None when its route is gone. A correction has one of its own.
    pub fn signers_of(&self, release: &Release) -> Option<Vec<Signer>> {
        if release.correction.is_some()
            && let Some(corrections) = &self.corrections
        {
            return Some(vec![corrections.sign.clone()]);
        }
        let item = self.item_of(release)?;
        let route = self.routes.get(&item.route)?;
        Some(route.sign.clone())
    }
}

impl Release {
    /// Whoever may sign it, and whoever submitted it, may send it back. What is signed and waits for another text may
    /// still turn out to be wrong.
    pub fn may_be_returned_by(&self, actor: &Actor, plan: &Plan) -> bool {
        match &self.state {
            ReleaseState::InReview(review) => {
                let may = |s: &Signer| acting_post(actor, s, review.passed_to_deputy).is_some();
                review.signers.iter().any(may) || actor.user == review.submitted_by
            }
            ReleaseState::Approved { .. } => self.is_on_route(actor, plan),
            _ => false,
        }
    }

    /// Whoever could sign it, the deputies included, may give it up.
    pub fn may_be_waived_by(&self, actor: &Actor, plan: &Plan) -> bool {
        self.is_on_route(actor, plan)
    }

    fn is_on_route(&self, actor: &Actor, plan: &Plan) -> bool {
        let signers = plan.signers_of(self).unwrap_or_default();
        signers
            .iter()
            .any(|signer| acting_post(actor, signer, true).is_some())
    }
}
