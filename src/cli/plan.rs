//! `fabu plan`: what the plan files say and what is wrong with them. Needs no server and changes nothing but schemas.

pub mod check;
mod diff;
mod grid;
mod load;
mod schema;
mod show;
mod simulate;
mod spelled;

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::{Args, Subcommand};

use super::words::{form, word};
use crate::domain::level::{IncidentGrade, ResponseLevel};

/// Done.
pub const DONE: u8 = 0;
/// The output could not be written.
pub const FAILED: u8 = 1;
/// The plans, or what was asked about them, are not valid.
pub const INVALID: u8 = 3;

#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    Check(CheckArgs),
    Show(ShowArgs),
    Diff(DiffArgs),
    Schema(SchemaArgs),
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    plan: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    before: String,
    after: String,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct SchemaArgs {
    #[arg(value_parser = ["plan", "bodies", "events", "rules", "channel", "holidays", "drill"])]
    kind: Option<String>,
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    plan: String,
    #[arg(long, value_parser = form!(ResponseLevel, "level"))]
    level: ResponseLevel,
    #[arg(long, value_parser = form!(IncidentGrade, "grade"))]
    grade: Option<IncidentGrade>,
    #[arg(long, value_name = "TIME", value_parser = form!(DateTime<FixedOffset>, "moment"))]
    at: DateTime<FixedOffset>,
    #[arg(long, value_name = "TIME", value_parser = form!(DateTime<FixedOffset>, "moment"))]
    known_at: Option<DateTime<FixedOffset>>,
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "DATE", value_parser = form!(NaiveDate, "date"), hide = true)]
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
            let _ = writeln!(err, "{}", word!("fabu.output", error));
            FAILED
        }
    }
}

/// The day by the machine's clock.
fn today() -> NaiveDate {
    use crate::clock::Clock;
    crate::clock::SystemClock.now().date_naive()
}
