//! Plan files: one golden answer per kind of fault, the example plans, hostile input, and what the commands print.

mod base;
mod chinese;
mod commands;
mod examples;
mod faults;
mod hostile;
mod law;
mod unfinished;
mod wording;
