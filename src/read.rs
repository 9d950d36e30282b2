//! What somebody is shown, read in one place for every face: a release with its text, the board of an incident, what
//! waits for whom, deliveries. Must never decide anything, and never know who asks over which wire.

pub mod asked;
mod binding;
mod elsewhere;
pub mod channel;
pub mod delivery;
pub mod event;
pub mod incident;
pub mod names;
pub mod people;
pub mod record;
pub mod release;
mod wanted;
