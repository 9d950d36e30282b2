//! How the providers behind the channels behave: as fast as the scenario lets them be, down or slow for a while.

use std::collections::BTreeMap;

use super::scenario::Scenario;
use crate::domain::blame::Scope;
use crate::domain::channel::Rate;
use crate::domain::delivery::Outcome;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::realm::Realm;

/// Channels that are not as usual, with how long that lasts.
#[derive(Default)]
pub struct Providers {
    down: BTreeMap<String, Moment>,
    slow: BTreeMap<String, (f64, Moment)>,
}

impl Providers {
    pub fn take_down(&mut self, realm: &Realm, code: &str, until: Moment) {
        self.down.insert(code.to_owned(), until);
        if let Some(recording) = realm.recording(code) {
            recording.answer(Outcome::Retry {
                after: None,
                why: "演练：渠道中断".into(),
                scope: Scope::Moment,
                ambiguous: false,
            });
        }
    }

    /// Bounds a channel's rate until then; the caller gives the realm its [`Self::plans`] again.
    pub fn slow_down(&mut self, code: &str, per_second: f64, until: Moment) {
        self.slow.insert(code.to_owned(), (per_second, until));
    }

    /// Gives a realm's channels their share of failures, and the outages that still last.
    pub fn set(&mut self, realm: &Realm, scenario: &Scenario, seed: u64) {
        for (code, model) in &scenario.file.channels {
            if let Some(recording) = realm.recording(code) {
                recording.fail_share(model.failures_per_mille, seed);
            }
        }
        for (code, until) in self.down.clone() {
            self.take_down(realm, &code, until);
        }
    }

    /// Ends the outages and the slowness whose time is over. True when the realm needs its [`Self::plans`] again.
    pub fn restore(&mut self, realm: &Realm, now: Moment) -> bool {
        self.down.retain(|code, until| {
            let is_down = *until > now;
            if !is_down && let Some(recording) = realm.recording(code) {
                recording.accept();
            }
            is_down
        });
        let before = self.slow.len();
        self.slow.retain(|_, (_, until)| *until > now);
        self.slow.len() != before
    }

    /// When each channel that is down or slow recovers.
    pub fn changes(&self) -> impl Iterator<Item = Moment> {
        let slow = self.slow.values().map(|(_, until)| *until);
        self.down.values().copied().chain(slow)
    }

    /// The drill's plans with the channels as fast as the scenario lets them be.
    pub fn plans(&self, scenario: &Scenario) -> PlanSet {
        let mut plans = scenario.plans.clone();
        for def in plans.channels.values_mut() {
            let model = scenario
                .file
                .channels
                .get(&def.channel)
                .copied()
                .unwrap_or_default();
            let by_latency = model
                .latency
                .filter(|latency| latency.as_seconds() > 0)
                .map(|latency| {
                    #[expect(clippy::cast_precision_loss, reason = "a latency is seconds")]
                    let seconds = latency.as_seconds() as f64;
                    f64::from(def.concurrency) / seconds
                });
            let slowed = self.slow.get(&def.channel).map(|(rate, _)| *rate);
            for limit in [model.per_second, by_latency, slowed].into_iter().flatten() {
                let own = def.rate.map_or(f64::INFINITY, |rate| rate.per_second);
                if limit < own {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a rate is at most a million"
                    )]
                    let burst = (limit.ceil() as u32).max(1);
                    let burst = def.rate.map_or(burst, |rate| rate.burst.min(burst));
                    def.rate = Some(Rate {
                        per_second: limit,
                        burst,
                    });
                }
            }
        }
        plans
    }
}
