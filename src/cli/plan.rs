//! `fabu plan`: what the plan files say and what is wrong with them. Needs no server and changes nothing but schemas.

pub mod check;
mod diff;
mod grid;
mod load;
mod schema;
mod show;
mod simulate;

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::{Args, Subcommand};

use crate::domain::level::ResponseLevel;

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
    /// Show a plan as a matrix, items by levels
    Show(ShowArgs),
    /// Say what changes, for whom, from one plan to another
    Diff(DiffArgs),
    /// Print the JSON Schema of a kind of file, or write all of them
    Schema(SchemaArgs),
    /// List what a declaration at a given moment would call for
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A plan's code or folder, or a root; every plan of this folder when left out
    plan: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The old plan: its code or folder, or a root
    before: String,
    /// The new one
    after: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which kind of file; all of them when left out
    #[arg(value_parser = ["plan", "bodies", "events", "rules", "channel", "holidays", "drill"], required_unless_present = "write")]
    kind: Option<String>,
    /// Write KIND.schema.json into this folder instead
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// A plan's code or folder
    plan: String,
    /// The response level: IV, III, II or I
    #[arg(long)]
    level: ResponseLevel,
    /// When the response would be activated, with its offset: 2026-07-01T03:00:00+08:00
    #[arg(long, value_name = "TIME")]
    at: DateTime<FixedOffset>,
    /// When the event was known; the same moment when left out
    #[arg(long, value_name = "TIME")]
    known_at: Option<DateTime<FixedOffset>>,
    /// How many days to look ahead
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A root with plans/ and channels/, a plan's folder, or a file; this folder when left out
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print the diagnostics as JSON
    #[arg(long)]
    json: bool,
    /// The day to check for instead of today
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<NaiveDate>,
}

/// Runs one command on the plans of `root` unless it names others; the number is the exit code.
pub fn run(command: PlanCommand, root: &Path, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = match command {
        PlanCommand::Check(args) => check::run(&args, root, out, err),
        PlanCommand::Show(args) => show::run(&args, root, out, err),
        PlanCommand::Diff(args) => diff::run(&args, root, out, err),
        PlanCommand::Schema(args) => schema::run(&args, out, err),
        PlanCommand::Simulate(args) => simulate::run(&args, root, out, err),
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
