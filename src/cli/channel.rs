//! `fabu channel`: what can be sent on, whether it works, on and off.

use chrono_tz::Tz;
use reqwest::Method;

use super::client::{Change, Changing, Client, ServerArgs, nothing};
use super::output::{plain, say, table, thousands};
use super::when;
use super::words::{named, word};
use super::{Exit, Result};
use crate::contract::{ChannelView, ReceiptsView, TestedView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List,
    Test { code: String },
    Enable(Switch),
    Disable(Switch),
}

#[derive(Debug, clap::Args)]
struct Switch {
    code: String,
    #[command(flatten)]
    how: Changing,
}

const LIST: &str = "fabu channel list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server).await?;
    match args.command {
        Command::List => list(&client).await,
        Command::Test { code } => {
            // It reaches out but changes nothing, so it needs no key and has no dry run.
            let answer = client.probe(&["channels", &code, "test"], LIST).await?;
            if client.json {
                answer.print()?;
            } else {
                let said: TestedView = answer.read()?;
                say(&plain(&word!("channel.said", code, said = said.answer)));
            }
            Ok(Exit::Done)
        }
        Command::Enable(switch) => turn(&client, switch, "enable").await,
        Command::Disable(switch) => turn(&client, switch, "disable").await,
    }
}

async fn list(client: &Client) -> Result {
    let answer = client.get(&["channels"], &[], LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let channels: Vec<ChannelView> = answer.read()?;
    // What is switched off on purpose lacks nothing.
    let in_use = || channels.iter().filter(|channel| channel.enabled);
    let mut faults: Vec<String> = in_use()
        .filter_map(|channel| channel.fault.as_deref().map(plain))
        .collect();
    faults.extend(in_use().filter_map(|channel| {
        let trouble = channel.trouble.as_ref()?;
        let since = when::stamp(trouble.since, client.zone);
        let (channel, why) = (client.names.channel(&channel.channel), &trouble.why);
        Some(plain(&word!("channel.trouble", channel, since, why)))
    }));
    faults.extend(channels.iter().filter_map(|channel| {
        let view = channel.receipts.as_ref()?;
        Some(plain(&heard(
            &client.names.channel(&channel.channel),
            view,
            client.zone,
        )))
    }));
    table(
        word!("channel.heads"),
        channels.into_iter().map(|channel| {
            let number = |names: &[&str]| {
                let sum: i64 = names
                    .iter()
                    .filter_map(|name| channel.deliveries.get(*name))
                    .sum();
                thousands(sum.unsigned_abs())
            };
            let state = match (channel.enabled, &channel.fault) {
                (false, _) => word!("channel.disabled"),
                (true, Some(_)) => word!("channel.unusable"),
                (true, None) if channel.trouble.is_some() => word!("channel.in-trouble"),
                (true, None) => word!("channel.enabled"),
            };
            [
                channel.channel,
                named!("channel.kind", &channel.kind),
                channel.name,
                state.into(),
                number(&["pending", "leased"]),
                number(&["accepted"]),
                number(&["delivered"]),
                number(&["failed"]),
                number(&["unknown"]),
            ]
        }),
    )?;
    for fault in faults {
        say(&fault);
    }
    Ok(Exit::Done)
}

/// What is heard of what a channel has taken, in one line.
pub(super) fn heard(channel: &str, view: &ReceiptsView, zone: Tz) -> String {
    let last = view.last_at.map(|at| when::stamp(at, zone));
    let number = |count: i64| thousands(count.unsigned_abs());
    let line = word!(
        "channel.receipts",
        channel,
        address = view.address.as_deref().unwrap_or("-"),
        awaited = number(view.awaited),
        last = last.as_deref().unwrap_or(word!("channel.never")),
        ignored = number(view.ignored),
        strays = number(view.strays),
    );
    match view.unnamed {
        0 => line,
        unnamed => format!(
            "{line} {}",
            word!("channel.unnamed", unnamed = number(unnamed))
        ),
    }
}

async fn turn(client: &Client, switch: Switch, verb: &str) -> Result {
    let Switch { code, how } = switch;
    let answer = client
        .change(Change {
            method: Method::POST,
            path: &["channels", &code, verb],
            body: nothing(),
            how: &how,
            seen: None,
            look: LIST.into(),
        })
        .await?;
    if client.json {
        answer.print()?;
    } else {
        let said = match verb {
            "enable" => word!("channel.enabled"),
            _ => word!("channel.disabled"),
        };
        say(&word!("channel.said", code, said));
    }
    Ok(Exit::Done)
}
