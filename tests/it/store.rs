//! The same promises, asked of both databases.

mod contacts;
mod crashes;
mod deliveries;
mod drivers;
mod formats;
mod journal;
mod migrations;
mod outages;
mod owner;
mod records;
mod schema;
mod turns;
