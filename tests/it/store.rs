//! The same promises, asked of both databases.

mod crashes;
mod drivers;
mod journal;
mod migrations;
mod outages;
mod schema;
