//! The contract of the API, spoken over real HTTP to a running server: what is refused, how it is said, and that
//! nothing was changed.

mod again;
mod archive;
mod codes;
mod bounds;
mod input;
mod languages;
mod matrix;
mod noise;
pub mod paths;
mod reading;
mod people;
mod race;
mod resending;
mod second;
mod signing;
mod slow;
mod texts;
mod who;
