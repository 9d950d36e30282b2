//! The command line: one file per noun. It reads arguments, asks those who know, and prints what they said.
//!
//! Data goes to standard output, talk to standard error; `--json` is stable, tables are for eyes. Exit codes are in
//! [`Exit`]. To add a noun: a file here with its `Args` and `run`, and a line in [`Command`] and [`Command::run`].

mod bodies;
mod channel;
mod client;
mod contact;
mod demo;
mod doctor;
mod drill;
mod failure;
pub mod init;
mod incident;
mod journal;
mod marker;
mod migrate;
mod output;
pub mod plan;
mod release;
mod report;
mod serve;
mod session;
mod user;
mod when;

pub use failure::{Exit, Failure};
pub use session::Session;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Overrides;

/// What every command hands back: how it went, when nothing stood in its way.
pub type Result<T = Exit> = std::result::Result<T, Failure>;

#[derive(Debug, Parser)]
#[command(
    name = "fabu",
    version,
    about = "fabu (发布) plans what a local government must tell the public in an emergency, and sends it out on time.",
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 plan or data invalid, 4 not allowed, 5 conflict, 6 partly delivered."
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which installation is meant.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Which installation")]
pub struct Place {
    /// The configuration file; `fabu.toml` in this folder if there is one
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The folder that holds plans/ and channels/
    #[arg(long, value_name = "DIR", global = true)]
    root: Option<PathBuf>,
    /// The folder for what the program writes
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// The database, sqlite:PATH or postgres://…; put a password into FABU_DATABASE_URL instead
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
}

impl Place {
    /// The folder that holds the plans of commands that need no configuration.
    fn root(&self) -> &std::path::Path {
        self.root.as_deref().unwrap_or(std::path::Path::new("."))
    }

    /// The flags as the configuration takes them; `serve` adds its own.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            file: self.config.clone(),
            root: self.root.clone(),
            data_dir: self.data_dir.clone(),
            database: self.database.clone(),
            ..Overrides::default()
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything on examples, in one throw-away folder; nothing leaves the machine
    Demo(demo::Args),
    /// Make a folder with everything an installation needs
    Init(init::Args),
    /// Run the server: portal, API, and everything that happens by itself
    Serve(serve::Args),
    /// Bring the database up to date
    Migrate(migrate::Args),
    /// Look at everything an installation stands on and say what is missing
    Doctor(doctor::Args),
    /// Plans (公开方案): read, check and compare
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Incidents (突发事件): declare, follow, raise, lower, end
    Incident(incident::Args),
    /// Releases (发布任务): list, read, sign, correct
    Release(release::Args),
    /// Channels (渠道): list, test, switch on and off
    Channel(channel::Args),
    /// Reports (报告): what was on time, what was delivered
    Report(report::Args),
    /// Drills (演练): play a plan through on a clock of its own, reaching no one
    #[command(subcommand)]
    Drill(drill::Command),
    /// Contacts (联系人): import, list, export
    #[command(subcommand)]
    Contact(contact::Command),
    /// Users, the posts they hold, their tokens
    #[command(subcommand)]
    User(user::Command),
    /// The journal (台账): verify, export, tail
    #[command(subcommand)]
    Journal(journal::Command),
}

impl Command {
    async fn run(self, place: &Place) -> Result {
        match self {
            Self::Demo(args) => demo::run(args).await,
            Self::Init(args) => init::run(place, args).await,
            Self::Serve(args) => serve::run(place, args).await,
            Self::Migrate(args) => migrate::run(place, args).await,
            Self::Doctor(args) => doctor::run(place, args).await,
            Self::Plan(command) => {
                let code = plan::run(
                    command,
                    place.root(),
                    &mut std::io::stdout(),
                    &mut std::io::stderr(),
                );
                Ok(match code {
                    plan::DONE => Exit::Done,
                    plan::INVALID => Exit::Invalid,
                    _ => Exit::Failed,
                })
            }
            Self::Incident(args) => incident::run(args).await,
            Self::Release(args) => release::run(args).await,
            Self::Channel(args) => channel::run(args).await,
            Self::Report(args) => report::run(args).await,
            Self::Drill(command) => drill::run(place, command).await,
            Self::Contact(command) => contact::run(place, command).await,
            Self::User(command) => user::run(place, command).await,
            Self::Journal(command) => journal::run(place, command).await,
        }
    }
}

/// Runs one command line to its end. It is not generic, or the whole program would be compiled a second time in the binary.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(told) => {
            // Help and version are answers and go to standard output; clap knows which is which.
            let exit = if told.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            return if told.print().is_ok() {
                exit.into()
            } else {
                Exit::Failed.into()
            };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return report(&Failure::new(
                Exit::Failed,
                format!("no threads to work with: {error}"),
            ));
        }
    };
    match runtime.block_on(cli.command.run(&cli.place)) {
        Ok(exit) => exit.into(),
        Err(failure) => report(&failure),
    }
}

fn report(failure: &Failure) -> ExitCode {
    if !failure.is_silent() {
        // When even standard error is gone there is nobody left to tell.
        let _ = write!(std::io::stderr(), "{failure}");
    }
    failure.exit.into()
}
