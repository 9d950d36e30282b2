//! The command line: one file per noun. It reads arguments, asks those who know, and prints what they said.
//!
//! Data goes to standard output, talk to standard error; `--json` is stable, tables are for eyes. Exit codes are in
//! [`Exit`]. To add a noun: a file here with its `Args` and `run`, a line in [`Command`] and [`Command::run`], and its words
//! in `locales/*/cli/`: no sentence for people stands in the sources.

mod ask;
mod bodies;
mod channel;
mod client;
mod contact;
mod demo;
mod doctor;
mod drill;
mod failure;
mod help;
mod ids;
pub mod init;
mod incident;
mod journal;
mod marker;
mod migrate;
mod names;
mod output;
pub mod plan;
mod release;
mod report;
mod serve;
mod session;
mod shell;
mod usage;
mod user;
mod when;
mod words;

pub use failure::{Exit, Failure};
pub use session::Session;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use clap::error::ErrorKind;
use words::word;

use crate::config::Overrides;

/// What every command hands back: how it went, when nothing stood in its way.
pub type Result<T = Exit> = std::result::Result<T, Failure>;

#[derive(Debug, Parser)]
#[command(name = "fabu", version)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which installation is meant.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "place")]
pub struct Place {
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[arg(long, value_name = "DIR", global = true)]
    root: Option<PathBuf>,
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[arg(long, value_name = "CONNECTION", global = true)]
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
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Migrate(migrate::Args),
    Doctor(doctor::Args),
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    Incident(incident::Args),
    Release(release::Args),
    Channel(channel::Args),
    Report(report::Args),
    #[command(subcommand)]
    Drill(drill::Command),
    #[command(subcommand)]
    Contact(contact::Command),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    Journal(journal::Command),
    Completions(shell::Args),
    Man,
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
            Self::Completions(args) => shell::complete(&args),
            Self::Man => shell::man(),
        }
    }
}

/// Runs one command line to its end. It is not generic, or the whole program would be compiled a second time in the binary.
pub fn run(args: Vec<OsString>) -> ExitCode {
    words::settle(&args);
    let cli = match read(&args) {
        Ok(cli) => cli,
        Err(ended) => return ended,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return report(&Failure::new(Exit::Failed, word!("fabu.no-threads", error)));
        }
    };
    match runtime.block_on(cli.command.run(&cli.place)) {
        Ok(exit) => {
            output::end_trial();
            exit.into()
        }
        Err(failure) => report(&failure),
    }
}

/// Reads the command line; otherwise says what is wrong with it, or prints the help that was asked for.
fn read(args: &[OsString]) -> std::result::Result<Cli, ExitCode> {
    let args = asks_for_help(args);
    let mut command = help::worded(Cli::command());
    let read = command
        .try_get_matches_from_mut(&args)
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    let told = match read {
        Ok(cli) => return Ok(cli),
        Err(told) => told,
    };
    let (text, exit) = match told.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => (told.render(), Exit::Done),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (told.render(), Exit::Usage),
        ErrorKind::MissingSubcommand => match usage::meant(&command, &args).1 {
            Some(noun) => (noun.clone().render_help(), Exit::Usage),
            None => (told.render(), Exit::Usage),
        },
        _ => return Err(report(&usage::failure(&told, &command, &args))),
    };
    let printed = match exit {
        Exit::Done => show(&text, &mut std::io::stdout()),
        _ => show(&text, &mut std::io::stderr()),
    };
    Err(match printed {
        Ok(()) => exit.into(),
        Err(error) => report(&error.into()),
    })
}

/// `fabu help release` is `fabu release --help`.
fn asks_for_help(args: &[OsString]) -> Vec<OsString> {
    let mut args = args.to_vec();
    if args.get(1).is_some_and(|first| first == "help") {
        args.remove(1);
        args.push("--help".into());
    }
    args
}

fn show<W: std::io::Write + std::io::IsTerminal>(
    text: &clap::builder::StyledStr,
    out: &mut W,
) -> std::io::Result<()> {
    let is_coloured = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    write!(out, "{}", help::printed(text, is_coloured))?;
    out.flush()
}

fn report(failure: &Failure) -> ExitCode {
    if !failure.is_silent() {
        // When even standard error is gone there is nobody left to tell.
        let _ = write!(std::io::stderr(), "{failure}");
    }
    failure.exit.into()
}
