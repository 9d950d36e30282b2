//! The story, as the people in it would notice it, on both databases.

mod answering;
mod approving;
mod binding;
mod blaming;
mod corrected_orders;
mod correcting;
mod deciding;
mod delivering;
mod explaining;
mod grading;
mod holding;
mod levels;
mod numbering;
mod placing;
mod receiving;
mod scheduling;
mod lifting;
mod taking_over;
mod two_persons;
mod unreadable;
mod waiting;
mod walk;
