//! The program as a process: started, killed, told to stop, and started where it cannot.

mod blaming;
mod demo;
mod killing;
mod killing_verbs;
mod starting;
mod stopping;
mod watching;
