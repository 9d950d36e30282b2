//! `fabu migrate`: brings the database up to date, or says what that would do.

use crate::store::Store;

use super::output::{json, say, table};
use super::session::configuration;
use super::{Exit, Place, Result};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Say which migrations the database has, and change nothing
    #[arg(long)]
    status: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(place: &Place, args: Args) -> Result {
    let config = configuration(place)?;
    if !args.status && config.server.database_file().is_some() {
        std::fs::create_dir_all(&config.server.data_dir).map_err(|error| {
            super::Failure::file(&config.server.data_dir, "nothing was migrated", &error)
        })?;
    }
    if args.status
        && config
            .server
            .database_file()
            .is_some_and(|file| !file.exists())
    {
        let shown = config.server.database_shown();
        return Err(
            super::Failure::new(Exit::Failed, format!("{shown} does not exist yet"))
                .next("fabu migrate creates it"),
        );
    }
    let store = Store::connect(&config.server.database_url()).await?;
    let applied = if args.status {
        Vec::new()
    } else {
        store.migrate().await?
    };
    let steps = store.migrations().await?;
    store.close().await;
    if args.json {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| serde_json::json!({"number": step.number, "name": step.name, "applied": step.applied}))
            .collect();
        json(&serde_json::json!({"migrations": steps, "applied_now": applied}))?;
    } else {
        let word = |applied: bool| if applied { "applied" } else { "missing" };
        table(
            ["migration", "state"],
            steps
                .iter()
                .map(|step| [step.name.clone(), word(step.applied).to_owned()]),
        )?;
    }
    if !args.status {
        say(&format!(
            "{} is up to date, {} applied now",
            config.server.database_shown(),
            applied.len()
        ));
    }
    Ok(if steps.iter().all(|step| step.applied) {
        Exit::Done
    } else {
        Exit::Failed
    })
}
