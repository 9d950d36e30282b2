//! `fabu drill`: plans rehearsed. `run`, `compare` and `report RUN` need no server; the others direct the live drill of a
//! running one. No drill reaches anybody.

mod after;
mod files;
mod live;
mod many;
mod run;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::client::ServerArgs;
use super::{Place, Result};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario to its end and say whether what it expects came about
    Run(run::RunArgs),
    /// Put two runs side by side
    Compare(after::CompareArgs),
    /// Write the report of a run again, with lessons or beside another run; without RUN, fetch the live drill's
    Report(ReportArgs),
    /// Start a live drill on a running server, with people on a clock of its own
    Start(live::StartArgs),
    /// Show the live drill: its clock, what comes next, what waits for whom
    Status(live::StatusArgs),
    /// Let something happen now in the live drill
    Inject(live::InjectArgs),
    /// Stop the live drill's clock, and so move every deadline to come
    Pause(live::PauseArgs),
    /// Let the clock run again, or run at another speed
    Resume(live::ResumeArgs),
    /// Play on to a later moment as fast as it goes
    Jump(live::JumpArgs),
    /// End the live drill and have its report written
    Stop(live::StopArgs),
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder that `drill run --out` wrote; without it, the live drill of the server
    run: Option<PathBuf>,
    /// Lessons to keep in the report, one a line: lesson | owner | date
    #[arg(long, value_name = "FILE", requires = "run")]
    lessons: Option<PathBuf>,
    /// The folder of the run before, for comparison
    #[arg(long, value_name = "DIR", requires = "run")]
    last: Option<PathBuf>,
    /// Without RUN: where to write the files; a folder named after the drill when left out
    #[arg(long, value_name = "DIR", conflicts_with = "run")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

pub async fn run(place: &Place, command: Command) -> Result {
    match command {
        Command::Run(args) => run::run(place, &args),
        Command::Compare(args) => after::compare(&args),
        Command::Report(args) => match &args.run {
            Some(run) => after::report(run, &args),
            None => live::report(&args).await,
        },
        Command::Start(args) => live::start(args).await,
        Command::Status(args) => live::status(&args).await,
        Command::Inject(args) => live::inject(args).await,
        Command::Pause(args) => live::pause(args).await,
        Command::Resume(args) => live::resume(args).await,
        Command::Jump(args) => live::jump(args).await,
        Command::Stop(args) => live::stop(args).await,
    }
}
