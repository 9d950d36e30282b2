//! The pages: each file turns entries into exactly what its template prints.

pub mod answer;
pub mod asked;
pub mod banner;
pub mod bulletin;
pub mod card;
pub mod front;
pub mod incident;
pub mod list;
pub mod mended;
pub mod notice;
pub mod poster;
pub mod record;
pub mod verify;
