//! Whose a release is to sign.

use super::Release;
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
