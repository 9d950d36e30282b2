//! `fabu migrate`: brings the database up to date, or says what that would do.

use crate::store::Store;

use super::output::{json, say, table};
use super::session::{Making, configuration};
use super::words::{count, word};
use super::{Exit, Failure, Place, Result, Session};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long)]
    status: bool,
    #[arg(long, conflicts_with = "status")]
    new_database: bool,
    #[arg(long, conflicts_with_all = ["status", "new_database"])]
    as_copy: bool,
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
    say(&word!(
        "migrate.done",
        shown = session.config.server.database_shown(),
        applied = count!("migrate.count", applied.len() as u64)
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
        return Err(Failure::new(Exit::Failed, word!("migrate.none", shown)).next("fabu migrate"));
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
        table(
            word!("migrate.heads"),
            steps.iter().map(|step| {
                let state = match step.applied {
                    true => word!("migrate.applied"),
                    false => word!("migrate.missing"),
                };
                [step.name.clone(), state.to_owned()]
            }),
        )?;
    }
    Ok(if steps.iter().all(|step| step.applied) {
        Exit::Done
    } else {
        Exit::Failed
    })
}
