//! `fabu plan`: what the plan files say and what is wrong with them. Needs no server and changes nothing but schemas.

pub mod check;

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// Done.
pub const DONE: u8 = 0;
/// The output could not be written.
pub const FAILED: u8 = 1;
/// The plans, or what was asked about them, are not valid.
pub const INVALID: u8 = 3;

#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Say everything that is wrong with plans, rules and channels
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A root with plans/ and channels/, a plan's folder, or a file
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Print the diagnostics as JSON
    #[arg(long)]
    json: bool,
    /// The day to check for instead of today
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<NaiveDate>,
}

/// Runs one command; the number is the exit code.
pub fn run(command: PlanCommand, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = match command {
        PlanCommand::Check(args) => check::run(&args, out, err),
    };
    match done {
        Ok(code) => code,
        // Whoever read the output has stopped reading, as `| head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => DONE,
        Err(error) => {
            // Nothing is left to tell it to if stderr is gone as well.
            let _ = writeln!(err, "fabu: the output could not be written: {error}");
            FAILED
        }
    }
}

/// The day by the machine's clock.
fn today() -> NaiveDate {
    use crate::clock::Clock;
    crate::clock::SystemClock.now().date_naive()
}
