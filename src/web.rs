//! HTTP: what the public, the operators and their programs see. Holds no rules.

pub mod api;
pub mod door;
pub mod portal;
pub mod receipts;
