//! `fabu channel`: what can be sent on, whether it works, on and off.

use reqwest::Method;

use super::client::{Change, Changing, Client, ServerArgs, nothing};
use super::output::{plain, say, table, thousands};
use super::when;
use super::{Exit, Result};
use crate::contract::{ChannelView, TestedView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List channels, whether they can send, and what waits on each
    List,
    /// Reach the provider without sending anything
    Test {
        /// The channel's code
        code: String,
    },
    /// Let a channel send again
    Enable(Switch),
    /// Hold a channel back; its deliveries wait
    Disable(Switch),
}

#[derive(Debug, clap::Args)]
struct Switch {
    /// The channel's code
    code: String,
    #[command(flatten)]
    how: Changing,
}

const LIST: &str = "fabu channel list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server)?;
    match args.command {
        Command::List => list(&client).await,
        Command::Test { code } => {
            // It reaches out but changes nothing, so it needs no key and has no dry run.
            let answer = client.probe(&["channels", &code, "test"], LIST).await?;
            if client.json {
                answer.print()?;
            } else {
                let said: TestedView = answer.read()?;
                say(&plain(&format!("{code}: {}", said.answer)));
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
    let mut faults: Vec<String> = channels
        .iter()
        .filter_map(|channel| channel.fault.as_deref().map(plain))
        .collect();
    faults.extend(channels.iter().filter_map(|channel| {
        let trouble = channel.trouble.as_ref()?;
        let since = when::stamp(trouble.since, client.zone);
        Some(plain(&format!(
            "{}: 账号受阻 its account is refused since {since}: {}; 待发保留，恢复后自动续发 what waits is kept and goes on when it is mended",
            channel.channel, trouble.why
        )))
    }));
    table(
        [
            "渠道 code",
            "类型 kind",
            "名称 name",
            "状态 state",
            "待发 waiting",
            "失败 failed",
            "不明 unknown",
        ],
        channels.into_iter().map(|channel| {
            let number = |names: &[&str]| {
                let sum: i64 = names
                    .iter()
                    .filter_map(|name| channel.deliveries.get(*name))
                    .sum();
                thousands(sum.unsigned_abs())
            };
            let state = match (&channel.fault, channel.enabled) {
                (Some(_), _) => "不可用 unusable",
                (None, true) if channel.trouble.is_some() => "受阻 in trouble",
                (None, true) => "启用 enabled",
                (None, false) => "停用 disabled",
            };
            [
                channel.channel,
                channel.kind,
                channel.name,
                state.into(),
                number(&["pending", "leased"]),
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
        say(&format!("{code}: {verb}d"));
    }
    Ok(Exit::Done)
}
