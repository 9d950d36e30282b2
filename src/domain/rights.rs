//! Who may do what: one table for the verbs, the API, the command line and every page.
//!
//! Each deed is open to some posts; whoever holds one of them may do it, and whoever does not is told which they are.
//! `docs/rights.md` says the same to those who decide it. Must never know a table or a clock.

mod apart;
mod corrections;
mod deed;
mod denied;
mod drafts;
mod second;
mod signers;

pub use apart::{APART, Clash, clashes, held_by};
pub use corrections::{answerable, correctors, who_orders};
pub use deed::{Deed, Right};
pub use denied::Denied;
pub use drafts::drafts_wait_for;
pub use second::{Asked, Confirm, ConfirmedAct, Decided, Decision, Second, Wish, second};
pub use signers::may_sign_at_all;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::approval::Actor;
use super::body::{Body, PostRef};
use super::plan::{Item, Plan, PlanSet, Signer};
use super::release::{Release, ReleaseState};

/// What a deed is about. Rights are those of today's `bodies.yaml`; drafting and signing are those of the pinned plan.
#[derive(Clone, Copy)]
pub struct About<'a> {
    pub set: &'a PlanSet,
    /// Those of the incident, or those that answer for the declaration.
    pub plans: &'a [Arc<Plan>],
    pub release: Option<&'a Release>,
}

impl<'a> About<'a> {
    /// About the installation itself.
    pub fn house(set: &'a PlanSet) -> Self {
        Self {
            set,
            plans: &[],
            release: None,
        }
    }

    pub fn incident(set: &'a PlanSet, plans: &'a [Arc<Plan>]) -> Self {
        Self {
            plans,
            ..Self::house(set)
        }
    }

    pub fn release(set: &'a PlanSet, plan: &'a Arc<Plan>, release: &'a Release) -> Self {
        Self {
            set,
            plans: std::slice::from_ref(plan),
            release: Some(release),
        }
    }
}

/// What somebody lacks who may not do a deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    Right(Right),
    /// A post of a body that takes part in the incident.
    Part,
    /// A post of one of these bodies.
    Body(Vec<String>),
    /// A post that signs this text.
    Route,
    /// A post that corrects this plan's texts.
    Corrections,
    /// A post that signs for some plan.
    AnyRoute,
    /// A post that the plan names for this decision.
    Decider,
    /// The post that confirms, held by another person than the one who asked.
    Second,
}

/// Whether `actor` may do `deed`, and if not, who can.
///
/// # Errors
/// What it takes, and every post that has it.
pub fn may(actor: &Actor, deed: Deed, about: &About<'_>) -> Result<(), Denied> {
    let (needs, who) = match allowed(deed, about) {
        Allowed::Anybody => return Ok(()),
        Allowed::Posts(needs, who) => (needs, who),
    };
    // The machine's owner keeps the house, and speaks for nobody.
    let keeps_house = matches!(needs, Needs::Right(right) if right != Right::Declare);
    if keeps_house && actor.is_at_the_machine() {
        return Ok(());
    }
    // Whoever submitted a text may take it back, whatever post they hold by now.
    let takes_back = deed == Deed::Return && submitted(actor, about);
    if takes_back || who.iter().any(|post| actor.holds(post)) {
        return Ok(());
    }
    Err(Denied { deed, needs, who })
}

/// Who may do a deed.
enum Allowed {
    /// Anybody with a good token.
    Anybody,
    Posts(Needs, Vec<PostRef>),
}

