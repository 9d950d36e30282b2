//! All plans of an installation, read together.

use std::collections::BTreeMap;

use super::Plan;
use crate::domain::area::Area;
use crate::domain::body::{Body, PostRef};

/// Everything the plan and channel files say, read together and found valid.
#[derive(Debug, Clone, Default)]
pub struct PlanSet {
    pub plans: Vec<PinnedPlan>,
    pub channels: BTreeMap<String, crate::domain::channel::ChannelDef>,
    pub bodies: Vec<Body>,
    /// Acts that take a second person.
    pub confirm: Vec<crate::domain::rights::Confirm>,
    pub areas: Vec<Area>,
}

/// A plan with the hash of everything in it.
#[derive(Debug, Clone)]
pub struct PinnedPlan {
    pub plan: std::sync::Arc<Plan>,
    pub hash: String,
}

impl PlanSet {
    /// The address the public knows the portal by, from the first enabled portal channel.
    pub fn portal_url(&self) -> Option<&str> {
        self.channels
            .values()
            .find_map(|def| def.portal.as_ref().map(|portal| portal.base_url.as_str()))
    }

    /// Gives every portal channel another public address than its file names.
    pub fn set_portal_url(&mut self, base_url: &str) {
        for portal in self
            .channels
            .values_mut()
            .filter_map(|def| def.portal.as_mut())
        {
            base_url.clone_into(&mut portal.base_url);
        }
    }

    /// The deputy of a post, if it has one.
    pub fn deputy_of(&self, post: &PostRef) -> Option<PostRef> {
        let body = self.bodies.iter().find(|body| body.body == post.body)?;
        let known = body.posts.iter().find(|one| one.post == post.post)?;
        let deputy = known.deputy.as_deref()?;
        Some(PostRef::within(&post.body, deputy))
    }

    /// A post as people call it: its body and itself by name; by code where today's bodies do not know it.
    pub fn post_zh(&self, post: &PostRef) -> String {
        let body = self.bodies.iter().find(|body| body.body == post.body);
        let known = body.and_then(|body| {
            let known = body.posts.iter().find(|one| one.post == post.post)?;
            Some(match known.name.contains(&body.name) {
                true => known.name.clone(),
                false => format!("{}{}", body.name, known.name),
            })
        });
        known.unwrap_or_else(|| post.to_string())
    }

    pub fn plan(&self, code: &str) -> Option<&PinnedPlan> {
        self.plans.iter().find(|pinned| pinned.plan.plan == code)
    }
}
