//! What several tests stand on.

pub mod database;
pub mod parcels;
pub mod peers;
