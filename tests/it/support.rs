//! What several tests stand on.

pub mod bulletins;
pub mod command;
pub mod database;
pub mod house;
pub mod installation;
pub mod parcels;
pub mod peers;
pub mod reader;
pub mod town;