fn allowed(deed: Deed, about: &About<'_>) -> Allowed {
    use Allowed::{Anybody, Posts};
    if let (Deed::Decide, Some(deciders)) = (deed, deciders(about)) {
        return Posts(Needs::Decider, deciders);
    }
    let named = deed.right().map(|right| (right, holders(about.set, right)));
    if let Some((right, holders)) = named.filter(|(_, holders)| !holders.is_empty()) {
        return match deed {
            Deed::ReadRecord => {
                let mut who = of_bodies(about, &part_of(about));
                who.extend(holders);
                Posts(Needs::Part, once(who))
            }
            _ if right == Right::Declare => {
                let part = part_of(about);
                let mut who = holders;
                who.retain(|post| part.contains(&post.body));
                Posts(Needs::Right(right), who)
            }
            _ => Posts(Needs::Right(right), holders),
        };
    }
    // Nobody was given the right, or the deed takes none.
    match deed {
        Deed::Declare
        | Deed::SetFacts
        | Deed::Request
        | Deed::Decide
        | Deed::Raise
        | Deed::Lower
        | Deed::Archive => Posts(Needs::Part, of_bodies(about, &part_of(about))),
        Deed::RaiseToI | Deed::End => {
            let own: Vec<String> = about.plans.iter().map(|p| p.body.body.clone()).collect();
            let who = of_bodies(about, &own);
            Posts(Needs::Body(own), who)
        }
        Deed::SwitchChannel | Deed::TestChannel | Deed::DirectDrills => {
            let all = about.set.plans.iter().map(|pinned| &*pinned.plan);
            let signers = all.flat_map(|plan| {
                plan.routes
                    .values()
                    .flat_map(|route| &route.sign)
                    .chain(plan.corrections.iter().flat_map(|c| [&c.sign, &c.confirm]))
            });
            let mut who = with_deputies(signers);
            who.extend(
                about
                    .set
                    .plans
                    .iter()
                    .filter_map(|p| p.plan.body.first_post()),
            );
            Posts(Needs::AnyRoute, once(who))
        }
        Deed::ReadJournal | Deed::ReadRecord => Anybody,
        Deed::ReadContacts | Deed::ImportContacts | Deed::ExportContacts => {
            Posts(Needs::Right(Right::Contacts), Vec::new())
        }
        Deed::ReadPeople | Deed::ChangePeople | Deed::IssueToken | Deed::RevokeTokens => {
            Posts(Needs::Right(Right::Administer), Vec::new())
        }
        Deed::Confirm => Posts(Needs::Second, Vec::new()),
        Deed::Edit
        | Deed::Submit
        | Deed::Return
        | Deed::Approve
        | Deed::Waive
        | Deed::Correct
        | Deed::Withdraw
        | Deed::Resend => of_release(deed, about),
    }
}

/// Those whom the plan names to decide about a measure, whether somebody has or not, and their deputies.
fn deciders(about: &About<'_>) -> Option<Vec<PostRef>> {
    let release = about.release?;
    let posts = match &release.state {
        ReleaseState::Undecided(undecided) => &undecided.posts,
        _ => &about.plans.first()?.item_of(release)?.decided_by,
    };
    with_own_deputies(about.set, posts)
}

fn with_own_deputies(set: &PlanSet, posts: &[PostRef]) -> Option<Vec<PostRef>> {
    let posts = posts.iter().flat_map(|post| {
        let deputy = set.deputy_of(post);
        std::iter::once(post.clone()).chain(deputy)
    });
    Some(once(posts.collect())).filter(|posts| !posts.is_empty())
}

/// Whether `actor` may order `item` of their own accord: those whom it names, or whoever may ask for items and decide.
///
/// # Errors
/// What it takes, and every post that has it.
pub fn may_order(actor: &Actor, item: &Item, about: &About<'_>) -> Result<(), Denied> {
    match with_own_deputies(about.set, &item.decided_by) {
        Some(who) if who.iter().any(|post| actor.holds(post)) => Ok(()),
        Some(who) => Err(Denied {
            deed: Deed::Decide,
            needs: Needs::Decider,
            who,
        }),
        None => may(actor, Deed::Request, about).and_then(|()| may(actor, Deed::Decide, about)),
    }
}

