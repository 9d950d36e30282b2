//! `fabu migrate`: brings the database up to date, or says what that would do.

use crate::store::Store;

use super::output::{json, say, table};
use super::session::configuration;
use super::{Exit, Place, Result, Session};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Say which migrations the database has, and change nothing
    #[arg(long)]
    status: bool,
    /// Make an empty database although this data folder has had one that is gone, or is to be given up
    #[arg(long, conflicts_with = "status")]
    new_database: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(place: &Place, args: Args) -> Result {
    if args.status {
        return status(place, args.json).await;
    }
    let (session, applied) = Session::make(place, args.new_database).await?;
    let exit = tell(&session.store, &applied, args.json).await?;
    say(&format!(
        "{} is up to date, {} applied now",
        session.config.server.database_shown(),
        applied.len()
    ));
    session.store.close().await;
    Ok(exit)
}

/// Says what there is and changes nothing.
async fn status(place: &Place, as_json: bool) -> Result {
    let config = configuration(place)?;
    if config
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
    let exit = tell(&store, &[], as_json).await?;
    store.close().await;
    Ok(exit)
}

async fn tell(store: &Store, applied: &[String], as_json: bool) -> Result {
    let steps = store.migrations().await?;
    if as_json {
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
    Ok(if steps.iter().all(|step| step.applied) {
        Exit::Done
    } else {
        Exit::Failed
    })
}
