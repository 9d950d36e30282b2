//! The command line: one file per noun. Holds no rules; data goes to stdout, talk to stderr.

pub mod plan;

use std::io::Write;

use clap::{Parser, Subcommand};

/// Plans what a local government must tell the public in an emergency, and sends it out on time.
#[derive(Debug, Parser)]
#[command(name = "fabu", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub noun: Noun,
}

#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Read, check and compare plans
    #[command(subcommand)]
    Plan(plan::PlanCommand),
}

/// Runs one command; the number is the exit code.
pub fn run(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    match cli.noun {
        Noun::Plan(command) => plan::run(command, out, err),
    }
}
