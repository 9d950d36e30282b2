//! Drills (演练): a plan rehearsed by the engine itself, on a clock of its own, with people who are slow, absent or asleep.
//!
//! ```text
//! drills/*.yaml ─▶ scenario ─▶ play (injects, people, the worker's tick) ─▶ journal ─▶ transcript, texts, score ─▶ report
//! ```
//!
//! A drill decides nothing: it gives the flow's own verbs to simulated people and lets time pass. It can reach no one,
//! because [`crate::realm::Realm::drill`] has no permit for live channels. The same seed gives the same bytes on every
//! machine and on both databases: chance is drawn from names, never in an order, and all arithmetic on it is exact.

pub mod scenario;
pub mod chance;
pub mod people;
pub mod stand_in;
pub mod recipients;
pub mod providers;
pub mod trays;
pub mod desk;
pub mod crew;
pub mod injects;
pub mod stage;
pub mod play;
pub mod live;
pub mod words;
pub mod transcript;
pub mod texts;
pub mod score;
pub mod advice;
pub mod tell;
pub mod expect;
pub mod report;
pub mod many;
pub mod compare;
