//! `fabu release correct`: the first action prepares the pre-written correction and shows it, the second signs it.

use std::io::IsTerminal;

use clap::ValueEnum;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::{Bulletin, Me, Release};
use super::super::client::{Change, Changing, Client};
use super::super::incident::facts::{self, FactArgs};
use super::super::output::say;
use super::super::{Exit, Failure, Result};
use super::{act, preview, tell};
use crate::domain::check_code::CheckCode;
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The published release
    id: ReleaseId,
    #[arg(long, value_enum)]
    kind: Kind,
    /// Why, in a few words; the correction prints it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    facts: FactArgs,
    /// Ask for the code and sign at once; only at a terminal, for nothing is signed unseen
    #[arg(long, conflicts_with = "dry_run")]
    approve: bool,
    #[command(flatten)]
    how: Changing,
}

/// What went wrong with it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// It should not have gone out (误发)
    SentInError,
    /// It says something that is not so (内容有误)
    WrongContent,
    /// What it warned of is over (解除)
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
    let id = &args.id;
    if args.approve && !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        let what =
            "--approve asks for the code of the text, and there is no terminal; nothing was asked";
        return Err(Failure::new(Exit::Usage, what).next(format!(
            "fabu release correct {id} --kind {}, then fabu release approve with the code it prints",
            args.kind.code()
        )));
    }
    let given = &args.facts;
    let facts = facts::read(client, &given.given, &given.around).await?;
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
        return Err(Failure::new(
            Exit::Failed,
            format!("correction {} has no text; nothing was sent", correction.id),
        )
        .next(format!("fabu release show {}", correction.id)));
    };
    preview::text(client, &correction, bulletin, answer.now)?;
    if args.how.dry_run {
        return Ok(Exit::Done);
    }
    say("更正已备好，尚未发出 prepared, not sent");
    if !args.approve {
        say(&preview::next_step(client, &correction, bulletin).await?);
        return Ok(Exit::Done);
    }
    sign(client, &correction, bulletin, &args.how).await
}

/// Asks the person at the keyboard for the code and signs.
async fn sign(
    client: &Client,
    correction: &Release,
    bulletin: &Bulletin,
    how: &Changing,
) -> Result {
    let me: Me = client
        .get(&["me"], &[], "fabu release list")
        .await?
        .read()?;
    let own_words = bulletin.written_by.contains(&me.user);
    if own_words {
        say(
            "其中有您本人所写的话：签发后须他人补签 some of the words are yours: another person must countersign",
        );
    }
    say(
        "输入核对码即签发，直接回车则不发 type the code to sign and send, or only Enter to leave it:",
    );
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("the keyboard: {error}; nothing was sent"),
        )
        .next(preview::approve(correction, bulletin))
    })?;
    let code = typed
        .parse::<CheckCode>()
        .ok()
        .filter(|code| code.names(bulletin.version, &bulletin.hash));
    let Some(code) = code else {
        let what = "that is not the code; the correction was not signed and not sent";
        let next = preview::next_step(client, correction, bulletin).await?;
        return Err(Failure::new(Exit::Conflict, what).next(next.trim_start_matches("  next: ")));
    };
    let id: ReleaseId = correction.id.parse().map_err(|error: crate::id::BadId| {
        Failure::new(Exit::Failed, format!("{error}; nothing was signed"))
    })?;
    let how = how.again();
    let body = json!({ "code": code.to_string(), "own_words": own_words });
    let answer = act(client, &id, "approve", body, &how).await?;
    tell(client, &answer, "已签 signed")
}
