//! `fabu release`: what is due, what it says, and every step from draft to correction.

mod approve;
mod correct;
mod edit;
pub(super) mod list;
mod preview;
mod resend;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::views::{Outcome, Release};
use super::client::{Answer, Change, Changing, Client, ServerArgs};
use super::ids::Typed;
use super::output::say;
use super::when;
use super::words::word;
use super::{Exit, Result};
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
    Show {
        id: Typed,
    },
    Preview {
        id: Typed,
    },
    Edit(edit::Args),
    Submit {
        id: Typed,
        #[arg(long, value_name = "N")]
        take_newer: Option<u32>,
        #[command(flatten)]
        how: Changing,
    },
    Return(Reasoned),
    Approve(approve::Args),
    Waive(Reasoned),
    Correct(correct::Args),
    Resend(resend::Args),
    Withdraw(Reasoned),
}

#[derive(Debug, clap::Args)]
struct Reasoned {
    id: Typed,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: Changing,
}

pub(super) const LIST: &str = "fabu release list";

pub(super) async fn run(args: Args) -> Result {
    let client = &Client::new(&args.server).await?;
    match args.command {
        Command::List(args) => list::run(client, args).await,
        Command::Show { id } => {
            let answer = get(client, &id.release(client).await?).await?;
            if client.json {
                answer.print()?;
            } else {
                preview::show(client, &answer.read()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
        Command::Preview { id } => preview::run(client, &id.release(client).await?).await,
        Command::Edit(args) => edit::run(client, args).await,
        Command::Submit {
            id,
            take_newer,
            how,
        } => {
            let body = json!({ "take_newer": take_newer });
            step(
                client,
                &id,
                "submit",
                body,
                &how,
                word!("release.submitted"),
            )
            .await
        }
        Command::Return(args) => reasoned(client, &args, "return", word!("release.returned")).await,
        Command::Approve(args) => approve::run(client, args).await,
        Command::Waive(args) => reasoned(client, &args, "waive", word!("release.waived")).await,
        Command::Correct(args) => correct::run(client, args).await,
        Command::Resend(args) => resend::run(client, args).await,
        Command::Withdraw(args) => {
            let id = args.id.release(client).await?;
            let body = json!({ "reason": args.reason });
            let answer = act(client, &id, "withdraw", body, &args.how).await?;
            let outcome: Outcome<Release> = answer.read()?;
            if !client.json && super::incident::second::waits(client, outcome).is_none() {
                return Ok(Exit::Done);
            }
            tell(client, &answer, word!("release.withdrawn"))
        }
    }
}

async fn reasoned(client: &Client, args: &Reasoned, verb: &str, done: &str) -> Result {
    let body = json!({ "reason": args.reason });
    step(client, &args.id, verb, body, &args.how, done).await
}

async fn step(
    client: &Client,
    id: &Typed,
    verb: &str,
    body: Value,
    how: &Changing,
    done: &str,
) -> Result {
    let id = id.release(client).await?;
    let answer = act(client, &id, verb, body, how).await?;
    tell(client, &answer, done)
}

async fn get(client: &Client, id: &ReleaseId) -> Result<Answer> {
    client.get(&["releases", id.as_str()], &[], LIST).await
}

async fn act(
    client: &Client,
    id: &ReleaseId,
    verb: &str,
    body: Value,
    how: &Changing,
) -> Result<Answer> {
    // Whoever is refused a signature looks at the text; whoever is refused a step looks at whose turn it is.
    let look = match verb {
        "approve" => "preview",
        _ => "show",
    };
    client
        .change(Change {
            method: Method::POST,
            path: &["releases", id.as_str(), verb],
            body,
            how,
            seen: None,
            look: format!("fabu release {look} {id}"),
        })
        .await
}

/// Says what a step has led to.
fn tell(client: &Client, answer: &Answer, done: &str) -> Result {
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let release: Release = answer.read()?;
    list::table(client, std::slice::from_ref(&release), answer.now)?;
    say(&word!(
        "release.stepped",
        done,
        name = release.name,
        follow = follow(client, &release)
    ));
    Ok(Exit::Done)
}

fn follow(client: &Client, release: &Release) -> String {
    let id = &release.id;
    let mut text = match (&*release.status, &release.next) {
        ("published", _) => {
            let at = when::stamp_or(release.published_at, client.zone);
            let next = word!(
                "fabu.next",
                command = format!("fabu report delivery --release {id}")
            );
            format!("{}\n{next}", word!("release.out", at))
        }
        ("in-review", Some(post)) => word!("release.waits", post),
        ("approved", _) => word!("release.goes-with").to_owned(),
        _ => String::new(),
    };
    if let (Some(due), Some(post)) = (release.countersign_due_at, &release.next) {
        let at = when::stamp(due, client.zone);
        text.push('\n');
        text.push_str(&word!("release.countersign", post, at, id));
    }
    text
}
