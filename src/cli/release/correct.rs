//! `fabu release correct`: the first action prepares the pre-written correction and shows it, the second signs it.

use clap::ValueEnum;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::Release;
use super::super::client::{Change, Changing, Client};
use super::super::ids::Typed;
use super::super::incident::facts::{self, FactArgs};
use super::super::output::say;
use super::super::words::word;
use super::super::{Exit, Failure, Result, ask, output};
use super::{approve, preview};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    id: Typed,
    #[arg(long, value_enum)]
    kind: Kind,
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    facts: FactArgs,
    #[arg(long, conflicts_with = "dry_run")]
    approve: bool,
    #[command(flatten)]
    how: Changing,
}

/// What went wrong with it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    SentInError,
    WrongContent,
    AllClear,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::SentInError => "sent-in-error",
            Self::WrongContent => "wrong-content",
            Self::AllClear => "all-clear",
        }
    }
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let id = args.id.release(client).await?;
    if args.approve && !ask::is_possible() {
        let next = word!("release.correct-alone-next", id, kind = args.kind.code());
        return Err(Failure::new(Exit::Usage, word!("release.correct-alone")).next(next));
    }
    let given = &args.facts;
    let facts = facts::read(client, &given.fact, &given.around).await?;
    let answer = client
        .change(Change {
            method: Method::POST,
            path: &["releases", id.as_str(), "correct"],
            body: json!({ "kind": args.kind.code(), "reason": args.reason, "facts": Value::Object(facts) }),
            how: &args.how,
            seen: None,
            look: format!("fabu release show {id}"),
        })
        .await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let correction: Release = answer.read()?;
    let Some(bulletin) = &correction.bulletin else {
        return Err(preview::no_text(&correction));
    };
    preview::text(client, &correction, bulletin, answer.now)?;
    if args.how.dry_run {
        return Ok(Exit::Done);
    }
    say(word!("release.prepared"));
    if !args.approve {
        output::next(&preview::next_step(client, &correction, bulletin).await?);
        return Ok(Exit::Done);
    }
    approve::correction(client, &correction, bulletin, &args.how).await
}
