//! How the files that a process may have open are shared out among its listeners, with a reserve for what must go on
//! whatever stands at the doors: the store, the channels, files.

use std::sync::Arc;

use crate::web::door::{Crowd, Full, Patience};
use crate::web::portal::serve::Limits;

/// What the program itself keeps open: the store and a drill's store, threads, logs, the watch over plan files, a few
/// who are being told that there is no place.
const OURS: u64 = 96;
/// The least that channels are left, however tight it is.
const CHANNELS: u64 = 64;
/// With fewer places than this in all nobody could be served sensibly.
const LEAST: u64 = 48;
/// With fewer open files than this a crowd is felt early.
const COMFORTABLE: u64 = 4_096;

/// The most places of each listener, whatever the system allows: they bound the memory that a crowd can take.
const MOST_PORTAL: u64 = 8_192;
const MOST_API: u64 = 2_048;
const MOST_DRILL_PORTAL: u64 = 1_024;
const MOST_DRILL_API: u64 = 512;

/// Places of each listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Open files in all.
    pub limit: u64,
    /// Those that no listener gets.
    pub reserve: u64,
    pub portal: u64,
    pub api: u64,
    pub drill_portal: u64,
    pub drill_api: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the system lets this process open {limit} files, and {needed} are the least it can work with"
)]
pub struct TooFew {
    pub limit: u64,
    pub needed: u64,
}

impl Budget {
    /// Shares `limit` out. `sending` is how many connections all channels together may open at once.
    ///
    /// # Errors
    /// When nothing sensible would be left.
    pub fn of(limit: u64, sending: u64) -> Result<Self, TooFew> {
        // Beside each connection there may be one that is just closing, or a name that is being looked up.
        let wanted = sending.saturating_mul(2);
        let reserve = OURS + wanted.min(CHANNELS.max(limit.saturating_sub(OURS) / 3));
        let places = limit.saturating_sub(reserve);
        if places < LEAST {
            return Err(TooFew {
                limit,
                needed: reserve + LEAST,
            });
        }
        let share = |percent: u64, most: u64| {
            (places / 100 * percent + places % 100 * percent / 100).min(most)
        };
        Ok(Self {
            limit,
            reserve,
            portal: share(55, MOST_PORTAL),
            api: share(30, MOST_API),
            drill_portal: share(10, MOST_DRILL_PORTAL),
            drill_api: share(5, MOST_DRILL_API),
        })
    }

    /// Whether a crowd would be felt earlier than it has to.
    pub fn is_tight(&self) -> bool {
        self.limit < COMFORTABLE
    }
}

/// The people at each listener; nobody yet.
pub struct Crowds {
    pub portal: Arc<Crowd>,
    pub api: Arc<Crowd>,
    pub drill_portal: Arc<Crowd>,
    pub drill_api: Arc<Crowd>,
}

impl Crowds {
    pub fn of(budget: &Budget) -> Self {
        let readers = |name, places: u64| {
            let limits = Limits {
                connections: places as usize,
                ..Limits::default()
            };
            limits.crowd(name)
        };
        let staff = |name, places: u64| {
            Crowd::new(name, places as usize, Full::Refused, Patience::default())
        };
        Self {
            portal: readers("portal", budget.portal),
            api: staff("api", budget.api),
            drill_portal: readers("drill-portal", budget.drill_portal),
            drill_api: staff("drill-api", budget.drill_api),
        }
    }

    pub fn all(&self) -> Vec<Arc<Crowd>> {
        vec![
            self.portal.clone(),
            self.api.clone(),
            self.drill_portal.clone(),
            self.drill_api.clone(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_crowd_can_take_what_is_kept_back(limit in 0u64.., sending in 0u64..100_000) {
            match Budget::of(limit, sending) {
                Ok(budget) => {
                    let places = budget.portal + budget.api + budget.drill_portal + budget.drill_api;
                    prop_assert!(places + budget.reserve <= limit);
                    prop_assert!(budget.reserve >= OURS + sending.saturating_mul(2).min(CHANNELS));
                    for listener in [budget.portal, budget.api, budget.drill_portal, budget.drill_api] {
                        prop_assert!(listener >= 2, "{budget:?}");
                    }
                }
                Err(TooFew { needed, .. }) => {
                    prop_assert!(limit < needed);
                    prop_assert!(limit < OURS + CHANNELS + LEAST);
                }
            }
        }
    }

    #[test]
    fn the_usual_limits_leave_room_for_everybody() {
        let budget = Budget::of(1_024, 60).unwrap();
        assert!(
            budget.portal > 400 && budget.api > 200 && budget.is_tight(),
            "{budget:?}"
        );
        let budget = Budget::of(20_000, 60).unwrap();
        assert_eq!((budget.portal, budget.api), (MOST_PORTAL, MOST_API));
        assert!(Budget::of(256, 60).is_ok());
        assert!(Budget::of(64, 1).is_err());
    }
}
