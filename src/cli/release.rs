//! `fabu release`: what is due, what it says, and every step from draft to correction.

mod approve;
mod correct;
pub(super) mod decide;
mod edit;
mod head;
pub(super) mod list;
mod place;
mod preview;
mod resend;
mod show;
pub(super) mod taken_back;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::views::{Incident, Release};
use super::client::{Answer, Change, Changing, Client, ServerArgs};
use super::ids::Typed;
use super::incident::facts;
use super::output::{self, say};
use super::when;
use super::words::{in_own, word};
use super::{Exit, Result, ask};
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
    Place(place::Args),
    Submit {
        id: Typed,
        #[arg(long, value_name = "N")]
        take_newer: Option<u32>,
        #[command(flatten)]
        how: Changing,
    },
    Return(Reasoned),
    Approve(approve::Args),
    Order(decide::OrderArgs),
    NotApplicable(Reasoned),
    AskAgain(decide::AskAgainArgs),
    Waive(Reasoned),
    Correct(correct::Args),
    Resend(resend::Args),
    Withdraw(correct::WithdrawArgs),
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
                show::show(client, &answer.read()?, answer.now).await?;
            }
            Ok(Exit::Done)
        }
        Command::Preview { id } => preview::run(client, &id.release(client).await?).await,
        Command::Edit(args) => edit::run(client, args).await,
        Command::Place(args) => place::run(client, args).await,
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
        Command::Order(args) => decide::order(client, args).await,
        Command::NotApplicable(args) => decide::not_applicable(client, args).await,
        Command::AskAgain(args) => decide::ask_again(client, args).await,
        Command::Waive(args) => {
            let id = args.id.sure()?.release(client).await?;
            let question = |what: String| word!("release.waive-question", what);
            if !is_meant(client, &id, &args.how, question).await? {
                return Ok(Exit::Done);
            }
            let done = reasoned(client, &args, "waive", word!("release.waived")).await;
            taken_back::or_how(client, &id, done).await
        }
        Command::Correct(args) => correct::run(client, args).await,
        Command::Resend(args) => resend::run(client, args).await,
        Command::Withdraw(args) => correct::withdraw(client, args).await,
    }
}

/// Whether the change of one release is meant: its name and that of its incident are said once more.
async fn is_meant(
    client: &Client,
    id: &ReleaseId,
    how: &Changing,
    question: impl Fn(String) -> String,
) -> Result<bool> {
    if client.json || how.dry_run || !ask::is_possible() {
        return Ok(true);
    }
    let release: Release = get(client, id).await?.read()?;
    let path = ["incidents", &release.incident];
    let incident: Incident = client.get(&path, &[], LIST).await?.read()?;
    let what = word!(
        "release.of-incident",
        name = in_own(&release.name, release.name_en.as_ref()),
        title = incident.title
    );
    ask::is_meant(client, how, &question(what))
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
    let id = id.sure()?.release(client).await?;
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
    client
        .change(Change {
            method: Method::POST,
            path: &["releases", id.as_str(), verb],
            body,
            how,
            seen: None,
            look: match verb {
                // Whoever is refused a signature by a code looks at the text first.
                "approve" => format!("fabu release preview {id}"),
                _ => format!("fabu release show {id}"),
            },
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
    let id = &release.id;
    let next = release.next.as_deref().map(|post| client.names.post(post));
    let follow = match (&*release.status, &next) {
        ("published", _) => {
            let at = when::stamp_or(release.published_at, client.zone);
            word!("release.out", at)
        }
        ("in-review", Some(post)) => word!("release.waits", post),
        ("approved", _) => word!("release.goes-with").to_owned(),
        _ => String::new(),
    };
    let name = in_own(&release.name, release.name_en.as_ref());
    say(&word!("release.stepped", done, name, follow));
    if let (Some(due), Some(post)) = (release.countersign_due_at, next) {
        let at = when::stamp(due, client.zone);
        say(&word!("release.countersign", post, at, id));
    }
    match &*release.status {
        "published" => output::next(&format!("fabu report delivery {id}")),
        "planned" | "drafting" => output::next(&match facts::command(&release) {
            Some(command) => command,
            None => format!("fabu release preview {id}"),
        }),
        _ => {}
    }
    Ok(Exit::Done)
}
