//! The program as a process: started, killed, told to stop, and started where it cannot.

mod crowds;
mod demo;
mod health;
mod killing;
mod owning;
mod starting;
mod stopping;
mod watching;
