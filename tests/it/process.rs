//! The program as a process: started, killed, told to stop, and started where it cannot.

mod blaming;
mod crowds;
mod demo;
mod health;
mod killing;
mod killing_verbs;
mod owning;
mod starting;
mod stopping;
mod watching;
