//! `fabu migrate`: brings the database up to date, or says what that would do.

use crate::store::Store;

use super::output::{json, say, table};
use super::session::{Making, configuration};
use super::{Exit, Place, Result, Session};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Say which migrations the database has, and change nothing
    #[arg(long)]
    status: bool,
    /// Make an empty database although this data folder has had one that is gone, or is to be given up
    #[arg(long, conflicts_with = "status")]
    new_database: bool,
    /// This database is a copy that goes its own way, for a trial: a server may run on it beside that of the original.
    /// What was still to be sent when it was made goes out from both
    #[arg(long, conflicts_with_all = ["status", "new_database"])]
    as_copy: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(place: &Place, args: Args) -> Result {
    if args.status {
        return status(place, args.json).await;
    }
    let making = match args {
        Args { as_copy: true, .. } => Making::AsCopy,
        Args {
            new_database: true, ..
        } => Making::Anew,
        _ => Making::Usual,
    };
    let (session, applied) = Session::make(place, making).await?;
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
