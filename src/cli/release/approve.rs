//! `fabu release approve`: signs what was read. Nothing is signed unseen: the check code is completed by the server from
//! what it has shown to this person, and where neither code nor hash is given the text is shown and the code asked for.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::{Bulletin, Me, Release};
use super::super::client::{Change, Changing, Client};
use super::super::ids::Typed;
use super::super::output::say;
use super::super::words::{form, word};
use super::super::{Exit, Failure, Result, ask};
use super::{LIST, act, get, preview, show, tell};
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
    let id = args.id.sure()?.release(client).await?;
    let (mut own_words, mut seen) = (args.own_words, args.seen);
    if seen.hash.is_none() && seen.code.is_none() {
        if client.json || !ask::is_possible() {
            return Err(Failure::new(Exit::Usage, word!("release.no-code"))
                .next(word!("release.no-code-next", id)));
        }
        let standing: Release = get(client, &id).await?.read()?;
        own_words |= is_own(client, &standing).await?;
        if let Some(bulletin) = &standing.bulletin {
            // Whoever may not sign it is told so before they read it all.
            let body = json!({
                "hash": bulletin.hash, "fast": args.fast, "despite_newer": args.despite_newer,
                "own_words": own_words,
            });
            not_refused(client, &id, body, &args.how).await?;
        }
        let release = preview::read(client, &id).await?;
        let bulletin = release
            .bulletin
            .as_ref()
            .ok_or_else(|| show::no_text(client, &release))?;
        match asked(&id, bulletin, own_words)? {
            Some(code) => seen.code = Some(code),
            None => return Ok(Exit::Done),
        }
    }
    let body = json!({
        "hash": seen.hash, "code": seen.code.map(|code| code.to_string()), "fast": args.fast,
        "despite_newer": args.despite_newer, "own_words": own_words,
    });
    let answer = act(client, &id, "approve", body, &args.how).await?;
    tell(client, &answer, word!("release.signed"))
}

/// Whether words of a correction are those of whoever is to sign it.
async fn is_own(client: &Client, release: &Release) -> Result<bool> {
    let Some(bulletin) = release
        .bulletin
        .as_ref()
        .filter(|_| release.correction.is_some())
    else {
        return Ok(false);
    };
    let me: Me = client.get(&["me"], &[], LIST).await?.read()?;
    Ok(bulletin.written_by.contains(&me.user))
}

async fn not_refused(client: &Client, id: &ReleaseId, body: Value, how: &Changing) -> Result<()> {
    let change = Change {
        method: Method::POST,
        path: &["releases", id.as_str(), "approve"],
        body,
        how,
        seen: None,
        look: format!("fabu release show {id}"),
    };
    match client.objection(&change).await {
        Some(problem) => Err(client.refused(&problem, &change)),
        None => Ok(()),
    }
}

/// The code of a text that was just shown; None when it is left unsigned.
///
/// # Errors
/// When it is not the code: then nothing is signed, and the code is not said either.
fn asked(id: &ReleaseId, bulletin: &Bulletin, own_words: bool) -> Result<Option<CheckCode>> {
    if own_words {
        say(word!("release.own-words"));
    }
    match ask::code(bulletin.version, &bulletin.hash)? {
        ask::Coded::Right(code) => Ok(Some(code)),
        ask::Coded::Nothing => {
            say(word!("release.left-unsigned"));
            Ok(None)
        }
        ask::Coded::Wrong => {
            let failure = Failure::new(Exit::Conflict, word!("release.not-the-code"));
            Err(failure.next(format!("fabu release approve {id}")))
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
    let id: ReleaseId = release.id.parse().map_err(|error: crate::id::BadId| {
        Failure::new(Exit::Failed, word!("release.unsigned", why = error))
    })?;
    let own_words = is_own(client, release).await?;
    let Some(code) = asked(&id, bulletin, own_words)? else {
        return Ok(Exit::Done);
    };
    let body = json!({ "code": code.to_string(), "own_words": own_words });
    let answer = act(client, &id, "approve", body, &how.again()).await?;
    tell(client, &answer, word!("release.signed"))
}
