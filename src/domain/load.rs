//! How much a plan asks of the people who carry it out: what of the dated list falls into a short time after an activation,
//! a raise or the end.
//!
//! Counts the same list as a simulation, so whoever doubts a figure can look at its lines. Measures that nobody has ordered
//! and rows that go out in another text are no work of their own. Must never know rules: a limit comes in as a value.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audience::{AreaChoice, Audience};
use super::body::{Body, PostRef, Rank};
use super::channel::{ChannelDef, Layout};
use super::expand::{Forecast, Raise, forecast, forecast_end, forecast_raise, supposed};
use super::level::ResponseLevel;
use super::plan::{Item, Plan};
use super::time::{Moment, Span};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Burden {
    /// Texts that were not out before in this response.
    FirstTexts,
    /// Short messages to everybody.
    WholeAreaSms,
    /// Texts that a post of rank `leader` signs.
    LeaderTexts,
    /// Texts that a post of rank `office` signs.
    OfficeTexts,
}

/// Who signs and what a channel is, as far as a burden needs it.
pub struct House<'a> {
    pub bodies: &'a [Body],
    pub channels: &'a BTreeMap<String, ChannelDef>,
}

/// What a plan calls for after a beginning at each full hour of one day.
pub struct Days<'a> {
    starts: Vec<(Start, Vec<Forecast<'a>>)>,
}

/// What begins a time in which texts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub at: Moment,
    /// The raise that it is, or that follows an hour after it.
    pub raise: Option<Raise>,
}

impl Start {
    /// The same hour of the same story, whatever level it leads to.
    pub fn is_like(self, other: Self) -> bool {
        let story = |start: Self| (start.at, start.raise.map(|raise| (raise.from, raise.at)));
        story(self) == story(other)
    }
}

/// The beginning after which most is called for.
#[derive(Debug, PartialEq)]
pub struct Heaviest<'a> {
    pub start: Start,
    /// In the order in which they are due; a series stands in it as often as it comes.
    pub texts: Vec<&'a Item>,
}

impl<'a> Days<'a> {
    /// The lists of `plan` at `level` for the day that begins at `midnight`, each as long as `reach`: for a declaration at this
    /// level, and for a raise to it an hour after a declaration at each lower one, counted from either.
    pub fn of(plan: &'a Plan, level: ResponseLevel, midnight: Moment, reach: Span) -> Self {
        let mut starts = Vec::new();
        for at in hours(midnight) {
            let incident = supposed(plan, level, at, at);
            let list = forecast(plan, &incident, at, at + reach.delta());
            starts.push((Start { at, raise: None }, list));
        }
        let lower = plan.levels.keys().filter(|lower| **lower < level);
        for (from, at) in lower.flat_map(|lower| hours(midnight).map(|at| (*lower, at))) {
            let raise = Raise {
                from,
                declared_at: at,
                to: level,
                at: at + TimeDelta::hours(1),
            };
            let list = forecast_raise(plan, raise, raise.at + reach.delta());
            let raise_at = |at| Start {
                at,
                raise: Some(raise),
            };
            starts.push((raise_at(at), list.clone()));
            starts.push((raise_at(raise.at), list));
        }
        Self { starts }
    }

    /// The same for an end at each hour.
    pub fn ended(plan: &'a Plan, midnight: Moment, reach: Span) -> Self {
        let starts = hours(midnight).map(|at| {
            let list = forecast_end(plan, at, at + reach.delta());
            (Start { at, raise: None }, list)
        });
        Self {
            starts: starts.collect(),
        }
    }

    /// The beginning after which most of `what` is due `within` that time.
    pub fn heaviest(
        &self,
        plan: &Plan,
        house: &House<'_>,
        what: Burden,
        within: Span,
    ) -> Option<Heaviest<'a>> {
        let counted = self.starts.iter().map(|(start, list)| Heaviest {
            start: *start,
            texts: list
                .iter()
                .filter(|line| !line.asks)
                .filter(|line| {
                    line.due_at.is_some_and(|due| {
                        let after = due - start.at;
                        // What was due at the raise is out.
                        let is_ahead = match start.raise {
                            Some(raise) if raise.at == start.at => after > TimeDelta::zero(),
                            _ => after >= TimeDelta::zero(),
                        };
                        is_ahead && after <= within.delta()
                    })
                })
                .filter(|line| house.counts(plan, line, what))
                .map(|line| line.item)
                .collect(),
        });
        // The first of those that are alike.
        counted.reduce(|most, next| match next.texts.len() > most.texts.len() {
            true => next,
            false => most,
        })
    }
}

fn hours(midnight: Moment) -> impl Iterator<Item = Moment> {
    (0..24).map(move |hour| midnight + TimeDelta::hours(hour))
}

impl House<'_> {
    fn counts(&self, plan: &Plan, line: &Forecast<'_>, what: Burden) -> bool {
        match what {
            Burden::FirstTexts => line.occurrence == 1,
            Burden::WholeAreaSms => self.is_whole_area_sms(line.item),
            Burden::LeaderTexts => self.is_signed_by(plan, &line.item.route, Rank::Leader),
            Burden::OfficeTexts => self.is_signed_by(plan, &line.item.route, Rank::Office),
        }
    }

    fn is_whole_area_sms(&self, item: &Item) -> bool {
        item.channels.iter().any(|to| {
            let def = self.channels.get(&to.channel);
            let is_short =
                def.is_some_and(|def| matches!(def.spec().layout(), Layout::Short { .. }));
            is_short && reaches_everybody(to.audience.as_ref().unwrap_or(&item.audience))
        })
    }

    fn is_signed_by(&self, plan: &Plan, route: &str, rank: Rank) -> bool {
        let signs = plan.routes.get(route).into_iter().flat_map(|r| &r.sign);
        signs
            .map(|signer| rank_of(self.bodies, &signer.post))
            .any(|one| one == rank)
    }
}

/// The rank of a post; what no body has is an office's.
pub fn rank_of(bodies: &[Body], post: &PostRef) -> Rank {
    let body = bodies.iter().find(|body| body.body == post.body);
    let found = body.and_then(|body| body.posts.iter().find(|one| one.post == post.post));
    found.map(|post| post.rank).unwrap_or_default()
}

/// Whether a choice of contacts leaves nobody in the places out.
fn reaches_everybody(audience: &Audience) -> bool {
    match audience {
        Audience::Everyone(_) => true,
        Audience::Selected(selection) => {
            let some_places = matches!(selection.areas, Some(AreaChoice::Codes(_)));
            !some_places && selection.groups.is_empty() && selection.posts.is_empty()
        }
    }
}
