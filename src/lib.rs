//! fabu (发布): plans what a local government must tell the public in an emergency, and sends it out on time.
//!
//! ```text
//! plans/ ──check──▶ plan ─┐
//!                         ├─▶ declare ─▶ plan ─▶ schedule ─▶ draft ─▶ approve ─▶ publish ─▶ dispatch ─▶ deliver
//! facts ──────────────────┘                                                         │                     │
//!                                      journal (append-only, hash-chained) ◀────────┴─────────────────────┘
//! ```
//!
//! The modules below stand in reading order. ARCHITECTURE.md says what each must never know.

pub mod clock;
pub mod id;
pub mod config;
pub mod domain;
pub mod plan;
pub mod sheet;
pub mod store;
pub mod render;
pub mod channel;
pub mod flow;
pub mod realm;
pub mod worker;
pub mod words;
pub mod contract;
pub mod read;
pub mod drill;
pub mod web;
pub mod server;
pub mod cli;
