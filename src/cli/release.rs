//! `fabu release`: what is due, what it says, and every step from draft to correction.
//!
//! Nothing is signed unseen: `approve` takes the check code that `preview` prints, which the server completes from what
//! it has shown to this person, or the whole hash.

mod correct;
mod edit;
pub(super) mod list;
mod preview;
mod resend;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::views::{Outcome, Release};
use super::client::{Answer, Change, Changing, Client, ServerArgs};
use super::output::say;
use super::when;
use super::{Exit, Result};
use crate::domain::check_code::CheckCode;
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
    /// List releases by deadline
    List(list::Args),
    /// Show one release: state, deadline, whose turn it is, signatures, text
    Show { id: ReleaseId },
    /// Show what every channel will carry, with the code that approve takes
    Preview { id: ReleaseId },
    /// Write the text by hand; signatures given so far are void
    Edit(edit::Args),
    /// Send a draft on its signing route (送审)
    Submit {
        id: ReleaseId,
        /// Give up the words that a person wrote for version N of the template's, which newer facts have made
        #[arg(long, value_name = "N")]
        take_newer: Option<u32>,
        #[command(flatten)]
        how: Changing,
    },
    /// Send a text back to its drafters (退回)
    Return(Reasoned),
    /// Sign the text that you have read (签发); the last signature publishes it
    Approve(ApproveArgs),
    /// Give a release up (免发)
    Waive(Reasoned),
    /// Correct what is out (更正): prepares the pre-written text; approve sends it
    Correct(correct::Args),
    /// Send again what was given up (重发), to those only who have not got it
    Resend(resend::Args),
    /// Take back what is out (撤回); the portal keeps its address and says so
    Withdraw(Reasoned),
}

#[derive(Debug, clap::Args)]
struct Reasoned {
    id: ReleaseId,
    /// Why; the journal keeps it
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: Changing,
}

#[derive(Debug, clap::Args)]
struct ApproveArgs {
    id: ReleaseId,
    #[command(flatten)]
    seen: Seen,
    /// Take the fast route: one signature sends it now, the others follow
    #[arg(long)]
    fast: bool,
    /// Facts have made version N since; you have seen what differs and want the older words
    #[arg(long, value_name = "N")]
    despite_newer: Option<u32>,
    /// Of a correction: the words are your own, and go out before a second person has confirmed them
    #[arg(long)]
    own_words: bool,
    #[command(flatten)]
    how: Changing,
}

/// Which text was read.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Seen {
    /// The whole hash of the text
    #[arg(long, value_parser = hash)]
    hash: Option<String>,
    /// The check code that `fabu release preview` printed with the text (核对码), such as 2-1a2b-3c4d-5e6f-7a8b
    #[arg(long)]
    code: Option<CheckCode>,
}

fn hash(text: &str) -> std::result::Result<String, String> {
    let text = text.to_ascii_lowercase();
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err("it has 64 characters of 0-9 and a-f, as `fabu release preview` prints them".into())
    }
}

const LIST: &str = "fabu release list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server)?;
    match args.command {
        Command::List(args) => list::run(&client, args).await,
        Command::Show { id } => {
            let answer = get(&client, &id).await?;
            if client.json {
                answer.print()?;
            } else {
                preview::show(&client, &answer.read()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
        Command::Preview { id } => preview::run(&client, &id).await,
        Command::Edit(args) => edit::run(&client, args).await,
        Command::Submit {
            id,
            take_newer,
            how,
        } => {
            let body = json!({ "take_newer": take_newer });
            let answer = act(&client, &id, "submit", body, &how).await?;
            tell(&client, &answer, "已送审 submitted")
        }
        Command::Return(Reasoned { id, reason, how }) => {
            let body = json!({ "reason": reason });
            let answer = act(&client, &id, "return", body, &how).await?;
            tell(&client, &answer, "已退回 returned")
        }
        Command::Approve(ApproveArgs {
            id,
            seen,
            fast,
            despite_newer,
            own_words,
            how,
        }) => {
            let body = json!({
                "hash": seen.hash, "code": seen.code.map(|code| code.to_string()), "fast": fast,
                "despite_newer": despite_newer, "own_words": own_words,
            });
            let answer = act(&client, &id, "approve", body, &how).await?;
            tell(&client, &answer, "已签 signed")
        }
        Command::Waive(Reasoned { id, reason, how }) => {
            let body = json!({ "reason": reason });
            let answer = act(&client, &id, "waive", body, &how).await?;
            tell(&client, &answer, "免发 waived")
        }
        Command::Correct(args) => correct::run(&client, args).await,
        Command::Resend(args) => resend::run(&client, args).await,
        Command::Withdraw(Reasoned { id, reason, how }) => {
            let body = json!({ "reason": reason });
            let answer = act(&client, &id, "withdraw", body, &how).await?;
            let outcome: Outcome<Release> = answer.read()?;
            if !client.json && super::incident::second::waits(&client, outcome).is_none() {
                return Ok(Exit::Done);
            }
            tell(&client, &answer, "已撤回 withdrawn")
        }
    }
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
    say(&format!(
        "{done}: {}{}",
        release.name,
        follow(client, &release)
    ));
    Ok(Exit::Done)
}

fn follow(client: &Client, release: &Release) -> String {
    let waits = |post: &String| format!("; 等 {post}");
    let mut text = match (&*release.status, &release.next) {
        ("published", _) => {
            let at = when::stamp_or(release.published_at, client.zone);
            format!(
                "; 已发布 published {at}\n  next: fabu report delivery --release {}",
                release.id
            )
        }
        ("in-review", Some(post)) => waits(post),
        ("approved", _) => "; it goes out with what it belongs to".into(),
        _ => String::new(),
    };
    if let (Some(due), Some(post)) = (release.countersign_due_at, &release.next) {
        text.push_str(&format!(
            "\n  补签 countersignature: {post}, before {}: fabu release preview {}",
            when::stamp(due, client.zone),
            release.id,
        ));
    }
    text
}