fn of_release(deed: Deed, about: &About<'_>) -> Allowed {
    use Allowed::Posts;
    let (Some(release), Some(plan)) = (about.release, about.plans.first()) else {
        return Posts(Needs::Route, Vec::new());
    };
    let own = vec![release.body.clone()];
    match deed {
        Deed::Edit | Deed::Submit => {
            let mut who = of_bodies(about, &own);
            if release.correction.is_some() {
                who.extend(correctors(about));
            }
            Posts(Needs::Body(own), once(who))
        }
        // Whoever may prepare one may give it up.
        Deed::Waive if release.correction.is_some() => Posts(Needs::Corrections, correctors(about)),
        Deed::Correct | Deed::Withdraw => {
            let mut who = correctors(about);
            // To prepare is not to decide: whoever drafts may bring it before those who answer for the order.
            if release.still_binds(plan) {
                who.extend(of_bodies(about, &own));
                let item = plan.item_of(release);
                who.extend(item.map(|item| answerable(item, about)).unwrap_or_default());
            }
            Posts(Needs::Corrections, once(who))
        }
        Deed::Approve => Posts(Needs::Route, next_signers(plan, release)),
        Deed::Return => {
            let who = match &release.state {
                ReleaseState::InReview(review) => {
                    let mut who = match review.passed_to_deputy {
                        true => with_deputies(&review.signers),
                        false => review.signers.iter().map(|s| s.post.clone()).collect(),
                    };
                    who.extend(review.also.iter().cloned());
                    who
                }
                _ => with_deputies(&plan.signers_of(release).unwrap_or_default()),
            };
            Posts(Needs::Route, once(who))
        }
        Deed::Resend => {
            let mut who = of_bodies(about, &own);
            who.extend(with_deputies(&plan.signers_of(release).unwrap_or_default()));
            let confirms = plan.corrections.iter().map(|c| &c.confirm);
            who.extend(with_deputies(
                confirms.filter(|_| release.correction.is_some()),
            ));
            Posts(Needs::Route, once(who))
        }
        _ => Posts(
            Needs::Route,
            with_deputies(&plan.signers_of(release).unwrap_or_default()),
        ),
    }
}

/// Whom the release waits for, those included who may take its fast route.
fn next_signers(plan: &Plan, release: &Release) -> Vec<PostRef> {
    let mut who = release.may_sign();
    let before = matches!(
        release.state,
        ReleaseState::Drafting(_) | ReleaseState::InReview(_)
    );
    if before && release.correction.is_none() {
        let item = plan.item_of(release);
        let fast = item.and_then(|item| plan.routes.get(item.fast.as_ref()?));
        who.extend(with_deputies(fast.iter().flat_map(|route| &route.sign)));
    }
    once(who)
}

fn submitted(actor: &Actor, about: &About<'_>) -> bool {
    let state = about.release.map(|release| &release.state);
    matches!(state, Some(ReleaseState::InReview(review)) if review.submitted_by == actor.user)
}

/// The posts that `bodies.yaml` gives `right`.
pub fn holders(set: &PlanSet, right: Right) -> Vec<PostRef> {
    holders_in(&set.bodies, right)
}

pub fn holders_in(bodies: &[Body], right: Right) -> Vec<PostRef> {
    let posts = bodies.iter().flat_map(|body| {
        let has = body
            .posts
            .iter()
            .filter(|post| post.rights.contains(&right));
        has.map(|post| PostRef::within(&body.body, &post.post))
    });
    posts.collect()
}

/// Every body that takes part: whose plan it is, and who signs for it.
pub fn part_of(about: &About<'_>) -> Vec<String> {
    let mut bodies: Vec<String> = about
        .plans
        .iter()
        .flat_map(|plan| {
            let signers = plan.routes.values().flat_map(|route| &route.sign);
            std::iter::once(plan.body.body.clone()).chain(signers.map(|s| s.post.body.clone()))
        })
        .collect();
    bodies.sort();
    bodies.dedup();
    bodies
}

/// The posts of `bodies` as they are today; of a body that is gone, as the pinned plan knows it.
fn of_bodies(about: &About<'_>, bodies: &[String]) -> Vec<PostRef> {
    let mut who = Vec::new();
    for code in bodies {
        let today = about.set.bodies.iter().find(|body| body.body == *code);
        let pinned = || {
            about
                .plans
                .iter()
                .map(|p| &p.body)
                .find(|b| b.body == *code)
        };
        let body = today.or_else(pinned);
        let posts = body.iter().flat_map(|body| &body.posts);
        who.extend(posts.map(|post| PostRef::within(code, &post.post)));
    }
    who
}

fn with_deputies<'a>(signers: impl IntoIterator<Item = &'a Signer>) -> Vec<PostRef> {
    let posts = signers
        .into_iter()
        .flat_map(|s| std::iter::once(&s.post).chain(&s.deputy));
    once(posts.cloned().collect())
}

fn once(mut posts: Vec<PostRef>) -> Vec<PostRef> {
    let mut seen = std::collections::BTreeSet::new();
    posts.retain(|post| seen.insert(post.clone()));
    posts
}
