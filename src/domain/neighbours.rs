//! Recipients of one domain share its fate: one whose server asks for patience, or lets the relay wait, is tried by one
//! connection at a time, so that it delays its own recipients and nobody else. Pure: `now` comes in.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::time::Moment;

/// Answers "not now" in a row that make a domain wait.
const SLOW_AFTER: u32 = 4;
/// A domain that was not heard of for so long is as good as any other again.
const FORGOTTEN: TimeDelta = TimeDelta::minutes(10);
/// Domains kept in mind at once.
const REMEMBERED: usize = 4096;

/// The domains that have lately said "not now".
#[derive(Debug, Clone, Default)]
pub struct Neighbours(HashMap<String, Domain>);

#[derive(Debug, Clone)]
struct Domain {
    failures: u32,
    under_way: u32,
    seen_at: Moment,
    /// How long its last tries took, on average.
    took: TimeDelta,
    /// When the next of those that were put off is due.
    slot: Moment,
}

impl Domain {
    fn is_slow(&self) -> bool {
        self.failures >= SLOW_AFTER
    }
}

/// The domain of a mail address; other addresses have none.
fn domain(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    (!domain.is_empty() && !address.starts_with('@')).then(|| domain.to_ascii_lowercase())
}

impl Neighbours {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slow domain of `address`, if it has one.
    pub fn slow(&self, address: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let domain = domain(address)?;
        self.0
            .get(&domain)
            .is_some_and(Domain::is_slow)
            .then_some(domain)
    }

    /// Whether a try for `address` may begin now.
    pub fn admits(&self, address: &str) -> bool {
        self.slow(address)
            .and_then(|domain| self.0.get(&domain))
            .is_none_or(|one| one.under_way == 0)
    }

    /// A try for `address` begins.
    pub fn begin(&mut self, address: &str) {
        if self.0.is_empty() {
            return;
        }
        if let Some(one) = domain(address).and_then(|domain| self.0.get_mut(&domain)) {
            one.under_way += 1;
        }
    }

    /// A try for `address` has ended. `put_off`: the recipient or its domain said "not now".
    pub fn end(&mut self, address: &str, put_off: bool, begun: Moment, now: Moment) {
        if self.0.is_empty() && !put_off {
            return;
        }
        let Some(domain) = domain(address) else {
            return;
        };
        if let Some(one) = self.0.get_mut(&domain) {
            one.under_way = one.under_way.saturating_sub(1);
            one.seen_at = now;
            if put_off {
                one.failures = one.failures.saturating_add(1);
                one.took = (one.took * 3 + (now - begun).max(TimeDelta::zero())) / 4;
            } else {
                one.failures = 0;
                if one.under_way == 0 {
                    self.0.remove(&domain);
                }
            }
            return;
        }
        if !put_off {
            return;
        }
        if self.0.len() >= REMEMBERED {
            self.0
                .retain(|_, one| one.under_way > 0 || now - one.seen_at < FORGOTTEN);
        }
        if self.0.len() < REMEMBERED {
            let one = Domain {
                failures: 1,
                under_way: 0,
                seen_at: now,
                took: (now - begun).max(TimeDelta::zero()),
                slot: now,
            };
            self.0.insert(domain, one);
        }
    }

    /// When one more of `domain`, for which there is no room now, is to be looked at again: as many at a time as its one
    /// connection can serve.
    pub fn put_off(&mut self, domain: &str, now: Moment) -> Moment {
        let soon = now + TimeDelta::seconds(1);
        let Some(one) = self.0.get_mut(domain) else {
            return soon;
        };
        let slot = one.slot.max(soon);
        one.slot = slot
            + one
                .took
                .clamp(TimeDelta::milliseconds(1), TimeDelta::minutes(1));
        slot.min(now + TimeDelta::minutes(5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    #[test]
    fn a_domain_that_asks_for_patience_gets_one_connection_and_others_all() {
        let now = from_millis(0);
        let mut known = Neighbours::default();
        for n in 0..4 {
            let address = format!("p{n}@Slow.invalid");
            known.begin(&address);
            known.end(&address, true, now, now);
        }
        known.begin("p9@slow.invalid");
        assert!(!known.admits("p10@slow.invalid"));
        assert!(known.admits("a@fast.invalid") && known.admits("13800001234"));
        known.end("p9@slow.invalid", false, now, now);
        assert!(known.admits("p10@slow.invalid"), "it takes mail again");
        assert!(known.is_empty());
    }

    #[test]
    fn those_put_off_come_as_fast_as_one_connection_serves_them() {
        let at = |seconds: i64| from_millis(seconds * 1000);
        let mut known = Neighbours::default();
        for _ in 0..8 {
            known.end("a@slow.invalid", true, at(0), at(10));
        }
        let first = known.put_off("slow.invalid", at(10));
        let second = known.put_off("slow.invalid", at(10));
        assert_eq!((second - first).num_seconds(), 10);
    }
}
