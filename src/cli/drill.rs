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
    Run(run::RunArgs),
    Compare(after::CompareArgs),
    Report(ReportArgs),
    Start(live::StartArgs),
    Status(live::StatusArgs),
    Inject(live::InjectArgs),
    Pause(live::PauseArgs),
    Resume(live::ResumeArgs),
    Jump(live::JumpArgs),
    Stop(live::StopArgs),
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    run: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "run")]
    lessons: Option<PathBuf>,
    #[arg(long, value_name = "DIR", requires = "run")]
    last: Option<PathBuf>,
    #[arg(long, value_name = "DIR", conflicts_with = "run")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

pub async fn run(place: &Place, command: Command) -> Result {
    match command {
        Command::Run(args) => run::run(place, &args),
        Command::Compare(args) => after::compare_runs(&args),
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
