//! Whom plans and channels address: the groups, posts and places that a contact can be reached by.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::area::AreaCode;
use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::invisible::{ordinary, visible};
use crate::domain::nearest::{closest, is_slip};
use crate::domain::plan::PlanSet;

/// What the plan files address, or nothing when there are none or they could not be read.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    groups: Names,
    posts: Names,
    areas: BTreeSet<AreaCode>,
    is_known: bool,
}

/// Names by the form in which they are compared.
#[derive(Debug, Clone, Default)]
struct Names(BTreeMap<String, String>);

/// How a name in a list stands to the names that are addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Addressed, in the spelling given.
    Addressed(String),
    /// Nobody addresses it; the name that is nearest, and whether it is surely a slip for it.
    Stranger(Option<(String, bool)>),
}

impl Targets {
    /// Targets of an installation whose plans were read.
    pub fn read() -> Self {
        Self {
            is_known: true,
            ..Self::default()
        }
    }

    /// Whom the plans and channels of `set` address.
    pub fn of(set: &PlanSet) -> Self {
        let mut targets = Self::read();
        let plans = set.plans.iter().map(|pinned| &pinned.plan);
        for item in plans.clone().flat_map(|plan| plan.items()) {
            targets.add_audience(&item.audience);
            let own = item.channels.iter().filter_map(|one| one.audience.as_ref());
            own.for_each(|audience| targets.add_audience(audience));
        }
        let of_channels = set
            .channels
            .values()
            .filter_map(|def| def.audience.as_ref());
        of_channels.for_each(|audience| targets.add_audience(audience));
        for area in plans.flat_map(|plan| &plan.areas) {
            targets.add_area(area);
        }
        for body in &set.bodies {
            for post in &body.posts {
                targets.add_post(&format!("{}/{}", body.body, post.post));
            }
        }
        targets
    }

    pub fn add_audience(&mut self, audience: &Audience) {
        let Audience::Selected(selection) = audience else {
            return;
        };
        for group in &selection.groups {
            self.groups.add(group);
        }
        for post in &selection.posts {
            self.posts.add(post);
        }
        if let Some(AreaChoice::Codes(codes)) = &selection.areas {
            self.areas.extend(codes.iter().cloned());
        }
    }

    pub fn add_post(&mut self, post: &str) {
        self.posts.add(post);
    }

    /// A place that an incident may be declared for.
    pub fn add_area(&mut self, area: &AreaCode) {
        self.areas.insert(area.clone());
    }

    pub(super) fn group(&self, name: &str) -> Option<Standing> {
        self.is_known.then(|| self.groups.find(name))
    }

    pub(super) fn post(&self, name: &str) -> Option<Standing> {
        self.is_known.then(|| self.posts.find(name))
    }

    /// Whether some plan answers for a place that has to do with `area`; yes where no plan was read.
    pub(super) fn addresses(&self, area: &AreaCode) -> bool {
        !self.is_known
            || self.areas.is_empty()
            || self.areas.iter().any(|known| known.overlaps(area))
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        matches!(self.groups.find(name), Standing::Addressed(_))
    }
}

impl Names {
    fn key(name: &str) -> String {
        let plain = ordinary(&visible(name)).to_lowercase();
        plain.chars().filter(|c| !c.is_whitespace()).collect()
    }

    fn add(&mut self, name: &str) {
        self.0.insert(Self::key(name), name.to_owned());
    }

    fn find(&self, name: &str) -> Standing {
        let key = Self::key(name);
        if let Some(known) = self.0.get(&key) {
            return Standing::Addressed(known.clone());
        }
        let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let near = closest(&key, &known).and_then(|near| {
            let spelling = self.0.get(near)?;
            Some((spelling.clone(), is_slip(&key, near)))
        });
        Standing::Stranger(near)
    }
}
