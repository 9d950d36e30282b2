//! `fabu release approve`: signs what was read. Nothing is signed unseen: the check code is completed by the server from
//! what it has shown to this person, and where neither code nor hash is given the text is shown and the code asked for.

use serde_json::json;

use super::super::client::views::{Bulletin, Me, Release};
use super::super::client::{Changing, Client};
use super::super::ids::Typed;
use super::super::output::say;
use super::super::words::{form, word};
use super::super::{Exit, Failure, Result, ask};
use super::{LIST, act, preview, tell};
use crate::domain::check_code::CheckCode;
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    id: Typed,
    #[command(flatten)]
    seen: Seen,
    #[arg(long)]
    fast: bool,
    #[arg(long, value_name = "N")]
    despite_newer: Option<u32>,
    #[arg(long)]
    own_words: bool,
    #[command(flatten)]
    how: Changing,
}

/// Which text was read.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Seen {
    #[arg(long, value_parser = hash)]
    hash: Option<String>,
    #[arg(long, value_parser = form!(CheckCode, "code"))]
    code: Option<CheckCode>,
}

fn hash(text: &str) -> std::result::Result<String, &'static str> {
    let text = text.to_ascii_lowercase();
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(word!("release.hash-form"))
    }
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let id = args.id.release(client).await?;
    let (mut own_words, mut seen) = (args.own_words, args.seen);
    if seen.hash.is_none() && seen.code.is_none() {
        if client.json || !ask::is_possible() {
            return Err(Failure::new(Exit::Usage, word!("release.no-code"))
                .next(word!("release.no-code-next", id)));
        }
        let release = preview::read(client, &id).await?;
        let bulletin = release
            .bulletin
            .as_ref()
            .ok_or_else(|| preview::no_text(&release))?;
        let (code, is_own) = asked(client, &release, bulletin).await?;
        seen.code = Some(code);
        own_words |= is_own;
    }
    let body = json!({
        "hash": seen.hash, "code": seen.code.map(|code| code.to_string()), "fast": args.fast,
        "despite_newer": args.despite_newer, "own_words": own_words,
    });
    let answer = act(client, &id, "approve", body, &args.how).await?;
    tell(client, &answer, word!("release.signed"))
}

/// Asks for the code of a text that was just shown; also whether the words of a correction are the signer's own.
///
/// # Errors
/// When it is not the code: then nothing is signed.
async fn asked(
    client: &Client,
    release: &Release,
    bulletin: &Bulletin,
) -> Result<(CheckCode, bool)> {
    let me: Me = client.get(&["me"], &[], LIST).await?.read()?;
    let own_words = release.correction.is_some() && bulletin.written_by.contains(&me.user);
    if own_words {
        say(word!("release.own-words"));
    }
    match ask::code(bulletin.version, &bulletin.hash)? {
        Some(code) => Ok((code, own_words)),
        None => {
            let next = preview::next_step(client, release, bulletin).await?;
            Err(Failure::new(Exit::Conflict, word!("release.not-the-code")).next(next))
        }
    }
}

/// Signs a correction that was just prepared and shown.
pub(super) async fn correction(
    client: &Client,
    release: &Release,
    bulletin: &Bulletin,
    how: &Changing,
) -> Result {
    let (code, own_words) = asked(client, release, bulletin).await?;
    let id: ReleaseId = release.id.parse().map_err(|error: crate::id::BadId| {
        Failure::new(Exit::Failed, word!("release.unsigned", why = error))
    })?;
    let body = json!({ "code": code.to_string(), "own_words": own_words });
    let answer = act(client, &id, "approve", body, &how.again()).await?;
    tell(client, &answer, word!("release.signed"))
}
