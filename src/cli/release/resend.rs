//! `fabu release resend`: sends again what was given up, to those only who have not got it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::super::client::{Changing, Client};
use super::super::output::{say, table, thousands};
use super::super::{Exit, Result};
use super::act;
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The published release
    id: ReleaseId,
    /// Only what was given up on this channel
    #[arg(long, value_name = "CODE")]
    channel: Option<String>,
    /// Also what may have arrived; it may then arrive twice
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
    let body = json!({ "channel": channel, "unknown": unknown });
    let answer = act(client, &id, "resend", body, &how).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let resent: Resent = answer.read()?;
    table(
        [
            "渠道 channel",
            "重发失败的 failed, again",
            "重发不明的 unknown, again",
            "不明未重发 unknown, left",
            "已由备用渠道受理 reached otherwise",
        ],
        resent.channels.into_iter().map(|(code, one)| {
            [
                code,
                thousands(one.failed),
                thousands(one.unknown),
                thousands(one.unknown_left),
                thousands(one.reached_otherwise),
            ]
        }),
    )?;
    match resent.resent {
        0 => say("没有可重发的 nothing of it was given up and can be sent again"),
        count => say(&format!(
            "重发 {0} sent again\n  next: fabu report delivery --release {id}",
            thousands(count)
        )),
    }
    if resent.unknown_left > 0 {
        say(&format!(
            "{} 条不明：可能已送达，未重发；加 --unknown 则重发，对方可能收到两次 may have arrived and were left alone; with \
             --unknown they are sent again and may arrive twice",
            thousands(resent.unknown_left)
        ));
    }
    Ok(Exit::Done)
}
