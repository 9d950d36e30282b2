//! Pure data and decisions. Nothing here waits, reads a clock, a file or a table: what a rule needs comes in as a value.

pub mod time;
pub mod trace;
pub mod clip;
pub mod level;
pub mod area;
pub mod body;
pub mod fact;
pub mod audience;
pub mod contact;
pub mod deadline;
pub mod recurrence;
pub mod plan;
pub mod incident;
pub mod reason;
pub mod release;
pub mod rights;
pub mod expand;
pub mod bulletin;
pub mod check_code;
pub mod approval;
pub mod delivery;
pub mod backoff;
pub mod blame;
pub mod health;
pub mod lifting;
pub mod neighbours;
pub mod pace;
pub mod throttle;
pub mod channel;
pub mod journal;
pub mod person;
pub mod portal;
pub mod publication;
pub mod document;
pub mod owner;
pub mod phrase;
pub mod ailment;
pub mod invisible;
pub mod nearest;
pub mod numbering;
pub mod public;
pub mod mention;
pub mod unfinished;

#[cfg(test)]
pub(crate) mod fixture;
