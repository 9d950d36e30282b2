//! `fabu release resend`: sends again what was given up, to those only who have not got it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::super::client::{Changing, Client};
use super::super::ids::Typed;
use super::super::output::{self, say, table, thousands};
use super::super::words::{count, word};
use super::super::{Exit, Result};
use super::act;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    id: Typed,
    #[arg(long, value_name = "CODE")]
    channel: Option<String>,
    #[arg(long)]
    unknown: bool,
    #[command(flatten)]
    how: Changing,
}

#[derive(Debug, Deserialize)]
struct Resent {
    resent: u64,
    unknown_left: u64,
    channels: BTreeMap<String, Counts>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    failed: u64,
    unknown: u64,
    unknown_left: u64,
    reached_otherwise: u64,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let Args {
        id,
        channel,
        unknown,
        how,
    } = args;
    let id = id.sure()?.release(client).await?;
    let body = json!({ "channel": channel, "unknown": unknown });
    let answer = act(client, &id, "resend", body, &how).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let resent: Resent = answer.read()?;
    table(
        word!("release.resent-heads"),
        resent.channels.into_iter().map(|(code, one)| {
            [
                client.names.channel(&code),
                thousands(one.failed),
                thousands(one.unknown),
                thousands(one.unknown_left),
                thousands(one.reached_otherwise),
            ]
        }),
    )?;
    match resent.resent {
        0 => say(word!("release.resent-none")),
        number => {
            say(&count!("release.resent", number));
            output::next(&format!("fabu report delivery {id}"));
        }
    }
    if resent.unknown_left > 0 {
        say(&count!("release.unknown-left", resent.unknown_left));
    }
    Ok(Exit::Done)
}
